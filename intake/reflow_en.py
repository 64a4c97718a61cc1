"""Cells of an English table without row breaks back into rows: by what begins or ends each row.

Without running numbers a row is told only by cells of a form that no other cell has: a) b) c), a reference or a date in
the first column, or the unit, post or light that closes each row in the last. All rows must then fit their columns,
or none is believed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from intake import words
from intake.english import heading_role, is_latin, spaced
from intake.fitting_en import LONG_ROLES, MISFIT, closes, opens, worth
from intake.headers import Column
from intake.table import Cell

_MARK = re.compile(r"\s*\(?([a-z]|\d{1,2})[).]\s+(?=\S)")
_LEADS_ON = re.compile(r"\s*[;,](?:\s+(?:and|or))?\s*$")  # to the next: Publish it; and
_FOOT = re.compile(r"\s*(?:\[[ivx\d]{1,4}\]|\*)\s*\S")
_LONGEST_SECTION = 60
_MOST_CELLS = 40  # of one row
_MOST_COLUMNS = 12
_SKIPPED = 1.5  # what an empty column costs
_GOES_ON = 0.25  # what a further paragraph of a cell costs
_NEW_NAME = 1.5  # of a name or a heading, which hardly ever take two
_MOST_WAYS = 8
_TITLES = frozenset({"task", "project", "goal"})
_NAMES = frozenset({"project", "section"})
_LEAST = 2  # rows


@dataclass(slots=True)
class EnglishRows:
    """Rows told, cells lost, and the first cell after the table."""

    rows: list[list[Cell]] = field(default_factory=list)
    lost: list[Cell] = field(default_factory=list)
    rest: Cell | None = None


def english_headings(cells: Sequence[Cell]) -> tuple[list[Cell], int]:
    """The headings at the beginning of the cells, those broken over paragraphs joined, and how many cells they take.

    None where the cells do not begin with English headings.
    """
    headings: list[Cell] = []
    position = 0
    while position < len(cells) and (found := _heading_at(cells, position)):
        heading, taken = found
        headings.append(heading)
        position += taken
    return (headings, position) if all(is_latin(cell.text) for cell in headings) else ([], 0)


def _heading_at(cells: Sequence[Cell], position: int) -> tuple[Cell, int] | None:
    first = cells[position]
    if heading_role(first.text):
        return first, 1
    after = cells[position + 1 : position + 2]
    both = spaced(f"{first.text} {after[0].text}") if after else ""
    broken = after and not heading_role(after[0].text) and len(first.text.split()) == 1 and heading_role(both)
    return (Cell(both, first.where), 2) if broken else None


def english_rows(cells: list[Cell], columns: list[Column]) -> EnglishRows:
    """The rows of a table whose cells stand one below the other; what cannot be told is in ``lost``."""
    body, rest = _before_notes(cells)
    if len(columns) > _MOST_COLUMNS:
        return EnglishRows([], body, rest)
    for segments, left in (_begun(body, columns), _ended(body, columns)):
        told = EnglishRows([], list(left), rest)
        if len(segments) >= _LEAST and all(_place(segment, columns, told) for segment in segments):
            return told
    return EnglishRows([], body, rest)


def _before_notes(cells: list[Cell]) -> tuple[list[Cell], Cell | None]:
    for index, cell in enumerate(cells):
        below = cell.text.lower().startswith((*words.english.FURNITURE, *words.english.BELOW_TABLES))
        legend = cell.text.lower().strip(" :") in words.english.LEGENDS
        if below or legend or _FOOT.match(cell.text):
            return cells[:index], cell
    return cells, None


# --- Where rows begin and end -----------------------------------------------------------------------------------


def _begun(cells: list[Cell], columns: list[Column]) -> tuple[list[list[Cell]], list[Cell]]:
    """Segments that each begin with a mark of the first column."""
    begins = _enumerated(cells) if columns[0].role in LONG_ROLES else []
    if len(begins) < _LEAST:
        begins = [index for index, cell in enumerate(cells) if opens(cell.text, columns[0])]
    if not begins or begins[0] != 0:
        return [], []
    ends = [*begins[1:], len(cells)]
    return [cells[begin:end] for begin, end in zip(begins, ends, strict=True)], []


def _enumerated(cells: list[Cell]) -> list[int]:
    """Cells that begin with a), b), c) … or 1., 2., 3. …, without a gap; other lists inside cells begin again."""
    begins: list[int] = []
    for index, cell in enumerate(cells):
        match = _MARK.match(cell.text)
        if match and _value(match.group(1)) == len(begins) + 1:
            begins.append(index)
    return begins


def _value(mark: str) -> int:
    return int(mark) if mark.isdigit() else ord(mark) - ord("a") + 1


def _ended(cells: list[Cell], columns: list[Column]) -> tuple[list[list[Cell]], list[Cell]]:
    """Segments that each end with a unit, a post, a person or a light; cells behind the last of these are lost."""
    segments: list[list[Cell]] = []
    begin = 0
    for index, cell in enumerate(cells):
        following = cells[index + 1].text if index + 1 < len(cells) else ""
        if index > begin and closes(cell.text, columns[-1]) and not closes(following, columns[-1]):
            segments.append(cells[begin : index + 1])
            begin = index + 1
    return segments, cells[begin:]


# --- What stands where ------------------------------------------------------------------------------------------


def _place(segment: list[Cell], columns: list[Column], told: EnglishRows) -> bool:
    """Add the row of a segment, and the heading of a section that may stand behind it; false where cells do not fit."""
    placed = _row(segment, columns)
    if placed is None and len(segment) > _LEAST and len(segment[-1].text) <= _LONGEST_SECTION:
        placed = _row(segment[:-1], columns)
        section = [[segment[-1]]] if placed and placed[0][-1].text else None
    else:
        section = []
    if placed is None or section is None:
        return False
    told.rows += [placed[0], *section]
    told.lost += placed[1]
    return True


def _row(segment: list[Cell], columns: list[Column]) -> tuple[list[Cell], list[Cell]] | None:
    """The row on which all best ways agree, and the cells on which they do not."""
    ways = _best_ways(segment, columns) if 0 < len(segment) <= _MOST_CELLS else []
    row = [Cell("", segment[0].where) for _ in columns]
    lost: list[Cell] = []
    for index, cell in enumerate(segment if ways else ()):
        places = {way[index] for way in ways}
        place = places.pop()
        above = row[place]
        if places:
            lost.append(cell)
        else:
            row[place] = Cell(f"{above.text}\n{cell.text}", above.where) if above.text else cell
    titles = [index for index, one in enumerate(columns) if one.role in _TITLES and row[index].text]
    for index in titles:
        row[index] = Cell(_LEADS_ON.sub("", row[index].text), row[index].where)
    return (row, lost) if titles else None


def _best_ways(segment: list[Cell], columns: list[Column]) -> list[tuple[int, ...]]:
    """The columns for each cell, in order, of the greatest worth; several where they are of equal worth."""
    states: dict[int, tuple[float, list[tuple[int, ...]]]] = {-1: (0.0, [()])}
    for cell in segment:
        following: dict[int, tuple[float, list[tuple[int, ...]]]] = {}
        for place, (score, ways) in states.items():
            for target in range(max(place, 0), len(columns)):
                gained = _gain(cell, columns[target], target - place)
                if gained > MISFIT:
                    _keep(following, target, score + gained, [(*way, target) for way in ways])
        states = following
    final: dict[int, tuple[float, list[tuple[int, ...]]]] = {}
    for place, (score, ways) in states.items():
        _keep(final, 0, score - _SKIPPED * (len(columns) - 1 - place), ways)
    return final[0][1] if final else []


def _gain(cell: Cell, under: Column, step: int) -> float:
    """What it is worth to put a cell under a column that is ``step`` columns on from that of the cell before it."""
    value = worth(cell.text, under)
    if step:
        return value - _SKIPPED * (step - 1)
    if value <= MISFIT or under.role not in LONG_ROLES:
        return MISFIT
    return -_GOES_ON if under.role not in _NAMES else -_NEW_NAME


def _keep(
    states: dict[int, tuple[float, list[tuple[int, ...]]]],
    key: int,
    score: float,
    ways: list[tuple[int, ...]],
) -> None:
    known = states.get(key)
    if known is None or score > known[0]:
        states[key] = (score, ways[:_MOST_WAYS])
    elif score == known[0]:
        states[key] = (score, (known[1] + ways)[:_MOST_WAYS])
