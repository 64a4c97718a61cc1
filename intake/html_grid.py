"""The rows of a table on a page: row and column spans laid out as a browser does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml.etree import _Element

from intake.html_visible import is_visible


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the cells that begin in it by column (from 0), and the columns that spans from above cover."""

    cells: dict[int, _Element]
    covered: frozenset[int]


class TooWideError(Exception):
    """A cell begins beyond the columns that a table may have; ``row`` counts from 1."""

    def __init__(self, row: int) -> None:
        super().__init__(row)
        self.row = row


@dataclass(slots=True)
class _Layout:
    """Which columns are still covered from above, and for how many rows more."""

    max_columns: int
    spans: dict[int, int] = field(default_factory=dict)

    def row(self, element: _Element) -> Row:
        covered = frozenset(self.spans)
        self.spans = {column: rows - 1 for column, rows in self.spans.items() if rows > 1}
        cells: dict[int, _Element] = {}
        column = 0
        for cell in cells_of(element):
            while column in covered:
                column += 1
            if column >= self.max_columns:
                raise TooWideError(0)
            cells[column] = cell
            column = self._after(cell, column)
        return Row(cells, covered)

    def _after(self, cell: _Element, column: int) -> int:
        """The column after the cell; what it covers further down is remembered, as far as a table may go."""
        after = min(column + _number(cell, "colspan"), self.max_columns)
        below = _number(cell, "rowspan") - 1
        if below > 0:
            self.spans.update(dict.fromkeys(range(column, after), below))
        return after


def rows_of(table: _Element, max_columns: int) -> Iterator[Row]:
    """Yield the visible rows of ``table``, not those of tables within; raises ``TooWideError``.

    A span beyond ``max_columns`` is cut there; a span downwards ends with its group of rows (``tbody``).
    """
    layout, group = _Layout(max_columns), None
    for number, element in enumerate(row_elements(table), 1):
        parent = element.getparent()
        if group is not None and parent is not group:
            layout.spans = {}
        group = parent
        try:
            yield layout.row(element)
        except TooWideError:
            raise TooWideError(number) from None


def row_elements(table: _Element) -> Iterator[_Element]:
    """Yield the visible ``tr`` elements of a table, not those of tables within."""
    return _nearest(table, ("tr",))


def cells_of(row: _Element) -> Iterator[_Element]:
    """Yield the visible cells of a row, not those of tables within."""
    return _nearest(row, ("td", "th"))


def _nearest(parent: _Element, tags: tuple[str, ...]) -> Iterator[_Element]:
    stack = list(reversed(parent))
    while stack:
        element = stack.pop()
        if not is_visible(element):
            continue
        if element.tag in tags:
            yield element
        elif element.tag not in ("table", "td", "th"):
            stack.extend(reversed(element))


def _number(cell: _Element, attribute: str) -> int:
    """A span as browsers read it: the leading digits; 0 downwards is to the end of the group."""
    text = cell.get(attribute, "").strip()
    digits = text[: len(text) - len(text.lstrip("0123456789"))][:9]
    value = int(digits) if digits.isascii() and digits else 1
    return value or (10**9 if attribute == "rowspan" else 1)
