"""子任务: everything known of one sub-task, from the promise to the last message about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import and_, select
from sqlmodel import Session, col
from starlette.exceptions import HTTPException

from db import cases, plans, reminders, tables
from db.calendar import load_calendar
from db.changes import requests_of
from db.reports import reported_figures
from db.units import stored_id
from engine.facts import Facts
from engine.model import Indicator, Milestone, Plan, SubTask
from notifications.forecast_words import forecast_sentence
from notifications.words import say as said
from web.chart import charts_of
from web.pages.overview import foot
from web.reasons import ending, rule_word, sentence
from web.site import Site
from web.tasks import load_tasks
from web.view import View, percent, render, view_of
from workflows.list_changes import lines_of
from workflows.show_case import show_cases

LISTED = 60
ROLES = {"lead": "lead", "co_lead": "lead", "cooperating": "cooperating", "executing": "executing"}


def routes(site: Site) -> APIRouter:
    """The page at ``/subtasks/ID``."""
    router = APIRouter()

    @router.get("/subtasks/{number}", response_class=HTMLResponse)
    def subtask(request: Request, number: int) -> HTMLResponse:
        now = site.clock()
        with site.database.read() as session:
            row = session.get(tables.SubTask, number)
            if row is None:
                raise HTTPException(404)
            plan = plans.load_plan(session, row.plan_id)
            view = view_of(request, plans.zone_of(plan), now)
            return render(site, view, "subtask.html.j2", **_contents(session, plan, row, view, now))

    return router


def _contents(session: Session, plan: Plan, row: tables.SubTask, view: View, now: datetime) -> dict[str, Any]:
    assert row.id is not None
    (task,) = load_tasks(session, plan, [row.id], view.today)
    calendar = load_calendar(session)
    facts = Facts.of(plan, task.subtask, calendar, view.today)
    return {
        "plan": plan,
        "row": row,
        "task": task,
        "starts_on": facts.start,
        "deadline": facts.deadline,
        "roles": _roles(session, row.id),
        "reasons": [sentence(reason, view.today, view.locale) for reason in task.standing.reasons],
        "charts": charts_of(plan, task.subtask, calendar, view.today),
        "milestones": _milestones(facts, view),
        "quotas": _quotas(session, task.subtask),
        "reports": _reports(session, task.subtask, view),
        "changes": lines_of(session, requests_of(session, subtask_id=row.id)),
        "reminders": _reminders(session, row.id, view),
        "messages": _messages(session, row.id),
        "cases": show_cases(session, cases.of_subtask(session, row.id), now),
        "case_word": partial(said, view.locale),
        "ending": ending,
        "forecast_sentence": forecast_sentence,
        "percent": percent,
        "foot": foot(session),
    }


def _roles(session: Session, subtask_id: int) -> dict[str, list[str]]:
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


def _milestones(facts: Facts, view: View) -> list[MilestoneLine]:
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


def _quotas(session: Session, subtask: SubTask) -> QuotaTable | None:
    quota, unit = tables.Quota, tables.Unit
    query = (
        select(col(quota.indicator_id), col(unit.name), col(quota.quantity))
        .join(unit, col(unit.id) == col(quota.unit_id))
        .where(col(quota.indicator_id).in_([one.id for one in subtask.indicators]))
        .order_by(col(unit.id))
    )
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


def _reports(session: Session, subtask: SubTask, view: View) -> list[ReportLine]:
    table = tables.ProgressReport
    query = (
        select(table, col(tables.Unit.name))
        .outerjoin(tables.Unit, and_(col(tables.Unit.id) == col(table.unit_id), col(table.role) == "share"))
        .where(col(table.subtask_id) == subtask.id)
        .order_by(col(table.received_at).desc(), col(table.id).desc())
        .limit(LISTED)
    )
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


def _reminders(session: Session, subtask_id: int, view: View) -> list[ReminderLine]:
    table, post, unit = tables.Reminder, tables.Post, tables.Unit
    query = (
        select(table, col(unit.name))
        .join(post, col(post.id) == col(table.post_id))
        .join(unit, col(unit.id) == col(post.unit_id))
        .where(col(table.subtask_id) == subtask_id)
        .order_by(col(table.nominal_on).desc(), col(table.id).desc())
        .limit(LISTED)
    )
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


def _messages(session: Session, subtask_id: int) -> list[tables.Message]:
    message, reminder = tables.Message, tables.Reminder
    about = select(col(reminder.message_id)).where(
        col(reminder.subtask_id) == subtask_id, col(reminder.message_id).is_not(None)
    )
    query = (
        select(message).where(col(message.id).in_(about)).order_by(col(message.slot_at).desc()).limit(LISTED)
    )
    return list(session.execute(query).scalars())
