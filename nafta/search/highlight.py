"""Highlighting: marks the words of a query in the texts of results."""

import re
from collections.abc import Callable, Iterable

from django.utils.html import escape

from nafta.search.backend import START, STOP
from nafta.search.query import Query, fold, strip_inflection
from nafta.search.vocabulary import fetch_rows
from rounds.platform import translated_text

# ts_headline drops tags and entities: their signs are replaced before, and restored after it
SIGNS = str.maketrans({"<": "\x02", ">": "\x03", "&": "\x04", START: None, STOP: None})
BACK = str.maketrans({"\x02": "<", "\x03": ">", "\x04": "&"})
MAX_CHARS = 320  # of a longer text only the fragments around the matches are shown


class HighlightedText(translated_text.LocalizedText):
    """A text with its language and the words of the query in ``<mark>``. Its HTML is safe."""

    __slots__ = ("html",)
    html: str

    def __html__(self) -> str:
        return self.html

    @property
    def has_marks(self) -> bool:
        return "<mark>" in self.html


def make_highlighter(texts: Iterable[str], query: Query) -> Callable[[str], HighlightedText]:
    """A function that highlights any of ``texts``, all of them by one query to the database."""
    distinct = list(dict.fromkeys(text for text in texts if text))
    sql, params = query.highlight_sql()
    headlines: dict[str, str] = {}
    if distinct and params:
        configurations = [_configuration(text) for text in distinct]
        result = fetch_rows(
            f"""SELECT nth, ts_headline(configuration::regconfig, body, {sql}, CASE
                WHEN length(body) > {MAX_CHARS} THEN 'MaxFragments=2, MinWords=12, MaxWords=30, '
                    || 'FragmentDelimiter=" … ", StartSel="{START}", StopSel="{STOP}"'
                ELSE 'HighlightAll=TRUE, StartSel="{START}", StopSel="{STOP}"' END)
            FROM unnest(%s::text[], %s::text[])
                WITH ORDINALITY AS shown(body, configuration, nth)""",
            [*params, [str(text).translate(SIGNS) for text in distinct], configurations],
        )
        headlines = {distinct[nth - 1]: headline for nth, headline in result}

    def show(text: str) -> HighlightedText:
        highlighted = HighlightedText(
            text, getattr(text, "language", translated_text.active_language())
        )
        headline = _only_whole_phrases(headlines.get(text, text), query).translate(BACK)
        highlighted.html = escape(headline).replace(START, "<mark>").replace(STOP, "</mark>")
        return highlighted

    return show


MARKED_WORD = re.compile(f"{START}(?P<marked>[^{STOP}]*){STOP}|[^\\W_]+")


def _only_whole_phrases(headline: str, query: Query) -> str:
    """Unmark words that match only as part of a phrase where the whole phrase does not stand.

    ts_headline marks each word of a phrase anywhere: “No *article* was finished” for “article 19”.
    """
    texts = [text for term in query.positive_terms for text in (*term.texts, *term.spellings)]
    sought = {strip_inflection(fold(text)) for text in texts}
    singles = {parts[0] for parts in sought if len(parts) == 1}
    phrases = [parts for parts in sought if len(parts) > 1]
    if not phrases or START not in headline:
        return headline
    matches = list(MARKED_WORD.finditer(headline))
    numbered = [
        (nth, part)
        for nth, match in enumerate(matches)
        for part in strip_inflection(fold(match["marked"] or match[0]))
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
