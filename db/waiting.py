"""What of a plan waits for people: for coordinators in numbers, in trouble by sub-task."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from db import tables
from db.plans import LEADING
from engine.digest_model import Waiting


def waiting_of(session: Session, plan_id: int, *, asks_to_sign: bool) -> Waiting:
    """How much of the plan waits; sign-offs are counted only where the policy asks for them."""

    def number(query: Select[Any]) -> int:
        return int(session.execute(query).scalar_one())

    return Waiting(
        reports=number(_to_review(plan_id)),
        changes=number(_to_decide(plan_id)),
        unsigned=number(_unsigned(plan_id)) if asks_to_sign else 0,
        cases=number(_open_cases(plan_id)),
    )


def levels_of(session: Session, plan_id: int) -> dict[int, int]:
    """By sub-task how many rungs of the ladder its running escalation has reached."""
    table = tables.Escalation
    query = select(col(table.subtask_id), func.max(col(table.level))).where(
        col(table.plan_id) == plan_id, col(table.ended_on).is_(None)
    )
    return {row[0]: row[1] for row in session.execute(query.group_by(col(table.subtask_id)))}


def open_cases(session: Session, plan_id: int) -> dict[int, list[str]]:
    """By sub-task the numbers of its supervision cases that are not closed."""
    table = tables.SupervisionCase
    query = (
        select(col(table.subtask_id), col(table.series), col(table.serial))
        .where(col(table.plan_id) == plan_id, col(table.state) != "closed")
        .order_by(col(table.id))
    )
    found: dict[int, list[str]] = defaultdict(list)
    for key, series, serial in session.execute(query):
        found[key].append(f"{series}{serial}号")
    return found


def _to_review(plan_id: int) -> Select[Any]:
    """Reports that nobody has looked at and that no later one of the same period has replaced."""
    report, later, task = tables.ProgressReport, aliased(tables.ProgressReport), tables.SubTask
    replaced = exists().where(
        col(later.subtask_id) == col(report.subtask_id),
        col(later.period) == col(report.period),
        col(later.role) == col(report.role),
        col(later.unit_id).is_not_distinct_from(col(report.unit_id)),
        col(later.id) > col(report.id),
    )
    return (
        select(func.count())
        .select_from(report)
        .join(task, col(task.id) == col(report.subtask_id))
        .where(col(task.plan_id) == plan_id, col(report.state) == "submitted", ~replaced.correlate(report))
    )


def _to_decide(plan_id: int) -> Select[Any]:
    table = tables.ChangeRequest
    waits = col(table.plan_id) == plan_id, col(table.state) == "requested"
    return select(func.count()).select_from(table).where(*waits)


def _unsigned(plan_id: int) -> Select[Any]:
    """Sub-tasks and lead units that have not signed for them."""
    work, task, sign = tables.Assignment, tables.SubTask, tables.Acknowledgement
    same = col(sign.subtask_id) == col(work.subtask_id), col(sign.unit_id) == col(work.unit_id)
    signed = exists().where(*same).correlate(work)
    return (
        select(func.count())
        .select_from(work)
        .join(task, col(task.id) == col(work.subtask_id))
        .where(col(task.plan_id) == plan_id, col(task.state) == "issued")
        .where(col(work.role).in_(LEADING), ~signed)
    )


def _open_cases(plan_id: int) -> Select[Any]:
    table = tables.SupervisionCase
    still = col(table.plan_id) == plan_id, col(table.state) != "closed"
    return select(func.count()).select_from(table).where(*still)
