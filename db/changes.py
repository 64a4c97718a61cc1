"""Change requests: what is open, what earlier ones left, and the deadlines of before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlmodel import Session, col

from db.tables import ChangeRequest as C
from engine.changes import Past
from engine.model import State


def open_request(session: Session, subtask_id: int, kind: str) -> C | None:
    """The request of that kind that nobody has decided yet, if there is one."""
    query = select(C).where(col(C.subtask_id) == subtask_id, col(C.kind) == kind, col(C.state) == "requested")
    return session.execute(query).scalars().first()


def past_of(session: Session, subtask_id: int) -> Past:
    """When the sub-task was last suspended and last resumed, by approved requests."""
    suspension, resumption = (_last(session, subtask_id, kind) for kind in ("suspension", "resumption"))
    stopped = suspension is not None and (resumption is None or (resumption.id or 0) < (suspension.id or 0))
    return Past(
        suspended_on=suspension.effective_on if suspension and stopped else None,
        resumed_on=resumption.effective_on if resumption else None,
    )


def state_before_suspension(session: Session, subtask_id: int) -> State | None:
    """The state that the last approved suspension took away."""
    row = _last(session, subtask_id, "suspension")
    return State(row.previous["state"]) if row is not None else None


def first_deadlines(session: Session, subtask_ids: Sequence[int]) -> dict[int, date]:
    """By sub-task the deadline that held before its first approved extension; those never extended are left out."""
    query = (
        select(C)
        .where(col(C.subtask_id).in_(subtask_ids), col(C.state) == "approved")
        .where(col(C.kind).in_(("extension", "resumption")))
        .order_by(col(C.decided_at), col(C.id))
    )
    found: dict[int, date] = {}
    for row in session.execute(query).scalars():
        if "deadline" in row.proposed:
            found.setdefault(row.subtask_id, date.fromisoformat(row.previous["due_on"]))
    return found


def requests_of(
    session: Session, *, plan_ids: Sequence[int] | None = None, subtask_id: int | None = None
) -> list[C]:
    """The requests of those plans or of that sub-task, open ones first, then the newest first."""
    query = select(C)
    if plan_ids is not None:
        query = query.where(col(C.plan_id).in_(plan_ids))
    if subtask_id is not None:
        query = query.where(col(C.subtask_id) == subtask_id)
    rows = session.execute(query.order_by(col(C.id).desc())).scalars().all()
    return sorted(rows, key=lambda row: row.state != "requested")


def _last(session: Session, subtask_id: int, kind: str) -> C | None:
    query = (
        select(C)
        .where(col(C.subtask_id) == subtask_id, col(C.kind) == kind, col(C.state) == "approved")
        .order_by(col(C.decided_at).desc(), col(C.id).desc())
    )
    return session.execute(query.limit(1)).scalars().first()
