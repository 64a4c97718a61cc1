"""Import workbooks opened, changed and saved as people do."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl

from intake.draft import PlanDraft
from intake.reading import parse
from intake.workbook import read_workbook

Edit = Callable[[openpyxl.Workbook], None]


def column(sheet: Any, header: str) -> int:
    return next(int(cell.column) for cell in sheet[1] if cell.value == header)


def fill(sheet: Any, row: int, **values: Any) -> None:
    for header, value in values.items():
        sheet.cell(row, column(sheet, header)).value = value


def edited(data: bytes, edit: Edit) -> PlanDraft:
    """What is read after somebody has opened the file, changed it and saved it."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    edit(book)
    file = io.BytesIO()
    book.save(file)
    return read_workbook(parse(file.getvalue(), "plan.xlsx").document)
