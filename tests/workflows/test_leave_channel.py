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
from workflows.decide_bulletin import approve
from workflows.deliver import deliver
from workflows.office import Office
from workflows.resend import resend
from workflows.send_digest import send_digest
from workflows.sweep import sweep

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NUMBER = 10
UNITS = [f"单位{number}" for number in range(NUMBER)]
REVOKED = Verdict.permanent("应用已被停用", code="revoked", channel_fault=True)
DOWN = Verdict.transient("连接不上", code="unreachable", channel_fault=True)
REFUSED = Verdict.permanent("内容不能发送", code="content")
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


@pytest.fixture
def digest(database: Database, built: Built, mail: RememberingChannel, app: RememberingApp) -> tables.Message:
    """A digest that only the chat application can take is held; a message waits two days for its channel."""
    with database.write() as session:
        session.get_one(tables.Plan, built.plan_id).policy = {"give_up_days": 2, "digest_hold": True}
    give_ways(database, built.posts[UNITS[0]], ("企业微信", "u0"))
    a_turn(database, office_with(mail, app))
    send_digest(database, office_with(mail, app), at("2024-03-29T15:00"))
    (found,) = (one for one in messages(database) if (one.kind, one.address) == ("digest", "u0"))
    return found


@pytest.mark.parametrize("has_channel", [True, False])
@pytest.mark.parametrize(
    ("last", "state"), [("2024-04-03T09:50", "waiting"), ("2024-04-03T10:10", "given_up")]
)
def test_what_is_sent_again_waits_the_policy_s_days_from_then_on(
    database: Database,
    digest: tables.Message,
    mail: RememberingChannel,
    app: RememberingApp,
    has_channel: bool,
    last: str,
    state: str,
) -> None:
    office, key = office_with(mail, app), digest.id or 0
    friday, monday = at("2024-03-29T16:00"), at("2024-04-01T10:00")
    approve(database, 1, friday, "甲岗")
    app.answers = [LOST, REFUSED, *[DOWN] * 9]
    for moment in (friday, friday + HOUR):
        deliver(database, office, moment)
    assert state_of(database, key) == "given_up"
    resend(database, office, key, monday, "甲岗")
    present = office if has_channel else office_with(mail)
    deliver(database, present, monday)
    assert state_of(database, key) == "waiting", "its slot is older than that"
    deliver(database, present, at(last))
    assert state_of(database, key) == state


def state_of(database: Database, key: int) -> str:
    return next(one.state for one in messages(database) if one.id == key)


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
