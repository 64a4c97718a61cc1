"""A clock that was ahead for a while and was set right: what it left in the future holds nobody up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from db import outbox, runs
from db.session import Database
from notifications.channel import Verdict
from tests.channels import RememberingChannel
from tests.workflows.office_2024 import Task, at, build, mail_office
from tests.workflows.test_main_flow import messages
from workflows.compose import compose
from workflows.deliver import deliver
from workflows.sweep import sweep

NOW = at("2024-03-26T09:30")
YEAR, DAY, SECOND = timedelta(days=365), timedelta(days=1), timedelta(seconds=1)
EMAILS = {"区民政局": "mz@example.org", "区教育局": "jy@example.org"}
DOWN = Verdict.transient("连接不上", code="unreachable", channel_fault=True)


def composed(database: Database) -> None:
    build(database, Task("1"), Task("2", lead="区教育局"), emails=EMAILS)
    sweep(database, NOW)
    compose(database, mail_office(RememberingChannel()), NOW)


def test_a_fault_while_the_clock_was_ahead_pauses_nothing_once_it_is_right(database: Database) -> None:
    composed(database)
    mail = RememberingChannel(DOWN)
    deliver(database, mail_office(mail), NOW, clock=lambda: NOW + YEAR)
    assert mail.sent == []
    deliver(database, mail_office(mail), NOW + SECOND)
    assert len(mail.sent) == 1
    assert {one.state for one in messages(database)} == {"accepted", "given_up"}, "it was late by that clock"
    with database.read() as session:
        assert outbox.rests(session, NOW + 2 * YEAR) == {}, "the mark went when the channel worked"


def test_a_message_leased_while_the_clock_was_ahead_leaves_once_it_is_right(database: Database) -> None:
    composed(database)

    def die(step: str) -> None:
        if step == "send":
            raise KeyboardInterrupt

    mail = RememberingChannel()
    with pytest.raises(KeyboardInterrupt):
        deliver(database, mail_office(mail), NOW, clock=lambda: NOW + YEAR, pause=die)
    deliver(database, mail_office(mail), NOW + SECOND)
    assert len(mail.sent) == 2


@pytest.mark.parametrize(("ahead", "rests"), [(timedelta(0), True), (DAY, True), (DAY + SECOND, False)])
def test_a_rest_counts_unless_it_was_asked_for_by_a_clock_far_ahead(
    database: Database, ahead: timedelta, rests: bool
) -> None:
    with database.write() as session:
        outbox.pause(session, "email", (60, 300), NOW + ahead, NOW + ahead)
        assert outbox.paused(session, NOW) == ({"email"} if rests else set())
        until = outbox.pause(session, "email", (60, 300), NOW, NOW)
        assert until == NOW + timedelta(seconds=300 if rests else 60), "its faults count no longer, either"
        assert (runs.marked(session, outbox.PAUSE + "email") or "").startswith("2 " if rests else "1 ")


@pytest.mark.parametrize(
    ("state", "ahead", "is_due"),
    [
        ("waiting", timedelta(0), True),
        ("waiting", SECOND, False),
        ("waiting", outbox.FAR_AHEAD, False),
        ("waiting", outbox.FAR_AHEAD + SECOND, True),
        ("sending", timedelta(0), True),
        ("sending", SECOND, False),
        ("sending", outbox.AHEAD, False),
        ("sending", outbox.AHEAD + SECOND, True),
        ("held", timedelta(0), False),
    ],
)
def test_what_is_due_is_the_same_in_the_queue_and_of_one_message(
    database: Database, state: str, ahead: timedelta, is_due: bool
) -> None:
    composed(database)
    with database.write() as session:
        for one in messages(database):
            values = {"state": state, "next_attempt_at": NOW + ahead, "lease_until": NOW + ahead}
            outbox.finish(session, one.id or 0, **values)
    with database.read() as session:
        assert len(outbox.due(session, NOW, 10)) == (2 if is_due else 0)
    assert [outbox.is_due(one, NOW) for one in messages(database)] == [is_due] * 2
