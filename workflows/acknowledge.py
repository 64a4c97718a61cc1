"""签收: a lead unit signs for what was issued to it; a sub-task is acknowledged once all its lead units have."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, select
from sqlmodel import Session, col

from db import plans, runs, tables
from db.plans import LEADING
from db.references import find_unit
from db.session import Database, insert_new
from db.units import stored_id
from engine.model import State
from workflows.sweep import judge_and_store

A = tables.Acknowledgement


def acknowledge(
    database: Database, unit: str | int, now: datetime, who: str, *, link_id: int | None = None
) -> list[int]:
    """The unit has signed for every issued sub-task that it leads; returns those that it had not signed before.

    Reminders to sign end in the same transaction. Raises DubanError NO_SUCH_UNIT.
    """
    with database.write() as session:
        unit_id = unit if isinstance(unit, int) else stored_id(find_unit(session, unit).id)
        ids = _locked(session, unsigned_of(session, unit_id))
        signed = [key for key in ids if _sign(session, key, unit_id, now, who, link_id)]
        for key in signed:
            if not _waits_for_others(session, key):
                session.get_one(tables.SubTask, key).state = State.ACKNOWLEDGED.value
        session.flush()
        for plan_id, keys in sorted(_by_plan(session, signed).items()):
            judge_and_store(session, plans.load_plan(session, plan_id), keys, now)
        return signed


def unsigned_of(session: Session, unit_id: int) -> list[int]:
    """The issued sub-tasks of active plans that the unit leads and has not signed for, by id."""
    task, plan, work = tables.SubTask, tables.Plan, tables.Assignment
    leads = exists().where(
        col(work.subtask_id) == col(task.id), col(work.unit_id) == unit_id, col(work.role).in_(LEADING)
    )
    signed = exists().where(col(A.subtask_id) == col(task.id), col(A.unit_id) == unit_id)
    query = (
        select(col(task.id))
        .join(plan, col(plan.id) == col(task.plan_id))
        .where(col(plan.state) == "active", col(task.state) == State.ISSUED.value, leads, ~signed)
        .order_by(col(task.id))
    )
    return list(session.execute(query).scalars())


def _locked(session: Session, ids: Sequence[int]) -> list[int]:
    """Those that are still issued, locked by id until this transaction ends."""
    task = tables.SubTask
    query = select(task).where(col(task.id).in_(ids)).order_by(col(task.id)).with_for_update(key_share=True)
    rows = session.execute(query.execution_options(populate_existing=True)).scalars()
    return [stored_id(row.id) for row in rows if row.state == State.ISSUED]


def _sign(
    session: Session, subtask_id: int, unit_id: int, now: datetime, who: str, link_id: int | None
) -> bool:
    """Whether the signature is new; it is on record then."""
    row = {"subtask_id": subtask_id, "unit_id": unit_id, "at": now, "who": who, "link_id": link_id}
    if not insert_new(session.connection(), A.__table__, [row]):  # type: ignore[attr-defined]
        return False
    stored = session.execute(
        select(A).where(col(A.subtask_id) == subtask_id, col(A.unit_id) == unit_id)
    ).scalar_one()
    plan_id = session.get_one(tables.SubTask, subtask_id).plan_id
    details = {"unit": unit_id}
    runs.record(
        session,
        "acknowledge",
        who,
        now,
        plan_id=plan_id,
        subtask_id=subtask_id,
        details=details,
        rows=(stored,),
    )
    return True


def _waits_for_others(session: Session, subtask_id: int) -> bool:
    work = tables.Assignment
    signed = exists().where(col(A.subtask_id) == col(work.subtask_id), col(A.unit_id) == col(work.unit_id))
    query = select(col(work.id)).where(
        col(work.subtask_id) == subtask_id, col(work.role).in_(LEADING), ~signed
    )
    return session.execute(query.limit(1)).first() is not None


def _by_plan(session: Session, ids: Sequence[int]) -> dict[int, list[int]]:
    grouped: dict[int, list[int]] = {}
    for key in ids:
        grouped.setdefault(session.get_one(tables.SubTask, key).plan_id, []).append(key)
    return grouped
