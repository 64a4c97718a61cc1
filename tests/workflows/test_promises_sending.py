"""What becomes of a message between its slot and its end: channels that fail, outages, who it is for."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from db import runs, tables
from db.session import Database
from notifications.channel import Envelope, Verdict
from tests.channels import RememberingChannel
from tests.workflows.office_2024 import Task, at, build, mail_office
from tests.workflows.test_main_flow import EMAILS, messages, reminders, turn
from workflows.compose import compose
from workflows.deliver import deliver
from workflows.office import Office
from workflows.report_progress import Filing, report_progress
from workflows.send_digest import send_digest
from workflows.sweep import sweep

MORNING = "2024-03-26T09:30"  # three working days before the March report falls due
DOWN = Verdict.transient("邮件服务器无法连接", channel_fault=True)
BUSY = Verdict.transient("收件人的邮箱暂时不可用")
LOST = Verdict.transient("没有等到回执", ambiguous=True)


def states(database: Database) -> list[tuple[str, str, str]]:
    return [(one.kind, one.state, one.ended_reason) for one in messages(database)]


def findings(database: Database) -> list[tuple[str, str]]:
    with database.read() as session:
        return [(one.code, one.subject) for one in runs.open_findings(session)]


def deliver_every(database: Database, office: Office, start: str, end: str, step: timedelta) -> None:
    moment = at(start)
    while moment < at(end):
        deliver(database, office, moment)
        moment += step


def appoint(database: Database, post_id: int, email: str | None) -> None:
    """Who held the post has left; somebody else holds it, unless there is no address."""
    with database.write() as session:
        table = tables.Contact
        leaving = update(table).where(col(table.post_id) == post_id)
        session.execute(leaving.values(ended_at=at("2024-03-01T09:00")))
        if email:
            session.add(table(post_id=post_id, email=email))


def test_a_dead_server_does_not_use_up_the_tries_of_a_message(
    database: Database, office: Office, channel: RememberingChannel
) -> None:
    build(database, Task("1"), emails=EMAILS, policy={"max_attempts": 3})
    channel.answers = [*[DOWN] * 6, BUSY, BUSY]
    turn(database, office, MORNING)
    deliver_every(database, office, "2024-03-26T09:31", "2024-03-26T15:00", timedelta(minutes=16))
    assert len(channel.attempted) == 9
    assert states(database) == [("reminder", "accepted", "")]


def test_a_dead_server_is_knocked_at_once_and_then_left_alone_for_a_while(
    database: Database, office: Office, channel: RememberingChannel
) -> None:
    build(database, Task("1"), Task("2", lead="区教育局"), emails=EMAILS)
    channel.answers = [DOWN]
    turn(database, office, MORNING)
    deliver(database, office, at("2024-03-26T09:30:30"))
    assert len(channel.attempted) == 1
    deliver(database, office, at("2024-03-26T09:31:00"))
    assert len(channel.sent) == 2
    assert findings(database) == []


@pytest.mark.parametrize(
    "asked",
    [Verdict.rate_limited("发得太快", 3600), Verdict.rate_limited("发得太快", until=at("2024-03-26T10:30"))],
)
def test_a_pause_that_the_server_asks_for_is_kept_by_every_message_of_the_channel(
    database: Database, office: Office, channel: RememberingChannel, asked: Verdict
) -> None:
    build(database, Task("1"), Task("2", lead="区教育局"), emails=EMAILS)
    channel.answers = [asked]
    turn(database, office, MORNING)
    restarted = mail_office(channel)
    deliver_every(database, restarted, "2024-03-26T09:31", "2024-03-26T10:30", timedelta(minutes=3))
    assert len(channel.attempted) == 1
    deliver(database, restarted, at("2024-03-26T10:30"))
    assert len(channel.sent) == 2


def test_retry_after_of_one_message_holds_back_that_message_only(
    database: Database, office: Office, channel: RememberingChannel
) -> None:
    build(database, Task("1"), Task("2", lead="区教育局"), emails=EMAILS)
    channel.answers = [Verdict.transient("忙", 7200)]
    turn(database, office, MORNING)
    assert len(channel.sent) == 1
    deliver(database, office, at("2024-03-26T11:29"))
    assert len(channel.sent) == 1
    deliver(database, office, at("2024-03-26T11:30"))
    assert len(channel.sent) == 2


def test_what_may_have_arrived_is_repeated_unchanged_even_if_later_tries_were_refused(
    database: Database, office: Office, channel: RememberingChannel
) -> None:
    build(database, Task("1"), emails=EMAILS)
    channel.answers = [LOST, BUSY]
    turn(database, office, MORNING)
    deliver(database, office, at("2024-03-26T09:40"))
    report_progress(database, Filing("1", "2024-03", ["11台"]), at("2024-03-26T09:41"), "test")
    deliver(database, office, at("2024-03-26T10:30"))
    assert len({(one.message_id, one.text) for one in channel.attempted}) == 1
    assert states(database) == [("reminder", "accepted", "")]


def test_after_two_weeks_a_send_cut_off_in_flight_is_repeated_and_the_present_is_one_message_more(
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
    turn(database, office, "2024-04-09T09:30")
    first, second, third = channel.sent
    assert (first.message_id, first.text) == (second.message_id, second.text)
    assert third.message_id != first.message_id
    assert [one.state for one in messages(database)] == ["accepted", "accepted"]


@pytest.mark.parametrize("back", ["2024-03-28T08:45", "2024-03-28T09:20"])
def test_a_message_left_over_from_before_an_outage_leaves_with_what_is_newly_due(
    database: Database, office: Office, channel: RememberingChannel, back: str
) -> None:
    """28 March is ten working days before 15 April (清明: 4 to 6 April off, 7 April worked) for task 2."""
    build(database, Task("1"), Task("2", milestones={date(2024, 4, 12): "40"}), emails=EMAILS)
    channel.answers = [DOWN]
    turn(database, office, MORNING)
    for moment in (back, "2024-03-28T09:20", "2024-03-28T09:21"):
        turn(database, office, moment)
    assert len(channel.sent) == 1
    assert [one.state for one in messages(database)] == ["superseded", "accepted"]
    said = sorted((item["subtask"], item["rule"]) for item in messages(database)[-1].items)
    assert said == [("1", "report_due"), ("2", "milestone_due"), ("2", "report_due")]


def test_a_message_left_over_alone_leaves_when_the_window_opens(
    database: Database, office: Office, channel: RememberingChannel
) -> None:
    build(database, Task("1"), emails=EMAILS)
    channel.answers = [DOWN]
    turn(database, office, MORNING)
    turn(database, office, "2024-03-27T08:30")
    assert [one.state for one in messages(database)] == ["accepted"]


def test_nobody_gets_the_digest_of_a_post_that_has_no_holder_any_more(
    database: Database, office: Office, channel: RememberingChannel
) -> None:
    built = build(database, Task("1"), emails=EMAILS, coordinator=None)
    sweep(database, at("2024-03-28T09:30"))
    send_digest(database, office, at("2024-03-29T15:00"))
    appoint(database, built.posts["区民政局"], None)
    deliver(database, office, at("2024-03-29T15:20"))
    assert channel.attempted == []
    assert states(database) == [("digest", "withdrawn", "no_contact")]
    assert ("NO_CONTACT", f"post:{built.posts['区民政局']}") in findings(database)


def test_a_successor_gets_the_digest_that_waits(
    database: Database, office: Office, channel: RememberingChannel
) -> None:
    built = build(database, Task("1"), emails=EMAILS, coordinator=None)
    sweep(database, at("2024-03-28T09:30"))
    send_digest(database, office, at("2024-03-29T15:00"))
    appoint(database, built.posts["区民政局"], "new@example.org")
    deliver(database, office, at("2024-03-29T15:20"))
    assert [one.to_address for one in channel.sent] == ["new@example.org"]


@pytest.mark.parametrize(
    ("answer", "states_after"), [(DOWN, ["superseded", "waiting"]), (LOST, ["waiting"] * 2)]
)
def test_only_a_digest_that_cannot_have_arrived_is_replaced_by_the_next(
    database: Database, office: Office, channel: RememberingChannel, answer: Verdict, states_after: list[str]
) -> None:
    build(database, Task("1"), emails=EMAILS, coordinator=None)
    channel.answers = [answer]
    sweep(database, at("2024-03-28T09:30"))
    send_digest(database, office, at("2024-03-29T15:00"))
    deliver(database, office, at("2024-03-29T15:20"))
    send_digest(database, office, at("2024-04-07T15:00"))
    assert [one.state for one in messages(database)] == states_after


def test_a_contact_settles_the_finding_though_nothing_is_owed_any_more(
    database: Database, office: Office
) -> None:
    built = build(database, Task("1"))
    turn(database, office, MORNING)
    assert [code for code, _ in findings(database)] == ["NO_CONTACT"]
    report_progress(database, Filing("1", "2024-03", ["11台"]), at("2024-03-26T10:00"), "test")
    compose(database, office, at("2024-03-26T10:01"))
    assert [code for code, _ in findings(database)] == ["NO_CONTACT"]
    appoint(database, built.posts["区民政局"], "mz@example.org")
    compose(database, office, at("2024-03-26T22:00"))
    assert findings(database) == []


def test_a_refusal_is_shown_until_a_digest_has_told_of_it_and_a_later_message_has_arrived(
    database: Database, office: Office, channel: RememberingChannel
) -> None:
    build(database, Task("1"), emails=EMAILS)
    channel.answers = [Verdict.permanent("收件人不存在", code="recipient_refused")]
    turn(database, office, MORNING)
    turn(database, office, "2024-03-29T09:30")
    assert [code for code, _ in findings(database)] == ["MESSAGE_GIVEN_UP"]
    send_digest(database, office, at("2024-03-29T15:00"))
    told = [one.text for one in messages(database) if one.kind == "digest"]
    assert ["收件人不存在" in text for text in told] == [False, True]
    assert findings(database) == []


def test_a_refusal_stays_shown_while_nothing_arrives(
    database: Database, office: Office, channel: RememberingChannel
) -> None:
    build(database, Task("1"), emails=EMAILS)
    channel.answers = [Verdict.permanent("收件人不存在", code="recipient_refused")] * 2
    turn(database, office, MORNING)
    turn(database, office, "2024-03-29T09:30")
    send_digest(database, office, at("2024-03-29T15:00"))
    assert [code for code, _ in findings(database)] == ["MESSAGE_GIVEN_UP"]


def test_a_unit_that_leads_no_more_is_reminded_no_more_and_its_successor_is(
    database: Database, office: Office, channel: RememberingChannel
) -> None:
    built = build(database, Task("1"), Task("2", lead="区教育局"), emails=EMAILS)
    turn(database, office, "2024-03-26T08:50")
    sweep(database, at(MORNING))
    compose(database, office, at(MORNING))
    with database.write() as session:
        work, unit = tables.Assignment, tables.Unit
        new = session.execute(select(col(unit.id)).where(col(unit.name) == "区教育局")).scalar_one()
        moved = update(work).where(col(work.subtask_id) == built.subtasks["1"]).values(unit_id=new)
        session.execute(moved)
        session.execute(update(tables.SubTask).values(next_check_on=date(2024, 3, 26)))
    turn(database, office, "2024-03-26T09:31")
    assert [one.to_address for one in channel.sent] == ["jy@example.org"]
    assert [
        (row.state, row.ended_reason) for row in reminders(database) if row.post_id == built.posts["区民政局"]
    ] == [("withdrawn", "not_responsible")]
    turn(database, office, "2024-03-27T09:30")
    assert [one.to_address for one in channel.sent] == ["jy@example.org"] * 2


def test_a_message_that_lost_one_of_its_reminders_is_composed_anew(
    database: Database, office: Office, channel: RememberingChannel
) -> None:
    build(database, Task("1"), Task("2"), emails=EMAILS)
    sweep(database, at(MORNING))
    compose(database, office, at(MORNING))
    with database.write() as session:
        session.delete(session.get_one(tables.Reminder, reminders(database)[0].id))
    for moment in ("2024-03-26T09:31", "2024-03-26T09:32"):
        deliver(database, office, at(moment))
    assert [len(one.items) for one in messages(database) if one.state == "accepted"] == [1]


def test_the_network_is_never_waited_for_inside_a_transaction(
    database: Database, office: Office, channel: RememberingChannel
) -> None:
    build(database, Task("1"), emails=EMAILS)

    def meanwhile(_envelope: Envelope) -> Verdict:
        with database.write() as session:  # would wait for ever, were one open
            runs.mark(session, "seen", "1", at(MORNING))
        return Verdict.accepted()

    channel.answers = [meanwhile]
    turn(database, office, MORNING)
    assert len(channel.sent) == 1


def test_everything_waits_with_a_date_while_the_server_is_dead(
    database: Database, office: Office, channel: RememberingChannel
) -> None:
    build(database, Task("1"), Task("2", lead="区教育局"), emails=EMAILS)
    channel.answers = [DOWN] * 500
    moment: datetime = at(MORNING)
    while moment < at("2024-04-26T09:30"):
        turn(database, office, moment.strftime("%Y-%m-%dT%H:%M"))
        moment += timedelta(hours=7)
    waiting = [one for one in messages(database) if one.state == "waiting"]
    assert sorted(one.address for one in waiting) == ["jy@example.org", "mz@example.org"]
    ended = {(row.state, row.rule, row.ended_reason) for row in reminders(database) if row.ended_at}
    assert ended == {
        ("superseded", "report_due", "newer_step"),
        ("superseded", "report_late", "newer_step"),
        ("withdrawn", "report_due", "date_passed"),
    }
    assert [code for code, _ in findings(database)] == ["CHANNEL_ILL"]
