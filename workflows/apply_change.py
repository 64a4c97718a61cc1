"""变更的效果: what an approved change does to a sub-task's rows, told old → new, and what no longer fits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from db import tables
from db.calendar import load_calendar
from db.changes import past_of, state_before_suspension
from db.journal import bump
from engine.changes import Change, ChangeKind, due_on, inside, state_after
from engine.facts import Facts
from engine.model import Indicator, Milestone, Plan, State, SubTask


def change_of(request: tables.ChangeRequest) -> Change:
    """What the request proposes, as a value."""
    deadline = request.proposed.get("deadline")
    quantities = request.proposed.get("quantities", {})
    return Change(
        kind=ChangeKind(request.kind),
        effective_on=request.effective_on,
        deadline=date.fromisoformat(deadline) if deadline else None,
        quantities={int(key): Decimal(value) for key, value in quantities.items()},
    )


def proposed_of(change: Change) -> dict[str, Any]:
    """The same as plain values by name."""
    proposed: dict[str, Any] = {}
    if change.deadline is not None:
        proposed["deadline"] = change.deadline.isoformat()
    if change.quantities:
        proposed["quantities"] = {str(key): f"{value:f}" for key, value in change.quantities.items()}
    return proposed


def previous_of(plan: Plan, subtask: SubTask, row: tables.SubTask, change: Change) -> dict[str, Any]:
    """What the change would replace, as plain values; ``due_on`` is the deadline that holds, own or not."""
    previous: dict[str, Any] = {
        "revision": row.revision,
        "state": row.state,
        "deadline": row.deadline.isoformat() if row.deadline else None,
        "due_on": due_on(plan, subtask).isoformat(),
    }
    quantities = {
        str(one.id): f"{one.quantity:f}" for one in subtask.indicators if one.id in change.quantities
    }
    return {**previous, "quantities": quantities} if quantities else previous


def apply_change(session: Session, row: tables.SubTask, change: Change) -> None:
    """The sub-task's rows are as the change wants them, each with its next revision."""
    before = state_before_suspension(session, row.id or 0)
    row.state = state_after(change.kind, State(row.state), before).value
    if change.deadline is not None:
        row.deadline = change.deadline
    for key, quantity in change.quantities.items():
        indicator = session.get_one(tables.Indicator, key)
        indicator.quantity = quantity
        bump(indicator)
        session.add(indicator)
    bump(row)
    session.add(row)
    session.flush()


def lines_of(plan: Plan, subtask: SubTask, change: Change) -> tuple[str, ...]:
    """What changes, worded old → new."""
    lines = []
    if change.deadline is not None:
        lines.append(f"完成时限：{due_on(plan, subtask)} → {change.deadline}")
    lines += [
        f"{_named(one)}：{_shown(one.quantity, one)} → {_shown(change.quantities[one.id], one)}"
        for one in subtask.indicators
        if one.id in change.quantities
    ]
    if change.kind in _STATES:
        lines.append(f"{_STATES[change.kind]}，自 {change.effective_on} 起")
    return tuple(lines)


_STATES = {
    ChangeKind.SUSPENSION: "暂停：不再提醒，落后天数停在暂停这天，不参加排名和评分",
    ChangeKind.RESUMPTION: "恢复：重新提醒和评判，暂停的工作日不算落后",
    ChangeKind.TERMINATION: "终止：不再提醒，不参加排名和评分，不能恢复",
}


def doubts_of(session: Session, plan: Plan, subtask: SubTask, change: Change, on: date) -> tuple[str, ...]:
    """What the change leaves that no longer fits: to be looked at once more, no hindrance."""
    doubts: list[str] = []
    if change.deadline is not None:
        doubts += _late_deadline(plan, change.deadline, on)
    doubts += _quota_doubts(session, subtask, change.quantities)
    doubts += _milestone_doubts(subtask, change.quantities)
    doubts += _figure_doubts(subtask, change.quantities)
    if change.kind is ChangeKind.RESUMPTION:
        doubts += _slept_through(session, plan, subtask, change)
    return tuple(doubts)


def _late_deadline(plan: Plan, deadline: date, on: date) -> list[str]:
    if deadline > plan.ends_on:
        return [f"新的完成时限 {deadline} 晚于计划期末 {plan.ends_on}：期末以后不再提醒。"]
    return [f"新的完成时限 {deadline} 已经过去。"] if deadline < on else []


def _quota_doubts(session: Session, subtask: SubTask, wanted: Mapping[int, Decimal]) -> list[str]:
    quota = tables.Quota
    query = select(col(quota.indicator_id), col(quota.quantity)).where(col(quota.indicator_id).in_(wanted))
    sums: dict[int, Decimal] = {}
    for key, share in session.execute(query):
        sums[key] = sums.get(key, Decimal(0)) + share
    return [
        f"{_named(one)}分解到各单位的合计是 {_shown(sums[one.id], one)}，与新目标 "
        f"{_shown(wanted[one.id], one)} 不符：请导出计划，改好分解量再导入。"
        for one in subtask.indicators
        if one.id in sums and sums[one.id] != wanted[one.id]
    ]


def _milestone_doubts(subtask: SubTask, wanted: Mapping[int, Decimal]) -> list[str]:
    return [
        f"节点 {milestone.due_on} 要求{_named(one)} {_shown(milestone.quantities[one.id], one)}，"
        f"超过新目标 {_shown(wanted[one.id], one)}：请用 duban milestones set 重新设定。"
        for milestone in subtask.milestones
        for one in subtask.indicators
        if one.id in wanted and milestone.quantities.get(one.id, Decimal(0)) > wanted[one.id]
    ]


def _figure_doubts(subtask: SubTask, wanted: Mapping[int, Decimal]) -> list[str]:
    known: dict[int, Decimal] = {}
    for report in subtask.reports:
        known.update(report.quantities)
    return [
        f"{_named(one)}已填报 {_shown(known[one.id], one)}，达到新目标 {_shown(wanted[one.id], one)}："
        "批准后即为完成待验收。"
        for one in subtask.indicators
        if one.id in wanted and known.get(one.id, Decimal(-1)) >= wanted[one.id] < one.quantity
    ]


def _slept_through(session: Session, plan: Plan, subtask: SubTask, change: Change) -> list[str]:
    first = past_of(session, subtask.id).suspended_on
    if first is None:
        return []
    unmet = Facts.of(plan, subtask, load_calendar(session), change.effective_on).unmet
    return [
        f"节点 {one.due_on}{_told(one)}落在暂停期间，没有达到，也不再评判：请用 duban milestones set 另定日期。"
        for one in inside(unmet, first, change.effective_on)
    ]


def _told(milestone: Milestone) -> str:
    return f"（{milestone.text}）" if milestone.text else ""


def _named(indicator: Indicator) -> str:
    return f"“{indicator.subject}”" if indicator.subject else "目标"


def _shown(quantity: Decimal, indicator: Indicator) -> str:
    return f"{quantity.normalize():f}{indicator.unit}"
