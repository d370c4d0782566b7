"""What nobody sends who means well: every address, asked wrongly, by nobody and by a contributor.

``HOSTILE=10000 pytest tests/nafta/test_hostile.py -s`` sends that many; the suite sends fewer.
"""

import json
import os
import random
import string
from collections import Counter
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, get_resolver
from psycopg.pq import TransactionStatus

from tests.desk import desk_of
from tests.nafta.test_leaks import every_key, every_pattern, readable
from tests.world import SECRET, create_contributor

pytestmark = pytest.mark.slow

REQUESTS = int(os.environ.get("HOSTILE", "300"))
SEED = int(os.environ.get("SEED", "1"))
TRACES = ("Traceback (most recent call last)", "psycopg", "site-packages", 'File "/')
METHODS = ("GET", "GET", "GET", "GET", "POST", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE")
ODD = (
    "",
    "\0",
    "a\0b",
    "' OR 1=1 --",
    '"><script>alert(1)</script>',
    "{{7*7}}{% now %}",
    "../../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "//evil.example/",
    "https://evil.example/",
    "\\\\evil.example",
    "javascript:alert(1)",
    "%",
    "%zz",
    "%00",
    "%c0%af",
    "%ed%a0%80",
    "%f4%90%80%80",
    "-1",
    "0",
    "1e999",
    "NaN",
    "9" * 40,
    "99999999999",
    "2147483648",
    "1,2,3",
    "[]",
    "{}",
    "null",
    "true",
    "2010-02-30",
    "0000-00-00",
    "9999-12-31T23:59:59.999999Z",
    "10000-01-01",
    "2010-01-09T00:00:00+99:99",
    "round-1",
    "\u202egnp",
    "\ud7ff\uffff",
    "İı\u0301" * 20,
    "😀" * 50,
    "a" * 5_000,
    "(" * 300,
    '"',
    "\r\nSet-Cookie: evil=1",
    "\x1b[31m",
    "*",
    "?",
    "&=&=",
)
NAMES = (
    *("q", "p", "o", "e", "page", "as_of", "known", "party", "issue", "kind", "year", "from", "to"),
    *("next", "url", "format", "maxwidth", "maxheight", "term", "app_label", "model_name"),
    *("field_name", "state__exact", "issues__isnull", "id__in", "_changelist_filters", "_popup"),
    *("_to_field", "cursor", "limit", "since", "of", "all", "suggestion", "round", "place"),
    *("action", "_selected_action", "_save", "id", "source", "dates_0", "dates_1", "state"),
    *("summary", "seen", "opened", "previewed", "n-TOTAL_FORMS", "s-TOTAL_FORMS", "token"),
    *("positions-TOTAL_FORMS", "positions-INITIAL_FORMS", "confirm", "import_file", "correction"),
    *("username", "password", "typed-summary", "code", "published__gte", "dates__contains"),
)
HEADERS = (
    *("ACCEPT", "ACCEPT_LANGUAGE", "ACCEPT_ENCODING", "IF_NONE_MATCH", "IF_MODIFIED_SINCE"),
    *("RANGE", "REFERER", "ORIGIN", "X_FORWARDED_FOR", "X_FORWARDED_HOST", "X_FORWARDED_PROTO"),
    *("COOKIE", "USER_AGENT", "X_HTTP_METHOD_OVERRIDE", "AUTHORIZATION", "X_REQUESTED_WITH"),
)
HOSTS = ("evil.example", "testserver:99999", "testserver.evil.example", "a b", "[::1", "", "täst")
TYPES = (
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-7",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/form-data; boundary=x",
    "application/json",
    "text/xml",
    "no/such; charset=nonsense",
    "",
)


class Hostile:
    """Makes the same requests again from the same seed."""

    def __init__(self, seed: int, keys: set[str]) -> None:
        self.random = random.Random(seed)
        self.patterns = [one for one in every_pattern(get_resolver()) if _names(one[1])]
        self.keys = sorted(keys - {key for key in keys if SECRET in key})
        self.turn = 0

    def text(self) -> str:
        kind = self.random.random()
        if kind < 0.6:
            return self.random.choice(ODD)
        if kind < 0.85:
            return self.random.choice(self.keys)
        letters = string.printable + "\0éß漢\u2028"
        return "".join(self.random.choices(letters, k=self.random.randrange(30)))

    def path(self) -> str:
        """Each address in its turn, what varies in it replaced; now and then no address at all."""
        name_and_pattern = self.patterns[self.turn % len(self.patterns)]
        self.turn += 1
        if self.random.random() < 0.03:
            return "/" + self.random.choice(["", "admin/", "api/v1/", "fr/"]) + quote(self.text())
        return self.filled(*name_and_pattern)

    def filled(self, name: str, pattern: URLPattern) -> str:
        resolver = get_resolver()
        if ":" in name:
            space, _colon, name = name.rpartition(":")
            prefix, resolver = get_resolver().namespace_dict[space]
        else:
            prefix = ""
        if not resolver.reverse_dict.getlist(name):
            return "/"
        possible = self.random.choice(resolver.reverse_dict.getlist(name))
        template, parameters = self.random.choice(possible[0])
        good = self.random.random() < 0.7
        values = {one: self.key(one) if good else quote(self.text(), "%/") for one in parameters}
        return f"/{prefix}{template}" % values

    def key(self, name: str) -> str:
        """What a record is called, of which there may be one here; its number in the admin."""
        numbered = name in {"object_id", "pk", "number"}
        return self.random.choice([key for key in self.keys if key.isdecimal() is numbered])

    def pairs(self) -> str:
        count = self.random.choice([0, 1, 1, 2, 3, 8])
        if self.random.random() < 0.02:
            count = 1_500
        pairs = [(self.random.choice(NAMES), self.text()) for _pair in range(count)]
        if pairs and self.random.random() < 0.2:
            pairs += [(pairs[0][0], self.text())]  # the same once more
        raw = urlencode(pairs, errors="surrogatepass")
        return raw + self.random.choice(["", "", "", "&", "&%ff=%fe", "&a[b][c]=1", "&=&&;"])

    def body(self) -> bytes:
        kind = self.random.random()
        if kind < 0.6:
            return self.pairs().encode()
        if kind < 0.7:
            depth = self.random.choice([10, 100_000])
            return b'{"a":' * depth + b"1" + b"}" * depth
        if kind < 0.75:
            return json.dumps({self.text(): self.text()}).encode()
        if kind < 0.85:
            head = b'--x\r\nContent-Disposition: form-data; name="import_file"; filename="'
            return head + self.text().encode() + b'"\r\n\r\nPK\x03\x04' + self.random.randbytes(99)
        if kind < 0.87:
            return b"a=" + b"b" * 6_000_000
        return self.random.randbytes(self.random.randrange(400))

    def headers(self) -> dict[str, str]:
        count = self.random.choice([0, 0, 1, 3])
        found = {f"HTTP_{self.random.choice(HEADERS)}": self.header() for _one in range(count)}
        if self.random.random() < 0.05:
            found["HTTP_HOST"] = self.random.choice(HOSTS)
        return found

    def header(self) -> str:
        """As a server hands it on: one line, of bytes."""
        text = self.text().replace("\r", "").replace("\n", "").replace("\0", "")
        return text.encode("utf-8", "surrogatepass").decode("latin-1")

    def requests(self, count: int) -> Iterator[dict[str, Any]]:
        for _request in range(count):
            method = self.random.choice(METHODS)
            asked: dict[str, Any] = {
                "method": method,
                "path": self.path(),
                "QUERY_STRING": self.pairs(),
            }
            if method in {"POST", "PUT"}:
                asked |= {"data": self.body(), "content_type": self.random.choice(TYPES)}
            yield asked | self.headers()


def _names(pattern: URLPattern) -> bool:
    return bool(pattern.name)


def sent(client: Client, asked: dict[str, Any]) -> Any:
    """The answer. A query that the database refuses does not end the test's own transaction."""
    before = transaction.savepoint()
    try:
        return _sent(client, asked)
    finally:
        if connection.connection.info.transaction_status == TransactionStatus.INERROR:
            transaction.savepoint_rollback(before)
        else:
            transaction.savepoint_commit(before)


def _sent(client: Client, asked: dict[str, Any]) -> Any:
    extra = {name: value for name, value in asked.items() if name not in {"method", "path"}}
    return client.generic(asked["method"], asked["path"], **extra)


def goes_elsewhere(response: Any) -> bool:
    """Whether it sends the asker to somebody else's site."""
    place = response.headers.get("Location", "").replace("\\", "/")
    return bool(urlsplit(place).netloc.partition(":")[0] not in {"", "testserver"})


def wrong_with(response: Any, *, stranger: bool) -> str:
    """What the answer does or says that it should not."""
    body = readable(b"".join(response))
    text = f"{response.headers} {body}"
    if response.status_code >= 500 and response.status_code != 501:  # of oEmbed: no such format
        return f"a fault: {getattr(response, 'exc_info', None)}"
    if any(trace in text for trace in TRACES):
        return "a trace"
    if stranger and SECRET in text:
        return "a draft"
    return "an open redirect" if goes_elsewhere(response) else ""


def session_of(user: Any) -> str:
    """The key of a session in which ``user`` is logged in; the last one unless it has ended."""
    found = Session.objects.order_by("-expire_date").first()
    if not found or SESSION_KEY not in found.get_decoded():
        return str(desk_of(user).cookies[settings.SESSION_COOKIE_NAME].value)
    return str(found.session_key)


@pytest.mark.parametrize("who", ["nobody", "a contributor"])
def test_nothing_falls_over_and_nothing_is_told(world: SimpleNamespace, who: str) -> None:
    stranger = who == "nobody"
    user = None if stranger else create_contributor()
    client = desk_of(user) if user else Client()
    client.raise_request_exception = False
    seen: Counter[int] = Counter()
    faults = []
    for asked in Hostile(SEED, every_key()).requests(REQUESTS // 2):
        response = sent(client, asked)
        seen[response.status_code] += 1
        if wrong := wrong_with(response, stranger=stranger):
            faults.append((wrong, str(asked)[:600]))
        client.cookies.clear()
        if user:  # who may have been logged out, or sent another cookie
            client.cookies[settings.SESSION_COOKIE_NAME] = session_of(user)
    print(f"{who}: {dict(sorted(seen.items()))}")
    assert faults == []
    assert len(seen) > 3
