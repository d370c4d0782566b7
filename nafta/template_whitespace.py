"""Load the project's templates without the white space that no reader can see.

Sources are indented for those who edit them. A browser shows a run of white space as one space,
and as none at the edge of a block such as a paragraph. When a template is loaded, once a process,
each run is cut to what is shown: rendering takes no longer, and no page grows by an indentation.
A line break in a source means what it means in HTML, so a formatter may move it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto

from django.template import Origin
from django.template.loaders import filesystem

SPACE = r"[ \t\r\n\f]"  # what HTML takes for white space; a no-break space is none
TEMPLATE_TAG = r"\{%.*?%\}|\{\{.*?\}\}"
QUOTED = rf"""(?>"(?:{TEMPLATE_TAG}|[^"])*+"|'(?:{TEMPLATE_TAG}|[^'])*+')"""
ATTRIBUTES = rf"""(?>{TEMPLATE_TAG}|{QUOTED}|[^<>"'])*+"""
TOKEN = re.compile(
    rf"""
      (?P<comment>\{{\#.*?\#\}}|\{{%\s*comment\b.*?%\}}.*?\{{%\s*endcomment\s*%\}})
    | (?P<message>\{{%\s*(?P<trans>blocktrans\w*)\b.*?%\}}.*?\{{%\s*end(?P=trans)\s*%\}})
    | (?P<verbatim><(?P<raw>pre|script|style|textarea)\b{ATTRIBUTES}>)(?P<content>.*?</(?P=raw)>)
    | (?P<tag>{TEMPLATE_TAG})
    | (?P<element></?[a-z]{ATTRIBUTES}>)
    | (?P<space>{SPACE}+)
    | (?P<text>[^\s<{{]+|.)
    """,
    re.DOTALL | re.VERBOSE | re.IGNORECASE,
)
ATTRIBUTE_PART = re.compile(rf"{TEMPLATE_TAG}|{QUOTED}|{SPACE}+|/?>|[^\s\"'{{>/]+|.", re.DOTALL)
NO_SPACE = '{{ "" }}'  # between two tags that a formatter would otherwise put on two lines
NAME = re.compile(r"(?:<|</|\{%\s*)([a-z][\w-]*)", re.IGNORECASE)
ASSIGNS = re.compile(r"\sas\s+\w+\s*%\}$|^\{%\s*blocktrans\w*\s+(?:trimmed\s+)?asvar\s")

# A browser starts a new line for these. Headings are left out: one in a summary stands in its line.
BLOCKS = {
    *("address", "article", "aside", "base", "blockquote", "body", "br", "caption", "col"),
    *("colgroup", "dd", "details", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer"),
    *("form", "head", "header", "hr", "html", "legend", "li", "link", "main", "meta", "nav", "ol"),
    *("optgroup", "option", "p", "pre", "script", "section", "style", "summary", "table", "tbody"),
    *("td", "tfoot", "th", "thead", "title", "tr", "ul"),
}
INLINE = {
    *("a", "abbr", "b", "cite", "code", "del", "em", "i", "ins", "kbd", "mark", "q", "s", "small"),
    *("span", "strong", "sub", "sup", "time"),
}


class Role(Enum):
    """What a token means for the white space beside it."""

    SPACE = auto()
    EDGE = auto()  # the start or end of a block: no space is shown beside it
    INLINE_START = auto()
    INLINE_END = auto()
    CONTENT = auto()
    SILENT = auto()  # a template tag that writes nothing
    IF = auto()
    FOR = auto()
    ELSE = auto()  # the last branch of a condition or loop, so that one of them is taken
    ELIF = auto()
    END_IF = auto()
    END_FOR = auto()
    BLOCK = auto()  # its edges are taken for edges of a text, as those of the template are
    END_BLOCK = auto()


ROLES_OF_TAGS = {
    "if": Role.IF,
    "ifchanged": Role.IF,
    "for": Role.FOR,
    "else": Role.ELSE,
    "empty": Role.ELSE,
    "elif": Role.ELIF,
    "endif": Role.END_IF,
    "endifchanged": Role.END_IF,
    "endfor": Role.END_FOR,
    "block": Role.BLOCK,
    "endblock": Role.END_BLOCK,
    **dict.fromkeys(("with", "endwith", "load", "extends", "get_current_language"), Role.SILENT),
}


@dataclass(frozen=True, slots=True)
class Token:
    text: str
    role: Role


@dataclass(slots=True)
class Branches:
    """The ways through a condition: whether a space is hidden before it, and after each branch."""

    before: bool
    after: list[bool] = field(default_factory=list)
    has_else: bool = False


class Loader(filesystem.Loader):
    """Read templates from the folders in ``DIRS``, without white space that is not shown."""

    def get_contents(self, origin: Origin) -> str:
        return without_hidden_space(str(super().get_contents(origin)))


def without_hidden_space(source: str) -> str:
    """Return the source of a template that renders to the same page, with fewer bytes.

    >>> without_hidden_space("<p>\\n  {% if a %}\\n    <b>A</b>\\n  {% endif %}\\n  B\\n</p>\\n")
    '<p>{% if a %}<b>A</b> {% endif %}B</p>'
    """
    tokens = _visible(list(_tokens(source)), backwards=False)
    return "".join(token.text for token in _visible(tokens, backwards=True))


def _tokens(source: str) -> Iterator[Token]:
    for match in TOKEN.finditer(source):
        text = match.group()
        if match["space"]:
            yield Token(" ", Role.SPACE)
        elif match["element"]:
            yield Token(_joined_attributes(text), _role_of_element(text))
        elif match["verbatim"]:
            yield Token(
                _joined_attributes(match["verbatim"]) + match["content"], _role_of_element(text)
            )
        elif match["tag"] or match["message"]:
            yield Token("" if text == NO_SPACE else text, _role_of_tag(text))
        elif match["text"]:
            yield Token(text, Role.CONTENT)


def _role_of_element(text: str) -> Role:
    name = _name(text)
    if name in BLOCKS:
        return Role.EDGE
    if name in INLINE:
        return Role.INLINE_END if text.startswith("</") else Role.INLINE_START
    return Role.CONTENT


def _role_of_tag(text: str) -> Role:
    role = ROLES_OF_TAGS.get(_name(text))
    if role:
        return role
    return Role.SILENT if ASSIGNS.search(text) else Role.CONTENT


def _name(text: str) -> str:
    match = NAME.match(text)
    return match[1].lower() if match else ""


def _visible(tokens: list[Token], *, backwards: bool) -> list[Token]:
    """Leave out each space that on every way through the template follows an edge of a block.

    Read forwards, a space that follows another one is left out, too; read backwards, it stays.
    """
    kept = []
    hidden = True
    open_branches: list[Branches] = []
    for token in reversed(tokens) if backwards else tokens:
        if token.role is Role.SPACE:
            if not hidden:
                kept.append(token)
            hidden = hidden or not backwards
            continue
        kept.append(token)
        hidden = _hides_space(token.role, hidden, open_branches, backwards)
    return kept[::-1] if backwards else kept


def _hides_space(role: Role, hidden: bool, open_branches: list[Branches], backwards: bool) -> bool:
    """Say whether a space right after a token is hidden, if one before it was or was not."""
    starts, ends = (Role.IF, Role.FOR), (Role.END_IF, Role.END_FOR)
    if backwards:
        starts, ends = ends, starts
    if role in (Role.SILENT, Role.INLINE_END if backwards else Role.INLINE_START):
        return hidden
    if role in starts:
        open_branches.append(Branches(hidden))
        return hidden and role is starts[0]  # what precedes in a loop may be its own end
    if role in (Role.ELSE, Role.ELIF) and open_branches:
        branches = open_branches[-1]
        branches.after.append(hidden)
        branches.has_else |= role is Role.ELSE
        return branches.before
    if role in ends and open_branches:  # Django itself tells of one that was never opened
        branches = open_branches.pop()
        untaken = [] if branches.has_else else [branches.before]
        return all([*branches.after, hidden, *untaken])
    return role in (Role.EDGE, Role.END_BLOCK if backwards else Role.BLOCK)


def _joined_attributes(element: str) -> str:
    """Put the attributes of an element on one line; a condition's space goes into its branches.

    >>> _joined_attributes('<td\\n  id="a"\\n  {% if b %}class="c"{% endif %}\\n>')
    '<td id="a"{% if b %} class="c"{% endif %}>'
    """
    parts: list[str] = []
    spaced = False
    before: list[bool] = []  # whether a space stands before each open condition
    for part in ATTRIBUTE_PART.findall(element):
        role = _role_of_tag(part) if part.startswith("{%") else Role.CONTENT
        if re.fullmatch(f"{SPACE}+", part):
            spaced = True
            continue
        if role is Role.IF:
            before.append(spaced)
        elif role in (Role.ELSE, Role.ELIF) and before:
            spaced = before[-1]
        elif role is Role.END_IF and before:
            before.pop()
            spaced = False
        elif role is Role.CONTENT:
            if spaced and part not in (">", "/>"):
                parts.append(" ")
            spaced = False
        parts.append(re.sub(rf"{SPACE}*\n{SPACE}*", " ", part))
    return "".join(parts)
