"""The door: host names, origins and the headers of every answer."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from db.session import Database
from tests.web.demo_double import StandingStill
from tests.web.running import pages
from tests.workflows.office_2024 import at
from web.guard import host_name

NOW = at("2024-04-29T18:00")


@pytest.fixture
def client(sqlite_database: Database) -> Iterator[httpx.Client]:
    """Pages with the demo's forms, open under one registered name."""
    with pages(sqlite_database, NOW, demo=StandingStill(), allowed_hosts=("duban.example.org",)) as found:
        yield found


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8300", 200),
        ("localhost", 200),
        ("LOCALHOST:1", 200),
        ("[::1]:8300", 200),
        ("duban.example.org", 200),
        ("DUBAN.example.org:8300", 200),
        ("evil.example.com", 421),
        ("duban.example.org.evil.example.com", 421),
        ("127.0.0.1.evil.example.com", 421),
        ("localhost@evil.example.com", 421),
        ("[::1", 421),
        ("", 421),
    ],
)
def test_only_known_host_names_are_answered(client: httpx.Client, host: str, status: int) -> None:
    assert client.get("/", headers={"Host": host}).status_code == status


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://{host}", 303),
        ("http://{host}.evil.example.com", 403),
        ("http://evil.example.com", 403),
        ("http://127.0.0.1:1", 403),
        ("null", 403),
        (None, 403),
    ],
)
def test_only_our_own_page_changes_anything(client: httpx.Client, origin: str | None, status: int) -> None:
    headers = {"Origin": origin.format(host=client.base_url.netloc.decode())} if origin else {}
    assert client.post("/demo/day", headers=headers).status_code == status


def test_looking_never_moves_the_demo(client: httpx.Client) -> None:
    assert client.get("/demo/day").status_code == 405


@pytest.mark.parametrize("path", ["/", "/messages", "/nothing", "/subtasks/x", "/static/duban.css"])
def test_every_answer_keeps_other_hosts_and_scripts_out(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "script-src 'self';" in policy + ";"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


def test_a_refused_host_gets_the_headers_too(client: httpx.Client) -> None:
    answer = client.get("/", headers={"Host": "evil.example.com"})
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_other_hosts_are_told_no_referrer(client: httpx.Client) -> None:
    assert client.get("/").headers["referrer-policy"] == "same-origin"


def test_forms_by_link_run_no_script_at_all(client: httpx.Client) -> None:
    policy = client.get("/r/" + "A" * 43).headers["content-security-policy"]
    assert "script" not in policy


def test_the_real_service_has_no_demo(sqlite_database: Database) -> None:
    with pages(sqlite_database, NOW) as client:
        origin = str(client.base_url).rstrip("/")
        assert client.post("/demo/day", headers={"Origin": origin}).status_code == 404
        assert "虚拟日期" not in client.get("/").text


@pytest.mark.parametrize(
    ("host", "name"),
    [("a:80", "a"), ("A.b", "a.b"), ("[::1]:80", "::1"), ("a:b:c", "a"), ("u@h", "h"), ("[", ""), ("", "")],
)
def test_a_host_header_is_reduced_to_its_name(host: str, name: str) -> None:
    assert host_name(host) == name
