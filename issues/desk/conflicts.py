"""What others changed while a desk was open: merged where it can be, never overwritten.

``rounds.publishing.edit_conflicts`` compares the versions of records; this compares the texts in
the inputs of the desk, which one record may share with another.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _

from issues.desk.state import DeskState, describe_stance, gist_input
from issues.models import Level, OutcomeKind
from rounds.models import Publishable, RoundStatus
from rounds.publishing.edit_conflicts import (
    EditConflict,
    ShownVersions,
    clean_versions,
    find_edit_conflicts,
    versions_of,
)

Texts = dict[str, str]
MINE, THEIRS = "mine", "theirs"


def key_of(record: Publishable) -> str:
    """What the page calls a stored record: “rounds.statement:12”."""
    return next(iter(versions_of([record])))


@dataclass(frozen=True, slots=True)
class PageSnapshot:
    """What a page had shown: the texts in its inputs, and the versions of the records on it."""

    texts: Texts
    versions: ShownVersions

    @classmethod
    def of(cls, state: DeskState) -> "PageSnapshot":
        return cls(state.shown, versions_of(state.records))

    @classmethod
    def parse(cls, text: str) -> "PageSnapshot":
        """The inverse of ``format``; empty if ``text`` is none."""
        try:
            parsed = json.loads(text)
            json.dumps(parsed, ensure_ascii=False).encode()  # half a character cannot be shown
            texts = {str(name): str(value) for name, value in parsed["texts"].items()}
            return cls(texts, clean_versions(parsed["versions"]))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return cls({}, {})

    def format(self) -> str:
        return json.dumps({"texts": self.texts, "versions": self.versions}, ensure_ascii=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CellConflict:
    """What both changed: the editor has to choose."""

    prefix: str
    title: str
    mine: str
    theirs: str
    was: str = ""


@dataclass(frozen=True, slots=True)
class ConcurrentChanges:
    """What others did since the page was opened, and what of it the editor has to decide."""

    records: list[EditConflict] = field(default_factory=list)
    conflicts: list[CellConflict] = field(default_factory=list)
    taken_over: Texts = field(default_factory=dict)  # inputs that show what others changed

    def __bool__(self) -> bool:
        return bool(self.records)

    @property
    def marked_records(self) -> list[tuple[EditConflict, bool]]:
        """Each changed record, and whether it is new."""
        return [
            (record, not any(change.before for change in record.changes)) for record in self.records
        ]


def find_concurrent_changes(
    state: DeskState, opened: PageSnapshot, data: QueryDict
) -> ConcurrentChanges:
    """Compare what the page had shown with what is stored, cell by cell."""
    stored = PageSnapshot.of(state)
    if stored == opened:
        return ConcurrentChanges()
    conflicts: list[CellConflict] = []
    taken_over: Texts = {}
    for prefix, title, names in _cells(state):
        was = _shown_texts(opened.texts, prefix, names)
        theirs = _shown_texts(stored.texts, prefix, names)
        mine = _typed_texts(data, prefix, names, opened.texts)
        if theirs == was:
            continue
        if mine in (was, theirs):
            taken_over |= {f"{prefix}-{name}": text for name, text in theirs.items()}
        else:
            conflicts.append(
                CellConflict(
                    prefix=prefix,
                    title=title,
                    mine=_describe(mine),
                    theirs=_describe(theirs),
                    was=_describe(was),
                )
            )
    records = find_edit_conflicts(opened.versions, stored.versions)
    return ConcurrentChanges(records, conflicts, taken_over)


def list_undecided(state: DeskState, prefixes: list[str], data: QueryDict) -> list[CellConflict]:
    """The conflicts at ``prefixes``, which an earlier page has shown."""
    return [
        CellConflict(
            prefix=prefix,
            title=title,
            mine=_describe(_typed_texts(data, prefix, names, state.shown)),
            theirs=_describe(_shown_texts(state.shown, prefix, names)),
        )
        for prefix, title, names in _cells(state)
        if prefix in prefixes
    ]


def apply_choices(opened: Texts, data: QueryDict) -> tuple[Texts, list[str]]:
    """What was chosen of the conflicts that an earlier page has shown.

    Returns the texts of inputs that take what others wrote, and the prefixes without a choice.
    """
    taken_over: Texts = {}
    undecided = []
    for prefix in data.getlist("conflict"):
        choice = data.get(f"choose-{prefix}")
        if choice == THEIRS:
            inputs = [name for name in data if name.startswith(f"{prefix}-")]
            taken_over |= {name: opened.get(name, "") for name in inputs}
        elif choice != MINE:
            undecided.append(prefix)
    return taken_over, undecided


def with_texts(data: QueryDict, texts: Texts) -> QueryDict:
    """A copy of ``data`` in which the inputs of ``texts`` hold these."""
    replaced = data.copy()
    for name, text in texts.items():
        replaced[name] = text
    return replaced


def _cells(state: DeskState) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """The parts of the page that are decided as a whole: prefix, title, names of the inputs."""
    yield "round", str(state.round), ("status", "summary")
    gists = tuple(gist_input(party.pk) for party in state.parties)
    for row in state.grid:
        for cell in row.cells:
            yield cell.prefix, cell.title, ("stance", "gist", "condition", "evidence")
        title = _("Progress on %(issue)s") % {"issue": row.issue}
        yield row.prefix, title, ("level", "summary")
        yield row.outcome_prefix, row.outcome_title, ("kind", "line", "days", "source", *gists)


def _describe(texts: Texts) -> str:
    """The texts of a cell in one line."""
    labels = dict(texts)
    if stance := labels.pop("stance", ""):
        labels = {"stance": describe_stance(stance, labels.pop("condition", "")), **labels}
    for name, choices in (
        ("level", Level),
        ("status", RoundStatus),
        ("kind", OutcomeKind),
    ):
        if labels.get(name) in choices.values:
            labels[name] = str(choices(labels[name]).label)
    return " · ".join(label for label in labels.values() if label) or _("nothing")


def _shown_texts(texts: Texts, prefix: str, names: Iterable[str]) -> Texts:
    return {name: texts.get(f"{prefix}-{name}", "") for name in names}


def _typed_texts(data: QueryDict, prefix: str, names: Iterable[str], shown: Texts) -> Texts:
    texts = {
        name: data.get(f"{prefix}-{name}", shown.get(f"{prefix}-{name}", "")) for name in names
    }
    return {name: text.replace("\r\n", "\n").strip() for name, text in texts.items()}
