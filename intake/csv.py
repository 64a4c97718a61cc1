"""Comma- and tab-separated files: delimiter and encoding found out from the file itself."""

from __future__ import annotations

import csv
import io
from collections import Counter

from engine.errors import IntakeError
from intake.document_json import Reading
from intake.encodings import decode
from intake.limits import Limits
from intake.sheet_scan import letters_of
from intake.table import Cell, Document, Place, Table

_DELIMITERS = (",", "\t", ";", "|", "，")
_SAMPLE_ROWS = 50


def read_csv(data: bytes, name: str, limits: Limits) -> Reading:
    """Return one table; its cells are named as a spreadsheet shows them (``C4``) and know their line.

    Raises ``IntakeError`` ``NOT_TEXT``, ``SHEET_TOO_LARGE`` or ``DAMAGED_FILE``.
    """
    text = decode(data, name)
    rows: list[tuple[Cell, ...]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    left = limits.max_cells
    try:
        for number, values in enumerate(reader, 1):
            left -= len(values)
            if number > limits.max_rows or len(values) > limits.max_columns or left < 0:
                raise _too_large(name, number, len(values), limits)
            rows.append(_cells(values, number, reader.line_num))
    except csv.Error as error:
        raise _unreadable(name, reader.line_num) from error
    return Reading(Document(name, (Table(tuple(rows)),)))


def _cells(values: list[str], number: int, line: int) -> tuple[Cell, ...]:
    return tuple(
        Cell(value, Place(line=line, cell=f"{letters_of(column)}{number}"))
        for column, value in enumerate(values, 1)
    )


def _delimiter(text: str) -> str:
    """Return the delimiter that cuts the most cells out of rows of the same number (over one) of cells."""
    sample = text[:65536]
    return max(_DELIMITERS, key=lambda delimiter: _agreement(sample, delimiter))


def _agreement(sample: str, delimiter: str) -> tuple[int, int]:
    widths: Counter[int] = Counter()
    try:
        for _, row in zip(
            range(_SAMPLE_ROWS), csv.reader(io.StringIO(sample), delimiter=delimiter), strict=False
        ):
            widths[len(row)] += 1
    except csv.Error:
        return (0, 0)
    del widths[0], widths[1]
    return max(((count * width, width) for width, count in widths.items()), default=(0, 0))


def _too_large(name: str, row: int, columns: int, limits: Limits) -> IntakeError:
    return IntakeError(
        "SHEET_TOO_LARGE",
        f"“{name}”：第 {row} 行（{columns} 列）起超过上限 {limits.max_rows} 行、{limits.max_columns} 列、"
        f"共 {limits.max_cells} 个单元格。请删除无关的行列或拆成几个文件，再导入。",
    )


def _unreadable(name: str, line: int) -> IntakeError:
    return IntakeError(
        "DAMAGED_FILE",
        f"“{name}”：第 {line} 行附近不是正常的表格文字（例如引号没有配对）。请用 Excel 或 WPS 打开，另存为 .xlsx 再导入。",
    )
