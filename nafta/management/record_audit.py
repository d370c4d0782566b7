"""What an editor should look at: doubtful rows that the rules of the record allow.

Each check yields a ``Finding`` for a published record, and takes a ``Record`` that was read once.
"""

import csv
import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from issues.matrix.cells import MatrixCell
from issues.matrix.settled_cells import SettledCell
from issues.matrix.site_state import SiteState
from issues.models import Issue, Progress, Proposal, ProposalStatus
from rounds.history.as_of import AsOf
from rounds.models import (
    Claim,
    DatedClaim,
    Deadline,
    Round,
    RoundStatus,
    Source,
    SourceRank,
    Statement,
    publishable_models,
)
from rounds.platform.dates import last_day

QUOTATION_WORDS = 8
WIDE_DAYS = 45  # a claim of some day within a longer span says hardly when
ODD_HOSTS = re.compile(r"^(m|amp|mobile|staging|preview|dev|beta|stage)\.|^\d+\.\d+|\.local$")
ODD_ADDRESS = re.compile(r"[?&](utm_\w+|fbclid|gclid|amp)=|/amp/?$|\.amp(\.|$)")


@dataclass(frozen=True, slots=True)
class Finding:
    """What is doubtful about a record."""

    record: Any
    text: str

    @property
    def name(self) -> str:
        """The record by its kind and key, as the file of exceptions names it."""
        key = "/".join(str(part) for part in self.record.natural_key())
        return f"{self.record._meta.model_name} {key}"

    @property
    def address(self) -> str:
        """The path of its page in the admin."""
        options = self.record._meta
        name = f"admin:{options.app_label}_{options.model_name}_change"
        return reverse(name, args=[self.record.pk])


@dataclass(frozen=True)
class AuditedRecord:
    """All that is published, read once for all checks."""

    today: dt.date

    @cached_property
    def state(self) -> SiteState:
        return SiteState.load(AsOf(self.today), Round.objects.published().with_names())

    @cached_property
    def claims(self) -> list[Claim]:
        models = [model for model in publishable_models() if issubclass(model, Claim)]
        return [
            claim
            for model in models
            for claim in model.objects.published()
            .with_titles()
            .select_related("source")
            .prefetch_related("other_sources")
        ]

    @cached_property
    def front_cells(self) -> list[tuple[Issue, MatrixCell]]:
        """The cells of the issues on the front page."""
        return [
            (row.issue, cell)
            for row in self.state.plain_matrix
            if row.issue and row.issue.featured
            for cell in row.cells
            if cell.recorded
        ]

    @cached_property
    def is_concluded(self) -> bool:
        """Whether the talks are over: an issue has ended, and no meeting is ahead."""
        ahead = Round.objects.published().filter(status=RoundStatus.PLANNED)
        return bool(self.state.history.outcomes) and not ahead.rounds_proper().exists()

    @cached_property
    def last_progress(self) -> dict[int, Progress]:
        """The latest progress of each issue, by the issue's number."""
        marks = Progress.objects.published().select_related("round", "issue")
        return {mark.issue_id: mark for mark in marks.order_by("round__dates")}


def shown_claim(cell: MatrixCell) -> Claim:
    """Return the claim that a cell rests on."""
    if isinstance(cell, SettledCell):
        return cell.outcome
    assert cell.position is not None, "a recorded cell has one"
    return cell.position.evidence


def sources_of(claim: Claim) -> list[Source]:
    return [claim.source, *claim.other_sources.all()]


def find_weak_cells(record: AuditedRecord) -> Iterator[Finding]:
    for _issue, cell in record.front_cells:
        claim = shown_claim(cell)
        if all(source.rank == SourceRank.OTHER for source in sources_of(claim)):
            yield Finding(claim, _("on the front page, and rests on “other site” alone"))


def find_lone_sources(record: AuditedRecord) -> Iterator[Finding]:
    for _issue, cell in record.front_cells:
        claim = shown_claim(cell)
        if len(sources := sources_of(claim)) == 1 and sources[0].rank != SourceRank.OFFICIAL:
            yield Finding(claim, _("on the front page, and nobody else says so"))


def find_unused_better_sources(record: AuditedRecord) -> Iterator[Finding]:
    places = {rank: place for place, rank in enumerate(SourceRank.values)}
    for claim in record.claims:
        best = min((places[source.rank] for source in sources_of(claim)), default=0)
        if places[claim.source.rank] > best:
            yield Finding(claim, _("another of its sources has a better rank than its first"))


def find_stale_stances(record: AuditedRecord) -> Iterator[Finding]:
    for row in record.state.plain_matrix:
        mark = record.last_progress.get(row.issue.pk) if row.issue else None
        for cell in row.cells:
            if mark is None or cell.is_settled or cell.position is None:
                continue
            if cell.position.first_day < mark.round.first_day:
                text = _("the latest stance is older than the progress at %(round)s")
                yield Finding(cell.position, text % {"round": mark.round})


def find_open_issues(record: AuditedRecord) -> Iterator[Finding]:
    for row in record.state.plain_matrix:
        if record.is_concluded and row.issue and row.recorded and row.outcome is None:
            yield Finding(row.issue, _("the talks are over, and it has no outcome"))


def find_open_proposals(record: AuditedRecord) -> Iterator[Finding]:
    tabled = Proposal.objects.published().filter(status=ProposalStatus.TABLED)
    for proposal in tabled.select_related("issue"):
        outcome = record.state.history.outcome_on(proposal.issue, record.today)
        if outcome and outcome.first_day >= proposal.first_day:
            text = _("still “tabled”, while its issue ended %(when)s")
            yield Finding(proposal, text % {"when": outcome.when})


def find_long_quotations(record: AuditedRecord) -> Iterator[Finding]:
    for statement in Statement.objects.published().exclude(quotation=""):
        if (count := len(statement.quotation.split())) > QUOTATION_WORDS:
            text = _("quotes %(count)d words, more than %(limit)d")
            yield Finding(statement, text % {"count": count, "limit": QUOTATION_WORDS})


def find_odd_addresses(record: AuditedRecord) -> Iterator[Finding]:
    for source in Source.objects.published().exclude(url=""):
        host = urlsplit(source.url).hostname or ""
        if ODD_HOSTS.search(host) or ODD_ADDRESS.search(source.url):
            text = _("an address for telephones or tests, or one that tells where it was found: %s")
            yield Finding(source, text % source.url)


def find_odd_days(record: AuditedRecord) -> Iterator[Finding]:
    """Days that their source could not know, or that say hardly when."""
    for claim in record.claims:
        if not isinstance(claim, DatedClaim) or isinstance(claim, Round | Deadline):
            continue
        last = last_day(claim.dates)
        published = [last_day(each.published) for each in sources_of(claim) if each.published]
        if published and all(day and day < claim.first_day for day in published):
            yield Finding(claim, _("begins after all its sources had appeared"))
        if claim.approximate and last and (last - claim.first_day).days > WIDE_DAYS:
            text = _("on some day of %(days)d: is none of them more likely?")
            yield Finding(claim, text % {"days": (last - claim.first_day).days})


Check = Callable[[AuditedRecord], Iterator[Finding]]
CHECKS: dict[str, tuple[Any, Check]] = {
    "weak-cells": (gettext_lazy("Weakest sources in the most visible places"), find_weak_cells),
    "lone-sources": (gettext_lazy("Visible claims with one source"), find_lone_sources),
    "better-sources": (gettext_lazy("Not the best source first"), find_unused_better_sources),
    "stale-stances": (
        gettext_lazy("Stances older than the issue’s progress"),
        find_stale_stances,
    ),
    "open-issues": (gettext_lazy("Issues without an end"), find_open_issues),
    "open-proposals": (gettext_lazy("Proposals without an end"), find_open_proposals),
    "quotations": (gettext_lazy("Quotations over the limit"), find_long_quotations),
    "addresses": (gettext_lazy("Odd addresses"), find_odd_addresses),
    "days": (gettext_lazy("Days that do not fit"), find_odd_days),
}


def read_exceptions(path: Path) -> dict[tuple[str, str], str]:
    """Return the reason for each (check, record) of a CSV file; {} where there is no file."""
    if not path.exists():
        return {}
    with path.open(newline="", encoding="utf-8") as lines:
        return {(row["check"], row["record"]): row["reason"] for row in csv.DictReader(lines)}
