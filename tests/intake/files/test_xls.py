"""Old workbooks as text: the same as the new ones, each cell with its place."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
import xlwt

from engine.errors import IntakeError
from intake.limits import LIMITS, Limits
from intake.ole2 import Ole2
from intake.reading import Reading, parse
from intake.table import Table
from tests.intake.files.old_books import saved, styled, with_next_sector, with_stream_named, xls


def table_of(data: bytes, name: str = "计划.xls") -> Table:
    (table,) = parse(data, name).document.parts
    assert isinstance(table, Table)
    return table


def text_of(value: Any, number_format: str) -> str:
    return table_of(xls(lambda sheet: sheet.write(0, 0, value, styled(number_format)))).rows[0][0].text


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        ("区住建局", "General", "区住建局"),
        ("甲\r\n乙", "General", "甲\n乙"),
        ("x" * 9000, "General", "x" * 9000),  # longer than a record
        (12, "General", "12"),
        (1.5, "0.00", "1.5"),
        (123456789.125, "General", "123456789.125"),
        (0.35, "0%", "35%"),
        (0.355, "0%", "35.5%"),
        (0.07, '0%"以上"', "7%"),
        (5, '0"所"', "5所"),
        (1.6, '0.0"万名"', "1.6万名"),
        (date(2024, 11, 30), "yyyy-mm-dd", "2024-11-30"),
        (date(2024, 11, 1), 'yyyy"年"m"月"', "2024-11"),
        (date(2024, 11, 30), 'm"月"d"日"', "2024-11-30"),
        (datetime(2024, 11, 30, 9, 30), "yyyy-mm-dd hh:mm", "2024-11-30 09:30"),
        (True, "General", "TRUE"),
    ],
)
def test_a_cell_reads_as_it_looks(value: Any, number_format: str, text: str) -> None:
    assert text_of(value, number_format) == text


def test_several_numbers_in_one_record_keep_their_formats() -> None:
    def fill(sheet: Any) -> None:
        for column, number_format in enumerate(["0%", "General", '0"台"']):
            sheet.write(0, column, 2, styled(number_format))

    assert [cell.text for cell in table_of(xls(fill)).rows[0]] == ["200%", "2", "2台"]


def test_merges_are_told_and_every_cell_has_its_place() -> None:
    def fill(sheet: Any) -> None:
        sheet.write_merge(0, 0, 0, 2, "标题")
        sheet.write_merge(1, 2, 0, 0, "1")
        sheet.write(1, 1, "甲")
        sheet.write(2, 1, "乙")
        sheet.write_merge(1, 900, 2, 2, "丙")  # beyond the last filled row

    table = table_of(xls(fill))
    assert [[("^" if c.merged else c.text) for c in row] for row in table.rows] == [
        ["标题", "", ""],
        ["1", "甲", "丙"],
        ["^", "乙", "^"],
    ]
    assert str(table.rows[2][1].where) == "任务!B3"


def test_a_hidden_sheet_is_left_out_and_found() -> None:
    book = xlwt.Workbook()
    book.add_sheet("任务").write(0, 0, "甲")
    hidden = book.add_sheet("旧表")
    hidden.write(0, 0, "乙")
    hidden.visibility = 1
    book.add_sheet("空表")
    reading = parse(saved(book), "计划.xls")
    assert [part.name for part in reading.document.parts if isinstance(part, Table)] == ["任务"]
    assert [(found.code, str(found.where.sheet)) for found in reading.findings] == [("HIDDEN_SHEET", "旧表")]


def test_an_error_value_is_found() -> None:
    def fill(sheet: Any) -> None:
        sheet.write(0, 0, "甲")
        sheet.row(1).set_cell_error(1, "#DIV/0!")

    reading = parse(xls(fill), "计划.xls")
    assert [(found.code, str(found.where)) for found in reading.findings] == [("UNREADABLE_CELL", "任务!B2")]


def test_days_that_count_from_1904_are_the_same_days() -> None:
    book = xlwt.Workbook()
    book.dates_1904 = True
    book.add_sheet("任务").write(0, 0, date(2024, 11, 30), styled("yyyy-mm-dd"))
    assert table_of(saved(book)).rows[0][0].text == "2024-11-30"


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("计划.xls", False), ("计划.et", False), ("计划.xlsx", True), ("计划.doc", True)],
)
def test_an_old_workbook_is_known_by_its_content(name: str, wrong: bool) -> None:
    reading: Reading = parse(xls(lambda sheet: sheet.write(0, 0, "甲")), name)
    assert len(reading.document.parts) == 1
    assert [found.code for found in reading.findings] == (["WRONG_SUFFIX"] if wrong else [])


@pytest.mark.parametrize("name", ["计划.xls", "计划.et"])
def test_tabs_under_the_name_of_a_workbook_are_cells(name: str) -> None:
    table = table_of("序号\t任务\n1\t甲\n".encode("gb18030"), name)
    assert [[cell.text for cell in row] for row in table.rows] == [["序号", "任务"], ["1", "甲"]]


@pytest.mark.parametrize(
    ("limits", "row", "column", "fits"),
    [
        (Limits(max_rows=100), 99, 0, True),
        (Limits(max_rows=100), 100, 0, False),
        (Limits(max_columns=26), 0, 25, True),
        (Limits(max_columns=26), 0, 26, False),
        (Limits(max_cells=60), 9, 5, True),
        (Limits(max_cells=60), 9, 6, False),
        (LIMITS, 65535, 255, False),
    ],
)
def test_a_sheet_is_held_to_rows_columns_and_cells(limits: Limits, row: int, column: int, fits: bool) -> None:
    data = xls(lambda sheet: sheet.write(row, column, "x"))
    if fits:
        assert len(parse(data, "计划.xls", limits).document.parts) == 1
        return
    with pytest.raises(IntakeError, match="“任务”用到了单元格") as caught:
        parse(data, "计划.xls", limits)
    assert caught.value.code == "SHEET_TOO_LARGE"


GOOD = xls(lambda sheet: [sheet.write(n, 0, f"第{n}行") for n in range(400)])


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (GOOD[: len(GOOD) // 2], "DAMAGED_FILE"),
        (GOOD[:600], "DAMAGED_FILE"),
        (GOOD[:8], "DAMAGED_FILE"),
        (with_next_sector(GOOD, 0, 0), "DAMAGED_FILE"),  # a circle of one
        (with_next_sector(GOOD, 3, 1), "DAMAGED_FILE"),
        (with_next_sector(GOOD, 3, 0xFFFFFFF0), "DAMAGED_FILE"),
        (with_stream_named(GOOD, "EncryptedPackage"), "ENCRYPTED_FILE"),
        (with_stream_named(GOOD, "WordDocument"), "UNSUPPORTED_FORMAT"),
        (with_stream_named(GOOD, "Whatever"), "UNSUPPORTED_FORMAT"),
    ],
)
def test_what_is_broken_or_no_workbook_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(IntakeError) as caught:
        parse(data, "计划.xls", replace(LIMITS))
    assert caught.value.code == code
    assert "“计划.xls”" in caught.value.message


def test_a_workbook_with_a_password_is_refused() -> None:
    book = Ole2(GOOD).read("Workbook")
    at = GOOD.index(book[:512])
    end_of_bof = at + 4 + int.from_bytes(book[2:4], "little")
    data = GOOD[:end_of_bof] + b"\x2f\x00" + GOOD[end_of_bof + 2 :]  # the next record becomes FILEPASS
    with pytest.raises(IntakeError) as caught:
        parse(data, "计划.xls")
    assert caught.value.code == "ENCRYPTED_FILE"


@pytest.mark.parametrize("shift", range(0, len(GOOD), len(GOOD) // 40))
def test_a_byte_flipped_anywhere_ends_in_a_reading_or_a_refusal(shift: int) -> None:
    broken = bytearray(GOOD)
    broken[shift] ^= 0xFF
    with contextlib.suppress(IntakeError):
        assert isinstance(parse(bytes(broken), "计划.xls"), Reading)
