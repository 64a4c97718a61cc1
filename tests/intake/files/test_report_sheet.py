"""A unit's workbook: what is typed into it comes back, cell by cell."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from engine.errors import IntakeError
from intake.report_sheet import COLUMNS, SHEET, Answers, AskedRow, read_report_sheet, write_report_sheet

ROWS = (
    AskedRow(7, "lead", 31, "1.1", "加装电梯", 70, "新增", "台", Decimal(400), Decimal(40), Decimal(12)),
    AskedRow(7, "lead", 31, "1.1", "加装电梯", 71, "完工", "台", Decimal(200), Decimal(20), None),
    AskedRow(8, "lead", 0, "=1.2", "@制定方案"),
    AskedRow(9, "share", 5, "2.1", "改造公厕", 90, "改造", "座", Decimal(3), None, Decimal("1.5")),
)
PLACES = {column.key: place for place, column in enumerate(COLUMNS, 1)}


def typed(tmp_path: Path, *cells: tuple[int, str, Any]) -> Path:
    """The workbook with these cells filled in: row (from 1, below the heading), column, value."""
    book = load_workbook(io.BytesIO(write_report_sheet("区民政局", "2024-03", ROWS)))
    for row, key, value in cells:
        book[SHEET].cell(row + 1, PLACES[key]).value = value
    path = tmp_path / "填报.xlsx"
    book.save(path)
    return path


def back(tmp_path: Path, *cells: tuple[int, str, Any]) -> Answers:
    return read_report_sheet(typed(tmp_path, *cells))


def test_the_same_rows_make_the_same_bytes() -> None:
    assert write_report_sheet("区民政局", "2024-03", ROWS) == write_report_sheet("区民政局", "2024-03", ROWS)


def test_what_nobody_filled_in_is_no_answer(tmp_path: Path) -> None:
    answers = back(tmp_path)
    assert (answers.unit, answers.period, answers.answers, answers.findings) == (
        "区民政局",
        "2024-03",
        (),
        (),
    )


def test_the_rows_of_a_task_make_one_answer(tmp_path: Path) -> None:
    answers = back(
        tmp_path,
        (1, "value", 41),
        (1, "text", "正在施工"),
        (2, "value", "2６"),
        (1, "difficulties", "缺资金"),
        (1, "coordination", "是"),
        (1, "forecast", date(2024, 10, 31)),
        (3, "text", "已印发"),
        (4, "value", 2.5),
    )
    assert not answers.findings
    first, second, third = answers.answers
    assert (first.subtask_id, first.role, first.seen) == (7, "lead", 31)
    assert first.quantities == {70: Decimal(41), 71: Decimal(26)}
    assert (first.text, first.difficulties, first.needs_coordination) == ("正在施工", "缺资金", True)
    assert first.forecast_on == date(2024, 10, 31)
    assert (second.subtask_id, second.seen, second.quantities, second.text) == (8, 0, {}, "已印发")
    assert (third.role, third.quantities) == ("share", {90: Decimal("2.5")})


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        ((1, "value"), "二十多", "UNREADABLE_CELL"),
        ((1, "value"), "26座", "UNREADABLE_CELL"),  # another unit of measure
        ((1, "value"), -1, "UNREADABLE_CELL"),
        ((3, "value"), 3, "UNKNOWN_INDICATOR"),  # a task without indicators
        ((1, "forecast"), "年底", "UNREADABLE_CELL"),
        ((1, "coordination"), "也许", "UNREADABLE_CELL"),
    ],
)
def test_what_cannot_be_read_is_told_by_its_cell(
    tmp_path: Path, cell: tuple[int, str], value: Any, code: str
) -> None:
    (finding,) = back(tmp_path, (*cell, value)).findings
    assert (finding.severity, finding.code) == ("error", code)
    assert finding.where.sheet == SHEET
    assert (finding.where.cell or "").endswith(str(cell[0] + 1))


@pytest.mark.parametrize(
    ("value", "read"), [(0, "0"), ("1.2万", "12000"), ("1,234", "1234"), ("26台", "26"), ("２６", "26")]
)
def test_figures_are_read_as_people_write_them(tmp_path: Path, value: Any, read: str) -> None:
    (answer,) = back(tmp_path, (1, "value", value)).answers
    assert answer.quantities == {70: Decimal(read)}


def test_a_row_of_ones_own_is_told(tmp_path: Path) -> None:
    (finding,) = back(tmp_path, (9, "value", 3), (9, "title", "另一项")).findings
    assert finding.code == "UNKNOWN_SUBTASK"


def test_any_other_workbook_is_refused(tmp_path: Path) -> None:
    book = load_workbook(io.BytesIO(write_report_sheet("区民政局", "2024-03", ROWS)))
    del book["说明"]
    book.save(tmp_path / "other.xlsx")
    with pytest.raises(IntakeError) as refusal:
        read_report_sheet(tmp_path / "other.xlsx")
    assert refusal.value.code == "NOT_A_REPORT_SHEET"


def test_text_that_looks_like_a_formula_stays_text() -> None:
    sheet = load_workbook(io.BytesIO(write_report_sheet("区民政局", "2024-03", ROWS)))[SHEET]
    assert sheet.cell(4, PLACES["no"]).data_type == "s"
    assert sheet.cell(4, PLACES["title"]).quotePrefix
