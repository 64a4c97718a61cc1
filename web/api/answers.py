"""How the API answers: parts of lists, entity tags, refusals, and what a unit may see."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any, Protocol, TypeVar

from fastapi import Path, Query, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy import select
from sqlmodel import Session, col
from starlette.exceptions import HTTPException

from db import plans, tables
from engine.model import Plan
from engine.roles import Role
from web.access import Access
from web.admission import Forbidden, acting, refusal_in_json
from web.api.models import Answer, Problem
from web.site import Site
from workflows.look_back import Picture

PREFIX = "/api/v1"
LARGEST = 2**31 - 1
MOST = 200
Key = Annotated[int, Path(ge=1, le=LARGEST)]
OptionalKey = Annotated[int | None, Query(ge=1, le=LARGEST)]
Limit = Annotated[int, Query(ge=1, le=MOST, description="how many at most")]
After = Annotated[int, Query(ge=0, le=LARGEST, description="the next of the part before")]
REFUSALS: dict[int | str, dict[str, Any]] = {
    401: {"model": Problem, "description": "nobody signed in, no valid token"},
    403: {"model": Problem, "description": "not for this role"},
    404: {"model": Problem, "description": "there is no such thing"},
    422: {"model": Problem, "description": "a parameter cannot be"},
}
CODES = {
    400: ("BAD_REQUEST", "请求看不懂：请对照 /api/v1/openapi.json。"),
    403: ("FORBIDDEN", "这个身份不能读取这些数据。"),
    404: ("NOT_FOUND", "没有这条数据，或这个身份看不到它。"),
    405: ("METHOD_NOT_ALLOWED", "这里只能读取：请用 GET。"),
    422: ("BAD_PARAMETER", "参数不对：请对照 /api/v1/openapi.json。"),
    503: ("UNAVAILABLE", "暂时读不到数据：请稍后再试。"),
    500: ("FAILED", "服务出错，已记录：请稍后再试，或联系督查科室。"),
}


class Numbered(Protocol):
    """Something of a list, by id."""

    @property
    def id(self) -> int:
        """Its id."""
        ...


One = TypeVar("One", bound=Numbered)


def is_api(path: str) -> bool:
    """Whether other systems ask there, so that errors are JSON."""
    return path.startswith("/api/")


def refusal(status: int, detail: str = "") -> JSONResponse:
    """A refusal as JSON: ``code`` and ``message``."""
    code, message = CODES.get(status, CODES[400 if status < 500 else 500])
    return refusal_in_json(code, detail or message, status)


def answer(request: Request, body: Answer) -> Response:
    """The answer with its entity tag, or 304 where the asker has the same already; ``as_of`` is not in the tag."""
    kept = body.model_dump_json(exclude={"as_of"})
    tag = f'W/"{hashlib.sha256(kept.encode()).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    known = [one.strip() for one in request.headers.get("if-none-match", "").split(",")]
    if tag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    moment = body.model_dump_json(include={"as_of"})  # megabytes are not written twice for it
    return Response(f"{moment[:-1]},{kept[1:]}", headers=headers, media_type="application/json")


def part(found: Iterable[One], after: int, limit: int) -> tuple[list[One], int | None]:
    """The next ones by id, and where the following part begins."""
    rest = sorted((one for one in found if one.id > after), key=lambda one: one.id)
    shown = rest[:limit]
    return shown, shown[-1].id if len(rest) > limit else None


def readers_only(request: Request) -> None:
    """Raises Forbidden for a unit: the figures are of others too."""
    if acting(request).role is Role.UNIT:
        raise Forbidden(Access.API)


def own_subtasks(session: Session, request: Request) -> set[int] | None:
    """The sub-tasks that a unit leads, whose figures are all its own; ``None``: everything, for other readers."""
    person = acting(request)
    if person.role is not Role.UNIT:
        return None
    work = tables.Assignment
    return set(
        session.execute(
            select(col(work.subtask_id)).where(
                col(work.unit_id) == person.unit_id, col(work.role).in_(plans.LEADING)
            )
        ).scalars()
    )


def followed(session: Session, plan_id: int | None) -> Sequence[Plan]:
    """The plan of that id, else all that are being followed up; 404 where there is none of that id."""
    if plan_id is None:
        return plans.load_plans(session)
    if session.get(tables.Plan, plan_id) is None:
        raise HTTPException(404)
    return [plans.load_plan(session, plan_id)]


def one_plan(session: Session, plan_id: int | None) -> Plan:
    """The plan of that id, else the first that is being followed up; 404 where there is none."""
    found = followed(session, plan_id)
    if not found:
        raise HTTPException(404)
    return found[0]


def picture_of(site: Site, session: Session, plan: Plan, now: datetime) -> Picture:
    """The plan as it stands at that moment."""
    return site.pictures.of(session, plan, now.astimezone(plans.zone_of(plan)).date())
