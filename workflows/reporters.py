"""Who may report what: a lead unit for the whole sub-task, a unit that shares in it for its own part."""

from __future__ import annotations

from sqlalchemy import select
from sqlmodel import Session, col

from db import tables
from db.plans import LEADING


def may_report(session: Session, subtask_id: int, unit_id: int, role: str) -> bool:
    """Whether the unit may report the sub-task in that role (``lead`` or ``share``)."""
    roles = LEADING if role == "lead" else ("executing",)
    return _is_assigned(session, subtask_id, unit_id, roles) or (
        role == "share" and _has_quota(session, subtask_id, unit_id)
    )


def _is_assigned(session: Session, subtask_id: int, unit_id: int, roles: tuple[str, ...]) -> bool:
    work = tables.Assignment
    query = select(col(work.id)).where(
        col(work.subtask_id) == subtask_id, col(work.unit_id) == unit_id, col(work.role).in_(roles)
    )
    return session.execute(query.limit(1)).first() is not None


def _has_quota(session: Session, subtask_id: int, unit_id: int) -> bool:
    quota, indicator = tables.Quota, tables.Indicator
    query = (
        select(col(quota.id))
        .join(indicator, col(indicator.id) == col(quota.indicator_id))
        .where(col(indicator.subtask_id) == subtask_id, col(quota.unit_id) == unit_id)
    )
    return session.execute(query.limit(1)).first() is not None
