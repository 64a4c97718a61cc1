"""A table as a workbook: real cells, text that stays text, and quick enough for a large plan."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from urllib.parse import quote

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from web.sheet import as_xlsx

CHINA = timezone(timedelta(hours=8))


def _sheet(rows: list[list[object]], heads: tuple[str, ...] = ("名称", "值"), title: str = "") -> Worksheet:
    answer = as_xlsx("任务", heads, rows, title)
    book = load_workbook(io.BytesIO(bytes(answer.body)))
    assert len(book.worksheets) == 1
    sheet = book.worksheets[0]
    assert isinstance(sheet, Worksheet)
    return sheet


@pytest.mark.parametrize(
    ("value", "kept", "kind"),
    [
        (7, 7, "n"),
        (-7, -7, "n"),
        (0, 0, "n"),
        (10**15 - 1, 10**15 - 1, "n"),
        (10**15, "1000000000000000", "s"),
        (Decimal("12.50"), 12.5, "n"),
        (Decimal("NaN"), "NaN", "s"),
        (date(2024, 3, 29), datetime(2024, 3, 29), "d"),
        (datetime(2024, 3, 29, 9, 5, tzinfo=CHINA), datetime(2024, 3, 29, 9, 5), "d"),
        ("007", "007", "s"),
        (True, "True", "s"),
        (None, None, "n"),
        ("", None, "n"),
    ],
)
def test_a_cell_is_of_its_kind(value: object, kept: object, kind: str) -> None:
    cell = _sheet([["a", value]])["B2"]
    assert (cell.value, cell.data_type) == (kept, kind)


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        '=HYPERLINK("http://example.com","x")',
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
    ],
)
def test_text_is_never_a_formula_and_stays_text_when_it_is_edited(text: str) -> None:
    cell = _sheet([[text, 1]])["A2"]
    assert cell.data_type == "s"
    assert str(cell.value).strip() == text.strip()
    assert cell.quotePrefix


@pytest.mark.parametrize("text", ["#N/A", "普通", "1=1"])
def test_other_text_is_text_without_a_mark(text: str) -> None:
    cell = _sheet([[text, 1]])["A2"]
    assert (cell.value, cell.data_type, bool(cell.quotePrefix)) == (text, "s", False)


def test_what_a_workbook_cannot_hold_is_left_out() -> None:
    assert _sheet([["a\x00b\ud800c", 1]])["A2"].value == "ab\ufffdc"


def test_the_head_is_bold_stays_in_sight_and_can_be_filtered() -> None:
    sheet = _sheet([["道路建设", 3]])
    assert sheet["A1"].font.bold
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:B2"


def test_columns_are_as_wide_as_what_stands_in_them() -> None:
    sheet = _sheet([["新建改造口袋公园十二处", 3], ["长" * 200, 3]])
    short = _sheet([["新建改造口袋公园十二处", 3]])
    assert short.column_dimensions["A"].width == 2 * 11 + 2
    assert sheet.column_dimensions["A"].width == 60
    assert sheet.column_dimensions["B"].width == 8


def test_a_table_without_rows_still_has_its_heads() -> None:
    sheet = _sheet([])
    assert [cell.value for cell in sheet[1]] == ["名称", "值"]
    assert sheet.auto_filter.ref is None


@pytest.mark.parametrize(
    ("title", "tab"), [("", "任务"), ("3/4[月]", "3 4 月"), ("长" * 40, "长" * 31), ("//", "Sheet")]
)
def test_the_tab_says_what_it_is(title: str, tab: str) -> None:
    assert _sheet([], title=title).title == tab


@pytest.mark.parametrize("name", ["任务表", "任务表.xlsx"])
def test_the_file_keeps_its_chinese_name(name: str) -> None:
    disposition = as_xlsx(name, ("a",), []).headers["content-disposition"]
    assert f"filename*=utf-8''{quote('任务表.xlsx')}" in disposition


def test_the_same_rows_give_the_same_bytes() -> None:
    rows = [["a", datetime(2024, 1, 1, tzinfo=UTC)]]
    assert as_xlsx("x", ("a", "b"), rows).body == as_xlsx("x", ("a", "b"), rows).body


def test_three_thousand_rows_are_all_there() -> None:
    rows: list[list[object]] = [[f"任务{n}", n] for n in range(3000)]
    sheet = _sheet(rows)
    assert sheet.max_row == 3001
    assert sheet["B3001"].value == 2999
