"""后续事项: what remains to be done after an acceptance, owed from that day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session

from db import tables
from db.calendar import load_calendar
from db.session import insert_new
from engine.model import Plan

KINDS = {"evaluation": "效果评估", "archive": "档案登记"}


def owe_follow_ups(session: Session, plan: Plan, ids: Sequence[int], on: date, now: datetime) -> None:
    """Evaluation and archive registration of these sub-tasks are owed, each once, counted from ``on``."""
    calendar, policy = load_calendar(session), plan.policy
    days = {"evaluation": policy.evaluation_due_after, "archive": policy.archive_due_after}
    rows = [
        {
            "plan_id": plan.id,
            "subtask_id": key,
            "kind": kind,
            "due_on": calendar.offset(on, after),
            "created_at": now,
            "done_by": "",
            "note": "",
        }
        for key in ids
        for kind, after in days.items()
    ]
    insert_new(session.connection(), tables.FollowUp.__table__, rows)  # type: ignore[attr-defined]
