"""验收: a coordinator decides that a sub-task is complete; its reminders end in the same transaction."""

from __future__ import annotations

from datetime import datetime

from db import plans, runs, tables
from db.references import find_subtask
from db.session import Database
from db.units import stored_id
from engine.errors import DubanError
from engine.model import FINISHED_STATES, State
from workflows.handle_case import CLOSED_WITH_IT, close_case_of
from workflows.review_report import accept_all_of
from workflows.sweep import judge_and_store


def accept_subtask(
    database: Database, reference: str, now: datetime, who: str, *, plan: str | None = None, reason: str = ""
) -> tables.SubTask:
    """The sub-task is accepted with its waiting reports, on record with who and why; nobody is reminded of it any more.

    Without a claim of completion a reason is required. Raises DubanError: NOT_CLAIMED, ALREADY_ACCEPTED.
    """
    with database.write() as session:
        row = find_subtask(session, reference, plan)
        session.refresh(row, with_for_update=True)
        if row.state in FINISHED_STATES:
            raise DubanError("ALREADY_ACCEPTED", f"子任务 {row.no} 已经验收。")
        if row.state != State.COMPLETION_CLAIMED and not reason:
            raise DubanError("NOT_CLAIMED", f"子任务 {row.no} 尚未申报完成：确需验收请用 --reason 写明理由。")
        details = {"from": row.state}
        row.state = State.ACCEPTED.value
        session.add(row)
        accept_all_of(session, stored_id(row.id), now, who)
        session.flush()
        runs.record(
            session,
            "accept",
            who,
            now,
            plan_id=row.plan_id,
            subtask_id=row.id,
            reason=reason,
            details=details,
        )
        close_case_of(session, stored_id(row.id), CLOSED_WITH_IT, now, who)
        judge_and_store(session, plans.load_plan(session, row.plan_id), [stored_id(row.id)], now)
        session.refresh(row)
        return row
