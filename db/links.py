"""Report links as rows: found by the hash of a token, ended by newer ones or by a coordinator."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, select, update
from sqlmodel import Session, col

from db import tables
from db.plans import LEADING
from db.units import stored_id

L = tables.ReportLink
REPORTABLE = ("issued", "acknowledged", "in_progress", "completion_claimed")


def add(session: Session, link: tables.ReportLink) -> tables.ReportLink:
    """The link is stored and has its id."""
    session.add(link)
    session.flush()
    return link


def find(session: Session, token_hash: str) -> tables.ReportLink | None:
    """The link of that token, ended or not."""
    return session.execute(select(L).where(col(L.token_hash) == token_hash)).scalars().first()


def belongs_to(session: Session, link_id: int, message_id: int) -> None:
    """The link goes out with that message."""
    session.execute(update(L).where(col(L.id) == link_id).values(message_id=message_id))


def of_message(session: Session, message_id: int) -> tables.ReportLink | None:
    """The link that stands in the message, open or not: the newest that was bound to it."""
    query = select(L).where(col(L.message_id) == message_id).order_by(col(L.id).desc())
    return session.execute(query.limit(1)).scalars().first()


def nonce_of(session: Session, message_id: int) -> str | None:
    """The nonce of the message's link, if it has one."""
    row = of_message(session, message_id)
    return row.nonce if row else None


def enclosed(session: Session, link_id: int, file_id: int) -> tables.MessageFile | None:
    """That file, if it goes with the message that the link went out with."""
    file = tables.MessageFile
    query = select(file).join(L, col(L.message_id) == col(file.message_id))
    return session.execute(query.where(col(L.id) == link_id, col(file.id) == file_id)).scalars().first()


def supersede_older(session: Session, message_id: int, now: datetime) -> None:
    """The message has arrived: of its post only its own link and newer ones are open."""
    newest = select(col(L.id), col(L.post_id)).where(col(L.message_id) == message_id)
    for link_id, post_id in session.execute(newest).all():
        older = update(L).where(col(L.post_id) == post_id, col(L.id) < link_id, col(L.ended_at).is_(None))
        session.execute(older.values(ended_at=now, ended_reason="superseded"))


def revoke(session: Session, ids: Sequence[int], now: datetime, reason: str = "revoked") -> int:
    """How many of these links were open; none of them is any more."""
    open_ones = update(L).where(col(L.id).in_(ids), col(L.ended_at).is_(None))
    return int(session.connection().execute(open_ones.values(ended_at=now, ended_reason=reason)).rowcount)


def open_links(session: Session, now: datetime, unit_id: int | None = None) -> list[tables.ReportLink]:
    """The links that open something at that moment, newest first; of that unit only where one is named."""
    query = select(L).where(col(L.ended_at).is_(None), col(L.expires_at) > now)
    if unit_id is not None:
        query = query.where(col(L.unit_id) == unit_id)
    return list(session.execute(query.order_by(col(L.id).desc())).scalars())


def made_by(session: Session, user_id: int, now: datetime) -> list[int]:
    """The open links that the user made, as the record says: a link bears no name."""
    made = {stored_id(row.id): row.created_at for row in open_links(session, now) if row.message_id is None}
    if not made:
        return []
    event = tables.Event
    told = select(event).where(col(event.what) == "link_new", col(event.at) >= min(made.values()))
    details = [row.details for row in session.execute(told).scalars()]
    return sorted(one["link"] for one in details if one.get("user_id") == user_id and one["link"] in made)


def all_links(session: Session, unit_id: int | None = None, limit: int = 100) -> list[tables.ReportLink]:
    """The newest links, ended ones among them."""
    query = select(L).order_by(col(L.id).desc()).limit(limit)
    return list(
        session.execute(query if unit_id is None else query.where(col(L.unit_id) == unit_id)).scalars()
    )


def tasks_of(session: Session, unit_id: int) -> dict[int, int]:
    """Open sub-tasks of active plans for which the unit can report: those it leads, those it shares in."""
    return _open_tasks(session, or_(_assigned(unit_id, LEADING), _shares(unit_id)))


def shared_by(session: Session, unit_id: int) -> dict[int, int]:
    """Open sub-tasks of active plans of which the unit holds a quota or executes a part, with their plans' ids."""
    return _open_tasks(session, _shares(unit_id))


def led_by(session: Session, unit_id: int) -> dict[int, int]:
    """Sub-tasks of active plans that the unit leads and that are open, with their plans' ids."""
    return _open_tasks(session, _assigned(unit_id, LEADING))


def silent_since(session: Session, ids: Sequence[int], period: str) -> list[int]:
    """Those of the sub-tasks without a report for that period or a later one."""
    task, report = tables.SubTask, tables.ProgressReport
    reported = exists().where(
        col(report.subtask_id) == col(task.id), col(report.period) >= period, col(report.state) != "returned"
    )
    return list(session.execute(select(col(task.id)).where(col(task.id).in_(ids), ~reported)).scalars())


def _open_tasks(session: Session, whose: ColumnElement[bool]) -> dict[int, int]:
    task, plan = tables.SubTask, tables.Plan
    query = (
        select(col(task.id), col(task.plan_id))
        .join(plan, col(plan.id) == col(task.plan_id))
        .where(col(plan.state) == "active", col(task.state).in_(REPORTABLE), whose)
        .order_by(col(task.plan_id), col(task.position), col(task.id))
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _assigned(unit_id: int, roles: Sequence[str]) -> ColumnElement[bool]:
    """From the unit's own rows, which are few: to look at each sub-task for them takes seconds."""
    work = tables.Assignment
    own = select(col(work.subtask_id)).where(col(work.unit_id) == unit_id, col(work.role).in_(roles))
    return col(tables.SubTask.id).in_(own)


def _shares(unit_id: int) -> ColumnElement[bool]:
    quota, indicator = tables.Quota, tables.Indicator
    held = (
        select(col(indicator.subtask_id))
        .join(quota, col(quota.indicator_id) == col(indicator.id))
        .where(col(quota.unit_id) == unit_id)
    )
    return or_(col(tables.SubTask.id).in_(held), _assigned(unit_id, ("executing",)))
