"""变更: somebody asks for another deadline, target or state; an approver decides once, and reminders follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from db import plans, runs, tables
from db.changes import open_request, past_of
from db.references import find_subtask
from db.session import Database
from db.units import stored_id
from engine.changes import Change, ChangeKind, check_change
from engine.errors import DubanError
from engine.model import Plan, SubTask
from notifications.words import DEFAULT_LOCALE
from workflows.apply_change import (
    apply_change,
    change_of,
    doubts_of,
    lines_of,
    previous_of,
    proposed_of,
)
from workflows.figures import read_figures
from workflows.sweep import judge_and_store

KIND_WORDS = {
    ChangeKind.EXTENSION: "延期",
    ChangeKind.ADJUSTMENT: "调整目标",
    ChangeKind.SUSPENSION: "暂停",
    ChangeKind.RESUMPTION: "恢复",
    ChangeKind.TERMINATION: "终止",
}
STATE_WORDS = {"requested": "待批准", "approved": "已批准", "refused": "未批准", "withdrawn": "已撤回"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A change as asked for: ``figures`` such as ``80台`` or ``新增=80台`` for an adjustment.

    ``quantities`` by indicator id stand in their place where they are known already. Without
    ``effective_on`` it is the day of the request.
    """

    subtask: str
    kind: str
    reason: str
    document: str
    effective_on: date | None = None
    deadline: date | None = None
    figures: Sequence[str] = ()
    quantities: Mapping[int, Decimal] | None = None
    plan: str | None = None
    unit_id: int | None = None
    link_id: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A request with its sub-task, what it changes (old → new) and what would no longer fit."""

    id: int
    subtask_id: int
    no: str
    title: str
    kind: str
    state: str
    lines: tuple[str, ...]
    doubts: tuple[str, ...]


def request_change(database: Database, asked: Asked, now: datetime, who: str) -> Told:
    """The request waits for an approver; nothing else changes.

    Raises DubanError: BAD_CHANGE, NO_REASON, NO_DOCUMENT, CHANGE_OPEN, BAD_FIGURE, UNKNOWN_FIGURE, and those
    of the reference to the sub-task.
    """
    with database.write() as session:
        return file_request(session, asked, now, who)


def file_request(session: Session, asked: Asked, now: datetime, who: str) -> Told:
    """The same within the caller's transaction, where files are stored with it."""
    _check_words(asked)
    row = find_subtask(session, asked.subtask, asked.plan)
    session.refresh(row, with_for_update=True)
    plan, subtask = _loaded(session, row)
    today = now.astimezone(plans.zone_of(plan)).date()
    change = _change(asked, subtask, today)
    if open_request(session, subtask.id, asked.kind):
        word = KIND_WORDS[change.kind]
        raise DubanError(
            "CHANGE_OPEN", f"子任务 {row.no} 已有一份{word}申请待批准：请等它批复，或先撤回再提出。"
        )
    check_change(plan, subtask, change, past_of(session, subtask.id))
    request = tables.ChangeRequest(
        plan_id=plan.id,
        subtask_id=subtask.id,
        kind=asked.kind,
        effective_on=change.effective_on,
        proposed=proposed_of(change),
        previous=previous_of(plan, subtask, row, change),
        reason=asked.reason.strip(),
        document=asked.document.strip(),
        requested_at=now,
        requested_by=who,
        unit_id=asked.unit_id,
        link_id=asked.link_id,
    )
    session.add(request)
    session.flush()
    _record(session, request, "change_requested", who, now, request.reason)
    return _told(
        request, row, lines_of(plan, subtask, change), doubts_of(session, plan, subtask, change, today)
    )


def approve_change(
    database: Database, request_id: int, now: datetime, approver: str, reason: str = ""
) -> Told:
    """The change holds: rows, state, standing and reminders in one transaction, with the approver on record.

    Raises DubanError: NO_APPROVER, NO_SUCH_CHANGE, CHANGE_DECIDED, CHANGE_STALE where the sub-task has been
    changed since it was asked for, CHANGE_AHEAD while its day has not come, BAD_CHANGE.
    """
    with database.write() as session:
        return approve_within(session, request_id, now, approver, reason)


def approve_within(
    session: Session,
    request_id: int,
    now: datetime,
    approver: str,
    reason: str = "",
    locale: str = DEFAULT_LOCALE,
) -> Told:
    """The same within the caller's transaction, a preview's or a real one, told in that language."""
    if not approver.strip():
        raise DubanError("NO_APPROVER", "批准变更必须写明批准人：请用 --approver 写岗位或机关名称。")
    request = _open_request(session, request_id)
    _catch_up(session, request, now)
    row = session.get_one(tables.SubTask, request.subtask_id)
    plan, subtask = _loaded(session, row)
    change, today = change_of(request), now.astimezone(plans.zone_of(plan)).date()
    _check_unchanged(request, row, subtask, change)
    if change.effective_on > today:
        raise DubanError(
            "CHANGE_AHEAD",
            f"申请 {request_id} 自 {change.effective_on} 起生效，今天是 {today}：到那天再批准，或撤回后改日期。",
        )
    check_change(plan, subtask, change, past_of(session, subtask.id))
    lines = lines_of(plan, subtask, change, locale)
    doubts = doubts_of(session, plan, subtask, change, today, locale)
    request.previous = previous_of(plan, subtask, row, change)
    apply_change(session, row, change)
    _decide(session, request, "approved", approver.strip(), now, reason.strip())
    judge_and_store(session, plan, [subtask.id], now)
    session.expire_all()
    return _told(request, row, lines, doubts)


def _catch_up(session: Session, request: tables.ChangeRequest, now: datetime) -> None:
    """The days until now are judged with what was promised on them."""
    judge_and_store(session, plans.load_plan(session, request.plan_id), [request.subtask_id], now)
    session.expire_all()


def refuse_change(database: Database, request_id: int, now: datetime, who: str, reason: str) -> Told:
    """The request is refused on record; the sub-task stays as it is. Raises NO_REASON, NO_SUCH_CHANGE, CHANGE_DECIDED."""
    if not reason.strip():
        raise DubanError("NO_REASON", "不批准变更必须写明理由：请写给提出申请的单位。")
    with database.write() as session:
        return _ended(session, request_id, "refused", now, who, reason.strip())


def withdraw_change(
    database: Database, request_id: int, now: datetime, who: str, reason: str = "", unit_id: int | None = None
) -> Told:
    """Who asked takes the request back; ``unit_id`` must be the asking unit's where a unit does it."""
    with database.write() as session:
        return withdraw_within(session, request_id, now, who, reason, unit_id)


def withdraw_within(
    session: Session, request_id: int, now: datetime, who: str, reason: str = "", unit_id: int | None = None
) -> Told:
    """The same within the caller's transaction."""
    known = session.get(tables.ChangeRequest, request_id)
    if known is None or (unit_id is not None and known.unit_id != unit_id):
        raise _no_such(request_id)
    return _ended(session, request_id, "withdrawn", now, who, reason.strip())


def _ended(session: Session, request_id: int, state: str, now: datetime, who: str, reason: str) -> Told:
    request = _open_request(session, request_id)
    _decide(session, request, state, who, now, reason)
    return _told(request, session.get_one(tables.SubTask, request.subtask_id), (), ())


def _check_words(asked: Asked) -> None:
    if asked.kind not in set(ChangeKind):
        kinds = "、".join(f"{kind.value}（{word}）" for kind, word in KIND_WORDS.items())
        raise DubanError("BAD_CHANGE", f"没有变更种类“{asked.kind}”：可选 {kinds}。")
    if not asked.reason.strip():
        raise DubanError("NO_REASON", "申请变更必须写明理由。")
    if not asked.document.strip():
        raise DubanError("NO_DOCUMENT", "申请变更必须写明依据的文号或文件名称。")


def _change(asked: Asked, subtask: SubTask, today: date) -> Change:
    quantities = asked.quantities
    if quantities is None:
        quantities = read_figures(asked.figures, subtask.indicators)
    return Change(ChangeKind(asked.kind), asked.effective_on or today, asked.deadline, quantities)


def _loaded(session: Session, row: tables.SubTask) -> tuple[Plan, SubTask]:
    key = stored_id(row.id)
    return plans.load_plan(session, row.plan_id), plans.load_subtasks(session, [key])[key]


def _open_request(session: Session, request_id: int) -> tables.ChangeRequest:
    """The request, with its plan and sub-tasks locked; nobody else decides it until this transaction ends."""
    request = session.get(tables.ChangeRequest, request_id)
    if request is None:
        raise _no_such(request_id)
    plans.lock_plan(session, request.plan_id)
    session.refresh(request, with_for_update=True)
    if request.state != "requested":
        plan = plans.load_plan(session, request.plan_id)
        on = request.decided_at.astimezone(plans.zone_of(plan)).date() if request.decided_at else ""
        why = f"，意见：{request.decision_reason}" if request.decision_reason else ""
        word = STATE_WORDS[request.state].removeprefix("已")
        raise DubanError(
            "CHANGE_DECIDED", f"申请 {request_id} 已由 {request.decided_by} 于 {on} {word}{why}：没有改动。"
        )
    session.refresh(session.get_one(tables.SubTask, request.subtask_id))
    return request


def _no_such(request_id: int) -> DubanError:
    return DubanError("NO_SUCH_CHANGE", f"没有编号为 {request_id} 的变更申请：请从变更申请的清单里选择。")


def _check_unchanged(
    request: tables.ChangeRequest, row: tables.SubTask, subtask: SubTask, change: Change
) -> None:
    """Both versions are shown where the sub-task is no longer what the request was written for."""
    seen, differing = request.previous, []
    present = row.deadline.isoformat() if row.deadline else None
    if seen["deadline"] != present:
        differing.append(f"完成时限当时是 {seen['deadline'] or '计划期末'}，现在是 {present or '计划期末'}")
    for one in subtask.indicators:
        old = seen.get("quantities", {}).get(str(one.id))
        if one.id in change.quantities and old != f"{one.quantity:f}":
            differing.append(f"“{one.subject}”当时是 {old}，现在是 {one.quantity:f}")
    if differing or seen["revision"] != row.revision:
        told = "；".join(differing) or f"版本当时是 {seen['revision']}，现在是 {row.revision}"
        raise DubanError(
            "CHANGE_STALE",
            f"子任务 {row.no} 在申请之后改过（{told}）：没有批准，请撤回后按现在的情况重新申请。",
        )


def _decide(
    session: Session, request: tables.ChangeRequest, state: str, who: str, now: datetime, reason: str
) -> None:
    request.state, request.decided_at, request.decided_by = state, now, who
    request.decision_reason = reason
    session.add(request)
    session.flush()
    _record(session, request, f"change_{state}", who, now, reason)


def _record(
    session: Session, request: tables.ChangeRequest, what: str, who: str, now: datetime, reason: str
) -> None:
    details: dict[str, Any] = {
        "request": request.id,
        "kind": request.kind,
        "effective_on": request.effective_on.isoformat(),
        "document": request.document,
        "proposed": request.proposed,
        "previous": request.previous,
    }
    runs.record(
        session,
        what,
        who,
        now,
        plan_id=request.plan_id,
        subtask_id=request.subtask_id,
        reason=reason,
        details=details,
        rows=(request,),
    )


def _told(
    request: tables.ChangeRequest, row: tables.SubTask, lines: tuple[str, ...], doubts: tuple[str, ...]
) -> Told:
    return Told(
        stored_id(request.id),
        stored_id(row.id),
        row.no,
        row.title,
        request.kind,
        request.state,
        lines,
        doubts,
    )
