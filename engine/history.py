"""What stood at the end of each month of a plan, what stands now, and what the plan asks of the months to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from engine.calendar import WorkCalendar
from engine.facts import COMPLETE_STATES
from engine.model import Light, Plan, Reason, Standing, State, SubTask
from engine.months import month_end, month_of
from engine.standing import judge

DECIDED = COMPLETE_STATES | {State.SUSPENDED, State.TERMINATED}


@dataclass(frozen=True, slots=True)
class MonthStanding:
    """One sub-task in one month; a month to come has neither light nor ``percent``, only what the plan asks for."""

    light: Light | None
    percent: Decimal | None
    expected_percent: Decimal | None
    reason: Reason | None = None  # of the light


def months_of(plan: Plan) -> tuple[int, ...]:
    """The plan's months, from the one in which it was issued to its last one."""
    return tuple(range(month_of(plan.starts_on), month_of(plan.ends_on) + 1))


def month_standings(
    plan: Plan,
    subtask: SubTask,
    cal: WorkCalendar,
    on: date,
    settled_on: date | None,
    past: Sequence[MonthStanding] = (),
) -> tuple[MonthStanding, ...]:
    """A standing for each of the plan's months as they look on ``on``.

    A month that is over shows what was known on its last day: the reports received by then, and no
    decision that came later (``settled_on``: the day on which it was accepted or terminated).
    ``past`` are standings of the first months that are known already.
    """
    later = months_of(plan)[len(past) :]
    return (*past, *(_month(plan, subtask, cal, month, on, settled_on) for month in later))


def over(plan: Plan, on: date) -> int:
    """How many of the plan's months are over on that day, so that their standings do not change by themselves."""
    return sum(month_end(month) < on for month in months_of(plan))


def standing_then(
    plan: Plan, subtask: SubTask, cal: WorkCalendar, day: date, settled_on: date | None
) -> Standing:
    """The standing on a day that has passed, without what people decided after it."""
    return judge(plan, replace(subtask, state=_state_then(subtask.state, day, settled_on)), cal, day)


def _month(
    plan: Plan, subtask: SubTask, cal: WorkCalendar, month: int, on: date, settled_on: date | None
) -> MonthStanding:
    end = month_end(month)
    if end < on:
        return _judged(standing_then(plan, subtask, cal, end, settled_on))
    if month == month_of(on):
        return standing_on(plan, subtask, cal, on)
    return MonthStanding(None, None, judge(plan, subtask, cal, end).expected_percent)


def standing_on(plan: Plan, subtask: SubTask, cal: WorkCalendar, on: date) -> MonthStanding:
    """The standing of a single day."""
    return _judged(judge(plan, subtask, cal, on))


def _judged(standing: Standing) -> MonthStanding:
    reason = standing.reasons[0] if standing.reasons else None
    return MonthStanding(standing.light, standing.percent, standing.expected_percent, reason)


def _state_then(state: State, day: date, settled_on: date | None) -> State:
    """Suspensions are dated spans and completion shows in the reports; only later decisions have to be undone."""
    if state not in DECIDED or (settled_on is not None and settled_on <= day):
        return state
    is_dated = settled_on is not None or state in (State.SUSPENDED, State.COMPLETION_CLAIMED)
    return State.IN_PROGRESS if is_dated else state
