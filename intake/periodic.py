"""Cells closed by bars, as many for each row: without numbers, the headings' own count tells the rows apart."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

from intake.english import is_latin
from intake.fitting import fit
from intake.fitting_en import MISFIT, is_dated, worth
from intake.headers import Column, bare, column, is_header
from intake.table import Cell

_LEAST_HEADINGS = 3
_TELLING = frozenset({"no", "deadline", "start", "status", "lead", "officer", "responsible", "cooperating"})
_SURE = 3  # what a cell of its column's own kind is worth


def rows_of_equal_count(cells: Sequence[Cell]) -> list[list[Cell]]:
    """The headings and the rows below them, each of as many cells as the headings with the empty cells behind them.

    Spans leave a row shorter, with as many more empty cells at its end. Nothing where the cells of a whole row do not
    fit their columns, or where no date, unit or status shows that they do.
    """
    headings = list(itertools.takewhile(lambda cell: column(cell.text), cells))
    columns = [known for cell in headings if (known := column(cell.text))]
    if len(headings) < _LEAST_HEADINGS or not is_header([cell.text for cell in headings]):
        return []
    behind = sum(1 for _ in itertools.takewhile(lambda cell: not cell.text, cells[len(headings) :]))
    period = len(headings) + behind
    told = {bare(cell.text) for cell in headings}
    chunks = (cells[place : place + period] for place in range(period, len(cells), period))
    rows = [row for chunk in chunks if (row := _trimmed(chunk)) and not _repeats(row, told)]
    return [headings, *rows] if _believed(rows, columns) else []


def _trimmed(chunk: Sequence[Cell]) -> list[Cell]:
    row = list(chunk)
    while row and not row[-1].text:
        row.pop()
    return row


def _repeats(row: Sequence[Cell], headings: set[str]) -> bool:
    """The headings once more, also where a span has taken the first of them."""
    return all(bare(cell.text) in headings for cell in row if cell.text)


def _believed(rows: Sequence[Sequence[Cell]], columns: Sequence[Column]) -> bool:
    """Every whole row fits, and in one column at least most cells are what only this column holds."""
    whole = [row for row in rows if len(row) == len(columns)]
    if not whole or any(len(row) > len(columns) for row in rows):
        return False
    values = [list(_values(row, columns)) for row in whole]
    if any(value <= MISFIT for row in values for value in row):
        return False
    telling = [index for index, one in enumerate(columns) if one.role in _TELLING or is_dated(one)]
    return any(2 * sum(row[index] >= _SURE for row in values) > len(values) for index in telling)


def _values(row: Sequence[Cell], columns: Sequence[Column]) -> Iterable[float]:
    for cell, one in zip(row, columns, strict=True):
        english = is_latin(one.heading)
        yield 0 if not cell.text else worth(cell.text, one) if english else fit(cell.text, one.role)
