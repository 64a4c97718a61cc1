"""子任务: everything known of one sub-task, from the promise to the last message about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlmodel import Session
from starlette.exceptions import HTTPException

from db import cases, plans, tables
from db.calendar import load_calendar
from db.changes import requests_of
from db.units import stored_id
from engine.errors import DubanError
from engine.facts import Facts
from engine.model import Plan
from engine.roles import STAFF, Role
from notifications.forecast_words import forecast_sentence
from notifications.words import say as said
from web.access import may_see
from web.admission import Forbidden, acting
from web.chart import charts_of
from web.multipart import Sent
from web.pages.overview import foot
from web.reasons import ending, sentence
from web.site import Site
from web.subtask_acts import acts_of
from web.subtask_lines import (
    messages_of,
    milestones_of,
    months_of,
    quotas_of,
    reminders_of,
    reports_of,
    roles_of,
)
from web.tasks import load_tasks
from web.view import View, percent, render, view_of
from workflows.audit_record import record_of_subtask
from workflows.list_changes import lines_of
from workflows.show_case import show_cases


def routes(site: Site) -> APIRouter:
    """The page at ``/subtasks/ID``."""
    router = APIRouter()

    @router.get("/subtasks/{number}", response_class=HTMLResponse)
    def subtask(request: Request, number: int) -> HTMLResponse:
        return page_of(site, request, number)

    return router


def page_of(
    site: Site,
    request: Request,
    number: int,
    status: int = 200,
    error: DubanError | None = None,
    sent: Sent | None = None,
) -> HTMLResponse:
    """The page of the sub-task; after a refusal with the reason and everything that was typed."""
    now, person = site.clock(), acting(request)
    with site.database.read() as session:
        row = session.get(tables.SubTask, number)
        if row is None:
            raise HTTPException(404)
        if not may_see(session, person, number):
            raise Forbidden
        plan = plans.load_plan(session, row.plan_id)
        tried = request.url.path.rpartition("/")[2] if error else ""
        view = replace(view_of(request, plans.zone_of(plan), now), path=f"/subtasks/{number}")
        data = _contents(session, plan, row, view, now, _reader(session, request, number))
        if person.role in STAFF:
            data["acts"] = acts_of(session, plan, row, data["task"].standing, view, now)
        refused = {
            "problem": view.refusal(error) if error else "",
            "typed": sent.fields if sent else {},
            "tried": tried,
        }
        return render(site, view, "subtask.html.j2", status, **data, **refused)


def _reader(session: Session, request: Request, number: int) -> tuple[int | None, bool]:
    """The unit of a user of role unit, and whether the whole sub-task's figures are for that reader."""
    person = acting(request)
    if person.role is not Role.UNIT:
        return None, True
    return person.unit_id, person.unit_id in plans.lead_units(session, [number]).get(number, ())


def _contents(
    session: Session,
    plan: Plan,
    row: tables.SubTask,
    view: View,
    now: datetime,
    reader: tuple[int | None, bool],
) -> dict[str, Any]:
    """What everybody may see who may see the sub-task; to a unit that does not lead it only its own share."""
    key, (unit_id, sees_all) = stored_id(row.id), reader
    (task,) = load_tasks(session, plan, [key], view.today)
    calendar = load_calendar(session)
    facts = Facts.of(plan, task.subtask, calendar, view.today)
    share = None if sees_all else unit_id
    shown = show_cases(session, cases.of_subtask(session, key), now)
    return {
        "plan": plan,
        "row": row,
        "task": task,
        "sees_all": sees_all,
        "is_staff": unit_id is None,
        "acts": None,
        "starts_on": facts.start,
        "deadline": facts.deadline,
        "roles": roles_of(session, key),
        "reasons": [sentence(reason, view.today, view.locale) for reason in task.standing.reasons],
        "charts": charts_of(plan, task.subtask, calendar, view.today) if sees_all else [],
        "milestones": milestones_of(facts, view),
        "months": months_of(plan, task.subtask, calendar, facts) if sees_all else ([], []),
        "quotas": quotas_of(session, task.subtask, share),
        "reports": reports_of(session, task.subtask, view, share),
        "changes": lines_of(session, requests_of(session, subtask_id=key)) if sees_all else [],
        "reminders": reminders_of(session, key, view, unit_id),
        "messages": messages_of(session, key, unit_id),
        "cases": [case for case in shown if unit_id is None or case.unit_id == unit_id],
        "case_word": partial(said, view.locale),
        "events": record_of_subtask(session, key, 60) if unit_id is None else [],
        "ending": ending,
        "forecast_sentence": forecast_sentence,
        "percent": percent,
        "foot": foot(session),
    }
