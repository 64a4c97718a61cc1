"""提出变更: a coordinator asks on behalf of a unit, and sees before anything is stored what an approval would bring."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session
from starlette.exceptions import HTTPException

from db import plans, tables
from db.cards import Card, load_cards
from engine.changes import ChangeKind, due_on
from engine.errors import DubanError
from engine.model import SubTask
from engine.quantities import number_in
from web.admission import acting
from web.multipart import Sent, check_arrived, read_upload, uploads
from web.pages.changes import effect_words
from web.pages.choose_task import choose_task
from web.pages.overview import foot
from web.site import Site
from web.typed import Number, OptionalNumber, day
from web.view import done, render, view_of, zone_of
from workflows.ask_change import ask_change
from workflows.change_request import Asked
from workflows.preview_change import preview_request

Form = Annotated[Sent, Depends(read_upload)]
WRONG = 422


def routes(site: Site) -> APIRouter:
    """``/changes/new``: choose a sub-task, then the form for it."""
    router = APIRouter()

    @router.get("/changes/new", response_class=HTMLResponse)
    def form(request: Request, subtask: OptionalNumber = None, task: str = "") -> Response:
        if subtask is None:
            return choose_task(site, request, task, "changes")
        return _form(site, request, subtask, Sent())

    @router.post("/changes/new")
    def ask(request: Request, sent: Form, subtask: Number) -> Response:
        try:
            return _asked(site, request, subtask, sent)
        finally:
            sent.close()

    return router


def _asked(site: Site, request: Request, subtask: int, sent: Sent) -> Response:
    """The request's page once it is stored; else the form again, with the effect that was asked to be seen."""
    now, who = site.clock(), acting(request).who
    with site.database.read() as session:
        view = view_of(request, zone_of(session), now)
    try:
        asked = _read(site, subtask, sent)
        if sent.get("do") == "preview":
            effect = preview_request(site.database, asked, now, who, view.locale)
            return _form(site, request, subtask, sent, effect=effect)
        told = ask_change(site.database, asked, list(uploads(sent)), site.files, now, who)
    except DubanError as error:
        return _form(site, request, subtask, sent, error=error)
    return done(view, f"/changes/{told.id}", "change_asked")


def _form(
    site: Site,
    request: Request,
    number: int,
    sent: Sent,
    *,
    error: DubanError | None = None,
    effect: Any = None,
) -> HTMLResponse:
    now = site.clock()
    with site.database.read() as session:
        subtask, card = _loaded(session, number)
        plan = plans.load_plan(session, card.plan_id)
        view = view_of(request, plans.zone_of(plan), now)
        data: dict[str, Any] = {
            "subtask": subtask,
            "card": card,
            "due": due_on(plan, subtask),
            "kinds": [kind.value for kind in ChangeKind],
            "typed": sent.get,
            "problem": view.refusal(error) if error else "",
            "effect": effect,
            "hindrance": "",
            "foot": foot(session),
        }
    status = WRONG if error else 200
    return render(site, view, "change_new.html.j2", status, **data, **effect_words(view))


def _loaded(session: Session, number: int) -> tuple[SubTask, Card]:
    if session.get(tables.SubTask, number) is None:
        raise HTTPException(404)
    return plans.load_subtasks(session, [number])[number], load_cards(session, [number])[number]


def _read(site: Site, number: int, sent: Sent) -> Asked:
    """What was typed. Raises DubanError: FORM_BROKEN, BAD_DAY, BAD_FIGURE, FILE_TOO_BIG."""
    check_arrived(sent)
    kind = sent.get("kind")
    with site.database.read() as session:
        subtask, card = _loaded(session, number)
    unit = sent.get("unit")
    return Asked(
        subtask=f"#{number}",
        kind=kind,
        reason=sent.get("reason"),
        document=sent.get("document"),
        effective_on=day_of(sent.get("effective")),
        deadline=day_of(sent.get("deadline")) if kind in ("extension", "resumption") else None,
        quantities=_figures(subtask, sent) if kind == "adjustment" else {},
        unit_id=next((key for key in card.lead_ids if str(key) == unit), None),
    )


def _figures(subtask: SubTask, sent: Sent) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for one in subtask.indicators:
        text = sent.get(f"i{one.id}").strip()
        if not text:
            continue
        value = number_in(text)
        if value is None:
            raise DubanError("BAD_FIGURE", f"看不懂“{text[:20]}”：新的目标只填数字，例如 80。")
        found[one.id] = value
    return found


def day_of(text: str) -> date | None:
    """The day that was typed, if one was. Raises DubanError BAD_DAY."""
    found = day(text)
    if found is None and text.strip():
        raise DubanError("BAD_DAY", f"看不懂日期“{text[:20]}”：请写成 2024-10-31。")
    return found
