"""Cells of a workbook as text: as a reader of the sheet sees them, each with its place."""

from __future__ import annotations

import io
from datetime import date, datetime, time
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Alignment

from intake.document_json import Reading
from intake.reading import parse
from intake.table import Place, Table
from tests.intake.files import archives
from tests.intake.files.archives import cell


def read(data: bytes, name: str = "计划.xlsx") -> Reading:
    return parse(data, name)


def table_of(data: bytes) -> Table:
    (table,) = read(data).document.parts
    assert isinstance(table, Table)
    return table


def texts(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in table.rows]


def saved(book: openpyxl.Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def text_of(value: Any, number_format: str = "General") -> str:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["A1"] = value
    sheet["A1"].number_format = number_format
    return table_of(saved(book)).rows[0][0].text


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (12, "General", "12"),
        (12.0, "0.00", "12"),
        (-3, "General", "-3"),
        (0.1 + 0.2, "General", "0.3"),
        (16000, "#,##0", "16000"),
        (1e21, "General", "1000000000000000000000"),
        (0.35, "0%", "35%"),
        (0.355, "0%", "35.5%"),
        (1, "0.00%", "100%"),
        (0.07, '0%"以上"', "7%"),
        (5, '0"所"', "5所"),
        (5, '"约"0"所"', "约5所"),
        (1.5, '#,##0.00"万名"', "1.5万名"),
        (7, "0所", "7所"),
        (7, "0_ ", "7"),
        ("35%", "General", "35%"),
        ("1.10", "@", "1.10"),
        ("甲\n乙", "General", "甲\n乙"),
        (True, "General", "TRUE"),
        (date(2024, 11, 30), "yyyy-mm-dd", "2024-11-30"),
        (date(2024, 11, 30), 'm"月"d"日"', "2024-11-30"),
        (date(2024, 3, 1), 'yyyy"年"m"月"', "2024-03"),
        (date(2024, 3, 1), "mmm-yy", "2024-03"),
        (datetime(2024, 3, 1, 9, 30), "yyyy-mm-dd h:mm", "2024-03-01 09:30"),
        (time(9, 30), "h:mm", "09:30"),
    ],
)
def test_a_cell_reads_as_it_looks(value: Any, number_format: str, text: str) -> None:
    assert text_of(value, number_format) == text


@pytest.mark.parametrize(
    ("format_id", "text"),
    [
        (14, "2024-03-15"),
        (17, "2024-03"),
        (27, "2024-03"),
        (31, "2024-03-15"),
        (57, "2024-03"),
        (58, "2024-03-15"),
        (1, "45366"),
    ],
)
def test_the_numbered_date_formats_of_chinese_programs_are_dates(format_id: int, text: str) -> None:
    # 45366 days after 30 December 1899 is 15 March 2024: 45292 is 1 January 2024, plus 31 + 29 + 14.
    styles = f'<cellXfs><xf numFmtId="0"/><xf numFmtId="{format_id}" applyNumberFormat="1"/></cellXfs>'
    body = '<sheetData><row r="1"><c r="A1" s="1"><v>45366</v></c></row></sheetData>'
    assert texts(table_of(archives.xlsx(body, styles))) == [[text]]


def test_every_row_is_as_long_as_the_sheet_and_every_cell_knows_its_place() -> None:
    body = f'<sheetData><row r="2">{cell("B2", "甲")}</row><row r="4">{cell("C4", "乙")}</row></sheetData>'
    table = table_of(archives.xlsx(body))
    assert texts(table) == [["", "", ""], ["", "甲", ""], ["", "", ""], ["", "", "乙"]]
    assert table.name == "任务"
    assert table.rows[3][2].where == Place(sheet="任务", cell="C4")


def test_cells_and_rows_without_reference_follow_one_another() -> None:
    body = "<sheetData><row><c t='inlineStr'><is><t>甲</t></is></c><c><v>2</v></c></row><row><c><v>3</v></c></row></sheetData>"
    assert texts(table_of(archives.xlsx(body))) == [["甲", "2"], ["3", ""]]


def test_a_prefixed_namespace_is_read_as_well() -> None:
    entries = archives.xlsx_entries("")
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    entries["xl/worksheets/sheet1.xml"] = (
        f'<x:worksheet xmlns:x="{main}"><x:sheetData><x:row r="1"><x:c r="A1" t="str"><x:v>甲</x:v></x:c></x:row>'
        '</x:sheetData><x:mergeCells><x:mergeCell ref="A1:A2"/></x:mergeCells></x:worksheet>'
    )
    assert texts(table_of(archives.packed(entries))) == [["甲"]]


def test_the_reading_aid_of_a_word_is_not_its_text() -> None:
    shown = '<c r="A1" t="inlineStr"><is><t>督办</t><rPh sb="0" eb="2"><t>duban</t></rPh></is></c>'
    assert texts(table_of(archives.xlsx(f'<sheetData><row r="1">{shown}</row></sheetData>'))) == [["督办"]]


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("甲_x000D_\n乙", "甲\n乙"),
        ("_x005F_x000D_", "_x000D_"),
        ("a_x0041_b", "aAb"),
        ("_xD800_", ""),
        ("_x00_", "_x00_"),
        ("_x000D_x", "x"),
    ],
)
def test_escaped_characters_are_read_as_they_are_shown(stored: str, text: str) -> None:
    assert texts(table_of(archives.xlsx(archives.one_cell("A1", stored)))) == [[text]]


def test_only_cells_below_the_first_row_of_a_merge_are_merged() -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["A1"], sheet["D3"] = "项目", "末"
    sheet.merge_cells("A1:B3")
    merged = [[cell.merged for cell in row] for row in table_of(saved(book)).rows]
    assert merged == [[False, False, False, False], [True, True, False, False], [True, True, False, False]]


def test_a_formula_gives_its_stored_value() -> None:
    body = (
        '<sheetData><row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>""</f><v></v></c>'
        '<c r="C1" t="str"><f>A1&amp;"所"</f><v>2所</v></c></row></sheetData>'
    )
    reading = read(archives.xlsx(body))
    assert texts(reading.document.parts[0]) == [["2", "", "2所"]]  # type: ignore[arg-type]
    assert reading.findings == ()


def test_a_formula_without_stored_value_is_found_at_its_cell() -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["A1"], sheet["B3"] = "合计", "=SUM(A1:A2)"
    (finding,) = read(saved(book)).findings
    assert (finding.severity, finding.code, str(finding.where)) == (
        "warning",
        "UNCOMPUTED_FORMULA",
        "Sheet!B3",
    )
    assert "保存一次" in finding.message


@pytest.mark.parametrize(
    ("cell", "code"), [("<f>1+1</f>", "UNCOMPUTED_FORMULA"), ("<v>#REF!</v>", "UNREADABLE_CELL")]
)
@pytest.mark.parametrize(("count", "findings"), [(20, 20), (21, 21), (500, 21)])
def test_many_cells_of_one_trouble_are_summed_up(cell: str, code: str, count: int, findings: int) -> None:
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="e">{cell}</c></row>' for n in range(1, count + 1))
    found = read(archives.xlsx(f"<sheetData>{cells}</sheetData>")).findings
    assert [finding.code for finding in found] == [code] * findings
    assert ("还有" in found[-1].message) == (count > 20)


def test_an_error_value_is_blank_and_found() -> None:
    body = '<sheetData><row r="1"><c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c></row></sheetData>'
    reading = read(archives.xlsx(body))
    (finding,) = reading.findings
    assert texts(reading.document.parts[0]) == [[""]]  # type: ignore[arg-type]
    assert (finding.code, str(finding.where), finding.quote) == ("UNREADABLE_CELL", "任务!A1", "#DIV/0!")


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_left_out_and_said(state: str) -> None:
    body = f'<sheetData><row r="1">{cell("A1", "底稿")}</row></sheetData>'
    reading = read(archives.xlsx(body, state=state))
    assert reading.document.parts == ()
    assert [(finding.code, finding.quote) for finding in reading.findings] == [("HIDDEN_SHEET", "任务")]


def test_several_sheets_are_tables_in_their_order() -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].title, book.worksheets[0]["A1"] = "一", 1
    book.create_sheet("空")
    book.create_sheet("二")["A1"] = 2
    parts = read(saved(book)).document.parts
    assert [(part.name, texts(part)) for part in parts if isinstance(part, Table)] == [
        ("一", [["1"]]),
        ("二", [["2"]]),
    ]


def test_a_sheet_of_formatting_alone_is_no_table() -> None:
    book = openpyxl.Workbook()
    book.worksheets[0]["Z99"].alignment = Alignment(wrap_text=True)
    assert read(saved(book)).document.parts == ()


@pytest.mark.parametrize(
    ("name", "codes"),
    [("计划.xlsx", []), ("计划.xlsm", []), ("计划.docx", ["WRONG_SUFFIX"]), ("计划.txt", ["WRONG_SUFFIX"])],
)
def test_content_counts_more_than_the_suffix(name: str, codes: list[str]) -> None:
    reading = read(archives.xlsx(archives.one_cell("A1")), name)
    assert len(reading.document.parts) == 1
    assert [finding.code for finding in reading.findings] == codes
