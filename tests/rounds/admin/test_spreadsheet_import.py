"""Lists of the admin as spreadsheets: what an export holds, what an import shows and stores."""

import datetime as dt
import html
import io
import json
import re
import tracemalloc
import zipfile
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client
from openpyxl.worksheet._reader import WorkSheetParser

from issues.models import Issue, Measure, Position, Progress, Proposal
from rounds.history.differences import load_revisions
from rounds.models import Deadline, Negotiation, Party, Person, Round, Source, Statement
from tests.desk import address, fields_in, told
from tests.programs import archive
from tests.sheets import (
    JSON,
    XLSX,
    confirm,
    counts,
    csv_file,
    export,
    load,
    refusals,
    table,
    unreadable,
    upload,
    xlsx_file,
)
from tests.world import SECRET, create_party, create_person, create_source, create_statement, days

MODELS = [
    Party,
    Person,
    Source,
    Round,
    Deadline,
    Statement,
    Issue,
    Measure,
    Proposal,
    Position,
    Progress,
]


def staff(*permissions: str) -> Client:
    """Somebody who may do this and nothing else."""
    user = User.objects.create_user("bo", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def person(**cells: Any) -> dict[str, Any]:
    return {"slug": "cy-cedar", "name": "Cy Cedar", "role": "", "party": ""} | cells


def source(**cells: Any) -> dict[str, Any]:
    return {"slug": "wire", "publisher": "The Wire", "title": "A title"} | cells


def round_row(slug: str, **cells: Any) -> dict[str, Any]:
    row = {"slug": slug, "name": slug, "kind": "bilateral", "from": "2011-01-01", "to": ""}
    return row | {"source": "gazette", "replaced_by": ""} | cells


# --- export ---


@pytest.mark.parametrize("model", [Negotiation, *MODELS])
def test_every_list_is_exported(admin_client: Client, world: SimpleNamespace, model: Any) -> None:
    rows = table(admin_client, model)
    assert len(rows) == model.objects.count()
    assert f"{address(model, 'export')}" in admin_client.get(address(model)).content.decode()
    book = openpyxl.load_workbook(io.BytesIO(export(admin_client, model, XLSX)))
    header, *others = book.worksheets[0].iter_rows(values_only=True)
    as_in_csv = [tuple(text or None for text in row.values()) for row in rows]
    assert list(header) == list(rows[0])
    assert others == as_in_csv
    assert json.loads(export(admin_client, model, JSON)) == rows


def test_an_export_is_the_list_as_filtered_and_searched(
    admin_client: Client, world: SimpleNamespace
) -> None:
    query = "?state__exact=published&q=dam"
    page = admin_client.get(address(Statement) + query)
    (link,) = re.findall('href="([^"]+)" class="export_link"', page.content.decode())
    shown = [record.slug for record in page.context["cl"].result_list]
    link = html.unescape(link).removeprefix(address(Statement, "export"))
    assert [row["slug"] for row in table(admin_client, Statement, link)] == shown != []
    told_before = admin_client.get(address(Statement, "export") + link).content.decode()
    assert f"{len(shown)} rows" in told_before


def test_an_export_of_nonsense_leads_back_to_the_list(
    admin_client: Client, world: SimpleNamespace
) -> None:
    response = admin_client.post(address(Round, "export") + "?host__exact=x", {"format": "0"})
    assert response["Location"] == address(Round) + "?e=1"


def test_no_cell_of_an_export_is_a_formula(admin_client: Client, db: None) -> None:
    create_person(slug="eve", name="=1+1", role="@cmd", organisation="+2")
    (row,) = table(admin_client, Person)
    assert (row["name"], row["role"]) == ("'=1+1", "'@cmd")
    book = openpyxl.load_workbook(io.BytesIO(export(admin_client, Person, XLSX)))
    assert "f" not in {cell.data_type for row in book.worksheets[0] for cell in row}
    assert book.worksheets[0]["B2"].value == "'=1+1"
    load(admin_client, Person, csv_file([row | {"role": "'@cmd 2"}]))
    assert Person.objects.get().role == "@cmd 2"


def test_whoever_may_look_may_export_and_nothing_else(world: SimpleNamespace) -> None:
    client = staff("view_person")
    assert table(client, Person)
    page = client.get(address(Person)).content.decode()
    assert address(Person, "import") not in page
    assert client.get(address(Person, "import")).status_code == 403
    assert client.post(address(Person, "process_import")).status_code == 403
    assert client.post(address(Source, "export"), {"format": "0"}).status_code == 403


@pytest.mark.parametrize("only", ["add_person", "change_person"])
def test_an_import_asks_for_adding_and_changing(world: SimpleNamespace, only: str) -> None:
    client = staff("view_person", only)
    assert client.get(address(Person, "import")).status_code == 403


# --- the file ---


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("format", [XLSX, "1"])
def test_an_export_imported_again_changes_nothing(
    admin_client: Client, world: SimpleNamespace, model: Any, format: str
) -> None:
    page = upload(admin_client, model, export(admin_client, model, format), "x")
    assert counts(page) == {"unchanged": model.objects.count()}
    assert "there is nothing to store" in page.content.decode()


def test_cells_that_a_spreadsheet_made_its_own(
    admin_client: Client, world: SimpleNamespace
) -> None:
    """Real dates, numbers and truth values are what they look like."""
    cells = {
        "slug": "round-1",
        "number": 7.0,
        "from": dt.datetime(2010, 1, 9),  # noqa: DTZ001 – a spreadsheet has no zones
        "to": dt.date(2010, 1, 11),
        "approximate": True,
        "state": "draft",
    }
    load(admin_client, Round, xlsx_file([cells]), "rounds.xlsx", correction="So it was.")
    round1 = Round.objects.get(slug="round-1")
    assert (round1.number, round1.approximate) == (7, True)
    assert round1.dates == days("2010-01-09", "2010-01-11")
    load(
        admin_client,
        Measure,
        xlsx_file([{"slug": "share", "status_quo": 62.5}]),
        "x",
        correction="So.",
    )
    assert Measure.objects.get(slug="share").status_quo == 62.5


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\xff\xfes\x00l", "neither UTF-8 text nor XLSX"),
        ("slug,name\nx,après".encode("latin-1"), "Save the file as “CSV UTF-8”"),
        (b"\xd0\xcf\x11\xe0 old", "old Excel file"),
        (b"PK\x03\x04 torn", "damaged"),
        (b"\x89PNG\r\n\x1a\n\0\0", "picture"),
        (b"slug,name\n", "no rows"),
        (b"\n\n", "no rows"),
        (b'slug,name\nx,"torn\n', "row 2: found a row that is no CSV"),
        (b"name\nCy", "slug: found no such column, expected one"),
        (b"slug,nmae\nx,Cy", "found the column “nmae”, expected one of: name, "),
        (b"slug,name,Name\nx,Cy,Di", "name: found the column 2 times"),
        (b"slug" + b",more" * 300 + b"\nx", "found 301 columns, expected at most 256"),
    ],
)
def test_a_file_that_is_no_table_of_ours(
    admin_client: Client, db: None, data: bytes, words: str
) -> None:
    page = admin_client.post(
        address(Person, "import"), {"file": io.BytesIO(data)}, format="multipart"
    )
    assert words in unreadable(page)
    assert words[:6] in " ".join(told(page))


def test_many_unknown_columns_are_cut_short(admin_client: Client, db: None) -> None:
    header = ",".join(f"column{n}" for n in range(50))
    words = unreadable(upload(admin_client, Person, f"slug,{header}\nx".encode()))
    assert words.endswith("and 40 more")


def test_the_likeliest_column_is_proposed(admin_client: Client, world: SimpleNamespace) -> None:
    words = unreadable(upload(admin_client, Round, b"slug,planed_from\nround-1,x"))
    assert "“planed_from”" in words
    assert "did you mean planned_from" in words


@pytest.mark.parametrize(
    "name", ["people.csv", "people.xlsx", "people", "\u202evsc.exe", "x" * 300]
)
def test_the_content_says_what_a_file_is(
    admin_client: Client, world: SimpleNamespace, name: str
) -> None:
    rows = [person()]
    for data in (csv_file(rows), b"\xef\xbb\xbf" + csv_file(rows), xlsx_file(rows)):
        assert counts(upload(admin_client, Person, data, name)) == {"new": 1}


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_countries_spreadsheets(admin_client: Client, db: None, delimiter: str) -> None:
    text = "slug;name;role\r\ncy;Cy, the Elder;Envoy\r\n".replace(";", delimiter)
    load(admin_client, Person, text.encode())
    assert Person.objects.get().name == "Cy, the Elder"


def test_headers_and_gaps_as_people_leave_them(admin_client: Client, db: None) -> None:
    text = ' SLUG ,"Name ",,,\r\n\r\n,,,,\r\ncy,Cy,,,\r\n  ,\r\ndi,Di\r\n'
    page = upload(admin_client, Person, text.encode())
    assert [(line.number, line.key) for line in page.context["preview"].new] == [
        (4, "cy"),
        (6, "di"),
    ]


def test_a_cell_in_a_column_without_a_name(admin_client: Client, db: None) -> None:
    page = upload(admin_client, Person, b"slug,,name\ncy,x,Cy\ndi,,Di,y\n")
    assert refusals(page) == [
        (2, "", "found “x” in column 2, which has no name"),
        (3, "", "found “y” in column 4, which has no name"),
    ]


def test_a_file_has_limits(admin_client: Client, db: None, settings: Any) -> None:
    settings.IMPORT_MAX_ROWS = 2
    rows = [person(slug=f"p{n}") for n in range(3)]
    assert counts(upload(admin_client, Person, csv_file(rows[:2]))) == {"new": 2}
    for data in (csv_file(rows), xlsx_file(rows)):
        assert "more than 2 rows" in unreadable(upload(admin_client, Person, data))
    settings.IMPORT_MAX_CHANGES = 1
    assert "found 2 new or changed rows, expected at most 1" in unreadable(
        upload(admin_client, Person, csv_file(rows[:2]))
    )
    create_person(slug="p0", name="Cy Cedar")
    page = upload(admin_client, Person, csv_file(rows[:2]))
    assert counts(page) == {"unchanged": 1, "new": 1}, "what is unchanged counts as a change"
    settings.IMPORT_MAX_BYTES = 100
    page = upload(admin_client, Person, csv_file([person(role="x" * 100)]))
    assert "expected at most 100\xa0bytes" in unreadable(page)


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def with_sheet(rows: str, behind: str = "") -> bytes:
    """An XLSX whose sheet has these rows below a header, as XML, and ``behind`` them the rest."""
    header = '<row><c t="str"><v>slug</v></c><c t="str"><v>name</v></c></row>'
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{header}{rows}</sheetData>{behind}</worksheet>'
    with zipfile.ZipFile(io.BytesIO(xlsx_file([person()]))) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    return archive(parts | {"xl/worksheets/sheet1.xml": sheet})


@pytest.fixture
def cells_read(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """An entry for each cell of an XLSX of which a value was made."""
    read: list[Any] = []
    parse = WorkSheetParser.parse_cell

    def parse_cell(self: WorkSheetParser, element: Any) -> Any:
        read.append(element.tag)
        return parse(self, element)

    monkeypatch.setattr(WorkSheetParser, "parse_cell", parse_cell)
    return read


MERGED = '<mergeCell ref="A1:B2"/>'
FAR = '<row><c r="XFD1"/></row>'
PERSON_ROW = '<row><c t="str"><v>cy</v></c><c t="str"><v>Cy</v></c></row>'


@pytest.mark.parametrize(
    ("rows", "behind"),
    [
        (FAR * 3_000, ""),
        (FAR * 200_000, ""),
        (f"<row>{'<c/>' * 3_000}</row>", ""),
        (f"<row>{'<c/>' * 200_000}</row>", ""),
        ('<row hidden="1"/>' * 3_000, ""),
        (PERSON_ROW, f"<mergeCells>{MERGED * 3_000}</mergeCells>"),
        (PERSON_ROW, f"<dataValidations>{'<dataValidation/>' * 20_000}</dataValidations>"),
    ],
    ids=("far", "farther", "wide", "wider", "hidden", "merged", "rules"),
)
def test_a_small_file_of_many_cells_is_refused_before_they_are_read(
    admin_client: Client,
    db: None,
    settings: Any,
    cells_read: list[Any],
    rows: str,
    behind: str,
) -> None:
    settings.IMPORT_MAX_CELLS = 2_000
    data = with_sheet(rows, behind)
    assert len(data) < 60_000
    answer = unreadable(upload(admin_client, Person, data, "list.xlsx"))
    assert "more than 2000 cells" in answer
    assert "Copy the table alone into a new file" in answer
    assert len(cells_read) <= settings.IMPORT_MAX_CELLS


def test_a_table_within_the_limit_is_read_with_empty_cells_far_away(
    admin_client: Client, db: None, cells_read: list[Any]
) -> None:
    data = with_sheet(f"{PERSON_ROW}{FAR * 3_000}")
    assert counts(upload(admin_client, Person, data, "list.xlsx")) == {"new": 1}
    assert len(cells_read) == 3_004


@pytest.mark.parametrize("text", ["," * 3_000, "\n" * 3_000, "slug,name\ncy,Cy\n" + ",,\n" * 1_000])
def test_a_csv_file_of_many_cells_is_refused(
    admin_client: Client, db: None, settings: Any, text: str
) -> None:
    settings.IMPORT_MAX_CELLS = 2_000
    assert "more than 2000 cells" in unreadable(upload(admin_client, Person, text.encode()))


def test_a_long_formula_that_many_cells_share_is_not_copied(admin_client: Client, db: None) -> None:
    """Of 22 kB, 4 GB of memory were made."""
    formula = f'<row><c r="A2"><f t="shared" si="0">{"A1+" * 100_000}1</f></c></row>'
    shared = '<row><c><f t="shared" si="0"/></c><c t="str"><v>Cy</v></c></row>'
    data = with_sheet(formula + shared * 500)
    tracemalloc.start()
    page = upload(admin_client, Person, data, "list.xlsx")
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "formula" in str(refusals(page)[0])
    assert peak < 50_000_000


def test_more_text_than_a_confirmation_can_carry(
    admin_client: Client, db: None, settings: Any
) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100_100
    page = upload(admin_client, Person, csv_file([person()]))
    assert "too much text" in unreadable(page)


def packed(sheet: str, **files: bytes) -> bytes:
    """An XLSX whose only sheet has this XML between its tags, and other files."""
    whole = io.BytesIO(xlsx_file([person()]))
    made = io.BytesIO()
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                head, _, _rest = data.partition(b"<sheetData>")
                data = head + b"<sheetData>" + sheet.encode() + b"</sheetData></worksheet>"
            new.writestr(name, data)
        for name, data in files.items():
            new.writestr(name, data)
    return made.getvalue()


def text_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


HEADER = f'<row r="1">{text_cell("A1", "slug")}{text_cell("B1", "name")}</row>'
BILLION = (
    "<!DOCTYPE x ["
    + "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(12)).replace("&l0;", "ha")
    + "]>"
)


@pytest.mark.parametrize(
    ("sheet", "files", "words"),
    [
        ("", {"bomb.bin": b"\0" * 21_000_000}, "unpacks to more than 20 MB"),
        ("", {f"{n}.xml": b"" for n in range(501)}, "unpacks to more than"),
        (HEADER + '<row r="99999999999"><c r="A2"><v>1</v></c></row>', {}, "row beyond number"),
        (HEADER + f'<row r="2">{text_cell("ZZZ2", "x")}</row>', {}, "found 18278 columns"),
        (HEADER + f'<row r="2">{text_cell("ZZZZZZZ2", "x")}</row>', {}, "damaged"),
        (HEADER + '<row r="2"><c r="A2" t="s"><v>999</v></c></row>', {}, "damaged"),
        (HEADER + '<row r="2"><c r="A2"><v>' + "9" * 5000 + "</v></c></row>", {}, "damaged"),
        (BILLION + HEADER, {}, "damaged"),
        (HEADER + f'<row r="2">{text_cell("A2", "x" * 600_000)}</row>', {}, "damaged"),
        (HEADER + f'<row r="2" ht="{"x" * 19_000_000}"/>', {}, "damaged"),
    ],
)
def test_a_workbook_that_would_eat_the_machine(
    admin_client: Client, db: None, sheet: str, files: dict[str, bytes], words: str
) -> None:
    assert words in unreadable(upload(admin_client, Person, packed(sheet, **files), "x.xlsx"))


def test_the_longest_text_of_a_cell_is_read_however_it_is_written(
    admin_client: Client, db: None
) -> None:
    row = f'<row r="2">{text_cell("A2", "cy")}{text_cell("B2", "&#128512;" * 32_767)}</row>'
    page = upload(admin_client, Person, packed(HEADER + row), "x.xlsx")
    assert counts(page) == {"refused": 1}


def test_a_row_far_below_is_a_row(admin_client: Client, db: None) -> None:
    row = f'<row r="100000">{text_cell("A100000", "cy")}{text_cell("B100000", "Cy")}</row>'
    page = upload(admin_client, Person, packed(HEADER + row))
    assert [line.number for line in page.context["preview"].new] == [100_000]


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="B2"><f>1+1</f><v>2</v></c>',
        '<c r="B2" t="str"><f>"C"&amp;"y"</f></c>',
        '<c r="B2"><f t="array" ref="B2:B3">A1</f><v>2</v></c>',
    ],
)
def test_what_a_spreadsheet_calculates_is_refused(
    admin_client: Client, db: None, cell: str
) -> None:
    page = upload(
        admin_client, Person, packed(f'{HEADER}<row r="2">{text_cell("A2", "cy")}{cell}</row>')
    )
    ((number, column, reason),) = refusals(page)
    assert (number, column) == (2, "name")
    assert "expected no formula" in reason


# --- the rows ---


def test_a_preview_says_what_becomes_of_each_row_and_stores_nothing(
    admin_client: Client, world: SimpleNamespace
) -> None:
    rows = table(admin_client, Person)
    rows[0]["role"] = "Premier"
    rows += [person(organisation=""), person(slug="x", organisation="", party="nobody")]
    before = table(admin_client, Person)
    page = upload(admin_client, Person, csv_file(rows))
    assert counts(page) == {"new": 1, "changed": 1, "unchanged": len(before) - 1, "refused": 1}
    assert refusals(page) == [
        (
            len(rows) + 1,
            "party",
            "found “nobody”, which is no party; expected one of: arden, brume, corrie",
        )
    ]
    (changed,) = page.context["preview"].changed
    assert changed.changes == [("role", "Minister", "Premier")]
    content = page.content.decode()
    assert "Minister" in content
    assert "Premier" in content
    assert "which is no party" in content
    assert 'name="sheet"' not in content, "what is refused can be confirmed"
    assert table(admin_client, Person) == before


def test_a_confirmed_import_stores_what_was_shown(
    admin_client: Client, world: SimpleNamespace
) -> None:
    rows = [{"slug": "ada-alder", "role": "Premier"}, {"slug": "cy", "role": "Envoy"}]
    assert refusals(upload(admin_client, Person, csv_file(rows))) == [
        (3, "name", "found nothing, expected a value")
    ]
    data = csv_file([row | {"name": row["slug"].title()} for row in rows])
    preview = upload(admin_client, Person, data)
    response = confirm(admin_client, Person, preview, correction="She was promoted.")
    assert response.url == address(Person)
    alder, cedar = Person.objects.get(slug="ada-alder"), Person.objects.get(slug="cy")
    assert (alder.role, alder.party) == ("Premier", world.arden), "an absent column was emptied"
    assert (cedar.name, cedar.role, cedar.party) == ("Cy", "Envoy", None)
    page = admin_client.get(address(Person)).content.decode()
    assert "Stored: 1 new, 1 changed." in page
    assert "Premier" in admin_client.get(address(Person, "history", alder)).content.decode()
    log = [(entry.object_repr, entry.action_flag) for entry in LogEntry.objects.all()]
    assert sorted(log) == [("Ada-Alder", CHANGE), ("Cy", ADDITION)]


def test_a_preview_shows_every_cell_of_a_new_row(
    admin_client: Client, world: SimpleNamespace
) -> None:
    row = round_row("new-1", number="3", parties="brume, arden", planned_from="2010-12-31")
    page = upload(admin_client, Round, csv_file([row]))
    (line,) = page.context["preview"].new
    shown = {"number": "3", "parties": "arden, brume", "planned_from": "2010-12-31"}
    assert shown.items() <= dict(line.cells).items()
    cells = re.findall(r"<td><code>(\w+)</code></td>\s*<td>([^<]*)</td>", page.content.decode())
    assert [(name, html.unescape(text)) for name, text in cells] == line.cells


def test_what_many_rows_are_refused_for_is_told_once(
    admin_client: Client, world: SimpleNamespace
) -> None:
    rows = [round_row(f"new-{n}", to="03/04/2011") for n in range(12)]
    page = upload(admin_client, Round, csv_file(rows))
    assert counts(page) == {"refused": 12}
    (cause,) = page.context["preview"].causes
    assert cause.columns == ["to"]
    ((label, cells),) = cause.listed
    assert label == "“03/04/2011” (3 April 2011 or 4 March 2011)"
    assert cells == "E2, E3, E4, E5, E6, E7, E8, E9, and 4 more"
    content = page.content.decode()
    assert content.count("in one way only") == 1
    assert "In 12 places" in content
    assert cells in content


def test_new_rows_are_drafts_and_others_keep_their_state(
    admin_client: Client, world: SimpleNamespace
) -> None:
    rows = [
        round_row("new-1", state="published"),
        round_row("lake-summit", kind="leaders", name="Lake summit!", state="draft"),
        round_row(SECRET, name="Hush", state="published"),
    ]
    rows[1]["from"], rows[2]["from"] = "2010-02-20", "2010-02-10"
    page = upload(admin_client, Round, csv_file(rows))
    assert counts(page) == {"new": 1, "changed": 2}
    assert "In 3 rows the column “state” counts for nothing" in page.content.decode()
    assert confirm(admin_client, Round, page, correction="A slip.").status_code == 302
    states = dict(Round.objects.values_list("slug", "state"))
    assert (states["new-1"], states["lake-summit"], states[SECRET]) == (
        "draft",
        "published",
        "draft",
    )


def test_rows_may_need_rows_further_down(admin_client: Client, world: SimpleNamespace) -> None:
    rows = [
        round_row("new-1", status="rescheduled", replaced_by="new-2"),
        round_row("new-2", status="rescheduled", replaced_by="new-3"),
        round_row("new-3", status="planned"),
    ]
    load(admin_client, Round, csv_file(rows))
    chain = Round.objects.filter(slug__startswith="new").values_list("replaced_by__slug", flat=True)
    assert list(chain.order_by("slug")) == ["new-2", "new-3", None]


def test_a_row_that_needs_a_refused_one_says_so(
    admin_client: Client, world: SimpleNamespace
) -> None:
    rows = [
        round_row("new-1", status="rescheduled", replaced_by="new-2"),
        round_row("new-2", status="planned", source="nowhere"),
    ]
    (first, second) = refusals(upload(admin_client, Round, csv_file(rows)))
    assert first == (2, "replaced_by", "needs row 3, which is refused")
    assert second[:2] == (3, "source")


def test_a_key_is_there_once(admin_client: Client, db: None) -> None:
    rows = [person(), person(name="Cy II"), person(slug=" "), person(slug="")]
    assert refusals(upload(admin_client, Person, csv_file(rows))) == [
        (3, "slug", "found “cy-cedar” again, expected each once: line 2 has it"),
        (4, "slug", "found nothing, expected a key"),
        (5, "slug", "found nothing, expected a key"),
    ]


def test_lists_and_what_the_reading_adds(admin_client: Client, world: SimpleNamespace) -> None:
    row = {"slug": "nobody-said", "issues": "water, fish", "parties": "brume,arden"}
    load(admin_client, Statement, csv_file([row]), correction="Readers should know.")
    statement = Statement.objects.get(slug="nobody-said")
    assert set(statement.issues.all()) == {world.water, world.fish}
    assert set(statement.parties.all()) == {world.arden, world.brume}


# --- what readers see ---


def test_what_is_published_is_changed_with_a_note(
    admin_client: Client, world: SimpleNamespace
) -> None:
    page = upload(admin_client, Round, csv_file([{"slug": "round-1", "place": "Ardenport East"}]))
    assert 'name="correction"' in page.content.decode()
    again = confirm(admin_client, Round, page, correction=" ")
    assert "say what changes" in " ".join(told(again))
    assert Round.objects.get(slug="round-1").place == "Ardenport"
    assert confirm(admin_client, Round, again, correction="It was the east.").status_code == 302
    assert Round.objects.get(slug="round-1").place == "Ardenport East"


def test_drafts_need_no_note(admin_client: Client, world: SimpleNamespace) -> None:
    page = upload(admin_client, Round, csv_file([{"slug": SECRET, "place": "Elsewhere"}]))
    assert 'name="correction"' not in page.content.decode()
    assert confirm(admin_client, Round, page).status_code == 302


def test_who_may_not_publish_changes_nothing_published(world: SimpleNamespace) -> None:
    client = staff("view_round", "add_round", "change_round")
    rows = [{"slug": "round-1", "place": "Elsewhere"}, {"slug": SECRET, "place": "Elsewhere"}]
    page = upload(client, Round, csv_file(rows))
    assert counts(page) == {"changed": 1, "refused": 1}
    ((number, _column, reason),) = refusals(page)
    assert (number, "Only an editor may publish" in reason) == (2, True)
    load(client, Round, csv_file(rows[1:]))
    assert Round.objects.get(slug=SECRET).place == "Elsewhere"


def test_who_may_not_publish_changes_nobody_that_readers_see(world: SimpleNamespace) -> None:
    """People and sources have no state: what readers see of them is what is published beside."""
    client = staff("view_person", "add_person", "change_person")
    rows = [{"slug": "ada-alder", "role": "Premier"}, {"slug": "di-dogwood", "role": "Envoy"}]
    create_person(slug="di-dogwood")
    page = upload(client, Person, csv_file(rows))
    assert [number for number, _column, _reason in refusals(page)] == [2]
    assert counts(page) == {"changed": 1, "refused": 1}


def test_a_second_editor_is_asked_for_here_too(
    admin_client: Client, world: SimpleNamespace, settings: Any
) -> None:
    settings.SECOND_EDITOR = True
    page = upload(admin_client, Round, csv_file([{"slug": "round-1", "place": "Elsewhere"}]))
    assert "A second editor must approve this" in refusals(page)[0][2]


def test_the_history_says_who_imported_and_why(
    admin_client: Client, admin_user: User, world: SimpleNamespace
) -> None:
    rows = [{"slug": "round-1", "place": "Elsewhere"}]
    load(admin_client, Round, csv_file(rows), correction="It was elsewhere.")
    last = load_revisions(Round.objects.get(slug="round-1"))[0]
    assert (last.version.author, last.version.note) == (admin_user.pk, "It was elsewhere.")


# --- between preview and confirmation ---


def test_what_has_changed_meanwhile_is_shown_again(
    admin_client: Client, world: SimpleNamespace
) -> None:
    page = upload(admin_client, Person, csv_file([{"slug": "ada-alder", "role": "Premier"}]))
    Person.objects.filter(slug="ada-alder").update(role="Envoy")
    why = {"correction": "She was promoted."}
    again = confirm(admin_client, Person, page, **why)
    assert "The record has changed meanwhile" in " ".join(told(again))
    assert again.context["preview"].changed[0].changes == [("role", "Envoy", "Premier")]
    assert Person.objects.get(slug="ada-alder").role == "Envoy"
    assert confirm(admin_client, Person, again, **why).status_code == 302
    assert Person.objects.get(slug="ada-alder").role == "Premier"


def test_what_is_refused_by_now_is_not_stored(admin_client: Client, world: SimpleNamespace) -> None:
    dell = create_party(code="dell")
    rows = [person(), person(slug="di", party="dell")]
    page = upload(admin_client, Person, csv_file(rows))
    dell.delete()
    again = confirm(admin_client, Person, page)
    assert counts(again) == {"new": 1, "refused": 1}
    assert b'name="sheet"' not in again.content
    forged = fields_in(page) | {"seen": again.context["preview"].fingerprint}
    admin_client.post(address(Person, "process_import"), forged)
    assert not Person.objects.filter(slug="cy-cedar").exists()


def test_what_somebody_else_was_shown_is_of_no_use(
    world: SimpleNamespace, admin_client: Client
) -> None:
    page = upload(admin_client, Person, csv_file([person()]))
    other = staff("view_person", "add_person", "change_person")
    response = confirm(other, Person, page)
    assert response.url == address(Person, "import")
    assert not Person.objects.filter(slug="cy-cedar").exists()


@pytest.mark.parametrize("forged", [{}, {"sheet": "x:y:z", "seen": "1"}, {"sheet": "\0"}])
def test_a_confirmation_of_nothing(admin_client: Client, db: None, forged: dict[str, str]) -> None:
    response = admin_client.post(address(Person, "process_import"), forged, follow=True)
    assert "upload the file again" in response.content.decode()
    response = admin_client.get(address(Person, "process_import"))
    assert response["Location"] == address(Person, "import")


def test_an_import_asks_no_more_for_rows_that_change_nothing(
    admin_client: Client, world: SimpleNamespace, django_assert_max_num_queries: Any
) -> None:
    for _number in range(20):
        create_statement(dates=days("2010-01-09"), source=create_source())
    data = export(admin_client, Statement)
    with django_assert_max_num_queries(40):
        upload(admin_client, Statement, data)
