"""The edition: a number that the database raises with whatever changes what readers see."""

from typing import Any

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _


class Edition(models.Model):
    """How often what readers see has changed; one row, which triggers write and nobody else.

    ``mark`` names the edition: a restored backup counts from its own number on, and must not be
    taken for the editions that came after it.
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
    """A time for which something was scheduled, to be looked at when it comes.

    Triggers only add to it: nobody who schedules waits for another. It may have been called off.
    """

    at = models.DateTimeField(_("at"), db_index=True)

    class Meta:
        verbose_name = _("time in the timetable")
        verbose_name_plural = _("timetable")
        default_permissions = ()

    def __str__(self) -> str:
        return self.at.isoformat()


class RaiseEdition(pgtrigger.Trigger):
    """Another edition, once, when a transaction ends that changed what readers see.

    At its end, so that it holds the one row that all share no longer than it takes to commit: what
    is read under an edition is never older than it.

    ``seen`` is what readers see of ``{row}``, OLD or NEW. ``added``: whether a new row may show.
    """

    when = pgtrigger.After
    timing = pgtrigger.Deferred

    def __init__(self, *, seen: str = "TRUE", added: bool = True, **kwargs: Any) -> None:
        self.seen = seen
        changed = pgtrigger.Update | pgtrigger.Delete
        self.operation = (changed | pgtrigger.Insert) if added else changed
        super().__init__(**kwargs)

    def get_func(self, model: Any) -> str:
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
    """Whatever is scheduled puts its time into the timetable."""

    when = pgtrigger.After
    operation = pgtrigger.Insert | pgtrigger.Update
    condition = pgtrigger.Q(new__state="ready", new__publish_at__isnull=False)

    def get_func(self, model: Any) -> str:
        return f"""
            INSERT INTO "{Due._meta.db_table}" (at) VALUES (NEW.publish_at);
            RETURN NULL;"""
