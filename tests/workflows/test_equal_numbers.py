"""Two programmes in one letter keep their numbers as issued: 1.1 twice, in the plan, in its workbook and back."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from db.session import Database
from intake.draft import (
    DocumentFacts,
    IndicatorDraft,
    MilestoneDraft,
    PlanDraft,
    ProgressDraft,
    ProjectDraft,
    QuantityDraft,
    SubTaskDraft,
)
from intake.reading import read_document
from intake.workbook import read_workbook, write_workbook
from tests.workflows.drafts import stored
from workflows.export_plan import export
from workflows.import_plan import prepare
from workflows.revise_plan import compare


def programme(lead: str, title: str, total: int) -> ProjectDraft:
    share = {"东街": Decimal(total - 1), "西街": Decimal(1)}
    task = SubTaskDraft(
        "1.1", title, [lead], indicators=[IndicatorDraft("站点", Decimal(total), "个", quotas=share)]
    )
    half = [QuantityDraft("站点", Decimal(total // 2), "个")]
    task.milestones = [MilestoneDraft("2024-06", "过半", half)]
    task.progress = [ProgressDraft("2024-05", "在建", "in_progress", half)]
    return ProjectDraft("1", "站点建设", subtasks=[task])


def letter(*titles: str) -> PlanDraft:
    """Two programmes, each counted from 1."""
    projects = [programme(f"{place}号局", title, 10 * place) for place, title in enumerate(titles, 1)]
    return PlanDraft(DocumentFacts("两个方案", year=2024, kind="matrix"), projects=projects)


TITLES = pytest.mark.parametrize("titles", [("新建站点", "改造站点"), ("新建站点", "新建站点")])


@TITLES
def test_an_exported_plan_with_equal_numbers_comes_back_unchanged(
    database: Database, tmp_path: Path, titles: tuple[str, str]
) -> None:
    plan_id = stored(database, letter(*titles)).plan_id
    path = tmp_path / "plan.xlsx"
    path.write_bytes(write_workbook(export(database, plan_id)))
    found = prepare(database, path)
    assert [one for one in found.draft.findings if one.severity == "error"] == []
    assert compare(database, found).changes == ()
    assert [one.no for project in found.draft.projects for one in project.subtasks] == ["1.1", "1.1"]


@TITLES
def test_a_draft_that_was_never_stored_comes_back_whole(tmp_path: Path, titles: tuple[str, str]) -> None:
    draft = letter(*titles)
    path = tmp_path / "draft.xlsx"
    path.write_bytes(write_workbook(draft))
    back = read_workbook(read_document(path).document)
    assert [told(one) for project in back.projects for one in project.subtasks] == [
        told(one) for project in draft.projects for one in project.subtasks
    ]


def told(one: SubTaskDraft) -> tuple[object, ...]:
    return one.no, one.title, one.indicators[0].quotas, len(one.milestones), len(one.progress)
