"""A sheet of the import workbook as rows that are asked by column; what cannot be read becomes a finding."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from intake.draft import Finding
from intake.table import Cell, Place, Table
from intake.workbook_cells import is_none_mark, read_date, read_quantity
from intake.workbook_layout import Column

MAX_FINDINGS = 1000
_HEADER_ROWS = 10  # the header stands within the first rows; a title line may precede it
_NOWHERE = Cell("", Place())


@dataclass(slots=True)
class Findings:
    """What a person should look at, in the order in which it was met."""

    found: list[Finding] = field(default_factory=list)

    def add(self, severity: str, code: str, where: Place, quote: str, message: str) -> None:
        """Keep one finding; beyond ``MAX_FINDINGS`` only that there are more."""
        if len(self.found) < MAX_FINDINGS:
            self.found.append(Finding(severity, code, where, quote, message))
        elif len(self.found) == MAX_FINDINGS:
            todo = f"问题太多，只列出前 {MAX_FINDINGS} 处。请先改正这些，再重新导入。"
            self.found.append(Finding("error", "TOO_MANY_FINDINGS", where, "", todo))


@dataclass(frozen=True, slots=True)
class Row:
    """One row below the header."""

    cells: tuple[Cell, ...]
    places: Mapping[str, int]

    def cell(self, key: str) -> Cell:
        """Return the cell of a column; an empty one where the sheet lacks the column."""
        index = self.places.get(key)
        return self.cells[index] if index is not None and index < len(self.cells) else _NOWHERE

    def text(self, key: str) -> str:
        """Return the text of a column, without blanks around it."""
        return self.cell(key).text.strip()

    def any_of(self, keys: Iterable[str]) -> bool:
        """Return whether one of these columns is filled."""
        return any(self.text(key) for key in keys)

    @property
    def where(self) -> Place:
        """The first filled cell of the row."""
        return next((cell.where for cell in self.cells if cell.text.strip()), self.cells[0].where)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows of one sheet, and the columns that the layout does not know (index → header cell)."""

    rows: tuple[Row, ...]
    others: Mapping[int, Cell]
    keys: frozenset[str]
    header: Place


def read_sheet(table: Table, columns: Sequence[Column]) -> Sheet | None:
    """Return the sheet whose header is within its first rows; ``None`` where there is no header."""
    best = max(
        enumerate(table.rows[:_HEADER_ROWS]), key=lambda row: len(_places(row[1], columns)), default=None
    )
    if best is None or len(_places(best[1], columns)) < min(2, len(columns)):
        return None
    number, header = best
    places = _places(header, columns)
    taken = set(places.values())
    others = {i: cell for i, cell in enumerate(header) if i not in taken and cell.text.strip()}
    filled = (row for row in table.rows[number + 1 :] if any(cell.text.strip() for cell in row))
    return Sheet(tuple(Row(row, places) for row in filled), others, frozenset(places), header[0].where)


def _places(header: Sequence[Cell], columns: Sequence[Column]) -> dict[str, int]:
    """Return where each known column stands: by its header, or else by another name of it."""
    names = [_bare(cell.text) for cell in header]
    places = {column.key: names.index(column.header) for column in columns if column.header in names}
    for column in columns:
        others = (names.index(other) for other in column.others if other in names)
        place = next((index for index in others if index not in places.values()), None)
        if column.key not in places and place is not None:
            places[column.key] = place
    return places


def _bare(text: str) -> str:
    return "".join(text.split()).replace("(", "（").replace(")", "）")


def quantity_of(row: Row, unit: str, findings: Findings, key: str = "quantity") -> tuple[Decimal, str] | None:
    """Return quantity and unit of a cell, ``None`` where it is blank or (found) unreadable."""
    cell = row.cell(key)
    text = cell.text.strip()
    if is_none_mark(text):
        return None
    try:
        return read_quantity(text, unit)
    except ValueError:
        todo = "不是数量，没有读取。请只写数字，如 16000 或 1.6万。"
        if unit:
            todo = f"不是数量（计量单位是“{unit}”），没有读取。请只写数字，如 16000 或 1.6万。"
        findings.add("error", "UNREADABLE_CELL", cell.where, text, todo)
        return None


def date_of(row: Row, key: str, findings: Findings) -> date | None:
    """Return the day in a cell, ``None`` where it is blank or (found) unreadable."""
    cell = row.cell(key)
    text = cell.text.strip()
    if is_none_mark(text):
        return None
    try:
        return read_date(text)
    except ValueError:
        findings.add("error", "UNREADABLE_CELL", cell.where, text, "不是日期，没有读取。请写成 2024-11-30。")
        return None


def choice_of(
    row: Row,
    key: str,
    words: Mapping[str, str],
    default: str,
    findings: Findings,
    more: Mapping[str, str] = {},
) -> str:
    """Return the code of the word in a cell; ``default`` where it is blank or (found) unknown."""
    cell = row.cell(key)
    text = cell.text.strip()
    if not text:
        return default
    codes = {**(more or {}), **{word: code for code, word in words.items()}, **{code: code for code in words}}
    if text in codes:
        return codes[text]
    todo = f"没有这个选项，按“{words[default]}”读取。可选：" + "、".join(words.values()) + "。"
    findings.add("error", "UNREADABLE_CELL", cell.where, text, todo)
    return default
