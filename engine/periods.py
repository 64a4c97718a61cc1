"""Reporting periods: calendar months, when their reports fall due and which one is open."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_CEILING, Decimal

from engine.calendar import WorkCalendar
from engine.curve import Curve
from engine.facts import Facts, accumulates
from engine.measures import is_divisible
from engine.model import Indicator, Plan, SubTask
from engine.months import month_due, month_end, month_named, month_of, period_name

PLACES = 4  # decimals kept of what the plan asks for in a divisible unit


def open_period(plan: Plan, subtask: SubTask, cal: WorkCalendar, on: date) -> str | None:
    """The period that a form should offer on ``on``: the late one, else the present month if owed.

    The present month stays open after its report, for corrections. ``None`` if nothing is owed:
    completed, suspended, not begun or past the plan's end.
    """
    facts = Facts.of(plan, subtask, cal, on)
    if facts.resting or facts.completed:
        return None
    if facts.late_month is not None:
        return period_name(facts.late_month)
    month = month_of(on)
    return period_name(month) if facts.is_owed(month) else None


def owed_period(plan: Plan, subtask: SubTask, cal: WorkCalendar, on: date) -> str | None:
    """The period whose report is still missing on ``on``: the late one, else the present month."""
    period = open_period(plan, subtask, cal, on)
    latest = Facts.of(plan, subtask, cal, on).latest
    return None if latest is not None and period is not None and latest.period >= period else period


def owed_periods(plan: Plan, subtask: SubTask, cal: WorkCalendar) -> tuple[str, ...]:
    """Every period that the sub-task owes while it runs, to the plan's end."""
    facts = Facts.of(plan, subtask, cal, plan.ends_on)
    months = range(facts.first_month, facts.last_month + 1)
    return tuple(period_name(month) for month in months if facts.is_owed(month))


def period_target(plan: Plan, subtask: SubTask, cal: WorkCalendar, period: str) -> dict[int, Decimal]:
    """What the plan asks for at the period's end, cumulative, by id of each accumulating indicator.

    Whole for units that are counted, rounded down: no lift is asked for before it is due. For divisible
    ones to four decimals, rounded up: who reports just that is not a trifle behind.
    """
    day = period_end(period)
    facts = Facts.of(plan, subtask, cal, day)
    return {
        indicator.id: _target(facts, indicator, day)
        for indicator in subtask.indicators
        if accumulates(indicator)
    }


def _target(facts: Facts, indicator: Indicator, day: date) -> Decimal:
    if not is_divisible(indicator.unit):
        return planned(facts, indicator, day)
    exact = curve_of(facts, indicator).expected(day, PLACES + 8)
    return exact.quantize(Decimal(1).scaleb(-PLACES), ROUND_CEILING)


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
    return month_due(month_named(period), cal)


def period_of(day: date) -> str:
    """The period that a day belongs to, as ``YYYY-MM``."""
    return period_name(month_of(day))


def period_end(period: str) -> date:
    """The last day of the month ``YYYY-MM``."""
    return month_end(month_named(period))
