"""未送达: messages that were given up, which somebody has still to deal with, and which are settled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlmodel import Session, col

from db import outbox, runs, tables

M = tables.Message
FINDING = "MESSAGE_GIVEN_UP"
ARRIVED_SINCE = "arrived_since"  # settled by nobody: something later has reached the recipient


def is_unsettled() -> ColumnElement[bool]:
    """The condition under which a message waits for somebody to deal with it."""
    return and_(col(M.state) == "given_up", col(M.settled_at).is_(None))


def count_unsettled(session: Session) -> int:
    """How many messages were given up and wait for somebody to deal with them."""
    return int(session.execute(select(func.count()).select_from(M).where(is_unsettled())).scalar_one())


def settle(session: Session, ids: Sequence[int], now: datetime, who: str, reason: str) -> list[int]:
    """Ids of those that nobody had settled before; now they are, on record with who and how."""
    rows = session.execute(
        update(M)
        .where(col(M.id).in_(ids), is_unsettled())
        .values(settled_at=now, settled_by=who, settled_reason=reason)
        .returning(col(M.id))
        .execution_options(synchronize_session=False)
    )
    return sorted(row[0] for row in rows)


def settle_by_arrival(session: Session, post_id: int, now: datetime) -> None:
    """What was given up for that post before something arrived there is settled; what was given up since is not,
    and keeps the post before coordinators."""
    arrived = outbox.last_arrival(session, post_id)
    if arrived is None:
        return
    statement = update(M).where(col(M.post_id) == post_id, is_unsettled(), col(M.ended_at) < arrived)
    session.execute(statement.values(settled_at=now, settled_reason=ARRIVED_SINCE))
    close_finding(session, post_id, now)


def close_finding(session: Session, post_id: int, now: datetime) -> None:
    """Coordinators are shown the post no longer, unless something given up for it is still unsettled."""
    left = select(col(M.id)).where(col(M.post_id) == post_id, is_unsettled()).limit(1)
    if session.execute(left).first() is None:
        runs.close_finding(session, FINDING, f"post:{post_id}", now)
