"""评估: the months' and the year's scores with their parts, how they came about, and how they go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session
from starlette.exceptions import HTTPException

from db import evaluations, plans, tables
from db.units import stored_id
from engine.errors import DubanError
from engine.evaluation_days import evaluation_months
from engine.model import Plan
from engine.months import month_of, period_name
from engine.scoring_model import EvaluationContent, UnitScore, YearContent
from notifications.evaluation_view import (
    cost_lines,
    figure,
    formula,
    moved,
    parts_grid,
    remarks,
    shown_period,
    table_of,
)
from notifications.words import say as said
from web.pages.bulletins import period_words
from web.pages.overview import foot, no_plan
from web.previewed import preview_of, waiting_page
from web.sheet import as_xlsx
from web.site import Site
from web.typed import Number
from web.view import View, render, view_of
from web.worked_out import Waits
from workflows.score_month import content_of_bulletin, preview

Content = EvaluationContent | YearContent
WIDTH, HEIGHT, EDGE = 132, 30, 3


def routes(site: Site) -> APIRouter:
    """The pages at ``/evaluations``, ``/evaluations/ID`` and ``/evaluations/preview``."""
    router, book = APIRouter(), ScoreBook()

    @router.get("/evaluations", response_class=HTMLResponse)
    def listed(request: Request, plan: Number = 0, unit: str = "") -> HTMLResponse:
        with site.database.read() as session:
            chosen, followed = _plan(session, plan)
            view = view_of(request, plans.zone_of(chosen or no_plan(site.clock())), site.clock())
            data = _list(session, book, chosen, unit, view) if chosen else {"rows": [], "trends": []}
            return render(
                site,
                view,
                "evaluations.html.j2",
                plan=chosen,
                followed=followed,
                unit=unit,
                period_words=period_words,
                foot=foot(session),
                **data,
            )

    @router.get("/evaluations.xlsx")
    def kept(request: Request, plan: Number = 0) -> Response:
        with site.database.read() as session:
            chosen, _ = _plan(session, plan)
            if chosen is None:
                raise HTTPException(404)
            view = view_of(request, plans.zone_of(chosen), site.clock())
            months, trends = _trends(session, book, chosen, "")
        heads = [view.t("evaluations.unit"), view.t("evaluations.rank")]
        heads += [view.period(month) for month in months]
        rows = [[one.unit, one.rank, *one.scores] for one in trends]
        return as_xlsx(f"{chosen.title} {view.t('evaluations.title')}", heads, rows)

    _single(router, site)
    return router


def _single(router: APIRouter, site: Site) -> None:
    @router.get("/evaluations/preview", response_class=HTMLResponse)
    def running(
        request: Request, plan: Number = 0, period: str = "", year: bool = False, unit: str = ""
    ) -> HTMLResponse:
        now = site.clock()
        with site.database.read() as session:
            chosen, _ = _plan(session, plan)
            if chosen is None:
                raise HTTPException(404)
            view = view_of(request, plans.zone_of(chosen), now)
            period = period or period_name(month_of(view.today))
            content = _running(site, session, chosen, now, period, year, view)
            if content is None:
                raise HTTPException(404)
            if isinstance(content, Waits):
                return waiting_page(site, view, content, nav="evaluations", title=view.t("evaluations.title"))
            data = _contents(session, chosen, content, unit, view)
            return render(site, view, "evaluation.html.j2", row=None, **data)

    @router.get("/evaluations/{number}", response_class=HTMLResponse)
    def evaluation(request: Request, number: int, unit: str = "") -> HTMLResponse:
        with site.database.read() as session:
            try:
                row = evaluations.find(session, number)
            except DubanError:
                raise HTTPException(404) from None
            plan = plans.load_plan(session, row.plan_id)
            view = view_of(request, plans.zone_of(plan), site.clock())
            data = _contents(session, plan, content_of_bulletin(row), unit, view)
            return render(site, view, "evaluation.html.j2", row=row, **data)


def _running(
    site: Site, session: Session, plan: Plan, now: datetime, period: str, year: bool, view: View
) -> Content | Waits | None:
    """What an evaluation made now would say; nothing for a month that cannot be evaluated."""

    def make(own: Session) -> Content | None:
        try:
            return preview(own, plan.id, now, period, whole_year=year)
        except DubanError:
            return None

    return preview_of(site, session, plan, ("evaluation", view.today, period, year), make)


@dataclass(frozen=True, slots=True)
class Score:
    """A unit's month."""

    unit: str
    score: Decimal | None
    rank: int | None
    rank_change: int | None


class ScoreBook:
    """The scores of frozen months, read once each: what is frozen does not change."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, str], tuple[Score, ...]] = {}

    def of(self, row: tables.Bulletin) -> tuple[Score, ...]:
        """The scores of that month."""
        key = (stored_id(row.id), row.sha256)
        if key not in self._known:
            self._known[key] = tuple(_score(one) for one in row.content["rows"])
        return self._known[key]


def _score(stored: dict[str, Any]) -> Score:
    score = stored["score"]
    value = None if score is None else Decimal(str(score))
    return Score(stored["unit"], value, stored["rank"], stored["rank_change"])


@dataclass(frozen=True, slots=True)
class Trend:
    """A unit through the months: the last rank and its change, every score, and the line they draw."""

    unit: str
    rank: int | None
    moved: str
    scores: tuple[Decimal | None, ...]
    points: str


def _plan(session: Session, number: int) -> tuple[Plan | None, list[Plan]]:
    """The plan asked for, else the newest one."""
    followed = sorted(plans.load_plans(session), key=lambda plan: plan.id, reverse=True)
    first = followed[0] if followed else None
    return next((one for one in followed if one.id == number), first), followed


def _list(session: Session, book: ScoreBook, plan: Plan, unit: str, view: View) -> dict[str, Any]:
    months, trends = _trends(session, book, plan, unit)
    running = period_name(month_of(view.today))
    return {
        "rows": evaluations.periods(session, plan.id),
        "months": months,
        "trends": trends,
        "units": sorted({one.unit for one in _trends(session, book, plan, "")[1]}),
        "running": running if running in map(period_name, evaluation_months(plan)) else "",
        "figure": figure,
    }


def _trends(session: Session, book: ScoreBook, plan: Plan, unit: str) -> tuple[list[str], list[Trend]]:
    """Units by their last rank, with the score of every month that was frozen."""
    rows = [
        row
        for row in reversed(evaluations.periods(session, plan.id))
        if row.kind == "evaluation" and row.state != "withdrawn"
    ]
    scores = [{one.unit: one for one in book.of(row)} for row in rows]
    last = scores[-1] if scores else {}
    names = sorted(last, key=lambda name: (last[name].rank or 10**6, name))
    found = [
        _trend(last[name], [month.get(name) for month in scores]) for name in names if unit in ("", name)
    ]
    return [row.period for row in rows], found


def _trend(last: Score, months: list[Score | None]) -> Trend:
    values = tuple(one.score if one else None for one in months)
    return Trend(last.unit, last.rank, moved(last.rank_change), values, _points(values))


def _points(values: tuple[Decimal | None, ...]) -> str:
    """The scores as points of a line, 100 at the top."""
    step = (WIDTH - 2 * EDGE) / max(1, len(values) - 1)
    points = [
        f"{EDGE + n * step:.1f},{HEIGHT - EDGE - float(value) * (HEIGHT - 2 * EDGE) / 100:.1f}"
        for n, value in enumerate(values)
        if value is not None
    ]
    return " ".join(points)


def _contents(session: Session, plan: Plan, content: Content, unit: str, view: View) -> dict[str, Any]:
    names = [row.unit for row in content.rows]
    only = [unit] if unit in names else []
    return {
        "plan": plan,
        "on": content.on,
        "is_year": isinstance(content, YearContent),
        "period": shown_period(content, view.locale),
        "table": table_of(content, view.locale, only),
        "units": _units(content, only, view) if isinstance(content, EvaluationContent) else [],
        "names": sorted(names),
        "unit": unit if only else "",
        "formula": formula(content, view.locale),
        "foot": foot(session),
    }


def _units(content: EvaluationContent, only: list[str], view: View) -> list[dict[str, Any]]:
    """Each unit that has a score or something out: its parts, what cost points and what is remarked."""
    return [
        {
            "name": row.unit,
            "score": figure(row.score),
            "sum": _sum(row, view),
            "parts": parts_grid(row, view.locale),
            "costs": cost_lines(row, content, view.locale),
            "remarks": remarks(row.items, view.locale),
        }
        for row in content.rows
        if row.items and (not only or row.unit in only)
    ]


def _sum(row: UnitScore, view: View) -> str:
    """The formula with the unit's numbers put in."""
    if row.score is None:
        return ""
    terms = [
        view.t(
            "evaluation.term",
            part=said(view.locale, f"part.{one.name}"),
            value=figure(one.value),
            weight=figure(one.weight),
        )
        for one in row.parts
        if one.value is not None and one.weight
    ]
    return view.t("evaluation.sum", terms=view.t("evaluation.plus").join(terms), score=figure(row.score))
