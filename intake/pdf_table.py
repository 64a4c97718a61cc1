"""A ruled table on a page of a PDF: its cells in rows and columns, and what stands in no cell."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from intake.pdf_lines import Line, lines_of, text_of_cell
from intake.sheet_scan import letters_of
from intake.table import Cell, Place

Box = tuple[float, float, float, float]  # left, top, right, bottom
Character = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ruled:
    """One table of a page: its rows, the edges of its columns, where it ends, and cells outside its lines."""

    rows: tuple[tuple[Cell, ...], ...]
    columns: tuple[float, ...]
    box: Box
    lost: tuple[Cell, ...]

    def continues(self, other: Ruled) -> bool:
        """Whether the columns are those of ``other``, as of a table that a page break has cut."""
        return len(self.columns) == len(other.columns) and all(
            abs(one - two) < 3 for one, two in zip(self.columns, other.columns, strict=True)
        )


def grid_of(boxes: Sequence[Box]) -> tuple[list[float], list[float]]:
    """Return the left edges of the columns and the upper edges of the rows."""
    return sorted({box[0] for box in boxes}), sorted({box[1] for box in boxes})


def read_ruled(boxes: Sequence[Box], box: Box, characters: Sequence[Character], name: str) -> Ruled:
    """Return the table of these cells, ``name`` being the sheet of their places.

    ``characters`` are those of the page at the height of the table; those outside its cells are ``lost``.
    """
    columns, tops = grid_of(boxes)
    owners = _owners(boxes, columns, tops)
    inside: dict[Box, list[Character]] = {cell: [] for cell in boxes}
    outside: list[Character] = []
    for character in characters:
        owner = owners.get(_slot(character, columns, tops))
        within = owner is not None and _middle(character)[0] < owner[2] and _middle(character)[1] < owner[3]
        (inside[owner] if owner is not None and within else outside).append(character)
    rows = tuple(
        tuple(
            _cell(owners.get((row, column)), (row, column), (columns, tops), inside, name)
            for column in range(len(columns))
        )
        for row in range(len(tops))
    )
    lost = tuple(Cell(line.text, Place(sheet=name)) for line in lines_of(outside))
    return Ruled(rows, (*columns, box[2]), box, lost)


def _owners(
    boxes: Sequence[Box], columns: Sequence[float], tops: Sequence[float]
) -> dict[tuple[int, int], Box]:
    """The cell that lies over each place of the grid."""
    return {
        (row, column): box
        for box in boxes
        for row in range(tops.index(box[1]), bisect_right(tops, box[3] - 1))
        for column in range(columns.index(box[0]), bisect_right(columns, box[2] - 1))
    }


def _middle(character: Character) -> tuple[float, float]:
    return (character["x0"] + character["x1"]) / 2, (character["top"] + character["bottom"]) / 2


def _slot(character: Character, columns: Sequence[float], tops: Sequence[float]) -> tuple[int, int]:
    across, down = _middle(character)
    return bisect_right(tops, down) - 1, bisect_right(columns, across) - 1


def _cell(
    box: Box | None,
    at: tuple[int, int],
    grid: tuple[Sequence[float], Sequence[float]],
    inside: Mapping[Box, Sequence[Character]],
    name: str,
) -> Cell:
    (row, column), (columns, tops) = at, grid
    where = Place(sheet=name, cell=f"{letters_of(column + 1)}{row + 1}")
    if box is None or box[0] < columns[column] or box[1] < tops[row]:
        return Cell("", where, merged=box is not None and box[1] < tops[row])
    lines: list[Line] = lines_of(inside[box])
    return Cell(text_of_cell(lines, box[2] - box[0]), where)
