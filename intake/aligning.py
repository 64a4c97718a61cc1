"""A row with fewer or more cells than columns: each cell under the column that it fits best."""

from __future__ import annotations

from intake.fitting import MISFIT, PERSON_ROLES, UNIT_ROLES, fit
from intake.headers import Column
from intake.numerals import leading_number
from intake.table import Cell
from intake.units import is_none

_LONG_ROLES = frozenset({"task", "project", "goal", "scale", "milestone", "progress", "problem", "other"})
_MOST_COLUMNS = 10  # above that, rows that are not complete are not worth the guess
_MOST_CELLS = 40


def aligned(segment: list[Cell], columns: list[Column]) -> tuple[list[Cell], list[Cell]] | None:
    """A row with fewer or more cells than columns: what all best ways of placing it agree on, the rest lost."""
    if len(columns) > _MOST_COLUMNS or not 2 <= len(segment) <= _MOST_CELLS:
        return None
    score, ways = _best(segment, columns)
    if score <= 0 or not ways:
        return None
    lead = next((index for index, one in enumerate(columns) if one.role == "lead"), None)
    ways = [way for way in ways if lead in way] or ways  # a task may lack helpers, not a lead
    row = [Cell("", segment[0].where) for _ in columns]
    lost: list[Cell] = []
    for index, cell in enumerate(segment):
        places = {way[index] for way in ways}
        if len(places) > 1:
            lost.append(cell)
            continue
        place = places.pop()
        text = f"{row[place].text}\n{cell.text}" if row[place].text else cell.text
        row[place] = Cell(text, row[place].where if row[place].text else cell.where)
    essential = [index for index, one in enumerate(columns) if one.role in ("task", "project")]
    return (row, lost) if any(row[index].text for index in essential) else None


def _best(segment: list[Cell], columns: list[Column]) -> tuple[float, list[tuple[int, ...]]]:
    """The highest score and all ways (a column for each cell, in order) that reach it; at most a few are kept."""
    states: dict[int, tuple[float, list[tuple[int, ...]]]] = {
        0: (fit(segment[0].text, columns[0].role), [(0,)])
    }
    for cell in segment[1:]:
        following: dict[int, tuple[float, list[tuple[int, ...]]]] = {}
        for place, (score, ways) in states.items():
            for target in range(place, len(columns)):
                gained = score + _placed(cell, columns, place, target)
                _keep(following, target, gained, [(*way, target) for way in ways])
        states = following
    final: dict[int, tuple[float, list[tuple[int, ...]]]] = {}
    for place, (score, ways) in states.items():
        _keep(final, 0, score - 2 * (len(columns) - 1 - place), ways)
    return final[0]


def _keep(
    states: dict[int, tuple[float, list[tuple[int, ...]]]],
    key: int,
    score: float,
    ways: list[tuple[int, ...]],
) -> None:
    known = states.get(key)
    if known is None or score > known[0]:
        states[key] = (score, ways[:8])
    elif score == known[0]:
        states[key] = (score, (known[1] + ways)[:8])


def _placed(cell: Cell, columns: list[Column], place: int, target: int) -> float:
    """What it is worth to put a cell under a column, after the cell before it went under ``place``."""
    worth = fit(cell.text, columns[target].role)
    if target > place:
        return worth - 2 * (target - place - 1)
    if columns[target].role not in _LONG_ROLES | UNIT_ROLES | PERSON_ROLES or is_none(cell.text):
        return 3 * MISFIT
    if columns[target].role in _LONG_ROLES:
        goes_on = leading_number(cell.text) is not None
        last = target == len(columns) - 1  # the long column of a progress table is its last
        name = columns[target].role == "project" and any(one.role in ("task", "goal") for one in columns)
        return worth - (3 if name else 0.5 if goes_on else 1 if last else 1.5)
    return min(worth, 0.5)
