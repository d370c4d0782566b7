"""``?known=``: a page as this site had published it by a moment, and nothing taken back since."""

import datetime as dt
import html
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pgtrigger
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models.expressions import RawSQL
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse
from django.utils import timezone

from issues.models import Issue, Measure, Outcome, Position, Progress, Proposal
from rounds.history.past_queries import OnlyReadsError, ReadsPresentError, reading_past
from rounds.history.point_in_time import find_first_publication, load_past
from rounds.history.tracked_tables import tracked_tables
from rounds.models import (
    Negotiation,
    Party,
    Person,
    Publishable,
    Round,
    State,
    Statement,
    StatementQuerySet,
    Versioned,
    publishable_models,
)
from rounds.publishing.states import set_state
from tests import stored
from tests import world as worlds
from tests.desk import change, desk_of
from tests.nafta.pages.test_pages import BUDGET, double
from tests.nafta.test_leaks import every_pattern, words_without_address
from tests.world import SECRET, create_editor, create_world, days

PATHS = [
    *("/", "/?as_of=round-1", "/?as_of=2010-03-05", "/fr/", "/es/?as_of=round-1"),
    *("/timeline/", "/timeline/?party=brume&kind=statement", "/timeline/?party=nowhere"),
    *("/rounds/", "/rounds/?sort=-name", "/rounds/round-1/", "/rounds/round-2/"),
    *("/rounds/lake-summit/", "/rounds/bilateral/", "/fr/rounds/round-1/"),
    *("/issues/", "/issues/?as_of=2010-01-09", "/issues/?as_of=round-2", "/issues/?as_of=never"),
    *("/es/issues/", "/issues/water/", "/issues/water/?as_of=round-1", "/issues/fish/"),
    *("/issues/fish/?as_of=2010-01-10", "/fr/issues/water/", f"/issues/{SECRET}/"),
    *("/parties/arden/", "/parties/brume/?as_of=round-1", "/parties/corrie/", "/fr/parties/arden/"),
    *("/people/ada-alder/", "/people/bo-birch/", f"/people/{SECRET}/", "/fr/people/ada-alder/"),
    *("/statements/alder-on-water/", "/statements/unnamed-on-water/", "/statements/birch-denies/"),
    *("/statements/nobody-said/", f"/statements/{SECRET}/", "/es/statements/alder-on-water/"),
    *("/proposals/half-the-water/", "/proposals/a-third/", f"/proposals/{SECRET}/"),
    *("/sources/", "/sources/gazette/", "/sources/herald/", "/sources/?sort=-claims"),
    *("/issues/nothing-like-it/", "/deadlines/", "/es/proposals/a-third/"),
    *("/compare/", "/compare/?party=arden&party=brume", "/compare/?party=brume&as_of=round-2"),
    *("/distance/", "/distance/?as_of=round-1", "/moved/", "/moved/?from=round-1&to=round-2"),
]
LABELS = [  # all that a page of the past says of itself
    (re.compile(r'<aside class="known".*?</aside>', re.DOTALL), ""),
    (re.compile(r'<p class="known-nothing">.*?</p>', re.DOTALL), ""),
    (re.compile(r'<p class="as-of-note">.*?</p>', re.DOTALL), ""),  # one label tells both clocks
    (re.compile(r"Showing where things (stand today|stood by then)\."), ""),
    (re.compile(r'[ \t]*<meta name="robots"[^>]*>\n?|[ \t]*<link rel="alternate"[^>]*>\n?'), ""),
    (re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z"), ""),  # of a citation
    (re.compile(r'<input type="hidden" name="known" value="[^"]*">'), ""),
    (re.compile(r'(<details class="as-of") open>'), r"\1>"),
    (re.compile(r'(<input id="known-at"[^>]*?) value="[^"]*"'), r"\1"),
]
BETWEEN_TAGS = re.compile(r">\s+<")
KNOWN = re.compile(r"(\?|&amp;)known=[^\"&#]*(&amp;)?")


def without_labels(page: str) -> str:
    for pattern, instead in LABELS:
        page = pattern.sub(instead, page)
    page = BETWEEN_TAGS.sub("><", page)  # a label that was taken out leaves the space around it
    return KNOWN.sub(lambda found: found[1] if found[2] else "", page)


def read(client: Client, path: str, moment: dt.datetime | None = None) -> tuple[int, str]:
    wish = {"known": moment.isoformat()} if moment else {}
    url, _mark, query = path.partition("?")
    if wish and query:
        response = client.get(f"{path}&{_query(wish)}")
    else:
        response = client.get(f"{url}?{_query(wish)}" if wish else path)
    return response.status_code, response.content.decode()


def _query(wish: dict[str, str]) -> str:
    return "&".join(f"{name}={value.replace('+', '%2B')}" for name, value in wish.items())


@pytest.fixture
def world(transactional_db: None) -> SimpleNamespace:
    """The river talks, committed: what one transaction wrote is published at one moment."""
    return stored.world()


# --- the promise ---


def steps(world: SimpleNamespace, folder: Path) -> Iterator[Any]:
    """What newsrooms do to a record, one step after the other."""
    editor = desk_of(create_editor())
    note = {"correction": "We misread it."}
    yield change(editor, world.said, summary="Half must stay upstream.", **note)
    yield Negotiation.objects.update(title="The river talks", standfirst="Two shores, one river.")
    yield Party.objects.filter(code="arden").update(name="The Republic of Arden", colour=7)
    yield Person.objects.filter(slug="ada-alder").update(role="Prime minister")
    yield world.said.speakers.add(world.birch)
    yield world.whispered.parties.set([world.arden, world.corrie])
    yield world.fish.statements.add(world.denied)
    yield set_state(
        [
            *Issue.objects.filter(slug=SECRET),
            *Round.objects.filter(slug=SECRET),
            *Statement.objects.filter(slug__startswith=SECRET),
            *Proposal.objects.filter(slug=SECRET),
        ],
        State.PUBLISHED,
    )
    yield set_state(Position.objects.filter(party=world.corrie), State.PUBLISHED)
    yield worlds.create_term(proposal=world.third, measure=world.share, low=12, scope="upstream")
    yield world.third.terms.filter(low=30).update(low=31)
    world.link.delete()
    yield worlds.create_link(statement=world.denied, kind="replies-to", other=world.said)
    yield set_state([world.quiet], State.DRAFT)
    yield [
        Statement.objects.filter(pk=world.quiet.pk).update(summary="The dam stays open."),
        set_state([Statement.objects.get(pk=world.quiet.pk)], State.PUBLISHED),
    ]
    yield Round.objects.filter(slug="lake-summit").update(
        replaced_by=world.bilateral, status="rescheduled"
    )
    yield Issue.objects.filter(slug="water").update(
        translations={"question_fr": "La moitié de l’eau ?", "name_es": "Agua"}
    )
    _load_another_edition(folder)
    yield "another edition"
    yield Proposal.objects.filter(slug="half-the-water").update(
        status="agreed", settled=days("2010-03-08"), round=world.round2
    )
    yield [
        world.round1.other_sources.clear(),
        world.said.other_sources.clear(),
        world.round1.parties.remove(world.corrie),
    ]
    yield worlds.create_party(code="delta")


def _load_another_edition(folder: Path) -> None:
    """Files that say something else in many rows."""
    call_command("dump_record", folder, verbosity=0)
    for name, before, after in (
        ("rounds.csv", "Ardenport", "The old port"),
        ("positions.csv", "Half must stay", "At least half must stay"),
        ("people.csv", "Envoy", "Special envoy"),
    ):
        file = folder / name
        assert before in file.read_text()
        file.write_text(file.read_text().replace(before, after))
    call_command("load_record", folder, note="A new edition.", verbosity=0)


@pytest.mark.slow
def test_a_page_as_known_at_a_moment_is_what_it_said_then(
    client: Client, world: SimpleNamespace, tmp_path: Path
) -> None:
    """Every fourth page at each moment, each page at every fourth; ``SNAPSHOTS=all`` has all."""
    snapshots: list[tuple[dt.datetime, dict[str, tuple[int, str]]]] = []
    apart = 1 if os.environ.get("SNAPSHOTS") == "all" else 4
    for number, _step in enumerate(steps(world, tmp_path)):
        moment = timezone.now()
        paths = PATHS[number % apart :: apart]
        snapshots.append((moment, {path: read(client, path) for path in paths}))
    assert len(snapshots) == 20
    assert len(PATHS) >= 50
    if apart == 1:
        assert len({str(pages) for _moment, pages in snapshots}) == 20  # each step was seen
    for moment, pages in snapshots:
        for path, (status, page) in pages.items():
            status_known, page_known = read(client, path, moment)
            assert (path, status_known) == (path, status)
            assert without_labels(page_known) == without_labels(page), (path, moment)
            assert ('<aside class="known"' in page_known) is True


def test_both_clocks_have_one_label(client: Client, world: SimpleNamespace) -> None:
    moment = timezone.now()
    _status, page = read(client, "/issues/water/?as_of=round-1", moment)
    label = re.search(r'<aside class="known".*?</aside>', page, re.DOTALL)
    assert label
    assert "at the end of Round 1" in label[0]
    assert f"{moment:%H:%M}" in label[0]
    assert "not repeated" not in label[0]
    assert 'href="?as_of=round-1"' in label[0]
    assert "as-of-note" not in page


def test_a_link_stays_at_the_moment(client: Client, world: SimpleNamespace) -> None:
    moment = timezone.now()
    wish = _query({"known": moment.isoformat()}).replace(":", "%3A")
    for path, link in (
        ("/issues/", "/issues/water/?"),
        ("/issues/?as_of=round-1", "/issues/water/?as_of=round-1&amp;"),
        ("/statements/alder-on-water/", "/people/ada-alder/?"),
        ("/fr/rounds/round-1/", "/fr/proposals/half-the-water/?"),
        ("/rounds/", "/rounds/round-1/?"),
    ):
        page = read(client, path, moment)[1]
        assert f'href="{link}{wish}"' in page, path
        assert 'href="/about/"' in page or path.startswith("/fr")


def test_the_end_of_a_day_and_a_moment_in_any_zone(
    client: Client, world: SimpleNamespace, settings: Any
) -> None:
    shift_history(dt.timedelta(days=3))
    first = find_first_publication()
    assert first
    day = first.date() + dt.timedelta(days=1)
    for wish in (f"{day}", f"{day}T14:30", f"{day}T14:30Z", f"{day}T14:30%2B02:00"):
        assert client.get(f"/issues/?known={wish}").status_code == 200
    assert "the end of" in client.get(f"/issues/?known={day}").content.decode()
    assert "14:30 UTC" in client.get(f"/issues/?known={day}T14:30").content.decode()
    assert "12:30 UTC" in client.get(f"/issues/?known={day}T14:30+02:00").content.decode()
    settings.TIME_ZONE = "America/Toronto"
    assert "09:30 E" in client.get(f"/issues/?known={day}T14:30Z").content.decode()[:9000] or (
        "10:30 E" in client.get(f"/issues/?known={day}T14:30Z").content.decode()
    )


def test_today_is_that_day(client: Client, world: SimpleNamespace) -> None:
    """What was ahead is ahead, and nothing was overdue yet."""
    today = timezone.localdate()
    soon = str(today - dt.timedelta(days=5))
    worlds.create_round(slug="soon", dates=days(soon), status="planned")
    worlds.create_deadline(slug="due", dates=days(soon))
    shift_history(dt.timedelta(days=10))
    then = today - dt.timedelta(days=8)
    for path in ("/rounds/soon/", "/timeline/?kind=deadline", "/timeline/?kind=round"):
        now = client.get(path).content.decode()
        before = client.get(f"{path}{'&' if '?' in path else '?'}known={then}").content.decode()
        assert now.count("was due") > before.count("was due"), path
    assert ">Ahead<" not in client.get("/timeline/?kind=meeting").content.decode()
    assert ">Ahead<" in client.get(f"/timeline/?kind=deadline&known={then}").content.decode()
    later = client.get(f"/issues/?known={then}&as_of={today}")
    assert later.status_code == 400
    assert "nobody could know" in later.content.decode()


def shift_history(by: Any) -> None:
    """As if all had been published so much earlier."""
    with pgtrigger.ignore(), connection.cursor() as cursor:
        for table in tracked_tables().values():
            cursor.execute(
                f'UPDATE "{table.events}" SET pgh_created_at = pgh_created_at - %s', [by]
            )
            if "changed_at" in table.columns:
                cursor.execute(f'UPDATE "{table.events}" SET changed_at = changed_at - %s', [by])


WISHES = [
    ("yesterday", "needs a day"),
    ("2010-13-01", "needs a day"),
    ("%00", "needs a day"),
    (SECRET, "needs a day"),
    ("9999-12-31", "needs a day"),
    ("0001-01-01T00:00%2B14:00", "needs a day"),
    ("2098-12-31", "Nobody knows yet"),
    ("2010-01-09", "first published something on"),
    ("2010-01-09T14:30", "first published something on"),
]


@pytest.mark.slow
def test_a_wish_that_makes_no_sense_gets_a_sentence_and_the_page_of_now(
    client: Client, world: SimpleNamespace
) -> None:
    for wish, words in WISHES:
        for path in ("/", "/timeline/", "/issues/water/", "/statements/alder-on-water/"):
            response = client.get(f"{path}?known={wish}")
            assert response.status_code == 400, (path, wish)
            page = response.content.decode()
            assert words in page, (path, wish)
            assert "alf of the water" in page
            assert '<aside class="known"' not in page


def test_without_a_publication_there_is_no_past(client: Client, transactional_db: None) -> None:
    response = client.get("/issues/?known=2010-01-09")
    assert response.status_code == 400
    assert "published nothing yet" in response.content.decode()


def test_what_was_published_later_is_not_there_yet(client: Client, world: SimpleNamespace) -> None:
    moment = timezone.now()
    late = worlds.create_statement(slug="late", summary="Late words", dates=days("2010-01-09"))
    status, page = read(client, late.get_absolute_url(), moment)
    assert status == 404
    assert "had published nothing at this address by" in page
    assert "Late words" not in page
    assert client.get(late.get_absolute_url()).status_code == 200


@pytest.mark.slow
def test_it_asks_as_little_as_now(client: Client, world: SimpleNamespace) -> None:
    """One question more tells what was known then; a page that is kept needs neither."""
    double(world)
    moment = timezone.now()
    worlds.create_statement(summary="later", dates=days("2010-01-09"))
    hide = worlds.create_statement(summary="x", dates=days("2010-01-09"))
    set_state([hide], State.DRAFT)
    for path in PATHS:
        with CaptureQueriesContext(connection) as captured:
            status, _page = read(client, path, moment)
        assert len(captured) <= BUDGET + 1 or status in {404, 410}, path


# --- what may not be told any more ---


def gone_from_all(client: Client, moment: dt.datetime, *words: str) -> dict[str, str]:
    """Every page as known at ``moment``; none fails and none has any of ``words``."""
    pages = {}
    cells = {f"/cite/position/{issue}/arden/" for issue in ("water", "fish")}
    for path in {path.partition("?")[0] for path in PATHS} | cells | set(_pages_of_records()):
        status, page = read(client, path, moment)
        assert status in {200, 404, 410}, path
        pages[path] = page
        for word in words:
            assert word not in words_without_address(path, page), (path, word)
    return pages


def _pages_of_records() -> Iterator[str]:
    """The page of each record that there is, was or will be, whether readers see it or not."""
    views = {
        name.removesuffix("_detail"): name
        for name, pattern in every_pattern(get_resolver())
        if hasattr(pattern.callback, "supports_known") and len(pattern.pattern.converters) == 1
    }
    models = {model._meta.model_name: model for model in apps.get_models()}
    for kind, view in views.items():
        for record in [*models[kind]._default_manager.all(), *_deleted(models[kind])]:
            yield reverse(view, args=[getattr(record, "slug", "") or record.code])


def _deleted(model: Any) -> Any:
    return model.pgh_event_model._default_manager.filter(pgh_label="deleted")


Removal = Callable[[SimpleNamespace], Any]


def _take_back_evidence(w: SimpleNamespace) -> None:
    assert not set_state([w.demand], State.DRAFT)
    assert not set_state([w.said], State.DRAFT)


def _delete_evidence(w: SimpleNamespace) -> None:
    Position.objects.filter(statement=w.said).delete()
    w.said.delete()


def _rest_on_something_else(w: SimpleNamespace) -> None:
    """The position stays, and rests on what was said later."""
    Position.objects.filter(pk=w.demand.pk).update(statement=w.quiet, gist="Another")
    assert not set_state([w.said], State.DRAFT)


def _unname(w: SimpleNamespace) -> None:
    w.said.speakers.clear()
    Statement.objects.filter(pk=w.said.pk).update(
        basis="unnamed", attribution="somebody", summary="Some of it", quotation=""
    )
    Position.objects.filter(pk=w.demand.pk).update(gist="Some")


@pytest.mark.slow
@pytest.mark.parametrize(
    "remove", [_take_back_evidence, _delete_evidence, _rest_on_something_else, _unname]
)
def test_what_was_taken_back_since_is_not_repeated(
    client: Client, world: SimpleNamespace, remove: Removal
) -> None:
    Statement.objects.filter(pk=world.said.pk).update(summary=SECRET, quotation=SECRET)
    Position.objects.filter(pk=world.demand.pk).update(gist=SECRET)
    moment = timezone.now()
    assert SECRET in read(client, "/issues/water/")[1]
    remove(world)
    pages = gone_from_all(client, moment, SECRET)
    assert "Ada Alder" not in pages["/issues/water/"]
    assert "2 entries that are not repeated" in pages["/issues/"]
    before = pages["/statements/alder-on-water/"]
    gone_now = remove in {_take_back_evidence, _delete_evidence, _rest_on_something_else}
    assert ("No longer in the record" in before) is gone_now
    assert pages["/people/ada-alder/"].count("Nothing is published at this address") == 1


def test_only_what_was_public_then_is_counted(client: Client, world: SimpleNamespace) -> None:
    early = timezone.now()
    later = worlds.create_statement(summary="later", dates=days("2010-01-09"))
    moment = timezone.now()
    draft = worlds.create_statement(summary="draft", dates=days("2010-01-09"), state="draft")
    for record in (later, draft):
        record.delete()
    assert "not repeated" not in read(client, "/issues/", early)[1]
    assert "1 entry that is not repeated" in read(client, "/issues/", moment)[1]
    assert "not repeated" not in read(client, "/issues/", timezone.now())[1]


def _set(record: Any, **fields: Any) -> None:
    type(record)._default_manager.filter(pk=record.pk).update(**fields)


@pytest.mark.slow
def test_a_pointer_at_what_was_taken_back_is_empty(client: Client, world: SimpleNamespace) -> None:
    """A meeting, an answered proposal, a later deadline, a speaker, a speaker's party."""
    hidden = worlds.create_round(slug="sunk", name=SECRET, dates=days("2010-01-09"))
    party = worlds.create_party(code="sunk", name=SECRET)
    person = worlds.create_person(slug="sunk", name=SECRET)
    answered = worlds.create_proposal(
        issue=world.water, dates=days("2010-01-08"), title=SECRET, parties=[party]
    )
    later = worlds.create_deadline(slug="sunk", name=SECRET, dates=days("2010-09-01"))
    _set(world.quiet, round=hidden)
    _set(world.cancelled, replaced_by=hidden)
    _set(world.alder, party=party)
    _set(world.half, responds_to=answered, round=hidden)
    _set(world.june, superseded_by=later, outcome="moved")
    world.denied.speakers.add(person)
    moment = timezone.now()
    _set(world.quiet, round=None)
    _set(world.cancelled, replaced_by=None)
    _set(world.alder, party=None)
    _set(world.half, responds_to=None, round=None)
    _set(world.june, superseded_by=None, outcome="pending")
    answered.delete()
    world.denied.speakers.remove(person)
    for record in (hidden, party, person):
        record.delete()
    assert not set_state([later], State.DRAFT)
    pages = gone_from_all(client, moment, SECRET)
    assert "The dam stays shut." in pages["/timeline/"]
    assert "Half of the water" in pages["/issues/water/"]


@pytest.mark.slow
def test_what_was_merged_since_takes_nothing_along(client: Client, world: SimpleNamespace) -> None:
    """A source and a party that were there twice: what was public then and is now shows both."""
    source = worlds.create_source(slug="twice", publisher="The other Gazette")
    party = worlds.create_party(code="twice", name="Ardenland")
    was = world.said.source
    _set(world.said, source=source)
    _set(world.demand, party=party)
    world.whispered.parties.add(party)
    moment = timezone.now()
    paths = ["/statements/alder-on-water/", "/issues/water/", "/sources/", "/timeline/"]
    paths += ["/sources/twice/", "/parties/twice/", "/statements/unnamed-on-water/"]
    before = {path: read(client, path) for path in paths}
    assert "The other Gazette" in before["/statements/alder-on-water/"][1]
    assert "Ardenland" in before["/issues/water/"][1]
    _set(world.said, source=was)
    _set(world.demand, party=world.arden)
    world.whispered.parties.remove(party)
    source.delete()
    party.delete()
    for path, (status, page) in before.items():
        then = read(client, path, moment)
        assert (path, then[0]) == (path, status)
        assert without_labels(then[1]) == without_labels(page), path
        assert "not repeated" not in then[1]


@pytest.mark.slow
def test_a_person_who_was_deleted_stays_forgotten(client: Client, world: SimpleNamespace) -> None:
    """Also where the record that named them is public still."""
    person = worlds.create_person(slug="twice", name=SECRET)
    world.said.speakers.add(person)
    moment = timezone.now()
    world.said.speakers.remove(person)
    person.delete()
    pages = gone_from_all(client, moment, SECRET)
    assert "Half of the water must stay" in pages["/statements/alder-on-water/"]


def _take_back_said(w: SimpleNamespace) -> None:
    assert not set_state([w.demand, w.said], State.DRAFT)


@pytest.mark.slow
@pytest.mark.parametrize("remove", [_take_back_said, _delete_evidence, _unname])
def test_whom_only_such_a_record_named_is_not_told_either(
    client: Client, world: SimpleNamespace, remove: Removal
) -> None:
    """A source and a party, deleted since, of what was taken back or made unnamed."""
    source = worlds.create_source(slug="sunk", publisher=SECRET, title=SECRET)
    party = worlds.create_party(code="sunk", name=SECRET)
    was = world.said.source
    _set(world.said, source=source)
    world.said.parties.add(party)
    world.said.other_sources.add(source)
    _set(world.alder, party=party)
    moment = timezone.now()
    _set(world.said, source=was)
    _set(world.alder, party=world.arden)
    world.said.parties.remove(party)
    world.said.other_sources.remove(source)
    remove(world)
    source.delete()
    party.delete()
    gone_from_all(client, moment, SECRET)


@pytest.mark.slow
def test_an_issue_taken_back_takes_all_of_its_own_along(
    client: Client, world: SimpleNamespace
) -> None:
    moment = timezone.now()
    _set(world.water, name=SECRET, question=SECRET)
    again = timezone.now()
    Proposal.objects.filter(issue=world.water).update(responds_to=None)
    for model in (Progress, Position, Proposal, Measure, Outcome):
        model.objects.filter(issue=world.water).delete()
    Issue.objects.filter(pk=world.water.pk).delete()
    for when in (moment, again):
        pages = gone_from_all(client, when, SECRET, "Must half of the water stay?")
        assert "Must salmon be counted?" in pages["/issues/"]


@pytest.mark.slow
def test_drafts_of_then_and_of_now_never_show(client: Client, world: SimpleNamespace) -> None:
    moment = timezone.now()
    drafts = [
        one
        for model in publishable_models()
        for one in model.objects.filter(state=State.DRAFT, publish_at=None)
    ]
    refused = set_state(drafts, State.PUBLISHED)
    assert not refused
    assert SECRET in read(client, "/timeline/")[1]
    gone_from_all(client, moment, SECRET)


def test_what_was_published_again_shows_what_it_said(
    client: Client, world: SimpleNamespace
) -> None:
    moment = timezone.now()
    set_state([world.quiet], State.DRAFT)
    between = timezone.now()
    _set(world.quiet, summary="Reworded.")
    set_state([Statement.objects.get(pk=world.quiet.pk)], State.PUBLISHED)
    path = world.quiet.get_absolute_url()
    assert "The dam stays shut." in read(client, path, moment)[1]
    assert read(client, path, between)[0] == 410
    assert "Reworded." in read(client, path)[1]


# --- the tables ---


def test_what_is_known_now_is_what_there_is(world: SimpleNamespace) -> None:
    """Every kept table, every column, every row that readers can see; no table is forgotten."""
    worlds.create_outcome(issue=world.fish, dates=days("2010-04-01"))
    kept = {table.model for table in tracked_tables().values()}
    assert {one for one in apps.get_models() if issubclass(one, Versioned)} - {Versioned} <= kept
    lists = {
        field.remote_field.through._meta.db_table
        for table in tracked_tables().values()
        for field in table.model._meta.local_many_to_many
    }
    assert lists <= set(tracked_tables())
    now = load_past(timezone.now())
    assert now
    for table in tracked_tables().values():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s",
                [table.name],
            )
            assert {name for (name,) in cursor.fetchall()} == set(table.columns)
        rows = table.model._base_manager.order_by("pk").values_list(
            *(field.attname for field in table.model._meta.concrete_fields)
        )
        if issubclass(table.model, Publishable):
            rows = rows.filter(state="published")
        present = list(rows)
        assert present or table.is_list, table.name
        with reading_past(now):
            assert list(rows.all()) == present


def test_every_pointer_that_may_be_emptied_leaves_a_record_that_holds(
    world: SimpleNamespace,
) -> None:
    """Or its model says in ``rests_on`` that it cannot be told without."""
    _set(world.share, agreed=5, agreed_on=dt.date(2010, 3, 8), agreed_source=world.gazette)
    emptied = 0
    for table in tracked_tables().values():
        for pointer in table.pointers:
            if pointer.needed:
                continue
            field = next(
                one for one in table.model._meta.concrete_fields if one.column == pointer.column
            )
            for record in table.model._base_manager.exclude(**{field.name: None}):
                setattr(record, field.name, None)
                record.validate_constraints()
                emptied += 1
    assert emptied > 10


def test_nothing_can_be_written_in_the_past(world: SimpleNamespace) -> None:
    now = load_past(timezone.now())
    assert now
    with reading_past(now):
        with pytest.raises(OnlyReadsError):
            Party.objects.update(name="x")
        with pytest.raises(OnlyReadsError):
            worlds.create_party(code="x")
        with connection.cursor() as cursor, pytest.raises(OnlyReadsError):
            cursor.execute("WITH x AS (DELETE FROM rounds_party RETURNING 1) SELECT 1")
        assert Party.objects.count() == 3
    Party.objects.filter(code="arden").update(name="x")


READS_THE_PRESENT = [
    "SELECT count(*) FROM rounds_statement",
    "SELECT count(*) FROM Rounds_Statement",
    'SELECT count(*) FROM public."rounds_statement"',
    'SELECT count(*) FROM "public" . "rounds_statement"',
    'SELECT 1 FROM "rounds_party" JOIN rounds_person ON TRUE',
    "SELECT pgh_id FROM rounds_statementevent",
    "SELECT 1 FROM rounds_statement_speakers",
    "SELECT 'it''s', '--' FROM rounds_party",
    "SELECT E'\\'', 1 FROM rounds_party",
    "SELECT $$it's$$ FROM rounds_party",
]
READS_THE_PAST = [
    'SELECT count(*) FROM "rounds_party"',
    """SELECT count(*) FROM "rounds_party" WHERE code <> 'rounds_statement'""",
    'SELECT count(*) FROM "rounds_party" -- not rounds_statement',
    'SELECT count(*) /* rounds_statement */ FROM "rounds_party"',
    'SELECT count(*) AS my_rounds_party FROM "rounds_party"',
    'SELECT count("rounds_party"."id") FROM "rounds_party"',
    """SELECT count(*) FROM "rounds_party" WHERE E'\\' rounds_statement' <> $$rounds_party$$""",
]


def test_sql_that_would_read_the_present_raises(world: SimpleNamespace) -> None:
    before = load_past(timezone.now())
    assert before
    worlds.create_party(code="delta", name="Delta")
    for sql in READS_THE_PRESENT:
        with connection.cursor() as cursor:
            cursor.execute(sql)  # nothing is wrong with it on a page of today
        with reading_past(before), connection.cursor() as cursor, pytest.raises(ReadsPresentError):
            cursor.execute(sql)
    for sql in READS_THE_PAST:
        with reading_past(before), connection.cursor() as cursor:
            cursor.execute(sql)
            assert cursor.fetchone() == (3,), sql


def test_a_page_of_the_past_with_sql_that_reads_the_present_fails(
    client: Client, world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_names = StatementQuerySet.with_names
    count = RawSQL("(SELECT count(*) FROM rounds_statement)", [])
    monkeypatch.setattr(
        StatementQuerySet, "with_names", lambda rows: with_names(rows).annotate(count=count)
    )
    path, moment = "/people/ada-alder/", timezone.now()
    assert client.get(path).status_code == 200
    with pytest.raises(ReadsPresentError, match="Write it in double quotes"):
        read(client, path, moment)


def test_a_moment_within_a_transaction_is_the_one_before_it(
    client: Client, world: SimpleNamespace
) -> None:
    """Readers see all of what was written in one go or nothing of it."""
    before = read(client, "/timeline/")[1]
    said = read(client, "/statements/birch-denies/")[1]
    moments = []
    with transaction.atomic():
        _set(world.said, summary="One")
        moments.append(timezone.now())
        _set(world.quiet, summary="Two")
        moments.append(timezone.now())
        world.denied.speakers.clear()
        moments.append(timezone.now())
        world.denied.speakers.add(world.alder)
    for moment in moments:
        assert without_labels(read(client, "/timeline/", moment)[1]) == without_labels(before)
        page = read(client, "/statements/birch-denies/", moment)[1]
        assert without_labels(page) == without_labels(said)
    after = read(client, "/timeline/", timezone.now())[1]
    assert "One" in after
    assert "Two" in after


@pytest.fixture
def other_desk(world: SimpleNamespace) -> Iterator[Any]:
    """A second connection, within a transaction that takes its time."""
    other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        yield cursor
    other.close()


def _write(cursor: Any, sql: str, *values: Any) -> None:
    cursor.execute(sql, values)


def test_what_others_published_meanwhile_stays(
    client: Client, world: SimpleNamespace, other_desk: Any
) -> None:
    """Somebody's long transaction hides what it has written itself, and nothing else."""
    paths = ["/statements/alder-on-water/", "/timeline/"]
    draft = "UPDATE rounds_statement SET note = %s WHERE slug = %s"
    deadline = "UPDATE rounds_deadline SET set_by = %s WHERE id = %s"
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '5s'")
    _write(other_desk, draft, "A note.", SECRET)
    _write(other_desk, deadline, "a mediator", world.june.pk)
    _set(world.said, summary="Corrected meanwhile, for all to see.")
    moment = timezone.now()
    before = {path: read(client, path)[1] for path in paths}
    assert "Corrected meanwhile" in before["/timeline/"]
    assert "a mediator" not in before["/timeline/"]
    _write(other_desk, draft, "Another note.", SECRET)
    _write(other_desk, deadline, "two mediators", world.june.pk)
    other_desk.connection.commit()
    for path in paths:
        then = read(client, path, moment)[1]
        assert without_labels(then) == without_labels(before[path]), path
        assert f"{moment:%H:%M:%S}" in then
    assert "two mediators" in read(client, "/timeline/", timezone.now())[1]


def test_a_transaction_older_than_the_first_publication_is_no_refusal(
    client: Client, transactional_db: None
) -> None:
    other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        _write(cursor, "SELECT now()")
        create_world()
        moment = timezone.now()
        _write(cursor, "UPDATE rounds_party SET name = 'Ardenland' WHERE code = 'arden'")
        other.commit()
    other.close()
    status, page = read(client, "/parties/arden/", moment)
    assert status == 200
    assert "Ardenland" not in page


def test_the_method_says_how_far_back_it_goes(client: Client, transactional_db: None) -> None:
    """The moment that it names can be asked for, however long the first load took."""
    assert "goes back to" not in client.get("/about/").content.decode()
    with transaction.atomic():
        create_world()
    page = client.get("/about/").content.decode()
    found = re.search(r"first publication, .*? (\d\d:\d\d(:\d\d)?) UTC", page)
    assert found
    since = find_first_publication()
    assert since
    assert client.get(f"/issues/?{_query({'known': since.isoformat()})}").status_code == 200
    before = since - dt.timedelta(milliseconds=20)  # in the middle of the load
    assert client.get(f"/issues/?{_query({'known': before.isoformat()})}").status_code == 400


def test_a_page_of_the_past_is_not_for_search_engines(
    client: Client, world: SimpleNamespace
) -> None:
    assert "X-Robots-Tag" not in client.get("/issues/")
    response = client.get(f"/issues/?known={_query({'x': timezone.now().isoformat()})[2:]}")
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert '<meta name="robots" content="noindex, nofollow">' in response.content.decode()


def test_the_examples_of_the_method_are_addresses_of_this_record(
    client: Client, world: SimpleNamespace
) -> None:
    shift_history(dt.timedelta(days=1))
    page = client.get("/about/").content.decode()
    examples = {html.unescape(code) for code in re.findall(r"<code>(\?[^<]+)</code>", page)}
    assert any("as_of=round-2" in example for example in examples)
    for example in examples:
        assert client.get(f"/issues/{example}").status_code == 200, example
    assert "“March 2010” means some day in that month" in page
