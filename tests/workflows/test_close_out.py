"""After acceptance: follow-ups with their days, striking off, the gap list, the closed plan.

Accepted on Monday 4 November 2024: 20 working days later is 2 December, 40 is 30 December (no days off between).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from db import plans, tables
from db.session import Database
from engine.errors import DubanError
from tests.workflows.office_2024 import Built, Task, at, build
from tests.workflows.test_supervise import change, refused, stored
from workflows.accept_subtask import accept_subtask
from workflows.close_out import close_subtask, finish_follow_up, follow_up_lines
from workflows.close_plan import close_plan
from workflows.export_bulletin import paper_of
from workflows.gap_list import gap_list
from workflows.report_progress import Filing, report_progress
from workflows.sweep import sweep

DAY = "2024-11-04T10:00"
PDF = ("验收单.pdf", b"%PDF-1.7 accepted")


def office(database: Database, **policy: Any) -> Built:
    return build(
        database,
        Task("1", "100"),
        Task("2", None, deadline=date(2024, 12, 20)),
        Task("3", "50", lead="区教育局"),
        policy=policy,
    )


def owed(database: Database) -> list[tuple[str, date]]:
    return [(row.kind, row.due_on) for row in stored(database, tables.FollowUp)]


def accept(database: Database, no: str = "1", **more: Any) -> None:
    accept_subtask(database, no, at(DAY), "督查室", reason="现场核实", **more)


def pending(database: Database, rule: str) -> list[str]:
    rows = stored(database, tables.Reminder)
    return sorted(row.obligation for row in rows if row.rule == rule and row.state == "pending")


BOTH = [("evaluation", date(2024, 12, 2)), ("archive", date(2024, 12, 30))]


def test_an_acceptance_owes_two_follow_ups_and_keeps_its_evidence(database: Database, tmp_path: Path) -> None:
    built = office(database)
    accept(database, evidence=[PDF], folder=tmp_path)
    assert owed(database) == BOTH
    (file,) = stored(database, tables.Attachment)
    assert (file.owner, file.owner_id, file.file_name) == ("subtask", built.subtasks["1"], "验收单.pdf")
    assert (tmp_path / file.stored_name).read_bytes() == PDF[1]
    (event,) = [one for one in stored(database, tables.Event) if one.what == "accept"]
    assert (event.details["from"], event.details["evidence"]) == ("issued", ["验收单.pdf"])
    assert list(event.details["rows"]) == ["attachments:1"]
    row = stored(database, tables.SubTask)[0]
    assert row.state == "accepted"
    assert row.next_check_on is not None


def test_a_refused_acceptance_keeps_no_file_and_owes_nothing(
    sqlite_database: Database, tmp_path: Path
) -> None:
    office(sqlite_database)
    with refused("NOT_CLAIMED"):
        accept_subtask(sqlite_database, "1", at(DAY), "督查室", evidence=[PDF], folder=tmp_path / "files")
    assert list((tmp_path / "files").iterdir()) == []
    assert owed(sqlite_database) == []
    accept(sqlite_database)
    with refused("ALREADY_ACCEPTED"):
        accept(sqlite_database)
    assert owed(sqlite_database) == BOTH


def test_what_the_policy_accepts_owes_the_same_once(database: Database) -> None:
    office(database, auto_accept=True)
    filing = Filing("1", "2024-10", quantities={1: Decimal(100)})
    report_progress(database, filing, at(DAY), "区民政局")
    assert stored(database, tables.SubTask)[0].state == "accepted"
    assert owed(database) == BOTH
    assert stored(database, tables.SubTask)[0].next_check_on is not None
    sweep(database, at("2024-11-05T10:00"))
    assert owed(database) == BOTH


@pytest.mark.parametrize(("moment", "count"), [("2024-11-22T10:00", 0), ("2024-11-25T10:00", 1)])
def test_reminders_begin_five_working_days_before_the_day(
    sqlite_database: Database, moment: str, count: int
) -> None:
    office(sqlite_database)
    accept(sqlite_database)
    sweep(sqlite_database, at(moment))
    assert len(pending(sqlite_database, "follow_up")) == count


def test_a_follow_up_that_is_done_is_on_record_and_its_reminders_end(database: Database) -> None:
    office(database)
    accept(database)
    sweep(database, at("2024-11-25T10:00"))
    assert pending(database, "follow_up")
    due = finish_follow_up(database, "1", "效果评估", at("2024-11-26T10:00"), "督查室", note=" 效果良好 ")
    assert due == date(2024, 12, 2)
    assert pending(database, "follow_up") == []
    row = stored(database, tables.FollowUp)[0]
    assert (row.done_by, row.note, row.done_at) == ("督查室", "效果良好", at("2024-11-26T10:00"))
    with refused("FOLLOW_UP_DONE"):
        finish_follow_up(database, "1", "evaluation", at("2024-11-26T11:00"), "督查室")
    with refused("NO_SUCH_FOLLOW_UP"):
        finish_follow_up(database, "1", "party", at("2024-11-26T11:00"), "督查室")
    with refused("NO_SUCH_FOLLOW_UP"):
        finish_follow_up(database, "2", "archive", at("2024-11-26T11:00"), "督查室")
    with database.read() as session:
        assert [one.kind for one in follow_up_lines(session, at("2024-12-30T23:00"))] == ["archive"]
        assert [one.late for one in follow_up_lines(session, at("2024-12-30T23:00"))] == [False]
        assert [one.late for one in follow_up_lines(session, at("2024-12-31T00:00"))] == [True]
        assert len(follow_up_lines(session, at(DAY), with_done=True)) == 2


def test_only_what_is_accepted_and_settled_is_struck_off(database: Database) -> None:
    built = office(database)
    with refused("NOT_ACCEPTED"):
        close_subtask(database, "1", "办结", at(DAY), "督查室")
    accept(database)
    with refused("NO_REASON"):
        close_subtask(database, "1", " ", at(DAY), "督查室")
    with database.write() as session:
        request = tables.ChangeRequest(
            plan_id=built.plan_id,
            subtask_id=built.subtasks["1"],
            kind="adjustment",
            effective_on=date(2024, 11, 4),
            reason="更正",
            requested_at=at(DAY),
            requested_by="区民政局",
        )
        session.add(request)
    with pytest.raises(DubanError, match="待决定的变更申请 1") as found:
        close_subtask(database, "1", "办结", at(DAY), "督查室")
    assert found.value.code == "CLOSE_REFUSED"
    change(database, tables.ChangeRequest, 1, state="refused")
    assert close_subtask(database, "1", "办结", at(DAY), "督查室").state == "closed"
    with refused("NOT_ACCEPTED"):
        close_subtask(database, "1", "办结", at(DAY), "督查室")
    assert owed(database) == BOTH
    assert stored(database, tables.SubTask)[0].next_check_on is not None
    assert [one.reason for one in stored(database, tables.Event) if one.what == "close"] == ["办结"]


# Gap-fill ends on Tuesday 31 December: 16 working days after Monday 9 December


def test_the_gap_list_holds_what_was_due_and_is_not_accepted(database: Database) -> None:
    office(database)
    for no, key, figure in (("1", 1, 40), ("3", 2, 49)):
        filing = Filing(no, "2024-11", quantities={key: Decimal(figure)})
        report_progress(database, filing, at("2024-11-28T10:00"), "单位")
    with database.read() as session:
        found = gap_list(session, at("2024-12-09T10:00"))
    assert [(one.no, one.missing[0].quantity, one.days_left) for one in found.lines] == [
        ("1", Decimal(60), 16),
        ("3", Decimal(1), 16),
    ]
    accept_subtask(database, "1", at("2024-12-09T11:00"), "督查室", reason="核实")
    with database.read() as session:
        assert [one.no for one in gap_list(session, at("2024-12-31T10:00")).lines] == ["3"]
        assert gap_list(session, at("2024-12-31T10:00")).lines[0].days_left == 0
        assert gap_list(session, at("2024-12-30T10:00")).lines[0].days_left == 1


@pytest.mark.parametrize(
    ("state", "listed"), [("in_progress", 3), ("suspended", 2), ("terminated", 2), ("closed", 2)]
)
def test_what_is_at_rest_or_finished_is_no_gap(sqlite_database: Database, state: str, listed: int) -> None:
    built = build(sqlite_database, Task("1", "10"), Task("2", None), Task("3", deadline=date(2024, 11, 30)))
    change(sqlite_database, tables.SubTask, built.subtasks["1"], state=state)
    with sqlite_database.read() as session:
        lines = gap_list(session, at("2024-12-09T10:00")).lines
    assert len(lines) == listed
    assert [one.no for one in lines if not one.measured] == ["2"]


END = "2024-12-31T16:00"


def test_a_plan_with_open_work_closes_only_with_a_reason_and_names_it(database: Database) -> None:
    office(database)
    sweep(database, at("2024-12-30T10:00"))
    assert any(row.state == "pending" for row in stored(database, tables.Reminder))
    accept_subtask(database, "1", at("2024-12-30T11:00"), "督查室", reason="核实")
    with pytest.raises(DubanError, match=r"3 任务3（未验收）.*1 任务1（效果评估未办）") as found:
        close_plan(database, None, at(END), "督查室")
    assert found.value.code == "PLAN_NOT_DONE"
    assert stored(database, tables.Plan)[0].state == "active"
    closed = close_plan(database, None, at(END), "督查室", reason="转入下年")
    assert len(closed.given_up) == 4  # 2 and 3 run, two follow-ups of 1 are owed
    (row,) = stored(database, tables.Bulletin)
    assert (row.kind, row.period, row.state) == ("final", "2024", "published")
    assert row.content["findings"][0] == "未完成而关闭：2 任务2（未验收）；理由：转入下年"
    paper = paper_of(row)
    assert paper.title == "年度任务收官总表"
    assert paper.notes[0] == row.content["findings"][0]
    reminders = stored(database, tables.Reminder)
    assert {one.state for one in reminders} <= {"withdrawn", "superseded"}
    assert "plan_closed" in {one.ended_reason for one in reminders}
    with database.read() as session:
        assert plans.load_plans(session) == []
    (event,) = [one for one in stored(database, tables.Event) if one.what == "close_plan"]
    assert event.details["given_up"] == list(closed.given_up)
    with refused("PLAN_CLOSED"):
        close_plan(database, "1", at(END), "督查室", reason="再来")


def test_a_plan_whose_work_is_done_or_at_rest_closes_without_a_reason(database: Database) -> None:
    built = office(database)
    accept(database)
    for kind in ("evaluation", "archive"):
        finish_follow_up(database, "1", kind, at("2024-12-02T10:00"), "督查室")
    change(database, tables.SubTask, built.subtasks["2"], state="suspended")
    change(database, tables.SubTask, built.subtasks["3"], state="terminated")
    closed = close_plan(database, "1", at(END), "督查室")
    assert closed.given_up == ()
    assert stored(database, tables.Plan)[0].state == "closed"
    assert {one.ended_reason for one in stored(database, tables.Reminder)} <= {
        "missed", "accepted", "done", "plan_closed", "newer_step",
    }  # fmt: skip


def test_messages_that_wait_or_are_held_end_with_the_plan(sqlite_database: Database) -> None:
    built = office(sqlite_database)
    with sqlite_database.write() as session:
        for state in ("held", "waiting", "accepted"):
            session.add(
                tables.Message(
                    key=f"digest:{state}",
                    kind="digest",
                    state=state,
                    plan_id=built.plan_id,
                    post_id=built.posts["区民政局"],
                    channel="inbox",
                    address="",
                    recipient="区民政局",
                    locale="zh-CN",
                    slot_on=date(2024, 12, 31),
                    slot_at=at(END),
                    subject="周报",
                    text="",
                    html="",
                    rfc_message_id=f"<{state}@example.org>",
                    thread_id="<t@example.org>",
                    next_attempt_at=at(END),
                    created_at=at(END),
                )
            )
    close_plan(sqlite_database, None, at(END), "督查室", reason="机构调整")
    ended = {row.key: (row.state, row.ended_reason) for row in stored(sqlite_database, tables.Message)}
    assert ended == {
        "digest:held": ("withdrawn", "plan_closed"),
        "digest:waiting": ("withdrawn", "plan_closed"),
        "digest:accepted": ("accepted", ""),
    }
