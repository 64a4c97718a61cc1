"""Rows that do not stand under their headings: spans that were dropped, and headings over two columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations
from math import comb

from intake.fitting import MISFIT, UNIT_ROLES, fit, leading
from intake.headers import Column
from intake.table import Cell

_MOST_WAYS = 3000  # of placing the cells of a row; beyond that the row stays as it is
_MARGIN = 0.5  # two ways that are nearer than this are equally good
_COVERED = 0.1  # what an empty cell under a filled one costs: a span may have covered it
_EMPTY = 1.0
_LONG = frozenset({"task", "project", "goal", "progress", "milestone", "problem", "scale"})
_LONGEST_SECTION = 12


def refitted(
    row: Sequence[Cell], columns: Sequence[Column], above: Sequence[Cell]
) -> tuple[list[Cell], list[Cell]] | None:
    """The row with each cell under the column it fits, and cells that two columns of units claim alike.

    For rows of a text whose spans were dropped, so that the cells stand too far to the left. ``None`` for a row that
    is better left as it stands.
    """
    cells = [cell for cell in row if cell.text.strip()]
    width = len(columns)
    shifted = len(row) < width or not row[-1].text.strip()
    if not cells or len(cells) >= width or not shifted or comb(width, len(cells)) > _MOST_WAYS:
        return None
    standing = [index for index, cell in enumerate(row) if cell.text.strip()]
    ways = sorted(_ways(cells, columns, above), reverse=True)
    if not ways:
        return None
    best, places = ways[0]
    if _worth(cells, standing, columns, above) > best - 2 * _MARGIN:
        return None
    rivals = [way for score, way in ways if score > best - _MARGIN]
    return _placed(cells, places, rivals, columns)


def _ways(
    cells: Sequence[Cell], columns: Sequence[Column], above: Sequence[Cell]
) -> Iterable[tuple[float, tuple[int, ...]]]:
    for places in combinations(range(len(columns)), len(cells)):
        worth = _worth(cells, places, columns, above)
        if worth > MISFIT:
            yield worth, places


def _worth(
    cells: Sequence[Cell], places: Sequence[int], columns: Sequence[Column], above: Sequence[Cell]
) -> float:
    """How well the cells fit at these places, less what the empty columns cost; ``MISFIT`` when one does not fit."""
    if any(place >= len(columns) for place in places):
        return MISFIT
    each = [_fit(cell.text, columns[place].role) for cell, place in zip(cells, places, strict=True)]
    if min(each) <= MISFIT:
        return MISFIT
    numbered = any(columns[place].role == "no" for place in places)
    empty = [index for index in range(len(columns)) if index not in places]
    return sum(each) - sum(_cost(index, columns[index].role, numbered, above) for index in empty)


def _cost(index: int, role: str, numbered: bool, above: Sequence[Cell]) -> float:
    """Spans cover what stands left rather than right; what is merely empty stands right rather than left.

    The task of a numbered row is never covered.
    """
    own = numbered and role in ("task", "project")
    covered = not own and index < len(above) and (above[index].text.strip() or above[index].merged)
    return _COVERED + index / 1000 if covered else _EMPTY - index / 1000


def _fit(text: str, role: str) -> float:
    if role == "section":
        return -2 if re.search(r"\d", text) or len(text) > _LONGEST_SECTION else 1.5
    if role in _LONG:
        return fit(text, role) + (0.25 if role == "task" and re.search(r"\d", text) else 0)
    return fit(text, role)


def _placed(
    cells: Sequence[Cell], places: Sequence[int], rivals: Sequence[Sequence[int]], columns: Sequence[Column]
) -> tuple[list[Cell], list[Cell]]:
    numbered = any(one.role == "no" for one in columns)
    first = 0 if numbered else min(places)  # before it a heading merged downwards goes on
    row = [
        Cell("", cells[0].where, merged=index < first and one.role in ("project", "section"))
        for index, one in enumerate(columns)
    ]
    lost: list[Cell] = []
    for index, cell in enumerate(cells):
        roles = {columns[way[index]].role for way in rivals}
        if len(roles) > 1 and roles & UNIT_ROLES:
            lead = leading(roles) if _only_units(index, rivals, columns) else None
            if lead is None:
                lost.append(cell)
            else:
                row[next(way[index] for way in rivals if columns[way[index]].role == lead)] = replace(
                    cell, unsure=True
                )
        else:
            row[places[index]] = cell
    return row, lost


def _only_units(index: int, rivals: Sequence[Sequence[int]], columns: Sequence[Column]) -> bool:
    """True where no other cell of the row stands in a column of units."""
    return not any(
        columns[place].role in UNIT_ROLES
        for way in rivals
        for other, place in enumerate(way)
        if other != index
    )


def widened(columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> list[Column] | None:
    """The columns where one heading stands over two columns of cells; ``None`` unless exactly one heading can."""
    width = len(columns) + 1
    longer = [row for row in rows if len(row) == width and row[-1].text.strip()]
    if len(longer) < 2 or 2 * len(longer) <= len(rows):
        return None
    found: list[tuple[float, list[Column]]] = []
    for index, one in enumerate(columns):
        if one.role not in ("project", "task", "section", "other", "unknown"):
            continue
        wide = [*columns[:index], *_two_of(one), *columns[index + 1 :]]
        scores = [_worth(row, range(width), wide, ()) for row in longer]
        if min(scores) > MISFIT:
            found.append((sum(scores), wide))
    found.sort(key=lambda one: one[0], reverse=True)
    if not found or (len(found) > 1 and found[0][0] - found[1][0] < _MARGIN * len(longer)):
        return None
    return found[0][1]


def _two_of(one: Column) -> list[Column]:
    if one.role in ("project", "task"):
        return [Column("project", one.heading), Column("task", one.heading)]
    return [one, Column("other", one.heading)]
