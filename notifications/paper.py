"""A paper: title, tables and notes as finished strings, ready to be written as .xlsx, .docx or a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell; ``tone`` colours it (red, yellow, green, grey), words and symbol say the same."""

    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its name (short, for the sheet), its heading, and each column's head, width and side.

    Widths are in characters of Chinese, ``sides`` one letter a column: l, c or r.
    """

    name: str
    heading: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[int, ...]
    sides: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """What is written: nothing in it depends on when that is done. ``is_wide`` lies across the sheet."""

    title: str
    subtitle: str
    grids: tuple[Grid, ...]
    notes: tuple[str, ...] = ()
    is_wide: bool = False
    locale: str = "zh-CN"


Writer = Callable[[Paper], bytes]
