"""变更的影响: which reminders a change ends and which it brings, told after it or before anything is stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from db import plans, reminders, tables
from db.calendar import load_calendar
from db.session import Database
from engine.ahead import reminders_ahead
from notifications.words import DEFAULT_LOCALE
from workflows.change_request import Asked, Told, approve_within, file_request

WEEKS = timedelta(weeks=4)
PREVIEWER = "预演"


@dataclass(frozen=True, slots=True)
class Ended:
    """A pending reminder that the change ends, and why."""

    rule: str
    nominal_on: date
    to: str
    reason: str


@dataclass(frozen=True, slots=True)
class Coming:
    """A reminder of the coming weeks, if nothing is reported meanwhile; ``waits`` if it is pending already."""

    rule: str
    on: date
    step: int
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Effect:
    """A decided or rehearsed change with the light and the reminders that follow from it."""

    told: Told
    light: str
    ended: tuple[Ended, ...]
    coming: tuple[Coming, ...]


def approve(database: Database, request_id: int, now: datetime, approver: str, reason: str = "") -> Effect:
    """The change holds, and this is what it brought; errors as of ``approve_change``."""
    with database.write() as session:
        return _effect(session, now, lambda: approve_within(session, request_id, now, approver, reason))


def preview_approval(
    database: Database, request_id: int, now: datetime, locale: str = DEFAULT_LOCALE
) -> Effect:
    """What an approval at this moment would bring, told in that language; nothing is stored."""

    def approved(session: Session) -> Told:
        return approve_within(session, request_id, now, PREVIEWER, locale=locale)

    return _rehearsed(database, now, approved)


def preview_request(
    database: Database, asked: Asked, now: datetime, who: str, locale: str = DEFAULT_LOCALE
) -> Effect:
    """What asking and an approval at this moment would bring, told in that language; nothing is stored."""

    def both(session: Session) -> Told:
        asked_for = file_request(session, asked, now, who)
        return approve_within(session, asked_for.id, now, PREVIEWER, locale=locale)

    return _rehearsed(database, now, both)


def _rehearsed(database: Database, now: datetime, change: Callable[[Session], Told]) -> Effect:
    """The change is made and undone in one transaction: a copy of all that is stored would take seconds."""
    try:
        with database.write() as session:
            raise _Seen(_effect(session, now, lambda: change(session)))
    except _Seen as seen:
        return seen.effect


class _Seen(Exception):  # noqa: N818 - it ends the transaction, so that nothing is stored
    def __init__(self, effect: Effect) -> None:
        super().__init__()
        self.effect = effect


def _effect(session: Session, now: datetime, change: Callable[[], Told]) -> Effect:
    told = change()
    row = session.get_one(tables.SubTask, told.subtask_id)
    return Effect(
        told=told,
        light=row.light,
        ended=_ended(session, told.subtask_id, now),
        coming=_coming(session, row, now),
    )


def _ended(session: Session, subtask_id: int, now: datetime) -> tuple[Ended, ...]:
    """What ended at this moment by more than the days that went by: the change is all that happens in it."""
    reminder, post, unit = tables.Reminder, tables.Post, tables.Unit
    query = (
        select(reminder, col(unit.name))
        .join(post, col(post.id) == col(reminder.post_id))
        .join(unit, col(unit.id) == col(post.unit_id))
        .where(col(reminder.subtask_id) == subtask_id, col(reminder.ended_at) == now)
        .where(col(reminder.ended_reason).notin_(("missed", *reminders.BY_DATE)))
        .order_by(col(reminder.nominal_on), col(reminder.id))
    )
    return tuple(
        Ended(row.rule, row.nominal_on, name, row.ended_reason) for row, name in session.execute(query)
    )


def _coming(session: Session, row: tables.SubTask, now: datetime) -> tuple[Coming, ...]:
    plan = plans.load_plan(session, row.plan_id)
    subtask = plans.load_subtasks(session, [row.id or 0])[row.id or 0]
    today = now.astimezone(plans.zone_of(plan)).date()
    reminder = tables.Reminder
    query = (
        select(col(reminder.rule), col(reminder.nominal_on), col(reminder.step))
        .where(col(reminder.subtask_id) == row.id, col(reminder.state) == "pending")
        .distinct()
        .order_by(col(reminder.nominal_on))
    )
    waiting = [Coming(rule, on, step, waits=True) for rule, on, step in session.execute(query)]
    ahead = reminders_ahead(plan, subtask, load_calendar(session), today, today + WEEKS)
    return (*waiting, *(Coming(owed.rule.value, owed.nominal_on, owed.step) for owed in ahead))
