"""The year that the user gives, held against the one that the document names."""

from __future__ import annotations

import pytest

from intake.decomposition import interpret
from intake.draft import PlanDraft
from intake.text import read_text


def read(title: str, number: str, year: int | None) -> PlanDraft:
    text = f"{number}\n\n{title}\n\n序号\t项目内容\t责任单位\n1\t新增停车泊位800个\t区城管局\n"
    return interpret(read_text(text.encode(), "a.txt"), year=year)


GIVEN = [
    # title, number, year given, whether the document names another
    ("2023年民生实事任务分解表", "", 2024, True),
    ("2023年民生实事任务分解表", "", 2022, True),
    ("2023年民生实事任务分解表", "", 2023, False),
    ("2023年民生实事任务分解表", "", None, False),
    ("民生实事任务分解表", "", 2024, False),
    ("2023年工作总结和2024年任务分解表", "", 2024, False),
    ("2023—2025年民生实事任务分解表", "", 2024, False),
    ("2023—2025年民生实事任务分解表", "", 2026, True),
    # a letter may be numbered in the year before its plan's; the title says more than the number
    ("民生实事任务分解表", "云府办〔2023〕5号", 2022, True),
    ("民生实事任务分解表", "云府办〔2023〕5号", 2023, False),
    ("民生实事任务分解表", "云府办〔2023〕5号", 2024, False),
    ("民生实事任务分解表", "云府办〔2023〕5号", 2025, True),
    ("2024年民生实事任务分解表", "云府办〔2023〕5号", 2023, True),
    ("2024年民生实事任务分解表", "云府办〔2023〕5号", 2024, False),
]


@pytest.mark.parametrize(("title", "number", "year", "warned"), GIVEN)
def test_a_year_given_that_the_document_contradicts_is_taken_with_a_warning(
    title: str, number: str, year: int | None, warned: bool
) -> None:
    draft = read(title, number, year)
    assert ("YEAR_MISMATCH" in [one.code for one in draft.findings]) is warned
    assert year is None or draft.document.year == year
