"""A span of days in a reader's words: as precise as the source, and no more."""

import pytest
from django.utils.translation import override

from rounds.platform.dates import SpanFormField, describe
from tests.world import days


@pytest.mark.parametrize(
    ("first", "last", "approximate", "words"),
    [
        ("2017-11-21", None, False, "21 November 2017"),
        ("2017-11-17", "2017-11-21", False, "17–21 November 2017"),
        ("2018-02-25", "2018-03-05", False, "25 February – 5 March 2018"),
        ("2017-12-28", "2018-01-03", False, "28 December 2017 – 3 January 2018"),
        ("2018-04-09", "open", False, "since 9 April 2018"),
        ("2018-04-16", None, True, "about 16 April 2018"),
        ("2018-05-01", "2018-05-10", True, "early May 2018"),
        ("2018-05-11", "2018-05-20", True, "mid-May 2018"),
        ("2018-02-21", "2018-02-28", True, "late February 2018"),
        ("2017-10-01", "2017-10-31", True, "October 2017"),
        ("2018-01-01", "2018-03-31", True, "the first quarter of 2018"),
        ("2018-10-01", "2018-12-31", True, "the fourth quarter of 2018"),
        ("2036-01-01", "2036-12-31", True, "2036"),
        ("2017-10-12", "2017-10-13", True, "12 or 13 October 2017"),
        ("2017-10-16", "2017-10-22", True, "between 16 and 22 October 2017"),
        ("2018-02-25", "2018-03-05", True, "between 25 February and 5 March 2018"),
        ("2017-12-01", "2018-01-31", True, "between 1 December 2017 and 31 January 2018"),
        ("2017-11-22", "open", True, "22 November 2017 or later"),
    ],
)
def test_a_span_in_words(first: str, last: str | None, approximate: bool, words: str) -> None:
    assert describe(days(first, last), approximate=approximate) == words


@pytest.mark.parametrize(
    ("first", "last", "approximate", "french", "spanish"),
    [
        ("2017-11-21", None, False, "21 novembre 2017", "21 de noviembre de 2017"),
        ("2017-11-01", None, False, "1er novembre 2017", "1 de noviembre de 2017"),
        ("2017-11-17", "2017-11-21", False, "17–21 novembre 2017", "17–21 de noviembre de 2017"),
        ("2018-03-01", "2018-03-05", False, "1er–5 mars 2018", "1–5 de marzo de 2018"),
        ("2018-05-01", "2018-05-10", True, "début mai 2018", "principios de mayo de 2018"),
        ("2018-08-11", "2018-08-20", True, "mi-août 2018", "mediados de agosto de 2018"),
        ("2017-10-01", "2017-10-31", True, "octobre 2017", "octubre de 2017"),
        (
            *("2018-02-25", "2018-03-05", False),
            *("25 février – 5 mars 2018", "25 de febrero – 5 de marzo de 2018"),
        ),
        (
            *("2017-10-16", "2017-10-22", True),
            *("entre le 16 et le 22 octobre 2017", "entre el 16 y el 22 de octubre de 2017"),
        ),
        ("2018-04-09", "open", False, "depuis le 9 avril 2018", "desde el 9 de abril de 2018"),
    ],
)
def test_a_span_in_other_languages(
    first: str, last: str | None, approximate: bool, french: str, spanish: str
) -> None:
    for code, words in (("fr", french), ("es", spanish)):
        with override(code):
            assert describe(days(first, last), approximate=approximate) == words


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (["2018-05-01", "", ""], days("2018-05-01")),
        (["2018-05-01", "2018-05-03", ""], days("2018-05-01", "2018-05-03")),
        (["2018-05-01", "", "on"], days("2018-05-01", "open")),
        (["", "", ""], None),
    ],
)
def test_what_an_editor_types(typed: list[str], meant: object) -> None:
    assert SpanFormField(required=False).clean(typed) == meant


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (["2018-05-03", "2018-05-01", ""], "is before the first"),
        (["", "2018-05-01", ""], "Give the first day"),
        (["2018-05-01", "2018-05-03", "on"], "not both"),
        (["yesterday", "", ""], "Enter a day as 2031-05-21"),
        (["1/2/18", "", ""], "Enter a day as 2031-05-21"),
        (["21-11-2017", "", ""], "Enter a day as 2031-05-21"),
    ],
)
def test_what_an_editor_may_not_type(typed: list[str], words: str) -> None:
    with pytest.raises(Exception, match=words):
        SpanFormField().clean(typed)
