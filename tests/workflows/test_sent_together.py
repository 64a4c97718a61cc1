"""Messages that leave in one send, or in several parts: to whom, in which order, and when their pages change."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from db import outbox, runs, tables
from db.session import Database
from notifications.card import Block, Card, Span
from notifications.channel import Budget, Traits, Verdict
from tests.channels import CountingRobot, RememberingChannel
from tests.workflows.office_2024 import Task, build, mail_office
from tests.workflows.routes import give_robot, give_ways, office_with
from tests.workflows.test_budgets_kept import (
    MINUTE,
    MORNING,
    Clock,
    attempts,
    messages,
    names,
    opened,
    turn,
    until_all_left,
)
from workflows.claim import claim
from workflows.compose import compose
from workflows.deliver import deliver
from workflows.sweep import sweep
from workflows.turn import Turn


def test_what_is_for_one_person_never_joins_what_is_for_another(database: Database) -> None:
    clock = Clock()
    app = CountingRobot(clock, limit=9000, budget=Budget(5, 60), name="应用")
    app.traits = Traits(True, (Budget(5, 60),), merges=True)
    units = names(12)
    built = build(
        database,
        *(Task(f"{place}.1", lead=name) for place, name in enumerate(units, 1)),
        emails={name: f"u{place}@example.org" for place, name in enumerate(units)},
    )
    for place, name in enumerate(units):
        give_ways(database, built.posts[name], ("应用", f"u{place}"))
    sweep(database, MORNING)
    office = office_with(RememberingChannel(), app)
    compose(database, office, MORNING)
    for _ in range(4):
        deliver(database, office, clock.now, clock=clock)
        clock.now += MINUTE
    read = {one.to_address: one.page for one in app.sent}
    assert all(name in read[f"u{place}"] for place, name in enumerate(units))
    assert all(sum(name in page for name in units) == 1 for page in read.values())


def test_parts_follow_one_another_although_the_clock_moves(database: Database) -> None:
    clock = Clock(step=timedelta(milliseconds=20))
    robot = CountingRobot(clock, limit=150)
    opened(database, robot, 2)
    turn(database, robot, clock)
    parts = {one.key: one.parts for one in robot.sent}
    assert [(one.key, one.part) for one in robot.sent] == [
        (key, part) for key, count in parts.items() for part in range(1, count + 1)
    ]
    assert min(parts.values()) > 2


@pytest.mark.parametrize("limit", [400, 120])
def test_a_message_whose_pages_change_between_its_parts_begins_anew_under_another_key(
    database: Database, limit: int
) -> None:
    clock = Clock()
    robot = CountingRobot(clock, limit=150)
    opened(database, robot, 1)

    def die(step: str) -> None:
        if step == "claim" and robot.sent:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        turn(database, robot, clock, die)
    robot.limit = limit  # the set-up has changed
    until_all_left(database, robot, clock)
    (first, *others) = robot.sent
    assert {one.key for one in others} == {f"{first.key}#2"}
    assert [one.part for one in others] == list(range(1, others[0].parts + 1))
    assert all(one.again for one in others[:1])
    assert [one.state for one in messages(database)] == ["accepted"]


def test_a_bundle_is_repeated_in_the_same_order_whatever_came_first_in_the_queue(database: Database) -> None:
    clock = Clock()
    robot = CountingRobot(clock, limit=9000, budget=Budget(2, 60))
    opened(database, robot, 5)
    with database.write() as session:
        for place, message in enumerate(session.execute(select(tables.Message)).scalars()):
            message.next_attempt_at = MORNING - timedelta(minutes=place)
            session.add(message)
    robot.answers = [Verdict.transient("没有答复", code="answer_lost", ambiguous=True)]
    turn(database, robot, clock)
    clock.now += timedelta(minutes=2)
    turn(database, robot, clock)
    first, second = robot.attempted
    assert (first.key, first.page) == (second.key, second.page)
    assert (first.again, second.again) == (False, True)
    assert {one.state for one in messages(database)} == {"accepted"}


class Showing(CountingRobot):
    """A robot whose pages show where everything leads."""

    def pages(self, cards: Sequence[Card], mentions: Sequence[str] = ()) -> tuple[str, ...]:
        return (repr(cards),)


@pytest.mark.parametrize(("units", "is_shown"), [(1, True), (2, False)])
def test_a_link_in_words_is_shown_to_the_group_of_its_unit_alone(
    database: Database, units: int, is_shown: bool
) -> None:
    clock = Clock()
    robot = Showing(clock, name="群")
    names_of = ["区民政局", "区教育局"][:units]
    tasks = [Task(f"{place}.1", lead=name) for place, name in enumerate(names_of, 1)]
    built = build(
        database, *tasks, emails={name: f"{place}@example.org" for place, name in enumerate(names_of)}
    )
    give_ways(database, built.posts["区民政局"], ("群", ""))
    if units > 1:
        give_robot(database, "区教育局", "群")
    office = office_with(RememberingChannel(), robot)
    sweep(database, MORNING)
    compose(database, office, MORNING)
    with database.write() as session:
        nonce = "ab" * 16
        for message in session.execute(select(tables.Message)).scalars():
            if message.channel == "群" and message.kind == "reminder":
                said = Block("line", (Span(f"点 duban-link:{nonce}", href=f"duban-link:{nonce}"),))
                message.card = Card("提醒", blocks=(said,)).to_json()
                session.add(message)
                link = tables.ReportLink(
                    token_hash="x",
                    nonce=nonce,
                    post_id=message.post_id,
                    unit_id=1,
                    period="2024-03",
                    message_id=message.id,
                    created_at=MORNING,
                    expires_at=MORNING,
                )
                session.add(link)
    deliver(database, office, MORNING)
    page = next(one.page for one in robot.sent if "点" in one.page)
    assert "duban-link" not in page
    assert ("about:blank" in page) == is_shown  # no base URL is configured here


@pytest.mark.parametrize("budget", [Budget(20, 60), Budget(2, 60)])
def test_a_message_that_cannot_be_prepared_stops_no_other(database: Database, budget: Budget) -> None:
    clock = Clock()

    class Picky(CountingRobot):
        def pages(self, cards: Sequence[Card], mentions: Sequence[str] = ()) -> tuple[str, ...]:
            if any("区第002局" in card.title for card in cards):
                raise RuntimeError("no such page")
            return super().pages(cards, mentions)

    robot = Picky(clock, budget=budget)
    opened(database, robot, 3)
    turn(database, robot, clock)
    assert sorted(one.state for one in messages(database)) == ["accepted", "accepted", "waiting"]
    with database.read() as session:
        (shown,) = runs.open_findings(session, "MESSAGE_UNSENDABLE")
    assert "区第002局" in shown.message
    assert len(attempts(database)) == 2
    mended = CountingRobot(clock)
    clock.now += timedelta(hours=1)
    turn(database, mended, clock)
    assert {one.state for one in messages(database)} == {"accepted"}
    with database.read() as session:
        assert not runs.open_findings(session, "MESSAGE_UNSENDABLE")


def test_a_channel_without_pages_gets_the_files(database: Database) -> None:
    clock, channel = Clock(), RememberingChannel()
    built = build(database, Task("1.1"), emails={"区民政局": "mz@example.org"})
    assert built.posts
    sweep(database, MORNING)
    compose(database, mail_office(channel), MORNING)
    with database.write() as session:
        for message in session.execute(select(tables.Message)).scalars():
            outbox.attach(session, message.id or 0, "表.xlsx", "application/octet-stream", b"x")
    deliver(database, mail_office(channel), clock.now)
    assert [[file.name for file in one.files] for one in channel.sent] == [["表.xlsx"]]


def test_two_workers_that_bundle_for_two_robots_do_not_wait_for_each_other(
    postgres_database: Database,
) -> None:
    """Each holds one post and would like the other's: what it cannot have stays for later."""
    clock = Clock()
    robots = [CountingRobot(clock, name=name, limit=9000, budget=Budget(1, 60)) for name in ("甲群", "乙群")]
    office = office_with(RememberingChannel(), *robots)
    units = names(2)
    tasks = [Task(f"{place}.1", lead=name) for place, name in enumerate(units, 1)]
    build(postgres_database, *tasks, emails={name: f"{name}@example.org" for name in units})
    for name in units:
        give_robot(postgres_database, name, "甲群", "乙群")
    sweep(postgres_database, MORNING)
    compose(postgres_database, office, MORNING)
    _put_in_opposite_orders(postgres_database)
    both_hold_one = threading.Barrier(2)
    failures: list[str] = []

    def work(channel: str) -> None:
        node, looked = Database(postgres_database.url), []

        def look() -> object:
            looked.append(channel)
            if len(looked) == 1:
                both_hold_one.wait(30)
            return MORNING

        try:
            with node.read() as session:
                found = [due for due in outbox.due(session, MORNING, 100) if due.channel == channel]
            one = Turn(office, MORNING, look)  # type: ignore[arg-type]
            one.expect(found)
            with node.write() as session:
                claim(session, one, found[0])
        except Exception as error:
            failures.append(repr(error))
        finally:
            node.close()

    threads = [threading.Thread(target=work, args=(robot.name,)) for robot in robots]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def _put_in_opposite_orders(database: Database) -> None:
    """The groups' copies alone wait, those of the first robot in one order of posts, of the second in the other."""
    message = tables.Message
    with database.write() as session:
        session.execute(update(message).where(col(message.kind) != "group").values(state="accepted"))
        copies = session.execute(select(message).where(col(message.kind) == "group")).scalars().all()
        first = min(one.post_id for one in copies)
        for one in copies:
            is_early = (one.channel == "甲群") == (one.post_id == first)
            one.next_attempt_at = MORNING - timedelta(minutes=2 if is_early else 1)
            session.add(one)
    assert len(copies) == 4
