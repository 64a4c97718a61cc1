"""A burst of 500 reminders to one DingTalk robot, counted by the vendor itself."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import col

from db import tables
from db.session import Database
from tests.story.burst import MORNING, UNITS, fill, office
from tests.vendors.dingtalk import DingTalkServer
from workflows.deliver import deliver

MINUTE, LEASE = timedelta(seconds=60), timedelta(seconds=300)


class Clock:
    """The vendor's and ours; moves only when told to."""

    now = MORNING

    def __call__(self) -> datetime:
        return self.now


def states(database: Database) -> set[str]:
    with database.read() as session:
        return set(session.execute(select(col(tables.Message.state))).scalars())


def missing(vendor: DingTalkServer) -> list[str]:
    shown = "\n".join(post.title + post.text for post in vendor.robot.posts)
    return [name for name in UNITS if name not in shown]


def repeats(vendor: DingTalkServer) -> int:
    return sum("补发" in post.title + post.text for post in vendor.robot.posts)


def turns(database: Database, vendor: DingTalkServer, clock: Clock, *others: Database) -> int:
    """Turns a minute apart, by one worker or several at once, until nothing waits; how many it took."""
    nodes = (database, *others)
    for number in range(1, 40):
        with ThreadPoolExecutor(len(nodes)) as pool:
            begun = [
                pool.submit(deliver, node, office(vendor.base_url, clock), clock.now, clock=clock)
                for node in nodes
            ]
            for one in begun:
                one.result()
        if states(database) == {"accepted"}:
            return number
        clock.now += MINUTE
    raise AssertionError(states(database))


def test_500_reminders_at_once_are_merged_and_never_more_than_20_a_minute(sqlite_database: Database) -> None:
    clock = Clock()
    with DingTalkServer(clock) as vendor:
        fill(sqlite_database, vendor.base_url)
        took = turns(sqlite_database, vendor, clock)
    assert missing(vendor) == []
    assert vendor.robot.max_in_window <= 20
    assert not vendor.robot.refusals
    assert len(vendor.robot.posts) < len(UNITS) / 4
    assert took <= 3
    assert repeats(vendor) == 0


def test_the_same_after_kills_in_the_middle(sqlite_database: Database) -> None:
    clock = Clock()
    with DingTalkServer(clock) as vendor:
        fill(sqlite_database, vendor.base_url)
        sqlite_database.close()
        for last_step in (3, 7, 10, 13):  # before its first verdict, before a send, before a verdict, …
            arguments = (sqlite_database.url, vendor.base_url, clock.now.isoformat(), str(last_step))
            done = subprocess.run(
                [sys.executable, "-m", "tests.story.burst", *arguments], check=False, timeout=120
            )
            assert done.returncode == -9
            clock.now += timedelta(seconds=20)
        clock.now += LEASE
        turns(sqlite_database, vendor, clock)
    assert missing(vendor) == []
    assert vendor.robot.max_in_window <= 20
    assert not vendor.robot.refusals
    assert 1 <= repeats(vendor) <= 4


def test_the_same_with_two_workers_on_one_queue(postgres_database: Database) -> None:
    clock, other = Clock(), Database(postgres_database.url)
    with DingTalkServer(clock) as vendor:
        fill(postgres_database, vendor.base_url)
        turns(postgres_database, vendor, clock, other)
        other.close()
    assert missing(vendor) == []
    assert vendor.robot.max_in_window <= 20
    assert not vendor.robot.refusals
    assert repeats(vendor) == 0
