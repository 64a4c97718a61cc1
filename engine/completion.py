"""How a sub-task was completed against its deadline: early, on time, on time after an extension, late, or not."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from engine.calendar import WorkCalendar
from engine.months import month_due, month_of


class Timing(StrEnum):
    """When a promise was kept; what an extension made possible is never counted as on time."""

    EARLY = "early"  # in a month before the deadline's
    ON_TIME = "on_time"
    EXTENDED = "extended"  # by the extended deadline, not by the first one
    LATE = "late"
    OPEN = "open"  # not completed


def timing(
    completed_on: date | None, deadline: date, cal: WorkCalendar, first_deadline: date | None = None
) -> Timing:
    """``completed_on`` is the day on which reports first showed it; ``first_deadline`` the one before extensions.

    A report of the deadline's month is in time until it falls due, even where the deadline is a few days earlier.
    """
    if completed_on is None:
        return Timing.OPEN
    first = deadline if first_deadline is None else min(first_deadline, deadline)
    if month_of(completed_on) < month_of(first):
        return Timing.EARLY
    if completed_on <= _in_time_until(first, cal):
        return Timing.ON_TIME
    return Timing.EXTENDED if completed_on <= _in_time_until(deadline, cal) else Timing.LATE


def _in_time_until(deadline: date, cal: WorkCalendar) -> date:
    return max(deadline, month_due(month_of(deadline), cal))
