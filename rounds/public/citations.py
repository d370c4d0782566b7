"""How a record is cited: who said what and when, where it was read, and where it stands here.

Pure but for ``page()``, which reads a request. A citation says no more than the record does: no
day where the source gives a month, no name where it gives none.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info, pgettext
from django.utils.translation import gettext as _

from rounds.models import AttributedClaim, Source, Statement, attribution
from rounds.platform import clock
from rounds.platform.dates import day as day_in_words
from rounds.platform.translated_text import local

MARKS = {"fr": ("« ", " »"), "es": ("«", "»")}  # quotation marks; “” elsewhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Permalink:
    """Where a record stands on this site."""

    site: str
    address: str  # the permanent one
    stood: str  # the same, pinned to a day and to what the site had published by a moment
    day: dt.date  # that day
    accessed: dt.date


def page_at(request: HttpRequest, path: str, day: dt.date | None = None) -> Permalink:
    """The page at ``path`` as it stands on ``day``, or today."""
    address, day = request.build_absolute_uri(path), day or clock.today()
    moment = (getattr(request, "made", None) or clock.now()).astimezone(dt.UTC)
    negotiation = getattr(request, "negotiation", None)
    name = local(negotiation, "short_name") if negotiation else ""
    return Permalink(
        site=_("%(name)s, round by round") % {"name": name} if name else _("Round by round"),
        address=address,
        stood=f"{address}?as_of={day.isoformat()}&known={moment:%Y-%m-%dT%H:%M:%S.%fZ}",
        day=day,
        accessed=timezone.localdate(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """One claim and where it is from. ``text``, ``html`` and ``ris`` say the same."""

    kind: str  # "Statement", "Proposal", "Position"
    who: str
    authors: tuple[str, ...] = ()  # the names in it, if anybody is named
    said: str  # what, in our words
    when: str
    date: str  # as RIS writes it
    quotation: str = ""
    language: str = ""  # of the quotation
    evidence: "Citation | None" = None  # what a position rests on
    source: Source
    page: Permalink

    @property
    def quoted(self) -> str:
        """The quotation between the marks of its language."""
        opening, closing = MARKS.get(self.language.partition("-")[0], ("“", "”"))
        return f"{opening}{self.quotation}{closing}" if self.quotation else ""

    @property
    def claim(self) -> str:
        """Who, when and what: our words are marked as ours."""
        named = {"who": self.who, "when": self.when, "said": self.said}
        return _("%(who)s, %(when)s. In paraphrase: %(said)s") % named

    @property
    def published(self) -> str:
        """The source as the record names it, without its address.

        Its title may be what it is in our words, so it stands between no quotation marks.
        """
        return ", ".join(filter(None, [str(self.source), self.source.published_words]))

    @property
    def text(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield self.claim
        if self.quotation:
            named = {"language": _language(self.language), "quotation": self.quoted}
            yield _("Quotation, in %(language)s: %(quotation)s") % named
        if self.evidence:
            yield _("Evidence: %(claim)s") % {"claim": self.evidence.claim}
            if self.evidence.quotation:
                yield self.evidence.quoted
            yield self.evidence.page.address
        yield _("Source: %(source)s") % {"source": self.published}
        if self.source.url:
            yield self.source.url
        if self.source.archive_url:
            yield _("Archived: %(address)s") % {"address": self.source.archive_url}
        place = {"site": self.page.site, "address": self.page.address}
        yield _("Record: %(site)s, %(address)s") % place
        stood = {"day": day_in_words(self.page.day), "address": self.page.stood}
        yield _("As it stood on %(day)s: %(address)s") % stood
        yield _("Accessed %(day)s") % {"day": day_in_words(self.page.accessed)}

    @property
    def html(self) -> SafeString:
        """A paragraph for a page of the web."""
        quoted: str = ""
        if self.quotation:
            quoted = format_html(' <q lang="{}">{}</q>', self.language, self.quotation)
        source: str = self.published
        if self.source.url:
            source = format_html('<a href="{}">{}</a>', self.source.url, source)
        archived: str = ""
        if self.source.archive_url:
            archived = format_html('; <a href="{}">{}</a>', self.source.archive_url, _("archived"))
        return format_html(
            '<p><a href="{}">{}</a>{} ({}{}). <cite><a href="{}">{}</a></cite></p>',
            self.page.address,
            self.claim,
            quoted,
            source,
            archived,
            self.page.stood,
            _("%(site)s, as of %(day)s")
            % {"site": self.page.site, "day": day_in_words(self.page.day)},
        )

    @property
    def ris(self) -> str:
        """For reference managers: https://en.wikipedia.org/wiki/RIS_(file_format)."""
        return "".join(f"{tag}  - {_one_line(value)}\r\n" for tag, value in self._tags()) + (
            "ER  - \r\n"
        )

    def _tags(self) -> Iterator[tuple[str, str]]:
        yield "TY", "ELEC"
        yield from (("AU", name) for name in self.authors or (self.who,))
        yield "TI", self.said
        yield "T2", self.page.site
        yield "DA", self.date
        yield "M3", self.kind
        yield "N1", self.claim
        if self.quotation:
            yield "N1", f"{self.quoted} [{self.language}]"
        if self.evidence:
            yield "N1", _("Evidence: %(claim)s") % {"claim": self.evidence.claim}
            yield "UR", self.evidence.page.address
        yield "N1", _("Source: %(source)s") % {"source": self.published}
        addresses = [
            self.page.address,
            self.page.stood,
            self.source.url,
            self.source.archive_url,
        ]
        yield from (("UR", address) for address in addresses if address)
        yield "Y2", f"{self.page.accessed:%Y/%m/%d}/"


def _one_line(value: str) -> str:
    return " ".join(value.split())


def _language(code: str) -> str:
    """The name of a language in the reader's; its code where nobody knows a name."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def ris_date(first: dt.date, last: dt.date | None, words: str, *, sure: bool = True) -> str:
    """The part of a date that is sure, then how the record puts it: ``2017/11//early November``."""
    if first == last and sure:
        return f"{first:%Y/%m/%d}/"
    same_year = last is not None and first.year == last.year
    same_month = same_year and last is not None and first.month == last.month
    year = f"{first.year}" if same_year else ""
    month = f"{first:%m}" if same_month else ""
    return f"{year}/{month}//{words}"


def statement_citation(statement: Statement, page: Permalink) -> Citation:
    """Of a statement read ``with_names()``."""
    people: list[dict[str, Any]] = statement.speaker_list  # type: ignore[attr-defined]
    named = [
        ", ".join(filter(None, [one["name"], local(one, "role"), local(one, "organisation")]))
        for one in people
    ]
    return Citation(
        kind=_("Statement"),
        who=pgettext("between clauses", "; ").join(named) or unnamed(statement),
        authors=tuple(one["name"] for one in people),
        said=local(statement, "summary"),
        quotation=statement.quotation,
        language=statement.language if statement.quotation else "",
        source=statement.source,
        page=page,
        **dated(statement),
    )


def unnamed(record: AttributedClaim) -> str:
    """Who says so where nobody is named, as the source puts it."""
    voice = _("%(publisher)s, in its own voice") % {"publisher": record.source.publisher}
    return attribution(record, []) or voice


def dated(record: Any) -> dict[str, Any]:
    """When, as far as the record knows: in words, and as a date."""
    first, last, words = record.first_day, record.last_day, record.when
    return {"when": words, "date": ris_date(first, last, words, sure=not record.approximate)}
