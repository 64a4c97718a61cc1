"""The sealed record: each decision carries the hash of the one before, in the order in which they were stored."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, text, update
from sqlmodel import Session, SQLModel, col

from db import fingerprints, tables
from db.types import UtcDateTime

HEAD = "audit_head"  # the mark that names the end of the chain
BEGINNING = "0" * 64
ROWS = "rows"  # in an event's details: the rows that were decided, each with its fingerprint
_NEW = "new_events"  # where a session remembers what is to be sealed


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: the last sealed event, or the beginning of an empty one."""

    segment: int
    sequence: int
    hash: str

    @property
    def shown(self) -> str:
        """As people compare it: segment, number and the first half of the hash."""
        return f"{self.segment}-{self.sequence} {self.hash[:32]}"


def remember(session: Session, event: tables.Event, rows: Sequence[SQLModel] = ()) -> None:
    """The event is stored and will be sealed at the end of the transaction, with what the rows say then."""
    session.add(event)
    session.info.setdefault(_NEW, []).append((event, tuple(rows)))


def seal(session: Session) -> None:
    """Every event of this session follows the last one of the chain; called just before the commit.

    The head is the last row that a transaction locks: writers on PostgreSQL wait for one another here only.
    """
    new: list[tuple[tables.Event, tuple[SQLModel, ...]]] = session.info.pop(_NEW, [])
    if not new:
        return
    session.flush()
    for event, rows in new:
        prints = {fingerprints.reference(row): fingerprints.fingerprint(session, row) for row in rows}
        event.details = _as_stored({**event.details, **({ROWS: prints} if prints else {})})
    end = _locked_head(session, new[-1][0].at)
    for event, _ in new:
        end = _follow(event, end)
    _store_head(session, end, new[-1][0].at)
    session.flush()


def seal_older(connection: Connection) -> None:
    """Events from before there was a chain are sealed in their order; for the migration that begins it."""
    table = tables.Event.__table__  # type: ignore[attr-defined]
    kept = [
        table.c[name] for name in ("id", "at", "who", "what", "plan_id", "subtask_id", "reason", "details")
    ]
    events = [
        tables.Event(**row) for row in connection.execute(select(*kept).order_by(table.c.id)).mappings()
    ]
    if not events:
        return
    end = Head(1, 0, BEGINNING)
    for event in events:
        end = _follow(event, end)
    sealed = ("segment", "sequence", "previous_hash", "hash")
    rows = [{"key": event.id, **{name: getattr(event, name) for name in sealed}} for event in events]
    connection.execute(update(table).where(table.c.id == bindparam("key")), rows)
    connection.execute(_BEGIN, {"name": HEAD, "value": _written(end), "at": events[-1].at})


def begin_segment(session: Session, now: datetime) -> None:
    """The next event opens a new segment; its first row still carries the hash of the one before."""
    end = _locked_head(session, now)
    _store_head(session, Head(end.segment + 1, 0, end.hash), now)


def head(session: Session) -> Head:
    """The end of the chain as of this transaction's picture."""
    stored = session.execute(_HEAD).scalar()
    return _read(stored) if stored else Head(1, 0, BEGINNING)


def hash_of(event: tables.Event) -> str:
    """The hash that a sealed event must carry."""
    return fingerprints.digest(
        {
            "segment": event.segment,
            "sequence": event.sequence,
            "previous": event.previous_hash,
            "at": event.at,
            "who": event.who,
            "what": event.what,
            "plan": event.plan_id,
            "subtask": event.subtask_id,
            "reason": event.reason,
            "details": event.details,
        }
    )


def _follow(event: tables.Event, end: Head) -> Head:
    event.segment, event.sequence, event.previous_hash = end.segment, end.sequence + 1, end.hash
    event.hash = hash_of(event)
    return Head(end.segment, end.sequence + 1, event.hash)


def _as_stored(details: dict[str, Any]) -> dict[str, Any]:
    """The details as the database will give them back: a JSON object has text for keys."""
    found: dict[str, Any] = json.loads(json.dumps(details))
    return found


def _locked_head(session: Session, now: datetime) -> Head:
    session.execute(_BEGIN, {"name": HEAD, "value": _written(Head(1, 0, BEGINNING)), "at": now})
    return _read(session.execute(_HEAD.with_for_update()).scalar_one())


def _store_head(session: Session, end: Head, now: datetime) -> None:
    mark = tables.Mark
    session.execute(
        update(mark)
        .where(col(mark.name) == HEAD)
        .values(value=_written(end), at=now)
        .execution_options(synchronize_session=False)
    )


def _written(end: Head) -> str:
    return f"{end.segment} {end.sequence} {end.hash}"


def _read(value: str) -> Head:
    segment, sequence, hashed = value.split()
    return Head(int(segment), int(sequence), hashed)


_HEAD = select(col(tables.Mark.value)).where(col(tables.Mark.name) == HEAD)
_BEGIN = text(
    "INSERT INTO marks (name, value, at) VALUES (:name, :value, :at) ON CONFLICT DO NOTHING"
).bindparams(bindparam("at", type_=UtcDateTime))
