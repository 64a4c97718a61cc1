"""What the latest day has brought, and what falls due within the next week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import exists, func, select
from sqlmodel import Session, col

from db import outbox, tables
from db.cards import Card, load_cards
from engine.model import Light, Plan
from web.view import View

LISTED = 6
SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Due:
    """A sub-task or a milestone of it that is due soon."""

    on: date
    card: Card
    text: str
    is_deadline: bool


def soon_of(session: Session, plan: Plan, today: date) -> tuple[list[Due], int]:
    """What is due within a week and not done, the first ones, and how many there are in all."""
    task, milestone = tables.SubTask, tables.Milestone
    until = today + SOON
    open_tasks = (col(task.plan_id) == plan.id, col(task.light) != Light.DONE.value)
    deadline = func.coalesce(col(task.deadline), plan.execute_ends_on)
    ending = select(col(task.id), deadline).where(*open_tasks, deadline >= today, deadline <= until)
    found = [(_date(on), key, "", True) for key, on in session.execute(ending)]
    reaching = (
        select(col(milestone.due_on), col(task.id), col(milestone.text))
        .join(task, col(task.id) == col(milestone.subtask_id))
        .where(*open_tasks, col(milestone.due_on) >= today, col(milestone.due_on) <= until)
    )
    found += [(on, key, text, False) for on, key, text in session.execute(reaching)]
    found.sort()
    cards = load_cards(session, sorted({key for _, key, _, _ in found[:LISTED]}))
    return [Due(on, cards[key], text, ends) for on, key, text, ends in found[:LISTED]], len(found)


def _date(value: date | str) -> date:
    """SQLite gives the result of a function back as text."""
    return date.fromisoformat(value) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class Headline:
    """A message as a list names it."""

    id: int
    slot_at: datetime
    subject: str


@dataclass(frozen=True, slots=True)
class Happened:
    """What the latest day that brought anything has brought."""

    on: date | None
    messages: list[Headline]
    message_count: int
    reports: list[tuple[Card, str]]
    report_count: int


def happened_of(session: Session, plan: Plan, view: View) -> Happened:
    """Its messages and reports, the newest first."""
    on = _latest_day(session, plan, view)
    if on is None:
        return Happened(None, [], 0, [], 0)
    message, report, task = tables.Message, tables.ProgressReport, tables.SubTask
    sent = (col(message.plan_id) == plan.id, col(message.slot_on) == on, col(message.state).in_(outbox.LIVE))
    named = select(col(message.id), col(message.slot_at), col(message.subject)).where(*sent)
    newest = named.order_by(col(message.slot_at).desc(), col(message.id)).limit(LISTED)
    begin = datetime.combine(on, time(), view.zone)
    filed = (
        select(col(task.id), col(report.period))
        .join(task, col(task.id) == col(report.subtask_id))
        .where(col(task.plan_id) == plan.id)
        .where(col(report.received_at) >= begin, col(report.received_at) < begin + timedelta(days=1))
        .order_by(col(report.id).desc())
    )
    reports = session.execute(filed).all()
    cards = load_cards(session, [row[0] for row in reports[:LISTED]])
    return Happened(
        on=on,
        messages=[Headline(*row) for row in session.execute(newest)],
        message_count=session.execute(select(func.count()).select_from(message).where(*sent)).scalar() or 0,
        reports=[(cards[key], period) for key, period in reports[:LISTED]],
        report_count=len(reports),
    )


def _latest_day(session: Session, plan: Plan, view: View) -> date | None:
    """The latest day, today included, with a message or a report."""
    message, report, task = tables.Message, tables.ProgressReport, tables.SubTask
    sent = select(func.max(col(message.slot_on))).where(
        col(message.plan_id) == plan.id,
        col(message.slot_on) <= view.today,
        col(message.state).in_(outbox.LIVE),
    )
    tomorrow = datetime.combine(view.today + timedelta(days=1), time(), view.zone)
    own = exists().where(col(task.id) == col(report.subtask_id), col(task.plan_id) == plan.id)
    filed = (
        select(col(report.received_at))
        .where(own, col(report.received_at) < tomorrow)
        .order_by(col(report.received_at).desc())
    )
    received = session.execute(filed.limit(1)).scalar()
    days = [session.execute(sent).scalar(), received.astimezone(view.zone).date() if received else None]
    return max((day for day in days if day is not None), default=None)
