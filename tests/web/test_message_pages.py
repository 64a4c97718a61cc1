"""消息 on a real server: filters in the address, mails that came in, evidence of deliveries, the way from old addresses."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from urllib.parse import quote_plus

import httpx
import openpyxl
import pytest
from sqlmodel import select

from db import tables
from db.session import Database
from engine.roles import Role
from tests.web.running import pages
from tests.workflows.office_2024 import INBOX, LINKED, LINKS, Task, at, build
from web.pages.messages import tone_of
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


@pytest.mark.parametrize(
    ("subject", "tone"),
    [
        ("【红】区民政局：1项逾期（第13周）", "red"),
        ("[RED] Civil Affairs: 1 overdue (week 13)", "red"),
        ("【黄】区民政局：1项滞后（第13周）", "yellow"),
        ("[YELLOW] Civil Affairs: 1 lagging (week 13)", "yellow"),
        ("【蓝】区民政局：到期提醒（第13周）", "blue"),
        ("[BLUE] Civil Affairs: due (week 13)", "blue"),
        ("【周报】区民政局：1项正常（第13周）", "plain"),
        ("红旗街道：到期提醒", "plain"),
        ("【红旗】区民政局", "plain"),
        ("", "plain"),
    ],
)
def test_the_tag_of_a_subject_gives_its_colour_in_either_language(subject: str, tone: str) -> None:
    assert tone_of(subject) == tone


def test_before_the_first_message_the_page_leads_to_the_calendar(sqlite_database: Database) -> None:
    with pages(sqlite_database, NOW, role=Role.LEADER) as empty:
        main = empty.get("/messages").text.split("<main", 1)[1]
        assert "还没有消息" in main
        assert 'href="/calendar"' in main


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
    assert shown(client, "state=x&from=x&page=x&unit=x") == everything


@pytest.mark.parametrize("sign", ["%", "_", "\\"])
def test_a_sign_that_a_database_takes_for_any_is_looked_for_as_it_is(
    client: httpx.Client, sqlite_database: Database, sign: str
) -> None:
    query = f"q={quote_plus(sign)}"
    assert shown(client, query) == []
    with sqlite_database.write() as session:
        message = session.get_one(tables.Message, 1)
        message.subject, recipient = f"完成50{sign}", message.recipient
    assert shown(client, query) == [recipient]


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
    assert (again.status_code, "没有这封来信，或者它已经办结" in again.text) == (409, True)
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


@pytest.mark.parametrize(("role", "is_open"), [(Role.COORDINATOR, True), (Role.LEADER, False)])
def test_only_the_desk_is_given_the_link_by_which_a_unit_reports(
    sqlite_database: Database, role: Role, is_open: bool
) -> None:
    build(sqlite_database, Task("1.1"))
    for moment in ("2024-04-01T09:30", "2024-04-02T09:30"):
        run_cycle(sqlite_database, LINKED, at(moment))
    with sqlite_database.read() as session:
        sent = session.exec(select(tables.ReportLink.message_id)).first()
    with pages(sqlite_database, NOW, role=role, links=LINKS) as found:
        page = found.get(f"/messages/{sent}")
    assert page.status_code == 200
    assert ("duban.example.org/r/" in page.text) is is_open


@pytest.mark.parametrize(("number", "status"), [("999999999", 404), ("9999999999", 404), ("9" * 30, 404)])
@pytest.mark.parametrize("path", ["messages", "cases", "bulletins", "subtasks", "units", "changes"])
def test_a_number_that_no_row_has_is_not_there(
    client: httpx.Client, path: str, number: str, status: int
) -> None:
    assert client.get(f"/{path}/{number}").status_code == status


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("changes/new?subtask=99999999999999999999", 404),
        ("units/1?edit=99999999999999999999", 404),
        ("imports?page=99999999999999999999", 404),
        ("messages?page=99999999999999999999", 200),  # the first page
        ("messages/deliveries?from=2024-01-01&to=9999-12-31", 200),
    ],
)
def test_what_is_beyond_every_number_and_calendar_is_not_there_or_left_out(
    client: httpx.Client, address: str, status: int
) -> None:
    assert client.get(f"/{address}").status_code == status


def test_a_text_that_is_too_long_for_a_case_comes_back_as_it_was_typed(
    client: httpx.Client, sqlite_database: Database
) -> None:
    """A Chinese character takes nine bytes of such a form: 7,282 of them are more than 64 KB."""
    with sqlite_database.read() as session:
        task = session.exec(select(tables.SubTask.id).where(tables.SubTask.no == "1.1")).one()
    words = "请" * 7300
    origin = str(client.base_url).rstrip("/")
    answer = client.post(
        f"/cases/new?subtask={task}", data={"colour": "red", "demand": words}, headers={"Origin": origin}
    )
    assert (answer.status_code, words in answer.text) == (422, True)


@pytest.mark.parametrize(("due", "status"), [("2025-12-31", 303), ("2026-01-01", 422), ("2101-01-01", 422)])
def test_a_case_is_due_next_year_at_the_latest(
    client: httpx.Client, sqlite_database: Database, due: str, status: int
) -> None:
    with sqlite_database.read() as session:
        task = session.exec(select(tables.SubTask.id).where(tables.SubTask.no == "1.1")).one()
    origin = str(client.base_url).rstrip("/")
    form = {"colour": "red", "demand": "请尽快完成", "due": due}
    answer = client.post(f"/cases/new?subtask={task}", data=form, headers={"Origin": origin})
    assert answer.status_code == status
