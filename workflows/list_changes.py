"""变更台账: the requests with what they change, worded from what they propose and replaced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlmodel import Session, col

from db import plans, tables
from db.cards import Card, load_cards
from db.changes import requests_of
from db.references import find_plan, find_subtask
from db.units import stored_id
from engine.errors import DubanError
from notifications.words import quantity


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A request as lists show it; ``what`` is what it changes in figures and dates, old → new."""

    id: int
    plan: str
    subtask_id: int
    no: str
    title: str
    kind: str
    state: str
    effective_on: date
    what: tuple[str, ...]
    reason: str
    document: str
    requested_on: date
    requested_by: str
    unit_id: int | None
    decided_on: date | None
    decided_by: str
    decision_reason: str
    files: tuple[str, ...]


def change_lines(session: Session, plan: str | None = None, subtask: str | None = None) -> list[ChangeLine]:
    """The requests of a sub-task, of a plan, or of all active plans; open ones first, then the newest."""
    if subtask is not None:
        key = stored_id(find_subtask(session, subtask, plan).id)
        return lines_of(session, requests_of(session, subtask_id=key))
    if plan is not None:
        return lines_of(session, requests_of(session, plan_ids=[stored_id(find_plan(session, plan).id)]))
    return lines_of(session, requests_of(session, plan_ids=[one.id for one in plans.load_plans(session)]))


def change_line(session: Session, request_id: int) -> ChangeLine:
    """One request. Raises DubanError NO_SUCH_CHANGE."""
    row = session.get(tables.ChangeRequest, request_id)
    if row is None:
        raise DubanError("NO_SUCH_CHANGE", f"没有编号为 {request_id} 的变更申请：请从变更申请的清单里选择。")
    (line,) = lines_of(session, [row])
    return line


def lines_of(session: Session, rows: Sequence[tables.ChangeRequest]) -> list[ChangeLine]:
    """The requests in the order given, in a fixed number of queries."""
    cards = load_cards(session, sorted({row.subtask_id for row in rows}))
    names = _indicator_names(session, rows)
    files = _files(session, [stored_id(row.id) for row in rows])
    return [
        _line(session, row, cards[row.subtask_id], names, files.get(stored_id(row.id), ())) for row in rows
    ]


def _line(
    session: Session,
    row: tables.ChangeRequest,
    card: Card,
    names: dict[str, tuple[str, str]],
    files: tuple[str, ...],
) -> ChangeLine:
    zone = plans.zone_of(plans.load_plan(session, row.plan_id))

    def day(moment: datetime) -> date:
        return moment.astimezone(zone).date()

    return ChangeLine(
        id=stored_id(row.id),
        plan=card.plan_title,
        subtask_id=row.subtask_id,
        no=card.no,
        title=card.title,
        kind=row.kind,
        state=row.state,
        effective_on=row.effective_on,
        what=_what(row, names),
        reason=row.reason,
        document=row.document,
        requested_on=day(row.requested_at),
        requested_by=row.requested_by,
        unit_id=row.unit_id,
        decided_on=day(row.decided_at) if row.decided_at else None,
        decided_by=row.decided_by,
        decision_reason=row.decision_reason,
        files=files,
    )


def _what(row: tables.ChangeRequest, names: dict[str, tuple[str, str]]) -> tuple[str, ...]:
    told = []
    if "deadline" in row.proposed:
        told.append(f"{row.previous['due_on']} → {row.proposed['deadline']}")
    for key, wanted in row.proposed.get("quantities", {}).items():
        subject, unit = names.get(key, ("", ""))
        old = row.previous.get("quantities", {}).get(key, "")
        figures = [quantity(Decimal(one), unit) for one in (old, wanted) if one]
        told.append(f"{subject} {' → '.join(figures)}".strip())
    return tuple(told)


def _indicator_names(session: Session, rows: Sequence[tables.ChangeRequest]) -> dict[str, tuple[str, str]]:
    ids = {int(key) for row in rows for key in row.proposed.get("quantities", {})}
    table = tables.Indicator
    query = select(col(table.id), col(table.subject), col(table.unit)).where(col(table.id).in_(ids))
    return {str(key): (subject, unit) for key, subject, unit in session.execute(query)}


def _files(session: Session, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    file = tables.Attachment
    query = (
        select(col(file.owner_id), col(file.file_name))
        .where(col(file.owner) == "change", col(file.owner_id).in_(ids))
        .order_by(col(file.id))
    )
    found: dict[int, tuple[str, ...]] = {}
    for key, name in session.execute(query):
        found[key] = (*found.get(key, ()), name)
    return found
