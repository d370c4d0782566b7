"""The addresses of the API. Each: guard, query, answer. OpenAPI publishes their docstrings."""

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.translation import get_supported_language_variant
from ninja import Query
from pydantic import BaseModel

from issues.models import Issue, Measure, Outcome, Position, Progress, Proposal, with_issues
from nafta.api import schemas
from nafta.api.instance import api
from nafta.api.matrix_serializer import MatrixSerializer
from nafta.api.params import (
    AsOfWishes,
    DatedWishes,
    Listing,
    MeasureWishes,
    PositionWishes,
    ProgressWishes,
    TimelineWishes,
    Wishes,
    clean_filters,
    cursor_error,
    cursor_filter,
    form_error,
    load_state,
    page_by_day,
    page_by_key,
)
from nafta.api.serializers import Serializer
from nafta.queries import timeline_items
from nafta.search.filters import apply_filters
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
from rounds.public.timeline import Kind, cursor_of, parse_cursor

__all__ = ["api"]

P = ParamSpec("P")
Row = TypeVar("Row", bound=Model)
Answer = TypeVar("Answer", bound=BaseModel)
Operation = Callable[Concatenate[HttpRequest, P], BaseModel]


def get(
    path: str, answer: type[BaseModel], *, is_single: bool = False
) -> Callable[[Operation[P]], Operation[P]]:
    """Add an address that answers in the language of ``lang``, and document all that it may answer.

    The name of the function is the operation's ID in OpenAPI.
    """
    not_found = {404: schemas.Problem} if is_single else {}
    responses = {200: answer, **not_found, 422: schemas.Problem, 429: schemas.Problem}

    def add(operation: Operation[P]) -> Operation[P]:
        @wraps(operation)
        def respond(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            params = kwargs["params"]
            assert isinstance(params, Wishes)
            with translation.override(get_supported_language_variant(params.lang)):
                data = operation(request, *args, **kwargs)
            return api.create_response(request, data, status=200)

        name = operation.__name__
        api.get(path, response=responses, operation_id=name, url_name=name)(respond)
        return operation

    return add


def list_page(request: HttpRequest, items: list[Answer], cursor: str) -> schemas.Page[Answer]:
    """Answer a page of a list, with the whole address of the next."""
    query = request.GET.copy()
    query["cursor"] = cursor
    address = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
    return schemas.Page(items=items, next=address if cursor else None)


def list_by_day(
    request: HttpRequest,
    params: Listing,
    kind: Kind,
    records: QuerySet[Row],
    serialize: Callable[[list[Row]], list[Answer]],
) -> schemas.Page[Answer]:
    """Answer the records of one ``kind`` that fit the filters, newest first."""
    filters = clean_filters(params) | cursor_filter(params, kind)
    page, cursor = page_by_day(apply_filters(records, kind, filters, params.limit + 1), params)
    return list_page(request, serialize(page), cursor)


def list_by_key(
    request: HttpRequest,
    params: Listing,
    records: QuerySet[Row],
    serialize: Callable[[Row], Answer],
    key: str = "slug",
) -> schemas.Page[Answer]:
    """Answer records by their keys."""
    page, cursor = page_by_key(records, params, key)
    return list_page(request, list(map(serialize, page)), cursor)


# --- reference ---


@get("/negotiation", schemas.Negotiation, is_single=True)
def negotiation(request: HttpRequest, params: Query[Wishes]) -> Any:
    """The negotiation that the record is of."""
    record = Negotiation.objects.first()
    if record is None:
        raise Http404
    return Serializer(request).negotiation(record)


@get("/parties", schemas.Page[schemas.Party])
def parties(request: HttpRequest, params: Query[Listing]) -> Any:
    """The sides at the table, by their keys."""
    return list_by_key(request, params, Party.objects.all(), Serializer(request).party, "code")


@get("/parties/{slug:key}", schemas.Party, is_single=True)
def party(request: HttpRequest, key: str, params: Query[Wishes]) -> Any:
    record = get_object_or_404(Party.objects.all(), code=key)
    return Serializer(request).party(record)


@get("/people", schemas.Page[schemas.Person])
def people(request: HttpRequest, params: Query[Listing]) -> Any:
    """Everybody who said something that is published, by their keys."""
    return list_by_key(request, params, _people(), Serializer(request).person)


@get("/people/{slug:key}", schemas.Person, is_single=True)
def person(request: HttpRequest, key: str, params: Query[Wishes]) -> Any:
    record = get_object_or_404(_people(), slug=key)
    return Serializer(request).person(record)


def _people() -> Any:
    return Person.objects.published().select_related("party")


@get("/sources", schemas.Page[schemas.Source])
def sources(request: HttpRequest, params: Query[Listing]) -> Any:
    """The publications that published records cite, by their keys."""
    return list_by_key(request, params, Source.objects.cited(), Serializer(request).source)


@get("/sources/{slug:key}", schemas.Source, is_single=True)
def source(request: HttpRequest, key: str, params: Query[Wishes]) -> Any:
    record = get_object_or_404(Source.objects.cited(), slug=key)
    return Serializer(request).source(record)


# --- the record ---


@get("/rounds", schemas.Page[schemas.Round])
def rounds(request: HttpRequest, params: Query[DatedWishes]) -> Any:
    """Rounds and other meetings, newest first."""
    return list_by_day(request, params, Kind.ROUND, _rounds(), Serializer(request).rounds)


@get("/rounds/{slug:key}", schemas.Round, is_single=True)
def round_(request: HttpRequest, key: str, params: Query[Wishes]) -> Any:
    return Serializer(request).rounds([get_object_or_404(_rounds(), slug=key)])[0]


def _rounds() -> Any:
    return Round.objects.published().with_names().with_publication_times()


@get("/deadlines", schemas.Page[schemas.Deadline])
def deadlines(request: HttpRequest, params: Query[DatedWishes]) -> Any:
    """Deadlines by the day they fall, newest first. None belongs to an issue or a round."""
    return list_by_day(request, params, Kind.DEADLINE, _deadlines(), Serializer(request).deadlines)


@get("/deadlines/{slug:key}", schemas.Deadline, is_single=True)
def deadline(request: HttpRequest, key: str, params: Query[Wishes]) -> Any:
    return Serializer(request).deadlines([get_object_or_404(_deadlines(), slug=key)])[0]


def _deadlines() -> Any:
    return Deadline.objects.published().with_names().with_publication_times()


@get("/statements", schemas.Page[schemas.Statement])
def statements(request: HttpRequest, params: Query[DatedWishes]) -> Any:
    """What was said, newest first."""
    return list_by_day(
        request, params, Kind.STATEMENT, _statements(), Serializer(request).statements
    )


@get("/statements/{slug:key}", schemas.Statement, is_single=True)
def statement(request: HttpRequest, key: str, params: Query[Wishes]) -> Any:
    return Serializer(request).statements([get_object_or_404(_statements(), slug=key)])[0]


def _statements() -> Any:
    records = Statement.objects.published().with_names().with_links().with_publication_times()
    return with_issues(records.select_related("round"))


# --- issues and positions ---


@get("/issues", schemas.Page[schemas.Issue])
def issues(request: HttpRequest, params: Query[Listing]) -> Any:
    """Issues, by their keys."""
    return list_by_key(request, params, _issues(), Serializer(request).issue)


@get("/issues/{slug:key}", schemas.Issue, is_single=True)
def issue(request: HttpRequest, key: str, params: Query[Wishes]) -> Any:
    record = get_object_or_404(_issues(), slug=key)
    return Serializer(request).issue(record)


def _issues() -> Any:
    return Issue.objects.published().with_sources().with_publication_times()


@get("/measures", schemas.Page[schemas.Measure])
def measures(request: HttpRequest, params: Query[MeasureWishes]) -> Any:
    """What is countable at stake, by its keys."""
    issue = clean_filters(params, ["issue"]).get("issue")
    records = _measures().filter(issue__slug=issue) if issue else _measures()
    return list_by_key(request, params, records, Serializer(request).measure)


@get("/measures/{slug:key}", schemas.Measure, is_single=True)
def measure(request: HttpRequest, key: str, params: Query[Wishes]) -> Any:
    record = get_object_or_404(_measures(), slug=key)
    return Serializer(request).measure(record)


def _measures() -> Any:
    return (
        Measure.objects.published().with_sources().with_publication_times().select_related("issue")
    )


@get("/proposals", schemas.Page[schemas.Proposal])
def proposals(request: HttpRequest, params: Query[DatedWishes]) -> Any:
    """What was tabled, newest first."""
    return list_by_day(request, params, Kind.PROPOSAL, _proposals(), Serializer(request).proposals)


@get("/proposals/{slug:key}", schemas.Proposal, is_single=True)
def proposal(request: HttpRequest, key: str, params: Query[Wishes]) -> Any:
    return Serializer(request).proposals([get_object_or_404(_proposals(), slug=key)])[0]


def _proposals() -> Any:
    records = Proposal.objects.published().with_names().with_terms().with_publication_times()
    return records.select_related("round")


@get("/outcomes", schemas.Page[schemas.Outcome])
def outcomes(request: HttpRequest, params: Query[DatedWishes]) -> Any:
    """How issues ended, newest first."""
    return list_by_day(request, params, Kind.OUTCOME, _outcomes(), Serializer(request).outcomes)


@get("/outcomes/{slug:key}", schemas.Outcome, is_single=True)
def outcome(request: HttpRequest, key: str, params: Query[Wishes]) -> Any:
    return Serializer(request).outcomes([get_object_or_404(_outcomes(), slug=key)])[0]


def _outcomes() -> Any:
    return Outcome.objects.published().with_names().with_publication_times()


@get("/positions", schemas.Page[schemas.Position])
def positions(request: HttpRequest, params: Query[PositionWishes]) -> Any:
    """Every position that a party took, newest first."""
    filters, records = clean_filters(params, ["party", "issue"]), _positions()
    if party := filters.get("party"):
        records = records.filter(party__code=party)
    if issue := filters.get("issue"):
        records = records.filter(issue__slug=issue)
    page, cursor = page_by_day(records, params, "since", ("issue__slug", "party__code"))
    return list_page(request, list(map(Serializer(request).position, page)), cursor)


@get("/positions/{slug:issue}/{slug:party}/{since}", schemas.Position, is_single=True)
def position(
    request: HttpRequest, issue: str, party: str, since: dt.date, params: Query[Wishes]
) -> Any:
    """The position that a party took on an issue on that day."""
    key = {"issue__slug": issue, "party__code": party, "since__startswith": since}
    record = get_object_or_404(_positions(), **key)
    return Serializer(request).position(record)


def _positions() -> Any:
    return Position.objects.published().with_titles().with_evidence().with_publication_times()


@get("/progress", schemas.Page[schemas.Progress])
def progress(request: HttpRequest, params: Query[ProgressWishes]) -> Any:
    """How far issues got at rounds, newest first."""
    filters, records = clean_filters(params, ["round", "issue"]), _progress()
    if round_ := filters.get("round"):
        records = records.filter(round__slug=round_)
    if issue := filters.get("issue"):
        records = records.filter(issue__slug=issue)
    page, cursor = page_by_day(records, params, "round__dates", ("round__slug", "issue__slug"))
    return list_page(request, list(map(Serializer(request).progress, page)), cursor)


@get("/progress/{slug:meeting}/{slug:issue}", schemas.Progress, is_single=True)
def progress_at(request: HttpRequest, meeting: str, issue: str, params: Query[Wishes]) -> Any:
    """How far an issue got at a round."""
    record = get_object_or_404(_progress(), round__slug=meeting, issue__slug=issue)
    return Serializer(request).progress(record)


def _progress() -> Any:
    return (
        Progress.objects.published()
        .with_publication_times()
        .select_related("round", "issue", "source")
    )


# --- what the pages show ---


@get("/matrix", schemas.Matrix)
def matrix(request: HttpRequest, params: Query[AsOfWishes]) -> Any:
    """Where each party stood on each issue on a day."""
    state, serializer = load_state(params), MatrixSerializer(request)
    return schemas.Matrix(
        as_of=state.day,
        parties=[serializer.ref(party) for party in state.parties],
        rows=[serializer.matrix_row(row, row.issue) for row in state.matrix if row.issue],
    )


@get("/issues/{slug:key}/matrix", schemas.Matrix, is_single=True)
def issue_matrix(request: HttpRequest, key: str, params: Query[AsOfWishes]) -> Any:
    """Where each party stood on an issue at the end of each round up to a day."""
    issue = get_object_or_404(Issue.objects.published(), slug=key)
    state, serializer = load_state(params, [issue]), MatrixSerializer(request)
    progress = issue.progress.published().select_related("source", "issue")
    return schemas.Matrix(
        as_of=state.day,
        parties=[serializer.ref(party) for party in state.parties],
        rows=[serializer.matrix_row(row, issue) for row in state.rows_by_round(issue, progress)],
    )


@get("/timeline", schemas.Page[schemas.Item])
def timeline(request: HttpRequest, params: Query[TimelineWishes]) -> Any:
    """Every meeting, deadline, proposal, statement and outcome, newest first."""
    filters = clean_filters(params)
    try:
        after = {"page": parse_cursor(params.cursor)} if params.cursor else {}
    except ValueError as error:
        raise cursor_error() from error
    items = timeline_items(filters | after, limit=params.limit)
    page = items[: params.limit]
    cursor = str(cursor_of(page[-1])) if items[params.limit :] else ""
    return list_page(request, list(map(Serializer(request).item, page)), cursor)


@get("/corrections", schemas.Page[schemas.Correction])
def correction_list(request: HttpRequest, params: Query[Listing]) -> Any:
    """What readers had seen and was changed or taken back, newest first.

    Those of one moment stay on one page, which may hold more than `limit` for it.
    """
    form = CorrectionsForm({"until": params.cursor})
    if not form.is_valid():
        raise form_error(form)
    rows, older = load_corrections(until=form.filters.get("until"), limit=params.limit)
    cursor = older.isoformat() if older else ""
    return list_page(request, list(map(Serializer(request).correction, rows)), cursor)
