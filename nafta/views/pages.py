"""Pages that read both the record and the reading. Each: guard, query, context, render."""

import datetime as dt
from collections.abc import Callable, Iterable, Set
from operator import itemgetter
from typing import Any

from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import gettext as _

from issues import matrix
from issues.models import Issue, Position, Proposal, Stance, with_issues
from issues.moved import counter_proposals
from issues.proposals import proposal_items
from issues.said import counted
from issues.tables import ProgressFile, cell_file, move_file
from issues.views import STATEMENTS_SHOWN, end_of_previous
from nafta.forms import TimelineForm
from nafta.narrowing import narrowed
from nafta.views.choosing import choices_in, chosen
from rounds import clock, dates
from rounds.corrections import corrected_on
from rounds.cursors import Cursor
from rounds.databases import reading
from rounds.downloads import FileTable, page
from rounds.figures import MARKS, calendar_figure, outside
from rounds.forms import AsOf, AsOfForm, end_of
from rounds.models import (
    NOT_MET,
    TOOK_PLACE,
    Deadline,
    Party,
    Round,
    RoundStatus,
    Source,
    Statement,
)
from rounds.moments import history_since, two_clocks
from rounds.tables import ItemFile, ItemTable
from rounds.timeline import (
    Item,
    Kind,
    cursor_of,
    deadline_items,
    entries,
    follows,
    mark_items,
    merged,
    order,
    round_items,
    span,
    statement_items,
)
from rounds.views import gone_or_404

TIMELINE_PAGE = 180  # items
MARKED = 1_000  # proposals and statements in the chart, the latest; of older ones it says so
COUNTED = 1_000  # sources at most; beyond it a page says "1,000+"
STEM = 80  # characters of a file's name
DATED = (Round, Deadline, Proposal, Statement)
BARS = {Kind.ROUND, Kind.MEETING, Kind.DEADLINE}  # what the chart draws as bars and lines


@two_clocks
def home(request: HttpRequest) -> HttpResponse:
    rounds = list(Round.objects.published().with_names().in_order())
    form = AsOfForm(request.GET, rounds=rounds)
    as_of = form.wish
    after, previous = end_of_previous(as_of, rounds)
    parties = list(Party.objects.all())
    positions = Position.objects.published().as_of(as_of.day).with_evidence()
    rows = matrix.by_issue(Issue.objects.published(), parties, positions, as_of.day, after)
    held = [one for one in rounds if one.took_place and one.first_day <= as_of.day]
    deadlines = Deadline.objects.published().with_names()
    statements = with_issues(Statement.objects.published().as_of(as_of.day).with_names())
    context: dict[str, Any] = {
        **form.context,
        "latest": held[-1] if held else None,
        "rounds_known": bool(rounds),
        "latest_is_over": bool(held) and end_of(held[-1], rounds) <= as_of.day,
        "planned": []
        if as_of.asked
        else [meeting for meeting in rounds if _is_ahead(meeting, as_of.day)],
        "previous": previous,
        "parties": parties,
        "rows": matrix.front_page_rows(rows),
        "moves": matrix.moves_by_issue(matrix.moves(rows)[:6]),
        "deadlines": _next_or_last(deadlines, as_of),
        "statements": merged(statement_items(statements.latest_first()[:3])),
    }

    def files() -> dict[str, FileTable]:
        return {
            "positions": cell_file(context["rows"], caption=_("Who stands where")),
            "movement": move_file(context["moves"], caption=_("Latest movement")),
            "statements": ItemFile(context["statements"], caption=_("Last said")),
        }

    return page(
        request,
        "nafta/home.html",
        context,
        files=files,
        name="front",
        as_of=as_of.day,
        status=200 if form.is_valid() else 400,
    )


def _is_ahead(meeting: Round, day: dt.date) -> bool:
    """Whether it is yet to come: planned, or entered as held on a day after ``day``."""
    begins_later = meeting.took_place and meeting.first_day > day
    return meeting.status == RoundStatus.PLANNED or begins_later


def _next_or_last(deadlines: Any, as_of: AsOf) -> list[Item]:
    """The next deadline as known on ``as_of``, else the last one that fell due."""
    known = deadlines.filter(set_on__startswith__lte=as_of.day)
    ahead = known.filter(dates__startswith__gte=as_of.day).order_by("dates__startswith")
    if not as_of.asked:  # of a past day nobody knows which had been given up by then
        ahead = ahead.exclude(outcome__in=NOT_MET)
    fallen_due = known.filter(dates__startswith__lt=as_of.day).latest_first()
    records = list(ahead[:1]) or list(fallen_due[:1])
    return list(deadline_items(records, as_of.day if as_of.asked else None))


@two_clocks
def timeline(request: HttpRequest) -> HttpResponse:
    parties = list(Party.objects.all())
    issues = list(Issue.objects.published())
    rounds = list(Round.objects.published().in_order())
    form = TimelineForm(
        request.GET, parties=parties, issues=issues, rounds=rounds, years=timeline_years()
    )
    wishes = form.wishes
    bars, proposals = all_bars(wishes), all_proposals(wishes)
    cursor: Cursor | None = wishes.get("page")
    listed_whole = [*bars, *proposals]
    paged = {Kind.STATEMENT}
    if len(proposals) > MARKED:  # the list goes on behind them
        listed_whole, paged = bars, MARKS
    items = merged(
        (item for item in listed_whole if cursor is None or follows(item, cursor)),
        timeline_items(wishes, among=paged),
    )
    shown, rest = items[:TIMELINE_PAGE], items[TIMELINE_PAGE:]
    statements = [item for item in shown if item.kind == Kind.STATEMENT]
    if rest or cursor:
        statements = all_statements(wishes)
    marks = merged(proposals, statements)
    drawn = [*bars, *marks[:MARKED]]
    listed = {item.anchor for item in shown}
    listed_entries = entries(shown)
    on_page = [item for entry in listed_entries for item in (entry.item, *entry.deadlines)]
    choices = chosen(form, choices_in(request.GET))
    context: dict[str, Any] = {
        "form": form,
        "chosen": [one for one in choices if form.fields[one.name].widget.is_hidden],
        "choices": choices,
        "wishes": {name: value for name, value in wishes.items() if name != "page"},
        "items": shown,
        "entries": listed_entries,
        "table": ItemTable(bars, listed=listed),
        "figure": calendar_figure(drawn, parties, rounds, on_page) if shown else None,
        "outside": outside(rounds, drawn) if shown else None,
        "marked": MARKED,
        "marked_days": span(marks[:MARKED]) if len(marks) > MARKED else None,
        "next_page": _query(request, page=str(cursor_of(shown[-1]))) if rest else "",
    }

    def files() -> dict[str, FileTable]:
        return {
            "timeline": ItemFile(shown, caption=_("Timeline")),
            "calendar": ItemFile(bars, caption=_("Meetings and deadlines"), whole=True),
        }

    asked = wishes | ({"q": form.query.text} if "q" in wishes else {})
    told = [f"{name} {asked[name]}" for name in context["wishes"]]
    return page(
        request,
        "nafta/timeline.html",
        context,
        files=files,
        name=slugify(" ".join(["timeline", *told]))[:STEM].strip("-"),
        status=200 if form.is_valid() else 400,
    )


def timeline_years() -> list[int]:
    """The years in which anything in the record began, newest first.

    Each year is looked up in the indexes: no row is counted.
    """
    began = [
        f"""SELECT lower(dates) AS day FROM "{model._meta.db_table}" WHERE state = 'published'"""
        for model in DATED
    ]
    ends = [
        f"({one} ORDER BY lower(dates) {way}, id {way} LIMIT 1)"
        for one in began
        for way in ("ASC", "DESC")
    ]
    any_of = [
        f"""EXISTS ({one} AND lower(dates) >= make_date(year, 1, 1)
            AND lower(dates) < make_date(year + 1, 1, 1)
            ORDER BY lower(dates) DESC, id DESC LIMIT 1)"""
        for one in began
    ]
    with reading().cursor() as cursor:
        cursor.execute(
            f"""SELECT year FROM (
                SELECT date_part('year', min(day))::integer AS first,
                    date_part('year', max(day))::integer AS last
                FROM ({" UNION ALL ".join(ends)}) AS ends
            ) AS all_of_it, generate_series(last, first, -1) AS year
            WHERE {" OR ".join(any_of)}"""
        )
        return [year for (year,) in cursor.fetchall()]


def all_bars(wishes: dict[str, Any]) -> list[Item]:
    """The meetings and deadlines asked for, whichever page of them: a calendar needs them all."""
    return timeline_items(_whole(wishes), limit=None, among=BARS)


def all_proposals(wishes: dict[str, Any]) -> list[Item]:
    """The proposals asked for, on whichever page, up to one more than the chart draws."""
    return timeline_items(_whole(wishes), limit=MARKED, among={Kind.PROPOSAL})


def all_statements(wishes: dict[str, Any]) -> list[Item]:
    """As ``all_proposals``; only what the chart needs of each."""
    if wishes.get("kind") not in {None, Kind.STATEMENT}:
        return []
    statements = Statement.objects.published().with_parties()
    latest = _latest(statements, Kind.STATEMENT, _whole(wishes), MARKED + 1)
    return list(mark_items(latest, Kind.STATEMENT, "summary"))


def _whole(wishes: dict[str, Any]) -> dict[str, Any]:
    """What was asked for, all pages of it."""
    return {name: value for name, value in wishes.items() if name != "page"}


def timeline_items(
    wishes: dict[str, Any],
    limit: int | None = TIMELINE_PAGE,
    among: Set[Kind] = BARS | MARKS,
) -> list[Item]:
    """The items asked for, newest first, one more than ``limit`` at most."""
    streams: list[tuple[set[Kind], Any, Callable[[], Any]]] = [
        ({Kind.ROUND, Kind.MEETING}, round_items, lambda: _meetings(wishes.get("kind"))),
        ({Kind.DEADLINE}, deadline_items, Deadline.objects.published),
        ({Kind.PROPOSAL}, proposal_items, Proposal.objects.published),
        ({Kind.STATEMENT}, statement_items, lambda: with_issues(Statement.objects.published())),
    ]
    most = limit and limit + 1
    found = [
        (order(min(kinds), record.first_day, record.pk), build, record)
        for kinds, build, records in streams
        if kinds <= among and wishes.get("kind") in {None, *kinds}
        for record in _latest(records().with_names(), min(kinds), wishes, most)
    ]
    found.sort(key=itemgetter(0))
    return [item for _order, build, record in found[:most] for item in build([record])]


def _latest(records: Any, kind: Kind, wishes: dict[str, Any], most: int | None) -> Any:
    return narrowed(records, kind, wishes, most).latest_first()[:most]


def _meetings(kind: str | None) -> Any:
    """All of them, or the rounds, or those beside the rounds."""
    meetings = Round.objects.published()
    if kind == Kind.ROUND:
        return meetings.rounds_proper()
    return meetings.beside() if kind == Kind.MEETING else meetings


@two_clocks
def round_detail(request: HttpRequest, slug: str) -> HttpResponse:
    rounds = list(Round.objects.published().with_names().with_touched().in_order())
    meeting = next((each for each in rounds if each.slug == slug), None)
    if meeting is None:
        return gone_or_404(request, Round, slug)
    as_of = AsOf(end_of(meeting, rounds), meeting, asked=True)
    after, previous = before(meeting, rounds)
    parties = list(Party.objects.all())
    positions = Position.objects.published().as_of(as_of.day).with_evidence()
    rows = matrix.by_issue(Issue.objects.published(), parties, positions, as_of.day, after)
    proposals = Proposal.objects.published().as_of(as_of.day).with_names()
    spoken = said_at(meeting, STATEMENTS_SHOWN + 1)
    place = next(i for i, one in enumerate(rounds) if one.pk == meeting.pk)
    context: dict[str, Any] = {
        "round": meeting,
        "corrected": corrected_on(meeting),
        "as_of": as_of,
        "previous": previous,
        "earlier": rounds[place - 1] if place else None,
        "later": rounds[place + 1] if place + 1 < len(rounds) else None,
        "progress": list(meeting.progress.published().select_related("issue", "source")),
        # of a milestone only what there is; a meeting says of each part that nothing is recorded
        "has_sections": meeting.took_place and not meeting.is_milestone,
        "query": as_of.query if meeting.took_place else "",
        "moves": matrix.moves_by_issue(matrix.moves_in_order(rows)) if meeting.took_place else [],
        "answers": counter_proposals(proposals, as_of.day, after) if meeting.took_place else [],
        "parties": parties,
        "rows": [row for row in matrix.front_page_rows(rows) if row.recorded]
        if meeting.took_place and not meeting.is_milestone
        else [],
        "proposals": list(proposal_items(meeting.proposals.published().with_names())),
        "statements": list(statement_items(spoken[:STATEMENTS_SHOWN])),
        "more_statements": len(spoken) > STATEMENTS_SHOWN,
    }

    def files() -> dict[str, FileTable]:
        return {
            "movement": move_file(context["moves"], caption=_("What moved")),
            "answers": ItemFile(context["answers"], caption=_("Counter-proposals")),
            "progress": ProgressFile(context["progress"], caption=_("How far each issue got")),
            "proposals": ItemFile(context["proposals"], caption=_("What was tabled")),
            "statements": ItemFile(context["statements"], caption=_("What was said")),
            "positions": cell_file(
                context["rows"], caption=_("Where the parties stood at its end")
            ),
        }

    return page(
        request,
        "nafta/round_detail.html",
        context,
        files=files,
        name=slug if slug.startswith("round") else f"round-{slug}",
        as_of=as_of.day,
    )


def said_at(meeting: Round, most: int) -> list[Statement]:
    """What was said at a meeting, oldest first, exact days before approximate; then what was said
    of it before and after. Each part comes from the index of days, however long the record is.
    """
    statements = with_issues(meeting.statements.published().with_names())
    in_order = statements.order_by("dates__startswith", "pk")
    first, last = meeting.first_day, meeting.last_day
    begun = Q(dates__startswith__gte=first)
    if last:
        begun &= Q(dates__startswith__lte=last)
    records = list(in_order.filter(begun)[:most])
    if len(records) < most:  # or nobody looks for what stands behind them
        records += in_order.exclude(begun)[: most - len(records)]

    def order(statement: Statement) -> tuple[bool, bool, dt.date, int]:
        ended = statement.last_day or dt.date.max
        is_around = statement.first_day < first or (last is not None and ended > last)
        return is_around, statement.approximate, statement.first_day, statement.pk

    return sorted(records, key=order)


def before(meeting: Round, rounds: Iterable[Round]) -> tuple[dt.date, Round | None]:
    """The meeting before this one that took place, and its end: what came later moved here."""
    held = [one for one in rounds if one.took_place and one.first_day < meeting.first_day]
    if meeting.is_round:  # a round is told against the round before, not a meeting in between
        held = [one for one in held if one.is_round]
    ended = [(end, one) for one in held if (end := end_of(one, rounds)) < meeting.first_day]
    return max(ended, key=lambda pair: pair[0], default=(dt.date.min, None))


def _example() -> dict[str, Any]:
    """A day, its month and a round that addresses can ask for: those of the last round there was.

    Without rounds that have a number it is the last meeting, without meetings today.
    """
    today = clock.today()
    held = Round.objects.published().filter(status__in=TOOK_PLACE, dates__startswith__lte=today)
    meeting = held.order_by(F("number").desc(nulls_last=True), "-dates__startswith").first()
    day = meeting.first_day if meeting else today
    begins = day.replace(day=1)
    ends = (begins + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    return {
        "day": day.isoformat(),
        "month": dates.describe(dates.span(begins, ends), approximate=True),
        "round": meeting.slug if meeting else "",
        "known": today.isoformat(),
        "known_minute": f"{today.isoformat()}T00:00",
    }


def about(request: HttpRequest) -> HttpResponse:
    scale = [(matrix.MARKS[stance], stance) for stance in Stance]
    sources = Source.objects.published()[: COUNTED + 1].count()
    context = {
        "scale": scale,
        "sources": sources,
        "told": counted(min(sources, COUNTED), sources > COUNTED),
        "history_since": history_since(),
        "example": _example(),
    }
    return render(request, "nafta/about.html", context)


def _query(request: HttpRequest, **changes: str) -> str:
    query = request.GET.copy()
    for name, value in changes.items():
        query[name] = value
    return query.urlencode()
