"""How the import workbook looks: fonts, fills, widths, print set-up; and how it becomes the same bytes each time."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from intake.workbook_layout import Column

LINE_HEIGHT = 16.5  # points, of one line in the body font
_FONT = "微软雅黑"
_LINE = Side(style="thin", color="BFBFBF")
_BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_GROUP_FILLS = {
    "project": "DCE6F1",
    "task": "FDE9D9",
    "indicator": "E2EFDA",
    "key": "EDEDED",
    "unit": "FFF2CC",
}
_FORMATS = {"date": "yyyy-mm-dd", "code": "@", "number": "#,##0"}
_FIXED_TIME = datetime(2000, 1, 1, tzinfo=UTC)
_ZIP_TIME = (2000, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
_ESCAPE = re.compile("_x(?=[0-9A-Fa-f]{4}_)")  # a text that looks like the escape of a character
_SPARE_ROWS = 500  # rows below the last one that take part in validation


def new_workbook(title: str) -> Workbook:
    """Return a workbook without sheets that knows the styles of this module."""
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.title = title[:255]
    book.properties.creator = "duban"
    book.properties.created = _FIXED_TIME
    for style in _named_styles():
        book.add_named_style(style)
    return book


def _named_styles() -> list[NamedStyle]:
    bodies = [
        _body(form, _FORMATS.get(form, "General")) for form in ("text", "list", "code", "number", "date")
    ]
    return [
        *bodies,
        _body("fraction", "General", "right"),
        *(_header(group) for group in _GROUP_FILLS),
        _title(),
    ]


def _body(form: str, number_format: str, horizontal: str = "") -> NamedStyle:
    side = horizontal or {"number": "right", "date": "center", "code": "center"}.get(form, "left")
    return NamedStyle(
        name=f"duban_{form}",
        font=Font(name=_FONT, size=10),
        alignment=Alignment(horizontal=side, vertical="center", wrap_text=True),
        border=_BORDER,
        number_format=number_format,
        protection=Protection(locked=False),
    )


def _header(group: str) -> NamedStyle:
    return NamedStyle(
        name=f"duban_head_{group}",
        font=Font(name=_FONT, size=10, bold=True),
        fill=PatternFill("solid", fgColor=_GROUP_FILLS[group]),
        alignment=Alignment(horizontal="center", vertical="center", wrap_text=True),
        border=_BORDER,
    )


def _title() -> NamedStyle:
    return NamedStyle(
        name="duban_title", font=Font(name=_FONT, size=14, bold=True), alignment=Alignment(vertical="center")
    )


def dress(sheet: Worksheet, columns: Sequence[Column], rows: int) -> None:
    """Give the sheet its widths, frozen and repeated header, filter, choices and print set-up."""
    for number, column in enumerate(columns, 1):
        dimension = sheet.column_dimensions[get_column_letter(number)]
        dimension.width = column.width
        dimension.hidden = column.hidden
        _validate(sheet, column, number, rows)
    sheet.row_dimensions[1].height = 2 * LINE_HEIGHT
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{max(rows, 1) + 1}"
    print_on_a4(sheet)
    sheet.print_title_rows = "1:1"


def print_on_a4(sheet: Worksheet) -> None:
    """Print landscape, as wide as one page, with page numbers."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_options.horizontalCentered = True
    if sheet.oddFooter is not None and sheet.oddFooter.center is not None:
        sheet.oddFooter.center.text = "第 &P 页，共 &N 页"


def _validate(sheet: Worksheet, column: Column, number: int, rows: int) -> None:
    if not (column.choices or column.hint):
        return
    if column.choices:
        rule = DataValidation("list", formula1=f'"{",".join(column.choices)}"', allow_blank=True)
        rule.errorTitle, rule.error = "请从列表中选择", "可选：" + "、".join(column.choices)
        rule.showErrorMessage = True
    else:
        rule = DataValidation()
    if column.hint:
        rule.promptTitle, rule.prompt = column.header[:32], column.hint
        rule.showInputMessage = True
    letter = get_column_letter(number)
    rule.add(f"{letter}2:{letter}{rows + 1 + _SPARE_ROWS}")
    sheet.add_data_validation(rule)


def put(sheet: Worksheet, row: int, column: int, value: Any, style: str) -> None:
    """Write one cell; text is always text, also where it looks like a formula."""
    cell = sheet.cell(row, column)
    cell.style = style
    if value is None or value == "":
        return
    cell.value = _ESCAPE.sub("_x005F_x", value) if isinstance(value, str) else value
    if isinstance(value, str):
        cell.data_type = "s"
        if value[0] in "=+-@":
            cell.quotePrefix = True  # stays text when somebody edits the cell


def saved(book: Workbook) -> bytes:
    """Return the file; the same book gives the same bytes, whenever it is saved."""
    raw = io.BytesIO()
    book.save(raw)
    packed = io.BytesIO()
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            target.writestr(_timeless(entry.filename), _settled(entry.filename, source.read(entry)))
    return packed.getvalue()


def _timeless(filename: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(filename, _ZIP_TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _settled(filename: str, content: bytes) -> bytes:
    if filename != "docProps/core.xml":
        return content
    return _MODIFIED.sub(rb"\g<1>2000-01-01T00:00:00Z\g<2>", content)
