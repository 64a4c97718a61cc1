"""Reminders: each key once, and every one with an end that is written down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, select, update
from sqlmodel import Session, col

from db import tables
from db.session import insert_or_update
from db.units import stored_id
from engine.model import Owed, Reason, Rule

R = tables.Reminder
SENT = ("composed", "accepted", "given_up")
BY_DATE = ("newer_step", "date_passed", "plan_ended")  # reasons of endings that a day alone brings about
KEY = ("obligation", "rule", "anchor", "step", "post_id")
Key = tuple[str, str, str, int]


def key_of(owed: Owed) -> Key:
    """The part of a reminder's key that does not name the post."""
    return owed.obligation, owed.rule.value, owed.anchor, owed.step


def row_of(
    owed: Owed, post_id: int, plan_id: int, subtask_id: int, now: datetime, superseded: bool
) -> dict[str, Any]:
    """The row of a reminder; a missed one is born superseded."""
    return {
        "obligation": owed.obligation,
        "rule": owed.rule.value,
        "anchor": owed.anchor,
        "step": owed.step,
        "post_id": post_id,
        "plan_id": plan_id,
        "subtask_id": subtask_id,
        "nominal_on": owed.nominal_on,
        "reason": [owed.reason.code, [list(pair) for pair in owed.reason.inputs]],
        "state": "superseded" if superseded else "pending",
        "created_at": now,
        "ended_at": now if superseded else None,
        "ended_reason": "missed" if superseded else "",
    }


def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> int:
    """Stores the rows whose key is new, and opens those again that were withdrawn unsaid; returns how many."""
    table = R.__table__  # type: ignore[attr-defined]
    unsaid = and_(table.c.state == "withdrawn", table.c.message_id.is_(None))
    return insert_or_update(
        session.connection(), table, KEY, rows, lambda new: and_(unsaid, new.state == "pending")
    )


def pending_of_subtasks(session: Session, ids: Sequence[int], on: date) -> list[Any]:
    """(id, post_id, subtask_id, obligation, rule, anchor, step) of what is pending by that day."""
    query = select(
        col(R.id),
        col(R.post_id),
        col(R.subtask_id),
        col(R.obligation),
        col(R.rule),
        col(R.anchor),
        col(R.step),
    ).where(col(R.subtask_id).in_(ids), col(R.state) == "pending", col(R.nominal_on) <= on)
    return list(session.execute(query).all())


def end(session: Session, ids: Iterable[int], state: str, reason: str, now: datetime) -> int:
    """Ends reminders that are still pending; returns how many that were."""
    keys = list(ids)
    if not keys:
        return 0
    statement = update(R).where(col(R.id).in_(keys), col(R.state) == "pending")
    return _count(session, statement.values(state=state, ended_reason=reason, ended_at=now))


def take_back(session: Session, plan_id: int, on: date, now: datetime) -> None:
    """Endings for which only days after ``now`` were the reason are undone; steps missed then are unknown again."""
    later = (col(R.plan_id) == plan_id, col(R.state).in_(("superseded", "withdrawn")), col(R.ended_at) > now)
    session.execute(delete(R).where(*later, col(R.ended_reason) == "missed", col(R.nominal_on) >= on))
    undone = update(R).where(*later, col(R.ended_reason).in_(BY_DATE))
    session.execute(undone.values(state="pending", ended_at=None, ended_reason=""))


def waiting_posts(session: Session, latest: date) -> list[int]:
    """Posts to which something pending is owed by that day."""
    query = select(col(R.post_id)).where(col(R.state) == "pending", col(R.nominal_on) <= latest)
    return sorted(set(session.execute(query.distinct()).scalars()))


def pending_of_post(session: Session, post_id: int, latest: date) -> list[tables.Reminder]:
    """The pending reminders of a post whose day has come, oldest first, locked for this transaction.

    Those that somebody else is ending at this moment are left out.
    """
    query = select(R).where(col(R.post_id) == post_id, col(R.state) == "pending", col(R.nominal_on) <= latest)
    locked = query.with_for_update(skip_locked=True, key_share=True)
    return list(session.execute(locked.order_by(col(R.nominal_on), col(R.id))).scalars())


def newest_of_post(session: Session, post_id: int, latest: date) -> list[tables.Reminder]:
    """What is pending for a post, else what its last message carried; nothing is locked."""
    own = select(R).where(col(R.post_id) == post_id).order_by(col(R.nominal_on), col(R.id))
    pending = own.where(col(R.state) == "pending", col(R.nominal_on) <= latest)
    last = select(func.max(col(R.message_id))).where(col(R.post_id) == post_id).scalar_subquery()
    found = list(session.execute(pending).scalars())
    return found or list(session.execute(own.where(col(R.message_id) == last)).scalars())


def of_message(session: Session, message_id: int) -> list[tables.Reminder]:
    """The reminders that a message carries."""
    query = select(R).where(col(R.message_id) == message_id).order_by(col(R.id))
    return list(session.execute(query).scalars())


def plans_of_message(session: Session, message_id: int) -> list[int]:
    """The plans of which a message speaks."""
    query = select(col(R.plan_id)).where(col(R.message_id) == message_id).distinct()
    return list(session.execute(query).scalars())


def times_sent(session: Session, post_id: int, rows: Sequence[tables.Reminder]) -> dict[int, int]:
    """For each reminder by id, how many of its episode went to that post before."""
    obligations = sorted({row.obligation for row in rows})
    counted = session.execute(_SENT, {"post": post_id, "obligations": obligations}).all()
    before = {(obligation, rule, anchor): count for obligation, rule, anchor, count in counted}
    return {stored_id(row.id): before.get((row.obligation, row.rule, row.anchor), 0) for row in rows}


def join(session: Session, reminder: tables.Reminder, message_id: int, number: int) -> bool:
    """Whether the reminder was still pending and now belongs to the message."""
    statement = update(R).where(col(R.id) == reminder.id, col(R.state) == "pending")
    return _count(session, statement.values(state="composed", message_id=message_id, number=number)) == 1


def release(session: Session, ids: Iterable[int]) -> None:
    """Reminders of a message that will not leave wait again for a slot."""
    statement = update(R).where(col(R.id).in_(list(ids)), col(R.state) == "composed")
    session.execute(statement.values(state="pending", message_id=None, number=None))


def take_arrival_back(session: Session, message_id: int) -> None:
    """The reminders of a message that counted as arrived are its own again, as before its verdict."""
    statement = update(R).where(col(R.message_id) == message_id, col(R.state) == "accepted")
    session.execute(statement.values(state="composed", ended_at=None, ended_reason=""))


def take_giving_up_back(session: Session, message_id: int) -> None:
    """The reminders of a message that was given up are its own again, for it is sent once more."""
    statement = update(R).where(col(R.message_id) == message_id, col(R.state) == "given_up")
    session.execute(statement.values(state="composed", ended_at=None, ended_reason=""))


def settle(session: Session, message_id: int, state: str, reason: str, now: datetime) -> None:
    """The reminders of a message share its end."""
    statement = update(R).where(col(R.message_id) == message_id, col(R.state) == "composed")
    session.execute(statement.values(state=state, ended_reason=reason, ended_at=now))


def reason_of(row: tables.Reminder) -> Reason:
    """The reason as a value again."""
    code, inputs = row.reason
    return Reason(code, tuple((name, value) for name, value in inputs))


def rule_of(row: tables.Reminder) -> Rule:
    """The rule as a value again."""
    return Rule(row.rule)


def _count(session: Session, statement: Any) -> int:
    return int(session.connection().execute(statement).rowcount)


_SENT = (
    select(col(R.obligation), col(R.rule), col(R.anchor), func.count())
    .where(col(R.post_id) == bindparam("post"), col(R.state).in_(SENT))
    .where(col(R.obligation).in_(bindparam("obligations", expanding=True)))
    .group_by(col(R.obligation), col(R.rule), col(R.anchor))
)
