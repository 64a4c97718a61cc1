"""总览: where every sub-task and every unit stands, what happened today, what is due, what needs somebody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import Session
from starlette.exceptions import HTTPException

from db import plans, runs
from engine.model import Light, Plan
from engine.roles import Role
from notifications.forecast_words import forecast_sentence
from web.admission import acting
from web.paging import paged
from web.reasons import sentence
from web.reporting import month_of_reports
from web.site import Site
from web.task_filter import ProjectLine, find_ids, wanted_of
from web.task_sheet import as_workbook
from web.tasks import Task, load_tasks, projects_of, units_of
from web.to_do import by_units, for_the_desk
from web.today import LISTED, happened_of, soon_of
from web.typed import OptionalNumber
from web.view import TONES, Chip, View, percent, render, view_of
from web.waits import what
from workflows.status import last_sweep, next_check_on, next_message_at
from workflows.waiting import waiting_of
from workflows.warn_early import early_warnings

PAGE = 50
SEE_OTHER = 303
SHOWN_LIGHTS = (Light.RED, Light.YELLOW, Light.GREEN, Light.DONE, Light.GREY)


def routes(site: Site) -> APIRouter:
    """The page at ``/`` and its table as a workbook."""
    router = APIRouter()

    @router.get("/", response_class=HTMLResponse)
    def overview(request: Request, plan: OptionalNumber = None) -> Response:
        now = site.clock()
        if acting(request).role is Role.UNIT:
            own = view_of(request, plans.zone_of(no_plan(now)), now)
            return RedirectResponse(own.link("/mine"), SEE_OTHER)
        with site.database.read() as session:
            followed = plans.load_plans(session)
            if not followed:
                return render(site, view_of(request, plans.zone_of(no_plan(now)), now), "empty.html.j2")
            chosen = next((one for one in followed if one.id == plan), followed[0])
            view = view_of(request, plans.zone_of(chosen), now)
            data = _contents(session, followed, chosen, view, now)
            return render(site, view, "overview.html.j2", **data)

    @router.get("/tasks.xlsx")
    def workbook(request: Request, plan: OptionalNumber = None) -> Response:
        now = site.clock()
        with site.database.read() as session:
            followed = plans.load_plans(session)
            if not followed:
                raise HTTPException(404)
            chosen = next((one for one in followed if one.id == plan), followed[0])
            view = view_of(request, plans.zone_of(chosen), now)
            ids = find_ids(session, chosen.id, wanted_of(view.query), projects_of(session, chosen.id))
            return as_workbook(load_tasks(session, chosen, ids, view.today), chosen, view)

    return router


@dataclass(frozen=True, slots=True)
class Tile:
    """How many sub-tasks have a light."""

    chip: Chip
    light: str
    words: str
    number: int
    share: float


@dataclass(frozen=True, slots=True)
class Project:
    """A project with those of its sub-tasks that are shown."""

    no: str
    title: str
    tasks: tuple[Task, ...]


def _contents(
    session: Session, followed: Sequence[Plan], plan: Plan, view: View, now: datetime
) -> dict[str, Any]:
    projects = projects_of(session, plan.id)
    waiting = waiting_of(session, plan, now, counts_reviews=True)
    findings = [one for one in runs.open_findings(session) if one.plan_id in (None, plan.id)]
    return {
        "plan": plan,
        "others": [one for one in followed if one.id != plan.id],
        "keep": {"plan": plan.id} if len(followed) > 1 else {},
        "phase": _phase(plan, view),
        "tiles": _tiles(projects, view),
        "lights": SHOWN_LIGHTS,
        "tones": _tones,
        "units": units_of(session, plan.id),
        "lines": projects,
        "desk": for_the_desk(waiting, findings, view),
        "debts": by_units(waiting),
        "waited": what,
        "month": month_of_reports(session, plan, view.today),
        "soon": soon_of(session, plan, view.today),
        "warnings": early_warnings(session, plan.id),
        "forecast_sentence": forecast_sentence,
        "listed": LISTED,
        "happened": happened_of(session, plan, view),
        "foot": foot(session),
        **_listed(session, plan, projects, view),
    }


def _listed(session: Session, plan: Plan, lines: Sequence[ProjectLine], view: View) -> dict[str, Any]:
    """The table of sub-tasks, as far as it is wanted."""
    wanted = wanted_of(view.query)
    ids = find_ids(session, plan.id, wanted, lines)
    shown = paged(ids, PAGE, wanted.page)
    tasks = load_tasks(session, plan, shown.rows, view.today)
    return {
        "wanted": wanted,
        "paged": shown,
        "projects": _projects(tasks),
        "leaders": sorted({name for line in lines for name in line.leaders}),
        "percent": percent,
        "sentence": sentence,
    }


def _tones(lights: Mapping[str, int]) -> list[tuple[str, int]]:
    """The colour and number of each light that is shown: thousands of cells ask for it."""
    return [(TONES[light], lights.get(light.value, 0)) for light in SHOWN_LIGHTS]


def _phase(plan: Plan, view: View) -> str:
    if view.today < plan.starts_on:
        return view.t("overview.ahead", date=view.day(plan.starts_on))
    if view.today > plan.ends_on:
        return view.t("overview.over", date=view.day(plan.ends_on))
    current = next((one for one in plan.phases if one.starts_on <= view.today <= one.ends_on), None)
    name = current.name if current and current.name == "gap_fill" else "execute"
    ends_on = current.ends_on if current else plan.execute_ends_on
    return view.t(f"overview.phase.{name}", date=view.day(ends_on))


def _tiles(projects: Sequence[ProjectLine], view: View) -> list[Tile]:
    lights: Counter[str] = Counter()
    for one in projects:
        lights.update(one.lights)
    total = lights.total() or 1
    return [
        Tile(
            view.chip(light),
            light.value,
            view.t(f"tile.{light.value}"),
            lights[light],
            lights[light] * 100 / total,
        )
        for light in SHOWN_LIGHTS
    ]


def _projects(tasks: Sequence[Task]) -> list[Project]:
    def project(task: Task) -> tuple[str, str]:
        return task.card.project_no, task.card.project_title

    return [Project(*key, tuple(group)) for key, group in groupby(tasks, project)]


@dataclass(frozen=True, slots=True)
class Foot:
    """When the service last looked and when it will act next."""

    swept: datetime | None
    next_check_on: date | None
    next_message_at: datetime | None


def foot(session: Session) -> Foot:
    """The line at the bottom of the page."""
    return Foot(last_sweep(session), next_check_on(session), next_message_at(session))


def no_plan(now: datetime) -> Plan:
    """Stands in for a plan where there is none: it gives a time zone."""
    return Plan(0, "", now.year, None, ())
