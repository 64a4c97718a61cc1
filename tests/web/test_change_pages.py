"""What the desk's pages tell of changes and of who is waiting for whom."""

from __future__ import annotations

from datetime import date

import pytest

from db.session import Database
from tests.web.running import pages
from tests.workflows.office_2024 import Built, Task, at, build
from workflows.change_request import Asked, approve_change, request_change
from workflows.sweep import sweep

NOW = at("2024-04-02T10:00")


@pytest.fixture
def built(sqlite_database: Database) -> Built:
    """One sub-task whose March report is late, extended once, with another request that waits."""
    built = build(sqlite_database, Task("1"), policy={"acknowledge": False})
    first = Asked("1", "extension", "供货<推迟>", "示函〔2024〕8号", deadline=date(2024, 12, 20))
    key = request_change(sqlite_database, first, at("2024-03-28T10:00"), "区民政局").id
    approve_change(sqlite_database, key, at("2024-03-29T10:00"), "区政府办", "同意")
    stop = Asked("1", "suspension", "上级要求", "示函〔2024〕9号")
    request_change(sqlite_database, stop, at("2024-04-01T10:00"), "区民政局")
    sweep(sqlite_database, NOW)
    return built


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("", ["变更", "2024-11-30 → 2024-12-20", "供货&lt;推迟&gt;", "区政府办", "同意", "待批准"]),
        ("?lang=en", ["Changes", "extension", "approved", "waiting for approval"]),
    ],
)
def test_the_page_of_a_sub_task_tells_its_changes(
    sqlite_database: Database, built: Built, language: str, words: list[str]
) -> None:
    with pages(sqlite_database, NOW) as client:
        page = client.get(f"/subtasks/{built.subtasks['1']}{language}").text
    assert [word for word in words if word not in page] == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("", ["等各单位办的", "区民政局", "2024-03", "1 件变更申请待批复"]),
        ("?lang=en", ["2024-03", "1 change request"]),
    ],
)
def test_the_overview_tells_who_is_waiting_for_whom(
    sqlite_database: Database, built: Built, language: str, words: list[str]
) -> None:
    with pages(sqlite_database, NOW) as client:
        page = client.get(f"/{language}").text
    assert [word for word in words if word not in page] == []
