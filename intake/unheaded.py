"""Numbered rows without any headings, one cell a line: all of one length, with units or dates in one place."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from intake.guessing import columns_of
from intake.reflow import Line, cells_below, starts
from intake.table import Table

_LEAST_ROWS = 3
_LEAST_CELLS = 3


def rows_without_headings(lines: Sequence[Line], index: int) -> tuple[Table | None, int]:
    """The table that begins with the running number on a line, without headings; ``(None, index + 1)`` where none does."""
    cells = cells_below(list(lines), index)
    begins = starts(cells, 0, True)
    lengths = {after - begin for begin, after in pairwise(begins)}
    width = min(lengths, default=0)
    if len(begins) < _LEAST_ROWS or len(lengths) > 1 or width < _LEAST_CELLS:
        return None, index + 1
    rows = [cells[begin : begin + width] for begin in begins]
    if columns_of(rows) is None:
        return None, index + 1
    last = rows[-1][-1].where.line or 0
    after = next((place for place, line in enumerate(lines) if line.number > last), len(lines))
    return Table(tuple(map(tuple, rows))), after
