"""Search: what words find, how they are read as names, and that no draft is found."""

import re
from html import unescape
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

import nafta
from nafta.pages.search import PAGE_SIZE
from nafta.search.backend import MAX_COUNT, Search, run_search
from nafta.search.models import SearchDocument
from nafta.search.query_parser import parse_query
from nafta.search.spelling import normal_spelling
from rounds.models import Deadline, Statement
from tests import world as worlds
from tests.nafta.pages.test_pages import BUDGET, double
from tests.world import SECRET, days

ROW = re.compile(r'<li class="item [^>]*id="([^"]+)"')
NAME = re.compile(r'<li class="found found-(\w+)">.*?href="([^"]+)"', re.DOTALL)
NEXT = re.compile(r'rel="next" href="([^"]+)"')


def page(client: Client, q: str = "", *, prefix: str = "", **wishes: str) -> str:
    wishes |= {"q": q} if q else {}
    response = client.get(f"{prefix}/search/?{urlencode(wishes)}")
    assert response.status_code == 200
    return response.content.decode()


def found(client: Client, q: str = "", **wishes: Any) -> set[str]:
    """The keys of the dated rows on the first page."""
    return {one.partition("-")[2] for one in ROW.findall(page(client, q, **wishes))}


def names(client: Client, q: str = "", **wishes: Any) -> set[str]:
    return {address for _kind, address in NAME.findall(page(client, q, **wishes))}


def exact(q: str) -> set[str]:
    """The keys of what has all of the words."""
    return {hit.key for hit in Search(query=parse_query(q)).run(PAGE_SIZE).hits}


def words(html: str) -> str:
    return " ".join(unescape(re.sub("<[^>]+>", " ", html)).split())


# --- words ---


def test_words_are_found_in_any_order_and_form(client: Client, world: SimpleNamespace) -> None:
    assert found(client, "staying half") == {"alder-on-water"}
    assert exact("half nonsense") == set()


def test_accents_and_capitals_do_not_count(client: Client, world: SimpleNamespace) -> None:
    worlds.create_statement(slug="pena", dates=days("2010-03-07"), summary="Peña spoke of Íñigo.")
    assert found(client, "PENA inigo") == {"pena"}
    assert found(client, "peña íñigo") == {"pena"}


def test_a_phrase_is_found_word_for_word(client: Client, world: SimpleNamespace) -> None:
    assert found(client, '"the dam stays shut"') == {"nobody-said"}
    assert found(client, '"shut stays"') == set()
    assert found(client, "“dam stays”") == {"nobody-said"}


def test_a_word_is_left_out(client: Client, world: SimpleNamespace) -> None:
    assert {"nobody-said", "birch-denies"} <= found(client, "dam")
    assert "birch-denies" not in found(client, "dam -spoken")
    assert "nobody-said" in found(client, "dam -spoken")


def test_either_word_will_do(client: Client, world: SimpleNamespace) -> None:
    assert found(client, "stays or spoken") == {"nobody-said", "birch-denies"} | found(
        client, "stays"
    )


def test_what_was_asked_for_is_marked(client: Client, world: SimpleNamespace) -> None:
    html = page(client, "shut")
    assert "The dam stays <mark>shut</mark>." in html
    assert "<mark>" not in page(client, kind="statement")


def test_a_note_is_shown_where_the_words_are_in_it(client: Client, world: SimpleNamespace) -> None:
    assert "The Herald heard the <mark>opposite</mark>." in page(client, "opposite")
    assert "heard the opposite" not in page(client, "dam")


def test_the_phrase_comes_first_then_titles_then_the_newest(
    client: Client, world: SimpleNamespace
) -> None:
    def said(slug: str, summary: str, day: str) -> None:
        worlds.create_statement(slug=slug, summary=summary, dates=days(day))

    said("phrase", "An eel ladder was asked for.", "2010-01-01")
    said("newer", "A ladder for the eel was asked for.", "2010-05-01")
    said("older", "A ladder for the eel was asked for.", "2010-04-01")
    worlds.create_proposal(
        slug="title", title="Ladder for each eel", issue=world.water, dates=days("2010-02-01")
    )
    rows = [one.partition("-")[2] for one in ROW.findall(page(client, "eel ladder"))]
    assert rows == ["phrase", "title", "newer", "older"]


def test_everything_with_a_name_is_found(client: Client, world: SimpleNamespace) -> None:
    assert "/people/ada-alder/" in names(client, "alder")
    assert "/issues/water/" in names(client, "water")
    assert "/parties/brume/" in names(client, "brumeish")
    assert "/sources/herald/" in names(client, "herald same day")
    assert "round-1" in found(client, "ardenport")
    assert "lake-summit" in found(client, "lake")
    assert "by-june" in found(client, "by june")


# --- names ---


def test_what_is_linked_to_a_name_is_found_without_it(
    client: Client, world: SimpleNamespace
) -> None:
    assert "Brume" not in world.denied.summary
    assert "birch-denies" in found(client, "brume dam")
    assert "birch-denies" in found(client, "Brumeish dam")
    assert "birch-denies" in found(client, "birch")
    assert "birch-denies" in found(client, "water dam")
    assert "birch-denies" in found(client, "round 2 dam")
    assert "birch-denies" in found(client, "second round dam")
    assert "birch-denies" in found(client, "What did Birch say about the water at round 2?")
    assert "birch-denies" not in found(client, "round 1 dam")


def test_one_name_may_be_a_word_and_the_other_a_link(
    client: Client, world: SimpleNamespace
) -> None:
    worlds.create_statement(
        slug="mixed",
        dates=days("2010-03-07"),
        summary="Water is not for sale.",
        speakers=[world.birch],
        parties=[world.brume],
    )
    assert "mixed" in found(client, "birch water")


def test_a_name_between_marks_is_nothing_but_words(client: Client, world: SimpleNamespace) -> None:
    assert "birch-denies" not in found(client, '"brume" dam')
    assert "unnamed-on-water" in found(client, '"brume" dam')


def test_a_name_is_left_out_with_what_is_linked_to_it(
    client: Client, world: SimpleNamespace
) -> None:
    assert found(client, "dam -brume") == {"nobody-said"}


def test_a_page_says_how_words_were_read_and_how_to_change_that(
    client: Client, world: SimpleNamespace
) -> None:
    html = page(client, "brume dam")
    assert "“brume” as the party Brume" in words(html)
    chosen, alone = re.findall(r'href="(\?[^"]+)">(?:only that|the words alone)', html)
    assert unescape(chosen) == "?q=dam&party=brume"
    assert unescape(alone) == "?q=%22brume%22+dam"


@pytest.mark.parametrize("typed", ["aldr", "Aldder", "alderr"])
def test_a_misspelt_name_is_found(client: Client, world: SimpleNamespace, typed: str) -> None:
    html = page(client, f"{typed} water")
    assert "alder-on-water" in html
    assert "which is nowhere in the record, as Ada Alder" in words(html)


@pytest.mark.parametrize("typed", ["CUSMA", "cusma", "ACEUM", "aceum", "currency", "ustoms"])
def test_another_word_is_no_misspelling(client: Client, world: SimpleNamespace, typed: str) -> None:
    worlds.create_issue(slug="customs", name="Customs", translations={"name_fr": "L’acier"})
    worlds.create_issue(
        slug="competition", name="Competition", translations={"name_fr": "Concurrence"}
    )
    assert "nowhere in the record" not in page(client, typed)
    assert "nowhere in the record, as Customs" in words(page(client, "custms"))


def test_an_abbreviation_is_not_corrected(client: Client, world: SimpleNamespace) -> None:
    assert "nowhere in the record" in page(client, "aldr")
    html = page(client, "ALDR")
    assert "nowhere in the record" not in html
    assert "Nothing found" in html
    assert "q=Ada+Alder" not in html


def test_a_word_of_the_record_is_no_misspelling(client: Client, world: SimpleNamespace) -> None:
    worlds.create_statement(dates=days("2010-03-07"), summary="The aldr is a fish.")
    assert "nowhere in the record" not in page(client, "aldr")


@pytest.mark.parametrize(
    ("typed", "there"),
    [
        ("before round 2", True),
        ("before 2010-01-12", True),
        ("before February 2010", True),
        ("after 2009", True),
        ("before 2010", False),
        ("after round 1", False),
        ("since 2010-01-11", False),
    ],
)
def test_before_and_after_a_round_or_a_day(
    client: Client, world: SimpleNamespace, typed: str, there: bool
) -> None:
    assert ("nobody-said" in found(client, f"dam {typed}")) is there


def test_how_it_is_attributed_can_be_typed(client: Client, world: SimpleNamespace) -> None:
    assert found(client, "unnamed dam") == {"unnamed-on-water"}
    assert found(client, "off the record dam") == {"unnamed-on-water"}
    assert found(client, "on the record dam") == {"birch-denies"}


@pytest.mark.parametrize(
    ("prefix", "typed", "there"),
    [
        ("", "moved deadlines", {"by-may"}),
        ("", "deadline pushed back", {"by-may"}),
        ("/fr", "échéances repoussées", {"by-may"}),
        ("/es", "plazos aplazados", {"by-may"}),
        ("", "cancelled meeting", {"lake-summit"}),
        ("", "canceled meetings", {"lake-summit"}),
        ("", "called off meetings", {"lake-summit"}),
        ("/fr", "rencontre annulée", {"lake-summit"}),
        ("/es", "reuniones canceladas", {"lake-summit"}),
        ("", "rejected proposals", {"half-the-water"}),
        ("/fr", "propositions refusées", {"half-the-water"}),
        ("/es", "propuestas rechazadas", {"half-the-water"}),
    ],
)
def test_what_became_of_a_thing_can_be_typed(
    client: Client, world: SimpleNamespace, prefix: str, typed: str, there: set[str]
) -> None:
    world.half.status, world.half.settled = "rejected", days("2010-03-07")
    world.half.save()
    assert found(client, typed, prefix=prefix) == there


def test_a_status_follows_the_record(client: Client, world: SimpleNamespace) -> None:
    assert found(client, status="missed") == {"by-may"}  # it was moved
    Deadline.objects.filter(slug="by-june").update(outcome="missed")
    assert found(client, status="missed") == {"by-may", "by-june"}
    html = page(client, "missed")
    assert "“missed” as the status “missed”" in words(html)
    assert 'name="status" value="moved"' in page(client, kind="deadline")


@pytest.mark.slow
def test_an_issue_is_found_by_what_else_it_is_called(
    client: Client, world: SimpleNamespace
) -> None:
    world.water.keywords = "Rivers, big lakes"
    world.water.translations = {"keywords_fr": "Fleuves, eau douce"}
    world.water.save()
    for typed in ("rivers", "river", "big lakes", "fleuves", "eau douce", "rivres", "fleuvse"):
        assert "alder-on-water" in found(client, typed), typed
        assert "/issues/water/" in names(client, typed), typed
    assert "alder-on-water" not in found(client, "big")  # a part of another word for it is not it
    assert "Keywords: Rivers, big lakes" in words(client.get("/issues/water/").content.decode())
    assert "Fleuves, eau douce" in client.get("/fr/issues/water/").content.decode()


def test_its_functions_can_be_run_again_beneath_a_record(world: SimpleNamespace) -> None:
    """As a migration does that brings a change of them to a database in use."""

    def index() -> list[tuple[object, ...]]:
        fields = ("kind", "object_id", "key", "day", "label", "names", "keys", "vector")
        return list(SearchDocument.objects.order_by("kind", "object_id").values_list(*fields))

    before = index()
    files = sorted(Path(nafta.__file__).parent.rglob("*.sql"))
    assert len(files) > 30
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for file in files:
            cursor.execute(file.read_text())
        assert index() == before
        cursor.execute("SELECT search_refresh_all()")
    assert index() == before
    statement = Statement.objects.filter(pk=world.quiet.pk)
    for state, is_listed in (("draft", False), ("published", True)):
        statement.update(state=state)
        assert SearchDocument.objects.filter(key="nobody-said").exists() is is_listed
    assert index() == before


def test_what_contradicts_is_found(client: Client, world: SimpleNamespace) -> None:
    both = {"birch-denies", "unnamed-on-water"}
    assert found(client, "sources that disagree on water") == both
    assert exact("sources that disagree on fish") == set()


# --- spelling ---

SPELLINGS = {  # what people type, and what the index has
    "U.S.": "US.",
    "the U.S": "the US",
    "U.S.A. and E.U.A.": "USA. and EUA.",
    "U.S.-based": "US. based",
    "É.-U. C.J. Mahoney": "ÉU. CJ. Mahoney",
    "C. J. Mahoney": "CJ. Mahoney",
    "EE. UU. y EE.UU.": "EEUU. y EEUU.",
    "in the US. It was": "in the US. It was",
    "l'accord l’origine d’Ottawa jusqu'à": "accord origine Ottawa à",
    "O’Neill said Canada's don't workers' rights": "O’Neill said Canada's don't workers' rights",
    "red-line 16-year car\u2011makers US-Mexico": "red line 16 year car makers US Mexico",
    "2017-11-21 -5": "2017-11-21 -5",
    "85 per cent, 85 pour\u00a0cent, 85 por ciento": "85  percent , 85  percent , 85  percent ",
    "85% 85 % 85\u202f%": "85 percent  85 percent  85 percent ",
    "a percentage": "a percentage",
    "$16 US$16 C$150 16 $": " dollars 16  dollars 16  dollars 150 16  dollars ",
    "€5 £6": " euros 5  pounds 6",
}


def test_queries_and_the_index_are_spelt_by_the_same_rules(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT text, search_spelling(text) FROM unnest(%s::text[]) AS text", [list(SPELLINGS)]
        )
        assert dict(cursor.fetchall()) == SPELLINGS
    assert {text: normal_spelling(text) for text in SPELLINGS} == SPELLINGS
    assert {normal_spelling(text) for text in SPELLINGS.values()} == set(SPELLINGS.values())


def test_what_the_record_spells_otherwise_is_found(client: Client, world: SimpleNamespace) -> None:
    worlds.create_statement(
        slug="otherwise",
        dates=days("2010-03-07"),
        summary="The U.S. car-makers got 85 per cent, said J.D. Salt, and C$150.",
        translations={"summary_fr": "L’industrie d’Ottawa a reçu 85 %."},
    )
    for typed in (
        *("US", "u.s. car makers", "carmakers or car-makers", "JD Salt", "J. D. Salt", "$150"),
        *("85%", "85 percent", "85 pour cent", "85 por ciento", "l'industrie", "Ottawa"),
    ):
        assert exact(typed) == {"otherwise"}, typed
    assert exact("85 dollars 150%") == set()
    html = page(client, "85 percent")
    assert "<mark>85</mark> <mark>per</mark> <mark>cent</mark>" in html


def test_a_party_is_found_by_its_other_names(client: Client, world: SimpleNamespace) -> None:
    world.brume.other_names = "R.O.B., Fogland"
    world.brume.translations = {"other_names_es": "RR. BB."}
    world.brume.save()
    for typed in ("ROB dam", "r.o.b. dam", "Fogland dam", "RRBB dam", "RR. BB. dam"):
        assert "birch-denies" in exact(typed), typed
    assert "/parties/brume/" in names(client, "fogland")


@pytest.mark.parametrize(
    ("prefix", "typed", "is_party"),
    [
        ("", "US dam", True),
        ("", "U.S. dam", True),
        ("", "us dam", False),
        ("", "did they tell us of the dam", False),
        ("/fr", "us dam", True),
    ],
)
def test_a_common_word_is_a_party_only_in_capitals(
    client: Client, world: SimpleNamespace, prefix: str, typed: str, is_party: bool
) -> None:
    worlds.create_party(code="us", name="Undersea")
    with translation.override(prefix[1:] or "en-gb"):
        query = parse_query(typed)
    assert (
        "party us" in [interpretation.token for _term, interpretation in query.interpretations]
    ) is is_party
    assert [code.key for code in query.codes] == ([] if is_party else ["us"])


def test_a_page_says_how_to_write_a_code(client: Client, world: SimpleNamespace) -> None:
    worlds.create_party(code="us", name="Undersea")
    html = page(client, "us water")
    assert "“us” as a word. For the party Undersea, write US" in words(html)
    assert "/parties/us/" not in html


# --- words left out ---


def test_what_has_most_of_the_words_is_shown_where_nothing_has_all(
    client: Client, world: SimpleNamespace
) -> None:
    assert exact("birch dam zebra") == set()
    html = page(client, "birch dam zebra")
    assert "No entry has all of these words. Results without “zebra”: 1." in words(html)
    assert {one.partition("-")[2] for one in ROW.findall(html)} == {"birch-denies"}
    assert 'type="hidden" name="q" value="birch dam"' in html  # to narrow what is shown
    assert 'name="q" value="birch dam zebra"' in html  # to change what was typed


@pytest.mark.parametrize(
    ("typed", "dropped", "shown"),
    [
        ("alder spoken", "spoken", "alder-on-water"),  # a name is kept rather than a word
        ("alder spoken -half", "spoken", None),  # what is excluded stays so
        ("zebra giraffe dam", None, None),  # most of the words are nowhere
        ("zebra giraffe", None, None),
        ("zebra", None, None),
        ("alder spoken or zebra", "spoken, zebra", "alder-on-water"),
    ],
)
def test_which_words_are_left_out(
    world: SimpleNamespace, typed: str, dropped: str | None, shown: str | None
) -> None:
    search, answer, _other = run_search(Search(query=parse_query(typed)), PAGE_SIZE)
    assert ", ".join(term.text for term in search.query.dropped) == (dropped or "")
    keys = {hit.key for hit in answer.hits}
    assert shown in keys if shown else "alder-on-water" not in keys


def test_other_words_can_be_left_out(client: Client, world: SimpleNamespace) -> None:
    html = page(client, "alder spoken")
    assert "You can also search without “alder” ." in words(html)
    assert 'href="?q=spoken"' in html


def test_a_phrase_is_marked_as_a_whole(client: Client, world: SimpleNamespace) -> None:
    for slug, summary in (("whole", "On Chapter 19: stays."), ("part", "No chapter was done.")):
        worlds.create_statement(
            slug=slug, dates=days("2010-03-07"), summary=summary, issues=[world.fish]
        )
    world.fish.keywords = "chapter 19"
    world.fish.save()
    html = page(client, "chapter 19")
    assert "On <mark>Chapter</mark> <mark>19</mark>: stays." in html
    assert "No chapter was done." in html


# --- choices ---


@pytest.mark.parametrize(
    ("name", "value", "there", "not_there"),
    [
        ("party", "arden", "alder-on-water", "birch-denies"),
        ("issue", "water", "alder-on-water", "nobody-said"),
        ("round", "round-2", "birch-denies", "alder-on-water"),
        ("kind", "proposal", "half-the-water", "alder-on-water"),
        ("kind", "meeting", "bilateral", "round-1"),
        ("kind", "round", "round-1", "bilateral"),
        ("status", "cancelled", "lake-summit", "round-1"),
        ("status", "moved", "by-may", "by-june"),
        ("status", "tabled", "half-the-water", "alder-on-water"),
        ("year", "2010", "alder-on-water", None),
        ("basis", "unnamed", "unnamed-on-water", "birch-denies"),
        ("person", "bo-birch", "birch-denies", "alder-on-water"),
        ("source", "herald", "alder-on-water", "birch-denies"),
        ("before", "round-2", "alder-on-water", "birch-denies"),
        ("before", "2010-01-09", "round-1", "alder-on-water"),
        ("after", "round-1", "birch-denies", "alder-on-water"),
        ("after", "2010-01-09", "birch-denies", "alder-on-water"),
    ],
)
def test_each_choice_narrows_search_and_timeline_alike(
    client: Client,
    world: SimpleNamespace,
    name: str,
    value: str,
    there: str,
    not_there: str | None,
) -> None:
    wishes = {name: value}
    timeline = client.get(f"/timeline/?{urlencode(wishes)}")
    assert timeline.status_code == 200
    for keys in (
        found(client, **wishes),
        {one.partition("-")[2] for one in ROW.findall(timeline.content.decode())},
    ):
        assert there in keys
        assert not_there is None or not_there not in keys


CHOICES = {
    "party": ["arden", "brume", "corrie"],
    "issue": ["water", "fish"],
    "round": ["round-1", "round-2", "bilateral", "lake-summit"],
    "kind": ["statement", "proposal", "deadline", "round", "meeting"],
    "status": ["held", "cancelled", "pending", "moved", "tabled"],
    "basis": ["on-record", "unnamed", "reporting", "document"],
    "person": ["ada-alder", "bo-birch"],
    "source": ["gazette", "herald"],
    "year": ["2010", "2011"],
}
PAIRS: list[dict[str, Any]] = [
    {one: first, other: second}
    for one, other in combinations(CHOICES, 2)
    if one == "issue" or other == "issue"
    for first in CHOICES[one]
    for second in CHOICES[other]
]
ALONE: list[dict[str, Any]] = [
    {name: value} for name, values in CHOICES.items() for value in values
]


@pytest.mark.slow
def test_search_and_timeline_find_the_same(client: Client, world: SimpleNamespace) -> None:
    """For each choice, and for each together with an issue."""
    worlds.create_progress(round=world.bilateral, issue=world.fish, level="tabled")
    for wishes in (*ALONE, *PAIRS):
        in_search = set(ROW.findall(page(client, **wishes)))
        timeline = client.get(f"/timeline/?{urlencode(wishes)}")
        if timeline.status_code == 400:  # no year of the timeline
            assert not in_search, wishes
            continue
        assert in_search == set(ROW.findall(timeline.content.decode())), wishes


def test_a_round_is_found_by_the_issues_spoken_of_at_it(
    client: Client, world: SimpleNamespace
) -> None:
    def there() -> bool:
        return "bilateral" in found(client, kind="meeting", issue="fish")

    def changed(record: Any, **fields: Any) -> None:
        type(record).objects.filter(pk=record.pk).update(**fields)

    said = worlds.create_statement(dates=days("2010-02-01"), round=world.bilateral)
    assert not there()
    said.issues.add(world.fish)
    assert there()
    changed(said, state="draft")
    assert not there()
    changed(said, state="published")
    assert there()
    changed(said, round=world.round1)
    assert not there()
    changed(said, round=world.bilateral)
    said.issues.clear()
    assert not there()
    tabled = worlds.create_proposal(
        issue=world.fish, dates=days("2010-02-01"), round=world.bilateral
    )
    assert there()
    changed(tabled, issue=world.water)
    assert not there()
    progress = worlds.create_progress(
        round=world.bilateral, issue=world.fish, level="tabled", state="draft"
    )
    assert not there()
    changed(progress, state="published")
    assert there()
    progress.delete()
    assert not there()


def test_a_round_does_not_tell_of_an_issue_that_is_a_draft(world: SimpleNamespace) -> None:
    issue = worlds.create_issue(slug="eels", state="draft")
    said = worlds.create_statement(dates=days("2010-02-01"), round=world.bilateral, issues=[issue])

    def keys() -> list[str]:
        return SearchDocument.objects.get(kind="round", object_id=world.bilateral.pk).keys

    assert "issue eels" not in keys()
    issue.state = "published"
    issue.save()
    assert "issue eels" in keys()
    said.delete()
    assert "issue eels" not in keys()


def test_the_timeline_is_narrowed_by_words(client: Client, world: SimpleNamespace) -> None:
    html = client.get("/timeline/?q=dam+brume").content.decode()
    keys = {one.partition("-")[2] for one in ROW.findall(html)}
    assert keys == found(client, "dam brume")


def test_words_are_not_looked_for_in_a_past_record(client: Client, world: SimpleNamespace) -> None:
    """The index is of now: what it finds would be neither what was nor what is."""
    moment = timezone.now().isoformat()
    response = client.get("/timeline/", {"q": "dam", "known": moment, "kind": "statement"})
    html = response.content.decode()
    assert response.status_code == 400
    assert "Words are looked for in what is published now" in words(html)
    assert "alder-on-water" not in html
    assert "Show everything" in html
    assert client.get("/timeline/", {"kind": "statement", "known": moment}).status_code == 200


def test_a_file_is_named_by_what_was_looked_for(client: Client, world: SimpleNamespace) -> None:
    def name(**wishes: str) -> str:
        response = client.get("/timeline/", {"_export": "csv", **wishes})
        return str(response.headers["Content-Disposition"])

    assert name(q="Dam Brume") == 'attachment; filename="timeline-q-dam-brume.csv"'
    assert name(before="2011-01-01") == 'attachment; filename="timeline-before-2011-01-01.csv"'
    long = name(q="dam or " * 20)
    assert "timeline-q-dam-or-dam" in long
    assert len(long) < 120


def test_choices_are_counted(client: Client, world: SimpleNamespace) -> None:
    counts = Search(query=parse_query("dam")).run(PAGE_SIZE).counts
    assert counts.total == len(found(client, "dam")) + len(names(client, "dam"))
    assert {key: times for key, times, _label in counts.of("basis")} == {
        "unnamed": 1,
        "on-record": 1,
        "reporting": 1,
    }
    text = words(page(client, "dam"))
    assert "unnamed 1" in text
    assert "Brume 2" in text


@pytest.mark.slow
def test_counting_ends_somewhere(client: Client, world: SimpleNamespace) -> None:
    plant(MAX_COUNT + 40)
    html = page(client, "planted")
    assert "1,000+ entries" in words(html)
    assert len(ROW.findall(html)) == PAGE_SIZE


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("party", "nowhere", "is not in the record"),
        ("issue", SECRET, "is not in the record"),
        ("round", SECRET, "is not in the record"),
        ("person", SECRET, "is not in the record"),
        ("source", SECRET, "is not in the record"),
        ("kind", "rumour", "is not in the record"),
        ("basis", "gossip", "is not in the record"),
        ("status", "lost", "is not in the record"),
        ("year", "12", "is not in the record"),
        ("before", "soon", "neither a day"),
        ("after", f"{SECRET}", "neither a day"),
        ("page", "2", "does not exist"),
        ("page", "-1.2018-01-01.1", "does not exist"),
        ("page", "3.2018-01-01.1", "does not exist"),
        ("q", "x" * 10_000, "too much to look for"),
        ("q", "a\0b", "Null characters"),
    ],
)
@pytest.mark.parametrize("address", ["/search/", "/timeline/"])
def test_a_wish_that_makes_no_sense_gets_a_sentence(
    client: Client, world: SimpleNamespace, address: str, name: str, value: str, sentence: str
) -> None:
    response = client.get(address, {name: value})
    assert response.status_code == 400
    assert sentence in response.content.decode()


# --- pages ---


def test_turning_the_pages_loses_nothing_and_repeats_nothing(
    client: Client, world: SimpleNamespace
) -> None:
    plant(2 * PAGE_SIZE + 7)
    address, seen = "?q=planted+seed", []
    while address:
        html = client.get(f"/search/{unescape(address)}").content.decode()
        seen += ROW.findall(html)
        address = (NEXT.findall(html) or [""])[0]
    assert len(seen) == len(set(seen)) == 2 * PAGE_SIZE + 7


@pytest.mark.parametrize("tier", [0, 1, 2])
@pytest.mark.parametrize("wishes", [{"q": "water"}, {"kind": "statement"}, {"kind": "person"}])
def test_a_page_that_begins_anywhere_is_a_page(
    client: Client, world: SimpleNamespace, tier: int, wishes: dict[str, Any]
) -> None:
    page(client, **wishes, page=f"{tier}.2018-01-01.1")


def plant(number: int) -> None:
    """Statements of a few days, some of which have the phrase and others the words alone."""
    source = worlds.create_source()
    Statement.objects.bulk_create(
        Statement(
            slug=f"planted-{nth}",
            summary="A planted seed." if nth % 3 else "The seed was planted.",
            dates=days(f"2010-04-{1 + nth % 5:02}"),
            state="published",
            source=source,
        )
        for nth in range(number)
    )


@pytest.mark.parametrize(
    "path",
    [
        "/search/",
        "/search/?q=water",
        "/search/?q=water+round+2+birch",
        "/search/?q=nothing+like+it",
        "/search/?q=water+dam+fish+round+june+zebra",
        "/search/?kind=source",
        "/search/?kind=person&party=brume",
        "/search/?party=brume&person=bo-birch&source=gazette",
        "/people/",
        "/timeline/?q=water",
        "/timeline/?q=dam&person=bo-birch&basis=on-record&before=round-2",
    ],
)
def test_it_asks_little_and_no_more_with_twice_the_rows(
    client: Client, world: SimpleNamespace, path: str
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    budget = BUDGET + 1  # each of the five kinds of entry has a query, and the words have another
    assert queries() <= budget
    double(world)
    assert queries() <= budget


# --- nothing that is not public, nothing that is not text ---


def test_every_entry_is_public(world: SimpleNamespace) -> None:
    assert not SearchDocument.objects.filter(key__startswith=SECRET).exists()
    for entry in SearchDocument.objects.values():
        assert SECRET not in str(entry)


def test_no_draft_is_found_counted_or_suggested(client: Client, world: SimpleNamespace) -> None:
    for typed in (SECRET, f"{SECRET[:-1]}x", f'"{SECRET}"', f"water {SECRET}", f"-{SECRET} water"):
        html = page(client, typed).replace(typed, "").replace(unescape(urlencode({"q": typed})), "")
        text = words(html)
        assert (
            "Nothing found" in text
            or "No entry has all of these words" in text
            or typed.startswith("-")
        )
        assert SECRET not in text.replace(f"“{SECRET}”", "").replace(SECRET, "", text.count(typed))
    assert "1999" not in words(page(client))
    assert found(client, year="1999") == set()


def test_what_is_published_is_found_and_what_is_taken_back_is_not(
    client: Client, world: SimpleNamespace
) -> None:
    draft = worlds.create_statement(
        slug="later",
        state="draft",
        dates=days("2010-03-07"),
        summary="Otters.",
        speakers=[(otto := worlds.create_person(slug="otto-otter"))],
        source=(source := worlds.create_source(title="Otter news")),
    )

    def asked() -> tuple[set[str], set[str]]:
        return found(client, "otters"), names(client, "otter")

    nothing: tuple[set[str], set[str]] = (set(), set())
    all_of_it = {"later"}, {otto.get_absolute_url(), source.get_absolute_url()}
    assert asked() == nothing
    draft.state = "published"
    draft.save()
    assert asked() == all_of_it
    draft.state = "draft"
    draft.save()
    assert asked() == nothing
    Statement.objects.filter(pk=draft.pk).update(state="published")
    assert asked() == all_of_it
    draft.delete()
    assert asked() == nothing


def test_a_correction_is_found_by_its_new_words(client: Client, world: SimpleNamespace) -> None:
    world.quiet.summary = "The sluice stays shut."
    world.quiet.save()
    world.quiet.issues.add(world.fish)
    assert found(client, "sluice") == {"nobody-said"}
    assert "nobody-said" not in found(client, "dam")
    assert "nobody-said" in found(client, issue="fish")
    world.quiet.issues.clear()
    assert "nobody-said" not in found(client, issue="fish")


def test_the_index_says_what_it_would_say_if_it_were_made_anew(world: SimpleNamespace) -> None:
    world.whispered.parties.add(world.corrie)
    world.said.other_sources.clear()
    world.alder.name = "Ada Elder"
    world.alder.save()

    def index() -> list[tuple[object, ...]]:
        fields = ("kind", "object_id", "key", "day", "label", "names", "keys", "vector")
        return list(SearchDocument.objects.order_by("kind", "object_id").values_list(*fields))

    kept = index()
    with connection.cursor() as cursor:
        cursor.execute("SELECT search_refresh_all()")
    assert index() == kept


def test_nothing_of_it_is_in_the_history(world: SimpleNamespace) -> None:
    world.quiet.refresh_from_db()
    version = world.quiet.version
    world.quiet.save()  # nothing changed
    world.quiet.refresh_from_db()
    assert world.quiet.version == version


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        "'",
        '"',
        '"""',
        "%",
        "%s %(x)s",
        "\\",
        "\\'",
        "a & | ! : * <-> b",
        "'; DROP TABLE nafta_entry; --",
        "-",
        "--",
        "or",
        "or or -or",
        "-water",
        "the of and",
        "party arden",
        "\ue000water\ue001",
        "💧 water",
        "before",
        "before before round 1",
        "after 2010-02-31",
        "before 0000-00-00",
        "x " * 99,
        "water fish dam birch alder brume arden round zebra giraffe " * 3,
        "U.S. " * 39,
        "%" * 199,
        "l'" * 99,
    ],
)
def test_whatever_is_typed_is_only_looked_for(
    client: Client, world: SimpleNamespace, typed: str
) -> None:
    for address in ("/search/", "/timeline/"):
        response = client.get(address, {"q": typed})
        assert response.status_code == 200
        assert "<script>alert" not in response.content.decode()


@pytest.mark.parametrize("name", ["q", "party", "before", "page", "kind", "person"])
def test_bytes_that_are_no_text(client: Client, world: SimpleNamespace, name: str) -> None:
    assert client.get(f"/search/?{name}=%FF%FE%C3").status_code in {200, 400}


def test_the_record_is_shown_as_text(client: Client, world: SimpleNamespace) -> None:
    worlds.create_statement(
        dates=days("2010-03-07"), summary='<b onclick="x">Otters</b> & <script>eels</script> &amp;'
    )
    html = page(client, "otters eels")
    assert "&lt;b onclick=&quot;x&quot;&gt;<mark>Otters</mark>&lt;/b&gt; &amp; " in html
    assert "&lt;script&gt;<mark>eels</mark>&lt;/script&gt; &amp;amp;" in html


def test_a_long_text_is_stored_and_found_by_its_beginning(
    client: Client, world: SimpleNamespace
) -> None:
    long = "Otters " + " ".join(f"word{nth}" for nth in range(2_000))
    worlds.create_statement(slug="long", dates=days("2010-03-07"), summary=long)
    assert found(client, "otters") == {"long"}


# --- languages ---


def test_the_words_of_translations_are_found_and_shown(
    client: Client, world: SimpleNamespace
) -> None:
    world.quiet.translations = {"summary_fr": "Le barrage reste fermé."}
    world.quiet.save()
    world.water.translations = {"name_fr": "L’eau", "question_fr": "L’eau doit-elle rester ?"}
    world.water.save()
    assert found(client, "barrage") == {"nobody-said"}
    assert "The dam stays shut." in page(client, "barrage")
    html = page(client, "barrage ferme", prefix="/fr")
    assert "Le <mark>barrage</mark> reste <mark>fermé</mark>." in html
    assert "The dam stays shut." not in html
    assert "nobody-said" in page(client, "dam", prefix="/fr")
    html = page(client, "eau", prefix="/fr")
    assert "alder-on-water" in html  # the issue is named in French, its statements are not
    assert "L’eau" in html


def test_no_language_is_built_in(client: Client, world: SimpleNamespace) -> None:
    world.quiet.translations = {"summary_cy": "Mae’r argae ar gau."}
    Statement.objects.filter(pk=world.quiet.pk).update(translations=world.quiet.translations)
    assert found(client, "argae") == {"nobody-said"}


@pytest.mark.parametrize("prefix", ["/fr", "/es"])
def test_every_language_has_its_search(client: Client, world: SimpleNamespace, prefix: str) -> None:
    assert "alder-on-water" in page(client, "half water", prefix=prefix)
    with translation.override(prefix[1:]):
        assert parse_query("half water").every


# --- nothing found, nothing asked ---


def test_choices_that_leave_nothing_can_be_left_out(client: Client, world: SimpleNamespace) -> None:
    wishes = {"status": "cancelled", "person": "bo-birch"}
    timeline = client.get("/timeline/", wishes).content.decode()
    for html in (page(client, **wishes), timeline):
        assert "Leave a choice out: without" in words(html)
        assert "without “Bo Birch”" in words(html)
        assert 'href="?status=cancelled"' in html


def test_the_timeline_says_what_no_field_of_it_shows(
    client: Client, world: SimpleNamespace
) -> None:
    html = client.get("/timeline/?person=bo-birch&q=dam&party=").content.decode()
    assert "Only: Leave out the choice: Bo Birch × Leave out the choice: dam ×" in words(html)
    assert '<input type="hidden" name="person" value="bo-birch"' in html  # kept by Show
    assert "Only:" not in words(client.get("/timeline/?party=arden").content.decode())


def test_nothing_found_says_so_and_offers_what_may_be_meant(
    client: Client, world: SimpleNamespace
) -> None:
    html = page(client, "aldr", issue="fish")
    assert "Nothing found" in html
    assert ">Ada Alder</a>" in html
    assert "q=Ada+Alder" in html
    assert "too common" in page(client, "the of")


def test_the_empty_page_shows_what_can_be_asked(client: Client, world: SimpleNamespace) -> None:
    html = page(client)
    for example in re.findall(r'<li><a href="(\?q=[^"]+)">', html):
        answer = client.get(f"/search/{unescape(example)}").content.decode()
        assert "Nothing found" not in answer, example
    assert "?q=Brume%20Water" in html


def test_an_empty_site_looks_intended(client: Client, db: None) -> None:
    for address in ("/search/", "/search/?q=anything", "/people/"):
        assert client.get(address).status_code == 200


# --- people ---


def test_who_spoke_for_whom_and_how_often(client: Client, world: SimpleNamespace) -> None:
    worlds.create_statement(dates=days("2010-03-07"), speakers=[world.birch])
    text = words(client.get("/people/").content.decode())
    assert "Ada Alder Minister Arden 1" in text
    assert "Bo Birch Envoy Brume 2" in text
    assert SECRET not in text
    brume = words(client.get("/people/?party=brume").content.decode())
    assert "Bo Birch" in brume
    assert "Ada Alder" not in brume
    for unknown, why in {
        "nowhere": "is not in the record",
        "%FF": "is not in the record",
        "%00": "Null characters are not allowed",
    }.items():
        response = client.get(f"/people/?party={unknown}")
        assert response.status_code == 400
        assert why in response.content.decode()


def test_days_can_be_chosen_and_an_empty_one_is_none(
    client: Client, world: SimpleNamespace
) -> None:
    page = client.get("/search/?q=water&after=2010-03-02&before=").content.decode()
    assert 'name="after" value="2010-03-02"' in page
    assert 'name="before" value=""' in page
    assert 'type="hidden" name="before"' not in page
    assert "birch-denies" in page
    assert "alder-on-water" not in page


def test_the_parties_of_what_was_found_are_links(client: Client, world: SimpleNamespace) -> None:
    page = client.get("/search/?q=water").content.decode()
    assert set(re.findall(r'href="/parties/([^"]+)"', page)) == {"arden/", "brume/", "corrie/"}
