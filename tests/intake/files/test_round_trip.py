"""Export → import of the workbook changes nothing; the file is the same each time."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings

from intake.draft import PlanDraft
from intake.reading import parse, read_document
from intake.workbook import is_workbook, read_workbook, write_template, write_workbook
from tests.intake.files.drafts import drafts, example_plan, give_ids, without_places


def read_back(draft: PlanDraft) -> PlanDraft:
    return read_workbook(parse(write_workbook(draft), "plan.xlsx").document)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drafts())
def test_what_is_written_is_read_back_unchanged(draft: PlanDraft) -> None:
    assert without_places(read_back(draft)) == without_places(draft)


def test_an_exported_plan_comes_back_with_its_ids_and_revisions() -> None:
    draft = give_ids(example_plan(), revision=7)
    back = read_back(draft)
    assert without_places(back) == draft
    assert back.findings == []


def test_a_saved_workbook_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "导出.xlsx"
    path.write_bytes(write_workbook(example_plan()))
    assert is_workbook(path)
    assert without_places(read_workbook(path)) == example_plan()


def test_the_same_draft_gives_the_same_bytes() -> None:
    assert write_workbook(example_plan()) == write_workbook(example_plan())


def test_the_template_is_an_empty_plan_in_the_import_layout(tmp_path: Path) -> None:
    path = tmp_path / "模板.xlsx"
    path.write_bytes(write_template())
    document = read_document(path).document
    assert is_workbook(document)
    assert read_workbook(document) == PlanDraft()


def test_another_workbook_is_not_taken_for_the_import_layout(tmp_path: Path) -> None:
    path = tmp_path / "任务.csv"
    path.write_text("序号,项目名称,任务分解,牵头单位\n1,甲,乙,丙\n", encoding="utf-8")
    assert not is_workbook(path)
