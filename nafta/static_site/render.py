"""One address of the site made into a file.

The pages come from the site's own views and templates. Of the middleware only the language is
kept: a file has no session, no user and no headers, and nothing else shapes a public page.
"""

import datetime as dt
import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urljoin, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.handlers.base import BaseHandler
from django.http import HttpResponseBase, QueryDict
from django.test import RequestFactory
from django.utils import translation
from openpyxl.utils.datetime import to_excel

from nafta.operations.page_cache import ENCODERS, SHORT, TEXT
from nafta.static_site.links import Rewriter
from nafta.static_site.url_map import Site, file_of, place
from rounds.models import Negotiation
from rounds.tabular.exports import FILE_PARAMS

MIDDLEWARE = ["nafta.operations.middleware.LanguageOfAddress"]
URLS = "nafta.static_site.urls"
NOWHERE = "/404.html"  # what a host answers for an address that is none
SUFFIXES = {"br": ".br", "gzip": ".gz"}
TEXT_FILES = {".css", ".js", ".svg", ".json", ".txt", ".map"}
NEEDED = re.compile(r"""(?:url\(|@import )["']?(?!data:)([^"')#?]+)""")
UPDATED = re.compile(rb"<updated>[^<]*</updated>")
STAMPED = "docProps/core.xml"  # in a spreadsheet: when its file was written


@dataclass(frozen=True, slots=True)
class Made:
    """What became of an address. ``fresh``: whether its file is another than before."""

    address: str
    path: str
    status: int
    fingerprint: str = ""
    size: int = 0
    fresh: bool = False
    files: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)

    @property
    def is_there(self) -> bool:
        return self.status in {200, 410}


class Oven:
    """Makes files in ``folder`` of what is otherwise than ``before``: fingerprints, by path."""

    def __init__(
        self, site: Site, folder: Path, before: dict[str, str], made_at: dt.datetime
    ) -> None:
        self.site, self.folder, self.before, self.made_at = site, folder, before, made_at
        self.moments = _written(made_at)
        self.requests = RequestFactory(headers={"host": site.address.partition("://")[2]})
        self.secure = site.address.startswith("https:")
        self.handler = _handler()
        self.negotiation = Negotiation.objects.first()

    def bake(self, addresses: Iterable[str]) -> list[Made]:
        return [made for address in addresses for made in self._baked(address)]

    def _baked(self, address: str) -> Iterator[Made]:
        """What an address becomes; with a page, the files of its rows, which are there by now."""
        if address.startswith(f"/{settings.STATIC_URL.strip('/')}/"):
            yield self._static(address)
            return
        request, response = self._answer(address)
        made = self._made(address, response)
        links = dict.fromkeys(made.links)
        table_file = getattr(request, "table_file", None)
        if table_file and not request.GET:
            with translation.override(request.LANGUAGE_CODE):
                for link in _files_among(links, request.path):
                    wish = QueryDict(urlsplit(link).query)
                    del links[link]
                    yield self._made(link, table_file(wish.get("_table", ""), wish["_export"]))
        yield replace(made, links=list(links))

    def _made(self, address: str, response: Any) -> Made:
        path = place(address)
        nowhere = path.endswith(NOWHERE) and response.status_code == 404
        status = 200 if nowhere else response.status_code
        if status not in {200, 410}:
            return Made(address, path, status)
        rewriter = Rewriter(self.site, address)
        kind = response.headers["Content-Type"]
        body = _rewritten(rewriter, response.content, kind)
        found = self._fingerprint(body)
        made = Made(address, path, status, found, len(body), links=list(rewriter.found))
        return self._stored(made, body, packed=bool(TEXT.match(kind)))

    def _answer(self, address: str) -> tuple[Any, HttpResponseBase]:
        request: Any = self.requests.get(address, secure=self.secure)
        request.baked = self.site
        request.past_in_files = bool(place(f"{request.path}?as_of=any"))
        request.made = self.made_at
        request.urlconf = URLS
        if self.negotiation:
            request.negotiation = self.negotiation
        return request, self.handler.get_response(request)

    def _static(self, address: str) -> Made:
        """A style, script, font or picture, under the name that its pages know it by."""
        name = address.removeprefix(f"/{settings.STATIC_URL.strip('/')}/")
        found = Path(settings.STATIC_ROOT) / name
        if not found.is_file():
            found = Path(finders.find(name) or found)
        if not found.is_file():
            return Made(address, address, 404)
        body = found.read_bytes()
        links = _beside(address, body) if found.suffix == ".css" else []
        made = Made(address, address, 200, self._fingerprint(body), len(body), links=links)
        ready = {
            suffix: packed.read_bytes()
            for suffix in SUFFIXES.values()
            if (packed := found.with_name(found.name + suffix)).is_file()
        }
        return self._stored(made, body, packed=found.suffix in TEXT_FILES, ready=ready)

    def _stored(
        self, made: Made, body: bytes, *, packed: bool, ready: dict[str, bytes] | None = None
    ) -> Made:
        """The file, and beside it the packed ones where they are shorter, if it is another."""
        name = file_of(made.path)
        fresh = self.before.get(made.path) != made.fingerprint
        if not fresh:
            return made
        files = {name: body}
        if packed and len(body) > SHORT:
            for encoding, suffix in SUFFIXES.items():
                short = (ready or {}).get(suffix) or ENCODERS[encoding](body)
                if len(short) < len(body):
                    files[name + suffix] = short
        for file, content in files.items():
            target = self.folder / file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        return replace(made, fresh=True, files=list(files))

    def _fingerprint(self, body: bytes) -> str:
        """Of all that a file says, but for when it was made."""
        content = hashlib.sha256()
        if body.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(body)) as archive:
                for name in archive.namelist():
                    if name != STAMPED:
                        content.update(f"{name}\n".encode() + self._undated(archive.read(name)))
        else:
            content.update(self._undated(body))
        return content.hexdigest()[:24]

    def _undated(self, body: bytes) -> bytes:
        if b"<feed" in body and b"<entry" not in body:
            body = UPDATED.sub(b"", body)  # an empty feed is of the moment at which it is asked for
        for said in self.moments:
            body = body.replace(said, b"")
        return body


def _written(moment: dt.datetime) -> list[bytes]:
    """A moment as pages, JSON and spreadsheets write it: no other one is written so finely."""
    bare = moment.replace(tzinfo=None)
    texts = [bare.isoformat(timespec=unit) for unit in ("microseconds", "milliseconds")]
    number = f"{to_excel(bare.replace(microsecond=0)):.16g}"
    return [text.encode() for text in (*texts, *map(quote, texts), number)]


def _handler() -> BaseHandler:
    """The site's own, with less in front of it."""
    handler = BaseHandler()
    kept, settings.MIDDLEWARE = settings.MIDDLEWARE, MIDDLEWARE
    try:
        handler.load_middleware()
    finally:
        settings.MIDDLEWARE = kept
    return handler


def _files_among(links: Iterable[str], path: str) -> list[str]:
    """The links to files of the page at ``path`` as it is without a question."""
    own = [link for link in links if link.startswith(f"{path}?_")]
    return [link for link in own if set(parse_qs(urlsplit(link).query)) <= set(FILE_PARAMS)]


def _beside(address: str, style: bytes) -> list[str]:
    """What a style sheet needs: fonts, pictures, other sheets."""
    links = (urljoin(address, one[1]) for one in NEEDED.finditer(style.decode()))
    return [link for link in links if link.startswith("/")]


def _rewritten(rewriter: Rewriter, body: bytes, kind: str) -> bytes:
    if kind.startswith("text/html"):
        return rewriter.html(body.decode()).encode()
    if "xml" in kind and "openxml" not in kind:
        return rewriter.xml(body.decode()).encode()
    if kind.startswith("application/json"):
        return rewriter.text(body.decode()).encode()
    return body
