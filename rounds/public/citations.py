"""Citations of records: who said what and when, the publication, and the page on this site.

Pure but for ``make_permalink()``, which reads a request. A citation is no more precise than the
record: no day where the source gives a month, no name where it gives none.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypedDict

from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info, pgettext
from django.utils.translation import gettext as _

from rounds.models import AttributedClaim, DatedClaim, Source, Statement, attribution
from rounds.platform import clock
from rounds.platform.dates import day as day_in_words
from rounds.platform.translated_text import local
from rounds.public.timeline import Ref

QUOTATION_MARKS = {"fr": ("« ", " »"), "es": ("«", "»")}  # “” in other languages


class DateFields(TypedDict):
    when: str
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Permalink:
    """The addresses of a record's page on this site."""

    site: str  # the name of the site
    address: str  # the permanent one
    pinned_address: str  # of the same page on ``day``, as published by the moment of the request
    day: dt.date
    accessed: dt.date


def make_permalink(request: HttpRequest, path: str, day: dt.date | None = None) -> Permalink:
    """Return the addresses of the page at ``path`` on ``day``, by default today."""
    address, day = request.build_absolute_uri(path), day or clock.today()
    moment = (getattr(request, "made", None) or clock.now()).astimezone(dt.UTC)
    negotiation = getattr(request, "negotiation", None)
    name = local(negotiation, "short_name") if negotiation else ""
    return Permalink(
        site=_("%(name)s, round by round") % {"name": name} if name else _("Round by round"),
        address=address,
        pinned_address=f"{address}?as_of={day.isoformat()}&known={moment:%Y-%m-%dT%H:%M:%S.%fZ}",
        day=day,
        accessed=timezone.localdate(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A claim and its source. ``text``, ``html`` and ``ris`` hold the same in three formats."""

    kind: str  # "Statement", "Proposal", "Position"
    who: str
    authors: tuple[str, ...] = ()  # names of people, if any is given
    paraphrase: str  # what was said, in our words
    when: str
    date: str  # as RIS writes it
    quotation: str = ""
    language: str = ""  # of the quotation
    evidence: "Citation | None" = None  # of a position: the statement or proposal it rests on
    source: Source
    page: Permalink

    @property
    def quoted(self) -> str:
        """The quotation in the quotation marks of its language."""
        opening, closing = QUOTATION_MARKS.get(self.language.partition("-")[0], ("“", "”"))
        return f"{opening}{self.quotation}{closing}" if self.quotation else ""

    @property
    def claim(self) -> str:
        """Who, when and what; it says that the words are ours."""
        fields = {"who": self.who, "when": self.when, "said": self.paraphrase}
        return _("%(who)s, %(when)s. In paraphrase: %(said)s") % fields

    @property
    def published(self) -> str:
        """The publication, without its address.

        Its title has no quotation marks: where it has none, the record describes it instead.
        """
        return ", ".join(filter(None, [str(self.source), self.source.published_label]))

    @property
    def text(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield self.claim
        if self.quotation:
            fields = {"language": _language_name(self.language), "quotation": self.quoted}
            yield _("Quotation, in %(language)s: %(quotation)s") % fields
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
        page = {"site": self.page.site, "address": self.page.address}
        yield _("Record: %(site)s, %(address)s") % page
        pinned = {"day": day_in_words(self.page.day), "address": self.page.pinned_address}
        yield _("As it stood on %(day)s: %(address)s") % pinned
        yield _("Accessed %(day)s") % {"day": day_in_words(self.page.accessed)}

    @property
    def html(self) -> SafeString:
        """A paragraph of HTML."""
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
            self.page.pinned_address,
            _("%(site)s, as of %(day)s")
            % {"site": self.page.site, "day": day_in_words(self.page.day)},
        )

    @property
    def ris(self) -> str:
        """A file for reference managers: https://en.wikipedia.org/wiki/RIS_(file_format)."""
        return "".join(f"{tag}  - {_one_line(value)}\r\n" for tag, value in self._tags()) + (
            "ER  - \r\n"
        )

    def _tags(self) -> Iterator[tuple[str, str]]:
        yield "TY", "ELEC"
        yield from (("AU", name) for name in self.authors or (self.who,))
        yield "TI", self.paraphrase
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
            self.page.pinned_address,
            self.source.url,
            self.source.archive_url,
        ]
        yield from (("UR", address) for address in addresses if address)
        yield "Y2", f"{self.page.accessed:%Y/%m/%d}/"


def _one_line(value: str) -> str:
    return " ".join(value.split())


def _language_name(code: str) -> str:
    """Return the name of a language in the reader's language, or its code if Django has none."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def format_ris_date(
    first: dt.date, last: dt.date | None, when: str, *, is_exact: bool = True
) -> str:
    """Return the part of a date that is certain, then its words: ``2017/11//early November``."""
    if first == last and is_exact:
        return f"{first:%Y/%m/%d}/"
    same_year = last is not None and first.year == last.year
    same_month = same_year and last is not None and first.month == last.month
    year = f"{first.year}" if same_year else ""
    month = f"{first:%m}" if same_month else ""
    return f"{year}/{month}//{when}"


def statement_citation(statement: Statement, page: Permalink) -> Citation:
    """Cite a statement read ``with_names()``."""
    speakers: list[Ref] = statement.speaker_list
    names = [
        ", ".join(
            filter(None, [speaker["name"], local(speaker, "role"), local(speaker, "organisation")])
        )
        for speaker in speakers
    ]
    return Citation(
        kind=_("Statement"),
        who=pgettext("between clauses", "; ").join(names) or describe_unnamed(statement),
        authors=tuple(speaker["name"] for speaker in speakers),
        paraphrase=local(statement, "summary"),
        quotation=statement.quotation,
        language=statement.language if statement.quotation else "",
        source=statement.source,
        page=page,
        **date_fields(statement),
    )


def describe_unnamed(record: AttributedClaim) -> str:
    """Return who says so where nobody is named, as the source describes them."""
    voice = _("%(publisher)s, in its own voice") % {"publisher": record.source.publisher}
    return attribution(record, []) or voice


def date_fields(record: DatedClaim) -> DateFields:
    """Return when it was, in words and as RIS writes a date."""
    is_exact = not record.approximate
    date = format_ris_date(record.first_day, record.last_day, record.when, is_exact=is_exact)
    return {"when": record.when, "date": date}
