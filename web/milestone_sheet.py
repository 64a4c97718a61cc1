"""节点设置 as it is shown: the sub-tasks of a page, the changes that the form carries, and the cells of both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import select
from sqlmodel import Session, col

from db import plans, tables
from db.cards import Card, load_cards
from engine.calendar import WorkCalendar
from engine.facts import Facts, accumulates
from engine.model import Indicator, Plan, SubTask
from engine.months import month_end, month_of, period_name
from engine.periods import planned
from web.milestone_form import Changes, name_of, shown_list
from workflows.milestone_changes import MilestoneChange, change_to
from workflows.milestone_grid import TEXT, Cell, Entries, entries_of, entry_at, months_of, value_at

PAGE = 30


@dataclass(frozen=True, slots=True)
class Wish:
    """Which sub-tasks are asked for."""

    project: int | None = None
    unit: int | None = None
    subtask: int | None = None
    page: int = 1


@dataclass(frozen=True, slots=True)
class Field:
    """A cell as it is shown: ``day`` where its milestone is not at the month's end; ``refused`` says why."""

    name: str
    month: int
    value: str
    day: int | None = None
    refused: str = ""
    changed: bool = False
    hint: str = ""  # what the plan asks for there without a milestone


@dataclass(frozen=True, slots=True)
class Line:
    """A row of cells: an indicator's figures, or words; ``shown`` is what the form remembers of it."""

    key: int
    indicator: Indicator | None
    fields: tuple[Field, ...]
    shown: str


@dataclass(frozen=True, slots=True)
class Group:
    """A sub-task with its rows; ``changed`` where something of it is to be saved."""

    card: Card
    subtask: SubTask
    lines: tuple[Line, ...]
    deadline: date
    marked: bool
    changed: bool
    count: int


@dataclass
class Sheet:
    """What a page of the grid knows. ``wanted`` are the changes so far, of other pages' sub-tasks too."""

    plan: Plan
    ids: list[int]
    found: int
    pages: int
    page: int
    subtasks: dict[int, SubTask]
    cards: dict[int, Card]
    revisions: dict[int, int]
    wanted: Changes = field(default_factory=dict)
    refused: dict[int, dict[Cell, tuple[str, str]]] = field(default_factory=dict)  # why, and what was typed
    marked: Sequence[int] = ()

    @property
    def months(self) -> range:
        """The columns."""
        return months_of(self.plan)

    def entries(self, key: int) -> Entries:
        """The sub-task's milestones with the changes so far."""
        return entries_of(self.subtasks[key].milestones, self.wanted.get(key, ()))

    def keys(self, key: int) -> list[int]:
        """The rows of the sub-task: its indicators, and words where it has no indicators or has words."""
        subtask = self.subtasks[key]
        has_words = not subtask.indicators or any(one.text for one in self.entries(key))
        return [*(one.id for one in subtask.indicators), *([TEXT] if has_words else [])]

    def changes(self, revisions: Mapping[int, int]) -> list[MilestoneChange]:
        """What is to be saved, by sub-task; the revisions are those that were looked at."""
        planned = (
            change_to(self.subtasks[key], self.plan, revisions.get(key, self.revisions[key]), wanted)
            for key, wanted in sorted(self.wanted.items())
        )
        return [one for one in planned if one.wanted]

    def groups(self, calendar: WorkCalendar) -> list[Group]:
        """The sub-tasks of the page."""
        return [self._group(key, calendar) for key in self.ids]

    def _group(self, key: int, calendar: WorkCalendar) -> Group:
        subtask, entries = self.subtasks[key], self.entries(key)
        before = entries_of(subtask.milestones, ())
        numbers = {one.id: one for one in subtask.indicators}
        facts = Facts.of(self.plan, subtask, calendar, self.plan.ends_on)
        lines = []
        for row in self.keys(key):
            hints = [_hint(facts, numbers.get(row), month) for month in self.months]
            fields = tuple(
                replace(self._field(key, Cell(row, month), entries, before), hint=hint)
                for month, hint in zip(self.months, hints, strict=True)
            )
            shown = shown_list([value_at(entries, Cell(row, month)) for month in self.months])
            lines.append(Line(row, numbers.get(row), fields, shown))
        deadline = subtask.deadline or self.plan.execute_ends_on
        is_marked, is_changed = key in self.marked, bool(self.wanted.get(key))
        return Group(self.cards[key], subtask, tuple(lines), deadline, is_marked, is_changed, len(entries))

    def _field(self, key: int, cell: Cell, entries: Entries, before: Entries) -> Field:
        at = entry_at(entries, cell)
        own_day = at.due_on.day if at and at.due_on != month_end(month_of(at.due_on)) else None
        value = value_at(entries, cell)
        why, typed = self.refused.get(key, {}).get(cell, ("", value))
        is_changed = value != value_at(before, cell) or (at is not None and at.was_on != at.due_on)
        return Field(name_of(key, cell), cell.month, typed, own_day, why, bool(why) or is_changed)


def load_sheet(session: Session, plan: Plan, wish: Wish, more: Iterable[int] = ()) -> Sheet:
    """The sub-tasks of the page in a fixed number of queries, and ``more`` of the plan that are being changed."""
    rows = _found(session, plan, wish)
    pages = max(1, -(-len(rows) // PAGE))
    page = min(max(1, wish.page), pages)
    ids = rows[(page - 1) * PAGE : page * PAGE]
    extra = [key for key in more if key not in ids]
    task = tables.SubTask
    query = select(col(task.id), col(task.revision)).where(
        col(task.plan_id) == plan.id, col(task.id).in_([*ids, *extra])
    )
    revisions = {key: number for key, number in session.execute(query) if key is not None}
    known = list(revisions)
    subtasks, cards = plans.load_subtasks(session, known), load_cards(session, known)
    return Sheet(plan, ids, len(rows), pages, page, subtasks, cards, revisions)


def load_all(session: Session, plan: Plan, wish: Wish) -> Sheet:
    """All the sub-tasks that are asked for, for a workbook."""
    rows = _found(session, plan, wish)
    subtasks, cards = plans.load_subtasks(session, rows), load_cards(session, rows)
    return Sheet(plan, rows, len(rows), 1, 1, subtasks, cards, {})


def projects_of(session: Session, plan_id: int) -> list[tuple[int, str]]:
    """The plan's projects with number and title."""
    project = tables.Project
    query = (
        select(col(project.id), col(project.no), col(project.title))
        .where(col(project.plan_id) == plan_id)
        .order_by(col(project.position))
    )
    return [(key, f"{no} {title}") for key, no, title in session.execute(query) if key is not None]


def leading_units(session: Session, plan_id: int) -> list[tuple[int, str]]:
    """The units that lead something in the plan, by name."""
    task, work, unit = tables.SubTask, tables.Assignment, tables.Unit
    query = (
        select(col(unit.id), col(unit.name))
        .join(work, col(work.unit_id) == col(unit.id))
        .join(task, col(task.id) == col(work.subtask_id))
        .where(col(task.plan_id) == plan_id, col(work.role).in_(plans.LEADING))
        .distinct()
        .order_by(col(unit.id))
    )
    return [(key, name) for key, name in session.execute(query) if key is not None]


def rows_by_name(session: Session, plan_id: int) -> dict[tuple[str, str], tuple[int, int]]:
    """Sub-task and indicator by the number and the subject that a pasted table names; ``*`` where there is one row."""
    task, one = tables.SubTask, tables.Indicator
    query = (
        select(col(task.id), col(task.no), col(one.id), col(one.subject))
        .outerjoin(one, col(one.subtask_id) == col(task.id))
        .where(col(task.plan_id) == plan_id)
    )
    found: dict[tuple[str, str], tuple[int, int]] = {}
    rows = [(key, no, number, subject) for key, no, number, subject in session.execute(query) if key]
    times = Counter(no for _, no, _, _ in rows)
    for key, no, number, subject in rows:
        found[no, subject or ""] = (key, number or TEXT)
        found.setdefault((no, ""), (key, TEXT))
        if times[no] == 1:
            found[no, "*"] = (key, number or TEXT)
    return found


def month_name(month: int) -> str:
    """The month as ``2024-03``, as workbooks and pasted tables write it."""
    return period_name(month)


def _hint(facts: Facts, indicator: Indicator | None, month: int) -> str:
    """What the curve asks for by the month's end; nothing before the work begins."""
    if indicator is None or not accumulates(indicator):
        return ""
    asked = planned(facts, indicator, month_end(month))
    return f"{asked.normalize():f}" if asked else ""


def _found(session: Session, plan: Plan, wish: Wish) -> list[int]:
    task, project, work = tables.SubTask, tables.Project, tables.Assignment
    query = (
        select(col(task.id))
        .join(project, col(project.id) == col(task.project_id))
        .where(col(task.plan_id) == plan.id)
        .order_by(col(project.position), col(task.position), col(task.id))
    )
    if wish.project is not None:
        query = query.where(col(task.project_id) == wish.project)
    if wish.subtask is not None:
        query = query.where(col(task.id) == wish.subtask)
    if wish.unit is not None:
        led = select(col(work.subtask_id)).where(
            col(work.unit_id) == wish.unit, col(work.role).in_(plans.LEADING)
        )
        query = query.where(col(task.id).in_(led))
    return [key for key in session.execute(query).scalars() if key is not None]
