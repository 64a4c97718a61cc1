"""接口令牌: what other systems read the API with; a token is shown once and can be revoked."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from db.units import unit_lines
from engine.errors import DubanError
from engine.roles import Role
from web.admission import acting
from web.multipart import Sent, read_form
from web.sheet import as_xlsx
from web.site import Site
from web.typed import day
from web.view import View, done, render, view_of, zone_of
from workflows.api_tokens import TokenLine, create_token, list_tokens, revoke_token

LIST = "/settings/tokens"
Form = Annotated[Sent, Depends(read_form)]
WRONG = 422
FRAME: dict[str, Any] = {"nav": "settings", "tab": "tokens"}


def routes(site: Site) -> APIRouter:
    """The list with the form for a new one."""
    router = APIRouter()

    @router.get(LIST, response_class=HTMLResponse)
    def listed(request: Request) -> HTMLResponse:
        return _page(site, request)

    @router.get("/settings/tokens.xlsx")
    def sheet(request: Request) -> Response:
        with site.database.read() as session:
            view = view_of(request, zone_of(session), site.clock())
            return _sheet(view, list_tokens(session, site.clock()))

    @router.post(LIST)
    def created(request: Request, sent: Form) -> Response:
        try:
            token = _create(site, request, sent)
        except DubanError as error:
            return _page(site, request, error, sent)
        return _page(site, request, token=token)

    @router.post(LIST + "/{number}/revoke")
    def revoked(request: Request, number: int) -> Response:
        try:
            revoke_token(site.database, number, site.clock(), acting(request).who)
        except DubanError as error:
            return _page(site, request, error)
        with site.database.read() as session:
            view = view_of(request, zone_of(session), site.clock())
        return done(view, LIST, "token.revoked")

    return router


def _create(site: Site, request: Request, sent: Sent) -> str:
    role = Role.UNIT if sent.get("role") == Role.UNIT.value else Role.LEADER
    unit = sent.get("unit") if role is Role.UNIT else ""
    with site.database.read() as session:
        zone = zone_of(session)
    name, who = sent.get("name"), acting(request).who
    return create_token(
        site.database, name, role, unit, _day(sent.get("until")), site.clock(), who, zone=zone
    )


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    found = day(text)
    if found is None:
        raise DubanError("TOKEN_DAY", "看不懂有效期：请写成 2025-12-31，或留空。")
    return found


def _page(
    site: Site, request: Request, error: DubanError | None = None, sent: Sent | None = None, token: str = ""
) -> HTMLResponse:
    plain = {"name": "", "role": Role.LEADER.value, "unit": "", "until": ""}
    with site.database.read() as session:
        view = view_of(request, zone_of(session), site.clock())
        data: dict[str, Any] = {
            "tokens": list_tokens(session, site.clock()),
            "typed": {key: sent.get(key) for key in plain} if sent else plain,
            "problem": view.refusal(error) if error else "",
            "token": token,
            "roles": [(role, view.t(f"tokens.role.{role}")) for role in ("leader", "unit")],
            "units": [unit.name for unit in unit_lines(session)],
        }
    return render(site, view, "tokens.html.j2", WRONG if error else 200, **FRAME, **data)


def _sheet(view: View, lines: list[TokenLine]) -> Response:
    heads = (
        "tokens.name",
        "tokens.role",
        "users.unit",
        "tokens.made",
        "tokens.by",
        "tokens.used",
        "users.state",
    )
    rows = [
        (
            line.name,
            view.t(f"tokens.role.{line.role}"),
            line.unit,
            line.created_at.astimezone(view.zone),
            line.created_by,
            line.seen_at.astimezone(view.zone) if line.seen_at else None,
            view.t(f"tokens.{line.state}"),
        )
        for line in lines
    ]
    return as_xlsx(view.t("settings.tokens"), [view.t(head) for head in heads], rows)
