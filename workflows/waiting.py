"""谁在等谁: what units owe, what coordinators owe them, and since when; the longest wait first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlmodel import Session, col

from db import owings, plans, tables
from db.calendar import load_calendar
from db.cards import Named, names_of
from db.reports import count_for_review, waits_for_review
from engine.calendar import WorkCalendar
from engine.model import Plan, State
from engine.waits import BY_COORDINATORS, Wait
from workflows.settle_coordination import NEEDS_COORDINATION, subtask_of


@dataclass(frozen=True, slots=True)
class Waiting:
    """One wait: ``by`` is who is waited for, empty for the coordinators; ``days`` are working days since.

    ``count`` is more than one where the same is owed for several sub-tasks; ``detail`` is a month, a
    number or a kind.
    """

    what: Wait
    by: str
    since: date
    days: int
    plan_id: int
    subtask_id: int | None = None
    no: str = ""
    title: str = ""
    detail: str = ""
    count: int = 1

    @property
    def is_ours(self) -> bool:
        """Whether the coordinators are waited for."""
        return self.what in BY_COORDINATORS


def all_waiting(session: Session, now: datetime) -> list[Waiting]:
    """The waits of every plan that is followed up, the longest first."""
    found = [one for plan in plans.load_plans(session) for one in waiting_of(session, plan, now)]
    return sorted(found, key=_order)


def waiting_of(session: Session, plan: Plan, now: datetime, *, counts_reviews: bool = False) -> list[Waiting]:
    """The waits of one plan, the longest first; a fixed number of queries.

    With ``counts_reviews`` the reports to review are one line, since the first of them.
    """
    lookup = _Lookup(session, plan, now)
    found = [
        *_owed(lookup),
        *_unsigned(lookup),
        *(_counted_reviews if counts_reviews else _reviews)(lookup),
        *_changes(lookup),
        *_coordination(lookup),
        *_bulletins(lookup),
    ]
    names = names_of(session, plan.id, {one.key for one in found if one.key is not None})
    return sorted((lookup.line(one, names) for one in found), key=_order)


def _order(one: Waiting) -> tuple[int, date, str, str, str]:
    return -one.days, one.since, one.what.value, one.by, one.no


@dataclass(frozen=True, slots=True)
class _Found:
    """A wait before its sub-task is named; ``by`` is ``None`` where its lead units are waited for."""

    what: Wait
    since: date
    by: str | None = ""
    key: int | None = None
    detail: str = ""
    count: int = 1


class _Lookup:
    """One plan on one day."""

    def __init__(self, session: Session, plan: Plan, now: datetime) -> None:
        self.session, self.plan = session, plan
        self.zone: ZoneInfo = plans.zone_of(plan)
        self.on = now.astimezone(self.zone).date()
        self.calendar: WorkCalendar = load_calendar(session)
        self.own = select(col(tables.SubTask.id)).where(col(tables.SubTask.plan_id) == plan.id)
        self.units: Mapping[int, str] = {
            row[0]: row[1] for row in session.execute(select(col(tables.Unit.id), col(tables.Unit.name)))
        }

    def day(self, moment: datetime) -> date:
        """The plan's day of that moment."""
        return moment.astimezone(self.zone).date()

    def line(self, one: _Found, names: Mapping[int, Named]) -> Waiting:
        """A wait as it is shown."""
        named = names.get(one.key) if one.key is not None else None
        days = self.calendar.working_days_between(one.since, self.on)
        no, title = (named.no, named.title) if named else ("", "")
        by = one.by if one.by is not None else "、".join(named.leads if named else ())
        return Waiting(one.what, by, one.since, days, self.plan.id, one.key, no, title, one.detail, one.count)


def _owed(lookup: _Lookup) -> Iterator[_Found]:
    """As the last check of each sub-task found it."""
    for key, owing in owings.owed(lookup.session, lookup.plan.id):
        for one in owing:
            owes = "" if one.what in BY_COORDINATORS else None
            by = lookup.units[one.unit_id] if one.unit_id else owes
            yield _Found(one.what, one.since, by, key, one.detail)


def _unsigned(lookup: _Lookup) -> Iterator[_Found]:
    """One line for each unit: for how many sub-tasks it has not signed since the plan is followed."""
    row = lookup.session.get_one(tables.Plan, lookup.plan.id)
    if not lookup.plan.policy.acknowledge or row.followed_from is None:
        return
    task, work, sign = tables.SubTask, tables.Assignment, tables.Acknowledgement
    signed = (col(sign.subtask_id) == col(task.id)) & (col(sign.unit_id) == col(work.unit_id))
    query = (
        select(col(work.unit_id), func.count(col(task.id).distinct()), func.min(col(task.id)))
        .join(task, col(task.id) == col(work.subtask_id))
        .outerjoin(sign, signed)
        .where(col(task.plan_id) == lookup.plan.id, col(task.state) == State.ISSUED.value)
        .where(col(work.role).in_(plans.LEADING), col(sign.id).is_(None))
        .group_by(col(work.unit_id))
    )
    since = lookup.day(row.followed_from)
    for unit_id, count, first in lookup.session.execute(query).all():
        key = first if count == 1 else None
        yield _Found(Wait.SIGN_OFF, since, lookup.units[unit_id], key, count=count)


def _reviews(lookup: _Lookup) -> Iterator[_Found]:
    for key, period, received_at in waits_for_review(lookup.session, lookup.own):
        yield _Found(Wait.REVIEW, lookup.day(received_at), key=key, detail=period)


def _counted_reviews(lookup: _Lookup) -> Iterator[_Found]:
    count, since = count_for_review(lookup.session, lookup.own)
    if since is not None:
        yield _Found(Wait.REVIEW, lookup.day(since), count=count)


def _changes(lookup: _Lookup) -> Iterator[_Found]:
    table = tables.ChangeRequest
    query = select(table).where(col(table.plan_id) == lookup.plan.id, col(table.state) == "requested")
    for row in lookup.session.execute(query.order_by(col(table.id))).scalars():
        yield _Found(Wait.CHANGE, lookup.day(row.requested_at), key=row.subtask_id, detail=row.kind)


def _coordination(lookup: _Lookup) -> Iterator[_Found]:
    finding = tables.Finding
    query = select(finding).where(
        col(finding.code) == NEEDS_COORDINATION,
        col(finding.closed_at).is_(None),
        col(finding.plan_id) == lookup.plan.id,
    )
    for row in lookup.session.execute(query.order_by(col(finding.id))).scalars():
        key = subtask_of(row.subject)
        yield _Found(Wait.COORDINATION, lookup.day(row.opened_at), key=key)


def _bulletins(lookup: _Lookup) -> Iterator[_Found]:
    table = tables.Bulletin
    query = select(col(table.created_at), col(table.period)).where(
        col(table.plan_id) == lookup.plan.id, col(table.state) == "held"
    )
    for created_at, period in lookup.session.execute(query.order_by(col(table.id))).all():
        yield _Found(Wait.BULLETIN, lookup.day(created_at), detail=period)
