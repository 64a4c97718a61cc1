"""节点设置 of one sub-task: every milestone with its own day, words, figures and weight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session
from starlette.exceptions import HTTPException

from db import plans, tables
from engine.errors import DubanError
from engine.model import Plan
from web.admission import acting
from web.milestone_form import packed, revisions_of
from web.milestone_preview import preview_of
from web.milestone_sheet import Sheet, Wish, load_sheet
from web.multipart import Sent, read_form
from web.site import Site
from web.view import View, done, render, view_of
from workflows.milestone_changes import MilestoneChange
from workflows.milestone_grid import entries_of, wanted_of
from workflows.milestone_rows import Row, read_rows, rows_of
from workflows.set_milestones import set_many

NEW_ROWS = 3
MOST_ROWS = 200
Form = Annotated[Sent, Depends(read_form)]


@dataclass
class Outcome:
    """What the rows of a form came to."""

    sheet: Sheet
    rows: list[Row]
    refused: dict[int, str]
    changes: list[MilestoneChange]
    conflicts: frozenset[int] = frozenset()
    is_previewed: bool = False
    changed_since: bool = False

    @property
    def is_refused(self) -> bool:
        """Whether a row cannot be taken."""
        return bool(self.refused)

    @property
    def status(self) -> int:
        """Of the answer that shows it."""
        return 422 if self.refused else 409 if self.conflicts else 200


def routes(site: Site) -> APIRouter:
    """``/milestones/ID``."""
    router = APIRouter()

    @router.get("/milestones/{number}", response_class=HTMLResponse)
    def rows(request: Request, number: int) -> HTMLResponse:
        with site.database.read() as session:
            sheet = _sheet(session, number)
            view = view_of(request, plans.zone_of(sheet.plan), site.clock())
            standing = rows_of(entries_of(sheet.subtasks[number].milestones, ()))
            return _page(site, session, view, number, Outcome(sheet, standing, {}, []))

    @router.post("/milestones/{number}")
    def sent_in(request: Request, number: int, sent: Form) -> Response:
        now = site.clock()
        with site.database.read() as session:
            outcome = _outcome(session, number, sent)
            view = view_of(request, plans.zone_of(outcome.sheet.plan), now)
        if sent.get("do") == "save" and outcome.is_previewed:
            try:
                saved = set_many(site.database, outcome.changes, now, acting(request).who)
                return done(view, f"/milestones/{number}", "milestones_saved", n=saved)
            except DubanError as error:
                if error.code != "REVISION_CONFLICT":
                    raise
        with site.database.read() as session:
            return _page(site, session, view, number, _outcome(session, number, sent))

    return router


def _sheet(session: Session, number: int) -> Sheet:
    row = session.get(tables.SubTask, number)
    if row is None:
        raise HTTPException(404)
    plan: Plan = plans.load_plan(session, row.plan_id)
    return load_sheet(session, plan, Wish(subtask=number))


def _outcome(session: Session, number: int, sent: Sent) -> Outcome:
    sheet = _sheet(session, number)
    subtask = sheet.subtasks[number]
    rows = [row for row in _rows(sent, [one.id for one in subtask.indicators]) if not row.is_empty]
    entries, refused = read_rows(sheet.plan, subtask, rows)
    sheet.wanted[number] = wanted_of(subtask.milestones, entries)
    changes = sheet.changes({**sheet.revisions, **revisions_of(sent)})
    stale = {one.subtask_id for one in changes if one.revision != sheet.revisions[one.subtask_id]}
    same = packed(sheet.wanted) == sent.get("pending")
    previewed = same and bool(changes) and not refused and not stale
    since = sent.get("do") == "save" and not same and not refused and bool(changes)
    return Outcome(sheet, rows, refused, changes, frozenset(stale), previewed, since)


def _rows(sent: Sent, indicators: Sequence[int]) -> list[Row]:
    found = []
    for number in range(MOST_ROWS):
        if f"day-{number}" not in sent.fields:
            break
        found.append(
            Row(
                sent.get(f"was-{number}"),
                sent.get(f"day-{number}"),
                sent.get(f"text-{number}"),
                sent.get(f"weight-{number}") or "1",
                {key: sent.get(f"figure-{number}-{key}") for key in indicators},
                f"gone-{number}" in sent.fields,
            )
        )
    return found


def _page(site: Site, session: Session, view: View, number: int, outcome: Outcome) -> HTMLResponse:
    sheet = outcome.sheet
    preview = None
    if outcome.changes:
        preview = preview_of(session, sheet, outcome.changes, outcome.conflicts, view)
    data: dict[str, Any] = {
        "card": sheet.cards[number],
        "subtask": sheet.subtasks[number],
        "plan": sheet.plan,
        "deadline": sheet.subtasks[number].deadline or sheet.plan.execute_ends_on,
        "rows": [*outcome.rows, *([Row()] * NEW_ROWS)],
        "outcome": outcome,
        "preview": preview,
        "pending": packed(sheet.wanted),
        "revision": sheet.revisions[number],
    }
    return render(site, view, "milestone.html.j2", outcome.status, **data)
