"""What others changed while a desk was open: told, merged where it can be, never overwritten."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _

from issues.desk.board import Board, label_of, stance_words
from issues.models import Level
from rounds.models import RoundStatus

Texts = dict[str, str]
MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that another changed."""

    title: str
    was: str = ""
    now: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """What both changed: the editor has to choose."""

    prefix: str
    title: str
    mine: str
    theirs: str
    was: str = ""


@dataclass(slots=True)
class Collision:
    changes: list[Change] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.changes)


def collide(board: Board, seen: dict[str, Texts], data: QueryDict) -> Collision:
    """Compare what the page had shown with what there is. Puts their changes into ``data``."""
    found = Collision()
    if seen["versions"] == board.versions:
        return found
    for prefix, title, names in _parts(board):
        was = {name: seen["texts"].get(f"{prefix}-{name}", "") for name in names}
        now = {name: board.shown.get(f"{prefix}-{name}", "") for name in names}
        mine = _typed(data, prefix, names, seen["texts"])
        if now == was:
            continue
        found.changes.append(Change(title=title, was=_words(was), now=_words(now)))
        if mine in (was, now):
            for name in names:  # what is theirs alone is shown as theirs
                data[f"{prefix}-{name}"] = now[name]
        else:
            found.conflicts.append(
                Conflict(
                    prefix=prefix,
                    title=title,
                    was=_words(was),
                    mine=_words(mine),
                    theirs=_words(now),
                )
            )
    found.changes += list(_records(board, seen["versions"]))
    return found


def _parts(board: Board) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    yield "round", str(board.round), ("status", "summary")
    for line in board.lines:
        for place in line.places:
            yield place.prefix, place.title, ("stance", "gist", "condition", "evidence")
        title = _("Progress on %(issue)s") % {"issue": line.issue}
        yield line.prefix, title, ("level", "summary")


def _records(board: Board, seen: Texts) -> Iterator[Change]:
    """The rows that are others than the page had shown."""
    now = {label_of(record): record for record in board.records}
    for label, record in now.items():
        kind = str(record._meta.verbose_name)
        if label not in seen:
            yield Change(title=f"{kind}: {record}", now=_("added"))
        elif seen[label] != board.versions[label]:
            yield Change(title=f"{kind}: {record}", now=_("changed"))
    for label in seen.keys() - now.keys():
        yield Change(title=label, now=_("removed, or no longer of this round"))


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
            theirs=_words({name: board.shown.get(f"{prefix}-{name}", "") for name in names}),
        )
        for prefix, title, names in _parts(board)
        if prefix in prefixes
    ]


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
