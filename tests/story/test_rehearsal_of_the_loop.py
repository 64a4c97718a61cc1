"""A rehearsal replays what people decided: reviews, sign-offs, changes, cases, acceptances, each at its moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from db import tables
from db.session import Database
from tests import databases
from tests.workflows.office_2024 import INBOX, ZONE, Task, at, build
from workflows.accept_subtask import accept_subtask
from workflows.acknowledge import acknowledge
from workflows.change_request import Asked, approve_change, request_change
from workflows.report_progress import Filing, report_progress
from workflows.review_report import accept_waiting, return_report
from workflows.simulate import Line, line_of, live, moments, rehearse

Deed = Callable[[Database, datetime], object]
FIRST, LAST = date(2024, 3, 1), date(2024, 6, 14)


def report(no: str, period: str, figure: str) -> Deed:
    return lambda database, now: report_progress(database, Filing(no, period, [figure]), now, "区民政局")


def send_back(database: Database, now: datetime) -> None:
    """The last report of sub-task 2 is sent back."""
    with database.read() as session:
        table = tables.ProgressReport
        key = session.exec(select(table.id).order_by(col(table.id).desc())).first()
    assert key is not None
    return_report(database, key, now, "督查室", "与现场不符")


def change(no: str, kind: str, deadline: date | None = None) -> Deed:
    def deed(database: Database, now: datetime) -> None:
        wish = Asked(no, kind, "上级要求", "示函〔2024〕1号", deadline=deadline)
        approve_change(database, request_change(database, wish, now, "区民政局").id, now, "区政府办")

    return deed


DEEDS: dict[str, Deed] = {
    "2024-03-05T10:00": lambda database, now: acknowledge(database, "区民政局", now, "联络员"),
    "2024-03-29T11:00": report("1", "2024-03", "11台"),
    "2024-03-29T11:30": report("2", "2024-03", "1台"),
    "2024-04-01T10:30": send_back,
    "2024-04-03T10:30": report("2", "2024-03", "2台"),
    "2024-04-08T10:30": lambda database, now: accept_waiting(database, now, "督查室"),
    "2024-04-10T10:30": change("3", "suspension"),
    "2024-04-30T11:00": report("1", "2024-04", "22台"),
    "2024-05-08T10:30": change("2", "extension", date(2024, 12, 20)),
    "2024-05-20T10:30": change("3", "resumption"),
    "2024-05-31T11:00": report("1", "2024-05", "100台"),
    "2024-06-03T10:30": lambda database, now: accept_subtask(database, "1", now, "督查室"),
}


def opened(database: Database) -> None:
    """Three sub-tasks of one lead unit; the loop's rules are on."""
    build(
        database,
        Task("1"),
        Task("2"),
        Task("3", milestones={date(2024, 4, 25): "20"}),
        emails={"区民政局": "mz@example.org"},
    )


def live_through(database: Database, last: date) -> None:
    deeds = {at(text): deed for text, deed in DEEDS.items()}
    ticks = list(moments(database, FIRST, last, ZONE, []))
    for moment in sorted({*ticks, *deeds}):
        if moment.date() > last:
            break
        live(database, INBOX, moment, [])
        if moment in deeds:
            deeds[moment](database, moment)
            live(database, INBOX, moment, [])


def sent(database: Database, since: date, last: date) -> list[Line]:
    begin = datetime.combine(since, time(), ZONE)
    end = datetime.combine(last + timedelta(days=1), time(), ZONE)
    message = tables.Message
    with database.read() as session:
        query = select(message).where(col(message.state) == "accepted", col(message.slot_at) >= begin)
        rows = session.exec(query.where(col(message.slot_at) < end))
        return sorted((line_of(row, ZONE) for row in rows), key=str)


@pytest.fixture(scope="module")
def lived(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The database after all the days."""
    database = databases.sqlite_copy(sqlite_template, tmp_path_factory.mktemp("lived"))
    opened(database)
    live_through(database, LAST)
    yield database
    database.close()


@pytest.mark.parametrize(
    "start",
    [
        FIRST,  # everything is replayed
        date(2024, 4, 2),  # after the return: the report in its place is to come
        date(2024, 5, 6),  # within the suspension, before the extension
        LAST,  # nothing but the day itself
    ],
)
def test_rehearsed_after_the_fact_the_same_messages_come(lived: Database, start: date) -> None:
    expected = sent(lived, start, LAST)
    again = rehearse(lived, INBOX, start, LAST, zone=ZONE)
    assert sorted(again, key=str) == expected
    assert len(expected) > (20 if start == FIRST else 0)


def test_a_rehearsal_from_today_on_is_what_then_comes(sqlite_database: Database) -> None:
    """Asked on the evening of a day with deeds; the days after it are then lived without any."""
    opened(sqlite_database)
    evening, last = date(2024, 4, 10), date(2024, 4, 30)
    live_through(sqlite_database, evening)
    told = rehearse(sqlite_database, INBOX, evening, last, zone=ZONE)
    for moment in moments(sqlite_database, evening + timedelta(days=1), last, ZONE, []):
        live(sqlite_database, INBOX, moment, [])
    assert sorted(told, key=str) == sent(sqlite_database, evening, last)


def test_what_was_made_late_does_not_stop_a_rehearsal_from_after_its_day(sqlite_database: Database) -> None:
    """The service was down from 3 to 21 April: digests and March's evaluation, dated before, were made on the 22nd."""
    opened(sqlite_database)
    late, since = date(2024, 4, 22), date(2024, 4, 20)
    for first, last in ((FIRST, date(2024, 4, 2)), (late, late)):
        for moment in moments(sqlite_database, first, last, ZONE, []):
            live(sqlite_database, INBOX, moment, [])
    with sqlite_database.read() as session:
        made = session.exec(select(tables.Bulletin).where(tables.Bulletin.kind == "evaluation")).first()
    assert made is not None
    assert made.on < since <= made.created_at.astimezone(ZONE).date()
    lines = sent(sqlite_database, since, late)
    assert [line["kind"] for line in lines] == ["reminder"]
    assert rehearse(sqlite_database, INBOX, since, late, zone=ZONE) == lines
