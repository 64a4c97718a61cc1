"""A first pass over the XML of one sheet: how far it reaches, what is merged, which formulas have no value.

It keeps nothing of the cells, so a sheet that claims a million rows costs only the time to read its bytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})")


@dataclass(slots=True)
class SheetScan:
    """What a sheet holds; ``merges`` are (first row, first column, last row, last column), from 1."""

    last_row: int = 0
    last_column: int = 0
    outermost: str = ""  # the filled cell furthest down or right, for the reader's sentence
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    uncomputed: list[str] = field(default_factory=list)  # formula cells without a stored value


def scan_sheet(file: IO[bytes]) -> SheetScan:
    """Return the scan of a worksheet part; raises ``ValueError`` or ``expat.ExpatError`` where it is none."""
    scanner = _Scanner()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = scanner.start
    parser.EndElementHandler = scanner.end
    parser.CharacterDataHandler = scanner.text
    parser.ParseFile(file)
    return scanner.scan


def position_of(reference: str) -> tuple[int, int]:
    """Return (row, column) of ``C4``, from 1; raises ``ValueError`` for anything else."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise ValueError(f"not a cell: {reference[:20]!r}")
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column


def letters_of(column: int) -> str:
    """Return the letters of a column counted from 1: 1 → A, 27 → AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


class _Scanner:
    def __init__(self) -> None:
        self.scan = SheetScan()
        self._row = self._column = 0
        self._kind = ""
        self._has_formula = self._has_value = self._in_value = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "c":
            self._start_cell(attributes)
        elif name == "row":
            self._row = int(attributes["r"]) if "r" in attributes else self._row + 1
            self._column = 0
        elif name in ("v", "t"):
            self._in_value = True
        elif name == "f":
            self._has_formula = True
        elif name == "mergeCell":
            self._add_merge(attributes.get("ref", ""))

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name == "c":
            self._end_cell()
        elif name in ("v", "t"):
            self._in_value = False

    def text(self, data: str) -> None:
        if self._in_value and data:
            self._has_value = True

    def _start_cell(self, attributes: dict[str, str]) -> None:
        if "r" in attributes:
            self._row, self._column = position_of(attributes["r"])
        else:
            self._column += 1
        self._kind = attributes.get("t", "n")
        self._has_formula = self._has_value = False

    def _end_cell(self) -> None:
        # A formula whose result is the empty text is stored as t="str" with nothing inside: that is a value.
        if self._has_formula and not self._has_value and self._kind != "str":
            self.scan.uncomputed.append(f"{letters_of(self._column)}{self._row}")
        if not (self._has_value or self._has_formula):
            return
        if self._row > self.scan.last_row or self._column > self.scan.last_column:
            self.scan.outermost = f"{letters_of(self._column)}{self._row}"
        self.scan.last_row = max(self.scan.last_row, self._row)
        self.scan.last_column = max(self.scan.last_column, self._column)

    def _add_merge(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        top, left = position_of(first)
        bottom, right = position_of(last or first)
        self.scan.merges.append((top, left, bottom, right))
