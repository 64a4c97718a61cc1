"""Receipts: what vendors said later of accepted messages, by person, each answer once for each time it was sent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from db import tables
from db.session import insert_new

M, D, R = tables.Message, tables.Delivery, tables.Receipt
SETTLED = ("read", "refused")


@dataclass(frozen=True, slots=True)
class Asked:
    """An accepted message of which somebody may still have to be asked, with its tickets at the far end."""

    message_id: int
    channel: str
    accepted_at: datetime
    tickets: tuple[str, ...]


def to_ask(session: Session, plan_id: int, channels: Collection[str], since: datetime) -> list[Asked]:
    """The plan's messages accepted since then on these channels that not everybody has read or refused yet, oldest first.

    Of a message that was sent again nothing counts that was said of it before, nor its tickets of then.
    """
    query = (
        select(col(M.id), col(M.channel), col(M.ended_at), col(D.ticket))
        .join(D, col(D.message_id) == col(M.id))
        .where(col(M.plan_id) == plan_id, col(M.state) == "accepted", col(M.ended_at) >= since)
        .where(col(M.channel).in_(channels), col(D.verdict) == "accepted", col(D.ticket) != "", _is_open())
        .where(col(D.attempt) > _answered_before())
        .order_by(col(M.ended_at), col(M.id), col(D.attempt))
    )
    found: dict[int, Asked] = {}
    for key, channel, at, ticket in session.execute(query):
        before = found[key].tickets if key in found else ()
        found[key] = Asked(key, channel, at, (*before, ticket))
    return list(found.values())


def _is_open() -> ColumnElement[bool]:
    """Nobody has answered for good, or somebody of whom more is known has not."""
    one, final = aliased(R), aliased(R)
    ended = and_(
        col(final.message_id) == col(M.id),
        col(final.attempt) == col(M.attempts),
        col(final.answer).in_(SETTLED),
    )
    left = and_(
        col(one.message_id) == col(M.id),
        col(one.attempt) == col(M.attempts),
        ~exists().where(ended, col(final.person) == col(one.person)),
    )
    return or_(~exists().where(ended), exists().where(left))


def _answered_before() -> ColumnElement[int]:
    """The last attempt at the message of which something was said before it was sent again; 0 where none was."""
    query = select(func.coalesce(func.max(col(R.attempt)), 0))
    earlier = query.where(col(R.message_id) == col(M.id), col(R.attempt) < col(M.attempts))
    return earlier.correlate(M).scalar_subquery()


def add(session: Session, message_id: int, answers: Iterable[tuple[str, str, str]], now: datetime) -> int:
    """Stores (person, answer, reason) where that person's answer to the last attempt is new; returns how many were."""
    attempt = session.execute(select(col(M.attempts)).where(col(M.id) == message_id)).scalar_one()
    said = {"message_id": message_id, "attempt": attempt, "at": now}
    rows = [
        {**said, "person": person, "answer": answer, "reason": reason} for person, answer, reason in answers
    ]
    return insert_new(session.connection(), R.__table__, rows) if rows else 0  # type: ignore[attr-defined]


def of_messages(session: Session, ids: Sequence[int]) -> dict[int, list[tables.Receipt]]:
    """The receipts of each message, in order."""
    found: dict[int, list[tables.Receipt]] = {}
    for start in range(0, len(ids), 500):
        chunk = ids[start : start + 500]
        query = select(R).where(col(R.message_id).in_(chunk)).order_by(col(R.at), col(R.id))
        for row in session.execute(query).scalars():
            found.setdefault(row.message_id, []).append(row)
    return found
