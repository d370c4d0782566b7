"""Texts of cells as people type them, made comparable."""

import unicodedata


class UnreadableCellError(ValueError):
    """Why a cell is refused, and the way out; ``detail`` is of this cell only."""

    def __init__(self, cause: str, detail: str = "") -> None:
        super().__init__(cause)
        self.cause, self.detail = cause, detail


def tidy(text: str) -> str:
    """Return ``text`` without invisible characters: marks of direction, joiners, wide spaces."""
    visible = "".join(char for char in text if unicodedata.category(char) not in {"Cf", "Cs"})
    return " ".join(visible.split())


def fold(text: str) -> str:
    """Return ``text`` without case, accents, and invisible characters."""
    letters = unicodedata.normalize("NFKD", tidy(text).casefold())
    return "".join(char for char in letters if not unicodedata.combining(char)).replace("’", "'")
