"""Long lists in pages: which page is shown, and that everything stands on exactly one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlmodel import Session, select

from db import tables
from db.session import Database
from db.units import stored_id
from engine.roles import Role
from tests.web.running import pages
from tests.workflows.office_2024 import LINKED, LINKS, Built, Task, at, build
from web.own_work import PAGE as OWN
from web.pages.link import PAGE as BY_LINK
from web.paging import paged
from workflows.links import new_link
from workflows.report_progress import Filing, report_progress

NOW = at("2024-03-28T10:00")
STREET = "甲街道"


@pytest.mark.parametrize(
    ("rows", "asked", "shown", "page", "pages_"),
    [
        (0, 1, [], 1, 1),
        (3, 1, [0, 1, 2], 1, 1),
        (4, 1, [0, 1, 2], 1, 2),
        (4, 2, [3], 2, 2),
        (6, 2, [3, 4, 5], 2, 2),
        (4, 3, [3], 2, 2),
        (4, 0, [0, 1, 2], 1, 2),
        (4, -5, [0, 1, 2], 1, 2),
    ],
)
def test_the_nearest_page_is_shown(rows: int, asked: int, shown: list[int], page: int, pages_: int) -> None:
    found = paged(range(rows), 3, asked)
    assert (list(found.rows), found.page, found.pages, found.found) == (shown, page, pages_, rows)


def many(database: Database, number: int) -> Built:
    """So many sub-tasks, each of which the street has a share of; the first two are led by 区民政局 and reported."""
    tasks = (Task(str(key), quotas={STREET: "5"}) for key in range(1, number + 1))
    built = build(database, *tasks)
    for no in ("1", "2"):
        filing = Filing(no, "2024-03", ["3台"], unit=STREET, role="share")
        report_progress(database, filing, at("2024-03-27T10:00"), "test")
    return built


def titles(html: str) -> list[str]:
    return re.findall(r"任务\d+(?=</b>|</a>)", html)


@pytest.mark.parametrize("beyond", [0, 1])
def test_behind_a_link_what_is_left_stands_first_once_there_are_pages(
    sqlite_database: Database, tmp_path: Path, beyond: int
) -> None:
    number = BY_LINK + beyond
    many(sqlite_database, number)
    address, _ = new_link(sqlite_database, LINKED, STREET, None, NOW, "test")
    with pages(sqlite_database, NOW, links=LINKS, files=tmp_path, role=None) as client:
        path = "/r/" + address.rpartition("/")[2]
        first, second = client.get(path).text, client.get(path, params={"page": 2}).text
    assert f"本期 {number} 项，还有 {number - 2} 项没有填报" in first
    assert len(titles(first)) == BY_LINK
    if not beyond:
        assert titles(first) == titles(second) == [f"任务{key}" for key in range(1, number + 1)]
        return
    assert titles(first)[:1] == ["任务3"]
    assert titles(first)[-1:] + titles(second) == ["任务1", "任务2"]
    assert f'href="{path}?page=2"' in first
    assert f'href="{path}?page=1"' in second


def test_a_units_own_page_shows_everything_on_one_page_or_another(sqlite_database: Database) -> None:
    number = OWN + 1
    many(sqlite_database, number)
    with sqlite_database.read() as session:
        unit_id, lead_id = (_unit(session, name) for name in (STREET, "区民政局"))
    for unit, caption in ((unit_id, ""), (lead_id, f"牵头的子任务：{number} 项")):
        with pages(sqlite_database, NOW, role=Role.UNIT, unit_id=unit, links=LINKS) as client:
            both = [client.get("/mine", params={"page": page}).text for page in (1, 2)]
        assert [len(titles(one)) for one in both] == [OWN, 1]
        assert len({title for one in both for title in titles(one)}) == number
        assert caption in both[0]
        assert 'href="/mine?page=2#tasks"' in both[0]


def _unit(session: Session, name: str) -> int:
    return stored_id(session.exec(select(tables.Unit).where(tables.Unit.name == name)).one().id)
