"""The ping outward: it goes to a listed host while sweeps succeed, and its failure stops nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from db import tables
from db.session import Database
from duban.duties import Duties
from duban.heartbeat import Heartbeat
from engine.timetable import LOOK_ROUND, PING, PREPARE
from notifications.kinds import Network
from tests.channels_contract.fake import Answer, Clock, FakeVendor, Play, Request
from tests.workflows.office_2024 import INBOX, Task, at, build
from workflows.health import turns_of

SECRET = "hush-1234"


class Watcher(FakeVendor):
    """Takes every ping."""

    def judge(self, request: Request) -> Answer:
        """All is well."""
        return Answer({})


@pytest.fixture
def clock() -> Clock:
    """A morning that stands until it is moved."""
    return Clock(at("2024-03-26T09:30"))


@pytest.fixture
def watcher(clock: Clock) -> Iterator[Watcher]:
    """Somebody elsewhere who gives the alarm when pings stay away."""
    with Watcher(clock) as running:
        yield running


@pytest.fixture
def duties(sqlite_database: Database, clock: Clock, watcher: Watcher) -> Duties:
    """The duties of a service that pings the watcher, whose host is listed."""
    build(sqlite_database, Task("1"))
    return Duties(sqlite_database, lambda: INBOX, clock, heartbeat=pinging(watcher, clock))


def pinging(watcher: Watcher, clock: Callable[[], datetime], *, is_listed: bool = True) -> Heartbeat:
    """A ping to that watcher."""
    host = watcher.url.split("//")[1].rstrip("/")
    network = Network(clock, hosts=(host,) if is_listed else (), connect=20, read=20, total=30)
    return Heartbeat(f"{watcher.url}/ping/{SECRET}", network)


def kept(database: Database) -> str | None:
    """What the database knows of the last ping."""
    with database.read() as session:
        mark = session.get(tables.Mark, "heartbeat")
        return mark.value if mark else None


def test_pings_go_out_only_after_a_sweep_that_succeeded(
    duties: Duties, watcher: Watcher, sqlite_database: Database
) -> None:
    actions = duties.actions()
    actions[PING.name]()
    assert (watcher.requests, kept(sqlite_database)) == ([], None)
    actions[PREPARE.name]()
    actions[PING.name]()
    assert [(one.method, one.path) for one in watcher.requests] == [("GET", f"/ping/{SECRET}")]
    assert kept(sqlite_database) == "ok"


@pytest.mark.parametrize(("minutes", "number"), [(10, 1), (11, 0)])
def test_while_no_sweep_succeeds_the_watcher_hears_nothing(
    duties: Duties, watcher: Watcher, clock: Clock, minutes: int, number: int
) -> None:
    duties.actions()[PREPARE.name]()
    clock.advance(minutes * 60)
    duties.actions()[PING.name]()
    assert len(watcher.requests) == number


@pytest.mark.parametrize(
    ("play", "code"),
    [
        (Play(Answer({}, 500)), "status_500"),
        (Play(Answer({}, 302)), "status_302"),
        (Play(how="cut"), "answer_lost"),
    ],
)
def test_a_ping_that_is_not_taken_is_kept_as_a_code_and_stops_nothing(
    duties: Duties, watcher: Watcher, sqlite_database: Database, play: Play, code: str
) -> None:
    watcher.script.append(play)
    duties.actions()[PREPARE.name]()
    duties.actions()[PING.name]()
    assert kept(sqlite_database) == code
    duties.actions()[PING.name]()
    assert kept(sqlite_database) == "ok"


def test_a_host_that_the_operator_has_not_listed_is_never_contacted(watcher: Watcher, clock: Clock) -> None:
    assert pinging(watcher, clock, is_listed=False).beat() == "host_not_allowed"
    assert watcher.requests == []


def test_the_page_learns_when_each_duty_last_ended_well(
    duties: Duties, sqlite_database: Database, clock: Clock
) -> None:
    start = clock()
    seen = []
    for seconds in (0, 299, 1):
        clock.advance(seconds)
        duties.actions()[PREPARE.name]()
        duties.actions()[LOOK_ROUND.name]()
        with sqlite_database.read() as session:
            seen.append([(one.last, one.next) for one in turns_of(session, (PREPARE, LOOK_ROUND))])
    hour = timedelta(hours=1)
    later = start + timedelta(minutes=5)
    assert seen == [
        [(start, None), (start, start + hour)],
        [(start, None), (start, start + hour)],
        [(later, None), (later, later + hour)],
    ]
