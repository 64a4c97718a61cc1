"""Mails that came in: each taken once, and what they answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from db import tables
from db.session import insert_new

I = tables.IncomingMail  # noqa: E741 - as the other modules name their table
ANSWERING = ("lead", "co_lead")


def claim(session: Session, message_id: str, sender: str, subject: str, now: datetime) -> bool:
    """Whether this mail is new; it is on record from now on."""
    row = {
        "rfc_message_id": message_id,
        "received_at": now,
        "sender": sender,
        "subject": subject,
        "post_id": None,
        "state": "ignored",
        "detail": "",
    }
    return insert_new(session.connection(), I.__table__, [row]) == 1  # type: ignore[attr-defined]


def settle(
    session: Session,
    message_id: str,
    state: str,
    post_id: int | None,
    detail: str,
    inputs: Mapping[str, Any] | None = None,
) -> None:
    """What became of it is on record; ``inputs`` are what the detail is made of."""
    statement = update(I).where(col(I.rfc_message_id) == message_id)
    session.execute(statement.values(state=state, post_id=post_id, detail=detail, inputs=dict(inputs or {})))


def answered(session: Session, answers: Sequence[str]) -> tables.Message | None:
    """Our message that the mail answers; the nearest reference that is one of ours."""
    table = tables.Message
    for one in answers:
        found: tables.Message | None = (
            session.execute(select(table).where(col(table.rfc_message_id) == one)).scalars().first()
        )
        if found is not None:
            return found
    return None


def is_from(session: Session, message: tables.Message, sender: str) -> bool:
    """Whether the sender is whom the message went to, or holds the post now."""
    contact = tables.Contact
    query = select(col(contact.email)).where(
        col(contact.post_id) == message.post_id, col(contact.ended_at).is_(None)
    )
    known = {message.address, *(email for email in session.execute(query).scalars() if email)}
    return bool(sender) and sender.casefold() in {one.casefold() for one in known if one}


def subtasks_of_unit(session: Session, unit_id: int) -> list[int]:
    """The sub-tasks that the unit leads in plans that are followed, in the plans' order."""
    work, task, plan = tables.Assignment, tables.SubTask, tables.Plan
    query = (
        select(col(task.id), col(task.plan_id), col(task.position))
        .join(work, col(work.subtask_id) == col(task.id))
        .join(plan, col(plan.id) == col(task.plan_id))
        .where(col(work.unit_id) == unit_id, col(work.role).in_(ANSWERING), col(plan.state) == "active")
        .order_by(col(task.plan_id), col(task.position))
        .distinct()
    )
    return [row[0] for row in session.execute(query)]


def recent(session: Session, limit: int) -> list[tables.IncomingMail]:
    """What came in, the newest first."""
    return list(session.execute(select(I).order_by(col(I.id).desc()).limit(limit)).scalars())
