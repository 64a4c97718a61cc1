"""协调: what a unit asked coordinators to settle is answered on record, and waits for nobody any more."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session

from db import plans, runs, tables
from db.session import Database
from db.units import stored_id
from engine.errors import DubanError

NEEDS_COORDINATION = "NEEDS_COORDINATION"


def open_coordination(session: Session) -> list[tuple[int, date, str]]:
    """(number, since, what is asked for) of what units wait for, the longest waiting first."""
    return [
        (stored_id(row.id), _day(session, row), row.message)
        for row in runs.open_findings(session, NEEDS_COORDINATION)
    ]


def settle_coordination(database: Database, number: int, now: datetime, who: str, answer: str) -> str:
    """The request is settled, on record with the answer; returns what it was. Raises NO_REASON, NO_SUCH_FINDING."""
    if not answer.strip():
        raise DubanError("NO_REASON", "办结协调事项必须写明结果：请写明怎样协调的。")
    with database.write() as session:
        row = session.get(tables.Finding, number, with_for_update=True)
        if row is None or row.code != NEEDS_COORDINATION or row.closed_at is not None:
            raise DubanError(
                "NO_SUCH_FINDING", f"没有编号为 {number} 的待协调事项：可能已由同事办结，请看最新的清单。"
            )
        row.closed_at = now
        session.add(row)
        runs.record(
            session,
            "coordination_settled",
            who,
            now,
            plan_id=row.plan_id,
            subtask_id=subtask_of(row.subject),
            reason=answer.strip(),
            details={"asked": row.message},
        )
        return row.message


def subtask_of(subject: str) -> int | None:
    """The sub-task that a finding is about: ``subtask:12:unit:3``."""
    kind, _, rest = subject.partition(":")
    number = rest.partition(":")[0]
    return int(number) if kind == "subtask" and number.isdigit() else None


def _day(session: Session, row: tables.Finding) -> date:
    plan_id = row.plan_id
    zone = plans.zone_of(plans.load_plan(session, plan_id)) if plan_id else plans.office_zone(session)
    return row.opened_at.astimezone(zone).date()
