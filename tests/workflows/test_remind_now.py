"""催办: one message a day and lead unit, at once or at the next opening, and nothing that is settled before."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlmodel import col, select

from db import runs, tables
from db.session import Database
from engine.errors import DubanError
from tests.channels import RememberingChannel
from tests.workflows.office_2024 import LINKED, Built, Task, at, build, mail_office
from workflows.deliver import deliver
from workflows.remind_now import is_still_owed, prompts_of, remind_now
from workflows.report_progress import Filing, report_progress
from workflows.sweep import sweep

MAILS = {"区民政局": "mz@example.org", "区教育局": "jy@example.org"}
TUESDAY = at("2024-04-02T10:00")
FRIDAY_NIGHT = at("2024-04-12T18:00")  # the window is 08:30 to 18:00, its end excluded


@pytest.fixture
def built(database: Database) -> Built:
    return build(database, Task("1.1", co_lead="区教育局"), Task("1.2"), emails=MAILS)


def _messages(database: Database, built: Built, no: str = "1.1") -> list[tables.Message]:
    with database.read() as session:
        found = prompts_of(session, built.subtasks[no])
        session.expunge_all()
        return found


def _events(database: Database) -> list[tables.Event]:
    with database.read() as session:
        query = select(tables.Event).where(col(tables.Event.what) == "remind_now")
        found = list(session.exec(query))
        session.expunge_all()
        return found


def test_each_lead_unit_has_one_message_about_the_sub_task_that_leaves_at_once(
    database: Database, built: Built
) -> None:
    channel = RememberingChannel()
    prompted = remind_now(database, mail_office(channel), "1.1", TUESDAY, "督查室", "今天必须有结果")
    assert [(one.recipient, one.leaves_at, one.is_new) for one in prompted] == [
        ("区民政局 联络员", TUESDAY, True),
        ("区教育局 联络员", TUESDAY, True),
    ]
    deliver(database, mail_office(channel), TUESDAY)
    assert sorted(one.to_address for one in channel.sent) == ["jy@example.org", "mz@example.org"]
    assert all("任务1.1" in one.text and "任务1.2" not in one.text for one in channel.sent)
    assert {one.state for one in _messages(database, built)} == {"accepted"}


def test_the_record_names_who_and_the_words(database: Database, built: Built) -> None:
    prompted = remind_now(database, LINKED, "1.1", TUESDAY, "督查室甲", " 今天必须有结果 ")
    (event,) = _events(database)
    assert (event.who, event.reason, event.subtask_id) == (
        "督查室甲",
        "今天必须有结果",
        built.subtasks["1.1"],
    )
    assert event.details == {"messages": [one.message_id for one in prompted]}


def test_asked_twice_on_a_day_it_is_sent_once_and_again_on_the_next(database: Database, built: Built) -> None:
    first = remind_now(database, LINKED, "1.1", TUESDAY, "甲")
    deliver(database, LINKED, TUESDAY)
    again = remind_now(database, LINKED, "1.1", at("2024-04-02T17:59"), "乙")
    assert [one.message_id for one in again] == [one.message_id for one in first]
    assert [one.is_new for one in again] == [False, False]
    assert len(_events(database)) == 1
    tomorrow = remind_now(database, LINKED, "1.1", at("2024-04-03T09:00"), "乙")
    assert [one.is_new for one in tomorrow] == [True, True]
    assert len(_messages(database, built)) == 4


@pytest.mark.parametrize(
    ("asked", "leaves"),
    [
        (at("2024-04-02T17:59"), at("2024-04-02T17:59")),
        (at("2024-04-02T18:00"), at("2024-04-03T08:30")),
        (at("2024-04-02T06:00"), at("2024-04-02T08:30")),
        (FRIDAY_NIGHT, at("2024-04-15T08:30")),
        (at("2024-04-04T10:00"), at("2024-04-07T08:30")),  # 清明; the Sunday after it is worked
    ],
)
def test_outside_the_window_it_waits_for_the_next_opening(
    database: Database, built: Built, asked: datetime, leaves: datetime
) -> None:
    prompted = remind_now(database, LINKED, "1.2", asked, "甲")
    assert [one.leaves_at for one in prompted] == [leaves]
    deliver(database, LINKED, asked)
    state = _messages(database, built, "1.2")[0].state
    assert state == ("accepted" if leaves == asked else "waiting")
    deliver(database, LINKED, leaves)
    assert _messages(database, built, "1.2")[0].state == "accepted"


@pytest.mark.parametrize(
    ("change", "reason"),
    [("reported", "reported"), ("suspended", "suspended"), ("accepted", "completed"), ("", "")],
)
def test_what_is_settled_before_it_leaves_is_withdrawn(
    database: Database, built: Built, change: str, reason: str
) -> None:
    remind_now(database, LINKED, "1.2", FRIDAY_NIGHT, "甲")
    if change == "reported":
        report_progress(database, Filing("1.2", "2024-04", ["20台"]), at("2024-04-13T10:00"), "区民政局")
    elif change:
        with database.write() as session:
            session.get_one(tables.SubTask, built.subtasks["1.2"]).state = change
    deliver(database, LINKED, at("2024-04-15T08:30"))
    (message,) = _messages(database, built, "1.2")
    assert (message.state, message.ended_reason) == ("withdrawn" if reason else "accepted", reason)


def test_a_unit_that_no_longer_leads_is_not_told(database: Database, built: Built) -> None:
    remind_now(database, LINKED, "1.2", FRIDAY_NIGHT, "甲")
    with database.write() as session:
        message = session.get_one(tables.Message, prompts_of(session, built.subtasks["1.2"])[0].id)
        work = session.exec(
            select(tables.Assignment).where(
                col(tables.Assignment.subtask_id) == built.subtasks["1.2"],
                col(tables.Assignment.role) == "lead",
            )
        ).one()
        session.delete(work)
        session.flush()
        assert not is_still_owed(session, message, at("2024-04-15T08:30"))
        session.refresh(message)
        assert message.ended_reason == "not_responsible"


@pytest.mark.parametrize(
    "state", ["draft", "completion_claimed", "suspended", "terminated", "accepted", "closed", "archived"]
)
def test_where_the_unit_has_nothing_to_do_nothing_is_sent(database: Database, state: str) -> None:
    built = build(database, Task("1", state=state), emails=MAILS)
    with pytest.raises(DubanError) as refused:
        remind_now(database, LINKED, "1", TUESDAY, "甲")
    assert refused.value.code == "PROMPT_REFUSED"
    assert _messages(database, built, "1") == []
    assert _events(database) == []


def test_a_promise_that_is_kept_is_not_asked_for(database: Database, built: Built) -> None:
    report_progress(database, Filing("1.2", "2024-03", ["100台"]), at("2024-03-29T10:00"), "区民政局")
    with pytest.raises(DubanError) as refused:
        remind_now(database, LINKED, "1.2", TUESDAY, "甲")
    assert refused.value.code == "PROMPT_REFUSED"


def test_a_unit_nobody_can_reach_is_a_finding_and_the_others_are_told(database: Database) -> None:
    channel = RememberingChannel()
    build(database, Task("1", co_lead="区教育局"), emails={"区教育局": "jy@example.org"})
    prompted = remind_now(database, mail_office(channel), "1", TUESDAY, "甲")
    assert [one.recipient for one in prompted] == ["区教育局 联络员"]
    with database.read() as session:
        assert [one.code for one in runs.open_findings(session)] == ["NO_CONTACT"]


def test_where_nobody_can_be_reached_it_says_so(database: Database) -> None:
    build(database, Task("1"))
    with pytest.raises(DubanError) as refused:
        remind_now(database, mail_office(RememberingChannel()), "1", TUESDAY, "甲")
    assert refused.value.code == "NO_CONTACT"
    assert "区民政局" in refused.value.message


def test_it_says_what_is_owed_and_changes_nothing_of_the_reminders(database: Database, built: Built) -> None:
    sweep(database, at("2024-04-02T00:00"))
    with database.read() as session:
        before = [(row.rule, row.state) for row in session.exec(select(tables.Reminder))]
    remind_now(database, LINKED, "1.2", TUESDAY, "甲")
    (message,) = _messages(database, built, "1.2")
    assert "3月" in message.text  # the report for March is late
    assert "duban-link:" in message.text
    with database.read() as session:
        assert [(row.rule, row.state) for row in session.exec(select(tables.Reminder))] == before


def test_of_a_sub_task_that_is_on_plan_the_deadline_is_named(database: Database) -> None:
    built = build(database, Task("1", deadline=date(2024, 10, 31)), emails=MAILS)
    remind_now(database, LINKED, "1", at("2024-03-05T10:00"), "甲")
    (message,) = _messages(database, built, "1")
    assert "10月31日" in message.text
