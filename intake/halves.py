"""Headings that stand in two cells because a narrow column broke them: joined where the rows are shorter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from intake import words
from intake.headers import bare, column, is_period
from intake.numerals import running_number
from intake.table import Cell

_SAMPLE = 200  # cells below the headings that tell how long the rows are


def whole_headings(headings: Sequence[Cell], below: Sequence[Cell]) -> list[Cell]:
    """The headings, halves joined; as they are where most rows have a cell for each half."""
    joined: list[Cell] = []
    for cell in headings:
        if joined and _belongs(joined[-1].text, cell.text):
            joined[-1] = Cell(f"{joined[-1].text}{cell.text}", joined[-1].where)
        else:
            joined.append(cell)
    length = _usual_length(below)
    return list(headings) if length == len(headings) else _as_long_as_rows(joined, length)


def _as_long_as_rows(headings: list[Cell], length: int) -> list[Cell]:
    """Headings that are known in halves as well (第二季度|完成情况), joined where this gives just the rows' length."""
    broken = [index for index in range(1, len(headings)) if _may_belong(headings, index)]
    if len(headings) - len(broken) != length:
        return headings
    joined: list[Cell] = []
    for index, cell in enumerate(headings):
        if index in broken:
            joined[-1] = Cell(f"{joined[-1].text}{cell.text}", joined[-1].where)
        else:
            joined.append(cell)
    return joined


def _may_belong(headings: list[Cell], index: int) -> bool:
    before, after = headings[index - 1].text, headings[index].text
    if column(before + after) is None or running_number(before):
        return False
    return bare(after) in words.headings.HEADING_TAILS or is_period(before)


def _belongs(before: str, after: str) -> bool:
    if after[:1] in "（(":
        return True
    if column(before + after) is None:
        return False
    half = bare(before) in words.headings.HEADING_HALVES and bare(after) in words.headings.HEADING_TAILS
    return half or (column(before) is None and column(after) is None)


def _usual_length(cells: Sequence[Cell]) -> int:
    """The commonest distance from one running number to the next."""
    places = [index for index, cell in enumerate(cells[:_SAMPLE]) if running_number(cell.text)]
    lengths = Counter(after - before for before, after in pairwise(places))
    return lengths.most_common(1)[0][0] if lengths else 0
