"""Sub-tasks as rows of a page: loaded in a fixed number of queries, judged for the day shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlmodel import Session, col

from db import plans, runs, tables
from db.calendar import load_calendar
from db.cards import Card, load_cards
from engine.model import IndicatorStanding, Milestone, Plan, Standing, SubTask
from engine.standing import judge
from web.remembered import Remembered
from web.task_filter import ProjectLine

_RANKS: Remembered[Mapping[str, tuple[int | None, int | None]]] = Remembered(16)


@dataclass(frozen=True, slots=True)
class Task:
    """A sub-task with its words and its standing."""

    card: Card
    subtask: SubTask
    standing: Standing
    due_on: date
    milestone: Milestone | None

    @property
    def worst(self) -> IndicatorStanding | None:
        """The indicator that is shown: of those not met the one furthest behind."""
        unmet = [one for one in self.standing.indicators if not one.met] or list(self.standing.indicators)
        return max(unmet, key=lambda one: (one.behind, 0 if one.behind else _missing(one)), default=None)


def load_tasks(session: Session, plan: Plan, ids: Sequence[int], on: date) -> list[Task]:
    """The sub-tasks in the order of ``ids``."""
    calendar = load_calendar(session)
    subtasks = plans.load_subtasks(session, ids)
    cards = load_cards(session, ids)
    return [
        _task(plan, subtasks[key], cards[key], judge(plan, subtasks[key], calendar, on), on) for key in ids
    ]


def projects_of(session: Session, plan_id: int) -> list[ProjectLine]:
    """The projects of a plan with their sub-tasks counted by the light of the last sweep."""
    task, project = tables.SubTask, tables.Project
    counted = (
        select(col(task.project_id), col(task.light), func.count())
        .where(col(task.plan_id) == plan_id)
        .group_by(col(task.project_id), col(task.light))
    )
    lights: dict[int, dict[str, int]] = {}
    for key, light, number in session.execute(counted):
        lights.setdefault(key, {})[light] = number
    query = select(col(project.id), col(project.no), col(project.title), col(project.leaders))
    ordered = query.where(col(project.plan_id) == plan_id).order_by(col(project.position), col(project.id))
    return [
        ProjectLine(key, no, title, tuple(leaders), lights.get(key, {}))
        for key, no, title, leaders in session.execute(ordered)
    ]


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A lead unit: its sub-tasks counted by light, and its place in the last digest (gained: positive)."""

    unit_id: int
    unit: str
    lights: Mapping[str, int]
    rank: int | None = None
    gained: int | None = None

    @property
    def total(self) -> int:
        """All its sub-tasks."""
        return sum(self.lights.values())


def units_of(session: Session, plan_id: int) -> list[UnitRow]:
    """The lead units of a plan, those with more red, then more yellow, lights first."""
    ranked = _ranks(session, plan_id)
    rows = [
        UnitRow(unit_id, name, lights, *ranked.get(name, (None, None)))
        for (unit_id, name), lights in _unit_lights(session, plan_id).items()
    ]
    return sorted(rows, key=_order)


def _ranks(session: Session, plan_id: int) -> Mapping[str, tuple[int | None, int | None]]:
    """By unit its place in the last digest and how many it gained."""
    bulletin = runs.last_bulletin_row(session, plan_id)
    if bulletin is None:
        return {}
    frozen = bulletin.id

    def read() -> Mapping[str, tuple[int | None, int | None]]:
        table = runs.part_of_bulletin(session, frozen, "table")
        return {row["unit"]: (row.get("rank"), row.get("rank_change")) for row in table or ()}

    return _RANKS.get((frozen, bulletin.sha256), read)


def _unit_lights(session: Session, plan_id: int) -> dict[tuple[int, str], dict[str, int]]:
    task, work, unit = tables.SubTask, tables.Assignment, tables.Unit
    led = (  # once, also where the unit leads it twice
        select(col(task.id), col(task.light), col(work.unit_id).label("unit_id"))
        .join(work, col(work.subtask_id) == col(task.id))
        .where(col(task.plan_id) == plan_id, col(work.role).in_(plans.LEADING))
        .distinct()
        .subquery()
    )
    counted = select(led.c.unit_id, led.c.light, func.count().label("number"))
    grouped = counted.group_by(led.c.unit_id, led.c.light).subquery()
    named = select(col(unit.id), col(unit.name), grouped.c.light, grouped.c.number)
    rows = session.execute(named.join(grouped, grouped.c.unit_id == col(unit.id)))
    lights: dict[tuple[int, str], dict[str, int]] = {}
    for unit_id, name, light, number in rows:
        lights.setdefault((unit_id, name), {})[light] = number
    return lights


def _order(row: UnitRow) -> tuple[int, int, int, int]:
    lights = row.lights
    return -lights.get("red", 0), -lights.get("yellow", 0), -(row.rank or 0), row.unit_id


def _task(plan: Plan, subtask: SubTask, card: Card, standing: Standing, on: date) -> Task:
    deadline = subtask.deadline or plan.execute_ends_on
    ahead = [one for one in subtask.milestones if on <= one.due_on < deadline]
    milestone = min(ahead, key=lambda one: one.due_on, default=None)
    return Task(card, subtask, standing, milestone.due_on if milestone else deadline, milestone)


def _missing(one: IndicatorStanding) -> Decimal:
    """The share of the promise that is missing; bounds count as nothing missing."""
    if one.indicator.quantity <= 0:
        return Decimal(0)
    return 1 - (one.actual or Decimal(0)) / one.indicator.quantity
