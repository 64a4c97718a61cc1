"""A paper as a workbook: a sheet for each table, ready to print; text is text, never a formula."""

from __future__ import annotations

import io
from collections.abc import Iterator

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from notifications.paper import Cell, Grid, Paper
from notifications.timeless import FIXED, timeless
from notifications.words import say

FONT = "微软雅黑"
LINE_HEIGHT = 18.0  # points, of one line of the body
A4 = 9
SIDES = {"l": "left", "c": "center", "r": "right"}
FILLS = {"red": "FDE1E0", "yellow": "FFF1C7", "green": "DFF3E4", "grey": "EEF0F3", "blue": "E3EEFB"}
INKS = {"red": "B3181D", "yellow": "7D5200", "green": "14652B", "grey": "4B5563", "blue": "0B4A8F"}
_LINE = Side(style="thin", color="BFC5CE")
_BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)


def paper_xlsx(paper: Paper) -> bytes:
    """The file; the same paper gives the same bytes, whenever it is written."""
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.title, book.properties.creator = paper.title[:255], "duban"
    book.properties.created = FIXED
    for grid in paper.grids:
        _write(book.create_sheet(grid.name[:31]), paper, grid)
    raw = io.BytesIO()
    book.save(raw)
    return timeless(raw.getvalue())


def _write(sheet: Worksheet, paper: Paper, grid: Grid) -> None:
    columns, size = len(grid.heads), 18
    _line(sheet, 1, columns, paper.title, Font(name=FONT, size=size, bold=True), "center", 2 * LINE_HEIGHT)
    _line(
        sheet, 2, columns, paper.subtitle, Font(name=FONT, size=11, color="4B5563"), "center", LINE_HEIGHT + 4
    )
    _line(sheet, 3, columns, grid.heading, Font(name=FONT, size=12, bold=True), "left", LINE_HEIGHT + 8)
    for number, (head, width) in enumerate(zip(grid.heads, grid.widths, strict=True), 1):
        cell = _put(sheet, 4, number, Cell(head), "c")
        cell.font, cell.fill = Font(name=FONT, size=11, bold=True), PatternFill("solid", fgColor="DCE6F1")
        sheet.column_dimensions[get_column_letter(number)].width = 2 * width + 2
    for row, cells in enumerate(grid.rows, 5):
        sheet.row_dimensions[row].height = LINE_HEIGHT * max(_lines(cells, grid.widths)) + 6
        for number, (one, side) in enumerate(zip(cells, grid.sides, strict=True), 1):
            _put(sheet, row, number, one, side)
    below = 5 + len(grid.rows)
    for row, note in enumerate(filter(None, (grid.note, *paper.notes)), below):
        height = LINE_HEIGHT * max(_lines((Cell(note),), (sum(grid.widths),)))
        _line(sheet, row, columns, note, Font(name=FONT, size=9, color="4B5563"), "left", height)
    sheet.freeze_panes = "A5"
    _print(sheet, paper)


def _line(sheet: Worksheet, row: int, columns: int, text: str, font: Font, side: str, height: float) -> None:
    """A line of words over the whole width of the table."""
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=columns)
    cell: SheetCell = sheet.cell(row, 1)  # type: ignore[assignment]
    _set_text(cell, text)
    cell.font = font
    cell.alignment = Alignment(horizontal=side, vertical="center", wrap_text=True)
    sheet.row_dimensions[row].height = height


def _put(sheet: Worksheet, row: int, number: int, one: Cell, side: str) -> SheetCell:
    cell: SheetCell = sheet.cell(row, number)  # type: ignore[assignment]  # never one that is merged away
    _set_text(cell, one.text)
    bold = one.tone in ("red", "yellow")
    cell.font = Font(name=FONT, size=11, bold=bold, color=INKS.get(one.tone, "1C2430"))
    cell.alignment = Alignment(horizontal=SIDES[side], vertical="center", wrap_text=True)
    cell.border = _BORDER
    if one.tone in FILLS:
        cell.fill = PatternFill("solid", fgColor=FILLS[one.tone])
    return cell


def _set_text(cell: SheetCell, text: str) -> None:
    """Whole numbers stay numbers, everything else is text, also where it looks like a formula."""
    if text.isascii() and text.isdigit() and len(text) < 15 and (text == "0" or text[0] != "0"):
        cell.value = int(text)
        return
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text) or None
    if cell.value:
        cell.data_type = "s"
        cell.quotePrefix = text[0] in "=+-@"  # stays text when somebody edits the cell


def _lines(cells: tuple[Cell, ...], widths: tuple[int, ...]) -> Iterator[int]:
    for one, width in zip(cells, widths, strict=True):
        yield sum(1 + max(_measure(line) - 1, 0) // (2 * width) for line in one.text.split("\n"))


def _measure(text: str) -> int:
    """How many half characters the text takes."""
    return sum(1 if character.isascii() else 2 for character in text)


def _print(sheet: Worksheet, paper: Paper) -> None:
    """As wide as one page, the heads on every page, pages numbered."""
    sheet.page_setup.orientation = "landscape" if paper.is_wide else "portrait"
    sheet.page_setup.paperSize = A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_options.horizontalCentered = True
    sheet.print_title_rows = "1:4"
    if sheet.oddFooter is not None and sheet.oddFooter.center is not None:
        sheet.oddFooter.center.text = say(paper.locale, "paper.page", page="&P", pages="&N")
