"""What is told about two drafts of one plan."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings

from intake.draft import IndicatorDraft, PlanDraft, ProjectDraft, SubTaskDraft
from intake.draft_diff import Change, diff
from intake.reading import parse
from intake.workbook import read_workbook, write_workbook
from tests.intake.files.drafts import drafts, example_plan, give_ids


@settings(max_examples=20, deadline=None)
@given(drafts())
def test_a_draft_does_not_differ_from_itself_nor_from_its_workbook(draft: PlanDraft) -> None:
    assert diff(draft, draft) == []
    assert diff(draft, read_workbook(parse(write_workbook(draft), "plan.xlsx").document)) == []


@settings(max_examples=20, deadline=None)
@given(drafts(), drafts())
def test_what_is_gone_one_way_is_new_the_other_way(one: PlanDraft, two: PlanDraft) -> None:
    there = {(change.old, change.new) for change in diff(one, two)}
    back = {(change.new, change.old) for change in diff(two, one)}
    assert bool(there) == bool(back)


def test_a_renamed_part_is_the_same_part_by_its_id() -> None:
    old, new = give_ids(example_plan()), give_ids(example_plan())
    new.projects[0].subtasks[0].title = "建设公共充电桩"
    path = "1 充电与小区 / 1.1 新建公共充电桩 / 名称"
    assert diff(old, new) == [
        Change(path, "新建公共充电桩", "建设公共充电桩", new.projects[0].subtasks[0].stable_id)
    ]


def test_a_new_part_of_an_old_name_takes_no_place_of_the_old() -> None:
    old = give_ids(PlanDraft(projects=[ProjectDraft("1", "甲", subtasks=[SubTaskDraft("1.1", "乙")])]))
    new = give_ids(PlanDraft(projects=[ProjectDraft("1", "甲", subtasks=[SubTaskDraft("1.1", "乙")])]))
    new.projects[0].subtasks.insert(0, SubTaskDraft("1.1", "乙"))
    assert [(change.old, change.new) for change in diff(old, new)] == [(None, "乙")]


def test_indicators_and_words_read_as_people_write_them() -> None:
    old, new = example_plan(), example_plan()
    new.projects[0].subtasks[0].indicators[0].comparator = "="
    new.projects[0].subtasks[1].indicators = [IndicatorDraft("改造", Decimal("1E+3"), "户", ">=")]
    new.projects[0].subtasks[0].indicators[1].kind = "rate"
    changes = [(change.path.split(" / ", 1)[1], change.old, change.new) for change in diff(old, new)]
    assert changes == [
        ("1.1 新建公共充电桩 / 指标 新建充电桩 / 比较", "不少于", "等于"),
        ("1.1 新建公共充电桩 / 指标 开放时长 / 类型", "水平", "比率"),
        ("1.2 改造老旧小区 / 指标 改造", None, "不少于 1000户"),
    ]


def test_facts_and_phases_of_the_plan_are_compared() -> None:
    old, new = example_plan(), example_plan()
    new.document.number = None
    new.phases.pop()
    assert [(change.path, change.old, change.new) for change in diff(old, new)] == [
        ("计划 / 文号", "府办〔2024〕1号", None),
        ("计划 / 查漏补缺截止日", "2024-12-31", None),
    ]
