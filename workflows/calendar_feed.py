"""日历订阅: the secret address of a unit's calendar, made, found, revoked; and the calendar itself."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event
from sqlalchemy import select, update
from sqlmodel import Session, col

from db import runs, tables
from db.session import Database
from db.units import stored_id
from engine.errors import DubanError
from notifications.links import Links, token_hash
from notifications.words import say
from workflows.feed_days import Day, days_of

F = tables.CalendarFeed
PURPOSE = "calendar:"  # the same key makes report links: a token of one kind never opens the other
REFRESH = timedelta(hours=12)
ONE_DAY = timedelta(days=1)


class FeedRefused(Exception):  # noqa: N818 - a status says it
    """The token opens no calendar; ``is_revoked`` tells one that did from one that never was."""

    def __init__(self, is_revoked: bool) -> None:
        super().__init__("revoked" if is_revoked else "unknown")
        self.is_revoked = is_revoked


@dataclass(frozen=True, slots=True)
class Feed:
    """A calendar as it is handed out; the same days give the same bytes and the same ``tag``."""

    content: bytes
    tag: str


def feed_address(session: Session, links: Links | None, unit_id: int) -> str | None:
    """Where the unit's calendar is, if it has one and pages have an address."""
    row = _open(session, unit_id)
    return _url(links, row.nonce) if row and links else None


def feed_since(session: Session, unit_id: int) -> datetime | None:
    """Since when the unit's calendar has the address that it has, if it has one."""
    row = _open(session, unit_id)
    return row.created_at if row else None


def new_feed(database: Database, links: Links | None, unit_id: int, now: datetime, who: str) -> str:
    """The address of a new calendar of the unit, on record; the one before opens nothing any more.

    Raises DubanError NO_LINKS or NO_SUCH_UNIT.
    """
    if links is None:
        raise DubanError("NO_LINKS", "还不能生成日历地址：请在配置中填写 base_url（各单位打开页面的地址）。")
    nonce = secrets.token_hex(16)
    with database.write() as session:
        unit = session.get(tables.Unit, unit_id, with_for_update=True)
        if unit is None:
            raise DubanError("NO_SUCH_UNIT", "没有这个单位：请从列表里选择。")
        _revoke(session, unit_id, now)
        digest = token_hash(links.token(PURPOSE + nonce))
        row = F(unit_id=unit_id, nonce=nonce, token_hash=digest, created_at=now, created_by=who)
        session.add(row)
        session.flush()
        runs.record(session, "calendar_new", who, now, details={"feed": stored_id(row.id), "unit": unit.name})
    return _url(links, nonce)


def revoke_feed(database: Database, unit_id: int, now: datetime, who: str) -> bool:
    """Whether the unit had a calendar, which opens nothing any more; on record."""
    with database.write() as session:
        row = _open(session, unit_id)
        if row is None:
            return False
        _revoke(session, unit_id, now)
        name = session.get_one(tables.Unit, unit_id).name
        runs.record(session, "calendar_revoked", who, now, details={"feed": row.id, "unit": name})
    return True


def open_feed(session: Session, token: str) -> int:
    """The unit whose calendar it is. Raises FeedRefused."""
    query = select(F).where(col(F.token_hash) == token_hash(token))
    row: tables.CalendarFeed | None = session.execute(query).scalars().first()
    if row is None or row.revoked_at is not None:
        raise FeedRefused(is_revoked=row is not None)
    return row.unit_id


def calendar_of(session: Session, unit_id: int, domain: str, now: datetime) -> Feed:
    """The unit's calendar: what it owes when, from six months ago to the end of its plans.

    A day keeps its id for good; when it was last changed is when somebody decided so.
    """
    unit = session.get_one(tables.Unit, unit_id)
    locale = _locale(session, unit_id)
    calendar = Calendar()
    calendar.add("prodid", "-//duban//duban//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", say(locale, "feed.name", unit=unit.name))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT12H")
    for day in days_of(session, unit_id, locale, now):
        calendar.add_component(_event(day, domain))
    content = calendar.to_ical()
    return Feed(content, f'"{hashlib.sha256(content).hexdigest()[:32]}"')


def _event(day: Day, domain: str) -> Event:
    event = Event()
    event.add("uid", f"{day.uid}@{domain}")
    event.add("summary", day.title)
    event.add("dtstart", day.on)
    event.add("dtend", _after(day.on))
    event.add("dtstamp", day.changed_at)
    event.add("last-modified", day.changed_at)
    event.add("sequence", day.sequence)
    event.add("transp", "TRANSPARENT")
    if day.about:
        event.add("description", day.about)
    return event


def _after(on: date) -> date:
    return on + ONE_DAY


def _url(links: Links, nonce: str) -> str:
    return f"{links.base_url}/feeds/{links.token(PURPOSE + nonce)}.ics"


def _open(session: Session, unit_id: int) -> tables.CalendarFeed | None:
    query = select(F).where(col(F.unit_id) == unit_id, col(F.revoked_at).is_(None))
    return session.execute(query.order_by(col(F.id).desc())).scalars().first()


def _revoke(session: Session, unit_id: int, now: datetime) -> None:
    open_ones = col(F.unit_id) == unit_id, col(F.revoked_at).is_(None)
    session.execute(update(F).where(*open_ones).values(revoked_at=now))


def _locale(session: Session, unit_id: int) -> str:
    """That of the liaison, for whom the calendar is."""
    post, contact = tables.Post, tables.Contact
    query = (
        select(col(contact.locale))
        .join(post, col(post.id) == col(contact.post_id))
        .where(col(post.unit_id) == unit_id, col(post.kind) == "liaison", col(contact.ended_at).is_(None))
    )
    return session.execute(query.order_by(col(contact.id))).scalars().first() or "zh-CN"
