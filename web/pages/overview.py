"""总览: where every sub-task and every unit stands, what happened today, what is due, what needs somebody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import func, select
from sqlmodel import Session, col

from db import outbox, plans, runs, tables
from db.cards import Card, load_cards
from engine.model import Light, Plan
from notifications.forecast_words import forecast_sentence
from web.reasons import sentence
from web.site import Site
from web.tasks import Task, UnitRow, find_ids, lights_of, load_tasks, units_of
from web.view import Chip, View, percent, render, view_of
from web.waits import what
from workflows.waiting import waiting_of
from workflows.warn_early import early_warnings

PAGE = 100
LISTED = 6
SOON = timedelta(days=7)
SHOWN_LIGHTS = (Light.RED, Light.YELLOW, Light.GREEN, Light.DONE, Light.GREY)


def routes(site: Site) -> APIRouter:
    """The page at ``/``."""
    router = APIRouter()

    @router.get("/", response_class=HTMLResponse)
    def overview(
        request: Request, plan: int | None = None, light: str = "", unit: int | None = None, page: int = 1
    ) -> HTMLResponse:
        now = site.clock()
        with site.database.read() as session:
            followed = plans.load_plans(session)
            chosen = next((one for one in followed if one.id == plan), followed[0] if followed else None)
            if chosen is None:
                empty = view_of(request, plans.zone_of(no_plan(now)), now)
                return render(site, empty, "empty.html.j2")
            view = view_of(request, plans.zone_of(chosen), now)
            wanted = Selection(light if light in set(Light) else "", unit, max(1, page))
            return render(
                site, view, "overview.html.j2", **_contents(session, followed, chosen, wanted, view, now)
            )

    return router


@dataclass(frozen=True, slots=True)
class Selection:
    """Which sub-tasks a visitor wants to see: of a light, of a lead unit, a page of them."""

    light: str
    unit: int | None
    page: int


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
    session: Session, followed: Sequence[Plan], plan: Plan, wanted: Selection, view: View, now: datetime
) -> dict[str, Any]:
    ids = find_ids(session, plan.id, wanted.light or None, wanted.unit)
    pages = max(1, -(-len(ids) // PAGE))
    page = min(wanted.page, pages)
    tasks = load_tasks(session, plan, ids[(page - 1) * PAGE : page * PAGE], view.today)
    units = units_of(session, plan.id)
    return {
        "plan": plan,
        "others": [one for one in followed if one.id != plan.id],
        "phase": _phase(plan, view),
        "elapsed": _elapsed(plan, view.today),
        "tiles": _tiles(lights_of(session, plan.id), view),
        "filtered": _filter_words(wanted, units, view),
        "wanted": wanted,
        "found": len(ids),
        "page": page,
        "pages": pages,
        "projects": _projects(tasks),
        "units": units,
        "lights": SHOWN_LIGHTS,
        "findings": runs.open_findings(session),
        "waiting": waiting_of(session, plan, now),
        "waited": what,
        "soon": _soon(session, plan, view.today),
        "warnings": early_warnings(session, plan.id),
        "forecast_sentence": forecast_sentence,
        "listed": LISTED,
        "happened": _happened(session, plan, view),
        "foot": foot(session),
        "percent": percent,
        "sentence": sentence,
    }


def _phase(plan: Plan, view: View) -> str:
    if view.today < plan.starts_on:
        return view.t("overview.ahead", date=view.day(plan.starts_on))
    if view.today > plan.ends_on:
        return view.t("overview.over", date=view.day(plan.ends_on))
    current = next((one for one in plan.phases if one.starts_on <= view.today <= one.ends_on), None)
    name = current.name if current and current.name == "gap_fill" else "execute"
    ends_on = current.ends_on if current else plan.execute_ends_on
    return view.t(f"overview.phase.{name}", date=view.day(ends_on))


def _elapsed(plan: Plan, today: date) -> int:
    """How much of the time for carrying out the plan has passed, in whole percent."""
    span = (plan.execute_ends_on - plan.starts_on).days
    return max(0, min(100, (today - plan.starts_on).days * 100 // span if span > 0 else 100))


def _tiles(lights: dict[str, int], view: View) -> list[Tile]:
    total = sum(lights.values()) or 1
    return [
        Tile(
            view.chip(light),
            light.value,
            view.t(f"tile.{light.value}"),
            lights.get(light, 0),
            lights.get(light, 0) * 100 / total,
        )
        for light in SHOWN_LIGHTS
    ]


def _filter_words(wanted: Selection, units: Sequence[UnitRow], view: View) -> str:
    parts = [view.t(f"tile.{wanted.light}")] if wanted.light else []
    parts += [row.unit for row in units if row.unit_id == wanted.unit]
    return view.t("list").join(parts)


def _projects(tasks: Sequence[Task]) -> list[Project]:
    def project(task: Task) -> tuple[str, str]:
        return task.card.project_no, task.card.project_title

    return [Project(*key, tuple(group)) for key, group in groupby(tasks, project)]


@dataclass(frozen=True, slots=True)
class Due:
    """A sub-task or a milestone of it that is due soon."""

    on: date
    card: Card
    text: str
    is_deadline: bool


def _soon(session: Session, plan: Plan, today: date) -> tuple[list[Due], int]:
    """What is due within a week and not done, the first ones, and how many there are in all."""
    task, milestone = tables.SubTask, tables.Milestone
    until = today + SOON
    open_tasks = (col(task.plan_id) == plan.id, col(task.light) != Light.DONE.value)
    deadline = func.coalesce(col(task.deadline), plan.execute_ends_on)
    ending = select(col(task.id), deadline).where(*open_tasks, deadline >= today, deadline <= until)
    found = [(_date(on), key, "", True) for key, on in session.execute(ending)]
    reaching = (
        select(col(milestone.due_on), col(task.id), col(milestone.text))
        .join(task, col(task.id) == col(milestone.subtask_id))
        .where(*open_tasks, col(milestone.due_on) >= today, col(milestone.due_on) <= until)
    )
    found += [(on, key, text, False) for on, key, text in session.execute(reaching)]
    found.sort()
    cards = load_cards(session, sorted({key for _, key, _, _ in found[:LISTED]}))
    return [Due(on, cards[key], text, ends) for on, key, text, ends in found[:LISTED]], len(found)


def _date(value: date | str) -> date:
    """SQLite gives the result of a function back as text."""
    return date.fromisoformat(value) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class Happened:
    """What the latest day that brought anything has brought."""

    on: date | None
    messages: list[tables.Message]
    message_count: int
    reports: list[tuple[Card, str]]
    report_count: int


def _happened(session: Session, plan: Plan, view: View) -> Happened:
    on = _latest_day(session, plan, view)
    if on is None:
        return Happened(None, [], 0, [], 0)
    message, report, task = tables.Message, tables.ProgressReport, tables.SubTask
    sent = (col(message.plan_id) == plan.id, col(message.slot_on) == on, col(message.state).in_(outbox.LIVE))
    newest = select(message).where(*sent).order_by(col(message.slot_at).desc(), col(message.id)).limit(LISTED)
    begin = datetime.combine(on, time(), view.zone)
    filed = (
        select(col(task.id), col(report.period))
        .join(task, col(task.id) == col(report.subtask_id))
        .where(col(task.plan_id) == plan.id)
        .where(col(report.received_at) >= begin, col(report.received_at) < begin + timedelta(days=1))
        .order_by(col(report.id).desc())
    )
    reports = session.execute(filed).all()
    cards = load_cards(session, [row[0] for row in reports[:LISTED]])
    return Happened(
        on=on,
        messages=list(session.execute(newest).scalars()),
        message_count=session.execute(select(func.count()).select_from(message).where(*sent)).scalar() or 0,
        reports=[(cards[key], period) for key, period in reports[:LISTED]],
        report_count=len(reports),
    )


def _latest_day(session: Session, plan: Plan, view: View) -> date | None:
    """The latest day, today included, with a message or a report."""
    message, report, task = tables.Message, tables.ProgressReport, tables.SubTask
    sent = select(func.max(col(message.slot_on))).where(
        col(message.plan_id) == plan.id,
        col(message.slot_on) <= view.today,
        col(message.state).in_(outbox.LIVE),
    )
    tomorrow = datetime.combine(view.today + timedelta(days=1), time(), view.zone)
    filed = (
        select(func.max(col(report.received_at)))
        .join(task, col(task.id) == col(report.subtask_id))
        .where(col(task.plan_id) == plan.id, col(report.received_at) < tomorrow)
    )
    received = session.execute(filed).scalar()
    days = [session.execute(sent).scalar(), received.astimezone(view.zone).date() if received else None]
    return max((day for day in days if day is not None), default=None)


@dataclass(frozen=True, slots=True)
class Foot:
    """When the service last looked and when it will act next."""

    swept: datetime | None
    next_check_on: date | None
    next_message_at: datetime | None


def foot(session: Session) -> Foot:
    """The line at the bottom of the page."""
    mark = session.get(tables.Mark, "last_sweep")
    message = tables.Message
    waiting = select(func.min(col(message.next_attempt_at))).where(col(message.state) == "waiting")
    return Foot(
        swept=mark.at if mark else None,
        next_check_on=session.execute(select(func.min(col(tables.SubTask.next_check_on)))).scalar(),
        next_message_at=session.execute(waiting).scalar(),
    )


def no_plan(now: datetime) -> Plan:
    """Stands in for a plan where there is none: it gives a time zone."""
    return Plan(0, "", now.year, None, ())
