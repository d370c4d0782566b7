"""What others changed while a desk was open: told, merged where it can be, never overwritten."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from issues.desk.desk_form import Seen
from issues.desk.state import Board, stance_words
from issues.models import Level
from rounds.models import RoundStatus
from rounds.publishing.edit_conflicts import EditConflict, find_edit_conflicts

Texts = dict[str, str]
MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """What both changed: the editor has to choose."""

    prefix: str
    title: str
    mine: str
    theirs: str
    was: str = ""


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What others did since the page was opened, and what of it the editor has to decide."""

    collisions: list[EditConflict]
    conflicts: list[Conflict]

    def __bool__(self) -> bool:
        return bool(self.collisions)

    @property
    def told(self) -> list[tuple[EditConflict, bool]]:
        """Each collision, and whether it is of something that was not there before."""
        return [(one, not any(change.before for change in one.changes)) for one in self.collisions]


def meanwhile(board: Board, seen: Seen, data: QueryDict) -> Meanwhile:
    """Compare what the page had shown with what there is. Puts their changes into ``data``."""
    now = Seen.of(board)
    if now == seen:
        return Meanwhile([], [])
    conflicts = []
    for prefix, title, names in _parts(board):
        was = _texts(seen.texts, prefix, names)
        theirs = _texts(now.texts, prefix, names)
        mine = _typed(data, prefix, names, seen.texts)
        if theirs == was:
            continue
        if mine in (was, theirs):
            for name in names:  # what is theirs alone is shown as theirs
                data[f"{prefix}-{name}"] = theirs[name]
        else:
            told = {"mine": _words(mine), "theirs": _words(theirs), "was": _words(was)}
            conflicts.append(Conflict(prefix=prefix, title=title, **told))
    return Meanwhile(find_edit_conflicts(seen.versions, now.versions), conflicts)


def _parts(board: Board) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    yield "round", str(board.round), ("status", "summary")
    for line in board.lines:
        for place in line.places:
            yield place.prefix, place.title, ("stance", "gist", "condition", "evidence")
        title = _("Progress on %(issue)s") % {"issue": line.issue}
        yield line.prefix, title, ("level", "summary")


def _words(texts: Texts) -> str:
    """A part of the desk in one line."""
    words = dict(texts)
    if stance := words.pop("stance", ""):
        words = {"stance": stance_words(stance, words.pop("condition", "")), **words}
    for name, choices in (("level", Level), ("status", RoundStatus)):
        if words.get(name) in choices.values:
            words[name] = str(choices(words[name]).label)
    return " · ".join(word for word in words.values() if word) or _("nothing")


def undecided(board: Board, prefixes: list[str], data: QueryDict) -> list[Conflict]:
    """The conflicts told before, as far as nobody chose."""
    return [
        Conflict(
            prefix=prefix,
            title=title,
            mine=_words(_typed(data, prefix, names, board.shown)),
            theirs=_words(_texts(board.shown, prefix, names)),
        )
        for prefix, title, names in _parts(board)
        if prefix in prefixes
    ]


def _texts(texts: Texts, prefix: str, names: Iterable[str]) -> Texts:
    return {name: texts.get(f"{prefix}-{name}", "") for name in names}


def _typed(data: QueryDict, prefix: str, names: Iterable[str], shown: Texts) -> Texts:
    texts = {
        name: data.get(f"{prefix}-{name}", shown.get(f"{prefix}-{name}", "")) for name in names
    }
    return {name: text.replace("\r\n", "\n").strip() for name, text in texts.items()}


def choices_made(seen: Texts, data: QueryDict) -> list[str]:
    """Take over what was chosen of the conflicts told before; those left without a choice."""
    open_still = []
    for prefix in data.getlist("conflict"):
        choice = data.get(f"choose-{prefix}")
        if choice == THEIRS:
            for name in [name for name in data if name.startswith(f"{prefix}-")]:
                data[name] = seen.get(name, "")
        elif choice != MINE:
            open_still.append(prefix)
    return open_still
