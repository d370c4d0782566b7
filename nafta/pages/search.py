"""Search: results, how the query was interpreted, and filters to refine them."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from issues.analysis.by_speaker import format_count
from issues.analysis.outcome_items import outcome_items
from issues.analysis.proposal_threads import proposal_items
from issues.models import Outcome, Proposal, with_issues
from nafta.pages.active_filters import (
    ActiveFilter,
    change_parameters,
    filter_label,
    list_active_filters,
    select_filters,
)
from nafta.pages.tables import SearchFile
from nafta.search.backend import Counts, Hit, Search, run_search
from nafta.search.forms import SearchForm
from nafta.search.highlight import make_highlighter
from nafta.search.models import SearchDocument
from nafta.search.query import Interpretation, Query, QueryTerm, fold
from rounds.models import Basis, Deadline, Round, Statement
from rounds.platform.fast_reverse import page_of
from rounds.platform.translated_text import LocalizedText, local
from rounds.public.deadlines import deadline_items
from rounds.public.params import accepts
from rounds.public.timeline import StatementItem, TimelineItem, round_items, statement_items
from rounds.tabular.exports import FileTable, render_page_or_file

PAGE_SIZE = 25  # rows
MAX_FILE_NAME_CHARS = 60
SUGGESTIONS = 8
EXAMPLE_STATEMENTS = 100  # the latest, of which examples are made

# Of each kind of row: its records, and the function that makes items of them.
ITEMS: dict[str, tuple[Any, Any]] = {
    "statement": (Statement.objects, statement_items),
    "proposal": (Proposal.objects, proposal_items),
    "deadline": (Deadline.objects, deadline_items),
    "round": (Round.objects, round_items),
    "outcome": (Outcome.objects, outcome_items),
}
PAGES = {
    "party": "party_detail",
    "person": "person_detail",
    "issue": "issue_detail",
    "source": "source_detail",
    "round": "round_detail",
}


@dataclass(frozen=True, slots=True)
class NamedResult:
    """A result that has a name and no day: an issue, a party, a person, a source."""

    kind: str
    slug: str
    label: str
    url: str
    title: LocalizedText
    text: LocalizedText
    colour: int | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a facet, and how many results have it."""

    key: str
    label: str
    count: str


@dataclass(frozen=True, slots=True)
class Facet:
    """A filter to refine the results: a button for each value.

    They are no links: robots would follow these without end.
    """

    name: str
    title: str
    values: list[FacetValue]


@dataclass(frozen=True, slots=True)
class InterpretationRow:
    """How a term of the query was interpreted, and the addresses of the alternatives."""

    sentence: str
    chosen_url: str  # filter by it instead
    words_url: str  # search the text for it instead
    page_url: str = ""


@accepts(SearchForm, files=True)
def search(request: HttpRequest) -> HttpResponse:
    named = SearchDocument.objects.filter(kind__in=("party", "issue", "round")).order_by(
        "day", "pk"
    )
    form = SearchForm(request.GET, names=named.only("kind", "key", "label"))
    filters = form.filters
    query = form.query
    cursor = filters.get("page")
    performed, result, other_relaxations = run_search(
        Search.from_filters(filters), PAGE_SIZE, cursor
    )
    address = select_filters(request.GET)
    if performed.query.dropped:
        query = performed.query
        address["q"] = query.typed
    counts = result.counts
    hits, has_more = result.hits[:PAGE_SIZE], len(result.hits) > PAGE_SIZE
    results, names = make_rows(hits, result.name_hits, query)
    context: dict[str, Any] = {
        "form": form,
        "q": query.text,
        "parsed_query": query,
        "asks": performed.has_criteria or bool(query.text.strip()),
        "results": results,
        "names": names,
        "total": format_count(counts.total, counts.is_lower_bound),
        "counts": counts,
        "chosen": [choice for choice in list_active_filters(form, address) if choice.name != "q"],
        "hidden": [
            (name, value) for name, value in address.items() if name in form.fields and name != "q"
        ],
        "between": {name: filters.get(name) for name in ("after", "before")},
        "understood": [interpret_term(query, *pair, address) for pair in query.interpretations],
        "codes": [explain_code(query, party, address) for party in query.codes],
        "dropped": [quote(term.text) for term in query.dropped],
        "other_relaxations": [
            ActiveFilter(
                ", ".join(quote(term.text) for term in relaxation.query.dropped),
                change_parameters(address, q=relaxation.query.typed),
            )
            for relaxation in other_relaxations
        ],
        "narrowed_q": address.get("q", ""),
        "facets": make_facets(counts, form),
        "suggestions": [] if results or names else make_suggestions(query, address),
        "examples": [] if performed.has_criteria else make_examples(counts),
        "next_page": change_parameters(address, page=str(hits[-1].cursor))[1:] if has_more else "",
        "first_page": change_parameters(address) if cursor else "",
    }

    def files() -> dict[str, FileTable]:
        return {"found": SearchFile([*names, *results], caption=_("Search"))}

    return render_page_or_file(
        request,
        "nafta/search.html",
        context,
        files=files,
        name=slugify(f"search {address.get('q', '')}")[:MAX_FILE_NAME_CHARS].rstrip("-_"),
        status=200 if form.is_valid() else 400,
    )


SearchRow = TimelineItem | NamedResult


def make_rows(
    hits: list[Hit], name_hits: list[Hit], query: Query
) -> tuple[list[SearchRow], list[SearchRow]]:
    """The rows of the results and of the names, with the words of the query marked."""
    items: dict[tuple[str, int], SearchRow] = {}
    for kind, (records, build) in ITEMS.items():
        pks = [hit.object_id for hit in hits if hit.kind == kind]
        if pks:
            wanted = records.published().with_names().filter(pk__in=pks)
            matches = list(with_issues(wanted) if kind == "statement" else wanted)
            pairs = zip(matches, build(matches), strict=True)
            items |= {(kind, record.pk): item for record, item in pairs}
    for hit in (*hits, *name_hits):
        if hit.kind in kind_labels():
            items[hit.kind, hit.object_id] = make_named_result(hit)
    show = make_highlighter(
        [text for item in items.values() for text in texts_of(item).values()], query
    )
    for key, item in items.items():
        texts: dict[str, Any] = {name: show(text) for name, text in texts_of(item).items() if text}
        if (note := texts.get("note")) and not note.has_marks:
            texts["note"] = ""  # it has no word of the query
        items[key] = replace(item, **texts)

    def rows_of(matches: list[Hit]) -> list[SearchRow]:
        return [items[key] for hit in matches if (key := (hit.kind, hit.object_id)) in items]

    return rows_of(hits), rows_of(name_hits)


def texts_of(item: SearchRow) -> dict[str, str]:
    """The texts of a row that may hold words of the query, by the name of their field."""
    names = ["title", "text"]
    if isinstance(item, StatementItem):
        names.append("quotation")
    if isinstance(item, TimelineItem):
        names.append("note")
        has_speakers = isinstance(item, StatementItem) and item.speakers
        names += [] if has_speakers else ["attribution"]
    return {name: getattr(item, name) for name in names}


def kind_labels() -> dict[str, str]:
    return {
        "party": _("Party"),
        "person": _("Speaker"),
        "issue": _("Issue"),
        "source": _("Source"),
    }


def make_named_result(hit: Hit) -> NamedResult:
    text = local(hit.label, "text")
    foreign = hit.label.get("language", "")
    name = local(hit.label, "name")
    if foreign:  # a title stays in the language of its publication: it is no original of ours
        name, text = LocalizedText(name, ""), LocalizedText(text, "")
    return NamedResult(
        kind=hit.kind,
        slug=hit.key,
        label=kind_labels()[hit.kind],
        url=page_of(PAGES[hit.kind], hit.key),
        title=name,
        text=LocalizedText("", "") if hit.kind == "party" else text,
        colour=hit.label.get("colour"),
        language=foreign,
    )


# --- addresses ---


def make_facets(counts: Counts, form: SearchForm) -> list[Facet]:
    titles = {
        "kind": _("Kind"),
        "party": _("Party"),
        "issue": _("Issue"),
        "basis": _("Attribution"),
        "status": _("Status"),
        "person": _("Speaker"),
        "round": _("Round"),
        "year": _("Year"),
        "source": _("Source"),
    }
    rows = []
    for name, title in titles.items():
        if name in form.filters:
            continue
        values = [
            FacetValue(key, label, format_count(count, counts.is_lower_bound))
            for key, count, given in counts.of(name)
            if (label := filter_label(form, name, key, given))
        ]
        if name == "year":
            values.sort(key=lambda value: value.label)
        if values:
            rows.append(Facet(name, title, values))
    return rows


def interpret_term(
    query: Query, term: QueryTerm, interpretation: Interpretation, address: QueryDict
) -> InterpretationRow:
    sentences = {
        "party": _("“%(words)s” as the party %(name)s"),
        "person": _("“%(words)s” as %(name)s, who spoke"),
        "issue": _("“%(words)s” as the issue %(name)s"),
        "round": _("“%(words)s” as %(name)s"),
        "kind": _("“%(words)s” as the kind %(name)s"),
        "basis": _("“%(words)s” as attributed: %(name)s"),
        "status": _("“%(words)s” as the status “%(name)s”"),
        "year": _("“%(words)s” as the year"),
    }
    sentence = sentences.get(interpretation.kind, _("“%(words)s” as %(name)s"))
    if not interpretation.exact:
        sentence = _("“%(words)s”, which is nowhere in the record, as %(name)s")
    remaining = query.without(term)
    choice = (
        {interpretation.kind: interpretation.key}
        if interpretation.kind in SearchForm.base_fields
        else {}
    )
    page = PAGES.get(interpretation.kind)
    return InterpretationRow(
        sentence % {"words": interpretation.text or term.text, "name": interpretation.label},
        change_parameters(address, q=remaining, **choice) if choice and not term.negative else "",
        change_parameters(address, q=query.as_words(term)),
        reverse(page, args=[interpretation.key]) if page else "",
    )


def quote(text: str) -> str:
    return _("“%(text)s”") % {"text": text.replace(" %", "\u00a0%")}


def explain_code(query: Query, party: Interpretation, address: QueryDict) -> InterpretationRow:
    """For a common word that was not taken for the code of a party: how to write that code."""
    sentence = _("“%(words)s” as a word. For the party %(name)s, write %(code)s")
    written = "".join(fold(party.text)).upper()
    return InterpretationRow(
        sentence % {"words": party.text, "name": party.label, "code": written},
        change_parameters(address, q=query.instead(party.text, written)),
        "",
    )


def make_suggestions(query: Query, address: QueryDict) -> list[ActiveFilter]:
    """Names similar to words of the query, then each term alone."""
    links = [
        ActiveFilter(name.label, change_parameters(address, q=query.instead(name.text, name.label)))
        for name in query.nearest
    ]
    if len(query.terms) > 1:
        links += [
            ActiveFilter(term.typed, change_parameters(address, q=term.typed))
            for term in query.terms
            if not term.negative
        ]
    return list({link.label: link for link in links}.values())[:SUGGESTIONS]


def make_examples(counts: Counts) -> list[str]:
    """Queries that have results: pairs of names that the latest statements have in common."""
    labels = {
        (kind, key): str(local(label, "name")) for kind, key, _count, label in counts.keys if label
    }
    labels["basis", Basis.UNNAMED.value] = str(Basis.UNNAMED.label)
    last = SearchDocument.objects.filter(kind="statement").order_by("-day", "-pk")
    ways = [("party", "issue"), ("person", "issue"), ("basis", "issue"), ("round", "party")]
    tally: Counter[tuple[tuple[str, str], ...]] = Counter()
    for keys in last.values_list("keys", flat=True)[:EXAMPLE_STATEMENTS]:
        named = {
            kind: (kind, key) for kind, _space, key in (token.partition(" ") for token in keys)
        }
        for way in ways:
            pair = tuple(named[kind] for kind in way if named.get(kind) in labels)
            tally.update([pair] if len(pair) == 2 else [])
    best: dict[tuple[str, ...], str] = {}
    for both, _count in tally.most_common():
        kinds_of_both = tuple(kind for kind, _key in both)
        best.setdefault(kinds_of_both, " ".join(labels[name] for name in both))
    return list(best.values())
