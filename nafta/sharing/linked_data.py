"""The record as schema.org data, for machines that read pages.

Pure: functions take records as their pages read them, and the address that all others begin with.
What is not known is left out, and a date is never more precise than its source.
"""

import datetime as dt
from collections.abc import Iterable
from functools import singledispatch
from typing import Any, Protocol
from urllib.parse import urljoin

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from issues.analysis.proposal_threads import proposal_label
from issues.models import Issue, Proposal
from rounds.models import (
    Basis,
    DatedClaim,
    Negotiation,
    Party,
    Person,
    Round,
    RoundStatus,
    Source,
    Statement,
    attribution,
)
from rounds.platform.dates import first_day, last_day
from rounds.platform.fast_reverse import page_of
from rounds.platform.translated_text import local
from rounds.public.timeline import Ref

Thing = dict[str, Any]


class RecordWithPage(Protocol):
    def get_absolute_url(self) -> str: ...


@singledispatch
def describe_record(record: object, base: str, *, issues: Iterable[Issue] = ()) -> Thing:
    """Return the subject of the page of ``record``; empty where schema.org has no type for it.

    ``issues``: those that a statement is on.
    """
    return {}


def date(first: dt.date, last: dt.date | None, *, approximate: bool) -> str:
    """Return the first day of a span, or the month or year that it is in; "" if neither."""
    if not approximate:
        return first.isoformat()
    if last is None or first.year != last.year:
        return ""
    return f"{first:%Y-%m}" if first.month == last.month else f"{first:%Y}"


def _thing(kind: str, **properties: object) -> Thing:
    """Return a thing with those of the properties that have a value."""
    with_value = {
        name: value for name, value in properties.items() if value not in ("", None, [], {})
    }
    return {"@type": kind, **with_value}


# --- things that have a page ---


@describe_record.register
def _site(record: Negotiation, base: str, *, issues: Iterable[Issue] = ()) -> Thing:
    home = urljoin(base, reverse("home"))
    search = {
        "@type": "SearchAction",
        "target": {"@type": "EntryPoint", "urlTemplate": f"{home}search/?q={{search_term_string}}"},
        "query-input": "required name=search_term_string",
    }
    return _thing(
        "WebSite",
        name=_("%(name)s, round by round") % {"name": local(record, "short_name")},
        description=local(record, "standfirst"),
        url=home,
        inLanguage=get_language(),
        about=_thing("Thing", name=local(record, "title")),
        potentialAction=search,
    )


@describe_record.register
def _event(record: Round, base: str, *, issues: Iterable[Issue] = ()) -> Thing:
    venue = local(record, "place")
    parties = record.party_list
    return _thing(
        "Event",
        name=local(record, "name"),
        description=local(record, "summary") or local(record, "agenda"),
        url=urljoin(base, record.get_absolute_url()),
        **_when(record),
        location=venue and _thing("Place", name=venue, address=venue),
        organizer=record.host and _party(record.host, base),
        attendee=[_listed_party(party, base) for party in parties],
        subjectOf=_source(record.source, base),
    )


def _when(record: Round) -> Thing:
    """Return the date and status of a meeting, as schema.org defines them.

    A meeting that another replaced is the same event on the day of the last one, with its former
    days as ``previousStartDate``. One called off, or put off to no known day, keeps its day. One
    that is overdue has no status: "Scheduled" would say that it took place.
    """
    newest, former_days = record, []
    while newest.status == RoundStatus.RESCHEDULED and newest.replaced_by:
        former_days.append(_day(newest))
        newest = newest.replaced_by
    planned = first_day(record.planned_dates) if record.planned_dates else record.first_day
    day, end = _day(record), {}
    if record.last_day and not record.approximate:
        end = {"endDate": record.last_day.isoformat()}
    if newest.status == RoundStatus.CANCELLED:
        return _status("Cancelled", day) | end
    if newest.status == RoundStatus.RESCHEDULED:
        return _status("Postponed", day, day) | end
    if former_days:
        return _status("Rescheduled", _day(newest), *former_days)
    if planned != record.first_day:
        return _status("Rescheduled", day, planned.isoformat()) | end
    return _status("" if record.overdue_since else "Scheduled", day) | end


def _status(status: str, start: str, *before: str) -> Thing:
    days = list(filter(None, before))
    return {
        "eventStatus": status and f"https://schema.org/Event{status}",
        "startDate": start,
        "previousStartDate": days if len(days) > 1 else "".join(days),
    }


def _day(record: DatedClaim) -> str:
    return date(record.first_day, record.last_day, approximate=record.approximate)


@describe_record.register
def _said(record: Statement, base: str, *, issues: Iterable[Issue] = ()) -> Thing:
    """Describe a statement: with a quotation it is a Quotation.

    One in our own words is a Claim: we are its interpreter and the source is its appearance.
    """
    shared = {
        "url": urljoin(base, record.get_absolute_url()),
        "dateCreated": _day(record),
        "about": [_about(issue, base) for issue in issues],
        **_creators(record, base),
    }
    source = _source(record.source, base)
    if record.quotation:
        return _thing(
            "Quotation",
            text=record.quotation,
            inLanguage=record.language,
            description=local(record, "summary"),
            isBasedOn=source,
            **shared,
        )
    return _thing(
        "Claim",
        text=local(record, "summary"),
        claimInterpreter=_thing("Organization", name=_("Round by round"), url=base),
        appearance=source,
        **shared,
    )


def _creators(record: Statement, base: str) -> Thing:
    """Return the speakers, the parties of a joint text or document, or the source's words."""
    speakers = record.speaker_list
    if speakers:
        return {"creator": [_speaker(speaker, base) for speaker in speakers]}
    if record.basis in {Basis.JOINT, Basis.DOCUMENT}:
        parties = record.party_list
        return {"creator": [_listed_party(party, base) for party in parties]}
    return {"creditText": attribution(record, [])}


@describe_record.register
def _tabled(record: Proposal, base: str, *, issues: Iterable[Issue] = ()) -> Thing:
    return _thing(
        "CreativeWork",
        genre=proposal_label(record),
        name=local(record, "title"),
        abstract=local(record, "summary"),
        url=urljoin(base, record.get_absolute_url()),
        dateCreated=_day(record),
        creativeWorkStatus=record.get_status_display(),
        creator=[_listed_party(party, base) for party in record.party_list],
        about=_about(record.issue, base),
        isBasedOn=_source(record.source, base),
    )


@describe_record.register
def _issue(record: Issue, base: str, *, issues: Iterable[Issue] = ()) -> Thing:
    return _thing(
        "WebPage",
        name=local(record, "name"),
        url=urljoin(base, record.get_absolute_url()),
        inLanguage=get_language(),
        about=_about(record, base),
        citation=_source(record.source, base),
    )


@describe_record.register
def _party(record: Party, base: str, *, issues: Iterable[Issue] = ()) -> Thing:
    url = urljoin(base, record.get_absolute_url())
    return _thing("Organization", name=local(record, "name"), url=url)


@describe_record.register
def _person(record: Person, base: str, *, issues: Iterable[Issue] = ()) -> Thing:
    person = _thing(
        "Person",
        name=record.name,
        jobTitle=local(record, "role"),
        affiliation=_affiliation(local(record, "organisation")),
        url=urljoin(base, record.get_absolute_url()),
    )
    return _thing("ProfilePage", mainEntity=person)


@describe_record.register
def _source(record: Source, base: str, *, issues: Iterable[Issue] = ()) -> Thing:
    published = ""
    if record.published:
        first, last = first_day(record.published), last_day(record.published)
        published = date(first, last, approximate=record.published_approximate)
    return _thing(
        "CreativeWork",
        name=record.title,
        publisher=_thing("Organization", name=record.publisher),
        url=record.url,
        archivedAt=record.archive_url,
        datePublished=published,
        inLanguage=record.language,
    )


# --- things that other things refer to ---


def _about(record: Issue, base: str) -> Thing:
    url = urljoin(base, record.get_absolute_url())
    question = local(record, "question")
    return _thing("Thing", name=local(record, "name"), description=question, url=url)


def _listed_party(party: Ref, base: str) -> Thing:
    url = urljoin(base, page_of("party_detail", party["code"]))
    return _thing("Organization", name=local(party, "name"), url=url)


def _speaker(speaker: Ref, base: str) -> Thing:
    return _thing(
        "Person",
        name=speaker["name"],
        jobTitle=local(speaker, "role"),
        affiliation=_affiliation(local(speaker, "organisation")),
        url=urljoin(base, page_of("person_detail", speaker["slug"])),
    )


def _affiliation(name: str) -> Thing:
    return _thing("Organization", name=name) if name else {}


# --- breadcrumbs, and the dataset of the whole record ---


def describe_breadcrumbs(record: Negotiation | RecordWithPage, base: str) -> Thing:
    """Return the pages above the page of ``record``, and itself."""
    steps: list[tuple[str, str]] = []
    if isinstance(record, Round):
        steps = [(_("Rounds"), reverse("round_list"))]
    elif isinstance(record, Issue | Proposal):
        steps = [(_("Issues"), reverse("issue_list"))]
    elif isinstance(record, Source):
        steps = [(_("Sources"), reverse("source_list"))]
    elif isinstance(record, Statement):
        steps = [(_("Timeline"), reverse("timeline"))]
    if isinstance(record, Proposal):
        steps.append((local(record.issue, "name"), record.issue.get_absolute_url()))
    if isinstance(record, Negotiation):
        return {}
    steps = [(_("Where the talks stand"), reverse("home")), *steps]
    steps.append((str(record), record.get_absolute_url()))
    items = [
        {"@type": "ListItem", "position": position, "name": name, "item": urljoin(base, url)}
        for position, (name, url) in enumerate(steps, 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def describe_dataset(
    negotiation: Negotiation, base: str, *, page: str, archive: str, licence: str = ""
) -> Thing:
    """Describe the whole record; ``page`` and ``archive`` are the paths of its page and zip."""
    download = _thing(
        "DataDownload", encodingFormat="application/zip", contentUrl=urljoin(base, archive)
    )
    return _thing(
        "Dataset",
        name=_("The record of %(title)s") % {"title": local(negotiation, "title")},
        description=local(negotiation, "standfirst"),
        url=urljoin(base, page),
        license=licence,
        isAccessibleForFree=True,
        distribution=[download],
    )
