"""On which day a month of a plan is evaluated, and the whole year."""

from __future__ import annotations

from datetime import date

from engine.calendar import WorkCalendar
from engine.model import Plan
from engine.months import month_due, month_of, period_name


def evaluated_on(plan: Plan, cal: WorkCalendar, month: int) -> date:
    """The day on which a month is evaluated: so many working days after its reports fell due."""
    return cal.offset(month_due(month, cal), plan.policy.evaluation_after)


def evaluation_months(plan: Plan) -> range:
    """The months of the plan, from the one in which it starts to the one in which it ends."""
    return range(month_of(plan.starts_on), month_of(plan.ends_on) + 1)


def evaluations_until(plan: Plan, cal: WorkCalendar, first: date, last: date) -> tuple[tuple[str, date], ...]:
    """The months evaluated from ``first`` to ``last``, both included, with their days."""
    days = ((period_name(month), evaluated_on(plan, cal, month)) for month in evaluation_months(plan))
    return tuple((period, on) for period, on in days if first <= on <= last)


def year_evaluated_on(plan: Plan, cal: WorkCalendar) -> date:
    """The day of the last month's evaluation, but after the plan's end."""
    last = evaluated_on(plan, cal, month_of(plan.ends_on))
    return last if last > plan.ends_on else cal.next_working_day(plan.ends_on)
