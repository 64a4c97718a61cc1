"""Cells at the beginning of a table that are its headings, where each cell is a line or a paragraph."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from intake import words
from intake.halves import whole_headings
from intake.headers import bare, column, is_group
from intake.numerals import leading_number, running_number
from intake.reflow_en import english_headings
from intake.table import Cell

MOST_HEADINGS = 60
_LEAST_KNOWN = 3  # headings of a table that has no running numbers


def headings_of(cells: list[Cell]) -> tuple[list[Cell], int]:
    """The headings, and how many cells they take: English ones may be broken over two."""
    headings, size = english_headings(cells)
    if len(headings) >= 3 and size > header_size(cells):
        return headings, size
    size = header_size(cells)
    return merged_headings(whole_headings(cells[:size], cells[size:])), size


def merged_headings(cells: list[Cell]) -> list[Cell]:
    """The headings without those over groups; 任务 below 区本级 belongs to it."""
    kept: list[Cell] = []
    beside: list[Cell] = []  # in the upper storey to the right of the group, so behind its units: 备注
    grouped = False
    for cell in cells:
        if kept and bare(cell.text) in words.headings.QUOTA_TAILS and column(kept[-1].text) is None:
            kept[-1] = Cell(f"{kept[-1].text}{cell.text}", kept[-1].where)
        elif is_group(cell.text):
            grouped = True
        elif grouped and column(cell.text) and column(kept[-1].text):
            beside.append(cell)
        else:
            kept.append(cell)
    return kept + beside


def header_size(cells: Sequence[Cell]) -> int:
    """How many cells belong to the headings: up to the first running number, or the known headings in a row."""
    counted = _before_figures(cells)
    if counted:
        return counted
    for size, cell in enumerate(cells[:MOST_HEADINGS]):
        if size >= 2 and (running_number(cell.text) or leading_number(cell.text)):
            return size
        if len(bare(cell.text)) > 16:
            break
    return sum(1 for _ in itertools.takewhile(lambda cell: column(cell.text), cells))


def _before_figures(cells: Sequence[Cell]) -> int:
    """Where no column holds running numbers: the first figure stands below the first heading of figures; else 0."""
    first = next((at for at, cell in enumerate(cells[:MOST_HEADINGS]) if running_number(cell.text)), 0)
    roles = [one.role if (one := column(cell.text)) else "" for cell in cells[:first]]
    figures = next((at for at, role in enumerate(roles) if role in ("quantity", "total")), 0)
    size = first - figures
    whole = figures > 0 and size >= _LEAST_KNOWN and size > figures and "" not in roles[:size]
    return size if whole and "no" not in roles else 0
