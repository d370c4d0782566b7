"""Render one URL of the site into a file, with the site's own views and templates.

Of the middleware only the language runs: a file has no session, no user and no headers, and no
other middleware changes the body of a public page.
"""

import datetime as dt
import hashlib
import io
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, quote, urljoin, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.handlers.base import BaseHandler
from django.core.signals import got_request_exception
from django.http import HttpResponse, QueryDict
from django.test import RequestFactory
from django.utils import translation
from openpyxl.utils.datetime import to_excel

from nafta.operations.page_cache import ENCODERS, MIN_COMPRESSED_BYTES, TEXT
from nafta.static_site.links import LinkRewriter
from nafta.static_site.url_map import StaticSite, file_name, file_path
from rounds.models import Negotiation
from rounds.tabular.exports import FILE_PARAMS

MIDDLEWARE = ["nafta.operations.middleware.UrlLocaleMiddleware"]
URLS = "nafta.static_site.urls"
NOT_FOUND_URL = "/404.html"  # a host sends it for an unknown URL
SUFFIXES = {"br": ".br", "gzip": ".gz"}
TEXT_SUFFIXES = {".css", ".js", ".svg", ".json", ".txt", ".map"}
CSS_LINK = re.compile(r"""(?:url\(|@import )["']?(?!data:)([^"')#?]+)""")
UPDATED = re.compile(rb"<updated>[^<]*</updated>")
XLSX_PROPERTIES = "docProps/core.xml"  # holds the time at which a spreadsheet was written


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """A rendered URL. ``fresh``: its file differs from that of the last bake.

    ``error`` says why it could not be rendered, where that is known.
    """

    address: str
    path: str
    status: int
    fingerprint: str = ""
    size: int = 0
    fresh: bool = False
    error: str = ""
    files: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


class Renderer:
    """Renders URLs and writes files to ``folder``, unless they have the fingerprint of ``before``.

    ``before`` has the fingerprints of the last bake by path. Files name ``made_at`` as their time.
    """

    def __init__(
        self, site: StaticSite, folder: Path, before: dict[str, str], made_at: dt.datetime
    ) -> None:
        self.site, self.folder, self.before, self.made_at = site, folder, before, made_at
        self.stamps = _format_stamps(made_at)
        self.requests = RequestFactory(headers={"host": site.address.partition("://")[2]})
        self.secure = site.address.startswith("https:")
        self.handler = _make_handler()
        self.negotiation = Negotiation.objects.first()
        self.error = ""  # of the page that is being rendered
        got_request_exception.connect(self._note_error)

    def render(self, addresses: Iterable[str]) -> list[RenderedFile]:
        return [page for address in addresses for page in self._render_safely(address)]

    def _render_safely(self, address: str) -> list[RenderedFile]:
        """Render a URL. An exception, such as that of a full disk, becomes the page's error."""
        try:
            return list(self._render(address))
        except Exception as error:
            return [RenderedFile(address, file_path(address), 500, error=_describe(error))]

    def _render(self, address: str) -> Iterator[RenderedFile]:
        """The file of a URL; for a page, also the exports of its tables."""
        if address.startswith(f"/{settings.STATIC_URL.strip('/')}/"):
            yield self._static_file(address)
            return
        request, response = self._respond(address)
        page = self._page_file(address, response)
        links = dict.fromkeys(page.links)
        table_file = getattr(request, "table_file", None)
        if table_file and not request.GET:
            with translation.override(request.LANGUAGE_CODE):
                for link in _export_links(links, request.path):
                    params = QueryDict(urlsplit(link).query)
                    del links[link]
                    yield self._page_file(
                        link, table_file(params.get("_table", ""), params["_export"])
                    )
        yield replace(page, links=list(links))

    def _page_file(self, address: str, response: HttpResponse) -> RenderedFile:
        path = file_path(address)
        is_not_found_page = path.endswith(NOT_FOUND_URL) and response.status_code == 404
        status = 200 if is_not_found_page else response.status_code
        if status not in {200, 410}:
            return RenderedFile(address, path, status, error=self.error)
        rewriter = LinkRewriter(self.site, address)
        kind = response.headers["Content-Type"]
        body = _rewrite_links(rewriter, response.content, kind)
        fingerprint = self._fingerprint(body)
        page = RenderedFile(
            address, path, status, fingerprint, len(body), links=list(rewriter.linked)
        )
        return self._write(page, body, packed=bool(TEXT.match(kind)))

    def _respond(self, address: str) -> tuple[Any, HttpResponse]:
        request: Any = self.requests.get(address, secure=self.secure)
        request.baked = self.site
        request.past_in_files = bool(file_path(f"{request.path}?as_of=any"))
        request.made = self.made_at
        request.urlconf = URLS
        if self.negotiation:
            request.negotiation = self.negotiation
        self.error = ""
        return request, cast("HttpResponse", self.handler.get_response(request))

    def _note_error(self, **_signal: object) -> None:
        """Django sends an error page in place of the exception, and this signal before."""
        self.error = _describe(sys.exc_info()[1])

    def _static_file(self, address: str) -> RenderedFile:
        """A style sheet, script, font or picture; 404 if there is none."""
        name = address.removeprefix(f"/{settings.STATIC_URL.strip('/')}/")
        source = Path(settings.STATIC_ROOT) / name
        if not source.is_file():
            source = Path(finders.find(name) or source)
        if not source.is_file():
            return RenderedFile(address, address, 404)
        body = source.read_bytes()
        links = _css_links(address, body) if source.suffix == ".css" else []
        page = RenderedFile(address, address, 200, self._fingerprint(body), len(body), links=links)
        ready = {
            suffix: packed.read_bytes()
            for suffix in SUFFIXES.values()
            if (packed := source.with_name(source.name + suffix)).is_file()
        }
        return self._write(page, body, packed=source.suffix in TEXT_SUFFIXES, ready=ready)

    def _write(
        self,
        page: RenderedFile,
        body: bytes,
        *,
        packed: bool,
        ready: dict[str, bytes] | None = None,
    ) -> RenderedFile:
        """Write the file, and compressed copies where these are smaller, if it has changed.

        ``ready`` has copies that ``collectstatic`` has compressed, by suffix.
        """
        name = file_name(page.path)
        fresh = self.before.get(page.path) != page.fingerprint
        if not fresh:
            return page
        files = {name: body}
        if packed and len(body) > MIN_COMPRESSED_BYTES:
            for encoding, suffix in SUFFIXES.items():
                short = (ready or {}).get(suffix) or ENCODERS[encoding](body)
                if len(short) < len(body):
                    files[name + suffix] = short
        for file, content in files.items():
            target = self.folder / file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        return replace(page, fresh=True, files=list(files))

    def _fingerprint(self, body: bytes) -> str:
        """A hash of the body without the times at which it was made."""
        content = hashlib.sha256()
        if body.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(body)) as archive:
                for name in archive.namelist():
                    if name != XLSX_PROPERTIES:
                        content.update(
                            f"{name}\n".encode() + self._without_stamps(archive.read(name))
                        )
        else:
            content.update(self._without_stamps(body))
        return content.hexdigest()[:24]

    def _without_stamps(self, body: bytes) -> bytes:
        if b"<feed" in body and b"<entry" not in body:
            body = UPDATED.sub(b"", body)  # an empty feed has the time of the request
        for stamp in self.stamps:
            body = body.replace(stamp, b"")
        return body


def _format_stamps(moment: dt.datetime) -> list[bytes]:
    """The time as pages, JSON and spreadsheets format it; microseconds make it unmistakable."""
    bare = moment.replace(tzinfo=None)
    texts = [bare.isoformat(timespec=unit) for unit in ("microseconds", "milliseconds")]
    number = f"{to_excel(bare.replace(microsecond=0)):.16g}"
    return [text.encode() for text in (*texts, *map(quote, texts), number)]


def _describe(error: BaseException | None) -> str:
    """The exception in one line, for the person who runs the bake."""
    return " ".join(f"{type(error).__name__}: {error}".split())


def _make_handler() -> BaseHandler:
    """Django's request handler with ``MIDDLEWARE`` in place of the site's."""
    handler = BaseHandler()
    site_middleware, settings.MIDDLEWARE = settings.MIDDLEWARE, MIDDLEWARE
    try:
        handler.load_middleware()
    finally:
        settings.MIDDLEWARE = site_middleware
    return handler


def _export_links(links: Iterable[str], path: str) -> list[str]:
    """The links to exports of the page at ``path`` without other parameters."""
    files = [link for link in links if link.startswith(f"{path}?_")]
    return [link for link in files if set(parse_qs(urlsplit(link).query)) <= set(FILE_PARAMS)]


def _css_links(address: str, style: bytes) -> list[str]:
    """The URLs of fonts, pictures and other style sheets in a style sheet."""
    links = (urljoin(address, match[1]) for match in CSS_LINK.finditer(style.decode()))
    return [link for link in links if link.startswith("/")]


def _rewrite_links(rewriter: LinkRewriter, body: bytes, kind: str) -> bytes:
    if kind.startswith("text/html"):
        return rewriter.html(body.decode()).encode()
    if "xml" in kind and "openxml" not in kind:
        return rewriter.xml(body.decode()).encode()
    if kind.startswith("application/json"):
        return rewriter.text(body.decode()).encode()
    return body
