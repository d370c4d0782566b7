"""Atom feeds of what this site published: of the record, an issue, a party, a person, a round."""

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from issues.models import Issue
from nafta.syndication.publication_log import FeedEntry, load_feed_entries
from rounds.models import Party, Person, Round
from rounds.platform.translated_text import local
from rounds.public.feeds import FeedSubject, SiteFeed, get_negotiation
from rounds.public.timeline import ClaimItem, Kind, OutcomeItem


class NewsFeed(SiteFeed):
    """The latest published entries, newest first."""

    description_template = "nafta/_entry.html"

    def get_object(self, request: HttpRequest, *args: object, **kwargs: object) -> FeedSubject:
        return FeedSubject(get_negotiation(request), reverse("home"))

    def subtitle(self, subject: FeedSubject) -> str:
        return _("What was published last: who said or tabled what, when, and who says so.")

    def items(self, subject: FeedSubject) -> list[FeedEntry]:
        return load_feed_entries(subject.filters, subject.negotiation)

    def item_title(self, entry: FeedEntry) -> str:
        item = entry.item
        if item.kind == Kind.STATEMENT:
            who = item.attribution or item.publisher
        elif item.kind == Kind.PROPOSAL:
            who = capfirst(item.label)
        elif isinstance(item, OutcomeItem):
            issues = ", ".join(local(issue, "name") for issue in item.issues)
            who = _("%(name)s: %(value)s") % {"name": issues, "value": item.status_label}
        else:
            return _("%(title)s, %(when)s: %(status)s") % {
                "title": item.title,
                "when": item.when,
                "status": item.status_label,
            }
        return _("%(who)s: %(title)s") % {"who": who, "title": item.title}

    def item_link(self, entry: FeedEntry) -> str:
        return entry.item.url

    def item_guid(self, entry: FeedEntry) -> str:
        return entry.urn

    def item_pubdate(self, entry: FeedEntry) -> dt.datetime:
        return entry.published

    def item_updateddate(self, entry: FeedEntry) -> dt.datetime:
        return entry.updated

    def item_extra_kwargs(self, entry: FeedEntry) -> dict[str, Any]:
        item, source = entry.item, entry.source
        named = [("kind", item.kind, item.label)]
        named += [("party", ref["code"], local(ref, "name")) for ref in item.parties]
        if isinstance(item, ClaimItem):
            named += [("issue", issue["slug"], local(issue, "name")) for issue in item.issues]
        return {
            "via": [(source.url, str(source))] if source.url else [],
            "terms": [(f"tag:{scheme}", term, label) for scheme, term, label in named],
        }


class IssueFeed(NewsFeed):
    def get_object(self, request: HttpRequest, *args: object, **kwargs: object) -> FeedSubject:
        issue = get_object_or_404(Issue.objects.published(), slug=kwargs["slug"])
        return _subject(request, issue, {"issue": issue.slug})


class PartyFeed(NewsFeed):
    def get_object(self, request: HttpRequest, *args: object, **kwargs: object) -> FeedSubject:
        party = get_object_or_404(Party, code=kwargs["code"])
        return _subject(request, party, {"party": party.code})


class PersonFeed(NewsFeed):
    def get_object(self, request: HttpRequest, *args: object, **kwargs: object) -> FeedSubject:
        person = get_object_or_404(Person.objects.published(), slug=kwargs["slug"])
        return _subject(request, person, {"person": person.slug})


class RoundFeed(NewsFeed):
    def get_object(self, request: HttpRequest, *args: object, **kwargs: object) -> FeedSubject:
        meeting = get_object_or_404(Round.objects.published(), slug=kwargs["slug"])
        return _subject(request, meeting, {"round": meeting.slug})


def _subject(
    request: HttpRequest, record: Issue | Party | Person | Round, filters: dict[str, str]
) -> FeedSubject:
    url = record.get_absolute_url()
    return FeedSubject(get_negotiation(request), url, local(record, "name"), filters)
