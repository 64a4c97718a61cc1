"""督办单: the list and each case for the desk, and the case as its unit sees and answers it by link."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from db import cases, tables
from engine.cases import TEXT_LIMIT
from engine.errors import DubanError
from notifications.demand import full_date, troubles_of
from notifications.words import say as said
from web.downloads import as_download
from web.pages.inbox import zone_of
from web.pages.link import holder_of
from web.pages.overview import foot
from web.site import Site
from web.view import View, render, view_of
from workflows.case_notice import notice_file
from workflows.handle_case import reply_in
from workflows.links import Holder
from workflows.show_case import ShownCase, show_case, show_cases

BODY_LIMIT = 12 * TEXT_LIMIT + 1000  # bytes of a form: three a character, each written as %XX
TONES = {"red": "red", "yellow": "yellow", "blue": "grey"}
STATES = ("standing", "open", "replied", "closed")
ANSWERED = "answered"


def routes(site: Site) -> APIRouter:
    """``/cases`` and ``/cases/ID`` for the desk, ``/r/TOKEN/cases/ID`` for the unit."""
    router = APIRouter()
    _desk(router, site)
    _unit(router, site)
    return router


def _desk(router: APIRouter, site: Site) -> None:
    @router.get("/cases", response_class=HTMLResponse)
    def listed(request: Request, state: str = "standing") -> HTMLResponse:
        now = site.clock()
        wanted = state if state in STATES else None
        with site.database.read() as session:
            view = view_of(request, zone_of(session), now)
            found = show_cases(session, cases.listed(session, state=wanted), now)
            data: dict[str, Any] = {"cases": found, "wanted": wanted, "states": STATES, "foot": foot(session)}
            return render(site, view, "cases.html.j2", **data, **_words(view))

    @router.get("/cases/{number}", response_class=HTMLResponse)
    def case(request: Request, number: int) -> HTMLResponse:
        now = site.clock()
        with site.database.read() as session:
            shown = show_case(session, _found(session, number), now)
            view = view_of(request, shown.zone, now)
            return render(
                site, view, "case.html.j2", case=shown, foot=foot(session), **_paper(site, shown, view)
            )

    @router.get("/cases/{number}/notice")
    def notice(number: int) -> Response:
        with site.database.read() as session:
            return _notice(site, session, _found(session, number))


def _unit(router: APIRouter, site: Site) -> None:
    path = "/r/{token}/cases/{number}"

    @router.api_route(path, methods=["GET", "HEAD"], response_class=HTMLResponse)
    def asked(request: Request, token: str, number: int) -> HTMLResponse:
        with site.database.read() as session:
            return _page(site, session, request, token, number)

    @router.post(path)
    async def answered(request: Request, token: str, number: int) -> Response:
        text = await _typed(request)
        return await run_in_threadpool(_answer, site, request, token, number, text)

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
    page = {"holder": holder, "case": shown, **kept, **data, **_paper(site, shown, view)}
    return render(site, view, "link_case.html.j2", status, **page)


def _answer(site: Site, request: Request, token: str, number: int, text: str | None) -> Response:
    """The reply is stored and the page shown again; a refused one comes back with what was typed."""
    now = site.clock()
    try:
        if text is None:
            raise DubanError("CASE_TEXT", f"回复太长，没有保存：请精简到 {TEXT_LIMIT} 个字以内。")
        with site.database.write() as session:
            holder = holder_of(session, token, now)
            reply_in(session, _own(session, holder, number), text, now, holder.who, link=holder.link_id)
    except DubanError as error:
        with site.database.read() as session:
            data = {"typed": text or "", "problem": error.message}
            return _page(site, session, request, token, number, 422, **data)
    query = "&".join(part for part in (request.url.query, f"{ANSWERED}=1") if part)
    return RedirectResponse(f"{request.url.path}?{query}", status_code=303)


async def _typed(request: Request) -> str | None:
    """The reply as typed, or ``None`` where the form is larger than any reply may be."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            return None
    try:
        fields = parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=10)
    except ValueError:
        return ""
    return fields.get("text", [""])[0].replace("\r\n", "\n")


def _found(session: Session, number: int) -> tables.SupervisionCase:
    row = session.get(tables.SupervisionCase, number)
    if row is None:
        raise HTTPException(404)
    return row


def _own(session: Session, holder: Holder, number: int) -> tables.SupervisionCase:
    """The case, if it is addressed to the holder's unit; another unit's is as good as none."""
    row = session.get(tables.SupervisionCase, number)
    if row is None or row.unit_id != holder.unit_id:
        raise HTTPException(404)
    return row


def _notice(site: Site, session: Session, row: tables.SupervisionCase) -> Response:
    file = notice_file(session, site.coordinator, site.notice_form, row, second=row.notices > 1)
    return as_download(file.name, file.media_type, file.content)


def _paper(site: Site, shown: ShownCase, view: View) -> dict[str, Any]:
    """What the notice on the page says beside the case itself."""
    return {
        "issuer": site.coordinator.post,
        "troubles": troubles_of(shown.cause, view.locale),
        **_words(view),
    }


def _words(view: View) -> Mapping[str, Any]:
    def word(key: str) -> str:
        return said(view.locale, key)

    def long_day(on: date) -> str:
        return full_date(on, view.locale)

    def paragraphs(text: str) -> list[str]:
        return [line for line in text.split("\n") if line.strip()]

    return {"word": word, "long_day": long_day, "tones": TONES, "paragraphs": paragraphs}
