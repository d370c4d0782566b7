"""The front page of the admin: lists of what waits for an editor, and why."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypedDict

from django.contrib.admin import AdminSite
from django.db.models import Count, F, Model, QuerySet, Value, Window
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from issues.models import Issue, Measure, Outcome, Position, Progress, Proposal
from rounds.admin.sources import SourceWithLinks
from rounds.models import (
    Deadline,
    LinkState,
    Publishable,
    Round,
    Source,
    State,
    Statement,
    Suggestion,
)
from rounds.platform.times import describe_moment
from rounds.platform.translated_text import local
from rounds.publishing.gate import may_publish

ENTRIES_SHOWN = 5  # of a block on the front page
PUBLISHABLE: tuple[type[Publishable], ...] = (
    *(Round, Statement, Proposal, Position),
    *(Progress, Outcome, Deadline, Issue, Measure),
)


def change_url(record: Model) -> str:
    """The page of the admin on which ``record`` is changed."""
    meta = record._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[record.pk])


@dataclass(frozen=True, slots=True)
class WaitingEntry:
    """A record that waits, and the page on which it is dealt with."""

    title: str
    detail: str
    url: str


@dataclass(frozen=True, slots=True)
class ListLink:
    """A link to the list of all entries, or of all of one kind of records."""

    title: str
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class DashboardBlock:
    """A waiting list or a stage on the front page: its count and its first entries."""

    key: str
    title: str
    description: str
    count: int
    entries: list[WaitingEntry]
    lists: list[ListLink]


@dataclass(frozen=True, slots=True)
class WaitingList:
    """A reason why records wait for an editor.

    ``filters`` is the query of the list of the admin that has the same records, if there is one.
    """

    key: str
    title: str | Promise
    description: str | Promise
    model: type[Model]
    rows: Callable[[dt.date], QuerySet[Any]]  # as of a day
    detail: Callable[[Any], str] = lambda row: str(getattr(row, "when", ""))
    filters: str = ""
    url: Callable[[Any], str] = change_url

    def entries(self, rows: Iterable[Model]) -> list[WaitingEntry]:
        return [WaitingEntry(str(row), self.detail(row), self.url(row)) for row in rows]


def changelist_url(model: type[Model], query: str) -> str:
    """The list of the admin for ``model``, filtered by ``query``."""
    meta = model._meta
    return f"{reverse(f'admin:{meta.app_label}_{meta.model_name}_changelist')}?{query}"


class AwaitedParty(TypedDict):
    """A party whose position on an issue is still to be recorded."""

    pk: int
    code: str
    name: str


class AwaitingIssue(Protocol):
    """An issue of ``IssueQuerySet.awaiting_parties()``."""

    pk: int
    awaited_list: list[AwaitedParty]


def add_position_url(issue: AwaitingIssue) -> str:
    """The form of a new position, for the first party that has none on ``issue``."""
    party = issue.awaited_list[0]["pk"]
    return f"{reverse('admin:issues_position_add')}?issue={issue.pk}&party={party}"


def suggestion_url(suggestion: Suggestion) -> str:
    """The form of the record with the suggestion typed into it."""
    kind = suggestion.content_type
    url = reverse(f"admin:{kind.app_label}_{kind.model}_change", args=[suggestion.object_id])
    return f"{url}?suggestion={suggestion.pk}"


def _describe_author(suggestion: Suggestion) -> str:
    return f"{suggestion.author}, {describe_moment(suggestion.made_at)}"


def _describe_answers(source: SourceWithLinks) -> str:
    return " · ".join(link["answer"] for link in source.link_list)


def _positions_on_unnamed(day: dt.date) -> QuerySet[Any]:
    standing = Position.objects.published().as_of(day).standing()
    rows = Position.objects.filter(pk__in=standing.values("pk")).resting_on_unnamed()
    return rows.with_titles().order_by("-since__startswith", "-pk")


WAITING_LISTS = (
    WaitingList(
        "rounds",
        gettext_lazy("Meetings without an outcome"),
        gettext_lazy(
            "Their days have passed, and the record still calls them planned or under way."
        ),
        Round,
        lambda day: Round.objects.published().overdue(day).latest_first(),
    ),
    WaitingList(
        "deadlines",
        gettext_lazy("Deadlines without an outcome"),
        gettext_lazy("They fell due, and the record does not say whether they were met."),
        Deadline,
        lambda day: Deadline.objects.published().overdue(day).latest_first(),
    ),
    WaitingList(
        "awaited",
        gettext_lazy("Issues without a position of a party"),
        gettext_lazy(
            "A round has been held since the first party took a position on the issue, and the"
            " record has none of these. If one took none or would not say, that is a position too."
        ),
        Position,
        lambda day: Issue.objects.published().awaiting_parties(day),
        detail=lambda issue: ", ".join(local(party, "name") for party in issue.awaited_list),
        url=add_position_url,
    ),
    WaitingList(
        "unnamed",
        gettext_lazy("Positions that rest only on unnamed sources"),
        gettext_lazy("The latest of a party on an issue, and nobody with a name has said so."),
        Position,
        _positions_on_unnamed,
    ),
    WaitingList(
        "suggested",
        gettext_lazy("Corrections that wait for a second editor"),
        gettext_lazy("Somebody else than their author saves them as they stand, or does not."),
        Suggestion,
        lambda day: Suggestion.objects.select_related("author", "content_type"),
        detail=_describe_author,
        url=suggestion_url,
    ),
    WaitingList(
        "unlinked",
        gettext_lazy("Statements linked to no issue"),
        gettext_lazy("They are published, and no issue’s page shows them."),
        Statement,
        lambda day: Statement.objects.published().touching_none().latest_first(),
        filters="issues__isnull=True&state__exact=published",
    ),
    WaitingList(
        "dead",
        gettext_lazy("Sources whose link is dead"),
        gettext_lazy("When last asked, the address or its copy in an archive was gone."),
        Source,
        lambda day: Source.objects.with_link_state(LinkState.DEAD).with_links(),
        detail=_describe_answers,
        filters="link=dead",
    ),
    WaitingList(
        "unarchived",
        gettext_lazy("Sources without an archive address"),
        gettext_lazy("If they vanish from the web, readers cannot check what rests on them."),
        Source,
        lambda day: Source.objects.unarchived().order_by("-pk"),
        detail=lambda source: str(source.published_label),
        filters="archive_url__isempty=1&url__isempty=0",
    ),
)


@dataclass(frozen=True, slots=True)
class DraftStage:
    """A stage before publication.

    ``rows`` are those of a kind of records; ``filters`` as in a ``WaitingList``.
    """

    key: str
    title: str | Promise
    description: str | Promise
    rows: Callable[[Any], QuerySet[Any]]
    filters: str


DRAFT_STAGES = (
    DraftStage(
        "ready",
        gettext_lazy("Ready for an editor"),
        gettext_lazy("Their writers have done with them; an editor publishes them, or not."),
        lambda records: records.waiting().filter(state=State.READY),
        "state__exact=ready&publish_at__isempty=1",
    ),
    DraftStage(
        "missed",
        gettext_lazy("Missed their time"),
        gettext_lazy(
            "They were to go out by now and did not: what they refer to is not published,"
            " or something in them is missing."
        ),
        lambda records: records.missed(),
        "state__exact=draft&publish_at__isempty=0",
    ),
    DraftStage(
        "scheduled",
        gettext_lazy("Scheduled"),
        gettext_lazy("They go out by themselves at their time."),
        lambda records: records.scheduled(),
        "state__exact=ready&publish_at__isempty=0",
    ),
    DraftStage(
        "drafts",
        gettext_lazy("Drafts"),
        gettext_lazy("Somebody began them, and no reader sees them."),
        lambda records: records.waiting().filter(state=State.DRAFT),
        "state__exact=draft&publish_at__isempty=1",
    ),
)


def load_blocks(site: AdminSite, request: HttpRequest, day: dt.date) -> list[DashboardBlock]:
    """A block for each stage and waiting list that the user may see, empty ones too."""
    models = [model for model in PUBLISHABLE if may_see(site, request, model)]
    stages = [load_stage(stage, models) for stage in DRAFT_STAGES] if models else []
    visible = [item for item in WAITING_LISTS if may_see(site, request, item.model)]
    return stages + [load_waiting_list(item, day) for item in visible]


def may_see(site: AdminSite, request: HttpRequest, model: type[Model]) -> bool:
    if model is Suggestion:  # it has no list of its own
        return may_publish(request.user)
    return bool(site.get_model_admin(model).has_view_permission(request))


def load_stage(stage: DraftStage, models: Sequence[type[Publishable]]) -> DashboardBlock:
    """The records of ``models`` that are at ``stage``, those changed last first."""
    kinds = {model._meta.label: model for model in models}
    rows_of_kinds = [
        stage.rows(model.objects).order_by().annotate(of_kind=Value(name))  # type: ignore[attr-defined]
        for name, model in kinds.items()
    ]
    # one query for the counts of all kinds, one for the latest of all: both are unions
    counted = [rows.values_list("of_kind").annotate(count=Count("pk")) for rows in rows_of_kinds]
    counts = dict(counted[0].union(*counted[1:], all=True))
    keyed = [rows.values_list("of_kind", "pk", "changed_at") for rows in rows_of_kinds]
    last = F("changed_at").desc(nulls_last=True)
    latest = list(keyed[0].union(*keyed[1:], all=True).order_by(last, "-pk")[:ENTRIES_SHOWN])
    lists = [
        ListLink(
            capfirst(str(model._meta.verbose_name_plural)),
            counts[name],
            changelist_url(model, stage.filters),
        )
        for name, model in kinds.items()
        if counts.get(name)
    ]
    records: dict[tuple[str, int], Publishable] = {}
    for name in {name for name, *_rest in latest}:
        rows = kinds[name].objects.with_titles()  # type: ignore[attr-defined]
        keys = [pk for kind, pk, _changed in latest if kind == name]
        records |= {(name, pk): record for pk, record in rows.in_bulk(keys).items()}
    entries = [
        WaitingEntry(str(record), _describe_stage(record), change_url(record))
        for name, pk, _changed in latest
        if (record := records.get((name, pk)))
    ]
    return DashboardBlock(
        stage.key, str(stage.title), str(stage.description), sum(counts.values()), entries, lists
    )


def _describe_stage(record: Publishable) -> str:
    kind = str(record._meta.verbose_name)
    return f"{kind}, {record.state_label}" if record.publish_at else kind


def load_waiting_list(waiting_list: WaitingList, day: dt.date) -> DashboardBlock:
    """The count and the first entries of ``waiting_list`` on ``day``."""
    # a window counts all rows in the query that reads the first ones
    rows = list(waiting_list.rows(day).annotate(total=Window(Count("*")))[:ENTRIES_SHOWN])
    count = rows[0].total if rows else 0
    if waiting_list.filters:
        url = changelist_url(waiting_list.model, waiting_list.filters)
    else:
        url = reverse("admin:waiting", args=[waiting_list.key])
    return DashboardBlock(
        key=waiting_list.key,
        title=str(waiting_list.title),
        description=str(waiting_list.description),
        count=count,
        entries=waiting_list.entries(rows),
        lists=[ListLink(_("All"), count, url)] if count > ENTRIES_SHOWN else [],
    )
