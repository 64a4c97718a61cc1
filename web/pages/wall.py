"""挂图作战: projects by month, units with their shares, the whole plan as one curve; on a screen, and on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session
from starlette.exceptions import HTTPException

from db import plans, tables
from db.calendar import load_calendar
from engine.model import Light, Plan
from notifications.forecast_words import forecast_sentence
from web.pages.overview import foot, no_plan
from web.sheet import as_xlsx
from web.site import Site
from web.typed import Number, whole
from web.view import View, render, view_of
from web.wall import (
    Filter,
    Row,
    by_project,
    chosen,
    counts,
    is_one_page,
    project_row,
    task_row,
    whole_curve,
)
from web.wall_load import ROWS, load_matrix
from web.wall_sheets import months_sheet, shares_sheet
from workflows.look_back import Line, Picture

ALL = 5000  # rows of a table that is kept as a workbook
FULL = 120  # rows of shares that a full screen turns through
SLIDE = 10  # rows of a table that are shown at a time on a full screen
REFRESH = 60  # seconds between two looks on a full screen


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for beside the filter."""

    page: Number = 1
    sheet: Number = 1
    is_full: bool = False
    is_whole: bool = False  # a file: everything, no pages

    @property
    def shares(self) -> int:
        """How many rows of shares are shown at once."""
        return ALL if self.is_whole else FULL if self.is_full else ROWS


def routes(site: Site) -> APIRouter:
    """The page at ``/wall``."""
    router = APIRouter()
    _page(router, site)
    _tables(router, site)
    return router


def _page(router: APIRouter, site: Site) -> None:
    @router.get("/wall", response_class=HTMLResponse)
    def wall(
        request: Request,
        plan: str = "",
        leader: str = "",
        unit: str = "",
        light: str = "",
        project: str = "",
        page: Number = 1,
        sheet: Number = 1,
        full: str = "",
    ) -> HTMLResponse:
        now = site.clock()
        wanted = filter_of(leader, unit, light, project)
        asked = Asked(max(1, page), max(1, sheet), full == "1")
        with site.database.read() as session:
            followed = plans.load_plans(session)
            found = _chosen(followed, plan)
            if found is None:
                return render(site, view_of(request, plans.zone_of(no_plan(now)), now), "empty.html.j2")
            view = view_of(request, plans.zone_of(found), now)
            data = contents(site, session, found, wanted, asked, view, now)
            shape = "wall_full.html.j2" if asked.is_full else "wall.html.j2"
            return render(site, view, shape, nav="wall", others=followed, linked=True, **data)


def _tables(router: APIRouter, site: Site) -> None:
    def seen(request: Request, session: Session) -> tuple[View, Picture, list[Line], Filter]:
        given = request.query_params
        plan = _chosen(plans.load_plans(session), given.get("plan", ""))
        if plan is None:
            raise HTTPException(404)
        view = view_of(request, plans.zone_of(plan), site.clock())
        picture = site.pictures.of(session, plan, view.today)
        wanted = filter_of(*(given.get(name, "") for name in ("leader", "unit", "light", "project")))
        return view, picture, chosen(picture, wanted), wanted

    @router.get("/wall/months")
    def months(request: Request) -> Response:
        with site.database.read() as session:
            view, picture, lines, wanted = seen(request, session)
            return as_xlsx(*months_sheet(view, picture, _rows(picture, _groups(lines, wanted), wanted)))

    @router.get("/wall/shares")
    def shares(request: Request) -> Response:
        with site.database.read() as session:
            view, picture, lines, _ = seen(request, session)
            found = load_matrix(session, picture.plan, lines, 1, view.today, ALL).matrix
            return as_xlsx(*shares_sheet(view, found))


def filter_of(leader: str, unit: str, light: str, project: str) -> Filter:
    """The filter that an address asks for; what cannot be is left out."""
    return Filter(leader, whole(unit), light if light in set(Light) else "", project)


def _chosen(followed: Sequence[Plan], number: str) -> Plan | None:
    """The plan of that number, else the first one."""
    return next((one for one in followed if one.id == whole(number)), followed[0] if followed else None)


def contents(
    site: Site, session: Session, plan: Plan, wanted: Filter, asked: Asked, view: View, now: datetime
) -> dict[str, Any]:
    """What the wall shows of the plan."""
    picture = site.pictures.of(session, plan, view.today)
    lines = chosen(picture, wanted)
    groups = _groups(lines, wanted)
    shares = load_matrix(session, plan, lines, asked.sheet, view.today, asked.shares)
    everything = asked.is_full or asked.is_whole
    pages = 1 if everything else max(1, -(-len(groups) // ROWS))
    page = min(asked.page, pages)
    rows = _rows(picture, groups if everything else groups[(page - 1) * ROWS : page * ROWS], wanted)
    return {
        "plan": plan,
        "issuer": session.get_one(tables.Plan, plan.id).issuer,
        "picture": picture,
        "wanted": wanted,
        "asked": asked,
        "choices": choices(picture),
        "counts": counts(lines),
        "number": len(lines),
        "rows": rows,
        "is_small": is_one_page(len(rows), len(shares.matrix.rows)),
        "page": page,
        "pages": pages,
        "matrix": shares.matrix,
        "sheet": shares.sheet,
        "sheets": shares.sheets,
        "curve": whole_curve(picture, lines, load_calendar(session)) if lines else None,
        "forecast_sentence": forecast_sentence,
        "slide": SLIDE,
        "refresh": REFRESH,
        "now": now,
        "foot": foot(session),
    }


def _groups(lines: Sequence[Line], wanted: Filter) -> list[list[Line]]:
    """What makes a row each: projects; the sub-tasks of one project where only that is asked for."""
    return [[line] for line in lines] if wanted.project else by_project(lines)


def _rows(picture: Picture, groups: Sequence[list[Line]], wanted: Filter) -> list[Row]:
    if wanted.project:
        return [task_row(line, picture.present) for (line,) in groups]
    return [project_row(group, picture.present) for group in groups]


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filter offers: leaders in charge, lead units by id, projects by number."""

    leaders: tuple[str, ...]
    units: tuple[tuple[int, str], ...]
    projects: tuple[tuple[str, str], ...]


def choices(picture: Picture) -> Choices:
    """Whatever occurs in the plan, in its order."""
    cards = [line.card for line in picture.lines.values()]
    return Choices(
        tuple(dict.fromkeys(leader for card in cards for leader in card.leaders)),
        tuple(dict.fromkeys(pair for card in cards for pair in zip(card.lead_ids, card.leads, strict=True))),
        tuple(dict.fromkeys((card.project_no, card.project_title) for card in cards)),
    )
