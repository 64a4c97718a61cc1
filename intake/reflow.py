"""Cells without row breaks back into rows: the headings, and the rows below them."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from intake.english import in_english, is_latin
from intake.fitting import MISFIT, fit
from intake.headers import Column, bare, column, is_header
from intake.heading_cells import MOST_HEADINGS, header_size, headings_of, merged_headings
from intake.reflow_en import english_rows
from intake.segmenting import Told, chunks, rows_below
from intake.table import Cell, Place, Table

_LEAST_UNITS = 2  # unknown headings of a matrix
_REACH = 800  # lines looked at first
_PLACE_AND_YEAR = re.compile(r"\s*[\u4e00-\u9fff]{1,8}[省市区县州盟旗镇乡]\s*\d{4}\s*年")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text file with its number, counted from 1."""

    number: int
    text: str


def cells_to_rows(rows: list[list[Cell]]) -> tuple[list[tuple[Cell, ...]], list[Cell]]:
    """Rows as cut by blank lines if they are of one width; else rows told by the headings, and the cells lost."""
    width = max((len(row) for row in rows), default=0)
    body = [row for row in rows if not is_header([cell.text for cell in row[:MOST_HEADINGS]])]
    if body and len(body) < len(rows) and all(len(row) == width for row in body):
        return [tuple(row) for row in rows], []
    cells = [cell for row in rows for cell in row]
    size = header_size(cells)
    headings = merged_headings([cell for cell in cells[:size] if cell.text])
    if not is_header([cell.text for cell in headings]):
        return [], cells
    columns = _columns(headings)
    rows_of_cells = [list(chunk) for chunk in chunks(cells[size:], len(headings))]
    if all(_well_formed(chunk, columns) for chunk in rows_of_cells):
        return [tuple(headings), *(tuple(chunk) for chunk in rows_of_cells)], []
    reading, _ = rows_below([cell for cell in cells[size:] if cell.text], columns)
    return [tuple(headings), *(tuple(row) for row in reading.rows)], reading.lost


def _well_formed(row: list[Cell], columns: list[Column]) -> bool:
    """A whole row whose number, units and shares are such or empty."""
    pairs = zip(row, columns, strict=False)
    return len(row) == len(columns) and all(
        not cell.text or fit(cell.text, one.role) > MISFIT for cell, one in pairs
    )


def _columns(headings: list[Cell]) -> list[Column]:
    """The columns; unknown headings are units with quotas where several stand together, else columns of no use."""
    known = [column(cell.text) for cell in headings]
    strange = [cell.text for one, cell in zip(known, headings, strict=True) if one is None]
    role = "quota" if len(strange) >= _LEAST_UNITS and not all(map(in_english, strange)) else "other"
    return [one or Column(role, bare(cell.text)) for one, cell in zip(known, headings, strict=True)]


def one_cell_a_line(lines: list[Line], index: int) -> tuple[Table | None, int]:
    """The table whose headings stand one below the other from ``index`` on, each cell a paragraph or a line.

    Rows that cannot be told are in ``lost``. ``(None, index + 1)`` where no headings stand.
    """
    if _PLACE_AND_YEAR.match(lines[index].text):
        return None, index + 1  # a title
    first = (column(cell.text) for cell in cells_below(lines[index : index + 12], 0)[:4])
    if len({known.role for known in first if known}) < 2:
        return None, index + 1
    cells = cells_below(lines[index : index + 4 * MOST_HEADINGS], 0)
    headings, size = headings_of(cells)
    if len(headings) < 3 or not is_header([cell.text for cell in headings]):
        return None, index + 1
    columns = _columns(headings)
    if any(one.role == "no" for one in columns[1:]):
        return None, index + 1  # a title above the headings; they begin with the number
    told, rest, seen = _told_in_reach(lines, index, size, columns)
    last = rest.where.line if rest else None
    end = bisect_right(seen, last - 1, key=lambda line: line.number) if last else len(seen)
    rows = (tuple(headings), *(tuple(row) for row in told.rows))
    return Table(rows, lost=tuple(told.lost)), index + max(end, 1)


def _told_in_reach(
    lines: list[Line], index: int, size: int, columns: list[Column]
) -> tuple[Told, Cell | None, list[Line]]:
    """The rows below the headings, the first cell after them, and the lines looked at.

    Of a long text only as many lines are looked at as the table needs, and some more: many tables in one file would
    else each take all of it.
    """
    reach = _REACH
    while True:
        seen = lines[index : index + reach]
        cells = cells_below(seen, 0)
        told, rest = _told(_without_headers(cells[size:], [cell.text for cell in cells[:size]]), columns)
        far = rest is None or rest.where.line is None or rest.where.line > seen[-1].number - _REACH // 2
        if not far or len(seen) < reach:
            return told, rest, seen
        reach *= 4


def _told(body: list[Cell], columns: list[Column]) -> tuple[Told, Cell | None]:
    told, rest = rows_below(body, columns)
    if not told.rows and all(is_latin(one.heading) for one in columns):
        english = english_rows(body, columns)
        return Told(english.rows, english.lost), english.rest
    return told, rest


def cells_below(lines: list[Line], index: int) -> list[Cell]:
    """One cell a line; or, where blank lines stand between the first headings, one cell a paragraph."""
    head = [bool(line.text.strip()) for line in lines[index : index + 5]]
    by_paragraph = not all(head[:3])
    cells: list[Cell] = []
    blank = True
    for line in lines[index:]:
        text = line.text.strip()
        if "\t" in text:
            break  # rows with cells side by side: another table
        if text and by_paragraph and not blank and not _alone(text):
            cells[-1] = Cell(f"{cells[-1].text}\n{text}", cells[-1].where)
        elif text:
            cells.append(Cell(text, Place(line=line.number)))
        blank = not text
    return cells


def _alone(text: str) -> bool:
    """A list mark of a page never belongs to the cell above it."""
    return text[:1] in "•·●"


def _without_headers(cells: list[Cell], headings: list[str]) -> list[Cell]:
    """The cells without the headings that each printed page repeats."""
    kept: list[Cell] = []
    position, size = 0, len(headings)
    wanted = [bare(text) for text in headings]
    texts = [bare(cell.text) for cell in cells]
    while position < len(cells):
        if texts[position] == wanted[0] and texts[position : position + size] == wanted:
            position += size
        else:
            kept.append(cells[position])
            position += 1
    return kept
