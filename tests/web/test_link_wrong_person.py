"""发错人了 on the unit's page: asked about first, then done once, on record, for this unit alone."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from sqlmodel import select

from db import tables
from db.session import Database
from tests.web.running import pages
from tests.workflows.office_2024 import LINKED, LINKS, Built, Task, at, build
from tests.workflows.routes import open_now
from workflows.links import new_link, revoke_links

NOW = at("2024-04-02T18:00")
MAIL = {"区民政局": "a@example.org", "区教育局": "b@example.org"}


@pytest.fixture
def built(sqlite_database: Database) -> Built:
    return build(sqlite_database, Task("1.1"), Task("2.1", lead="区教育局"), emails=MAIL)


@pytest.fixture
def client(sqlite_database: Database, built: Built) -> Iterator[httpx.Client]:
    with pages(sqlite_database, NOW, links=LINKS) as found:
        yield found


def path(database: Database) -> str:
    address, _ = new_link(database, LINKED, "区民政局", None, NOW, "test")
    return address.removeprefix(LINKS.base_url) + "/wrong-person"


def press(client: httpx.Client, where: str, words: str = "") -> httpx.Response:
    headers = {"origin": str(client.base_url).rstrip("/")}
    return client.post(where, data={"words": words}, headers=headers, follow_redirects=True)


def disputed(database: Database) -> list[str]:
    with database.read() as session:
        rows = session.exec(select(tables.Contact).where(tables.Contact.disputed_at != None))  # noqa: E711
        return [row.email or "" for row in rows]


def test_looking_at_the_page_changes_nothing(client: httpx.Client, sqlite_database: Database) -> None:
    where = path(sqlite_database)
    page = client.get(where)
    assert page.status_code == 200
    assert "确认发错了人" in page.text
    assert "a@example.org" not in page.text  # who has the link need not learn the address
    assert where in client.get(where.removesuffix("/wrong-person")).text
    assert disputed(sqlite_database) == []


def test_the_button_stops_messages_to_this_contact_and_shows_who_said_so(
    client: httpx.Client, sqlite_database: Database
) -> None:
    where = path(sqlite_database)
    page = press(client, where, "请找\n社会事务科<b>李</b>")
    assert (page.status_code, "已记下" in page.text, "确认发错了人" in page.text) == (200, True, False)
    assert disputed(sqlite_database) == ["a@example.org"]
    assert [code for code, _ in open_now(sqlite_database)] == ["WRONG_PERSON"]
    with sqlite_database.read() as session:
        event = session.exec(select(tables.Event).where(tables.Event.what == "wrong_person")).one()
        finding = session.exec(select(tables.Finding)).one()
    assert event.who.startswith("区民政局（填报链接")
    assert event.reason == "请找 社会事务科<b>李</b>"
    assert event.who in finding.message
    press(client, where)
    with sqlite_database.read() as session:
        assert len(session.exec(select(tables.Event).where(tables.Event.what == "wrong_person")).all()) == 1
    assert "已记下" in client.get(where).text


@pytest.mark.parametrize("words", ["", "长" * 5000, "\x00\u202e"])
def test_odd_words_are_kept_short_and_plain(
    client: httpx.Client, sqlite_database: Database, words: str
) -> None:
    assert press(client, path(sqlite_database), words).status_code == 200
    with sqlite_database.read() as session:
        event = session.exec(select(tables.Event).where(tables.Event.what == "wrong_person")).one()
    assert len(event.reason) <= 80
    assert event.reason.isprintable()


def test_without_a_contact_there_is_nobody_to_doubt(
    client: httpx.Client, sqlite_database: Database, built: Built
) -> None:
    where = path(sqlite_database)
    with sqlite_database.write() as session:
        for contact in session.exec(select(tables.Contact)).all():
            contact.ended_at = NOW
            session.add(contact)
    assert "没有登记的联系人" in client.get(where).text
    press(client, where)
    assert open_now(sqlite_database) == []


def test_a_link_that_is_closed_doubts_nobody(client: httpx.Client, sqlite_database: Database) -> None:
    where = path(sqlite_database)
    revoke_links(sqlite_database, [], "区民政局", NOW, "test")
    assert press(client, where).status_code == 410
    assert press(client, "/r/" + "A" * 43 + "/wrong-person").status_code == 404
    assert disputed(sqlite_database) == []


def test_the_page_speaks_english(client: httpx.Client, sqlite_database: Database) -> None:
    assert "The wrong person?" in client.get(path(sqlite_database) + "?lang=en").text
