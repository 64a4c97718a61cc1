"""通报: what was frozen each week, what became of its messages; to be read, decided by command."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session
from starlette.exceptions import HTTPException

from db import bulletins, tables
from engine.errors import DubanError
from notifications.paper import Paper
from web.pages.inbox import zone_of
from web.pages.overview import foot
from web.site import Site
from web.view import View, render, view_of
from workflows.export_bulletin import paper_of


def routes(site: Site) -> APIRouter:
    """The list at ``/bulletins`` and a bulletin at ``/bulletins/ID``."""
    router = APIRouter()

    @router.get("/bulletins", response_class=HTMLResponse)
    def listed(request: Request) -> HTMLResponse:
        with site.database.read() as session:
            view = view_of(request, zone_of(session), site.clock())
            rows = bulletins.listed(session)
            return render(
                site, view, "bulletins.html.j2", lines=_lines(session, rows, view), foot=foot(session)
            )

    @router.get("/bulletins/{number}", response_class=HTMLResponse)
    def bulletin(request: Request, number: int) -> HTMLResponse:
        with site.database.read() as session:
            row = session.get(tables.Bulletin, number)
            if row is None:
                raise HTTPException(404)
            view = view_of(request, zone_of(session), site.clock())
            (line,) = _lines(session, [row], view)
            data: dict[str, Any] = {"line": line, "sha256": row.sha256, "paper": _paper(row, view)}
            return render(site, view, "bulletin.html.j2", **data, foot=foot(session))

    return router


@dataclass(frozen=True, slots=True)
class Line:
    """A bulletin in the list; ``messages`` are words with their numbers."""

    id: int
    plan: str
    kind: str
    period: str
    on: date
    state: str
    decided_at: datetime | None
    decided_by: str
    messages: tuple[str, ...]


def _lines(session: Session, rows: list[tables.Bulletin], view: View) -> list[Line]:
    counted = bulletins.counts(session, rows) if rows else {}
    return [
        Line(
            id=row.id or 0,
            plan=session.get_one(tables.Plan, row.plan_id).title,
            kind=row.kind,
            period=row.period,
            on=row.on,
            state=row.state,
            decided_at=row.decided_at,
            decided_by=row.decided_by,
            messages=tuple(
                f"{view.t(f'end.{state}')} {number}" for state, number in counted[row.id or 0].items()
            ),
        )
        for row in rows
    ]


def _paper(row: tables.Bulletin, view: View) -> Paper | None:
    """What was frozen, ready to be read; ``None`` for a kind that has a page or file of its own."""
    try:
        return paper_of(row, view.locale)
    except DubanError:
        return None
