"""A person says what the columns of a table are: headings that nobody understands, or none."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from intake.decomposition import interpret
from intake.draft import PlanDraft
from intake.given_columns import GivenColumns
from intake.guessed_columns import guessed_columns
from intake.table import Cell, Document, Paragraph, Place, Table

STRANGE = ("甲栏", "乙栏", "丙栏", "丁栏")
ROWS = (
    ("1", "新建村级驿站6个", "县民政局", "6月底前"),
    ("2", "改造泵站4座", "县水利局", "9月底前"),
    ("3", "维修校舍11所", "县教育局", "8月底前"),
)
WANTED = [
    ("新建村级驿站6个", ["县民政局"], "2024-06-30"),
    ("改造泵站4座", ["县水利局"], "2024-09-30"),
    ("维修校舍11所", ["县教育局"], "2024-08-31"),
]
TASK_TABLE = ("no", "task", "lead", "deadline")


def sheet(rows: Sequence[Sequence[str]], name: str = "任务表") -> Table:
    cells = tuple(
        tuple(Cell(text, Place(sheet=name, cell=f"{chr(65 + j)}{i}")) for j, text in enumerate(row))
        for i, row in enumerate(rows, start=1)
    )
    return Table(cells, name)


def read(given: GivenColumns | None, *tables: Table, number: int = 0) -> PlanDraft:
    columns = {number: given} if given else None
    return interpret(Document("plan.xlsx", tables), year=2024, columns=columns)


def told(plan: PlanDraft) -> list[tuple[str, list[str], str]]:
    return [
        (sub.title, sub.lead_units, str(sub.deadline.date)) for one in plan.projects for sub in one.subtasks
    ]


@pytest.mark.parametrize(
    ("rows", "headings"),
    [
        ((STRANGE, *ROWS), 1),
        (ROWS, 0),
        ((("某县清单", "", "", ""), STRANGE, *ROWS), 2),
        ((STRANGE, ("", "", "", ""), *ROWS), 1),
    ],
    ids=["strange headings", "no headings", "a title above them", "a blank row below them"],
)
def test_columns_that_a_person_names_are_read_as_named(rows: Sequence[Sequence[str]], headings: int) -> None:
    assert told(read(GivenColumns(TASK_TABLE, headings), sheet(rows))) == WANTED


def test_columns_in_any_order_and_those_not_imported() -> None:
    rows = [(unit, "不要的话", task, due) for _, task, unit, due in ROWS]
    given = GivenColumns(("lead", "other", "task", "deadline"))
    assert told(read(given, sheet(rows))) == WANTED


def test_what_a_person_says_outweighs_known_headings() -> None:
    rows = [("序号", "工作任务", "牵头单位", "配合单位")] + [
        (number, task, helper, lead)
        for (number, task, lead, _), helper in zip(ROWS, ("甲镇", "乙镇", "丙镇"), strict=True)
    ]
    plan = read(GivenColumns(("no", "task", "cooperating", "lead"), 1), sheet(rows))
    assert [(one.lead_units, one.cooperating_units) for p in plan.projects for one in p.subtasks] == [
        (["县民政局"], ["甲镇"]),
        (["县水利局"], ["乙镇"]),
        (["县教育局"], ["丙镇"]),
    ]


def test_columns_of_units_and_months_take_their_names_from_the_headings() -> None:
    rows = [
        ("甲", "乙", "东河镇任务", "西山镇", "3月"),
        ("1", "新建驿站6个", "2", "4", "开工"),
        ("2", "改造泵站4座", "1", "3", "招标"),
    ]
    plan = read(GivenColumns(("no", "task", "quota", "quota", "milestone"), 1), sheet(rows))
    first, second = [one for project in plan.projects for one in project.subtasks]
    assert first.indicators[0].quotas == {"东河镇": Decimal(2), "西山镇": Decimal(4)}
    assert second.indicators[0].quotas == {"东河镇": Decimal(1), "西山镇": Decimal(3)}
    assert [(one.period, one.text) for one in first.milestones] == [("2024-03", "开工")]


def test_a_share_without_a_unit_above_it_is_not_imported() -> None:
    plan = read(GivenColumns(("no", "task", "lead", "quota")), sheet([(*row[:3], "2") for row in ROWS]))
    assert [sub.indicators[0].quotas for one in plan.projects for sub in one.subtasks] == [{}, {}, {}]


def test_columns_count_for_the_table_that_they_are_given_for() -> None:
    known = sheet((("序号", "工作任务", "牵头单位", "完成时限"), *ROWS[:1]), "第一张")
    strange = sheet((STRANGE, *ROWS[1:]), "第二张")
    assert told(read(GivenColumns(TASK_TABLE, 1), known, strange, number=1)) == WANTED


def test_a_table_of_which_nothing_is_to_be_imported_gives_nothing_and_says_no_more() -> None:
    plan = read(GivenColumns(("other",) * 4, 1), sheet((("序号", "工作任务", "牵头单位", "完成时限"), *ROWS)))
    assert not told(plan)
    assert {one.code for one in plan.findings} == {"NO_ITEMS"}


@pytest.mark.parametrize(
    ("rows", "roles", "headings"),
    [
        ((("序号", "工作任务", "牵头单位", "完成时限"), *ROWS), TASK_TABLE, 1),
        ((("某县清单", "", "", ""), ("序号", "工作任务", "牵头单位", "完成时限"), *ROWS), TASK_TABLE, 2),
        (
            (("序号", "任务", "总量", "东河镇"), ("1", "新建", "6", "2"), ("2", "改造", "4", "4")),
            ("no", "project", "quantity", "quota"),
            1,
        ),
        ((STRANGE, *ROWS), ("other",) * 4, 0),
        ((), (), 0),
    ],
    ids=["known", "a title above", "a matrix", "strange", "empty"],
)
def test_the_guess_is_where_a_person_begins(
    rows: Sequence[Sequence[str]], roles: tuple[str, ...], headings: int
) -> None:
    assert guessed_columns(sheet(rows)) == GivenColumns(roles, headings)


def test_a_guess_that_is_given_back_reads_the_same() -> None:
    table = sheet((("序号", "工作任务", "牵头单位", "完成时限"), *ROWS))
    assert told(read(guessed_columns(table), table)) == told(read(None, table)) == WANTED


def test_paragraphs_between_tables_do_not_count() -> None:
    table = sheet((STRANGE, *ROWS))
    parts = (Paragraph("某县2024年任务清单", Place(line=1)), table, Paragraph("附注", Place(line=9)))
    plan = interpret(Document("plan.docx", parts), columns={0: GivenColumns(TASK_TABLE, 1)})
    assert told(plan) == WANTED
