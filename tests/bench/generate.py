"""Plausible records of any size, always the same for the same size.

``python -m tests.bench.generate 100000`` fills the empty database of ``DATABASE_URL``. A real
negotiation has some thirty issues, five parties and forty rounds, however much is said: here that
never changes, and neither do proposals, positions and progress. Statements grow, publications and
people with them. What is most talked of fills its pages at every size.

Rows are laid down by COPY with triggers off, so their history and the index of search are written
here too, as the triggers would have.
"""

import bisect
import datetime as dt
import io
import itertools
import os
import random
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import django
from django.apps import apps
from django.db import connection, models, transaction

from nafta.operations import embedded_postgres
from rounds.platform.dates import span

PARTIES, ISSUES, ROUNDS, DEADLINES, PROPOSALS = 5, 30, 40, 12, 120
BEGAN, YEARS = dt.date(2015, 1, 5), 8
DAYS = YEARS * 365
LANGUAGES = ("en", "fr", "es")
NAMES = ("Arden", "Brume", "Corrie", "Dorne", "Elm")
FIRST = [
    "Ada",
    "Bo",
    "Cyr",
    "Dea",
    "Eli",
    "Fay",
    "Gus",
    "Hal",
    "Ida",
    "Jon",
    "Kit",
    "Lea",
    "Max",
    "Noa",
    "Oda",
    "Pia",
]
LAST = [
    "Alder",
    "Birch",
    "Cedar",
    "Dogwood",
    "Elder",
    "Fir",
    "Gorse",
    "Hazel",
    "Ivy",
    "Juniper",
    "Larch",
    "Maple",
    "Oak",
    "Pine",
]
PAPERS = [
    "Gazette",
    "Herald",
    "Courier",
    "Post",
    "Mirror",
    "Tribune",
    "Observer",
    "Ledger",
    "Chronicle",
    "Star",
]
THINGS = [
    "water",
    "salmon",
    "dams",
    "tariffs",
    "labour",
    "steel",
    "dairy",
    "timber",
    "cars",
    "parts",
    "panels",
    "courts",
    "patents",
    "data",
    "wages",
    "seasons",
    "quotas",
    "tolls",
    "bridges",
    "ferries",
    "cattle",
    "grain",
    "sugar",
    "wine",
    "textiles",
    "chips",
    "banks",
    "migration",
    "energy",
    "carbon",
]
VERBS = [
    "said",
    "insisted",
    "warned",
    "repeated",
    "conceded",
    "denied",
    "hinted",
    "replied",
    "announced",
    "feared",
]
WORDS = [
    "half",
    "of",
    "it",
    "must",
    "stay",
    "before",
    "anybody",
    "signs",
    "unless",
    "the",
    "other",
    "side",
    "moves",
    "first",
    "on",
    "shares",
    "rules",
    "origin",
    "threshold",
    "review",
    "clause",
    "sunset",
    "panel",
    "quota",
    "phase",
    "years",
    "text",
    "chapter",
    "deadline",
    "proposal",
    "compromise",
    "concession",
    "minister",
    "envoy",
    "delegation",
    "capital",
    "workers",
    "farmers",
    "factories",
    "market",
    "access",
    "border",
    "customs",
    "talks",
    "table",
    "round",
    "offer",
    "numbers",
    "red",
    "line",
    "open",
    "door",
    "hard",
    "week",
    "long",
    "night",
    "progress",
    "stalled",
    "close",
    "agreement",
    "nothing",
    "settled",
    "everything",
    "possible",
    "soon",
    "later",
    "never",
    "again",
]

CORRECTED = 1  # of a hundred statements: the one with this remainder
LATER = dt.timedelta(days=2)

FOR_LOADING = {
    "session_replication_role": "replica",  # no triggers
    "synchronous_commit": "off",
    "maintenance_work_mem": "1GB",
    "work_mem": "1GB",
}


class Rarely:
    """Choices of which the first is the likeliest: the second is chosen half as often, …"""

    def __init__(self, values: Sequence[Any]) -> None:
        self.values = values
        self.sums = list(itertools.accumulate(1 / place for place in range(1, len(values) + 1)))

    def choose(self, dice: random.Random) -> Any:
        return self.values[bisect.bisect(self.sums, dice.random() * self.sums[-1])]


def generate(statements: int) -> None:
    """Fill an empty database with a record of so many statements."""
    with transaction.atomic(), connection.cursor() as cursor:
        for name, value in FOR_LOADING.items():
            cursor.execute(f"SET LOCAL {name} = '{value}'")
        _Record(statements).lay_down()
        _history(cursor)
        _numbers(cursor)
        _index(cursor)
        cursor.execute(
            "UPDATE rounds_edition SET number = number + 1, mark = gen_random_uuid(),"
            " raised_at = clock_timestamp()"
        )
        for name in FOR_LOADING:
            cursor.execute(f"SET LOCAL {name} TO DEFAULT")
        cursor.execute("ANALYZE")


class _Record:
    def __init__(self, statements: int) -> None:
        self.size = statements
        self.people = [  # of each party
            range(1 + party, 1 + self._people(), PARTIES) for party in range(PARTIES)
        ]
        self.sources = max(100, statements // 5)
        self.meetings = [self._meeting(number) for number in range(1, ROUNDS + 1)]
        # the first that are published on an issue for a party, each with its day
        self.heard: dict[tuple[int, int], list[tuple[dt.date, int]]] = {}

    def _people(self) -> int:
        return 60 + int(self.size ** (1 / 3))

    def _meeting(self, number: int) -> tuple[int, dt.date, dt.date]:
        first = BEGAN + dt.timedelta(days=(number - 1) * DAYS // ROUNDS)
        return number, first, first + dt.timedelta(days=4)

    def lay_down(self) -> None:
        self._names()
        self._said()
        self._reading()

    def _names(self) -> None:
        talks = "The border talks"
        _copy(
            "rounds.Negotiation",
            [
                {
                    "id": 1,
                    "slug": "talks",
                    "title": talks,
                    "short_name": "Talks",
                    "standfirst": talks,
                }
            ],
        )
        _copy(
            "rounds.Party",
            (
                {
                    "id": at,
                    "code": name.lower(),
                    "name": name,
                    "adjective": f"{name}ish",
                    "colour": at,
                    "order": at,
                }
                for at, name in enumerate(NAMES, 1)
            ),
        )
        _copy(
            "rounds.Person",
            (
                {
                    "id": pk,
                    "slug": f"person-{pk}",
                    "name": f"{FIRST[pk % len(FIRST)]} {LAST[pk % len(LAST)]} {pk}",
                    "role": "Minister",
                    "party_id": (pk - 1) % PARTIES + 1,
                }
                for pk in range(1, 1 + self._people())
            ),
        )
        _copy(
            "rounds.Source",
            (
                {
                    "id": pk,
                    "slug": f"source-{pk}",
                    "publisher": f"The {PAPERS[pk % len(PAPERS)]}",
                    "title": f"Report {pk}, on {THINGS[pk % len(THINGS)]}",
                    "url": f"https://paper-{pk % len(PAPERS)}.example/{pk}",
                    "published": span(day := BEGAN + dt.timedelta(days=pk % DAYS), day),
                }
                for pk in range(1, 1 + self.sources)
            ),
        )
        _copy(
            "rounds.Round",
            (
                {
                    "id": number,
                    "slug": f"round-{number}",
                    "name": f"Round {number}",
                    "number": number,
                    "dates": span(first, last),
                    "status": "held",
                    "summary": "They met and set a date.",
                    "place": f"{NAMES[number % PARTIES]}port",
                    "host_id": number % PARTIES + 1,
                    "source_id": number,
                }
                for number, first, last in self.meetings
            ),
        )
        _copy("rounds.Round.parties", _pairs("round_id", "party_id", ROUNDS, PARTIES))
        _copy(
            "rounds.Deadline",
            (
                {
                    "id": pk,
                    "slug": f"deadline-{pk}",
                    "name": f"Deadline {pk}",
                    "dates": span(day := BEGAN + dt.timedelta(days=pk * DAYS // DEADLINES), day),
                    "set_on": span(BEGAN, BEGAN),
                    "set_by": "the ministers",
                    "outcome": "missed",
                    "source_id": pk,
                }
                for pk in range(1, 1 + DEADLINES)
            ),
        )
        _copy(
            "issues.Issue",
            (
                {
                    "id": pk,
                    "slug": thing,
                    "name": thing.capitalize(),
                    "question": f"Must {thing} be shared?",
                    "status_quo": "Nothing is agreed.",
                    "featured": pk <= 8,
                    "order": pk,
                    "source_id": pk,
                }
                for pk, thing in enumerate(THINGS[:ISSUES], 1)
            ),
        )

    def _said(self) -> None:
        """Statements and their lists, written table by table from the same dice."""
        _copy("rounds.Statement", (row for row, _lists in self._statements()))
        lists = [
            _List("rounds.Statement.speakers", "person_id"),
            _List("rounds.Statement.parties", "party_id"),
            _List("rounds.Statement.other_sources", "source_id"),
            _List("issues.Issue.statements", "issue_id"),
        ]
        links: list[dict[str, Any]] = []
        for row, own in self._statements():
            pk = row["id"]
            for one, values in zip(lists, own, strict=True):
                one.add(pk, values)
            if pk % 100 == 0:
                kind = ("replies-to", "contradicts", "corroborates")[pk // 100 % 3]
                links.append({"id": pk, "statement_id": pk, "kind": kind, "other_id": pk - 1})
            if row["state"] == "published":
                for issue, party in itertools.product(own[3], own[1]):
                    some = self.heard.setdefault((issue, party), [])
                    if len(some) < 3:
                        some.append((row["dates"].lower, pk))
        for one in lists:
            one.copy()
        _copy("rounds.StatementLink", links)

    def _statements(self) -> Iterator[tuple[dict[str, Any], list[list[int]]]]:
        """Each, with the numbers of its speakers, parties, other sources and issues."""
        dice = random.Random(1994)
        issues = Rarely(range(1, ISSUES + 1))
        parties = Rarely(range(PARTIES))
        people = [Rarely(some) for some in self.people]
        for pk, (first, number) in enumerate(self._days(dice), 1):
            party = parties.choose(dice)
            speaker = people[party].choose(dice)
            about = {issues.choose(dice) for _nth in range(dice.choice((0, 1, 1, 1, 1, 2)))}
            basis = dice.choice(("on-record",) * 7 + ("unnamed", "reporting", "joint-statement"))
            topic = THINGS[min(about) - 1] if about else "nothing in particular"
            words = " ".join(dice.choices(WORDS, k=dice.randrange(8, 26)))
            summary = f"{NAMES[party]} {dice.choice(VERBS)} of {topic} that {words}."
            if pk % 50 == 0:
                summary += f" The annex has number {pk}."
            yield (
                {
                    "id": pk,
                    "slug": f"{pk:08x}",
                    "version": 2 if pk % 100 == CORRECTED else 1,
                    "state": "draft" if pk % 40 == 0 else "published",
                    "summary": summary,
                    "quotation": " ".join(words.split()[:5]) if pk % 3 == 0 else "",
                    "dates": span(first, first),
                    "basis": basis,
                    "attribution": "a person close to the talks" if basis == "unnamed" else "",
                    "round_id": number,
                    "source_id": dice.randrange(self.sources) + 1,
                    "translations": {"summary_fr": f"En bref : {words}"} if pk % 10 == 0 else {},
                },
                [
                    [speaker] if basis == "on-record" else [],
                    sorted(
                        {party + 1, dice.randrange(PARTIES) + 1} if pk % 4 == 0 else {party + 1}
                    ),
                    [pk % self.sources + 1] if pk % 12 == 0 else [],
                    sorted(about),
                ],
            )

    def _days(self, dice: random.Random) -> list[tuple[dt.date, int | None]]:
        """When each was said, half of them at a round, in the order in which they were entered."""
        rounds = Rarely(self.meetings[::-1])
        found: list[tuple[dt.date, int | None]] = []
        for _nth in range(self.size):
            if dice.random() < 0.5:
                number, begun, _ended = rounds.choose(dice)
                found.append((begun + dt.timedelta(days=dice.randrange(5)), number))
            else:
                found.append((BEGAN + dt.timedelta(days=dice.randrange(DAYS)), None))
        return sorted(found, key=lambda one: one[0])

    def _reading(self) -> None:
        dice = random.Random(2020)
        _copy(
            "issues.Proposal",
            (
                {
                    "id": pk,
                    "slug": f"proposal-{pk}",
                    "title": f"Proposal {pk}",
                    "summary": "A third of it, reviewed each year.",
                    "issue_id": pk % ISSUES + 1,
                    "round_id": pk % ROUNDS + 1,
                    "dates": span(day := self.meetings[pk % ROUNDS][1], day),
                    "basis": "document",
                    "source_id": pk % 100 + 1,
                }
                for pk in range(1, 1 + PROPOSALS)
            ),
        )
        _copy(
            "issues.Proposal.parties",
            (
                {"id": pk, "proposal_id": pk, "party_id": pk % PARTIES + 1}
                for pk in range(1, 1 + PROPOSALS)
            ),
        )
        _copy("issues.Position", self._positions(dice))
        levels = ("tabled", "advancing", "stuck", "nearly-closed")
        some = list(itertools.product(range(1, 1 + ROUNDS), range(1, 1 + ISSUES)))[::4]
        _copy(
            "issues.Progress",
            (
                {
                    "id": pk,
                    "round_id": number,
                    "issue_id": issue,
                    "level": levels[pk % 4],
                    "source_id": pk % 100 + 1,
                }
                for pk, (number, issue) in enumerate(some, 1)
            ),
        )

    def _positions(self, dice: random.Random) -> Iterator[dict[str, Any]]:
        stances = ("demands", "supports", "open", "opposes", "red-line", "no-position")
        pk = 0
        for issue, party in itertools.product(range(1, 1 + ISSUES), range(1, 1 + PARTIES)):
            tabled = (issue - 2) % ISSUES + 1  # a proposal on this issue
            begun = self.meetings[tabled % ROUNDS][1]
            heard = self.heard.get((issue, party), [])
            later = [first for _number, first, _last in self.meetings if first > begun]
            for day in dice.sample(later, 4):
                pk += 1
                said = [number for first, number in heard if first < day]
                yield {
                    "id": pk,
                    "issue_id": issue,
                    "party_id": party,
                    "since": span(day, day),
                    "stance": dice.choice(stances),
                    "gist": f"Would see {THINGS[issue - 1]} shared, or not at all.",
                    "statement_id": said[pk % len(said)] if said else None,
                    "proposal_id": None if said else tabled,
                }


class _List:
    """The rows of a table behind a list of statements, as COPY reads them."""

    def __init__(self, name: str, column: str) -> None:
        self.model, self.column = _model(name), column
        self.text = io.StringIO()
        self.rows = 0

    def add(self, statement: int, values: list[int]) -> None:
        for value in values:
            self.rows += 1
            self.text.write(f"{self.rows}\t{statement}\t{value}\n")

    def copy(self) -> None:
        columns = f"id, statement_id, {self.column}"
        into = f"COPY {self.model._meta.db_table} ({columns}) FROM STDIN"
        with connection.cursor() as cursor, cursor.copy(into) as copy:
            copy.write(self.text.getvalue())


def _pairs(one: str, other: str, ones: int, others: int) -> Iterator[dict[str, int]]:
    every = itertools.product(range(1, 1 + ones), range(1, 1 + others))
    return ({"id": pk, one: a, other: b} for pk, (a, b) in enumerate(every, 1))


def _model(name: str) -> Any:
    """``rounds.Statement``, or the table behind ``rounds.Statement.speakers``."""
    label, _dot, field = name.partition(".")[2].partition(".")
    model: Any = apps.get_model(name.partition(".")[0], label)
    return getattr(model, field).through if field else model


def _copy(name: str, rows: Iterable[dict[str, Any]]) -> None:
    """Write rows of a model, or of the table behind one of its lists, with its own defaults."""
    model = _model(name)
    fields = model._meta.concrete_fields
    usual = {one.attname: one.get_default() for one in fields}
    if "state" in usual:
        usual["state"] = "published"
    columns = ", ".join(f'"{one.column}"' for one in fields)
    order = [one.attname for one in fields]
    jsons = {one.attname: one for one in fields if isinstance(one, models.JSONField)}
    into = f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN'
    with connection.cursor() as cursor, cursor.copy(into) as copy:
        for row in rows:
            whole = usual | row
            if "changed_at" in usual:
                whole["changed_at"] = _written(whole)
            for column, field in jsons.items():
                whole[column] = field.get_db_prep_value(whole[column], connection)
            copy.write_row([whole[column] for column in order])


def _written(row: dict[str, Any]) -> dt.datetime:
    """When a row was last written; ``_events`` says the same in SQL."""
    days = row.get("dates") or row.get("since")
    at = dt.datetime.combine(days.lower if days else BEGAN, dt.time(), dt.UTC)
    at += dt.timedelta(milliseconds=row["id"])
    return at + LATER if row.get("version", 1) > 1 else at


def _history(cursor: Any) -> None:
    """Each row was added, in the morning after its day; one in a hundred was corrected later."""
    for name in ("rounds", "issues"):
        for model in apps.get_app_config(name).get_models():
            if event := getattr(model, "pgh_event_model", None):
                _events(cursor, model, event)


def _events(cursor: Any, model: Any, event: Any) -> None:
    names = {field.column for field in event._meta.fields}
    began = next((name for name in ("dates", "since") if name in names), None)
    day, pk = f"lower({began})" if began else f"DATE '{BEGAN}'", "id"
    if not began and "statement_id" in names:  # part of a statement: written with it
        pk = "statement_id"
        day = "(SELECT lower(dates) FROM rounds_statement AS own WHERE own.id = statement_id)"
    at = f"{day}::timestamp AT TIME ZONE 'UTC' + {pk} * interval '1 ms'"
    values = {name: f'"{name}"' for name in names if not name.startswith("pgh_")}
    values |= {"pgh_label": "'added'", "pgh_created_at": at}
    if "version" in names:
        values |= {"version": "1", "changed_at": at}
    if "pgh_obj_id" in names:
        values["pgh_obj_id"] = "id"

    def write(values: dict[str, str], where: str = "TRUE") -> None:
        columns = ", ".join(f'"{name}"' for name in values)
        cursor.execute(
            f'INSERT INTO "{event._meta.db_table}" ({columns}) SELECT {", ".join(values.values())}'
            f' FROM "{model._meta.db_table}" WHERE {where} ORDER BY {at}, id'
        )

    if model.__name__ != "Statement":
        write(values)
        return
    first = f"CASE id % 100 WHEN {CORRECTED} THEN summary || ' So it was read.' ELSE summary END"
    write(values | {"summary": first})
    again = f"{at} + interval '{LATER.days} days'"
    later = {"pgh_label": "'corrected'", "pgh_created_at": again}
    write(values | later | {"version": "2", "changed_at": again}, f"id % 100 = {CORRECTED}")


def _numbers(cursor: Any) -> None:
    """New rows get numbers after those laid down."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in {"rounds", "issues"} and not model._meta.proxy:
            table, column = model._meta.db_table, model._meta.pk.column
            cursor.execute(
                f"""SELECT setval(pg_get_serial_sequence('"{table}"', '{column}'),
                    (SELECT max("{column}") FROM "{table}"))
                WHERE EXISTS (SELECT FROM "{table}")"""
            )


def _index(cursor: Any) -> None:
    """The index of search, whose own indexes are sooner made of all rows than kept with each."""
    entry: Any = apps.get_model("nafta", "SearchDocument")
    with connection.schema_editor() as editor:
        for index in entry._meta.indexes:
            editor.remove_index(entry, index)
        cursor.execute("ANALYZE")  # or it would be planned for empty tables
        cursor.execute("SELECT search_refresh_all()")
        for index in entry._meta.indexes:
            editor.add_index(entry, index)


if __name__ == "__main__":
    embedded_postgres.provide()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nafta.settings")
    django.setup()
    generate(int(sys.argv[1]))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as the database's own housekeeping would in its time
