"""A group's robot with a budget: never over it, nothing lost, merged when there is too much."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from db import tables
from db.session import Database
from notifications.channel import Budget, Envelope, Verdict
from tests.channels import CountingRobot
from tests.workflows.office_2024 import Built, Task, at, build, mail_office
from workflows.compose import compose
from workflows.deliver import DeliverSummary, deliver
from workflows.sweep import sweep

MORNING = at("2024-03-26T09:30")
MINUTE = timedelta(seconds=61)


class Clock:
    """Moves only when it is told to, or by ``step`` at each look."""

    def __init__(self, step: timedelta = timedelta()) -> None:
        self.now, self.step = MORNING, step

    def __call__(self) -> datetime:
        self.now += self.step
        return self.now


def names(count: int) -> list[str]:
    return [f"区第{number:03}局" for number in range(1, count + 1)]


def opened(database: Database, robot: CountingRobot, units: int) -> Built:
    """So many units have one message each waiting for the same robot."""
    tasks = [Task(f"{place}.1", lead=name) for place, name in enumerate(names(units), 1)]
    emails = {name: f"u{place}@example.org" for place, name in enumerate(names(units))}
    built = build(database, *tasks, emails=emails)
    sweep(database, MORNING)
    compose(database, mail_office(robot), MORNING)
    return built


def turn(
    database: Database, robot: CountingRobot, clock: Clock, pause: Callable[[str], None] | None = None
) -> DeliverSummary:
    return deliver(database, mail_office(robot), clock.now, clock=clock, pause=pause or (lambda _: None))


def messages(database: Database) -> list[tables.Message]:
    with database.read() as session:
        return list(session.execute(select(tables.Message).order_by(col(tables.Message.id))).scalars())


def attempts(database: Database) -> list[tables.Delivery]:
    with database.read() as session:
        return list(session.execute(select(tables.Delivery).order_by(col(tables.Delivery.id))).scalars())


def until_all_left(database: Database, robot: CountingRobot, clock: Clock, turns: int = 30) -> int:
    """Turns a minute apart; how many it took."""
    for number in range(1, turns + 1):
        turn(database, robot, clock)
        if not [one for one in messages(database) if one.state in ("waiting", "sending")]:
            return number
        clock.now += MINUTE
    raise AssertionError("some never left")


def said(robot: CountingRobot) -> str:
    return "\n".join(one.page for one in robot.sent)


def test_within_the_budget_everybody_has_a_message_of_their_own(database: Database) -> None:
    clock = Clock()
    robot = CountingRobot(clock)
    opened(database, robot, 20)
    assert until_all_left(database, robot, clock) == 1
    assert len(robot.sent) == 20
    assert {one.bundle for one in attempts(database)} == {""}


def test_over_the_budget_what_is_due_leaves_merged_and_nothing_is_lost(database: Database) -> None:
    clock = Clock()
    robot = CountingRobot(clock, limit=2500)
    opened(database, robot, 60)
    assert until_all_left(database, robot, clock) == 1
    assert robot.most <= 20
    assert len(robot.sent) < 60
    assert all(f"{name}：" in said(robot) for name in names(60))
    assert {one.state for one in messages(database)} == {"accepted"}
    merged = [one for one in attempts(database) if one.bundle]
    assert len({one.bundle for one in merged}) < len(merged)
    assert {one.verdict for one in attempts(database)} == {"accepted"}


def test_what_does_not_fit_into_a_minute_leaves_in_the_next(database: Database) -> None:
    clock = Clock()
    robot = CountingRobot(clock, limit=1500, budget=Budget(5, 60))
    opened(database, robot, 40)
    assert until_all_left(database, robot, clock) > 1
    assert robot.most == 5
    assert all(name in said(robot) for name in names(40))


def test_a_bundle_that_was_cut_off_is_repeated_unchanged_and_says_so(database: Database) -> None:
    clock = Clock()
    robot = CountingRobot(clock, limit=2500)
    opened(database, robot, 60)

    def die(step: str) -> None:
        if step == "verdict" and len(robot.sent) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        turn(database, robot, clock, die)
    lost = robot.sent[-1]
    clock.now += timedelta(minutes=6)  # the lease is over
    until_all_left(database, robot, clock)
    again = [one for one in robot.sent if one.key == lost.key]
    assert [(one.page, one.again) for one in again] == [(lost.page, False), (lost.page, True)]
    assert robot.most <= 20
    assert sum(one.again for one in robot.sent) == 1
    assert {one.state for one in messages(database)} == {"accepted"}


def test_a_send_that_never_came_back_weighs_until_its_call_must_be_over(database: Database) -> None:
    clock = Clock()
    robot = CountingRobot(clock, budget=Budget(2, 60))
    opened(database, robot, 2)

    def die(step: str) -> None:
        if step == "verdict":
            raise KeyboardInterrupt

    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            turn(database, robot, clock, die)
    clock.now += timedelta(seconds=61)
    assert turn(database, robot, clock).verdicts == {}
    clock.now += timedelta(seconds=300)
    assert sum(turn(database, robot, clock).verdicts.values()) == 2


def test_of_a_bundle_that_is_refused_only_the_guilty_message_is_given_up(database: Database) -> None:
    clock = Clock()
    robot = CountingRobot(clock, limit=9000)
    opened(database, robot, 30)

    def refuse(envelope: Envelope) -> Verdict:
        guilty = "区第007局" in envelope.page
        return Verdict.permanent("内容被拒收", code="message_refused") if guilty else Verdict.accepted()

    robot.answers = [refuse] * 200
    until_all_left(database, robot, clock)
    ended = {one.recipient: one.state for one in messages(database)}
    assert [name for name, state in ended.items() if state == "given_up"] == ["区第007局 联络员"]
    assert sorted(set(ended.values())) == ["accepted", "given_up"]
    assert robot.most <= 20


@pytest.mark.parametrize(
    ("verdict", "seconds"),
    [
        (Verdict.rate_limited("太快", 600), 600),
        (Verdict.rate_limited("太快", until=MORNING + timedelta(seconds=90)), 90),
    ],
)
def test_a_block_is_kept_for_all_its_time_whoever_looks(
    database: Database, verdict: Verdict, seconds: int
) -> None:
    clock = Clock()
    robot = CountingRobot(clock, verdict)
    opened(database, robot, 3)
    turn(database, robot, clock)
    clock.now = MORNING + timedelta(seconds=seconds - 1)
    turn(database, robot, clock)
    assert len(robot.attempted) == 1
    clock.now = MORNING + timedelta(seconds=seconds)
    turn(database, robot, clock)
    assert len(robot.sent) == 3


def test_a_long_message_leaves_in_parts_and_goes_on_where_it_was_cut(database: Database) -> None:
    clock = Clock()
    robot = CountingRobot(clock, limit=150)
    opened(database, robot, 1)

    def die(step: str) -> None:
        if step == "claim" and robot.sent:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        turn(database, robot, clock, die)
    clock.now += MINUTE
    until_all_left(database, robot, clock)
    parts = robot.sent[0].parts
    assert parts > 2
    assert [one.part for one in robot.sent] == list(range(1, parts + 1))
    assert [one.part for one in attempts(database)] == list(range(1, parts + 1))


def test_a_long_message_waits_until_all_its_parts_fit_into_the_budget(database: Database) -> None:
    clock = Clock()
    robot = CountingRobot(clock, limit=150, budget=Budget(9, 60))
    opened(database, robot, 3)
    until_all_left(database, robot, clock)
    assert robot.most <= 9
    order = [(one.key, one.part) for one in robot.sent]
    assert order == sorted(
        order, key=lambda one: [key for key, _ in order].index(one[0])
    )  # never interleaved
    assert all(name in said(robot) for name in names(3))


@pytest.mark.parametrize(
    ("minute", "second", "left"), [(29, 59, True), (30, 0, False), (30, 59, False), (31, 50, True)]
)
def test_nothing_leaves_in_the_minutes_that_the_vendor_wants_quiet(
    database: Database, minute: int, second: int, left: bool
) -> None:
    clock = Clock()
    robot = CountingRobot(clock, quiet_minutes=(0, 30))
    opened(database, robot, 1)
    clock.now = MORNING.replace(minute=minute, second=second)
    turn(database, robot, clock)
    assert bool(robot.sent) == left
    clock.now = MORNING.replace(minute=31, second=50)
    turn(database, robot, clock)
    assert len(robot.sent) == 1


@pytest.mark.parametrize(("days", "state"), [(29, "waiting"), (31, "given_up")])
def test_a_channel_that_stays_out_of_order_is_waited_for_as_long_as_the_policy_says(
    database: Database, days: int, state: str
) -> None:
    clock = Clock()
    robot = CountingRobot(clock)
    robot.answers = [Verdict.permanent("机器人已停用", code="revoked", channel_fault=True)] * 2
    opened(database, robot, 1)
    turn(database, robot, clock)
    with database.write() as session:  # nothing newer comes in its place
        for message in session.execute(select(tables.Message)).scalars():
            message.kind, message.slot_at = "digest", message.slot_at - timedelta(days=days)
            session.add(message)
    clock.now += timedelta(hours=1)
    turn(database, robot, clock)
    assert [one.state for one in messages(database)] == [state]


def test_two_workers_together_keep_the_budget_and_send_everything_once(postgres_database: Database) -> None:
    clock = Clock()
    robot = CountingRobot(clock, limit=3000, budget=Budget(5, 60))
    opened(postgres_database, robot, 40)
    other = Database(postgres_database.url)
    try:
        for _ in range(20):
            with ThreadPoolExecutor(2) as pool:
                for done in [pool.submit(turn, node, robot, clock) for node in (postgres_database, other)]:
                    done.result()
            clock.now += MINUTE
            if {one.state for one in messages(postgres_database)} == {"accepted"}:
                break
    finally:
        other.close()
    assert {one.state for one in messages(postgres_database)} == {"accepted"}
    assert robot.most <= 5
    assert all(said(robot).count(f"{name}：") == 1 for name in names(40))
