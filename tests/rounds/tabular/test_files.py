"""Spreadsheets as people make them: each is stored as it was meant, or refused once and in words.

The files have the habits of the programs that they are named after: see ``tests/programs.py``.
"""

import datetime as dt
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from django.contrib.auth.models import User
from django.db import transaction

from issues.resources import MeasureResource, ProgressResource, StatementOnIssuesResource
from rounds.admin.spreadsheets.preview import ImportPreview
from rounds.admin.spreadsheets.storing import store
from rounds.tabular.cell_codecs import DayCodec, DecimalCodec, unguarded
from rounds.tabular.files.encodings import EncodingError, decode
from rounds.tabular.files.formats import read
from rounds.tabular.files.number_formats import number_cell
from rounds.tabular.files.sheets import CellKind, SheetCell, SheetError
from rounds.tabular.files.xlsx_files import SheetReader
from rounds.tabular.importer import stored_rows
from rounds.tabular.parsing.cells import Surroundings, read_as
from rounds.tabular.parsing.days import DayOrder, day_from_text
from rounds.tabular.parsing.headings import Headings
from rounds.tabular.parsing.numbers import number_from_text
from rounds.tabular.parsing.text import UnreadableCellError
from rounds.tabular.resources import PersonResource, RoundResource
from tests.programs import STRICT, Tab, Typed, archive, workbook

MARCH, AUGUST = dt.date(2018, 3, 4), dt.date(2018, 8, 29)
ROUND = {"slug": "new", "name": "New", "kind": "bilateral", "from": "2010-02-01"}
ROUND |= {"source": "gazette"}
MEASURE = {"slug": "new", "issue": "water", "name": "New", "unit": "%", "source": "gazette"}
PERSON = {"slug": "new", "name": "New"}
STATEMENT = {"slug": "new", "from": "2010-01-09", "summary": "They agreed.", "source": "gazette"}
STATEMENT |= {"basis": "reporting"}
PROGRAMS = ("excel", "libreoffice", "google", "numbers")


def grid(*rows: dict[str, Any]) -> list[list[Any]]:
    """A header and rows."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return [names, *([row.get(name) for name in names] for row in rows)]


def csv_text(*rows: dict[str, Any], delimiter: str = ",", ending: str = "\r\n") -> str:
    """As programs write it: quotation marks only around what needs them."""
    lines = [[written(cell, delimiter) for cell in row] for row in grid(*rows)]
    return "".join(delimiter.join(line) + ending for line in lines)


def written(cell: Any, delimiter: str) -> str:
    text = "" if cell is None else str(cell)
    doubled = text.replace('"', '""')
    return f'"{doubled}"' if set(f'{delimiter}"\n') & set(text) else text


class Case(NamedTuple):
    """A file, and the cells that it stores of the row “new”, or words of the one refusal."""

    program: str
    what: str
    resource: Any
    data: bytes
    expected: dict[str, str] | str


def excel(what: str, resource: Any, row: dict[str, Any], expected: Any, **options: Any) -> Case:
    return Case("excel", what, resource, workbook("excel", Tab(grid(row), **options)), expected)


def french(row: dict[str, Any], encoding: str = "utf-8-sig") -> bytes:
    """CSV of a French Excel."""
    return csv_text(row, delimiter=";").encode(encoding)


def every_program() -> Iterator[Case]:
    """What all of them do, each in its way."""
    for program in PROGRAMS:
        days = [ROUND | {"from": MARCH, "to": AUGUST, "approximate": True, "number": 7}]
        yield Case(
            program,
            "real dates, a number and a truth value",
            RoundResource,
            workbook(program, Tab(grid(*days))),
            {"from": "2018-03-04", "to": "2018-08-29", "approximate": "true", "number": "7"},
        )
        measure = MEASURE | {"status_quo": Typed(0.625, "0.0%")}
        yield Case(
            program,
            "0.625 shown as 62.5%, unit %",
            MeasureResource,
            workbook(program, Tab(grid(measure))),
            {"status_quo": "62.5"},
        )
        formula = MEASURE | {"status_quo": Typed(3, formula="1+2")}
        yield Case(
            program,
            "a formula",
            MeasureResource,
            workbook(program, Tab(grid(formula))),
            "no formula",
        )
        yield Case(
            program,
            "a title above the header",
            PersonResource,
            workbook(program, Tab([["People"], [], *grid(PERSON)])),
            {"name": "New"},
        )


def percents_and_numbers() -> Iterator[Case]:
    def measure(what: str, cell: Any, expected: Any, **cells: Any) -> Case:
        return excel(what, MeasureResource, MEASURE | {"status_quo": cell} | cells, expected)

    yield measure("0.07 as 7%", Typed(0.07, "0%"), {"status_quo": "7"})
    yield measure("per cent, unit US$", Typed(0.1, "0%"), "unit is not per cent", unit="US$")
    yield measure("62.5 with a sign in its format", Typed(62.5, '0.0"%"'), {"status_quo": "62.5"})
    yield measure("1.5 M for 1,500,000", Typed(1_500_000, '0.0,,"M"'), "shows another")
    yield measure("money", Typed(1000, '"$"#,##0.00'), {"status_quo": "1000"}, unit="US$")
    yield measure("noise of floating point", 0.1 + 0.2, {"status_quo": "0.3"})
    yield measure("scientific", Typed(1_000_000, "0.00E+00"), {"status_quo": "1000000"})
    yield measure("more than four decimals", 62.50000000001, "no more than 4 decimal places")
    yield measure("more than 15 digits", 1234567890123456789, "at most 15 digits")
    yield measure("text “62,5”", "62,5", {"status_quo": "62.5"})
    yield measure("text “62.5 %”", "62.5 %", {"status_quo": "62.5"})
    yield measure("text “1,000”", "1,000", "in one way only", unit="US$")
    yield measure("text “1 000”", "1\u202f000", {"status_quo": "1000"}, unit="US$")
    yield measure("text “1.234.567,5”", "1.234.567,5", {"status_quo": "1234567.5"}, unit="US$")
    yield measure("text “−5”", "\u22125", {"status_quo": "-5"})
    yield measure("text “$1000”", "$1000", "nothing else in the cell", unit="US$")
    yield measure("1.5 turned into 1 May", dt.date(2018, 5, 1), "has turned it into a date")
    yield measure("a time", Typed(0.5, "h:mm"), "has turned it into a date, a time")
    yield measure("an error", Typed("#N/A", type="e"), "shows an error")
    yield measure("an error as text", "#VALEUR!", "shows an error")
    yield Case(
        "excel",
        "CSV of a French Excel, 62,5",
        MeasureResource,
        french(MEASURE | {"status_quo": "62,5"}),
        {"status_quo": "62.5"},
    )
    yield Case(
        "libreoffice",
        "CSV with 62.5%",
        MeasureResource,
        csv_text(MEASURE | {"status_quo": "62.5%"}).encode(),
        {"status_quo": "62.5"},
    )
    yield Case(
        "excel",
        "CSV with a comma that has shifted cells",
        PersonResource,
        b"slug,name,role\nnew,New,62,\n",
        "more cells than the header",
    )


def days() -> Iterator[Case]:
    def meeting(what: str, cell: Any, expected: Any, **cells: Any) -> Case:
        return excel(what, RoundResource, ROUND | {"from": cell} | cells, expected)

    march = {"from": "2018-03-04", "to": ""}
    yield meeting("43163", 43163, "numbers by which")
    yield meeting("text “43163”", "43163", "numbers by which")
    yield meeting("4-Mar, typed without a year", Typed(MARCH, "d-mmm"), "shows only a part")
    yield meeting("Mar-18, a month", Typed(dt.date(2018, 3, 1), "mmm-yy"), "shows only a part")
    yield meeting("a date-time at midnight", Typed(MARCH, "yyyy-mm-dd hh:mm"), march)
    afternoon = dt.datetime(2018, 3, 4, 14, 30)  # noqa: DTZ001 – spreadsheets have no zones
    yield meeting("a date-time", Typed(afternoon, "yyyy-mm-dd hh:mm"), "remove the time")
    hidden_time = {"from": "2018-03-04"}
    yield meeting("a date-time shown as a date", Typed(afternoon, "yyyy-mm-dd"), hidden_time)
    yield meeting("a time", Typed(0.5, "h:mm"), "expected a day such as")
    yield meeting("an ISO date of Strict OOXML", Typed("2018-03-04", type="d"), march)
    yield meeting("29/08/2018", "29/08/2018", {"from": "2018-08-29"})
    yield meeting("03/04/2018", "03/04/2018", "in one way only")
    yield meeting(
        "03/04/2018 and 29/08/2018", "03/04/2018", {"from": "2018-04-03"}, to="29/08/2018"
    )
    yield meeting(
        "03/04/2018 and 08/29/2018", "03/04/2018", {"from": "2018-03-04"}, to="08/29/2018"
    )
    yield meeting("22/3/18", "22/3/18", "year with four digits")
    yield meeting("4 mars 2018", "dimanche 4 mars 2018", march)
    yield meeting("4 de marzo de 2018", "4 de marzo de 2018", march)
    yield meeting("March 4th, 2018", "March 4th, 2018", march)
    yield meeting("2018/03/04", "2018/3/04", march)
    yield meeting("a day with a no-break space", "\u200e2018-03-04\u00a0", march)
    yield meeting("Open", MARCH, {"to": "open"}, to="Open")
    mixed = grid(*(ROUND | {"slug": slug, "from": day} for slug, day in MIXED_DAYS))
    yield Case(
        "excel",
        "29/08/2018 beside real dates",
        RoundResource,
        workbook("excel", Tab(mixed)),
        "not both dates and text",
    )
    yield Case(
        "excel",
        "thirty days that can be read in two ways",
        RoundResource,
        csv_text(*(ROUND | {"slug": f"r{n}", "from": "03/04/2018"} for n in range(30))).encode(),
        "in one way only",
    )
    yield Case(
        "numbers",
        "a book that counts from 1904",
        RoundResource,
        workbook("numbers", Tab(grid(ROUND | {"from": MARCH})), date1904=True),
        march,
    )
    yield Case(
        "excel",
        "own export saved again as CSV by a French Excel",
        RoundResource,
        french(ROUND | {"from": "04/03/2018", "to": "29/08/2018", "approximate": "FAUX"}),
        {"from": "2018-03-04", "to": "2018-08-29", "approximate": "false"},
    )
    yield Case(
        "libreoffice",
        "CSV of a Spanish LibreOffice",
        RoundResource,
        csv_text(ROUND | {"from": "29/08/2018", "approximate": "VERDADERO"}).encode(),
        {"from": "2018-08-29", "approximate": "true"},
    )


MIXED_DAYS = [("new", "29/08/2018"), ("other", dt.date(2018, 4, 3))]


def texts_and_keys() -> Iterator[Case]:
    def person(what: str, expected: Any, **cells: Any) -> Case:
        return excel(what, PersonResource, PERSON | cells, expected)

    def statement(what: str, expected: Any, **cells: Any) -> Case:
        return excel(what, StatementOnIssuesResource, STATEMENT | cells, expected)

    yield person("- a dash", {"name": "'- a dash"}, name="- a dash")
    yield person("+1 from Canada", {"role": "'+1 from Canada"}, role="+1 from Canada")
    yield person("@ustr", {"role": "'@ustr"}, role="@ustr")
    yield person("“=1+1” typed as text", {"role": "'=1+1"}, role="=1+1")
    yield person("a key 2018", {"slug": "2018"}, slug=2018)
    yield person("a key with a no-break space", {"slug": "new"}, slug="new\u00a0")
    yield person("a key turned into a day", "has turned it into a number, a date", slug=MARCH)
    yield person("a key 0042", "has turned it into a number, a date", slug=Typed(42, "0000"))
    yield person(
        "a text turned into a truth value", "has turned it into a number, a date", role=True
    )
    yield person("a line break of Windows", {"role": "a b"}, role="a_x000D_\nb")
    yield person("quotation marks", {"role": 'the “old” "new"'}, role='the “old” "new"')
    yield person("rich text", {"role": "one two"}, role=Typed(None, xml=RICH_TEXT))
    yield person("letters of a wrong encoding", "wrong encoding", name="MontrÃ©al")
    yield person("a lost letter", "wrong encoding", name="Montr\ufffdal")
    yield person("a very long cell", "This has 20000 characters", role="x" * 20_000)
    yield person("a party by its name", {"party": "arden"}, party="Arden ")
    yield person("a party that is none", "which is no party", party="Canada")
    yield statement(
        "lists with semicolons", {"parties": "arden, brume"}, parties="arden;\u00a0brume"
    )
    yield statement("lists of names", {"parties": "arden, brume"}, parties="Brume, Arden")
    yield statement("a source by its title", {"source": "herald"}, source="The same day")
    yield statement("a round by its name", {"round": "round-1"}, round="Round 1")
    yield statement("a zero-width space", {"source": "herald"}, source="\u200bherald")
    yield statement("a choice by its label", {"basis": "document"}, basis="Document")
    yield statement("a choice in French", {"basis": "joint-statement"}, basis="Déclaration commune")
    yield excel(
        "a cancelled meeting by its name",
        ProgressResource,
        {"round": "Lake summit", "issue": "water", "level": "stuck", "source": "gazette"},
        "took place or is still to come",
    )


RICH_TEXT = (
    '<r><rPr><b/></rPr><t xml:space="preserve">one </t></r><r><t>two</t></r>'
    '<rPh sb="0" eb="1"><t>not read</t></rPh>'
)


def sheets() -> Iterator[Case]:
    people = grid(PERSON)
    notes = Tab([["Notes"], ["To do"]], "Notes")

    def book(program: str, what: str, expected: Any, *tabs: Tab, **options: Any) -> Case:
        return Case(program, what, PersonResource, workbook(program, *tabs, **options), expected)

    new = {"name": "New"}
    yield book("google", "another sheet", new, Tab(people, "People"), notes)
    yield book("excel", "the open sheet is not the table", "“People”", notes, Tab(people, "People"))
    summary = Tab([["Export Summary"], ["This document was exported"]], "Export Summary")
    table = Tab([["Table 1"], *people], "Sheet 1 - Table 1")
    yield book("numbers", "its summary is open", "“Sheet 1 - Table 1”", summary, table)
    yield book("numbers", "its table is open", new, summary, table, active=1)
    roles = grid(*(PERSON | {"slug": s, "role": r} for s, r in [("new", "Envoy"), ("b", "")]))
    yield book("excel", "merged cells", "C2:C3", Tab(roles, merged=["C2:C3"]))
    yield book("excel", "a merged title", new, Tab([["People"], *people], merged=["A1:B1"]))
    yield book(
        "excel", "a hidden row and column", new, Tab(people, hidden_rows=[2], hidden_columns=[2])
    )
    yield book("libreoffice", "a filtered row", new, Tab(people, hidden_rows=[2]))
    yield book("excel", "empty columns behind", new, Tab([[*row, None, ""] for row in people]))
    yield book("excel", "a column twice", "2 times", Tab(TWICE))
    yield book("excel", "Strict Open XML", "Strict Open XML", Tab(people), main=STRICT)
    yield book("excel", "labels of pages", new, Tab([["KEY", "Name *"], people[1]]))
    yield book("excel", "labels in French", new, Tab([["Clé", "Nom"], people[1]]))


TWICE = [["slug", "name", "Name"], ["new", "New", "x"]]


def files() -> Iterator[Case]:
    def file(program: str, what: str, data: bytes, expected: Any) -> Case:
        return Case(program, what, PersonResource, data, expected)

    text = csv_text(PERSON | {"role": "Éditeur à Montréal"})
    role = {"role": "Éditeur à Montréal"}
    tabs = csv_text(PERSON | {"role": "Éditeur à Montréal"}, delimiter="\t")
    yield file("google", "CSV", text.encode(), role)
    yield file("numbers", "CSV with semicolons", french(PERSON | role), role)
    yield file("excel", "“Unicode text”", tabs.encode("utf-16"), role)
    yield file("excel", "UTF-16 without a mark", tabs.encode("utf-16-be"), role)
    yield file("excel", "CSV of old Macs: lines", text.replace("\r\n", "\r").encode(), role)
    separated = "sep=;\r\n" + csv_text(PERSON | role, delimiter=";")
    yield file("excel", "sep=;", separated.encode("utf-8-sig"), role)
    economy = PERSON | {"role": "Déclaration sur l’économie"}
    yield file(
        "excel", "Windows-1252, certain", french(economy, "cp1252"), {"role": economy["role"]}
    )
    yield file(
        "excel", "Mac Roman, certain", french(economy, "mac_roman"), {"role": economy["role"]}
    )
    yield file(
        "excel", "Windows-1252, è or č", french(PERSON | {"role": "après"}, "cp1252"), "CSV UTF-8"
    )
    yield file(
        "excel", "Windows-1250", french(PERSON | {"role": "Havlíček"}, "cp1250"), "CSV UTF-8"
    )
    yield file("excel", "old .xls", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old Excel file")
    encrypted = b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
    yield file("excel", "a password", encrypted, "protected with a password")
    excel_2003 = (
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'
    )
    yield file("excel", "XML of Excel 2003", excel_2003, "XML spreadsheet of Excel 2003")
    yield file("excel", "HTML called .xls", b"<html><table><tr><td>slug", "web page (HTML)")
    yield file("excel", ".xlsb", archive({"xl/workbook.bin": b""}), ".xlsb")
    ods = {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": ""}
    yield file("libreoffice", ".ods", archive(ods), "OpenDocument")
    yield file("numbers", ".numbers", archive({"Index/Document.iwa": b""}), "Numbers document")
    yield file("excel", "a zip of CSV", archive({"people.csv": text}), "zip file")
    yield file("google", "PDF", b"%PDF-1.7", "PDF")
    yield file("google", "JSON", b'[{"slug": "new"}]', "JSON")
    yield file(
        "libreoffice", "a formula in CSV", csv_text(PERSON | {"role": "=A1"}).encode(), "no formula"
    )


CASES = [
    *every_program(),
    *percents_and_numbers(),
    *days(),
    *texts_and_keys(),
    *sheets(),
    *files(),
]


def outcome(case: Case, user: User) -> ImportPreview | SheetError:
    """What becomes of a file, within a transaction that the caller undoes."""
    resource = case.resource()
    try:
        return store(read("list", case.data, Headings(resource).is_header), resource, user)
    except SheetError as error:
        return error


def refusal_in(result: ImportPreview | SheetError) -> list[str]:
    if isinstance(result, SheetError):
        return [str(text) for text in result.args]
    return [cause.text for cause in result.causes]


def fault(case: Case, result: ImportPreview | SheetError) -> str:
    """What is wrong with a result, if anything is."""
    refusal = refusal_in(result)
    if isinstance(case.expected, str):
        if len(refusal) == 1 and case.expected in refusal[0]:
            return ""
        return f"expected one refusal with “{case.expected}”, got {refusal or 'stored'}"
    if refusal or isinstance(result, SheetError):
        return f"refused: {refusal}"
    rows = stored_rows(case.resource())
    key = case.expected.get("slug", "new")
    cells = {name: rows[(key,)][name] for name in case.expected}
    shown = dict(next(line.cells for line in result.new if line.key == key))
    if cells != case.expected:
        return f"stored {cells}"
    hidden = [name for name, text in cells.items() if shown.get(name, "") != unguarded(text)]
    return f"not shown: {hidden}" if hidden else ""


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 60
    assert {case.program for case in CASES} == set(PROGRAMS)


@pytest.mark.slow
def test_each_is_stored_as_it_was_meant_or_refused_once(
    world: SimpleNamespace, admin_user: User
) -> None:
    faults, rows = [], []
    for case in CASES:
        with transaction.atomic():
            result = outcome(case, admin_user)
            if problem := fault(case, result):
                faults.append(f"{case.program}, {case.what}: {problem}")
            answer = refusal_in(result)
            rows.append(f"| {case.program} | {case.what} | {' '.join(answer) or 'read'} |")
            transaction.set_rollback(True)
    print("\n".join(rows))  # noqa: T201, RUF100 – the table, with -s
    assert faults == []


def test_a_per_cent_cell_of_three_decimals_is_the_number_that_it_holds() -> None:
    """It was refused for lack of a fourth decimal, which the program takes away again."""
    surroundings = Surroundings(unit="%")
    for cell, text in (
        (number_cell(0.01234, "0.000%"), "1.234"),
        (SheetCell("62.5%"), "62.5"),
    ):
        assert read_as(DecimalCodec(), cell, surroundings) == text
    with pytest.raises(UnreadableCellError):
        read_as(DecimalCodec(), SheetCell("1.234%"), surroundings)


def test_spaces_far_to_the_right_cost_nothing() -> None:
    """One space in column ZZZ, 45 bytes a row, made a list of 18,278 cells for each row."""
    cells = [
        {"column": 1, "value": "a", "data_type": "s"},
        {"column": 18_278, "value": " ", "data_type": "s"},
    ]
    book = SimpleNamespace(parent=SimpleNamespace(epoch=None))
    assert SheetReader(book)._cells(cells) == [SheetCell("a")]


def test_a_day_with_spaces_is_not_told_to_lengthen_its_year() -> None:
    for text, is_short in (("2018 03 04", False), ("4-3-18", True)):
        with pytest.raises(UnreadableCellError) as refused:
            day_from_text(text, DayCodec(), DayOrder())
        assert ("four digits" in refused.value.cause) is is_short


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *[("75", "75"), ("62.50", "62.5"), ("0,625", "0.625"), ("1,2500", "1.25"), ("007", "7")],
        *[("-3.5", "-3.5"), ("-0", "0"), ("1’000,50", "1000.5"), ("1,234,567", "1234567")],
        *[("12 345 678", "12345678"), ("1.234,5", "1234.5"), ("1234,567", "1234.567")],
        *[("1.000", None), ("1,000", None), ("12,345", None), ("1 00", None), ("1,00,000", None)],
        *[("(5)", None), ("+5", None), ("1e3", None), ("٣", None), ("85 or 50", None), ("", None)],
    ],
)
def test_a_number_is_read_where_it_can_be_one_only(text: str, number: str | None) -> None:
    if number is None:
        with pytest.raises(UnreadableCellError):
            number_from_text(text)
    else:
        assert number_from_text(text) == number


@pytest.mark.parametrize(
    ("text", "day_first", "day"),
    [
        ("2018-3-4", None, "2018-03-04"),
        ("2018-03-04T00:00:00", None, "2018-03-04"),
        ("13.04.2018", None, "2018-04-13"),
        ("4/4/2018", None, "2018-04-04"),
        ("4-3-2018", True, "2018-03-04"),
        ("4/3/2018", False, "2018-04-03"),
        ("1er août 2018", None, "2018-08-01"),
        ("miércoles, 5 de septiembre del 2018", None, "2018-09-05"),
        ("Sept. 5, 2018", None, "2018-09-05"),
        ("4-Mar-2018", None, "2018-03-04"),
        ("4/3/2018", None, None),
        ("13/14/2018", None, None),
        ("13/04/2018", False, None),
        ("30.02.2018", None, None),
        ("2018-02-30", None, None),
        ("4-Mar-18", None, None),
        ("March 2018", None, None),
        ("early March 2018", None, None),
        ("4 March and 5 April 2018", None, None),
        ("2018", None, None),
    ],
)
def test_a_day_is_read_where_it_can_be_one_only(
    text: str, day_first: bool | None, day: str | None
) -> None:
    if day is None:
        with pytest.raises(UnreadableCellError):
            day_from_text(text, DayCodec(), DayOrder(day_first))
    else:
        assert day_from_text(text, DayCodec(), DayOrder(day_first)) == day


@pytest.mark.parametrize(
    ("text", "encoding", "name"),
    [
        ("le 4 août", "utf-8", ""),
        ("le 4 août", "utf-8-sig", ""),
        ("le 4 août", "utf-16", ""),
        ("slug\t4 août", "utf-16-le", ""),
        ("le 4 août", "utf-32", ""),
        ("ASCII", "ascii", ""),
        ("slug,name,role,organisation,party\nx,M\u0435xico", "utf-16-le", ""),  # a Cyrillic e
        pytest.param("é" + "x" * 500_000, "utf-8", "", id="a word without end"),
        ("l’économie mexicaine", "cp1252", "Windows-1252"),
        ("négociation", "mac_roman", "Mac Roman"),
        ("l’économie mexicaine", "mac_roman", None),  # an Armenian letter in UTF-8
        ("negociación", "cp1252", "Windows-1252"),
        ("très", "cp1252", None),  # trčs in Windows-1250
        ("Gdańsk", "cp1250", None),  # Gdañsk in Windows-1252
        ("Montréal", "cp850", "DOS 437"),  # which has the same é
        ("Москва", "cp1251", None),
        ("东京", "gb18030", None),
        ("Canada’s", "cp1252", None),  # Canadaís on a Mac
    ],
)
def test_an_old_encoding_is_read_where_it_can_be_one_only(
    text: str, encoding: str, name: str | None
) -> None:
    if name is None:
        with pytest.raises(EncodingError):
            decode(text.encode(encoding))
    else:
        assert decode(text.encode(encoding)) == (text, name)


@pytest.mark.parametrize(
    ("value", "number_format", "text", "kind"),
    [
        (0.625, "0%", "62.5%", CellKind.PERCENT),
        (-0.1, "0%;[Red]-0%", "-10%", CellKind.PERCENT),
        (62.5, "0.0\\%", "62.5%", CellKind.PERCENT),
        (0.5, "[<1]0%;0", "0.5", CellKind.SCALED),
        (1e6, "#,##0,", "1000000", CellKind.SCALED),
        (1e6, "#,##0", "1000000", CellKind.SHOWN),
        (5000, '[<1000]0;0.0," bn"', "5000", CellKind.SCALED),  # shown as 5.0 bn
        (5, '0"00"', "5", CellKind.SCALED),  # shown as 500
        (5, "\\10", "5", CellKind.SCALED),  # shown as 15
        (5, '0" m2"', "5", CellKind.NUMBER),
        (5, '"Q1: "0', "5", CellKind.NUMBER),
        (7.0, "General", "7", CellKind.NUMBER),
        (7, "000", "7", CellKind.SHOWN),
        (1e-7, "General", "0.0000001", CellKind.NUMBER),
        (10**15, "General", "1000000000000000", CellKind.INEXACT),
    ],
)
def test_a_number_is_what_its_program_shows(
    value: float, number_format: str, text: str, kind: CellKind
) -> None:
    assert number_cell(value, number_format) == (text, kind)
