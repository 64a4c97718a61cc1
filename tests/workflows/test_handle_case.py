"""What becomes of a supervision case: the second notice, replies, returns, closing.

Working days around Qingming 2024: 1, 2, 3 April, then 7 (a Sunday that is worked), 8, 9, 10, 11, 12 April.
"""

from __future__ import annotations

from datetime import date

import pytest

from db import cases, tables
from db.session import Database
from tests.workflows.office_2024 import at
from tests.workflows.test_supervise import OPENED, change, events, kinds, office, refused, stored
from workflows.accept_subtask import accept_subtask
from workflows.handle_case import close_case, reply_case, return_reply
from workflows.open_case import open_case
from workflows.supervise import supervise

# The second notice: opened on 1 April, due on 9 April (2, 3, 7, 8, 9), three working days later is 12 April


@pytest.mark.parametrize(
    ("moment", "noticed"),
    [
        ("2024-04-09T23:00", 0),
        ("2024-04-11T23:59", 0),
        ("2024-04-12T00:00", 1),
        ("2024-04-13T10:00", 1),  # a Saturday: what was due yesterday is not put off
        ("2024-07-01T10:00", 1),  # after a long outage: one
    ],
)
def test_the_second_notice_is_given_three_working_days_after_the_missed_day(
    sqlite_database: Database, moment: str, noticed: int
) -> None:
    office(sqlite_database)
    case = open_case(sqlite_database, "1.1", at(OPENED), "督查室")
    assert case.reply_due_on == date(2024, 4, 9)
    assert supervise(sqlite_database, at(moment)).noticed == noticed
    assert supervise(sqlite_database, at(moment)).noticed == 0
    (case,) = stored(sqlite_database)
    assert case.notices == 1 + noticed
    assert case.noticed_on == (at(moment).date() if noticed else date(2024, 4, 1))
    assert kinds(sqlite_database) == ["opened"] + ["second_notice"] * noticed
    with sqlite_database.read() as session:
        missed = cases.missed_on(cases.entries(session, 1))
    assert missed == (date(2024, 4, 9) if noticed else None)


def test_a_second_notice_is_never_given_twice_not_even_after_a_returned_reply(database: Database) -> None:
    office(database)
    open_case(database, "1.1", at(OPENED), "督查室")
    assert supervise(database, at("2024-04-12T09:00")).noticed == 1
    reply_case(database, "1", "正在办理", at("2024-04-15T09:00"), "区住建局")
    return_reply(database, "1", "没有完成时间", at("2024-04-15T10:00"), "督查室")
    assert supervise(database, at("2024-06-03T09:00")).noticed == 0
    assert events(database) == ["case_open", "case_second_notice", "case_reply", "case_return"]


@pytest.mark.parametrize(("moment", "noticed"), [("2024-12-31T23:00", 1), ("2025-01-01T00:00", 0)])
def test_nothing_is_noticed_after_the_plan_s_end(
    sqlite_database: Database, moment: str, noticed: int
) -> None:
    office(sqlite_database)
    case = open_case(sqlite_database, "1.1", at("2024-12-17T10:00"), "督查室")
    assert case.reply_due_on == date(2024, 12, 24)
    assert supervise(sqlite_database, at(moment)).noticed == noticed


@pytest.mark.parametrize("ending", ["reply", "close"])
def test_an_answered_or_closed_case_gets_no_second_notice(sqlite_database: Database, ending: str) -> None:
    office(sqlite_database)
    open_case(sqlite_database, "1.1", at(OPENED), "督查室")
    if ending == "reply":
        reply_case(sqlite_database, "1", "已整改", at("2024-04-11T17:00"), "区住建局")
    else:
        close_case(sqlite_database, "1", "已办结", at("2024-04-11T17:00"), "督查室")
    assert supervise(sqlite_database, at("2024-04-12T09:00")).noticed == 0


def test_a_suspended_sub_task_gets_no_second_notice(sqlite_database: Database) -> None:
    built = office(sqlite_database)
    open_case(sqlite_database, "1.1", at(OPENED), "督查室")
    change(sqlite_database, tables.SubTask, built.subtasks["1.1"], state="suspended")
    assert supervise(sqlite_database, at("2024-04-12T09:00")).noticed == 0
    assert stored(sqlite_database)[0].state == "open"


# Answering and closing


def test_a_case_from_demand_to_close(database: Database) -> None:
    office(database)
    open_case(database, "1.1", at(OPENED), "督查室")
    reply_case(database, "1", " 已加派人手 ", at("2024-04-03T09:00"), "区住建局")
    (case,) = stored(database)
    assert (case.state, case.replied_on, case.revision) == ("replied", date(2024, 4, 3), 2)
    case = return_reply(database, "1", "没有完成时间", at("2024-04-07T09:00"), "督查室")
    assert (case.state, case.reply_due_on) == ("open", date(2024, 4, 12))  # 8 to 12 April
    due = date(2024, 4, 10)
    reply_case(database, "1", "五月底前完成", at("2024-04-08T09:00"), "区住建局")
    case = return_reply(database, "1", "再报", at("2024-04-09T09:00"), "督查室", due_on=due)
    assert case.reply_due_on == due
    reply_case(database, "1", "已完成", at("2024-04-10T09:00"), "区住建局")
    case = close_case(database, "1", "整改到位", at("2024-04-11T09:00"), "督查室")
    assert (case.state, case.closed_by, case.closed_reason) == ("closed", "督查室", "整改到位")
    assert [(one.kind, one.who, one.text) for one in stored(database, tables.CaseEntry)][1:] == [
        ("reply", "区住建局", "已加派人手"),
        ("reply_returned", "督查室", "没有完成时间"),
        ("reply", "区住建局", "五月底前完成"),
        ("reply_returned", "督查室", "再报"),
        ("reply", "区住建局", "已完成"),
        ("closed", "督查室", "整改到位"),
    ]


def test_what_follows_a_reply_before_it_is_judged_is_kept_as_an_addition(sqlite_database: Database) -> None:
    office(sqlite_database)
    open_case(sqlite_database, "1.1", at(OPENED), "督查室")
    reply_case(sqlite_database, "1", "一", at("2024-04-03T09:00"), "区住建局")
    reply_case(sqlite_database, "1", "二", at("2024-04-08T09:00"), "区住建局")
    (case,) = stored(sqlite_database)
    assert case.replied_on == date(2024, 4, 3)
    assert kinds(sqlite_database) == ["opened", "reply", "reply"]


def test_a_case_that_should_not_have_been_is_withdrawn(sqlite_database: Database) -> None:
    office(sqlite_database)
    open_case(sqlite_database, "1.1", at(OPENED), "督查室")
    close_case(sqlite_database, "1", "误开", at(OPENED), "督查室", withdrawn=True)
    assert kinds(sqlite_database) == ["opened", "withdrawn"]
    assert events(sqlite_database) == ["case_open", "case_withdraw"]


def test_steps_out_of_turn_or_without_words_are_refused_and_store_nothing(sqlite_database: Database) -> None:
    office(sqlite_database)
    open_case(sqlite_database, "1.1", at(OPENED), "督查室")
    with refused("NOT_REPLIED"):
        return_reply(sqlite_database, "1", "退回", at(OPENED), "督查室")
    for text in ("", " \n", "字" * 5001):
        with refused("CASE_TEXT"):
            reply_case(sqlite_database, "1", text, at(OPENED), "区住建局")
        with refused("CASE_TEXT"):
            close_case(sqlite_database, "1", text, at(OPENED), "督查室")
    reply_case(sqlite_database, "1", "字" * 5000, at(OPENED), "区住建局")
    with refused("CASE_DUE"):
        return_reply(sqlite_database, "1", "退回", at(OPENED), "督查室", due_on=date(2024, 3, 31))
    close_case(sqlite_database, "1", "办结", at(OPENED), "督查室")
    for step in (reply_case, close_case, return_reply):
        with refused("CASE_CLOSED"):
            step(sqlite_database, "1", "再来", at(OPENED), "督查室")
    assert kinds(sqlite_database) == ["opened", "reply", "closed"]


def test_acceptance_closes_the_case_on_record(database: Database) -> None:
    office(database)
    open_case(database, "1.1", at(OPENED), "督查室")
    accept_subtask(database, "1.1", at("2024-04-03T09:00"), "督查室", reason="现场核实")
    (case,) = stored(database)
    assert (case.state, case.closed_by) == ("closed", "督查室")
    assert "验收" in case.closed_reason
    assert kinds(database) == ["opened", "closed"]


@pytest.mark.parametrize(
    ("state", "closed"), [("terminated", 1), ("accepted", 1), ("suspended", 0), ("in_progress", 0)]
)
def test_what_ended_in_another_way_loses_its_case_at_the_next_turn(
    sqlite_database: Database, state: str, closed: int
) -> None:
    built = office(sqlite_database)
    open_case(sqlite_database, "1.1", at(OPENED), "督查室")
    change(sqlite_database, tables.SubTask, built.subtasks["1.1"], state=state)
    assert supervise(sqlite_database, at("2024-04-03T09:00")).closed == closed
    assert stored(sqlite_database)[0].state == ("closed" if closed else "open")
    assert supervise(sqlite_database, at("2024-04-03T09:00")).closed == 0
