"""The addresses of the API. Each: guard, query, answer."""

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.translation import get_supported_language_variant
from ninja import Query

from issues.models import Issue, Measure, Position, Progress, Proposal, with_issues
from nafta.api import schemas
from nafta.api.instance import api
from nafta.api.params import (
    AsOfWishes,
    DatedWishes,
    Listing,
    MeasureWishes,
    PositionWishes,
    ProgressWishes,
    TimelineWishes,
    Wishes,
    by_day,
    by_key,
    load_state,
    narrowing,
    nowhere,
    place,
    refused,
)
from nafta.api.serializers import Answers
from nafta.queries import timeline_items
from nafta.search.filters import narrowed
from rounds.history.corrections import load_corrections
from rounds.models import (
    Deadline,
    Negotiation,
    Party,
    Person,
    Round,
    Source,
    Statement,
)
from rounds.public.params import CorrectionsForm
from rounds.public.timeline import Kind, cursor_at, cursor_of

__all__ = ["api"]


def get(path: str, answer: Any, *, one: bool = False) -> Callable[[Any], Any]:
    """An address that answers in the language asked for, and says what else it may answer."""
    others = {404: schemas.Problem} if one else {}
    responses = {200: answer, **others, 422: schemas.Problem, 429: schemas.Problem}

    def add(operation: Any) -> Any:
        @wraps(operation)
        def told(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            with translation.override(get_supported_language_variant(kwargs["wishes"].lang)):
                found = operation(request, *args, **kwargs)
            return api.create_response(request, found, status=200)

        name = operation.__name__
        return api.get(path, response=responses, operation_id=name, url_name=name)(told)

    return add


def listing(request: HttpRequest, items: list[Any], cursor: str) -> schemas.Page[Any]:
    """A page of a list, and the whole address of the next."""
    query = request.GET.copy()
    query["cursor"] = cursor
    address = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
    return schemas.Page(items=items, next=address if cursor else None)


def dated(
    request: HttpRequest, wishes: Any, kind: Kind, records: Any, told: Callable[[Any], list[Any]]
) -> schemas.Page[Any]:
    """What the wishes leave of records of one ``kind``, newest first."""
    chosen = narrowing(wishes) | place(wishes, kind)
    page, more = by_day(narrowed(records, kind, chosen, wishes.limit + 1), wishes)
    return listing(request, told(page), more)


def keyed(
    request: HttpRequest, wishes: Any, records: Any, told: Callable[[Any], Any], key: str = "slug"
) -> schemas.Page[Any]:
    """Records by their keys."""
    page, more = by_key(records, wishes, key)
    return listing(request, list(map(told, page)), more)


# --- reference ---


@get("/negotiation", schemas.Negotiation, one=True)
def negotiation(request: HttpRequest, wishes: Query[Wishes]) -> Any:
    """The negotiation that the record is of."""
    one = Negotiation.objects.first()
    if one is None:
        raise Http404
    return Answers(request).negotiation(one)


@get("/parties", schemas.Page[schemas.Party])
def parties(request: HttpRequest, wishes: Query[Listing]) -> Any:
    """The sides at the table, by their keys."""
    return keyed(request, wishes, Party.objects.all(), Answers(request).party, "code")


@get("/parties/{slug:key}", schemas.Party, one=True)
def party(request: HttpRequest, key: str, wishes: Query[Wishes]) -> Any:
    one = get_object_or_404(Party.objects.all(), code=key)
    return Answers(request).party(one)


@get("/people", schemas.Page[schemas.Person])
def people(request: HttpRequest, wishes: Query[Listing]) -> Any:
    """Everybody who said something that is published, by their keys."""
    return keyed(request, wishes, _people(), Answers(request).person)


@get("/people/{slug:key}", schemas.Person, one=True)
def person(request: HttpRequest, key: str, wishes: Query[Wishes]) -> Any:
    one = get_object_or_404(_people(), slug=key)
    return Answers(request).person(one)


def _people() -> Any:
    return Person.objects.published().select_related("party")


@get("/sources", schemas.Page[schemas.Source])
def sources(request: HttpRequest, wishes: Query[Listing]) -> Any:
    """The publications that published records cite, by their keys."""
    return keyed(request, wishes, Source.objects.cited(), Answers(request).source)


@get("/sources/{slug:key}", schemas.Source, one=True)
def source(request: HttpRequest, key: str, wishes: Query[Wishes]) -> Any:
    one = get_object_or_404(Source.objects.cited(), slug=key)
    return Answers(request).source(one)


# --- the record ---


@get("/rounds", schemas.Page[schemas.Round])
def rounds(request: HttpRequest, wishes: Query[DatedWishes]) -> Any:
    """Rounds and other meetings, newest first."""
    return dated(request, wishes, Kind.ROUND, _rounds(), Answers(request).rounds)


@get("/rounds/{slug:key}", schemas.Round, one=True)
def round_(request: HttpRequest, key: str, wishes: Query[Wishes]) -> Any:
    return Answers(request).rounds([get_object_or_404(_rounds(), slug=key)])[0]


def _rounds() -> Any:
    return Round.objects.published().with_names().with_publication_times()


@get("/deadlines", schemas.Page[schemas.Deadline])
def deadlines(request: HttpRequest, wishes: Query[DatedWishes]) -> Any:
    """Deadlines by the day they fall, newest first. None belongs to an issue or a round."""
    return dated(request, wishes, Kind.DEADLINE, _deadlines(), Answers(request).deadlines)


@get("/deadlines/{slug:key}", schemas.Deadline, one=True)
def deadline(request: HttpRequest, key: str, wishes: Query[Wishes]) -> Any:
    return Answers(request).deadlines([get_object_or_404(_deadlines(), slug=key)])[0]


def _deadlines() -> Any:
    return Deadline.objects.published().with_names().with_publication_times()


@get("/statements", schemas.Page[schemas.Statement])
def statements(request: HttpRequest, wishes: Query[DatedWishes]) -> Any:
    """What was said, newest first."""
    return dated(request, wishes, Kind.STATEMENT, _statements(), Answers(request).statements)


@get("/statements/{slug:key}", schemas.Statement, one=True)
def statement(request: HttpRequest, key: str, wishes: Query[Wishes]) -> Any:
    return Answers(request).statements([get_object_or_404(_statements(), slug=key)])[0]


def _statements() -> Any:
    found = Statement.objects.published().with_names().with_links().with_publication_times()
    return with_issues(found.select_related("round"))


# --- the reading ---


@get("/issues", schemas.Page[schemas.Issue])
def issues(request: HttpRequest, wishes: Query[Listing]) -> Any:
    """Issues, by their keys."""
    return keyed(request, wishes, _issues(), Answers(request).issue)


@get("/issues/{slug:key}", schemas.Issue, one=True)
def issue(request: HttpRequest, key: str, wishes: Query[Wishes]) -> Any:
    one = get_object_or_404(_issues(), slug=key)
    return Answers(request).issue(one)


def _issues() -> Any:
    return Issue.objects.published().with_sources().with_publication_times()


@get("/measures", schemas.Page[schemas.Measure])
def measures(request: HttpRequest, wishes: Query[MeasureWishes]) -> Any:
    """What is countable at stake, by its keys."""
    wish = narrowing(wishes, ["issue"]).get("issue")
    records = _measures().filter(issue__slug=wish) if wish else _measures()
    return keyed(request, wishes, records, Answers(request).measure)


@get("/measures/{slug:key}", schemas.Measure, one=True)
def measure(request: HttpRequest, key: str, wishes: Query[Wishes]) -> Any:
    one = get_object_or_404(_measures(), slug=key)
    return Answers(request).measure(one)


def _measures() -> Any:
    return (
        Measure.objects.published().with_sources().with_publication_times().select_related("issue")
    )


@get("/proposals", schemas.Page[schemas.Proposal])
def proposals(request: HttpRequest, wishes: Query[DatedWishes]) -> Any:
    """What was tabled, newest first."""
    return dated(request, wishes, Kind.PROPOSAL, _proposals(), Answers(request).proposals)


@get("/proposals/{slug:key}", schemas.Proposal, one=True)
def proposal(request: HttpRequest, key: str, wishes: Query[Wishes]) -> Any:
    return Answers(request).proposals([get_object_or_404(_proposals(), slug=key)])[0]


def _proposals() -> Any:
    found = Proposal.objects.published().with_names().with_terms().with_publication_times()
    return found.select_related("round")


@get("/positions", schemas.Page[schemas.Position])
def positions(request: HttpRequest, wishes: Query[PositionWishes]) -> Any:
    """Every position that a party took, newest first."""
    wish, records = narrowing(wishes, ["party", "issue"]), _positions()
    if party := wish.get("party"):
        records = records.filter(party__code=party)
    if issue := wish.get("issue"):
        records = records.filter(issue__slug=issue)
    page, more = by_day(records, wishes, "since")
    return listing(request, list(map(Answers(request).position, page)), more)


@get("/positions/{slug:issue}/{slug:party}/{since}", schemas.Position, one=True)
def position(
    request: HttpRequest, issue: str, party: str, since: dt.date, wishes: Query[Wishes]
) -> Any:
    """The position that a party took on an issue on that day."""
    key = {"issue__slug": issue, "party__code": party, "since__startswith": since}
    one = get_object_or_404(_positions(), **key)
    return Answers(request).position(one)


def _positions() -> Any:
    return Position.objects.published().with_titles().with_evidence().with_publication_times()


@get("/progress", schemas.Page[schemas.Progress])
def progress(request: HttpRequest, wishes: Query[ProgressWishes]) -> Any:
    """How far issues got at rounds, newest first."""
    wish, records = narrowing(wishes, ["round", "issue"]), _progress()
    if round_ := wish.get("round"):
        records = records.filter(round__slug=round_)
    if issue := wish.get("issue"):
        records = records.filter(issue__slug=issue)
    page, more = by_day(records, wishes, "round__dates")
    return listing(request, list(map(Answers(request).progress, page)), more)


@get("/progress/{slug:meeting}/{slug:issue}", schemas.Progress, one=True)
def progress_at(request: HttpRequest, meeting: str, issue: str, wishes: Query[Wishes]) -> Any:
    """How far an issue got at a round."""
    one = get_object_or_404(_progress(), round__slug=meeting, issue__slug=issue)
    return Answers(request).progress(one)


def _progress() -> Any:
    return (
        Progress.objects.published()
        .with_publication_times()
        .select_related("round", "issue", "source")
    )


# --- what the pages show ---


@get("/matrix", schemas.Matrix)
def matrix(request: HttpRequest, wishes: Query[AsOfWishes]) -> Any:
    """Where each party stood on each issue on a day."""
    state, answers = load_state(wishes), Answers(request)
    return schemas.Matrix(
        as_of=state.day,
        parties=[answers.ref(party) for party in state.parties],
        rows=[answers.matrix_row(row, row.issue) for row in state.matrix if row.issue],
    )


@get("/issues/{slug:key}/matrix", schemas.Matrix, one=True)
def issue_matrix(request: HttpRequest, key: str, wishes: Query[AsOfWishes]) -> Any:
    """Where each party stood on an issue at the end of each round up to a day."""
    issue = get_object_or_404(Issue.objects.published(), slug=key)
    state, answers = load_state(wishes, [issue]), Answers(request)
    progress = issue.progress.published().select_related("source", "issue")
    return schemas.Matrix(
        as_of=state.day,
        parties=[answers.ref(party) for party in state.parties],
        rows=[answers.matrix_row(row, issue) for row in state.rows_by_round(issue, progress)],
    )


@get("/timeline", schemas.Page[schemas.Item])
def timeline(request: HttpRequest, wishes: Query[TimelineWishes]) -> Any:
    """Every meeting, deadline, proposal and statement, newest first."""
    chosen = narrowing(wishes)
    try:
        after = {"page": cursor_at(wishes.cursor)} if wishes.cursor else {}
    except ValueError as error:
        raise nowhere() from error
    items = timeline_items(chosen | after, limit=wishes.limit)
    page = items[: wishes.limit]
    cursor = str(cursor_of(page[-1])) if items[wishes.limit :] else ""
    return listing(request, list(map(Answers(request).item, page)), cursor)


@get("/corrections", schemas.Page[schemas.Correction])
def correction_list(request: HttpRequest, wishes: Query[Listing]) -> Any:
    """What readers had seen and was changed or taken back, newest first.

    Those of one moment stay on one page, which may hold more than `limit` for it.
    """
    form = CorrectionsForm({"until": wishes.cursor})
    if not form.is_valid():
        raise refused(form)
    told, older = load_corrections(until=form.filters.get("until"), limit=wishes.limit)
    cursor = older.isoformat() if older else ""
    return listing(request, list(map(Answers(request).correction, told)), cursor)
