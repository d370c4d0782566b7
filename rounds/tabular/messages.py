"""What a message about a cell says: “found …, expected …”."""

from collections.abc import Iterable
from difflib import get_close_matches

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from rounds.platform.plain_text import visible

EXCERPT_CHARS = 60  # of a cell that a message repeats
LISTED_CHOICES = 12  # that a message lists before it proposes the likeliest


def found_text(text: str) -> str:
    """Return the beginning of a message about a cell that holds ``text``."""
    if not text:
        return _("found nothing")
    return _("found “%(text)s”") % {"text": excerpt(text)}


def excerpt(text: str) -> str:
    """Return ``text`` as one short line, with the codes of its invisible characters."""
    line = text[:EXCERPT_CHARS].replace("\n", " ")
    return visible(line) if len(text) <= EXCERPT_CHARS else f"{visible(line)}…"


def unexpected(text: str, expected: str | Promise) -> ValueError:
    """Return the error of a cell that holds ``text``."""
    return ValueError(
        _("%(found)s, expected %(expected)s") % {"found": found_text(text), "expected": expected}
    )


def expected_choice(text: str, choices: Iterable[str]) -> str:
    """Return what may stand instead of ``text``: all ``choices`` if few, else those like it."""
    names = sorted(choices)
    if not names:
        return _("none: the record has none yet")
    if len(names) <= LISTED_CHOICES:
        return _("one of: %(words)s") % {"words": ", ".join(names)}
    if close := get_close_matches(text, names):
        return _("another; did you mean %(words)s?") % {"words": _(" or ").join(close)}
    return _("one of %(count)d others, such as %(word)s") % {"count": len(names), "word": names[0]}
