"""Supervision cases 督办单: which colour a standing asks for, and when a second notice is due."""

from __future__ import annotations

from datetime import date

from engine.calendar import WorkCalendar
from engine.model import FINISHED_STATES, Plan, Standing, State, SubTask

COLOURS = ("blue", "yellow", "red")
FIRST, SECOND = 1, 2  # notices
TEXT_LIMIT = 5000  # characters of a demand, a reply or a reason

_OVERDUE = frozenset({"overdue", "milestone_overdue"})
_BEHIND = frozenset({"lagging", "report_late"})
_BEYOND = frozenset({*FINISHED_STATES, State.DRAFT, State.SUSPENDED, State.TERMINATED})


def can_be_supervised(state: State) -> bool:
    """Whether a case can be opened and noticed: neither resting nor finished."""
    return state not in _BEYOND


def deadline_of(plan: Plan, subtask: SubTask) -> date:
    """The deadline that a case names: the sub-task's own, else the end of ``execute``."""
    return subtask.deadline or plan.execute_ends_on


def colour_of(plan: Plan, subtask: SubTask, standing: Standing, calendar: WorkCalendar) -> str | None:
    """Red when something is overdue, yellow when it is behind or silent, blue when the deadline is near.

    ``None`` where the standing asks for no case: whoever opens one all the same chooses its colour.
    """
    codes = {reason.code for reason in standing.reasons}
    if codes & _OVERDUE:
        return "red"
    if codes & _BEHIND:
        return "yellow"
    is_open = not standing.completed
    return "blue" if is_open and is_near(plan, subtask, calendar, standing.on) else None


def is_near(plan: Plan, subtask: SubTask, calendar: WorkCalendar, on: date) -> bool:
    """Whether the deadline is at most ``case_near_days`` working days away, or has passed."""
    return on >= calendar.offset(deadline_of(plan, subtask), -plan.policy.case_near_days)


def reply_due_on(plan: Plan, calendar: WorkCalendar, on: date) -> date:
    """The day by which a case opened, or sent back, on ``on`` is to be answered."""
    return calendar.offset(on, plan.policy.case_reply_days)


def second_notice_on(plan: Plan, calendar: WorkCalendar, due_on: date) -> date:
    """The day of the second notice of a case that was not answered by ``due_on``."""
    return calendar.offset(due_on, plan.policy.second_notice_after)
