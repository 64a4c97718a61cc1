"""消息: every message as it was written, by day, with why it was sent and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import func, or_, select
from sqlmodel import Session, col
from starlette.exceptions import HTTPException

from db import outbox, reminders, tables
from engine.roles import STAFF
from notifications.links import Links
from web.admission import acting
from web.downloads import as_download
from web.guard import POLICY_WITH_MAIL
from web.pages.overview import foot
from web.reasons import ending, rule_word, sentence
from web.site import Site
from web.view import View, render, view_of, zone_of
from workflows.links import address_in, filled

PAGE = 60
STATES = ("held", "waiting", "sending", "accepted", "superseded", "withdrawn", "given_up")
KINDS = ("reminder", "digest", "evaluation", "year", "group", "prompt")


def routes(site: Site) -> APIRouter:
    """The list at ``/messages`` and a message at ``/messages/ID``."""
    router = APIRouter()

    @router.get("/messages", response_class=HTMLResponse)
    def messages(request: Request) -> HTMLResponse:
        now = site.clock()
        with site.database.read() as session:
            view = view_of(request, zone_of(session), now)
            wanted = selection_of(view.query)
            return render(site, view, "messages.html.j2", **_contents(session, wanted, view))

    @router.get("/messages/{number}", response_class=HTMLResponse)
    def message(request: Request, number: int) -> HTMLResponse:
        now = site.clock()
        with site.database.read() as session:
            found = session.get(tables.Message, number)
            if found is None:
                raise HTTPException(404)
            view = view_of(request, zone_of(session), now)
            links = site.links if acting(request).role in STAFF else None  # a link reports in the unit's name
            data = _message(session, found, view, links)
            page = render(site, view, "message.html.j2", **data)
        page.headers["Content-Security-Policy"] = POLICY_WITH_MAIL
        return page

    @router.get("/messages/{number}/files/{file}")
    def download(number: int, file: int) -> Response:
        with site.database.read() as session:
            found = session.get(tables.MessageFile, file)
            if found is None or found.message_id != number:
                raise HTTPException(404)
            return as_download(found.name, found.media_type, found.content)

    return router


@dataclass(frozen=True, slots=True)
class Selection:
    """Which messages a visitor wants to see: ``first`` and ``last`` day included, ``text`` anywhere in them."""

    unit: int | None = None
    kind: str = ""
    page: int = 1
    state: str = ""
    channel: str = ""
    first: date | None = None
    last: date | None = None
    text: str = ""

    def kept(self) -> dict[str, object]:
        """The filter as an address says it, without the page."""
        days = {"from": self.first, "to": self.last}
        return {
            "unit": self.unit,
            "kind": self.kind,
            "state": self.state,
            "channel": self.channel,
            **days,
            "q": self.text,
        }


def selection_of(query: Mapping[str, str]) -> Selection:
    """What the address asks for; what it cannot mean is left out."""
    unit, page = query.get("unit", ""), query.get("page", "")
    kind, state = query.get("kind", ""), query.get("state", "")
    return Selection(
        unit=_number(unit),
        kind=kind if kind in KINDS else "",
        page=max(1, _number(page) or 1),
        state=state if state in STATES else "",
        channel=query.get("channel", ""),
        first=_day(query.get("from", "")),
        last=_day(query.get("to", "")),
        text=query.get("q", "").strip()[:80],
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Line:
    """A message in the list; ``tone`` is the colour that its subject names."""

    id: int
    at: datetime
    recipient: str
    subject: str
    tone: str
    kind: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class Day:
    """The messages of a day."""

    on: date
    lines: tuple[Line, ...]


def _contents(session: Session, wanted: Selection, view: View) -> dict[str, Any]:
    lines = _lines(session, wanted)
    days = [
        Day(on, tuple(group))
        for on, group in groupby(lines[:PAGE], lambda line: line.at.astimezone(view.zone).date())
    ]
    return {
        "days": days,
        "wanted": wanted,
        "units": _units(session),
        "kinds": KINDS,
        "has_more": len(lines) > PAGE,
        "is_filtered": any(wanted.kept().values()),
        "states": STATES,
        "channels": _channels(session),
        "to_see": mails_to_see(session),
        "ending": ending,
        "foot": foot(session),
    }


def _lines(session: Session, wanted: Selection) -> list[Line]:
    message, post = tables.Message, tables.Post
    query = select(
        col(message.id),
        col(message.slot_at),
        col(message.recipient),
        col(message.subject),
        col(message.kind),
        col(message.state),
        col(message.ended_reason),
    )
    if wanted.kind:
        query = query.where(col(message.kind) == wanted.kind)
    for column, value in ((message.state, wanted.state), (message.channel, wanted.channel)):
        if value:
            query = query.where(col(column) == value)
    if wanted.first:
        query = query.where(col(message.slot_on) >= wanted.first)
    if wanted.last:
        query = query.where(col(message.slot_on) <= wanted.last)
    if wanted.text:
        spoken = (message.subject, message.recipient, message.text)
        query = query.where(or_(*(col(one).contains(wanted.text, autoescape=True) for one in spoken)))
    if wanted.unit is not None:
        query = query.join(post, col(post.id) == col(message.post_id)).where(col(post.unit_id) == wanted.unit)
    newest = query.order_by(col(message.slot_at).desc(), col(message.id).desc())
    rows = session.execute(newest.offset((wanted.page - 1) * PAGE).limit(PAGE + 1))
    return [Line(row[0], row[1], row[2], row[3], tone_of(row[3]), row[4], row[5], row[6]) for row in rows]


def tone_of(subject: str) -> str:
    """The colour of a message by the tag that begins its subject."""
    tags = {
        "【红】": "red",
        "[Red]": "red",
        "【黄】": "yellow",
        "[Yellow]": "yellow",
        "【蓝】": "blue",
        "[Blue]": "blue",
    }
    return next((tone for tag, tone in tags.items() if subject.startswith(tag)), "plain")


def _channels(session: Session) -> list[str]:
    """Channels by which messages went or wait."""
    channel = col(tables.Message.channel)
    return list(session.execute(select(channel).distinct().order_by(channel)).scalars())


def mails_to_see(session: Session) -> int:
    """How many mails that came in wait for somebody."""
    mail = tables.IncomingMail
    query = select(func.count()).select_from(mail).where(col(mail.state) == "refused")
    return int(session.execute(query).scalar_one())


def _units(session: Session) -> list[tuple[int, str]]:
    """Units that got a message."""
    message, post, unit = tables.Message, tables.Post, tables.Unit
    written = select(col(message.post_id)).distinct()
    query = (
        select(col(unit.id), col(unit.name))
        .join(post, col(post.unit_id) == col(unit.id))
        .where(col(post.id).in_(written))
        .distinct()
        .order_by(col(unit.id))
    )
    return [(row[0], row[1]) for row in session.execute(query)]


@dataclass(frozen=True, slots=True)
class Why:
    """One reminder that a message carries."""

    subtask_id: int
    subtask: str
    rule: str
    nominal_on: date
    number: int | None
    reason: str


def _message(session: Session, found: tables.Message, view: View, links: Links | None) -> dict[str, Any]:
    assert found.id is not None
    text, html = filled(session, links, found)
    return {
        "text": text,
        "html": html,
        "address": address_in(session, links, found.id),
        "message": found,
        "tone": tone_of(found.subject),
        "whys": _whys(session, found.id, view),
        "files": outbox.names_of_files(session, found.id),
        "attempts": outbox.attempts_of(session, found.id),
        "ending": ending,
        "foot": foot(session),
    }


def _whys(session: Session, message_id: int, view: View) -> list[Why]:
    rows = reminders.of_message(session, message_id)
    titles = _titles(session, [row.subtask_id for row in rows])
    return [
        Why(
            row.subtask_id,
            titles[row.subtask_id],
            rule_word(row.rule, view.locale),
            row.nominal_on,
            row.number,
            sentence(reminders.reason_of(row), row.nominal_on, view.locale),
        )
        for row in rows
    ]


def _titles(session: Session, ids: Sequence[int]) -> dict[int, str]:
    task = tables.SubTask
    rows = session.execute(select(col(task.id), col(task.no), col(task.title)).where(col(task.id).in_(ids)))
    return {key: f"{no} {title}" for key, no, title in rows}
