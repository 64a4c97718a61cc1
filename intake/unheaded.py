"""Numbered rows without any headings, one cell a line: all of one length, with units or dates in one place."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from intake.guessing import columns_of
from intake.reflow import Line, cells_below
from intake.starting import starts
from intake.table import Cell, Table

_LEAST_ROWS = 3
_LEAST_CELLS = 3
_SAMPLE = 60  # lines that tell whether it is worth looking at all


def rows_without_headings(lines: Sequence[Line], index: int) -> tuple[Table | None, int]:
    """The table that begins with the running number on a line, without headings; ``(None, index + 1)`` where none does."""
    if not _told(cells_below(list(lines[index : index + _SAMPLE]), 0)):
        return None, index + 1
    rows = _told(cells_below(list(lines[index:]), 0))
    if not rows:
        return None, index + 1
    last = rows[-1][-1].where.line or 0
    after = bisect_right(lines, last, key=lambda line: line.number)
    return Table(tuple(map(tuple, rows))), after


def _told(cells: list[Cell]) -> list[list[Cell]]:
    """The rows from number to number; none unless all are of one length and their columns can be told."""
    begins = starts(cells, 0, True)
    lengths = {after - begin for begin, after in pairwise(begins)}
    width = min(lengths, default=0)
    if len(begins) < _LEAST_ROWS or len(lengths) > 1 or width < _LEAST_CELLS:
        return []
    rows = [cells[begin : begin + width] for begin in begins]
    return rows if columns_of(rows) else []
