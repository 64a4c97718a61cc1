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
from notifications.words import DEFAULT_LOCALE, quantity, say


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
    for key, target in change.quantities.items():
        indicator = session.get_one(tables.Indicator, key)
        indicator.quantity = target
        bump(indicator)
        session.add(indicator)
    bump(row)
    session.add(row)
    session.flush()


def lines_of(plan: Plan, subtask: SubTask, change: Change, locale: str = DEFAULT_LOCALE) -> tuple[str, ...]:
    """What changes, worded old → new."""
    lines = []
    if change.deadline is not None:
        lines.append(say(locale, "changed.deadline", old=due_on(plan, subtask), new=change.deadline))
    for one in subtask.indicators:
        if one.id in change.quantities:
            old, new = _shown(one.quantity, one), _shown(change.quantities[one.id], one)
            lines.append(say(locale, "changed.figure", name=_named(one, locale), old=old, new=new))
    if change.kind in _OF_STATE:
        lines.append(say(locale, f"changed.{change.kind}", day=change.effective_on))
    return tuple(lines)


_OF_STATE = (ChangeKind.SUSPENSION, ChangeKind.RESUMPTION, ChangeKind.TERMINATION)


def doubts_of(
    session: Session,
    plan: Plan,
    subtask: SubTask,
    change: Change,
    on: date,
    locale: str = DEFAULT_LOCALE,
) -> tuple[str, ...]:
    """What the change leaves that no longer fits: to be looked at once more, no hindrance."""
    doubts: list[str] = []
    if change.deadline is not None:
        doubts += _late_deadline(plan, change.deadline, on, locale)
    doubts += _quota_doubts(session, subtask, change.quantities, locale)
    doubts += _milestone_doubts(subtask, change.quantities, locale)
    doubts += _figure_doubts(subtask, change.quantities, locale)
    if change.kind is ChangeKind.RESUMPTION:
        doubts += _slept_through(session, plan, subtask, change, locale)
    return tuple(doubts)


def _late_deadline(plan: Plan, deadline: date, on: date, locale: str) -> list[str]:
    if deadline > plan.ends_on:
        return [say(locale, "changed.doubt.beyond", new=deadline, end=plan.ends_on)]
    return [say(locale, "changed.doubt.past", new=deadline)] if deadline < on else []


def _quota_doubts(
    session: Session, subtask: SubTask, wanted: Mapping[int, Decimal], locale: str
) -> list[str]:
    quota = tables.Quota
    query = select(col(quota.indicator_id), col(quota.quantity)).where(col(quota.indicator_id).in_(wanted))
    sums: dict[int, Decimal] = {}
    for key, share in session.execute(query):
        sums[key] = sums.get(key, Decimal(0)) + share
    return [
        say(
            locale,
            "changed.doubt.quotas",
            name=_named(one, locale),
            sum=_shown(sums[one.id], one),
            new=_shown(wanted[one.id], one),
        )
        for one in subtask.indicators
        if one.id in sums and sums[one.id] != wanted[one.id]
    ]


def _milestone_doubts(subtask: SubTask, wanted: Mapping[int, Decimal], locale: str) -> list[str]:
    return [
        say(
            locale,
            "changed.doubt.milestone",
            day=milestone.due_on,
            name=_named(one, locale),
            figure=_shown(milestone.quantities[one.id], one),
            new=_shown(wanted[one.id], one),
        )
        for milestone in subtask.milestones
        for one in subtask.indicators
        if one.id in wanted and milestone.quantities.get(one.id, Decimal(0)) > wanted[one.id]
    ]


def _figure_doubts(subtask: SubTask, wanted: Mapping[int, Decimal], locale: str) -> list[str]:
    known: dict[int, Decimal] = {}
    for report in subtask.reports:
        known.update(report.quantities)
    return [
        say(
            locale,
            "changed.doubt.reported",
            name=_named(one, locale),
            figure=_shown(known[one.id], one),
            new=_shown(wanted[one.id], one),
        )
        for one in subtask.indicators
        if one.id in wanted and known.get(one.id, Decimal(-1)) >= wanted[one.id] < one.quantity
    ]


def _slept_through(session: Session, plan: Plan, subtask: SubTask, change: Change, locale: str) -> list[str]:
    first = past_of(session, subtask.id).suspended_on
    if first is None:
        return []
    unmet = Facts.of(plan, subtask, load_calendar(session), change.effective_on).unmet
    return [
        say(locale, "changed.doubt.slept", day=one.due_on, text=_told(one, locale))
        for one in inside(unmet, first, change.effective_on)
    ]


def _told(milestone: Milestone, locale: str) -> str:
    return say(locale, "changed.text", text=milestone.text) if milestone.text else ""


def _named(indicator: Indicator, locale: str) -> str:
    subject = indicator.subject
    return say(locale, "changed.subject", subject=subject) if subject else say(locale, "changed.target")


def _shown(amount: Decimal, indicator: Indicator) -> str:
    return quantity(amount, indicator.unit)
