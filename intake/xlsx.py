"""Workbooks (.xlsx, .xlsm): every visible sheet becomes one table; cells read as they look."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import openpyxl
from openpyxl.utils.datetime import from_excel

from engine.errors import IntakeError
from intake.document_json import Reading
from intake.draft import Finding
from intake.limits import Limits
from intake.number_text import CHINESE_DATE_FORMATS, date_text, number_text
from intake.sheet_scan import SheetScan, letters_of, scan_sheet
from intake.table import Cell, Document, Place, Table

MAX_FINDINGS_PER_SHEET = 20


@dataclass(slots=True)
class _Run:
    """One workbook being read."""

    name: str
    limits: Limits
    archive: zipfile.ZipFile
    findings: list[Finding] = field(default_factory=list)
    cells_left: int = 0


def read_xlsx(data: bytes, name: str, limits: Limits) -> Reading:
    """Return a table per visible sheet, each row up to the last filled column of its sheet.

    A cell below the first of a vertical merge is ``merged``; cells beside it are empty. Formulas give their
    stored value; without one they are empty and found as ``UNCOMPUTED_FORMULA``. Hidden sheets are left out
    and found as ``HIDDEN_SHEET``. Raises ``IntakeError`` ``SHEET_TOO_LARGE`` with sheet and cell.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions, which a reader of cells does not need
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            run = _Run(name, limits, archive, cells_left=limits.max_cells)
            tables = [_read_sheet(run, sheet) for sheet in book.worksheets if _is_visible(run, sheet)]
    return Reading(Document(name, tuple(table for table in tables if table.rows)), tuple(run.findings))


def _is_visible(run: _Run, sheet: Any) -> bool:
    if sheet.sheet_state == "visible":
        return True
    note = f"工作表“{sheet.title}”是隐藏的，没有读取。如需导入，请取消隐藏后重新导入。"
    run.findings.append(Finding("note", "HIDDEN_SHEET", Place(sheet=sheet.title), sheet.title, note))
    return False


def _read_sheet(run: _Run, sheet: Any) -> Table:
    # The path of the sheet's part is known to openpyxl alone (relations may name it as they like).
    with run.archive.open(sheet._worksheet_path.lstrip("/")) as file:
        scan = scan_sheet(file)
    _check_reach(run, sheet.title, scan)
    _note_uncomputed(run, sheet.title, scan)
    if not scan.last_row:
        return Table((), sheet.title)
    covered = _covered_cells(scan)
    rows = sheet.iter_rows(min_row=1, min_col=1, max_row=scan.last_row, max_col=scan.last_column)
    return Table(tuple(_read_rows(run, sheet, rows, covered)), sheet.title)


def _check_reach(run: _Run, sheet: str, scan: SheetScan) -> None:
    limits = run.limits
    run.cells_left -= scan.last_row * scan.last_column
    if scan.last_row <= limits.max_rows and scan.last_column <= limits.max_columns and run.cells_left >= 0:
        return
    raise IntakeError(
        "SHEET_TOO_LARGE",
        f"“{run.name}”：工作表“{sheet}”一直用到单元格 {scan.outermost}（{scan.last_row} 行 × {scan.last_column} 列），"
        f"超过上限 {limits.max_rows} 行、{limits.max_columns} 列、共 {limits.max_cells} 个单元格。"
        "请删除任务表以外的行列（选中后右键“删除”，再保存），然后重新导入。",
    )


def _note_uncomputed(run: _Run, sheet: str, scan: SheetScan) -> None:
    todo = "公式没有保存计算结果，按空白读取。请用 Excel 或 WPS 打开并保存一次，或改填数值。"
    for cell in scan.uncomputed[:MAX_FINDINGS_PER_SHEET]:
        run.findings.append(Finding("warning", "UNCOMPUTED_FORMULA", Place(sheet=sheet, cell=cell), "", todo))
    more = len(scan.uncomputed) - MAX_FINDINGS_PER_SHEET
    if more > 0:
        text = f"工作表“{sheet}”还有 {more} 个公式没有保存计算结果。"
        run.findings.append(Finding("warning", "UNCOMPUTED_FORMULA", Place(sheet=sheet), "", text))


def _covered_cells(scan: SheetScan) -> set[tuple[int, int]]:
    """Return the cells below the first row of a merge; a merge beyond the filled cells is cut there."""
    covered: set[tuple[int, int]] = set()
    area = scan.last_row * scan.last_column
    for top, left, bottom, right in scan.merges:
        if len(covered) >= area:
            break
        columns = range(left, min(right, scan.last_column) + 1)
        for row in range(top + 1, min(bottom, scan.last_row) + 1):
            covered.update((row, column) for column in columns)
    return covered


def _read_rows(
    run: _Run, sheet: Any, rows: Iterator[Sequence[Any]], covered: set[tuple[int, int]]
) -> Iterator[tuple[Cell, ...]]:
    title = sheet.title
    letters: list[str] = []
    for row_number, row in enumerate(rows, 1):
        letters = letters or [letters_of(column) for column in range(1, len(row) + 1)]
        yield tuple(
            Cell("", Place(sheet=title, cell=f"{letter}{row_number}"), merged=True)
            if (row_number, column) in covered
            else _read_cell(run, cell, Place(sheet=title, cell=f"{letter}{row_number}"))
            for column, (letter, cell) in enumerate(zip(letters, row, strict=True), 1)
        )


def _read_cell(run: _Run, cell: Any, where: Place) -> Cell:
    if cell.data_type == "e" and cell.value is not None:
        text = "单元格里是错误值，按空白读取。请改正公式或填入数值。"
        run.findings.append(Finding("warning", "UNREADABLE_CELL", where, str(cell.value), text))
        return Cell("", where)
    return Cell(_text_of(cell), where)


def _text_of(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return value.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number_or_chinese_date(cell, value)
    if isinstance(value, datetime | date | time | timedelta):
        return date_text(value, cell.number_format)
    return str(value)


def _number_or_chinese_date(cell: Any, value: int | float) -> str:
    chinese = CHINESE_DATE_FORMATS.get(cell.style_array.numFmtId) if cell.has_style else None
    if chinese is None:
        return number_text(value, cell.number_format)
    try:
        moment = from_excel(value, cell.parent.parent.epoch)
    except (OverflowError, ValueError):
        return number_text(value, "General")
    return date_text(moment, chinese) if moment is not None else ""
