"""运行情况: what should have gone out and what did, when the service acts, and what is wrong with it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from db import runs, tables
from engine.timetable import TIMETABLE
from web.found import found, trouble
from web.lacking import lacks
from web.pages.overview import foot
from web.reasons import ending
from web.sheet import as_xlsx
from web.site import Site
from web.typed import Number
from web.view import View, render, view_of, zone_of
from web.words import knows
from workflows.health import PING, DayLine, day_lines, overdue, turns_of
from workflows.list_channels import ChannelLine, list_channels

SPANS = (7, 14, 31)
ENDS = ("accepted", "waiting", "held", "withdrawn", "given_up")


def routes(site: Site) -> APIRouter:
    """``/service`` and its table as a workbook."""
    router = APIRouter()

    @router.get("/service", response_class=HTMLResponse)
    def service(request: Request, days: Number = 7) -> HTMLResponse:
        now = site.clock()
        with site.database.read() as session:
            view = view_of(request, zone_of(session), now)
            data = _contents(site, session, view, now, days if days in SPANS else SPANS[0])
            return render(site, view, "service.html.j2", nav="service", **data)

    @router.get("/service.xlsx")
    def workbook(request: Request, days: Number = 31) -> Response:
        with site.database.read() as session:
            view = view_of(request, zone_of(session), site.clock())
            lines = _lines(session, view, days if days in SPANS else SPANS[-1])
        heads = ["date", "kind", "owed", *(f"end.{end}" for end in ENDS), "reasons"]
        rows = [
            (
                one.on,
                _kind(view, one.kind),
                one.owed,
                *(one.ends.get(end, 0) for end in ENDS),
                _reasons(view, one),
            )
            for one in lines
        ]
        return as_xlsx(view.t("service.file"), [view.t(f"service.{head}") for head in heads], rows)

    return router


def _contents(site: Site, session: Session, view: View, now: datetime, days: int) -> dict[str, Any]:
    ping = session.get(tables.Mark, PING)
    lines, findings = _lines(session, view, days), runs.open_findings(session)
    return {
        "days": days,
        "spans": SPANS,
        "ends": ENDS,
        "lines": lines,
        "kind": lambda name: _kind(view, name),
        "reasons": lambda line: _reasons(view, line),
        "overdue": overdue(session, now, view.zone),
        "turns": turns_of(session, TIMETABLE),
        "is_watched": site.pulse is not None,
        "since": site.pulse.silent_since(now) if site.pulse else None,
        "ping": ping,
        "channels": _channels(site, session, now),
        "findings": findings,
        "found": found,
        "failed": {one.subject: found(one, view) for one in findings if one.code == "DUTY_FAILED"},
        "trouble": trouble,
        "lacks": lacks(site, session, view),
        "foot": foot(session),
    }


def _lines(session: Session, view: View, days: int) -> list[DayLine]:
    return day_lines(session, view.today - timedelta(days=days - 1), view.today)


def _channels(site: Site, session: Session, now: datetime) -> list[ChannelLine]:
    if site.factory is None:
        return []
    found = list_channels(session, site.factory, now, has_mail=bool(site.installation.mail))
    return [line for line in found if line.is_active]


def _kind(view: View, name: str) -> str:
    key = f"kind.{name}"
    return view.t(key) if knows(view.locale, key) else name


def _reasons(view: View, line: DayLine) -> str:
    """Why something was taken back or given up, with how often."""
    parts = [f"{ending(reason, view.locale)} {number}" for reason, number in sorted(line.reasons.items())]
    return view.t("list").join(parts)
