"""A table as a workbook to keep: one sheet, numbers and dates as such, and no text that a program would run."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from fastapi.responses import Response
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from notifications.timeless import FIXED, timeless
from web.downloads import as_download

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FONT = "微软雅黑"
NARROWEST, WIDEST = 8, 60  # of a column, in half characters
DIGITS = 15  # what a spreadsheet keeps of a number
DAY, MOMENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
RUNS = ("=", "+", "-", "@", "\t", "\r")  # how a text begins that a program would take for a formula
_NOT_IN_A_TAB = re.compile(r"[\[\]:*?/\\]")
_LONE = re.compile(r"[\ud800-\udfff]")


def as_xlsx(name: str, heads: Sequence[str], rows: Iterable[Sequence[object]], title: str = "") -> Response:
    """The rows as a file of that name to download; ``title`` is on the sheet's tab, else the name is.

    The head row is bold and stays in sight; whole numbers, Decimals, dates and moments are cells of their
    kind (a moment as its own zone's clock shows it), everything else is text and never a formula. The same
    rows give the same bytes.
    """
    stem = name.removesuffix(".xlsx")
    return as_download(f"{stem}.xlsx", MEDIA_TYPE, _workbook(title or stem, heads, list(rows)))


def _workbook(title: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    book = Workbook(write_only=True)
    book.properties.title, book.properties.creator = title[:255], "duban"
    book.properties.created = FIXED
    sheet: Any = book.create_sheet(_NOT_IN_A_TAB.sub(" ", title).strip("' ")[:31] or "Sheet")
    for number, width in enumerate(_widths(heads, rows), 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.append([_head(sheet, head) for head in heads])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    if rows:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{len(rows) + 1}"
    raw = io.BytesIO()
    book.save(raw)
    return timeless(raw.getvalue())


def _head(sheet: Any, text: str) -> Cell:
    cell = _text(sheet, text)
    cell.font, cell.fill = Font(name=FONT, bold=True), PatternFill("solid", fgColor="DCE6F1")
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    return cell


def _cell(sheet: Any, value: object) -> Cell | None:
    if value is None or value == "":
        return None
    if _is_number(value):
        return _as_is(sheet, value)
    if isinstance(value, datetime):
        return _dated(sheet, value.replace(tzinfo=None), MOMENT)
    if isinstance(value, date):
        return _dated(sheet, value, DAY)
    return _text(sheet, str(value))


def _is_number(value: object) -> bool:
    """Whether a spreadsheet keeps it as it is."""
    if isinstance(value, Decimal):
        return value.is_finite() and len(value.as_tuple().digits) <= DIGITS
    return isinstance(value, int) and not isinstance(value, bool) and len(str(abs(value))) <= DIGITS


def _as_is(sheet: Any, value: Any) -> Cell:
    cell: Cell = WriteOnlyCell(sheet, value)
    return cell


def _dated(sheet: Any, value: date, shape: str) -> Cell:
    cell = _as_is(sheet, value)
    cell.number_format = shape
    return cell


def _text(sheet: Any, text: str) -> Cell:
    kept = _LONE.sub("\ufffd", ILLEGAL_CHARACTERS_RE.sub("", text))
    cell = _as_is(sheet, kept)
    cell.data_type = "s"  # the library takes a leading = for a formula, #N/A for an error
    cell.quotePrefix = kept.startswith(RUNS)  # stays text when somebody edits the cell
    if "\n" in kept:
        cell.alignment = Alignment(vertical="top", wrap_text=True)
    return cell


def _widths(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> list[int]:
    """As wide as the longest line of a column, within bounds."""
    widths = [_measure(head) + 4 for head in heads]  # room for the filter's button
    for row in rows:
        for number, value in enumerate(row):
            widths[number] = max(widths[number], _measure(_shown(value)))
    return [min(max(width, NARROWEST), WIDEST) for width in widths]


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        return MOMENT
    return DAY if isinstance(value, date) else "" if value is None else str(value)


def _measure(text: str) -> int:
    """How many half characters its longest line takes, with a margin."""
    longest = max((len(line) + sum(sign > "\u2e80" for sign in line) for line in text.split("\n")), default=0)
    return longest + 2
