"""Reporting periods: calendar months, when their reports fall due and which one is open."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from engine.calendar import WorkCalendar
from engine.curve import Curve
from engine.facts import Facts, accumulates, is_completed
from engine.measures import is_divisible
from engine.model import Indicator, Plan, SubTask

PLACES = 4  # decimals kept of what the plan asks for in a divisible unit


def open_period(plan: Plan, subtask: SubTask, cal: WorkCalendar, on: date) -> str | None:
    """The period that a form should offer on ``on``: the late one, else the present month if owed.

    The present month stays open after its report, for corrections. ``None`` if nothing is owed:
    completed, suspended, not begun or past the plan's end.
    """
    facts = Facts.of(plan, subtask, cal, on)
    if not _owes_reports(facts):
        return None
    late = late_month(facts)
    if late is not None:
        return period_name(late)
    month = month_of(on)
    return period_name(month) if first_month(facts) <= month <= month_of(facts.plan_end) else None


def owed_period(plan: Plan, subtask: SubTask, cal: WorkCalendar, on: date) -> str | None:
    """The period whose report is still missing on ``on``: the late one, else the present month."""
    period = open_period(plan, subtask, cal, on)
    latest = Facts.of(plan, subtask, cal, on).latest
    return None if latest is not None and period is not None and latest.period >= period else period


def owed_periods(plan: Plan, subtask: SubTask, cal: WorkCalendar) -> tuple[str, ...]:
    """Every period that the sub-task owes while it runs, to the plan's end."""
    facts = Facts.of(plan, subtask, cal, plan.ends_on)
    return tuple(period_name(month) for month in range(first_month(facts), month_of(facts.plan_end) + 1))


def period_target(plan: Plan, subtask: SubTask, cal: WorkCalendar, period: str) -> dict[int, Decimal]:
    """What the plan asks for at the period's end, cumulative, by id of each accumulating indicator.

    Whole for units that are counted, rounded down to four decimals for divisible ones.
    """
    day = period_end(period)
    facts = Facts.of(plan, subtask, cal, day)
    return {
        indicator.id: planned(facts, indicator, day)
        for indicator in subtask.indicators
        if accumulates(indicator)
    }


def planned(facts: Facts, indicator: Indicator, day: date) -> Decimal:
    """What the plan asks of an accumulating indicator by the end of ``day``, in units that can be reported."""
    return curve_of(facts, indicator).expected(day, PLACES if is_divisible(indicator.unit) else 0)


def curve_of(facts: Facts, indicator: Indicator) -> Curve:
    """The indicator's curve: from the start through the milestones that name it to the deadline."""
    marks = [
        (milestone.due_on, milestone.quantities[indicator.id])
        for milestone in facts.subtask.milestones
        if indicator.id in milestone.quantities
    ]
    return Curve.through(facts.start, marks, facts.deadline, indicator.quantity, facts.policy.curve)


def due_day(period: str, cal: WorkCalendar) -> date:
    """The last working day of the month; of a month without any, the last one before it."""
    return cal.offset(period_end(period), 0)


def period_of(day: date) -> str:
    """The period that a day belongs to, as ``YYYY-MM``."""
    return period_name(month_of(day))


def period_end(period: str) -> date:
    """The last day of the month ``YYYY-MM``."""
    return month_end(int(period[:4]) * 12 + int(period[5:]) - 1)


def late_month(facts: Facts) -> int | None:
    """The latest owed month whose due day has passed without its report or a later one.

    Only one month is late at a time; the next one that falls due takes its place.
    """
    month = min(fallen_due(facts), month_of(facts.plan_end))
    if month < first_month(facts) or not _owes_reports(facts):
        return None
    latest = facts.latest
    return None if latest is not None and latest.period >= period_name(month) else month


def next_month(facts: Facts) -> int | None:
    """The owed month that falls due next, today included; ``None`` after the plan's last."""
    month = max(fallen_due(facts) + 1, first_month(facts))
    return month if month <= month_of(facts.plan_end) else None


def fallen_due(facts: Facts) -> int:
    """The latest month whose due day lies before today, whether owed or not."""
    month = month_of(facts.on)
    return month if month_due(month, facts.cal) < facts.on else month - 1


def first_month(facts: Facts) -> int:
    """The first month that is owed: that of the start if enough working days of it remained, else the next."""
    month = month_of(facts.start)
    if facts.start.day == 1:
        return month
    ran = facts.cal.working_days_between(facts.start - timedelta(days=1), month_end(month))
    return month if ran >= facts.policy.first_period_min_days else month + 1


def is_owed_month(facts: Facts, month: int) -> bool:
    """Whether the sub-task owes a report for that month, completed or not."""
    return first_month(facts) <= month <= month_of(facts.plan_end)


def month_due(month: int, cal: WorkCalendar) -> date:
    """The day on which the report of a numbered month falls due."""
    return cal.offset(month_end(month), 0)


def month_of(day: date) -> int:
    """The number of a day's month: 12 × year + month − 1, so that months can be counted on."""
    return day.year * 12 + day.month - 1


@lru_cache(maxsize=4096)
def month_end(month: int) -> date:
    """The last day of a numbered month."""
    following = month + 1
    return date(following // 12, following % 12 + 1, 1) - timedelta(days=1)


@lru_cache(maxsize=4096)
def period_name(month: int) -> str:
    """The numbered month as ``YYYY-MM``."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def _owes_reports(facts: Facts) -> bool:
    return not facts.resting and not is_completed(facts, facts.ledger)
