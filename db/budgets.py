"""The durable budgets of channels: sends that were begun, counted across workers and restarts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlmodel import Session, col

from db import tables
from db.turns import Matter, take_turn
from engine.budgets import Spend

S = tables.Spending
KEPT = timedelta(days=2)  # rows older than this weigh on no budget


def lock(session: Session, budget: str) -> None:
    """Whoever wants to spend from this budget waits until this transaction has ended."""
    take_turn(session, Matter.BUDGET, budget)


def spends(session: Session, budget: str, seconds: int, now: datetime) -> list[Spend]:
    """The sends that may weigh on the budget now.

    What a clock that was set back has left in the future counts as sent now: it can do no more harm than that.
    """
    ahead = now + timedelta(seconds=seconds)
    moved = update(S).where(col(S.budget) == budget, col(S.reserved_at) > ahead)
    session.execute(moved.values(reserved_at=now, finished_at=now, expires_at=now))
    session.execute(delete(S).where(col(S.budget) == budget, col(S.reserved_at) < now - KEPT))
    ended = func.coalesce(col(S.finished_at), col(S.expires_at))
    query = select(col(S.reserved_at), col(S.finished_at), col(S.expires_at)).where(
        col(S.budget) == budget, ended > now - timedelta(seconds=seconds)
    )
    return [Spend(began, finished or expires) for began, finished, expires in session.execute(query)]


def reserve(session: Session, budget: str, now: datetime, expires_at: datetime) -> int:
    """One send is taken out of the budget; returns its id."""
    row = S(budget=budget, reserved_at=now, expires_at=expires_at)
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def finish(session: Session, ids: Iterable[int], now: datetime) -> None:
    """The sends are over: from now on they weigh for their span and no longer."""
    session.execute(update(S).where(col(S.id).in_(list(ids))).values(finished_at=now))
