"""Where the parties stand on one issue, in a sentence."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from issues.matrix.cells import NOT_RECORDED, Cell
from issues.models import Stance
from rounds.platform.translated_text import local


def answer(cells: Iterable[Cell], *, before: bool = False) -> str:
    """Where the parties stand on one issue, in a sentence: who demands, who refuses.

    ``before``: where they stood before it was settled.
    """
    groups: dict[str, list[Cell]] = defaultdict(list)
    for one in cells:
        groups[one.stance].append(one)
    clauses = [
        _clause(stance, groups[stance])
        for stance in [*(stance.value for stance in Stance), NOT_RECORDED]
        if groups.get(stance)
    ]
    sentence = pgettext("between clauses", "; ").join(clauses)
    if before and sentence:
        return _("Before that, %(clauses)s.") % {"clauses": sentence}
    return f"{sentence[:1].upper()}{sentence[1:]}." if sentence else ""


def _clause(stance: str, cells: Sequence[Cell]) -> str:
    verbs = {
        Stance.DEMANDS: _("demanding it: %(who)s"),
        Stance.SUPPORTS: _("in favour: %(who)s"),
        Stance.OPEN: _("open to it: %(who)s"),
        Stance.OPEN_IF: _("open on a condition: %(who)s"),
        Stance.OPPOSES: _("against: %(who)s"),
        Stance.RED_LINE: _("calling it a red line: %(who)s"),
        Stance.NO_POSITION: _("without a public position: %(who)s"),
        Stance.WILL_NOT_SAY: _("will not say: %(who)s"),
        NOT_RECORDED: _("not recorded: %(who)s"),
    }
    return verbs[stance] % {"who": ", ".join(local(one.party, "name") for one in cells)}
