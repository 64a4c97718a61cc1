"""评估: the months' and the year's scores with their parts, what cost points, and the formula."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session
from starlette.exceptions import HTTPException

from db import evaluations, plans, tables
from engine.errors import DubanError
from engine.model import Plan
from engine.scoring_model import EvaluationContent
from notifications.evaluation_view import (
    cost_lines,
    figure,
    formula,
    parts_grid,
    remarks,
    shown_period,
    table_of,
)
from web.pages.overview import foot, no_plan
from web.site import Site
from web.view import View, render, view_of
from workflows.score_month import content_of_bulletin

LISTED = 60


def routes(site: Site) -> APIRouter:
    """The pages at ``/evaluations`` and ``/evaluations/ID``."""
    router = APIRouter()

    @router.get("/evaluations", response_class=HTMLResponse)
    def listed(request: Request) -> HTMLResponse:
        now = site.clock()
        with site.database.read() as session:
            found = evaluations.listed(session, limit=LISTED)
            titles = {
                plan_id: plans.load_plan(session, plan_id) for plan_id in {row.plan_id for row in found}
            }
            plan = titles[found[0].plan_id] if found else no_plan(now)
            view = view_of(request, plans.zone_of(plan), now)
            rows = [(row, titles[row.plan_id].title, content_of_bulletin(row)) for row in found]
            return render(
                site, view, "evaluations.html.j2", rows=rows, shown_period=shown_period, foot=foot(session)
            )

    @router.get("/evaluations/{number}", response_class=HTMLResponse)
    def evaluation(request: Request, number: int) -> HTMLResponse:
        now = site.clock()
        with site.database.read() as session:
            try:
                row = evaluations.find(session, number)
            except DubanError:
                raise HTTPException(404) from None
            plan = plans.load_plan(session, row.plan_id)
            view = view_of(request, plans.zone_of(plan), now)
            return render(site, view, "evaluation.html.j2", **_contents(session, plan, row, view))

    return router


def _contents(session: Session, plan: Plan, row: tables.Bulletin, view: View) -> dict[str, Any]:
    content = content_of_bulletin(row)
    return {
        "plan": plan,
        "row": row,
        "period": shown_period(content, view.locale),
        "table": table_of(content, view.locale),
        "units": _units(content, view) if isinstance(content, EvaluationContent) else [],
        "formula": formula(content, view.locale),
        "foot": foot(session),
    }


def _units(content: EvaluationContent, view: View) -> list[dict[str, Any]]:
    """Each unit that has a score or something out: its parts, what cost points and what is remarked."""
    return [
        {
            "name": row.unit,
            "score": figure(row.score),
            "parts": parts_grid(row, view.locale),
            "costs": cost_lines(row, content, view.locale),
            "remarks": remarks(row.items, view.locale),
        }
        for row in content.rows
        if row.items
    ]
