"""来信: mails that came in, what nobody could read of them, and the evidence of deliveries; the way from old addresses."""

from __future__ import annotations

from datetime import date, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from db import mail_in
from engine.errors import DubanError
from web.admission import acting
from web.downloads import as_download
from web.found import mail_note
from web.pages.messages import mails_to_see, selection_of
from web.pages.overview import foot
from web.sheet import MEDIA_TYPE
from web.site import Site
from web.view import done, render, view_of, zone_of
from workflows.collect_replies import see_to
from workflows.deliveries import export_deliveries

LISTED = 200
MONTH = timedelta(days=30)
MOVED, CONFLICT = 301, 409


def routes(site: Site) -> APIRouter:
    """``/messages/incoming``, ``/messages/deliveries`` and ``/inbox``; register it before ``/messages/ID``."""
    router = APIRouter()

    @router.get("/messages/incoming", response_class=HTMLResponse)
    def incoming(request: Request) -> HTMLResponse:
        return _page(site, request)

    @router.post("/messages/incoming/{number}")
    def seen(request: Request, number: int) -> Response:
        try:
            see_to(site.database, number, site.clock(), acting(request).who)
        except DubanError as error:
            return _page(site, request, CONFLICT, error)
        with site.database.read() as session:
            return done(view_of(request, zone_of(session), site.clock()), "/messages/incoming", "seen")

    @router.get("/messages/deliveries")
    def deliveries(request: Request) -> Response:
        with site.database.read() as session:
            view = view_of(request, zone_of(session), site.clock())
            wanted = selection_of(view.query)
            last = wanted.last or view.today
            first = min(wanted.first or last - MONTH, last)
            content = export_deliveries(session, first, last, view.zone, view.locale)
        return as_download(_name(view.t("messages.deliveries"), first, last), MEDIA_TYPE, content)

    @router.get("/inbox")
    @router.get("/inbox/{rest:path}")
    def moved(request: Request, rest: str = "") -> Response:
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/messages/{rest}".rstrip("/") + query, MOVED)

    return router


def _name(words: str, first: date, last: date) -> str:
    return f"{words} {first} {last}.xlsx"


def _page(site: Site, request: Request, status: int = 200, error: DubanError | None = None) -> HTMLResponse:
    with site.database.read() as session:
        view = view_of(request, zone_of(session), site.clock())
        data = {
            "mails": mail_in.recent(session, LISTED),
            "mail_note": mail_note,
            "to_see": mails_to_see(session),
            "foot": foot(session),
        }
        problem = view.refusal(error) if error else ""
        return render(site, view, "incoming.html.j2", status, problem=problem, **data)
