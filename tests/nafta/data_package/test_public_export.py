"""The public record: whole, valid, without a draft, and loadable where there is nothing yet."""

import csv
import io
import json
import re
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from frictionless import Package, system

from nafta.data_package.tables import FILES
from rounds.models import Negotiation, Statement
from tests.nafta.pages.test_pages import double, queries
from tests.stored import load_record, refresh_statistics
from tests.world import DRAFT_YEAR, SECRET, create_statement, days

HASH = re.compile(r"[0-9a-f]{40,}")  # of a file: it may hold any digits
ZIP = "/data/record.zip"


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    cache.clear()


def unpacked(client: Client, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(client.get(ZIP).content)) as archive:
        archive.extractall(folder)
    return folder


def contents(client: Client) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(client.get(ZIP).content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def faults(folder: Path) -> list[str]:
    with system.use_context(trusted=True):
        report = Package(str(folder / "datapackage.json")).validate()
    return [error.message for task in report.tasks for error in task.errors] + [
        error.message for error in report.errors
    ]


def test_it_holds_what_is_published_and_no_word_of_a_draft(
    client: Client, world: SimpleNamespace
) -> None:
    files = contents(client)
    assert set(files) == {*FILES, "README.md"}
    assert "alder-on-water" in files["statements.csv"]
    for name, text in files.items():
        assert SECRET not in text, name
        assert DRAFT_YEAR not in HASH.sub("", text), name
        assert "draft" not in text.replace("`draft`", "") or name == "datapackage.json", name


def test_frictionless_finds_no_fault(
    client: Client, world: SimpleNamespace, tmp_path: Path
) -> None:
    assert faults(unpacked(client, tmp_path)) == []


@pytest.mark.slow
def test_nor_in_the_shipped_record(client: Client, db: None, tmp_path: Path) -> None:
    load_record()
    refresh_statistics()
    assert faults(unpacked(client, tmp_path)) == []


def test_it_would_find_one(client: Client, world: SimpleNamespace, tmp_path: Path) -> None:
    folder = unpacked(client, tmp_path)
    file = folder / "positions.csv"
    file.write_text(file.read_text().replace("water,arden", "wine,arden"))
    assert faults(folder)


@pytest.mark.slow
def test_what_is_taken_away_loads_into_an_empty_database(
    client: Client, world: SimpleNamespace, tmp_path: Path
) -> None:
    folder = unpacked(client, tmp_path)
    before = contents(client)
    with connection.cursor() as cursor:
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE;"
            "TRUNCATE rounds_negotiation, rounds_party, rounds_person, rounds_source, rounds_round,"
            " rounds_deadline, rounds_statement, issues_issue CASCADE"
        )
    assert not Statement.objects.exists()
    call_command("load_record", folder, verbosity=0)
    cache.clear()
    assert contents(client) == before


def test_the_same_record_makes_the_same_bytes(client: Client, world: SimpleNamespace) -> None:
    once = client.get(ZIP)
    cache.clear()
    again = client.get(ZIP, headers={"accept-language": "fr"})
    assert once.content == again.content
    assert once["ETag"] == again["ETag"]
    assert client.get(ZIP, headers={"if-none-match": once["ETag"]}).status_code == 304


def test_it_is_always_that_of_the_present(client: Client, world: SimpleNamespace) -> None:
    before = client.get(ZIP)
    said = create_statement(slug="late-word", dates=days("2010-03-09"), state="draft")
    drafted = client.get(ZIP)
    assert drafted.content == before.content
    Statement.objects.filter(pk=said.pk).update(state="published")
    after = client.get(ZIP, headers={"if-none-match": before["ETag"]})
    assert after.status_code == 200
    assert "late-word" in contents(client)["statements.csv"]
    Statement.objects.filter(pk=said.pk).update(state="draft")
    assert client.get(ZIP).content == before.content


def test_its_readme_tells_method_licence_and_citation(
    client: Client, world: SimpleNamespace
) -> None:
    readme = contents(client)["README.md"]
    for words in ("http://testserver/about/", "CC BY 4.0, https://", "How to cite it"):
        assert words in readme


def test_its_description_tells_sizes_and_rows(client: Client, world: SimpleNamespace) -> None:
    files = contents(client)
    description = json.loads(files["datapackage.json"])
    sources = csv.DictReader(io.StringIO(files["sources.csv"]))
    named = [f"{one['publisher']}: {one['title']}" for one in sources]
    assert [one["title"] for one in description["sources"]] == named
    for table in description["resources"]:
        assert table["bytes"] == len(files[table["path"]].encode())
    assert description["licenses"][0]["name"] == "CC-BY-4.0"


def test_without_a_licence_everything_says_so(client: Client, world: SimpleNamespace) -> None:
    Negotiation.objects.update(licence="", licence_url="")
    assert "No licence is given." in client.get("/data/").content.decode()
    files = contents(client)
    assert "No licence is given." in files["README.md"]
    assert "licenses" not in json.loads(files["datapackage.json"])
    assert client.get("/api/v1/negotiation").json()["licence"] is None
    response = client.get("/issues/?_export=json")
    assert response.json()["meta"]["licence"] is None
    assert 'rel="license"' not in response["Link"]
    assert client.get("/issues/?_export=xlsx").status_code == 200


def test_a_licence_without_an_address_is_told_by_name(
    client: Client, world: SimpleNamespace
) -> None:
    Negotiation.objects.update(licence="All rights reserved", licence_url="")
    page = client.get("/data/").content.decode()
    assert "<p>All rights reserved</p>" in page
    assert '"license": "All rights reserved"' in page
    entry = json.loads(contents(client)["datapackage.json"])["licenses"][0]
    assert entry == {"name": "All-rights-reserved", "title": "All rights reserved"}
    licence = client.get("/api/v1/negotiation").json()["licence"]
    assert licence == {**entry, "path": None}


def test_each_file_has_an_address(client: Client, world: SimpleNamespace) -> None:
    for name, text in contents(client).items():
        response = client.get(f"/data/{name}")
        assert response.content.decode() == text
        assert response["Access-Control-Allow-Origin"] == "*"
    assert client.get("/data/nothing.csv").status_code == 404
    assert client.get("/data/..%2Fmanage.py").status_code == 404


def test_without_a_record_there_is_none(client: Client, db: None) -> None:
    assert client.get(ZIP).status_code == 404
    assert "Nothing has been published yet" in client.get("/data/").content.decode()


def test_it_is_made_once(client: Client, world: SimpleNamespace) -> None:
    made = queries(client, ZIP)
    assert queries(client, ZIP) <= 2
    assert queries(client, "/data/") <= 10
    double(world)
    assert queries(client, ZIP) == made


def test_it_is_as_of_one_moment(client: Client, transactional_db: None) -> None:
    call_command("load_record", Path(__file__).parents[1] / "packages" / "not-begun", verbosity=0)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(ZIP).status_code == 200
    assert any("REPEATABLE READ" in one["sql"] for one in asked)


def test_the_page_tells_what_there_is(client: Client, world: SimpleNamespace) -> None:
    page = client.get("/data/").content.decode()
    for words in ("/data/record.zip", "/data/statements.csv", ">CC BY 4.0</a>", "openapi.json"):
        assert words in page
    for column in ("quotation", "comparator", "planned_from"):
        assert f"<code>{column}</code>" in page
    assert page.count("testserver/api/v1/") > 2
