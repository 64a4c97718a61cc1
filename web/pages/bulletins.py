"""通报: what was frozen each week, what each unit gets of it, and the decision about what still waits."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.orm import defer
from sqlmodel import Session
from starlette.exceptions import HTTPException

from db import bulletins, plans, tables
from db.bulletins import Told
from engine.errors import DubanError
from engine.roles import STAFF
from notifications.paper import Paper
from web.admission import acting
from web.downloads import as_download
from web.guard import POLICY_WITH_PREVIEW
from web.multipart import Sent, read_form
from web.pages.overview import foot
from web.remembered import Remembered
from web.sheet import as_xlsx
from web.shown_message import ShownMessage, on_channels
from web.site import Site
from web.typed import Number
from web.view import View, done, render, view_of, zone_of
from workflows import decide_bulletin
from workflows.export_bulletin import export_bulletin, paper_of
from workflows.links import filled, filled_card
from workflows.office import Office
from workflows.preview_digest import Upcoming, upcoming_digest

Form = Annotated[Sent, Depends(read_form)]
Decision = Callable[..., decide_bulletin.Decided]
KINDS = ("digest", "evaluation", "year", "final")
STATES = ("held", "published", "withdrawn", "superseded")
SUFFIXES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_MONTH, _DAY = re.compile(r"\d{4}-\d{2}"), re.compile(r"\d{4}-\d{2}-\d{2}")
PAPERS: Remembered[Paper | None] = Remembered(8)
SHOWN = 100  # rows of a table; all of them are in its files
STALE = ("BULLETIN_DECIDED", "BULLETIN_HELD", "NOTHING_HELD")  # somebody else was faster


def routes(site: Site) -> APIRouter:
    """The list at ``/bulletins``; a bulletin, its messages and its files below ``/bulletins/ID``."""
    router = APIRouter()
    _reading(router, site)
    _deciding(router, site)
    return router


def _reading(router: APIRouter, site: Site) -> None:
    @router.get("/bulletins", response_class=HTMLResponse)
    def listed(request: Request, kind: str = "", state: str = "") -> HTMLResponse:
        with site.database.read() as session:
            view = view_of(request, zone_of(session), site.clock())
            wanted = Wanted(kind if kind in KINDS else "", state if state in STATES else "")
            return render(site, view, "bulletins.html.j2", **_list(session, view, wanted, site.clock()))

    @router.get("/bulletins.xlsx")
    def kept(request: Request, kind: str = "", state: str = "") -> Response:
        with site.database.read() as session:
            view = view_of(request, zone_of(session), site.clock())
            lines = _lines(session, _wanted(bulletins.listed(session), Wanted(kind, state)), view)
        names = ("period", "on", "kind", "plan", "state", "messages", "decided")
        rows = [_cells(one, view) for one in lines]
        return as_xlsx(view.t("bulletins.title"), [view.t(f"bulletins.{name}") for name in names], rows)

    @router.get("/bulletins/{number}", response_class=HTMLResponse)
    def bulletin(request: Request, number: int, message: Number = 0) -> HTMLResponse:
        return _page(site, request, number, message=message)

    @router.get("/bulletins/{number}/file.docx")
    def document(request: Request, number: int) -> Response:
        return _file(site, request, number, ".docx")

    @router.get("/bulletins/{number}/file.xlsx")
    def workbook(request: Request, number: int) -> Response:
        return _file(site, request, number, ".xlsx")


def _file(site: Site, request: Request, number: int, suffix: str) -> Response:
    with site.database.read() as session:
        view = view_of(request, zone_of(session), site.clock())
        row = _found(session, number)
        try:
            content = export_bulletin(session, number, suffix, view.locale)
            name = paper_of(row, view.locale).title
        except DubanError:
            raise HTTPException(404) from None
    return as_download(f"{name}{suffix}", SUFFIXES[suffix], content)


def _deciding(router: APIRouter, site: Site) -> None:
    @router.post("/bulletins/{number}/approve")
    def approve(request: Request, number: int, sent: Form) -> Response:
        return _decide(site, request, number, sent, decide_bulletin.approve, "bulletin_approved")

    @router.post("/bulletins/{number}/hold")
    def hold(request: Request, number: int, sent: Form) -> Response:
        return _decide(site, request, number, sent, decide_bulletin.hold, "bulletin_held")

    @router.post("/bulletins/{number}/withdraw")
    def withdraw(request: Request, number: int, sent: Form) -> Response:
        return _decide(site, request, number, sent, decide_bulletin.withdraw, "bulletin_withdrawn")


def _decide(site: Site, request: Request, number: int, sent: Sent, decision: Decision, what: str) -> Response:
    """The decision is on record and the page says so; a refused one shows the page as it is now."""
    unit, reason = sent.get("unit") or None, sent.get("reason").strip()
    given: dict[str, Any] = {} if decision is decide_bulletin.approve else {"reason": reason}
    try:
        if given and not reason:
            raise DubanError("NO_REASON", "要写明原因：它记录在案，别人才知道为什么。")
        decided = decision(site.database, number, site.clock(), acting(request).who, unit=unit, **given)
    except DubanError as error:
        if error.code == "NO_SUCH_BULLETIN":
            raise HTTPException(404) from None
        return _page(site, request, number, 409 if error.code in STALE else 422, error=error, typed=reason)
    with site.database.read() as session:
        view = view_of(request, zone_of(session), site.clock())
    return done(view, f"/bulletins/{number}", what, n=decided.messages)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which bulletins a visitor wants to see."""

    kind: str = ""
    state: str = ""


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


def _list(session: Session, view: View, wanted: Wanted, now: datetime) -> dict[str, Any]:
    every = bulletins.listed(session)
    return {
        "lines": _lines(session, _wanted(every, wanted), view),
        "waiting": _lines(session, [row for row in every if row.state == "held"], view),
        "upcoming": _upcoming(session, now),
        "wanted": wanted,
        "kinds": KINDS,
        "states": STATES,
        "is_empty": not every,
        "period_words": period_words,
        "foot": foot(session),
    }


def _upcoming(session: Session, now: datetime) -> list[Upcoming]:
    found = (upcoming_digest(session, plan, now) for plan in plans.load_plans(session))
    return [one for one in found if one is not None]


def _wanted(rows: list[tables.Bulletin], wanted: Wanted) -> list[tables.Bulletin]:
    return [row for row in rows if wanted.kind in ("", row.kind) and wanted.state in ("", row.state)]


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


def _cells(line: Line, view: View) -> list[object]:
    return [
        line.period,
        line.on,
        view.t(f"bulletin.kind.{line.kind}"),
        line.plan,
        view.t(f"bulletin.state.{line.state}"),
        view.t("list").join(line.messages),
        f"{view.moment(line.decided_at)} {line.decided_by}" if line.decided_at else "",
    ]


def period_words(period: str, view: View) -> str:
    """A month, a week, a day or a year as people say it."""
    if "-W" in period:
        return view.t("week", n=int(period.split("-W")[1]))
    if _MONTH.fullmatch(period):
        return view.period(period)
    return view.full_day(date.fromisoformat(period)) if _DAY.fullmatch(period) else period


def _page(
    site: Site,
    request: Request,
    number: int,
    status: int = 200,
    *,
    message: int = 0,
    error: DubanError | None = None,
    typed: str = "",
) -> HTMLResponse:
    with site.database.read() as session:
        row = _found(session, number)
        view = view_of(request, zone_of(session), site.clock())
        (line,) = _lines(session, [row], view)
        told = bulletins.messages_of(session, row)
        current = [one for one in told if one.state not in ("superseded",)] or told
        chosen = next((one for one in current if one.id == message), None) or next(iter(current), None)
        data: dict[str, Any] = {
            "line": line,
            "sha256": row.sha256,
            "paper": _paper(row, view),
            "most": SHOWN,
            "told": current,
            "chosen": chosen,
            "shown": _shown(session, site.office(), chosen) if chosen else None,
            "may": _may(view, row, current),
            "problem": view.refusal(error) if error else "",
            "typed": typed,
            "foot": foot(session),
        }
        page = render(site, view, "bulletin.html.j2", status, **data)
    page.headers["Content-Security-Policy"] = POLICY_WITH_PREVIEW
    return page


def _may(view: View, row: tables.Bulletin, told: list[Told]) -> dict[str, Any]:
    """What whoever looks may decide now, of all and of which units."""
    is_staff = view.person is not None and view.person.role in STAFF
    own = [one for one in told if one.post_kind != "coordinator"]
    waiting = [one for one in own if one.state == "waiting" and one.attempts == 0]
    apart = {one.unit for one in own if one.is_apart}
    return {
        "approve": is_staff and row.state == "held",
        "hold": is_staff and row.state == "published" and bool(waiting),
        "hold_units": {one.unit for one in own if one.attempts == 0 and _can_wait(one)} - apart
        if is_staff and row.state in ("held", "published")
        else set(),
        "free_units": apart if is_staff and row.state == "published" else set(),
        "drop_units": {one.unit for one in own if one.state == "held"} if is_staff else set(),
        "waiting": sum(one.state == "held" for one in own),
    }


def _can_wait(told: Told) -> bool:
    return told.state in ("waiting", "held")


def _shown(session: Session, office: Office, told: Told) -> ShownMessage:
    """The message as it is stored, its own link left out: whoever looks here is not its reader."""
    message = session.get_one(tables.Message, told.id)
    text, html = filled(session, None, message)
    card = filled_card(session, None, message)
    return ShownMessage(message.subject, html, text, card, on_channels(office.channels, card, told.channel))


def _found(session: Session, number: int) -> tables.Bulletin:
    """The bulletin; its content, which may be large, is loaded where it is asked for."""
    light = defer(tables.Bulletin.content)  # type: ignore[arg-type]
    row = session.get(tables.Bulletin, number, options=[light])
    if row is None:
        raise HTTPException(404)
    return row


def _paper(row: tables.Bulletin, view: View) -> Paper | None:
    """What was frozen, ready to be read; ``None`` for a kind that has a page or file of its own."""

    def made() -> Paper | None:
        try:
            return paper_of(row, view.locale)
        except DubanError:
            return None

    return PAPERS.get((row.id, row.sha256, view.locale), made)
