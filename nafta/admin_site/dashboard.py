"""What needs somebody: what the front page of the desk says is waiting, and for what."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.admin import AdminSite
from django.db.models import Count, F, QuerySet, Value, Window
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from issues.models import Issue, Measure, Position, Progress, Proposal
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

SHOWN = 5  # entries of a block on the front page
PUBLISHABLE: tuple[type[Publishable], ...] = (
    *(Round, Statement, Proposal, Position),
    *(Progress, Deadline, Issue, Measure),
)


def _place(record: Any) -> str:
    meta = record._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[record.pk])


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that waits, and where it is put right."""

    title: str
    more: str
    url: str


@dataclass(frozen=True, slots=True)
class Whole:
    """A list with all of them, or with all of one kind of records."""

    title: str
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Block:
    key: str
    title: str
    words: str
    count: int
    entries: list[Task]
    wholes: list[Whole]


@dataclass(frozen=True, slots=True)
class Matter:
    """One reason to need somebody. ``listed``: the filters of the list that say the same."""

    key: str
    title: str | Promise
    words: str | Promise
    model: type[Any]
    rows: Callable[[dt.date], QuerySet[Any]]
    more: Callable[[Any], str] = lambda row: str(getattr(row, "when", ""))
    listed: str = ""
    place: Callable[[Any], str] = _place

    def entries(self, rows: Iterable[Any]) -> list[Task]:
        return [Task(str(row), self.more(row), self.place(row)) for row in rows]


def _list(model: type[Any], query: str) -> str:
    meta = model._meta
    return f"{reverse(f'admin:{meta.app_label}_{meta.model_name}_changelist')}?{query}"


def _new_position(issue: Any) -> str:
    """Where the first party that is still to be recorded gets its position."""
    place = reverse("admin:issues_position_add")
    return f"{place}?issue={issue.pk}&party={issue.awaited_list[0]['pk']}"


def _suggested(suggestion: Any) -> str:
    """The form of the record with what is suggested in it."""
    kind = suggestion.content_type
    place = reverse(f"admin:{kind.app_label}_{kind.model}_change", args=[suggestion.object_id])
    return f"{place}?suggestion={suggestion.pk}"


def _suggested_by(suggestion: Any) -> str:
    return f"{suggestion.author}, {describe_moment(suggestion.made_at)}"


def _answers(source: Any) -> str:
    return " · ".join(link["answer"] for link in source.link_list)


def _standing_on_unnamed(day: dt.date) -> QuerySet[Any]:
    standing = Position.objects.published().as_of(day).standing()
    rows = Position.objects.filter(pk__in=standing.values("pk")).resting_on_unnamed()
    return rows.with_titles().order_by("-since__startswith", "-pk")


MATTERS = (
    Matter(
        "rounds",
        gettext_lazy("Meetings without an outcome"),
        gettext_lazy(
            "Their days have passed, and the record still calls them planned or under way."
        ),
        Round,
        lambda day: Round.objects.published().overdue(day).latest_first(),
    ),
    Matter(
        "deadlines",
        gettext_lazy("Deadlines without an outcome"),
        gettext_lazy("They fell due, and the record does not say whether they were met."),
        Deadline,
        lambda day: Deadline.objects.published().overdue(day).latest_first(),
    ),
    Matter(
        "awaited",
        gettext_lazy("Issues without a position of a party"),
        gettext_lazy(
            "A round has been held since the first party took a position on the issue, and the"
            " record has none of these. If one took none or would not say, that is a position too."
        ),
        Position,
        lambda day: Issue.objects.published().awaiting_parties(day),
        more=lambda issue: ", ".join(local(party, "name") for party in issue.awaited_list),
        place=_new_position,
    ),
    Matter(
        "unnamed",
        gettext_lazy("Positions that rest only on unnamed sources"),
        gettext_lazy("The latest of a party on an issue, and nobody with a name has said so."),
        Position,
        _standing_on_unnamed,
    ),
    Matter(
        "suggested",
        gettext_lazy("Corrections that wait for a second editor"),
        gettext_lazy("Somebody else than their author saves them as they stand, or does not."),
        Suggestion,
        lambda day: Suggestion.objects.select_related("author", "content_type"),
        more=_suggested_by,
        place=_suggested,
    ),
    Matter(
        "unlinked",
        gettext_lazy("Statements linked to no issue"),
        gettext_lazy("They are published, and no issue’s page shows them."),
        Statement,
        lambda day: Statement.objects.published().touching_none().latest_first(),
        listed="issues__isnull=True&state__exact=published",
    ),
    Matter(
        "dead",
        gettext_lazy("Sources whose link is dead"),
        gettext_lazy("When last asked, the address or its copy in an archive was gone."),
        Source,
        lambda day: Source.objects.with_link_state(LinkState.DEAD).with_links(),
        more=_answers,
        listed="link=dead",
    ),
    Matter(
        "unarchived",
        gettext_lazy("Sources without an archive address"),
        gettext_lazy("If they vanish from the web, readers cannot check what rests on them."),
        Source,
        lambda day: Source.objects.unarchived().order_by("-pk"),
        more=lambda source: str(source.published_words),
        listed="archive_url__isempty=1&url__isempty=0",
    ),
)


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage before publication. ``rows`` of a kind of records; ``listed`` as in a matter."""

    key: str
    title: str | Promise
    words: str | Promise
    rows: Callable[[Any], QuerySet[Any]]
    listed: str


STAGES = (
    Stage(
        "ready",
        gettext_lazy("Ready for an editor"),
        gettext_lazy("Their writers have done with them; an editor publishes them, or not."),
        lambda records: records.waiting().filter(state=State.READY),
        "state__exact=ready&publish_at__isempty=1",
    ),
    Stage(
        "missed",
        gettext_lazy("Missed their time"),
        gettext_lazy(
            "They were to go out by now and did not: what they refer to is not published,"
            " or something in them is missing."
        ),
        lambda records: records.missed(),
        "state__exact=draft&publish_at__isempty=0",
    ),
    Stage(
        "scheduled",
        gettext_lazy("Scheduled"),
        gettext_lazy("They go out by themselves at their time."),
        lambda records: records.scheduled(),
        "state__exact=ready&publish_at__isempty=0",
    ),
    Stage(
        "drafts",
        gettext_lazy("Drafts"),
        gettext_lazy("Somebody began them, and no reader sees them."),
        lambda records: records.waiting().filter(state=State.DRAFT),
        "state__exact=draft&publish_at__isempty=1",
    ),
)


def panel(site: AdminSite, request: HttpRequest, day: dt.date) -> list[Block]:
    """All that may wait and that the user may see, also what does not wait."""

    models = [model for model in PUBLISHABLE if may_see(site, request, model)]
    stages = [unpublished(stage, models) for stage in STAGES] if models else []
    seen = [matter for matter in MATTERS if may_see(site, request, matter.model)]
    return stages + [block(matter, day) for matter in seen]


def may_see(site: AdminSite, request: HttpRequest, model: type[Any]) -> bool:
    if model is Suggestion:  # it has no list of its own
        return may_publish(request.user)
    return bool(site.get_model_admin(model).has_view_permission(request))


def unpublished(stage: Stage, models: Sequence[type[Publishable]]) -> Block:
    """What is at ``stage`` of all these kinds of records, what was changed last first."""
    kinds = {model._meta.label: model for model in models}
    found = [
        stage.rows(model.objects).order_by().annotate(of_kind=Value(name))  # type: ignore[attr-defined]
        for name, model in kinds.items()
    ]
    first, *others = (rows.values_list("of_kind").annotate(count=Count("pk")) for rows in found)
    counts = dict(first.union(*others, all=True))
    first, *others = (rows.values_list("of_kind", "pk", "changed_at") for rows in found)
    last = F("changed_at").desc(nulls_last=True)
    latest = list(first.union(*others, all=True).order_by(last, "-pk")[:SHOWN])
    wholes = [
        Whole(
            capfirst(str(model._meta.verbose_name_plural)),
            counts[name],
            _list(model, stage.listed),
        )
        for name, model in kinds.items()
        if counts.get(name)
    ]
    records: dict[tuple[str, int], Any] = {}
    for name in {name for name, *_rest in latest}:
        rows = kinds[name].objects.with_titles()  # type: ignore[attr-defined]
        keys = [pk for kind, pk, _changed in latest if kind == name]
        records |= {(name, pk): record for pk, record in rows.in_bulk(keys).items()}
    entries = [
        Task(str(record), _kind_and_state(record), _place(record))
        for name, pk, _changed in latest
        if (record := records.get((name, pk)))
    ]
    return Block(
        stage.key, str(stage.title), str(stage.words), sum(counts.values()), entries, wholes
    )


def _kind_and_state(record: Any) -> str:
    kind = str(record._meta.verbose_name)
    return f"{kind}, {record.state_words}" if record.publish_at else kind


def block(matter: Matter, day: dt.date) -> Block:
    rows = list(matter.rows(day).annotate(total=Window(Count("*")))[:SHOWN])
    count = rows[0].total if rows else 0
    if matter.listed:
        url = _list(matter.model, matter.listed)
    else:
        url = reverse("admin:waiting", args=[matter.key])
    wholes = [Whole(_("All"), count, url)] if count > SHOWN else []
    return Block(
        matter.key, str(matter.title), str(matter.words), count, matter.entries(rows), wholes
    )
