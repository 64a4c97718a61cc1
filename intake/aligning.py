"""A row with fewer or more cells than columns: each cell under the column that it fits best."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from intake.fitting import MISFIT, PERSON_ROLES, UNIT_ROLES, fit, leading
from intake.headers import Column
from intake.numerals import leading_number
from intake.table import Cell
from intake.units import is_collective, is_none, split_units

_LONG_ROLES = frozenset({"task", "project", "goal", "scale", "milestone", "progress", "problem", "other"})
_MOST_COLUMNS = 12  # above that, rows that are not complete are not worth the guess
_MOST_CELLS = 40
_MOST_WAYS = 8
_SEEN = 0.5  # what it is worth that a unit stands under the same heading elsewhere, and under no other

_Spot = tuple[int, int]  # row under this number, column


@dataclass(slots=True)
class Seen:
    """Which units the complete rows of a table name under which heading."""

    roles: dict[str, set[str]] = field(default_factory=dict)

    def learn(self, row: Iterable[Cell], columns: list[Column]) -> None:
        """Take note of a complete row."""
        for cell, one in zip(row, columns, strict=False):
            if one.role in UNIT_ROLES:
                for name in split_units(cell.text):
                    self.roles.setdefault(name, set()).add(one.role)

    def speaks_for(self, text: str, role: str) -> float:
        """What the other rows say about these units under this heading; 各街道 helps rather than leads."""
        if role not in UNIT_ROLES:
            return 0
        names = split_units(text)
        known = [self.roles.get(name, set()) or _usual(name) for name in names]
        return _SEEN if names and all(one == {role} for one in known) else 0


def _usual(name: str) -> set[str]:
    return {"cooperating"} if is_collective(name) else set()


def aligned(
    segment: list[Cell], columns: list[Column], seen: Seen
) -> tuple[list[list[Cell]], list[Cell]] | None:
    """The rows under one number with fewer or more cells than columns: what all best ways agree on, the rest lost.

    A text that cannot stand where it comes begins a further row, without a number of its own.
    """
    if len(columns) > _MOST_COLUMNS or not 2 <= len(segment) <= _MOST_CELLS:
        return None
    score, ways = _best(segment, columns, seen)
    least = 2 * min(0, len(segment) - len(columns))  # every empty column has cost 2
    if score <= least or not ways:
        return None
    rows = [[Cell("", segment[0].where) for _ in columns] for _ in range(1 + max(way[-1][0] for way in ways))]
    lost: list[Cell] = []
    for index, cell in enumerate(segment):
        spots = {way[index] for way in ways}
        lead = _leading(
            spots, [way[other] for way in ways for other in range(len(segment)) if other != index], columns
        )
        if len(spots) > 1 and lead is None:
            lost.append(cell)
            continue
        row, place = lead or spots.pop()
        above = rows[row][place]
        joined = Cell(f"{above.text}\n{cell.text}", above.where) if above.text else cell
        rows[row][place] = replace(joined, unsure=lead is not None)
    essential = [index for index, one in enumerate(columns) if one.role in ("task", "project")]
    told = all(any(row[index].text for index in essential) for row in rows)
    return (rows, lost) if told else None


def _leading(spots: set[_Spot], others: Iterable[_Spot], columns: list[Column]) -> _Spot | None:
    """The lead's column for the only units of a row that could lead or help."""
    role = leading(columns[place].role for _, place in spots) if len(spots) > 1 else None
    rows = {row for row, _ in spots}
    alone = not any(row in rows and columns[place].role in UNIT_ROLES for row, place in others)
    if role is None or len(rows) > 1 or not alone:
        return None
    return next(spot for spot in sorted(spots) if columns[spot[1]].role == role)


_State = tuple[float, list[tuple[_Spot, ...]]]


def _best(segment: list[Cell], columns: list[Column], seen: Seen) -> _State:
    """The highest score and all ways (a spot for each cell, in order) that reach it; at most a few are kept."""
    states: dict[_Spot, _State] = {(0, 0): (fit(segment[0].text, columns[0].role), [((0, 0),)])}
    for cell in segment[1:]:
        following: dict[_Spot, _State] = {}
        for (row, place), (score, ways) in states.items():
            for target in range(place, len(columns)):
                gained = score + _placed(cell, columns, place, target, seen)
                _keep(following, (row, target), gained, [(*way, (row, target)) for way in ways])
            below = _task(columns)
            if below is not None and place > below:
                gained = score + fit(cell.text, columns[below].role) - _ended(columns, place) - 1
                _keep(following, (row + 1, below), gained, [(*way, (row + 1, below)) for way in ways])
        states = following
    final: dict[_Spot, _State] = {}
    for (_, place), (score, ways) in states.items():
        _keep(final, (0, 0), score - _ended(columns, place), ways)
    return final[0, 0]


def _task(columns: list[Column]) -> int | None:
    return next(
        (
            index
            for role in ("task", "project")
            for index, one in enumerate(columns)
            if one.role == role and index
        ),
        None,
    )


def _ended(columns: list[Column], place: int) -> float:
    """What it costs that a row ends before its last column."""
    return 2 * (len(columns) - 1 - place)


def _keep(states: dict[_Spot, _State], key: _Spot, score: float, ways: list[tuple[_Spot, ...]]) -> None:
    known = states.get(key)
    if known is None or score > known[0]:
        states[key] = (score, ways[:_MOST_WAYS])
    elif score == known[0]:
        states[key] = (score, (known[1] + ways)[:_MOST_WAYS])


def _placed(cell: Cell, columns: list[Column], place: int, target: int, seen: Seen) -> float:
    """What it is worth to put a cell under a column, after the cell before it went under ``place``."""
    role = columns[target].role
    worth = fit(cell.text, role)
    heard = seen.speaks_for(cell.text, role)
    if target > place:
        return worth + heard - 2 * (target - place - 1)
    if role not in _LONG_ROLES | UNIT_ROLES | PERSON_ROLES or is_none(cell.text):
        return 3 * MISFIT
    if role in _LONG_ROLES:
        goes_on = leading_number(cell.text) is not None
        last = target == len(columns) - 1  # the long column of a progress table is its last
        name = role == "project" and any(one.role in ("task", "goal") for one in columns)
        return worth - (3 if name else 0.5 if goes_on else 1 if last else 1.5)
    return min(worth, 0.5) + heard
