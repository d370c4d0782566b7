"""The pictures of pages, for where these are shared. Each: rows, a card, a PNG."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import get_conditional_response
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from issues.analysis.proposal_threads import find_settling, settled_when
from issues.matrix.answers import describe_outcome
from issues.matrix.cells import MatrixCell
from issues.matrix.moves import find_moves_in_order
from issues.matrix.rows import front_page_rows
from issues.matrix.site_state import SiteState
from issues.models import Issue
from nafta.sharing.cards import GRID_ROWS, Card, CardHeading, CardStance, draw
from rounds.history.as_of import AsOf
from rounds.models import Party, Statement
from rounds.platform.dates import day as day_in_words
from rounds.platform.translated_text import local
from rounds.public.citations import describe_unnamed, make_permalink
from rounds.public.params import AsOfForm, accepts

MAX_AGE_SECONDS = 300
MOVES_SHOWN = 4  # of a round


@accepts(AsOfForm)
def card(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Answer with the card of that page, drawn only if the reader does not have it yet."""
    build = KINDS.get(kind)
    if build is None:
        raise Http404("There are no pictures of that kind.")
    form = AsOfForm(request.GET)
    if not form.is_valid():
        message = " ".join(str(error) for error in form.errors["as_of"])
        return HttpResponse(message, content_type="text/plain; charset=utf-8", status=400)
    content = build(key, form, make_permalink(request, "/").site)
    tag = f'"{hashlib.sha256(repr(content).encode()).hexdigest()[:24]}"'
    response = get_conditional_response(request, etag=tag)
    if response is None:
        response = HttpResponse(draw(content), content_type="image/png")
    assert isinstance(response, HttpResponse | HttpResponseNotModified)
    response["ETag"] = tag
    response["Cache-Control"] = f"public, max-age={MAX_AGE_SECONDS}"
    return response


# Each takes the key in the address, the form with the day asked for, and the name of the site.


def _home_card(key: str, form: AsOfForm, site: str) -> Card:
    state = SiteState.load(form.effective_as_of, form.rounds)
    rows = [row for row in front_page_rows(state.plain_matrix) if row.recorded]
    return Card(
        site=site,
        kicker=_("Who stands where"),
        headline=_("Where the talks stand"),
        text="" if rows else _("No position had been published by then."),
        columns=tuple(_party_heading(party) for party in state.parties),
        rows=tuple((row.title, tuple(_card_stance(cell) for cell in row.cells)) for row in rows),
        foot=_shown_of(
            GRID_ROWS, len(rows), _("%(shown)d of %(total)d issues"), _as_of(state.as_of)
        ),
    )


def _issue_card(key: str, form: AsOfForm, site: str) -> Card:
    issue = _get_or_404(Issue.objects.published(), slug=key)
    state = SiteState.load(form.effective_as_of, form.rounds, issues=[issue])
    (row,) = state.plain_matrix
    return Card(
        site=site,
        kicker=local(issue, "name"),
        headline=local(issue, "question"),
        text=_settled(issue, state),
        lines=tuple((_party_heading(cell.party), _card_stance(cell)) for cell in row.cells),
        foot=_as_of(state.as_of),
    )


def _round_card(key: str, form: AsOfForm, site: str) -> Card:
    rounds = list(form.rounds)
    meeting = next((each for each in rounds if each.slug == key), None)
    if meeting is None:
        raise Http404("Nothing is published at this address.")
    state = SiteState.at_end_of(meeting, rounds)
    moves = find_moves_in_order(state.matrix) if meeting.took_place else []
    moves.sort(key=lambda move: (not move.issue.featured, move.is_shift))
    lines = [
        (CardHeading(_title(cell.party, move.issue), cell.party.colour), _moved_stance(cell))
        for move in moves
        for cell in move.cells
    ]
    facts = [meeting.when, local(meeting, "place"), str(meeting.status_label)]
    return Card(
        site=site,
        kicker=_("What moved") if lines else capfirst(meeting.get_kind_display()),
        headline=local(meeting, "name"),
        text=" · ".join(filter(None, facts)),
        lines=tuple(lines[:MOVES_SHOWN]),
        off=meeting.is_off,
        summary=local(meeting, "summary") or local(meeting, "agenda"),
        foot=_shown_of(
            MOVES_SHOWN,
            len(lines),
            _("%(shown)d of %(total)d movements"),
            _("Every claim names its source."),
        ),
    )


def _statement_card(key: str, form: AsOfForm, site: str) -> Card:
    statement = _get_or_404(Statement.objects.published().with_names(), slug=key)
    people = pgettext("between clauses", "; ").join(
        ", ".join(filter(None, [speaker["name"], local(speaker, "role")]))
        for speaker in statement.speaker_list
    )
    quotation = _("“%(quotation)s”") % {"quotation": statement.quotation}
    return Card(
        site=site,
        kicker=capfirst(statement.get_basis_display()),
        headline=local(statement, "summary"),
        quotation=quotation if statement.quotation else "",
        text=people or describe_unnamed(statement),
        foot=f"{statement.when} · {statement.source.publisher}",
    )


def _party_card(key: str, form: AsOfForm, site: str) -> Card:
    party = _get_or_404(Party.objects.all(), code=key)
    state = SiteState.load(form.effective_as_of, form.rounds, parties=[party])
    rows = [row for row in state.plain_matrix if row.recorded]
    return Card(
        site=site,
        kicker=pgettext("of a party", "Where it stands"),
        headline=local(party, "name"),
        text="" if rows else _("No position had been published by then."),
        lines=tuple(
            (CardHeading(row.title), _card_stance(row.cells[0])) for row in rows[:GRID_ROWS]
        ),
        foot=_shown_of(
            GRID_ROWS, len(rows), _("%(shown)d of %(total)d issues"), _as_of(state.as_of)
        ),
    )


KINDS: dict[str, Callable[[str, AsOfForm, str], Card]] = {
    "home": _home_card,
    "issues": _issue_card,
    "rounds": _round_card,
    "statements": _statement_card,
    "parties": _party_card,
}


def _get_or_404(records: "QuerySet[Any]", **key: str) -> Any:
    record = records.filter(**key).first()
    if record is None:
        raise Http404("Nothing is published at this address.")
    return record


def _party_heading(party: Party) -> CardHeading:
    return CardHeading(local(party, "name"), party.colour)


def _title(party: Party, issue: Issue) -> str:
    return _("%(party)s · %(issue)s") % {
        "party": local(party, "name"),
        "issue": local(issue, "name"),
    }


def _card_stance(cell: MatrixCell) -> CardStance:
    return CardStance(cell.stance.value, cell.label)


def _moved_stance(cell: MatrixCell) -> CardStance:
    """Return a stance that changed, or one that only shifted, which its label says."""
    label = cell.label if cell.stance_changed else f"{cell.label} · {cell.change_label}"
    return CardStance(cell.stance.value, label)


def _settled(issue: Issue, state: SiteState) -> str:
    """Say how an issue ended, or else which texts were agreed first; "" before that."""
    if outcome := state.history.outcome_on(issue, state.day):
        return describe_outcome(outcome)
    proposals = issue.proposals.published().as_of(state.day).with_names()
    settled = find_settling(proposals, state.day)
    if not settled:
        return ""
    when = settled_when(settled[0], state.day)
    first = (each for each in settled if settled_when(each, state.day) == when)
    what = pgettext("between clauses", "; ").join(local(each, "title") for each in first)
    return _("Settled %(when)s: %(what)s") % {"when": when, "what": what}


def _shown_of(limit: int, total: int, template: str, foot: str) -> str:
    """Return the last line of a card, with how many of its rows are shown if not all are."""
    return f"{template % {'shown': limit, 'total': total}} · {foot}" if total > limit else foot


def _as_of(as_of: AsOf) -> str:
    return _("As of %(day)s. Every claim names its source.") % {"day": day_in_words(as_of.day)}
