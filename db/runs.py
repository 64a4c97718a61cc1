"""The ledger of whole-plan duties, bulletins, open findings and small marks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlmodel import Session, SQLModel, col

from db import audit, tables
from db.session import insert_new

F = tables.Finding


def claim(
    session: Session, workflow: str, plan_id: int, period: str, state: str, now: datetime, detail: str = ""
) -> bool:
    """Whether this (workflow, plan, period) was not in the ledger before; now it is."""
    row = {
        "workflow": workflow,
        "plan_id": plan_id,
        "period": period,
        "state": state,
        "at": now,
        "detail": detail,
    }
    return insert_new(session.connection(), tables.Run.__table__, [row]) == 1  # type: ignore[attr-defined]


def take_back(session: Session, plan_id: int, now: datetime) -> None:
    """What was found missed after ``now`` is not in the ledger any more."""
    run = tables.Run
    later = delete(run).where(col(run.plan_id) == plan_id, col(run.at) > now, col(run.state) != "done")
    session.execute(later)


def has_run(session: Session, workflow: str, plan_id: int, period: str) -> bool:
    """Whether the ledger knows it, done or not."""
    run = tables.Run
    query = select(col(run.id)).where(
        col(run.workflow) == workflow, col(run.plan_id) == plan_id, col(run.period) == period
    )
    return session.execute(query).first() is not None


def freeze(
    session: Session,
    plan_id: int,
    kind: str,
    period: str,
    on: date,
    content: dict[str, Any],
    now: datetime,
    state: str = "published",
) -> tables.Bulletin:
    """The picture is kept as it is shown, with the hash of its content; ``held`` until somebody approves it."""
    row = tables.Bulletin(
        plan_id=plan_id, kind=kind, period=period, on=on, content=content, created_at=now, state=state
    )
    row.sha256 = content_hash(content)
    session.add(row)
    session.flush()
    return row


def content_hash(content: dict[str, Any]) -> str:
    """SHA-256 of the content as canonical JSON: names in order, no blanks, UTF-8."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def last_bulletin(session: Session, plan_id: int, kind: str = "digest") -> tables.Bulletin | None:
    """The newest picture of a plan that was published."""
    table = tables.Bulletin
    published = col(table.plan_id) == plan_id, col(table.kind) == kind, col(table.state) == "published"
    query = select(table).where(*published).order_by(col(table.on).desc(), col(table.id).desc())
    return session.execute(query.limit(1)).scalars().first()


@dataclass(frozen=True, slots=True)
class BulletinRow:
    """What names a bulletin, without its content."""

    id: int
    on: date
    sha256: str


def last_bulletin_row(session: Session, plan_id: int, kind: str = "digest") -> BulletinRow | None:
    """Like :func:`last_bulletin`, for whoever needs little of a content that may be large."""
    table = tables.Bulletin
    query = (
        select(col(table.id), col(table.on), col(table.sha256))
        .where(col(table.plan_id) == plan_id, col(table.kind) == kind, col(table.state) == "published")
        .order_by(col(table.on).desc(), col(table.id).desc())
    )
    row = session.execute(query.limit(1)).first()
    return BulletinRow(*row) if row else None


def part_of_bulletin(session: Session, bulletin_id: int, name: str) -> Any:
    """One part of the content, taken out by the database."""
    table = tables.Bulletin
    content: Any = col(table.content)
    return session.execute(select(content[name]).where(col(table.id) == bulletin_id)).scalar()


def open_finding(
    session: Session,
    code: str,
    subject: str,
    message: str,
    now: datetime,
    plan_id: int | None = None,
    inputs: Mapping[str, Any] | None = None,
) -> None:
    """The finding is open, once however often it is found.

    ``inputs`` are what its sentence is made of; ``case`` among them names one of several sentences of the code.
    """
    row = {
        "code": code,
        "subject": subject,
        "message": message,
        "inputs": dict(inputs or {}),
        "opened_at": now,
        "plan_id": plan_id,
    }
    insert_new(session.connection(), F.__table__, [row])  # type: ignore[attr-defined]


def close_finding(session: Session, code: str, subject: str, now: datetime) -> None:
    """The finding is settled, if it was open."""
    session.execute(
        update(F)
        .where(col(F.code) == code, col(F.subject) == subject, col(F.closed_at).is_(None))
        .values(closed_at=now)
    )


def open_findings(session: Session, code: str | None = None) -> list[tables.Finding]:
    """What a coordinator has to see, of that code or of all, oldest first."""
    query = select(F).where(col(F.closed_at).is_(None)).order_by(col(F.opened_at), col(F.id))
    return list(session.execute(query if code is None else query.where(col(F.code) == code)).scalars())


def mark(session: Session, name: str, value: str, now: datetime) -> None:
    """The mark has that value."""
    row = {"name": name, "value": value, "at": now}
    if not insert_new(session.connection(), tables.Mark.__table__, [row]):  # type: ignore[attr-defined]
        session.execute(update(tables.Mark).where(col(tables.Mark.name) == name).values(value=value, at=now))


def marked(session: Session, name: str) -> str | None:
    """The mark's value, if it was ever set."""
    row = session.get(tables.Mark, name)
    return row.value if row else None


def record(
    session: Session,
    what: str,
    who: str,
    now: datetime,
    *,
    plan_id: int | None = None,
    subtask_id: int | None = None,
    reason: str = "",
    details: dict[str, Any] | None = None,
    rows: Sequence[SQLModel] = (),
) -> None:
    """A decision is on record: who, when, what, why; sealed at the end of the transaction.

    ``rows`` are those in which the decision is stored: their content is sealed with it, under a name of
    ``details`` that is theirs alone.
    """
    if audit.ROWS in (details or {}):
        raise ValueError(f"details of an event may not be named {audit.ROWS}")
    event = tables.Event(
        at=now,
        who=who,
        what=what,
        plan_id=plan_id,
        subtask_id=subtask_id,
        reason=reason,
        details=details or {},
    )
    audit.remember(session, event, rows)
