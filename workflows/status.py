"""How the installation is doing: what is counted, what comes next, what needs somebody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from db import hold, outbox, runs, tables
from db.session import Database
from engine.errors import DubanError
from workflows.warn_early import early_warnings

LAST_SWEEP = "last_sweep"


@dataclass(frozen=True, slots=True)
class PlanCount:
    """A plan with its sub-tasks counted by the light of the last sweep."""

    id: int
    title: str
    state: str
    lights: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class LateForecast:
    """A sub-task that will miss its deadline at its present pace; ``on`` is when it would be done, if ever."""

    plan_id: int
    subtask_id: int
    no: str
    title: str
    deadline: date
    on: date | None
    told_on: date


@dataclass(frozen=True, slots=True)
class OpenFinding:
    """Something that waits for a coordinator."""

    code: str
    message: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Status:
    """Counts by state; ``next_check_on`` and ``next_message_at`` are what the service will do next."""

    plans: tuple[PlanCount, ...]
    reminders: Mapping[str, int]
    messages: Mapping[str, int]
    findings: tuple[OpenFinding, ...]
    forecasts: tuple[LateForecast, ...]
    last_sweep: datetime | None
    next_check_on: date | None
    next_message_at: datetime | None


def status_of(session: Session) -> Status:
    """The state of everything, in a fixed number of queries for each plan."""
    counted = _plans(session)
    return Status(
        plans=counted,
        reminders=_reminder_counts(session),
        messages=outbox.counts(session),
        findings=tuple(
            OpenFinding(row.code, row.message, row.opened_at) for row in runs.open_findings(session)
        ),
        forecasts=tuple(one for plan in counted for one in _late(session, plan.id)),
        last_sweep=last_sweep(session),
        next_check_on=next_check_on(session),
        next_message_at=next_message_at(session),
    )


def last_sweep(session: Session) -> datetime | None:
    """When the service last looked at what is due, to the minute."""
    row = session.get(tables.Mark, LAST_SWEEP)
    return row.at if row else None


def next_check_on(session: Session) -> date | None:
    """The first day on which a sub-task may change by itself."""
    return session.execute(select(func.min(col(tables.SubTask.next_check_on)))).scalar()


def next_message_at(session: Session) -> datetime | None:
    """When the first waiting message is tried; ``None`` also while sending is held."""
    if hold.held(session):
        return None
    message = tables.Message
    query = select(func.min(col(message.next_attempt_at))).where(col(message.state) == "waiting")
    return session.execute(query).scalar()


def _plans(session: Session) -> tuple[PlanCount, ...]:
    plan, subtask = tables.Plan, tables.SubTask
    lights: dict[int, dict[str, int]] = {}
    counted = select(col(subtask.plan_id), col(subtask.light), func.count()).group_by(
        col(subtask.plan_id), col(subtask.light)
    )
    for plan_id, light, number in session.execute(counted):
        lights.setdefault(plan_id, {})[light] = number
    rows = session.execute(select(col(plan.id), col(plan.title), col(plan.state)).order_by(col(plan.id)))
    return tuple(PlanCount(key, title, state, lights.get(key, {})) for key, title, state in rows)


def _late(session: Session, plan_id: int) -> list[LateForecast]:
    """By the last digest of the plan."""
    found = early_warnings(session, plan_id)
    return [
        LateForecast(plan_id, line.subtask_id, line.no, line.title, line.deadline, line.forecast.on, found.on)
        for line in (found.lines if found else ())
        if found and line.forecast
    ]


def _reminder_counts(session: Session) -> dict[str, int]:
    reminder = tables.Reminder
    query = select(col(reminder.state), func.count()).group_by(col(reminder.state))
    return {row[0]: row[1] for row in session.execute(query)}


def is_running(database: Database) -> bool | None:
    """Whether a service holds the database file; ``None`` where that cannot be told (PostgreSQL)."""
    if database.path is None:
        return None
    try:
        with database.serving():
            return False
    except DubanError as error:
        if error.code != "SERVICE_RUNNING":
            raise
        return True
