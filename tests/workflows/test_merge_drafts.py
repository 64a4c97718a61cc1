"""A later document without hidden numbers, put onto a plan: what it changes and what it leaves to a person."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

import pytest

from engine.errors import DubanError
from intake.draft import (
    DeadlineDraft,
    DocumentFacts,
    IndicatorDraft,
    PlanDraft,
    ProgressDraft,
    ProjectDraft,
    QuantityDraft,
    SubTaskDraft,
)
from intake.draft_diff import diff
from workflows.merge_drafts import Merged, merge
from workflows.pair_tasks import task_names

Edit = Callable[[PlanDraft], None]


def stored_plan() -> PlanDraft:
    """Two projects as export gives them: three tasks with ids."""
    charging = SubTaskDraft(
        "1.1",
        "新建公共充电桩",
        ["交通局"],
        ["供电公司"],
        deadline=DeadlineDraft("10月底前", date(2024, 10, 31)),
        indicators=[IndicatorDraft("充电桩", Decimal(200), "台", stable_id="I1")],
        progress=[
            ProgressDraft("2024-03", "建成50台", "in_progress", [QuantityDraft("充电桩", Decimal(50), "台")])
        ],
        stable_id="S1",
    )
    parking = SubTaskDraft("1.2", "建设立体停车库", ["城管局"], stable_id="S2")
    meals = SubTaskDraft("2.1", "开办社区老年食堂", ["民政局"], stable_id="S3")
    meals.indicators = [
        IndicatorDraft(
            "食堂", Decimal(8), "家", quotas={"东街": Decimal(5), "西街": Decimal(3)}, stable_id="I2"
        ),
        IndicatorDraft("助餐点", Decimal(20), "个", stable_id="I3"),
    ]
    facts = DocumentFacts(
        "年度计划", "云政办〔2024〕1号", None, date(2024, 2, 20), 2024, "matrix", stable_id="P1"
    )
    return PlanDraft(
        facts,
        projects=[
            ProjectDraft("1", "绿色出行", subtasks=[charging, parking], stable_id="J1"),
            ProjectDraft("2", "养老服务", subtasks=[meals], stable_id="J2"),
        ],
    )


def amended(*edits: Edit) -> PlanDraft:
    """The same plan as a later document tells it: no ids, another number and date, and the edits."""
    told = copy.deepcopy(stored_plan())
    told.document = DocumentFacts(
        "修订后的计划", "云政办〔2024〕18号", None, date(2024, 7, 5), 2024, "decomposition"
    )
    for project in told.projects:
        project.stable_id = ""
        for subtask in project.subtasks:
            subtask.stable_id, subtask.progress = "", []
            for indicator in subtask.indicators:
                indicator.stable_id, indicator.quotas = "", {}
    for edit in edits:
        edit(told)
    return told


def merged(told: PlanDraft, answers: Sequence[tuple[str, str]] = ()) -> Merged:
    return merge(stored_plan(), told, answers)


def changed(
    told: PlanDraft, answers: Sequence[tuple[str, str]] = ()
) -> list[tuple[str, str | None, str | None]]:
    return [(one.path, one.old, one.new) for one in diff(stored_plan(), merged(told, answers).plan)]


def codes(found: Merged) -> list[str]:
    return [one.code for one in found.findings]


CHARGING, PARKING, MEALS = (0, 0), (0, 1), (1, 0)


def task(plan: PlanDraft, place: tuple[int, int]) -> SubTaskDraft:
    return plan.projects[place[0]].subtasks[place[1]]


def test_the_same_plan_told_again_changes_nothing_but_shows_no_loss() -> None:
    found = merged(amended())
    assert diff(stored_plan(), found.plan) == []
    assert (found.findings, found.withdrawn) == ([], [])


def quantity(told: PlanDraft) -> None:
    task(told, CHARGING).indicators[0].quantity = Decimal(260)


def deadline(told: PlanDraft) -> None:
    task(told, CHARGING).deadline = DeadlineDraft("9月底前", date(2024, 9, 30))


def lead(told: PlanDraft) -> None:
    task(told, PARKING).lead_units = ["住建局"]


def helpers(told: PlanDraft) -> None:
    task(told, PARKING).cooperating_units = ["财政局"]


def no_helpers(told: PlanDraft) -> None:
    task(told, CHARGING).cooperating_units = []
    task(told, PARKING).cooperating_units = ["供电公司"]


def no_deadline(told: PlanDraft) -> None:
    task(told, CHARGING).deadline = DeadlineDraft()


def renumbered(told: PlanDraft) -> None:
    told.projects.reverse()
    for number, project in enumerate(told.projects, 1):
        project.no = str(number)
        for place, subtask in enumerate(project.subtasks, 1):
            subtask.no = f"{number}.{place}"


def added(told: PlanDraft) -> None:
    told.projects[1].subtasks.append(SubTaskDraft("2.2", "河道清淤", ["水利局"]))


def moved(told: PlanDraft) -> None:
    told.projects[1].subtasks.append(told.projects[0].subtasks.pop(1))


ROAD, CARE = "1 绿色出行", "2 养老服务"


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (quantity, [(f"{ROAD} / 1.1 新建公共充电桩 / 指标 充电桩 / 数量", "200", "260")]),
        (
            deadline,
            [
                (f"{ROAD} / 1.1 新建公共充电桩 / 完成时限（原文）", "10月底前", "9月底前"),
                (f"{ROAD} / 1.1 新建公共充电桩 / 完成日期", "2024-10-31", "2024-09-30"),
            ],
        ),
        (lead, [(f"{ROAD} / 1.2 建设立体停车库 / 牵头单位", "城管局", "住建局")]),
        (helpers, [(f"{ROAD} / 1.2 建设立体停车库 / 配合单位", None, "财政局")]),
        (
            no_helpers,
            [
                (f"{ROAD} / 1.1 新建公共充电桩 / 配合单位", "供电公司", None),
                (f"{ROAD} / 1.2 建设立体停车库 / 配合单位", None, "供电公司"),
            ],
        ),
        (no_deadline, []),  # what the document does not tell stays
        (
            renumbered,
            [
                (f"{CARE} / 序号", "2", "1"),
                (f"{CARE} / 2.1 开办社区老年食堂 / 序号", "2.1", "1.1"),
                (f"{ROAD} / 序号", "1", "2"),
                (f"{ROAD} / 1.1 新建公共充电桩 / 序号", "1.1", "2.1"),
                (f"{ROAD} / 1.2 建设立体停车库 / 序号", "1.2", "2.2"),
            ],
        ),
        (added, [(f"{CARE} / 2.2 河道清淤", None, "河道清淤")]),
        (moved, [(f"{CARE} / 1.2 建设立体停车库 / 所属项目", "1 绿色出行", "2 养老服务")]),
    ],
)
def test_an_amended_plan_changes_what_it_tells(
    edit: Edit, expected: list[tuple[str, str | None, str | None]]
) -> None:
    assert changed(amended(edit)) == expected


def test_the_plan_keeps_its_own_document_and_issue_date() -> None:
    assert merged(amended(quantity)).plan.document == stored_plan().document


def gone(told: PlanDraft) -> None:
    del told.projects[0].subtasks[1]


def test_a_task_that_is_not_in_the_new_document_stays_and_is_told() -> None:
    found = merged(amended(gone))
    assert diff(stored_plan(), found.plan) == []
    (finding,) = found.findings
    assert (finding.code, finding.quote, finding.alternatives) == (
        "NOT_IN_DOCUMENT",
        "建设立体停车库",
        ("1.2=终止",),
    )


def test_it_is_withdrawn_only_when_somebody_says_so() -> None:
    found = merged(amended(gone), [("NOT_IN_DOCUMENT", "1.2=终止")])
    assert (found.withdrawn, found.findings) == (["S2"], [])
    assert diff(stored_plan(), found.plan) == []  # the row stays


def no_points(told: PlanDraft) -> None:
    del task(told, MEALS).indicators[1]


def test_an_indicator_goes_only_when_somebody_says_so() -> None:
    (finding,) = merged(amended(no_points)).findings
    assert (finding.code, finding.alternatives) == ("NOT_IN_DOCUMENT", ("2.1/助餐点=删去",))
    assert changed(amended(no_points)) == []
    assert changed(amended(no_points), [("NOT_IN_DOCUMENT", "2.1/助餐点=删去")]) == [
        (f"{CARE} / 2.1 开办社区老年食堂 / 指标 助餐点", "等于 20个", None)
    ]


def fewer_meals(told: PlanDraft) -> None:
    task(told, MEALS).indicators[0].quantity = Decimal(6)


def shares(told: PlanDraft) -> None:
    task(told, MEALS).indicators[0].quotas = {"东街": Decimal(4), "西街": Decimal(2)}


@pytest.mark.parametrize(
    ("edits", "expected"), [((fewer_meals,), ["SUM_MISMATCH"]), ((fewer_meals, shares), []), ((), [])]
)
def test_shares_that_no_longer_add_up_are_told(edits: tuple[Edit, ...], expected: list[str]) -> None:
    assert codes(merged(amended(*edits))) == expected


def reworded(told: PlanDraft) -> None:
    task(told, CHARGING).title = "公共充电设施布局"
    task(told, CHARGING).lead_units = ["发改局"]


def test_what_is_unsure_is_neither_changed_nor_added_nor_missed() -> None:
    found = merged(amended(reworded))
    assert diff(stored_plan(), found.plan) == []
    (finding,) = found.findings
    assert (finding.code, finding.alternatives) == ("UNSURE_MATCH", ("1.1=1.1", "1.1=新增"))


def test_an_answer_settles_it_one_way_or_the_other() -> None:
    told = amended(reworded)
    assert [(path, new) for path, _, new in changed(told, [("UNSURE_MATCH", "1.1=1.1")])] == [
        (f"{ROAD} / 1.1 新建公共充电桩 / 名称", "公共充电设施布局"),
        (f"{ROAD} / 1.1 新建公共充电桩 / 牵头单位", "发改局"),
    ]
    found = merged(told, [("UNSURE_MATCH", "1.1=新增")])
    assert [one.title for one in found.plan.projects[0].subtasks] == [
        "公共充电设施布局",
        "建设立体停车库",
        "新建公共充电桩",
    ]
    assert codes(found) == ["NOT_IN_DOCUMENT"]


@pytest.mark.parametrize(
    "answers",
    [
        [("UNSURE_MATCH", "9.9=1.1")],
        [("UNSURE_MATCH", "1.1=9.9")],
        [("UNSURE_MATCH", "1.1=1.1"), ("UNSURE_MATCH", "1.2=1.1")],
        [("NOT_IN_DOCUMENT", "1.1=终止")],
        [("NOT_IN_DOCUMENT", "1.2=删去")],
    ],
)
def test_an_answer_that_fits_nothing_is_refused(answers: list[tuple[str, str]]) -> None:
    with pytest.raises(DubanError) as refused:
        merged(amended(gone), answers)
    assert refused.value.code == "BAD_CHOICE"


def test_a_document_of_something_else_is_refused() -> None:
    other = PlanDraft(
        DocumentFacts("文化活动", year=2024, kind="decomposition"),
        projects=[ProjectDraft("1", "活动", subtasks=[SubTaskDraft("1.1", "举办群众歌会", ["文旅局"])])],
    )
    with pytest.raises(DubanError) as refused:
        merged(other)
    assert refused.value.code == "NOTHING_MATCHES"


def test_a_task_that_was_terminated_is_not_continued() -> None:
    found = merge(stored_plan(), amended(lead), (), frozenset({"S2"}))
    assert [one.stable_id for one in found.plan.projects[0].subtasks] == ["S1", "", "S2"]


def progress(period: str, done: int, title: str = "新建公共充电桩") -> PlanDraft:
    told = ProgressDraft(
        period, f"累计建成{done}台", "in_progress", [QuantityDraft("充电桩", Decimal(done), "台")]
    )
    tasks = [
        SubTaskDraft("3", title, ["交通局"], progress=[told]),
        SubTaskDraft("4", "举办群众歌会", ["文旅局"], progress=[ProgressDraft(period, "已办")]),
    ]
    facts = DocumentFacts("进展", year=2024, kind="progress")
    return PlanDraft(facts, projects=[ProjectDraft("1", "进展", subtasks=tasks)])


REPORT = f"{ROAD} / 1.1 新建公共充电桩 / 进展"


def test_a_progress_table_adds_its_month_and_leaves_the_rest() -> None:
    found = merged(progress("2024-04", 80))
    assert [(one.path, one.old, one.new) for one in diff(stored_plan(), found.plan)] == [
        (f"{REPORT} 2024-04", None, "累计建成80台；充电桩 80台")
    ]
    assert codes(found) == ["NOT_IN_PLAN"]


def test_other_figures_for_the_same_month_are_shown_old_and_new() -> None:
    assert changed(progress("2024-03", 60)) == [
        (f"{REPORT} 2024-03 / 进展情况", "建成50台", "累计建成60台"),
        (f"{REPORT} 2024-03 / 完成量", "充电桩 50台", "充电桩 60台"),
    ]


@pytest.mark.parametrize(
    ("period", "done", "falls"),
    [
        ("2024-04", 49, True),
        ("2024-04", 50, False),
        ("2024-02", 50, False),
        ("2024-02", 51, True),
        ("2024-03", 40, False),  # a correction of the month itself
    ],
)
def test_a_cumulative_figure_that_falls_is_told(period: str, done: int, falls: bool) -> None:
    assert ("FIGURE_FALLS" in codes(merged(progress(period, done)))) is falls


def test_tasks_are_named_by_number_then_title_then_both_then_place() -> None:
    named = [
        ("1", "甲"),
        ("2", "乙"),
        ("2", "丙"),
        ("3", "丁"),
        ("3", "丁"),
        ("", "戊"),
        ("4", "戊"),
        ("", "戊"),
    ]
    assert task_names([SubTaskDraft(no, title) for no, title in named]) == [
        "1", "乙", "丙", "第4项", "第5项", "第6项", "4", "第8项",
    ]  # fmt: skip
