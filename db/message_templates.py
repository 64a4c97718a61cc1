"""The office's own templates of messages, version by version."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from db import tables
from db.session import insert_new

T = tables.TemplateVersion
_NEWEST = select(func.max(col(T.id))).group_by(col(T.kind), col(T.locale))
_IN_FORCE = select(col(T.kind), col(T.locale), col(T.source)).where(
    col(T.id).in_(_NEWEST), col(T.source).is_not(None)
)


def in_force(session: Session) -> dict[tuple[str, str], str]:
    """The source in force by kind and locale; a kind that goes by the shipped one is not there."""
    return {(kind, locale): source for kind, locale, source in session.execute(_IN_FORCE)}


def newest(session: Session, kind: str, locale: str) -> tables.TemplateVersion | None:
    """The version that counts, if there ever was one."""
    return next(iter(history(session, kind, locale, most=1)), None)


def history(session: Session, kind: str, locale: str, most: int = 100) -> list[tables.TemplateVersion]:
    """The versions, the newest first."""
    own = col(T.kind) == kind, col(T.locale) == locale
    query = select(T).where(*own).order_by(col(T.version).desc()).limit(most)
    return list(session.execute(query).scalars())


def version_at(session: Session, kind: str, locale: str, version: int) -> tables.TemplateVersion | None:
    """One version."""
    own = col(T.kind) == kind, col(T.locale) == locale, col(T.version) == version
    return session.execute(select(T).where(*own)).scalars().first()


def add(
    session: Session,
    kind: str,
    locale: str,
    version: int,
    source: str | None,
    note: str,
    who: str,
    now: datetime,
) -> bool:
    """Whether the version is stored; not if somebody else has stored one with that number meanwhile."""
    row = {
        "kind": kind,
        "locale": locale,
        "version": version,
        "source": source,
        "note": note,
        "created_at": now,
        "created_by": who,
    }
    return insert_new(session.connection(), T.__table__, [row]) == 1  # type: ignore[attr-defined]
