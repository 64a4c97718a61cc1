"""填报链接: made with a message, checked when somebody comes with its token."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlmodel import Session, col, select

from db import links, plans, runs, tables
from db.calendar import load_calendar
from db.references import find_unit
from db.session import Database
from db.units import stored_id
from engine.calendar import WorkCalendar
from engine.errors import DubanError
from engine.model import Plan
from engine.months import month_due, month_named, month_of, period_name
from engine.periods import due_day, open_period
from notifications.card import Block, Card, Span
from notifications.links import ENTRANCE, SCHEME, Links, fill, placeholder, token_hash
from workflows.office import Office, Recipient, recipient_of

DAY = timedelta(days=1)
PERIOD = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Link:
    """A link that was issued; ``placeholder`` stands for it in a stored message."""

    id: int
    period: str
    nonce: str = field(repr=False)

    @property
    def placeholder(self) -> str:
        """What the message says until it leaves."""
        return placeholder(self.nonce)


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who came with an open link: speaks for that unit, and for that period alone."""

    link_id: int
    unit_id: int
    unit: str
    post_id: int
    period: str
    expires_at: datetime
    token: str = field(repr=False)

    def path(self, *parts: object) -> str:
        """An address below the link's own page."""
        return "/".join([ENTRANCE + self.token, *map(str, parts)])

    @property
    def who(self) -> str:
        """How the record names the holder."""
        return f"{self.unit}（填报链接{self.link_id}）"


class LinkRefused(Exception):  # noqa: N818 - a page explains it
    """The token opens nothing; ``why``: unknown, expired, superseded, revoked or restored."""

    def __init__(self, why: str, unit: str = "", period: str = "") -> None:
        super().__init__(why)
        self.why, self.unit, self.period = why, unit, period


def link_for(session: Session, office: Office, recipient: Recipient, on: date, now: datetime) -> Link | None:
    """A new link for the recipient's message of that day; ``None`` for posts that report nothing, and for a
    group: whoever has the link speaks for the unit."""
    post = session.get_one(tables.Post, recipient.post_id)
    if office.links is None or post.kind != "liaison" or recipient.is_group:
        return None
    period = period_of_unit(session, post.unit_id, on)
    return _issue(session, office.links, post, period, now)


def bind(session: Session, link: Link | None, message_id: int) -> None:
    """The link, if there is one, goes out with that message."""
    if link:
        links.belongs_to(session, link.id, message_id)


def has_dead_link(session: Session, message: tables.Message, now: datetime) -> bool:
    """Whether the message's own link has ended or expired before it left."""
    row = links.of_message(session, stored_id(message.id)) if SCHEME in message.text else None
    return row is not None and not (row.ended_at is None and row.expires_at > now)


def renew_link(session: Session, office: Office, message: tables.Message, now: datetime) -> None:
    """A new link stands in the message where its dead one stood; where nobody may have one, it stays as it is."""
    dead = links.nonce_of(session, stored_id(message.id))
    recipient = recipient_of(session, office, message.post_id)
    on = now.astimezone(plans.office_zone(session)).date()
    link = link_for(session, office, recipient, on, now) if recipient else None
    if dead is None or link is None:
        return
    bind(session, link, stored_id(message.id))
    stood, stands = placeholder(dead), link.placeholder
    message.text, message.html = message.text.replace(stood, stands), message.html.replace(stood, stands)
    if message.card is not None:
        message.card = json.loads(json.dumps(message.card).replace(stood, stands))
    session.add(message)


def filled(session: Session, office_links: Links | None, message: tables.Message) -> tuple[str, str]:
    """Text and HTML of the message with its own link in them, and no other."""
    nonce = links.nonce_of(session, stored_id(message.id)) if SCHEME in message.text else None
    if nonce is None:
        return message.text, message.html
    return fill(message.text, nonce, office_links), fill(message.html, nonce, office_links)


def filled_card(session: Session, office_links: Links | None, message: tables.Message) -> Card:
    """The message's card with its own link in it, and no other."""
    if message.card is None:  # stored before there were cards
        lines = filled(session, office_links, message)[0].splitlines()
        return Card(
            message.subject, blocks=tuple(Block("line", (Span(line),)) for line in lines if line.strip())
        )
    nonce = links.nonce_of(session, stored_id(message.id))
    plain = json.dumps(message.card)
    return Card.from_json(json.loads(plain if nonce is None else fill(plain, nonce, office_links)))


def card_without_link(session: Session, message: tables.Message) -> Card:
    """The message's card for readers who may not open its link: nothing leads there, nothing shows it."""
    if message.card is None:
        return filled_card(session, None, message)
    nonce = links.nonce_of(session, stored_id(message.id))
    plain = json.dumps(message.card)
    return Card.from_json(json.loads(plain if nonce is None else plain.replace(placeholder(nonce), "")))


def address_in(session: Session, office_links: Links | None, message_id: int) -> str | None:
    """Where the message's button leads, if it has one."""
    nonce = links.nonce_of(session, message_id)
    return office_links.url(nonce) if nonce and office_links else None


def open_link(session: Session, token: str, now: datetime) -> Holder:
    """Who comes with that token. Raises LinkRefused."""
    row = links.find(session, token_hash(token))
    if row is None:
        raise LinkRefused("unknown")
    unit = session.get_one(tables.Unit, row.unit_id).name
    if row.ended_at is not None:
        raise LinkRefused(row.ended_reason, unit, row.period)
    if row.expires_at <= now:
        raise LinkRefused("expired", unit, row.period)
    return Holder(stored_id(row.id), row.unit_id, unit, row.post_id, row.period, row.expires_at, token)


def new_link(
    database: Database,
    office: Office,
    unit: str,
    period: str | None,
    now: datetime,
    who: str,
    user_id: int | None = None,
) -> tuple[str, Link]:
    """The address of a link that a coordinator hands over by another way, and the link.

    With ``user_id`` it is that user's own, and ends when the user goes (``revoke_links_of``).
    Raises DubanError: NO_LINKS, NO_SUCH_UNIT, BAD_PERIOD, NO_CONTACT (the unit has no liaison post).
    """
    if office.links is None:
        raise DubanError("NO_LINKS", "还不能生成填报链接：请在配置中填写 base_url（各单位打开页面的地址）。")
    with database.write() as session:
        post = _liaison(session, unit)
        wanted = period or period_of_unit(
            session, post.unit_id, now.astimezone(plans.office_zone(session)).date()
        )
        if not PERIOD.fullmatch(wanted):
            raise DubanError("BAD_PERIOD", f"看不懂填报期“{wanted}”：请写成年-月，例如 2024-03。")
        link = _issue(session, office.links, post, wanted, now)
        details = {"link": link.id, "unit": unit, "period": wanted}
        whose = {"user_id": user_id} if user_id else {}
        runs.record(session, "link_new", who, now, details=details | whose)
        return office.links.url(link.nonce), link


def revoke_links(database: Database, ids: list[int], unit: str | None, now: datetime, who: str) -> int:
    """How many links were open and are revoked now: those named, or all of a unit. Raises NO_SUCH_UNIT."""
    with database.write() as session:
        if unit is not None:
            unit_id = stored_id(find_unit(session, unit).id)
            ids = ids + [stored_id(row.id) for row in links.open_links(session, now, unit_id)]
        revoked = links.revoke(session, ids, now)
        if revoked:
            runs.record(session, "link_revoked", who, now, details={"links": sorted(set(ids))})
        return revoked


def revoke_links_of(session: Session, user_id: int, now: datetime, who: str) -> None:
    """The links that the user made for the own unit's form are open no longer, within the caller's transaction."""
    ids = links.made_by(session, user_id, now)
    if links.revoke(session, ids, now):
        runs.record(session, "link_revoked", who, now, details={"links": ids})


def period_of_unit(session: Session, unit_id: int, on: date) -> str:
    """The period that a unit is asked for: the late one, until the present month's report is being asked for."""
    calendar, month = load_calendar(session), month_of(on)
    fallen = month if month_due(month, calendar) < on else month - 1
    owners = links.led_by(session, unit_id)
    silent = links.silent_since(session, list(owners), period_name(fallen))
    subtasks = plans.load_subtasks(session, silent)
    for key, subtask in subtasks.items():
        plan = plans.load_plan(session, owners[key])
        is_late = open_period(plan, subtask, calendar, on) == period_name(fallen)
        if is_late and not (fallen < month and _is_asked_for(plan, month, calendar, on)):
            return period_name(fallen)
    return period_name(month)


def _is_asked_for(plan: Plan, month: int, calendar: WorkCalendar, on: date) -> bool:
    first = min(plan.policy.report_offsets, default=0)
    return month <= month_of(plan.ends_on) and on >= calendar.offset(month_due(month, calendar), first)


def _issue(session: Session, made: Links, post: tables.Post, period: str, now: datetime) -> Link:
    """Open until the end of the day on which the next period's report falls due."""
    nonce = secrets.token_hex(16)
    due_on = due_day(period_name(month_named(period) + 1), load_calendar(session))
    row = tables.ReportLink(
        token_hash=token_hash(made.token(nonce)),
        nonce=nonce,
        post_id=stored_id(post.id),
        unit_id=post.unit_id,
        period=period,
        created_at=now,
        expires_at=datetime.combine(due_on + DAY, time(), plans.office_zone(session)),
    )
    return Link(stored_id(links.add(session, row).id), period, nonce)


def _liaison(session: Session, unit: str) -> tables.Post:
    unit_id = stored_id(find_unit(session, unit).id)
    post = session.exec(
        select(tables.Post).where(col(tables.Post.unit_id) == unit_id, col(tables.Post.kind) == "liaison")
    ).first()
    if post is None:
        raise DubanError("NO_CONTACT", f"{unit}没有联络员岗位：请先用 duban contacts import 登记联系人。")
    return post
