"""Review: accept one or many, send back with a reason; standing and reminders follow in the same transaction."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from sqlmodel import col, select

from db import plans, tables
from db.copy import copy_to_memory
from db.session import Database
from engine.errors import DubanError
from tests.workflows.office_2024 import Task, at, build
from workflows.accept_subtask import accept_subtask
from workflows.list_reviews import review_lines
from workflows.report_progress import Filing, report_progress
from workflows.review_report import accept_reports, accept_waiting, return_report, take_back_acceptance
from workflows.rewind import rewind
from workflows.sweep import sweep

FRIDAY, TUESDAY, THURSDAY = "2024-03-29T10:00", "2024-04-02T10:00", "2024-04-11T10:00"
ROUNDS = 8


def filed(database: Database, subtask: str, figure: str, moment: str = FRIDAY) -> int:
    return report_progress(database, Filing(subtask, "2024-03", [figure]), at(moment), "区民政局").report_id


def states(database: Database) -> list[str]:
    with database.read() as session:
        query = select(tables.ProgressReport).order_by(col(tables.ProgressReport.id))
        return [row.state for row in session.exec(query)]


def subtask(database: Database, no: str) -> tables.SubTask:
    with database.read() as session:
        return session.exec(select(tables.SubTask).where(tables.SubTask.no == no)).one()


def reviews(database: Database) -> list[tuple[int, str, str, str]]:
    with database.read() as session:
        rows = session.exec(select(tables.ReportReview).order_by(col(tables.ReportReview.id)))
        return [(row.report_id, row.decision, row.who, row.reason) for row in rows]


def events(database: Database) -> list[tuple[str, str, str]]:
    with database.read() as session:
        rows = session.exec(select(tables.Event).order_by(col(tables.Event.id)))
        return [(row.what, row.who, row.reason) for row in rows if row.what != "report"]


def refusal(database: Database, report_id: int, reason: str = "再核对") -> DubanError:
    with pytest.raises(DubanError) as caught:
        return_report(database, report_id, at(THURSDAY), "乙岗", reason)
    return caught.value


def test_accepting_is_on_record_with_row_and_event(database: Database) -> None:
    build(database, Task("1"))
    key = filed(database, "1", "11台")
    (done,) = accept_reports(database, [key], at(TUESDAY), "甲岗").decided
    assert (done.no, done.period, done.decision, done.light) == ("1", "2024-03", "accepted", "green")
    assert states(database) == ["accepted"]
    assert reviews(database) == [(key, "accepted", "甲岗", "")]
    assert events(database) == [("accept_report", "甲岗", "")]


def test_an_acceptance_is_taken_back_on_record_and_the_report_waits_again(database: Database) -> None:
    build(database, Task("1"), Task("2"))
    keys = [filed(database, "1", "11台"), filed(database, "2", "11台")]
    accept_reports(database, keys, at(TUESDAY), "甲岗")
    (done,) = take_back_acceptance(database, keys[:1], at(THURSDAY), "乙岗").decided
    assert (done.no, done.decision) == ("1", "submitted")
    assert states(database) == ["submitted", "accepted"]
    assert reviews(database)[-1] == (keys[0], "submitted", "乙岗", "")
    assert events(database)[-1] == ("take_back_review", "乙岗", "")
    with database.read() as session:
        assert [line.report_id for line in review_lines(session, at(THURSDAY))] == keys[:1]
    accept_reports(database, keys, at(THURSDAY), "甲岗")
    assert states(database) == ["accepted", "accepted"]


def test_an_acceptance_that_was_taken_back_is_no_action_and_comes_again_in_a_rehearsal(
    database: Database,
) -> None:
    build(database, Task("1"))
    key = filed(database, "1", "11台")
    accept_reports(database, [key], at(TUESDAY), "甲岗")
    with database.read() as session:
        task = subtask(database, "1").id
        assert task is not None
        assert plans.load_subtasks(session, [task])[task].actions == (date(2024, 4, 2),)
    take_back_acceptance(database, [key], at(THURSDAY), "甲岗")
    with database.read() as session:
        assert plans.load_subtasks(session, [task])[task].actions == ()
    copy = copy_to_memory(database)
    with copy.write() as session:
        deeds = rewind(session, at("2024-03-28T10:00"))
    for deed in deeds:
        deed.again(copy, deed.at)
    assert [decision for _, decision, _, _ in reviews(copy)] == ["accepted", "submitted"]
    assert states(copy) == ["submitted"]
    copy.close()


@pytest.mark.parametrize(
    ("before", "code"),
    [("waiting", "REVIEW_DECIDED"), ("returned", "REVIEW_DECIDED"), ("replaced", "REPORT_REPLACED"),
     ("closed", "ALREADY_ACCEPTED"), ("unknown", "NO_SUCH_REPORT")],
)  # fmt: skip
def test_only_what_is_accepted_and_still_counts_can_be_taken_back(
    database: Database, before: str, code: str
) -> None:
    build(database, Task("1"))
    key = filed(database, "1", "100台")
    if before == "returned":
        return_report(database, key, at(TUESDAY), "甲岗", "再核对")
    elif before != "waiting":
        accept_reports(database, [key], at(TUESDAY), "甲岗")
    if before == "replaced":
        filed(database, "1", "100台", THURSDAY)
    elif before == "closed":
        accept_subtask(database, "1", at(TUESDAY), "甲岗")
    state, known = states(database), reviews(database)
    outcome = take_back_acceptance(
        database, [key if before != "unknown" else 999], at("2024-04-12T10:00"), "乙岗"
    )
    assert ([error.code for error in outcome.refused], outcome.decided) == ([code], ())
    assert (states(database), reviews(database)) == (state, known)


def test_a_returned_report_no_longer_counts(database: Database) -> None:
    """100 of 100 completes the sub-task; sent back, it is late again: March fell due on the 29th."""
    build(database, Task("1"))
    key = filed(database, "1", "100台")
    assert subtask(database, "1").state == "completion_claimed"
    done = return_report(database, key, at(TUESDAY), "甲岗", "数字与现场不符")
    assert done.light == "yellow"
    assert (subtask(database, "1").state, subtask(database, "1").light) == ("in_progress", "yellow")
    assert reviews(database) == [(key, "returned", "甲岗", "数字与现场不符")]
    assert events(database) == [("return_report", "甲岗", "数字与现场不符")]


def test_what_an_earlier_report_still_shows_stays_claimed(database: Database) -> None:
    build(database, Task("1"))
    filed(database, "1", "100台")
    later = Filing("1", "2024-04", ["110台"])
    key = report_progress(database, later, at("2024-04-01T10:00"), "区民政局").report_id
    return_report(database, key, at(TUESDAY), "甲岗", "重复计算")
    assert subtask(database, "1").state == "completion_claimed"


def test_pending_reminders_follow_a_return(database: Database) -> None:
    """The report withdrew what asked for it; sent back, the unit is asked again."""
    build(database, Task("1"))
    sweep(database, at("2024-03-26T06:00"))
    key = filed(database, "1", "11台", "2024-03-26T08:00")

    def pending() -> list[str]:
        with database.read() as session:
            query = select(tables.Reminder).where(tables.Reminder.state == "pending")
            return [row.rule for row in session.exec(query)]

    assert pending() == []
    return_report(database, key, at("2024-03-26T08:30"), "甲岗", "缺说明")
    sweep(database, at("2024-03-27T06:00"))
    assert set(pending()) & {"report_due", "returned"}


@pytest.mark.parametrize("reason", ["", "  "])
def test_nothing_is_sent_back_without_a_reason(database: Database, reason: str) -> None:
    build(database, Task("1"))
    key = filed(database, "1", "11台")
    assert refusal(database, key, reason).code == "NO_REASON"
    assert states(database) == ["submitted"]


def test_the_second_reviewer_is_told_who_decided_what(database: Database) -> None:
    build(database, Task("1"), Task("2"))
    first, second = filed(database, "1", "11台"), filed(database, "2", "11台")
    accept_reports(database, [first], at(TUESDAY), "甲岗")
    return_report(database, second, at(TUESDAY), "甲岗", "缺说明")
    accepted = refusal(database, first)
    assert (accepted.code, "甲岗 于 2024-04-02 采纳" in accepted.message) == ("REVIEW_DECIDED", True)
    returned = refusal(database, second)
    assert "甲岗 于 2024-04-02 退回，理由：缺说明" in returned.message
    assert states(database) == ["accepted", "returned"]
    assert len(reviews(database)) == 2


def test_a_report_that_a_newer_one_replaced_cannot_be_judged(database: Database) -> None:
    build(database, Task("1"))
    old, new = filed(database, "1", "11台"), filed(database, "1", "12台", "2024-03-29T11:00")
    assert refusal(database, old).code == "REPORT_REPLACED"
    return_report(database, new, at(TUESDAY), "甲岗", "改早了")
    accept_reports(database, [old], at(TUESDAY), "甲岗")  # the word that counts again
    assert states(database) == ["accepted", "returned"]


def test_a_report_for_another_month_replaces_nothing(database: Database) -> None:
    build(database, Task("1"))
    march = filed(database, "1", "11台")
    report_progress(database, Filing("1", "2024-04", ["12台"]), at("2024-04-01T10:00"), "区民政局")
    accept_reports(database, [march], at(TUESDAY), "甲岗")
    assert states(database) == ["accepted", "submitted"]


def test_one_that_cannot_be_accepted_does_not_stop_the_others(database: Database) -> None:
    build(database, Task("1"), Task("2"))
    first, second = filed(database, "1", "11台"), filed(database, "2", "11台")
    accept_reports(database, [first], at(TUESDAY), "甲岗")
    outcome = accept_reports(database, [second, first, 999], at(TUESDAY), "乙岗")
    assert [one.report_id for one in outcome.decided] == [second]
    assert sorted(error.code for error in outcome.refused) == ["NO_SUCH_REPORT", "REVIEW_DECIDED"]


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        (None, ["accepted", "accepted", "accepted"]),
        ("区教育局", ["submitted", "submitted", "accepted"]),
    ],
)
def test_all_that_wait_are_accepted_of_everybody_or_of_one_unit(
    database: Database, unit: str | None, expected: list[str]
) -> None:
    build(database, Task("1"), Task("2"), Task("3", lead="区教育局"))
    for no in ("1", "2", "3"):
        filed(database, no, "11台")
    outcome = accept_waiting(database, at(TUESDAY), "甲岗", unit=unit)
    assert len(outcome.decided) == expected.count("accepted")
    assert states(database) == expected


def test_accepting_the_sub_task_accepts_what_waits_but_not_what_was_replaced_or_sent_back(
    database: Database,
) -> None:
    build(database, Task("1"))
    returned = filed(database, "1", "90台")
    return_report(database, returned, at("2024-03-29T10:30"), "甲岗", "少报")
    filed(database, "1", "99台", "2024-03-29T11:00")
    last = filed(database, "1", "100台", "2024-03-29T12:00")
    accept_subtask(database, "1", at(TUESDAY), "甲岗")
    assert states(database) == ["returned", "submitted", "accepted"]
    assert reviews(database)[1:] == [(last, "accepted", "甲岗", "")]
    assert refusal(database, last).code == "REVIEW_DECIDED"


def test_a_list_shows_each_figure_beside_plan_target_and_last_value(database: Database) -> None:
    """100 by 30 November from 28 February (276 days): by 31 March 32/276 of it, 11 whole ones."""
    build(database, Task("1"), Task("2", lead="区教育局"))
    accept_reports(database, [filed(database, "1", "10台", "2024-03-28T10:00")], at(FRIDAY), "甲岗")
    later = Filing("1", "2024-04", ["30台"], text="进展顺利")
    report_progress(database, later, at("2024-04-30T10:00"), "区民政局")
    filed(database, "2", "5台", "2024-03-29T10:00")
    with database.read() as session:
        lines = review_lines(session, at("2024-05-06T10:00"))
    assert [(one.unit, one.no, one.period) for one in lines] == [
        ("区教育局", "2", "2024-03"),
        ("区民政局", "1", "2024-04"),
    ]
    # working days from 29 March: 1–3 April, 7–12 (7 is made up for 清明), 15–19, 22–26, 28–30, 6 May
    assert [one.waited for one in lines] == [23, 1]
    (second,), (first,) = lines[0].figures, lines[1].figures
    assert (second.value, second.expected, second.target, second.last) == (5, 11, 100, None)
    assert (first.value, first.target, first.last) == (30, 100, 10)
    assert lines[1].received_on == date(2024, 4, 30)


def test_of_two_who_judge_one_report_at_once_the_first_wins(postgres_database: Database) -> None:
    build(postgres_database, *[Task(str(number)) for number in range(ROUNDS)])
    other = Database(postgres_database.url)
    for number in range(ROUNDS):
        key, barrier = filed(postgres_database, str(number), "11台"), Barrier(2)

        def accepting(key: int = key, barrier: Barrier = barrier) -> str:
            barrier.wait()
            outcome = accept_reports(postgres_database, [key], at(TUESDAY), "甲岗")
            return outcome.refused[0].code if outcome.refused else "stored"

        def returning(key: int = key, barrier: Barrier = barrier) -> str:
            barrier.wait()
            try:
                return_report(other, key, at(TUESDAY), "乙岗", "缺说明")
            except DubanError as error:
                return error.code
            return "stored"

        with ThreadPoolExecutor(2) as pool:
            ends = [pool.submit(accepting), pool.submit(returning)]
        assert sorted(end.result() for end in ends) == ["REVIEW_DECIDED", "stored"]
    assert len(reviews(postgres_database)) == ROUNDS
    other.close()


def test_by_policy_a_report_counts_as_reviewed_at_once_and_can_still_be_sent_back(database: Database) -> None:
    build(database, Task("1"), policy={"auto_review": True})
    key = filed(database, "1", "11台")
    assert (states(database), reviews(database)) == (
        ["accepted"],
        [(key, "accepted", "policy:auto_review", "")],
    )
    with pytest.raises(DubanError) as decided:
        raise accept_reports(database, [key], at(TUESDAY), "甲岗").refused[0]
    assert decided.value.code == "REVIEW_DECIDED"
    return_report(database, key, at(TUESDAY), "甲岗", "数字不实")
    assert states(database) == ["returned"]
    assert refusal(database, key).code == "REVIEW_DECIDED"


def test_the_days_on_which_the_report_stood_leave_no_record_of_steps_never_owed(database: Database) -> None:
    """March's report stood from its due day on; its lateness begins with the return, not on 1 April."""
    build(database, Task("1"))
    sweep(database, at("2024-03-26T06:00"))
    key = filed(database, "1", "11台", "2024-03-28T10:00")
    return_report(database, key, at("2024-04-08T10:00"), "甲岗", "缺说明")
    with database.read() as session:
        rows = session.exec(select(tables.Reminder).where(tables.Reminder.ended_reason == "missed"))
        assert [(row.rule, row.step) for row in rows if row.rule == "report_late"] == []


def test_a_share_stands_beside_its_own_quota_and_the_last_share(database: Database) -> None:
    build(database, Task("1", quotas={"东街街道": "40", "西街街道": "60"}))
    for period, figure, moment in (("2024-03", "10台", FRIDAY), ("2024-04", "15台", THURSDAY)):
        share = Filing("1", period, [figure], unit="东街街道", role="share")
        report_progress(database, share, at(moment), "东街街道")
    with database.read() as session:
        lines = review_lines(session, at(THURSDAY))
    assert [(one.unit, one.role) for one in lines] == [("东街街道", "share")] * 2
    told = [(one.value, one.expected, one.target, one.last) for line in lines for one in line.figures]
    assert told == [(10, None, 40, None), (15, None, 40, 10)]
