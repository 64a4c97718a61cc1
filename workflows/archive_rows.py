"""Everything stored about one sub-task, as an archive package holds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlmodel import Session, SQLModel, col

from db import cases, plans, tables
from db.audit_check import Verification, verify
from db.changes import first_deadlines, requests_of
from db.reports import reported_figures
from db.units import stored_id
from engine import model
from workflows.attachments import attachments_of
from workflows.list_changes import ChangeLine, lines_of
from workflows.remind_now import KIND as PROMPT


@dataclass(frozen=True, slots=True)
class ArchiveRows:
    """The rows in the order in which they came; figures and reviews by report id, units by their id."""

    task: tables.SubTask
    plan: tables.Plan
    project: tables.Project
    subtask: model.SubTask
    deadline: date
    first_deadline: date | None  # the one before extensions
    zone: ZoneInfo
    units: dict[int, str]
    assignments: list[tables.Assignment]
    quotas: list[tables.Quota]
    reports: list[tables.ProgressReport]
    figures: dict[int, dict[int, Decimal]]
    reviews: dict[int, list[tables.ReportReview]]
    messages: list[tables.Message]
    changes: list[tables.ChangeRequest]
    change_lines: list[ChangeLine]
    cases: list[tables.SupervisionCase]
    entries: dict[int, list[tables.CaseEntry]]
    signed: list[tables.Acknowledgement]
    follow_ups: list[tables.FollowUp]
    files: list[tables.Attachment]
    events: list[tables.Event]
    verification: Verification

    def moment(self, at: datetime) -> str:
        """The moment as people of the plan's zone read it."""
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M}"

    def unit(self, unit_id: int | None) -> str:
        """The unit's name."""
        return self.units.get(unit_id or 0, "")


def load_archive(session: Session, task: tables.SubTask) -> ArchiveRows:
    """All of the sub-task within this transaction."""
    key, plan = stored_id(task.id), plans.load_plan(session, task.plan_id)
    reports = _of(session, tables.ProgressReport, key)
    changes = sorted(requests_of(session, subtask_id=key), key=lambda one: stored_id(one.id))
    known = sorted(cases.of_subtask(session, key), key=lambda one: stored_id(one.id))
    ids = [stored_id(one.id) for one in reports]
    subtask = plans.load_subtasks(session, [key])[key]
    unit = tables.Unit
    return ArchiveRows(
        task=task,
        plan=session.get_one(tables.Plan, task.plan_id),
        project=session.get_one(tables.Project, task.project_id),
        subtask=subtask,
        deadline=task.deadline or plan.execute_ends_on,
        first_deadline=first_deadlines(session, [key]).get(key),
        zone=plans.zone_of(plan),
        units={row[0]: row[1] for row in session.execute(select(col(unit.id), col(unit.name)))},
        assignments=_of(session, tables.Assignment, key),
        quotas=_within(session, tables.Quota, "indicator_id", [one.id for one in subtask.indicators]),
        reports=reports,
        figures=reported_figures(session, ids),
        reviews=_reviews(session, ids),
        messages=_messages(session, key),
        changes=changes,
        change_lines=lines_of(session, changes),
        cases=known,
        entries=cases.entries_of(session, [stored_id(one.id) for one in known]),
        signed=_of(session, tables.Acknowledgement, key),
        follow_ups=_of(session, tables.FollowUp, key),
        files=_files(session, key, ids, changes, known),
        events=_of(session, tables.Event, key),
        verification=verify(session),
    )


def plain(value: Any) -> Any:
    """The value as JSON has it: moments in UTC, digits as they are, keys as text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize() + 0, "f")
    if isinstance(value, dict):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value


def values_of(row: SQLModel, *without: str) -> dict[str, Any]:
    """All of the row but what opens something or only our own machinery needs."""
    return {name: plain(value) for name, value in row.model_dump(exclude={"link_id", *without}).items()}


def _of(session: Session, table: Any, subtask_id: int) -> list[Any]:
    return _within(session, table, "subtask_id", [subtask_id])


def _within(session: Session, table: Any, column: str, ids: Sequence[int]) -> list[Any]:
    query = select(table).where(getattr(table, column).in_(ids)).order_by(table.id)
    return list(session.execute(query).scalars())


def _reviews(session: Session, ids: Sequence[int]) -> dict[int, list[tables.ReportReview]]:
    grouped: dict[int, list[tables.ReportReview]] = {key: [] for key in ids}
    for review in _within(session, tables.ReportReview, "report_id", ids):
        grouped[review.report_id].append(review)
    return grouped


def _messages(session: Session, subtask_id: int) -> list[tables.Message]:
    """The messages that reminded of it, whatever became of them; prompts among them."""
    message, reminder = tables.Message, tables.Reminder
    about = select(col(reminder.message_id)).where(col(reminder.subtask_id) == subtask_id)
    prompts = col(message.key).startswith(f"{PROMPT}:{subtask_id}:")
    query = select(message).where(or_(col(message.id).in_(about), prompts)).order_by(col(message.id))
    return list(session.execute(query).scalars())


def _files(
    session: Session,
    subtask_id: int,
    reports: Sequence[int],
    changes: Sequence[tables.ChangeRequest],
    known: Sequence[tables.SupervisionCase],
) -> list[tables.Attachment]:
    owners: dict[str, list[int]] = {
        "report": list(reports),
        "change": [stored_id(one.id) for one in changes],
        "case": [stored_id(one.id) for one in known],
        "subtask": [subtask_id],
    }
    return [file for owner, ids in owners.items() for file in attachments_of(session, owner, ids)]
