"""Rows that a lone bar opens, each cell closed by a bar at its end: what a web page's table leaves when pasted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from intake.furniture import is_furniture
from intake.reflow import Line
from intake.table import Cell, Place, Table

_BARS = str.maketrans(dict.fromkeys("｜│┃┆┇║￨", "|"))
_SAMPLE = 60  # lines in which a second row must open
_MOST_LINES = 8  # lines that a cell may take before its bar comes
_LEAST_CELLS = 3  # a row with fewer is a title


def barred(text: str) -> str:
    """The line with one kind of bar and nothing around it."""
    return text.translate(_BARS).strip()


def opens_rows(lines: Sequence[Line], index: int) -> bool:
    """True where a line is a lone bar, a cell closed by a bar follows, and so further rows."""
    if barred(lines[index].text) != "|":
        return False
    texts = [barred(line.text) for line in lines[index : index + _SAMPLE]]
    return _opens(texts, 0) and sum(_opens(texts, place) for place in range(len(texts))) > 1


def _opens(texts: Sequence[str], index: int) -> bool:
    """A lone bar whose next bar closes a text on the same line; after a bar that closes a cell, text lines come first."""
    if texts[index] != "|":
        return False
    following = next((text for text in texts[index + 1 : index + 1 + _MOST_LINES] if "|" in text), "")
    return following.endswith("|") and following.strip("|") != ""


@dataclass(slots=True)
class _Rows:
    """The rows so far, and the lines of a cell that no bar has closed yet."""

    rows: list[list[Cell]] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    begun: int = 0

    def hold(self, text: str, number: int) -> None:
        self.begun = self.begun if self.pending else number
        self.pending += [text] if text else []

    def close(self) -> None:
        self.rows[-1].append(Cell("\n".join(self.pending), Place(line=self.begun)))
        self.pending = []

    def add(self, text: str, number: int) -> None:
        """Take a line that holds bars."""
        if text == "|" and not self.pending:
            self.rows.append([])
            return
        *closed, rest = text.split("|")
        for piece in closed:
            self.hold(piece.strip(), number)
            self.close()
        self.hold(rest.strip(), number)

    def is_cut(self) -> bool:
        """True where the page ends inside a cell: the last row is shorter than any other."""
        others = [len(row) for row in self.rows[:-1] if len(row) >= _LEAST_CELLS]
        return bool(self.pending and others) and len(self.rows[-1]) < min(others)


def rows_opened_by_bars(lines: Sequence[Line], index: int) -> tuple[Table, int]:
    """The rows from a line on and the first line after them; a cell that the end cuts off is its row's last."""
    told = _Rows()
    end = index
    for position, line in enumerate(islice(lines, index, None), start=index):
        text = barred(line.text)
        if "|" in text:
            told.add(text, line.number)
            end = position + 1
        elif len(told.pending) >= _MOST_LINES or is_furniture(text):
            break
        else:
            told.hold(text, line.number)
    else:
        if told.is_cut():
            told.close()
            end = len(lines)
    return Table(tuple(tuple(row) for row in told.rows if row)), end
