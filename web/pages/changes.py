"""变更: what is asked for, what an approval would bring, and the decision about it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session
from starlette.exceptions import HTTPException

from db import plans, tables
from db.changes import requests_of
from engine.errors import DubanError
from engine.model import Light
from web.admission import acting
from web.downloads import kept_file
from web.multipart import Sent, read_form
from web.pages.overview import foot
from web.reasons import ending, rule_word
from web.sheet import as_xlsx
from web.site import Site
from web.typed import Number
from web.view import View, done, render, view_of, zone_of
from workflows.attachments import attachments_of
from workflows.change_request import refuse_change, withdraw_change
from workflows.list_changes import ChangeLine, lines_of
from workflows.preview_change import Effect, approve, preview_approval

Form = Annotated[Sent, Depends(read_form)]
WRONG, CONFLICT = 422, 409
PAGE = 100
STATES = ("requested", "approved", "refused", "withdrawn")
TONES = {"requested": "yellow", "approved": "green", "refused": "red", "withdrawn": "grey"}
MARKS = {"requested": "▲", "approved": "✓", "refused": "■", "withdrawn": "○"}
HEADS = (
    "id", "state", "kind", "no", "task", "plan", "what", "effective", "reason", "document", "asked_on",
    "asked_by", "decided_on", "decided_by", "opinion",
)  # fmt: skip


def routes(site: Site) -> APIRouter:
    """``/changes`` and ``/changes/ID`` with its decisions; the form to ask is in ``change_new``."""
    router = APIRouter()
    _looking(router, site)
    _deciding(router, site)
    return router


def _looking(router: APIRouter, site: Site) -> None:
    @router.get("/changes", response_class=HTMLResponse)
    def listed(request: Request, state: str = "requested", page: Number = 1) -> HTMLResponse:
        now = site.clock()
        with site.database.read() as session:
            view = view_of(request, zone_of(session), now)
            return render(site, view, "changes.html.j2", **_listed(session, state, page))

    @router.get("/changes/export")
    def export(request: Request, state: str = "all") -> Response:
        now = site.clock()
        with site.database.read() as session:
            view = view_of(request, zone_of(session), now)
            rows = [_row(one, view) for one in lines_of(session, _of_state(_known(session), state))]
        heads = [view.t(f"change.head.{name}") for name in HEADS]
        return as_xlsx(f"{view.t('changes.title')} {view.today}", heads, rows)

    @router.get("/changes/{number}", response_class=HTMLResponse)
    def change(request: Request, number: int, preview: Number = 0) -> HTMLResponse:
        return _page(site, request, number, preview=bool(preview))

    @router.get("/changes/{number}/files/{file}")
    def file_of(number: int, file: int) -> Response:
        with site.database.read() as session:
            return kept_file(site, session, "change", number, file)


def _deciding(router: APIRouter, site: Site) -> None:
    @router.post("/changes/{number}/approve")
    def approved(request: Request, number: int, sent: Form) -> Response:
        who = acting(request).who

        def decide() -> int:
            return len(approve(site.database, number, site.clock(), who, sent.get("reason")).ended)

        return _decided(site, request, number, sent, "approved", decide)

    @router.post("/changes/{number}/refuse")
    def refused(request: Request, number: int, sent: Form) -> Response:
        who = acting(request).who

        def decide() -> int:
            return refuse_change(site.database, number, site.clock(), who, sent.get("reason")).id

        return _decided(site, request, number, sent, "refused", decide)

    @router.post("/changes/{number}/withdraw")
    def withdrawn(request: Request, number: int, sent: Form) -> Response:
        who = acting(request).who

        def decide() -> int:
            return withdraw_change(site.database, number, site.clock(), who, sent.get("reason")).id

        return _decided(site, request, number, sent, "withdrawn", decide)


def _decided(site: Site, request: Request, number: int, sent: Sent, what: str, decide: Any) -> Response:
    """The request's page, saying what was done; a decision that could not be taken is explained there."""
    try:
        n = decide()
    except DubanError as error:
        status = WRONG if error.code == "NO_REASON" else CONFLICT
        return _page(site, request, number, status, error=error, typed={what: sent.get("reason")})
    with site.database.read() as session:
        view = view_of(request, zone_of(session), site.clock())
    return done(view, f"/changes/{number}", f"change_{what}", n)


def _listed(session: Session, state: str, page: int) -> dict[str, Any]:
    rows = _known(session)
    counts = {name: sum(row.state == name for row in rows) for name in STATES}
    chosen = _of_state(rows, state)
    pages = max(1, -(-len(chosen) // PAGE))
    page = min(max(1, page), pages)
    return {
        "changes": lines_of(session, chosen[(page - 1) * PAGE : page * PAGE]),
        "wanted": state if state in STATES else "all",
        "states": STATES,
        "counts": counts,
        "found": len(rows),
        "page": page,
        "pages": pages,
        "tones": TONES,
        "marks": MARKS,
        "foot": foot(session),
    }


def _known(session: Session) -> list[tables.ChangeRequest]:
    """The requests of active plans, open ones first, then the newest."""
    return requests_of(session, plan_ids=[one.id for one in plans.load_plans(session)])


def _of_state(rows: list[tables.ChangeRequest], state: str) -> list[tables.ChangeRequest]:
    return [row for row in rows if row.state == state] if state in STATES else rows


def _page(
    site: Site,
    request: Request,
    number: int,
    status: int = 200,
    *,
    preview: bool = False,
    error: DubanError | None = None,
    typed: dict[str, str] | None = None,
) -> HTMLResponse:
    now = site.clock()
    with site.database.read() as session:
        row = session.get(tables.ChangeRequest, number)
        if row is None:
            raise HTTPException(404)
        view = view_of(request, plans.zone_of(plans.load_plan(session, row.plan_id)), now)
        (line,) = lines_of(session, [row])
        data: dict[str, Any] = {"one": line, "foot": foot(session)}
        data |= {"files": attachments_of(session, "change", [number]), "tones": TONES, "marks": MARKS}
    data |= {"problem": view.refusal(error) if error else "", "typed": typed or {}, "hindrance": ""}
    if preview and line.state == "requested":
        data |= previewed(site, number, view)
    return render(site, view, "change.html.j2", status, **{"effect": None, **data, **effect_words(view)})


def previewed(site: Site, number: int, view: View) -> dict[str, Any]:
    """What an approval now would bring, or why there can be none."""
    try:
        return {"effect": preview_approval(site.database, number, site.clock(), view.locale)}
    except DubanError as error:
        return {"hindrance": view.refusal(error)}


def effect_words(view: View) -> dict[str, Any]:
    """What the part of the effect asks for beside the effect itself."""

    def light_of(effect: Effect) -> Any:
        return view.chip(Light(effect.light))

    return {"light_of": light_of, "rule_word": rule_word, "ending": ending}


def _row(one: ChangeLine, view: View) -> list[object]:
    return [
        one.id,
        view.t(f"change.state.{one.state}"),
        view.t(f"change.{one.kind}"),
        one.no,
        one.title,
        one.plan,
        "\n".join(one.what),
        one.effective_on,
        one.reason,
        one.document,
        one.requested_on,
        one.requested_by,
        one.decided_on,
        one.decided_by,
        one.decision_reason,
    ]
