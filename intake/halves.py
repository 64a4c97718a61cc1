"""Headings that stand in two cells because a narrow column broke them: joined where the rows are shorter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from intake import words
from intake.headers import bare, column
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
    return list(headings) if _usual_length(below) == len(headings) else joined


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
