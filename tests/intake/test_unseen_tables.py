"""Tables in sheets that nobody has seen before, and cells that hold more than their heading says."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from intake.decomposition import interpret
from intake.draft import PlanDraft
from intake.table import Cell, Document, Place, Table
from intake.text import read_text
from intake.unit_cells import parted

HEADINGS = ("序号", "工作任务", "牵头单位", "完成时限")
ROWS = (
    ("1", "新建村级驿站6个", "县民政局", "6月底前"),
    ("2", "改造泵站4座", "县水利局", "9月底前"),
    ("3", "维修校舍11所", "县教育局", "8月底前"),
)


def sheet(rows: Sequence[Sequence[str]], name: str = "任务表") -> Table:
    cells = tuple(
        tuple(Cell(text, Place(sheet=name, cell=f"{chr(65 + j)}{i}")) for j, text in enumerate(row))
        for i, row in enumerate(rows, start=1)
    )
    return Table(cells, name)


def read(*tables: Table) -> PlanDraft:
    return interpret(Document("plan.xlsx", tables), year=2024)


def told(plan: PlanDraft) -> list[tuple[str, list[str], str]]:
    return [
        (sub.title, sub.lead_units, str(sub.deadline.date)) for one in plan.projects for sub in one.subtasks
    ]


def codes(plan: PlanDraft) -> set[str]:
    return {one.code for one in plan.findings}


WANTED = [
    ("新建村级驿站6个", ["县民政局"], "2024-06-30"),
    ("改造泵站4座", ["县水利局"], "2024-09-30"),
    ("维修校舍11所", ["县教育局"], "2024-08-31"),
]


def test_rows_of_titles_blank_columns_and_notes_are_no_tasks() -> None:
    rows = [
        ("青禾县2024年任务表", "", "", "", ""),
        ("填报单位：县政府办", "", "", "填报日期：3月", ""),
        ("序号", "", *HEADINGS[1:]),
        *((number, "", *rest) for number, *rest in ROWS),
        ("合计：3项", "", "", "", ""),
        ("填表人：甲某", "", "审核人：乙某", "", ""),
    ]
    assert told(read(sheet(rows))) == WANTED


def test_sheets_with_the_same_headings_are_one_table() -> None:
    plan = read(sheet([HEADINGS, *ROWS[:1]], "一季度"), sheet([HEADINGS, *ROWS[1:]], "二季度"))
    assert told(plan) == WANTED


def test_unknown_headings_are_told_by_their_cells_and_said() -> None:
    plan = read(sheet([("序号", "工作任务", "扛旗方", "见效节点"), *ROWS]))
    assert told(plan) == WANTED
    assert "GUESSED_COLUMNS" in codes(plan)


def test_known_headings_are_not_guessed() -> None:
    assert "GUESSED_COLUMNS" not in codes(read(sheet([HEADINGS, *ROWS])))


def test_two_unknown_columns_of_units_are_not_chosen_between() -> None:
    rows = [(number, task, unit, "县财政局") for number, task, unit, _ in ROWS]
    plan = read(sheet([("序号", "工作任务", "扛旗方", "助力方"), *rows]))
    assert [sub.lead_units for one in plan.projects for sub in one.subtasks] in ([], [[], [], []])


@pytest.mark.parametrize(
    "headings",
    [
        ("序号", "姓名", "职务", "联系电话"),
        ("序号", "项目名称", "中标供应商", "成交金额"),
        ("序号", "任务名称", "分值", "得分"),
        ("序号", "岗位名称", "招聘人数", "学历要求"),
    ],
)
def test_tables_of_other_things_give_no_items(headings: tuple[str, ...]) -> None:
    plan = read(sheet([headings, ("1", "甲某", "10", "20"), ("2", "乙某", "30", "40")]))
    assert plan.projects == []
    assert {"NO_ITEMS", "UNREAD_TABLE"} <= codes(plan)


@pytest.mark.parametrize(
    ("text", "units", "persons"),
    [
        ("区教育局 甲某", "区教育局", "甲某"),
        ("区教育局甲某", "区教育局", "甲某"),
        ("县水利局张甲", "县水利局", "张甲"),
        ("县水利局张甲乙", "县水利局", "张甲乙"),
        ("县水利局防汛办", "县水利局防汛办", ""),
        ("县财政局方便科", "县财政局方便科", ""),
        ("县财政局牵头", "县财政局牵头", ""),
        ("乙某（区民政局局长）", "区民政局", "乙某"),
        ("区城管局（丙某）", "区城管局", "丙某"),
        ("县交通局：0000-6000001", "县交通局", ""),
        ("县卫健局 0000-6000002、县财政局 0000-6000003", "县卫健局、县财政局", ""),
        # brackets that belong to the name stay
        ("区科技局（区科协）", "区科技局（区科协）", ""),
        ("区卫健局（老龄办）", "区卫健局（老龄办）", ""),
        ("区住建局、各街道（园区）", "区住建局、各街道（园区）", ""),
    ],
)
def test_persons_and_telephones_leave_the_unit(text: str, units: str, persons: str) -> None:
    assert parted(text) == (units, persons)


@pytest.mark.parametrize("heading", ["序号 |", "类别 |\n序号 |"])
def test_headings_in_bars_and_a_number_at_the_end_invent_nothing(heading: str) -> None:
    text = f"{heading}\n工作任务 |\n责任单位 |\n1 |\n"
    assert [one.title for one in interpret(read_text(text.encode(), "plan.txt")).projects] == []


@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_a_table_of_one_cell_a_line_may_be_long(between: str) -> None:
    rows = [(str(number), f"新建泵站{number}座", "县水利局", "9月底前") for number in range(1, 401)]
    cells = [cell for row in [HEADINGS, *rows] for cell in row]
    plan = interpret(read_text(between.join(["2024年任务表", *cells]).encode(), "plan.txt"))
    assert [one.title for one in plan.projects] == [title for _, title, _, _ in rows]
