"""年历, 备份, 办理记录: what they show, what they store, what they refuse."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import httpx
import pytest
from openpyxl import load_workbook
from sqlalchemy import text
from sqlmodel import select

from db import audit, runs, tables
from db.session import Database
from engine.roles import Role
from tests.web.running import pages
from tests.workflows.office_2024 import Task, at, build
from web.pages.audit import AT_ONCE
from web.site import Installation
from workflows.set_policy import set_policy

NOW = at("2026-11-16T18:00")
YEARS, BACKUP, AUDIT = "/settings/years", "/settings/backup", "/settings/audit"


@pytest.fixture
def client(sqlite_database: Database, tmp_path: Path) -> Iterator[httpx.Client]:
    """The pages of a plan with two decisions on record, for an administrator, with a folder for backups."""
    build(sqlite_database, Task("1.1", deadline=date(2024, 10, 31)), Task("2.1", lead="区教育局"))
    set_policy(sqlite_database, None, ["yellow_after=4"], at("2024-03-01T09:00"), "督查室甲")
    set_policy(sqlite_database, None, ["yellow_after=3"], at("2024-03-02T09:00"), "督查室乙")
    place = Installation(backups=tmp_path)
    with pages(sqlite_database, NOW, installation=place, files=tmp_path / "files") as found:
        found.headers["Origin"] = str(found.base_url).rstrip("/")
        yield found


def hidden(html: str, name: str) -> str:
    """The value of that hidden field."""
    return str(re.findall(rf'name="{name}" value="([^"]*)"', html)[0])


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
@pytest.mark.parametrize("path", [YEARS, BACKUP, AUDIT, f"{AUDIT}/verify"])
def test_each_page_is_there_in_both_languages(client: httpx.Client, path: str, locale: str) -> None:
    assert client.get(path, params={"lang": locale}).status_code == 200


def test_a_year_shows_what_is_worked_and_what_is_estimated(client: httpx.Client) -> None:
    published = client.get(YEARS, params={"year": 2024}).text
    assert '<td class="d off">1<i>休</i></td>' in published
    assert '<td class="d makeup">29<i>班</i></td>' in published  # 29 September 2024
    assert "公布的安排" in published
    estimated = client.get(YEARS, params={"year": 2027}).text
    assert "估算" in estimated
    assert "2027 年的放假安排还没有录入" in estimated


def test_entering_a_year_lists_what_moves_and_is_in_force(
    client: httpx.Client, sqlite_database: Database
) -> None:
    given = {"year": "2024", "seen": "", "off": "2024-10-01..2024-10-07、2024-10-31", "makeup": "2024-10-12"}
    answer = client.post(YEARS, data=given)
    assert answer.status_code == 200
    assert "已录入 2024 年" in answer.text
    assert "月报截止" in answer.text
    assert '<td class="d off">31<i>休</i></td>' in answer.text
    with sqlite_database.read() as session:
        stored = session.get(tables.CalendarYear, 2024)
        assert stored is not None
        assert (len(stored.days_off), stored.makeup_days) == (8, ["2024-10-12"])


@pytest.mark.parametrize(
    "changed",
    [
        {"off": "2025-01-01"},
        {"off": "2024-13-01"},
        {"makeup": "2024-10-08"},
        {"off": "2024-10-12"},
        {"year": "x"},
    ],
)
def test_a_year_that_makes_no_sense_is_refused_and_what_was_typed_stays(
    client: httpx.Client, sqlite_database: Database, changed: dict[str, str]
) -> None:
    given = {"year": "2024", "seen": "", "off": "2024-10-01", "makeup": "2024-10-12"} | changed
    answer = client.post(YEARS, data=given)
    assert answer.status_code == 422
    assert given["off"] in answer.text
    assert given["makeup"] in answer.text
    with sqlite_database.read() as session:
        assert session.get(tables.CalendarYear, 2024) is None


def test_who_has_not_seen_what_was_entered_meanwhile_stores_nothing(
    client: httpx.Client, sqlite_database: Database
) -> None:
    before = hidden(client.get(YEARS, params={"year": 2024}).text, "seen")
    client.post(YEARS, data={"year": "2024", "seen": before, "off": "2024-10-01", "makeup": ""})
    answer = client.post(YEARS, data={"year": "2024", "seen": before, "off": "2024-10-02", "makeup": ""})
    assert answer.status_code == 409
    assert "现在：2024-10-01" in answer.text
    assert ">2024-10-02</textarea>" in answer.text
    with sqlite_database.read() as session:
        stored = session.get(tables.CalendarYear, 2024)
        assert stored is not None
        assert stored.days_off == ["2024-10-01"]
    again = {"year": "2024", "seen": hidden(answer.text, "seen"), "off": "2024-10-02", "makeup": ""}
    assert client.post(YEARS, data=again).status_code == 200


def test_a_backup_goes_into_the_folder_and_the_page_knows_when(client: httpx.Client, tmp_path: Path) -> None:
    assert "还没有备份过" in client.get(BACKUP).text
    assert client.post(BACKUP).status_code == 303
    (made,) = tmp_path.glob("duban-*.zip")
    assert "manifest.json" in zipfile.ZipFile(made).namelist()
    assert made.name in client.get(BACKUP).text


def test_a_backup_is_downloaded_without_the_key(client: httpx.Client, tmp_path: Path) -> None:
    answer = client.post(f"{BACKUP}/download")
    assert answer.headers["content-type"] == "application/zip"
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert "manifest.json" in names
    assert not any(name.startswith("key/") for name in names)
    assert not list(tmp_path.glob("duban-*.zip"))


def test_without_a_folder_it_is_said_where_to_name_one(sqlite_database: Database, tmp_path: Path) -> None:
    with pages(sqlite_database, NOW) as found:
        found.headers["Origin"] = str(found.base_url).rstrip("/")
        assert "backup_dir" in found.get(BACKUP).text
        assert found.post(BACKUP).status_code == 422
    gone = Installation(backups=tmp_path / "absent")
    with pages(sqlite_database, NOW, installation=gone) as found:
        found.headers["Origin"] = str(found.base_url).rstrip("/")
        answer = found.post(BACKUP)
        assert answer.status_code == 422
        assert "写不了备份文件" in answer.text


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ({}, 2),
        ({"who": "督查室甲"}, 1),
        ({"what": "set_policy"}, 2),
        ({"what": "import"}, 0),
        ({"since": "2024-03-02"}, 1),
        ({"since": "2024-03-03"}, 0),
        ({"until": "2024-03-01"}, 1),
        ({"until": "2024-02-29"}, 0),
        ({"since": "soon"}, 2),
        ({"subtask": "1.1"}, 0),
        ({"page": "9"}, 2),
    ],
)
def test_the_record_is_filtered_by_the_address(
    client: httpx.Client, asked: dict[str, str], number: int
) -> None:
    assert (f"共 {number} 条" in client.get(AUDIT, params=asked).text) is (number > 0 and "page" not in asked)
    if "page" not in asked:
        sheet = load_workbook(io.BytesIO(client.get(f"{AUDIT}.xlsx", params=asked).content)).active
        assert sheet is not None
        assert sheet.max_row == number + 1


def test_decisions_are_told_in_words_and_unknown_ones_as_they_are(
    client: httpx.Client, sqlite_database: Database
) -> None:
    with sqlite_database.write() as session:
        runs.record(session, "never_heard_of", "某人", NOW)
        runs.record(session, "case_open", "policy:auto_open_case", NOW)
    said = client.get(AUDIT).text
    assert "<td>修改规则参数</td>" in said
    assert "<td>never_heard_of</td>" in said
    assert "<td>按规则：到时自动开督办单（否则请督查专员开）</td>" in said


def test_a_sub_task_that_is_not_there_is_refused(client: httpx.Client) -> None:
    assert client.get(AUDIT, params={"subtask": "9.9"}).status_code == 422


def test_a_whole_record_holds_and_a_head_on_paper_is_looked_for(
    client: httpx.Client, sqlite_database: Database
) -> None:
    with sqlite_database.read() as session:
        head = audit.head(session).shown
    assert head in client.get(AUDIT).text
    assert "记录完整" in client.get(f"{AUDIT}/verify").text
    assert "记录完整" in client.get(f"{AUDIT}/verify", params={"head": head}).text
    assert "链上没有这个值" in client.get(f"{AUDIT}/verify", params={"head": "0" * 32}).text


def test_an_altered_record_is_named(client: httpx.Client, sqlite_database: Database) -> None:
    with sqlite_database.engine.begin() as connection:
        for name in connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ).scalars():
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text("UPDATE events SET who = '别人' WHERE sequence = 1"))
    assert "内容被改动过" in client.get(f"{AUDIT}/verify").text


def test_a_long_record_is_checked_beside_the_pages(client: httpx.Client, sqlite_database: Database) -> None:
    with sqlite_database.write() as session:
        for _ in range(AT_ONCE):
            runs.record(session, "accept_report", "督查专员", NOW)
    shown = client.get(f"{AUDIT}/verify")
    while "正在逐条核对" in shown.text:
        shown = client.get(f"{AUDIT}/verify")
    assert "记录完整" in shown.text


@pytest.mark.parametrize(
    ("role", "open_ones"),
    [(Role.LEADER, {AUDIT}), (Role.COORDINATOR, {AUDIT, YEARS}), (Role.ADMIN, {AUDIT, YEARS, BACKUP})],
)
def test_each_role_opens_what_is_its_own(sqlite_database: Database, role: Role, open_ones: set[str]) -> None:
    with pages(sqlite_database, NOW, role=role) as found:
        assert {path for path in (YEARS, BACKUP, AUDIT) if found.get(path).status_code == 200} == open_ones


def test_a_backup_is_on_record_after_what_it_holds(client: httpx.Client, sqlite_database: Database) -> None:
    for path in (BACKUP, f"{BACKUP}/download"):
        client.post(path, headers={"Origin": str(client.base_url).rstrip("/")})
    with sqlite_database.read() as session:
        events = session.exec(select(tables.Event).where(tables.Event.what == "backup")).all()
    assert [one.details["file"].endswith(".zip") for one in events] == [True, True]
    assert "备份" in client.get(AUDIT).text
    assert "没有被改动过" in client.get(f"{AUDIT}/verify").text


def test_leaders_find_the_record_in_their_menu_and_nothing_else_of_the_settings(
    sqlite_database: Database,
) -> None:
    with pages(sqlite_database, NOW, role=Role.LEADER) as leader:
        html = leader.get(AUDIT).text
        assert f'<a href="{AUDIT}" aria-current="page">办理记录</a>' in html
        assert 'href="/settings"' not in html
        assert leader.get("/settings").status_code == 403
