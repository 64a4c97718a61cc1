"""Old workbooks (.xls, .et): every visible sheet becomes one table; cells read as they look."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import python_calamine
from openpyxl.styles import is_date_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel
from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from engine.errors import IntakeError
from intake.document_json import Reading
from intake.draft import Finding
from intake.limits import Limits, damaged, encrypted
from intake.number_text import date_text, number_text
from intake.ole2 import DamagedOle2Error
from intake.sheet_findings import hidden_sheet, note_cells
from intake.sheet_scan import letters_of
from intake.table import Cell, Document, Place, Table
from intake.xls_scan import BookFacts, EncryptedError, SheetFacts, scan_xls

Value = bool | int | float | str | date | datetime | time | timedelta


@dataclass(slots=True)
class _Run:
    """One workbook being read."""

    name: str
    limits: Limits
    facts: BookFacts
    cells_left: int
    findings: list[Finding] = field(default_factory=list)


def read_xls(data: bytes, name: str, limits: Limits) -> Reading:
    """Return a table per visible sheet, as ``read_xlsx`` does: merges, formats, error values, hidden sheets.

    A formula without a stored result cannot be told from an empty cell. Raises ``IntakeError``
    ``SHEET_TOO_LARGE`` with sheet and cell, ``ENCRYPTED_FILE``, ``DAMAGED_FILE``.
    """
    run = _Run(name, limits, _scanned(data, name), limits.max_cells)
    for sheet, facts in run.facts.sheets.items():
        _check_reach(run, sheet, facts)
    book = _opened(data, name)
    tables = []
    for about in book.sheets_metadata:
        if about.typ != SheetTypeEnum.WorkSheet:
            continue
        if about.visible == SheetVisibleEnum.Visible:
            tables.append(_read_sheet(run, book.get_sheet_by_name(about.name)))
        else:
            run.findings.append(hidden_sheet(about.name))
    return Reading(Document(name, tuple(table for table in tables if table.rows)), tuple(run.findings))


def _scanned(data: bytes, name: str) -> BookFacts:
    try:
        return scan_xls(data)
    except EncryptedError:
        raise encrypted(name) from None
    except DamagedOle2Error as error:
        raise damaged(name) from error


def _opened(data: bytes, name: str) -> CalamineWorkbook:
    try:
        return python_calamine.load_workbook(io.BytesIO(data))
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # a panic of the parser is no Exception
        raise damaged(name) from error


def _check_reach(run: _Run, sheet: str, facts: SheetFacts) -> None:
    """Before anything is laid out: one cell far away makes a sheet as large as many."""
    limits, (row, column) = run.limits, facts.last
    run.cells_left -= (row + 1) * (column + 1)
    if row >= limits.max_rows or column >= limits.max_columns or run.cells_left < 0:
        raise IntakeError(
            "SHEET_TOO_LARGE",
            f"“{run.name}”：工作表“{sheet}”用到了单元格 {letters_of(column + 1)}{row + 1}，"
            f"超过上限 {limits.max_rows} 行、{limits.max_columns} 列、全部工作表共 {limits.max_cells} 个单元格。"
            "请删除任务表以外的行列（选中整行整列，右键“删除”，再保存），然后重新导入。",
        )


def _read_sheet(run: _Run, sheet: CalamineSheet) -> Table:
    facts = run.facts.sheets.get(sheet.name, SheetFacts())
    errors = [(row + 1, column + 1, "") for row, column in facts.errors]
    run.findings += note_cells(sheet.name, "UNREADABLE_CELL", errors)
    values: Sequence[Sequence[Value]] = sheet.to_python(skip_empty_area=False)
    covered = _covered(sheet, len(values), len(values[0]) if values else 0)
    rows = (
        tuple(
            _cell(run, facts, sheet.name, (row, column), "" if (row, column) in covered else value, covered)
            for column, value in enumerate(line)
        )
        for row, line in enumerate(values)
    )
    return Table(tuple(rows), sheet.name)


def _cell(
    run: _Run,
    facts: SheetFacts,
    sheet: str,
    at: tuple[int, int],
    value: Value,
    covered: set[tuple[int, int]],
) -> Cell:
    where = Place(sheet=sheet, cell=f"{letters_of(at[1] + 1)}{at[0] + 1}")
    return Cell(_text(run, value, facts.formats.get(at, "")), where, at in covered)


def _covered(sheet: CalamineSheet, height: int, width: int) -> set[tuple[int, int]]:
    """The cells below the first row of a merge, as far as the sheet is filled."""
    covered: set[tuple[int, int]] = set()
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if len(covered) >= height * width:
            break
        columns = range(left, min(right + 1, width))
        for row in range(top + 1, min(bottom + 1, height)):
            covered.update((row, column) for column in columns)
    return covered


def _text(run: _Run, value: Value, number_format: str) -> str:
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if not isinstance(value, int | float):
        return date_text(value, number_format or "yyyy-mm-dd")
    if number_format and is_date_format(number_format):
        return _date(run, value, number_format)
    return number_text(value, number_format or "General")


def _date(run: _Run, value: int | float, number_format: str) -> str:
    epoch = CALENDAR_MAC_1904 if run.facts.from_1904 else CALENDAR_WINDOWS_1900
    try:
        moment = from_excel(value, epoch)
    except (OverflowError, ValueError):
        return number_text(value, "General")
    return date_text(moment, number_format) if moment is not None else ""
