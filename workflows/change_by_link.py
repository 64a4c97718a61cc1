"""变更申请: what a unit asks for by its link, with its files, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Select, select
from sqlmodel import Session, col

from db import plans, tables
from db.session import Database
from engine.changes import RUNNING, ChangeKind, due_on
from engine.errors import DubanError
from engine.model import Indicator, State
from workflows.attachments import attach, kept_in
from workflows.change_request import Asked, Told, file_request, withdraw_within
from workflows.links import Holder, open_link
from workflows.list_changes import ChangeLine, lines_of

KINDS = (ChangeKind.EXTENSION, ChangeKind.ADJUSTMENT, ChangeKind.SUSPENSION, ChangeKind.RESUMPTION)
OPEN = (*(state.value for state in RUNNING), State.SUSPENDED.value)


@dataclass(frozen=True, slots=True)
class Changeable:
    """A sub-task for which the unit may ask for a change, with what holds now."""

    id: int
    no: str
    title: str
    due_on: date
    indicators: tuple[Indicator, ...]
    suspended: bool


def can_ask(session: Session, unit_id: int) -> bool:
    """Whether there is anything for which the unit may ask for a change."""
    return session.execute(_changeable(unit_id).limit(1)).first() is not None


def changeable(session: Session, unit_id: int) -> list[Changeable]:
    """The sub-tasks of active plans that the unit leads and that are neither finished nor terminated."""
    rows = session.execute(_changeable(unit_id)).all()
    subtasks = plans.load_subtasks(session, [row[0] for row in rows])
    return [
        Changeable(
            key,
            subtasks[key].no,
            subtasks[key].title,
            due_on(plans.load_plan(session, plan_id), subtasks[key]),
            subtasks[key].indicators,
            subtasks[key].state is State.SUSPENDED,
        )
        for key, plan_id in rows
    ]


def _changeable(unit_id: int) -> Select[int | None, int]:
    task, plan, work = tables.SubTask, tables.Plan, tables.Assignment
    led = select(col(work.subtask_id)).where(col(work.unit_id) == unit_id, col(work.role).in_(plans.LEADING))
    return (
        select(col(task.id), col(task.plan_id))
        .join(plan, col(plan.id) == col(task.plan_id))
        .where(col(plan.state) == "active", col(task.state).in_(OPEN), col(task.id).in_(led))
        .order_by(col(task.plan_id), col(task.position))
    )


def own_requests(session: Session, unit_id: int) -> list[ChangeLine]:
    """What the unit has asked for, open requests first, then the newest."""
    table = tables.ChangeRequest
    query = select(table).where(col(table.unit_id) == unit_id).order_by(col(table.id).desc())
    rows = sorted(session.execute(query).scalars(), key=lambda row: row.state != "requested")
    return lines_of(session, rows)


def change_by_link(
    database: Database,
    token: str,
    asked: Asked,
    files: Sequence[tuple[str, bytes]],
    folder: Path,
    now: datetime,
) -> Told:
    """The request waits for an approver and its files are kept; the unit is the link's, whatever was sent.

    Raises LinkRefused where the link has ended meanwhile, NOT_ITS_TASK, and what ``request_change`` and
    ``attachments.checked`` raise. Nothing is stored then, no file either.
    """
    with kept_in(folder, files) as kept, database.write() as session:
        holder = open_link(session, token, now)
        _check_own(session, holder, asked)
        own = replace(asked, plan=None, unit_id=holder.unit_id, link_id=holder.link_id)
        told = file_request(session, own, now, holder.who)
        attach(session, "change", told.id, kept, now, holder.who)
        return told


def withdraw_by_link(database: Database, token: str, request_id: int, now: datetime) -> Told:
    """The unit's own request is taken back; another unit's is as good as none (NO_SUCH_CHANGE)."""
    with database.write() as session:
        holder = open_link(session, token, now)
        return withdraw_within(session, request_id, now, holder.who, unit_id=holder.unit_id)


def _check_own(session: Session, holder: Holder, asked: Asked) -> None:
    own = {f"#{one.id}" for one in changeable(session, holder.unit_id)}
    if asked.subtask not in own or asked.kind not in KINDS:
        raise DubanError("NOT_ITS_TASK", "请从列表里选择本单位牵头的任务和要申请的种类。")
