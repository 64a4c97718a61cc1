"""What has been written about a plan since somebody last looked, and since when a sub-task is settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlmodel import Session, col

from db import tables
from db.calendar import load_years
from engine.calendar import YearFile
from engine.model import Plan

E, R, T, B = tables.Event, tables.ProgressReport, tables.SubTask, tables.ImportBatch


@dataclass(frozen=True, slots=True)
class Frame:
    """What every sub-task of a plan depends on; another frame is another plan."""

    plan: Plan
    years: tuple[YearFile, ...]
    batches: tuple[int, int]  # imports stored and undone
    subtasks: tuple[int, int]  # how many, and all their revisions


@dataclass(frozen=True, slots=True)
class Written:
    """How far the record had got: last id and number of the events, and of the reports."""

    events: tuple[int, int]
    reports: tuple[int, int]


def frame_of(session: Session, plan: Plan) -> Frame:
    """The frame as it is now."""
    batches = select(func.count(), func.count(col(B.undone_at)))
    subtasks = select(func.count(), func.coalesce(func.sum(col(T.revision)), 0)).where(
        col(T.plan_id) == plan.id
    )
    stored, undone = session.execute(batches).one()
    number, revisions = session.execute(subtasks).one()
    return Frame(plan, tuple(load_years(session)), (stored, undone), (number, int(revisions)))


def written(session: Session) -> Written:
    """How far the record has got."""
    events = session.execute(select(func.coalesce(func.max(col(E.id)), 0), func.count(col(E.id)))).one()
    reports = session.execute(select(func.coalesce(func.max(col(R.id)), 0), func.count(col(R.id)))).one()
    return Written((events[0], events[1]), (reports[0], reports[1]))


def touched_since(session: Session, before: Written, now: Written) -> set[int] | None:
    """The sub-tasks of which something was written in between; ``None`` where the record was not only continued."""
    events = select(col(E.subtask_id)).where(col(E.id) > before.events[0])
    reports = select(col(R.subtask_id)).where(col(R.id) > before.reports[0])
    said = list(session.execute(events).scalars())
    filed = list(session.execute(reports).scalars())
    is_continued = (
        len(said) == now.events[1] - before.events[1] and len(filed) == now.reports[1] - before.reports[1]
    )
    return {key for key in (*said, *filed) if key is not None} if is_continued else None


def settled_days(session: Session, ids: Sequence[int], zone: ZoneInfo) -> dict[int, date]:
    """The day on which each of them was first accepted or terminated, as far as the record says."""
    change = tables.ChangeRequest
    found: dict[int, date] = {}
    accepted = select(col(E.subtask_id), func.min(col(E.at))).where(
        col(E.what) == "accept", col(E.subtask_id).in_(ids)
    )
    for key, at in session.execute(accepted.group_by(col(E.subtask_id))):
        found[key] = at.astimezone(zone).date()
    ended = select(col(change.subtask_id), col(change.effective_on)).where(
        col(change.subtask_id).in_(ids), col(change.kind) == "termination", col(change.state) == "approved"
    )
    found.update((key, on) for key, on in session.execute(ended))
    return found


def shared_out(session: Session, plan_id: int) -> set[int]:
    """The sub-tasks of the plan of which units hold shares."""
    indicator, quota = tables.Indicator, tables.Quota
    query = (
        select(col(indicator.subtask_id))
        .join(quota, col(quota.indicator_id) == col(indicator.id))
        .join(T, col(T.id) == col(indicator.subtask_id))
        .where(col(T.plan_id) == plan_id)
        .distinct()
    )
    return set(session.execute(query).scalars())
