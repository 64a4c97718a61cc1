"""When numbered paragraphs are items: each rule with the text that it must take and the one that it must leave."""

from __future__ import annotations

import pytest

from intake.decomposition import interpret
from intake.draft import PlanDraft
from intake.text import read_text


def plan(text: str) -> PlanDraft:
    return interpret(read_text(text.encode(), "plan.txt"), year=2024)


def titles(text: str) -> list[str]:
    return [project.title for project in plan(text).projects]


TASKS = "1.新建公园3个。\n2.改造道路5公里。\n3.推进垃圾分类。"


@pytest.mark.parametrize(
    ("title", "taken"),
    [
        ("2024年重点工作安排", 3),
        ("2024年为民办实事项目", 3),
        ("重点工作推进会议纪要", 0),
        ("在重点工作动员会上的讲话", 0),
        ("2024年重点项目招标公告", 0),
        ("2024年政务公开", 0),
    ],
)
def test_paragraphs_without_units_count_below_the_title_of_a_plan_alone(title: str, taken: int) -> None:
    assert len(titles(f"{title}\n{TASKS}")) == taken


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("1.新建公园3个。\n2.改造道路5公里。", 0),  # two are few
        ("1.推进公园建设。\n2.加强道路养护。\n3.完善机制。", 0),  # no quantity anywhere
        ("1.新建公园3个。\n2.责任要落实。\n3.纪律要严明。\n4.作风要扎实。\n5.报道要及时。", 0),  # few promise
        (
            "1.新建公园3个。\n2.改造道路5公里。\n3.推进绿化。\n4.加强养护。\n5.第一中学达到省标。",
            5,
        ),  # nearly all
    ],
)
def test_a_plan_is_told_by_the_share_of_paragraphs_that_promise(text: str, taken: int) -> None:
    assert len(titles(f"2024年重点工作安排\n{text}")) == taken


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("1.新建公园。（责任单位：县园林局）\n2.改造道路。（责任单位：县交通局）", 2),
        ("1.新建公园。（责任单位：县园林局）\n2.改造道路。", 0),  # one unit alone is no evidence
        ("1.时间安排\n主管单位：县园林局\n2.领导姓名\n责任单位：县交通局", 0),  # nothing is to be done
    ],
)
def test_units_make_items_whatever_the_title(text: str, taken: int) -> None:
    assert len(titles(f"有关事项\n{text}")) == taken


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("1.新建公园。（责任单位：县园林局）\n2.改造道路。", 2),
        ("1.新建公园。（责任单位：县园林局）\n2.改造道路。\n3.联系人姓名。", 0),  # the others do nothing
        ("1.新建公园。（责任单位：县园林局）\n2.改造道路。\n3.组织领导。各镇要重视。", 2),
    ],
)
def test_below_the_title_of_a_plan_one_entry_with_units_is_enough(text: str, taken: int) -> None:
    assert len(titles(f"2024年重点工作安排\n{text}")) == taken


@pytest.mark.parametrize(
    ("note", "leads"),
    [
        ("责任单位中列第一位的为牵头单位。", ["县园林局"]),
        ("列入第一批的项目由牵头单位报送。", ["县园林局", "县交通局"]),  # no order of units
    ],
)
def test_the_order_of_units_tells_who_leads_where_the_document_says_so(note: str, leads: list[str]) -> None:
    items = "1.新建公园3个。（责任单位：县园林局、县交通局）\n2.改造道路5公里。（责任单位：县交通局）"
    read = plan(f"2024年重点工作安排\n{note}\n{items}")
    assert read.projects[0].subtasks[0].lead_units == leads


def test_a_row_without_unit_among_rows_with_units_is_taken_and_reported() -> None:
    read = plan(
        "任务\n1.新建公园3个。（责任单位：县园林局）\n2.改造道路5公里。\n3.新建桥梁2座。（责任单位：县交通局）"
    )
    assert [one.title for one in read.projects] == ["新建公园3个", "改造道路5公里", "新建桥梁2座"]
    assert [one.quote for one in read.findings if one.code == "NO_LEAD_UNIT"] == ["改造道路5公里"]


def test_how_a_plan_is_carried_out_is_no_item_beside_items_with_units() -> None:
    text = (
        "任务\n一、重点任务\n1.新建公园3个。（责任单位：县园林局）\n2.新建桥梁2座。（责任单位：县交通局）\n"
        "二、组织保障\n3.每月调度2次，建立台账1本。"
    )
    assert titles(text) == ["新建公园3个", "新建桥梁2座"]


@pytest.mark.parametrize(
    ("lead", "names", "taken"),
    [
        ("经票决，今年的民生实事是：", "1.城北小学扩建项目。\n2.滨河步道提升工程。\n3.农贸市场改造。", 3),
        ("会议强调，民生实事要做到：", "1.要压实责任。\n2.要加快建设。\n3.要强化督查。", 0),
        ("注意事项：", "1.城北小学扩建项目。\n2.滨河步道提升工程。\n3.农贸市场改造。", 0),
    ],
)
def test_names_of_projects_count_below_a_sentence_that_announces_them(
    lead: str, names: str, taken: int
) -> None:
    assert len(titles(f"公告\n{lead}\n{names}")) == taken


def test_a_unit_of_the_heading_answers_for_the_items_below_it() -> None:
    read = plan(
        "任务\n一、公园（牵头单位：县园林局）\n1.新建公园3个。\n2.改造公园2个。\n"
        "二、道路（牵头单位：县交通局）\n1.改造道路5公里。"
    )
    leads = {sub.no: sub.lead_units for project in read.projects for sub in project.subtasks}
    assert leads == {"一.1": ["县园林局"], "一.2": ["县园林局"], "二.1": ["县交通局"]}


def test_a_plan_without_units_waits_for_assignment() -> None:
    read = plan(f"2024年重点工作安排\n{TASKS}")
    assert read.document.kind == "work_plan"
    assert [one.code for one in read.findings] == ["NO_LEAD_UNIT"]
