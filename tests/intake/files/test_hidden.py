"""Hidden rows and columns: what a reader of the sheet does not see is not read, and it is said."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from intake.contacts import read_contacts, write_contacts_template
from intake.decomposition import interpret
from intake.workbook import read_workbook, write_template
from tests.intake.files.test_xlsx import read, saved, table_of, texts

ROWS = (
    ("序号", "项目", "底稿", "责任单位"),
    (1, "新建泵站4座", "甲", "县水利局"),
    (2, "维修校舍11所", "乙", "县教育局"),
    (3, "改造公园6个", None, "县园林局"),
)


def book_of(rows: tuple[int, ...] = (), columns: str = "", merge: str = "") -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in ROWS:
        sheet.append(row)
    for number in rows:
        sheet.row_dimensions[number].hidden = True
    for letter in columns:
        sheet.column_dimensions[letter].hidden = True
    if merge:
        sheet.merge_cells(merge)
    return book


@pytest.mark.parametrize(
    ("rows", "columns", "numbers", "width", "said"),
    [
        ((), "", ["序号", "1", "2", "3"], 4, None),
        ((3,), "", ["序号", "1", "3"], 4, "隐藏的1行，"),
        ((3, 4), "C", ["序号", "1"], 3, "隐藏的2行和1列，"),
        ((), "C", ["序号", "1", "2", "3"], 3, "隐藏的1列，"),
        ((5, 9), "FZ", ["序号", "1", "2", "3"], 4, None),  # beyond what is filled
        ((1, 2, 3, 4), "", [], 0, "隐藏的4行，"),
    ],
)
def test_what_is_hidden_is_left_out_and_counted(
    rows: tuple[int, ...], columns: str, numbers: list[str], width: int, said: str | None
) -> None:
    reading = read(saved(book_of(rows, columns)))
    shown = [texts(part) for part in reading.document.parts]  # type: ignore[arg-type]
    assert [row[0] for table in shown for row in table] == numbers
    assert {len(row) for table in shown for row in table} == ({width} if width else set())
    assert [one.code for one in reading.findings] == (["HIDDEN_CELLS"] if said else [])
    assert said is None or said in reading.findings[0].message


def test_the_cells_that_are_left_keep_their_places() -> None:
    table = table_of(saved(book_of((2,), "A")))
    assert [[str(cell.where) for cell in row][:1] for row in table.rows] == [
        ["Sheet!B1"],
        ["Sheet!B3"],
        ["Sheet!B4"],
    ]


@pytest.mark.parametrize(
    ("rows", "columns", "merge", "units"),
    [
        ((), "", "D2:D4", [("责任单位", False), ("县水利局", False), ("", True), ("", True)]),
        ((2,), "", "D2:D4", [("责任单位", False), ("县水利局", False), ("", True)]),
        ((2, 3), "", "D2:D4", [("责任单位", False), ("县水利局", False)]),
        ((3,), "", "D2:D4", [("责任单位", False), ("县水利局", False), ("", True)]),
        ((), "C", "C3:D4", [("责任单位", False), ("县水利局", False), ("乙", False), ("", True)]),
        ((2, 3), "", "D2:D3", [("责任单位", False), ("县园林局", False)]),  # all of the merge is hidden
    ],
)
def test_a_merge_that_begins_in_what_is_hidden_keeps_its_text(
    rows: tuple[int, ...], columns: str, merge: str, units: list[tuple[str, bool]]
) -> None:
    table = table_of(saved(book_of(rows, columns, merge)))
    assert [(row[-1].text, row[-1].merged) for row in table.rows] == units


def test_a_hidden_row_is_no_task() -> None:
    plan = interpret(read(saved(book_of((3,)))).document, year=2024)
    assert [project.title for project in plan.projects] == ["新建泵站4座", "改造公园6个"]


def test_our_own_workbooks_are_read_whole_though_a_filter_hides_rows(tmp_path: Path) -> None:
    plan = openpyxl.load_workbook(io.BytesIO(write_template()))
    tasks = plan["任务"]
    values = {"项目名称": "泵站", "任务分解": "新建泵站4座"}
    for number, cell in enumerate(tasks[1], 1):
        tasks.cell(2, number, values.get(str(cell.value)))
    tasks.row_dimensions[2].hidden = True
    (tmp_path / "plan.xlsx").write_bytes(saved(plan))
    draft = read_workbook(tmp_path / "plan.xlsx", 2024)
    assert [project.title for project in draft.projects] == ["泵站"]
    assert "HIDDEN_CELLS" not in {one.code for one in draft.findings}


def test_a_filter_on_the_contacts_loses_nobody(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_contacts_template()))
    book["单位"].append(["县水利局"])
    book["单位"].row_dimensions[book["单位"].max_row].hidden = True
    (tmp_path / "contacts.xlsx").write_bytes(saved(book))
    assert "县水利局" in {unit.name for unit in read_contacts(tmp_path / "contacts.xlsx").units}
