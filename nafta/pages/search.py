"""Search, and the people who spoke."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.text import slugify
from django.utils.translation import gettext as _

from issues.analysis.proposal_threads import proposal_items
from issues.models import Proposal, with_issues
from nafta.pages.active_filters import Choice, changed, choices_in, chosen, label_of
from nafta.pages.tables import FoundFile
from nafta.search.backend import Counts, Hit, Search, find
from nafta.search.forms import SearchForm
from nafta.search.highlight import marked
from nafta.search.models import Entry
from nafta.search.query import Meaning, Query, Term, folded
from rounds.models import Basis, Deadline, Round, Statement
from rounds.platform.fast_reverse import page_of
from rounds.platform.translated_text import Text, local
from rounds.public.timeline import Item, deadline_items, round_items, statement_items
from rounds.tabular.exports import FileTable, page

PAGE = 25  # rows
NAME = 60  # characters of a file's name
RECENT = 100  # statements that examples are made of

# What each kind of row is made of: its records, and how they become items.
ITEMS: dict[str, tuple[Any, Any]] = {
    "statement": (Statement.objects, statement_items),
    "proposal": (Proposal.objects, proposal_items),
    "deadline": (Deadline.objects, deadline_items),
    "round": (Round.objects, round_items),
}
PAGES = {
    "party": "party_detail",
    "person": "person_detail",
    "issue": "issue_detail",
    "source": "source_detail",
    "round": "round_detail",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A row of what has a name and no day: an issue, a party, a person, a source."""

    kind: str
    slug: str
    label: str
    url: str
    title: Text
    text: Text
    colour: int | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a facet, and how many rows have it."""

    key: str
    label: str
    count: str


@dataclass(frozen=True, slots=True)
class Facet:
    """A choice to be made: a button for each value, as links would lead robots without end."""

    name: str
    title: str
    values: list[Value]


@dataclass(frozen=True, slots=True)
class Understood:
    """How words were read, and the addresses that make a choice of it, or words again."""

    sentence: str
    chosen_url: str
    words_url: str
    page_url: str = ""


def search(request: HttpRequest) -> HttpResponse:
    named = Entry.objects.filter(kind__in=("party", "issue", "round")).order_by("day", "pk")
    form = SearchForm(request.GET, names=named.only("kind", "key", "label"))
    wishes = form.wishes
    query = form.query
    cursor = wishes.get("page")
    asked, answer, other_relaxations = find(Search.of(wishes), PAGE, cursor)
    address = choices_in(request.GET)
    if asked.query.dropped:
        query = asked.query
        address["q"] = query.typed
    counts = answer.counts
    hits, more = answer.hits[:PAGE], answer.hits[PAGE:]
    found, names = rows(hits, answer.beside, query)
    context: dict[str, Any] = {
        "form": form,
        "q": query.text,
        "words": query,
        "asks": asked.asks or bool(query.text.strip()),
        "found": found,
        "names": names,
        "total": told(counts.total, counts.more),
        "counts": counts,
        "chosen": [one for one in chosen(form, address) if one.name != "q"],
        "hidden": [
            (name, value) for name, value in address.items() if name in form.fields and name != "q"
        ],
        "between": {name: wishes.get(name) for name in ("after", "before")},
        "understood": [understood(query, *one, address) for one in query.meanings],
        "codes": [code(query, party, address) for party in query.codes],
        "dropped": [quoted(term.text) for term in query.dropped],
        "other_relaxations": [
            Choice(
                ", ".join(quoted(term.text) for term in relaxation.query.dropped),
                changed(address, q=relaxation.query.typed),
            )
            for relaxation in other_relaxations
        ],
        "narrowed_q": address.get("q", ""),
        "facets": facets(counts, form),
        "suggestions": [] if found or names else suggestions(query, address),
        "examples": [] if asked.asks else examples(counts),
        "next_page": changed(address, page=str(hits[-1].cursor))[1:] if more else "",
        "first_page": changed(address) if cursor else "",
    }

    def files() -> dict[str, FileTable]:
        return {"found": FoundFile([*names, *found], caption=_("Search"))}

    return page(
        request,
        "nafta/search.html",
        context,
        files=files,
        name=slugify(f"search {address.get('q', '')}")[:NAME].rstrip("-_"),
        status=200 if form.is_valid() else 400,
    )


def rows(
    hits: list[Hit], beside: list[Hit], query: Query
) -> tuple[list[Item | Found], list[Item | Found]]:
    """What a page shows of what was found, the words marked in it."""
    items: dict[tuple[str, int], Item | Found] = {}
    for kind, (records, build) in ITEMS.items():
        pks = [hit.object_id for hit in hits if hit.kind == kind]
        if pks:
            wanted = records.published().with_names().filter(pk__in=pks)
            shown = list(with_issues(wanted) if kind == "statement" else wanted)
            pairs = zip(shown, build(shown), strict=True)
            items |= {(kind, record.pk): item for record, item in pairs}
    for hit in (*hits, *beside):
        if hit.kind in kinds():
            items[hit.kind, hit.object_id] = found_row(hit)
    show = marked([one for item in items.values() for one in texts_of(item).values()], query)
    for key, item in items.items():
        texts: dict[str, Any] = {name: show(text) for name, text in texts_of(item).items() if text}
        if (note := texts.get("note")) and not note.has_marks:
            texts["note"] = ""  # it says nothing of what was looked for
        items[key] = replace(item, **texts)

    def of(some: list[Hit]) -> list[Item | Found]:
        return [items[key] for hit in some if (key := (hit.kind, hit.object_id)) in items]

    return of(hits), of(beside)


def texts_of(item: Item | Found) -> dict[str, str]:
    """The texts of a row that may hold what was looked for, by the name of their field."""
    names = ["title", "text"]
    if isinstance(item, Item):
        names += ["quotation", "note"]
        names += [] if item.speakers else ["attribution"]
    return {name: getattr(item, name) for name in names}


def kinds() -> dict[str, str]:
    return {
        "party": _("Party"),
        "person": _("Speaker"),
        "issue": _("Issue"),
        "source": _("Source"),
    }


def found_row(hit: Hit) -> Found:
    text = local(hit.label, "text")
    foreign = hit.label.get("language", "")
    name = local(hit.label, "name")
    if foreign:  # a title stays in the language of its publication: it is no original of ours
        name, text = Text(name, ""), Text(text, "")
    return Found(
        kind=hit.kind,
        slug=hit.key,
        label=kinds()[hit.kind],
        url=page_of(PAGES[hit.kind], hit.key),
        title=name,
        text=Text("", "") if hit.kind == "party" else text,
        colour=hit.label.get("colour"),
        language=foreign,
    )


# --- addresses ---


def told(number: int, more: bool) -> str:
    words = number_format(number, use_l10n=True, force_grouping=True)
    return f"{words}+" if more else words


def facets(counts: Counts, form: SearchForm) -> list[Facet]:
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
    made = []
    for name, title in titles.items():
        if name in form.wishes:
            continue
        values = [
            Value(key, label, told(times, counts.more))
            for key, times, given in counts.of(name)
            if (label := label_of(form, name, key, given))
        ]
        if name == "year":
            values.sort(key=lambda one: one.label)
        if values:
            made.append(Facet(name, title, values))
    return made


def understood(query: Query, term: Term, meaning: Meaning, address: QueryDict) -> Understood:
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
    sentence = sentences.get(meaning.kind, _("“%(words)s” as %(name)s"))
    if not meaning.exact:
        sentence = _("“%(words)s”, which is nowhere in the record, as %(name)s")
    rest = query.without(term)
    choice = {meaning.kind: meaning.key} if meaning.kind in SearchForm.base_fields else {}
    page = PAGES.get(meaning.kind)
    return Understood(
        sentence % {"words": meaning.words or term.text, "name": meaning.label},
        changed(address, q=rest, **choice) if choice and not term.negative else "",
        changed(address, q=query.as_words(term)),
        reverse(page, args=[meaning.key]) if page else "",
    )


def quoted(text: str) -> str:
    return _("“%(text)s”") % {"text": text.replace(" %", "\u00a0%")}


def code(query: Query, party: Meaning, address: QueryDict) -> Understood:
    """That a common word was not read as the code of a party, and how to write that code."""
    sentence = _("“%(words)s” as a word. For the party %(name)s, write %(code)s")
    written = "".join(folded(party.words)).upper()
    return Understood(
        sentence % {"words": party.words, "name": party.label, "code": written},
        changed(address, q=query.instead(party.words, written)),
        "",
    )


def suggestions(query: Query, address: QueryDict) -> list[Choice]:
    """What else may have been meant: names like the words, then each word alone."""
    made = [
        Choice(one.label, changed(address, q=query.instead(one.words, one.label)))
        for one in query.nearest
    ]
    if len(query.terms) > 1:
        made += [
            Choice(term.typed, changed(address, q=term.typed))
            for term in query.terms
            if not term.negative
        ]
    return list({one.label: one for one in made}.values())[:8]


def examples(counts: Counts) -> list[str]:
    """Queries that this record answers, made of what its last statements have in common."""
    labels = {
        (kind, key): str(local(label, "name")) for kind, key, _times, label in counts.keys if label
    }
    labels["basis", Basis.UNNAMED.value] = str(Basis.UNNAMED.label)
    last = Entry.objects.filter(kind="statement").order_by("-day", "-pk")
    ways = [("party", "issue"), ("person", "issue"), ("basis", "issue"), ("round", "party")]
    tally: Counter[tuple[tuple[str, str], ...]] = Counter()
    for keys in last.values_list("keys", flat=True)[:RECENT]:
        named = {kind: (kind, key) for kind, _space, key in (one.partition(" ") for one in keys)}
        for way in ways:
            pair = tuple(named[kind] for kind in way if named.get(kind) in labels)
            tally.update([pair] if len(pair) == 2 else [])
    best: dict[tuple[str, ...], str] = {}
    for both, _times in tally.most_common():
        kinds_of_both = tuple(kind for kind, _key in both)
        best.setdefault(kinds_of_both, " ".join(labels[one] for one in both))
    return list(best.values())
