"""节点设置: milestones in a grid and one sub-task at a time; what a change brings is shown before it is saved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

from db import plans
from db.calendar import load_calendar
from engine.errors import DubanError
from engine.milestone_templates import Kind
from engine.model import Plan
from web.admission import acting
from web.milestone_form import chosen_in, packed, pasted, revisions_of, typed_of, unpacked
from web.milestone_preview import Preview, preview_of
from web.milestone_sheet import (
    Sheet,
    Wish,
    leading_units,
    load_all,
    load_sheet,
    month_name,
    projects_of,
    rows_by_name,
)
from web.multipart import Sent, read_form
from web.sheet import as_xlsx
from web.site import Site
from web.typed import Number, OptionalNumber, whole
from web.view import View, done, render, view_of, zone_of
from workflows.milestone_changes import MilestoneChange, Wanted
from workflows.milestone_grid import TEXT, Cell, filled, months_of, moved, typed_in, value_at, wanted_of
from workflows.set_milestones import set_many

Table = Annotated[Sent, Depends(read_form)]
UNITS = ("days", "months")
MOST_MOVE = 400


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for."""

    plan: OptionalNumber = None
    project: Annotated[str, Query()] = ""
    unit: Annotated[str, Query()] = ""
    subtask: Annotated[str, Query()] = ""
    page: Number = 1

    @property
    def wish(self) -> Wish:
        """The same in numbers; what is none asks for nothing."""
        return Wish(whole(self.project), whole(self.unit), whole(self.subtask), self.page)


@dataclass
class Outcome:
    """What a form asked for came to: the sheet with it, and what is to be said of it."""

    sheet: Sheet
    changes: list[MilestoneChange]
    conflicts: frozenset[int] = frozenset()
    notes: list[tuple[str, dict[str, object]]] = field(default_factory=list)  # key of the words, data
    is_previewed: bool = False

    @property
    def is_refused(self) -> bool:
        """Whether something typed cannot be taken."""
        return bool(self.sheet.refused)

    @property
    def status(self) -> int:
        """Of the answer that shows it."""
        return 422 if self.is_refused else 409 if self.conflicts else 200


def routes(site: Site) -> APIRouter:
    """``/milestones`` with its workbook; a single sub-task: ``web.pages.milestone``."""
    router = APIRouter()

    @router.get("/milestones", response_class=HTMLResponse)
    def grid(request: Request, asked: Annotated[Asked, Depends()]) -> Response:
        now = site.clock()
        with site.database.read() as session:
            plan = plan_of(session, asked.plan)
            if plan is None:
                return render(site, view_of(request, zone_of(session), now), "empty.html.j2")
            view = view_of(request, plans.zone_of(plan), now)
            outcome = Outcome(load_sheet(session, plan, asked.wish), [])
            return render(site, view, "milestones.html.j2", **_page(session, outcome, asked, view))

    @router.get("/milestones/workbook")
    def workbook(request: Request, asked: Annotated[Asked, Depends()]) -> Response:
        with site.database.read() as session:
            plan = plan_of(session, asked.plan)
            view = view_of(request, zone_of(session), site.clock())
            return _workbook(view, load_all(session, plan, asked.wish) if plan else None)

    @router.post("/milestones")
    def sent_in(request: Request, sent: Table, asked: Annotated[Asked, Depends()]) -> Response:
        return _answer(site, request, sent, asked)

    return router


def plan_of(session: Session, number: int | None) -> Plan | None:
    """The plan that is meant, else the first that is followed; ``None`` without any."""
    followed = plans.load_plans(session)
    return next((one for one in followed if one.id == number), followed[0] if followed else None)


def _answer(site: Site, request: Request, sent: Sent, asked: Asked) -> Response:
    """Saved where it was looked at before and nothing speaks against it; else the page again with everything typed."""
    now = site.clock()
    with site.database.read() as session:
        plan = plan_of(session, asked.plan)
        if plan is None:
            return render(site, view_of(request, zone_of(session), now), "empty.html.j2")
        view = view_of(request, plans.zone_of(plan), now)
        outcome = _outcome(session, plan, sent, asked, view)
    if sent.get("do") == "save" and outcome.is_previewed:
        try:
            saved = set_many(site.database, outcome.changes, now, acting(request).who)
            return done(view, "/milestones", "milestones_saved", n=saved, **_kept(asked))
        except DubanError as error:
            if error.code != "REVISION_CONFLICT":
                raise
    with site.database.read() as session:
        outcome = _outcome(session, plan, sent, asked, view)
        data = _page(session, outcome, asked, view)
        return render(site, view, "milestones.html.j2", outcome.status, **data)


def _outcome(session: Session, plan: Plan, sent: Sent, asked: Asked, view: View) -> Outcome:
    carried = unpacked(sent.get("pending"))
    cells, notes = _pasted(session, plan, sent, view)
    sheet = load_sheet(session, plan, asked.wish, (*carried, *cells))
    sheet.wanted = {
        key: tuple(one for one in wanted if _is_sane(sheet, key, one))
        for key, wanted in carried.items()
        if key in sheet.subtasks
    }
    sheet.marked = chosen_in(sent)
    for key in sheet.ids:
        rows = (*(one.id for one in sheet.subtasks[key].indicators), TEXT)
        _take(sheet, key, typed_of(sent, key, rows, sheet.months))
    for key, typed in cells.items():
        _take(sheet, key, typed)
    notes += _act(session, sheet, sent, view)
    revisions = {**sheet.revisions, **revisions_of(sent)}
    changes = sheet.changes(revisions)
    conflicts = frozenset(
        one.subtask_id for one in changes if one.revision != sheet.revisions[one.subtask_id]
    )
    same = packed(sheet.wanted) == sent.get("pending")
    if sent.get("do") == "save" and not same and not sheet.refused:
        notes.append(("grid.changed_since", {}))
    is_previewed = same and bool(changes) and not sheet.refused and not conflicts
    return Outcome(sheet, changes, conflicts, notes, is_previewed)


def _take(sheet: Sheet, key: int, typed: Mapping[Cell, str]) -> None:
    """What was typed is part of the changes; what was refused stays as typed, with the reason."""
    if not typed:
        return
    subtask = sheet.subtasks[key]
    entries, refused = typed_in(sheet.plan, subtask, sheet.entries(key), typed)
    sheet.wanted[key] = wanted_of(subtask.milestones, entries)
    if refused:
        sheet.refused[key] = {cell: (why, typed[cell]) for cell, why in refused.items()}


def _pasted(
    session: Session, plan: Plan, sent: Sent, view: View
) -> tuple[dict[int, dict[Cell, str]], list[tuple[str, dict[str, object]]]]:
    if sent.get("do") != "table":
        return {}, []
    months = list(months_of(plan))
    names = [month_name(month) for month in months]
    cells, unknown = pasted(sent.get("table"), rows_by_name(session, plan.id), months, names)
    if unknown:
        rows = view.t("list").join(unknown[:5])
        return cells, [("grid.unknown_rows", {"n": len(unknown), "rows": rows})]
    return cells, [] if cells else [("grid.nothing_pasted", {})]


def _act(session: Session, sheet: Sheet, sent: Sent, view: View) -> list[tuple[str, dict[str, object]]]:
    """The marked sub-tasks are moved or filled, if that is what was asked for; returns what is to be said."""
    what = sent.get("do")
    if what not in ("shift", "fill"):
        return []
    keys = [key for key in sheet.marked if key in sheet.subtasks]
    if not keys:
        return [("grid.mark_first", {})]
    return _fill(session, sheet, sent, view, keys) if what == "fill" else _shift(sheet, sent, view, keys)


def _fill(
    session: Session, sheet: Sheet, sent: Sent, view: View, keys: list[int]
) -> list[tuple[str, dict[str, object]]]:
    try:
        kind = Kind(sent.get("kind"))
    except ValueError:
        return [("grid.choose_kind", {})]
    calendar = load_calendar(session)
    for key in keys:
        subtask = sheet.subtasks[key]
        entries = filled(sheet.plan, subtask, sheet.entries(key), kind, calendar, view.today, view.locale)
        sheet.wanted[key] = wanted_of(subtask.milestones, entries)
    return [("grid.filled", {"n": len(keys)})]


def _shift(sheet: Sheet, sent: Sent, view: View, keys: list[int]) -> list[tuple[str, dict[str, object]]]:
    by = _steps(sent.get("by").strip())
    unit = sent.get("by_unit")
    if not by or unit not in UNITS or abs(by) > MOST_MOVE:
        return [("grid.shift_how", {})]
    notes: list[tuple[str, dict[str, object]]] = []
    for key in keys:
        subtask = sheet.subtasks[key]
        entries, why = moved(sheet.plan, sheet.entries(key), view.today, **{unit: by})
        if why:
            notes.append((f"grid.shift.{why}", {"no": sheet.cards[key].no, "title": sheet.cards[key].title}))
        sheet.wanted[key] = wanted_of(subtask.milestones, entries)
    return notes or [("grid.shifted", {"n": len(keys)})]


def _is_sane(sheet: Sheet, key: int, wanted: Wanted) -> bool:
    known = {one.id for one in sheet.subtasks[key].indicators}
    return set(wanted.figures) <= known and sheet.plan.starts_on <= wanted.due_on <= sheet.plan.ends_on


def _page(session: Session, outcome: Outcome, asked: Asked, view: View) -> dict[str, Any]:
    sheet = outcome.sheet
    preview: Preview | None = None
    if outcome.changes:
        preview = preview_of(session, sheet, outcome.changes, outcome.conflicts, view)
    followed = plans.load_plans(session)
    return {
        "plan": sheet.plan,
        "others": [one for one in followed if one.id != sheet.plan.id],
        "sheet": sheet,
        "groups": sheet.groups(load_calendar(session)),
        "asked": asked,
        "kept": _kept(asked),
        "projects": projects_of(session, sheet.plan.id),
        "units": leading_units(session, sheet.plan.id),
        "kinds": list(Kind),
        "outcome": outcome,
        "preview": preview,
        "pending": packed(sheet.wanted),
        "today_month": (view.today.year, view.today.month),
        "month_of": lambda month: (month // 12, month % 12 + 1),
        "away": [key for key in sheet.wanted if key not in sheet.ids],
        "TEXT": TEXT,
    }


def _kept(asked: Asked) -> dict[str, object]:
    """The filters, for links and the form."""
    page = asked.page if asked.page > 1 else None
    return {
        "plan": asked.plan,
        "project": asked.project,
        "unit": asked.unit,
        "subtask": asked.subtask,
        "page": page,
    }


def _workbook(view: View, sheet: Sheet | None) -> Response:
    """The grid in the layout that can be pasted back."""
    heads = [view.t(name) for name in ("grid.no", "col.task", "col.indicator", "grid.promise")]
    if sheet is None:
        return as_xlsx(view.t("grid.file"), heads, [])
    rows = [row for key in sheet.ids for row in _workbook_rows(sheet, key, view)]
    return as_xlsx(view.t("grid.file"), [*heads, *map(month_name, sheet.months)], rows)


def _workbook_rows(sheet: Sheet, key: int, view: View) -> Iterator[list[object]]:
    card, entries = sheet.cards[key], sheet.entries(key)
    numbers = {one.id: one for one in sheet.subtasks[key].indicators}
    for row in sheet.keys(key):
        one = numbers.get(row)
        label = [one.subject, view.quantity(one.quantity, one.unit)] if one else ["", ""]
        values = (value_at(entries, Cell(row, month)) for month in sheet.months)
        yield [card.no, card.title, *label, *(Decimal(value) if one and value else value for value in values)]


def _steps(text: str) -> int | None:
    """By how much, forward or, with a minus, back."""
    number = whole(text.removeprefix("-"))
    return -number if number is not None and text.startswith("-") else number
