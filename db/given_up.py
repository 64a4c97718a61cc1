"""未送达: messages that are given up and shown, which somebody has still to deal with, and which are settled.

Each post is shown once, however many of its messages were given up. Who gives one up and who settles the last one
take turns by the row of that finding, so that nothing unsettled is hidden and nothing settled stays shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlmodel import Session, col

from db import outbox, reminders, runs, tables
from db.units import stored_id

M, F = tables.Message, tables.Finding
FINDING = "MESSAGE_GIVEN_UP"
ARRIVED_SINCE = "arrived_since"  # settled by nobody: something later has reached the recipient


def give_up(
    session: Session,
    message: tables.Message,
    why: str,
    sentence: str,
    inputs: Mapping[str, Any],
    now: datetime,
) -> None:
    """The message and what it carried have ended for the reason ``why``; coordinators are shown the sentence, made
    of ``inputs``, until somebody has dealt with it."""
    key = stored_id(message.id)
    outbox.finish(session, key, state="given_up", ended_at=now, ended_reason=why, lease_until=None)
    reminders.settle(session, key, "given_up", why, now)
    where = _subject(message.post_id)
    while not _is_held(session, message.post_id):
        runs.open_finding(session, FINDING, where, sentence, now, message.plan_id, inputs)


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
    if _is_held(session, post_id) and session.execute(left).first() is None:
        runs.close_finding(session, FINDING, _subject(post_id), now)


def _is_held(session: Session, post_id: int) -> bool:
    """Whether the post is shown; nobody else changes that until this transaction ends."""
    shown = select(col(F.id)).where(
        col(F.code) == FINDING, col(F.subject) == _subject(post_id), col(F.closed_at).is_(None)
    )
    return session.execute(shown.with_for_update()).first() is not None


def _subject(post_id: int) -> str:
    return f"post:{post_id}"
