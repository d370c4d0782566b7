"""Pages of the record itself. Each view: guard, query, context, render."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django_tables2 import RequestConfig

from rounds.models import Round, Source, Statement, StatementLink
from rounds.tables import RoundTable, SourceTable
from rounds.timeline import attribution


def round_list(request: HttpRequest) -> HttpResponse:
    table = RoundTable(Round.objects.published(), empty_text="")
    RequestConfig(request, paginate=False).configure(table)
    return render(request, "rounds/round_list.html", {"table": table})


def statement_detail(request: HttpRequest, slug: str) -> HttpResponse:
    statement = get_object_or_404(Statement.objects.published().with_names(), slug=slug)
    links = StatementLink.objects.published().filter(Q(statement=statement) | Q(other=statement))
    context = {
        "statement": statement,
        "attribution": attribution(statement, [one["name"] for one in statement.speaker_list]),
        "issues": statement.issues.published(),
        "positions": statement.positions.published().select_related("party", "issue"),
        "links": links.select_related("statement__source", "other__source"),
        "address": request.build_absolute_uri(reverse("statement_detail", args=[slug])),
    }
    return render(request, "rounds/statement_detail.html", context)


def source_list(request: HttpRequest) -> HttpResponse:
    table = SourceTable(Source.objects.cited())
    RequestConfig(request, paginate=False).configure(table)
    table.paginate(per_page=300)
    table.page = table.paginator.get_page(request.GET.get("page"))
    return render(request, "rounds/source_list.html", {"table": table})


def source_detail(request: HttpRequest, slug: str) -> HttpResponse:
    source = get_object_or_404(Source.objects.cited(), slug=slug)
    citations: list[tuple[Any, Q]] = list(Source.citations(source).items())
    claims = [
        (
            model._meta.verbose_name_plural,
            model.objects.published().filter(cites).distinct().with_titles(),
        )
        for model, cites in citations
    ]
    return render(request, "rounds/source_detail.html", {"source": source, "claims": claims})
