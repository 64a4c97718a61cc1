"""Promise and report in one paragraph, and which documents report at all: both sides of each edge."""

from __future__ import annotations

import pytest

from intake.decomposition import interpret
from intake.telling import promise_and_report
from intake.text import read_text


@pytest.mark.parametrize(
    ("text", "promise", "report"),
    [
        ("新建公厕20座，目前已建成8座。", "新建公厕20座", "目前已建成8座。"),
        ("新建公厕20座。上半年，建成8座。", "新建公厕20座。", "上半年，建成8座。"),
        ("公厕建设工程。选址完成，已开工6座。", "公厕建设工程。", "选址完成，已开工6座。"),
        ("公厕建设工程。全年新建20座。已建成8座。", "公厕建设工程。全年新建20座。", "已建成8座。"),
        ("公厕建设工程完成情况。建成8座，均已完工。", "公厕建设工程。", "建成8座，均已完工。"),
        ("截至9月底，建成公厕8座。", "", "截至9月底，建成公厕8座。"),
        ("新建公厕20座，10月底前完成。", "新建公厕20座，10月底前完成。", ""),
    ],
)
def test_what_tells_how_far_it_is_comes_apart_from_the_promise(text: str, promise: str, report: str) -> None:
    assert promise_and_report(text) == (promise, report)


@pytest.mark.parametrize(
    ("title", "reports"),
    [
        ("2024年民生实事项目进展情况", [1, 1]),
        ("2024年民生实事项目安排", [0, 0]),  # the same words in a plan are the plan's
        ("2024年重点工作完成情况总结", None),  # a year looked back on: no items at all
    ],
)
def test_only_a_document_that_reports_on_tasks_is_read_as_a_report(
    title: str, reports: list[int] | None
) -> None:
    text = f"{title}\n1.新建公厕20座。目前已建成8座。\n2.改造公园3个。目前已完成1个。\n3.整修道路5条。"
    plan = interpret(read_text(text.encode(), "report.txt"), year=2024)
    told = [len(sub.progress) for project in plan.projects for sub in project.subtasks]
    assert told[:2] == (reports or [])
