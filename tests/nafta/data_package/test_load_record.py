"""``load_record``, through its command and the files it is given.

The good package is ``packages/two-party``; each damaged one is a copy of it with one thing wrong.
"""

import csv
import io
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction

from issues.models import Issue, Measure, Position, Progress, Proposal, Term
from rounds.models import (
    Deadline,
    Negotiation,
    Party,
    Person,
    Round,
    Source,
    Statement,
    StatementLink,
)
from rounds.tabular import importer
from tests.stored import all_rows, load_record

PACKAGES = Path(__file__).parents[1] / "packages"
TWO = PACKAGES / "two-party"
EDITORIAL = (Round, Deadline, Statement, Issue, Measure, Proposal, Position, Progress)
MODELS = (Negotiation, Party, Person, Source, StatementLink, Term, *EDITORIAL)

Damage = Callable[[Path], object]

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TWO, tmp_path / "package"))


def load(folder: Path, **options: object) -> str:
    """What the command prints."""
    out = io.StringIO()
    call_command("load_record", folder, stdout=out, **options)
    return out.getvalue()


def problems(folder: Path) -> list[str]:
    """What the command says is wrong, after its first line."""
    with pytest.raises(CommandError) as refusal:
        load(folder)
    return str(refusal.value).splitlines()[1:]


def stored() -> dict[str, int]:
    """How many rows of each model there are, of those that have any."""
    counts = {model.__name__: model.objects.count() for model in MODELS}
    return {name: count for name, count in counts.items() if count}


def lines_of(folder: Path, file: str) -> dict[int, list[str]]:
    """The rows of a file by the line on which they begin; the header is on line 1."""
    text = (folder / file).read_text(encoding="utf-8")
    reader, lines, line = csv.reader(io.StringIO(text)), {}, 1
    for cells in reader:
        lines[line] = cells
        line = reader.line_num + 1
    return lines


def write_lines(folder: Path, file: str, rows: list[list[str]]) -> None:
    with (folder / file).open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, lineterminator="\n").writerows(rows)


def cell(file: str, line: int, **values: str) -> Damage:
    """Other values in the row on ``line``; a trailing _ makes Python's words columns."""

    def damage(folder: Path) -> None:
        lines = lines_of(folder, file)
        for name, value in values.items():
            lines[line][lines[1].index(name.removesuffix("_"))] = value
        write_lines(folder, file, list(lines.values()))

    return damage


def row(file: str, **values: str) -> Damage:
    """One more row, empty but for ``values``."""

    def damage(folder: Path) -> None:
        rows = list(lines_of(folder, file).values())
        rows.append([values.get(name, values.get(f"{name}_", "")) for name in rows[0]])
        write_lines(folder, file, rows)

    return damage


def text(file: str, old: str, new: str) -> Damage:
    """Other text in place of the first ``old``."""

    def damage(folder: Path) -> None:
        before = (folder / file).read_text(encoding="utf-8")
        assert old in before
        after = before.replace(old, new, 1)
        (folder / file).write_text(after, encoding="utf-8", newline="")

    return damage


def content(file: str, data: bytes) -> Damage:
    return lambda folder: (folder / file).write_bytes(data)


def gone(file: str) -> Damage:
    return lambda folder: (folder / file).unlink()


def both(*damages: Damage) -> Damage:
    return lambda folder: [damage(folder) for damage in damages]


def folder_instead(folder: Path) -> None:
    (folder / "terms.csv").unlink()
    (folder / "terms.csv").mkdir()


ROUND = {"name": "New", "kind": "round", "from_": "2019-08-01", "source": "norvale-bulletin"}
OFF = {**ROUND, "status": "cancelled", "state": "published"}
STATEMENT = {
    "slug": "new",
    "from_": "2019-08-01",
    "basis": "reporting",
    "summary": "Something.",
    "source": "norvale-bulletin",
}
A_SOURCE = "sources.csv"

# Name, damage, and the one problem it makes, in full or as far as it is ours to word.
DAMAGES: list[tuple[str, Damage, str]] = [
    # The folder and its description
    ("broken JSON", text("datapackage.json", "{", "["), "datapackage.json: found no JSON ("),
    (
        "bottomless JSON",
        content("datapackage.json", b"[" * 100_000),
        "datapackage.json: found no JSON (",
    ),
    (
        "JSON of something else",
        content("datapackage.json", b'{"resources": "none"}'),
        "datapackage.json: found JSON without a list of resources and their paths, expected"
        ' {"resources": [{"path": "negotiation.csv"}, …]} with all the files, or no such file',
    ),
    (
        "another licence than the table's",
        cell("negotiation.csv", 2, licence="CC0 1.0"),
        "datapackage.json: found the licence “CC BY-SA 4.0, https://creativecommons.org/licenses/"
        "by-sa/4.0…”, expected “CC0 1.0, https://",
    ),
    (
        "licences that are a text",
        text("datapackage.json", '"licenses": [', '"licenses": "CC0", "others": ['),
        "datapackage.json: found licenses that cannot be read, expected one with a title",
    ),
    (
        "a licence with an address alone",
        both(
            gone("datapackage.json"),
            cell("negotiation.csv", 2, licence=""),
        ),
        "negotiation.csv, line 2, licence_url: found “https://creativecommons.org/licenses/by-sa/4.0/”"
        ". Give the licence its name beside its address.",
    ),
    (
        "an unknown file",
        text("datapackage.json", '"resources": [', '"resources": [{"path": "term.csv"},'),
        "datapackage.json: found the file “term.csv”, expected another; did you mean terms.csv",
    ),
    (
        "a path elsewhere",
        text("datapackage.json", '"resources": [', '"resources": [{"path": "../../etc/passwd"},'),
        "datapackage.json: found the file “../../etc/passwd”, expected one of",
    ),
    (
        "a file described twice",
        text("datapackage.json", '"resources": [', '"resources": [{"path": "parties.csv"},'),
        "datapackage.json: found the file “parties.csv” 2 times, expected it once",
    ),
    ("no file", gone("terms.csv"), "terms.csv: found no such file, expected one"),
    ("a folder for a file", folder_instead, "terms.csv: found a file that cannot be read"),
    # Files that are no tables
    (
        "another encoding",
        content("people.csv", "slug,name\nx,Mårit".encode("latin-1")),
        "people.csv, line 2: found bytes that are no text, expected UTF-8",
    ),
    (
        "a file beyond all measure",
        content("people.csv", b"slug,name\nx," + b"y" * 10_500_000),
        "people.csv: found 10500012 bytes, expected at most 10000000",
    ),
    (
        "a cell beyond all measure",
        cell("sources.csv", 4, note="y" * 9_000_000),
        "sources.csv, line 4: found a cell of more than 131072 characters, expected at most 20000",
    ),
    (
        "an open quotation mark",
        text("sources.csv", "Sudrey Post,", '"Sudrey Post,'),
        "sources.csv, line 6: found a row that is no CSV (",
    ),
    (
        "text after a quotation mark",
        text("sources.csv", "Sudrey Post,", '"Sudrey" Post,'),
        "sources.csv, line 6: found a row that is no CSV (",
    ),
    (
        "lines ended by carriage returns",
        content("terms.csv", b"proposal,measure,scope,comparator,low,high\rx,y,,about,1,\r"),
        "terms.csv, line 1: found a row that is no CSV (",
    ),
    # Headers
    (
        "no header",
        content("terms.csv", b""),
        "terms.csv, line 1: found nothing, expected the columns proposal, measure, scope, comp",
    ),
    (
        "a missing column",
        content("terms.csv", b"proposal,measure,scope,comparator,low\n"),
        "terms.csv, line 1, high: found no such column, expected one",
    ),
    (
        "an unknown column",
        content("terms.csv", b"proposal,measure,scope,comparator,low,high,hgih\n"),
        "terms.csv, line 1: found the column “hgih”, expected one of: comparator, high,",
    ),
    (
        "a column twice",
        content("terms.csv", b"proposal,measure,scope,comparator,low,high,low\n"),
        "terms.csv, line 1, low: found the column 2 times, expected it once",
    ),
    # Rows
    (
        "too few cells",
        text("terms.csv", "at-least,60,", "at-least,60"),
        "terms.csv, line 5: found 5 cells, expected 6",
    ),
    (
        "too many cells",
        text("terms.csv", "at-least,60,", "at-least,60,,"),
        "terms.csv, line 5: found 7 cells, expected 6",
    ),
    (
        "a row twice",
        row("people.csv", slug="marit-aske", name="Marit Aske"),
        "people.csv, line 5, slug: found “marit-aske” again, expected each once: line 4 has it",
    ),
    (
        "a position twice",
        cell("positions.csv", 6, since_from="2019-06-01"),
        "positions.csv, line 7, issue: found “share, nv, 2019-06-01” again, expected each once",
    ),
    (
        "a row without a key",
        row(A_SOURCE, publisher="Nobody", title="Nothing"),
        "sources.csv, line 7, slug: found nothing, expected a key",
    ),
    (
        "no negotiation",
        content("negotiation.csv", b"slug,title,short_name,standfirst\n"),
        "negotiation.csv: found no row, expected one",
    ),
    (
        "two negotiations",
        row("negotiation.csv", slug="x", title="X", short_name="X", standfirst="X."),
        "negotiation.csv, line 3: A site covers one negotiation",
    ),
    # Cells that could harm
    (
        "a long cell",
        cell(A_SOURCE, 4, note="y" * 20_001),
        f"sources.csv, line 4, note: found “{'y' * 60}…”. This has 20001 characters",
    ),
    (
        "a cell too long for its column",
        cell("positions.csv", 6, gist="y" * 161),
        f"positions.csv, line 6, gist: found “{'y' * 60}…”. This has 161 characters",
    ),
    (
        "an invisible character",
        cell("people.csv", 3, name="In\0es"),
        "people.csv, line 3, name: found “In[U+0000]es”. "
        "There is a control character, U+0000, after “In”.",
    ),
    (
        "an invisible character in a key",
        cell("terms.csv", 3, proposal="kell-\x1bseason"),
        "terms.csv, line 3, proposal: found “kell-[U+001B]season”. "
        "There is a control character, U+001B, after “kell-”.",
    ),
    (
        "a formula",
        cell("people.csv", 3, name='=HYPERLINK("https://evil.example")'),
        'people.csv, line 3, name: found “=HYPERLINK("https://evil.example")”, expected no formula',
    ),
    (
        "a formula with a plus",
        cell(A_SOURCE, 4, note="+1+1"),
        "sources.csv, line 4, note: found “+1+1”, expected no formula",
    ),
    (
        "a formula with an at sign",
        cell(A_SOURCE, 4, note="@SUM(A1)"),
        "sources.csv, line 4, note: found “@SUM(A1)”, expected no formula",
    ),
    (
        "a formula with a minus",
        cell(A_SOURCE, 4, note="-2+cmd|' /C calc'!A0"),
        "sources.csv, line 4, note: found “-2+cmd|' /C calc'!A0”, expected no formula",
    ),
    (
        "a formula behind a tab",
        cell(A_SOURCE, 4, note="\t=1"),
        "sources.csv, line 4, note: found “=1”, expected no formula",
    ),
    # Values
    (
        "nothing where something must be",
        cell("issues.csv", 2, question=""),
        "issues.csv, line 2, question: found nothing, expected a value",
    ),
    (
        "no source",
        cell("progress.csv", 2, source=""),
        "progress.csv, line 2, source: found nothing, expected a value",
    ),
    (
        "nobody tabled it",
        cell("proposals.csv", 6, parties=""),
        "proposals.csv, line 6, parties: found nothing, expected a value",
    ),
    (
        "an unknown word",
        cell("rounds.csv", 2, status="on going"),
        "rounds.csv, line 2, status: found “on going”, expected one of: cancelled, held, planned, "
        "rescheduled, under-way",
    ),
    (
        "an unknown party",
        cell("people.csv", 2, party="SU"),
        "people.csv, line 2, party: found “SU”, which is no party; expected one of: nv, su",
    ),
    (
        "an unknown party in a list",
        cell("rounds.csv", 2, parties="nv, us"),
        "rounds.csv, line 2, parties: found “us”, which is no party; expected one of: nv, su",
    ),
    (
        "a misspelt statement",
        both(
            *(row("statements.csv", **STATEMENT | {"slug": f"2018-{n:02}"}) for n in range(3)),
            cell("positions.csv", 6, statement="2019-02-12-aske-sixity"),
        ),
        "positions.csv, line 6, statement: found “2019-02-12-aske-sixity”, which is no statement; "
        "expected another; did you mean 2019-02-12-aske-sixty",
    ),
    (
        "no day",
        cell("statements.csv", 2, from_="12 February 2019"),
        "statements.csv, line 2, from: found “12 February 2019”, expected a day such as 2031-05-21",
    ),
    (
        "a day that never was",
        cell("measures.csv", 2, agreed_on="2019-02-30"),
        "measures.csv, line 2, agreed_on: found “2019-02-30”, expected a day such as",
    ),
    (
        "a last day that is none",
        cell("rounds.csv", 2, to="opne"),
        "rounds.csv, line 2, to: found “opne”, expected a day such as 2031-05-21, “open”, or",
    ),
    (
        "a last day before the first",
        cell("rounds.csv", 4, to="2019-02-01"),
        "rounds.csv, line 4, to: found “2019-02-01”, expected a day not before the first, "
        "2019-02-11",
    ),
    (
        "a last day without a first",
        cell("proposals.csv", 5, settled_from=""),
        "proposals.csv, line 5, settled_from: found nothing, expected the first day of what lasts",
    ),
    (
        "neither true nor false",
        cell("issues.csv", 2, featured="maybe"),
        "issues.csv, line 2, featured: found “maybe”, expected true or false",
    ),
    (
        "no whole number",
        cell("rounds.csv", 4, number="1.5"),
        "rounds.csv, line 4, number: found “1.5”, expected a whole number",
    ),
    (
        "no number",
        cell("terms.csv", 5, low="sixty"),
        "terms.csv, line 5, low: found “sixty”, expected a number such as 40 or 12.5",
    ),
    (
        "too many decimals",
        cell("terms.csv", 5, low="60.00001"),
        "terms.csv, line 5, low: found “60.00001”. Ensure that there are no more than 4",
    ),
    (
        "a colour that is none",
        cell("parties.csv", 2, colour="10"),
        "parties.csv, line 2, colour: found “10”. ",
    ),
    (
        "a key with blanks",
        cell(A_SOURCE, 2, slug="The Courier"),
        "sources.csv, line 2, slug: found “The Courier”. Enter a valid “slug”",
    ),
    (
        "no address",
        cell(A_SOURCE, 4, url="javascript:alert(1)"),
        "sources.csv, line 4, url: found “javascript:alert(1)”. An address begins with http",
    ),
    (
        "an address twice",
        cell(A_SOURCE, 6, url="https://treaty.example/kell"),
        "sources.csv, line 6, url: found “https://treaty.example/kell”. A source with this address",
    ),
    # Rules
    (
        "a long quotation",
        cell("statements.csv", 2, quotation="one two three four five six seven eight nine"),
        "statements.csv, line 2, quotation: found “one two three four five six seven eight nine”. "
        "A quotation has at most eight words.",
    ),
    (
        "an unnamed speaker without description",
        cell("statements.csv", 5, attribution=""),
        "statements.csv, line 5, basis: found “unnamed”. Say how the source describes",
    ),
    (
        "the name of an unnamed speaker",
        cell("statements.csv", 5, speakers="colm-darroch"),
        "statements.csv, line 5, speakers: found the name of somebody unnamed, expected nobody",
    ),
    (
        "a number of named speakers",
        cell("statements.csv", 8, unnamed_count="1"),
        "statements.csv, line 8, basis: found “on-record”. Only unnamed sources have a number",
    ),
    (
        "the outcome of a meeting that was not held",
        cell("rounds.csv", 6, summary="A breakthrough."),
        "rounds.csv, line 6, summary: found “A breakthrough.”. A meeting that was not held has no",
    ),
    (
        "a successor of a meeting that was held",
        cell("rounds.csv", 4, replaced_by="round-2"),
        "rounds.csv, line 4, replaced_by: found “round-2”. Only a cancelled or rescheduled meeting",
    ),
    (
        "a number twice",
        cell("rounds.csv", 5, number="1"),
        "rounds.csv, line 5, number: found “1”. Another round has this number.",
    ),
    (
        "a meeting that replaces itself",
        row("rounds.csv", slug="new", replaced_by="new", **OFF),
        "rounds.csv, line 8, replaced_by: found “new”, expected no circle",
    ),
    (
        "a position that rests on nothing",
        cell("positions.csv", 6, statement=""),
        "positions.csv, line 6, proposal: found nothing. A position rests on one statement or one",
    ),
    (
        "a condition left out",
        cell("positions.csv", 5, condition=""),
        "positions.csv, line 5, stance: found “open-if”. “open if…” needs its condition",
    ),
    (
        "an agreement without a day",
        cell("measures.csv", 2, agreed_on=""),
        "measures.csv, line 2, agreed: found “6.5”. An agreed value needs the day",
    ),
    (
        "a rejection without a day",
        cell("proposals.csv", 5, settled_from="", settled_to=""),
        "proposals.csv, line 5, settled_from: found nothing. A proposal no longer on the table",
    ),
    (
        "a span without its second number",
        cell("terms.csv", 3, high=""),
        "terms.csv, line 3, comparator: found “between”. “between” needs a higher second value",
    ),
    (
        "a number for another issue",
        cell("terms.csv", 5, measure="closed-weeks"),
        "terms.csv, line 5, measure: found “closed-weeks”. This measure belongs to another issue",
    ),
    (
        "published on the strength of a draft",
        cell("progress.csv", 7, state="published"),
        "progress.csv, line 7, round: found “round-hushhush”. “hushhush round” is still a draft",
    ),
    (
        "an answer to itself",
        row(
            "statement_links.csv",
            statement="2019-05-they-say",
            kind="replies-to",
            other="2019-05-they-say",
        ),
        "statement_links.csv, line 6, other: found “2019-05-they-say”. A statement cannot be",
    ),
]


class OnTheGoodRecord:
    """The undamaged package is stored, once for all tests of the class."""

    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def good_record(cls, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
        with django_db_blocker.unblock(), transaction.atomic():
            load_record(TWO)
            yield
            transaction.set_rollback(True)


class TestDamage(OnTheGoodRecord):
    @pytest.mark.parametrize(
        ("damage", "problem"), [pytest.param(*case[1:], id=case[0]) for case in DAMAGES]
    )
    def test_it_is_told_and_nothing_is_stored(
        self, package: Path, damage: Damage, problem: str
    ) -> None:
        before = all_rows()
        damage(package)
        (said,) = problems(package)
        assert said.startswith(problem)
        assert all_rows() == before


@pytest.mark.parametrize("name", ["two-party", "nine-party", "not-begun"])
def test_a_second_load_changes_nothing(name: str) -> None:
    first = load(PACKAGES / name)
    before = all_rows()
    second = load(PACKAGES / name)
    assert "\nparties.csv: 0 new, 0 changed" not in first
    assert second == re.sub(r"(\d+) new, 0 changed, 0 un", r"0 new, 0 changed, \1 un", first)
    assert all_rows() == before


def test_rows_may_point_forward(package: Path) -> None:
    """Files may name a row before they say what it is, and rows come in any order."""
    for file in package.glob("*.csv"):
        header, *rows = lines_of(package, file.name).values()
        write_lines(package, file.name, [header, *rows[::-1]])
    load(package)
    assert Round.objects.get(replaced_by__slug="ministers-2019-09").slug == "round-3-june"
    assert Deadline.objects.get(superseded_by__slug="end-2019").slug == "before-season-2019"
    assert Proposal.objects.filter(responds_to__responds_to__slug="nv-sixty").exists()


def test_lines_are_counted_where_cells_have_line_breaks(package: Path) -> None:
    cell("issues.csv", 2, background="One.\n\nTwo.\nThree.")(package)
    assert 7 in lines_of(package, "issues.csv")
    cell("issues.csv", 7, kind="secret")(package)
    assert problems(package) == [
        "issues.csv, line 7, kind: found “secret”, expected one of: disputed, technical"
    ]


def test_all_bad_rows_are_told_at_once(package: Path) -> None:
    cell("statements.csv", 3, from_="May", to="June", basis="rumour")(package)
    cell("rounds.csv", 4, status="over", host="xx")(package)
    text("terms.csv", "at-least,60,", "at-least,60,,,")(package)
    cell("people.csv", 2, name="=1")(package)
    said = [line.partition(": ")[0] for line in problems(package)]
    assert said == [
        "people.csv, line 2, name",
        "rounds.csv, line 4, host",
        "rounds.csv, line 4, status",
        "statements.csv, line 3, from",
        "statements.csv, line 3, to",
        "statements.csv, line 3, basis",
        "terms.csv, line 5",
    ]
    assert stored() == {}


def test_what_fails_only_because_of_a_bad_row_is_not_told(package: Path) -> None:
    """Statements, links, positions, proposals, terms and progress point at these rows."""
    cell("sources.csv", 5, url="nowhere")(package)
    cell("issues.csv", 4, question="")(package)
    cell("positions.csv", 5, stance="keen")(package)
    said = [line.partition(": ")[0] for line in problems(package)]
    assert said == [
        "sources.csv, line 5, url",
        "issues.csv, line 4, question",
        "positions.csv, line 5, stance",
    ]


def test_rows_in_a_circle_are_told(package: Path) -> None:
    row("rounds.csv", slug="a", replaced_by="b", **OFF)(package)
    row("rounds.csv", slug="b", replaced_by="c", **OFF | {"number": "x"})(package)
    row("rounds.csv", slug="c", replaced_by="d", **OFF)(package)
    row("rounds.csv", slug="d", replaced_by="c", **OFF)(package)
    assert problems(package) == [
        "rounds.csv, line 9, number: found “x”, expected a whole number",
        "rounds.csv, line 10, replaced_by: found “d”, expected no circle: "
        "it points back at this row",
        "rounds.csv, line 11, replaced_by: found “c”, expected no circle: "
        "it points back at this row",
    ]


def test_many_problems_are_cut_short(package: Path) -> None:
    header, *_rows = lines_of(package, "people.csv").values()
    write_lines(package, "people.csv", [header, *([f"p{n}", "", "", "", ""] for n in range(210))])
    write_lines(package, "statements.csv", [lines_of(package, "statements.csv")[1]])
    said = problems(package)
    assert said[0] == "people.csv, line 2, name: found nothing, expected a value"
    assert len(said) == 201
    assert re.fullmatch(r"and \d+ more", said[-1])


def test_a_dry_run_refuses_what_a_load_would(package: Path) -> None:
    cell("rounds.csv", 4, status="over")(package)
    with pytest.raises(CommandError, match=r"rounds\.csv, line 4, status"):
        load(package, dry_run=True)


def test_loads_do_not_interleave() -> None:
    """Somebody else's load holds the lock; this one waits for it."""
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [importer.LOCK])
        with connection.cursor() as own:
            own.execute("SET LOCAL lock_timeout = '50ms'")
        with pytest.raises(OperationalError, match="lock timeout"):
            load(TWO)


def test_without_a_folder_or_files_there_is_one_line(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere"
    assert problems(missing) == [f"{missing}: found no such folder, expected one"]
    (problem,) = problems(tmp_path)
    assert "found none of the files of a record, expected 17 CSV files" in problem


def without_columns(folder: Path, name: str, *columns: str) -> None:
    path = folder / name
    with path.open(encoding="utf-8", newline="") as file:
        rows = [{k: v for k, v in row.items() if k not in columns} for row in csv.DictReader(file)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def test_the_tables_are_enough(package: Path) -> None:
    (package / "datapackage.json").unlink()
    without_columns(package, "negotiation.csv", "licence", "licence_url")
    load(package)
    assert Negotiation.objects.get().license_entry == {}


def test_a_licence_may_stand_in_the_description_alone(package: Path) -> None:
    without_columns(package, "negotiation.csv", "licence", "licence_url")
    load(package)
    assert Negotiation.objects.get().license_entry == {
        "name": "CC-BY-SA-4.0",
        "title": "CC BY-SA 4.0",
        "path": "https://creativecommons.org/licenses/by-sa/4.0/",
    }


@pytest.mark.parametrize("how", ["no columns", "empty cells"])
def test_parties_without_colour_and_order_differ_and_keep_theirs(package: Path, how: str) -> None:
    path = package / "parties.csv"
    if how == "no columns":
        without_columns(package, "parties.csv", "colour", "order")
    else:
        header, *rows = path.read_text(encoding="utf-8").splitlines()
        cells = [",".join([*row.rsplit(",", 2)[:-2], "", ""]) for row in rows]
        path.write_text("\n".join([header, *cells]) + "\n", encoding="utf-8")
    load(package)
    stored = list(Party.objects.values_list("code", "colour", "order"))
    assert [(colour, order) for _code, colour, order in stored] == [(1, 1), (2, 2)]
    load(package)
    assert list(Party.objects.values_list("code", "colour", "order")) == stored


def test_eleven_parties_share_no_colour_before_all_are_taken() -> None:
    for number in range(11):
        name = f"p{number}"
        Party.objects.create(code=name, name=name, adjective=name)
    parties = list(Party.objects.order_by("pk"))
    assert [party.colour for party in parties] == [*range(1, 10), 1, 2]
    assert [party.order for party in parties] == [*range(1, 12)]


def test_no_progress_bar_is_drawn_into_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    load(TWO)
    assert capsys.readouterr().err == ""


class TestChanges(OnTheGoodRecord):
    def test_drafts_load_as_drafts(self) -> None:
        for model in EDITORIAL:
            (draft,) = model.objects.filter(state="draft")
            assert "hushhush" in repr(model.objects.filter(pk=draft.pk).values())

    def test_what_spreadsheet_programs_do_to_files_is_no_change(self, package: Path) -> None:
        for file in package.glob("*.csv"):
            rows = [cells[::-1] for cells in lines_of(package, file.name).values()]
            text = io.StringIO()
            csv.writer(text, lineterminator="\r\n", quoting=csv.QUOTE_ALL).writerows(
                [rows[0], *rows[:0:-1]]
            )
            file.write_bytes(b"\xef\xbb\xbf" + text.getvalue().encode() + b"\r\n")
        assert "statements.csv: 0 new, 0 changed, 11 unchanged" in load(package)

    def test_lists_may_be_written_carelessly(self, package: Path) -> None:
        cell("rounds.csv", 4, parties="su,nv ,, su")(package)
        assert "rounds.csv: 0 new, 0 changed, 6 unchanged" in load(package)

    def test_changes_are_counted_and_nothing_is_deleted(self, package: Path) -> None:
        cell("people.csv", 2, role="Negotiator", party="nv")(package)
        write_lines(package, "terms.csv", [lines_of(package, "terms.csv")[1]])
        row("people.csv", slug="new", name="New")(package)
        before = stored()
        assert "people.csv: 1 new, 1 changed, 2 unchanged" in load(package)
        assert Person.objects.filter(slug="colm-darroch", party__code="nv").exists()
        assert stored() == before | {"Person": 4}

    def test_a_dry_run_says_what_would_change(self, package: Path) -> None:
        before = all_rows()
        cell("rounds.csv", 4, place="Vik", parties="nv", to="open")(package)
        row("people.csv", slug="new", name="New")(package)
        out = load(package, dry_run=True)
        assert "people.csv: 1 new, 0 changed, 3 unchanged" in out
        assert "rounds.csv: 0 new, 1 changed, 5 unchanged\n  round-1: place, parties, to\n" in out
        assert "nothing is stored" in out
        assert all_rows() == before

    def test_another_negotiation_is_refused(self) -> None:
        before = all_rows()
        with pytest.raises(CommandError) as refusal:
            load(PACKAGES / "nine-party")
        assert str(refusal.value) == (
            "Nothing was loaded: the package is about “upland-water-compact”, the database about "
            "“ostrel-sound”. A site covers one negotiation; load this one into an empty database."
        )
        assert all_rows() == before

    def test_a_whole_story_is_published_at_once_and_taken_back_at_once(self, package: Path) -> None:
        """A published row may never point at a draft, in whatever order files have the rows."""
        drafts = {file.name: file.read_text(encoding="utf-8") for file in package.glob("*.csv")}
        for file, content in drafts.items():
            (package / file).write_text(
                content.replace(",draft\n", ",published\n"), encoding="utf-8"
            )
        load(package)
        assert not any(model.objects.filter(state="draft") for model in EDITORIAL)
        for file, content in drafts.items():
            (package / file).write_text(content, encoding="utf-8")
        load(package)
        assert all(model.objects.filter(state="draft").count() == 1 for model in EDITORIAL)

    def test_a_draft_that_published_rows_point_at_is_refused(self, package: Path) -> None:
        cell("issues.csv", 2, state="draft")(package)
        (said,) = problems(package)
        assert said.startswith("issues.csv, line 2, state: found “draft”")
        assert Issue.objects.get(slug="bycatch").state == "published"

    def test_a_number_passes_from_one_round_to_another(self, package: Path) -> None:
        cell("rounds.csv", 5, number="")(package)
        cell("rounds.csv", 4, number="2")(package)
        assert "rounds.csv: 0 new, 2 changed" in load(package)

    def test_a_speaker_can_become_unnamed_and_named(self, package: Path) -> None:
        named = (package / "statements.csv").read_bytes()
        cell("statements.csv", 8, speakers="", basis="unnamed", attribution="a netter")(package)
        load(package)
        falk = Statement.objects.get(slug="2019-09-falk-sceptical")
        assert not falk.speakers.exists()
        (package / "statements.csv").write_bytes(named)
        load(package)
        assert falk.speakers.get().slug == "ines-falk"


class TestTranslations:
    """Their columns may be there or not; an empty cell is no translation."""

    @staticmethod
    def with_column(folder: Path, file: str, name: str, *texts: str) -> None:
        lines = list(lines_of(folder, file).values())
        filled = [name, *texts, *[""] * (len(lines) - 1 - len(texts))]
        pairs = zip(lines, filled, strict=True)
        write_lines(folder, file, [[*cells, text] for cells, text in pairs])

    def test_a_column_sets_them_and_an_absent_one_leaves_them(self, package: Path) -> None:
        load(package)
        self.with_column(package, "issues.csv", "question_fr", "Le blé ?")
        assert "issues.csv: 0 new, 1 changed" in load(package)
        first = lines_of(package, "issues.csv")[2][0]
        assert Issue.objects.get(slug=first).translations == {"question_fr": "Le blé ?"}
        assert "issues.csv: 0 new, 0 changed" in load(TWO)
        assert Issue.objects.get(slug=first).translations == {"question_fr": "Le blé ?"}

    def test_an_empty_cell_takes_one_away(self, package: Path) -> None:
        load(package)
        first = lines_of(package, "issues.csv")[2][0]
        Issue.objects.filter(slug=first).update(translations={"name_es": "Trigo", "name_fr": "Blé"})
        self.with_column(package, "issues.csv", "name_es")
        load(package)
        assert Issue.objects.get(slug=first).translations == {"name_fr": "Blé"}

    @pytest.mark.parametrize(
        ("name", "text", "told"),
        [
            ("name_fr", "x" * 81, "issues.csv, line 2, name_fr: found “xxx"),
            ("name_fr", "=1", "issues.csv, line 2, name_fr: found “=1”, expected no formula"),
            ("name_de", "Weizen", "issues.csv, line 1: found the column “name_de”, expected"),
            ("slug_fr", "ble", "issues.csv, line 1: found the column “slug_fr”, expected"),
        ],
    )
    def test_a_bad_one_is_told_with_its_place(
        self, package: Path, name: str, text: str, told: str
    ) -> None:
        self.with_column(package, "issues.csv", name, text)
        (problem,) = problems(package)
        assert problem.startswith(told)


def test_a_file_without_ranks_leaves_those_of_the_sources(package: Path) -> None:
    load(package)
    Source.objects.filter(slug="joint-communique-2019-09").update(rank="official")
    ranks = dict(Source.objects.values_list("slug", "rank"))
    lines = list(lines_of(package, "sources.csv").values())
    rank = lines[0].index("rank")
    write_lines(package, "sources.csv", [[*cells[:rank], *cells[rank + 1 :]] for cells in lines])
    assert "sources.csv: 0 new, 0 changed" in load(package)
    assert dict(Source.objects.values_list("slug", "rank")) == ranks
