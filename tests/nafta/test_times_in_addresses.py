"""Each parameter that takes a time refuses what no record can have, without a fault."""

import itertools
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.test import Client

OUT_OF_RANGE = {
    "day": ["0001-01-01", "1899-12-31", "9999-12-31"],
    "moment": [
        *("0001-01-01T00:00", "0001-01-01T00:00+23:00", "1899-12-30T00:00Z"),
        *("9999-12-31T23:59", "9999-12-31T23:59-23:00", "9999-12-31T23:59:59.999999Z"),
    ],
    "cursor": ["0001-01-02.1", "1899-12-31.1", "9999-12-31.1"],
}
DAYS = {
    "as_of": (
        *("/", "/issues/", "/issues/fish/", "/parties/arden/", "/compare/", "/distance/"),
        *("/cite/position/fish/arden/", "/embed/matrix/", "/embed/timeline/"),
        *("/embed/issues/fish/", "/cards/home.png", "/api/v1/matrix"),
    ),
    "from": ("/moved/",),
    "to": ("/moved/",),
    "before": ("/timeline/", "/search/", "/api/v1/timeline", "/api/v1/statements"),
    "after": ("/timeline/", "/search/", "/api/v1/timeline", "/api/v1/statements"),
}
MOMENTS = {
    "until": ("/corrections/",),
    "cursor": ("/api/v1/corrections",),
    "known": ("/", "/timeline/", "/issues/", "/rounds/", "/sources/", "/moved/", "/compare/"),
}
CURSORS = {
    "cursor": tuple(
        f"/api/v1/{kind}"
        for kind in ("statements", "rounds", "deadlines", "proposals", "positions", "progress")
    )
}
AT = {"day": DAYS, "moment": MOMENTS, "cursor": CURSORS}
REFUSED = 400
REFUSED_BY_API = 422  # as all that the API is wrongly asked


def cases() -> Iterator[tuple[str, str, str]]:
    """A path, the name of its parameter, and what it is given."""
    for kind, parameters in AT.items():
        for name, paths in parameters.items():
            # each page with the last of these, the first page with all of them
            for text in OUT_OF_RANGE[kind]:
                yield paths[0], name, text
            for path in paths[1:]:
                yield path, name, OUT_OF_RANGE[kind][-1]
    for path, text in itertools.product(("/timeline/", "/search/"), OUT_OF_RANGE["cursor"]):
        yield path, "page", f"statement.{text}" if path == "/timeline/" else text


@pytest.mark.slow
def test_what_no_record_can_have_is_refused(client: Client, world: SimpleNamespace) -> None:
    wrong = []
    for path, name, text in cases():
        answer = client.get(path, {name: text})
        meant = REFUSED_BY_API if path.startswith("/api/") else REFUSED
        if answer.status_code != meant:
            wrong.append(f"{path}?{name}={text}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)
