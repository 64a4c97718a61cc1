"""The XML of one sheet as raw cells: one pass that stops at the first cell outside the limits.

Written over a plain XML parser because a general reader lays out every row up to the last cell: a sheet with
one cell in its furthest corner then costs minutes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import IO, NamedTuple
from xml.parsers import expat

_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})")


_YES = ("1", "true")


class RawCell(NamedTuple):
    """A filled cell as stored: ``kind`` is its ``t`` (n, s, str, inlineStr, b, e, d), ``style`` its ``s``."""

    row: int
    column: int
    kind: str
    style: int
    text: str


@dataclass(slots=True)
class SheetScan:
    """What a sheet holds; ``merges`` are (first row, first column, last row, last column), from 1."""

    cells: list[RawCell] = field(default_factory=list)
    last_row: int = 0
    last_column: int = 0
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    uncomputed: list[tuple[int, int]] = field(default_factory=list)  # formulas without a stored value
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)  # first and last, from 1


class SheetTooLargeError(Exception):
    """A filled cell lies outside the limits; ``cell`` is its reference."""

    def __init__(self, cell: str) -> None:
        super().__init__(cell)
        self.cell = cell


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a sheet may reach: rows, columns, and rows × columns."""

    rows: int
    columns: int
    cells: int


def scan_sheet(file: IO[bytes], reach: Reach) -> SheetScan:
    """Return the filled cells of a worksheet part in their order.

    Raises ``SheetTooLargeError`` at the first filled cell beyond ``reach``, and ``ValueError`` or
    ``expat.ExpatError`` where the part is no worksheet.
    """
    scanner = _Scanner(reach)
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
    def __init__(self, reach: Reach) -> None:
        self.scan = SheetScan()
        self._reach = reach
        self._row = self._column = self._style = 0
        self._kind = ""
        self._texts: list[str] = []
        self._has_formula = self._in_value = self._in_phonetic = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2] if ":" in tag else tag
        if name == "c":
            self._start_cell(attributes)
        elif name == "v" or name == "t":
            self._in_value = not self._in_phonetic
        elif name == "row":
            self._row = int(attributes["r"]) if "r" in attributes else self._row + 1
            self._column = 0
            if attributes.get("hidden") in _YES and self._row <= self._reach.rows:
                self.scan.hidden_rows.add(self._row)
        elif name == "col":
            self._add_hidden_column(attributes)
        elif name == "f":
            self._has_formula = True
        elif name == "rPh":
            self._in_phonetic = True  # the reading of a word, not part of the text
        elif name == "mergeCell":
            self._add_merge(attributes.get("ref", ""))

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2] if ":" in tag else tag
        if name == "c":
            self._end_cell()
        elif name == "v" or name == "t":
            self._in_value = False
        elif name == "rPh":
            self._in_phonetic = False

    def text(self, data: str) -> None:
        if self._in_value:
            self._texts.append(data)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        if reference is None:
            self._column += 1
        else:
            self._row, self._column = position_of(reference)
        self._kind = attributes.get("t", "n")
        self._style = int(attributes.get("s", "0"))
        self._texts = []
        self._has_formula = False

    def _end_cell(self) -> None:
        text = "".join(self._texts)
        if not text and not self._has_formula:
            return
        self._reach_out()
        if text:
            self.scan.cells.append(RawCell(self._row, self._column, self._kind, self._style, text))
        elif self._kind != "str":  # stored as str with nothing inside, the formula's value is the empty text
            self.scan.uncomputed.append((self._row, self._column))

    def _reach_out(self) -> None:
        scan, reach = self.scan, self._reach
        if self._row > scan.last_row:
            scan.last_row = self._row
        if self._column > scan.last_column:
            scan.last_column = self._column
        area = scan.last_row * scan.last_column
        if scan.last_row > reach.rows or scan.last_column > reach.columns or area > reach.cells:
            raise SheetTooLargeError(f"{letters_of(self._column)}{self._row}")

    def _add_hidden_column(self, attributes: dict[str, str]) -> None:
        if attributes.get("hidden") in _YES:
            first = int(attributes.get("min", "1"))
            self.scan.hidden_columns.append((first, int(attributes.get("max", first))))

    def _add_merge(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        top, left = position_of(first)
        bottom, right = position_of(last or first)
        self.scan.merges.append((top, left, bottom, right))
