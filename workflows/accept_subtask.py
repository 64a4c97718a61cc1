"""验收: a coordinator decides that a sub-task is complete; its reminders end in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from db import plans, runs, tables
from db.references import find_subtask
from db.session import Database
from db.units import stored_id
from engine.errors import DubanError
from engine.model import FINISHED_STATES, State
from workflows.attachments import Kept, attach, kept_in
from workflows.handle_case import CLOSED_WITH_IT, close_case_of
from workflows.owe_follow_ups import owe_follow_ups
from workflows.review_report import accept_all_of
from workflows.sweep import judge_and_store

OWNER = "subtask"


def accept_subtask(
    database: Database,
    reference: str,
    now: datetime,
    who: str,
    *,
    plan: str | None = None,
    reason: str = "",
    evidence: Sequence[tuple[str, bytes]] = (),
    folder: Path = Path(),
) -> tables.SubTask:
    """The sub-task is accepted with its waiting reports, on record with who, why and the evidence, kept in the folder.

    Nobody is reminded of it any more but of what follows: evaluation and archive registration. Without a claim of
    completion a reason is required. Raises DubanError: NOT_CLAIMED, ALREADY_ACCEPTED, those of attachments.
    """
    with kept_in(folder, evidence) as kept, database.write() as session:
        row = find_subtask(session, reference, plan)
        session.refresh(row, with_for_update=True)
        _check(row, reason)
        _accept(session, row, kept, now, who, reason)
        _judge_what_follows(session, row, now)
        session.refresh(row)
        return row


def _check(row: tables.SubTask, reason: str) -> None:
    if row.state in FINISHED_STATES:
        raise DubanError("ALREADY_ACCEPTED", f"子任务 {row.no} 已经验收。")
    if row.state != State.COMPLETION_CLAIMED and not reason:
        raise DubanError("NOT_CLAIMED", f"子任务 {row.no} 尚未申报完成：确需验收请写明理由。")


def _accept(
    session: Session, row: tables.SubTask, kept: Sequence[Kept], now: datetime, who: str, reason: str
) -> None:
    key, before = stored_id(row.id), row.state
    row.state = State.ACCEPTED.value
    session.add(row)
    accept_all_of(session, key, now, who)
    session.flush()
    files = attach(session, OWNER, key, kept, now, who)
    details: dict[str, object] = {"from": before}
    if files:
        details["evidence"] = [one.file_name for one in files]
    runs.record(
        session,
        "accept",
        who,
        now,
        plan_id=row.plan_id,
        subtask_id=key,
        reason=reason,
        details=details,
        rows=files,
    )
    close_case_of(session, key, CLOSED_WITH_IT, now, who)


def _judge_what_follows(session: Session, row: tables.SubTask, now: datetime) -> None:
    plan, key = plans.load_plan(session, row.plan_id), stored_id(row.id)
    owe_follow_ups(session, plan, [key], now.astimezone(plans.zone_of(plan)).date(), now)
    judge_and_store(session, plan, [key], now)
