"""The calendar of the installation: the operator's year files over the built-in data."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import delete, select
from sqlmodel import Session, col

from db import tables
from engine.calendar import WorkCalendar, YearFile

KNOWN = "calendar"  # where a session remembers the calendar that it has read


def load_calendar(session: Session) -> WorkCalendar:
    """The calendar with all entered years; built once for each set of years."""
    if KNOWN not in session.info:
        session.info[KNOWN] = _calendar(tuple(load_years(session)))
    calendar: WorkCalendar = session.info[KNOWN]
    return calendar


def load_years(session: Session) -> list[YearFile]:
    """The years that the operator entered."""
    rows = session.execute(select(tables.CalendarYear).order_by(col(tables.CalendarYear.year))).scalars()
    return [YearFile(row.year, _days(row.days_off), _days(row.makeup_days)) for row in rows]


def enter_year(session: Session, year: YearFile, now: datetime) -> None:
    """The year is entered, in place of what was entered for it before."""
    session.info.pop(KNOWN, None)
    session.execute(delete(tables.CalendarYear).where(col(tables.CalendarYear.year) == year.year))
    session.add(
        tables.CalendarYear(
            year=year.year,
            days_off=sorted(day.isoformat() for day in year.days_off),
            makeup_days=sorted(day.isoformat() for day in year.makeup_days),
            entered_at=now,
        )
    )


@lru_cache(maxsize=8)
def _calendar(years: tuple[YearFile, ...]) -> WorkCalendar:
    return WorkCalendar(years)


def _days(texts: list[str]) -> frozenset[date]:
    return frozenset(date.fromisoformat(text) for text in texts)
