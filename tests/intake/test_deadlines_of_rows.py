"""Deadlines of rows: days that move, work without an end, spans between two days, steps by date."""

from __future__ import annotations

from datetime import date

import pytest

from intake.decomposition import interpret
from intake.draft import PlanDraft, SubTaskDraft
from intake.table import Cell, Document, Paragraph, Place, Table

COLUMNS = ("序号", "工作任务", "牵头单位", "完成时限")


def plan_of(task: str, deadline: str | None) -> PlanDraft:
    rows = (
        [COLUMNS, ("1", task, "区住建局", deadline)] if deadline else [COLUMNS[:3], ("1", task, "区住建局")]
    )
    cells = tuple(
        tuple(Cell(text or "", Place(line=number)) for text in row)
        for number, row in enumerate(rows, start=2)
    )
    return interpret(Document("text.txt", (Paragraph("2024年任务表", Place(line=1)), Table(cells))))


def the_subtask(plan: PlanDraft) -> SubTaskDraft:
    (project,) = plan.projects
    (subtask,) = project.subtasks
    return subtask


def codes(plan: PlanDraft) -> list[str]:
    return [one.code for one in plan.findings if one.code in ("UNREAD_DEADLINE", "AMBIGUOUS_STEPS")]


@pytest.mark.parametrize(
    ("deadline", "said"),
    [
        ("春节前", "没有固定日期"),
        ("汛期前", "没有固定日期"),
        ("秋季开学前", "没有固定日期"),
        ("每季度", "经常性工作"),
        ("长期坚持", "经常性工作"),
        ("另行通知", "读不出具体日期"),
    ],
)
def test_a_deadline_without_a_date_keeps_its_words_and_says_what_it_is(deadline: str, said: str) -> None:
    plan = plan_of("排查危旧房屋", deadline)
    assert the_subtask(plan).deadline.text == deadline
    assert the_subtask(plan).deadline.date is None
    (found,) = [one for one in plan.findings if one.code == "UNREAD_DEADLINE"]
    assert said in found.message


@pytest.mark.parametrize(
    ("task", "text"),
    [
        ("春节前走访困难户300户", "春节前"),
        ("疏通管渠12公里，确保主汛期前完成", "主汛期前"),
        ("维修校舍5栋，秋季开学前投用", "秋季开学前"),
        ("春节前后开展文艺演出", None),
        ("做好学前教育普惠工作", None),
        ("完善冬季前沿哨所供暖", None),
        ("春节前完成摸底，10月底前完成改造", "10月底前"),
        ("开展迎春节慰问", None),
    ],
)
def test_a_moving_day_is_the_deadline_of_the_clause_that_it_opens(task: str, text: str | None) -> None:
    plan = plan_of(task, None)
    assert the_subtask(plan).deadline.text == text
    assert codes(plan) == (["UNREAD_DEADLINE"] if text and "月" not in text else [])


@pytest.mark.parametrize(
    ("deadline", "starts", "ends"),
    [
        ("2024年3月15日至2024年11月20日", "2024-03-15", "2024-11-20"),
        ("2024.3.15-2024.11.20", "2024-03-15", "2024-11-20"),
        ("3月15日-11月20日", "2024-03-15", "2024-11-20"),
        ("2024.3-2024.11", "2024-03-01", "2024-11-30"),
    ],
)
def test_a_span_begins_on_the_day_that_it_names(deadline: str, starts: str, ends: str) -> None:
    subtask = the_subtask(plan_of("整治河道", deadline))
    assert (subtask.starts_on, subtask.deadline.date) == (
        date.fromisoformat(starts),
        date.fromisoformat(ends),
    )


@pytest.mark.parametrize(
    ("task", "promised", "unclear"),
    [
        ("建设助餐点，6月底前3所、年底前5所", ["3", "5"], True),
        ("6月底前完成改造12个小区，12月底前达到30个", ["30"], False),
        ("6月底前建成3座，年底前累计建成5座", ["5"], False),
        ("6月底前建成3座，年底前再建成5座", ["3", "5"], False),
        ("6月底前覆盖率60%，年底前覆盖率90%", ["90"], False),
        ("6月底前建成公厕3座，年底前建成书房5座", ["3", "5"], False),
        ("6月底前完成设计，年底前建成5座", ["5"], False),
    ],
)
def test_steps_by_date_leave_the_last_figure_where_it_holds_the_others(
    task: str, promised: list[str], unclear: bool
) -> None:
    plan = plan_of(task, None)
    assert [f"{one.quantity:f}" for one in the_subtask(plan).indicators] == promised
    assert [one.date.isoformat() for one in [the_subtask(plan).deadline] if one.date] == ["2024-12-31"]
    assert [one.due_on for one in the_subtask(plan).milestones] == [date(2024, 6, 30)]
    assert ("AMBIGUOUS_STEPS" in codes(plan)) is unclear
