"""登录 by the office's identity provider: the way there, and the way back with a code.

The way there is a link: the policy of our pages lets no form lead to another host, not even by a redirect.
Nothing is stored on the way there; what belongs to the browser travels in a cookie of ten minutes.
"""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from engine.errors import DubanError
from web.admission import address_of, is_secure, own_path, person_of, token_of, with_cookie, with_session
from web.pages.sign_in import sign_in_form
from web.site import Site
from web.words import DEFAULT_LOCALE, LOCALES
from workflows.identity_provider import IdentityProvider
from workflows.pending_sign_in import LASTS
from workflows.sign_in_by_provider import Returned, sign_in_by_provider

THERE, BACK = "/sign-in/oidc", "/sign-in/oidc/callback"
COOKIE, COOKIE_SECURE = "duban-oidc", "__Host-duban-oidc"
SEE_OTHER, REFUSED, LIMITED, UNAVAILABLE = 303, 403, 429, 503


def routes(site: Site) -> APIRouter:
    """``/sign-in/oidc`` and the address to which the provider sends people back; 404 where there is none."""
    router = APIRouter()

    @router.get(THERE)
    def begun(request: Request, next: str = "/", lang: str = DEFAULT_LOCALE, anew: str = "") -> Response:
        provider = _provider(site)
        where = own_path(next)
        if person_of(request):
            return RedirectResponse(where, SEE_OTHER)
        if elsewhere := _better_begun_at(request, provider, where, lang):
            return RedirectResponse(elsewhere, SEE_OTHER)
        locale = lang if lang in LOCALES else DEFAULT_LOCALE
        return _there(site, request, provider, where, locale, bool(anew))

    @router.get(BACK, response_class=HTMLResponse)
    def back(request: Request) -> Response:
        return _back(site, request, _provider(site))

    return router


def _there(
    site: Site, request: Request, provider: IdentityProvider, where: str, locale: str, anew: bool
) -> Response:
    now = site.clock()
    pending, cookie = provider.pending.begin(where, locale, now)
    try:
        address = provider.address(pending, now, anew=anew)
    except DubanError as error:
        return sign_in_form(site, request, where, _status(error), error, locale=locale)
    return _with_cookie(site, RedirectResponse(address, SEE_OTHER), cookie)


def _back(site: Site, request: Request, provider: IdentityProvider) -> Response:
    given = request.query_params
    cookie = request.cookies.get(_cookie_of(site), "")
    returned = Returned(
        cookie, given.get("state", ""), given.get("code", ""), given.get("error", ""), given.get("iss", "")
    )
    pending = provider.pending.read(cookie)
    where, locale = (pending.where, pending.locale) if pending else ("/", DEFAULT_LOCALE)
    try:
        token = sign_in_by_provider(
            site.database,
            provider,
            returned,
            address_of(request),
            site.clock(),
            replacing=token_of(site, request),
        )
    except DubanError as error:
        page = sign_in_form(site, request, where, _status(error), error, locale=locale)
        return page if error.code == "OIDC_STATE" else _with_cookie(site, page, "")
    return _with_cookie(site, with_session(site, RedirectResponse(where, SEE_OTHER), token), "")


def _better_begun_at(request: Request, provider: IdentityProvider, where: str, lang: str) -> str:
    """The sign-in page to begin at, where this is no place to: a link of another site, or another name of ours.

    The cookie would stay under that name, and the provider leads back to the registered one.
    """
    page = f"/sign-in?{urlencode({'next': where, 'lang': lang})}"
    if request.headers.get("sec-fetch-site") == "cross-site":
        return page
    home = urlsplit(provider.settings.redirect_uri)
    shown = origin_of(request.headers.get("referer", ""))
    return f"{home.scheme}://{home.netloc}{page}" if shown and shown != origin_of(home.geturl()) else ""


def origin_of(address: str) -> tuple[str, int | None] | None:
    """Host and port as browsers compare them, of what the address bar says: a proxy may hand on another ``Host``."""
    try:
        parts = urlsplit(address)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return None
    return (parts.hostname, port) if parts.hostname else None


def _status(error: DubanError) -> int:
    return LIMITED if error.code == "SIGN_IN_LIMIT" else UNAVAILABLE if error.retry else REFUSED


def _provider(site: Site) -> IdentityProvider:
    if site.provider is None:
        raise HTTPException(404)
    return site.provider


def _cookie_of(site: Site) -> str:
    return COOKIE_SECURE if is_secure(site) else COOKIE


def _with_cookie(site: Site, response: Response, value: str) -> Response:
    """The browser keeps what belongs to the sign-in, or forgets it; over https no neighbouring host can plant it."""
    path = "/" if is_secure(site) else THERE
    return with_cookie(site, response, _cookie_of(site), value, LASTS, path)
