"""督办单: the list and each case for the desk, and the case as its unit sees and answers it by link."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from db import cases, tables
from db.units import stored_id
from engine.cases import TEXT_LIMIT
from engine.errors import DubanError
from engine.roles import Role
from notifications.demand import demand_in, full_date, troubles_of
from notifications.words import say as said
from web.admission import acting
from web.downloads import as_download, kept_file
from web.multipart import Sent, check_arrived, read_upload, uploads
from web.pages.link import holder_of
from web.pages.overview import foot
from web.paging import paged
from web.sheet import as_xlsx
from web.site import Site
from web.typed import Number
from web.view import View, render, view_of, zone_of
from workflows.attachments import attach, attachments_of, kept_in
from workflows.case_notice import notice_file
from workflows.handle_case import reply_in
from workflows.links import Holder, LinkRefused
from workflows.show_case import ShownCase, show_case, show_cases

TONES = {"red": "red", "yellow": "yellow", "blue": "done"}
MARKS = {"red": "■", "yellow": "▲", "blue": "●"}
HEADS = (
    "number", "colour", "state", "unit", "no", "task", "plan", "opened", "due", "replied", "closed", "notices",
    "demand", "reply", "end",
)  # fmt: skip
STATES = ("standing", "open", "replied", "closed")
ANSWERED = "answered"
PAGE = 100
OWNER = "case"  # of the files that come with a reply


def routes(site: Site) -> APIRouter:
    """``/cases`` and ``/cases/ID`` for the desk, ``/r/TOKEN/cases/ID`` for the unit."""
    router = APIRouter()
    _desk(router, site)
    _unit(router, site)
    return router


def _desk(router: APIRouter, site: Site) -> None:
    @router.get("/cases", response_class=HTMLResponse)
    def listed(request: Request, state: str = "standing", page: Number = 1) -> HTMLResponse:
        now, wanted = site.clock(), _state(state)
        with site.database.read() as session:
            view = view_of(request, zone_of(session), now)
            rows = _listed(session, request, wanted)
            shown = paged(rows, PAGE, page)
            found = show_cases(session, shown.rows, now)
            data: dict[str, Any] = {"cases": found, "wanted": wanted, "states": STATES, "foot": foot(session)}
            data |= {"paged": shown}
            return render(site, view, "cases.html.j2", **data, **_words(view))

    @router.get("/cases/export")
    def export(request: Request, state: str = "standing") -> Response:
        now = site.clock()
        with site.database.read() as session:
            view = view_of(request, zone_of(session), now)
            found = show_cases(session, _listed(session, request, _state(state)), now)
        heads = [view.t(f"case.head.{name}") for name in HEADS]
        return as_xlsx(f"{view.t('cases.title')} {view.today}", heads, [_row(one, view) for one in found])

    @router.get("/cases/{number}", response_class=HTMLResponse)
    def case(request: Request, number: int) -> HTMLResponse:
        return case_page(site, request, number)

    @router.get("/cases/{number}/files/{file}")
    def handed_in(request: Request, number: int, file: int) -> Response:
        with site.database.read() as session:
            return _file(site, session, visible(session, request, number), file)

    @router.get("/cases/{number}/notice")
    def notice(request: Request, number: int) -> Response:
        with site.database.read() as session:
            return _notice(site, session, visible(session, request, number))


def case_page(
    site: Site,
    request: Request,
    number: int,
    status: int = 200,
    problem: DubanError | None = None,
    typed: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """The case as whoever is signed in may see it; ``typed`` by deed what could not be taken."""
    now = site.clock()
    with site.database.read() as session:
        shown = show_case(session, visible(session, request, number), now)
        view = view_of(request, shown.zone, now)
        data: dict[str, Any] = {"problem": view.refusal(problem) if problem else "", "typed": typed or {}}
        data |= {"case": shown, "limit": TEXT_LIMIT, "foot": foot(session)}
        return render(site, view, "case.html.j2", status, **data, **_paper(site, session, shown, view))


def visible(session: Session, request: Request, number: int) -> tables.SupervisionCase:
    """The case, if whoever is signed in may see it; another unit's is as good as none."""
    row, person = session.get(tables.SupervisionCase, number), acting(request)
    if row is None or (person.role is Role.UNIT and row.unit_id != person.unit_id):
        raise HTTPException(404)
    return row


def _listed(session: Session, request: Request, state: str | None) -> list[tables.SupervisionCase]:
    """The cases of that state that whoever is signed in may see."""
    person = acting(request)
    if person.role is not Role.UNIT:
        return cases.listed(session, state=state)
    return cases.listed(session, state=state, unit_id=person.unit_id) if person.unit_id else []


def _state(text: str) -> str | None:
    return text if text in STATES else None


def _row(one: ShownCase, view: View) -> list[object]:
    colour, state = (
        said(view.locale, f"case.colour.{one.colour}"),
        said(view.locale, f"case.state.{one.state}"),
    )
    dates = [one.opened_on, one.reply_due_on, one.replied_on, one.closed_on]
    told = [
        demand_in(one.demand, one.cause, view.locale),
        *(_last(one, kind) for kind in ("reply", "closed")),
    ]
    return [one.number, colour, state, one.unit, one.no, one.title, one.plan, *dates, one.notices, *told]


def _last(one: ShownCase, kind: str) -> str:
    return next((entry.text for entry in reversed(one.happened) if entry.kind == kind), "")


def _unit(router: APIRouter, site: Site) -> None:
    path = "/r/{token}/cases/{number}"

    @router.api_route(path, methods=["GET", "HEAD"], response_class=HTMLResponse)
    def asked(request: Request, token: str, number: int) -> HTMLResponse:
        with site.database.read() as session:
            return _page(site, session, request, token, number)

    @router.post(path)
    async def answered(request: Request, token: str, number: int) -> Response:
        await run_in_threadpool(_check_in, site, token, number)
        with closing(await read_upload(request)) as sent:
            return await run_in_threadpool(_answer, site, request, token, number, sent)

    @router.api_route(path + "/files/{file}", methods=["GET", "HEAD"])
    def handed_in(token: str, number: int, file: int) -> Response:
        with site.database.read() as session:
            holder = holder_of(session, token, site.clock())
            return _file(site, session, _own(session, holder, number), file)

    @router.api_route(path + "/notice", methods=["GET", "HEAD"])
    def notice(token: str, number: int) -> Response:
        with site.database.read() as session:
            holder = holder_of(session, token, site.clock())
            return _notice(site, session, _own(session, holder, number))


def _page(
    site: Site,
    session: Session,
    request: Request,
    token: str,
    number: int,
    status: int = 200,
    **data: Any,
) -> HTMLResponse:
    now = site.clock()
    holder = holder_of(session, token, now)
    shown = show_case(session, _own(session, holder, number), now)
    view = view_of(request, shown.zone, now)
    kept = {"typed": "", "problem": "", "limit": TEXT_LIMIT, "answered": ANSWERED in request.query_params}
    page = {"holder": holder, "case": shown, **kept, **data, **_paper(site, session, shown, view)}
    return render(site, view, "link_case.html.j2", status, **page)


def _check_in(site: Site, token: str, number: int) -> None:
    """Whoever may not answer the case is turned away before anything is read of what is sent."""
    with site.database.read() as session:
        _own(session, holder_of(session, token, site.clock()), number)


def _answer(site: Site, request: Request, token: str, number: int, sent: Sent) -> Response:
    """The reply is stored with its files and the page shown again; a refused one comes back with what was typed."""
    now = site.clock()
    try:
        check_arrived(sent)
        with kept_in(site.files, list(uploads(sent))) as kept, site.database.write() as session:
            holder = holder_of(session, token, now)
            row = _own(session, holder, number)
            reply_in(session, row, sent.get("text"), now, holder.who, link=holder.link_id)
            attach(session, OWNER, stored_id(row.id), kept, now, holder.who)
    except DubanError as error:
        with site.database.read() as session:
            problem = view_of(request, zone_of(session), now).refusal(error)
            data = {"typed": sent.get("text"), "problem": problem}
            return _page(site, session, request, token, number, 422, **data)
    query = "&".join(part for part in (request.url.query, f"{ANSWERED}=1") if part)
    return RedirectResponse(f"{request.url.path}?{query}", status_code=303)


def _own(session: Session, holder: Holder, number: int) -> tables.SupervisionCase:
    """The case, if it is addressed to the holder's unit. Raises LinkRefused for any other, there or not."""
    row = session.get(tables.SupervisionCase, number)
    if row is None or row.unit_id != holder.unit_id:
        raise LinkRefused("not_yours", holder.unit, holder.period)
    return row


def _file(site: Site, session: Session, row: tables.SupervisionCase, number: int) -> Response:
    return kept_file(site, session, OWNER, stored_id(row.id), number)


def _notice(site: Site, session: Session, row: tables.SupervisionCase) -> Response:
    file = notice_file(session, site.coordinator, site.notice_form, row, second=row.notices > 1)
    return as_download(file.name, file.media_type, file.content)


def _paper(site: Site, session: Session, shown: ShownCase, view: View) -> dict[str, Any]:
    """What the notice on the page says beside the case itself."""
    return {
        "issuer": site.coordinator.post,
        "troubles": troubles_of(shown.cause, view.locale),
        "files": attachments_of(session, OWNER, [shown.id]),
        **_words(view),
    }


def _words(view: View) -> Mapping[str, Any]:
    def word(key: str) -> str:
        return said(view.locale, key)

    def long_day(on: date) -> str:
        return full_date(on, view.locale)

    def paragraphs(text: str) -> list[str]:
        return [line for line in text.split("\n") if line.strip()]

    return {
        "word": word,
        "demand_in": demand_in,
        "long_day": long_day,
        "tones": TONES,
        "marks": MARKS,
        "paragraphs": paragraphs,
    }
