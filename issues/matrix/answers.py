"""Where the parties stand on one issue, and how it ended, each in a sentence."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from issues.matrix.cells import MatrixCell
from issues.matrix.stances import CellStance, NoStance
from issues.models import Outcome, Stance
from rounds.platform.translated_text import local


def describe_outcome(outcome: Outcome) -> str:
    """ "Agreed in part, 4 May 2031: a review after six years." """
    sentence = _("%(how)s, %(when)s: %(line)s") % {
        "how": capfirst(outcome.get_kind_display()),
        "when": outcome.when,
        "line": local(outcome, "line"),
    }
    return sentence if sentence.endswith(".") else f"{sentence}."


def describe_stances(cells: Iterable[MatrixCell], *, before: bool = False) -> str:
    """Where the parties stand on one issue, in a sentence: who demands, who refuses.

    ``before``: where they stood before it was settled.
    """
    groups: dict[CellStance, list[MatrixCell]] = defaultdict(list)
    for cell in cells:
        groups[cell.stance].append(cell)
    clauses = [
        _clause(stance, groups[stance])
        for stance in [*Stance, NoStance.NOT_RECORDED]
        if groups.get(stance)
    ]
    sentence = pgettext("between clauses", "; ").join(clauses)
    if before and sentence:
        return _("Before that, %(clauses)s.") % {"clauses": sentence}
    return f"{sentence[:1].upper()}{sentence[1:]}." if sentence else ""


def _clause(stance: CellStance, cells: Sequence[MatrixCell]) -> str:
    verbs: dict[CellStance, str] = {
        Stance.DEMANDS: _("demanding it: %(who)s"),
        Stance.SUPPORTS: _("in favour: %(who)s"),
        Stance.OPEN: _("open to it: %(who)s"),
        Stance.OPEN_IF: _("open on a condition: %(who)s"),
        Stance.OPPOSES: _("against: %(who)s"),
        Stance.RED_LINE: _("calling it a red line: %(who)s"),
        Stance.NO_POSITION: _("without a public position: %(who)s"),
        Stance.WILL_NOT_SAY: _("will not say: %(who)s"),
        NoStance.NOT_RECORDED: _("not recorded: %(who)s"),
    }
    return verbs[stance] % {"who": ", ".join(local(cell.party, "name") for cell in cells)}
