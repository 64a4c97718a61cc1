"""规则参数: every number has its words; a change is seen before it is stored, and two at once see both."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import httpx
import pytest
from openpyxl import load_workbook

from db import tables
from db.session import Database
from engine.policy import DEFAULT, Policy
from engine.roles import Role
from tests.web.running import pages
from tests.workflows.office_2024 import Task, at, build
from web.pages.policy import GROUPS
from web.words import LOCALES

NOW = at("2024-04-02T18:00")
PATH = "/settings/policy"


@pytest.fixture
def client(sqlite_database: Database) -> Iterator[httpx.Client]:
    """The pages of a plan whose red limit is its own, for a coordinator."""
    build(sqlite_database, Task("1.1"), policy={"red_after": 25})
    with pages(sqlite_database, NOW, role=Role.COORDINATOR) as found:
        found.headers["Origin"] = str(found.base_url).rstrip("/")
        yield found


def stored(database: Database) -> tuple[dict[str, object], int]:
    """The plan's own numbers and its revision."""
    with database.read() as session:
        row = session.get(tables.Plan, 1)
        assert row is not None
        return row.policy, row.revision


def filled(html: str) -> dict[str, str]:
    """What a browser would hand in unchanged."""
    found = dict(re.findall(r'<input[^>]* name="(\w+)"[^>]* ?value="([^"]*)"', html))
    for name, options in re.findall(r'<select[^>]* name="(\w+)">(.*?)</select>', html, re.DOTALL):
        found[name] = re.findall(r'value="(\w+)" selected', options)[0]
    return found


def test_every_number_is_in_one_group_and_has_words_in_both_languages() -> None:
    listed = [name for _, names in GROUPS for name in names]
    assert sorted(listed) == sorted(Policy.__dataclass_fields__)
    for words in LOCALES.values():
        assert {f"policy.{name}" for name in listed} | {
            f"policy.group.{group}" for group, _ in GROUPS
        } <= set(words)


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_what_differs_from_the_default_is_marked_with_it(client: httpx.Client, locale: str) -> None:
    said = client.get(PATH, params={"lang": locale}).text
    assert said.count("★") == 4  # the number, two that build() sets, and what the sign means
    assert {"zh-CN": "★ 默认 20", "en": "★ Default 20"}[locale] in said


def test_handing_the_form_in_unchanged_changes_nothing(
    client: httpx.Client, sqlite_database: Database
) -> None:
    before = stored(sqlite_database)
    sent = filled(client.get(PATH).text)
    assert len(sent) == len(Policy.__dataclass_fields__) + 2
    answer = client.post(PATH, data=sent)
    assert answer.status_code == 303
    assert "没有改动" in client.get(answer.headers["location"]).text
    assert stored(sqlite_database) == before


def test_a_preview_says_what_would_change_and_stores_nothing(
    client: httpx.Client, sqlite_database: Database
) -> None:
    before = stored(sqlite_database)
    sent = filled(client.get(PATH).text) | {"yellow_after": "3", "digest_hold": "true", "red_after": ""}
    answer = client.post(f"{PATH}/preview", data=sent)
    assert answer.status_code == 200
    assert "落后超过几天亮黄灯：5 → <b>3</b>" in answer.text
    assert "周报和评估等督查专员批准再发：否 → <b>是</b>" in answer.text
    assert "落后超过几天亮红灯：25 → <b>20</b>" in answer.text
    assert "保存这 3 处改动" in answer.text
    assert filled(answer.text)["yellow_after"] == "3"
    assert stored(sqlite_database) == before


def test_saving_puts_the_numbers_into_force_and_on_record(
    client: httpx.Client, sqlite_database: Database
) -> None:
    _, revision = stored(sqlite_database)
    sent = filled(client.get(PATH).text) | {
        "yellow_after": "3",
        "milestone_offsets": "-7, 0",
        "red_after": "",
    }
    answer = client.post(PATH, data=sent)
    assert "已保存 3 处改动" in client.get(answer.headers["location"]).text
    own, reached = stored(sqlite_database)
    assert (Policy.of(own).yellow_after, Policy.of(own).milestone_offsets) == (3, (-7, 0))
    assert Policy.of(own).red_after == DEFAULT.red_after
    assert reached == revision + 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("yellow_after", "26"),
        ("yellow_after", "-1"),
        ("yellow_after", "many"),
        ("remind_at", "25:00"),
        ("window_opens", "18:00"),
    ],
)
def test_a_number_that_makes_no_sense_is_refused_and_everything_typed_stays(
    client: httpx.Client, sqlite_database: Database, name: str, value: str
) -> None:
    before = stored(sqlite_database)
    sent = filled(client.get(PATH).text) | {"case_reply_days": "6", name: value}
    for path in (PATH, f"{PATH}/preview"):
        answer = client.post(path, data=sent)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
        assert filled(answer.text) == sent
    assert stored(sqlite_database) == before


def test_who_has_seen_an_older_revision_stores_nothing_and_sees_both(
    client: httpx.Client, sqlite_database: Database
) -> None:
    sent = filled(client.get(PATH).text)
    client.post(PATH, data=sent | {"yellow_after": "4"})
    between = stored(sqlite_database)
    answer = client.post(PATH, data=sent | {"yellow_after": "3"})
    assert answer.status_code == 409
    assert filled(answer.text)["yellow_after"] == "3"
    assert "现在：4" in answer.text
    assert stored(sqlite_database) == between
    assert client.post(PATH, data=filled(answer.text)).status_code == 303


def test_the_numbers_are_kept_as_a_workbook(client: httpx.Client) -> None:
    sheet = load_workbook(io.BytesIO(client.get(f"{PATH}.xlsx").content)).active
    assert sheet is not None
    rows = list(sheet.values)
    assert rows[0] == ("分组", "参数", "现在的值", "默认值")
    assert rows[2] == ("灯", "落后超过几天亮红灯", "25", "20")
    assert len(rows) == len(Policy.__dataclass_fields__) + 1


def test_without_a_plan_it_says_what_comes_first(sqlite_database: Database) -> None:
    with pages(sqlite_database, NOW, role=Role.COORDINATOR) as client:
        assert "导入任务分解表以后" in client.get(PATH).text
        assert client.get(f"{PATH}?plan=7").status_code == 404


def test_the_form_leads_to_the_messages_that_would_change_and_back_with_what_was_typed(
    client: httpx.Client, sqlite_database: Database
) -> None:
    sent = filled(client.get(PATH).text)
    answer = client.post(f"{PATH}/compare", data=sent | {"yellow_after": "3", "lagging_every": "4"})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/calendar/compare?plan=1&change=yellow_after%3D3")
    page = client.get(answer.headers["location"]).text
    assert "落后超过几天亮黄灯：5 → <b>3</b>" in page
    assert '<input type="hidden" name="yellow_after" value="3">' in page
    back = re.findall(r'href="(/settings/policy[^"]*)"', page)[-1].replace("&amp;", "&")
    again = client.get(back)
    assert (filled(again.text)["yellow_after"], filled(again.text)["lagging_every"]) == ("3", "4")
    assert "保存这 2 处改动" in again.text
    assert stored(sqlite_database)[1] == 1


@pytest.mark.parametrize(("typed", "status"), [({"yellow_after": "26"}, 422), ({}, 200)])
def test_numbers_that_cannot_be_or_change_nothing_are_not_compared(
    client: httpx.Client, typed: dict[str, str], status: int
) -> None:
    answer = client.post(f"{PATH}/compare", data=filled(client.get(PATH).text) | typed)
    assert answer.status_code == status
    assert filled(answer.text)["yellow_after"] == typed.get("yellow_after", "5")


@pytest.mark.parametrize(
    ("change", "status", "shown"),
    [("yellow_after=26", 422, "26"), ("colour=blue", 422, "5"), ("yellow_after", 200, "5")],
)
def test_an_address_with_odd_numbers_shows_the_form(
    client: httpx.Client, change: str, status: int, shown: str
) -> None:
    answer = client.get(PATH, params={"change": change})
    assert (answer.status_code, filled(answer.text)["yellow_after"]) == (status, shown)
