"""Working days, months and report days by the published calendar, found by walking; nothing of the engine's."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

import chinese_calendar

DAY = timedelta(days=1)


def days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


@cache
def is_working(day: date) -> bool:
    return bool(chinese_calendar.is_workday(day))


@cache
def offset(day: date, n: int) -> date:
    """The working day ``n`` steps from the last working day not after ``day``, found by walking."""
    while not is_working(day):
        day -= DAY
    step = DAY if n > 0 else -DAY
    for _ in range(abs(n)):
        day += step
        while not is_working(day):
            day += step
    return day


@cache
def worked(after: date, until: date) -> int:
    """Working days after ``after``, up to and including ``until``."""
    return sum(is_working(day) for day in days(after + DAY, until))


def last_of_month(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def period_of(day: date) -> str:
    return f"{day:%Y-%m}"


@cache
def report_day(period: str) -> date:
    """The day on which the period's report falls due: the month's last working day."""
    year, month = map(int, period.split("-"))
    return offset(last_of_month(year, month), 0)
