"""督办单: a long list comes in pages, the newest first, and its workbook is whole."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import httpx
import pytest
from openpyxl import load_workbook

from db import tables
from db.session import Database
from engine.roles import Role
from tests.web.running import pages
from tests.workflows.office_2024 import Task, at, build
from web.pages.cases import PAGE
from workflows.open_case import open_case

NOW = at("2024-06-14T18:00")


@pytest.fixture
def client(sqlite_database: Database) -> Iterator[httpx.Client]:
    """The pages of an office with one case more than a page holds, for a leader."""
    build(sqlite_database, Task("1"))
    first = open_case(sqlite_database, "1", NOW, "督查室")
    with sqlite_database.write() as session:
        row = session.get_one(tables.SupervisionCase, first.id)
        row.state, row.closed_at, row.closed_by, row.closed_reason = "closed", NOW, "督查室", "已办结"
        kept = row.model_dump(exclude={"id", "serial"})
        session.add_all(tables.SupervisionCase(**kept, serial=serial) for serial in range(2, PAGE + 2))
    with pages(sqlite_database, NOW, role=Role.LEADER) as found:
        yield found


@pytest.mark.parametrize(
    ("page", "first", "number"), [("1", PAGE + 1, PAGE), ("2", 1, 1), ("9", 1, 1), ("-1", PAGE + 1, PAGE)]
)
def test_a_long_list_comes_in_pages(client: httpx.Client, page: str, first: int, number: int) -> None:
    html = client.get("/cases", params={"state": "closed", "page": page}).text
    shown = re.findall(r'<th scope="row"><a href="/cases/(\d+)"', html)
    assert (int(shown[0]), len(shown)) == (first, number)
    assert "共 2 页" in html


def test_a_page_leads_to_the_next_with_its_filter(client: httpx.Client) -> None:
    assert 'href="/cases?state=closed&amp;page=2"' in client.get("/cases?state=closed").text
    assert 'href="/cases?state=closed&amp;page=1"' in client.get("/cases?state=closed&page=2").text
    assert "共" not in client.get("/cases?state=open").text.split("<main", 1)[1]


def test_the_workbook_is_whole(client: httpx.Client) -> None:
    sheet = load_workbook(io.BytesIO(client.get("/cases/export?state=closed").content)).active
    assert sheet is not None
    assert sheet.max_row == PAGE + 2
