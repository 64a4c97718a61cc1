"""A message on a real server: how it stands, sent again over a real mail server, settled; by whom, and what is refused."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace

import httpx
import openpyxl
import pytest
from sqlmodel import select

from db import hold, tables
from db.session import Database
from engine.roles import Role
from tests.notifications.contents import visible
from tests.notifications.mail import channel_to
from tests.servers import MailServer
from tests.web.running import pages
from tests.workflows.office_2024 import LINKS, Task, at, build, mail_office
from tests.workflows.test_main_flow import messages, turn
from tests.workflows.test_promises_sending import appoint
from workflows.deliver import deliver
from workflows.office import Office

MAILS = {"区民政局": "mz@example.org", "区教育局": "jy@example.org"}
MORNING, NOON = "2024-03-26T09:30", at("2024-03-26T12:00")


def refuse_one(stage: str, about: str) -> str | None:
    return "550 5.1.1 no such user" if stage == "RCPT" and "mz@" in about else None


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer(refuse_one) as server:
        yield server


@pytest.fixture
def office(server: MailServer) -> Office:
    return replace(mail_office(channel_to(server)), links=LINKS)


@pytest.fixture
def client(database: Database, office: Office, server: MailServer) -> Iterator[httpx.Client]:
    """Message 1 was given up, message 2 arrived; from now on the server takes everything."""
    build(database, Task("1"), Task("2", lead="区教育局"), emails=MAILS, coordinator=None)
    turn(database, office, MORNING)
    assert [one.state for one in messages(database)] == ["given_up", "accepted"]
    server.script, server.messages = None, []
    with pages(database, NOON, role=Role.COORDINATOR, office=office, links=LINKS) as client:
        client.headers["Origin"] = str(client.base_url).rstrip("/")
        yield client


def said(client: httpx.Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return visible(answer.text)


def events(database: Database, what: str) -> list[tuple[str, str]]:
    with database.read() as session:
        found = session.exec(select(tables.Event).where(tables.Event.what == what))
        return [(one.who, one.reason) for one in found]


def test_a_message_says_how_it_stands_and_what_the_far_end_answered(client: httpx.Client) -> None:
    lost = said(client, "/messages/1")
    for words in (
        "没有送达：试了 1 次",
        "收件地址被拒收",
        "550 5.1.1 no such user",
        "再次发送",
        "办结",
        "看联系方式",
    ):
        assert words in lost
    arrived = said(client, "/messages/2")
    assert "已送达：电子邮件已接收" in arrived
    assert "补发一份" in arrived
    assert "办结" not in arrived


def test_sent_again_from_its_page_it_leaves_once(
    client: httpx.Client, database: Database, office: Office, server: MailServer
) -> None:
    first = client.post("/messages/1/resend", data={"seen": "1", "reason": "地址已核对"})
    assert (first.status_code, first.headers["location"]) == (303, "/messages/1?told=resend.again&n=1")
    assert "试了 1 次还没有送达，3月26日 12:00 再试" in said(client, "/messages/1?told=resend.again&n=1")
    second = client.post("/messages/1/resend", data={"seen": "1"})
    assert second.status_code == 409
    deliver(database, office, at("2024-03-26T12:01"))
    assert len(server.messages) == 1
    assert "coordinator 再次发送：地址已核对" in said(client, "/messages/1")
    assert events(database, "resend") == [("coordinator", "地址已核对")]


def test_a_copy_is_made_once_with_its_reason(
    client: httpx.Client, database: Database, office: Office, server: MailServer
) -> None:
    missing = client.post("/messages/2/resend", data={"seen": "0", "reason": " "})
    assert (missing.status_code, "请写明为什么再发一次" in missing.text) == (422, True)
    long = "理" * 501
    kept = client.post("/messages/2/resend", data={"seen": "0", "reason": long})
    assert (kept.status_code, long in kept.text) == (422, True)
    made = client.post("/messages/2/resend", data={"seen": "0", "reason": "单位说没收到"})
    assert made.headers["location"] == "/messages/3?told=resend.copy&n=1"
    assert client.post("/messages/2/resend", data={"seen": "0", "reason": "再点一次"}).status_code == 409
    deliver(database, office, at("2024-03-26T12:01"))
    assert [str(mail.message["Subject"]).startswith("【补发】") for mail in server.messages] == [True]
    copy = said(client, "/messages/3")
    assert "督查人员补发的一份" in copy
    assert "coordinator 补发一份：单位说没收到" in copy
    assert "原消息" in copy
    assert "补发" in said(client, "/messages?kind=copy")


def test_while_sending_is_held_it_says_so_and_sends_nothing(client: httpx.Client, database: Database) -> None:
    with database.write() as session:
        hold.hold(session, NOON, NOON)
    assert "恢复备份后发送还暂停着" in said(client, "/messages/1")
    assert 'action="/messages/1/resend"' not in client.get("/messages/1").text
    assert client.post("/messages/1/resend", data={"seen": "1"}).status_code == 409
    assert messages(database)[0].state == "given_up"


def test_where_nobody_can_be_reached_it_leads_to_the_contacts(
    client: httpx.Client, database: Database
) -> None:
    appoint(database, messages(database)[0].post_id, None)
    page = client.get("/messages/1").text
    assert "现在没有可用的联系方式" in page
    assert 'href="/units/' in page


def test_what_was_given_up_is_settled_from_its_page_once(client: httpx.Client, database: Database) -> None:
    assert client.post("/messages/1/settle", data={"reason": ""}).status_code == 422
    done = client.post("/messages/1/settle", data={"reason": "已电话告知"})
    assert (done.status_code, done.headers["location"]) == (303, "/messages/1?told=messages_settled&n=1")
    assert client.post("/messages/1/settle", data={"reason": "已当面告知"}).status_code == 409
    assert "coordinator已于 3月26日 12:00 办结：已电话告知" in said(client, "/messages/1")
    assert events(database, "settle_message") == [("coordinator", "已电话告知")]


def test_many_are_settled_at_once_from_the_list(client: httpx.Client, database: Database) -> None:
    assert "有 1 封消息没有送达" in said(client, "/messages")
    assert "去处理" in said(client, "/messages")
    listed = client.get("/messages?state=unsettled").text
    assert 'name="m1"' in listed
    assert 'name="m2"' not in listed
    none = client.post("/messages/settle?state=unsettled", data={"reason": "已电话告知"})
    assert (none.status_code, "没有选中消息" in none.text, "已电话告知" in none.text) == (422, True, True)
    silent = client.post("/messages/settle?state=unsettled", data={"m1": "1", "reason": ""})
    assert (silent.status_code, 'name="m1" value="1" checked' in silent.text) == (422, True)
    done = client.post(
        "/messages/settle?state=unsettled", data={"m1": "1", "m2": "1", "reason": "已电话告知"}
    )
    assert done.headers["location"] == "/messages?told=messages_settled&n=1&state=unsettled"
    assert "没有送达的消息都已处理" in said(client, "/messages?state=unsettled")
    assert (
        client.post("/messages/settle?state=unsettled", data={"m1": "1", "reason": "再"}).status_code == 409
    )
    assert messages(database)[1].settled_at is None


def test_the_overview_leads_to_those_that_wait_for_somebody(client: httpx.Client) -> None:
    assert 'href="/messages?state=unsettled"' in client.get("/").text
    assert 'href="/messages?state=unsettled&amp;lang=en"' in client.get("/?lang=en").text


def test_the_list_says_when_what_waits_leaves_and_is_kept_as_a_workbook(
    client: httpx.Client, database: Database
) -> None:
    client.post("/messages/1/resend", data={"seen": "1"})
    assert "待发 · 3月26日 12:00 发出" in said(client, "/messages")
    book = openpyxl.load_workbook(io.BytesIO(client.get("/messages.xlsx?state=waiting").content))
    rows = list(book.worksheets[0].values)
    assert len(rows) == 2
    assert (rows[1][1], rows[1][5], rows[1][6], rows[1][8]) == (
        "区民政局 联络员",
        "mz@example.org",
        "待发",
        1,
    )
    everything = openpyxl.load_workbook(io.BytesIO(client.get("/messages.xlsx?lang=en").content))
    assert everything.worksheets[0].max_row == 3


@pytest.mark.parametrize(
    ("role", "status"), [(Role.ADMIN, 303), (Role.COORDINATOR, 303), (Role.LEADER, 403), (Role.UNIT, 403)]
)
@pytest.mark.parametrize("path", ["/messages/1/resend", "/messages/1/settle", "/messages/settle"])
def test_only_the_desk_sends_again_and_settles(
    client: httpx.Client, database: Database, office: Office, role: Role, status: int, path: str
) -> None:
    unit = 1 if role is Role.UNIT else None
    with pages(database, NOON, role=role, unit_id=unit, office=office) as other:
        other.headers["Origin"] = str(other.base_url).rstrip("/")
        answer = other.post(path, data={"m1": "1", "reason": "已电话告知", "seen": "1"})
        assert answer.status_code == status
        done = [*events(database, "resend"), *events(database, "settle_message")]
        assert [who for who, _ in done] == ([] if status == 403 else [role.value])
        if role is Role.LEADER:
            page = other.get("/messages/1").text
            assert "没有送达" in page
            assert "<form" not in page.split("<main")[1]
            assert 'type="checkbox"' not in other.get("/messages?state=unsettled").text


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/messages/1?lang=en", "Not delivered: given up, attempts: 1."),
        ("/messages/2?lang=en", "accepted by e-mail"),
        ("/messages?state=unsettled&lang=en", "not delivered, not settled"),
    ],
)
def test_the_pages_speak_english(client: httpx.Client, path: str, words: str) -> None:
    assert words in said(client, path)


def test_a_message_that_is_not_there_is_not_found(client: httpx.Client) -> None:
    assert client.get("/messages/99").status_code == 404
    assert client.post("/messages/99/resend", data={"seen": "0"}).status_code == 404
    assert client.post("/messages/99/settle", data={"reason": "x"}).status_code == 404
