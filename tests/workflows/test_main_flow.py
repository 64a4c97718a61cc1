"""Sweep, compose and deliver together, on real databases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from db import tables
from db.session import Database
from notifications.channel import Verdict
from tests.channels import RememberingChannel
from tests.workflows.office_2024 import Built, Task, at, build, mail_office
from workflows.compose import compose
from workflows.deliver import deliver
from workflows.office import Office
from workflows.report_progress import Filing, report_progress
from workflows.sweep import sweep

EMAILS = {"区民政局": "mz@example.org", "区教育局": "jy@example.org"}
MORNING = "2024-03-26T09:30"  # three working days before the March report falls due


def turn(database: Database, office: Office, moment: str) -> None:
    sweep(database, at(moment))
    compose(database, office, at(moment))
    deliver(database, office, at(moment))


def messages(database: Database) -> list[tables.Message]:
    with database.read() as session:
        return list(session.exec(select(tables.Message).order_by(col(tables.Message.id))))


def reminders(database: Database) -> list[tables.Reminder]:
    with database.read() as session:
        return list(session.exec(select(tables.Reminder).order_by(col(tables.Reminder.id))))


def endings(database: Database) -> set[tuple[str, str, str]]:
    return {(row.rule, row.state, row.ended_reason) for row in reminders(database)}


@pytest.fixture
def built(database: Database) -> Built:
    return build(database, Task("1"), Task("2"), Task("3", lead="区教育局"), emails=EMAILS)


def test_a_unit_gets_one_message_for_all_its_tasks(
    database: Database, office: Office, channel: RememberingChannel, built: Built
) -> None:
    turn(database, office, MORNING)
    assert [envelope.to_address for envelope in channel.sent] == ["mz@example.org", "jy@example.org"]
    assert [len(message.items) for message in messages(database)] == [2, 1]


def test_a_second_turn_adds_nothing(
    database: Database, office: Office, channel: RememberingChannel, built: Built
) -> None:
    turn(database, office, MORNING)
    before = (len(reminders(database)), len(messages(database)), len(channel.sent))
    turn(database, office, MORNING)
    assert (len(reminders(database)), len(messages(database)), len(channel.sent)) == before


def test_mail_names_the_coordinator_for_replies_and_keeps_its_message_id(
    database: Database, office: Office, channel: RememberingChannel, built: Built
) -> None:
    turn(database, office, MORNING)
    assert {envelope.reply_to for envelope in channel.sent} == {"duty@example.org"}
    stored = {message.rfc_message_id for message in messages(database)}
    assert {envelope.message_id for envelope in channel.sent} == stored


@pytest.mark.parametrize(
    ("moment", "sent"),
    [
        ("2024-03-26T08:59", 0),  # before the slot
        ("2024-03-26T09:10", 2),  # after the last possible jitter
        ("2024-03-26T17:59", 2),  # the window's last minute
        ("2024-03-26T18:00", 0),  # closed
    ],
)
def test_reminders_leave_within_the_window_of_a_working_day(
    database: Database, office: Office, channel: RememberingChannel, built: Built, moment: str, sent: int
) -> None:
    turn(database, office, moment)
    assert len(channel.sent) == sent


def test_a_make_up_sunday_is_a_working_day_and_a_holiday_is_not(
    database: Database, office: Office, channel: RememberingChannel
) -> None:
    task = Task("1", deadline=date(2024, 4, 29))  # 28 April 2024 is a make-up Sunday, 1 May a holiday
    build(database, task, emails=EMAILS)
    turn(database, office, "2024-04-28T09:30")
    assert [item["rule"] for item in messages(database)[-1].items if item["rule"] == "deadline_due"]
    turn(database, office, "2024-05-01T09:30")
    assert {message.slot_on for message in messages(database)} == {date(2024, 4, 28)}


def test_what_was_reported_before_the_slot_is_withdrawn_with_that_reason(
    database: Database, office: Office, channel: RememberingChannel, built: Built
) -> None:
    sweep(database, at("2024-03-26T00:01"))
    report_progress(database, Filing("1", "2024-03", ["11台"]), at("2024-03-26T08:00"), "test")
    turn(database, office, MORNING)
    assert ("report_due", "withdrawn", "reported") in endings(database)
    assert [[item["subtask"] for item in message.items] for message in messages(database)] == [["2"], ["3"]]


def test_a_report_between_composing_and_sending_supersedes_the_message(
    database: Database, office: Office, channel: RememberingChannel, built: Built
) -> None:
    sweep(database, at(MORNING))
    compose(database, office, at(MORNING))
    report_progress(database, Filing("1", "2024-03", ["11台"]), at("2024-03-26T09:31"), "test")
    deliver(database, office, at("2024-03-26T09:32"))
    deliver(database, office, at("2024-03-26T09:33"))
    states = [(message.state, message.ended_reason, len(message.items)) for message in messages(database)]
    assert states == [("superseded", "content_changed", 2), ("accepted", "", 1), ("accepted", "", 1)]
    assert len({message.rfc_message_id for message in messages(database)}) == 3


def test_a_message_whose_whole_ground_is_gone_is_withdrawn_and_nothing_leaves(
    database: Database, office: Office, channel: RememberingChannel
) -> None:
    build(database, Task("1"), emails=EMAILS)
    sweep(database, at(MORNING))
    compose(database, office, at(MORNING))
    report_progress(database, Filing("1", "2024-03", ["11台"]), at("2024-03-26T09:31"), "test")
    deliver(database, office, at("2024-03-26T09:32"))
    assert channel.attempted == []
    assert [message.state for message in messages(database)] == ["withdrawn"]
    assert endings(database) == {("report_due", "withdrawn", "reported")}


def test_a_new_contact_gets_the_message_that_waits(
    database: Database, office: Office, channel: RememberingChannel
) -> None:
    built = build(database, Task("1"), emails=EMAILS)
    sweep(database, at(MORNING))
    compose(database, office, at(MORNING))
    with database.write() as session:
        session.add(
            tables.Contact(post_id=built.posts["区民政局"], title="新联络员", email="new@example.org")
        )
    deliver(database, office, at("2024-03-26T09:32"))
    deliver(database, office, at("2024-03-26T09:33"))
    assert [envelope.to_address for envelope in channel.attempted] == ["new@example.org"]


def test_a_unit_without_contact_is_shown_and_its_reminder_waits_until_it_has_one(
    database: Database, office: Office, channel: RememberingChannel
) -> None:
    built = build(database, Task("1"))
    turn(database, office, MORNING)
    with database.read() as session:
        assert [row.code for row in session.exec(select(tables.Finding))] == ["NO_CONTACT"]
    assert [row.state for row in reminders(database)] == ["pending"]
    with database.write() as session:
        session.add(tables.Contact(post_id=built.posts["区民政局"], email="mz@example.org"))
    turn(database, office, "2024-03-27T09:30")
    assert [envelope.to_address for envelope in channel.sent] == ["mz@example.org"]
    with database.read() as session:
        assert [row.closed_at is None for row in session.exec(select(tables.Finding))] == [False]


def test_an_outage_of_fourteen_days_ends_in_one_reminder_message_each(
    database: Database, office: Office, channel: RememberingChannel, built: Built
) -> None:
    turn(database, office, "2024-03-25T09:30")
    turn(database, office, "2024-04-08T09:30")
    assert len(channel.sent) == 2
    superseded = {(row.rule, row.step) for row in reminders(database) if row.state == "superseded"}
    assert superseded == {("report_due", -3), ("report_due", 0), ("report_late", 1), ("report_late", 3)}


def test_a_mail_server_down_for_two_weeks_ends_in_one_reminder_message_each(
    database: Database, office: Office, channel: RememberingChannel, built: Built
) -> None:
    down = Verdict.transient("邮件服务器无法连接", channel_fault=True)
    channel.answers = [down] * 500
    moment = at("2024-03-26T09:30")
    while moment < at("2024-04-09T09:30"):
        turn(database, office, moment.strftime("%Y-%m-%dT%H:%M"))
        moment += timedelta(hours=4)
    channel.answers = []
    turn(database, office, "2024-04-09T15:30")
    assert sorted(envelope.to_address for envelope in channel.sent) == ["jy@example.org", "mz@example.org"]
    assert {row.state for row in reminders(database)} <= {"accepted", "superseded", "withdrawn"}


def test_a_refused_recipient_is_given_up_and_shown(
    database: Database, office: Office, channel: RememberingChannel
) -> None:
    build(database, Task("1"), emails=EMAILS)
    channel.answers = [Verdict.permanent("收件人不存在", code="recipient_refused")]
    turn(database, office, MORNING)
    assert [(message.state, message.ended_reason) for message in messages(database)] == [
        ("given_up", "recipient_refused")
    ]
    assert {row.state for row in reminders(database)} == {"given_up"}
    with database.read() as session:
        (finding,) = session.exec(select(tables.Finding)).all()
    assert finding.code == "MESSAGE_GIVEN_UP"
    assert "收件人不存在" in finding.message


def test_a_message_is_tried_again_later_and_given_up_after_the_policys_limit(
    database: Database, office: Office, channel: RememberingChannel
) -> None:
    build(database, Task("1", deadline=date(2024, 9, 2)), emails=EMAILS, policy={"max_attempts": 3})
    channel.answers = [Verdict.transient("忙")] * 3
    for moment in ("09:30", "09:30", "09:31", "09:32", "09:40", "10:30"):
        turn(database, office, f"2024-03-26T{moment}")
    assert len(channel.attempted) == 3
    assert len({envelope.message_id for envelope in channel.attempted}) == 1
    assert [message.state for message in messages(database)] == ["given_up"]


def test_an_attempt_without_verdict_is_repeated_unchanged_when_its_lease_has_run_out(
    database: Database, office: Office, channel: RememberingChannel
) -> None:
    build(database, Task("1"), emails=EMAILS)

    def die(step: str) -> None:
        if step == "verdict":
            raise KeyboardInterrupt

    sweep(database, at(MORNING))
    compose(database, office, at(MORNING))
    with pytest.raises(KeyboardInterrupt):
        deliver(database, office, at(MORNING), pause=die)
    report_progress(database, Filing("1", "2024-03", ["11台"]), at("2024-03-26T09:31"), "test")
    deliver(database, office, at("2024-03-26T09:34"))
    assert len(channel.attempted) == 1
    deliver(database, office, at("2024-03-26T09:36"))
    first, second = channel.attempted
    assert (first.message_id, first.text, first.html) == (second.message_id, second.text, second.html)
    with database.read() as session:
        verdicts = [
            row.verdict
            for row in session.exec(select(tables.Delivery).order_by(col(tables.Delivery.attempt)))
        ]
    assert verdicts == ["unknown", "accepted"]


def test_a_worker_that_lost_its_lease_cannot_write_its_verdict(
    database: Database, office: Office, channel: RememberingChannel
) -> None:
    build(database, Task("1"), emails=EMAILS)
    rival = RememberingChannel()

    def overtaken(_envelope: object) -> Verdict:
        deliver(database, mail_office(rival), at("2024-03-26T09:40"))
        return Verdict.permanent("太迟了")

    channel.answers = [overtaken]
    turn(database, office, MORNING)
    assert len(rival.sent) == 1
    assert [message.state for message in messages(database)] == ["accepted"]


def test_numbers_count_the_messages_of_one_episode(
    database: Database, office: Office, channel: RememberingChannel
) -> None:
    build(database, Task("1"), emails=EMAILS)
    for day in ("2024-04-01", "2024-04-02", "2024-04-03", "2024-04-07", "2024-04-08"):
        turn(database, office, f"{day}T09:30")
    late = [item for message in messages(database) for item in message.items if item["rule"] == "report_late"]
    assert [item["number"] for item in late] == [1, 2, 3]


def test_acceptance_is_asked_of_the_coordinator_and_reminders_to_the_unit_stop(
    database: Database, office: Office, channel: RememberingChannel
) -> None:
    build(database, Task("1"), emails=EMAILS)
    report_progress(database, Filing("1", "2024-03", ["100台"]), at("2024-03-20T10:00"), "test")
    turn(database, office, "2024-03-21T09:30")
    turn(database, office, MORNING)
    assert [envelope.to_address for envelope in channel.sent] == ["duty@example.org"]


def test_policy_auto_accept_ends_a_completed_task_on_record(
    database: Database, office: Office, channel: RememberingChannel
) -> None:
    build(database, Task("1"), emails=EMAILS, policy={"auto_accept": True})
    report_progress(database, Filing("1", "2024-03", ["100台"]), at("2024-03-20T10:00"), "test")
    turn(database, office, MORNING)
    assert channel.sent == []
    with database.read() as session:
        (row,) = session.exec(select(tables.SubTask)).all()
        events = [(event.what, event.who) for event in session.exec(select(tables.Event))]
    assert (row.state, row.next_check_on) == ("accepted", date(2024, 3, 27))  # for what follows acceptance
    assert ("accept", "policy:auto_accept") in events
