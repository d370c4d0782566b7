"""Where in a text the words of a query stand."""

import re
from collections.abc import Callable, Iterable

from django.utils.html import escape

from nafta.search.backend import START, STOP
from nafta.search.query import Query, folded, uninflected
from nafta.search.vocabulary import rows
from rounds.platform import translated_text

# what a text would otherwise lose as a tag or as a sign written in letters
SIGNS = str.maketrans({"<": "\x02", ">": "\x03", "&": "\x04", START: None, STOP: None})
BACK = str.maketrans({"\x02": "<", "\x03": ">", "\x04": "&"})
LONG = 320  # characters; of a longer text the fragments around the words are shown


class Marked(translated_text.LocalizedText):
    """A text in its language in which what was looked for is marked. Safe to show as it is."""

    __slots__ = ("html",)
    html: str

    def __html__(self) -> str:
        return self.html

    @property
    def has_marks(self) -> bool:
        return "<mark>" in self.html


def marked(texts: Iterable[str], query: Query) -> Callable[[str], Marked]:
    """A function that shows any of ``texts`` with the words of the query marked."""
    wanted = list(dict.fromkeys(text for text in texts if text))
    sql, params = query.words()
    shown: dict[str, str] = {}
    if wanted and params:
        configurations = [_configuration(text) for text in wanted]
        found = rows(
            f"""SELECT nth, ts_headline(configuration::regconfig, body, {sql}, CASE
                WHEN length(body) > {LONG} THEN 'MaxFragments=2, MinWords=12, MaxWords=30, '
                    || 'FragmentDelimiter=" … ", StartSel="{START}", StopSel="{STOP}"'
                ELSE 'HighlightAll=TRUE, StartSel="{START}", StopSel="{STOP}"' END)
            FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS one(body, configuration, nth)""",
            [*params, [str(text).translate(SIGNS) for text in wanted], configurations],
        )
        shown = {wanted[nth - 1]: headline for nth, headline in found}

    def show(text: str) -> Marked:
        one = Marked(text, getattr(text, "language", translated_text.active_language()))
        headline = _only_whole_phrases(shown.get(text, text), query).translate(BACK)
        one.html = escape(headline).replace(START, "<mark>").replace(STOP, "</mark>")
        return one

    return show


MARKED_WORD = re.compile(f"{START}(?P<marked>[^{STOP}]*){STOP}|[^\\W_]+")


def _only_whole_phrases(headline: str, query: Query) -> str:
    """Take back the marks of words that match as part of a phrase, where the phrase is not there.

    PostgreSQL marks each word of a phrase wherever it stands: “No article was finished” for
    *article 19*.
    """
    texts = [text for term in query.positive_terms for text in (*term.words, *term.spellings)]
    sought = {uninflected(folded(text)) for text in texts}
    singles = {parts[0] for parts in sought if len(parts) == 1}
    phrases = [parts for parts in sought if len(parts) > 1]
    if not phrases or START not in headline:
        return headline
    matches = list(MARKED_WORD.finditer(headline))
    numbered = [
        (nth, part)
        for nth, match in enumerate(matches)
        for part in uninflected(folded(match["marked"] or match[0]))
    ]
    in_phrases = {part for phrase in phrases for part in phrase} - singles
    covered = {
        nth
        for phrase in phrases
        for start in range(len(numbered) - len(phrase) + 1)
        if tuple(part for _nth, part in numbered[start : start + len(phrase)]) == phrase
        for nth, _part in numbered[start : start + len(phrase)]
    }
    loose = {nth for nth, part in numbered if part in in_phrases} - covered
    shown, end = [], 0
    for nth, match in enumerate(matches):
        text = match["marked"] if match["marked"] is not None and nth in loose else match[0]
        shown += [headline[end : match.start()], text]
        end = match.end()
    return "".join([*shown, headline[end:]])


def _configuration(text: str) -> str:
    translated = (
        isinstance(text, translated_text.LocalizedText)
        and text.language != translated_text.original_language()
    )
    return "search_plain" if translated else "search_record"
