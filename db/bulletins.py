"""Bulletins: which there are, which wait for approval, and the messages that wait with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import defer
from sqlmodel import Session, col

from db import tables
from db.outbox import APART
from engine.errors import DubanError

B, M, P = tables.Bulletin, tables.Message, tables.Post


def listed(session: Session, plan_id: int | None = None, limit: int = 200) -> list[tables.Bulletin]:
    """The newest first, of one plan or of all; what they hold is loaded only where it is asked for."""
    light = defer(B.content)  # type: ignore[arg-type]
    query = select(B).options(light).order_by(col(B.on).desc(), col(B.id).desc()).limit(limit)
    return list(
        session.execute(query if plan_id is None else query.where(col(B.plan_id) == plan_id)).scalars()
    )


def find(session: Session, number: int, *, lock: bool = False) -> tables.Bulletin:
    """The bulletin of that id, on request locked until the transaction ends. Raises DubanError NO_SUCH_BULLETIN."""
    query = select(B).where(col(B.id) == number)
    query = query.with_for_update(key_share=True) if lock else query
    row: tables.Bulletin | None = session.execute(query).scalars().first()
    if row is None:
        raise DubanError("NO_SUCH_BULLETIN", f"没有编号为 {number} 的通报：编号见 duban bulletin list。")
    return row


def counts(session: Session, rows: Sequence[tables.Bulletin]) -> dict[int, dict[str, int]]:
    """By id of the bulletin, how many of its messages are in each state."""
    states: dict[tuple[int, str, str], dict[str, int]] = {}
    plans = {row.plan_id for row in rows}
    grouped = (col(M.plan_id), col(M.kind), col(M.period), col(M.state))
    query = select(*grouped, func.count()).where(col(M.plan_id).in_(plans), col(M.period).is_not(None))
    for plan_id, kind, period, state, number in session.execute(query.group_by(*grouped)):
        states.setdefault((plan_id, kind, period), {})[state] = number
    return {row.id or 0: states.get((row.plan_id, row.kind, row.period), {}) for row in rows}


@dataclass(frozen=True, slots=True)
class Told:
    """A message of a bulletin: for whom it is and what became of it."""

    id: int
    unit: str
    recipient: str
    post_kind: str
    channel: str
    subject: str
    state: str
    ended_reason: str
    attempts: int

    @property
    def is_apart(self) -> bool:
        """Whether it stays held when the rest of its bulletin is approved."""
        return self.state == "held" and self.ended_reason == APART


def messages_of(session: Session, row: tables.Bulletin) -> list[Told]:
    """The messages of the bulletin that were not replaced, by unit and post; what coordinators get comes first."""
    unit = tables.Unit
    columns = (
        M.id,
        unit.name,
        M.recipient,
        P.kind,
        M.channel,
        M.subject,
        M.state,
        M.ended_reason,
        M.attempts,
    )
    query = (
        select(*(col(one) for one in columns))
        .join(P, col(P.id) == col(M.post_id))
        .join(unit, col(unit.id) == col(P.unit_id))
        .where(*_of(row, None))
        .order_by(col(P.kind) != "coordinator", col(unit.id), col(P.id), col(M.id))
    )
    return [Told(*found) for found in session.execute(query)]


def let_go(session: Session, row: tables.Bulletin, at: datetime, unit_id: int | None = None) -> int:
    """The held messages of the bulletin, or only a unit's, wait to be sent; returns how many.

    Without a unit those that were held apart stay held.
    """
    conditions = [*_of(row, unit_id), col(M.state) == "held"]
    if unit_id is None:
        conditions.append(col(M.ended_reason) != APART)
    return _changed(session, conditions, state="waiting", ended_reason="", next_attempt_at=at)


def hold(session: Session, row: tables.Bulletin, unit_id: int | None = None) -> int:
    """Messages of the bulletin that were never attempted are held, a unit's apart from the rest; returns how many."""
    conditions = [*_of(row, unit_id), col(M.state).in_(("waiting", "held")), col(M.attempts) == 0]
    if unit_id is None:
        return _changed(session, [*conditions, col(M.state) == "waiting"], state="held")
    return _changed(session, conditions, state="held", ended_reason=APART)


def end_held(
    session: Session,
    row: tables.Bulletin,
    state: str,
    reason: str,
    now: datetime,
    unit_id: int | None = None,
) -> int:
    """The held messages of the bulletin, or only a unit's, have ended; returns how many."""
    conditions = [*_of(row, unit_id), col(M.state) == "held"]
    return _changed(session, conditions, state=state, ended_reason=reason, ended_at=now)


def held_messages(session: Session, row: tables.Bulletin) -> int:
    """How many messages of the bulletin are held."""
    query = select(func.count()).select_from(M).where(*_of(row, None), col(M.state) == "held")
    return int(session.execute(query).scalar_one())


def with_held_messages(session: Session, plan_id: int, kind: str, but: str) -> list[tables.Bulletin]:
    """The bulletins of other periods that wait themselves or of which a message was held apart."""
    waiting = (
        select(col(M.id))
        .where(
            col(M.plan_id) == plan_id,
            col(M.kind) == kind,
            col(M.period) == col(B.period),
            col(M.state) == "held",
        )
        .correlate(B)
        .exists()
    )
    query = select(B).where(col(B.plan_id) == plan_id, col(B.kind) == kind, col(B.period) != but)
    return list(
        session.execute(query.where((col(B.state) == "held") | waiting).order_by(col(B.id))).scalars()
    )


def _of(row: tables.Bulletin, unit_id: int | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        col(M.plan_id) == row.plan_id,
        col(M.kind) == row.kind,
        col(M.period) == row.period,
    ]
    if unit_id is not None:
        conditions.append(col(M.post_id).in_(select(col(P.id)).where(col(P.unit_id) == unit_id)))
    return conditions


def _changed(session: Session, conditions: list[ColumnElement[bool]], **values: Any) -> int:
    return int(session.connection().execute(update(M).where(*conditions).values(**values)).rowcount)
