"""What other sites may show in a frame: each a small page of its own, made of a page's rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from issues.matrix.cells import MatrixCell
from issues.matrix.rows import MatrixRow
from nafta.search.forms import NarrowingForm
from rounds.history.as_of import AsOf
from rounds.models import Statement
from rounds.platform.translated_text import local
from rounds.tabular.exports import FILE_PARAMS

WIDTH = 640  # of a frame, where nobody asks for another
PUBLISHERS_NAMED = 3  # in a source line
FRAME, LINE = 150, 26  # pixels: head and source line of an embed, a line of its text
ROW = 50  # pixels: a row of a matrix, for each position of a party


@dataclass(frozen=True, slots=True, kw_only=True)
class Embed:
    """A frame: where it and its page are, what it is called, how much room it needs."""

    name: str  # of its address
    key: str = ""
    title: str
    page: str
    height: int
    as_of: AsOf
    errors: Sequence[str] = ()
    publishers: Sequence[str] = ()
    context: dict[str, Any]

    @property
    def address(self) -> str:
        path = reverse(self.name, args=[self.key] if self.key else [])
        return f"{path}{self.as_of.query}"

    @property
    def page_as_of(self) -> str:
        """The page, on the same day."""
        path, hash_, anchor = self.page.partition("#")
        return f"{path}{self.as_of.query}{hash_}{anchor}"

    @property
    def evidence(self) -> str:
        """The publications that it rests on, the most cited first: three names at most."""
        times = {name: self.publishers.count(name) for name in dict.fromkeys(self.publishers)}
        named = sorted(times, key=lambda name: -times[name])
        names = ", ".join(named[:PUBLISHERS_NAMED])
        if len(named) <= PUBLISHERS_NAMED:
            return names
        count = len(named) - PUBLISHERS_NAMED
        return _("%(names)s and %(count)d others") % {"names": names, "count": count}


def render_frame(address: str, title: str, width: int, height: int) -> SafeString:
    """Return the code that shows an embed, cut off from the page around it."""
    return format_html(
        '<iframe src="{}" title="{}" width="{}" height="{}" loading="lazy" '
        'sandbox="allow-scripts allow-popups allow-popups-to-escape-sandbox" '
        'style="border:0;width:100%;max-width:{}px"></iframe>',
        address,
        title,
        width,
        height,
        width,
    )


OF_PAGE = {  # what a page is embedded as, by the names of their addresses
    "home": "embed_matrix",
    "issue_list": "embed_matrix",
    "issue_detail": "embed_issue",
    "timeline": "embed_timeline",
    "statement_detail": "embed_statement",
}


# What pages with an embed understand beside the day. Whatever else an address has, such as
# utm_source or fbclid, changes nothing on the page.
PARAMETERS = {"known", *FILE_PARAMS, *NarrowingForm.base_fields}


def find_lost_parameters(query: QueryDict) -> list[str]:
    """Name the parameters of a page that its frame would not keep to: all but the day."""
    return [name for name, value in query.items() if value and name in PARAMETERS]


# The room that a frame of ``WIDTH`` needs, in pixels. Where it is narrower and higher, the frame
# scrolls, or grows where the page around it has our script.
CHART_HEIGHT = 520
TIMELINE_HEIGHT = 560


def matrix_height(rows: Sequence[MatrixRow]) -> int:
    positions = [max(len(cell.positions) for cell in row.cells) for row in rows if row.cells]
    return FRAME + 90 + ROW * sum(positions)


def issue_height(row: MatrixRow) -> int:
    assert row.issue is not None, "a row of an issue, not of a meeting"
    question = len(local(row.issue, "question")) // 60
    return FRAME + LINE * question + sum(_cell_height(cell) for cell in row.cells)


def _cell_height(cell: MatrixCell) -> int:
    if not cell.recorded:
        return 42
    lines = len(cell.gist + cell.condition) // 58 + len(cell.days_label + cell.publisher) // 60
    return 84 + LINE * lines


def statement_height(statement: Statement) -> int:
    lines = len(local(statement, "summary")) // 55 + len(statement.quotation) // 50 + 2
    return FRAME + 55 + LINE * lines
