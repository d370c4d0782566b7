"""Rules that a check constraint cannot hold, because they look at more than one row.

Each raises ``check_violation``, so Django reports an ``IntegrityError`` as for any constraint. The
message begins with a code; ``declare_refusal`` says what an editor reads instead, next to the
trigger. ``Publishable.clean`` refuses the same things first, at the field that is wrong.
"""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

REFUSE = "RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = "
# pgtrigger passes the class of a model, and its annotations say an instance: both have ``_meta``.
TriggerModel = models.Model | type[models.Model]
_messages: dict[str, object] = {}


def declare_refusal(code: str, message: object) -> None:
    """Say what an editor reads where a trigger raises ``code``, or ``code`` and a colon.

    Call it in the module that declares the trigger: models are always loaded, the admin is not.
    """
    assert code not in _messages, f"{code} is declared twice"
    _messages[code] = message


def find_refusal_message(reason: str) -> object | None:
    """Return what an editor reads for the text that a trigger raised, None if nothing is declared.

    ``reason`` is a code alone or one with details, as in "no_cycle: deadline.superseded_by".
    """
    return _messages.get(reason.partition(":")[0])


declare_refusal(
    "published_needs_published",
    _("What is published cannot refer to a draft: publish that one first."),
)


class PublishedNeedsPublished(pgtrigger.Trigger):
    """A published row may not point at a draft through any of ``fields``.

    The row pointed at is locked FOR SHARE, so it cannot become a draft meanwhile.
    """

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update
    condition = pgtrigger.Q(new__state="published")

    def __init__(self, *, name: str, fields: list[str]) -> None:
        self.fields = fields
        super().__init__(name=name)

    def get_func(self, model: TriggerModel) -> str:
        checks = [self._check(model, name) for name in self.fields]
        return "\n".join([*checks, "RETURN NEW;"])

    def _check(self, model: TriggerModel, name: str) -> str:
        field = model._meta.get_field(name)
        assert isinstance(field, models.ForeignKey), f"{name} points at no row"
        table = field.related_model._meta.db_table
        column = field.column
        return f"""
            PERFORM 1 FROM "{table}" WHERE id = NEW."{column}" FOR SHARE;
            PERFORM 1 FROM "{table}" WHERE id = NEW."{column}" AND state <> 'published';
            IF FOUND THEN {REFUSE} 'published_needs_published: {model._meta.model_name}.{name}';
            END IF;"""


declare_refusal(
    "keep_published", _("Something published refers to this: take that back to draft first.")
)


class KeepPublished(pgtrigger.Trigger):
    """A row cannot go back to draft while a published row points at it.

    ``pointers``: pairs of table and column that point at this model.
    """

    when = pgtrigger.Before
    operation = pgtrigger.UpdateOf("state")  # type: ignore[no-untyped-call]
    condition = pgtrigger.Q(old__state="published") & ~pgtrigger.Q(new__state="published")

    def __init__(self, *, name: str, pointers: list[tuple[str, str]]) -> None:
        self.pointers = pointers
        super().__init__(name=name)

    def get_func(self, model: TriggerModel) -> str:
        checks = [
            f"""
            PERFORM 1 FROM "{table}" WHERE "{column}" = OLD.id AND state = 'published';
            IF FOUND THEN {REFUSE} 'keep_published: {table}.{column}'; END IF;"""
            for table, column in self.pointers
        ]
        return "\n".join([*checks, "RETURN NEW;"])


declare_refusal("no_cycle", _("These refer to each other in a circle."))


class NoCycle(pgtrigger.Trigger):
    """Following ``field`` from row to row never leads back to the first row."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update

    def __init__(self, *, name: str, field: str) -> None:
        self.field = field
        super().__init__(name=name)

    def get_func(self, model: TriggerModel) -> str:
        field = model._meta.get_field(self.field)
        assert isinstance(field, models.ForeignKey), f"{self.field} points at no row"
        table, column = model._meta.db_table, field.column
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
