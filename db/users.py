"""Users, their sign-ins and set-up links as rows; refused attempts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from db import tables

U, S, L, F = tables.User, tables.SignIn, tables.SetupLink, tables.SignInFailure


def count(session: Session) -> int:
    """How many users there are, retired ones too."""
    return session.execute(select(func.count()).select_from(U)).scalar() or 0


def find(session: Session, name: str, *, lock: bool = False) -> tables.User | None:
    """The user of that name, whatever the case it is typed in."""
    query = select(U).where(col(U.name) == name.strip().lower())
    return session.execute(query.with_for_update() if lock else query).scalars().first()


def open_sign_in(
    session: Session, token_hash: str, now: datetime
) -> tuple[tables.SignIn, tables.User] | None:
    """The open session of that token and its user."""
    query = (
        select(S, U)
        .join(U, col(U.id) == col(S.user_id))
        .where(col(S.token_hash) == token_hash, col(S.ended_at).is_(None), col(S.expires_at) > now)
        .where(col(U.is_active))
    )
    row = session.execute(query).first()
    return (row[0], row[1]) if row else None


def end_sign_ins(
    session: Session, user_id: int, reason: str, now: datetime, *, but: str | None = None
) -> None:
    """Every open session of the user has ended, except the one of that token hash."""
    query = update(S).where(col(S.user_id) == user_id, col(S.ended_at).is_(None))
    if but is not None:
        query = query.where(col(S.token_hash) != but)
    session.execute(query.values(ended_at=now, ended_reason=reason))


def end_token(session: Session, token_hash: str, reason: str, now: datetime) -> None:
    """The session of that token has ended."""
    query = update(S).where(col(S.token_hash) == token_hash, col(S.ended_at).is_(None))
    session.execute(query.values(ended_at=now, ended_reason=reason))


def open_setup_link(session: Session, token_hash: str, now: datetime) -> tables.SetupLink | None:
    """The set-up link of that token, unless it is used up or too old."""
    query = select(L).where(
        col(L.token_hash) == token_hash, col(L.ended_at).is_(None), col(L.expires_at) > now
    )
    return session.execute(query).scalars().first()


def end_setup_links(session: Session, user_id: int | None, reason: str, now: datetime) -> None:
    """No link of that user (or for the first one) opens anything any more."""
    whose = col(L.user_id).is_(None) if user_id is None else col(L.user_id) == user_id
    session.execute(
        update(L).where(whose, col(L.ended_at).is_(None)).values(ended_at=now, ended_reason=reason)
    )


def use_setup_link(session: Session, token_hash: str, now: datetime) -> bool:
    """Whether the link was open: it is used up now, whoever else comes with it at this moment."""
    query = update(L).where(
        col(L.token_hash) == token_hash, col(L.ended_at).is_(None), col(L.expires_at) > now
    )
    used = session.connection().execute(query.values(ended_at=now, ended_reason="used"))
    return int(used.rowcount) == 1


def has_come_from(session: Session, user_id: int, address: str, since: datetime) -> bool:
    """Whether the user has signed in from that address since then."""
    query = select(col(S.id)).where(
        col(S.user_id) == user_id, col(S.address) == address, col(S.began_at) > since
    )
    return session.execute(query.limit(1)).first() is not None


def forget_sign_ins(session: Session, before: datetime) -> None:
    """Sessions that could not be used any more by then are not on record."""
    session.execute(delete(S).where(col(S.expires_at) <= before))


def failures(session: Session, subject: str, since: datetime) -> int:
    """How many attempts were refused since then."""
    query = select(func.count()).select_from(F).where(col(F.subject) == subject, col(F.at) > since)
    return session.execute(query).scalar() or 0


def forget_failures(session: Session, before: datetime, subject: str | None = None) -> None:
    """Attempts before then are not counted any more, of that subject or of all."""
    query = delete(F).where(col(F.at) <= before)
    session.execute(query if subject is None else query.where(col(F.subject) == subject))


def take_back(session: Session, ids: Sequence[int]) -> None:
    """Those attempts were none."""
    session.execute(delete(F).where(col(F.id).in_(ids)))


def listed(
    session: Session, now: datetime
) -> list[tuple[tables.User, str | None, datetime | None, int, bool]]:
    """Every user with the unit's name, the last sign-in, the number of open sessions, and whether an account at
    the identity provider was given; retired ones last."""
    unit = tables.Unit
    is_open = case((col(S.ended_at).is_(None) & (col(S.expires_at) > now), 1), else_=0)
    came = (
        select(col(S.user_id), func.max(col(S.id)).label("latest"), func.sum(is_open).label("open"))
        .group_by(col(S.user_id))
        .subquery()
    )
    latest, account = aliased(S), tables.ProviderAccount
    query = (
        select(U, col(unit.name), col(latest.began_at), came.c.open, col(account.id))
        .outerjoin(unit, col(unit.id) == col(U.unit_id))
        .outerjoin(came, came.c.user_id == col(U.id))
        .outerjoin(latest, col(latest.id) == came.c.latest)
        .outerjoin(account, col(account.user_id) == col(U.id))
        .order_by(col(U.is_active).desc(), col(U.id))
    )
    return [(row[0], row[1], row[2], int(row[3] or 0), row[4] is not None) for row in session.execute(query)]


def locked(session: Session, user_id: int) -> tables.User | None:
    """The user of that number, whom nobody else changes meanwhile."""
    return session.execute(select(U).where(col(U.id) == user_id).with_for_update()).scalars().first()


def count_admins(session: Session, issuer: str) -> int:
    """How many administrators can sign in, by password or by that identity provider (empty where there is none)."""
    account = tables.ProviderAccount
    by_provider = select(col(account.user_id)).where(col(account.issuer) == issuer)
    able = (col(U.password) != "") | col(U.id).in_(by_provider)
    query = select(func.count()).select_from(U).where(col(U.role) == "admin", col(U.is_active), able)
    return session.execute(query).scalar() or 0


def lock_admins(session: Session) -> list[int]:
    """The numbers of administrators who can sign in; nobody else changes them meanwhile."""
    able = (
        select(U).where(col(U.role) == "admin", col(U.is_active), col(U.password) != "").order_by(col(U.id))
    )
    return [row.id for row in session.execute(able.with_for_update()).scalars() if row.id is not None]


def open_sessions(session: Session, user_id: int, now: datetime) -> list[tables.SignIn]:
    """The user's sessions that have not ended, the one used last first."""
    query = select(S).where(col(S.user_id) == user_id, col(S.ended_at).is_(None), col(S.expires_at) > now)
    return list(session.execute(query.order_by(col(S.seen_at).desc(), col(S.id).desc())).scalars())


def end_own_sign_in(session: Session, user_id: int, number: int, now: datetime) -> None:
    """The session of that number has ended, if it is the user's."""
    query = update(S).where(col(S.id) == number, col(S.user_id) == user_id, col(S.ended_at).is_(None))
    session.execute(query.values(ended_at=now, ended_reason="signed_out"))


def end_all(session: Session, reason: str, now: datetime) -> None:
    """No session and no set-up link opens anything any more."""
    for table in (S, L):
        query = update(table).where(col(table.ended_at).is_(None))
        session.execute(query.values(ended_at=now, ended_reason=reason))
