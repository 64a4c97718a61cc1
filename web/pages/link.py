"""填报首页: what a unit finds behind its link, and the check of links for every page below it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session

from notifications.views import person
from web.link_sections import SECTIONS
from web.pages.inbox import zone_of
from web.site import Site
from web.view import View, render, view_of
from workflows.links import Holder, LinkRefused, open_link

GONE = 410
MOMENT = timedelta(microseconds=1)


def routes(site: Site) -> APIRouter:
    """The unit's page at ``/r/TOKEN``."""
    router = APIRouter()

    @router.api_route("/r/{token}", methods=["GET", "HEAD"], response_class=HTMLResponse)
    def index(request: Request, token: str) -> HTMLResponse:
        now = site.clock()
        with site.database.read() as session:
            holder = holder_of(session, token, now)
            view = view_of(request, zone_of(session), now)
            return render(site, view, "link_index.html.j2", **_contents(session, holder, view))

    return router


def holder_of(session: Session, token: str, now: datetime) -> Holder:
    """Who comes with that token. Raises LinkRefused, which the application answers with a page that explains."""
    return open_link(session, token, now)


def refused(site: Site, request: Request, error: LinkRefused) -> HTMLResponse:
    """To a stranger nothing; to who held the link what became of it, and what to do."""
    with site.database.read() as session:
        view = view_of(request, zone_of(session), site.clock())
    who = " ".join(part for part in (person(site.coordinator), site.coordinator.address) if part)
    status = 404 if error.why == "unknown" else GONE
    data = {"why": error.why, "unit": error.unit, "period": error.period, "who": who}
    return render(site, view, "link_refused.html.j2", status, **data)


def last_day(holder: Holder, view: View) -> Any:
    """The last day on which the link opens something."""
    return (holder.expires_at - MOMENT).astimezone(view.zone).date()


def _contents(session: Session, holder: Holder, view: View) -> dict[str, Any]:
    sections = [make(session, holder, view) for make in SECTIONS]
    return {
        "holder": holder,
        "last_day": last_day(holder, view),
        "sections": [section for section in sections if section.entries],
    }
