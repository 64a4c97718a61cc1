"""What was imported, what it brought, and what is still to be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from db import imports, plans, tables
from db.calendar import load_calendar
from db.plans import LEADING
from db.units import stored_id
from engine.ahead import reminders_ahead
from engine.model import State

MOST_AHEAD = 60  # units whose first reminders are worked out for a page
FOLLOWED = (State.ISSUED.value, State.ACKNOWLEDGED.value, State.IN_PROGRESS.value)
AHEAD = timedelta(days=45)
COUNTED = ("projects", "subtasks", "indicators", "lead_units", "quotas")


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A batch as lists show it; ``counts`` of a new plan are what the document held, of a revision its changes."""

    id: int
    file_name: str
    stored_at: datetime
    who: str
    plan_id: int | None
    plan: str
    is_new: bool
    counts: dict[str, int]
    undone_at: datetime | None = None

    @property
    def is_undone(self) -> bool:
        """Whether nothing of it stands any more."""
        return self.undone_at is not None


@dataclass(frozen=True, slots=True)
class FirstReminder:
    """The first thing that a unit will be told of: when, by which rule, how many sub-tasks it leads."""

    on: date
    unit: str
    rule: str
    subtask_id: int
    subtask: str


@dataclass(frozen=True, slots=True)
class Todo:
    """What keeps the plan from being followed: units that lead and cannot be reached, sub-tasks without lead or
    milestones; and who will be reminded first."""

    unreached: tuple[str, ...]
    leading: int
    without_lead: int
    without_milestones: int
    subtasks: int
    first: tuple[FirstReminder, ...]


def batch_lines(session: Session, page: int = 1, size: int = 50) -> tuple[list[BatchLine], int]:
    """The batches of that page, the newest first, and how many there are in all."""
    table = tables.ImportBatch
    total = session.execute(select(func.count()).select_from(table)).scalar_one()
    query = select(table).order_by(col(table.id).desc()).offset((page - 1) * size).limit(size)
    found = list(session.execute(query).scalars())
    return _lines(session, found), total


def batch_line(session: Session, number: int) -> BatchLine:
    """One batch. Raises DubanError NO_SUCH_BATCH."""
    return _lines(session, [imports.find_batch(session, number)])[0]


def todo_of(session: Session, plan_id: int, on: date) -> Todo:
    """What is to be done next with the plan, as it stands on that day."""
    task, work, stone = tables.SubTask, tables.Assignment, tables.Milestone
    own = col(task.plan_id) == plan_id
    leads = select(col(work.subtask_id)).where(col(work.role).in_(LEADING))
    dated = select(col(stone.subtask_id))
    units = _leading_units(session, plan_id)
    return Todo(
        unreached=tuple(units[key] for key in _unreached(session, units)),
        leading=len(units),
        without_lead=_count(session, own, col(task.id).not_in(leads)),
        without_milestones=_count(session, own, col(task.id).not_in(dated)),
        subtasks=_count(session, own),
        first=tuple(_first_reminders(session, plan_id, on)),
    )


def _lines(session: Session, batches: Sequence[tables.ImportBatch]) -> list[BatchLine]:
    said, titles = _said(session, batches), _titles(session, batches)
    return [_line(one, said.get(stored_id(one.id)), titles) for one in batches]


def _line(batch: tables.ImportBatch, event: tables.Event | None, titles: dict[int, str]) -> BatchLine:
    details: dict[str, Any] = event.details if event else {}
    changes, plan_id = details.get("changes"), imports.plan_of_batch(batch)
    counts = {name: details[name] for name in COUNTED if isinstance(details.get(name), int)}
    return BatchLine(
        id=stored_id(batch.id),
        file_name=batch.file_name,
        stored_at=batch.stored_at,
        who=event.who if event else "",
        plan_id=plan_id if plan_id in titles else None,
        plan=titles.get(plan_id or 0, ""),
        is_new=bool(batch.changes and batch.changes[0].get("new")),
        counts={"changes": len(changes)} if isinstance(changes, list) else counts,
        undone_at=batch.undone_at,
    )


def _titles(session: Session, batches: Sequence[tables.ImportBatch]) -> dict[int, str]:
    """The titles of the plans that are still there."""
    ids = {number for one in batches if (number := imports.plan_of_batch(one)) is not None}
    plan = tables.Plan
    query = select(col(plan.id), col(plan.title)).where(col(plan.id).in_(ids))
    return {row[0]: row[1] for row in session.execute(query)}


def _said(session: Session, batches: Sequence[tables.ImportBatch]) -> dict[int, tables.Event]:
    """The event that recorded each batch: they were written at the same moment."""
    event = tables.Event
    moments = {one.stored_at for one in batches}
    query = select(event).where(col(event.what).in_(("import", "revise")), col(event.at).in_(moments))
    return {
        found.details["batch"]: found
        for found in session.execute(query).scalars()
        if isinstance(found.details.get("batch"), int)
    }


def _count(session: Session, *conditions: Any) -> int:
    query = select(func.count()).select_from(tables.SubTask).where(*conditions)
    return int(session.execute(query).scalar_one())


def _leading_units(session: Session, plan_id: int) -> dict[int, str]:
    unit, work, task = tables.Unit, tables.Assignment, tables.SubTask
    query = (
        select(col(unit.id), col(unit.name))
        .join(work, col(work.unit_id) == col(unit.id))
        .join(task, col(task.id) == col(work.subtask_id))
        .where(col(task.plan_id) == plan_id, col(work.role).in_(LEADING))
        .distinct()
        .order_by(col(unit.id))
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _unreached(session: Session, units: dict[int, str]) -> list[int]:
    """Those of the units whose liaison nobody is."""
    post, contact = tables.Post, tables.Contact
    held = (
        select(col(post.unit_id))
        .join(contact, col(contact.post_id) == col(post.id))
        .where(col(post.kind) == "liaison", col(contact.ended_at).is_(None))
    )
    reached = set(session.execute(held).scalars())
    return [key for key in units if key not in reached]


def _first_reminders(session: Session, plan_id: int, on: date) -> list[FirstReminder]:
    """For each unit the first reminder of the coming weeks, in order of its day."""
    plan = plans.load_plan(session, plan_id)
    calendar = load_calendar(session)
    nearest = _nearest(session, plan_id, on)
    subtasks = plans.load_subtasks(session, list(dict.fromkeys(nearest.values())))
    first: list[FirstReminder] = []
    for unit, key in nearest.items():
        ahead = reminders_ahead(plan, subtasks[key], calendar, on, on + AHEAD)
        if ahead:
            shown = f"{subtasks[key].no} {subtasks[key].title}"
            first.append(FirstReminder(ahead[0].nominal_on, unit, ahead[0].rule.value, key, shown))
    return sorted(first, key=lambda one: (one.on, one.unit))


def _nearest(session: Session, plan_id: int, on: date) -> dict[str, int]:
    """For each lead unit the sub-task with the nearest date: what else is owed is owed for all alike."""
    unit, work, task, stone = tables.Unit, tables.Assignment, tables.SubTask, tables.Milestone
    coming = (
        select(col(stone.subtask_id).label("owner"), func.min(col(stone.due_on)).label("first"))
        .where(col(stone.due_on) >= on)
        .group_by(col(stone.subtask_id))
        .subquery()
    )
    query = (
        select(col(unit.name), col(task.id), coming.c.first, col(task.deadline))
        .join(work, col(work.unit_id) == col(unit.id))
        .join(task, col(task.id) == col(work.subtask_id))
        .outerjoin(coming, coming.c.owner == col(task.id))
        .where(col(task.plan_id) == plan_id, col(task.state).in_(FOLLOWED), col(work.role).in_(LEADING))
        .order_by(col(task.position))
    )
    found: dict[str, tuple[date, int]] = {}
    for name, key, milestone, deadline in session.execute(query):
        nearest = min(milestone or date.max, deadline or date.max)
        if name not in found or nearest < found[name][0]:
            found[name] = (nearest, key)
    return {name: key for name, (_, key) in list(found.items())[:MOST_AHEAD]}
