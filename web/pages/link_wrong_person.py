"""发错人了: the page on which who came by a unit's link says that messages reach the wrong person."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from notifications.views import person
from web.multipart import Sent, read_form
from web.pages.link import holder_of
from web.site import Site
from web.view import render, view_of, zone_of
from workflows.wrong_person import LONGEST, dispute_by_link, meant_by_link

Form = Annotated[Sent, Depends(read_form)]


def routes(site: Site) -> APIRouter:
    """``/r/TOKEN/wrong-person``: asked about first, done by its button."""
    router = APIRouter()
    path = "/r/{token}/wrong-person"

    @router.api_route(path, methods=["GET", "HEAD"], response_class=HTMLResponse)
    def show(request: Request, token: str) -> HTMLResponse:
        now = site.clock()
        with site.database.read() as session:
            holder, view = holder_of(session, token, now), view_of(request, zone_of(session), now)
            contact = meant_by_link(session, holder)
        is_done = contact is not None and contact.disputed_at is not None
        return render(
            site,
            view,
            "link_wrong_person.html.j2",
            holder=holder,
            state="done" if is_done or "done" in view.query else "ask" if contact else "nobody",
            title=contact.title if contact else "",
            who=" ".join(part for part in (person(site.coordinator), site.coordinator.address) if part),
            limit=LONGEST,
        )

    @router.post(path)
    def say(request: Request, token: str, sent: Form) -> RedirectResponse:
        now = site.clock()
        words = sent.get("words")
        sent.close()
        holder = dispute_by_link(site.database, token, words, now)
        with site.database.read() as session:
            view = view_of(request, zone_of(session), now)
        return RedirectResponse(view.link(holder.path("wrong-person"), done=1), status_code=303)

    return router
