"""填报首页: what a unit finds behind its link, and the check of links for every page below it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session

from db import plans
from db.cards import Card, load_cards
from engine.model import SubTask
from notifications.views import person
from web.link_jobs import PATHS, asked_of, jobs_of
from web.link_sections import SECTIONS
from web.paging import paged
from web.site import Site
from web.typed import whole_or
from web.view import View, render, view_of, zone_of
from workflows.acknowledge import acknowledge, unsigned_of
from workflows.links import Holder, LinkRefused, open_link

GONE = 410
PAGE = 100  # tasks
STATUS = {"unknown": 404, "not_yours": 403}
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

    @router.post("/r/{token}/sign")
    def sign(request: Request, token: str) -> RedirectResponse:
        now = site.clock()
        with site.database.read() as session:
            holder = holder_of(session, token, now)
            view = view_of(request, zone_of(session), now)
        signed = acknowledge(site.database, holder.unit_id, now, holder.who, link_id=holder.link_id)
        return RedirectResponse(view.link(holder.path(), signed=len(signed)), status_code=303)

    return router


def holder_of(session: Session, token: str, now: datetime) -> Holder:
    """Who comes with that token. Raises LinkRefused, which the application answers with a page that explains."""
    return open_link(session, token, now)


def refused(site: Site, request: Request, error: LinkRefused) -> HTMLResponse:
    """To a stranger nothing; to who held the link what became of it, and what to do."""
    with site.database.read() as session:
        view = view_of(request, zone_of(session), site.clock())
    who = " ".join(part for part in (person(site.coordinator), site.coordinator.address) if part)
    status = STATUS.get(error.why, GONE)
    data = {"why": error.why, "unit": error.unit, "period": error.period, "who": who}
    return render(site, view, "link_refused.html.j2", status, **data)


def last_day(holder: Holder, view: View) -> date:
    """The last day on which the link opens something."""
    return (holder.expires_at - MOMENT).astimezone(view.zone).date()


@dataclass(frozen=True, slots=True)
class Issued:
    """A sub-task to sign for: its words, what it promises, and by when."""

    card: Card
    subtask: SubTask
    deadline: date


def _unsigned(session: Session, holder: Holder) -> list[Issued]:
    ids = unsigned_of(session, holder.unit_id)
    subtasks, cards = plans.load_promises(session, ids), load_cards(session, ids)
    return [
        Issued(cards[key], subtasks[key], subtasks[key].deadline or _end(session, cards[key])) for key in ids
    ]


def _end(session: Session, card: Card) -> date:
    return plans.load_plan(session, card.plan_id).execute_ends_on


def _contents(session: Session, holder: Holder, view: View) -> dict[str, Any]:
    sections = [make(session, holder, view) for make in SECTIONS]
    asked = asked_of(session, holder, view.today)
    if len(asked) > PAGE:  # what is left stands on the first pages
        asked.sort(key=lambda one: one.said)
    shown = paged(asked, PAGE, whole_or(view.query.get("page"), 1))
    jobs = jobs_of(session, holder, shown.rows)
    return {
        "jobs": {role: [job for job in jobs if job.role == role] for role in PATHS},
        "paged": shown,
        "count": len(asked),
        "left": sum(not one.said for one in asked),
        "unsigned": _unsigned(session, holder),
        "signed": whole_or(view.query.get("signed"), 0),
        "holder": holder,
        "last_day": last_day(holder, view),
        "sections": [section for section in sections if section.entries],
    }
