"""The rows of the deadlines: each with its status, in the chains in which they were moved."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from rounds.models import (
    OVERDUE,
    Deadline,
    DeadlineOutcome,
)
from rounds.platform import clock
from rounds.platform.dates import first_day, last_day
from rounds.platform.translated_text import local
from rounds.public.timeline import DeadlineItem, Kind, dated_fields


def deadline_items(
    deadlines: Iterable[Deadline], day: dt.date | None = None
) -> Iterator[DeadlineItem]:
    """Rows of deadlines, with their outcome as it was on ``day``; None is today."""
    for record in deadlines:
        ahead = day is not None and record.first_day > day
        outcome = DeadlineOutcome.PENDING if ahead else DeadlineOutcome(record.outcome)
        later = None if ahead else record.superseded_by
        due = record.last_day or record.first_day
        passed = due < (day or clock.today())
        overdue = outcome == DeadlineOutcome.PENDING and passed
        yield DeadlineItem(
            **dated_fields(record, Kind.DEADLINE),
            title=local(record, "name"),
            label=_("deadline"),
            text=local(record, "basis"),
            attribution=_("Set by %(who)s, %(when)s")
            % {"who": local(record, "set_by"), "when": record.set_on_label},
            status=outcome,
            status_label=_deadline_label(
                outcome, passed=passed, is_early=_is_moved_early(record, day or clock.today())
            ),
            is_overdue=overdue,
            is_off=later is not None,
            set_by=local(record, "set_by"),
            set_on=first_day(record.set_on),
            set_when=record.set_on_label,
            replacement_title=local(later, "name") if later else "",
            replacement_url=later.get_absolute_url() if later else "",
        )


def _is_moved_early(deadline: Deadline, day: dt.date) -> bool:
    """Whether a deadline that was moved was given up before it fell due.

    It was given up on the day its replacement was set. Without a replacement only ``day``, on
    which it is known to have been moved, tells: it is early if the deadline was still ahead then.
    """
    successor = deadline.superseded_by
    if successor is None:
        return deadline.first_day > day
    moved_on = last_day(successor.set_on) or first_day(successor.set_on)
    return moved_on < (deadline.last_day or deadline.first_day)


def _deadline_label(outcome: DeadlineOutcome, *, passed: bool, is_early: bool) -> str:
    """The outcome in words; "overdue" for a pending one whose day has passed."""
    if outcome == DeadlineOutcome.PENDING and passed:
        return str(OVERDUE)
    if outcome == DeadlineOutcome.MOVED:
        return _("moved (given up before its day)") if is_early else _("moved (missed)")
    return str(outcome.label)


class DeadlineStatus(models.TextChoices):
    """What deadlines can be filtered by.

    The statuses overlap (docs/decisions/0047): a deadline that was moved counts as missed, too, and
    one that is overdue as pending.
    """

    MISSED = "missed", pgettext_lazy("several deadlines", "missed")
    MOVED = "moved", gettext_lazy("of these moved to another day")
    MET = "met", pgettext_lazy("several deadlines", "met")
    PENDING = "pending", pgettext_lazy("several deadlines", "pending")
    OVERDUE = "overdue", gettext_lazy("of these due without an outcome")

    def holds(self, item: DeadlineItem) -> bool:
        """Whether ``item`` has this status."""
        if self == DeadlineStatus.MISSED:
            return item.missed
        return item.is_overdue if self == DeadlineStatus.OVERDUE else item.status == self.value


def order_by_chain(deadlines: Iterable[DeadlineItem]) -> list[DeadlineItem]:
    """Order deadlines chain by chain, each before its replacement; chains by their first one."""
    items = {item.pk: item for item in deadlines}
    chains: dict[int, list[tuple[int, DeadlineItem]]] = defaultdict(list)  # by pk of the last item
    for item in items.values():
        last, replacements = item, 0
        while (replacement := items.get(last.record.superseded_by_id)) is not None:
            last, replacements = replacement, replacements + 1
        chains[last.pk].append((replacements, item))

    def set_first(item: DeadlineItem) -> tuple[dt.date, int]:
        return item.set_on, item.pk

    def longest_replaced(link: tuple[int, DeadlineItem]) -> tuple[int, dt.date, int]:
        replacements, item = link
        return -replacements, *set_first(item)

    ordered = [
        [item for _replacements, item in sorted(links, key=longest_replaced)]
        for links in chains.values()
    ]
    return [
        item for chain in sorted(ordered, key=lambda chain: set_first(chain[0])) for item in chain
    ]
