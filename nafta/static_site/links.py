"""The links of a page, leading to files.

What has no file leads to the live site, or, where there is none, to a page that says why.
"""

import re
from collections.abc import Callable
from html import escape, unescape
from urllib.parse import urljoin, urlsplit

from django.utils.html import format_html
from django.utils.translation import gettext as _

from nafta.static_site.url_map import Site, place

TAG = re.compile(r"<(?:a|form|iframe|img|link|meta|p|script|div)\b[^>]*>")
ATTRIBUTE = re.compile(r'(?<=\s)((?:href|src|content|data-plotly|data-visits)=")([^"]*)(?=")')
FORM = re.compile(r"<form\b([^>]*)>.*?</form>", re.DOTALL)
ACTION = re.compile(r'\saction="([^"]*)"')
XML = re.compile(r'(href="|<loc>|<\?xml-stylesheet [^>]*href=")([^"<]*)')
HEAD_ONLY = ("<link", "<meta")


class Rewriter:
    """The texts of one address, with their links changed; ``found``: what to make as well."""

    def __init__(self, site: Site, address: str) -> None:
        self.site = site
        self.base = site.address + address
        self.found: dict[str, None] = {}
        until = r"(?:(?!&quot;|&#x27;|&#39;|&lt;|&gt;)[^\s\"'<>\\)])*"
        self.own = re.compile(rf"{re.escape(site.address)}(/{until})(?<![.,;:])")

    def html(self, text: str) -> str:
        """A page: its links and forms, and addresses that it names in words."""
        text = FORM.sub(self._form, text)
        text = TAG.sub(self._tag, text)
        return self.text(text, encode=escape)

    def xml(self, text: str) -> str:
        """A feed or a sitemap. The names that a feed gives its entries are for ever."""
        return XML.sub(lambda one: one[1] + escape(self._new(unescape(one[2])) or ""), text)

    def text(self, text: str, encode: Callable[[str], str] = str) -> str:
        """Whole addresses, wherever they stand."""

        def changed(one: re.Match[str]) -> str:
            decoded = unescape(one[0]) if encode is escape else one[0]
            new = self._new(decoded)
            return encode(new) if new else one[0]

        return self.own.sub(changed, text)

    def _new(self, link: str, *, page: bool = False) -> str:
        """Where a link leads in the baked site. ``page``: the notice will do. "" if nowhere."""
        try:
            whole = urljoin(self.base, link)
        except ValueError:
            return link
        if not whole.startswith((self.site.address + "/", self.site.address + "?")):
            return link
        _scheme, _host, path, query, fragment = urlsplit(whole)
        address = f"{path}?{query}" if query else path
        end = f"#{fragment}" if fragment else ""
        # a link that names its host keeps it
        start = self.site.address if link.startswith(self.site.address) else ""
        if new := place(address):
            self.found[address] = None
            return start + new + end
        if self.site.live and not new:
            return f"{self.site.live}{address}{end}"
        if page:
            notice = self.site.notice(path)
            self.found[notice] = None
            return notice
        return ""

    def _tag(self, tag: re.Match[str]) -> str:
        text = tag[0]
        lost = False

        def changed(attribute: re.Match[str]) -> str:
            nonlocal lost
            start, value = attribute[1], unescape(attribute[2])
            if value.startswith("#") or (
                start.startswith("content") and not value.startswith(self.site.address)
            ):
                return attribute[0]
            new = self._new(value, page=text.startswith("<a"))
            lost = lost or not new
            return start + escape(new)

        text = ATTRIBUTE.sub(changed, text)
        return "" if lost and text.startswith(HEAD_ONLY) else text

    def _form(self, form: re.Match[str]) -> str:
        """A form asks the live site; without one, a sentence stands in its place."""
        if self.site.live:
            action = ACTION.search(form[1])
            path = urlsplit(urljoin(self.base, unescape(action[1]) if action else "")).path
            start = ACTION.sub("", form[1])
            whole = f'<form action="{escape(self.site.live + path)}"{start}>'
            return form[0].replace(f"<form{form[1]}>", whole, 1)
        if "search-box" in form[1]:
            return ""
        return format_html(
            '<p class="silence">{} <a href="{}">{}</a></p>',
            _("To choose here takes a server; this copy of the site is made of files."),
            self.site.notice(urlsplit(self.base).path),
            _("What it has, and what not"),
        )
