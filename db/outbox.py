"""Messages and their attempts: frozen text, claimed by lease, ended by a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlmodel import Session, col

from db import tables

M = tables.Message
D = tables.Delivery
LIVE = ("waiting", "sending", "accepted", "given_up")


def add(session: Session, message: tables.Message) -> int:
    """Stores the message; returns its id."""
    session.add(message)
    session.flush()
    assert message.id is not None
    return message.id


def count_of_slot(session: Session, post_id: int, kind: str, channel: str, slot_on: date) -> tuple[int, int]:
    """How many messages that recipient has for the slot on that channel: (still standing, ever)."""
    query = select(col(M.state)).where(
        col(M.post_id) == post_id,
        col(M.kind) == kind,
        col(M.channel) == channel,
        col(M.slot_on) == slot_on,
    )
    states = list(session.execute(query).scalars())
    return sum(state in LIVE for state in states), len(states)


def unsent_before(
    session: Session, post_id: int, kind: str, slot_on: date, plan_id: int | None = None
) -> list[tables.Message]:
    """Earlier messages to that post that still wait and may have reached nobody."""
    conditions = [col(M.post_id) == post_id, col(M.kind) == kind, col(M.slot_on) < slot_on]
    if plan_id is not None:
        conditions.append(col(M.plan_id) == plan_id)
    query = select(M).where(*conditions, col(M.state) == "waiting").order_by(col(M.id))
    return list(session.execute(query).scalars())


def end(session: Session, message_id: int, state: str, reason: str, now: datetime) -> bool:
    """Whether the message was still waiting and has now ended."""
    statement = update(M).where(col(M.id) == message_id, col(M.state) == "waiting")
    ended = statement.values(state=state, ended_reason=reason, ended_at=now)
    return int(session.connection().execute(ended).rowcount) == 1


def due(session: Session, now: datetime, limit: int) -> list[int]:
    """Ids of messages to attempt: waiting and due, or left by a worker whose lease ran out."""
    query = (
        select(col(M.id))
        .where(
            or_(
                and_(col(M.state) == "waiting", col(M.next_attempt_at) <= now),
                and_(col(M.state) == "sending", col(M.lease_until) <= now),
            )
        )
        .order_by(col(M.next_attempt_at), col(M.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(session.execute(query).scalars())


def claim(session: Session, message: tables.Message, now: datetime, lease: timedelta) -> int:
    """Leases the message and writes down the attempt before anything is sent; returns the attempt."""
    message.state = "sending"
    message.lease_until = now + lease
    message.epoch += 1
    message.attempts += 1
    session.add(message)
    assert message.id is not None
    session.add(D(message_id=message.id, attempt=message.attempts, epoch=message.epoch, started_at=now))
    return message.attempts


def open_attempt(session: Session, message_id: int) -> tables.Delivery | None:
    """The attempt that has no verdict, if there is one."""
    query = select(D).where(col(D.message_id) == message_id, col(D.verdict).is_(None))
    return session.execute(query.order_by(col(D.attempt).desc())).scalars().first()


def last_verdict(session: Session, message_id: int) -> str | None:
    """The verdict of the latest finished attempt."""
    query = select(col(D.verdict)).where(col(D.message_id) == message_id, col(D.verdict).is_not(None))
    return session.execute(query.order_by(col(D.attempt).desc()).limit(1)).scalar()


def attempts_of(session: Session, message_id: int) -> list[tables.Delivery]:
    """Every attempt at the message, in order."""
    query = select(D).where(col(D.message_id) == message_id).order_by(col(D.attempt))
    return list(session.execute(query).scalars())


def write_verdict(
    session: Session, message_id: int, epoch: int, verdict: str, detail: str, now: datetime
) -> bool:
    """Whether the verdict counts: false when another worker has claimed the message since."""
    session.execute(
        update(D)
        .where(col(D.message_id) == message_id, col(D.epoch) == epoch, col(D.verdict).is_(None))
        .values(verdict=verdict, detail=detail, finished_at=now)
    )
    held = update(M).where(col(M.id) == message_id, col(M.epoch) == epoch, col(M.state) == "sending")
    return int(session.connection().execute(held.values(lease_until=None)).rowcount) == 1


def finish(session: Session, message_id: int, **values: Any) -> None:
    """The message has the state that its verdict leads to."""
    session.execute(update(M).where(col(M.id) == message_id).values(**values))


def counts(session: Session) -> dict[str, int]:
    """Number of messages in each state."""
    query = select(col(M.state), func.count()).group_by(col(M.state))
    return {row[0]: row[1] for row in session.execute(query)}


def recent(session: Session, limit: int, states: Sequence[str] = ()) -> list[tables.Message]:
    """The newest messages first."""
    query = select(M)
    if states:
        query = query.where(col(M.state).in_(states))
    return list(
        session.execute(query.order_by(col(M.slot_at).desc(), col(M.id).desc()).limit(limit)).scalars()
    )
