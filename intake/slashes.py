"""English tables whose cells stand between slashes with blanks: Action / Lead / Timescale; a / inside a cell has none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from intake.english import is_latin, reference
from intake.fitting import UNIT_ROLES
from intake.headers import Column, column, is_header
from intake.reflow import Line
from intake.table import Cell, Place, Table
from intake.units_en import could_be_english_units

_SLASH = re.compile(r"(?:^|(?<=\s))/(?=\s|$)")
_GLUED = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NUMBERED = re.compile(r"\(?(?:\d{1,2}|[a-z])[).]\s")
_LEAST_CELLS = 3
_MOST_BLANK = 12  # lines between two rows
_LONGEST_CELL = 5_000  # characters; what grows longer is no cell
_MOST_BEFORE = 6  # lines of a first cell before its slash
_LONGEST_REFERENCE = 20
_NAMED = UNIT_ROLES | {"officer", "person"}


@dataclass(slots=True)
class _Rows:
    """The rows so far, the cells of the row that is not whole yet, and lines that may begin the next row."""

    columns: list[Column]
    whole: list[tuple[Cell, ...]] = field(default_factory=list)
    open: list[Cell] = field(default_factory=list)
    before: list[Cell] = field(default_factory=list)
    lost: list[Cell] = field(default_factory=list)


def slashes_at(lines: Sequence[Line], index: int) -> tuple[Table | None, int]:
    """The table between slashes that begins on a line and the first line after it; ``(None, index + 1)`` where none does.

    A row goes on over lines until it has as many cells as there are headings; what never gets so many is lost.
    """
    headings = _headings(lines[index].text)
    if not headings:
        return None, index + 1
    where = Place(line=lines[index].number)
    rows = _Rows([column(text) or Column("other", text) for text in headings])
    end = index + 1
    for position in range(index + 1, len(lines)):
        text = lines[position].text.strip()
        if not text:
            if not _goes_on(lines, position, rows):
                break
            continue
        if _headings(text) or (rows.open and len(rows.open[-1].text) > _LONGEST_CELL):
            break
        _read(rows, [Cell(one.strip(), Place(line=lines[position].number)) for one in _SLASH.split(text)])
        end = position + 1
    _close(rows)
    rows.lost += rows.open
    header = tuple(Cell(text, where) for text in headings)
    return Table((header, *rows.whole), lost=tuple(rows.lost)), end


def _headings(line: str) -> list[str]:
    """The headings between the slashes of a line; what is glued to the last of them (ResponsibilityActions of) is cut."""
    texts = [text.strip() for text in _SLASH.split(line)]
    if len(texts) < _LEAST_CELLS or not all(map(is_latin, texts)):
        return []
    if column(texts[-1]) is None:
        texts[-1] = _GLUED.split(texts[-1])[0]
    return texts if is_header(texts) else []


def _goes_on(lines: Sequence[Line], position: int, rows: _Rows) -> bool:
    """Below a blank line the table goes on with a row between slashes, or with the rest of one that is not whole."""
    soon = (lines[index].text for index in range(position, min(len(lines), position + _MOST_BLANK)))
    following = next((text for text in soon if text.strip()), "")
    slashes = len(_SLASH.findall(following))
    open_row = 0 < len(rows.open) < len(rows.columns)
    return slashes >= (1 if open_row else _LEAST_CELLS - 1) and not _headings(following)


def _read(rows: _Rows, cells: list[Cell]) -> None:
    """Add what a line holds: the rest of a row, a new row, or words between two rows."""
    width = len(rows.columns)
    if rows.open and len(rows.open) < width:
        rows.open[-1] = _longer(rows.open[-1], cells[0])
        rows.open += cells[1:]
    elif len(cells) > 1:
        _close(rows)
        first = cells[0]
        for one in reversed(rows.before[-_MOST_BEFORE:]):
            first = _longer(one, first)
        rows.open, rows.before = [first, *cells[1:]], []
    else:
        _between(rows, cells[0])
    if len(rows.open) > width:
        rows.lost += rows.open
        rows.open = []


def _between(rows: _Rows, cell: Cell) -> None:
    """A line without slashes behind a whole row: the row's last cell, the next row's first, or a section."""
    role = rows.columns[-1].role
    if rows.columns[0].role == "no":
        if len(cell.text) <= _LONGEST_REFERENCE and (reference(cell.text) or re.search(r"\d", cell.text)):
            rows.before.append(cell)
            return
    elif _NUMBERED.match(cell.text):
        rows.before.append(cell)
        return
    if rows.open and (role not in _NAMED or could_be_english_units(cell.text)):
        rows.open[-1] = _longer(rows.open[-1], cell)


def _close(rows: _Rows) -> None:
    if len(rows.open) == len(rows.columns):
        rows.whole.append(tuple(rows.open))
        rows.open = []


def _longer(cell: Cell, more: Cell) -> Cell:
    text = "\n".join(one for one in (cell.text, more.text) if one)
    return Cell(text, cell.where if cell.text else more.where)
