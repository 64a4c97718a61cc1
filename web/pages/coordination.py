"""需协调事项: what units asked to have settled, and the answer that settles it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from db import runs, tables
from engine.errors import DubanError
from web.admission import acting
from web.found import found
from web.multipart import Sent, read_form
from web.pages.overview import foot
from web.site import Site
from web.view import done, render, view_of, zone_of
from workflows.review_queue import count_waiting
from workflows.settle_coordination import NEEDS_COORDINATION, settle_coordination, subtask_of

Form = Annotated[Sent, Depends(read_form)]
WRONG, CONFLICT = 422, 409


def routes(site: Site) -> APIRouter:
    """``/reviews/coordination`` and the form of each matter."""
    router = APIRouter()

    @router.get("/reviews/coordination", response_class=HTMLResponse)
    def listed(request: Request) -> HTMLResponse:
        return _page(site, request)

    @router.post("/reviews/coordination/{number}")
    def settle(request: Request, number: int, sent: Form) -> Response:
        now, answer = site.clock(), sent.get("answer")
        try:
            settle_coordination(site.database, number, now, acting(request).who, answer)
        except DubanError as error:
            status = WRONG if error.code == "NO_REASON" else CONFLICT
            return _page(site, request, status, error, {number: answer})
        with site.database.read() as session:
            return done(view_of(request, zone_of(session), now), "/reviews/coordination", "settled")

    return router


def _page(
    site: Site,
    request: Request,
    status: int = 200,
    error: DubanError | None = None,
    typed: dict[int, str] | None = None,
) -> HTMLResponse:
    now = site.clock()
    with site.database.read() as session:
        view = view_of(request, zone_of(session), now)
        matters = _matters(session)
        return render(
            site,
            view,
            "coordination.html.j2",
            status,
            matters=matters,
            found=found,
            waiting=count_waiting(session),
            problem=view.refusal(error) if error else "",
            typed=typed or {},
            gone=[text for key, text in (typed or {}).items() if key not in {one.id for one, _ in matters}],
            foot=foot(session),
        )


def _matters(session: Session) -> list[tuple[tables.Finding, int | None]]:
    """Each open matter with its sub-task, the longest waiting first."""
    return [(one, subtask_of(one.subject)) for one in runs.open_findings(session, NEEDS_COORDINATION)]
