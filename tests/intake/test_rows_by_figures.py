"""Tables of one cell a line without running numbers: rows told by a column of figures, or not at all."""

from __future__ import annotations

import pytest

from intake.decomposition import interpret
from intake.draft import PlanDraft
from intake.text import read_text

HEADINGS = ("指标名称", "任务目标（所）", "实际完成", "完成进度")
FIRST = ("新建托育园", "4", "3", "75%")
SECOND = ("维修校舍", "9", "9", "100%")


def plan_of(*cells: str) -> PlanDraft:
    text = "\n".join(("云溪区2024年实事完成情况", "", *(f"{cell}\n" for cell in cells)))
    return interpret(read_text(text.encode(), "figures.txt"), year=2024)


@pytest.mark.parametrize(
    ("cells", "figures"),
    [
        ((*HEADINGS, *FIRST), ["4所"]),
        ((*HEADINGS, *FIRST, *SECOND), ["4所", "9所"]),
        ((*HEADINGS, *FIRST, *SECOND, "区教育局", "2024年12月1日"), ["4所", "9所"]),
        ((*HEADINGS, *FIRST, *SECOND[:3]), []),  # a cell is missing at the end
        (
            (*HEADINGS, "新建托育园", "3", "75%", *SECOND, "另一格"),
            [],
        ),  # missing and added: the rows are shifted
        ((*HEADINGS, *FIRST, *SECOND, "区教育局", "另一格"), []),  # no signature: what follows may be cells
        (("指标名称", "任务目标", "实际完成", "完成进度", *FIRST), []),  # no column of figures
    ],
)
def test_only_rows_that_all_fit_are_believed(cells: tuple[str, ...], figures: list[str]) -> None:
    plan = plan_of(*cells)
    subtasks = [sub for project in plan.projects for sub in project.subtasks]
    assert [f"{one.quantity}{one.unit}" for sub in subtasks for one in sub.indicators] == figures
    assert ("STRUCTURE_LOST" in {one.code for one in plan.findings}) == (not figures)
