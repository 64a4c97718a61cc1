"""One message: how it stands, why it was sent, every attempt with the far end's answer; sent again, or settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import select
from sqlmodel import Session, col
from starlette.exceptions import HTTPException

from db import hold, outbox, receipts, reminders, tables
from db.units import stored_id
from engine.errors import DubanError
from engine.roles import STAFF
from notifications.links import Links
from web.admission import acting
from web.downloads import as_download
from web.found import answer
from web.guard import POLICY_WITH_MAIL
from web.multipart import Sent, read_form
from web.pages.overview import foot
from web.reasons import rule_word, sentence
from web.shown_message import ShownMessage, on_channels
from web.site import Site
from web.standing_message import standing_of
from web.typed import whole
from web.view import View, done, render, view_of, zone_of
from workflows.copies import KIND as COPY
from workflows.links import address_in, card_without_link, filled, filled_card
from workflows.office import Office
from workflows.resend import Offer, offer_of, resend
from workflows.settle_given_up import settle_given_up

Form = Annotated[Sent, Depends(read_form)]
WRONG, CONFLICT = 422, 409
REFUSED_FORMS = ("NO_REASON", "REASON_TOO_LONG")
EXPLAINED = ("digest", "evaluation", "year", "prompt", "copy")  # kinds that carry no reminder
PHRASES = ("phone", "met", "other", "needless")  # how what was given up is usually settled


def routes(site: Site) -> APIRouter:
    """``/messages/ID``, its files, and what the desk does with it."""
    router = APIRouter()

    @router.get("/messages/{number}", response_class=HTMLResponse)
    def shown(request: Request, number: int) -> HTMLResponse:
        return _page(site, request, number)

    @router.get("/messages/{number}/files/{file}")
    def download(number: int, file: int) -> Response:
        with site.database.read() as session:
            found = session.get(tables.MessageFile, file)
            if found is None or found.message_id != number:
                raise HTTPException(404)
            return as_download(found.name, found.media_type, found.content)

    @router.post("/messages/{number}/resend")
    def again(request: Request, number: int, sent: Form) -> Response:
        seen, reason = whole(sent.get("seen")), sent.get("reason")
        who, now = acting(request).who, site.clock()
        try:
            resent = resend(site.database, site.office(), number, now, who, reason, seen)
        except DubanError as error:
            return _refused(site, request, number, error, "resend", reason)
        return _back(site, request, resent.message_id, f"resend.{resent.outcome}")

    @router.post("/messages/{number}/settle")
    def settled(request: Request, number: int, sent: Form) -> Response:
        reason = sent.get("reason")
        try:
            outcome = settle_given_up(site.database, [number], site.clock(), acting(request).who, reason)
        except DubanError as error:
            return _refused(site, request, number, error, "settle", reason)
        if outcome.left:
            return _page(site, request, number, CONFLICT, conflict=True)
        return _back(site, request, number, "messages_settled")

    return router


def _refused(
    site: Site, request: Request, number: int, error: DubanError, form: str, typed: str
) -> HTMLResponse:
    """The page again with what was typed; a message that is not there is not found."""
    if error.code == "NO_SUCH_MESSAGE":
        raise HTTPException(404)
    status = WRONG if error.code in REFUSED_FORMS else CONFLICT
    return _page(site, request, number, status, error=error, opened=form, typed=typed)


def _back(site: Site, request: Request, number: int, what: str) -> Response:
    with site.database.read() as session:
        view = view_of(request, zone_of(session), site.clock())
    return done(view, f"/messages/{number}", what)


def _page(
    site: Site,
    request: Request,
    number: int,
    status: int = 200,
    *,
    error: DubanError | None = None,
    conflict: bool = False,
    opened: str = "",
    typed: str = "",
) -> HTMLResponse:
    now = site.clock()
    with site.database.read() as session:
        found = session.get(tables.Message, number)
        if found is None:
            raise HTTPException(404)
        view = view_of(request, zone_of(session), now)
        problem = view.refusal(error) if error else view.t("message.settled.before") if conflict else ""
        data = _contents(site, session, found, view, now) | {"opened": opened, "typed": typed}
        page = render(site, view, "message.html.j2", status, problem=problem, **data)
    page.headers["Content-Security-Policy"] = POLICY_WITH_MAIL
    return page


def _contents(
    site: Site, session: Session, found: tables.Message, view: View, now: datetime
) -> dict[str, Any]:
    key, is_staff = stored_id(found.id), view.person is not None and view.person.role in STAFF
    links = site.links if is_staff else None  # a link reports in the unit's name
    attempts, office = outbox.attempts_of(session, key), site.office()
    offer, why_not = _offer(session, office, found, view, now) if is_staff else (None, "")
    return {
        "message": found,
        "standing": standing_of(found, attempts, view, is_held=hold.held(session) is not None),
        "may_have_arrived": found.state in ("waiting", "given_up") and outbox.may_have_arrived(session, key),
        "unit_id": session.get_one(tables.Post, found.post_id).unit_id,
        "shown": _shown(session, office, found, links),
        "address": address_in(session, links, key),
        "whys": _whys(session, key, view),
        "explained": EXPLAINED,
        "files": outbox.names_of_files(session, key),
        "attempts": attempts,
        "receipts": receipts.of_messages(session, [key]).get(key, []),
        "told": lambda detail: _told(detail, view),
        "answer": lambda text: answer(text, view),
        "offer": offer,
        "why_not": why_not,
        "original": int(found.key.split(":")[1]) if found.kind == COPY else None,
        "again": _again(session, key, found),
        "is_staff": is_staff,
        "phrases": PHRASES,
        "foot": foot(session),
    }


def _offer(
    session: Session, office: Office, found: tables.Message, view: View, now: datetime
) -> tuple[Offer | None, str]:
    """What sending again would do, or why it is refused, where somebody might want to."""
    if found.state not in ("given_up", "accepted"):
        return None, ""
    try:
        return offer_of(session, office, found, now), ""
    except DubanError as error:
        return None, view.refusal(error)


def _shown(session: Session, office: Office, found: tables.Message, links: Links | None) -> ShownMessage:
    """The message as its reader sees it; for whoever may not report in the unit's name without its link."""
    text, html = filled(session, links, found)
    card = filled_card(session, links, found) if links else card_without_link(session, found)
    return ShownMessage(found.subject, html, text, card, on_channels(office.channels, card, found.channel))


@dataclass(frozen=True, slots=True)
class Told:
    """What an attempt brought: the cause in plain words, and the far end's own."""

    cause: str
    answer: str


def _told(detail: str, view: View) -> Told:
    """The cause ends its sentences without a blank; what follows one is the far end's answer."""
    head, blank, said = detail.partition("。 ")
    return Told(answer(f"{head}。" if blank else head, view), said)


@dataclass(frozen=True, slots=True)
class Why:
    """One reminder that a message carries."""

    subtask_id: int
    subtask: str
    rule: str
    nominal_on: date
    number: int | None
    reason: str


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


def _again(session: Session, message_id: int, found: tables.Message) -> list[tables.Event]:
    """Who sent it again when and why; of a copy, who had it made."""
    table = tables.Event
    query = select(table).where(col(table.what) == "resend", col(table.plan_id) == found.plan_id)
    rows = session.execute(query.where(col(table.at) >= found.created_at).order_by(col(table.id))).scalars()
    return [one for one in rows if message_id in (one.details.get("message"), one.details.get("sent"))]
