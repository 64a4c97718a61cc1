"""消息: every message as it was written, by day, with why it was sent and what came of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from db import given_up, tables
from engine.errors import DubanError
from notifications.words import say
from web.admission import acting
from web.multipart import Sent, read_form
from web.pages.message import PHRASES
from web.pages.overview import foot
from web.sheet import as_xlsx
from web.site import Site
from web.standing_message import cause
from web.typed import day, whole
from web.view import View, done, render, view_of, zone_of
from web.words import LOCALES
from workflows.settle_given_up import settle_given_up

Form = Annotated[Sent, Depends(read_form)]
M = tables.Message
PAGE = 60
UNSETTLED = "unsettled"  # given up, and nobody has dealt with it yet
STATES = (UNSETTLED, "held", "waiting", "sending", "accepted", "superseded", "withdrawn", "given_up")
KINDS = ("reminder", "digest", "evaluation", "year", "group", "prompt", "copy")
MOST_ROWS = 50_000  # of a workbook
WRONG, CONFLICT = 422, 409
HEADS = (
    *("at", "recipient", "kind", "subject", "channel", "address", "state", "reason"),
    *("attempts", "next", "ended", "settled_by", "settled", "number"),
)
TAGS = {say(locale, f"tag.{tone}"): tone for locale in LOCALES for tone in ("red", "yellow", "blue")}


def routes(site: Site) -> APIRouter:
    """The list at ``/messages``, its workbook, and what was given up settled, many at once."""
    router = APIRouter()

    @router.get("/messages", response_class=HTMLResponse)
    def messages(request: Request) -> HTMLResponse:
        return _page(site, request)

    @router.get("/messages.xlsx")
    def workbook(request: Request) -> Response:
        with site.database.read() as session:
            view = view_of(request, zone_of(session), site.clock())
            return as_xlsx(
                view.t("messages.file", date=view.today),
                [view.t(f"messages.head.{name}") for name in HEADS],
                _rows(session, selection_of(view.query), view),
            )

    @router.post("/messages/settle")
    def settle(request: Request, sent: Form) -> Response:
        return _settle(site, request, sent)

    return router


def _page(
    site: Site,
    request: Request,
    status: int = 200,
    problem: str = "",
    typed: str = "",
    ticked: Sequence[int] = (),
) -> HTMLResponse:
    """The list; a form that was refused stands in it as it was filled in."""
    with site.database.read() as session:
        view = view_of(request, zone_of(session), site.clock())
        data = _contents(session, selection_of(view.query), view) | {"typed": typed, "ticked": ticked}
        return render(site, view, "messages.html.j2", status, problem=problem, **data)


def _settle(site: Site, request: Request, sent: Sent) -> Response:
    """The list as it was filtered, saying how many are settled."""
    found = [whole(name[1:]) for name in sent.fields if name.startswith("m")]
    chosen = [key for key in found if key is not None]
    with site.database.read() as session:
        view = view_of(request, zone_of(session), site.clock())
    reason = sent.get("reason")
    if not chosen:
        return _page(site, request, WRONG, view.t("messages.none_chosen"), reason)
    try:
        outcome = settle_given_up(site.database, chosen, site.clock(), acting(request).who, reason)
    except DubanError as error:
        return _page(site, request, WRONG, view.refusal(error), reason, chosen)
    if not outcome.settled:
        return _page(site, request, CONFLICT, view.t("message.settled.before"), reason, chosen)
    kept = selection_of(view.query).kept()
    return done(view, "/messages", "messages_settled", len(outcome.settled), **kept)


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
        unit=whole(unit),
        kind=kind if kind in KINDS else "",
        page=max(1, whole(page) or 1),
        state=state if state in STATES else "",
        channel=query.get("channel", ""),
        first=day(query.get("from", "")),
        last=day(query.get("to", "")),
        text=query.get("q", "").strip()[:80],
    )


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
    next_at: datetime
    settled_at: datetime | None
    settled_by: str


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
        "cause": cause,
        "unsettled": given_up.count_unsettled(session),
        "phrases": PHRASES,
        "foot": foot(session),
    }


def _lines(session: Session, wanted: Selection) -> list[Line]:
    """Those of the page, and one more if there are more."""
    columns = (M.id, M.slot_at, M.recipient, M.subject, M.kind, M.state, M.ended_reason)
    added = (M.next_attempt_at, M.settled_at, M.settled_by)
    query = _chosen(select(*(col(one) for one in (*columns, *added))), wanted)
    rows = session.execute(query.offset((wanted.page - 1) * PAGE).limit(PAGE + 1))
    return [Line(row[0], row[1], row[2], row[3], tone_of(row[3]), *row[4:]) for row in rows]


def _rows(session: Session, wanted: Selection, view: View) -> list[list[object]]:
    columns = (M.slot_at, M.recipient, M.kind, M.subject, M.channel, M.address, M.state, M.ended_reason)
    added = (M.attempts, M.next_attempt_at, M.ended_at, M.settled_by, M.settled_at, M.settled_reason, M.id)
    query = _chosen(select(*(col(one) for one in (*columns, *added))), wanted).limit(MOST_ROWS)
    return [_row(row, view) for row in session.execute(query)]


def _row(row: Any, view: View) -> list[object]:
    at, recipient, kind, subject, channel, address, state, reason = row[:8]
    attempts, next_at, ended_at, settled_by, settled_at, settled_reason, number = row[8:]
    key = f"kind.{kind}"
    settled = cause(settled_reason, view.locale) if settled_at else ""
    return [
        at.astimezone(view.zone),
        recipient,
        view.t(key) if view.knows(key) else kind,
        subject,
        view.channel(channel),
        address,
        view.t(f"end.{state}"),
        cause(reason, view.locale) if reason else "",
        attempts,
        next_at.astimezone(view.zone) if state == "waiting" else None,
        ended_at.astimezone(view.zone) if ended_at else None,
        settled_by,
        settled,
        number,
    ]


def _chosen(query: Any, wanted: Selection) -> Any:
    """Those that the filter lets through, the newest first."""
    if wanted.kind:
        query = query.where(col(M.kind) == wanted.kind)
    if wanted.state:
        is_open = wanted.state == UNSETTLED
        query = query.where(given_up.is_unsettled() if is_open else col(M.state) == wanted.state)
    if wanted.channel:
        query = query.where(col(M.channel) == wanted.channel)
    if wanted.first:
        query = query.where(col(M.slot_on) >= wanted.first)
    if wanted.last:
        query = query.where(col(M.slot_on) <= wanted.last)
    if wanted.text:
        spoken = (M.subject, M.recipient, M.text)
        query = query.where(or_(*(col(one).contains(wanted.text, autoescape=True) for one in spoken)))
    if wanted.unit is not None:
        post = tables.Post
        query = query.join(post, col(post.id) == col(M.post_id)).where(col(post.unit_id) == wanted.unit)
    return query.order_by(col(M.slot_at).desc(), col(M.id).desc())


def tone_of(subject: str) -> str:
    """The colour of a message by the tag in brackets that begins its subject, in whatever language it is written."""
    tag = re.match(r"\W(\w+)\W", subject)
    return TAGS.get(tag[1], "plain") if tag else "plain"


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
