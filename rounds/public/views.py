"""Pages of the record itself, and its calendar files. Each view: guard, query, context, render."""

from typing import Any

import django_tables2 as tables
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page
from django_tables2 import LazyPaginator, RequestConfig

from rounds.history.corrections import find_last_correction, find_removal, load_corrections
from rounds.models import (
    Deadline,
    Party,
    Publishable,
    Round,
    Source,
    SourceRank,
    Statement,
    StatementLink,
    attribution,
)
from rounds.platform.translated_text import local
from rounds.public.calendars import build_events, render_ics
from rounds.public.citations import make_permalink, statement_citation
from rounds.public.deadlines import DeadlineStatus, deadline_items, order_by_chain
from rounds.public.feeds import FeedSubject, get_negotiation
from rounds.public.known_param import AsPublished, supports_known
from rounds.public.params import CorrectionsForm, DeadlinesForm, SortForm, SourcesForm, accepts
from rounds.public.tables import (
    CorrectionFile,
    DeadlineTable,
    ItemFile,
    RoundTable,
    SourceFile,
    SourceTable,
)
from rounds.public.timeline import round_items
from rounds.tabular.exports import FileTable, render_page_or_file


@accepts(SortForm, files=True)
@supports_known
def round_list(request: HttpRequest, as_published: AsPublished) -> HttpResponse:
    table = RoundTable(Round.objects.published().with_names(), empty_text="")
    RequestConfig(request, paginate=False).configure(table)
    form = SortForm(request.GET, columns=RoundTable.base_columns)

    def files() -> dict[str, FileTable]:
        return {"rounds": ItemFile(round_items(page_records(table)), caption=table.caption)}

    context = {"as_published": as_published, "table": table, "errors": form.messages}
    return render_page_or_file(
        request,
        "rounds/round_list.html",
        context,
        files=files,
        name="rounds",
        status=200 if form.is_valid() else 400,
    )


def page_records(table: tables.Table) -> list[Any]:
    """Return the records of a table's page, in its order."""
    return [row.record for row in table.paginated_rows]


@accepts(DeadlinesForm, files=True)
@supports_known
def deadline_list(request: HttpRequest, as_published: AsPublished) -> HttpResponse:
    items = order_by_chain(deadline_items(Deadline.objects.published().with_names()))
    form = DeadlinesForm(request.GET)
    chosen = form.status_chosen
    shown = [item for item in items if not chosen or DeadlineStatus(chosen).holds(item)]
    table = DeadlineTable(shown)
    counts = [(status, sum(map(status.holds, items))) for status in DeadlineStatus]

    def files() -> dict[str, FileTable]:
        return {"deadlines": ItemFile(shown, caption=table.caption)}

    context = {
        "as_published": as_published,
        "table": table,
        "form": form,
        "chosen": chosen,
        "total": len(items),
        "counts": [(status, count) for status, count in counts if count or status == chosen],
    }
    return render_page_or_file(
        request,
        "rounds/deadline_list.html",
        context,
        files=files,
        name=f"deadlines-{chosen}" if chosen else "deadlines",
        status=200 if form.is_valid() else 400,
    )


@accepts()
@supports_known
def statement_detail(request: HttpRequest, as_published: AsPublished, slug: str) -> HttpResponse:
    statements = (
        Statement.objects.published().with_names().with_rewritten_at().select_related("round")
    )
    statement = statements.filter(slug=slug).first()
    if statement is None:
        return gone_or_404(request, as_published, Statement, slug)
    names = [speaker["name"] for speaker in statement.speaker_list]
    permalink = make_permalink(request, reverse("statement_detail", args=[slug]))
    links = StatementLink.objects.published().filter(Q(statement=statement) | Q(other=statement))
    context = {
        "as_published": as_published,
        "statement": statement,
        "attribution": attribution(statement, names),
        "issues": statement.issues.published(),
        "positions": statement.positions.published().select_related("party", "issue"),
        "links": links.select_related("statement__source", "other__source"),
        "corrected": find_last_correction(statement),
        "address": permalink.address,
        "citation": statement_citation(statement, permalink),
    }
    return render(request, "rounds/statement_detail.html", context)


@accepts(SourcesForm, files=True)
@supports_known
def source_list(request: HttpRequest, as_published: AsPublished) -> HttpResponse:
    form = SourcesForm(request.GET, columns=SourceTable.base_columns)
    sources = Source.objects.cited()
    if rank := form.rank_chosen:
        sources = sources.filter(rank=rank)
    table = SourceTable(sources)
    RequestConfig(request, paginate=False).configure(table)
    table.paginate(LazyPaginator, per_page=300)
    table.page = form.turn_to(table.paginator)
    query = request.GET.copy()
    if table.page.has_next():
        query["page"] = str(table.page.next_page_number())
    next_page = query.urlencode() if table.page.has_next() else ""
    context = {
        "as_published": as_published,
        "form": form,
        "errors": form.messages,
        "table": table,
        "ranks": SourceRank,
        "chosen": rank,
        "next_page": next_page,
    }

    def files() -> dict[str, FileTable]:
        return {"sources": SourceFile(page_records(table), caption=table.caption)}

    return render_page_or_file(
        request,
        "rounds/source_list.html",
        context,
        files=files,
        name=f"sources-{rank}" if rank else "sources",
        status=200 if form.is_valid() else 400,
    )


@accepts()
@supports_known
def source_detail(request: HttpRequest, as_published: AsPublished, slug: str) -> HttpResponse:
    # one query says what is public: a key that only drafts name takes no longer than one of nobody
    source = get_object_or_404(Source.objects.published(), slug=slug)
    claims = [
        (model._meta.verbose_name_plural, list(citing.published().with_titles()))
        for model, citing in Source.citing(source).items()
    ]
    context = {"as_published": as_published, "source": source, "claims": claims}
    return render(request, "rounds/source_detail.html", context)


@accepts(CorrectionsForm, files=True)
def correction_list(request: HttpRequest) -> HttpResponse:
    form = CorrectionsForm(request.GET)
    record, until = form.filters.get("of"), form.filters.get("until")
    rows, older = load_corrections(until=until, of=record and (type(record), record.pk))
    query = request.GET.copy()
    if older:
        query["until"] = older.isoformat()
    context = {
        "form": form,
        "record": record,
        "until": until,
        "corrections": rows,
        "next_page": query.urlencode() if older else "",
    }

    def files() -> dict[str, FileTable]:
        return {"corrections": CorrectionFile(rows, caption=_("Corrections"))}

    of = request.GET.get("of", "").replace(":", "-")
    name = slugify(f"corrections {of}")
    status = 200 if form.is_valid() else 400
    return render_page_or_file(
        request, "rounds/correction_list.html", context, files=files, name=name, status=status
    )


@accepts()
@conditional_page
def calendar(request: HttpRequest, code: str = "") -> HttpResponse:
    """Answer the meetings and deadlines, all or those of a party, as a calendar file."""
    rounds, deadlines = Round.objects.published(), Deadline.objects.published()
    name = _("Meetings and deadlines")
    if code:
        party = get_object_or_404(Party, code=code)
        rounds, deadlines = rounds.for_party(code), deadlines.for_party(code)
        name = local(party, "name")
    negotiation = get_negotiation(request)
    rows = build_events(
        rounds.with_names().with_publication_times(),
        deadlines.with_names().with_publication_times(),
        negotiation,
    )
    title = FeedSubject(negotiation, request.path, name).title
    base = request.build_absolute_uri("/")
    file = render_ics(rows, name=title, base=base, url=request.path)
    return HttpResponse(file, content_type="text/calendar; charset=utf-8")


def gone_or_404(
    request: HttpRequest, as_published: AsPublished, model: type[Publishable], slug: str
) -> HttpResponse:
    """Answer 410 where a record was unpublished or deleted; raises ``Http404`` for any other."""
    removal = find_removal(model, slug)
    if removal is None:
        raise Http404
    context = {"as_published": as_published, "gone": removal}
    return render(request, "410.html", context, status=410)
