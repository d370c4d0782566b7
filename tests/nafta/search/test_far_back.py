"""The newest that fits is found wherever it stands, and no end is told that is none."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

ENOUGH = 50
# Of one record in so many, of the newest or the oldest alone, of one day's, of none.
WORDS = {
    "often": "nth % 2 = 0",
    "again": "nth % 20 = 0",
    "sometimes": "nth % 45 = 0",
    "occasionally": "nth % 150 = 0",
    "seldom": "nth % 900 = 0",
    "rarely": "nth % 9000 = 0",
    "lately": "nth > 59980",
    "once": "nth = 17",
    "formerly": "nth < 3000",
    "crowded": "nth BETWEEN 20000 AND 45000 AND nth % 3 = 0",
}


@pytest.fixture(scope="module")
def large(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Sixty thousand rows of the index alone, 25,000 of them of one day."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO nafta_entry (kind, object_id, key, day, label, names, keys, vector)
            SELECT 'statement', -nth, 'far-' || nth, DATE '2010-01-01' + CASE
                WHEN nth BETWEEN 20000 AND 45000 THEN 2000 ELSE nth / 10 END,
                '{{}}', '', '{{}}', to_tsvector('simple', concat_ws(' ', {
                ", ".join(f"CASE WHEN {where} THEN '{word}' END" for word, where in WORDS.items())
            })) FROM generate_series(1, 60000) AS nth"""
        )
        cursor.execute("ANALYZE nafta_entry")
        yield
        cursor.execute("DELETE FROM nafta_entry WHERE object_id < 0")
        cursor.execute("ANALYZE nafta_entry")


def asked(sql: str, *params: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [row for (row,) in cursor.fetchall()]


@pytest.mark.parametrize("word", [*WORDS, "never", "often & sometimes", "often <-> sometimes"])
@pytest.mark.parametrize("most", [1_001, 120])
@pytest.mark.parametrize(
    ("after", "behind"),
    [(None, None), ("2023-09-10", None), (None, ("2015-06-24", -30_000))],
    ids=["anywhere", "after a day", "behind a place"],
)
def test_the_newest_that_fit_are_found(
    large: None,
    db: None,
    word: str,
    after: str | None,
    behind: tuple[str, int] | None,
    most: int,
) -> None:
    told = asked(
        "SELECT object_id FROM search_latest(to_tsquery('simple', %s), NULL, %s, NULL, %s, %s,"
        " 'object_id', %s, %s)",
        *[word, after, *(behind or (None, None)), most, ENOUGH],
    )
    day, number = behind or ("infinity", 0)
    fit = asked(
        "SELECT object_id FROM nafta_entry WHERE vector @@ to_tsquery('simple', %s)"
        " AND day > %s AND (day, object_id) < (%s, %s)"
        " ORDER BY day DESC, object_id DESC LIMIT %s",
        *[word, after or "-infinity", day, number, most],
    )
    found = [one for one in told if one is not None]
    assert found == fit[: len(found)]
    if len(told) > len(found):  # "there may be more"
        assert told[-1] is None
        assert ENOUGH <= len(found) < most
    else:
        assert found == fit
