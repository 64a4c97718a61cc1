"""我的账号: one's own language and password, and the browsers in which one is signed in."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from db import tables, users
from engine.errors import DubanError
from notifications.links import token_hash
from web.admission import Forbidden, acting, address_of, token_of
from web.multipart import Sent, read_form
from web.site import Site
from web.view import done, render, view_of, zone_of
from workflows.manage_users import change_password, choose_language
from workflows.passwords import SHORTEST
from workflows.sign_in import Person, is_idle

Form = Annotated[Sent, Depends(read_form)]
WRONG, LIMITED, SEE_OTHER = 422, 429, 303


def routes(site: Site) -> APIRouter:
    """``/account`` and its forms."""
    router = APIRouter()

    @router.get("/account", response_class=HTMLResponse)
    def asked(request: Request) -> HTMLResponse:
        return _page(site, request)

    @router.post("/account/language")
    def language(request: Request, sent: Form) -> Response:
        try:
            choose_language(site.database, _own(request).id, sent.get("locale"), site.clock())
        except DubanError as error:
            return _page(site, request, error)
        return RedirectResponse("/account?told=account.language", SEE_OTHER)  # in the language chosen

    @router.post("/account/password")
    def password(request: Request, sent: Form) -> Response:
        try:
            _change_password(site, request, sent)
        except DubanError as error:
            return _page(site, request, error)
        return _back(site, request, "account.password")

    @router.post("/account/sessions/{number}/end")
    def ended(request: Request, number: int) -> Response:
        with site.database.write() as session:
            users.end_own_sign_in(session, _own(request).id, number, site.clock())
        return _back(site, request, "account.session")

    return router


def _change_password(site: Site, request: Request, sent: Sent) -> None:
    if sent.get("password") != sent.get("again"):
        raise DubanError("PASSWORD_TWICE", "两次输入的密码不一样：请再输入一次。")
    change_password(
        site.database,
        _own(request).id,
        sent.get("present"),
        sent.get("password"),
        site.clock(),
        keep=token_of(site, request),
        address=address_of(request),
    )


def _own(request: Request) -> Person:
    """Who is signed in as a user. Raises Forbidden for the demo, which is none."""
    person = acting(request)
    if not person.id:
        raise Forbidden
    return person


def _page(site: Site, request: Request, error: DubanError | None = None) -> HTMLResponse:
    now, person = site.clock(), acting(request)
    with site.database.read() as session:
        view = view_of(request, zone_of(session), now)
        unit = session.get(tables.Unit, person.unit_id) if person.unit_id is not None else None
        mine = token_hash(token_of(site, request))
        data: dict[str, Any] = {
            "unit": unit.name if unit else "",
            "locales": [("zh-CN", "中文"), ("en", "English")],
            "sessions": [
                (row, row.token_hash == mine)
                for row in users.open_sessions(session, person.id, now)
                if not is_idle(row, now)
            ],
            "shortest": SHORTEST,
            "problem": view.refusal(error) if error else "",
        }
    status = 200 if error is None else LIMITED if error.code == "SIGN_IN_LIMIT" else WRONG
    return render(site, view, "account.html.j2", status, nav="", **data)


def _back(site: Site, request: Request, what: str) -> Response:
    with site.database.read() as session:
        view = view_of(request, zone_of(session), site.clock())
    return done(view, "/account", what)
