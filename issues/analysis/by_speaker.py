"""Statements and proposals of one party or person, grouped by issue. Pure.

Of those who spoke very often only the latest are grouped, so that a page costs no more as the
record grows.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from issues.matrix.cells import MatrixCell
from issues.matrix.rows import MatrixRow
from issues.models import Issue
from rounds.public.timeline import ClaimItem, Ref, merge_items

SHOWN = 5  # of a kind on one issue; the timeline has them all
COUNT_LIMIT = 1_000  # statements of a party that are counted; beyond it a page says "1,000+"
PERSON_LIMIT = 120  # statements on the page of a person; the timeline has them all


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueContributions:
    """All of it on one issue, newest first. Without an issue: what is linked to none."""

    issue: Issue | None
    row: MatrixRow | None = None
    trail: list[MatrixCell] = field(default_factory=list)
    statements: list[ClaimItem] = field(default_factory=list)
    proposals: list[ClaimItem] = field(default_factory=list)
    statement_count: int = 0  # if that is more than there are in ``statements``
    has_uncounted: bool = False  # whether there may be more, beyond ``COUNT_LIMIT``

    @property
    def recorded(self) -> bool:
        return self.row is not None and self.row.recorded

    @property
    def tally(self) -> "StatementTally":
        return StatementTally(self.statements)

    @property
    def counts_label(self) -> str:
        """ "12 statements, 2 proposals"."""
        statements = max(self.statement_count, len(self.statements))
        proposals = len(self.proposals)
        labels = [
            ngettext("%(count)s statement", "%(count)s statements", statements)
            % {"count": format_count(statements, self.has_uncounted)},
            ngettext("%(count)s proposal", "%(count)s proposals", proposals) % {"count": proposals},
        ]
        counts = (statements, proposals)
        return ", ".join(label for label, count in zip(labels, counts, strict=True) if count)

    @property
    def has_more(self) -> bool:
        """Whether more was said than is shown."""
        return max(self.statement_count, len(self.statements)) > SHOWN or (
            self.has_uncounted and bool(self.statement_count)
        )

    def __bool__(self) -> bool:
        return bool(self.recorded or self.statements or self.proposals)


def format_count(count: int, is_lower_bound: bool) -> str:
    """ "1,000"; "1,000+" for at least so many."""
    text = number_format(count, use_l10n=True, force_grouping=True)
    return f"{text}+" if is_lower_bound else text


@dataclass(frozen=True, slots=True)
class StatementIndex:
    """How many of the latest statements touch each issue, and which of them are shown.

    ``rows``: each statement's number and the keys of its issues, newest first.
    """

    rows: Sequence[tuple[int, Sequence[str]]]
    has_uncounted: bool = False  # whether there are older ones

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
class StatementTally:
    """How often, when, for whom, and how much of it off the record."""

    items: Sequence[ClaimItem]  # newest first

    def __len__(self) -> int:
        return len(self.items)

    @property
    def off_record(self) -> int:
        return sum(not item.on_record for item in self.items)

    @property
    def when(self) -> str:
        """From the first to the last of them."""
        if not self.items:
            return ""
        first, last = self.items[-1].when, self.items[0].when
        label = _("first %(first)s, last %(last)s") % {"first": first, "last": last}
        return first if first == last else label

    @property
    def years(self) -> list[tuple[int, int]]:
        """How many in each year, oldest first."""
        return sorted(Counter(item.first.year for item in self.items).items())

    @property
    def parties(self) -> list[tuple[Ref, int]]:
        """How many for each party, the most first."""
        named = {party["code"]: party for item in self.items for party in item.parties}
        counts = Counter(party["code"] for item in self.items for party in item.parties)
        return [(named[code], count) for code, count in counts.most_common()]


def group_by_issue(
    issues: Iterable[Issue],
    statements: Sequence[ClaimItem],
    proposals: Sequence[ClaimItem] = (),
    rows: Iterable[MatrixRow] = (),
    trails: dict[int, list[MatrixCell]] | None = None,
    index: StatementIndex | None = None,
) -> list[IssueContributions]:
    """Each issue of which there is anything, in their order, and what is linked to none, last.

    A statement on two issues stands under both.
    """
    matrix = {row.key: row for row in rows}
    counts = index.counts if index else {}
    groups = [
        IssueContributions(
            issue=issue,
            row=matrix.get(issue.slug),
            trail=(trails or {}).get(issue.pk, []),
            statements=_touching(issue, statements),
            proposals=_touching(issue, proposals),
            statement_count=counts.get(issue.slug, 0),
            has_uncounted=index is not None and index.has_uncounted,
        )
        for issue in issues
    ]
    unlinked = [item for item in statements if not item.issues]
    groups.append(IssueContributions(issue=None, statements=unlinked))
    return [group for group in groups if group]


def items_shown(groups: Iterable[IssueContributions]) -> dict[str, list[ClaimItem]]:
    """What a page of the groups shows of each kind, each once, newest first."""
    items: dict[str, dict[str, ClaimItem]] = {"proposals": {}, "statements": {}}
    for group in groups:
        items["proposals"] |= {item.anchor: item for item in group.proposals[:SHOWN]}
        items["statements"] |= {item.anchor: item for item in group.statements[:SHOWN]}
    return {kind: merge_items(by_anchor.values()) for kind, by_anchor in items.items()}


def _touching(issue: Issue, items: Iterable[ClaimItem]) -> list[ClaimItem]:
    return [item for item in items if any(ref["slug"] == issue.slug for ref in item.issues)]
