"""A plan from text, its amended version, a progress table and its correction; taken back, all is as before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel, col

from db import plans, tables
from db.session import Database
from engine.errors import DubanError
from engine.model import Rule
from workflows.import_plan import prepare, store
from workflows.revise_plan import Revised, Revision, compare, revise
from workflows.sweep import sweep
from workflows.undo_import import undo

PLAN = """云溪区2024年民生实事任务分解表

2024年2月26日

序号\t项目名称\t任务分解\t牵头单位\t配合单位\t完成时限
1\t绿色出行\t新建公共充电桩200台\t区交通局\t区供电公司\t10月底前
2\t口袋公园\t新建口袋公园6个\t区园林局\t区财政局\t11月底前
3\t养老助餐\t新增社区老年食堂8家\t区民政局\t区财政局\t9月底前
4\t背街小巷\t整治背街小巷20条\t区城管局\t区财政局\t10月底前
"""
# Renumbered from the top; a quantity, a deadline and a lead are others; 4 is not there, a new task is;
# the canteens are worded anew.
AMENDED = """云溪区2024年民生实事任务分解表（修订）

2024年7月5日

序号\t项目名称\t任务分解\t牵头单位\t配合单位\t完成时限
1\t养老助餐\t发展老年助餐服务点8家\t区卫健局\t区财政局\t9月底前
2\t口袋公园\t新建口袋公园6个\t区住建局\t区财政局\t10月底前
3\t绿色出行\t新建公共充电桩260台\t区交通局\t区供电公司\t10月底前
4\t体育设施\t新建百姓健身房5个\t区文体局\t区财政局\t11月底前
"""
PROGRESS = """云溪区2024年民生实事7月进展情况

序号\t项目名称\t任务分解\t牵头单位\t7月进展情况
1\t绿色出行\t新建公共充电桩260台\t区交通局\t已建成充电桩150台
2\t口袋公园\t新建口袋公园6个\t区住建局\t已建成口袋公园2个
"""
FIRST, SECOND, THIRD = (datetime(2024, month, 8, 2, tzinfo=UTC) for month in (3, 7, 8))
Snapshot = dict[str, list[str]]
RECORDS = ("import_batches", "events", "marks", "reminders")  # what happened stays on record
COUNTERS = ("revision", "next_check_on", "checked_on", "light", "followed_from")  # of rules and editors


def snapshot(database: Database) -> Snapshot:
    """Every row of every table but the records, without counters that only ever grow."""
    with database.read() as session:
        return {
            name: sorted(
                str({key: value for key, value in row.items() if key not in COUNTERS})
                for row in session.execute(select(table)).mappings()
            )
            for name, table in SQLModel.metadata.tables.items()
            if name not in RECORDS
        }


class Desk:
    """Documents on a desk, put onto the plan one after the other."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.folder = database, folder

    def file(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def plan(self) -> int:
        return store(
            self.database, prepare(self.database, self.file("plan.txt", PLAN)), FIRST, "test"
        ).plan_id

    def look(self, text: str, choices: Sequence[tuple[str, str]] = ()) -> Revision:
        prepared = prepare(self.database, self.file("later.txt", text), 2024, choices, "1")
        return compare(self.database, prepared, "1")

    def put(self, text: str, now: datetime, choices: Sequence[tuple[str, str]] = ()) -> Revised:
        prepared = prepare(self.database, self.file("later.txt", text), 2024, choices, "1")
        return revise(self.database, prepared, now, "test", "1")


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    return Desk(database, tmp_path)


def shown(revision: Revision) -> set[tuple[str, str | None, str | None]]:
    return {(one.path.rpartition(" / ")[2], one.old, one.new) for one in revision.changes}


def test_an_amended_plan_is_shown_before_it_is_stored(desk: Desk) -> None:
    desk.plan()
    before = snapshot(desk.database)
    found = desk.look(AMENDED)
    assert {
        ("数量", "200", "260"),
        ("牵头单位", "区园林局", "区住建局"),
        ("完成日期", "2024-11-30", "2024-10-31"),
    } <= shown(found)
    assert [one.new for one in found.changes if one.old is None] == ["体育设施"]
    asked = {one.code: one for one in found.findings}
    assert asked["UNSURE_MATCH"].alternatives[0] == "1.1=3.1"
    assert asked["NOT_IN_DOCUMENT"].alternatives == ("4.1=终止",)
    assert snapshot(desk.database) == before


def test_reminders_follow_what_was_amended(desk: Desk) -> None:
    plan_id = desk.plan()
    desk.put(AMENDED, SECOND, [("NOT_IN_DOCUMENT", "4.1=终止")])
    sweep(desk.database, datetime(2024, 10, 17, 2, tzinfo=UTC))  # ten working days before the end of October
    with desk.database.read() as session:
        park = session.execute(
            select(tables.SubTask).where(col(tables.SubTask.title).contains("公园"))
        ).scalar_one()
        lanes = session.execute(
            select(tables.SubTask).where(col(tables.SubTask.title).contains("小巷"))
        ).scalar_one()
        assert (park.plan_id, park.deadline, park.no) == (plan_id, date(2024, 10, 31), "2.1")
        assert lanes.state == "terminated"
        owed = session.execute(select(tables.Reminder)).scalars().all()
        due = {one.subtask_id: one for one in owed if one.rule == Rule.DEADLINE_DUE}
        assert due[park.id or 0].anchor == "2024-10-31"
        assert plans.lead_posts(session, [park.id or 0])[park.id or 0] == [due[park.id or 0].post_id]
        assert lanes.id not in {one.subtask_id for one in owed}


def test_a_document_on_a_plan_that_is_here_is_no_second_plan(desk: Desk) -> None:
    desk.plan()
    again = prepare(desk.database, desk.file("later.txt", AMENDED))  # half of the titles are the same
    assert [one.code for one in again.draft.findings].count("LOOKS_LIKE_PLAN") == 1
    with pytest.raises(DubanError) as refused:
        store(desk.database, again, SECOND, "test")
    assert refused.value.code == "LOOKS_LIKE_PLAN"
    assert "--into 1" in refused.value.message
    assert store(desk.database, again, SECOND, "test", again=True).plan_id == 2


@pytest.mark.parametrize(("title", "year"), [("新建公共充电桩", "2025"), ("清淤河道", "2024")])
def test_another_year_or_other_tasks_are_another_plan(desk: Desk, title: str, year: str) -> None:
    desk.plan()
    text = PLAN.replace("2024", year).replace("新建公共充电桩", title)
    if year == "2024":
        text = text.replace("新建口袋公园", "举办市民讲座").replace("整治背街小巷", "改建农贸市场")
    found = prepare(desk.database, desk.file("later.txt", text))
    assert found.resembles is None


def test_everything_can_be_taken_back_one_by_one(desk: Desk) -> None:
    desk.plan()
    stored = snapshot(desk.database)
    answers = [("UNSURE_MATCH", "1.1=3.1"), ("NOT_IN_DOCUMENT", "4.1=终止")]
    amended = desk.put(AMENDED, SECOND, answers)
    revised = snapshot(desk.database)
    assert desk.look(AMENDED).changes == ()
    told = desk.put(PROGRESS, THIRD)
    assert {one.path.rpartition(" / ")[2] for one in told.changes} == {"进展 2024-07"}
    reported = snapshot(desk.database)
    corrected = desk.put(PROGRESS.replace("150台", "140台"), THIRD)
    assert {(one.old, one.new) for one in corrected.changes if one.path.endswith("完成量")} == {
        ("公共充电桩 150台", "公共充电桩 140台")
    }
    with desk.database.read() as session:
        figures = session.execute(
            select(col(tables.ReportQuantity.quantity)).order_by(col(tables.ReportQuantity.report_id))
        ).scalars()
        assert {Decimal(150), Decimal(140)} <= set(figures)  # what was said before stays
    for batch, before in ((corrected, reported), (told, revised), (amended, stored)):
        assert batch.batch_id is not None
        undo(desk.database, batch.batch_id, THIRD, "test")
        assert snapshot(desk.database) == before
