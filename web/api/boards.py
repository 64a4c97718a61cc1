"""晾晒 and 挂图作战: the units of a plan, and its months."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from engine.model import Light
from engine.months import period_name
from web.api import models
from web.api.answers import LARGEST, PREFIX, REFUSALS, OptionalKey, answer, one_plan, picture_of, readers_only
from web.site import Site
from web.tasks import UnitRow, units_of
from web.wall import Cell, Filter, MatrixRow, Row, by_project, chosen, counts, project_row, together
from web.wall_load import load_matrix
from workflows.look_back import Picture


def routes(site: Site) -> APIRouter:
    """``/standings`` and ``/wall``."""
    router = APIRouter(tags=["boards"], responses=REFUSALS)
    _standings(router, site)
    _wall(router, site)
    return router


def _standings(router: APIRouter, site: Site) -> None:
    @router.get(PREFIX + "/standings", response_model=models.Standings)
    def show_standings(request: Request, plan: OptionalKey = None) -> Response:
        """The lead units of a plan (the first one unless named), by the lights of the last sweep. Not for units."""
        readers_only(request)
        with site.database.read() as session:
            found = one_plan(session, plan)
            items = [_unit(row) for row in units_of(session, found.id)]
            body = models.Standings(as_of=site.clock(), plan_id=found.id, items=items)
            return answer(request, body)


def _unit(row: UnitRow) -> models.UnitStanding:
    return models.UnitStanding(
        unit=models.Unit(id=row.unit_id, name=row.unit),
        rank=row.rank,
        rank_change=row.gained,
        **_lights(row.lights).model_dump(),
    )


def _lights(lights: Mapping[str, int]) -> models.LightCounts:
    return models.LightCounts(**{light.value: lights.get(light.value, 0) for light in Light})


def _wall(router: APIRouter, site: Site) -> None:
    @router.get(PREFIX + "/wall", response_model=models.Wall)
    def show_wall(
        request: Request,
        plan: OptionalKey = None,
        leader: str = Query("", max_length=200),
        unit: OptionalKey = None,
        light: Light | None = None,
        project: str = Query("", max_length=200),
        sheet: int = Query(1, ge=1, le=LARGEST),
    ) -> Response:
        """Projects by month and tasks by unit of a plan (the first one unless named). Not for units."""
        readers_only(request)
        now, wanted = site.clock(), Filter(leader, unit, light or "", project)
        with site.database.read() as session:
            picture = picture_of(site, session, one_plan(session, plan), now)
            lines = chosen(picture, wanted)
            shares = load_matrix(session, picture.plan, lines, sheet, picture.on)
            whole = zip(*(line.standings for line in lines), strict=True)
            body = models.Wall(
                as_of=now,
                plan_id=picture.plan.id,
                present_period=period_name(picture.months[picture.present]),
                counts=_lights({light.value: n for light, n in counts(lines).items()}),
                overall=_months(picture, [together(column) for column in whole]),
                rows=[_row(picture, project_row(group, picture.present)) for group in by_project(lines)],
                shares=[_share(row, shares.matrix.units) for row in shares.matrix.rows],
                sheet=shares.sheet,
                sheets=shares.sheets,
            )
            return answer(request, body)


def _row(picture: Picture, row: Row) -> models.WallRow:
    return models.WallRow(
        no=row.no,
        title=row.title,
        lead_units=list(row.leads),
        subtasks=row.number,
        subtask_id=row.subtask_id,
        months=_months(picture, row.cells),
    )


def _months(picture: Picture, cells: Sequence[Cell]) -> list[models.MonthCell]:
    return [
        models.MonthCell(
            period=period_name(month),
            light=cell.light,
            percent=cell.percent if cell.light else None,
            expected_percent=cell.expected,
        )
        for month, cell in zip(picture.months, cells, strict=False)
    ]


def _share(row: MatrixRow, units: tuple[str, ...]) -> models.WallShareRow:
    return models.WallShareRow(
        subtask_id=row.subtask_id,
        no=row.no,
        title=row.title,
        measure=row.unit,
        quantity=row.whole.quota,
        actual=row.whole.done,
        cells=[
            models.WallShareCell(unit=unit, quota=cell.quota, done=cell.done, light=cell.light)
            for unit, cell in zip(units, row.cells, strict=True)
            if cell is not None
        ],
    )
