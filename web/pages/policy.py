"""规则参数: every number of a plan's rules, what it means, and what a change would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import select
from sqlmodel import Session, col
from starlette.exceptions import HTTPException

from db import plans, tables
from db.units import stored_id
from engine.errors import DubanError
from engine.policy import CURVES
from web.admission import acting
from web.multipart import Sent, read_form
from web.problems import problem_of
from web.sheet import as_xlsx
from web.site import Site
from web.typed import OptionalNumber, whole_or
from web.view import View, done, render, view_of, zone_of
from workflows.set_policy import Setting, preview_policy, set_policy, settings_of

PATH = "/settings/policy"
COMPARE = "/calendar/compare"  # who would be reminded when, with other numbers
Form = Annotated[Sent, Depends(read_form)]
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("lights", ("yellow_after", "red_after", "curve", "first_period_min_days")),
    ("ahead", ("milestone_offsets", "deadline_offsets", "report_offsets")),
    (
        "late",
        (
            *("report_late_first", "report_late_every", "lagging_first", "lagging_every"),
            *("overdue_first", "overdue_every", "gap_first", "gap_every", "gap_daily_last"),
        ),
    ),
    (
        "reports",
        (
            *("acknowledge", "acknowledge_first", "acknowledge_every", "auto_review", "returned_first"),
            *("returned_every", "ask_shares", "attach_workbook"),
        ),
    ),
    (
        "escalation",
        (
            *("escalate", "escalate_silent_after", "escalate_head_after", "escalate_leader_after"),
            *("escalate_case_after", "auto_open_case", "unread_hours", "receipt_days"),
        ),
    ),
    (
        "cases",
        (
            *("case_reply_days", "case_offsets", "case_late_first", "case_late_every"),
            *("second_notice_after", "case_near_days"),
        ),
    ),
    (
        "digests",
        ("digest_hold", "digest_executing", "digest_leaders", "group_digest", "digest_at"),
    ),
    (
        "scores",
        (
            *("evaluation_after", "score_progress", "score_reports", "score_milestones", "score_cases"),
            *("score_year_months", "score_year_completion"),
        ),
    ),
    (
        "closing",
        (
            *("auto_accept", "acceptance_first", "acceptance_every", "evaluation_due_after"),
            *("archive_due_after", "follow_up_offsets", "follow_up_late_every"),
        ),
    ),
    ("sending", ("remind_at", "jitter_minutes", "window_opens", "window_closes", "max_wait_days")),
    ("delivery", ("max_attempts", "retry_seconds", "lease_seconds", "give_up_days")),
)


def routes(site: Site) -> APIRouter:
    """The form, the preview of a change, and its storing."""
    router = APIRouter()
    _looking(router, site)
    _storing(router, site)
    return router


def _looking(router: APIRouter, site: Site) -> None:
    @router.get(PATH, response_class=HTMLResponse)
    def shown(
        request: Request,
        change: Annotated[list[str] | None, Query()] = None,
        plan: OptionalNumber = None,
    ) -> HTMLResponse:
        typed = dict(text.split("=", 1) for text in change or () if "=" in text)
        return _looked(site, request, plan, typed) if typed else _page(site, request, plan)

    @router.get(PATH + ".xlsx")
    def workbook(request: Request, plan: OptionalNumber = None) -> Response:
        with site.database.read() as session:
            view = view_of(request, zone_of(session), site.clock())
            row = _plan(session, plan)
            if row is None:
                raise HTTPException(404)
            by_name = {one.name: one for one in settings_of(session, row)}
        rows = [
            (
                view.t(f"policy.group.{group}"),
                view.t(f"policy.{name}"),
                by_name[name].value,
                by_name[name].default,
            )
            for group, names in GROUPS
            for name in names
        ]
        heads = [view.t(f"policy.{head}") for head in ("group", "number", "value", "default")]
        return as_xlsx(view.t("settings.policy"), heads, rows)


def _storing(router: APIRouter, site: Site) -> None:
    @router.post(PATH + "/preview", response_class=HTMLResponse)
    def previewed(request: Request, sent: Form) -> HTMLResponse:
        return _looked(site, request, whole_or(sent.get("plan"), -1), _typed(sent))

    @router.post(PATH + "/compare")
    def compared(request: Request, sent: Form) -> Response:
        plan, typed = whole_or(sent.get("plan"), -1), _typed(sent)
        try:
            with site.database.read() as session:
                view = view_of(request, zone_of(session), site.clock())
                change = preview_policy(session, str(plan), _texts(typed)).changed
        except DubanError as error:
            return _page(site, request, plan, 422, typed, error)
        if not change:
            return _page(site, request, plan, typed=typed, change=change)
        return RedirectResponse(_compare(view, plan, change), 303)

    @router.post(PATH)
    def stored(request: Request, sent: Form) -> Response:
        plan, typed, seen = whole_or(sent.get("plan"), -1), _typed(sent), whole_or(sent.get("revision"), -1)
        now, who = site.clock(), acting(request).who
        try:
            change = set_policy(site.database, str(plan), _texts(typed), now, who, revision=seen)
        except DubanError as error:
            status = 409 if error.code == "REVISION_CONFLICT" else 422
            return _page(site, request, plan, status, typed, error)
        with site.database.read() as session:
            view = view_of(request, zone_of(session), now)
        told = "policy.saved" if change.changed else "policy.same"
        return done(view, PATH, told, len(change.changed), plan=plan)


def _looked(site: Site, request: Request, plan: int | None, typed: Mapping[str, str]) -> HTMLResponse:
    """The page with what the typed numbers would change, or why they cannot be."""
    try:
        with site.database.read() as session:
            row = _plan(session, plan)
            change = preview_policy(session, str(row.id), _texts(typed)).changed if row else None
    except DubanError as error:
        return _page(site, request, plan, 422, typed, error)
    return _page(site, request, plan, typed=typed, change=change)


def _page(
    site: Site,
    request: Request,
    plan: int | None,
    status: int = 200,
    typed: Mapping[str, str] | None = None,
    error: DubanError | None = None,
    change: Sequence[tuple[str, str, str]] | None = None,
) -> HTMLResponse:
    with site.database.read() as session:
        view = view_of(request, zone_of(session), site.clock())
        row = _plan(session, plan)
        by_name = {one.name: one for one in settings_of(session, row)} if row else {}
        everything = plans.load_plans(session)
    data: dict[str, Any] = {
        "plan": row,
        "plans": [(one.id, one.title) for one in everything],
        "groups": [(group, [by_name[name] for name in names]) for group, names in GROUPS] if by_name else [],
        "typed": typed or {},
        "kind": _kind,
        "curves": [(one, view.t(f"policy.curve.{one}")) for one in CURVES],
        "said": lambda text: said_value(view, text),
        "change": change,
        "compare": _compare(view, stored_id(row.id), change) if row and change else "",
        "is_conflict": status == 409,
        "problem": problem_of(view, error) if error else "",
    }
    return render(site, view, "policy.html.j2", status, nav="settings", tab="policy", **data)


def _plan(session: Session, number: int | None) -> tables.Plan | None:
    query = select(tables.Plan).order_by(col(tables.Plan.id))
    if number is None:
        followed = plans.load_plans(session)
        number = followed[0].id if followed else None
    found = session.execute(query.where(col(tables.Plan.id) == number)).scalars().first()
    if found is None and number is not None:
        raise HTTPException(404)
    return found


def _compare(view: View, plan: int, change: Sequence[tuple[str, str, str]]) -> str:
    """The page that says who would be reminded when by these numbers."""
    return view.link(COMPARE, plan=plan, change=[f"{name}={new}" for name, _, new in change])


def _typed(sent: Sent) -> dict[str, str]:
    return {name: sent.get(name).strip() for _, names in GROUPS for name in names if name in sent.fields}


def _texts(typed: Mapping[str, str]) -> list[str]:
    return [f"{name}={value}" for name, value in typed.items()]


def _kind(setting: Setting) -> str:
    """How the number is entered."""
    if setting.default in ("true", "false"):
        return "switch"
    if setting.name == "curve":
        return "curve"
    if ":" in setting.default:
        return "time"
    return "list" if "," in setting.default else "number"


def said_value(view: View, text: str) -> str:
    """A value in words: switches and curves have some."""
    words = {"true": "policy.on", "false": "policy.off", **{one: f"policy.curve.{one}" for one in CURVES}}
    return view.t(words[text]) if text in words else text
