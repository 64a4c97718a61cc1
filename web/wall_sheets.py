"""The tables of the wall as rows of a workbook."""

from __future__ import annotations

from collections.abc import Sequence

from engine.months import period_name
from engine.share_lights import ShareCell
from web.view import View
from web.wall import Cell, Matrix, Row
from workflows.look_back import Picture

Sheet = tuple[str, list[str], list[list[object]]]


def months_sheet(view: View, picture: Picture, rows: Sequence[Row]) -> Sheet:
    """Name, heads and rows of projects × months: whole percents; of months to come what the plan asks, as text."""
    heads = [view.t(f"wall.sheet.{name}") for name in ("no", "title", "leads", "now")]
    heads += [period_name(month) for month in picture.months]
    lines: list[list[object]] = [
        [row.no, row.title, view.t("list").join(row.leads), _word(view, row.now)]
        + [_figure(view, cell) for cell in row.cells]
        for row in rows
    ]
    return f"{picture.plan.title} {view.t('wall.heat')}", heads, lines


def shares_sheet(view: View, found: Matrix) -> Sheet:
    """Name, heads and rows of the shares, one line for each unit of a task."""
    names = ("no", "title", "holder", "done", "quota", "measure", "light")
    lines: list[list[object]] = [
        [row.no, row.title, unit, cell.done, cell.quota, row.unit, _share_word(view, cell)]
        for row in found.rows
        for unit, cell in zip(found.units, row.cells, strict=True)
        if cell is not None
    ]
    return view.t("wall.streets"), [view.t(f"wall.sheet.{name}") for name in names], lines


def _word(view: View, cell: Cell) -> str:
    return view.chip(cell.light, cell.reason).word if cell.light else ""


def _share_word(view: View, cell: ShareCell) -> str:
    return view.chip(cell.light).word if cell.done is not None else view.t("wall.unreported")


def _figure(view: View, cell: Cell) -> object:
    if cell.light is not None:
        return cell.percent
    return view.t("wall.sheet.planned", expected=cell.expected) if cell.expected is not None else ""
