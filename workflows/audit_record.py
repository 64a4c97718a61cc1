"""The record as people read it: who decided what, when and why, of everything or of one sub-task."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from db import tables
from db.references import find_subtask

E = tables.Event


def record_of(
    session: Session, subtask: str | None = None, plan: str | None = None, limit: int | None = None
) -> list[tables.Event]:
    """The decisions in the order of the chain; with ``limit`` the last ones only.

    Raises DubanError for a sub-task that is not there.
    """
    query = select(E)
    if subtask is not None:
        query = query.where(col(E.subtask_id) == find_subtask(session, subtask, plan).id)
    query = query.order_by(col(E.segment).desc(), col(E.sequence).desc(), col(E.id).desc())
    rows = session.execute(query if limit is None else query.limit(limit)).scalars()
    return list(reversed(list(rows)))


def record_of_subtask(session: Session, subtask_id: int, limit: int) -> list[tables.Event]:
    """The last decisions about the sub-task, the newest first."""
    query = select(E).where(col(E.subtask_id) == subtask_id).order_by(col(E.id).desc()).limit(limit)
    return list(session.execute(query).scalars())


def as_values(event: tables.Event) -> dict[str, Any]:
    """All of the event, seal included: whoever has these lines can compute the hashes again."""
    return {
        "id": event.id,
        "segment": event.segment,
        "sequence": event.sequence,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "who": event.who,
        "what": event.what,
        "plan": event.plan_id,
        "subtask": event.subtask_id,
        "reason": event.reason,
        "details": event.details,
        "previous": event.previous_hash,
        "hash": event.hash,
    }


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which decisions somebody looks for; empty values ask for all. ``until`` is not included."""

    who: str = ""
    what: str = ""
    subtask: str = ""
    since: datetime | None = None
    until: datetime | None = None


def find_events(session: Session, wanted: Wanted, start: int, most: int) -> list[tables.Event]:
    """So many of the decisions, the newest first. Raises DubanError for a sub-task that is not there."""
    query = select(E).where(*_conditions(session, wanted))
    query = query.order_by(col(E.segment).desc(), col(E.sequence).desc(), col(E.id).desc())
    return list(session.execute(query.offset(start).limit(most)).scalars())


def count_events(session: Session, wanted: Wanted) -> int:
    """How many there are. Raises as :func:`find_events` does."""
    query = select(func.count()).select_from(E).where(*_conditions(session, wanted))
    return int(session.execute(query).scalar_one())


def people_of(session: Session) -> list[str]:
    """Everybody who stands on the record."""
    return list(session.execute(select(col(E.who)).distinct().order_by(col(E.who))).scalars())


def kinds_of(session: Session) -> list[str]:
    """Every kind of decision on the record."""
    return list(session.execute(select(col(E.what)).distinct().order_by(col(E.what))).scalars())


def _conditions(session: Session, wanted: Wanted) -> list[ColumnElement[bool]]:
    found = []
    if wanted.who:
        found.append(col(E.who) == wanted.who)
    if wanted.what:
        found.append(col(E.what) == wanted.what)
    if wanted.subtask:
        found.append(col(E.subtask_id) == find_subtask(session, wanted.subtask, None).id)
    if wanted.since:
        found.append(col(E.at) >= wanted.since)
    if wanted.until:
        found.append(col(E.at) < wanted.until)
    return found
