"""The pictures of pages, for where these are shared. Each: rows, a card, a PNG."""

import hashlib
from collections.abc import Callable, Iterable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import get_conditional_response
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from issues import matrix
from issues.analysis.proposal_threads import settling
from issues.models import Issue, Position
from nafta.sharing.cards import GRID_ROWS, Card, Heading, Stand, draw
from rounds.history.as_of import AsOf, before, end_of
from rounds.models import Party, Round, Statement
from rounds.platform.dates import day as day_in_words
from rounds.platform.translated_text import local
from rounds.public.citations import page_at, unnamed
from rounds.public.params import AsOfForm

FRESH = 300  # seconds for which a picture may be kept
MOVES = 4  # of a round


def card(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """The picture of the page of that kind and key; drawn only if it is another than before."""
    build = KINDS.get(kind)
    if build is None:
        raise Http404("There are no pictures of that kind.")
    rounds = Round.objects.published().with_names().in_order()
    form = AsOfForm(request.GET, rounds=rounds)
    if not form.is_valid():
        words = " ".join(str(error) for error in form.errors["as_of"])
        return HttpResponse(words, content_type="text/plain; charset=utf-8", status=400)
    told = build(key, form.wish, rounds, page_at(request, "/").site)
    tag = f'"{hashlib.sha256(repr(told).encode()).hexdigest()[:24]}"'
    response = get_conditional_response(request, etag=tag)
    if response is None:
        response = HttpResponse(draw(told), content_type="image/png")
    assert isinstance(response, HttpResponse | HttpResponseNotModified)
    response["ETag"] = tag
    response["Cache-Control"] = f"public, max-age={FRESH}"
    return response


def _home(key: str, as_of: AsOf, rounds: Iterable[Round], site: str) -> Card:
    parties = list(Party.objects.all())
    positions = Position.objects.published().as_of(as_of.day).with_evidence()
    found = matrix.by_issue(Issue.objects.published(), parties, positions, as_of.day)
    rows = [row for row in matrix.front_page_rows(found) if row.recorded]
    return Card(
        site=site,
        kicker=_("Who stands where"),
        headline=_("Where the talks stand"),
        text="" if rows else _("No position had been published by then."),
        columns=tuple(_name(party) for party in parties),
        rows=tuple((row.title, tuple(_stand(cell) for cell in row.cells)) for row in rows),
        foot=_shown_of(GRID_ROWS, len(rows), _("%(shown)d of %(total)d issues"), _as_of(as_of)),
    )


def _issue(key: str, as_of: AsOf, rounds: Iterable[Round], site: str) -> Card:
    issue = _one(Issue.objects.published(), slug=key)
    positions = issue.positions.published().as_of(as_of.day).with_evidence()
    (row,) = matrix.by_issue([issue], list(Party.objects.all()), positions, as_of.day)
    return Card(
        site=site,
        kicker=local(issue, "name"),
        headline=local(issue, "question"),
        text=_settled(issue, as_of),
        lines=tuple((_name(cell.party), _stand(cell)) for cell in row.cells),
        foot=_as_of(as_of),
    )


def _round(key: str, as_of: AsOf, rounds: Iterable[Round], site: str) -> Card:
    meeting = next((one for one in rounds if one.slug == key), None)
    if meeting is None:
        raise Http404("Nothing is published at this address.")
    after, _previous = before(meeting, rounds)
    end = end_of(meeting, rounds)
    positions = Position.objects.published().as_of(end).with_evidence()
    found = matrix.by_issue(
        Issue.objects.published(), list(Party.objects.all()), positions, end, after
    )
    moves = matrix.moves_in_order(found) if meeting.took_place else []
    moves.sort(key=lambda move: (not move.issue.featured, move.is_shift))
    moved = [
        (Heading(_title(cell.party, move.issue), cell.party.colour), _moved(cell))
        for move in moves
        for cell in move.cells
    ]
    facts = [meeting.when, local(meeting, "place"), str(meeting.status_words)]
    return Card(
        site=site,
        kicker=_("What moved") if moved else capfirst(meeting.get_kind_display()),
        headline=local(meeting, "name"),
        text=" · ".join(filter(None, facts)),
        lines=tuple(moved[:MOVES]),
        off=meeting.is_off,
        summary=local(meeting, "summary") or local(meeting, "agenda"),
        foot=_shown_of(
            MOVES,
            len(moved),
            _("%(shown)d of %(total)d movements"),
            _("Every claim names its source."),
        ),
    )


def _statement(key: str, as_of: AsOf, rounds: Iterable[Round], site: str) -> Card:
    statement = _one(Statement.objects.published().with_names(), slug=key)
    people = pgettext("between clauses", "; ").join(
        ", ".join(filter(None, [one["name"], local(one, "role")])) for one in statement.speaker_list
    )
    quoted = _("“%(quotation)s”") % {"quotation": statement.quotation}
    return Card(
        site=site,
        kicker=capfirst(statement.get_basis_display()),
        headline=local(statement, "summary"),
        quotation=quoted if statement.quotation else "",
        text=people or unnamed(statement),
        foot=f"{statement.when} · {statement.source.publisher}",
    )


def _party(key: str, as_of: AsOf, rounds: Iterable[Round], site: str) -> Card:
    party = _one(Party.objects.all(), code=key)
    positions = party.positions.published().as_of(as_of.day).with_evidence()
    found = matrix.by_issue(Issue.objects.published(), [party], positions, as_of.day)
    rows = [row for row in found if row.recorded]
    return Card(
        site=site,
        kicker=pgettext("of a party", "Where it stands"),
        headline=local(party, "name"),
        text="" if rows else _("No position had been published by then."),
        lines=tuple((Heading(row.title), _stand(row.cells[0])) for row in rows[:GRID_ROWS]),
        foot=_shown_of(GRID_ROWS, len(rows), _("%(shown)d of %(total)d issues"), _as_of(as_of)),
    )


KINDS: dict[str, Callable[[str, AsOf, Iterable[Round], str], Card]] = {
    "home": _home,
    "issues": _issue,
    "rounds": _round,
    "statements": _statement,
    "parties": _party,
}


def _one(records: Any, **key: str) -> Any:
    found = records.filter(**key).first()
    if found is None:
        raise Http404("Nothing is published at this address.")
    return found


def _name(party: Party) -> Heading:
    return Heading(local(party, "name"), party.colour)


def _title(party: Party, issue: Issue) -> str:
    return _("%(party)s · %(issue)s") % {
        "party": local(party, "name"),
        "issue": local(issue, "name"),
    }


def _stand(cell: matrix.Cell) -> Stand:
    return Stand(cell.stance, cell.label)


def _moved(cell: matrix.Cell) -> Stand:
    """A stance that moved, or one that only shifted, which is said."""
    label = f"{cell.label} · {cell.change_label}" if not cell.moved else cell.label
    return Stand(cell.stance, label)


def _settled(issue: Issue, as_of: AsOf) -> str:
    """How an issue was settled first; nothing while it is not."""
    proposals = issue.proposals.published().as_of(as_of.day).with_names()
    found = settling(proposals, as_of.day)
    if not found:
        return ""
    when = found[0].settled_words
    titles = [local(one, "title") for one in found if one.settled_words == when]
    what = pgettext("between clauses", "; ").join(titles)
    return _("Settled %(when)s: %(what)s") % {"when": when, "what": what}


def _shown_of(most: int, total: int, words: str, foot: str) -> str:
    """The last line of a card, which says how many of all there are it shows, if not all."""
    return f"{words % {'shown': most, 'total': total}} · {foot}" if total > most else foot


def _as_of(as_of: AsOf) -> str:
    return _("As of %(day)s. Every claim names its source.") % {"day": day_in_words(as_of.day)}
