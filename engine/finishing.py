"""Whether a finished sub-task was finished early, on time, on time after an extension, or late."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from engine.calendar import WorkCalendar
from engine.months import month_due, month_of


class Finish(StrEnum):
    """How the completion lies to the deadline; an extension is counted apart."""

    EARLY = "early"  # in a month before that of the deadline
    ON_TIME = "on_time"
    AFTER_EXTENSION = "after_extension"  # by the deadline that holds, not by the first one
    LATE = "late"


def finish_of(completed_on: date, deadline: date, first_deadline: date | None, cal: WorkCalendar) -> Finish:
    """The class of a sub-task whose completion was first reported on ``completed_on``.

    ``first_deadline`` is the one before any extension, or ``None`` if it was never extended. As lights
    judge a deadline when its month's report falls due, a completion shown by then counts as in time.
    """
    first = first_deadline or deadline
    if month_of(completed_on) < month_of(first):
        return Finish.EARLY
    if completed_on <= _shown_by(first, cal):
        return Finish.ON_TIME
    return Finish.AFTER_EXTENSION if completed_on <= _shown_by(deadline, cal) else Finish.LATE


def _shown_by(deadline: date, cal: WorkCalendar) -> date:
    """The last day on which a report can show that the deadline was kept."""
    return max(deadline, month_due(month_of(deadline), cal))
