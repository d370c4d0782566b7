"""Rewrite the links of a page so that they lead to files.

A link without a file leads to the live site, or, if there is none, to the page that says why.
"""

import re
from collections.abc import Callable
from html import escape, unescape
from urllib.parse import urljoin, urlsplit

from django.utils.html import format_html
from django.utils.translation import gettext as _

from nafta.static_site.url_map import StaticSite, file_path

TAG = re.compile(r"<(?:a|form|iframe|img|link|meta|p|script|div)\b[^>]*>")
ATTRIBUTE = re.compile(r'(?<=\s)((?:href|src|content|data-plotly|data-visits)=")([^"]*)(?=")')
FORM = re.compile(r"<form\b([^>]*)>.*?</form>", re.DOTALL)
ACTION = re.compile(r'\saction="([^"]*)"')
XML = re.compile(r'(href="|<loc>|<\?xml-stylesheet [^>]*href=")([^"<]*)')
HEAD_ONLY = ("<link", "<meta")


class LinkRewriter:
    """Rewrites the links in the texts of one URL, and collects those that have files.

    ``linked`` has them in order, as keys.
    """

    def __init__(self, site: StaticSite, address: str) -> None:
        self.site = site
        self.base = site.address + address
        self.linked: dict[str, None] = {}
        path = r"(?:(?!&quot;|&#x27;|&#39;|&lt;|&gt;)[^\s\"'<>\\)])*"
        self.site_urls = re.compile(rf"{re.escape(site.address)}(/{path})(?<![.,;:])")

    def html(self, text: str) -> str:
        """A page: its links, forms, and the URLs in its text."""
        text = FORM.sub(self._form, text)
        text = TAG.sub(self._tag, text)
        return self.text(text, encode=escape)

    def xml(self, text: str) -> str:
        """A feed or a sitemap. The ids of entries stay, as readers know an entry by them."""
        return XML.sub(
            lambda match: match[1] + escape(self._target(unescape(match[2])) or ""), text
        )

    def text(self, text: str, encode: Callable[[str], str] = str) -> str:
        """Absolute URLs of the site anywhere in a text."""

        def changed(match: re.Match[str]) -> str:
            decoded = unescape(match[0]) if encode is escape else match[0]
            new = self._target(decoded)
            return encode(new) if new else match[0]

        return self.site_urls.sub(changed, text)

    def _target(self, link: str, *, page: bool = False) -> str:
        """The new target of a link; "" if it has none.

        ``page``: the link may lead to the page about what is missing.
        """
        try:
            url = urljoin(self.base, link)
        except ValueError:
            return link
        if not url.startswith((self.site.address + "/", self.site.address + "?")):
            return link
        _scheme, _host, path, query, fragment = urlsplit(url)
        address = f"{path}?{query}" if query else path
        anchor = f"#{fragment}" if fragment else ""
        # an absolute link stays absolute
        origin = self.site.address if link.startswith(self.site.address) else ""
        if new := file_path(address):
            self.linked[address] = None
            return origin + new + anchor
        if self.site.live and not new:
            return f"{self.site.live}{address}{anchor}"
        if page:
            notice = self.site.notice(path)
            self.linked[notice] = None
            return notice
        return ""

    def _tag(self, tag: re.Match[str]) -> str:
        text = tag[0]
        is_dead = False

        def changed(attribute: re.Match[str]) -> str:
            nonlocal is_dead
            start, value = attribute[1], unescape(attribute[2])
            if value.startswith("#") or (
                start.startswith("content") and not value.startswith(self.site.address)
            ):
                return attribute[0]
            new = self._target(value, page=text.startswith("<a"))
            is_dead = is_dead or not new
            return start + escape(new)

        text = ATTRIBUTE.sub(changed, text)
        return "" if is_dead and text.startswith(HEAD_ONLY) else text

    def _form(self, form: re.Match[str]) -> str:
        """A form is sent to the live site; without one, a sentence replaces it."""
        if self.site.live:
            action = ACTION.search(form[1])
            path = urlsplit(urljoin(self.base, unescape(action[1]) if action else "")).path
            start = ACTION.sub("", form[1])
            opening = f'<form action="{escape(self.site.live + path)}"{start}>'
            return form[0].replace(f"<form{form[1]}>", opening, 1)
        if "search-box" in form[1]:
            return ""
        return format_html(
            '<p class="silence">{} <a href="{}">{}</a></p>',
            _("To choose here takes a server; this copy of the site is made of files."),
            self.site.notice(urlsplit(self.base).path),
            _("What it has, and what not"),
        )
