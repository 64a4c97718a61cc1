"""What nobody sends by accident is answered with a sentence; nothing of it is kept, and nothing fails."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import httpx
import pytest
from sqlmodel import select

from db import tables
from db.session import Database
from engine.roles import Role
from tests.web.running import pages, signed_in
from tests.workflows.office_2024 import LINKED, LINKS, Task, at, build
from web.admission import COOKIE
from web.multipart import MOST_PLAIN, MOST_SMALL
from workflows.links import new_link

NOW = at("2024-04-02T18:00")
KIND = "application/x-www-form-urlencoded"
BROKEN = "内容没有完整送达"


@dataclass
class Desk:
    """An administrator before a small office, who sends bodies as they are."""

    client: httpx.Client
    database: Database
    link: str

    def send(self, path: str, body: str | bytes, kind: str = KIND) -> httpx.Response:
        headers = {"Origin": self.origin, "Content-Type": kind}
        return self.client.post(path, content=body, headers=headers)

    @property
    def origin(self) -> str:
        return str(self.client.base_url).rstrip("/")

    def begin(self, path: str, kind: str, cookie: str = "") -> str:
        """The first line of the answer to a body of which nothing but the beginning ever comes."""
        url = self.client.base_url
        head = f"POST {path} HTTP/1.1\r\nHost: {url.netloc.decode()}\r\nOrigin: {self.origin}\r\nCookie: {cookie}\r\n"
        with socket.create_connection((url.host, url.port or 80), timeout=20) as line:
            line.sendall(f"{head}Content-Type: {kind}\r\nContent-Length: 5000000\r\n\r\n--x\r\n".encode())
            return line.recv(1000).decode(errors="replace").splitlines()[0]


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Iterator[Desk]:
    """One sub-task of one unit with a link, and its desk."""
    build(database, Task("1.1", milestones={date(2024, 6, 30): "50"}), emails={"区民政局": "mz@example.org"})
    token, _ = new_link(database, LINKED, "区民政局", None, NOW, "test")
    with pages(database, NOW, links=LINKS, office=LINKED, files=tmp_path) as client:
        yield Desk(client, database, token.rsplit("/", 1)[1])


READ = [
    ("/settings/audit?who=%00&what=%00&subtask=%00", 422),  # such a sub-task is not there
    ("/settings/audit?since=0001-01-01&until=9999-12-31", 200),
    ("/settings/audit.xlsx?since=9999-12-31&until=0001-01-01", 200),
    ("/settings/audit.xlsx?subtask=%00", 422),
    ("/settings/audit?page=99999999999999999999", 404),
    ("/settings/audit?page=-5", 200),
    ("/messages?q=%00&kind=%00&channel=%00", 200),
    ("/messages?from=0001-01-01&to=9999-12-31", 200),
    ("/messages/deliveries?from=0001-01-01&to=9999-12-31", 200),
    ("/messages?unit=2147483648", 200),
    ("/units?q=%00%0%000&page=2", 200),
    ("/units?page=2147483648", 404),
    ("/wall?leader=%00&project=%00&unit=" + "9" * 5000, 200),
    ("/?q=%00&unit=%C2%B2", 200),
    ("/?plan=2147483648", 404),
    ("/calendar?month=0001-01", 200),
    ("/calendar?month=9999-12", 200),
    ("/calendar/workbook?month=9999-12", 200),
    ("/settings/years?year=9999999999", 404),
    ("/settings/years?year=1", 200),
    ("/service?days=999999999", 200),
    ("/service?days=-999999999", 200),
    ("/evaluations/preview?period=%00", 404),
    ("/evaluations/preview?period=0001-01", 404),
    ("/evaluations/preview?period=9999-12", 404),
    ("/bulletins/publish?month=0001-01", 200),
    ("/subtasks/-9999999999", 404),
    ("/subtasks/9_999_999_999", 404),
    ("/subtasks/%00", 404),
    ("/settings/channels/%00", 404),
    ("/public/%00", 404),
    ("/static/%00", 404),
    ("/r/%00", 404),
    ("/feeds/%00.ics", 404),
    ("/set-up/%00", 410),
    ("/api/v1/subtasks?plan=2147483648", 422),
    ("/api/v1/wall?leader=%00", 200),
]


def test_whatever_an_address_says_there_is_a_page_or_it_is_not_there(desk: Desk) -> None:
    answers = {path: desk.client.get(path).status_code for path, _ in READ}
    assert answers == dict(READ)


SENT = [
    ("/units/1/names", "alias=%00", 422),
    ("/units/1/contacts", "post=liaison&holders=%C2%B2&title=x&email=a%40example.org", 409),
    ("/settings/users/1", "revision=%C2%B2&role=admin", 409),
    ("/settings/users/1", "revision=" + "9" * 5000 + "&role=admin", 409),
    ("/settings/years", "year=%C2%B2", 422),
    ("/settings/policy", "plan=1&revision=%D9%A3&yellow_after=5", 409),
    ("/settings/templates/digest/zh-CN/restore", "version=%C2%B2&base=%C2%B2", 404),
    ("/settings/tokens", "name=x&role=leader&until=9999-12-31", 422),
    ("/settings/tokens", "name=x&role=leader&until=0001-01-01", 422),
    ("/changes/new?subtask=1", "kind=adjustment&reason=x&document=y&i1=1e300", 422),
    ("/changes/new?subtask=1", "kind=adjustment&reason=x&document=y&i1=" + "9" * 30, 422),
    ("/changes/new?subtask=1", "kind=adjustment&reason=x&document=y&i1=0." + "3" * 60, 422),
    ("/changes/new?subtask=1", "kind=extension&reason=x&document=y&deadline=9999-12-31", 422),
    ("/changes/new?subtask=1", "kind=extension&reason=x&document=y&deadline=2099-12-31", 422),
    ("/changes/new?subtask=1", "kind=suspension&reason=x&document=y&effective=0001-01-01", 422),
    ("/changes/new?subtask=2147483648", "kind=adjustment", 404),
    ("/cases/new?subtask=1", "colour=yellow&demand=x&unit=&due=9999-12-31", 422),
    ("/calendar/compare", "plan=" + "9" * 5000 + "&yellow_after=%C2%B2", 422),
    ("/milestones", "rev-" + "9" * 5000 + "=1&row-%C2%B2=1&pending=" + "[" * 60_000, 200),
    ("/milestones", "pending=%7B%221%22%3A%5B%5B%222024-06-30%22%2Cnull%2C%22x%22%2C%7B%221%22%3A%221e999999999%22%7D", 200),
    ("/milestones/1", "rev-1=0&day-0=2024-06-30&was-0=2024-06-30&figure-0-1=1e999999999", 422),
]  # fmt: skip


def test_whatever_a_form_says_it_is_refused_with_a_sentence_and_nothing_is_kept(desk: Desk) -> None:
    with desk.database.read() as session:
        before = [len(session.exec(select(table)).all()) for table in _TABLES]
    answers = [desk.send(path, body).status_code for path, body, _ in SENT]
    assert answers == [status for _, _, status in SENT]
    with desk.database.read() as session:
        assert [len(session.exec(select(table)).all()) for table in _TABLES] == before


_TABLES = (tables.Event, tables.ChangeRequest, tables.Contact, tables.UnitAlias, tables.ApiToken)


def test_signs_that_no_database_keeps_are_left_out_of_what_is_typed(desk: Desk) -> None:
    assert desk.send("/units/1/names", "alias=%00%E6%B0%91%00%ED%A0%80%1F%E6%94%BF").status_code == 303
    with desk.database.read() as session:
        assert "民\ufffd\ufffd\ufffd政" in [one.name for one in session.exec(select(tables.UnitAlias))]


def test_wide_digits_are_as_good_as_others(desk: Desk) -> None:
    body = "kind=adjustment&reason=x&document=y&i1=" + "%EF%BC%98%EF%BC%90"
    assert desk.send("/changes/new?subtask=1", body).status_code == 303
    with desk.database.read() as session:
        assert session.exec(select(tables.ChangeRequest)).one().proposed["quantities"] == {"1": "80"}


@pytest.mark.parametrize("path", ["/settings/policy", "/reviews/accept", "/units/1/members", "/milestones"])
def test_a_form_that_is_too_large_is_refused_before_any_page_takes_it(desk: Desk, path: str) -> None:
    answer = desk.send(path, b"plan=1&new=1&members=" + b"x" * MOST_PLAIN)
    assert answer.status_code == 422
    assert BROKEN in answer.text
    assert "Not everything arrived" in desk.send(f"{path}?lang=en", b"x=" + b"x" * MOST_PLAIN).text


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data", "multipart/form-data; boundary="])
def test_a_form_of_another_kind_is_none(desk: Desk, kind: str) -> None:
    assert desk.send("/settings/policy", "plan=1", kind).status_code == 422


@pytest.mark.parametrize("boundary", ["x" * 300, '"', "x"])
def test_a_boundary_that_cannot_be_is_refused(desk: Desk, boundary: str) -> None:
    kind = f"multipart/form-data; boundary={boundary}"
    assert desk.send("/settings/policy", "plan=1", kind).status_code == 422


def test_whoever_is_not_signed_in_sends_a_few_fields_and_no_files(desk: Desk) -> None:
    desk.client.cookies.clear()
    assert desk.send("/sign-in", b"name=" + b"x" * MOST_SMALL).status_code == 422
    assert "用户名或密码不对" in desk.send("/sign-in", b"name=x" + b"x" * 1000).text
    for path, status in (
        ("/sign-in", " 422 "),
        ("/set-up/" + "A" * 43, " 422 "),
        ("/imports/new", " 303 "),
        ("/r/" + "A" * 43 + "/tasks/1", " 404 "),
        ("/r/" + "A" * 43 + "/changes", " 404 "),
    ):
        assert status in desk.begin(path, "multipart/form-data; boundary=x")


def test_who_may_not_hand_in_is_turned_away_before_anything_is_read(desk: Desk) -> None:
    token = signed_in(desk.database, Role.LEADER, NOW)
    kind = "multipart/form-data; boundary=x"
    assert " 403 " in desk.begin("/imports/new", kind, f"{COOKIE}={token}")


def test_an_evidence_that_is_too_large_is_not_left_out_in_silence(desk: Desk) -> None:
    file = {"evidence": ("a.pdf", b"%PDF" + b"x" * (10 * 1024 * 1024 + 1))}
    answer = desk.client.post(
        "/subtasks/1/accept", data={"reason": "已核实"}, files=file, headers={"Origin": desk.origin}
    )
    assert answer.status_code == 422
    assert "附件超过 10 MB" in answer.text
