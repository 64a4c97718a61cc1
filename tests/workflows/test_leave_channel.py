"""A channel that is out of order for good, or was retired, is left by everybody who has another way, at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from db import tables
from db.session import Database
from notifications.channel import Verdict
from tests.channels import RememberingChannel
from tests.workflows.office_2024 import Built, Task, at, build
from tests.workflows.routes import RememberingApp, give_robot, give_ways, office_with, open_now
from tests.workflows.test_main_flow import messages
from workflows.compose import compose
from workflows.deliver import deliver
from workflows.office import Office
from workflows.sweep import sweep

NOW = at("2024-03-26T09:50")  # every slot of the morning has come
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NUMBER = 10
UNITS = [f"单位{number}" for number in range(NUMBER)]
REVOKED = Verdict.permanent("应用已被停用", code="revoked", channel_fault=True)
LOST = Verdict.transient("没有回音", code="answer_lost", ambiguous=True)


@pytest.fixture
def mail() -> RememberingChannel:
    return RememberingChannel()


@pytest.fixture
def app() -> RememberingApp:
    return RememberingApp("企业微信")


@pytest.fixture
def built(database: Database) -> Built:
    tasks = [Task(f"{number}", lead=unit) for number, unit in enumerate(UNITS)]
    return build(
        database, *tasks, emails={unit: f"u{number}@example.org" for number, unit in enumerate(UNITS)}
    )


def a_turn(
    database: Database, office: Office, moment: str = "2024-03-26T09:50", after: timedelta = timedelta(0)
) -> None:
    now = at(moment) + after
    sweep(database, now)
    compose(database, office, now)
    deliver(database, office, now)


def attempts(database: Database) -> int:
    with database.read() as session:
        return len(session.exec(select(tables.Delivery)).all())


def test_after_one_refusal_everybody_who_has_another_way_is_reached_by_it_at_once(
    database: Database, built: Built, mail: RememberingChannel, app: RememberingApp
) -> None:
    for number, unit in enumerate(UNITS):
        others = [("email", "")] if number % 2 else []
        give_ways(database, built.posts[unit], ("企业微信", f"u{number}"), *others)
    app.answers = [REVOKED]
    office = office_with(mail, app)
    a_turn(database, office)
    assert len(app.attempted) == 1
    a_turn(database, office, after=MINUTE / 2)
    assert sorted(one.to_address for one in mail.sent) == [
        f"u{number}@example.org" for number in range(1, 10, 2)
    ]
    waiting = [one for one in messages(database) if one.state == "waiting"]
    assert {one.channel for one in waiting} == {"企业微信"}
    assert len(waiting) == NUMBER / 2, "whoever has no other way waits for the channel"
    a_turn(database, office, after=2 * MINUTE)
    assert len(app.sent) == NUMBER / 2


def test_what_may_have_arrived_is_not_sent_another_way_for_the_fault_of_its_channel(
    database: Database, built: Built, mail: RememberingChannel, app: RememberingApp
) -> None:
    for number, unit in enumerate(UNITS[:2]):
        give_ways(database, built.posts[unit], ("企业微信", f"u{number}"), ("email", ""))
    app.answers = [LOST, REVOKED]
    office = office_with(mail, app)
    a_turn(database, office)
    kept = [one.state for one in messages(database) if one.address in ("u0", "u1")]
    assert sorted(kept) == ["superseded", "waiting"]


@pytest.mark.parametrize("has_mail", [True, False])
def test_what_may_have_arrived_on_a_channel_that_was_retired_goes_another_way_or_waits_without_attempts(
    database: Database, built: Built, mail: RememberingChannel, app: RememberingApp, has_mail: bool
) -> None:
    others = [("email", "")] if has_mail else []
    give_ways(database, built.posts[UNITS[0]], ("企业微信", "u0"), *others)
    app.answers = [LOST]
    a_turn(database, office_with(mail, app))
    before, sent = attempts(database), len(mail.sent)
    for minute in (2, 4, 70, 140):
        a_turn(database, office_with(mail), after=minute * MINUTE)
    states = [(one.state, one.ended_reason) for one in messages(database) if one.channel == "企业微信"]
    assert states == [("superseded", "other_channel") if has_mail else ("waiting", "")]
    assert len(mail.sent) - sent == has_mail
    assert attempts(database) - before == has_mail, "nothing is attempted where nothing is set up"
    assert ("CHANNEL_NOT_SET_UP", "channel:企业微信") in open_now(database)


def test_without_another_way_it_is_given_up_after_the_policy_s_days(
    database: Database, built: Built, mail: RememberingChannel, app: RememberingApp
) -> None:
    give_ways(database, built.posts[UNITS[0]], ("企业微信", "u0"))
    app.answers = [LOST]
    a_turn(database, office_with(mail, app))
    deliver(database, office_with(mail), at("2024-05-15T09:50"))
    ended = [(one.state, one.ended_reason) for one in messages(database) if one.channel == "企业微信"]
    assert ended == [("given_up", "channel_missing")]
    assert ("MESSAGE_GIVEN_UP", f"post:{built.posts[UNITS[0]]}") in open_now(database)


def test_a_group_s_copy_whose_robot_was_retired_is_withdrawn(
    database: Database, built: Built, mail: RememberingChannel
) -> None:
    robot = RememberingApp("群")
    give_robot(database, UNITS[0], "群")
    robot.answers = [LOST]
    a_turn(database, office_with(mail, robot))
    a_turn(database, office_with(mail), after=5 * MINUTE)
    copies = [(one.state, one.ended_reason) for one in messages(database) if one.kind == "group"]
    assert copies == [("withdrawn", "robot_removed")]
