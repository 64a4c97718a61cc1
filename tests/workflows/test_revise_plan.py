from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlmodel import col, select

from db import plans, tables
from db.reports import add_report
from db.session import Database
from db.units import stored_id
from engine.errors import DubanError
from intake.draft import (
    DocumentFacts,
    IndicatorDraft,
    MilestoneDraft,
    PhaseDraft,
    PlanDraft,
    ProgressDraft,
    ProjectDraft,
    QuantityDraft,
    SubTaskDraft,
)
from intake.workbook import write_workbook
from tests.workflows.drafts import NOW, prepared, row_counts, stored
from workflows.export_plan import export
from workflows.import_plan import Prepared, prepare, store
from workflows.revise_plan import compare, is_revision, revise
from workflows.set_milestones import plan_change, set_milestones
from workflows.sweep import sweep
from workflows.undo_import import undo

LATER = datetime(2024, 3, 11, 2, 0, tzinfo=UTC)
Edit = Callable[[PlanDraft], None]


def station(draft: PlanDraft) -> SubTaskDraft:
    return draft.projects[0].subtasks[0]


def sheet(database: Database, tmp_path: Path, plan_id: int, edit: Edit = lambda _: None) -> Prepared:
    """The plan exported, edited and read again, through a real workbook."""
    draft = export(database, plan_id)
    edit(draft)
    content = write_workbook(draft)
    path = tmp_path / f"{hashlib.sha256(content).hexdigest()[:8]}.xlsx"
    path.write_bytes(content)
    return prepare(database, path)


def shown(changes: object) -> list[tuple[str, str | None, str | None]]:
    return [(change.path, change.old, change.new) for change in changes]  # type: ignore[attr-defined]


def test_an_unchanged_sheet_changes_nothing(database: Database, tmp_path: Path) -> None:
    plan_id = stored(database).plan_id
    sweep(database, NOW)
    before = snapshot(database)
    revised = revise(database, sheet(database, tmp_path, plan_id), LATER, "tester")
    assert (revised.batch_id, revised.changes) == (None, ())
    assert snapshot(database) == before


def snapshot(database: Database) -> dict[str, list[str]]:
    with database.read() as session:
        models = (
            tables.Plan,
            tables.Project,
            tables.SubTask,
            tables.Indicator,
            tables.Milestone,
            tables.Quota,
        )
        return {
            model.__name__: sorted(str(row) for row in session.execute(select(model)).scalars())
            for model in models
        }


def quantity(draft: PlanDraft) -> None:
    station(draft).indicators[0].quantity = Decimal(12)


def quota(draft: PlanDraft) -> None:
    station(draft).indicators[0].quotas = {"区本级": Decimal(1), "东街": Decimal(8), "西街": Decimal(1)}


def lead(draft: PlanDraft) -> None:
    station(draft).lead_units = ["城管局"]


def deadline(draft: PlanDraft) -> None:
    station(draft).deadline.date = date(2024, 9, 30)


def goal(draft: PlanDraft) -> None:
    (milestone,) = [one for one in station(draft).milestones if one.period == "2024-06"]
    milestone.quantities = [QuantityDraft("新建站点", Decimal(6), "个")]


def new_goal(draft: PlanDraft) -> None:
    station(draft).milestones.append(
        MilestoneDraft("2024-08", "", [QuantityDraft("改造站点", Decimal(4), "个")])
    )


def phase(draft: PlanDraft) -> None:
    draft.phases[0] = PhaseDraft("execute", date(2024, 10, 31))


STATION = "1 服务设施 / 1.1 充电站点"


@pytest.mark.parametrize(
    ("edit", "path", "old", "new"),
    [
        (quantity, f"{STATION} / 指标 新建站点 / 数量", "10", "12"),
        (lead, f"{STATION} / 牵头单位", "交通局、住建局", "城管局"),
        (deadline, f"{STATION} / 完成日期", "2024-10-31", "2024-09-30"),
        (goal, f"{STATION} / 节点 2024-06 / 累计目标量", "新建站点 5个", "新建站点 6个"),
        (new_goal, f"{STATION} / 节点 2024-08", None, "改造站点 4个"),
        (phase, "计划 / 全面完成截止日", "2024-11-30", "2024-10-31"),
    ],
)
def test_an_edited_cell_is_shown_stored_and_taken_back(
    database: Database, tmp_path: Path, edit: Edit, path: str, old: str | None, new: str | None
) -> None:
    plan_id = stored(database).plan_id
    original = export(database, plan_id)
    edited = sheet(database, tmp_path, plan_id, edit)
    assert shown(compare(database, edited).changes) == [(path, old, new)]
    revised = revise(database, edited, LATER, "tester")
    assert revised.batch_id is not None
    assert compare(database, edited).changes == ()
    undo(database, revised.batch_id, LATER, "tester")
    assert content(export(database, plan_id)) == content(original)


def content(draft: PlanDraft) -> list[object]:
    """The draft without revisions, which only ever grow."""
    draft.document.revision = 0
    for project in draft.projects:
        project.revision = 0
        for subtask in project.subtasks:
            subtask.revision = 0
            for indicator in subtask.indicators:
                indicator.revision = 0
            for milestone in subtask.milestones:
                milestone.revision = 0
    return [draft.document, draft.phases, draft.projects]


def test_only_what_changed_is_looked_at_again_and_gets_a_revision(database: Database, tmp_path: Path) -> None:
    plan_id = stored(database).plan_id
    sweep(database, NOW)
    revise(database, sheet(database, tmp_path, plan_id, quantity), LATER, "tester")
    with database.read() as session:
        rows = {row.no: row for row in session.exec(select(tables.SubTask))}
        revisions = {one.subject: one.revision for one in session.exec(select(tables.Indicator))}
    assert rows["1.1"].next_check_on == date(2024, 3, 11)
    assert rows["1.2"].next_check_on != date(2024, 3, 11)
    assert revisions == {"新建站点": 2, "改造站点": 1, "道路": 1}


def test_a_change_of_phases_concerns_every_sub_task(database: Database, tmp_path: Path) -> None:
    plan_id = stored(database).plan_id
    sweep(database, NOW)
    revise(database, sheet(database, tmp_path, plan_id, phase), LATER, "tester")
    with database.read() as session:
        assert {row.next_check_on for row in session.exec(select(tables.SubTask))} == {date(2024, 3, 11)}
        gap = plans.load_plan(session, plan_id).phase("gap_fill")
    assert gap is not None
    assert gap.starts_on == date(2024, 11, 1)


def test_quotas_follow_the_sheet(database: Database, tmp_path: Path) -> None:
    plan_id = stored(database).plan_id
    revise(database, sheet(database, tmp_path, plan_id, quota), LATER, "tester")
    assert station(export(database, plan_id)).indicators[0].quotas == {
        "区本级": Decimal(1),
        "东街": Decimal(8),
        "西街": Decimal(1),
    }


def test_a_lead_that_was_missing_makes_a_draft_an_issued_sub_task(database: Database, tmp_path: Path) -> None:
    plan_id = stored(database).plan_id

    def name_lead(draft: PlanDraft) -> None:
        draft.projects[1].subtasks[0].lead_units = ["城管局"]

    revise(database, sheet(database, tmp_path, plan_id, name_lead), LATER, "tester")
    with database.read() as session:
        row = session.exec(select(tables.SubTask).where(col(tables.SubTask.no) == "2.1")).one()
        assert row.state == "issued"
        assert len(plans.lead_posts(session, [stored_id(row.id)])[stored_id(row.id)]) == 1


def rebuild(draft: PlanDraft) -> None:
    """A new project, a new sub-task in an old one, another order, and two rows gone."""
    del draft.projects[0].subtasks[1]
    station(draft).indicators.append(IndicatorDraft("拆除站点", Decimal(1), "个"))
    draft.projects[0].subtasks.insert(0, SubTaskDraft("1.0", "前期规划", ["规划局"]))
    draft.projects[1] = ProjectDraft("3", "绿化", subtasks=[SubTaskDraft("3.1", "街心公园", ["园林局"])])


def test_rows_come_and_go_and_come_back(database: Database, tmp_path: Path) -> None:
    plan_id = stored(database).plan_id
    original = export(database, plan_id)
    before = row_counts(database)
    revised = revise(database, sheet(database, tmp_path, plan_id, rebuild), LATER, "tester")
    assert revised.batch_id is not None
    present = export(database, plan_id)
    assert [[one.no for one in project.subtasks] for project in present.projects] == [["1.0", "1.1"], ["3.1"]]
    undo(database, revised.batch_id, LATER, "tester")
    assert content(export(database, plan_id)) == content(original)
    after = row_counts(database)
    assert {name for name in before if after[name] != before[name]} == {"import_batches", "events"}


def test_a_stale_sheet_is_refused_with_both_values(database: Database, tmp_path: Path) -> None:
    plan_id = stored(database).plan_id
    stale = sheet(database, tmp_path, plan_id, goal)
    with database.read() as session:
        change = plan_change(session, "1.1", ["2024-06=新建站点=7个"])
    set_milestones(database, change, NOW, "tester")
    before = row_counts(database)
    with pytest.raises(DubanError) as refused:
        revise(database, stale, LATER, "tester")
    assert refused.value.code == "REVISION_CONFLICT"
    assert "表里是“新建站点 6个”" in refused.value.message
    assert "现在是“新建站点 7个”" in refused.value.message
    assert row_counts(database) == before


def test_a_part_that_came_after_the_export_is_not_taken_for_removed(
    database: Database, tmp_path: Path
) -> None:
    plan_id = stored(database).plan_id
    stale = sheet(database, tmp_path, plan_id, quantity)
    with database.read() as session:
        change = plan_change(session, "1.1", ["2024-08-15=复查"])
    set_milestones(database, change, NOW, "tester")
    with pytest.raises(DubanError) as refused:
        compare(database, stale)
    assert refused.value.code == "REVISION_CONFLICT"


def test_a_row_copied_with_its_hidden_number_is_a_new_row(database: Database, tmp_path: Path) -> None:
    plan_id = stored(database).plan_id

    def copy_row(draft: PlanDraft) -> None:
        twin = SubTaskDraft("1.9", "充电站点二期", ["交通局"], stable_id=station(draft).stable_id, revision=1)
        draft.projects[0].subtasks.append(twin)

    draft = export(database, plan_id)
    copy_row(draft)
    changes = compare(database, prepared(draft, "1" * 64)).changes
    assert shown(changes) == [("1 服务设施 / 1.9 充电站点二期", None, "充电站点二期")]


@pytest.mark.parametrize("number", ["S999", "I999", "M999"])
def test_a_row_that_is_gone_is_named(database: Database, number: str) -> None:
    plan_id = stored(database).plan_id
    draft = export(database, plan_id)
    if number.startswith("S"):
        station(draft).stable_id = number
    elif number.startswith("I"):
        station(draft).indicators[0].stable_id = number
    else:
        station(draft).milestones[0].stable_id = number
    with pytest.raises(DubanError) as refused:
        compare(database, prepared(draft, "1" * 64))
    assert refused.value.code == "REVISION_CONFLICT"


def test_a_sub_task_with_reports_cannot_be_deleted_in_the_sheet(database: Database, tmp_path: Path) -> None:
    plan_id = stored(database).plan_id
    before = row_counts(database)

    def drop(draft: PlanDraft) -> None:
        del draft.projects[0].subtasks[0]  # it came with imported progress

    with pytest.raises(DubanError) as refused:
        revise(database, sheet(database, tmp_path, plan_id, drop), LATER, "tester")
    assert refused.value.code == "REVISION_REFUSED"
    assert row_counts(database) == before


def test_progress_in_the_sheet_is_a_report_of_its_own(database: Database, tmp_path: Path) -> None:
    plan_id = stored(database).plan_id

    def report(draft: PlanDraft) -> None:
        done = [QuantityDraft("新建站点", Decimal(3), "个")]
        station(draft).progress.append(ProgressDraft("2024-03", "建成3个", "in_progress", done))

    revised = revise(database, sheet(database, tmp_path, plan_id, report), LATER, "tester")
    with database.read() as session:
        reports = session.exec(select(tables.ProgressReport).order_by(col(tables.ProgressReport.id))).all()
        assert [(one.period, one.as_of, one.batch_id) for one in reports][1:] == [
            ("2024-03", date(2024, 3, 11), revised.batch_id)
        ]


def monthly(title: str = "充电站点") -> PlanDraft:
    """A later table of the same plan, without hidden numbers."""
    told = ProgressDraft("2024-03", "建成4个", "in_progress", [QuantityDraft("新建站点", Decimal(4), "个")])
    task = SubTaskDraft("1.1", title, ["交通局"], progress=[told])
    facts = DocumentFacts("三月进展", issued_on=date(2024, 4, 3), year=2024, kind="progress")
    return PlanDraft(facts, projects=[ProjectDraft("1", "服务设施", subtasks=[task])])


def test_a_later_table_adds_its_month_and_removes_nothing(database: Database) -> None:
    plan_id = stored(database).plan_id
    before = export(database, plan_id)
    revised = revise(database, prepared(monthly(), "1" * 64), LATER, "tester", str(plan_id))
    assert [change.path for change in revised.changes] == [f"{STATION} / 进展 2024-03"]
    after = export(database, plan_id)
    assert [one.period for one in station(after).progress] == ["2024-02", "2024-03"]
    station(after).progress.pop()
    assert content(after) == content(before)
    with database.read() as session:
        report = session.exec(
            select(tables.ProgressReport).where(col(tables.ProgressReport.period) == "2024-03")
        ).one()
    assert (report.as_of, report.received_at) == (date(2024, 3, 31), datetime(2024, 4, 3, 4, tzinfo=UTC))


def test_a_table_of_something_else_is_refused(database: Database) -> None:
    plan_id = stored(database).plan_id
    with pytest.raises(DubanError) as refused:
        compare(database, prepared(monthly("河道清淤"), "1" * 64), str(plan_id))
    assert refused.value.code == "NOTHING_MATCHES"


def test_a_workbook_of_one_plan_does_not_revise_another(database: Database, tmp_path: Path) -> None:
    first = stored(database).plan_id
    draft = export(database, first)
    other = monthly()
    second = store(database, prepared(other, "1" * 64), NOW, "tester").plan_id
    with pytest.raises(DubanError) as refused:
        compare(database, prepared(draft, "2" * 64), str(second))
    assert refused.value.code == "PLAN_MISMATCH"


def test_a_workbook_of_a_plan_that_is_gone_is_a_new_plan(database: Database, tmp_path: Path) -> None:
    batch = stored(database)
    exported = sheet(database, tmp_path, batch.plan_id)
    assert is_revision(database, exported, None)
    undo(database, batch.batch_id, NOW, "tester")
    assert not is_revision(database, exported, None)


def test_a_later_batch_is_undone_first(database: Database, tmp_path: Path) -> None:
    batch = stored(database)
    revise(database, sheet(database, tmp_path, batch.plan_id, quantity), LATER, "tester")
    with pytest.raises(DubanError) as refused:
        undo(database, batch.batch_id, LATER, "tester")
    assert refused.value.code == "UNDO_REFUSED"


def test_a_revision_that_was_revised_by_hand_stays(database: Database, tmp_path: Path) -> None:
    plan_id = stored(database).plan_id
    revised = revise(database, sheet(database, tmp_path, plan_id, goal), LATER, "tester")
    with database.read() as session:
        change = plan_change(session, "1.1", ["2024-06=新建站点=7个"])
    set_milestones(database, change, LATER, "tester")
    assert revised.batch_id is not None
    with pytest.raises(DubanError) as refused:
        undo(database, revised.batch_id, LATER, "tester")
    assert refused.value.code == "UNDO_REFUSED"


def test_a_new_indicator_with_a_reported_figure_stays(database: Database, tmp_path: Path) -> None:
    plan_id = stored(database).plan_id

    def add(draft: PlanDraft) -> None:
        draft.projects[0].subtasks[1].indicators.append(IndicatorDraft("课程", Decimal(8), "门"))

    revised = revise(database, sheet(database, tmp_path, plan_id, add), LATER, "tester")
    with database.write() as session:
        indicator = session.exec(
            select(tables.Indicator).where(col(tables.Indicator.subject) == "课程")
        ).one()
        report = tables.ProgressReport(
            subtask_id=indicator.subtask_id, period="2024-03", as_of=LATER.date(), received_at=LATER
        )
        add_report(session, report, {stored_id(indicator.id): Decimal(1)})
    assert revised.batch_id is not None
    with pytest.raises(DubanError) as refused:
        undo(database, revised.batch_id, LATER, "tester")
    assert refused.value.code == "UNDO_REFUSED"
