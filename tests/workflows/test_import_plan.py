from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlmodel import Session, col, select

from db import plans, tables
from db.session import Database
from db.units import load_book
from engine.errors import DubanError
from intake.draft import IndicatorDraft, MilestoneDraft, PlanDraft, ProgressDraft, QuantityDraft, SubTaskDraft
from intake.table import Place
from tests.workflows.drafts import NOW, prepared, row_counts, small_plan, stored
from workflows.check_draft import check_draft
from workflows.import_plan import store
from workflows.sweep import sweep


def subtask(session: Session, no: str) -> tables.SubTask:
    return session.exec(select(tables.SubTask).where(col(tables.SubTask.no) == no)).one()


def bound(session: Session, no: str) -> list[tuple[str, str]]:
    work, unit = tables.Assignment, tables.Unit
    query = (
        select(col(work.role), col(unit.name))
        .join(unit, col(unit.id) == col(work.unit_id))
        .where(col(work.subtask_id) == subtask(session, no).id)
        .order_by(col(work.position))
    )
    return list(session.exec(query))


def test_a_stored_plan_has_phases_that_follow_one_another(database: Database) -> None:
    plan_id = stored(database).plan_id
    with database.read() as session:
        plan = plans.load_plan(session, plan_id)
    assert [(phase.name, phase.starts_on, phase.ends_on) for phase in plan.phases] == [
        ("execute", date(2024, 2, 20), date(2024, 11, 30)),
        ("gap_fill", date(2024, 12, 1), date(2024, 12, 31)),
    ]
    assert (plan.title, plan.year, plan.issued_on) == ("示例计划", 2024, date(2024, 2, 20))


def test_each_sub_task_is_loaded_as_the_rules_see_it(database: Database) -> None:
    stored(database)
    with database.read() as session:
        key = subtask(session, "1.1").id
        assert key is not None
        loaded = plans.load_subtasks(session, [key])[key]
    new, renewed = loaded.indicators
    assert [(one.subject, one.quantity, one.unit) for one in loaded.indicators] == [
        ("新建站点", Decimal(10), "个"),
        ("改造站点", Decimal(4), "个"),
    ]
    assert [(one.due_on, one.text, dict(one.quantities)) for one in loaded.milestones] == [
        (date(2024, 4, 15), "开工", {}),
        (date(2024, 6, 30), "过半", {new.id: Decimal(5)}),
    ]
    assert loaded.deadline == date(2024, 10, 31)
    (report,) = loaded.reports
    assert (report.period, report.as_of, report.received_on) == (
        "2024-02",
        date(2024, 2, 20),
        date(2024, 2, 20),
    )
    assert (report.accepted, report.quantities) == (True, {new.id: Decimal(2)})
    assert renewed.id not in report.quantities


def test_units_are_bound_by_role_and_quota_holders_execute(database: Database) -> None:
    stored(database)
    with database.read() as session:
        assert bound(session, "1.1") == [
            ("lead", "交通局"),
            ("co_lead", "住建局"),
            ("cooperating", "财政局"),
            ("executing", "区本级"),
            ("executing", "东街"),
        ]
        kinds = {unit.name: unit.kind for unit in session.exec(select(tables.Unit))}
    assert kinds == {
        "交通局": "department",
        "住建局": "department",
        "财政局": "department",
        "区本级": "level",
        "东街": "street",
        "卫健局（老龄办）": "department",
        "示例区政府办公室": "department",
    }


def test_lead_units_have_a_liaison_and_the_issuer_coordinates(database: Database) -> None:
    stored(database)
    with database.read() as session:
        post, unit = tables.Post, tables.Unit
        query = select(col(unit.name), col(post.kind)).join(unit, col(unit.id) == col(post.unit_id))
        assert set(session.exec(query)) == {
            ("交通局", "liaison"),
            ("住建局", "liaison"),
            ("卫健局（老龄办）", "liaison"),
            ("示例区政府办公室", "coordinator"),
        }


def test_a_second_plan_leaves_the_coordinator_as_is(database: Database) -> None:
    stored(database)
    other = small_plan()
    other.document.issuer = "另一个办公室"
    store(database, prepared(other, "1" * 64), NOW, "tester")
    with database.read() as session:
        assert len(plans.coordinator_posts(session)) == 1


def test_a_sub_task_without_lead_waits_as_a_draft(database: Database) -> None:
    stored(database)
    with database.read() as session:
        assert subtask(session, "2.1").state == "draft"
        assert subtask(session, "1.1").state == "issued"


@pytest.mark.parametrize("now", [datetime(2024, 2, 21, tzinfo=UTC), datetime(2024, 12, 30, tzinfo=UTC)])
def test_the_first_sweep_sees_every_sub_task(database: Database, now: datetime) -> None:
    stored(database)
    assert sweep(database, now).checked == 3


def test_a_bracketed_name_is_one_unit_by_all_its_names(database: Database) -> None:
    stored(database)
    with database.read() as session:
        book = load_book(session)
    assert len({book.find(name) for name in ("卫健局（老龄办）", "卫健局(老龄办)", "卫健局", "老龄办")}) == 1


def test_a_plain_name_elsewhere_keeps_the_bracketed_one_from_being_another_unit(database: Database) -> None:
    draft = small_plan()
    draft.projects[1].subtasks[0].lead_units = ["卫健局"]
    stored(database, draft)
    with database.read() as session:
        names = {unit.name for unit in session.exec(select(tables.Unit))}
    assert "卫健局" in names
    assert "卫健局（老龄办）" not in names


def test_a_known_alias_is_found_again(database: Database) -> None:
    stored(database)
    again = small_plan()
    again.projects[0].subtasks[1].lead_units = ["老龄办"]
    before = row_counts(database)["units"]
    store(database, prepared(again, "1" * 64), NOW, "tester")
    assert row_counts(database)["units"] == before


def test_a_joined_name_becomes_an_alias_of_the_chosen_unit(database: Database) -> None:
    stored(database)
    again = small_plan()
    again.projects[0].subtasks[0].lead_units = ["市交通局"]
    store(database, prepared(again, "1" * 64, {"市交通局": "交通局"}), NOW, "tester")
    with database.read() as session:
        book = load_book(session)
    assert book.find("市交通局") == book.find("交通局")


def test_the_same_file_is_refused_and_nothing_is_stored(database: Database) -> None:
    stored(database)
    before = row_counts(database)
    with pytest.raises(DubanError) as refused:
        stored(database)
    assert refused.value.code == "ALREADY_IMPORTED"
    assert row_counts(database) == before


def test_the_same_file_is_stored_twice_when_asked(database: Database) -> None:
    first = stored(database)
    second = store(database, prepared(small_plan()), NOW, "tester", again=True)
    assert second.plan_id != first.plan_id


@pytest.mark.parametrize(("code", "year", "projects"), [("NO_YEAR", None, True), ("NO_ITEMS", 2024, False)])
def test_what_cannot_be_a_plan_is_refused_whole(
    database: Database, code: str, year: int | None, projects: bool
) -> None:
    draft = small_plan()
    draft.document.year = year
    if not projects:
        draft.projects = []
    before = row_counts(database)
    with pytest.raises(DubanError) as refused:
        stored(database, draft)
    assert refused.value.code == code
    assert row_counts(database) == before


def test_a_progress_table_is_no_date_of_issue(database: Database) -> None:
    draft = small_plan()
    draft.document.kind = "progress"
    draft.document.issued_on = date(2024, 4, 3)
    plan_id = stored(database, draft).plan_id
    with database.read() as session:
        assert plans.load_plan(session, plan_id).starts_on == date(2024, 1, 1)
        report = session.exec(select(tables.ProgressReport)).one()
    assert report.as_of == date(2024, 2, 29)
    assert report.received_at == datetime(2024, 4, 3, 4, 0, tzinfo=UTC)


def test_an_import_is_on_record(database: Database) -> None:
    batch = stored(database)
    with database.read() as session:
        event = session.exec(select(tables.Event)).one()
    assert (event.what, event.who, event.details["batch"]) == ("import", "tester", batch.batch_id)


def found(database: Database, draft: PlanDraft, joined: dict[str, str] | None = None) -> set[tuple[str, str]]:
    with database.read() as session:
        book = load_book(session)
    return {(one.code, one.quote) for one in check_draft(draft, book, joined or {})}


def test_unknown_units_are_found_once_units_are_known(database: Database) -> None:
    misspelt = small_plan()
    misspelt.projects[0].subtasks[0].lead_units = ["交通运输局"]
    assert ("UNKNOWN_UNIT", "交通运输局") not in found(database, misspelt)
    stored(database)
    assert ("UNKNOWN_UNIT", "交通运输局") in found(database, misspelt)
    assert ("UNKNOWN_UNIT", "交通运输局") not in found(database, misspelt, {"交通运输局": "交通局"})


def test_a_street_written_with_and_without_its_ending_is_pointed_out(database: Database) -> None:
    draft = small_plan()
    draft.projects[0].subtasks[1].cooperating_units = ["东街街道"]
    assert ("UNKNOWN_UNIT", "东街街道") in found(database, draft)
    assert not [code for code, _ in found(database, small_plan()) if code == "UNKNOWN_UNIT"]


@pytest.mark.parametrize(
    ("figure", "unit", "code"),
    [("新建站点", "个", None), ("站点", "处", None), ("培训", "人", "FIGURE_UNMATCHED")],
)
def test_a_figure_that_fits_no_indicator_is_found(
    database: Database, figure: str, unit: str, code: str | None
) -> None:
    task = SubTaskDraft("1", "站点", ["交通局"], indicators=[IndicatorDraft("新建站点", Decimal(9), "个")])
    task.milestones = [MilestoneDraft("2024-06", "", [QuantityDraft(figure, Decimal(3), unit)])]
    draft = small_plan()
    draft.projects[0].subtasks = [task]
    codes = {found_code for found_code, _ in found(database, draft)}
    assert ("FIGURE_UNMATCHED" in codes) == (code is not None)


def _reporting(figures: list[QuantityDraft], indicators: list[IndicatorDraft]) -> PlanDraft:
    task = SubTaskDraft("1", "站点", ["交通局"], indicators=indicators)
    task.progress = [ProgressDraft("2024-05", "建设情况", "in_progress", figures)]
    draft = small_plan()
    draft.projects[0].subtasks = [task]
    return draft


def test_the_figures_of_one_report_that_fit_nothing_are_one_note(database: Database) -> None:
    figures = [
        QuantityDraft("培训", Decimal(3), "人", "培训3人"),
        QuantityDraft("投入", Decimal(20000), "元", "投入2万元"),
    ]
    notes = {("FIGURE_UNMATCHED", "培训3人、投入2万元")}
    measured = _reporting(figures, [IndicatorDraft("新建站点", Decimal(9), "个")])
    assert {one for one in found(database, measured) if one[0] == "FIGURE_UNMATCHED"} == notes
    assert not {one for one in found(database, _reporting(figures, [])) if one[0] == "FIGURE_UNMATCHED"}


def test_figures_that_do_not_count_are_one_note_where_something_is_measured(database: Database) -> None:
    figures = [QuantityDraft("站点", Decimal(n), "个", f"本月{n}个", counts=False) for n in (2, 3)]
    notes = {("FIGURE_NOT_COUNTED", "本月2个、本月3个")}
    measured = _reporting(figures, [IndicatorDraft("新建站点", Decimal(9), "个")])
    assert {one for one in found(database, measured) if one[0] == "FIGURE_NOT_COUNTED"} == notes
    assert not {one for one in found(database, _reporting(figures, [])) if one[0] == "FIGURE_NOT_COUNTED"}


def test_a_collective_unit_is_found_where_it_leads(database: Database) -> None:
    draft = small_plan()
    draft.projects[0].subtasks = [
        SubTaskDraft("1", "巡查", ["交通局"], cooperating_units=["各街镇"], where=Place(line=3)),
        SubTaskDraft("2", "清理", ["各街镇"], where=Place(line=4)),
        SubTaskDraft("3", "宣传", ["各街镇"], where=Place(line=5)),
    ]
    with database.read() as session:
        told = check_draft(draft, load_book(session), {})
    collective = [(one.severity, one.where.line) for one in told if one.code == "COLLECTIVE_UNIT"]
    assert collective == [("warning", 4)]


@pytest.mark.parametrize(
    ("period", "due_on", "lost"),
    [("2024-06", None, False), ("", date(2024, 6, 1), False), ("近期", None, True), ("2024-13", None, True)],
)
def test_a_milestone_without_a_day_is_found_and_left_out(
    database: Database, period: str, due_on: date | None, lost: bool
) -> None:
    draft = small_plan()
    draft.projects[0].subtasks[0].milestones = [MilestoneDraft(period, "验收", due_on=due_on)]
    codes = {code for code, _ in found(database, draft)}
    assert ("MILESTONE_WITHOUT_DATE" in codes) == lost
    stored(database, draft)
    assert row_counts(database)["milestones"] == (0 if lost else 1)
