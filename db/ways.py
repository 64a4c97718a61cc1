"""How whoever holds a post is reached: people in office, their channels in order, the group robot of the unit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import and_, bindparam, select
from sqlmodel import Session, col

from db import tables

U, P, C, W, R = tables.Unit, tables.Post, tables.Contact, tables.ContactChannel, tables.UnitRobot


@dataclass(frozen=True, slots=True)
class Way:
    """One channel of a contact, with the address there; ``failed_at`` since it was refused for good."""

    channel: str
    address: str = ""
    failed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds a post now. Without ``ways`` nobody has said how to reach them but by mail."""

    contact_id: int
    title: str
    email: str
    locale: str
    disputed_at: datetime | None
    ways: tuple[Way, ...] = ()


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A post of a unit and who holds it, the newest first."""

    post_id: int
    kind: str
    unit_id: int
    unit: str
    holders: tuple[Holder, ...] = ()


def held_post(session: Session, post_id: int) -> HeldPost:
    """The post with everything that says how to reach it, but for the unit's robot; one query."""
    rows = session.execute(_HELD.where(col(P.id) == bindparam("post")), {"post": post_id}).all()
    return _post(post_id, list(rows))


def held_posts(session: Session, unit_id: int | None = None) -> list[HeldPost]:
    """The posts of that unit, or all of them, as :func:`held_post` gives each; one query."""
    query = _HELD if unit_id is None else _HELD.where(col(U.id) == unit_id)
    found: dict[int, list[Sequence[Any]]] = {}
    for row in session.execute(query):
        found.setdefault(row[11], []).append(row)
    return [_post(post_id, found[post_id]) for post_id in sorted(found)]


def _post(post_id: int, rows: Sequence[Sequence[Any]]) -> HeldPost:
    unit_id, unit, kind = rows[0][:3]
    holders = []
    for contact_id, group in groupby(rows, key=lambda row: row[3]):
        listed = list(group)
        if contact_id is None:
            continue
        title, email, locale, disputed_at = listed[0][4:8]
        ways = tuple(Way(*row[8:11]) for row in listed if row[8] is not None)
        holders.append(Holder(contact_id, title, email or "", locale, disputed_at, ways))
    return HeldPost(post_id, kind, unit_id, unit, tuple(holders))


def robots_of(session: Session, unit_id: int) -> list[str]:
    """The names of the unit's group robots, in the order in which they were named."""
    query = select(col(R.channel)).where(col(R.unit_id) == unit_id).order_by(col(R.id))
    return list(session.execute(query).scalars())


def robots_by_unit(session: Session) -> dict[int, list[str]]:
    """The names of all group robots by unit."""
    found: dict[int, list[str]] = {}
    for unit_id, channel in session.execute(select(col(R.unit_id), col(R.channel)).order_by(col(R.id))):
        found.setdefault(unit_id, []).append(channel)
    return found


def ways_of_contact(session: Session, contact_id: int) -> list[tables.ContactChannel]:
    """The contact's channels in order."""
    query = select(W).where(col(W.contact_id) == contact_id).order_by(col(W.rank))
    return list(session.execute(query).scalars())


def named_channels(session: Session) -> set[str]:
    """Every channel that somebody in office or some unit is to be reached by."""
    held = select(col(W.channel)).join(C, col(C.id) == col(W.contact_id)).where(col(C.ended_at).is_(None))
    return {*session.execute(held.distinct()).scalars(), *session.execute(select(col(R.channel))).scalars()}


def address_on(holders: Iterable[Holder], channel: str) -> str:
    """Whom a channel calls by name, if somebody who holds the post has an id there and is not disputed."""
    undisputed = (one for one in holders if one.disputed_at is None)
    ways = (way for one in undisputed for way in one.ways if way.channel == channel)
    return next((way.address for way in ways if way.address), "")


_HELD = (
    select(
        col(U.id),
        col(U.name),
        col(P.kind),
        col(C.id),
        col(C.title),
        col(C.email),
        col(C.locale),
        col(C.disputed_at),
        col(W.channel),
        col(W.address),
        col(W.failed_at),
        col(P.id),
    )
    .select_from(P)
    .join(U, col(U.id) == col(P.unit_id))
    .outerjoin(C, and_(col(C.post_id) == col(P.id), col(C.ended_at).is_(None)))
    .outerjoin(W, col(W.contact_id) == col(C.id))
    .order_by(col(C.id).desc(), col(W.rank))
)
