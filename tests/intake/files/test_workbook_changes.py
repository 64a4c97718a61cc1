"""An exported workbook that comes back: what is unchanged changes nothing, what is changed is shown."""

from __future__ import annotations

from datetime import date
from typing import Any

import openpyxl

from intake.draft import Finding, PlanDraft
from intake.draft_diff import diff
from intake.workbook import write_workbook
from tests.intake.files.drafts import example_plan, give_ids
from tests.intake.files.sheets import Edit, edited, fill


def unmerge(sheet: Any) -> None:
    for merged in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(merged))


def nothing(book: openpyxl.Workbook) -> None:
    """Open and save."""


def stored() -> PlanDraft:
    return give_ids(example_plan(), revision=2)


def changes_of(edit: Edit) -> tuple[list[tuple[str, str | None, str | None]], list[Finding]]:
    back = edited(write_workbook(stored()), edit)
    return [(change.path, change.old, change.new) for change in diff(stored(), back)], back.findings


def test_an_export_that_was_opened_and_saved_changes_nothing() -> None:
    assert changes_of(nothing) == ([], [])


def test_changed_cells_show_old_and_new() -> None:
    def edit(book: openpyxl.Workbook) -> None:
        fill(book["任务"], 2, 牵头单位="区发改局", 完成日期=date(2024, 10, 31), 数量=210)
        book["分解量"]["G2"] = 160
        fill(book["节点"], 2, 累计目标量=45)

    changes, findings = changes_of(edit)
    task = "1 充电与小区 / 1.1 新建公共充电桩"
    assert changes == [
        (f"{task} / 牵头单位", "区住建局", "区发改局"),
        (f"{task} / 完成日期", "2024-11-30", "2024-10-31"),
        (f"{task} / 指标 新建充电桩 / 数量", "200", "210"),
        (f"{task} / 指标 新建充电桩 / 分解量 区本级", "150", "160"),
        (f"{task} / 节点 2024-03 / 累计目标量", "新建充电桩 40台", "新建充电桩 45台"),
    ]
    assert findings == []


def test_a_deleted_row_is_a_part_that_is_gone() -> None:
    def edit(book: openpyxl.Workbook) -> None:
        unmerge(book["任务"])
        book["任务"].delete_rows(4)

    changes, findings = changes_of(edit)
    assert changes == [("1 充电与小区 / 1.2 改造老旧小区", "改造老旧小区", None)]
    assert findings == []


def test_an_emptied_row_is_a_part_that_is_gone() -> None:
    def edit(book: openpyxl.Workbook) -> None:
        for cell in book["任务"][5]:
            if not str(cell.value).startswith(("p", "1")):  # all but the hidden keys
                cell.value = None

    changes, _ = changes_of(edit)
    assert changes == [("2 健身", "健身", None)]


def test_a_copied_row_with_another_text_is_a_new_part() -> None:
    def edit(book: openpyxl.Workbook) -> None:
        sheet = book["任务"]
        sheet.append([cell.value for cell in sheet[5]])
        fill(sheet, 6, 序号="2", 子任务序号="2.2", 任务分解="举办读书节")

    changes, findings = changes_of(edit)
    assert changes == [("2 健身 / 2.2 举办读书节", None, "举办读书节")]
    assert [finding.code for finding in findings] == ["DUPLICATE_ID"]


def test_rows_in_another_order_change_nothing() -> None:
    def edit(book: openpyxl.Workbook) -> None:
        sheet = book["任务"]
        unmerge(sheet)
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(2, 5)]
        for number, values in enumerate(reversed(rows), 2):
            for index, value in enumerate(values, 1):
                sheet.cell(number, index).value = value

    assert changes_of(edit) == ([], [])


def test_values_repeated_down_the_rows_change_nothing_but_others_are_found() -> None:
    def edit(book: openpyxl.Workbook) -> None:
        sheet = book["任务"]
        unmerge(sheet)
        fill(sheet, 3, 牵头单位="区住建局", 任务分解="新建公共充电桩", 级别="市级")

    changes, findings = changes_of(edit)
    assert changes == []
    assert [(f.code, f.severity, str(f.where), f.quote) for f in findings] == [
        ("CONFLICTING_ROWS", "warning", "任务!M3", "市级")
    ]
