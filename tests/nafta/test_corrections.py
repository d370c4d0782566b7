"""What readers are told of what was changed, and of what is gone; and what they are never told."""

import datetime as dt
import io
import re
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from issues.models import Issue, Proposal
from rounds.history.corrections import Correction, load_corrections
from rounds.history.differences import load_revisions
from rounds.history.text_diff import mark_differences
from rounds.models import Person, Round, Source, Statement
from rounds.publishing.gate import editing
from tests import world as worlds
from tests.desk import address, change, fields_of, publish
from tests.world import SECRET, create_world, days

ATOM = "{http://www.w3.org/2005/Atom}"
BUDGET = 11  # queries a page


@pytest.fixture
def editor(db: None) -> User:
    return User.objects.create_superuser("ed")


@pytest.fixture
def committed(transactional_db: None) -> SimpleNamespace:
    """The river talks, made in one go; each write after it has a transaction of its own."""
    with transaction.atomic():
        return create_world()


def write(record: Any, editor: Any, why: str = "It was wrong.", /, **fields: Any) -> None:
    """One change by an editor, stored past what forms would say."""
    with editing(editor, why):
        type(record).objects.filter(pk=record.pk).update(**fields)


def listed(**wishes: Any) -> list[Correction]:
    found, _older = load_corrections(**wishes)
    return found


def page(client: Client, path: str = "/corrections/") -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


# --- the page ---


def test_it_tells_what_was_said_what_is_said_and_why(
    client: Client, world: SimpleNamespace, editor: User
) -> None:
    write(world.said, editor, "Two thirds, <not> half.", summary="Two thirds must stay in Arden.")
    (one,) = listed()
    told = page(client)
    assert f'id="{one.key}"' in told
    assert f'datetime="{one.at.isoformat()}"' in told
    assert "Two thirds, &lt;not&gt; half." in told
    assert 'href="/statements/alder-on-water/"' in told
    assert "<del><mark>Half of the water</mark> must stay in Arden.</del>" in told
    assert "<ins><mark>Two thirds</mark> must stay in Arden.</ins>" in told
    assert "ed" not in re.findall(r"\w+", re.sub(r"<[^>]+>", "", told))  # who made it is the desk's


def test_what_nobody_explained_is_told_as_that(client: Client, committed: SimpleNamespace) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE rounds_round SET place = 'Corrieton' WHERE slug = 'round-2'")
    assert "No note was left." in page(client)


def test_a_site_without_corrections_says_so(client: Client, world: SimpleNamespace) -> None:
    assert "Nothing that readers have seen has been changed." in page(client)


def test_every_page_leads_there(client: Client, world: SimpleNamespace) -> None:
    for path in ("/", "/statements/alder-on-water/", "/about/"):
        assert 'href="/corrections/"' in page(client, path)
    assert 'id="corrections"' in page(client, "/about/")


def test_older_ones_have_an_address_and_none_comes_twice(
    client: Client, world: SimpleNamespace, editor: User
) -> None:
    for number in range(7):
        write(world.said, editor, f"Note {number}.", summary=f"Version {number}")
    with editing(editor, "Both."):  # two events, one correction: no page may tell it twice
        Round.objects.filter(pk=world.round1.pk).update(place="A")
        Round.objects.filter(pk=world.round1.pk).update(place="B")
    notes: list[str] = []
    until: dt.datetime | None = None
    for _page in range(20):
        found, until = load_corrections(until=until, limit=3)
        notes += [one.note for one in found]
        if until is None:
            break
    assert notes == ["Both.", *(f"Note {number}." for number in range(6, -1, -1))]


def test_what_happened_at_one_moment_stays_on_one_page(world: SimpleNamespace) -> None:
    """An address names a moment, so none of it may be left for the next page."""
    table, moment = Statement.pgh_event_model._meta.db_table, "2030-01-01T00:00:00+00:00"  # type: ignore[attr-defined]
    told = {"pgh_id", "pgh_created_at", "pgh_label", "summary", "changed_at"}
    same = ", ".join(
        f'"{field.column}"'
        for field in Statement.pgh_event_model._meta.fields  # type: ignore[attr-defined]
        if field.column not in told
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({same}, pgh_created_at, pgh_label, summary, changed_at)"
            f" SELECT {same}, %s, 'corrected', 'New words', %s FROM {table}"
            " WHERE state = 'published'",
            [moment, moment],
        )
    found, older = load_corrections(limit=2)
    assert len(found) == Statement.objects.published().count()
    assert older is None


def test_each_has_an_address_that_stays(
    client: Client, world: SimpleNamespace, editor: User
) -> None:
    write(world.said, editor, "First.", summary="One")
    (first,) = listed()
    for number in range(3):
        write(world.said, editor, "Later.", summary=f"Later {number}")
    told = page(client, first.get_absolute_url())
    assert f'id="{first.key}"' in told
    assert "Later." not in told


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("until=soon", "needs a day and a time"),
        ("until=2018-13-01T00:00Z", "needs a day and a time"),
        ("until=0001-01-01T00:00%2B14:00", "between the years 1900 and 2100"),
        ("until=9999-12-31T23:59-14:00", "between the years 1900 and 2100"),
        ("until=%00", ""),
        ("of=statement", "is not in the record"),
        ("of=statement:nothing", "is not in the record"),
        (f"of=statement:{SECRET}", "is not in the record"),
        ("of=person:ada-alder", "is not in the record"),
        ("of=%00:%00", ""),
        (f"of=statement:{'x' * 300}", "at most"),
    ],
)
def test_a_wish_that_makes_no_sense_gets_a_sentence(
    client: Client, world: SimpleNamespace, query: str, words: str
) -> None:
    response = client.get(f"/corrections/?{query}")
    if words:
        assert response.status_code == 400
        assert 'class="error"' in response.content.decode()
    assert response.status_code in {200, 400}
    assert words in response.content.decode()


def test_events_that_are_nothing_to_readers_fill_no_page(
    client: Client, committed: SimpleNamespace
) -> None:
    """Sixty statements attached to an issue that is still a draft, and one true correction."""
    w, editor = committed, User.objects.create_superuser("ed")
    write(w.said, editor, "A true one.", summary="New words")
    issue = Issue.objects.get(slug=SECRET)
    for _number in range(60):
        issue.statements.add(worlds.create_statement(dates=days("2010-03-01")))
    assert [one.note for one in listed()] == ["A true one."]


@pytest.mark.slow
def test_it_asks_little_however_much_was_corrected(
    client: Client, world: SimpleNamespace, editor: User
) -> None:
    def asked(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    paths = [
        "/corrections/",
        "/corrections/?of=statement:alder-on-water",
        "/corrections/feed/",
        "/statements/alder-on-water/",
        "/proposals/half-the-water/",
        "/rounds/round-1/",
        "/issues/water/",
    ]
    for record in (world.said, world.half, world.round1, world.water):
        write(record, editor, note="Some words.", source=world.herald)
    before = [asked(path) for path in paths]
    for number in range(5):
        for record in (world.said, world.half, world.round1, world.water):
            write(record, editor, note=f"Words {number}")
    assert [asked(path) for path in paths] == before
    assert max(before) <= BUDGET


# --- what counts as one ---


def test_what_is_done_in_one_save_is_one(admin_client: Client, committed: SimpleNamespace) -> None:
    w = committed
    change(
        admin_client,
        w.said,
        rows={"links": [{"kind": "replies-to", "other": w.quiet.pk}]},
        summary="Half must stay.",
        quotation="not a drop",
        speakers=[w.alder.pk, w.birch.pk],
        correction="Both spoke.",
    )
    (one,) = listed()
    assert one.note == "Both spoke."
    assert {told.title for told in one.changes} == {
        "Summary",
        "Quotation",
        "Speakers",
        "Links between statements",
    }


def test_what_was_in_between_two_writes_of_a_transaction_nobody_saw(
    client: Client, committed: SimpleNamespace
) -> None:
    with transaction.atomic():
        for words in (SECRET, "No dam was spoken of."):
            Statement.objects.filter(pk=committed.denied.pk).update(summary=words)
    (one,) = listed()
    assert one.changes[0].before == "No dam was ever spoken of."
    assert SECRET not in page(client)


def test_a_draft_has_none(world: SimpleNamespace, editor: User) -> None:
    draft = worlds.create_statement(dates=days("2010-03-01"), state="draft")
    write(draft, editor, summary="Other words")
    write(draft, editor, state="published")
    assert listed() == []
    write(draft, editor, summary="Other words again")
    assert len(listed()) == 1


def test_between_two_publications_the_difference_is_told_once(
    client: Client, world: SimpleNamespace, editor: User
) -> None:
    write(world.quiet, editor, "We look again.", state="draft")
    write(world.quiet, editor, "", summary=f"{SECRET} in between")
    write(world.quiet, editor, "", summary="The dam opens.")
    write(world.quiet, editor, "It opens.", state="published")
    changed, taken_back = listed()
    (told,) = changed.changes
    assert (told.before, told.after) == ("The dam stays shut.", "The dam opens.")
    assert (changed.label, changed.note) == ("published", "It opens.")
    assert (taken_back.label, taken_back.changes) == ("withdrawn", [])
    assert SECRET not in page(client)
    assert "It has been published again since." in page(client)


def test_a_draft_that_is_changed_and_published_again_in_one_go_is_one(
    world: SimpleNamespace, editor: User
) -> None:
    write(world.quiet, editor, state="draft")
    with editing(editor, "It opens."):
        for values in ({"summary": "The dam opens."}, {"state": "published"}):
            Statement.objects.filter(pk=world.quiet.pk).update(**values)
    changed, _taken_back = listed()
    assert [told.after for told in changed.changes] == ["The dam opens."]


def test_a_change_and_back_in_one_go_is_none(world: SimpleNamespace, editor: User) -> None:
    with editing(editor, ""):
        Statement.objects.filter(pk=world.quiet.pk).update(summary="Other")
        Statement.objects.filter(pk=world.quiet.pk).update(summary="The dam stays shut.")
    assert listed() == []


@pytest.mark.slow
@pytest.mark.django_db
def test_a_load_by_file_tells_its_note(client: Client, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(Path(__file__).parent / "packages" / "two-party", tmp_path / "p"))
    call_command("load_record", folder, stdout=io.StringIO())
    table = folder / "issues.csv"
    issue = Issue.objects.published().first()
    assert issue
    table.write_text(table.read_text().replace(issue.question, "Must it be so?"))
    call_command("load_record", folder, note=" The question was unclear. ", stdout=io.StringIO())
    (one,) = listed(of=(Issue, issue.pk))
    assert one.note == "The question was unclear."
    assert [told.after for told in one.changes] == ["Must it be so?"]
    assert load_revisions(issue)[0].version.who == "load_record"


# --- what is never told ---


def test_what_was_taken_back_is_not_repeated(
    client: Client, world: SimpleNamespace, editor: User
) -> None:
    write(world.quiet, editor, "A word was wrong.", summary=f"{SECRET} said so")
    write(world.quiet, editor, "It was not said.", state="draft")
    for path in ("/corrections/", "/corrections/feed/"):
        told = page(client, path)
        assert SECRET not in told
        assert "The dam stays shut" not in told
        assert "nobody-said" not in told
        assert "It was not said." in told
        assert "A word was wrong." in told
    assert {one.url for one in listed()} == {""}


def test_what_was_deleted_is_not_repeated(
    client: Client, world: SimpleNamespace, editor: User
) -> None:
    write(world.quiet, editor, "A word was wrong.", summary=f"{SECRET} said so")
    with editing(editor, "It was there twice."):
        world.quiet.delete()
    told = page(client)
    assert SECRET not in told
    assert "The dam stays shut" not in told
    assert "It was there twice." in told


def test_no_draft_is_named_by_what_is_linked_to_it(
    client: Client, committed: SimpleNamespace
) -> None:
    w, editor = committed, User.objects.create_superuser("ed")
    draft = Statement.objects.get(slug=SECRET)
    with editing(editor, "Links and numbers."):
        Issue.objects.get(slug=SECRET).statements.add(w.quiet)
        worlds.create_link(statement=w.denied, kind="replies-to", other=draft).delete()
        link = worlds.create_link(statement=w.denied, kind="replies-to", other=draft)
        link.note = SECRET
        link.save()
    with editing(editor, "Words too."):
        Statement.objects.filter(pk=w.denied.pk).update(summary="No dam was spoken of.")
        w.third.terms.get(measure__slug=SECRET).delete()
    for slug in ("birch-denies", "nobody-said"):
        assert SECRET not in page(client, f"/corrections/?of=statement:{slug}")
    assert [one.note for one in listed()] == ["Words too."]
    assert [told.title for told in listed()[0].changes] == ["Summary"]
    draft.positions.all().delete()
    draft.delete()  # the link, and the note on it, go with it
    for path in ("/corrections/", "/corrections/feed/"):
        assert SECRET not in page(client, path)


def test_publishing_a_draft_makes_no_correction_of_what_was_linked_to_it_before(
    client: Client, committed: SimpleNamespace
) -> None:
    w, editor = committed, User.objects.create_superuser("ed")
    issue = worlds.create_issue(slug="new", state="draft")
    with editing(editor):
        issue.statements.add(w.quiet)
    write(issue, editor, "", state="published")
    assert listed() == []
    write(w.quiet, editor, "Shorter.", summary="It stays shut.")
    (one,) = listed()
    assert [told.title for told in one.changes] == ["Summary"]
    assert "Corrected on" in page(client, "/statements/nobody-said/")
    with editing(editor, "It is not about that."):
        issue.statements.remove(w.quiet)
    assert [(told.before, told.after) for told in listed()[0].changes] == [("New", "")]


def test_a_related_record_that_was_taken_back_later_is_named_no_longer(
    client: Client, world: SimpleNamespace, editor: User
) -> None:
    meeting = worlds.create_round(slug=f"{SECRET}-9", name=SECRET, dates=days("2010-01-11"))
    write(world.quiet, editor, "It was said there.", round=meeting)
    assert SECRET in page(client)
    write(world.quiet, editor, "It was said elsewhere.", round=world.round1)
    write(meeting, editor, "There was no such meeting.", state="draft")
    told = page(client)
    assert SECRET not in told
    assert "an entry since taken back" in told


def test_who_is_not_to_be_named_any_more_is_not_named(
    client: Client, committed: SimpleNamespace
) -> None:
    editor = User.objects.create_superuser("ed")
    said = committed.denied
    with editing(editor, "A second speaker."):
        said.speakers.add(committed.alder)
    assert "Ada Alder" in page(client)
    with editing(editor, "They had not agreed to be named."):
        said.speakers.clear()
        Statement.objects.filter(pk=said.pk).update(basis="unnamed", attribution="two officials")
    for path in ("/corrections/", "/corrections/feed/"):
        told = page(client, path)
        assert "Ada Alder" not in told
        assert "Bo Birch" not in told
        assert "They had not agreed to be named." in told
    write(said, editor, "One.", attribution="an official")
    assert "two officials" in page(client)  # what never named anybody is told


# --- on the page of what was corrected ---


@pytest.mark.parametrize(
    ("name", "kind", "field"),
    [
        ("said", "statement", "summary"),
        ("half", "proposal", "title"),
        ("round1", "round", "place"),
        ("water", "issue", "background"),
    ],
)
def test_a_page_says_that_it_was_corrected(
    client: Client, world: SimpleNamespace, editor: User, name: str, kind: str, field: str
) -> None:
    record = getattr(world, name)
    path = record.get_absolute_url()
    assert "Corrected on" not in page(client, path)
    write(record, editor, **{field: "Other words"})
    link = f"/corrections/?of={kind}:{record.slug}"
    assert f'href="{link}"' in page(client, path)
    told = page(client, link)
    assert "It was wrong." in told
    write(world.round2, editor, "Of another one.", agenda="Fish")
    assert "Of another one." not in page(client, link)


def test_a_link_to_a_draft_does_not_show_as_a_correction(
    client: Client, committed: SimpleNamespace
) -> None:
    Issue.objects.get(slug=SECRET).statements.add(committed.quiet)
    assert "Corrected on" not in page(client, "/statements/nobody-said/")


# --- the feed ---


def entries(client: Client) -> list[dict[str, str]]:
    response = client.get("/corrections/feed/")
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/atom+xml")
    root = ET.fromstring(response.content)  # noqa: S314 - our own
    assert root.tag == f"{ATOM}feed"
    assert root.findtext(f"{ATOM}title") == "River: Corrections"
    found = [
        {
            "id": entry.findtext(f"{ATOM}id", ""),
            "title": entry.findtext(f"{ATOM}title", ""),
            "updated": entry.findtext(f"{ATOM}updated", ""),
            "summary": entry.findtext(f"{ATOM}summary", ""),
            "link": entry.find(f"{ATOM}link").attrib["href"],  # type: ignore[union-attr]
        }
        for entry in root.iter(f"{ATOM}entry")
    ]
    if found:
        assert root.findtext(f"{ATOM}updated") == found[0]["updated"]
    return found


def test_the_feed_tells_the_same(client: Client, world: SimpleNamespace, editor: User) -> None:
    assert entries(client) == []
    write(world.said, editor, "Two thirds.", summary="Two thirds must stay in Arden.")
    (one,) = listed()
    (entry,) = entries(client)
    assert entry["title"] == "Statement: Two thirds must stay in Arden."
    assert dt.datetime.fromisoformat(entry["updated"]) == one.at
    assert "Two thirds." in entry["summary"]
    assert "<del>Half of the water must stay in Arden.</del>" in entry["summary"]
    path = entry["link"].removeprefix("http://testserver")
    assert one.note in page(client, path)
    write(world.said, editor, "It was not said.", note="x")
    write(world.demand, editor, "It rested on that.", state="draft")
    again = entries(client)
    assert [kept["id"] for kept in again][2:] == [entry["id"]]
    assert len({kept["id"] for kept in again}) == 3
    assert again[0]["title"] == "Position taken back"
    assert 'type="application/atom+xml"' in page(client)


# --- what stood at an address ---

ADDRESSES = [
    ("quiet", "/statements/nobody-said/"),
    ("third", "/proposals/a-third/"),
    ("bilateral", "/rounds/bilateral/"),
    ("lone", "/issues/lone/"),
]


@pytest.mark.parametrize(("name", "path"), ADDRESSES)
@pytest.mark.parametrize("how", ["taken back", "deleted", "taken back and deleted"])
def test_what_readers_saw_leaves_a_page_that_says_so(
    client: Client, world: SimpleNamespace, editor: User, name: str, path: str, how: str
) -> None:
    world.lone = worlds.create_issue(slug="lone", name=f"{SECRET} lone")
    record = getattr(world, name)
    title = str(record)
    assert title in page(client, path)
    if how.startswith("taken back"):
        write(record, editor, "It was not so.", state="draft")
    if how.endswith("deleted"):
        with editing(editor, "It was not so." if how == "deleted" else ""):
            record.delete()
    response = client.get(path)
    assert response.status_code == 410
    told = response.content.decode()
    assert "It was not so." in told
    assert "deleted on" in told if how == "deleted" else "taken back on" in told
    assert str(record._meta.verbose_name).capitalize() in told
    assert title not in told
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    assert len(captured) <= BUDGET


@pytest.mark.parametrize(
    ("model", "path"),
    [(Statement, "statements"), (Proposal, "proposals"), (Round, "rounds"), (Issue, "issues")],
)
def test_what_readers_never_saw_is_nothing(
    client: Client, world: SimpleNamespace, editor: User, model: Any, path: str
) -> None:
    never = without_address(client.get(f"/{path}/there-is-nothing/"))
    draft = client.get(f"/{path}/{SECRET}/")
    write(model.objects.get(slug=SECRET), editor, note=SECRET)
    changed = client.get(f"/{path}/{SECRET}/")
    made = worlds.create_statement(slug="once", dates=days("2010-03-01"), state="draft")
    made.delete()
    gone = client.get("/statements/once/")
    for response in (draft, changed, gone):
        assert response.status_code == 404
        assert without_address(response) == never


def without_address(response: Any) -> str:
    """A page without what was asked for, which the links to its other languages repeat."""
    path: str = response.request["PATH_INFO"]
    return str(response.content.decode()).replace(path, "")


def test_a_new_draft_at_the_address_of_what_was_deleted_changes_nothing(
    client: Client, world: SimpleNamespace, editor: User
) -> None:
    with editing(editor, "It was not so."):
        world.quiet.delete()
    before = client.get("/statements/nobody-said/")
    worlds.create_statement(slug="nobody-said", dates=days("2010-03-01"), state="draft")
    after = client.get("/statements/nobody-said/")
    assert (before.status_code, after.status_code) == (410, 410)
    assert before.content == after.content


def test_published_again_it_is_back(client: Client, world: SimpleNamespace, editor: User) -> None:
    write(world.quiet, editor, state="draft")
    assert client.get("/statements/nobody-said/").status_code == 410
    write(world.quiet, editor, state="published")
    assert client.get("/statements/nobody-said/").status_code == 200


def test_people_and_publications_nobody_cites_any_more_are_just_not_there(
    client: Client, world: SimpleNamespace, editor: User
) -> None:
    """To say that there was somebody would name whom the taking back may have been for."""
    source = worlds.create_source(slug="lone")
    said = worlds.create_statement(
        dates=days("2010-03-01"), source=source, speakers=[Person.objects.create(slug="lone")]
    )
    for path in ("/people/lone/", "/sources/lone/"):
        assert client.get(path).status_code == 200
    write(said, editor, state="draft")
    for path in ("/people/lone/", "/sources/lone/"):
        assert client.get(path).status_code == 404


# --- deleting at the desk ---


def delete(client: Client, record: Any, **posted: str) -> Any:
    page = address(type(record), "delete", record)
    return client.post(page, fields_of(client, page) | posted)


def delete_all(client: Client, records: list[Any], **posted: Any) -> Any:
    chosen = {"action": "delete_selected", ACTION_CHECKBOX_NAME: [one.pk for one in records]}
    return client.post(address(type(records[0])), chosen | posted)


def test_deleting_asks_for_the_note_and_again(
    admin_client: Client, client: Client, world: SimpleNamespace
) -> None:
    asked = admin_client.get(address(Statement, "delete", world.quiet)).content.decode()
    assert 'name="correction"' in asked
    assert "errornote" not in asked
    for note in ("", "   "):
        refused = delete(admin_client, world.quiet, correction=note)
        assert refused.status_code == 200
        assert "errornote" in refused.content.decode()
        assert not list(refused.context["messages"])
        assert Statement.objects.filter(pk=world.quiet.pk).exists()
    assert delete(admin_client, world.quiet, correction="Twice.").status_code == 302
    assert "Twice." in client.get("/statements/nobody-said/").content.decode()


def test_deleting_several_asks_for_the_note_and_keeps_what_was_chosen(
    admin_client: Client, world: SimpleNamespace
) -> None:
    records = [world.quiet, *(worlds.create_statement(dates=days("2010-03-01")) for _n in "ab")]
    asked = delete_all(admin_client, records).content.decode()
    assert 'name="correction"' in asked
    refused = delete_all(admin_client, records, post="yes", correction=" ")
    told = refused.content.decode()
    assert "errornote" in told
    assert all(f'name="_selected_action" value="{one.pk}"' in told for one in records)
    assert Statement.objects.filter(pk__in=[one.pk for one in records]).count() == 3
    done = delete_all(admin_client, records, post="yes", correction="Twice.")
    assert done.status_code == 302
    assert not Statement.objects.filter(pk__in=[one.pk for one in records]).exists()
    assert {one.note for one in listed()} == {"Twice."}


def test_a_draft_goes_without_a_note(admin_client: Client, world: SimpleNamespace) -> None:
    draft = worlds.create_statement(dates=days("2010-03-01"), state="draft")
    assert (
        'name="correction"'
        not in admin_client.get(address(Statement, "delete", draft)).content.decode()
    )
    assert delete(admin_client, draft).status_code == 302
    assert not Statement.objects.filter(pk=draft.pk).exists()


@pytest.mark.parametrize("name", ["birch", "gazette", "herald"])
def test_what_the_record_cites_stays(
    admin_client: Client, world: SimpleNamespace, name: str
) -> None:
    """Also where only a list names it: the herald is another source of two entries."""
    record = getattr(world, name)
    delete(admin_client, record, correction="Gone.")
    delete_all(admin_client, [record], post="yes", correction="Gone.")
    assert type(record).objects.filter(pk=record.pk).exists()
    assert "protected" in delete(admin_client, record, correction="x").content.decode()
    nobody: Any = worlds.create_person(slug="nobody") if name == "birch" else worlds.create_source()
    assert delete(admin_client, nobody).status_code == 302
    assert not type(nobody).objects.filter(pk=nobody.pk).exists()


def test_taking_back_at_the_desk_tells_its_note(
    admin_client: Client, client: Client, world: SimpleNamespace
) -> None:
    publish(admin_client, [world.quiet], action="back_to_draft", correction="Not so.")
    assert "Not so." in client.get("/statements/nobody-said/").content.decode()
    assert Source.objects.exists()


# --- what differs between two texts ---


def test_the_words_that_changed_are_marked() -> None:
    before, after = mark_differences(
        "Half of the water\nmust stay.", "A third of the water\nmust stay."
    )
    assert [one.text for one in before if one.differs] == ["Half"]
    assert [one.text for one in after if one.differs] == ["A third"]
    for pieces, text in ((before, "Half of"), (after, "A third of")):
        assert "".join(one.text + one.space for one in pieces).startswith(text)


def test_texts_that_have_little_in_common_are_told_whole() -> None:
    before, after = mark_differences("One two three four.", "Five six.")
    assert [one.differs for one in (*before, *after)] == [False, False]
