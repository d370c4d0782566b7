"""Rules that a check constraint cannot hold, because they look at more than one row.

Each raises ``check_violation``, so Django reports an ``IntegrityError`` as for any constraint.
``Publishable.clean`` says the same things first, in an editor's words.
"""

from typing import Any

import pgtrigger

REFUSE = "RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = "


class PublishedNeedsPublished(pgtrigger.Trigger):
    """A published row may not point at a draft through any of ``fields``.

    The row pointed at is locked FOR SHARE, so it cannot become a draft meanwhile.
    """

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update
    condition = pgtrigger.Q(new__state="published")

    def __init__(self, *, fields: list[str], **kwargs: Any) -> None:
        self.fields = fields
        super().__init__(**kwargs)

    def get_func(self, model: Any) -> str:
        checks = [self._check(model, name) for name in self.fields]
        return "\n".join([*checks, "RETURN NEW;"])

    def _check(self, model: Any, name: str) -> str:
        field = model._meta.get_field(name)
        table = field.related_model._meta.db_table
        column = field.column
        return f"""
            PERFORM 1 FROM "{table}" WHERE id = NEW."{column}" FOR SHARE;
            PERFORM 1 FROM "{table}" WHERE id = NEW."{column}" AND state <> 'published';
            IF FOUND THEN {REFUSE} 'published_needs_published: {model._meta.model_name}.{name}';
            END IF;"""


class KeepPublished(pgtrigger.Trigger):
    """A row cannot go back to draft while a published row points at it.

    ``pointers``: pairs of table and column that point at this model.
    """

    when = pgtrigger.Before
    operation = pgtrigger.UpdateOf("state")  # type: ignore[no-untyped-call]
    condition = pgtrigger.Q(old__state="published") & ~pgtrigger.Q(new__state="published")

    def __init__(self, *, pointers: list[tuple[str, str]], **kwargs: Any) -> None:
        self.pointers = pointers
        super().__init__(**kwargs)

    def get_func(self, model: Any) -> str:
        checks = [
            f"""
            PERFORM 1 FROM "{table}" WHERE "{column}" = OLD.id AND state = 'published';
            IF FOUND THEN {REFUSE} 'keep_published: {table}.{column}'; END IF;"""
            for table, column in self.pointers
        ]
        return "\n".join([*checks, "RETURN NEW;"])


class NoCycle(pgtrigger.Trigger):
    """Following ``field`` from row to row never comes back to where it began."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update

    def __init__(self, *, field: str, **kwargs: Any) -> None:
        self.field = field
        super().__init__(**kwargs)

    def get_func(self, model: Any) -> str:
        table = model._meta.db_table
        column = model._meta.get_field(self.field).column
        return f"""
            IF NEW."{column}" IS NULL THEN RETURN NEW; END IF;
            -- one at a time: two transactions could each add half of a circle
            PERFORM pg_advisory_xact_lock('"{table}"'::regclass::oid::integer);
            IF EXISTS (
                WITH RECURSIVE chain(id) AS (
                    SELECT NEW."{column}"
                    UNION
                    SELECT "{table}"."{column}" FROM "{table}" JOIN chain USING (id)
                    WHERE "{table}"."{column}" IS NOT NULL
                ) SELECT 1 FROM chain WHERE id = NEW.id
            ) THEN {REFUSE} 'no_cycle: {model._meta.model_name}.{self.field}';
            END IF;
            RETURN NEW;"""
