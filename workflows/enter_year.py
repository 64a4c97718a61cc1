"""年历: the operator's file for a year is in force, and it is known which dates move by it."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session

from db import plans, runs
from db.calendar import enter_year as store_year
from db.calendar import load_calendar, load_years
from db.session import Database
from db.turns import Matter, take_turn
from engine.calendar import SATURDAY, WorkCalendar, YearFile
from engine.model import FINISHED_STATES, Plan, State, SubTask

MONTHS = range(1, 13)


@dataclass(frozen=True, slots=True)
class Moved:
    """A date that a rule computes and that the year file moves; ``subtask`` is empty for a whole plan."""

    plan_id: int
    subtask: str
    rule: str
    old: date
    new: date


def enter_year(database: Database, year: YearFile, now: datetime, who: str) -> list[Moved]:
    """The year file is in force; every plan is looked at again by the next sweep. Returns what moves."""
    with database.write() as session:
        take_turn(session, Matter.YEAR, str(year.year))
        old = load_calendar(session)
        new = WorkCalendar([*(one for one in load_years(session) if one.year != year.year), year])
        moved = list(_moved(session, old, new))
        store_year(session, year, now)
        for plan in plans.load_plans(session):
            plans.check_plan_again(session, plan.id, now.astimezone(plans.zone_of(plan)).date())
        details = {"year": year.year, "moved": len(moved)}
        runs.record(session, "enter_year", who, now, details=details)
    return moved


def year_lines(session: Session, year: int) -> list[str]:
    """Where the year comes from, then every weekday off and every worked weekend day."""
    known = load_calendar(session)
    source = {"operator": "录入的年历", "data": "公布的安排", "estimate": "按法定节假日估算，公布后请录入"}
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    exceptions = [
        f"{day} {'班' if known.is_working_day(day) else '休'}"
        for day in days
        if day.year == year and known.is_working_day(day) != (day.weekday() < SATURDAY)
    ]
    return [f"{year} 年：{source[known.source(year)]}", *exceptions]


def _moved(session: Session, old: WorkCalendar, new: WorkCalendar) -> Iterator[Moved]:
    for plan in plans.load_plans(session):
        for month in MONTHS:
            before, after = (_report_due(calendar, plan.year, month) for calendar in (old, new))
            if before != after:
                yield Moved(plan.id, "", "report_due", before, after)
        for subtask in plans.load_subtasks(session, plans.subtask_ids(session, plan.id)).values():
            if subtask.state not in (*FINISHED_STATES, State.TERMINATED):
                yield from moved_steps(plan, subtask, old, new)


def moved_steps(plan: Plan, subtask: SubTask, old: WorkCalendar, new: WorkCalendar) -> Iterator[Moved]:
    """The reminder days of a sub-task's milestones and deadline that differ between the calendars."""
    deadline = subtask.deadline or plan.execute_ends_on
    anchors: list[tuple[str, date, Iterable[int]]] = [
        ("deadline_due", deadline, plan.policy.deadline_offsets),
        *(("milestone_due", one.due_on, plan.policy.milestone_offsets) for one in subtask.milestones),
    ]
    for rule, anchor, offsets in anchors:
        for offset in offsets:
            before, after = old.offset(anchor, offset), new.offset(anchor, offset)
            if before != after:
                yield Moved(plan.id, subtask.no, rule, before, after)


def _report_due(calendar: WorkCalendar, year: int, month: int) -> date:
    """The last working day of the month."""
    return calendar.offset(date(year, month, monthrange(year, month)[1]), 0)
