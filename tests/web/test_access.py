"""Who may open what: every route by every kind of visitor; a route that nobody thought of fails here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from starlette.routing import BaseRoute, Mount, Route

from db.references import find_unit
from db.session import Database
from db.units import stored_id
from engine.roles import Role
from tests.databases import sqlite_copy
from tests.web.demo_double import StandingStill
from tests.web.running import pages, signed_in
from tests.workflows.office_2024 import LINKED, LINKS, Task, at, build
from web.access import MATRIX, OPEN, ROLES, Access, page_at
from web.admission import COOKIE
from web.app import Site, create_app
from web.guard import Guard
from workflows.links import new_link, revoke_links

NOW = at("2024-04-02T18:00")
OUTSIDE = "duban.example.org"


def routes_of(database: Database) -> set[str]:
    """Every method and path that the application answers to."""
    guard = create_app(Site(database, lambda: NOW, demo=StandingStill(), links=LINKS))
    assert isinstance(guard, Guard)
    app = guard.app
    assert isinstance(app, FastAPI)
    return lines_of(app.routes)


def lines_of(routes: Sequence[BaseRoute]) -> set[str]:
    """Method and path of each, those of included routers too."""
    found: set[str] = set()
    for route in routes:
        router = getattr(route, "original_router", None)
        if router is not None:
            found |= lines_of(router.routes)
        elif isinstance(route, Route):
            found |= {f"{method} {route.path}" for method in (route.methods or set()) - {"HEAD"}}
        elif isinstance(route, Mount):
            found.add(f"GET {route.path}")
    return found


def test_every_route_is_in_the_matrix_and_every_line_of_it_is_a_route(sqlite_database: Database) -> None:
    assert routes_of(sqlite_database) == set(MATRIX)


@dataclass
class Ways:
    """Tokens by the kind of visitor, cookies by role, and something to fill paths with."""

    tokens: dict[str, str]
    cookies: dict[str, str]
    client: httpx.Client


@pytest.fixture(scope="module")
def ways(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ways]:
    """Two units, one with an open link and one with a revoked one; somebody else knows neither. One user a role."""
    sqlite_database = sqlite_copy(sqlite_template, tmp_path_factory.mktemp("ways"))
    built = build(sqlite_database, Task("1.1"), Task("2.1", lead="区教育局"))
    holder, _ = new_link(sqlite_database, LINKED, "区民政局", None, NOW, "test")
    revoked, _ = new_link(sqlite_database, LINKED, "区教育局", None, NOW, "test")
    revoke_links(sqlite_database, [], "区教育局", NOW, "test")
    assert stored_id(built.subtasks["1.1"]) == 1
    tokens = {"holder": holder, "revoked": revoked, "stranger": "http://duban.example.org/r/" + "A" * 43}
    with sqlite_database.read() as session:
        unit_id = stored_id(find_unit(session, "区民政局").id)
    signed_in(sqlite_database, Role.LEADER, NOW, unit_id)  # number 1, whom some of the forms send away
    cookies = {
        role.value: signed_in(sqlite_database, role, NOW, unit_id if role is Role.UNIT else None)
        for role in Role
    }
    with pages(sqlite_database, NOW, links=LINKS, role=None) as client:
        yield Ways({name: address.rsplit("/", 1)[1] for name, address in tokens.items()}, cookies, client)
    sqlite_database.close()


def concrete_path(path: str, token: str = "") -> str:
    """The path with something in the place of its parameters."""
    return re.sub(r"\{\w+\}", "1", path.replace("{token}", token)).replace("/static", "/static/duban.css")


SERVICE = sorted(line for line, access in MATRIX.items() if access is not Access.DEMO)


def knock(ways: Ways, line: str, token: str = "", cookie: str = "") -> httpx.Response:
    """The answer to an empty request on that route, from our own page."""
    method, path = line.split()
    headers = {"Host": OUTSIDE, "Origin": f"http://{OUTSIDE}"}
    if cookie:
        headers["Cookie"] = f"{COOKIE}={cookie}"
    return ways.client.request(method, concrete_path(path, token), headers=headers)


def test_above_every_form_stands_its_page() -> None:
    forms = [line.removeprefix("POST ") for line in MATRIX if line.startswith("POST ")]
    without = [one for one in forms if f"GET {page_at(one, one)}" not in MATRIX]
    assert without == ["/sign-out", "/demo/day", "/demo/week", "/demo/month"]  # these show no page


@pytest.mark.parametrize(
    ("route", "path", "page"),
    [
        ("/units/{number}", "/units/7", "/units/7"),
        ("/units/{number}/names/remove", "/units/7/names/remove", "/units/7"),
        ("/reviews/{number}/return", "/reviews/12/return", "/reviews"),
        ("/settings/channels/{name}/test", "/settings/channels/a%20b/test", "/settings/channels/a%20b"),
        ("/sign-out", "/sign-out", "/sign-out"),
        ("/", "/", "/"),
    ],
)
def test_the_page_of_a_form_is_the_nearest_above_it(route: str, path: str, page: str) -> None:
    assert page_at(route, path) == page


@pytest.mark.parametrize("line", SERVICE)
@pytest.mark.parametrize("visitor", ["holder", "revoked", "stranger"])
def test_without_signing_in_a_unit_reaches_what_is_below_its_open_link_and_nothing_else(
    ways: Ways, line: str, visitor: str
) -> None:
    answer = knock(ways, line, ways.tokens[visitor])
    status = answer.status_code
    match MATRIX[line]:
        case Access.LINK if not line.split()[1].startswith("/r/"):
            assert status in (404, 410)  # a secret of another kind
        case Access.LINK if visitor == "holder":
            assert status not in (410, 421)
            assert status != 403 or "不在您的链接范围内" in answer.text  # nothing of number 1 is the holder's
        case Access.LINK:
            assert status == {"revoked": 410, "stranger": 404}[visitor]
        case Access.PUBLIC:
            assert status not in (401, 403, 421)
        case Access.API:
            assert status == 401
        case _:
            assert status == 303
            assert answer.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("line", [line for line in SERVICE if MATRIX[line] not in OPEN])
@pytest.mark.parametrize("role", list(Role))
def test_each_role_reaches_its_routes_and_no_other(ways: Ways, line: str, role: Role) -> None:
    """What a row of somebody else answers is tested page by page; here only whether the role may knock."""
    status = knock(ways, line, cookie=ways.cookies[role.value]).status_code
    if role in ROLES[MATRIX[line]]:
        assert status < 500
        assert status != 401
        assert status != 403 or role is Role.UNIT
    else:
        assert status == 403


@pytest.mark.parametrize(
    ("path", "status"),
    [("/r", 421), ("/r/", 404), ("/r/x/y/z", 404), ("/subtasks/1", 421), ("//r/x", 421)],
)
def test_under_a_name_that_nobody_registered_nothing_else_is_open(ways: Ways, path: str, status: int) -> None:
    as_it_is = ways.client.base_url.copy_with(raw_path=path.encode())
    answer = ways.client.get(as_it_is, headers={"Host": "other.example.com"})
    assert (answer.status_code, answer.url.path) == (status, path)


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        (OUTSIDE, f"http://{OUTSIDE}", 405),
        ("10.0.0.5:8300", f"https://{OUTSIDE}", 405),  # a proxy handed on another Host
        (OUTSIDE, "http://evil.example.com", 403),
        (OUTSIDE, "null", 403),
        (OUTSIDE, "http://[", 403),
        (OUTSIDE, None, 403),
    ],
)
def test_only_a_page_of_ours_may_hand_in(ways: Ways, host: str, origin: str | None, status: int) -> None:
    headers = {"Host": host} | ({"Origin": origin} if origin else {})
    answer = ways.client.post(f"/r/{ways.tokens['holder']}", headers=headers)
    assert answer.status_code == status
