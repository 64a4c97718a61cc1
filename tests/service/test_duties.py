"""The duties themselves: their order after a start, failures before the coordinators, an end between sends."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from db import runs, tables
from db.session import Database
from duban.duties import DUTY_FAILED, Duties, Stopped
from duban.wiring import PresentOffice
from engine.errors import DubanError
from engine.timetable import DELIVER, LOOK_ROUND, PREPARE, TIMETABLE
from notifications.channel import Answer, Receipt, Traits, Verdict
from notifications.inbox import InboxChannel
from tests.channel_kinds import factory
from tests.channels import RememberingChannel
from tests.workflows.office_2024 import INBOX, Task, at, build, mail_office
from workflows.channel_factory import channels_of
from workflows.office import Office
from workflows.set_up_channel import Given, add_channel, retire_channel
from workflows.status import last_sweep


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def clock() -> Clock:
    """The evening before a report falls due in three working days."""
    return Clock(at("2024-03-26T09:30"))


@pytest.fixture
def duties(sqlite_database: Database, clock: Clock) -> Duties:
    """The duties over one sub-task, whose report is due on 29 March."""
    build(sqlite_database, Task("1"))
    return Duties(sqlite_database, lambda: INBOX, clock)


def states(database: Database) -> list[str]:
    """The states of all messages."""
    with database.read() as session:
        return list(session.exec(select(tables.Message.state)))


def findings(database: Database) -> list[str]:
    """The codes of all open findings."""
    with database.read() as session:
        return [finding.code for finding in runs.open_findings(session)]


def test_every_duty_of_the_timetable_has_an_action(duties: Duties) -> None:
    assert set(duties.actions()) == {duty.name for duty in TIMETABLE}


def test_nothing_leaves_before_the_first_sweep(
    duties: Duties, sqlite_database: Database, clock: Clock
) -> None:
    duties.prepare()
    assert states(sqlite_database) == ["waiting"]
    again = Duties(sqlite_database, lambda: INBOX, clock)  # as after a restart
    again.deliver()
    assert states(sqlite_database) == ["waiting"]
    again.prepare()
    again.deliver()
    assert states(sqlite_database) == ["accepted"]


def test_after_a_long_sleep_a_sweep_comes_first(
    duties: Duties, sqlite_database: Database, clock: Clock
) -> None:
    duties.prepare()
    clock.moment += timedelta(days=1)
    duties.deliver()
    assert states(sqlite_database) == ["waiting"]
    duties.prepare()
    duties.deliver()
    assert states(sqlite_database) == ["accepted"]


class Telling(RememberingChannel):
    """It tells that nobody has read anything."""

    traits = Traits(has_receipts=True)

    def receipts(self, ticket: str) -> tuple[Receipt, ...] | None:
        return (Receipt(f"reader of {ticket}", Answer.UNREAD),)


def test_vendors_are_asked_who_has_read_what(sqlite_database: Database, clock: Clock) -> None:
    build(sqlite_database, Task("1"), emails={"区民政局": "mz@example.org"})
    office = mail_office(Telling(Verdict.accepted(ticket="T1")))
    duties = Duties(sqlite_database, lambda: office, clock)
    duties.prepare()
    duties.deliver()
    clock.moment += timedelta(minutes=30)
    duties.receipts()
    with sqlite_database.read() as session:
        found = session.exec(select(tables.Receipt)).all()
    assert [(one.person, one.answer, one.at) for one in found] == [("reader of T1", "unread", clock.moment)]


def test_the_heartbeat_is_written_at_most_once_a_minute(
    duties: Duties, sqlite_database: Database, clock: Clock
) -> None:
    seen = []
    for seconds in (0, 30, 29, 1):
        clock.moment += timedelta(seconds=seconds)
        duties.prepare()
        with sqlite_database.read() as session:
            seen.append(last_sweep(session))
    start = at("2024-03-26T09:30")
    assert seen == [start, start, start, start + timedelta(minutes=1)]


def test_a_clock_set_back_does_not_stop_the_heartbeat(
    duties: Duties, sqlite_database: Database, clock: Clock
) -> None:
    duties.prepare()
    clock.moment -= timedelta(hours=1)
    duties.prepare()
    with sqlite_database.read() as session:
        assert last_sweep(session) == clock.moment


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (DubanError("DISK_FULL", "磁盘已满。"), "磁盘已满。"),
        (ZeroDivisionError("secret detail"), "ZeroDivisionError"),
    ],
)
def test_a_failed_duty_is_before_the_coordinators_until_it_works_again(
    duties: Duties, sqlite_database: Database, error: Exception, said: str
) -> None:
    duties.failed(PREPARE, error)
    duties.failed(PREPARE, error)
    with sqlite_database.read() as session:
        (finding,) = runs.open_findings(session)
    assert finding.code == DUTY_FAILED
    assert said in finding.message
    assert "secret detail" not in finding.message
    duties.actions()[DELIVER.name]()
    assert findings(sqlite_database) == [DUTY_FAILED]
    duties.actions()[PREPARE.name]()
    assert findings(sqlite_database) == []


def test_once_stopping_no_turn_begins_and_no_further_send(duties: Duties, sqlite_database: Database) -> None:
    duties.prepare()
    duties.stopping.set()
    duties.actions()[DELIVER.name]()
    assert states(sqlite_database) == ["waiting"]
    with pytest.raises(Stopped):
        duties.deliver()
    assert states(sqlite_database) == ["waiting"]


@pytest.mark.parametrize(
    ("moment", "known", "expected"),
    [
        ("2091-06-01T10:00", (), ["CALENDAR_YEAR"]),
        ("2091-06-01T10:00", (2091,), []),
        ("2091-11-14T23:59", (2091,), []),
        ("2091-11-15T00:00", (2091,), ["CALENDAR_YEAR"]),
        ("2091-11-15T00:00", (2091, 2092), []),
        ("2091-11-15T00:00", (), ["CALENDAR_YEAR", "CALENDAR_YEAR"]),
    ],
)
def test_an_unknown_calendar_year_is_announced_from_15_november(
    moment: str,
    known: tuple[int, ...],
    expected: list[str],
    duties: Duties,
    sqlite_database: Database,
    clock: Clock,
) -> None:
    clock.moment = at(moment)
    with sqlite_database.write() as session:
        session.add_all(tables.CalendarYear(year=year, entered_at=clock()) for year in known)
    duties.actions()[LOOK_ROUND.name]()
    assert findings(sqlite_database) == expected


def test_a_year_that_was_entered_is_no_longer_announced(
    duties: Duties, sqlite_database: Database, clock: Clock
) -> None:
    clock.moment = at("2091-06-01T10:00")
    duties.look_round()
    with sqlite_database.write() as session:
        session.add(tables.CalendarYear(year=2091, entered_at=clock()))
    duties.look_round()
    assert findings(sqlite_database) == []


class Present:
    """The present office of a database, with the channels that it made; mail is there as well."""

    def __init__(self, database: Database) -> None:
        self.database, self.mail = database, RememberingChannel()
        self.made: list[Office] = []
        self.office = PresentOffice(database, self._make)

    def _make(self) -> Office:
        with self.database.read() as session:
            ways = channels_of(session, factory())
        ways |= {"inbox": InboxChannel(), "email": self.mail}
        self.made.append(Office(channels=ways, default_channel="email"))
        return self.made[-1]

    def add(self) -> None:
        """Somebody sets the group's robot up."""
        given = Given({"region": "north"}, {"token": "t"})
        add_channel(
            self.database, factory(), "test-robot", "民政局群", given, at("2024-03-26T09:29"), "督查室"
        )

    def posted(self) -> int:
        """How many messages the robot got, of whichever office."""
        robots = [one.channels["民政局群"] for one in self.made if "民政局群" in one.channels]
        return sum(len(one.sent) for one in robots if isinstance(one, RememberingChannel))


def reached_by(database: Database, *channels: str) -> None:
    """The unit's liaison has these channels in this order."""
    build(database, Task("1"), emails={"区民政局": "a@example.org"})
    with database.write() as session:
        contact = session.exec(select(tables.Contact).where(tables.Contact.email == "a@example.org")).one()
        for rank, name in enumerate(channels, 1):
            session.add(tables.ContactChannel(contact_id=contact.id or 0, rank=rank, channel=name))


def test_a_channel_that_is_set_up_meanwhile_is_there_in_the_next_turn(
    sqlite_database: Database, clock: Clock
) -> None:
    reached_by(sqlite_database, "民政局群")
    present = Present(sqlite_database)
    duties = Duties(sqlite_database, present.office, clock)
    duties.prepare()
    duties.deliver()
    assert states(sqlite_database) == []  # nobody could be reached
    assert "CHANNEL_NOT_SET_UP" in findings(sqlite_database)
    present.add()
    duties.prepare()
    duties.deliver()
    assert (states(sqlite_database), present.posted()) == (["accepted"], 1)
    assert findings(sqlite_database) == []
    assert present.office() is present.office()
    assert len(present.made) == 2


def test_what_waits_for_a_channel_that_is_retired_goes_by_the_next_one(
    sqlite_database: Database, clock: Clock
) -> None:
    reached_by(sqlite_database, "民政局群", "email")
    present = Present(sqlite_database)
    present.add()
    duties = Duties(sqlite_database, present.office, clock)
    duties.prepare()
    assert states(sqlite_database) == ["waiting"]
    retire_channel(sqlite_database, "民政局群", clock(), "督查室")
    duties.deliver()  # composed anew for the other way
    duties.deliver()
    assert present.posted() == 0
    assert sorted(states(sqlite_database)) == ["accepted", "superseded"]
    assert [one.to_address for one in present.mail.sent] == ["a@example.org"]


def test_what_waits_for_the_only_channel_waits_with_a_finding_once_it_is_retired(
    sqlite_database: Database, clock: Clock
) -> None:
    reached_by(sqlite_database, "民政局群")
    present = Present(sqlite_database)
    present.add()
    duties = Duties(sqlite_database, present.office, clock)
    duties.prepare()
    retire_channel(sqlite_database, "民政局群", clock(), "督查室")
    duties.deliver()
    duties.prepare()
    assert (present.posted(), present.mail.sent) == (0, [])
    assert {"CHANNEL_NOT_SET_UP", "NO_CONTACT"} & set(findings(sqlite_database))
