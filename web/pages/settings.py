"""设置: what there is to set up, one card a page, for those who may."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from web.lacking import lacks
from web.site import Site
from web.view import render, view_of, zone_of


def routes(site: Site) -> APIRouter:
    """The page at ``/settings``."""
    router = APIRouter()

    @router.get("/settings", response_class=HTMLResponse)
    def settings(request: Request) -> HTMLResponse:
        now = site.clock()
        with site.database.read() as session:
            view = view_of(request, zone_of(session), now)
            missing = lacks(site, session, view)
        return render(site, view, "settings.html.j2", nav="settings", tab="", lacks=missing)

    return router
