"""The edition: a number that the database raises whenever something changes that readers see.

Pages are cached under it, so nothing has to clear the cache.
"""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from rounds.platform.triggers import TriggerModel


class Edition(models.Model):
    """How often what readers see has changed: one row, which only triggers write.

    ``mark`` identifies the edition. A restored backup counts on from an older number, and its
    editions must not be taken for those that had that number before.
    """

    number = models.BigIntegerField(_("number"), default=0)
    mark = models.UUIDField(_("mark"))
    raised_at = models.DateTimeField(_("raised at"))

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="rounds_edition_only_one")
        ]

    def __str__(self) -> str:
        return str(self.number)


class Due(models.Model):
    """A time for which a publication was scheduled; it may have been called off since.

    Triggers only insert rows, so that two editors who schedule do not wait for each other.
    """

    at = models.DateTimeField(_("at"), db_index=True)

    class Meta:
        verbose_name = _("time in the timetable")
        verbose_name_plural = _("timetable")
        default_permissions = ()

    def __str__(self) -> str:
        return self.at.isoformat()


class RaiseEdition(pgtrigger.Trigger):
    """Raise the edition once, at the end of each transaction that changed what readers see.

    For records that have a state, and for what is public at once. What readers see through the
    records that name it, people and sources, has triggers in ``rounds/sql`` and ``issues/sql``.

    It waits for the end because every writer needs the one row: so it is locked only while the
    transaction commits, and what is read under an edition is never older than the edition.

    ``seen`` is the SQL condition under which readers see ``{row}``, which is OLD or NEW.
    """

    when = pgtrigger.After
    timing = pgtrigger.Deferred
    operation = pgtrigger.Update | pgtrigger.Delete | pgtrigger.Insert

    def __init__(self, *, name: str, seen: str = "TRUE") -> None:
        self.seen = seen
        super().__init__(name=name)

    def get_func(self, model: TriggerModel) -> str:
        was, is_now = self.seen.format(row="OLD"), self.seen.format(row="NEW")
        return f"""
            IF (TG_OP <> 'INSERT' AND {was} OR TG_OP <> 'DELETE' AND {is_now})
                AND current_setting('rounds.raised', TRUE)
                    IS DISTINCT FROM pg_current_xact_id()::text THEN
                INSERT INTO "{Edition._meta.db_table}" AS edition (id, number, mark, raised_at)
                    VALUES (1, 1, gen_random_uuid(), clock_timestamp())
                    ON CONFLICT (id) DO UPDATE SET number = edition.number + 1,
                        mark = EXCLUDED.mark, raised_at = EXCLUDED.raised_at;
                PERFORM set_config('rounds.raised', pg_current_xact_id()::text, TRUE);
            END IF;
            RETURN NULL;"""


class NoteTime(pgtrigger.Trigger):
    """Put the time of a scheduled record into the timetable."""

    when = pgtrigger.After
    operation = pgtrigger.Insert | pgtrigger.Update
    condition = pgtrigger.Q(new__state="ready", new__publish_at__isnull=False)

    def get_func(self, model: TriggerModel) -> str:
        return f"""
            INSERT INTO "{Due._meta.db_table}" (at) VALUES (NEW.publish_at);
            RETURN NULL;"""
