"""Columns that say how far a task is in a word: which word stands for which status, and when."""

from __future__ import annotations

import pytest

from intake.decomposition import interpret
from intake.draft import PlanDraft, ProgressDraft
from intake.text import read_text

YEARS, MARCH, DECEMBER = (
    "2024年民生实事完成情况表",
    "2024年3月民生实事进展情况表",
    "2024年12月民生实事进展情况表",
)


def statuses(title: str, heading: str, word: str, report: str = "有序推进。") -> list[str]:
    """The statuses of a table of one task with a report and a column of status."""
    head = f"序号\t项目内容\t责任单位\t进展情况\t{heading}"
    row = f"1\t新增停车泊位800个\t区城管局\t{report}\t{word}"
    return [
        one.status for one in _reports(interpret(read_text(f"{title}\n\n{head}\n{row}\n".encode(), "a.txt")))
    ]


def _reports(draft: PlanDraft) -> list[ProgressDraft]:
    return [one for project in draft.projects for part in project.subtasks for one in part.progress]


SHOWN = [
    # what is as far as it should be is done at the year's end alone
    (YEARS, "完成成效", "完成任务", "done"),
    (DECEMBER, "完成成效", "完成任务", "done"),
    (MARCH, "完成成效", "完成任务", "in_progress"),
    (YEARS, "完成状态", "达标", "done"),
    (MARCH, "完成状态", "达标", "in_progress"),
    (MARCH, "完成状态", "未达标", "lagging"),
    (DECEMBER, "进度评价", "达到序时进度", "done"),
    (MARCH, "进度评价", "达到序时进度", "in_progress"),
    (MARCH, "进度评价", "未达到序时进度", "lagging"),
    (MARCH, "进度评价", "较慢", "lagging"),
    (MARCH, "进度评价", "滞后", "lagging"),
    (MARCH, "进度评价", "未启动", "not_started"),
    (MARCH, "完成成效", "超额完成", "over_fulfilled"),
    (MARCH, "完成成效", "已完成", "done"),
    (MARCH, "完成成效", "完成60%", "in_progress"),
    (MARCH, "完成成效", "完成100%", "done"),
    # an answer to the heading's question
    (MARCH, "是否达序", "是", "in_progress"),
    (DECEMBER, "是否达序", "是", "done"),
    (MARCH, "是否达序", "否", "lagging"),
    (MARCH, "是否完成", "是", "done"),
    (MARCH, "是否完成", "否", "in_progress"),
    (DECEMBER, "是否完成", "否", "lagging"),
    (MARCH, "完成成效", "是", "in_progress"),
]


@pytest.mark.parametrize(("title", "heading", "word", "status"), SHOWN)
def test_a_word_in_a_column_of_status_says_how_far_the_task_is(
    title: str, heading: str, word: str, status: str
) -> None:
    assert statuses(title, heading, word) == [status]


ALONE = [
    (YEARS, "完成任务", "done"),
    (YEARS, "达标", "done"),
    (YEARS, "完成任务的一半", "in_progress"),
    (YEARS, "新增停车泊位810个", "over_fulfilled"),
    (YEARS, "已新增停车泊位800个", "done"),
    (YEARS, "新增停车泊位800个", "in_progress"),  # only repeats its target
    (YEARS, "新增停车泊位799个", "in_progress"),
    (MARCH, "达标", "in_progress"),
]


@pytest.mark.parametrize(("title", "report", "status"), ALONE)
def test_without_such_a_column_the_report_itself_tells_it(title: str, report: str, status: str) -> None:
    table = f"{title}\n\n序号\t项目内容\t责任单位\t目标完成情况\n1\t新增停车泊位800个\t区城管局\t{report}\n"
    draft = interpret(read_text(table.encode(), "a.txt"))
    assert [one.status for one in _reports(draft)] == [status]
