"""What the desk and the admin call doubtful, and what they leave alone."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from issues.desk.warnings import (
    find_similar_statements,
    find_warnings_about,
    warn_of_days,
    warn_of_evidence,
    warn_of_round,
    warn_of_speakers,
)
from issues.models import Issue, Position
from rounds.models import Party, Person, Round, Statement
from tests import world as worlds
from tests.world import day, days

ARDEN, BRUME = Party(code="arden", name="Arden"), Party(code="brume", name="Brume")
ALDER = Person(name="Ada Alder", party=ARDEN)
FREE = Person(name="Cy Cole")
TODAY = day("2010-03-20")
ROUND = Round(name="Round 2", dates=days("2010-03-04", "2010-03-08"), status="held")
SAID = Statement(summary="Half must stay.", dates=days("2010-03-05"))
HELD = Position(issue=Issue(name="Water"), party=BRUME, stance="opposes")


def only(warnings: Iterator[str]) -> str:
    return " | ".join(warnings)


@pytest.mark.parametrize(
    ("speakers", "parties", "basis", "warning"),
    [
        ([ALDER], [ARDEN], "on-record", ""),
        ([ALDER], [ARDEN, BRUME], "on-record", ""),
        ([FREE], [BRUME], "on-record", ""),
        ([ALDER], [], "on-record", ""),
        (
            [ALDER],
            [BRUME],
            "on-record",
            "Ada Alder belongs to a party (Arden) for which this statement does not "
            "speak. It speaks for: Brume.",
        ),
        ([], [BRUME], "on-record", "No speaker is named. The basis is “on the record”."),
        ([], [BRUME], "reporting", "No speaker is named. The basis is “reporting”."),
        ([], [BRUME], "unnamed", ""),
        ([], [BRUME], "document", ""),
    ],
)
def test_who_speaks_for_whom(
    speakers: list[Person], parties: list[Party], basis: str, warning: str
) -> None:
    assert only(warn_of_speakers(speakers, parties, basis)) == warning


@pytest.mark.parametrize(
    ("dates", "warning"),
    [
        (days("2010-03-04"), ""),
        (days("2010-03-01", "2010-03-04"), ""),
        (days("2010-03-08", "2010-03-10"), ""),
        (days("2010-03-07", "open"), ""),
        (
            days("2010-03-03"),
            "This date, 3 March 2010, is outside the meeting “Round 2” (4–8 March 2010).",
        ),
        (
            days("2010-03-09"),
            "This date, 9 March 2010, is outside the meeting “Round 2” (4–8 March 2010).",
        ),
        (
            days("2081-03-05"),
            "This date has not come yet: 5 March 2081. Today is 20 March 2010."
            " | This date, 5 March 2081, is outside the meeting “Round 2” (4–8 March 2010).",
        ),
    ],
)
def test_days_of_a_round(dates: object, warning: str) -> None:
    assert only(warn_of_days(dates, TODAY, ROUND, day("2010-03-08"))) == warning


def test_a_day_of_no_round_only_lies_ahead_or_not() -> None:
    assert only(warn_of_days(days("1999-01-01"), TODAY)) == ""
    assert only(warn_of_days(days("2010-03-21"), TODAY)).startswith(
        "This date has not come yet: 21 March 2010."
    )


def test_a_meeting_to_come_is_not_held() -> None:
    assert only(warn_of_round(ROUND, TODAY)) == ""
    (warning,) = warn_of_round(ROUND, day("2010-03-03"))
    assert warning.startswith(
        "The meeting “Round 2” is marked as held, but it begins on 4 March 2010."
    )
    planned = Round(name="Round 3", dates=days("2010-05-01"), status="planned")
    assert only(warn_of_round(planned, TODAY)) == ""


def test_evidence_of_another_party() -> None:
    assert only(warn_of_evidence(HELD, SAID, [BRUME])) == ""
    assert only(warn_of_evidence(HELD, SAID, [])) == ""
    assert only(warn_of_evidence(HELD, SAID, [ARDEN])) == (
        "The position “Brume · Water: opposes” rests on a statement made for "
        "another party (Arden): “Half must stay.”."
    )


def test_words_like_those_of_a_stored_statement(world: SimpleNamespace) -> None:
    again = {"summary": "Half of the water has to stay in Arden.", "parties": [world.arden]}
    near = worlds.create_statement(dates=days("2010-02-09"), basis="document", **again)
    later = worlds.create_statement(dates=days("2011-02-09"), basis="document", **again)
    other = worlds.create_statement(summary="The water is cold.", dates=days("2010-02-09"))
    assert find_similar_statements(near) == [world.said]
    assert find_similar_statements(later) == []  # a year later it is news
    assert find_similar_statements(other) == []
    assert find_warnings_about(near, TODAY) == [
        "The record has almost the same words: “Half of the water must stay in Arden.”, "
        "9 January 2010 (published)."
    ]
    assert find_warnings_about(world.water, TODAY) == []


def test_nothing_is_doubtful_about_what_is_sound(world: SimpleNamespace) -> None:
    for record in (world.denied, world.whispered, world.third, world.demand, world.round2):
        assert find_warnings_about(record, TODAY) == []
