"""Shares whose empty cells were dropped: put back where the sums of the columns allow only one way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from intake import words
from intake.fitting import MISFIT, fit
from intake.headers import Column, bare
from intake.quotas import read_shares
from intake.table import Cell

_MOST_WAYS = 20_000


@dataclass(frozen=True, slots=True)
class Shares:
    """The columns of shares of a table: they stand together, others before and behind them."""

    begin: int
    end: int

    @classmethod
    def of(cls, columns: Sequence[Column]) -> Shares | None:
        """The columns of shares; ``None`` where there are none or others stand between them."""
        places = [index for index, one in enumerate(columns) if one.role == "quota"]
        if len(places) < 2 or places[-1] - places[0] != len(places) - 1:
            return None
        return cls(places[0], places[-1] + 1)


def totals_in(segments: list[list[Cell]], columns: Sequence[Column]) -> list[Cell]:
    """Take the row of totals off the last segment and give it back: 合计, then a figure for each column of figures."""
    last = segments[-1] if segments else []
    for index, cell in enumerate(last):
        if index and bare(cell.text) in words.headings.TOTALS:
            figures = last[index + 1 :]
            segments[-1] = last[:index]
            return figures[: len(columns)]
    return []


def placed_by_sums(
    segments: Sequence[list[Cell]], columns: Sequence[Column], totals: Sequence[Cell]
) -> dict[int, tuple[list[Cell], list[Cell]]]:
    """Each short segment's row, by its index: its shares under their columns, or lost where the sums do not tell."""
    block = Shares.of(columns)
    if block is None:
        return {}
    short = {
        index: kept
        for index, segment in enumerate(segments)
        if len(segment) < len(columns) and (kept := _parted(segment, columns, block))
    }
    whole = [one for one in segments if len(one) == len(columns)]
    ways = _ways(list(short.values()), whole, block, _sums(totals, block)) if short and totals else []
    answer: dict[int, tuple[list[Cell], list[Cell]]] = {}
    for position, (index, (front, shares, back)) in enumerate(short.items()):
        blank = [Cell("", front[0].where) for _ in range(block.end - block.begin)]
        if len(ways) == 1:
            for place, cell in zip(ways[0][position], shares, strict=True):
                blank[place] = cell
        answer[index] = ([*front, *blank, *back], [] if len(ways) == 1 else shares)
    return answer


def _parted(
    segment: list[Cell], columns: Sequence[Column], block: Shares
) -> tuple[list[Cell], list[Cell], list[Cell]] | None:
    """The cells before the shares, the shares (some, but not all) and the cells behind; ``None`` if any misfits."""
    behind = len(columns) - block.end
    front, shares = segment[: block.begin], segment[block.begin : len(segment) - behind]
    back = segment[len(segment) - behind :] if behind else []
    outer = [*columns[: block.begin], *columns[block.end :]]
    if len(front) < block.begin or not shares or any(read_shares(cell.text) is None for cell in shares):
        return None
    if any(fit(cell.text, one.role) <= MISFIT for cell, one in zip([*front, *back], outer, strict=False)):
        return None
    return front, shares, back


def _sums(totals: Sequence[Cell], block: Shares) -> list[Decimal]:
    """What the columns of shares add up to; the figures before them are the total of totals."""
    return [_value(cell) for cell in totals][-(block.end - block.begin) :]


def _value(cell: Cell) -> Decimal:
    shares = read_shares(cell.text) or []
    return sum((number for number, _ in shares), Decimal(0))


def _ways(
    short: Sequence[tuple[list[Cell], list[Cell], list[Cell]]],
    whole: Sequence[list[Cell]],
    block: Shares,
    sums: Sequence[Decimal],
) -> list[tuple[tuple[int, ...], ...]]:
    """All ways to place the shares of the short rows that give the sums; none where there are too many to try."""
    width = block.end - block.begin
    if len(sums) != width:
        return []
    open_sums = [
        wanted - sum((_value(row[block.begin + index]) for row in whole), Decimal(0))
        for index, wanted in enumerate(sums)
    ]
    states: list[tuple[list[Decimal], tuple[tuple[int, ...], ...]]] = [(open_sums, ())]
    for _, shares, _ in short:
        states = [
            (left, (*way, places))
            for rest, way in states
            for places in combinations(range(width), len(shares))
            if min(left := _less(rest, places, shares)) >= 0
        ]
        if len(states) > _MOST_WAYS:
            return []
    return [way for left, way in states if not any(left)]


def _less(rest: Sequence[Decimal], places: Iterable[int], shares: Sequence[Cell]) -> list[Decimal]:
    left = list(rest)
    for place, cell in zip(places, shares, strict=True):
        left[place] -= _value(cell)
    return left
