"""The same table says the same as text, workbook and document."""

from __future__ import annotations

import io
from typing import Any

import docx
import openpyxl
import pytest

from intake.decomposition import interpret
from intake.draft_json import to_json
from intake.reading import parse
from tests.intake.files.old_books import xls
from tests.intake.files.pages import Paper

TITLE = "2024年民生实事任务分解表"
# An empty cell below a filled one is covered by a merge.
ROWS = [
    ["序号", "项目名称", "任务分解", "牵头单位", "配合单位", "完成时限", "甲镇", "乙街道", "县本级"],
    ["1", "便民服务", "新建便民服务站18个", "县政数局", "各乡镇", "6月底前", "10个", "8个", "--"],
    ["", "", "更新自助终端30台", "县政数局", "县公安局", "10月底前", "12台", "13台", "5台"],
    [
        "2",
        "适老化改造",
        "完成220户居家适老化改造",
        "县民政局",
        "县残联、县住建局",
        "年内",
        "120户",
        "90户",
        "--",
    ],
]
MERGES = [(2, 3, 1), (2, 3, 2)]  # first row, last row, column


def as_text() -> bytes:
    return (TITLE + "\n\n" + "\n".join("\t".join(row) for row in ROWS) + "\n").encode("gb18030")


def as_workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([TITLE])
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=9)
    for row in ROWS:
        sheet.append([int(text) if text.isdigit() else text for text in row])
    for first, last, column in MERGES:
        sheet.merge_cells(start_row=first + 1, end_row=last + 1, start_column=column, end_column=column)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def as_document() -> bytes:
    document = docx.Document()
    document.add_paragraph(TITLE)
    table = document.add_table(len(ROWS), len(ROWS[0]))
    for i, row in enumerate(ROWS):
        for j, text in enumerate(row):
            table.cell(i, j).text = text
    for first, last, column in MERGES:
        table.cell(first - 1, column - 1).merge(table.cell(last - 1, column - 1))
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def as_csv() -> bytes:
    return "\n".join(",".join(row) for row in [[TITLE], *ROWS]).encode("utf-8-sig")


def as_page() -> bytes:
    """As a web site shows it, in the encoding that old sites declare."""
    spans = {(first, column): last - first + 1 for first, last, column in MERGES}
    covered = {(row, column) for first, last, column in MERGES for row in range(first + 1, last + 1)}
    lines = [
        "".join(
            f"<td rowspan={spans.get((i, j), 1)}><p>{text}</p></td>"
            for j, text in enumerate(row, 1)
            if (i, j) not in covered
        )
        for i, row in enumerate(ROWS, 1)
    ]
    body = "".join(f"<tr>{line}</tr>\n" for line in lines)
    head = '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">'
    page = f"<html><head>{head}</head><body><h1>{TITLE}</h1><table>{body}</table></body></html>"
    return page.encode("gb18030")


def as_old_workbook() -> bytes:
    def fill(sheet: Any) -> None:
        sheet.write_merge(0, 0, 0, 8, TITLE)
        for i, row in enumerate(ROWS, 1):
            for j, text in enumerate(row):
                if text:
                    sheet.write(i, j, int(text) if text.isdigit() else text)
        for first, last, column in MERGES:
            sheet.merge(first, last, column - 1, column - 1)

    return xls(fill)


def as_pdf() -> bytes:
    paper = Paper()
    paper.text(150, 40, TITLE)
    covered = {(row, column) for first, last, column in MERGES for row in range(first + 1, last + 1)}
    rows = [
        [None if (i, j) in covered else text for j, text in enumerate(row, 1)]
        for i, row in enumerate(ROWS, 1)
    ]
    rows[3][2] = "完成220户居家适\n老化改造"  # wrapped at the edge of the cell
    paper.table(100, rows, [30, 80, 92, 60, 90, 60, 40, 40, 40], left=30)
    return paper.data()


FILES = {
    "plan.txt": as_text,
    "plan.xlsx": as_workbook,
    "plan.docx": as_document,
    "plan.csv": as_csv,
    "plan.html": as_page,
    "plan.xls": as_old_workbook,
    "plan.pdf": as_pdf,
}


def read(name: str) -> dict[str, Any]:
    return to_json(interpret(parse(FILES[name](), name).document), stored=False)


@pytest.mark.parametrize("name", [name for name in FILES if name != "plan.txt"])
def test_the_kind_of_file_changes_nothing(name: str) -> None:
    text, other = read("plan.txt"), read(name)
    assert other["projects"] == text["projects"]
    assert other["document"] == text["document"]
    assert [one["code"] for one in other["findings"]] == [one["code"] for one in text["findings"]]


def test_the_table_holds_what_it_holds() -> None:
    plan = read("plan.txt")
    assert plan["counts"] == {"projects": 2, "subtasks": 3, "indicators": 3, "lead_units": 2, "quotas": 7}
    assert [sub["no"] for project in plan["projects"] for sub in project["subtasks"]] == ["1.1", "1.2", "2.1"]
    deadlines = [sub["deadline"]["date"] for project in plan["projects"] for sub in project["subtasks"]]
    assert deadlines == ["2024-06-30", "2024-10-31", "2024-12-31"]
    assert {one["code"] for one in plan["findings"]} == {"COLLECTIVE_UNIT", "SUM_MISMATCH"}
