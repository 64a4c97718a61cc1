"""办结之后: what follows acceptance is done, and an accepted sub-task is struck off the list 销号."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import Session, col

from db import cases, plans, runs, tables
from db.cards import load_cards
from db.references import find_plan, find_subtask
from db.reports import waiting_for_review
from db.session import Database
from db.units import stored_id
from engine.errors import DubanError
from engine.model import State
from workflows.owe_follow_ups import KINDS
from workflows.sweep import judge_and_store

F = tables.FollowUp


@dataclass(frozen=True, slots=True)
class FollowUpLine:
    """One thing that follows acceptance; ``late`` by the plan's today."""

    no: str
    title: str
    units: tuple[str, ...]
    kind: str
    due_on: date
    late: bool
    done_at: datetime | None
    done_by: str
    note: str


def follow_up_lines(
    session: Session, now: datetime, plan: str | None = None, *, with_done: bool = False
) -> list[FollowUpLine]:
    """What is owed after acceptance, the earliest due first; on request also what is done."""
    query = select(F).order_by(col(F.due_on), col(F.id))
    if plan is not None:
        query = query.where(col(F.plan_id) == find_plan(session, plan).id)
    if not with_done:
        query = query.where(col(F.done_at).is_(None))
    rows = list(session.execute(query).scalars())
    cards = load_cards(session, [row.subtask_id for row in rows])
    return [
        FollowUpLine(
            cards[row.subtask_id].no,
            cards[row.subtask_id].title,
            cards[row.subtask_id].leads,
            row.kind,
            row.due_on,
            row.done_at is None and row.due_on < _today(session, row.plan_id, now),
            row.done_at,
            row.done_by,
            row.note,
        )
        for row in rows
    ]


def finish_follow_up(
    database: Database,
    reference: str,
    kind: str,
    now: datetime,
    who: str,
    *,
    note: str = "",
    plan: str | None = None,
) -> date:
    """It is done, on record with the note, and nobody is reminded of it any more; returns its day.

    ``kind`` is ``evaluation`` or ``archive``, or its Chinese name.
    Raises DubanError: NO_SUCH_FOLLOW_UP, FOLLOW_UP_DONE, and those of the reference.
    """
    with database.write() as session:
        task = find_subtask(session, reference, plan)
        row = _taken(session, task, kind.strip())
        row.done_at, row.done_by, row.note = now, who, note.strip()
        session.add(row)
        session.flush()
        _store(
            session,
            "follow_up_done",
            task,
            now,
            who,
            row.note,
            {"kind": row.kind, "due_on": str(row.due_on)},
            row,
        )
        return row.due_on


def close_subtask(
    database: Database, reference: str, reason: str, now: datetime, who: str, *, plan: str | None = None
) -> tables.SubTask:
    """The accepted sub-task is struck off the list, on record; what follows acceptance stays owed.

    Raises DubanError: NO_REASON, NOT_ACCEPTED, CLOSE_REFUSED with what is still open, those of the reference.
    """
    if not reason.strip():
        raise DubanError("NO_REASON", "没有销号：请写明理由。")
    with database.write() as session:
        row = find_subtask(session, reference, plan)
        session.refresh(row, with_for_update=True)
        _check_closable(session, row)
        row.state = State.CLOSED.value
        session.add(row)
        session.flush()
        _store(session, "close", row, now, who, reason.strip(), {"from": State.ACCEPTED.value})
        session.refresh(row)
        return row


def _taken(session: Session, task: tables.SubTask, text: str) -> tables.FollowUp:
    kind = next((name for name, word in KINDS.items() if text in (name, word)), "")
    if not kind:
        known = "、".join(f"{name}（{word}）" for name, word in KINDS.items())
        raise DubanError("NO_SUCH_FOLLOW_UP", f"没有后续事项“{text}”：请写 {known} 之一。")
    own = col(F.subtask_id) == task.id, col(F.kind) == kind
    row: tables.FollowUp | None = session.execute(select(F).where(*own).with_for_update()).scalars().first()
    if row is None:
        raise DubanError(
            "NO_SUCH_FOLLOW_UP", f"子任务 {task.no} 没有待办的{KINDS[kind]}：验收之后才有后续事项。"
        )
    if row.done_at is not None:
        raise DubanError("FOLLOW_UP_DONE", f"子任务 {task.no} 的{KINDS[kind]}已由{row.done_by}办结。")
    return row


def _check_closable(session: Session, row: tables.SubTask) -> None:
    if row.state in (State.CLOSED, State.ARCHIVED):
        raise DubanError("NOT_ACCEPTED", f"子任务 {row.no} 已经销号。")
    if row.state != State.ACCEPTED:
        raise DubanError("NOT_ACCEPTED", f"子任务 {row.no} 尚未验收，不能销号：请先验收。")
    still_open = list(_still_open(session, stored_id(row.id)))
    if still_open:
        named = "、".join(still_open)
        raise DubanError("CLOSE_REFUSED", f"子任务 {row.no} 还有 {named}：请先办结再销号。")


def _still_open(session: Session, key: int) -> Iterator[str]:
    """What of the sub-task somebody has yet to decide."""
    case = cases.standing_case(session, key)
    if case:
        yield f"未办结的 {cases.number_of(case)}"
    for report in waiting_for_review(session, [key]):
        yield f"待审核的填报 {report.id}（{report.period}）"
    change = tables.ChangeRequest
    asked = select(col(change.id)).where(col(change.subtask_id) == key, col(change.state) == "requested")
    for number in session.execute(asked.order_by(col(change.id))).scalars():
        yield f"待决定的变更申请 {number}"


def _store(
    session: Session,
    what: str,
    task: tables.SubTask,
    now: datetime,
    who: str,
    reason: str,
    details: dict[str, str],
    *rows: tables.FollowUp,
) -> None:
    """The decision is on record, and the sub-task judged with it."""
    key = stored_id(task.id)
    runs.record(
        session,
        what,
        who,
        now,
        plan_id=task.plan_id,
        subtask_id=key,
        reason=reason,
        details=details,
        rows=rows,
    )
    judge_and_store(session, plans.load_plan(session, task.plan_id), [key], now)


def _today(session: Session, plan_id: int, now: datetime) -> date:
    return now.astimezone(plans.zone_of(plans.load_plan(session, plan_id))).date()
