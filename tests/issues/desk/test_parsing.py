"""What an editor means by a few typed letters: names, days, numbers."""

from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError

from issues.desk.parsing import NameFinder, format_days, parse_days, parse_terms
from issues.desk.state import in_languages
from issues.desk.vocabulary import LETTERS
from issues.models import Level, OutcomeKind, Stance
from rounds.models import Party
from tests.world import days

PEOPLE = [
    "Chrystia Freeland",
    "Ildefonso Guajardo",
    "Steve Verheul",
    "Wilbur Ross, Jr.",
    "José Ruiz",
]
names = NameFinder(PEOPLE, lambda name: [name.split()[0][:2].lower() + "-key", name])


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Chrystia Freeland", "Chrystia Freeland"),
        ("freeland", "Chrystia Freeland"),
        ("  CHRYSTIA   free ", "Chrystia Freeland"),
        ("guaj", "Ildefonso Guajardo"),
        ("efons", "Ildefonso Guajardo"),
        ("jose ruiz", "José Ruiz"),
        ("wilbur ross, jr.", "Wilbur Ross, Jr."),
        ("st-key", "Steve Verheul"),
    ],
)
def test_a_name_is_found_by_what_only_it_has(typed: str, found: str) -> None:
    assert names.find(typed) == found


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("freeland; guajardo", ["Chrystia Freeland", "Ildefonso Guajardo"]),
        ("freeland, guajardo,", ["Chrystia Freeland", "Ildefonso Guajardo"]),
        ("Wilbur Ross, Jr., verheul", ["Wilbur Ross, Jr.", "Steve Verheul"]),
        ("verheul, Wilbur Ross, Jr.", ["Steve Verheul", "Wilbur Ross, Jr."]),
        ("freeland\nfreeland;;", ["Chrystia Freeland"]),
        ("", []),
    ],
)
def test_several_names_also_where_one_holds_a_comma(typed: str, found: list[str]) -> None:
    assert names.find_all(typed) == found


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("r", "“r” may be any of: Wilbur Ross, Jr.; José Ruiz."),
        ("freelnd", "Nothing is called “freelnd”. Did you mean Chrystia Freeland?"),
        ("freeland; xyz", "Nothing is called “xyz”."),
        ("freeland, xyz", "Nothing is called “xyz”."),
    ],
)
def test_what_is_not_clear_names_the_candidates(typed: str, words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        names.find_all(typed)
    assert refused.value.messages == [words]


def test_a_key_tells_apart_what_has_one_name() -> None:
    both = NameFinder(
        [1, 2], lambda number: [f"energy-{number}" if number > 1 else "energy", "Energy"]
    )
    assert both.find("energy") == 1
    assert both.find("energy-2") == 2


def test_an_exact_name_is_never_ambiguous() -> None:
    both = NameFinder(["Energy", "Energy storage"], lambda name: [name])
    assert both.find("energy") == "Energy"
    with pytest.raises(ValidationError):
        both.find("ener")


@pytest.mark.parametrize(
    ("typed", "dates", "approximate"),
    [
        ("2017-11-21", days("2017-11-21"), False),
        ("2017-11-17 to 2017-11-21", days("2017-11-17", "2017-11-21"), False),
        ("2017-11-17 – 2017-11-21", days("2017-11-17", "2017-11-21"), False),
        ("~2017-11-17 to 2017-11-21", days("2017-11-17", "2017-11-21"), True),
        ("2017-11", days("2017-11-01", "2017-11-30"), True),
        ("2017-10 to 2017-11", days("2017-10-01", "2017-11-30"), True),
    ],
)
def test_days_in_one_input(typed: str, dates: object, approximate: bool) -> None:
    read = parse_days(typed)
    assert (read.dates, read.approximate) == (dates, approximate)
    assert parse_days(format_days(read)) == read


@pytest.mark.parametrize(
    "typed", ["soon", "21/11/2017", "2017-13", "2017-02-30", "1 to 2 to 3", "0000-01", "~"]
)
def test_what_are_no_days(typed: str) -> None:
    with pytest.raises(ValidationError):
        parse_days(typed)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("share at least 50", ("at-least", "", "50", None)),
        (
            "Share of the water (in summer) between 30 and 33.5 %",
            ("between", "in summer", "30", "33.5"),
        ),
        ("share ≤ 1,000", ("at-most", "", "1000", None)),
        ("SHARE exactly 5 years", ("exactly", "", "5", None)),
    ],
)
def test_numbers_of_a_proposal(world: SimpleNamespace, typed: str, found: tuple[str, ...]) -> None:
    (number,) = parse_terms(typed, NameFinder([world.share], lambda one: [one.slug, one.name]))
    high = str(number.high) if number.high is not None else None
    assert (number.comparator, number.scope, str(number.low), high) == found


def test_each_choice_has_a_letter_that_means_nothing_else() -> None:
    assert set(LETTERS) == {*Stance, *Level, *OutcomeKind}
    assert len(set(LETTERS.values())) == len(LETTERS)


def test_a_record_is_called_by_its_name_in_every_language() -> None:
    party = Party(name="Arden", adjective="Ardenish", translations={"name_fr": "Ardenne"})
    assert in_languages(party, "name", "adjective") == ["Arden", "Ardenish", "Ardenne"]
