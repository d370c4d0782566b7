"""The texts of tests/nasty.py by each way into the record, and then all that is made of it."""

import csv
import datetime as dt
import io
import json
import re
import xml.etree.ElementTree as ET
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import icalendar
import openpyxl
import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, models
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from rounds.admin.spreadsheets.storing import store
from rounds.models import NaturalKeyModel, Person, Round, Source, Statement
from rounds.models.text import plain_text_constraint, text_fields
from rounds.platform.plain_text import TextError, clean
from rounds.publishing.due import publish_due
from rounds.publishing.gate import editing
from rounds.publishing.states import schedule
from rounds.tabular.files.sheets import Sheet, SheetCell, SheetRow
from rounds.tabular.parsing.cells import SPACES, check_letters
from rounds.tabular.parsing.text import UnreadableCellError
from rounds.tabular.resources import RoundResource
from tests import desk, sheets
from tests.issues.desk.test_desk import desk_of, press, problems, row
from tests.nasty import ADDRESSES, ADDRESSES_TAKEN, TEXTS
from tests.world import (
    create_issue,
    create_negotiation,
    create_party,
    create_person,
    create_position,
    create_round,
    create_source,
    create_statement,
    days,
)

pytestmark = pytest.mark.slow

RECORDS: list[Any] = [
    model
    for model in apps.get_models()
    if issubclass(model, NaturalKeyModel) and not model._meta.proxy
]
HALF = re.compile("[\ud800-\udfff]")  # no request and no file in UTF-8 can bring one
TYPED = [text for text in TEXTS if not HALF.search(text)]
# Files refuse what begins as a formula: see tests/rounds/admin/test_spreadsheet_import.py.
FORMULA = re.compile(r"\s*[\u200b\ufeff]?['=+@-]")
FILED = [text for text in TYPED if "\0" not in text and not FORMULA.match(text)]


def has_whole_letters(text: str) -> bool:
    """Whether a spreadsheet may hold it: what a wrong encoding has spoilt is refused there."""
    try:
        check_letters(text)
    except UnreadableCellError:
        return False
    return True


IN_SHEETS = [text for text in FILED if has_whole_letters(text.strip(SPACES))]
LONG = [f"{name}{code}" for code in ("", "_fr", "_es") for name in ("summary", "agenda", "note")]


@pytest.fixture
def site(db: None, client: Client) -> SimpleNamespace:
    """One record of each kind, and an editor who has logged in."""
    create_negotiation()
    arden = create_party(code="arden")
    ada = create_person(slug="ada", party=arden)
    source = create_source(slug="report")
    dates = days("2010-01-10")
    meeting = create_round(slug="round-1", number=1, dates=dates, source=source)
    said = create_statement(
        slug="said", dates=dates, speakers=[ada], parties=[arden], source=source, round=meeting
    )
    water = create_issue(slug="water", statements=[said], source=source)
    create_position(issue=water, party=arden, since=dates, stance="demands", statement=said)
    user = User.objects.create_superuser("editor")
    client.force_login(user)
    return SimpleNamespace(meeting=meeting, said=said, user=user, source=source)


def stored_as(text: str, *, has_lines: bool = True) -> str | None:
    """What is to be stored of ``text``; None where it is to be refused."""
    try:
        return clean(text, has_lines=has_lines)
    except TextError:
        return None


def by_nine(texts: list[str]) -> list[dict[str, str]]:
    """As the long texts of rounds in three languages, what is to be refused apart."""
    refused = [text for text in texts if stored_as(text) is None]
    taken = [text for text in texts if stored_as(text) is not None]
    return [
        dict(zip(LONG, some[start : start + len(LONG)], strict=False))
        for some in (refused, taken)
        for start in range(0, len(some), len(LONG))
    ]


def texts_of(record: Any) -> dict[str, str]:
    texts = {name: getattr(record, name) for name in LONG[:3]} | record.translations
    return {name: text for name, text in texts.items() if text}


def test_a_form_stores_it_clean_or_refuses_it(site: SimpleNamespace, client: Client) -> None:
    request = RequestFactory().get("/")
    request.user = site.user
    form_of = admin.site.get_model_admin(Round).get_form(request)
    typed = {"name": "A round", "kind": "round", "status": "held", "state": "draft"}
    typed |= {"source": site.source.pk, "dates_0": "2010-02-01", "dates_1": "2010-02-01"}
    for number, texts in enumerate(by_nine(TEXTS)):
        form = form_of(typed | {"slug": f"form-{number}"} | texts)
        if stored_as(texts["summary"]) is None:
            assert set(form.errors) == set(texts)
        else:
            assert form.errors == {}
            form.save(commit=False).save()
    check_rounds("form", TEXTS)
    Round.objects.update(state="published")
    look_at_everything(client)


def check_rounds(prefix: str, texts: list[str]) -> None:
    """Each of ``texts`` stands where it was put and as it is to be stored, or is refused."""
    stored = {one.slug: texts_of(one) for one in Round.objects.filter(slug__startswith=prefix)}
    for number, group in enumerate(by_nine(texts)):
        wanted = {name: stored_as(text) for name, text in group.items()}
        if None in wanted.values():
            assert f"{prefix}-{number}" not in stored
        else:
            texts_wanted = {name: text for name, text in wanted.items() if text}
            assert stored[f"{prefix}-{number}"] == texts_wanted


def test_a_form_takes_addresses_of_the_web_alone(site: SimpleNamespace) -> None:
    request = RequestFactory().get("/")
    request.user = site.user
    form_of = admin.site.get_model_admin(Source).get_form(request)
    typed = {"publisher": "The Gazette", "title": "Report", "language": "en", "rank": "other"}
    taken = {}
    for text in ADDRESSES:
        form = form_of(typed | {"slug": "x", "url": text})
        if form.is_valid():
            taken[text] = form.cleaned_data["url"]
        else:
            assert set(form.errors) == {"url"}, ascii(text)
    assert taken == ADDRESSES_TAKEN


def test_the_desk_stores_it_clean_or_refuses_it(site: SimpleNamespace, client: Client) -> None:
    page = desk_of(site.meeting)
    fields = desk.fields_of(client, page)
    fields |= row("q", 0, source="https://gazette.example/x", publisher="The Gazette", title="X")
    lines = [text for text in TYPED if len(text) <= LINE_CHARS]
    long = [text for text in TYPED if len(text) > LINE_CHARS]
    bad = people_of([text for text in lines if stored_as(text, has_lines=False) is None])
    bad |= statements_of([text for text in long if stored_as(text) is None])
    good = people_of([text for text in lines if stored_as(text, has_lines=False)])
    good |= statements_of([text for text in long if stored_as(text)])
    response = client.post(page, fields | bad | press("draft"))
    named = {target.removeprefix("id_") for _where, target, _words in response.context["errors"]}
    assert named == {name for name in bad if name.endswith(TEXT_INPUTS)}
    response = client.post(page, fields | good | press("draft"))
    assert problems(response) == []
    people = Person.objects.exclude(slug="ada").order_by("pk")
    names = [text for one in people for text in (one.name, one.role, one.organisation) if text]
    assert names == [
        stored_as(good[name], has_lines=False)
        for name in good
        if name.startswith("n-") and name.endswith(TEXT_INPUTS)
    ]
    statements = Statement.objects.exclude(pk=site.said.pk).order_by("pk")
    assert [one.summary for one in statements] == [
        stored_as(good[name]) for name in good if name.endswith("-summary")
    ]


TEXT_INPUTS = ("-name", "-role", "-organisation", "-summary")
LINE_CHARS = 120  # of the name of a person, the shortest of these


def people_of(texts: list[str]) -> dict[str, str]:
    """New people of the desk, with three texts each."""
    fields = {"n-TOTAL_FORMS": str(-(-len(texts) // 3))}
    for number, text in enumerate(texts):
        fields |= {f"n-{number // 3}{TEXT_INPUTS[number % 3]}": text}
    return fields


def statements_of(texts: list[str]) -> dict[str, str]:
    fields = {"s-TOTAL_FORMS": str(len(texts))}
    for number, text in enumerate(texts):
        fields |= row("s", number, summary=text, speakers="ada", parties="", issues="")
    return fields


def round_rows(prefix: str, texts: list[str]) -> list[dict[str, str]]:
    """Rows of a file of rounds with these texts in them."""
    usual = dict.fromkeys(["slug", "name", "kind", "from", "status", "source", "state", *LONG], "")
    usual |= {"name": "A round", "kind": "round", "from": "2010-02-01", "status": "held"}
    usual |= {"source": "report", "state": "draft"}
    return [usual | {"slug": f"{prefix}-{n}"} | group for n, group in enumerate(by_nine(texts))]


def test_a_spreadsheet_stores_it_clean_or_refuses_it(site: SimpleNamespace) -> None:
    rows = round_rows("sheet", IN_SHEETS)
    header, *body = (
        SheetRow(number, [SheetCell(text) for text in texts])
        for number, texts in enumerate([list(rows[0]), *(list(row.values()) for row in rows)], 1)
    )
    with editing(site.user):
        preview = store(Sheet("x.csv", header, body), RoundResource(), site.user)
    check_rounds("sheet", IN_SHEETS)
    for line, cells in zip(preview.lines, rows, strict=True):
        refused = {name for name in LONG if cells[name] and stored_as(cells[name]) is None}
        assert {reason.column for reason in line.reasons} == refused


def test_a_load_stores_it_clean_or_refuses_it_and_a_dump_comes_back(
    site: SimpleNamespace, tmp_path: Path
) -> None:
    folder = tmp_path / "record"
    call_command("dump_record", folder, verbosity=0)
    dumped = list(csv.DictReader(io.StringIO((folder / "rounds.csv").read_text())))
    added = round_rows("load", FILED)
    whole = dict.fromkeys([*dumped[0], *LONG], "")
    add = partial(write_csv, folder / "rounds.csv")
    add([whole | row for row in (*dumped, *added)])
    with pytest.raises(CommandError) as error:
        call_command("load_record", folder, verbosity=0)
    refused = [text for text in FILED if stored_as(text) is None]
    assert f"Problems: {len(refused)}\n" in str(error.value)
    add([whole | row for row in (*dumped, *added) if stored_as(row["summary"]) is not None])
    call_command("load_record", folder, verbosity=0)
    check_rounds("load", FILED)

    stored = {one.slug: texts_of(one) for one in Round.objects.all()}
    call_command("dump_record", tmp_path / "again", verbosity=0)
    Round.objects.filter(slug__startswith="load-").delete()
    call_command("load_record", tmp_path / "again", verbosity=0)
    assert {one.slug: texts_of(one) for one in Round.objects.all()} == stored


def write_csv(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


# --- what is made of the record ---

FEEDS = (
    *("/feed/", "/fr/feed/", "/corrections/feed/", "/fr/corrections/feed/", "/issues/water/feed/"),
    *("/parties/arden/feed/", "/people/ada/feed/", "/rounds/round-1/feed/"),
    *("/sitemap.xml", "/sitemap-pages.xml", "/sitemap-statements.xml", "/sitemap-rounds.xml"),
    "/oembed/?format=xml&url=http://testserver/issues/water/",
)
CALENDARS = ("/calendar.ics", "/parties/arden/calendar.ics")
JSONS = (
    *("/api/v1/statements", "/api/v1/sources", "/api/v1/issues", "/api/v1/corrections"),
    "/oembed/?url=http://testserver/issues/water/",
)
PAGES = (
    "/",
    "/corrections/",
    "/statements/said/",
    "/issues/water/",
    "/rounds/round-1/",
    "/search/?q=x",
)
SHEETS = ("/timeline/?_export=xlsx", "/issues/water/?_export=xlsx&_table=positions")


def look_at_everything(client: Client) -> None:
    for path in FEEDS:
        read_xml(answer(client, path))
    for path in CALENDARS:
        icalendar.Calendar.from_ical(answer(client, path))
    for path in JSONS:
        json.loads(answer(client, path))
    for path in PAGES:
        for block in re.findall(
            r'<script type="application/ld\+json">(.*?)</script>', answer(client, path).decode()
        ):
            json.loads(block)
    for path in SHEETS:
        openpyxl.load_workbook(io.BytesIO(answer(client, path)))
    for kind in (Statement, Source):
        openpyxl.load_workbook(io.BytesIO(sheets.export(client, kind, sheets.XLSX)))


def read_xml(text: bytes) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - our own


def answer(client: Client, path: str) -> bytes:
    response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return b"".join(response) if response.streaming else response.content


@pytest.fixture
def unconstrained(db: None) -> None:
    """A database as it was before it had the rule."""
    with connection.cursor() as cursor:
        for model in RECORDS:
            table, name = model._meta.db_table, f"{model._meta.db_table}_plain_text"
            cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')


def test_no_text_of_an_earlier_version_stops_anything(
    unconstrained: None, site: SimpleNamespace, client: Client
) -> None:
    texts = {
        model: [
            field.name
            for field in text_fields(model)
            if not isinstance(field, models.SlugField | models.URLField)
            and field.name
            not in {"language", "quotation", "condition", "attribution", "unnamed_why"}
        ]
        for model in RECORDS
    }
    for model, names in texts.items():
        model.objects.update(**dict.fromkeys(names, "bad\x02\x0b\ufffe\u202e]]>"))
    site.meeting.refresh_from_db()
    type(site.meeting).objects.update(state="published")
    look_at_everything(client)
    for model, names in texts.items():
        model.objects.update(**dict.fromkeys(names, "good"))
    look_at_everything(client)
    feed = read_xml(answer(client, "/corrections/feed/"))
    assert "bad\N{REPLACEMENT CHARACTER}" in "".join(feed.itertext())


def test_every_text_of_the_record_has_the_rule(db: None) -> None:
    """All but what nobody typed, and the earlier versions, which stay as they were."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT table_name, column_name FROM information_schema.columns
            WHERE table_schema = current_schema() AND data_type IN ('text', 'character varying')
            AND (table_name LIKE 'rounds_%' OR table_name LIKE 'issues_%')
            AND table_name NOT LIKE '%event'"""
        )
        columns = set(cursor.fetchall())
        cursor.execute(
            """SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
            WHERE conname LIKE '%_plain_text' AND convalidated"""
        )
        rules = dict(cursor.fetchall())
    lacking = {
        (table, column)
        for table, column in columns
        if not re.search(rf"rounds_is_plain_text\(\(?{column}\b", rules.get(table, ""))
    }
    with_choices = {
        (model._meta.db_table, field.column)
        for model in RECORDS
        for field in model._meta.local_fields
        if field.choices
    }
    beside = {"rounds_linkcheck", "rounds_presence", "rounds_suggestion"}
    assert {(table, column) for table, column in lacking if table not in beside} == with_choices


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"note": "agree\x02ment"}, "plain_text"),
        ({"note": "w" * 20_001}, "plain_text"),
        ({"title": "two\nlines"}, "plain_text"),
        ({"translations": {"note_fr": "agree\u202ement"}}, "plain_text"),
        ({"url": "ftp://gazette.example/"}, "plain_text"),
        ({"archive_url": "https://user:secret@gazette.example/"}, "plain_text"),
    ],
)
def test_the_database_takes_nothing_else_whoever_writes(
    db: None, fields: dict[str, Any], rule: str
) -> None:
    with pytest.raises(IntegrityError, match=rule):
        create_source(**fields)


def test_a_note_to_readers_keeps_the_rule(site: SimpleNamespace, client: Client) -> None:
    Statement.objects.update(state="published")
    response = desk.change(client, site.said, summary="New.", correction="A\u202enote")
    assert any("U+202E, after “A”" in words for words in desk.told(response))
    desk.change(client, site.said, summary="New.", correction="A cor\x02rection")
    assert "A correction" in client.get("/corrections/").content.decode()


def test_going_back_to_an_earlier_version_cleans_it_or_says_why_not(
    unconstrained: None, site: SimpleNamespace, client: Client
) -> None:
    Statement.objects.filter(pk=site.said.pk).update(summary="The agree\x02ment")
    Statement.objects.filter(pk=site.said.pk).update(summary="The \u202edeal")
    Statement.objects.filter(pk=site.said.pk).update(summary="The deal")
    number = Statement.objects.get(pk=site.said.pk).version

    def go_back(number: int) -> Any:
        page = reverse("admin:rounds_statement_revert", args=[site.said.pk, number])
        return client.post(page, desk.fields_of(client, page) | {"correction": "Back."})

    page = go_back(number - 1).content.decode()
    assert "U+202E, after “The”" in page
    assert go_back(number - 2).status_code == 302
    assert Statement.objects.get(pk=site.said.pk).summary == "The agreement"


def test_a_text_of_before_holds_up_nothing_else_that_is_due(
    unconstrained: None, site: SimpleNamespace, client: Client
) -> None:
    """A check that is not valid yet refuses every change of such a row, also to a draft."""
    typed = {"source": site.source, "dates": days("2010-03-07"), "state": "draft"}
    old, clean = (create_statement(summary=text, **typed) for text in ("Old.", "Clean."))
    assert schedule([old, clean], timezone.now() + dt.timedelta(hours=1)) == {}
    Statement.objects.filter(pk=old.pk).update(summary="an \uf0e0 arrow of Wingdings")
    Statement.objects.scheduled().update(publish_at=timezone.now() - dt.timedelta(seconds=1))
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
    with connection.schema_editor() as editor:
        rule = plain_text_constraint(Statement)
        editor.execute(f"{rule.create_sql(Statement, editor)} NOT VALID")
    assert publish_due().published == [clean]
    assert publish_due().published == []
    assert Statement.objects.get(pk=old.pk).state == "ready"
    assert client.get(clean.get_absolute_url()).status_code == 200
