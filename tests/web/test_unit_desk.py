"""单位: the desk adds one, takes a name away, and makes, renews and revokes its calendar."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from sqlmodel import select

from db import tables
from db.session import Database
from engine.roles import Role
from tests.notifications.contents import visible
from tests.web.running import pages
from tests.web.test_unit_pages import number, post
from tests.workflows.office_2024 import LINKED, LINKS, Task, at, build
from workflows.import_contacts import alias_unit

NOW = at("2024-04-02T18:00")
UNIT = "区卫生健康局"


@pytest.fixture
def client(sqlite_database: Database) -> Iterator[httpx.Client]:
    build(sqlite_database, Task("1", lead=UNIT))
    alias_unit(sqlite_database, UNIT, "卫生局", NOW, "t")
    with pages(sqlite_database, NOW, office=LINKED, links=LINKS, role=Role.COORDINATOR) as found:
        yield found


def names(database: Database) -> set[str]:
    """Units and their other names."""
    with database.read() as session:
        units = {row.name for row in session.exec(select(tables.Unit))}
        return units | {row.name for row in session.exec(select(tables.UnitAlias))}


def test_a_unit_is_added_and_its_page_says_what_is_next(
    client: httpx.Client, sqlite_database: Database
) -> None:
    answer = post(client, "/units", name="区科技局", kind="department", aliases="科技局、科委")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/units/{number(sqlite_database, '区科技局')}?told=unit_added&n=1"
    assert {"区科技局", "科技局", "科委"} <= names(sqlite_database)
    assert "现在可以登记联系人" in client.get(answer.headers["location"]).text


def test_a_near_name_is_asked_about_and_everything_typed_stays(
    client: httpx.Client, sqlite_database: Database
) -> None:
    typed = {"name": "区卫健局", "kind": "enterprise", "aliases": "卫健"}
    answer = post(client, "/units", **typed)
    assert answer.status_code == 422
    assert f'href="/units/{number(sqlite_database, UNIT)}"' in answer.text
    assert 'value="区卫健局"' in answer.text
    assert 'value="enterprise" selected' in answer.text
    assert "区卫健局" not in names(sqlite_database)
    assert post(client, "/units", **typed, sure="1").status_code == 303
    assert "区卫健局" in names(sqlite_database)


def test_a_name_is_taken_away_after_it_is_confirmed(client: httpx.Client, sqlite_database: Database) -> None:
    path = f"/units/{number(sqlite_database, UNIT)}"
    assert "去掉“卫生局”" in client.get(path).text
    assert (
        post(client, f"{path}/names/remove", alias="卫生局")
        .headers["location"]
        .endswith("told=alias_removed&n=1")
    )
    assert "卫生局" not in names(sqlite_database)
    assert "alias_gone" in post(client, f"{path}/names/remove", alias="卫生局").headers["location"]


def test_a_unit_that_was_added_by_mistake_is_removed_after_it_is_confirmed(
    client: httpx.Client, sqlite_database: Database
) -> None:
    post(client, "/units", name="区科技局", kind="department", aliases="科委")
    path = f"/units/{number(sqlite_database, '区科技局')}"
    page = client.get(path).text
    assert "请先在本页去掉别名" in page
    assert f'action="{path}/remove"' not in page
    refused = post(client, f"{path}/remove")
    assert refused.status_code == 422
    assert "能去掉的请先去掉" in refused.text
    post(client, f"{path}/names/remove", alias="科委")
    page = client.get(path).text
    assert "确认删除“区科技局”" in page.split(f'action="{path}/remove"')[1]
    answer = post(client, f"{path}/remove")
    assert answer.headers["location"] == "/units?told=unit_removed&n=1"
    assert "单位已删除" in client.get(answer.headers["location"]).text
    assert "区科技局" not in names(sqlite_database)
    assert post(client, f"{path}/remove").status_code == 404


def test_from_a_refused_form_the_other_language_is_one_step_away(
    client: httpx.Client, sqlite_database: Database
) -> None:
    path = f"/units/{number(sqlite_database, UNIT)}"
    refused = post(client, f"{path}/remove").text
    found = re.search(r'class="language" href="([^"]+)"', refused)
    assert found
    assert found[1] == f"{path}?lang=en"
    assert client.get(found[1]).status_code == 200


def test_a_unit_with_work_is_not_offered_for_removal_and_stays(
    client: httpx.Client, sqlite_database: Database
) -> None:
    path = f"/units/{number(sqlite_database, UNIT)}"
    assert "删除单位" not in client.get(path).text
    assert post(client, f"{path}/remove").status_code == 422
    assert UNIT in names(sqlite_database)


def test_a_calendar_is_made_shown_once_renewed_and_revoked(
    client: httpx.Client, sqlite_database: Database
) -> None:
    path = f"/units/{number(sqlite_database, UNIT)}"
    first = address_in(post(client, f"{path}/calendar").text)
    assert feed(client, first) == 200
    again = client.get(path).text
    assert first not in again
    assert "生成的地址正在使用" in again
    second = address_in(post(client, f"{path}/calendar").text)
    assert (feed(client, first), feed(client, second)) == (410, 200)
    assert post(client, f"{path}/calendar/revoke").status_code == 303
    assert feed(client, second) == 410
    with sqlite_database.read() as session:
        events = [row.what for row in session.exec(select(tables.Event).order_by(tables.Event.id))]  # type: ignore[arg-type]
    assert events[-3:] == ["calendar_new", "calendar_new", "calendar_revoked"]


def test_the_calendar_of_a_unit_that_is_not_there_is_refused(client: httpx.Client) -> None:
    assert post(client, "/units/99/calendar").status_code == 404


def test_leaders_see_neither_forms_nor_calendars(client: httpx.Client, sqlite_database: Database) -> None:
    with pages(sqlite_database, NOW, office=LINKED, links=LINKS, role=Role.LEADER) as leader:
        html = leader.get(f"/units/{number(sqlite_database, UNIT)}").text
        assert "/calendar" not in html.split("<main", 1)[1]
        assert post(leader, f"/units/{number(sqlite_database, UNIT)}/remove").status_code == 403
        assert leader.get("/units/new").status_code == 403
        assert "/units/new" not in leader.get("/units").text


@pytest.mark.parametrize(
    ("path", "locale", "words"),
    [
        ("/units/new", "zh-CN", "登记新单位"),
        ("/units/new", "en", "Add a unit"),
        ("/units/1", "zh-CN", "又名：卫生局"),
        ("/units/1", "en", "also: 卫生局"),
    ],
)
def test_both_languages(client: httpx.Client, path: str, locale: str, words: str) -> None:
    answer = client.get(path, params={"lang": locale})
    assert (answer.status_code, words in visible(answer.text)) == (200, True)


def address_in(html: str) -> str:
    """The calendar's address as the page shows it."""
    found = re.search(r'id="f-feed" readonly value="([^"]+)"', html)
    assert found
    return found[1]


def feed(client: httpx.Client, address: str) -> int:
    """What a calendar program is answered."""
    return client.get(address.removeprefix(LINKS.base_url)).status_code
