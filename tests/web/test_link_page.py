"""The unit's page behind its link, and what those find whose link opens nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from sqlmodel import select

from db import tables
from db.session import Database
from tests.web.running import pages
from tests.workflows.office_2024 import LINKED, LINKS, Task, at, build
from workflows.compose import compose
from workflows.deliver import deliver
from workflows.links import new_link, revoke_links
from workflows.sweep import sweep

NOW = at("2024-04-02T18:00")


@pytest.fixture
def client(sqlite_database: Database) -> Iterator[httpx.Client]:
    """One unit that leads a task, nothing reported; the first mail has gone out."""
    build(sqlite_database, Task("1.1"), emails={"区民政局": "a@example.org"})
    for moment in (at("2024-04-01T00:00"), at("2024-04-01T09:15")):
        sweep(sqlite_database, moment)
        compose(sqlite_database, LINKED, moment)
        deliver(sqlite_database, LINKED, moment)
    with pages(sqlite_database, NOW, links=LINKS) as found:
        yield found


def link(database: Database, period: str | None = None, moment: str = "2024-04-02T10:00") -> str:
    """The path of a new link of 区民政局."""
    address, _ = new_link(database, LINKED, "区民政局", period, at(moment), "test")
    return address.removeprefix(LINKS.base_url)


def test_the_link_opens_the_page_of_its_unit_and_period(
    client: httpx.Client, sqlite_database: Database
) -> None:
    page = client.get(link(sqlite_database))
    assert page.status_code == 200
    assert "区民政局" in page.text
    assert "3月进展填报" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "same-origin"
    assert client.head(link(sqlite_database)).status_code == 200


def test_a_stranger_learns_nothing(client: httpx.Client) -> None:
    page = client.get("/r/" + "A" * 43)
    assert page.status_code == 404
    assert "区民政局" not in page.text
    assert page.text == client.get("/r/" + "B" * 43).text.replace("B" * 43, "A" * 43)
    assert "没有这个页面" in page.text


@pytest.mark.parametrize("odd", ["x", "%00", "%F0%9F%98%80", "a" * 5000, "..%2f..%2f", "%ED%A0%80"])
def test_an_odd_token_is_no_page(client: httpx.Client, odd: str) -> None:
    assert client.get(f"/r/{odd}").status_code == 404


def test_the_holder_is_told_what_became_of_the_link(client: httpx.Client, sqlite_database: Database) -> None:
    revoked = link(sqlite_database)
    revoke_links(sqlite_database, [], "区民政局", NOW, "test")
    expired = link(sqlite_database, "2024-02", "2024-03-05T10:00")
    for path, words in ((revoked, "已停用"), (expired, "已过期")):
        page = client.get(path)
        assert page.status_code == 410
        assert words in page.text
        assert "督查室" in page.text
    assert "没有这个页面" not in client.get(revoked + "?lang=en").text
    assert "withdrawn" in client.get(revoked + "?lang=en").text


def test_the_inbox_shows_the_link_that_the_database_does_not_have(
    client: httpx.Client, sqlite_database: Database
) -> None:
    with sqlite_database.read() as session:
        row = session.exec(select(tables.Message).where(tables.Message.recipient == "区民政局 联络员")).one()
    assert "/r/" not in row.text + row.html
    page = client.get(f"/messages/{row.id}").text
    found = set(re.findall(r"http://duban\.example\.org(/r/[\w-]{43})", page))
    assert len(found) == 1
    assert client.get(found.pop()).status_code == 200
    assert "duban-link:" not in page
