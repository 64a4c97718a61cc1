"""Each month and the year are evaluated once, frozen as shown, and told to whom they concern."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import select

from db import tables
from db.runs import content_hash
from db.session import Database
from db.units import Made, ensure_posts, stored_id
from engine.plain import from_plain
from engine.scoring_model import EvaluationContent, UnitScore, YearContent
from tests.workflows.office_2024 import INBOX, Built, Task, at, build
from workflows.accept_subtask import accept_subtask
from workflows.decide_bulletin import approve
from workflows.deliver import deliver
from workflows.evaluate import EvaluationSummary, evaluate
from workflows.report_progress import Filing, report_progress
from workflows.sweep import sweep

# March's reports fall due on Friday 29; three working days later is Wednesday 3 April, digests leave at 15:00.
BEFORE, MOMENT = at("2024-04-03T14:59"), at("2024-04-03T15:00")
QUIET: dict[str, Any] = {"acknowledge": False, "escalate": False}
APRIL = at("2024-05-08T15:00")  # 1 to 5 May are days off, 30 April is the due day


def lived(database: Database, policy: dict[str, Any] | None = None) -> Built:
    """区住建局 reported all that is asked for in time, 区民政局 half of it and that late."""
    tasks = (Task("1", "274", lead="区住建局"), Task("2", "274"), Task("3", "274", state="suspended"))
    built = build(database, *tasks, policy=QUIET | (policy or {}), issued_on=date(2024, 3, 1))
    sweep(database, at("2024-03-01T00:00"))
    report(database, "1", "2024-03", "30台", "2024-03-28T10:00")  # one a day from 2 March on: 30 by the 31st
    report(database, "2", "2024-03", "15台", "2024-04-01T10:00")
    return built


def report(database: Database, no: str, period: str, figure: str, moment: str) -> None:
    report_progress(database, Filing(no, period, [figure]), at(moment), "test")


def bulletins(database: Database) -> list[tables.Bulletin]:
    with database.read() as session:
        return list(session.exec(select(tables.Bulletin).order_by(tables.Bulletin.id)).all())  # type: ignore[arg-type]


def messages(database: Database, kind: str = "evaluation") -> dict[str, tables.Message]:
    """The latest message of each recipient."""
    with database.read() as session:
        query = select(tables.Message).where(tables.Message.kind == kind).order_by(tables.Message.id)  # type: ignore[arg-type]
        return {row.recipient: row for row in session.exec(query)}


def ledger(database: Database) -> list[tuple[str, str, str, str]]:
    with database.read() as session:
        query = select(tables.Run).where(tables.Run.workflow != "digest").order_by(tables.Run.id)  # type: ignore[arg-type]
        return [(row.workflow, row.period, row.state, row.detail) for row in session.exec(query)]


def scores(row: tables.Bulletin) -> dict[str, UnitScore]:
    return {one.unit: one for one in from_plain(EvaluationContent, row.content).rows}


def test_a_month_is_evaluated_once_on_its_day_and_hour(database: Database) -> None:
    lived(database)
    assert evaluate(database, INBOX, BEFORE) == EvaluationSummary()
    assert evaluate(database, INBOX, MOMENT) == EvaluationSummary(frozen=1, composed=3)
    assert evaluate(database, INBOX, MOMENT) == EvaluationSummary()
    assert ledger(database) == [("evaluation", "2024-03", "done", "")]


def test_the_frozen_picture_has_scores_parts_and_its_own_hash(database: Database) -> None:
    lived(database)
    evaluate(database, INBOX, MOMENT)
    (row,) = bulletins(database)
    assert (row.kind, row.period, row.on, row.state) == (
        "evaluation",
        "2024-03",
        date(2024, 4, 3),
        "published",
    )
    assert row.sha256 == content_hash(row.content)
    found = scores(row)
    # 区民政局: (50 × 50 % + 20 × 50 % + 10 × 100 %) of 80
    assert (found["区住建局"].score, found["区住建局"].rank) == (Decimal(100), 1)
    assert (found["区民政局"].score, found["区民政局"].rank) == (Decimal("56.3"), 2)
    assert [one.out for one in found["区民政局"].items] == ["", "suspended"]
    assert from_plain(EvaluationContent, row.content).is_first


def test_what_comes_after_the_evaluation_does_not_change_it(database: Database) -> None:
    lived(database)
    report(database, "2", "2024-03", "30台", "2024-04-04T10:00")
    evaluate(database, INBOX, at("2024-04-05T09:00"))
    (row,) = bulletins(database)
    assert scores(row)["区民政局"].score == Decimal("56.3")


def test_each_reader_is_told_what_concerns_them(database: Database) -> None:
    lived(database)
    with database.write() as session:
        unit = session.exec(select(tables.Unit).where(tables.Unit.name == "区民政局")).one()
        ensure_posts(session, [stored_id(unit.id)], "leader", Made())
    evaluate(database, INBOX, MOMENT)
    told = messages(database)
    assert set(told) == {"区住建局 联络员", "区民政局 联络员", "区民政局 分管领导", "督查室 督查员"}
    own = told["区民政局 联络员"]
    assert own.subject == "【评估】区民政局：3月得56.3分，2个单位中排第2"
    for words in (
        "进度 −31.3分：2 任务2 已报15台，应达30台",
        "3月进展迟报",
        "未计分：3 任务3（暂停）",
        "56.3",
    ):
        assert words in own.text
    assert "您分管的1个单位" in told["区民政局 分管领导"].text
    assert "2个单位" in told["督查室 督查员"].subject
    table = "1 |  | 区住建局 | 100"
    assert all(table in message.text for message in told.values())


def test_leaders_are_left_alone_where_the_policy_says_so(database: Database) -> None:
    lived(database, {"digest_leaders": False})
    with database.write() as session:
        unit = session.exec(select(tables.Unit).where(tables.Unit.name == "区民政局")).one()
        ensure_posts(session, [stored_id(unit.id)], "leader", Made())
    evaluate(database, INBOX, MOMENT)
    assert "区民政局 分管领导" not in messages(database)


def test_what_is_held_waits_for_a_coordinator_who_reads_it_before(database: Database) -> None:
    lived(database, {"digest_hold": True})
    evaluate(database, INBOX, MOMENT)
    (row,) = bulletins(database)
    assert row.state == "held"
    assert {name: one.state for name, one in messages(database).items()} == {
        "区住建局 联络员": "held",
        "区民政局 联络员": "held",
        "督查室 督查员": "waiting",
    }
    assert row.id is not None
    approve(database, row.id, at("2024-04-03T15:10"), "督查室")
    deliver(database, INBOX, at("2024-04-03T15:30"))
    assert {one.state for one in messages(database).values()} == {"accepted"}


def test_places_gained_are_told_against_the_month_before(database: Database) -> None:
    lived(database)
    evaluate(database, INBOX, MOMENT)
    report(database, "1", "2024-04", "33台", "2024-04-28T10:00")
    report(database, "2", "2024-04", "62台", "2024-04-28T10:00")
    evaluate(database, INBOX, APRIL)
    found = scores(bulletins(database)[-1])
    assert {unit: row.rank_change for unit, row in found.items()} == {"区民政局": 1, "区住建局": -1}
    assert "比上次升1名" in messages(database)["区民政局 联络员"].text


def test_months_that_nobody_evaluated_are_replaced_by_the_latest(database: Database) -> None:
    lived(database)
    assert evaluate(database, INBOX, at("2024-06-05T15:00")) == EvaluationSummary(1, 3)
    assert ledger(database) == [
        ("evaluation", "2024-05", "done", ""),
        ("evaluation", "2024-03", "superseded", "2024-05"),
        ("evaluation", "2024-04", "superseded", "2024-05"),
    ]
    assert [row.period for row in bulletins(database)] == ["2024-05"]


def test_a_month_before_the_plan_was_followed_is_not_evaluated(database: Database) -> None:
    build(database, Task("1"), issued_on=date(2024, 3, 1))
    sweep(database, at("2024-04-03T15:01"))
    assert evaluate(database, INBOX, at("2024-04-03T16:00")) == EvaluationSummary()
    assert ledger(database) == []


def test_a_month_with_nothing_to_judge_is_skipped_on_record(database: Database) -> None:
    build(database, Task("1", state="suspended"), issued_on=date(2024, 3, 1))
    sweep(database, at("2024-03-01T00:00"))
    assert evaluate(database, INBOX, MOMENT) == EvaluationSummary()
    assert ledger(database) == [("evaluation", "2024-03", "skipped", "nothing to judge")]


@pytest.mark.parametrize(
    ("colour", "opened", "closed", "value"),
    [
        ("red", date(2024, 3, 20), None, "40"),
        ("blue", date(2024, 3, 31), None, "80"),
        ("red", date(2024, 4, 1), None, "100"),
        ("red", date(2024, 2, 20), "2024-03-01T00:00", "40"),
        ("red", date(2024, 2, 20), "2024-02-29T23:59", "100"),
    ],
)
def test_a_case_open_in_the_month_costs_points(
    database: Database, colour: str, opened: date, closed: str | None, value: str
) -> None:
    built = lived(database)
    with database.write() as session:
        unit = session.exec(select(tables.Unit).where(tables.Unit.name == "区民政局")).one()
        session.add(
            tables.SupervisionCase(
                plan_id=built.plan_id,
                subtask_id=built.subtasks["2"],
                unit_id=stored_id(unit.id),
                series="督办〔2024〕",
                serial=1,
                colour=colour,
                demand="请说明",
                opened_on=opened,
                opened_at=at("2024-03-20T09:00"),
                opened_by="督查室",
                reply_due_on=date(2024, 4, 10),
                noticed_on=opened,
                closed_at=at(closed) if closed else None,
            )
        )
    evaluate(database, INBOX, MOMENT)
    parts = {one.name: one.value for one in scores(bulletins(database)[0])["区民政局"].parts}
    assert parts["cases"] == Decimal(value)


def test_the_year_is_the_mean_of_the_months_and_of_what_was_completed_in_time(database: Database) -> None:
    lived(database)
    evaluate(database, INBOX, MOMENT)
    report(database, "1", "2024-10", "560台", "2024-10-30T10:00")  # twice as much, a month early
    accept_subtask(database, "1", at("2024-11-01T10:00"), "督查室")
    report(database, "2", "2024-12", "274台", "2024-12-05T10:00")  # after 30 November
    # December's reports fall due on Tuesday 31; 2, 3 and 6 January are worked
    assert evaluate(database, INBOX, at("2025-01-06T15:00")).frozen == 2
    year = bulletins(database)[-1]
    assert (year.kind, year.period, year.on) == ("year", "2024", date(2025, 1, 6))
    rows = {row.unit: row for row in from_plain(YearContent, year.content).rows}
    best, late = rows["区住建局"], rows["区民政局"]
    assert (best.early, best.over, best.completion, best.rank) == (1, 1, Decimal(100), 1)
    assert (late.late, late.completion) == (1, Decimal(50))
    assert [period for period, _ in late.months] == ["2024-03", "2024-12"]
    told = messages(database, "year")["区民政局 联络员"]
    assert told.subject.startswith("【年度考评】区民政局：2024年度得")
    assert evaluate(database, INBOX, at("2025-01-07T15:00")) == EvaluationSummary()


def test_an_extension_that_was_approved_is_counted_apart(database: Database) -> None:
    built = lived(database)
    with database.write() as session:
        task = session.get_one(tables.SubTask, built.subtasks["2"])
        task.deadline = date(2024, 12, 31)
        session.add(task)
        session.add(
            tables.ChangeRequest(
                plan_id=built.plan_id,
                subtask_id=built.subtasks["2"],
                kind="extension",
                state="approved",
                effective_on=date(2024, 11, 1),
                proposed={"deadline": "2024-12-31"},
                previous={"deadline": None, "due_on": "2024-11-30"},
                reason="汛期",
                requested_at=at("2024-10-30T10:00"),
                requested_by="区民政局",
                decided_at=at("2024-11-01T10:00"),
                decided_by="区政府",
            )
        )
    report(database, "2", "2024-12", "274台", "2024-12-05T10:00")
    evaluate(database, INBOX, at("2025-01-06T15:00"))
    rows = {row.unit: row for row in from_plain(YearContent, bulletins(database)[-1].content).rows}
    assert (rows["区民政局"].extended, rows["区民政局"].late) == (1, 0)
    assert rows["区民政局"].completion == Decimal(100)
