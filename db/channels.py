"""Channels that somebody set up: found by name, and who still counts on them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import and_, func, or_, select, update
from sqlmodel import Session, col

from db import tables

C = tables.ChannelSetup


def setups(session: Session, *, active_only: bool = False) -> list[tables.ChannelSetup]:
    """The set-ups by name; with ``active_only`` those that are in use."""
    query = select(C).order_by(col(C.name))
    return list(session.execute(query.where(col(C.is_active)) if active_only else query).scalars())


def find(session: Session, name: str) -> tables.ChannelSetup | None:
    """The set-up of that name, retired or not."""
    return session.execute(select(C).where(col(C.name) == name)).scalars().first()


def edition(session: Session) -> tuple[int, int]:
    """Another pair after every change of any set-up: none is ever deleted, and each counts its revisions."""
    number, revisions = session.execute(
        select(func.count(), func.coalesce(func.sum(col(C.revision)), 0)).select_from(C)
    ).one()
    return int(number), int(revisions)


def replace(session: Session, setup_id: int, revision: int, **values: object) -> bool:
    """Whether the set-up was still at that revision; then it has the values and the next revision."""
    statement = update(C).where(col(C.id) == setup_id, col(C.revision) == revision)
    changed = session.connection().execute(statement.values(revision=revision + 1, **values))
    return int(changed.rowcount) == 1


def users(session: Session, name: str) -> tuple[int, int]:
    """How many contacts in office and how many units name the channel."""
    way, contact, robot = tables.ContactChannel, tables.Contact, tables.UnitRobot
    people = (
        select(func.count(col(contact.id).distinct()))
        .join(way, col(way.contact_id) == col(contact.id))
        .where(col(way.channel) == name, col(contact.ended_at).is_(None))
    )
    units = select(func.count()).select_from(robot).where(col(robot.channel) == name)
    return session.execute(people).scalar_one(), session.execute(units).scalar_one()


def waiting_on(session: Session, name: str) -> int:
    """How many messages are to leave by the channel."""
    message = tables.Message
    query = select(func.count()).select_from(message).where(col(message.channel) == name)
    waiting = query.where(col(message.state).in_(("held", "waiting", "sending")))
    return int(session.execute(waiting).scalar_one())


def last_accepted(session: Session) -> dict[str, datetime]:
    """When each channel last took a message."""
    message = tables.Message
    query = select(col(message.channel), func.max(col(message.ended_at)))
    rows = session.execute(query.where(col(message.state) == "accepted").group_by(col(message.channel)))
    return {row[0]: row[1] for row in rows}


def planned(session: Session, since: datetime) -> list[tuple[str, str, datetime, str]]:
    """Channel, address, moment and content of messages that wait, or have left since then."""
    message = tables.Message
    moment = func.coalesce(col(message.ended_at), col(message.next_attempt_at))
    query = select(
        col(message.channel), col(message.address), moment, col(message.subject), col(message.text)
    ).where(
        or_(
            col(message.state) == "waiting",
            and_(col(message.state) == "accepted", col(message.ended_at) >= since),
        )
    )
    return [(row[0], row[1], row[2], f"{row[3]}\n{row[4]}") for row in session.execute(query)]


def named_by_contacts(session: Session) -> dict[str, list[str]]:
    """The units whose contacts in office name each channel."""
    way, contact, post, unit = tables.ContactChannel, tables.Contact, tables.Post, tables.Unit
    query = (
        select(col(way.channel), col(unit.name))
        .join(contact, col(contact.id) == col(way.contact_id))
        .join(post, col(post.id) == col(contact.post_id))
        .join(unit, col(unit.id) == col(post.unit_id))
        .where(col(contact.ended_at).is_(None))
        .distinct()
        .order_by(col(way.channel), col(unit.name))
    )
    return _grouped((row[0], row[1]) for row in session.execute(query))


def named_by_units(session: Session) -> dict[str, list[str]]:
    """The units whose group robot each channel is."""
    robot, unit = tables.UnitRobot, tables.Unit
    query = select(col(robot.channel), col(unit.name)).join(unit, col(unit.id) == col(robot.unit_id))
    rows = session.execute(query.order_by(col(robot.channel), col(unit.name)))
    return _grouped((row[0], row[1]) for row in rows)


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found
