"""登录: in with a name and a password, out again, and the link by which a password is chosen once."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from engine.errors import DubanError
from engine.roles import Role
from web.admission import address_of, own_path, person_of, token_of, with_session
from web.multipart import Sent, read_small
from web.site import Site
from web.view import View, render, view_of, zone_of
from web.words import LOCALES
from workflows.passwords import SHORTEST
from workflows.setup_links import meant_by, set_up
from workflows.sign_in import sign_in, sign_out
from workflows.sign_in_by_provider import AccountUnknown

Form = Annotated[Sent, Depends(read_small)]
WRONG, LIMITED, GONE, SEE_OTHER = 422, 429, 410, 303
OUT = "/sign-in?out=1"  # says that the provider may still know who it was


def routes(site: Site) -> APIRouter:
    """``/sign-in``, ``/sign-out`` and ``/set-up/TOKEN``."""
    router = APIRouter()
    _signing_in(router, site)
    _setting_up(router, site)
    return router


def _signing_in(router: APIRouter, site: Site) -> None:
    @router.get("/sign-in", response_class=HTMLResponse)
    def asked(request: Request, next: str = "/") -> Response:
        if person_of(request):
            return RedirectResponse(own_path(next), SEE_OTHER)
        return sign_in_form(site, request, next)

    @router.post("/sign-in")
    def given(request: Request, sent: Form) -> Response:
        try:
            token = sign_in(
                site.database,
                sent.get("name"),
                sent.get("password"),
                address_of(request),
                site.clock(),
                replacing=token_of(site, request),
            )
        except DubanError as error:
            status = LIMITED if error.code == "SIGN_IN_LIMIT" else WRONG
            return sign_in_form(site, request, sent.get("next"), status, error, sent.get("name"))
        return with_session(site, RedirectResponse(own_path(sent.get("next")), SEE_OTHER), token)

    @router.post("/sign-out")
    def out(request: Request) -> Response:
        sign_out(site.database, token_of(site, request), site.clock())
        return with_session(site, RedirectResponse(OUT if site.provider else "/sign-in", SEE_OTHER), "")


def _setting_up(router: APIRouter, site: Site) -> None:
    @router.get("/set-up/{token}", response_class=HTMLResponse)
    def asked(request: Request, token: str) -> HTMLResponse:
        return _set_up_page(site, request, token)

    @router.post("/set-up/{token}")
    def chosen(request: Request, token: str, sent: Form) -> Response:
        try:
            if sent.get("password") != sent.get("again"):
                raise DubanError("PASSWORD_TWICE", "两次输入的密码不一样：请再输入一次。")
            new = set_up(
                site.database,
                token,
                sent.get("name"),
                sent.get("title"),
                sent.get("password"),
                site.clock(),
                address_of(request),
                replacing=token_of(site, request),
            )
        except DubanError as error:
            return _set_up_page(site, request, token, error, sent)
        return with_session(site, RedirectResponse("/", SEE_OTHER), new)


def sign_in_form(
    site: Site,
    request: Request,
    where: str,
    status: int = 200,
    error: DubanError | None = None,
    name: str = "",
    locale: str = "",
) -> HTMLResponse:
    """The page to sign in with, and why the last attempt was refused; its links lead nowhere but to itself."""
    view = _view(site, request)
    where = own_path(where)
    if locale in LOCALES:  # back from the provider, whose address knows no language of ours
        view = replace(view, path="/sign-in", query={"next": where, "lang": locale}, locale=locale)
    data = {
        "next": where,
        "problem": view.refusal(error) if error else "",
        "account": error.account if isinstance(error, AccountUnknown) else "",
        "name": name,
        "provider": site.provider.settings.labels[view.locale] if site.provider else "",
        "is_out": "out" in view.query,
        "leave": site.provider.sign_out_address() if site.provider else "",
    }
    return render(site, view, "sign_in.html.j2", status, **data)


def _set_up_page(
    site: Site, request: Request, token: str, error: DubanError | None = None, sent: Sent | None = None
) -> HTMLResponse:
    view = _view(site, request)
    try:
        with site.database.read() as session:
            user = meant_by(session, token, site.clock())
    except DubanError as gone:
        return render(site, view, "error.html.j2", GONE, what="410", sentence=view.refusal(gone))
    given = {name: sent.get(name) if sent else "" for name in ("name", "title")}
    known = {"user": user.name, "role": user.role} if user else {"user": "", "role": Role.ADMIN.value}
    problem = view.refusal(error) if error else ""
    data: dict[str, Any] = {"problem": problem, "typed": given, "shortest": SHORTEST, **known}
    return render(site, view, "set_up.html.j2", WRONG if problem else 200, **data)


def _view(site: Site, request: Request) -> View:
    with site.database.read() as session:
        return view_of(request, zone_of(session), site.clock())
