"""``dump_record``, through its command and the files it leaves."""

import csv
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from nafta.data_package import tables
from rounds.models import Party, Statement
from tests.stored import load_record

PACKAGES = Path(__file__).parents[1] / "packages"
TWO = PACKAGES / "two-party"
SMALL = PACKAGES / "not-begun"

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def load(folder: Path) -> None:
    call_command("load_record", folder, verbosity=0)


def dump(folder: Path) -> Path:
    call_command("dump_record", folder, verbosity=0)
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("name", ["two-party", "nine-party", "not-begun"])
def test_what_was_loaded_is_dumped_to_the_same_bytes(name: str, tmp_path: Path) -> None:
    load_record(PACKAGES / name)
    once = dump(tmp_path / "once")
    load(once)
    twice = dump(tmp_path / "twice")
    assert files(once) == files(twice) == files(PACKAGES / name)


def test_text_that_looks_like_a_formula_comes_back_as_it_was(tmp_path: Path) -> None:
    load_record(TWO)
    notes = ["=1+1", "'=1+1", "- a list\n- of two", "@home", "'tis", "-5", "a\nb", "+"]
    statements = list(Statement.objects.order_by("pk"))[: len(notes)]
    for statement, note in zip(statements, notes, strict=True):
        Statement.objects.filter(pk=statement.pk).update(note=note)
    dumped = dump(tmp_path / "dumped")
    Statement.objects.update(note="")
    load(dumped)
    stored = [Statement.objects.get(pk=statement.pk).note for statement in statements]
    assert stored == notes


def test_the_description_is_of_the_files(tmp_path: Path) -> None:
    load_record(TWO)
    folder = dump(tmp_path / "dumped")
    description = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert description["name"] == "ostrel-sound"
    assert description["title"] == "The Ostrel Sound herring talks"
    assert description["licenses"] == [
        {
            "name": "CC-BY-SA-4.0",
            "title": "CC BY-SA 4.0",
            "path": "https://creativecommons.org/licenses/by-sa/4.0/",
        }
    ]
    assert {"title": "Norvale Bulletin: What the shoal is worth"} in description["sources"]
    assert {entry["path"] for entry in description["resources"]} == {*tables.FILES[1:]}
    for entry in description["resources"]:
        with (folder / entry["path"]).open(encoding="utf-8", newline="") as handle:
            header = next(csv.reader(handle))
        assert [column["name"] for column in entry["schema"]["fields"]] == header
        assert all(column["title"] for column in entry["schema"]["fields"])
        assert set(entry["schema"]["primaryKey"]) <= set(header)


def test_the_description_says_what_columns_may_hold(tmp_path: Path) -> None:
    load_record(TWO)
    text = (dump(tmp_path / "dumped") / "datapackage.json").read_text(encoding="utf-8")
    schemas = {entry["name"]: entry["schema"] for entry in json.loads(text)["resources"]}
    columns = {
        (name, column["name"]): column
        for name, schema in schemas.items()
        for column in schema["fields"]
    }
    assert columns["positions", "stance"]["constraints"]["enum"][:2] == ["demands", "supports"]
    assert columns["positions", "gist"]["constraints"] == {"required": True, "maxLength": 160}
    assert columns["positions", "gist"]["description"] == "In one line, in our own words."
    assert columns["parties", "colour"]["constraints"] == {"minimum": 1, "maximum": 9}
    assert columns["sources", "url"]["format"] == "uri"
    assert columns["sources", "slug"]["constraints"]["unique"]
    assert columns["terms", "low"]["type"] == "number"
    assert columns["rounds", "from"]["type"] == "date"
    assert columns["rounds", "approximate"]["type"] == "boolean"
    assert "open" in columns["rounds", "to"]["constraints"]["pattern"]
    assert schemas["positions"]["primaryKey"] == ["issue", "party", "since_from"]
    own = {"fields": "replaced_by", "reference": {"resource": "", "fields": "slug"}}
    other = {"fields": "host", "reference": {"resource": "parties", "fields": "code"}}
    assert own in schemas["rounds"]["foreignKeys"]
    assert other in schemas["rounds"]["foreignKeys"]


def test_translations_have_columns_where_there_are_any(tmp_path: Path) -> None:
    load_record(TWO)
    before = files(dump(tmp_path / "before"))
    party = Party.objects.order_by("code").first()
    assert party
    party.translations = {"name_fr": "Le Nord"}
    party.save()
    folder = dump(tmp_path / "after")
    after = files(folder)
    assert {name for name in after if after[name] != before[name]} == {
        "parties.csv",
        "datapackage.json",
    }
    with (folder / "parties.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert list(rows[0])[:4] == ["code", "name", "name_fr", "adjective"]
    assert [row["name_fr"] for row in rows if row["name_fr"]] == ["Le Nord"]
    (table,) = [
        entry
        for entry in json.loads(after["datapackage.json"])["resources"]
        if entry["name"] == "parties"
    ]
    (column,) = [one for one in table["schema"]["fields"] if one["name"] == "name_fr"]
    assert column["title"] == "Name in French"
    assert column["constraints"] == {"maxLength": 80}
    Party.objects.update(translations={})
    load(folder)
    assert files(dump(folder)) == after


def test_a_package_is_written_over_and_what_else_is_there_stays(tmp_path: Path) -> None:
    load_record(SMALL)
    folder = dump(tmp_path / "deep" / "er")
    (folder / "README.md").write_text("Ours.")
    Party.objects.filter(code="mid").update(name="Midport and Isles")
    dump(folder)
    assert "Midport and Isles" in (folder / "parties.csv").read_text(encoding="utf-8")
    assert (folder / "README.md").read_text() == "Ours."
    assert [path.name for path in folder.parent.iterdir()] == ["er"]


def test_an_empty_folder_will_do(tmp_path: Path) -> None:
    load_record(SMALL)
    assert files(dump(tmp_path)) == files(SMALL)


def test_a_folder_of_other_things_is_refused(tmp_path: Path) -> None:
    load_record(SMALL)
    (tmp_path / "letter.txt").write_text("Dear …")
    with pytest.raises(CommandError, match="found a folder of other things, expected a new one"):
        dump(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_file_is_refused(tmp_path: Path) -> None:
    load_record(SMALL)
    (tmp_path / "letter.txt").write_text("Dear …")
    with pytest.raises(CommandError, match="Nothing was written"):
        dump(tmp_path / "letter.txt")


def test_an_empty_record_has_every_heading(tmp_path: Path) -> None:
    dumped = files(dump(tmp_path / "dumped"))
    assert {*dumped} == {*tables.FILES}
    for table, resource in tables.table_resources().items():
        (header,) = dumped[f"{table}.csv"].decode().splitlines()
        assert header.split(",") == [column.name for column in resource.original_columns]
    with pytest.raises(CommandError, match=r"negotiation\.csv: found no row, expected one"):
        load(tmp_path / "dumped")


@pytest.mark.django_db(transaction=True)
def test_all_tables_are_as_of_one_moment(tmp_path: Path) -> None:
    load_record(SMALL)
    with CaptureQueriesContext(connection) as queries:
        dump(tmp_path / "dumped")
    assert "REPEATABLE READ" in queries[1]["sql"]
