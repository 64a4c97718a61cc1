"""Workbooks (.xlsx, .xlsm): every visible sheet becomes one table; cells read as they look."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import openpyxl
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.styles import is_date_format
from openpyxl.utils.datetime import from_excel

from engine.errors import IntakeError
from intake.document_json import Reading
from intake.draft import Finding
from intake.hidden import without_hidden
from intake.limits import Limits
from intake.number_text import CHINESE_DATE_FORMATS, date_text, number_text
from intake.sheet_findings import hidden_lines, hidden_sheet, note_cells
from intake.sheet_scan import RawCell, Reach, SheetScan, SheetTooLargeError, letters_of, scan_sheet
from intake.table import Cell, Document, Place, Table

_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")  # how a text holds what XML cannot (ECMA-376 part 1, 22.9.2.19)


@dataclass(slots=True)
class _Run:
    """One workbook being read; ``formats`` remembers the number format of each style."""

    name: str
    limits: Limits
    archive: zipfile.ZipFile
    cells_left: int
    findings: list[Finding] = field(default_factory=list)
    formats: dict[int, str] = field(default_factory=dict)


def read_xlsx(data: bytes, name: str, limits: Limits) -> Reading:
    """Return a table per visible sheet, each row up to the last filled column of its sheet.

    A cell below the first row of a merge is ``merged``; one beside its first cell is empty. Formulas give
    their stored value; without one they are empty and found as ``UNCOMPUTED_FORMULA``. Hidden sheets are left
    out and found as ``HIDDEN_SHEET``; hidden rows and columns as ``HIDDEN_CELLS``, but for workbooks in a layout of
    our own, which hide keys. Raises ``IntakeError`` ``SHEET_TOO_LARGE`` with sheet and cell.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and extensions, which a reader of cells does not need
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        run = _Run(name, limits, archive, limits.max_cells)
        sheets = [_read_sheet(run, sheet) for sheet in book.worksheets if _is_visible(run, sheet)]
    tables = _as_shown(run, sheets)
    return Reading(Document(name, tuple(table for table in tables if table.rows)), tuple(run.findings))


def _is_visible(run: _Run, sheet: Any) -> bool:
    if sheet.sheet_state == "visible":
        return True
    run.findings.append(hidden_sheet(sheet.title))
    return False


def _as_shown(run: _Run, sheets: list[tuple[Table, SheetScan]]) -> list[Table]:
    whole = [table for table, _ in sheets]
    if not any(scan.hidden_rows or scan.hidden_columns for _, scan in sheets):
        return whole
    from intake.contacts import is_contacts_layout  # only needed here: the child starts sooner
    from intake.report_sheet import is_report_layout
    from intake.workbook_read import is_import_layout

    document = Document(run.name, tuple(whole))
    if is_import_layout(document) or is_contacts_layout(document) or is_report_layout(document):
        return whole
    tables: list[Table] = []
    for table, scan in sheets:
        shown, rows, columns = without_hidden(table, scan)
        tables.append(shown)
        if rows or columns:
            run.findings.append(hidden_lines(table.name, rows, columns))
    return tables


def _read_sheet(run: _Run, sheet: Any) -> tuple[Table, SheetScan]:
    scan = _scan(run, sheet)
    uncomputed = [(*at, "") for at in scan.uncomputed]
    run.findings += note_cells(sheet.title, "UNCOMPUTED_FORMULA", uncomputed)
    errors = [(cell.row, cell.column, cell.text[:40]) for cell in scan.cells if cell.kind == "e"]
    run.findings += note_cells(sheet.title, "UNREADABLE_CELL", errors)
    texts = {(cell.row, cell.column): _text_of(run, sheet, cell) for cell in scan.cells}
    covered = _covered_cells(scan)
    letters = [letters_of(column) for column in range(1, scan.last_column + 1)]

    def row_of(row: int) -> Iterator[Cell]:
        for column, letter in enumerate(letters, 1):
            at = (row, column)
            where = Place(None, sheet.title, f"{letter}{row}")
            yield Cell("", where, True) if at in covered else Cell(texts.get(at, ""), where)

    return Table(tuple(tuple(row_of(row)) for row in range(1, scan.last_row + 1)), sheet.title), scan


def _scan(run: _Run, sheet: Any) -> SheetScan:
    limits = run.limits
    try:
        # Which part holds the sheet is known to openpyxl alone: relations may name it as they like.
        with run.archive.open(sheet._worksheet_path.lstrip("/")) as file:
            scan = scan_sheet(file, Reach(limits.max_rows, limits.max_columns, run.cells_left))
    except SheetTooLargeError as beyond:
        raise IntakeError(
            "SHEET_TOO_LARGE",
            f"“{run.name}”：工作表“{sheet.title}”用到了单元格 {beyond.cell}，"
            f"超过上限 {limits.max_rows} 行、{limits.max_columns} 列、全部工作表共 {limits.max_cells} 个单元格。"
            "请删除任务表以外的行列（选中整行整列，右键“删除”，再保存），然后重新导入。",
        ) from None
    run.cells_left -= scan.last_row * scan.last_column
    return scan


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


def _text_of(run: _Run, sheet: Any, cell: RawCell) -> str:
    if cell.kind == "n":
        return _number(run, sheet, cell)
    if cell.kind == "b":
        return "TRUE" if cell.text == "1" else "FALSE"
    if cell.kind == "e":
        return ""
    if cell.kind == "d":
        return date_text(datetime.fromisoformat(cell.text.removesuffix("Z")), "yyyy-mm-dd")
    text = sheet._shared_strings[int(cell.text)] if cell.kind == "s" else cell.text
    return _ESCAPED.sub(_unescaped, str(text)).replace("\r\n", "\n").replace("\r", "\n")


def _unescaped(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character if character.isprintable() or character in "\t\n\u3000\xa0" else ""


def _number(run: _Run, sheet: Any, cell: RawCell) -> str:
    number_format = run.formats.get(cell.style)
    if number_format is None:
        number_format = run.formats[cell.style] = _format_of(sheet, cell.style)
    value = int(cell.text) if cell.text.lstrip("-").isdecimal() else float(cell.text)
    if not is_date_format(number_format):
        return number_text(value, number_format)
    try:
        moment = from_excel(value, sheet.parent.epoch)
    except (OverflowError, ValueError):
        return number_text(value, "General")
    return date_text(moment, number_format) if moment is not None else ""


def _format_of(sheet: Any, style: int) -> str:
    cell: Any = ReadOnlyCell(sheet, 1, 1, None, "n", style)
    return CHINESE_DATE_FORMATS.get(cell.style_array.numFmtId) or str(cell.number_format)
