"""Who has not yet reported the month that is being asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, exists, func, select
from sqlmodel import Session, col

from db import plans, tables
from db.calendar import load_calendar
from db.links import REPORTABLE
from engine.model import Plan
from engine.months import month_due, month_of, period_name


@dataclass(frozen=True, slots=True)
class Silent:
    """A lead unit and for how many of its sub-tasks the month's report is still to come."""

    unit: str
    unit_id: int
    count: int


@dataclass(frozen=True, slots=True)
class Month:
    """A month's reports: due when, from how many open sub-tasks, of how many they have come, of whom not."""

    period: str
    due_on: date
    asked: int
    silent: tuple[Silent, ...]
    missing: int

    @property
    def come(self) -> int:
        """How many have come."""
        return self.asked - self.missing


def month_of_reports(session: Session, plan: Plan, on: date) -> Month | None:
    """The month whose report falls due next, in a fixed number of queries; ``None`` outside the plan's time."""
    calendar, month = load_calendar(session), month_of(on)
    if month_due(month, calendar) < on:
        month += 1
    if not month_of(plan.starts_on) <= month <= month_of(plan.ends_on):
        return None
    task, period = tables.SubTask, period_name(month)
    is_open = (col(task.plan_id) == plan.id, col(task.state).in_(REPORTABLE))
    asked = session.execute(select(func.count()).select_from(task).where(*is_open)).scalar() or 0
    silent = _units(session, (*is_open, ~_has_reported(period)))
    missing = sum(one.count for one in silent)
    return Month(period, month_due(month, calendar), asked, tuple(silent), missing)


def _has_reported(period: str) -> ColumnElement[bool]:
    task, report = tables.SubTask, tables.ProgressReport
    return exists().where(
        col(report.subtask_id) == col(task.id), col(report.period) >= period, col(report.state) != "returned"
    )


def _units(session: Session, which: Sequence[ColumnElement[bool]]) -> list[Silent]:
    """The first lead unit answers; those with most to report first."""
    work, unit, task = tables.Assignment, tables.Unit, tables.SubTask
    order = func.row_number().over(
        partition_by=col(work.subtask_id), order_by=(col(work.role).desc(), col(work.position))
    )
    leads = (
        select(col(work.unit_id).label("unit_id"), order.label("place"))
        .join(task, col(task.id) == col(work.subtask_id))
        .where(*which, col(work.role).in_(plans.LEADING))
        .subquery()
    )
    counted = select(leads.c.unit_id, func.count().label("number")).where(leads.c.place == 1)
    first = counted.group_by(leads.c.unit_id).subquery()
    query = (
        select(col(unit.name), col(unit.id), first.c.number)
        .join(first, first.c.unit_id == col(unit.id))
        .order_by(first.c.number.desc(), col(unit.id))
    )
    return [Silent(*row) for row in session.execute(query)]
