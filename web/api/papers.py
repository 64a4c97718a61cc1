"""Bulletins, evaluations, supervision cases, and how the installation is doing."""

from __future__ import annotations

from collections import Counter
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import func, select
from sqlalchemy.orm import defer
from sqlmodel import Session, col
from starlette.exceptions import HTTPException

from db import cases, runs, tables
from db.evaluations import KINDS
from db.units import stored_id
from engine.roles import Role
from web.admission import acting
from web.api import models
from web.api.answers import PREFIX, REFUSALS, After, Key, Limit, OptionalKey, answer, part, readers_only
from web.pages.overview import foot
from web.site import Site
from workflows.show_case import ShownCase, show_cases

B = tables.Bulletin


def routes(site: Site) -> APIRouter:
    """``/bulletins``, ``/evaluations``, ``/cases``, ``/health``."""
    router = APIRouter(tags=["papers"], responses=REFUSALS)
    _frozen(router, site, "bulletins", is_evaluation=False)
    _frozen(router, site, "evaluations", is_evaluation=True)
    _cases(router, site)
    _health(router, site)
    return router


def _frozen(router: APIRouter, site: Site, name: str, *, is_evaluation: bool) -> None:
    """The list of that name, and each with its content."""

    @router.get(f"{PREFIX}/{name}", response_model=models.Bulletins, operation_id=f"list_{name}")
    def listed(request: Request, plan: OptionalKey = None, limit: Limit = 100, after: After = 0) -> Response:
        """What was frozen, by id. Not for units."""
        readers_only(request)
        kind = col(B.kind).in_(KINDS) if is_evaluation else col(B.kind).notin_(KINDS)
        query = select(B).options(defer(B.content)).where(kind, col(B.id) > after)  # type: ignore[arg-type]
        query = query.order_by(col(B.id)).limit(limit + 1)
        with site.database.read() as session:
            rows = session.execute(query if plan is None else query.where(col(B.plan_id) == plan)).scalars()
            found, onward = part([_bulletin(row) for row in rows], after, limit)
            return answer(request, models.Bulletins(as_of=site.clock(), items=found, next=onward))

    @router.get(
        f"{PREFIX}/{name}/{{number}}", response_model=models.BulletinDetail, operation_id=f"show_{name}"
    )
    def shown(request: Request, number: Key) -> Response:
        """One of them with its frozen content. Not for units."""
        readers_only(request)
        with site.database.read() as session:
            row = session.get(B, number)
            if row is None or (row.kind in KINDS) is not is_evaluation:
                raise HTTPException(404)
            body = models.BulletinDetail(as_of=site.clock(), bulletin=_bulletin(row), content=row.content)
            return answer(request, body)


def _bulletin(row: tables.Bulletin) -> models.Bulletin:
    return models.Bulletin(
        id=stored_id(row.id),
        plan_id=row.plan_id,
        kind=row.kind,
        period=row.period,
        on=row.on,
        state=row.state,
        created_at=row.created_at,
        sha256=row.sha256,
    )


def _cases(router: APIRouter, site: Site) -> None:
    @router.get(PREFIX + "/cases", response_model=models.Cases)
    def list_cases(
        request: Request,
        plan: OptionalKey = None,
        state: Literal["standing", "open", "replied", "closed"] | None = None,
        limit: Limit = 100,
        after: After = 0,
    ) -> Response:
        """Supervision cases; a unit sees those that ask it for something."""
        now, person = site.clock(), acting(request)
        own = person.unit_id if person.role is Role.UNIT else None
        with site.database.read() as session:
            rows = cases.listed(session, plan_id=plan, unit_id=own, state=state)
            rows = sorted(
                (row for row in rows if stored_id(row.id) > after), key=lambda row: stored_id(row.id)
            )
            items = [_case(one) for one in show_cases(session, rows[: limit + 1], now)]
            found, onward = part(items, after, limit)
            return answer(request, models.Cases(as_of=now, items=found, next=onward))


def _case(case: ShownCase) -> models.Case:
    return models.Case(
        id=case.id,
        number=case.number,
        colour=case.colour,
        state=case.state,
        plan_id=case.plan_id,
        subtask_id=case.subtask_id,
        subtask_no=case.no,
        unit=models.Unit(id=case.unit_id, name=case.unit),
        opened_on=case.opened_on,
        reply_due_on=case.reply_due_on,
        replied_on=case.replied_on,
        closed_on=case.closed_on,
        is_late=case.is_late,
    )


def _health(router: APIRouter, site: Site) -> None:
    @router.get(PREFIX + "/health", response_model=models.Health)
    def show_health(request: Request) -> Response:
        """Findings, messages and reminders, counted. Not for units."""
        readers_only(request)
        with site.database.read() as session:
            latest = foot(session)
            found = Counter(one.code for one in runs.open_findings(session))
            body = models.Health(
                as_of=site.clock(),
                last_sweep_at=latest.swept,
                next_message_at=latest.next_message_at,
                findings=[models.FindingCount(code=code, number=n) for code, n in sorted(found.items())],
                messages=_by_state(session, tables.Message),
                reminders=_by_state(session, tables.Reminder),
            )
            return answer(request, body)


def _by_state(session: Session, table: type[tables.Message] | type[tables.Reminder]) -> dict[str, int]:
    query = select(col(table.state), func.count()).group_by(col(table.state)).order_by(col(table.state))
    return {row[0]: row[1] for row in session.execute(query)}
