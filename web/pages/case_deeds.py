"""督办单办理 at the desk: opened, answered, the answer sent back, closed; a signed-in unit answers its own."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import select
from sqlmodel import Session, col
from starlette.exceptions import HTTPException

from db import plans, tables
from db.cards import load_cards
from db.units import stored_id
from engine.cases import COLOURS
from engine.errors import DubanError
from web.admission import acting
from web.multipart import Sent, check_arrived, read_form, read_upload, uploads
from web.pages.cases import MARKS, OWNER, case_page, visible
from web.pages.change_new import day_of
from web.pages.choose_task import choose_task
from web.pages.overview import foot
from web.site import Site
from web.typed import Number, OptionalNumber, whole_or
from web.view import done, render, view_of, zone_of
from workflows.attachments import attach, kept_in
from workflows.handle_case import close_case, reply_in, return_reply
from workflows.open_case import Wanted, open_case

Form = Annotated[Sent, Depends(read_form)]
Upload = Annotated[Sent, Depends(read_upload)]
WRONG, CONFLICT = 422, 409
TOO_LATE = frozenset({"CASE_CLOSED", "CASE_CHANGED", "NOT_REPLIED", "CASE_STANDS"})


def routes(site: Site) -> APIRouter:
    """``/cases/new`` and what is done to a case; register it before ``/cases/ID``."""
    router = APIRouter()
    _opening(router, site)
    _answering(router, site)
    _judging(router, site)
    return router


def _opening(router: APIRouter, site: Site) -> None:
    @router.get("/cases/new", response_class=HTMLResponse)
    def form(request: Request, subtask: OptionalNumber = None, task: str = "") -> Response:
        if subtask is None:
            return choose_task(site, request, task, "cases")
        return _form(site, request, subtask, Sent())

    @router.post("/cases/new")
    def opened(request: Request, sent: Form, subtask: Number) -> Response:
        now, who = site.clock(), acting(request).who
        try:
            wanted = Wanted(
                sent.get("colour"), sent.get("demand").strip(), sent.get("unit"), day_of(sent.get("due"))
            )
            case = open_case(site.database, f"#{subtask}", now, who, wanted=wanted)
        except DubanError as error:
            return _form(site, request, subtask, sent, error)
        return _done(site, request, stored_id(case.id), "case_opened")


def _answering(router: APIRouter, site: Site) -> None:
    @router.post("/cases/{number}/reply")
    def replied(request: Request, number: int, sent: Upload) -> Response:
        now, who = site.clock(), acting(request).who
        try:
            check_arrived(sent)
            with kept_in(site.files, list(uploads(sent))) as kept, site.database.write() as session:
                row = visible(session, request, number)
                reply_in(session, row, sent.get("text"), now, who)
                attach(session, OWNER, number, kept, now, who)
        except DubanError as error:
            return _again(site, request, number, error, reply=sent.get("text"))
        finally:
            sent.close()
        return _done(site, request, number, "case_replied")


def _judging(router: APIRouter, site: Site) -> None:
    @router.post("/cases/{number}/return")
    def sent_back(request: Request, number: int, sent: Form) -> Response:
        now, who, reason = site.clock(), acting(request).who, sent.get("reason")
        try:
            due_on, seen = day_of(sent.get("due")), _seen(sent)
            return_reply(site.database, _reference(site, number), reason, now, who, due_on=due_on, seen=seen)
        except DubanError as error:
            typed = {"return": reason, "due": sent.get("due")}
            return _again(site, request, number, error, **typed)
        return _done(site, request, number, "case_sent_back")

    @router.post("/cases/{number}/close")
    def closed(request: Request, number: int, sent: Form) -> Response:
        now, who, reason = site.clock(), acting(request).who, sent.get("reason")
        is_mistake = sent.get("withdrawn") == "1"
        try:
            seen = _seen(sent)
            close_case(
                site.database, _reference(site, number), reason, now, who, withdrawn=is_mistake, seen=seen
            )
        except DubanError as error:
            return _again(site, request, number, error, **{"withdraw" if is_mistake else "close": reason})
        return _done(site, request, number, "case_withdrawn" if is_mistake else "case_closed")


def _reference(site: Site, number: int) -> str:
    """The case by its id, if there is one."""
    with site.database.read() as session:
        if session.get(tables.SupervisionCase, number) is None:
            raise HTTPException(404)
    return f"#{number}"


def _seen(sent: Sent) -> int:
    """The revision that the form was made for; one that names none has seen nothing."""
    return whole_or(sent.get("seen"), -1)


def _again(site: Site, request: Request, number: int, error: DubanError, **typed: str) -> Response:
    status = CONFLICT if error.code in TOO_LATE else WRONG
    return case_page(site, request, number, status, error, typed)


def _done(site: Site, request: Request, number: int, what: str) -> Response:
    with site.database.read() as session:
        view = view_of(request, zone_of(session), site.clock())
    return done(view, f"/cases/{number}", what)


def _form(
    site: Site, request: Request, number: int, sent: Sent, error: DubanError | None = None
) -> HTMLResponse:
    now = site.clock()
    with site.database.read() as session:
        if session.get(tables.SubTask, number) is None:
            raise HTTPException(404)
        card = load_cards(session, [number])[number]
        view = view_of(request, plans.zone_of(plans.load_plan(session, card.plan_id)), now)
        data: dict[str, Any] = {
            "card": card,
            "standing": _standing(session, number),
            "colours": COLOURS,
            "marks": MARKS,
            "typed": sent.get,
            "problem": view.refusal(error) if error else "",
            "foot": foot(session),
        }
    status = 200 if error is None else CONFLICT if error.code in TOO_LATE else WRONG
    return render(site, view, "case_new.html.j2", status, **data)


def _standing(session: Session, subtask_id: int) -> int | None:
    """The case of the sub-task that is not closed: there can be one at most."""
    case = tables.SupervisionCase
    query = select(col(case.id)).where(col(case.subtask_id) == subtask_id, col(case.state) != "closed")
    return session.execute(query).scalar()
