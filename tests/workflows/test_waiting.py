"""Who is waiting for whom, from what is stored; and what units ask coordinators to settle."""

from __future__ import annotations

from datetime import date

import pytest
from sqlmodel import select

from db import plans, runs, tables
from db.session import Database
from engine.errors import DubanError
from engine.waits import Wait
from tests.workflows.office_2024 import Built, Task, at, build
from workflows.change_request import Asked, request_change
from workflows.report_progress import Filing, report_progress
from workflows.review_report import accept_waiting, return_report
from workflows.settle_coordination import open_coordination, settle_coordination
from workflows.sweep import sweep
from workflows.waiting import Waiting, all_waiting, waiting_of

FRIDAY = "2024-03-29T10:00"
LATER = "2024-04-10T10:00"


def told(found: list[Waiting]) -> list[tuple[str, str, str, date, int]]:
    return [(one.what.value, one.by, one.no, one.since, one.count) for one in found]


def waits(database: Database, moment: str = LATER) -> list[Waiting]:
    sweep(database, at(moment))
    with database.read() as session:
        return all_waiting(session, at(moment))


def office(database: Database) -> Built:
    """Three tasks that are signed for, by way of a state that only a signature or a report leaves."""
    tasks = (Task("1"), Task("2", lead="区教育局"), Task("3", lead="区教育局", state="in_progress"))
    return build(database, *tasks, policy={"acknowledge": False})


def test_units_and_coordinators_stand_in_one_list_the_longest_wait_first(database: Database) -> None:
    """From 29 March to 10 April: 1–3, 7 (made up for 清明), 8–10 April are 7 working days."""
    office(database)
    report_progress(database, Filing("1", "2024-03", ["100台"]), at("2024-04-02T10:00"), "区民政局")
    wish = Asked("2", "extension", "供货推迟", "示函〔2024〕8号", deadline=date(2024, 12, 20))
    request_change(database, wish, at("2024-04-08T10:00"), "区教育局")
    found = waits(database)
    march, april_2 = date(2024, 3, 29), date(2024, 4, 2)
    assert told(found) == [
        ("report", "区教育局", "2", march, 1),
        ("report", "区教育局", "3", march, 1),
        ("acceptance", "", "1", april_2, 1),
        ("review", "", "1", april_2, 1),
        ("change", "", "2", date(2024, 4, 8), 1),
    ]
    assert [one.days for one in found] == [7, 7, 5, 5, 2]
    assert [one.is_ours for one in found] == [False, False, True, True, True]


def test_reports_to_review_are_one_line_where_they_are_only_counted(database: Database) -> None:
    built = office(database)
    for no, moment in (("1", "2024-04-02T10:00"), ("2", "2024-04-01T10:00"), ("3", "2024-04-08T10:00")):
        report_progress(database, Filing(no, "2024-03", ["12台"]), at(moment), "x")
    sweep(database, at(LATER))
    with database.read() as session:
        plan = plans.load_plan(session, built.plan_id)
        found = waiting_of(session, plan, at(LATER), counts_reviews=True)
    assert told(found) == [("review", "", "", date(2024, 4, 1), 3)]
    accept_waiting(database, at(LATER), "督查室")
    with database.read() as session:
        assert waiting_of(session, plan, at(LATER), counts_reviews=True) == []


def test_what_is_reviewed_or_sent_back_waits_for_somebody_else(database: Database) -> None:
    office(database)
    keys = [
        report_progress(database, Filing(no, "2024-03", ["12台"]), at(FRIDAY), "x").report_id
        for no in ("1", "2", "3")
    ]
    return_report(database, keys[0], at("2024-04-03T10:00"), "督查室", "缺说明")
    accept_waiting(database, at("2024-04-03T10:00"), "督查室")
    assert told(waits(database)) == [("returned", "区民政局", "1", date(2024, 4, 3), 1)]


def test_sign_off_is_one_line_for_each_unit(database: Database) -> None:
    build(database, Task("1"), Task("2"), Task("3", lead="区教育局"), policy={"acknowledge": True})
    sweep(database, at("2024-03-04T06:00"))
    with database.read() as session:
        found = all_waiting(session, at("2024-03-06T10:00"))
    since = date(2024, 3, 4)
    assert sorted(told(found)) == [
        ("sign_off", "区教育局", "3", since, 1),
        ("sign_off", "区民政局", "", since, 2),
    ]


def test_a_held_bulletin_waits_for_approval(database: Database) -> None:
    built = build(database, Task("1"), policy={"acknowledge": False})
    with database.write() as session:
        session.add(
            tables.Bulletin(
                plan_id=built.plan_id,
                kind="digest",
                period="2024-W10",
                on=date(2024, 3, 8),
                created_at=at("2024-03-08T15:00"),
                state="held",
            )
        )
    found = waits(database, "2024-03-11T10:00")
    assert [(one.what, one.detail, one.days) for one in found] == [(Wait.BULLETIN, "2024-W10", 1)]


def test_what_a_unit_asks_for_waits_until_it_is_answered_on_record(database: Database) -> None:
    built = office(database)
    key = built.subtasks["1"]
    with database.write() as session:
        runs.open_finding(
            session,
            "NEEDS_COORDINATION",
            f"subtask:{key}:unit:1",
            "区民政局请求协调 1：用地未批。",
            at("2024-03-20T10:00"),
            built.plan_id,
        )
    (wait,) = [one for one in waits(database, "2024-03-25T10:00") if one.what is Wait.COORDINATION]
    assert (wait.no, wait.since, wait.days) == ("1", date(2024, 3, 20), 3)
    with database.read() as session:
        ((number, since, _),) = open_coordination(session)
    assert since == date(2024, 3, 20)
    with pytest.raises(DubanError) as silent:
        settle_coordination(database, number, at(FRIDAY), "督查室", " ")
    assert silent.value.code == "NO_REASON"
    settle_coordination(database, number, at(FRIDAY), "督查室", "已协调资规部门")
    with pytest.raises(DubanError) as again:
        settle_coordination(database, number, at(FRIDAY), "督查室", "再来一次")
    assert again.value.code == "NO_SUCH_FINDING"
    with database.read() as session:
        event = session.exec(select(tables.Event).where(tables.Event.what == "coordination_settled")).one()
    assert (event.subtask_id, event.reason) == (key, "已协调资规部门")
