"""计划信息: title, number, issuer, issue date and phases of a plan, with what moves by a change told before it is saved."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import select
from sqlmodel import Session, col
from starlette.exceptions import HTTPException

from db import plans, tables
from db.units import stored_id
from engine.errors import DubanError
from web.admission import acting
from web.multipart import Sent, read_form
from web.problems import problem_of
from web.site import Site
from web.typed import day, whole_or
from web.view import View, done, render, view_of, zone_of
from workflows.set_plan import (
    Particulars,
    PlanChange,
    is_year_fixed,
    particulars_of,
    preview_plan,
    set_plan,
)

PATH = "/settings/plan"
NAMES = tuple(one.name for one in fields(Particulars))
MOST_NAMED = 100  # sub-tasks that a preview names of each kind
Form = Annotated[Sent, Depends(read_form)]


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows beside what is stored: what was typed, why it was refused, what it would change."""

    typed: dict[str, str] | None = None
    error: DubanError | None = None
    change: PlanChange | None = None

    @property
    def status(self) -> int:
        """409 where somebody else was faster, 422 for other refusals."""
        if self.error is None:
            return 200
        return 409 if self.error.code == "REVISION_CONFLICT" else 422


def routes(site: Site) -> APIRouter:
    """The form, the preview of a change, and its storing."""
    router = APIRouter()

    @router.get(PATH, response_class=HTMLResponse)
    def shown(request: Request, plan: int | None = None) -> HTMLResponse:
        return _page(site, request, plan)

    @router.post(PATH + "/preview", response_class=HTMLResponse)
    def previewed(request: Request, sent: Form) -> HTMLResponse:
        return _page(site, request, whole_or(sent.get("plan"), -1), _looked(site, sent))

    @router.post(PATH)
    def stored(request: Request, sent: Form) -> Response:
        plan, looked = whole_or(sent.get("plan"), -1), _looked(site, sent)
        is_told = sent.get("previewed") == _as_one(_typed(sent))
        if looked.error or (looked.change and looked.change.moves and not is_told):
            return _page(site, request, plan, looked)  # what moves is told before anything is stored
        now, seen, wanted = site.clock(), whole_or(sent.get("revision"), -1), _read(_typed(sent))
        try:
            change = set_plan(site.database, str(plan), wanted, now, acting(request).who, revision=seen)
        except DubanError as error:
            return _page(site, request, plan, Shown(_typed(sent), error))
        with site.database.read() as session:
            view = view_of(request, zone_of(session), now)
        told = "plan.saved" if change.changed else "plan.same"
        return done(view, PATH, told, len(change.changed), plan=plan)

    return router


def _looked(site: Site, sent: Sent) -> Shown:
    """What the form would change, or why it cannot."""
    typed, seen = _typed(sent), whole_or(sent.get("revision"), -1)
    try:
        with site.database.read() as session:
            wanted = _read(typed)
            return Shown(typed, change=preview_plan(session, sent.get("plan"), wanted, site.clock(), seen))
    except DubanError as error:
        return Shown(typed, error)


def _page(site: Site, request: Request, plan: int | None, shown: Shown | None = None) -> HTMLResponse:
    shown = shown or Shown()
    with site.database.read() as session:
        view = view_of(request, zone_of(session), site.clock())
        row = _plan(session, plan)
        now = _written(particulars_of(session, row)) if row else {}
        everything = plans.load_plans(session)
        data: dict[str, Any] = {
            "plan": row,
            "plans": [(one.id, one.title) for one in everything],
            "now": now,
            "typed": shown.typed or now,
            "is_year_fixed": row is not None and is_year_fixed(session, stored_id(row.id)),
            "change": shown.change,
            "previewed": _as_one(shown.typed or {}),
            "said": lambda name, text: _said(view, name, text),
            "most": MOST_NAMED,
            "is_conflict": shown.status == 409,
            "problem": problem_of(view, shown.error) if shown.error else "",
        }
    return render(site, view, "plan_settings.html.j2", shown.status, nav="settings", tab="plan", **data)


def _plan(session: Session, number: int | None) -> tables.Plan | None:
    if number is None:
        followed = plans.load_plans(session)
        number = followed[0].id if followed else None
    found = session.execute(select(tables.Plan).where(col(tables.Plan.id) == number)).scalars().first()
    if found is None and number is not None:
        raise HTTPException(404)
    return found


def _typed(sent: Sent) -> dict[str, str]:
    return {name: sent.get(name).strip() for name in NAMES}


def _read(typed: dict[str, str]) -> Particulars:
    """What was typed as values. Raises DubanError PLAN_DATES for a day or year that is none."""
    return Particulars(
        title=typed["title"],
        number=typed["number"],
        issuer=typed["issuer"],
        issued_on=_day(typed["issued_on"]),
        year=max(whole_or(typed["year"], 0), 0),
        execute_until=_day(typed["execute_until"]),
        gap_fill_until=_day(typed["gap_fill_until"]),
    )


def _day(text: str) -> date | None:
    found = day(text)
    if found is None and text:
        raise DubanError("PLAN_DATES", f"看不懂日期“{text[:20]}”：请写成 2024-11-30 这样。")
    return found


def _written(one: Particulars) -> dict[str, str]:
    """The values as the form has them."""
    return {name: "" if (value := getattr(one, name)) is None else str(value) for name in NAMES}


def _as_one(typed: dict[str, str]) -> str:
    """Everything that was typed, in one line: what a preview was of."""
    return " | ".join(typed.get(name, "") for name in NAMES)


def _said(view: View, name: str, text: str) -> str:
    """A value in words."""
    if not text:
        return view.t("plan.empty")
    is_day = name not in ("title", "number", "issuer", "year")
    return view.full_day(date.fromisoformat(text)) if is_day else text
