"""Cells that stand too far to the left, and shares whose empty cells were dropped: where they are put, and where not."""

from __future__ import annotations

import pytest

from intake.headers import Column
from intake.refitting import refitted
from intake.sums import placed_by_sums
from intake.table import Cell, Place

BOTH = ("no", "task", "lead", "cooperating", "deadline")
MERGED = ("no", "project", "task", "lead", "deadline")


def columns(roles: tuple[str, ...]) -> list[Column]:
    return [Column(role, role) for role in roles]


def cells(*texts: str) -> list[Cell]:
    return [Cell(text, Place(line=number)) for number, text in enumerate(texts, start=1)]


def told(row: list[Cell]) -> list[str]:
    return [f"{cell.text}?" if cell.unsure else cell.text for cell in row]


@pytest.mark.parametrize(
    ("roles", "row", "above", "wanted"),
    [
        # a whole row stays, and so does one that merely ends early
        (BOTH, ("1", "新建泵站4座", "县水利局", "县财政局", "9月底"), (), None),
        (BOTH, ("1", "新建泵站4座", "县水利局"), (), None),
        # one unit for two columns leads, unsure
        (BOTH, ("1", "新建泵站4座", "县水利局", "9月底"), (), ["1", "新建泵站4座", "县水利局?", "", "9月底"]),
        # the title merged downwards was dropped
        (
            MERGED,
            ("2", "维修校舍11所", "县教育局", "9月底"),
            ("1", "校舍", "新建校舍2所", "县教育局", "8月底"),
            ["2", "", "维修校舍11所", "县教育局", "9月底"],
        ),
        # a date under the heading of units moves, under its own it stays
        (
            ("no", "task", "lead", "deadline"),
            ("1", "新建泵站4座", "9月底"),
            (),
            ["1", "新建泵站4座", "", "9月底"],
        ),
        # nothing in the row
        (BOTH, ("", "", "", "", ""), (), None),
    ],
)
def test_each_cell_goes_under_the_heading_that_it_fits(
    roles: tuple[str, ...], row: tuple[str, ...], above: tuple[str, ...], wanted: list[str] | None
) -> None:
    placed = refitted(cells(*row), columns(roles), cells(*above))
    assert (told(placed[0]) if placed else None) == wanted


SHARES = ("no", "task", "quota", "quota", "quota")


@pytest.mark.parametrize(
    ("rows", "totals", "wanted"),
    [
        # the sums allow one way
        ([("1", "泵站", "2", "3", "4"), ("2", "校舍", "5", "6")], ("7", "3", "10"), {1: ["5", "", "6"]}),
        # the sums allow two ways: 5 may be the first share of either row
        ([("1", "泵站", "5"), ("2", "校舍", "5")], ("5", "5", "0"), {0: ["", "", ""], 1: ["", "", ""]}),
        # the sums allow none
        ([("1", "泵站", "2", "3", "4"), ("2", "校舍", "5", "6")], ("9", "9", "9"), {1: ["", "", ""]}),
        # no sums at all
        ([("1", "泵站", "2", "3", "4"), ("2", "校舍", "5", "6")], (), {1: ["", "", ""]}),
        # no row is short
        ([("1", "泵站", "2", "3", "4")], ("2", "3", "4"), {}),
    ],
)
def test_shares_are_put_back_only_where_the_sums_allow_one_way(
    rows: list[tuple[str, ...]], totals: tuple[str, ...], wanted: dict[int, list[str]]
) -> None:
    placed = placed_by_sums([cells(*row) for row in rows], columns(SHARES), cells(*totals))
    assert {index: told(row)[2:] for index, (row, _) in placed.items()} == wanted
