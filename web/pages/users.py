"""用户: who may sign in and as what; an invitation shows its link once, to be sent on."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session
from starlette.exceptions import HTTPException

from db.units import unit_lines
from engine.errors import DubanError
from engine.roles import Role
from web.admission import acting
from web.multipart import Sent, read_form
from web.sheet import as_xlsx
from web.site import Site
from web.typed import whole_or
from web.view import View, done, render, view_of, zone_of
from workflows.manage_users import (
    UserLine,
    Wanted,
    change_user,
    end_sessions,
    invite_user,
    list_users,
    reactivate_user,
    renew_link,
    retire_user,
)
from workflows.provider_accounts import AccountLine, account_of

LIST, ONE = "/settings/users", "/settings/users/{number}"
Form = Annotated[Sent, Depends(read_form)]
WRONG, CONFLICT = 422, 409
FRAME: dict[str, Any] = {"nav": "settings", "tab": "users"}


def routes(site: Site) -> APIRouter:
    """The list with the invitation, and a page for each user."""
    router = APIRouter()
    _listing(router, site)
    _changing(router, site)
    _doing(router, site)
    return router


def _listing(router: APIRouter, site: Site) -> None:
    @router.get(LIST, response_class=HTMLResponse)
    def listed(request: Request) -> HTMLResponse:
        return _list_page(site, request)

    @router.get("/settings/users.xlsx")
    def sheet(request: Request) -> Response:
        with site.database.read() as session:
            view, lines = _view(site, request, session), list_users(session, site.clock())
        return _sheet(view, lines)

    @router.post(LIST)
    def invited(request: Request, sent: Form) -> Response:
        name = sent.get("name")
        try:
            token = invite_user(site.database, name, _wanted(sent), site.clock(), acting(request).who)
        except DubanError as error:
            return _list_page(site, request, error, sent)
        return _link_page(site, request, name.strip().lower(), token)


def _changing(router: APIRouter, site: Site) -> None:
    @router.get(ONE, response_class=HTMLResponse)
    def asked(request: Request, number: int) -> HTMLResponse:
        return user_page(site, request, number)

    @router.post(ONE)
    def changed(request: Request, number: int, sent: Form) -> Response:
        try:
            revision = whole_or(sent.get("revision"), 0)
            who = acting(request).who
            change_user(site.database, number, _wanted(sent), revision, site.clock(), who)
        except DubanError as error:
            return user_page(site, request, number, error, sent)
        return back_to_list(site, request, "user.changed")


def _doing(router: APIRouter, site: Site) -> None:
    @router.post(ONE + "/retire")
    def retired(request: Request, number: int) -> Response:
        try:
            retire_user(site.database, number, site.clock(), acting(request).who)
        except DubanError as error:
            return user_page(site, request, number, error)
        return back_to_list(site, request, "user.retired")

    @router.post(ONE + "/reactivate")
    def reactivated(request: Request, number: int) -> Response:
        name = _line(site, number).name
        token = reactivate_user(site.database, number, site.clock(), acting(request).who)
        return _link_page(site, request, name, token)

    @router.post(ONE + "/link")
    def renewed(request: Request, number: int) -> Response:
        name = _line(site, number).name
        try:
            token = renew_link(site.database, number, site.clock(), acting(request).who)
        except DubanError as error:
            return user_page(site, request, number, error)
        return _link_page(site, request, name, token)

    @router.post(ONE + "/end-sessions")
    def ended(request: Request, number: int) -> Response:
        _line(site, number)
        end_sessions(site.database, number, site.clock(), acting(request).who)
        return back_to_list(site, request, "user.sessions")


def _list_page(
    site: Site, request: Request, error: DubanError | None = None, sent: Sent | None = None
) -> HTMLResponse:
    with site.database.read() as session:
        view = _view(site, request, session)
        data: dict[str, Any] = {
            "users": list_users(session, site.clock()),
            "typed": _typed(sent) | {"name": sent.get("name") if sent else ""},
            "problem": view.refusal(error) if error else "",
            "provider": _provider_facts(site),
            **_choices(session, view),
        }
    return render(site, view, "users.html.j2", WRONG if error else 200, **FRAME, **data)


def user_page(
    site: Site,
    request: Request,
    number: int,
    error: DubanError | None = None,
    sent: Sent | None = None,
    account: str | None = None,
) -> HTMLResponse:
    """The page of one user; ``sent`` and ``account`` are what was typed and not taken."""
    line = _line(site, number)
    with site.database.read() as session:
        view = _view(site, request, session)
        stored = {"title": line.title, "role": line.role.value, "unit": line.unit, "locale": line.locale}
        data = {
            "user": line,
            "stored": stored,
            "typed": _typed(sent) if sent else stored,
            "problem": view.refusal(error) if error else "",
            "is_conflict": error is not None and error.code == "USER_CHANGED",
            "provider": site.provider.settings.labels[view.locale] if site.provider else "",
            "account": _account(site, session, number),
            "account_typed": account,
            **_choices(session, view),
        }
    status = 200 if error is None else CONFLICT if data["is_conflict"] else WRONG
    return render(site, view, "user.html.j2", status, **FRAME, **data)


def _account(site: Site, session: Session, number: int) -> AccountLine:
    return account_of(session, number, site.provider.settings.issuer) if site.provider else AccountLine()


def _provider_facts(site: Site) -> list[tuple[str, str]]:
    """What an administrator has to know of the identity provider, by the names of the settings; no secret."""
    if site.provider is None:
        return []
    given = site.provider.settings
    return [
        ("issuer", given.issuer),
        ("client_id", given.client_id),
        ("redirect", given.redirect_uri),
        ("claim", given.account_claim),
    ]


def _link_page(site: Site, request: Request, name: str, token: str) -> HTMLResponse:
    """The only page that ever shows the link."""
    with site.database.read() as session:
        view = _view(site, request, session)
    base = site.links.base_url if site.links else str(request.base_url).rstrip("/")
    address = f"{base}/set-up/{token}"
    return render(site, view, "user_link.html.j2", **FRAME, name=name, address=address)


def _sheet(view: View, lines: list[UserLine]) -> Response:
    heads = ("sign_in.name", "set_up.post", "users.role", "users.unit", "users.last", "users.state")
    rows = [
        (
            line.name,
            line.title,
            view.t(f"role.{line.role}"),
            line.unit,
            line.signed_in_at.astimezone(view.zone) if line.signed_in_at else None,
            view.t(f"users.{line.state}"),
        )
        for line in lines
    ]
    return as_xlsx(view.t("settings.users"), [view.t(head) for head in heads], rows)


def _wanted(sent: Sent) -> Wanted:
    role = sent.get("role")
    known = Role(role) if role in {one.value for one in Role} else Role.UNIT
    unit = sent.get("unit") if known is Role.UNIT else ""  # the field stays in sight for the other roles
    return Wanted(sent.get("title"), known, unit, sent.get("locale") or "zh-CN")


def _typed(sent: Sent | None) -> dict[str, str]:
    plain = {"title": "", "role": Role.COORDINATOR.value, "unit": "", "locale": "zh-CN"}
    return {key: sent.get(key) for key in plain} if sent else plain


def _choices(session: Session, view: View) -> dict[str, Any]:
    return {
        "roles": [(role.value, view.t(f"role.{role}")) for role in Role],
        "locales": [("zh-CN", "中文"), ("en", "English")],
        "units": [unit.name for unit in unit_lines(session)],
    }


def _line(site: Site, number: int) -> UserLine:
    with site.database.read() as session:
        found = [line for line in list_users(session, site.clock()) if line.id == number]
    if not found:
        raise HTTPException(404)
    return found[0]


def back_to_list(site: Site, request: Request, what: str) -> Response:
    """The list, which says what was done."""
    with site.database.read() as session:
        view = _view(site, request, session)
    return done(view, LIST, what)


def _view(site: Site, request: Request, session: Session) -> View:
    return view_of(request, zone_of(session), site.clock())
