"""What people read about sub-tasks: titles and unit names, for messages, digests and pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from db import tables
from db.plans import CHUNK, LEADING
from engine.model import shown_title

MANY = 900  # sub-tasks that are named one by one


@dataclass(frozen=True, slots=True)
class Card:
    """A sub-task's words; ``leads`` and ``lead_ids`` run in parallel, first lead first."""

    subtask_id: int
    plan_id: int
    plan_title: str
    project_no: str
    project_title: str
    no: str
    title: str
    leads: tuple[str, ...]
    lead_ids: tuple[int, ...]
    leaders: tuple[str, ...]


def load_cards(session: Session, ids: Sequence[int]) -> dict[int, Card]:
    """The cards by sub-task id."""
    cards: dict[int, Card] = {}
    for start in range(0, len(ids), CHUNK):
        cards.update(_chunk(session, ids[start : start + CHUNK]))
    return cards


def _chunk(session: Session, ids: Sequence[int]) -> dict[int, Card]:
    task, project, plan = tables.SubTask, tables.Project, tables.Plan
    leads = _leads(session, ids)
    query = (
        select(
            col(task.id),
            col(task.plan_id),
            col(plan.title),
            col(project.no),
            col(project.title),
            col(task.no),
            col(task.title),
            col(project.leaders),
        )
        .join(project, col(project.id) == col(task.project_id))
        .join(plan, col(plan.id) == col(task.plan_id))
        .where(col(task.id).in_(ids))
    )
    cards = {}
    for key, plan_id, plan_title, project_no, project_title, no, title, leaders in session.execute(query):
        units = leads.get(key, [])
        cards[key] = Card(
            subtask_id=key,
            plan_id=plan_id,
            plan_title=plan_title,
            project_no=project_no,
            project_title=project_title,
            no=no,
            title=shown_title(no, title),
            leads=tuple(name for _, name in units),
            lead_ids=tuple(unit for unit, _ in units),
            leaders=tuple(leaders),
        )
    return cards


@dataclass(frozen=True, slots=True)
class Named:
    """What a list of thousands says of a sub-task."""

    no: str
    title: str
    leads: tuple[str, ...]


def names_of(session: Session, plan_id: int, ids: Collection[int]) -> dict[int, Named]:
    """Those sub-tasks of the plan, in two queries; where they are many, all of it."""
    task, work, unit = tables.SubTask, tables.Assignment, tables.Unit
    which = [col(task.plan_id) == plan_id]
    if len(ids) <= MANY:
        which.append(col(task.id).in_(ids))
    led = (
        select(col(work.subtask_id), col(unit.name))
        .join(unit, col(unit.id) == col(work.unit_id))
        .join(task, col(task.id) == col(work.subtask_id))
        .where(*which, col(work.role).in_(LEADING))
        .order_by(col(work.role).desc(), col(work.position))
    )
    leads: dict[int, list[str]] = {}
    for key, name in session.execute(led):
        leads.setdefault(key, []).append(name)
    query = select(col(task.id), col(task.no), col(task.title)).where(*which)
    return {
        key: Named(no, shown_title(no, title), tuple(leads.get(key, ())))
        for key, no, title in session.execute(query)
    }


def _leads(session: Session, ids: Sequence[int]) -> dict[int, list[tuple[int, str]]]:
    work, unit = tables.Assignment, tables.Unit
    query = (
        select(col(work.subtask_id), col(unit.id), col(unit.name))
        .join(unit, col(unit.id) == col(work.unit_id))
        .where(col(work.subtask_id).in_(ids), col(work.role).in_(LEADING))
        .order_by(col(work.subtask_id), col(work.role).desc(), col(work.position))
    )
    grouped: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for subtask, key, name in session.execute(query):
        grouped[subtask].append((key, name))
    return grouped
