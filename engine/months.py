"""Calendar months as numbers that can be counted on, and the days on which their reports fall due."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from engine.calendar import WorkCalendar


def month_of(day: date) -> int:
    """The number of a day's month: 12 × year + month − 1."""
    return day.year * 12 + day.month - 1


def month_named(period: str) -> int:
    """The number of the month ``YYYY-MM``."""
    return int(period[:4]) * 12 + int(period[5:]) - 1


@lru_cache(maxsize=4096)
def period_name(month: int) -> str:
    """The numbered month as ``YYYY-MM``."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


@lru_cache(maxsize=4096)
def month_end(month: int) -> date:
    """The last day of a numbered month."""
    following = month + 1
    return date(following // 12, following % 12 + 1, 1) - timedelta(days=1)


def month_due(month: int, cal: WorkCalendar) -> date:
    """The last working day of a numbered month; of a month without any, the last one before it."""
    return cal.offset(month_end(month), 0)
