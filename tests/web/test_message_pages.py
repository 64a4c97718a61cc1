"""消息 on a real server: filters in the address, mails that came in, evidence of deliveries, the way from old addresses."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import httpx
import openpyxl
import pytest
from sqlmodel import select

from db import tables
from db.session import Database
from engine.roles import Role
from tests.web.running import pages
from tests.workflows.office_2024 import INBOX, Task, at, build
from workflows.collect_replies import see_to
from workflows.cycle import run_cycle

NOW = at("2024-04-02T18:00")


@pytest.fixture
def client(sqlite_database: Database) -> Iterator[httpx.Client]:
    build(sqlite_database, Task("1.1"), Task("2.1", lead="区教育局"))
    for moment in ("2024-04-01T09:30", "2024-04-02T09:30"):
        run_cycle(sqlite_database, INBOX, at(moment))
    with sqlite_database.write() as session:
        for key, state in (("<a@example.org>", "refused"), ("<b@example.org>", "stored")):
            session.add(
                tables.IncomingMail(
                    rfc_message_id=key,
                    received_at=at("2024-04-02T10:00"),
                    sender="who@example.org",
                    subject="回复 <b>",
                    state=state,
                    detail="请人工处理",
                )
            )
    with pages(sqlite_database, NOW, role=Role.COORDINATOR) as client:
        yield client


def shown(client: httpx.Client, query: str) -> list[str]:
    answer = client.get(f"/messages?{query}")
    assert answer.status_code == 200
    return re.findall(r'<span class="who">([^<]+)</span><span class="subject">', answer.text)


def test_filters_stand_in_the_address(client: httpx.Client) -> None:
    everything = shown(client, "")
    assert len(everything) >= 2
    assert shown(client, "state=accepted&channel=inbox") == everything
    assert shown(client, "state=given_up") == []
    assert shown(client, "channel=email") == []
    assert shown(client, "from=2024-04-03") == shown(client, "to=2024-03-31") == []
    assert shown(client, "from=2024-04-01&to=2024-04-02") == everything
    found = shown(client, "q=区教育局")
    assert found
    assert all("区教育局" in one for one in found)
    assert shown(client, "q=%25") == [] or "%" in client.get("/messages?q=%25").text
    assert shown(client, "state=x&from=x&page=x&unit=x") == everything


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/inbox", "/messages"),
        ("/inbox?unit=3&lang=en", "/messages?unit=3&lang=en"),
        ("/inbox/7", "/messages/7"),
        ("/inbox/7/files/2?lang=en", "/messages/7/files/2?lang=en"),
        ("/inbox//evil.example.com", "/messages//evil.example.com"),
    ],
)
def test_old_addresses_lead_on(client: httpx.Client, old: str, new: str) -> None:
    answer = client.get(old)
    assert (answer.status_code, answer.headers["location"]) == (301, new)


def test_a_mail_that_nobody_could_read_is_seen_to_once(
    client: httpx.Client, sqlite_database: Database
) -> None:
    page = client.get("/messages/incoming").text
    assert "来信（1 封待处理）" in page
    assert "回复 &lt;b&gt;" in page
    (path,) = re.findall(r'action="(/messages/incoming/\d+)"', page)
    origin = {"Origin": str(client.base_url).rstrip("/")}
    assert client.post(path, headers=origin).status_code == 303
    again = client.post(path, headers=origin)
    assert (again.status_code, "没有待处理的回复" in again.text) == (409, True)
    with sqlite_database.read() as session:
        events = session.exec(select(tables.Event).where(tables.Event.what == "see_to_reply")).all()
    assert [one.who for one in events] == ["coordinator"]


def test_leaders_see_mails_and_settle_none(client: httpx.Client, sqlite_database: Database) -> None:
    with pages(sqlite_database, NOW, role=Role.LEADER) as reader:
        page = reader.get("/messages/incoming").text
    assert "who@example.org" in page
    assert '<button class="small">' not in page
    see_to(sqlite_database, 1, NOW, "乙岗")


def test_the_evidence_of_deliveries_leaves_as_a_workbook(client: httpx.Client) -> None:
    answer = client.get("/messages/deliveries?from=2024-04-01&to=2024-04-02")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert any("区教育局" in str(cell) for row in book.worksheets[0].values for cell in row)
    assert client.get("/messages/deliveries?from=2024-05-01&to=2024-04-02").status_code == 200


@pytest.mark.parametrize("path", ["/messages", "/messages/incoming"])
def test_the_pages_speak_english(client: httpx.Client, path: str) -> None:
    page = client.get(f"{path}?lang=en").text
    assert "Mails received (1 to see to)" in page
