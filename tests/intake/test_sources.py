"""Every value keeps the words it was read from and their place."""

from __future__ import annotations

import pytest

from intake.decomposition import interpret
from intake.draft import SubTaskDraft
from intake.table import Cell, Document, Place, Table

HEADINGS = ("序号", "任务", "牵头单位", "配合单位", "责任人", "完成时限", "级别")
ROW = ("1", "新建口袋公园3个", "区园林局", "区财政局、各镇", "张甲", "10月底前", "区级")


def cells(row: int, texts: tuple[str, ...]) -> tuple[Cell, ...]:
    return tuple(Cell(text, Place(sheet="表", cell=f"{'ABCDEFG'[i]}{row}")) for i, text in enumerate(texts))


def subtask_of(*rows: tuple[str, ...]) -> SubTaskDraft:
    table = Table(tuple(cells(number, row) for number, row in enumerate(rows, start=1)))
    return interpret(Document("a.xlsx", (table,)), year=2024).projects[-1].subtasks[-1]


@pytest.mark.parametrize(
    ("field", "quote", "cell"),
    [
        ("lead_units", "区园林局", "C2"),
        ("cooperating_units", "区财政局、各镇", "D2"),
        ("responsible", "张甲", "E2"),
        ("deadline", "10月底前", "F2"),
        ("level", "区级", "G2"),
    ],
)
def test_a_field_names_the_cell_it_was_read_from_as_issued(field: str, quote: str, cell: str) -> None:
    found = [one for one in subtask_of(HEADINGS, ROW).sources if one.field == field]
    assert [(one.quote, one.where.cell) for one in found] == [(quote, cell)]


def test_what_a_merged_cell_gives_stands_in_the_first_row_of_the_merge() -> None:
    second = ("2", "改造老旧小区5个", "", "", "", "", "")
    rows = [cells(1, HEADINGS), cells(2, ROW), cells(3, second)]
    rows[2] = (*rows[2][:2], *(Cell("", cell.where, merged=True) for cell in rows[2][2:]))
    plan = interpret(Document("a.xlsx", (Table(tuple(rows)),)), year=2024)
    below = plan.projects[-1].subtasks[-1]
    assert below.lead_units == ["区园林局"]
    assert [str(one.where) for one in below.sources if one.field == "lead_units"] == ["表!C2"]


def test_each_quota_names_the_cell_of_its_unit() -> None:
    matrix = Table(
        (
            cells(1, ("序号", "任务", "总量", "东河镇", "西山镇", "南湖街道")),
            cells(2, ("1", "新建充电桩", "10台", "4", "--", "6")),
            cells(3, ("2", "新建公厕", "5座", "1", "2", "2")),
        )
    )
    first = interpret(Document("a.xlsx", (matrix,)), year=2024).projects[0].subtasks[0]
    assert [(one.name, one.quote, one.where.cell) for one in first.sources if one.field == "quotas"] == [
        ("东河镇", "4", "D2"),
        ("南湖街道", "6", "F2"),
    ]


def test_a_deadline_inside_the_wording_is_quoted_from_it() -> None:
    subtask = subtask_of(HEADINGS[:3], ("1", "9月底前新建口袋公园3个", "区园林局"))
    found = [one for one in subtask.sources if one.field == "deadline"]
    assert [(one.quote, one.where.cell) for one in found] == [("9月底前", "B2")]


def test_units_at_the_end_of_a_task_are_quoted_without_the_task() -> None:
    subtask = subtask_of(("序号", "任务"), ("1", "新建口袋公园3个（牵头单位：区园林局）"))
    found = [one for one in subtask.sources if one.field == "lead_units"]
    assert [(one.quote, one.where.cell) for one in found] == [("牵头单位：区园林局", "B2")]
