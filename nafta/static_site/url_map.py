"""Which address of the site has a file in the baked one, and where.

A static host knows no questions. Those that pages themselves link to become folders:
``/issues/autos/?as_of=round-4`` is ``/issues/autos/as_of=round-4/``, and no address of the site
can be that, since no key has an equals sign.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlsplit

from django.conf import settings

FILES_ONLY = "files-only/"  # says what a site of files cannot do
SERVED = re.compile(r"/(?:\w\w/)?(?:admin|search)/|/api/")  # what only a server can answer
# As of each round stand the pages that show all issues; that of one issue tells its rounds anyway.
PRESENT = re.compile(r"/(?:\w\w/)?(?:cards|cite|embed|issues/[^/]+|parties)/")
FEED = re.compile(r"(?:^|(?<=/))feed/$")
DAY = re.compile(r"\d{4}-\d\d-\d\d$")
FILE = {"_export", "_table"}
# The questions that links of the site ask, and that come to an end. All others go without a file.
QUESTIONS: list[set[str]] = [
    *({name} for name in ("as_of", "of", "page", "until", "party", "issue", "round", "sort")),
    {"status"},
    {"status"} | FILE,
    {"party", "sort"},
    {"from", "to"},
    {"to"},
    {"kind", "party"},
    {"kind", "issue", "party"},
    FILE,
    FILE - {"_table"},
    {"page"} | FILE,
]


@dataclass(frozen=True, slots=True)
class Site:
    """Where the baked site will stand, and where the one that answers questions is, if anywhere."""

    address: str  # https://example.org, without a slash
    live: str = ""

    def notice(self, path: str) -> str:
        """The page that says what files cannot do, in the language of ``path``."""
        language = path.split("/")[1]
        known = {code for code, _name in settings.LANGUAGES}
        return f"/{language}/{FILES_ONLY}" if language in known else f"/{FILES_ONLY}"


def place(address: str) -> str:
    """The path in the baked site of an address of the site, ``/path?question``; "" if it has none.

    >>> place("/issues/?as_of=round-4")
    '/issues/as_of=round-4/'
    >>> place("/issues/autos/?_export=csv&_table=numbers")
    '/issues/autos/numbers.csv'
    """
    path, query = urlsplit(address)[2:4]
    if SERVED.match(path):
        return ""
    if path.endswith("/oembed/"):
        return _oembed(query)
    path = FEED.sub("feed.xml", path)
    asked = sorted(parse_qsl(query), key=lambda pair: pair[0])  # one question, one file
    if not asked:
        return path
    names = {name for name, _value in asked}
    wish = dict(asked)
    endless = "as_of" in wish and (PRESENT.match(path) or DAY.match(wish["as_of"]))
    if endless or names not in QUESTIONS or not path.endswith("/"):
        return ""
    folders = "".join(f"{name}={_named(value)}/" for name, value in asked if name not in FILE)
    if kind := wish.get("_export", ""):
        return f"{path}{folders}{_named(wish.get('_table', 'rows'))}.{_named(kind)}"
    return path + folders


def file_of(path: str) -> str:
    """The file that a static server gives for a path."""
    return f"{path}index.html"[1:] if path.endswith("/") else path[1:]


def _oembed(query: str) -> str:
    """How to embed a page stands beside it; that of a page with a question has no file."""
    wish = dict(parse_qsl(query))
    page = urlsplit(wish.get("url", ""))
    kind = wish.get("format", "json")
    whole = page.path.endswith("/") and not page.query and kind in {"json", "xml"}
    return f"{page.path}oembed.{kind}" if whole else ""


def _named(value: str) -> str:
    """A value as part of a path that no server reads otherwise."""
    return quote(value, safe="").replace("%", "~")
