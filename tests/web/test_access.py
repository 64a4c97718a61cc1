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

from db.session import Database
from db.units import stored_id
from tests.databases import sqlite_copy
from tests.web.demo_double import StandingStill
from tests.web.running import pages
from tests.workflows.office_2024 import LINKED, LINKS, Task, at, build
from web.access import MATRIX, Access
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
    """Tokens by the kind of visitor, and something to fill paths with."""

    tokens: dict[str, str]
    client: httpx.Client


@pytest.fixture(scope="module")
def ways(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ways]:
    """Two units, one with an open link and one with a revoked one; somebody else knows neither."""
    sqlite_database = sqlite_copy(sqlite_template, tmp_path_factory.mktemp("ways"))
    built = build(sqlite_database, Task("1.1"), Task("2.1", lead="区教育局"))
    holder, _ = new_link(sqlite_database, LINKED, "区民政局", None, NOW, "test")
    revoked, _ = new_link(sqlite_database, LINKED, "区教育局", None, NOW, "test")
    revoke_links(sqlite_database, [], "区教育局", NOW, "test")
    assert stored_id(built.subtasks["1.1"]) == 1
    tokens = {"holder": holder, "revoked": revoked, "stranger": "http://duban.example.org/r/" + "A" * 43}
    with pages(sqlite_database, NOW, demo=StandingStill(), links=LINKS) as client:
        yield Ways({name: address.rsplit("/", 1)[1] for name, address in tokens.items()}, client)
    sqlite_database.close()


def concrete_path(path: str, token: str = "") -> str:
    """The path with something in the place of its parameters."""
    return re.sub(r"\{\w+\}", "1", path.replace("{token}", token)).replace("/static", "/static/duban.css")


@pytest.mark.parametrize("line", sorted(MATRIX))
@pytest.mark.parametrize("visitor", ["holder", "revoked", "stranger"])
def test_a_unit_from_outside_reaches_what_is_below_its_open_link_and_nothing_else(
    ways: Ways, line: str, visitor: str
) -> None:
    method, path = line.split()
    concrete = concrete_path(path, ways.tokens[visitor])
    headers = {"Host": OUTSIDE, "Origin": f"http://{OUTSIDE}"}
    answer = ways.client.request(method, concrete, headers=headers)
    status = answer.status_code
    match MATRIX[line]:
        case Access.DESK:
            assert status == 421
        case Access.LINK if visitor == "holder":
            assert status not in (410, 421)
            assert status != 403 or "不在您的链接范围内" in answer.text  # nothing of number 1 is the holder's
        case Access.LINK:
            assert status == {"revoked": 410, "stranger": 404}[visitor]
        case Access.PUBLIC:
            assert status not in (403, 421)


@pytest.mark.parametrize("line", sorted(line for line, access in MATRIX.items() if access is Access.DESK))
def test_the_desk_is_open_under_the_names_of_this_machine(ways: Ways, line: str) -> None:
    method, path = line.split()
    host = ways.client.base_url.netloc.decode()
    answer = ways.client.request(method, concrete_path(path), headers={"Origin": f"http://{host}"})
    assert answer.status_code in (200, 303, 404)


@pytest.mark.parametrize("path", ["/r", "/r/", "/r/x/y/z", "/public/../", "/subtasks/1", "//r/x"])
def test_nothing_else_is_open_from_outside(ways: Ways, path: str) -> None:
    assert ways.client.get(path, headers={"Host": OUTSIDE}).status_code in (404, 421)


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
