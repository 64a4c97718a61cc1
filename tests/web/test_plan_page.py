"""计划信息: what moves is told before it is saved; two at once see both values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import httpx
import pytest

from db import tables
from db.session import Database
from engine.roles import Role
from tests.web.running import pages
from tests.web.test_policy_page import filled
from tests.workflows.office_2024 import Task, at, build

NOW = at("2024-06-14T18:00")
PATH = "/settings/plan"


@pytest.fixture
def client(sqlite_database: Database) -> Iterator[httpx.Client]:
    """The pages of a plan with one sub-task without a deadline and one with its own, for a coordinator."""
    build(sqlite_database, Task("1.1"), Task("1.2", deadline=date(2024, 10, 31)))
    with pages(sqlite_database, NOW, role=Role.COORDINATOR) as found:
        found.headers["Origin"] = str(found.base_url).rstrip("/")
        yield found


def stored(database: Database) -> tuple[str, int]:
    """The plan's title and revision."""
    with database.read() as session:
        row = session.get_one(tables.Plan, 1)
        return row.title, row.revision


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_the_page_shows_what_the_plan_says_of_itself(client: httpx.Client, locale: str) -> None:
    html = client.get(PATH, params={"lang": locale}).text
    assert filled(html) == {
        "plan": "1",
        "revision": "1",
        "title": "年度任务",
        "number": "",
        "issuer": "",
        "issued_on": "2024-02-28",
        "year": "2024",
        "execute_until": "2024-11-30",
        "gap_fill_until": "2024-12-31",
    }
    assert re.search(r'type="hidden" name="year"', html)


@pytest.mark.parametrize("path", [PATH, f"{PATH}/preview"])
def test_what_moves_is_told_before_anything_is_stored(
    client: httpx.Client, sqlite_database: Database, path: str
) -> None:
    sent = filled(client.get(PATH).text) | {"execute_until": "2024-10-31"}
    answer = client.post(path, data=sent)
    assert answer.status_code == 200
    assert "1 项没有自己时限的子任务，完成时限从11月30日（周六）改到10月31日（周四）。" in answer.text
    assert "1 项有自己的时限" in answer.text
    assert stored(sqlite_database) == ("年度任务", 1)
    saved = client.post(PATH, data=filled(answer.text))
    assert (saved.status_code, saved.headers["location"]) == (303, f"{PATH}?told=plan.saved&n=1&plan=1")
    assert stored(sqlite_database) == ("年度任务", 2)
    assert "已保存 1 处改动" in client.get(saved.headers["location"]).text


def test_who_changes_a_day_after_the_preview_is_told_again(
    client: httpx.Client, sqlite_database: Database
) -> None:
    told = client.post(PATH, data=filled(client.get(PATH).text) | {"execute_until": "2024-10-31"})
    again = client.post(PATH, data=filled(told.text) | {"execute_until": "2024-09-30"})
    assert again.status_code == 200
    assert "改到9月30日" in again.text
    assert stored(sqlite_database)[1] == 1


def test_a_title_needs_no_preview(client: httpx.Client, sqlite_database: Database) -> None:
    answer = client.post(PATH, data=filled(client.get(PATH).text) | {"title": "民生实事"})
    assert answer.status_code == 303
    assert stored(sqlite_database) == ("民生实事", 2)


@pytest.mark.parametrize(
    ("name", "value", "typed_again"),
    [
        ("title", "", ""),
        ("execute_until", "2024-02-01", "2024-02-01"),
        ("issued_on", "后天", "后天"),
        ("year", "x", "2024"),  # nobody types it: it is hidden once something hangs on it
        ("gap_fill_until", "2024-11-30", "2024-11-30"),
    ],
)
def test_a_refused_form_keeps_what_was_typed(
    client: httpx.Client, sqlite_database: Database, name: str, value: str, typed_again: str
) -> None:
    sent = filled(client.get(PATH).text) | {"issuer": "区政府", name: value}
    answer = client.post(PATH, data=sent)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    kept = filled(answer.text)
    assert (kept["issuer"], kept[name]) == ("区政府", typed_again)
    assert stored(sqlite_database) == ("年度任务", 1)


@pytest.mark.parametrize("path", [PATH, f"{PATH}/preview"])
def test_who_has_seen_an_older_revision_stores_nothing_and_sees_both(
    client: httpx.Client, sqlite_database: Database, path: str
) -> None:
    sent = filled(client.get(PATH).text)
    client.post(PATH, data=sent | {"title": "甲"})
    answer = client.post(path, data=sent | {"title": "乙"})
    assert answer.status_code == 409
    assert filled(answer.text)["title"] == "乙"
    assert "现在：甲" in answer.text
    assert stored(sqlite_database) == ("甲", 2)


def test_a_closed_plan_is_shown_and_not_changed(client: httpx.Client, sqlite_database: Database) -> None:
    sent = filled(client.get(PATH).text)
    with sqlite_database.write() as session:
        session.get_one(tables.Plan, 1).state = "closed"
    html = client.get(PATH, params={"plan": 1}).text
    assert "已经收官" in html
    assert "<input" not in html.split("<main", 1)[1]
    assert client.post(PATH, data=sent | {"title": "甲"}).status_code == 422
    assert stored(sqlite_database) == ("年度任务", 1)


def test_without_a_plan_it_says_what_comes_first(sqlite_database: Database) -> None:
    with pages(sqlite_database, NOW, role=Role.COORDINATOR) as client:
        assert "/imports/new" in client.get(PATH).text
        assert client.get(f"{PATH}?plan=7").status_code == 404
