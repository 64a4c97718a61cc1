"""Who is at the door of a route: every route asks before anything is read of the request.

The session's token travels in a cookie that scripts cannot read; the database knows its hash.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote, urlsplit

from fastapi import Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from engine.roles import Role
from web.access import OPEN, Access, access_to, may_open
from web.site import Site
from workflows.sign_in import LONGEST, Person, is_to_be_seen, see, who_is

COOKIE = "duban"
COOKIE_SECURE = "__Host-duban"
DEMO = Person(0, "demo", "演示", Role.ADMIN)
UNSAFE = 303


class SignInNeeded(Exception):  # noqa: N818 - the application leads to the sign-in page
    """Nobody is signed in; ``access`` says how to answer."""

    def __init__(self, access: Access) -> None:
        super().__init__(access.value)
        self.access = access


class Forbidden(Exception):  # noqa: N818 - a page explains it
    """Somebody is signed in who may not do that."""


def admission(site: Site) -> Callable[[Request], None]:
    """The dependency of every route. Afterwards ``person_of(request)`` says who came, ``None`` by link and in public.

    Raises SignInNeeded, Forbidden.
    """

    def admit(request: Request) -> None:
        access = access_to(request.method, request.scope["route"].path)
        person = _person(site, request)
        request.state.person = person
        if access in OPEN:
            return
        if person is None:
            raise SignInNeeded(access)
        if not may_open(person.role, access):
            raise Forbidden

    return admit


def person_of(request: Request) -> Person | None:
    """Who is signed in, if somebody is."""
    found: Person | None = getattr(request.state, "person", None)
    return found


def acting(request: Request) -> Person:
    """Who is signed in; on routes that are for somebody there is always one. Raises Forbidden."""
    person = person_of(request)
    if person is None:
        raise Forbidden
    return person


def token_of(request: Request) -> str:
    """The token of the session that the browser sent, or nothing."""
    return request.cookies.get(COOKIE_SECURE) or request.cookies.get(COOKIE) or ""


def address_of(request: Request) -> str:
    """Where the request came from, as far as the limits need to know."""
    return request.client.host if request.client else ""


def with_session(site: Site, response: Response, token: str) -> Response:
    """The browser keeps the session with this answer, or forgets it where there is none."""
    secure = _is_secure(site)
    response.set_cookie(
        COOKIE_SECURE if secure else COOKIE,
        token,
        max_age=int(LONGEST.total_seconds()) if token else 0,
        httponly=True,
        secure=secure,
        samesite="lax",
        path="/",
    )
    return response


def sign_in_page(request: Request, error: SignInNeeded) -> Response:
    """The way to the sign-in page and back; scripts and other systems get a plain refusal."""
    if error.access is Access.API:
        return JSONResponse({"code": "SIGN_IN_NEEDED", "message": "请先登录，或带上令牌。"}, 401)
    if request.method not in ("GET", "HEAD"):
        return RedirectResponse("/sign-in", UNSAFE)
    where = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    target = f"/sign-in?next={quote(where)}"
    if request.headers.get("hx-request"):
        return Response(status_code=204, headers={"HX-Redirect": "/sign-in"})
    return RedirectResponse(target, UNSAFE)


def own_path(text: str) -> str:
    """A path of this site to go on to; the first page for anything else."""
    parts = urlsplit(text)
    is_own = text.startswith("/") and not parts.scheme and not parts.netloc and "\\" not in text
    return text if is_own and text.isprintable() else "/"


def _person(site: Site, request: Request) -> Person | None:
    if site.demo is not None:
        return DEMO
    token = token_of(request)
    if not token:
        return None
    now = site.clock()
    with site.database.read() as session:
        person = who_is(session, token, now)
        is_due = person is not None and is_to_be_seen(session, token, now)
    if is_due:
        see(site.database, token, now)
    return person


def _is_secure(site: Site) -> bool:
    return bool(site.links) and site.links is not None and site.links.base_url.startswith("https:")
