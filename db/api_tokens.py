"""Tokens of other systems as rows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select, update
from sqlmodel import Session, col

from db import tables

T = tables.ApiToken


def listed(session: Session) -> list[tuple[tables.ApiToken, str | None]]:
    """Every token with the name of its unit, the newest first."""
    unit = tables.Unit
    query = select(T, col(unit.name)).outerjoin(unit, col(unit.id) == col(T.unit_id))
    return [(row[0], row[1]) for row in session.execute(query.order_by(col(T.id).desc()))]


def named(session: Session, name: str) -> bool:
    """Whether a token has, or had, that name."""
    return session.execute(select(col(T.id)).where(col(T.name) == name)).first() is not None


def open_token(session: Session, token_hash: str, now: datetime) -> tables.ApiToken | None:
    """The token of that hash, unless it is revoked or too old."""
    query = select(T).where(
        col(T.token_hash) == token_hash,
        col(T.revoked_at).is_(None),
        or_(col(T.expires_at).is_(None), col(T.expires_at) > now),
    )
    return session.execute(query).scalars().first()


def see(session: Session, token_hash: str, now: datetime) -> None:
    """The token was used at that moment."""
    session.execute(update(T).where(col(T.token_hash) == token_hash).values(seen_at=now))
