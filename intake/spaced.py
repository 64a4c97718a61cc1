"""Tables aligned with blanks: columns are where the headings stand, cells may go on in the lines below."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from intake.furniture import is_furniture
from intake.headers import column, is_header
from intake.numerals import running_number
from intake.reflow import Line
from intake.table import Cell, Place, Table

_TOKEN = re.compile(r"(?:(?![\u3000\t]| {2}).)+")
_OFF = 6  # columns of the screen that a cell may stand beside its heading
_LEAST_COLUMNS = 3


def aligned_with_blanks(lines: Sequence[Line], index: int) -> tuple[Table | None, int]:
    """The table whose headings stand two or more blanks apart on a line; ``(None, index + 1)`` where none does.

    A line that begins under the second column or further right goes on with the row above it. Lines that stand
    under no heading end the table.
    """
    header = list(_tokens(lines[index].text))
    texts = [text for _, text in header]
    if (
        len(header) < _LEAST_COLUMNS
        or not is_header(texts)
        or sum(column(text) is None for text in texts) > 1
    ):
        return None, index + 1
    heads = [start for start, _ in header]
    rows: list[list[Cell]] = []
    end = index + 1
    for position in range(index + 1, len(lines)):
        line = lines[position]
        if not line.text.strip():
            continue
        placed = _placed(list(_tokens(line.text)), heads)
        if placed is None or is_furniture(line.text) or not _continue(rows, placed, line, len(heads)):
            break
        end = position + 1
    if not rows:
        return None, index + 1
    place = Place(line=lines[index].number)
    return Table((tuple(Cell(text, place) for text in texts), *map(tuple, rows))), end


def _tokens(text: str) -> Iterable[tuple[int, str]]:
    """The pieces between blanks, each with the column of the screen where it begins."""
    column = seen = 0
    for match in _TOKEN.finditer(text.rstrip()):
        piece = match.group()
        if piece.strip():
            begin = match.start() + len(piece) - len(piece.lstrip())
            column, seen = column + _width(text[seen:begin]), begin
            yield column, piece.strip()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _placed(tokens: list[tuple[int, str]], heads: list[int]) -> dict[int, str] | None:
    """Each piece under its heading: one after the other where there are as many, else under the nearest."""
    if len(tokens) == len(heads):
        return {index: text for index, (_, text) in enumerate(tokens)}
    placed: dict[int, str] = {}
    for start, text in tokens:
        nearest = min(range(len(heads)), key=lambda index: abs(heads[index] - start))
        if abs(heads[nearest] - start) > _OFF or nearest in placed:
            return None
        placed[nearest] = text
    return placed if list(placed) == sorted(placed) else None


def _continue(rows: list[list[Cell]], placed: dict[int, str], line: Line, width: int) -> bool:
    """Add a row, or what a line adds to the row above; false for a line that is neither."""
    place = Place(line=line.number)
    if 0 in placed and (running_number(placed[0]) or len(placed) == width):
        rows.append([Cell(placed.get(index, ""), place) for index in range(width)])
        return True
    if 0 in placed or not rows:
        return False
    for index, text in placed.items():
        above = rows[-1][index]
        rows[-1][index] = Cell(f"{above.text}\n{text}".strip(), above.where if above.text else place)
    return True
