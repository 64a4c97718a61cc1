"""The tables of a sub-task's page: who, milestones, shares, reports, months, reminders, messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import and_, or_, select
from sqlmodel import Session, col

from db import reminders, tables
from db.reports import reported_figures
from db.units import stored_id
from engine.calendar import WorkCalendar
from engine.facts import Facts
from engine.model import Indicator, Milestone, Plan, SubTask
from engine.months import month_of, period_name
from engine.periods import period_target
from web.reasons import rule_word, sentence
from web.view import View
from workflows.remind_now import KIND as PROMPT

LISTED = 60
ROLES = {"lead": "lead", "co_lead": "lead", "cooperating": "cooperating", "executing": "executing"}


def roles_of(session: Session, subtask_id: int) -> dict[str, list[str]]:
    """Names of units by role, in the document's order."""
    work, unit = tables.Assignment, tables.Unit
    query = (
        select(col(work.role), col(unit.name))
        .join(unit, col(unit.id) == col(work.unit_id))
        .where(col(work.subtask_id) == subtask_id)
        .order_by(col(work.role).desc(), col(work.position), col(work.id))
    )
    roles: dict[str, list[str]] = {"lead": [], "cooperating": [], "executing": []}
    for role, name in session.execute(query):
        roles[ROLES[role]].append(name)
    return roles


@dataclass(frozen=True, slots=True)
class MilestoneLine:
    """A milestone in words, and whether it is met."""

    on: date
    what: str
    state: str


def milestones_of(facts: Facts, view: View) -> list[MilestoneLine]:
    """All of them, by date."""
    unmet = {one.id for one in facts.unmet}
    return [
        MilestoneLine(one.due_on, _asked(one, facts.subtask.indicators, view), _state(one, unmet, facts.on))
        for one in facts.subtask.milestones
    ]


def _asked(milestone: Milestone, indicators: Sequence[Indicator], view: View) -> str:
    figures = [
        f"{one.subject} {view.quantity(milestone.quantities[one.id], one.unit)}".strip()
        for one in indicators
        if one.id in milestone.quantities
    ]
    return view.t("list").join([milestone.text, *figures] if milestone.text else figures)


def _state(milestone: Milestone, unmet: set[int], on: date) -> str:
    if milestone.id not in unmet:
        return "met"
    return "unmet" if milestone.due_on < on else "ahead"


@dataclass(frozen=True, slots=True)
class QuotaTable:
    """Shares of units: ``units`` head the columns, ``shares`` run parallel to them."""

    units: tuple[str, ...]
    rows: tuple[tuple[Indicator, tuple[Decimal | None, ...], Decimal], ...]


def quotas_of(session: Session, subtask: SubTask, only: int | None = None) -> QuotaTable | None:
    """How the indicators are shared out; with ``only`` that unit's shares alone."""
    quota, unit = tables.Quota, tables.Unit
    query = (
        select(col(quota.indicator_id), col(unit.name), col(quota.quantity))
        .join(unit, col(unit.id) == col(quota.unit_id))
        .where(col(quota.indicator_id).in_([one.id for one in subtask.indicators]))
        .order_by(col(unit.id))
    )
    if only is not None:
        query = query.where(col(quota.unit_id) == only)
    shares: dict[int, dict[str, Decimal]] = {}
    units: dict[str, None] = {}
    for indicator_id, name, quantity in session.execute(query):
        shares.setdefault(indicator_id, {})[name] = quantity
        units[name] = None
    if not shares:
        return None
    rows = [
        (one, tuple(shares[one.id].get(name) for name in units), sum(shares[one.id].values(), Decimal(0)))
        for one in subtask.indicators
        if one.id in shares
    ]
    return QuotaTable(tuple(units), tuple(rows))


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A report as people read it; ``unit`` is named where it speaks of its own share only."""

    period: str
    unit: str
    received_at: datetime
    figures: str
    status: str
    text: str
    state: str


def reports_of(session: Session, subtask: SubTask, view: View, only: int | None = None) -> list[ReportLine]:
    """The newest reports; with ``only`` what that unit reported of its own share."""
    table = tables.ProgressReport
    query = (
        select(table, col(tables.Unit.name))
        .outerjoin(tables.Unit, and_(col(tables.Unit.id) == col(table.unit_id), col(table.role) == "share"))
        .where(col(table.subtask_id) == subtask.id)
        .order_by(col(table.received_at).desc(), col(table.id).desc())
        .limit(LISTED)
    )
    if only is not None:
        query = query.where(col(table.role) == "share", col(table.unit_id) == only)
    rows = session.execute(query).all()
    known = reported_figures(session, [stored_id(row.id) for row, _ in rows])
    return [
        ReportLine(
            row.period,
            unit or "",
            row.received_at,
            _figures(known.get(stored_id(row.id), {}), subtask.indicators, view),
            row.status,
            row.text,
            row.state,
        )
        for row, unit in rows
    ]


def _figures(quantities: Mapping[int, Decimal], indicators: Sequence[Indicator], view: View) -> str:
    known = [one for one in indicators if one.id in quantities]
    named = len(indicators) > 1
    return view.t("list").join(
        f"{one.subject if named else ''} {view.quantity(quantities[one.id], one.unit)}".strip()
        for one in known
    )


@dataclass(frozen=True, slots=True)
class ReminderLine:
    """A reminder with its reason and its end."""

    rule: str
    nominal_on: date
    number: int | None
    unit: str
    reason: str
    state: str
    ended_reason: str
    message_id: int | None


def reminders_of(
    session: Session, subtask_id: int, view: View, only: int | None = None
) -> list[ReminderLine]:
    """The newest reminders; with ``only`` those of that unit's posts."""
    table, post, unit = tables.Reminder, tables.Post, tables.Unit
    query = (
        select(table, col(unit.name))
        .join(post, col(post.id) == col(table.post_id))
        .join(unit, col(unit.id) == col(post.unit_id))
        .where(col(table.subtask_id) == subtask_id)
        .order_by(col(table.nominal_on).desc(), col(table.id).desc())
        .limit(LISTED)
    )
    if only is not None:
        query = query.where(col(post.unit_id) == only)
    return [
        ReminderLine(
            rule_word(row.rule, view.locale),
            row.nominal_on,
            row.number,
            name,
            sentence(reminders.reason_of(row), view.today, view.locale),
            row.state,
            row.ended_reason,
            row.message_id,
        )
        for row, name in session.execute(query)
    ]


def messages_of(session: Session, subtask_id: int, only: int | None = None) -> list[tables.Message]:
    """The newest messages that were about it, prompts among them; with ``only`` those to that unit."""
    message, reminder, post = tables.Message, tables.Reminder, tables.Post
    about = select(col(reminder.message_id)).where(
        col(reminder.subtask_id) == subtask_id, col(reminder.message_id).is_not(None)
    )
    prompt = col(message.key).startswith(f"{PROMPT}:{subtask_id}:")
    query = select(message).where(or_(col(message.id).in_(about), prompt))
    if only is not None:
        query = query.join(post, col(post.id) == col(message.post_id)).where(col(post.unit_id) == only)
    return list(session.execute(query.order_by(col(message.slot_at).desc()).limit(LISTED)).scalars())


@dataclass(frozen=True, slots=True)
class MonthLine:
    """A month: for each indicator that accumulates what the plan asks for by its end, and what was reported."""

    period: str
    figures: tuple[tuple[Decimal | None, Decimal | None], ...]
    is_over: bool


def months_of(
    plan: Plan, subtask: SubTask, calendar: WorkCalendar, facts: Facts
) -> tuple[list[Indicator], list[MonthLine]]:
    """The indicators that accumulate, and the months from the start to the deadline."""
    first, last = month_of(facts.start), month_of(max(facts.start, facts.deadline))
    periods = [period_name(month) for month in range(first, min(last, first + 23) + 1)]
    targets = {period: period_target(plan, subtask, calendar, period) for period in periods}
    known = {report.period: report.quantities for report in subtask.reports}
    shown = [one for one in subtask.indicators if any(one.id in targets[period] for period in periods)][:3]
    over = period_name(month_of(facts.on))
    return shown, [
        MonthLine(
            period,
            tuple((targets[period].get(one.id), known.get(period, {}).get(one.id)) for one in shown),
            period < over,
        )
        for period in periods
    ]
