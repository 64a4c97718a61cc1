"""消息日历: the messages of a month as they went out and as they would, and what a change of the rules makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import Session

from db import plans
from db.calendar import load_calendar
from engine.model import Plan
from web.calendar_days import (
    Entry,
    coming_entries,
    kind_word,
    month_after,
    month_before,
    month_span,
    sent_entries,
    weeks_of,
    why,
    with_items,
)
from web.pages import calendar_compare
from web.pages.overview import foot
from web.paging import paged
from web.rehearsals import Answer, Progress, Question, Rehearsals, state_of
from web.sheet import as_xlsx
from web.site import Site
from web.typed import Number
from web.typed import month as month_of
from web.view import View, render, view_of

PAGE = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for."""

    month: Annotated[str, Query()] = ""
    day: Annotated[str, Query()] = ""
    to: Annotated[str, Query()] = ""
    kind: Annotated[str, Query()] = ""
    show: Annotated[str, Query()] = ""
    page: Number = 1


@dataclass
class Known:
    """What can be said of a month: its entries, and the answer they come from or how far it has come."""

    first: date
    entries: list[Entry]
    answer: Answer | Progress | None
    is_stale: bool = False

    @property
    def waits(self) -> bool:
        """Whether the rest is being worked out."""
        return isinstance(self.answer, Progress) and not self.answer.failed

    @property
    def failed(self) -> bool:
        """Whether working it out broke off."""
        return isinstance(self.answer, Progress) and self.answer.failed


def routes(site: Site) -> APIRouter:
    """``/calendar`` and its workbook, and the comparing of rules; all share one worker."""
    router = APIRouter()
    known = Rehearsals(site)

    @router.get("/calendar", response_class=HTMLResponse)
    def month(request: Request, asked: Annotated[Asked, Depends()]) -> Response:
        now = site.clock()
        with site.database.read() as session:
            plan, view = _start(session, request, now)
            if plan is None:
                return render(site, view, "empty.html.j2")
        found = _known(site, known, plan, asked, view, now)
        with site.database.read() as session:
            return render(site, view, "calendar.html.j2", **_page(session, plan, found, asked, view))

    @router.get("/calendar/workbook")
    def workbook(request: Request, asked: Annotated[Asked, Depends()]) -> Response:
        now = site.clock()
        with site.database.read() as session:
            plan, view = _start(session, request, now)
        entries: Sequence[Entry] = ()
        if plan is not None:
            entries = _chosen(_known(site, known, plan, asked, view, now).entries, asked)
            with site.database.read() as session:
                entries = with_items(session, entries)
        heads = [
            view.t(f"calendar.{name}")
            for name in ("date", "time", "to", "kind", "subject", "reason", "merged")
        ]
        rows = [
            [
                *(one.on, one.time, one.to, kind_word(one.kind, view), one.subject),
                *(why(one.kind, one.items, view), one.merged),
            ]
            for one in entries
        ]
        return as_xlsx(
            view.t("calendar.file", month=first_of(asked.month, view.today).strftime("%Y-%m")), heads, rows
        )

    @router.post("/calendar/again")
    def again(request: Request, month: str = "") -> RedirectResponse:
        known.forget()
        with site.database.read() as session:
            _, view = _start(session, request, site.clock())
        return RedirectResponse(view.link("/calendar", month=month), 303)

    calendar_compare.add(router, site, known)
    return router


def first_of(text: str, today: date) -> date:
    """The first day of the month ``YYYY-MM``, this month for anything else."""
    return month_of(text) or today.replace(day=1)


def _start(session: Session, request: Request, now: datetime) -> tuple[Plan | None, View]:
    followed = plans.load_plans(session)
    zone = plans.zone_of(followed[0]) if followed else None
    view = view_of(request, zone or plans.zone_of(Plan(0, "", now.year, None, ())), now)
    return (followed[0] if followed else None), view


def _known(site: Site, rehearsals: Rehearsals, plan: Plan, asked: Asked, view: View, now: datetime) -> Known:
    """What was sent, and what would be where it has been worked out; else that begins now."""
    first, last = month_span(first_of(asked.month, view.today))
    with site.database.read() as session:
        entries = sent_entries(session, first, last, now, view)
        end = max((one.ends_on for one in plans.load_plans(session)), default=plan.ends_on)
        state = state_of(session)
    if last < view.today or first > end:
        return Known(first, entries, None)
    answer = rehearsals.ask(Question(view.today, last))
    if isinstance(answer, Progress):
        return Known(first, entries, answer)
    entries += coming_entries(answer.lines, first, last, now, view)
    return Known(first, entries, answer, answer.state != state)


def _chosen(entries: Sequence[Entry], asked: Asked) -> list[Entry]:
    return [
        one
        for one in entries
        if asked.to in ("", one.to) and asked.kind in ("", one.kind) and asked.day in ("", one.on.isoformat())
    ]


def _page(session: Session, plan: Plan, known: Known, asked: Asked, view: View) -> dict[str, Any]:
    filtered = [one for one in known.entries if asked.to in ("", one.to) and asked.kind in ("", one.kind)]
    is_list = asked.show == "list"
    day = asked.day or ("" if is_list else _first_day(filtered, view.today))
    shown = [one for one in filtered if day in ("", one.on.isoformat())]
    found = paged(shown, PAGE, asked.page)
    kept = {"month": f"{known.first:%Y-%m}", "to": asked.to, "kind": asked.kind}
    return {
        "known": known,
        "weeks": weeks_of(known.first, filtered, load_calendar(session), view.today),
        "shown": with_items(session, found.rows),
        "count": found.found,
        "total": len(filtered),
        "page": found.page,
        "pages": found.pages,
        "day": day,
        "is_list": is_list,
        "asked": asked,
        "kept": kept,
        "before": f"{month_before(known.first):%Y-%m}",
        "after": f"{month_after(known.first):%Y-%m}",
        "recipients": sorted({one.to for one in known.entries}),
        "kinds": sorted({one.kind for one in known.entries}),
        "kind_word": kind_word,
        "why": why,
        "plan": plan,
        "foot": foot(session),
    }


def _first_day(entries: Sequence[Entry], today: date) -> str:
    """Today if something goes out, else the next day with messages, else the first one."""
    days = sorted({one.on for one in entries})
    day = next((day for day in days if day >= today), days[0] if days else None)
    return day.isoformat() if day else ""
