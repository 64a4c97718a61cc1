"""本单位 and its calendar: what a unit sees of its own, and nothing of anybody else's."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import httpx
import pytest
from icalendar import Calendar
from openpyxl import load_workbook
from sqlmodel import select

from db import tables
from db.session import Database
from engine.roles import Role
from tests.web.running import pages
from tests.web.test_pages import text_of
from tests.workflows.office_2024 import LINKED, LINKS, Built, Task, at, build
from workflows.calendar_feed import new_feed
from workflows.compose import compose
from workflows.links import new_link
from workflows.manage_users import Wanted as Of
from workflows.manage_users import change_user, retire_user
from workflows.open_case import Wanted, open_case
from workflows.report_progress import Filing, report_progress
from workflows.sweep import sweep

MORNING = at("2024-04-02T10:00")
TASKS = (
    Task("1.1", "100", "台"),
    Task("1.2", "77", "场", quotas={"甲街道": "33", "乙街道": "44"}),
    Task("2.1", "555", "个", lead="区教育局"),
)


@pytest.fixture
def built(sqlite_database: Database) -> Built:
    built = build(
        sqlite_database, *TASKS, emails={"区民政局": "mz@example.org", "区教育局": "jy@example.org"}
    )
    report_progress(sqlite_database, Filing("1.1", "2024-03", ["12台"]), at("2024-03-29T10:00"), "test")
    report_progress(sqlite_database, Filing("2.1", "2024-03", ["66个"]), at("2024-03-29T10:00"), "test")
    sweep(sqlite_database, at("2024-04-02T00:00"))
    compose(sqlite_database, LINKED, at("2024-04-02T09:15"))
    open_case(sqlite_database, "2.1", MORNING, "督查室", wanted=Wanted(colour="yellow"))
    return built


def _unit(database: Database, built: Built, name: str) -> int:
    with database.read() as session:
        return session.get_one(tables.Post, built.posts[name]).unit_id


@pytest.fixture
def client(sqlite_database: Database, built: Built) -> Iterator[httpx.Client]:
    """区民政局, signed in; the address is that under which this test is reached."""
    unit_id = _unit(sqlite_database, built, "区民政局")
    with pages(sqlite_database, MORNING, role=Role.UNIT, unit_id=unit_id, links=LINKS) as found:
        yield found


def _post(client: httpx.Client, path: str) -> httpx.Response:
    return client.post(path, headers={"origin": str(client.base_url).rstrip("/")})


def test_a_unit_is_led_to_its_own_page_and_sees_its_cases_beside(client: httpx.Client) -> None:
    answer = client.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/mine")
    menu = client.get("/mine").text.split("<nav")[1].split("</nav>")[0]
    assert re.findall(r'href="([^"]+)"', menu) == ["/mine", "/cases"]


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMIN, Role.LEADER])
def test_others_have_no_such_page(sqlite_database: Database, built: Built, role: Role) -> None:
    with pages(sqlite_database, MORNING, role=role) as client:
        assert client.get("/mine").status_code == 403
        assert 'href="/mine"' not in client.get("/").text


def test_it_says_first_what_is_owed(client: httpx.Client) -> None:
    words = text_of(client.get("/mine").text)
    # 1.1 has reported March, 1.2 has not; the report was due on Friday 29 March
    assert "3月进展填报 2 项中还有 1 项没有报" in words
    assert "已超过 3月29日" in words


def test_it_shows_the_unit_s_own_and_nothing_else(
    client: httpx.Client, sqlite_database: Database, built: Built
) -> None:
    html = client.get("/mine").text
    assert "12 / 100台" in text_of(html)
    assert "任务1.2" in html
    for hidden in ("任务2.1", "555", "66", "区教育局", "督办〔2024〕1号"):
        assert hidden not in html, hidden
    unit_id = _unit(sqlite_database, built, "区教育局")
    with pages(sqlite_database, MORNING, role=Role.UNIT, unit_id=unit_id, links=LINKS) as other:
        words = text_of(other.get("/mine").text)
    assert "督办〔2024〕1号" in words
    assert "66 / 555个" in words
    assert "任务1.1" not in words


def test_a_street_sees_its_share_and_not_that_of_the_next(sqlite_database: Database, built: Built) -> None:
    unit_id = _unit(sqlite_database, built, "甲街道")
    with pages(sqlite_database, MORNING, role=Role.UNIT, unit_id=unit_id, links=LINKS) as client:
        words = text_of(client.get("/mine").text)
        assert "未报 / 33场" in words
        assert "44" not in words
        assert "77" not in words
        assert client.get("/mine?lang=en").status_code == 200


def test_its_messages_are_its_own(client: httpx.Client) -> None:
    html = client.get("/mine").text.split("发给本单位的消息")[1]
    assert "区民政局" in html
    assert "区教育局" not in html


def test_the_button_leads_to_the_form_of_the_unit_by_a_link_of_its_own(
    client: httpx.Client, sqlite_database: Database
) -> None:
    answer = _post(client, "/mine/report")
    assert answer.status_code == 303
    form = client.get(answer.headers["location"])
    assert form.status_code == 200
    assert "区民政局" in form.text
    assert "任务2.1" not in form.text


@pytest.mark.parametrize("leaves", ["retired", "moved", "promoted", "renamed"])
def test_the_form_s_link_ends_with_the_user_who_asked_for_it(
    sqlite_database: Database, built: Built, leaves: str
) -> None:
    """Somebody who only gets another post keeps it; the link that the desk handed over stays open in any case."""
    unit_id = _unit(sqlite_database, built, "区民政局")
    handed, _ = new_link(sqlite_database, LINKED, "区民政局", None, MORNING, "督查室")
    with pages(sqlite_database, MORNING, role=Role.UNIT, unit_id=unit_id, links=LINKS) as client:
        own = _post(client, "/mine/report").headers["location"]
        _leave(sqlite_database, leaves)
        assert client.get(own).status_code == (200 if leaves == "renamed" else 410)
        assert client.get(handed.removeprefix("http://duban.example.org")).status_code == 200
    with sqlite_database.read() as session:
        ended = [one.who for one in session.exec(select(tables.Event)) if one.what == "link_revoked"]
    assert ended == ([] if leaves == "renamed" else ["boss"])


def _leave(database: Database, how: str) -> None:
    with database.read() as session:
        number = session.exec(select(tables.User.id)).one() or 0
    match how:
        case "retired":
            retire_user(database, number, MORNING, "boss")
        case "moved":
            change_user(database, number, Of("", Role.UNIT, "区教育局"), 1, MORNING, "boss")
        case "promoted":
            change_user(database, number, Of("", Role.LEADER), 1, MORNING, "boss")
        case _:
            change_user(database, number, Of("新岗", Role.UNIT, "区民政局"), 1, MORNING, "boss")


def test_without_an_address_of_the_pages_it_says_why(sqlite_database: Database, built: Built) -> None:
    unit_id = _unit(sqlite_database, built, "区民政局")
    with pages(sqlite_database, MORNING, role=Role.UNIT, unit_id=unit_id) as client:
        for path in ("/mine/report", "/mine/calendar"):
            answer = _post(client, path)
            assert answer.status_code == 422
            assert 'class="problem"' in answer.text


def test_its_table_can_be_kept(client: httpx.Client) -> None:
    sheet = load_workbook(io.BytesIO(client.get("/mine/tasks.xlsx").content)).worksheets[0]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in rows] == ["1.1", "1.2"]
    assert rows[0][3:6:2] == (100, 12)


def test_a_calendar_is_made_read_again_and_revoked(client: httpx.Client, sqlite_database: Database) -> None:
    assert _post(client, "/mine/calendar").headers["location"] == "/mine?told=mine.calendar&n=1"
    (address,) = re.findall(r'value="(http[^"]+/feeds/[^"]+\.ics)"', client.get("/mine").text)
    path = address.removeprefix(LINKS.base_url)
    stranger = httpx.Client(base_url=client.base_url)
    first = stranger.get(path)
    assert first.headers["content-type"] == "text/calendar; charset=utf-8"
    assert Calendar.from_ical(first.content).walk("VEVENT")
    assert stranger.head(path).headers["etag"] == first.headers["etag"]
    assert stranger.head(path).content == b""
    for known in (first.headers["etag"], f'"x", W/{first.headers["etag"]}'):
        again = stranger.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
    assert stranger.get(path, headers={"If-None-Match": '"x"'}).status_code == 200
    assert _post(client, "/mine/calendar/revoke").status_code == 303
    assert stranger.get(path).status_code == 410
    assert stranger.get("/feeds/unknown.ics").status_code == 404
    stranger.close()


def test_a_feed_opens_no_form_and_a_form_no_feed(
    client: httpx.Client, sqlite_database: Database, built: Built
) -> None:
    unit_id = _unit(sqlite_database, built, "区民政局")
    token = new_feed(sqlite_database, LINKS, unit_id, MORNING, "test").rpartition("/")[2]
    assert client.get(f"/r/{token.removesuffix('.ics')}").status_code == 404
    link = _post(client, "/mine/report").headers["location"].rpartition("/")[2]
    assert client.get(f"/feeds/{link}.ics").status_code == 404
