from __future__ import annotations

from datetime import date

from sqlmodel import select

from db import tables
from db.session import Database
from engine.calendar import YearFile, parse_year_file
from tests.workflows.drafts import NOW, stored
from workflows.enter_year import Moved, enter_year, year_lines

# Thursday 31 October, the deadline of 1.1, becomes a day off.
FILE = 'year = 2024\ndays_off = ["2024-10-31"]\nmakeup_days = []\n'


def test_a_year_file_moves_what_depends_on_its_days(database: Database) -> None:
    plan_id = stored(database).plan_id
    moved = enter_year(database, published_but(date(2024, 10, 31)), NOW, "tester")
    assert Moved(plan_id, "", "report_due", date(2024, 10, 31), date(2024, 10, 30)) in moved
    assert Moved(plan_id, "1.1", "deadline_due", date(2024, 10, 31), date(2024, 10, 30)) in moved
    assert {one.subtask for one in moved} == {"", "1.1"}
    with database.read() as session:
        assert {row.next_check_on for row in session.exec(select(tables.SubTask))} == {date(2024, 3, 1)}
        assert [event.what for event in session.exec(select(tables.Event))] == ["import", "enter_year"]


def published_but(day_off: date) -> YearFile:
    """The year as published, with one more day off."""
    from engine.calendar import WorkCalendar

    known = WorkCalendar()
    days = [date.fromordinal(n) for n in range(date(2024, 1, 1).toordinal(), date(2025, 1, 1).toordinal())]
    off = {day for day in days if day.weekday() < 5 and not known.is_working_day(day)}
    makeup = {day for day in days if day.weekday() >= 5 and known.is_working_day(day)}
    return YearFile(2024, frozenset(off | {day_off}), frozenset(makeup))


def test_the_same_year_again_moves_nothing(database: Database) -> None:
    stored(database)
    enter_year(database, published_but(date(2024, 10, 31)), NOW, "tester")
    assert enter_year(database, published_but(date(2024, 10, 31)), NOW, "tester") == []


def test_the_entered_year_is_shown_with_its_source(database: Database) -> None:
    with database.read() as session:
        assert year_lines(session, 2024)[0] == "2024 年：公布的安排"
    enter_year(database, parse_year_file(FILE), NOW, "tester")
    with database.read() as session:
        assert year_lines(session, 2024) == ["2024 年：录入的年历", "2024-10-31 休"]
