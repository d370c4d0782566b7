"""Outcomes of issues as rows of the timeline. Pure."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from issues.models import Outcome, OutcomeKind
from rounds.platform.translated_text import LocalizedText, local, original_language
from rounds.public.timeline import Kind, OutcomeItem, Ref, dated_fields


def outcome_items(outcomes: Iterable[Outcome]) -> Iterator[OutcomeItem]:
    """Rows of outcomes read ``with_names()``."""
    for record in outcomes:
        kind = OutcomeKind(record.kind)
        yield OutcomeItem(
            **dated_fields(record, Kind.OUTCOME),
            title=local(record, "line"),
            label=_("outcome"),
            text=join_gists(record.party_list),
            status=kind.status,
            status_label=str(kind.label),
            issues=[{"slug": record.issue.slug, "name": local(record.issue, "name")}],
        )


def join_gists(parties: Iterable[Ref]) -> LocalizedText:
    """Return how each party came to an outcome: "Canada: Signs without a cap; Mexico: …".

    It is an original as soon as a part of it has no translation.
    """
    gists = [(local(party, "name"), local(party, "gist")) for party in parties]
    languages = {gist.language for _name, gist in gists}
    language = languages.pop() if len(languages) == 1 else original_language()
    clauses = [_("%(name)s: %(value)s") % {"name": name, "value": gist} for name, gist in gists]
    return LocalizedText(pgettext("between clauses", "; ").join(clauses), language)
