"""本单位: what a unit owes and how it stands, the way to its form, and its calendar."""

from __future__ import annotations

import sys
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import Session

from db import cases, tables
from engine.errors import DubanError
from notifications.demand import demand_in
from notifications.words import say as said
from web.admission import Forbidden, acting
from web.own_work import OwnWork, own_messages, own_work
from web.reasons import sentence
from web.sheet import as_xlsx
from web.site import Site
from web.typed import whole_or
from web.view import View, done, percent, render, view_of, zone_of
from workflows.calendar_feed import feed_address, new_feed, revoke_feed
from workflows.links import new_link
from workflows.show_case import show_cases

SEE_OTHER, REFUSED = 303, 422
EVERYTHING = sys.maxsize
HEADS = ("no", "task", "light", "target", "expected", "actual", "unit", "behind", "due", "reason")


def routes(site: Site) -> APIRouter:
    """``/mine`` of whoever signed in for a unit."""
    router = APIRouter()
    _looking(router, site)
    _reporting(router, site)
    _calendar(router, site)
    return router


def _looking(router: APIRouter, site: Site) -> None:
    @router.get("/mine", response_class=HTMLResponse)
    def mine(request: Request) -> HTMLResponse:
        return _page(site, request)

    @router.get("/mine/tasks.xlsx")
    def workbook(request: Request) -> Response:
        with site.database.read() as session:
            view = view_of(request, zone_of(session), site.clock())
            work = own_work(session, _unit_of(request), view, size=EVERYTHING)
            heads = [view.t(f"sheet.{head}") for head in HEADS]
            name = f"{view.t('nav.mine')} {view.today.isoformat()}"
            return as_xlsx(name, heads, _rows(work, view), view.t("nav.mine"))


def _reporting(router: APIRouter, site: Site) -> None:
    @router.post("/mine/report")
    def report(request: Request) -> Response:
        """Leads to the unit's form of the period, by a link of its own."""
        unit_id, now, person = _unit_of(request), site.clock(), acting(request)
        with site.database.read() as session:
            unit = session.get_one(tables.Unit, unit_id).name
            view = view_of(request, zone_of(session), now)
        try:
            address, _ = new_link(
                site.database, site.office(), unit, None, now, person.who, person.id or None
            )
        except DubanError as error:
            return _page(site, request, REFUSED, error)
        return RedirectResponse(view.link(f"/r/{address.rpartition('/')[2]}"), SEE_OTHER)


def _calendar(router: APIRouter, site: Site) -> None:
    @router.post("/mine/calendar")
    def renew(request: Request) -> Response:
        try:
            new_feed(site.database, site.office().links, _unit_of(request), site.clock(), acting(request).who)
        except DubanError as error:
            return _page(site, request, REFUSED, error)
        return _back(site, request, "mine.calendar")

    @router.post("/mine/calendar/revoke")
    def revoke(request: Request) -> Response:
        revoke_feed(site.database, _unit_of(request), site.clock(), acting(request).who)
        return _back(site, request, "mine.calendar_revoked")


def _back(site: Site, request: Request, what: str) -> Response:
    with site.database.read() as session:
        return done(view_of(request, zone_of(session), site.clock()), "/mine", what)


def _page(site: Site, request: Request, status: int = 200, error: DubanError | None = None) -> HTMLResponse:
    now, unit_id = site.clock(), _unit_of(request)
    with site.database.read() as session:
        view = view_of(request, zone_of(session), now)
        data = _contents(session, site, unit_id, view)
        problem = view.refusal(error) if error else ""
        return render(site, view, "mine.html.j2", status, nav="mine", problem=problem, **data)


def _contents(session: Session, site: Site, unit_id: int, view: View) -> dict[str, Any]:
    rows = cases.listed(session, unit_id=unit_id, state="standing")
    return {
        "unit": session.get_one(tables.Unit, unit_id).name,
        "work": own_work(session, unit_id, view, whole_or(view.query.get("page"), 1)),
        "demand_in": demand_in,
        "cases": show_cases(session, rows, site.clock()),
        "case_word": partial(said, view.locale),
        "messages": own_messages(session, unit_id),
        "feed": feed_address(session, site.office().links, unit_id),
        "percent": percent,
        "sentence": sentence,
    }


def _rows(work: OwnWork, view: View) -> list[list[object]]:
    rows: list[list[object]] = []
    for task in work.led:
        standing, worst = task.standing, task.worst
        reason = standing.reasons[0] if standing.reasons else None
        figures = (worst.indicator.quantity, round(worst.expected, 2), worst.actual) if worst else (None,) * 3
        unit = worst.indicator.unit if worst else None
        why = sentence(reason, view.today, view.locale) if reason else None
        light = view.chip(standing.light, reason).word
        behind = standing.behind or None
        rows.append([task.card.no, task.card.title, light, *figures, unit, behind, task.due_on, why])
    for share in work.shares:
        for one, quota, reported in share.figures:
            head = [share.card.no, share.card.title, None]
            rows.append([*head, quota, None, reported, one.unit, None, share.due_on, one.subject or None])
    return rows


def _unit_of(request: Request) -> int:
    """The unit for which somebody signed in. Raises Forbidden."""
    unit_id = acting(request).unit_id
    if unit_id is None:
        raise Forbidden
    return unit_id
