"""恢复后的发送 on a real server: a banner everywhere, what fell due, ended one by one or all, sent, on record."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import httpx
import openpyxl
import pytest
from sqlmodel import col, select

from db import hold, tables
from db.session import Database
from engine.roles import Role
from tests.channels import RememberingChannel
from tests.notifications.contents import visible
from tests.web.running import pages
from tests.workflows.office_2024 import Task, at, build
from tests.workflows.test_main_flow import EMAILS, endings, messages, turn
from workflows.deliver import deliver
from workflows.office import Office
from workflows.send_digest import send_digest
from workflows.sweep import sweep

NOW, PATH = at("2024-03-29T17:05"), "/service/release"


@pytest.fixture
def client(database: Database, office: Office) -> Iterator[httpx.Client]:
    """Held since 17:00 on the Friday: two digests wait, and reminders to both units that no message carries."""
    build(database, Task("1"), Task("2", lead="区教育局"), emails=EMAILS, coordinator=None)
    turn(database, office, "2024-03-26T09:30")
    with database.write() as session:
        hold.hold(session, at("2024-03-29T17:00"), at("2024-03-27T02:00"))
    turn(database, office, "2024-03-29T08:00")
    send_digest(database, office, at("2024-03-29T15:00"))
    with pages(database, NOW, role=Role.COORDINATOR, office=office) as client:
        client.headers["Origin"] = str(client.base_url).rstrip("/")
        yield client


def keys(client: httpx.Client) -> list[str]:
    return re.findall(r'name="d-(\w+)"', client.get(PATH).text)


def seen(client: httpx.Client) -> str:
    found: list[str] = re.findall(r'name="seen" value="(\w+)"', client.get(PATH).text)
    return found[0]


def events(database: Database) -> list[tuple[str, str, str]]:
    with database.read() as session:
        found = session.exec(select(tables.Event).where(col(tables.Event.what).startswith("release")))
        return [(one.what, one.who, one.details["decision"]) for one in found]


@pytest.mark.parametrize("path", ["/", "/messages", "/units", "/service", "/reviews"])
def test_every_page_of_the_desk_says_that_nothing_leaves_and_where_it_is_decided(
    client: httpx.Client, path: str
) -> None:
    page = client.get(path).text
    assert "暂停发送：现在什么消息都不发" in page
    assert f'href="{PATH}"' in page
    assert "nothing leaves now" in client.get(f"{path}?lang=en").text


@pytest.mark.parametrize(
    ("role", "is_told", "is_led"), [(Role.LEADER, True, False), (Role.ADMIN, True, True)]
)
def test_leaders_are_told_and_the_desk_is_led_there(
    client: httpx.Client, database: Database, role: Role, is_told: bool, is_led: bool
) -> None:
    with pages(database, NOW, role=role) as other:
        page = other.get("/messages").text
        assert ("现在什么消息都不发" in page, f'href="{PATH}"' in page) == (is_told, is_led)
        assert other.get(PATH).status_code == (200 if is_led else 403)


def test_units_are_not_told(client: httpx.Client, database: Database) -> None:
    with pages(database, NOW, role=Role.UNIT, unit_id=1) as unit:
        assert "现在什么消息都不发" not in unit.get("/mine").text
        assert unit.get(PATH).status_code == 403


def test_it_shows_what_fell_due_and_keeps_it_as_a_workbook(client: httpx.Client) -> None:
    page = visible(client.get(PATH).text)
    assert "备份之后到期的有 4 项" in page
    assert "备份是 3月27日 02:00 的" in page
    assert [key[0] for key in keys(client)] == ["m", "m", "p", "p"]
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{PATH}.xlsx").content))
    assert book.worksheets[0].max_row == 5
    assert "Send them and go on" in visible(client.get(f"{PATH}?lang=en").text)


def test_some_are_ended_while_the_rest_waits_and_then_leaves(
    client: httpx.Client, database: Database, office: Office, channel: RememberingChannel
) -> None:
    first, _, third, _ = keys(client)
    none = client.post(PATH, data={"decision": "chosen"})
    assert (none.status_code, "没有选中消息" in none.text) == (422, True)
    form = {"decision": "chosen", "seen": seen(client), f"d-{first}": "1", f"d-{third}": "1"}
    ended = client.post(PATH, data=form)
    assert (ended.status_code, ended.headers["location"]) == (303, f"{PATH}?told=release.chosen&n=2")
    assert len(keys(client)) == 2
    before = len(channel.sent)
    deliver(database, office, NOW)
    assert len(channel.sent) == before
    sent = client.post(PATH, data={"decision": "send", "seen": seen(client)})
    assert sent.headers["location"] == "/service?told=release.send&n=2"
    assert "现在什么消息都不发" not in client.get("/").text
    turn(database, office, "2024-04-01T09:30")
    assert {one.state for one in messages(database)} == {"accepted", "superseded"}
    assert events(database) == [
        ("release_part", "coordinator", "supersede_chosen"),
        ("release", "coordinator", "send"),
    ]


def test_all_are_ended(
    client: httpx.Client, database: Database, office: Office, channel: RememberingChannel
) -> None:
    before = len(channel.sent)
    done = client.post(PATH, data={"decision": "supersede", "seen": seen(client), "until": ""})
    assert done.headers["location"] == "/service?told=release.supersede&n=4"
    deliver(database, office, NOW)
    assert len(channel.sent) == before
    assert ("report_due", "superseded", "restored") in endings(database)
    again = client.post(PATH, data={"decision": "supersede", "seen": "x"})
    assert again.status_code == 409
    assert "发送正常，没有暂停" in visible(client.get(PATH).text)


def test_only_what_fell_due_before_the_moment_is_ended(client: httpx.Client, database: Database) -> None:
    wrong = client.post(PATH, data={"decision": "supersede", "seen": seen(client), "until": "下午"})
    assert wrong.status_code == 422
    form = {"decision": "supersede", "seen": "old", "until": "2024-03-29T12:00"}
    assert 'value="2024-03-29T12:00"' in client.post(PATH, data=form).text
    form["seen"] = seen(client)
    assert client.post(PATH, data=form).status_code == 303
    assert [one.state for one in messages(database) if one.kind == "digest"] == ["waiting", "waiting"]


def test_a_list_that_was_not_seen_is_not_decided_about(client: httpx.Client, database: Database) -> None:
    old = seen(client)
    ended = client.post(PATH, data={"decision": "chosen", "seen": old, f"d-{keys(client)[0]}": "1"})
    assert ended.status_code == 303
    refused = client.post(PATH, data={"decision": "send", "seen": old})
    assert (refused.status_code, "到期的消息刚有变化" in refused.text) == (409, True)
    with database.read() as session:
        assert hold.held(session) is not None
    assert client.post(PATH, data={"decision": "else", "seen": seen(client)}).status_code == 422


def test_a_tick_of_an_old_list_ends_nothing_that_nobody_was_shown(
    client: httpx.Client, database: Database, office: Office
) -> None:
    _, _, third, fourth = keys(client)
    form = {"decision": "chosen", "seen": seen(client), f"d-{third}": "1", f"d-{fourth}": "1"}
    sweep(database, at("2024-04-01T08:30"))  # another reminder for each post, in the place of the one shown
    before = endings(database)
    with pages(database, at("2024-04-01T09:00"), role=Role.COORDINATOR, office=office) as later:
        later.headers["Origin"] = str(later.base_url).rstrip("/")
        assert keys(later)[2:] == [third, fourth]
        refused = later.post(PATH, data=form)
        assert (refused.status_code, "到期的消息刚有变化" in refused.text) == (409, True)
        assert endings(database) == before
        assert (events(database), "checked" in refused.text) == ([], False)
        ended = later.post(PATH, data={**form, "seen": seen(later)})
        assert ended.headers["location"] == f"{PATH}?told=release.chosen&n=2"


@pytest.mark.parametrize("role", [Role.LEADER, Role.UNIT])
def test_others_decide_nothing(client: httpx.Client, database: Database, role: Role) -> None:
    with pages(database, NOW, role=role, unit_id=1 if role is Role.UNIT else None) as other:
        other.headers["Origin"] = str(other.base_url).rstrip("/")
        assert other.post(PATH, data={"decision": "supersede"}).status_code == 403
    with database.read() as session:
        assert hold.held(session) is not None
