"""Where the rows of a stream of cells begin: by their running numbers."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict

from intake.numerals import leading_number, ordinal, running_number
from intake.table import Cell

_FIGURE = re.compile(r"\d[\d,.]*")


def starts(cells: list[Cell], width: int, alone: bool) -> list[int]:
    """Where each numbered row begins: numbers follow one another, best at the distance of a row.

    ``alone`` says that a number is a cell of its own; else it opens the text of the first column.
    """
    places: dict[tuple[bool, int], list[int]] = defaultdict(list)
    below = [*(cell.text for cell in cells[1:]), "0"][: len(cells)]
    keys = [
        None if alone and _FIGURE.fullmatch(after) else _ordinal(cell, alone)
        for cell, after in zip(cells, below, strict=True)
    ]  # a share among shares is no number of a row
    for index, key in enumerate(keys):
        if key is not None:
            places[key].append(index)
    first = next((index for index, key in enumerate(keys) if key is not None), None) if alone else 0
    if first is None or not cells:
        return []
    begins = [first]
    while (following := _next_start(keys, places, begins[-1], width)) is not None:
        begins.append(following)
    return begins


_Key = tuple[bool, int]  # whether a number is Arabic, and what it counts


def _next_start(keys: list[_Key | None], places: dict[_Key, list[int]], start: int, width: int) -> int | None:
    """The next number of the same style; one left out, or a new count from 1, only where a row would end."""
    key = keys[start]
    if key is None:
        return None
    arabic, number = key
    following = places.get((arabic, number + 1), [])
    begin = bisect_left(following, start + 2)
    exact = start + max(width, 1)  # a number never begins two rows
    at_exact = keys[exact] if exact < len(keys) else None
    if begin == len(following) or (exact >= start + 2 and at_exact == (arabic, number + 1)):
        same = at_exact is not None and at_exact[0] == arabic
        return exact if same and at_exact and (at_exact[1] > number or at_exact[1] == 1) else None
    return following[begin]


def _ordinal(cell: Cell, alone: bool) -> _Key | None:
    """Whether a running number is written in Arabic digits, and what it counts."""
    number = running_number(cell.text) if alone else (leading_number(cell.text) or (None,))[0]
    value = ordinal(number) if number and "." not in number else None
    return (number[:1].isdigit(), value) if number and value is not None else None
