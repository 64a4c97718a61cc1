"""What a decided row says, as one hash: an event that carries it shows when the row was changed later."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, SQLModel, col

from db import tables

# The columns that people answer for; what the service moves on by itself (states, links) is left out.
CONTENT: Mapping[str, tuple[str, ...]] = {
    "progress_reports": (
        *("subtask_id", "unit_id", "period", "as_of", "received_at", "status", "text", "source", "role"),
        *("who", "difficulties", "needs_coordination", "forecast_on"),
    ),
    "report_reviews": ("report_id", "at", "who", "decision", "reason"),
    "acknowledgements": ("subtask_id", "unit_id", "at", "who"),
    "change_requests": (
        *("subtask_id", "kind", "state", "effective_on", "proposed", "previous", "reason", "document"),
        *("requested_at", "requested_by", "decided_at", "decided_by", "decision_reason"),
    ),
    "supervision_cases": (
        *("subtask_id", "unit_id", "series", "serial", "colour", "demand", "opened_on", "opened_at"),
        *("opened_by", "closed_at", "closed_by", "closed_reason"),
    ),
    "case_entries": ("case_id", "at", "who", "kind", "text"),
    "follow_ups": ("subtask_id", "kind", "due_on", "done_at", "done_by", "note"),
    "attachments": ("owner", "owner_id", "file_name", "stored_name", "size", "sha256", "at", "who"),
    "bulletins": ("plan_id", "kind", "period", "on", "content"),
}
MODELS: Mapping[str, type[SQLModel]] = {
    str(model.__tablename__): model
    for model in (
        tables.ProgressReport,
        tables.ReportReview,
        tables.Acknowledgement,
        tables.ChangeRequest,
        tables.SupervisionCase,
        tables.CaseEntry,
        tables.FollowUp,
        tables.Attachment,
        tables.Bulletin,
    )
}


def canonical(value: Any) -> str:
    """The one way in which a value is written before it is hashed: sorted keys, moments in UTC, digits as they are."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def digest(value: Any) -> str:
    """SHA-256 of the canonical text."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def reference(row: SQLModel) -> str:
    """The row as events name it: ``progress_reports:12``."""
    return f"{row.__tablename__}:{row.id}"  # type: ignore[attr-defined]


def fingerprint(session: Session, row: SQLModel) -> str:
    """SHA-256 of what the row says now, of a report with its figures."""
    table = str(row.__tablename__)
    content = {name: getattr(row, name) for name in CONTENT[table]}
    if isinstance(row, tables.ProgressReport):
        content["figures"] = _figures(session, row)
    return digest(content)


def find(session: Session, name: str) -> SQLModel | None:
    """The row that an event names, or ``None`` if it is gone."""
    table, _, key = name.partition(":")
    model = MODELS.get(table)
    return session.get(model, int(key)) if model and key.isdigit() else None


def _figures(session: Session, report: tables.ProgressReport) -> dict[str, str]:
    table = tables.ReportQuantity
    query = select(col(table.indicator_id), col(table.quantity)).where(col(table.report_id) == report.id)
    return {str(key): format(quantity, "f") for key, quantity in session.execute(query)}


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(f"{type(value).__name__} has no canonical form")
