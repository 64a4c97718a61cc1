"""解除停发: what fell due since the restored backup, ended one by one or all, and sending goes on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from db import hold
from engine.errors import DubanError
from web.admission import acting
from web.multipart import Sent, read_form
from web.pages.overview import foot
from web.sheet import as_xlsx
from web.site import Site
from web.view import View, done, render, view_of, zone_of
from workflows.release import Due, Released, end_chosen, listed, mark_of, release

Form = Annotated[Sent, Depends(read_form)]
PATH = "/service/release"
WRONG, CONFLICT = 422, 409
SHOWN = 300
CHOSEN = "d-"  # how the name of a tick begins
FORM_CODES = ("BAD_CHOICE", "BAD_MOMENT")
HEADS = ("since", "recipient", "kind", "subject", "number", "flight")


def routes(site: Site) -> APIRouter:
    """``/service/release``: the list, what is decided of it, and the list as a workbook."""
    router = APIRouter()

    @router.get(PATH, response_class=HTMLResponse)
    def shown(request: Request) -> HTMLResponse:
        return _page(site, request)

    @router.get(f"{PATH}.xlsx")
    def workbook(request: Request) -> Response:
        now = site.clock()
        with site.database.read() as session:
            view = view_of(request, zone_of(session), now)
            due = listed(session, now) if hold.held(session) else []
        rows = [_row(one, view) for one in due]
        return as_xlsx(view.t("release.title"), [view.t(f"release.{name}") for name in HEADS], rows)

    @router.post(PATH)
    def decided(request: Request, sent: Form) -> Response:
        return _decide(site, request, sent)

    return router


def _decide(site: Site, request: Request, sent: Sent) -> Response:
    """Back to the list while some of it is left to decide, else to how the service runs."""
    with site.database.read() as session:
        view = view_of(request, zone_of(session), site.clock())
    decision = sent.get("decision")
    try:
        if decision == "chosen":
            ended = _end(site, request, sent)
            return done(view, PATH, "release.chosen", ended.messages + ended.reminders)
        outcome = _release(site, request, sent, view)
    except DubanError as error:
        status = WRONG if error.code in FORM_CODES else CONFLICT
        return _page(site, request, status, view.refusal(error), sent.get("until"))
    return done(view, "/service", f"release.{decision}", outcome.messages + outcome.reminders)


def _end(site: Site, request: Request, sent: Sent) -> Released:
    chosen = [name.removeprefix(CHOSEN) for name in sent.fields if name.startswith(CHOSEN)]
    if not chosen:
        raise DubanError("BAD_CHOICE", "没有选中消息：请先勾选要作废的。")
    return end_chosen(site.database, chosen, site.clock(), acting(request).who, seen=sent.get("seen"))


def _release(site: Site, request: Request, sent: Sent, view: View) -> Released:
    who, now, seen = acting(request).who, site.clock(), sent.get("seen")
    if sent.get("decision") == "send":
        return release(site.database, site.office(), "send", now, who, seen=seen)
    if sent.get("decision") != "supersede":
        raise DubanError("BAD_CHOICE", "请选补发或作废。")
    until = _moment(sent.get("until"), view)
    return release(site.database, site.office(), "supersede", now, who, until=until, seen=seen)


def _moment(text: str, view: View) -> datetime | None:
    """The moment that was typed, by the office's clock. Raises DubanError BAD_MOMENT."""
    if not text.strip():
        return None
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise DubanError("BAD_MOMENT", f"看不懂时刻“{text[:40]}”：请选日期和时间。") from None
    return found if found.tzinfo else found.replace(tzinfo=view.zone)


def _page(
    site: Site, request: Request, status: int = 200, problem: str = "", until: str = ""
) -> HTMLResponse:
    """The list as it is now; ``until`` is the moment that was typed. Ticks are gone: they were of another list."""
    now = site.clock()
    with site.database.read() as session:
        view = view_of(request, zone_of(session), now)
        data = _contents(session, view, now) | {"until": until}
        return render(site, view, "release.html.j2", status, nav="service", problem=problem, **data)


def _contents(session: Session, view: View, now: datetime) -> dict[str, Any]:
    held = hold.held(session)
    due: Sequence[Due] = listed(session, now) if held else []
    return {
        "hold": held,
        "due": due[:SHOWN],
        "number": len(due),
        "seen": mark_of(due),
        "flight": sum(one.in_flight for one in due),
        "what": lambda one: _what(one, view),
        "kind": lambda one: _kind(one, view),
        "on": date.fromisoformat,
        "foot": foot(session),
    }


def _row(one: Due, view: View) -> list[object]:
    flight = view.t("release.flight.yes") if one.in_flight else ""
    return [
        date.fromisoformat(one.since),
        one.recipient,
        _kind(one, view),
        _what(one, view),
        one.number,
        flight,
    ]


def _what(one: Due, view: View) -> str:
    return one.subject or view.t("release.reminders", n=one.number)


def _kind(one: Due, view: View) -> str:
    key = f"kind.{one.kind}"
    return view.t(key) if view.knows(key) else one.kind
