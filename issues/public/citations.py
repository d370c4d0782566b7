"""How what was tabled, and where a party stood, is cited. Pure, as ``rounds.public.citations``."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from issues.matrix.stances import stance_label
from issues.models import Position, Proposal
from rounds.platform.dates import day as day_in_words
from rounds.platform.dates import last_day
from rounds.platform.translated_text import local
from rounds.public.citations import (
    Citation,
    Permalink,
    date_fields,
    describe_unnamed,
    format_ris_date,
)


def proposal_citation(proposal: Proposal, page: Permalink) -> Citation:
    """Of a proposal read ``with_names()``: whose it is, and from whom that is known."""
    parties: list[dict[str, Any]] = proposal.party_list
    reported_by = describe_unnamed(proposal)
    names = ", ".join(local(party, "name") for party in parties)
    who = _("%(parties)s (known from: %(source)s)") % {"parties": names, "source": reported_by}
    texts = [local(proposal, "title"), local(proposal, "summary")]
    return Citation(
        kind=_("Agreement") if proposal.is_agreement else _("Proposal"),
        who=who if names else reported_by,
        paraphrase=pgettext("between a name and what it says", ": ").join(filter(None, texts)),
        source=proposal.source,
        page=page,
        **date_fields(proposal),
    )


def position_citation(position: Position, evidence: Citation, page: Permalink) -> Citation:
    """Where a party stood on the page's day, and the statement or proposal that this rests on."""
    first, last, when = position.first_day, last_day(position.since), position.when
    stance = _("on “%(question)s”: %(stance)s. %(gist)s") % {
        "question": local(position.issue, "question"),
        "stance": stance_label(position, page.day),
        "gist": local(position, "gist"),
    }
    return Citation(
        kind=_("Position"),
        who=local(position.party, "name"),
        paraphrase=" ".join(filter(None, [stance, _condition(position)])),
        when=_("as of %(day)s, dated %(when)s") % {"day": day_in_words(page.day), "when": when},
        date=format_ris_date(first, last, when, is_exact=not position.approximate),
        evidence=evidence,
        source=position.evidence.source,
        page=page,
    )


def _condition(position: Position) -> str:
    condition = local(position, "condition")
    return _("If: %(condition)s") % {"condition": condition} if condition else ""
