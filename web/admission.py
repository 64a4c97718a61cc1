"""Who is at the door of a route: every route asks before anything is read of the request.

The session's token travels in a cookie that scripts cannot read; the database knows its hash. Another system
brings its token in the header ``Authorization: Bearer``, which opens routes of ``Access.API`` and no others.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from db import hold
from engine.errors import DubanError
from engine.roles import READERS, Role
from web.access import OPEN, Access, access_to, is_by_link, may_open
from web.site import Site
from web.typed import is_beyond
from workflows.api_tokens import holder_of, note_use
from workflows.links import open_link
from workflows.sign_in import LONGEST, Person, is_to_be_seen, see, who_is

COOKIE = "duban"
COOKIE_SECURE = "__Host-duban"
DEMO = Person(0, "demo", "演示", Role.ADMIN)
SEE_OTHER = 303


class Turned(Exception):  # noqa: N818 - the application answers for it
    """Somebody may not come in; ``access`` says for whom the route is, and so how to answer."""

    def __init__(self, access: Access) -> None:
        super().__init__(access.value)
        self.access = access


class SignInNeeded(Turned):
    """Nobody is signed in."""


class Forbidden(Turned):
    """Somebody is signed in who may not do that."""

    def __init__(self, access: Access = Access.SIGNED_IN) -> None:
        super().__init__(access)


def admission(site: Site) -> Callable[[Request], None]:
    """The dependency of every route. Afterwards ``person_of(request)`` says who came, ``None`` by link and in public.

    Raises SignInNeeded, Forbidden.
    """

    def admit(request: Request) -> None:
        access = access_to(request.method, request.scope["route"].path)
        with_token = access is Access.API and "authorization" in request.headers
        person = _by_token(site, request) if with_token else _person(site, request)
        request.state.person = person
        if access in OPEN:
            _check_link(site, request)
        elif person is None:
            raise SignInNeeded(access)
        elif not may_open(person.role, access):
            raise Forbidden(access)
        if any(is_beyond(value) for value in request.path_params.values()):
            raise HTTPException(404)  # no row has such a number, and no database takes it

    return admit


def _check_link(site: Site, request: Request) -> None:
    """Of what is sent by a link that is not open, nothing is read. Raises LinkRefused."""
    if request.method == "POST" and is_by_link(request.url.path):
        with site.database.read() as session:
            open_link(session, request.path_params["token"], site.clock())


def person_of(request: Request) -> Person | None:
    """Who is signed in, if somebody is."""
    found: Person | None = getattr(request.state, "person", None)
    return found


def held_since(request: Request) -> datetime | None:
    """Since when nothing leaves after a restore, for those of the office; ``None`` if all is well."""
    found: datetime | None = getattr(request.state, "held_since", None)
    return found


def acting(request: Request) -> Person:
    """Who is signed in; on routes that are for somebody there is always one. Raises Forbidden."""
    person = person_of(request)
    if person is None:
        raise Forbidden
    return person


def token_of(site: Site, request: Request) -> str:
    """The token of the session that the browser sent, or nothing."""
    return request.cookies.get(cookie_of(site), "")


def cookie_of(site: Site) -> str:
    """The name of the cookie: over https one that no neighbouring host can plant, and then no other counts."""
    return COOKIE_SECURE if is_secure(site) else COOKIE


def address_of(request: Request) -> str:
    """Where the request came from, as far as the limits need to know."""
    return request.client.host if request.client else ""


def with_session(site: Site, response: Response, token: str) -> Response:
    """The browser keeps the session with this answer, or forgets it where there is none."""
    return with_cookie(site, response, cookie_of(site), token, LONGEST)


def with_cookie(
    site: Site, response: Response, name: str, value: str, lasts: timedelta, path: str = "/"
) -> Response:
    """The browser keeps the value so long, out of reach of scripts and other sites, or forgets it where there is none."""
    response.set_cookie(
        name,
        value,
        max_age=int(lasts.total_seconds()) if value else 0,
        httponly=True,
        secure=is_secure(site),
        samesite="lax",
        path=path,
    )
    return response


def sign_in_page(request: Request, error: SignInNeeded) -> Response:
    """The way to the sign-in page and back; scripts and other systems get a plain refusal."""
    if error.access is Access.API:
        return refusal_in_json("SIGN_IN_NEEDED", "请先登录，或带上有效的令牌。", 401)
    where = own_path(_shown_path(request))
    target = f"/sign-in?{urlencode({'next': where} | _language(where))}"
    if request.headers.get("hx-request"):
        return Response(status_code=204, headers={"HX-Redirect": target})
    return RedirectResponse(target, SEE_OTHER)


def refusal_in_json(code: str, message: str, status: int) -> JSONResponse:
    """How another system is turned away."""
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return JSONResponse({"code": code, "message": message}, status, headers=headers)


def own_path(text: str) -> str:
    """A path of this site to go on to; the first page for anything else.

    Browsers take ``//``, ``///`` and ``\\`` at the beginning for another host.
    """
    try:
        parts = urlsplit(text)
    except ValueError:
        return "/"
    is_own = text.startswith("/") and not text.startswith("//") and not parts.scheme and not parts.netloc
    return text if is_own and "\\" not in text and text.isprintable() else "/"


def _shown_path(request: Request) -> str:
    """The page that the browser shows, or is about to; the first page after a form."""
    shown = request.headers.get("hx-current-url")
    if shown is None and request.method not in ("GET", "HEAD"):
        return "/"
    try:
        url = urlsplit(shown or str(request.url))
    except ValueError:
        return "/"
    return url.path + (f"?{url.query}" if url.query else "")


def _language(path: str) -> dict[str, str]:
    """The language that the path names, as a parameter."""
    return {name: value for name, value in parse_qsl(urlsplit(path).query) if name == "lang"}


def _by_token(site: Site, request: Request) -> Person | None:
    """Whose system it is, by the token of the header."""
    if site.demo is not None:
        return DEMO
    kind, _, token = request.headers["authorization"].partition(" ")
    if kind.lower() != "bearer":
        return None
    now = site.clock()
    with site.database.read() as session:
        person = holder_of(session, token.strip(), now)
    if person is not None:
        with suppress(DubanError):  # the database is busy: it is noted the next time
            note_use(site.database, token.strip(), now)
    return person


def _person(site: Site, request: Request) -> Person | None:
    if site.demo is not None:
        return DEMO
    token = token_of(site, request)
    if not token:
        return None
    now = site.clock()
    with site.database.read() as session:
        person = who_is(session, token, now)
        is_due = person is not None and is_to_be_seen(session, token, now)
        if person is not None and person.role in READERS and (held := hold.held(session)):
            request.state.held_since = held.since
    if is_due:
        with suppress(DubanError):  # the database is busy: it is noted the next time
            see(site.database, token, now)
    return person


def is_secure(site: Site) -> bool:
    """Whether people come over https, and cookies may say so."""
    return bool(site.links) and site.links is not None and site.links.base_url.startswith("https:")
