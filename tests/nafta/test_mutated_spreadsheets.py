"""Damaged spreadsheets of every list: whatever is uploaded, no traceback and no partial load.

``MUTATIONS=1000`` in the environment makes it a thousand; each has a seed, which a failure names.
"""

import csv
import gzip
import io
import os
import random
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from django.db import transaction
from django.test import Client
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from issues.models import Issue, Measure, Position, Progress, Proposal
from nafta.data_package.tables import table_resources
from rounds.models import Deadline, Negotiation, Party, Person, Round, Source, Statement
from rounds.tabular.importer import stored_rows
from tests.sheets import confirm, counts, table, upload

pytestmark = pytest.mark.slow

RUNS = int(os.environ.get("MUTATIONS", "60"))
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

Rows = list[list[Any]]  # the first is the header
NASTY = [
    *("", " ", "\0", "a\0b", "\x07", "\x0b", "\x1b[31m", "\x7f", "\x85", "\r", "\n\n", "\u2028"),
    *("=1+1", "+1", "-1+1", "@SUM(A1)", "'=1", "''", "=HYPERLINK(1)", '"', '""', '"a""b', "a\tb"),
    *("2010-02-30", "30/02/2010", "0000-00-00", "9999-12-31", "1899-12-31", "open", "2010-1-9"),
    *("-1", "1e400", "99999999999999999999", "1.5", "NaN", "Infinity", "٣", "TRUE", "false", "1"),
    *("nobody", "a,b,,c", ",", "arden,arden", "water", "round-1", "published", "ready", "draft"),
    *(
        "\ufeffx",
        "\u202ex",
        "😀" * 50,
        "é",
        "e\u0301",
        "<script>alert(1)</script>",
        "{{ 7 }}",
        "%s",
    ),
    *("x" * 300, "x" * 25_000, "x" * 140_000, "_x0000_", "_xD800_", "../../etc/passwd", "\ufffe"),
]


def place(chance: random.Random, rows: Rows) -> tuple[int, int]:
    row = chance.randrange(1, len(rows)) if len(rows) > 1 else 0
    return row, chance.randrange(len(rows[row])) if rows[row] else 0


def put(rows: Rows, at: tuple[int, int], value: Any) -> None:
    row, column = at
    if rows[row]:
        rows[row][column] = value


def got(rows: Rows, at: tuple[int, int]) -> str:
    row, column = at
    return str(rows[row][column]) if rows[row] else ""


def nasty_cell(chance: random.Random, rows: Rows) -> None:
    put(rows, place(chance, rows), chance.choice(NASTY))


def nasty_tail(chance: random.Random, rows: Rows) -> None:
    at = place(chance, rows)
    put(rows, at, got(rows, at) + chance.choice(NASTY))


def swapped_cells(chance: random.Random, rows: Rows) -> None:
    one, other = place(chance, rows), place(chance, rows)
    kept = got(rows, one)
    put(rows, one, got(rows, other))
    put(rows, other, kept)


def emptied_column(chance: random.Random, rows: Rows) -> None:
    _row, column = place(chance, rows)
    for row in rows[1:]:
        row[column : column + 1] = [""]


def reworded(chance: random.Random, rows: Rows) -> None:
    """What an editor does: some of these can be stored."""
    texts = [row for row in rows[1:] if any(" " in str(cell) for cell in row)]
    for row in chance.sample(texts, min(len(texts), chance.randint(1, 5))):
        column = chance.choice([at for at, cell in enumerate(row) if " " in str(cell)])
        row[column] = f"{row[column]} Indeed."


def new_row(chance: random.Random, rows: Rows) -> None:
    row = list(chance.choice(rows[1:] or rows))
    row[:1] = [f"new-{chance.randrange(100)}"]
    rows.insert(chance.randint(1, len(rows)), row)


def twin_row(chance: random.Random, rows: Rows) -> None:
    rows.insert(chance.randint(1, len(rows)), list(chance.choice(rows)))


def blank_rows(chance: random.Random, rows: Rows) -> None:
    for _time in range(chance.randint(1, 5)):
        rows.insert(chance.randint(0, len(rows)), [""] * chance.randrange(30))


def torn_row(chance: random.Random, rows: Rows) -> None:
    row = chance.randrange(len(rows))
    del rows[row][chance.randrange(len(rows[row]) + 1) :]


def long_row(chance: random.Random, rows: Rows) -> None:
    chance.choice(rows).extend([chance.choice(NASTY)] * chance.choice([1, 20, 3000]))


def without_column(chance: random.Random, rows: Rows) -> None:
    _row, column = place(chance, rows)
    for row in rows:
        del row[column : column + 1]


def twin_column(chance: random.Random, rows: Rows) -> None:
    _row, column = place(chance, rows)
    for row in rows:
        row.extend(row[column : column + 1])


def renamed_column(chance: random.Random, rows: Rows) -> None:
    column = chance.randrange(len(rows[0]) or 1)
    name = got(rows[:1], (0, column)) if rows[0] else ""
    rows[0][column : column + 1] = [
        chance.choice([name.upper(), name.title(), f" {name} ", name[:-1], f"{name}s", ""])
    ]


def shuffled_columns(chance: random.Random, rows: Rows) -> None:
    order = list(range(max(map(len, rows), default=0)))
    chance.shuffle(order)
    rows[:] = [[row[at] if at < len(row) else "" for at in order] for row in rows]


def shuffled_rows(chance: random.Random, rows: Rows) -> None:
    rows[1:] = chance.sample(rows[1:], len(rows) - 1)


def shifted_cells(chance: random.Random, rows: Rows) -> None:
    row, column = place(chance, rows)
    rows[row].insert(column, chance.choice(NASTY))


def without_header(chance: random.Random, rows: Rows) -> None:
    if len(rows) > 1:
        del rows[0]


def half_of_it(chance: random.Random, rows: Rows) -> None:
    rows[1:] = [row for row in rows[1:] if chance.random() < 0.5]


DAMAGE: list[Callable[[random.Random, Rows], None]] = [
    nasty_cell,
    nasty_cell,
    nasty_tail,
    swapped_cells,
    emptied_column,
    *[reworded] * 5,
    *[new_row] * 3,
    twin_row,
    blank_rows,
    torn_row,
    long_row,
    without_column,
    twin_column,
    renamed_column,
    shuffled_columns,
    shuffled_rows,
    shifted_cells,
    without_header,
    half_of_it,
]


def as_csv(chance: random.Random, rows: Rows) -> bytes:
    text = io.StringIO()
    ending = chance.choice(["\n", "\r\n", "\r"])
    delimiter = chance.choice(",,,;\t|")
    writer = csv.writer(text, lineterminator=ending, delimiter=delimiter)
    if chance.random() < 0.5:
        writer = csv.writer(text, "unix", lineterminator=ending, delimiter=delimiter)
    writer.writerows(rows)
    encoding = chance.choice(["utf-8"] * 6 + ["utf-8-sig"] * 3 + ["utf-16", "latin-1", "cp1252"])
    return text.getvalue().encode(encoding, "replace")


def as_xlsx(chance: random.Random, rows: Rows) -> bytes:
    """Numbers and truth values as such, half of the time: a spreadsheet would make them so."""
    book = openpyxl.Workbook()
    sheet: Any = book.active
    typed = chance.random() < 0.5
    for row in rows:
        sheet.append([cell_of(value, typed) for value in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def cell_of(value: Any, typed: bool) -> Any:
    text = ILLEGAL_CHARACTERS_RE.sub("", str(value))
    if typed and re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,9})?", text, re.ASCII):
        return float(text)
    return {"true": True, "false": False}.get(text, text) if typed else text


def cut(chance: random.Random, data: bytes) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def flipped(chance: random.Random, data: bytes) -> bytes:
    damaged = bytearray(data)
    for _time in range(chance.randint(1, 20) if damaged else 0):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    return bytes(damaged)


def packed_again(chance: random.Random, data: bytes) -> bytes:
    """A sound zip with a damaged part in it, or without one of its parts."""
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return gzip.compress(data)
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        victim = chance.choice(old.namelist())
        for name in old.namelist():
            part = old.read(name)
            if name == victim:
                part = chance.choice([cut, flipped, lambda *_: b"", other_numbers])(chance, part)
            if name != victim or chance.random() < 0.8:
                new.writestr(name, part)
    return made.getvalue()


def other_numbers(chance: random.Random, part: bytes) -> bytes:
    wild = [b"-1", b"0", b"99999999999", b"x", b"1048577"]
    return re.sub(
        rb'(?<=[">])\d+', lambda m: m[0] if chance.random() < 0.9 else chance.choice(wild), part
    )


def wrapped(chance: random.Random, data: bytes) -> bytes:
    return chance.choice([b"\0", b"\xff\xfe", b"\n\n\n", b"PK", b"sep=,\n"]) + data


def file_of(chance: random.Random, exported: Rows) -> tuple[str, bytes, int | None]:
    """A name, a content and, where the content is sound, how many rows are in it."""
    rows = [list(row) for row in exported]
    for damage in chance.choices(DAMAGE, k=chance.choice([0, 1, 1, 1, 2, 3])):
        damage(chance, rows)
        rows = rows or [[""]]
    data = chance.choice([as_csv, as_xlsx])(chance, rows)
    count: int | None = sum(any(cell_of(cell, False).strip() for cell in row) for row in rows) - 1
    if any(re.search("[\r\n\x00-\x1f]", str(cell)) for row in rows for cell in row):
        count = None  # what a row is then is for the reader to say
    if chance.random() < 0.25:
        data = chance.choice([cut, flipped, packed_again, wrapped])(chance, data)
        count = None
    name = chance.choice(["list.csv", "list.xlsx", "list.CSV", "list", "a/b\\c.xls"])
    return name, data or b"\n", count


Stored = dict[str, dict[tuple[str, ...], dict[str, str]]]


def record() -> Stored:
    return {name: stored_rows(resource) for name, resource in table_resources().items()}


def check(client: Client, model: Any, file: tuple[str, bytes, int | None], before: Stored) -> str:
    """Upload, confirm if it can be, and see that all of it or nothing was stored."""
    name, data, count = file
    page = upload(client, model, data, name)
    assert record() == before, "a preview has stored something"
    if "preview" not in page.context:
        assert page.context["form"].errors["file"]
        return "file refused"
    shown = page.context["preview"]
    assert count is None or len(shown.lines) == count, "a row is missing"
    if not shown.can_be_stored:
        assert b'name="sheet"' not in page.content
        return "rows refused" if shown.refused else "nothing new"
    response = confirm(client, model, page, correction="A test.")
    assert response.status_code == 302, response.context["confirm_form"].errors
    after = record()
    ours = next(key for key, one in table_resources().items() if one.model is model)
    assert {**after, ours: {}} == {**before, ours: {}}, "another table has changed"
    new = [key for key in after[ours] if key not in before[ours]]
    changed = [key for key, row in before[ours].items() if after[ours].get(key) != row]
    assert sorted(", ".join(key) for key in new) == sorted(line.key for line in shown.new)
    assert sorted(", ".join(key) for key in changed) == sorted(line.key for line in shown.changed)
    if "state" in next(iter(after[ours].values())):
        assert {after[ours][key]["state"] for key in new} <= {"draft"}
    assert set(counts(upload(client, model, data, name))) == {"unchanged"}, "not all was stored"
    return "stored"


def test_damaged_spreadsheets(admin_client: Client, world: SimpleNamespace) -> None:
    before = record()
    exported = {model: table(admin_client, model) for model in MODELS}
    results: Counter[str] = Counter()
    failures = []
    for seed in range(RUNS):
        chance = random.Random(seed)
        model = MODELS[seed % len(MODELS)]
        rows = [list(exported[model][0]), *(list(row.values()) for row in exported[model])]
        with transaction.atomic():
            try:
                with transaction.atomic():
                    results[check(admin_client, model, file_of(chance, rows), before)] += 1
            except Exception as error:  # noqa: BLE001, RUF100 – that there is none is the test
                results[type(error).__name__] += 1
                failures.append(f"seed {seed}, {model.__name__}: {error!r}"[:400])
            transaction.set_rollback(True)
    print(dict(results))  # noqa: T201, RUF100 – the figures, with -s
    assert failures == []
    assert results["stored"] >= RUNS / 20, "the generator damages too much to store anything"
    assert not Negotiation.objects.exclude(slug="river").exists()
