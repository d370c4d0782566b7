"""Everything by whom: what a party or a person said and tabled, issue by issue. Pure.

Of whoever has spoken very often it tells the latest: pages cost no more as the record grows.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from issues.matrix.cells import Cell
from issues.matrix.rows import Row
from issues.models import Issue
from rounds.public.timeline import Item, Ref, merged

SHOWN = 5  # of a kind on one issue; the timeline has them all
COUNTED = 1_000  # statements of a party at most; beyond it a page says "12+"
TOLD = 120  # statements of a person at most


@dataclass(frozen=True, slots=True, kw_only=True)
class OnIssue:
    """All of it on one issue, newest first. Without an issue: what is linked to none."""

    issue: Issue | None
    row: Row | None = None
    trail: list[Cell] = field(default_factory=list)
    statements: list[Item] = field(default_factory=list)
    proposals: list[Item] = field(default_factory=list)
    heard: int = 0  # how many statements, if that is more than there are here
    older: bool = False  # whether there may be more, which nobody has counted

    @property
    def recorded(self) -> bool:
        return self.row is not None and self.row.recorded

    @property
    def said(self) -> "Tally":
        return Tally(self.statements)

    @property
    def words(self) -> str:
        """ "12 statements, 2 proposals"."""
        statements = max(self.heard, len(self.statements))
        proposals = len(self.proposals)
        words = [
            ngettext("%(count)s statement", "%(count)s statements", statements)
            % {"count": counted(statements, self.older)},
            ngettext("%(count)s proposal", "%(count)s proposals", proposals) % {"count": proposals},
        ]
        present = [one for one, count in zip(words, (statements, proposals), strict=True) if count]
        return ", ".join(present)

    @property
    def has_more(self) -> bool:
        """Whether more was said than is shown."""
        return max(self.heard, len(self.statements)) > SHOWN or (self.older and bool(self.heard))

    def __bool__(self) -> bool:
        return bool(self.recorded or self.statements or self.proposals)


def counted(number: int, more: bool) -> str:
    """ "1,000+": at least so many."""
    words = number_format(number, use_l10n=True, force_grouping=True)
    return f"{words}+" if more else words


@dataclass(frozen=True, slots=True)
class Heard:
    """How many of the latest statements touch each issue, and which of them are shown.

    ``rows``: each statement's number and the keys of its issues, newest first.
    """

    rows: Sequence[tuple[int, Sequence[str]]]
    older: bool = False

    @property
    def counts(self) -> Mapping[str, int]:
        return Counter(slug for _pk, slugs in self.rows for slug in slugs or ("",))

    @property
    def shown(self) -> set[int]:
        """The first of each issue, and of what touches none."""
        by_issue: dict[str, list[int]] = defaultdict(list)
        for pk, slugs in self.rows:
            for slug in slugs or ("",):
                by_issue[slug].append(pk)
        return {pk for pks in by_issue.values() for pk in pks[:SHOWN]}


@dataclass(frozen=True, slots=True)
class Tally:
    """How often, when, for whom, and how much of it off the record."""

    items: Sequence[Item]  # newest first

    def __len__(self) -> int:
        return len(self.items)

    @property
    def off_record(self) -> int:
        return sum(not one.on_record for one in self.items)

    @property
    def when(self) -> str:
        """From the first to the last of them."""
        if not self.items:
            return ""
        first, last = self.items[-1].when, self.items[0].when
        words = _("first %(first)s, last %(last)s") % {"first": first, "last": last}
        return first if first == last else words

    @property
    def years(self) -> list[tuple[int, int]]:
        """How many in each year, oldest first."""
        return sorted(Counter(one.first.year for one in self.items).items())

    @property
    def parties(self) -> list[tuple[Ref, int]]:
        """How many for each party, the most first."""
        named = {party["code"]: party for one in self.items for party in one.parties}
        counts = Counter(party["code"] for one in self.items for party in one.parties)
        return [(named[code], count) for code, count in counts.most_common()]


def by_issue(
    issues: Iterable[Issue],
    statements: Sequence[Item],
    proposals: Sequence[Item] = (),
    rows: Iterable[Row] = (),
    trails: dict[int, list[Cell]] | None = None,
    heard: Heard | None = None,
) -> list[OnIssue]:
    """Each issue of which there is anything, in their order, and what is linked to none, last.

    A statement on two issues stands under both.
    """
    matrix = {row.key: row for row in rows}
    counts = heard.counts if heard else {}
    older = heard is not None and heard.older
    found = [
        OnIssue(
            issue=issue,
            row=matrix.get(issue.slug),
            trail=(trails or {}).get(issue.pk, []),
            statements=_touching(issue, statements),
            proposals=_touching(issue, proposals),
            heard=counts.get(issue.slug, 0),
            older=older,
        )
        for issue in issues
    ]
    others = OnIssue(issue=None, statements=[one for one in statements if not one.issues])
    return [one for one in [*found, others] if one]


def shown(groups: Iterable[OnIssue]) -> dict[str, list[Item]]:
    """What a page of the groups shows of each kind, each once, newest first."""
    found: dict[str, dict[str, Item]] = {"proposals": {}, "statements": {}}
    for group in groups:
        found["proposals"] |= {one.anchor: one for one in group.proposals[:SHOWN]}
        found["statements"] |= {one.anchor: one for one in group.statements[:SHOWN]}
    return {kind: merged(items.values()) for kind, items in found.items()}


def _touching(issue: Issue, items: Iterable[Item]) -> list[Item]:
    return [one for one in items if any(ref["slug"] == issue.slug for ref in one.issues)]
