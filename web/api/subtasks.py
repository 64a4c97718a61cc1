"""Plans, projects and sub-tasks with where they stand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy import select
from sqlmodel import Session, col
from starlette.exceptions import HTTPException

from db import plans, tables
from db.calendar import load_calendar
from db.cards import Card, load_cards
from db.executing import load_executing
from db.units import stored_id
from engine import model
from engine.facts import Facts
from engine.forecast import Forecast, forecast_of
from engine.share_lights import share_cells
from engine.standing import standing_of
from web.api import models
from web.api.answers import (
    PREFIX,
    REFUSALS,
    After,
    Key,
    Limit,
    OptionalKey,
    answer,
    followed,
    own_subtasks,
    part,
    picture_of,
)
from web.site import Site
from web.wall import Filter, together
from workflows.look_back import Line


def routes(site: Site) -> APIRouter:
    """``/plans``, ``/projects``, ``/subtasks``, ``/subtasks/ID``."""
    router = APIRouter(tags=["plans"], responses=REFUSALS)
    _plans(router, site)
    _projects(router, site)
    _subtasks(router, site)
    return router


def _plans(router: APIRouter, site: Site) -> None:
    @router.get(PREFIX + "/plans", response_model=models.Plans)
    def list_plans(request: Request) -> Response:
        """All plans."""
        with site.database.read() as session:
            rows = session.execute(select(tables.Plan).order_by(col(tables.Plan.id))).scalars()
            items = [_plan(session, row) for row in rows]
            return answer(request, models.Plans(as_of=site.clock(), items=items))


def _plan(session: Session, row: tables.Plan) -> models.Plan:
    plan = plans.load_plan(session, stored_id(row.id))
    return models.Plan(
        id=plan.id,
        title=plan.title,
        number=row.number,
        issuer=row.issuer,
        year=plan.year,
        issued_on=plan.issued_on,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        state=row.state,
    )


def _projects(router: APIRouter, site: Site) -> None:
    @router.get(PREFIX + "/projects", response_model=models.Projects)
    def list_projects(
        request: Request, plan: OptionalKey = None, limit: Limit = 100, after: After = 0
    ) -> Response:
        """Projects with their sub-tasks taken together; a unit sees those in which it has something to do."""
        now = site.clock()
        with site.database.read() as session:
            own, items = own_subtasks(session, request), []
            for one in followed(session, plan):
                lines = picture_of(site, session, one, now).lines
                shown = {key: line for key, line in lines.items() if own is None or key in own}
                items += _projects_of(session, one.id, shown)
            found, onward = part(items, after, limit)
            return answer(request, models.Projects(as_of=now, items=found, next=onward))


def _projects_of(session: Session, plan_id: int, lines: dict[int, Line]) -> list[models.Project]:
    task, project = tables.SubTask, tables.Project
    grouped: dict[int, list[Line]] = {}
    query = select(col(task.project_id), col(task.id)).where(col(task.plan_id) == plan_id)
    for owner, key in session.execute(query.order_by(col(task.position))):
        if key in lines:
            grouped.setdefault(owner, []).append(lines[key])
    rows = session.execute(select(project).where(col(project.plan_id) == plan_id)).scalars()
    return [_project(row, grouped[stored_id(row.id)]) for row in rows if stored_id(row.id) in grouped]


def _project(row: tables.Project, lines: list[Line]) -> models.Project:
    now = together([line.now for line in lines])
    leads = dict(pair for line in lines for pair in zip(line.card.lead_ids, line.card.leads, strict=True))
    return models.Project(
        id=stored_id(row.id),
        plan_id=row.plan_id,
        no=row.no,
        title=row.title,
        leaders=list(row.leaders),
        lead_units=[models.Unit(id=key, name=name) for key, name in leads.items()],
        subtasks=len(lines),
        light=now.light,
        percent=now.percent,
        expected_percent=now.expected,
    )


def _subtasks(router: APIRouter, site: Site) -> None:
    @router.get(PREFIX + "/subtasks", response_model=models.SubTasks)
    def list_subtasks(
        request: Request,
        plan: OptionalKey = None,
        light: model.Light | None = None,
        unit: OptionalKey = None,
        project: str = Query("", max_length=200, description="the number of a project"),
        limit: Limit = 100,
        after: After = 0,
    ) -> Response:
        """Sub-tasks with their light; a unit sees its own."""
        now, wanted = site.clock(), Filter("", unit, light or "", project)
        with site.database.read() as session:
            own = own_subtasks(session, request)
            lines = [
                line
                for one in followed(session, plan)
                for key, line in picture_of(site, session, one, now).lines.items()
                if key > after and wanted.takes(line) and (own is None or key in own)
            ]
            lines.sort(key=lambda line: line.card.subtask_id)
            found, onward = part([_subtask(line) for line in lines[: limit + 1]], after, limit)
            return answer(request, models.SubTasks(as_of=now, items=found, next=onward))

    @router.get(PREFIX + "/subtasks/{number}", response_model=models.SubTaskDetail)
    def show_subtask(request: Request, number: Key) -> Response:
        """One sub-task with indicators, milestones, shares, standing, reasons and forecast."""
        with site.database.read() as session:
            row, own = session.get(tables.SubTask, number), own_subtasks(session, request)
            if row is None or (own is not None and number not in own):
                raise HTTPException(404)
            return answer(request, _detail(session, row, site.clock()))


def _subtask(line: Line) -> models.SubTask:
    card, now = line.card, line.now
    return models.SubTask(
        id=card.subtask_id,
        plan_id=card.plan_id,
        project_no=card.project_no,
        no=card.no,
        title=card.title,
        lead_units=[
            models.Unit(id=key, name=name) for key, name in zip(card.lead_ids, card.leads, strict=True)
        ],
        light=now.light or model.Light.GREY,
        percent=now.percent,
        expected_percent=now.expected_percent,
        reason=_reason(now.reason) if now.reason else None,
    )


def _detail(session: Session, row: tables.SubTask, now: datetime) -> models.SubTaskDetail:
    key, plan = stored_id(row.id), plans.load_plan(session, row.plan_id)
    on = now.astimezone(plans.zone_of(plan)).date()
    subtask, card = plans.load_subtasks(session, [key])[key], load_cards(session, [key])[key]
    facts = Facts.of(plan, subtask, load_calendar(session), on)
    standing, forecast = standing_of(facts), forecast_of(facts)
    return models.SubTaskDetail(
        as_of=now,
        id=key,
        plan_id=plan.id,
        project_no=card.project_no,
        project_title=card.project_title,
        no=card.no,
        title=card.title,
        state=row.state,
        starts_on=facts.start,
        deadline=facts.deadline,
        units=_responsible(session, card),
        indicators=[_indicator(one) for one in standing.indicators],
        milestones=_milestones(facts),
        shares=_shares(session, facts),
        standing=_standing(standing),
        forecast=_forecast(forecast) if forecast else None,
    )


def _forecast(forecast: Forecast) -> models.ForecastFigure:
    return models.ForecastFigure(on=forecast.on, late=forecast.late, reason=_reason(forecast.reason))


def _responsible(session: Session, card: Card) -> list[models.Responsible]:
    work, unit = tables.Assignment, tables.Unit
    query = (
        select(col(unit.id), col(unit.name), col(work.role))
        .join(unit, col(unit.id) == col(work.unit_id))
        .where(col(work.subtask_id) == card.subtask_id)
        .order_by(col(work.role).desc(), col(work.position), col(work.id))
    )
    return [
        models.Responsible(unit=models.Unit(id=key, name=name), role=role)
        for key, name, role in session.execute(query)
    ]


def _indicator(one: model.IndicatorStanding) -> models.IndicatorFigure:
    promised = one.indicator
    return models.IndicatorFigure(
        id=promised.id,
        subject=promised.subject,
        quantity=promised.quantity,
        measure=promised.unit,
        comparator=promised.comparator,
        kind=promised.kind,
        expected=one.expected,
        actual=one.actual,
        behind_days=one.behind,
        met=one.met,
    )


def _milestones(facts: Facts) -> list[models.MilestoneFigure]:
    unmet = {one.id for one in facts.unmet}
    return [
        models.MilestoneFigure(
            id=one.id,
            due_on=one.due_on,
            text=one.text,
            quantities=[
                models.IndicatorQuantity(indicator_id=key, quantity=value)
                for key, value in one.quantities.items()
            ],
            met=one.id not in unmet,
        )
        for one in facts.subtask.milestones
    ]


def _shares(session: Session, facts: Facts) -> list[models.ShareFigure]:
    names = load_executing(session, [facts.subtask.id]).names
    return [
        models.ShareFigure(
            unit=models.Unit(id=unit, name=names.get(unit, "")),
            indicator_id=indicator.id,
            quota=cell.quota,
            done=cell.done,
            light=cell.light,
        )
        for indicator in facts.subtask.indicators
        for unit, cell in share_cells(facts, indicator).items()
    ]


def _standing(standing: model.Standing) -> models.StandingFigure:
    return models.StandingFigure(
        on=standing.on,
        light=standing.light,
        reasons=_reasons(standing.reasons),
        behind_days=standing.behind,
        percent=standing.percent,
        expected_percent=standing.expected_percent,
        figures_as_of=standing.as_of,
        unreviewed=standing.unreviewed,
        completed=standing.completed,
        late_period=standing.late_period,
    )


def _reasons(reasons: Iterable[model.Reason]) -> list[models.Reason]:
    return [_reason(one) for one in reasons]


def _reason(reason: model.Reason) -> models.Reason:
    return models.Reason(code=reason.code, inputs=dict(reason.inputs))
