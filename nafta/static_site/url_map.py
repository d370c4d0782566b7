"""Which URLs of the site have a file in the static one, and its path.

A static host ignores query strings. Those that pages link to become folders:
``/issues/autos/?as_of=round-4`` is ``/issues/autos/as_of=round-4/``, which is no other URL of the
site, since no key has an equals sign.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlsplit

from django.conf import settings

FILES_ONLY = "files-only/"  # the page that says what the static site does not have
SERVER_ONLY = re.compile(r"/(?:\w\w/)?(?:admin|search)/|/api/")
# Pages that have no file as of each round: only those that show all issues do.
NO_PAST = re.compile(r"/(?:\w\w/)?(?:cards|cite|embed|issues/[^/]+|parties)/")
FEED = re.compile(r"(?:^|(?<=/))feed/$")
DAY = re.compile(r"\d{4}-\d\d-\d\d$")
EXPORT_PARAMS = {"_export", "_table"}
# The sets of parameters that have files: links of pages use them, and their values are limited.
PARAMETER_SETS: list[set[str]] = [
    *({name} for name in ("as_of", "of", "page", "until", "party", "issue", "round", "sort")),
    {"status"},
    {"status"} | EXPORT_PARAMS,
    {"party", "sort"},
    {"from", "to"},
    {"to"},
    {"kind", "party"},
    {"kind", "issue", "party"},
    EXPORT_PARAMS,
    EXPORT_PARAMS - {"_table"},
    {"page"} | EXPORT_PARAMS,
]


@dataclass(frozen=True, slots=True)
class StaticSite:
    """The host of the static site, and that of the live one for what files cannot do."""

    address: str  # an origin, such as https://example.org
    live: str = ""  # an origin, or "" if there is no live site

    def notice(self, path: str) -> str:
        """The path of the page about missing functions, in the language of ``path``."""
        language = path.split("/")[1]
        codes = {code for code, _name in settings.LANGUAGES}
        return f"/{language}/{FILES_ONLY}" if language in codes else f"/{FILES_ONLY}"


def file_path(address: str) -> str:
    """The path in the static site of ``address``, a path with a query string; "" if it has none.

    >>> file_path("/issues/?as_of=round-4")
    '/issues/as_of=round-4/'
    >>> file_path("/issues/autos/?_export=csv&_table=numbers")
    '/issues/autos/numbers.csv'
    """
    path, query = urlsplit(address)[2:4]
    if SERVER_ONLY.match(path):
        return ""
    if path.endswith("/oembed/"):
        return _oembed(query)
    path = FEED.sub("feed.xml", path)
    pairs = sorted(parse_qsl(query), key=lambda pair: pair[0])  # their order makes no other file
    if not pairs:
        return path
    names = {name for name, _value in pairs}
    params = dict(pairs)
    is_endless = "as_of" in params and (NO_PAST.match(path) or DAY.match(params["as_of"]))
    if is_endless or names not in PARAMETER_SETS or not path.endswith("/"):
        return ""
    folders = "".join(
        f"{name}={_escape(value)}/" for name, value in pairs if name not in EXPORT_PARAMS
    )
    if kind := params.get("_export", ""):
        return f"{path}{folders}{_escape(params.get('_table', 'rows'))}.{_escape(kind)}"
    return path + folders


def file_name(path: str) -> str:
    """The file that a static server sends for a path."""
    return f"{path}index.html"[1:] if path.endswith("/") else path[1:]


def _oembed(query: str) -> str:
    """The oEmbed file of a page lies in its folder; "" for a page with a query string."""
    params = dict(parse_qsl(query))
    page = urlsplit(params.get("url", ""))
    kind = params.get("format", "json")
    has_file = page.path.endswith("/") and not page.query and kind in {"json", "xml"}
    return f"{page.path}oembed.{kind}" if has_file else ""


def _escape(value: str) -> str:
    """A value escaped for a path: servers would decode %."""
    return quote(value, safe="").replace("%", "~")
