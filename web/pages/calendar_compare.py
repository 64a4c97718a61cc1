"""改规则会怎样: which messages come and go by other numbers of the rules, before anybody stores them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import Session

from db import plans, tables
from engine.errors import DubanError
from engine.model import Plan
from engine.policy import Policy
from web.calendar_days import kind_word, moment_of, month_after, month_span, why
from web.multipart import Sent, read_form
from web.pages.policy import said_value
from web.rehearsals import Answer, Progress, Question, Rehearsals
from web.sheet import as_xlsx
from web.site import Site
from web.typed import OptionalNumber, whole
from web.view import View, render, view_of
from workflows.set_milestones import changed_messages
from workflows.set_policy import preview_policy, settings_of

SHOWN = (
    *("milestone_offsets", "deadline_offsets", "report_offsets", "report_late_every", "lagging_every"),
    *("overdue_every", "gap_every", "escalate_silent_after", "remind_at", "digest_at"),
    *("digest_executing", "digest_leaders"),
)
SWITCHES = frozenset(one.name for one in fields(Policy) if one.type in (bool, "bool"))
MOST = 300
Form = Annotated[Sent, Depends(read_form)]
Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: a plan, until which month, and numbers as ``name=value``."""

    plan: int | None = None
    until: str = ""
    change: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Moved:
    """A message that goes or comes."""

    comes: bool
    line: Line
    why: str


@dataclass
class Known:
    """What is known of the difference, or how far working it out has come."""

    found: list[Moved] | None = None
    progress: Progress | None = None
    step: int = 1
    at: datetime | None = None


def add(router: APIRouter, site: Site, rehearsals: Rehearsals) -> None:
    """``/calendar/compare`` with its workbook."""

    @router.get("/calendar/compare", response_class=HTMLResponse)
    def compared(
        request: Request,
        change: Annotated[list[str] | None, Query()] = None,
        plan: OptionalNumber = None,
        until: str = "",
    ) -> Response:
        return _shown(site, rehearsals, request, Asked(plan, until, tuple(change or ())))

    @router.get("/calendar/compare/workbook")
    def workbook(
        request: Request,
        change: Annotated[list[str] | None, Query()] = None,
        plan: OptionalNumber = None,
        until: str = "",
    ) -> Response:
        asked = Asked(plan, until, tuple(change or ()))
        with site.database.read() as session:
            chosen, view = _start(session, request, site.clock(), asked.plan)
        known = _difference(rehearsals, chosen, asked, view) if chosen else Known()
        heads = [
            view.t(f"calendar.{name}")
            for name in ("difference", "date", "time", "to", "kind", "subject", "reason")
        ]
        rows = [
            [
                view.t("grid.come" if one.comes else "grid.gone"),
                *(date.fromisoformat(one.line["date"]), one.line["time"], one.line["recipient"]),
                *(kind_word(one.line["kind"], view), one.line["subject"], one.why),
            ]
            for one in known.found or ()
        ]
        return as_xlsx(view.t("compare.file"), heads, rows)

    @router.post("/calendar/compare")
    def asked_for(request: Request, sent: Form) -> Response:
        return _asked_for(site, rehearsals, request, sent)


def _asked_for(site: Site, rehearsals: Rehearsals, request: Request, sent: Sent) -> Response:
    """The way to the comparison; numbers that cannot be are shown again with the reason."""
    asked = Asked(whole(sent.get("plan")), sent.get("until"))
    names = [one.name for one in fields(Policy) if one.name in sent.fields]
    try:
        with site.database.read() as session:
            chosen, view = _start(session, request, site.clock(), asked.plan)
            if chosen is None:
                return RedirectResponse("/calendar", 303)
            texts = [f"{name}={sent.get(name)}" for name in names]
            changed = preview_policy(session, str(chosen.id), texts).changed
    except DubanError as error:
        return _shown(site, rehearsals, request, asked, error, {name: sent.get(name) for name in names})
    wanted = Asked(chosen.id, asked.until, tuple(f"{name}={new}" for name, _, new in changed))
    return RedirectResponse(_link("/calendar/compare", wanted, view), 303)


def _start(session: Session, request: Request, now: datetime, number: int | None) -> tuple[Plan | None, View]:
    followed = plans.load_plans(session)
    chosen = next((one for one in followed if one.id == number), followed[0] if followed else None)
    zone = plans.zone_of(chosen or Plan(0, "", now.year, None, ()))
    return chosen, view_of(request, zone, now)


def _shown(
    site: Site,
    rehearsals: Rehearsals,
    request: Request,
    asked: Asked,
    error: DubanError | None = None,
    typed: dict[str, str] | None = None,
) -> HTMLResponse:
    with site.database.read() as session:
        chosen, view = _start(session, request, site.clock(), asked.plan)
        if chosen is None:
            return render(site, view, "empty.html.j2")
        settings = {
            one.name: one.value for one in settings_of(session, session.get_one(tables.Plan, chosen.id))
        }
        changed: tuple[tuple[str, str, str], ...] = ()
        try:
            changed = preview_policy(session, str(chosen.id), asked.change).changed if asked.change else ()
        except DubanError as refused:
            error = refused
    known = _difference(rehearsals, chosen, asked, view) if changed and not error else Known()
    wished = {name: new for name, _, new in changed}
    data: dict[str, Any] = {
        "plan": chosen,
        "asked": asked,
        "fields": [(name, {**settings, **wished, **(typed or {})}[name], settings[name]) for name in SHOWN],
        "changed": changed,
        "said": lambda text: said_value(view, text),
        "hidden": [(name, new) for name, _, new in changed if name not in SHOWN],
        "back": view.link("/settings/policy", plan=chosen.id, change=asked.change),
        "known": known,
        "problem": view.refusal(error) if error else "",
        "switches": SWITCHES,
        "months": _months(view.today, chosen.ends_on),
        "until": _until(asked, view.today, chosen),
        "most": MOST,
        "kind_word": kind_word,
        "again": _link("/calendar/compare", asked, view),
        "book": _link("/calendar/compare/workbook", asked, view),
    }
    return render(site, view, "calendar_compare.html.j2", 422 if error else 200, **data)


def _link(path: str, asked: Asked, view: View) -> str:
    return view.link(path, until=asked.until, change=asked.change, plan=asked.plan)


def _difference(rehearsals: Rehearsals, plan: Plan, asked: Asked, view: View) -> Known:
    end = month_span(date.fromisoformat(f"{_until(asked, view.today, plan)}-01"))[1]
    before = rehearsals.ask(Question(view.today, end))
    if isinstance(before, Progress):
        return Known(progress=before)
    question = Question(view.today, before.question.end, plan.id, tuple(sorted(asked.change)))
    after = rehearsals.ask(question)
    if isinstance(after, Progress):
        return Known(progress=after, step=2)
    return Known(_moved(before, after, end, view), at=after.at)


def _moved(before: Answer, after: Answer, end: date, view: View) -> list[Moved]:
    gone, come = changed_messages(before.lines, after.lines)
    found = [
        Moved(comes, line, why(line["kind"], line["items"], view))
        for comes, lines in ((False, gone), (True, come))
        for line in lines
        if line["date"] <= end.isoformat() and moment_of(line, view) > after.at
    ]
    return sorted(found, key=lambda one: (one.line["date"], one.line["recipient"], one.comes))


def _months(today: date, end: date) -> list[date]:
    months = [today.replace(day=1)]
    while month_after(months[-1]) <= end:
        months.append(month_after(months[-1]))
    return months


def _until(asked: Asked, today: date, plan: Plan) -> str:
    """The month until which is compared: the one asked for, else this one."""
    known: Sequence[str] = [f"{one:%Y-%m}" for one in _months(today, plan.ends_on)]
    return asked.until if asked.until in known else known[0]
