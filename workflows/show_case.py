"""What people are told about a supervision case: its row, the unit's name, the task, and everything that happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from db import cases, plans, tables
from db.calendar import load_calendar
from db.cards import load_cards
from db.units import stored_id
from engine.calendar import WorkCalendar
from engine.case_cause import Cause
from workflows.handle_case import BY_END


@dataclass(frozen=True, slots=True)
class Happened:
    """One entry of a case's record; ``who`` is empty where the rules acted by themselves."""

    id: int
    at: datetime
    who: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class ShownCase:
    """A case in plain values. ``state`` is open, replied, closed or withdrawn; ``is_late`` and ``days_left`` on the day asked for."""

    id: int
    number: str
    colour: str
    state: str
    plan_id: int
    plan: str
    subtask_id: int
    no: str
    title: str
    unit_id: int
    unit: str
    demand: str
    cause: Cause
    opened_on: date
    opened_by: str
    reply_due_on: date
    notices: int
    noticed_on: date
    missed_on: date | None
    replied_on: date | None
    closed_on: date | None
    closed_by: str
    closed_reason: str
    is_late: bool
    zone: ZoneInfo
    revision: int
    days_left: int  # working days until the reply is due, below 0 once it was
    happened: tuple[Happened, ...] = ()

    @property
    def is_standing(self) -> bool:
        """Whether it is neither closed nor withdrawn."""
        return self.state in ("open", "replied")


def show_case(session: Session, case: tables.SupervisionCase, now: datetime) -> ShownCase:
    """The case with everything that happened to it."""
    return show_cases(session, [case], now)[0]


def show_cases(session: Session, rows: Sequence[tables.SupervisionCase], now: datetime) -> list[ShownCase]:
    """The cases in the order given."""
    cards = load_cards(session, sorted({row.subtask_id for row in rows}))
    units = cases.unit_names(session, rows)
    happened = cases.entries_of(session, [stored_id(row.id) for row in rows])
    calendar = load_calendar(session)
    return [
        _shown(
            session,
            row,
            cards[row.subtask_id],
            units[row.unit_id],
            happened[stored_id(row.id)],
            calendar,
            now,
        )
        for row in rows
    ]


def _shown(
    session: Session,
    row: tables.SupervisionCase,
    card: Any,
    unit: str,
    entries: Sequence[tables.CaseEntry],
    calendar: WorkCalendar,
    now: datetime,
) -> ShownCase:
    zone = plans.zone_of(plans.load_plan(session, row.plan_id))
    today = now.astimezone(zone).date()
    withdrawn = any(entry.kind == "withdrawn" for entry in entries)
    return ShownCase(
        id=stored_id(row.id),
        number=cases.number_of(row),
        colour=row.colour,
        state="withdrawn" if withdrawn else row.state,
        plan_id=row.plan_id,
        plan=card.plan_title,
        subtask_id=row.subtask_id,
        no=card.no,
        title=card.title,
        unit_id=row.unit_id,
        unit=unit,
        demand=row.demand,
        cause=Cause.thawed(row.cause),
        opened_on=row.opened_on,
        opened_by=row.opened_by,
        reply_due_on=row.reply_due_on,
        notices=row.notices,
        noticed_on=row.noticed_on,
        missed_on=cases.missed_on(entries),
        replied_on=row.replied_on,
        closed_on=row.closed_at.astimezone(zone).date() if row.closed_at else None,
        closed_by=row.closed_by,
        closed_reason=row.closed_reason,
        is_late=row.state == "open" and today > row.reply_due_on,
        zone=zone,
        revision=row.revision,
        days_left=_days_left(calendar, today, row.reply_due_on),
        happened=tuple(_happened(one) for one in entries),
    )


def _days_left(calendar: WorkCalendar, today: date, due_on: date) -> int:
    if due_on >= today:
        return calendar.working_days_between(today, due_on)
    return -calendar.working_days_between(due_on, today)


def _happened(entry: tables.CaseEntry) -> Happened:
    text = "" if entry.kind in ("opened", "second_notice") else entry.text
    by_itself = entry.who == BY_END or entry.who.startswith("policy:")
    return Happened(stored_id(entry.id), entry.at, "" if by_itself else entry.who, entry.kind, text)
