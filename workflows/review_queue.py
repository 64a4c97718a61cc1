"""审核队列: what waits for review of active plans, filtered and by pages, for somebody who works through it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from db import plans, tables
from db.reports import replaced
from workflows.list_reviews import ReviewLine, lines_of

PAGE = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of them: of a unit, of a month, of a project."""

    unit_id: int | None = None
    period: str = ""
    project_id: int | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of what waits, the longest waiting first; ``found`` fit the filter, ``waiting`` are all.

    ``units`` and ``projects`` are those with anything to review, as id and name; ``periods`` likewise.
    """

    lines: tuple[ReviewLine, ...]
    waiting: int
    found: int
    page: int
    pages: int
    units: tuple[tuple[int, str], ...]
    periods: tuple[str, ...]
    projects: tuple[tuple[int, str], ...]


def review_queue(session: Session, wanted: Wanted, page: int, now: datetime, size: int = PAGE) -> Queue:
    """That page of what waits; a page that is not there is the last one."""
    stubs = _stubs(session)
    fitting = [one for one in stubs if _fits(one, wanted)]
    pages = max(1, -(-len(fitting) // size))
    page = min(max(1, page), pages)
    chosen = [one.report_id for one in fitting[(page - 1) * size : page * size]]
    return Queue(
        lines=tuple(lines_of(session, _loaded(session, chosen), now)),
        waiting=len(stubs),
        found=len(fitting),
        page=page,
        pages=pages,
        units=_units(session, {one.unit_id for one in stubs if one.unit_id is not None}),
        periods=tuple(sorted({one.period for one in stubs}, reverse=True)),
        projects=_projects(session, {one.project_id for one in stubs}),
    )


def count_waiting(session: Session) -> int:
    """How many reports wait."""
    return len(_stubs(session))


def all_lines(session: Session, wanted: Wanted, now: datetime) -> list[ReviewLine]:
    """Everything that fits, for a file."""
    keys = [one.report_id for one in _stubs(session) if _fits(one, wanted)]
    return lines_of(session, _loaded(session, keys), now)


@dataclass(frozen=True, slots=True)
class _Stub:
    report_id: int
    unit_id: int | None  # who reported, else the first lead
    period: str
    project_id: int


def _stubs(session: Session) -> list[_Stub]:
    report, task, plan = tables.ProgressReport, tables.SubTask, tables.Plan
    query = (
        select(
            col(report.id),
            col(report.unit_id),
            col(report.period),
            col(task.project_id),
            col(report.subtask_id),
        )
        .join(task, col(task.id) == col(report.subtask_id))
        .join(plan, col(plan.id) == col(task.plan_id))
        .where(col(plan.state) == "active", col(report.state) == "submitted", ~replaced())
        .order_by(col(report.received_at), col(report.id))
    )
    rows = session.execute(query).all()
    leads = _leads(session) if any(row[1] is None for row in rows) else {}
    return [_Stub(row[0], row[1] or leads.get(row[4]), row[2], row[3]) for row in rows]


def _leads(session: Session) -> Mapping[int, int]:
    """The first lead unit by sub-task."""
    work = tables.Assignment
    query = (
        select(col(work.subtask_id), col(work.unit_id))
        .where(col(work.role).in_(plans.LEADING))
        .order_by(col(work.role).desc(), col(work.position))
    )
    found: dict[int, int] = {}
    for subtask_id, unit_id in session.execute(query):
        found.setdefault(subtask_id, unit_id)
    return found


def _fits(one: _Stub, wanted: Wanted) -> bool:
    return (
        wanted.unit_id in (None, one.unit_id)
        and wanted.period in ("", one.period)
        and wanted.project_id in (None, one.project_id)
    )


def _loaded(session: Session, keys: Sequence[int]) -> list[tables.ProgressReport]:
    report = tables.ProgressReport
    found = {row.id: row for row in session.execute(select(report).where(col(report.id).in_(keys))).scalars()}
    return [found[key] for key in keys]


def _units(session: Session, ids: set[int]) -> tuple[tuple[int, str], ...]:
    unit = tables.Unit
    query = select(col(unit.id), col(unit.name)).where(col(unit.id).in_(ids)).order_by(col(unit.id))
    return tuple((row[0], row[1]) for row in session.execute(query))


def _projects(session: Session, ids: set[int]) -> tuple[tuple[int, str], ...]:
    project = tables.Project
    query = (
        select(col(project.id), col(project.no), col(project.title))
        .where(col(project.id).in_(ids))
        .order_by(col(project.plan_id), col(project.position))
    )
    return tuple((row[0], f"{row[1]} {row[2]}".strip()) for row in session.execute(query))
