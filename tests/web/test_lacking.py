"""设置 and 运行情况 say what the installation lacks, and where it is put right."""

from __future__ import annotations

import pytest
from sqlmodel import select

from db import tables
from db.session import Database
from engine.roles import Role
from notifications.links import Links
from tests.channels import RememberingChannel
from tests.web.demo_double import StandingStill
from tests.web.running import pages
from tests.workflows.office_2024 import Task, at, build, mail_office

NOW = at("2024-04-02T18:00")
OPEN = Links("http://duban.example.org", b"k" * 32)


@pytest.mark.parametrize("path", ["/settings", "/service"])
def test_what_is_missing_is_said_with_the_way_to_it(sqlite_database: Database, path: str) -> None:
    build(sqlite_database, Task("1"), coordinator=None)
    office = mail_office(RememberingChannel())
    with sqlite_database.read() as session:
        desk = session.exec(select(tables.Post.unit_id).where(tables.Post.kind == "coordinator")).one()
    with pages(sqlite_database, NOW, office=office, links=OPEN, role=Role.COORDINATOR) as client:
        html = client.get(path).text
        assert "没有能登录的管理员" in html
        assert "密码和登录会话在网络上不加密" in html
        assert f'<a href="/units/{desk}">去处理</a>' in html
        assert "/settings/users" not in html
        assert "No administrator can sign in" in client.get(path, params={"lang": "en"}).text


def test_nothing_is_said_where_nothing_is_missing(sqlite_database: Database) -> None:
    build(sqlite_database, Task("1"))
    with sqlite_database.write() as session:
        session.add(tables.User(name="a", role="admin", password="x", created_at=NOW, changed_at=NOW))
    links = Links("https://duban.example.org", b"k" * 32)
    with pages(sqlite_database, NOW, links=links, role=Role.COORDINATOR) as client:
        assert 'class="warned"' not in client.get("/settings").text


def test_the_demo_lacks_nothing(sqlite_database: Database) -> None:
    with pages(sqlite_database, NOW, links=OPEN, demo=StandingStill()) as client:
        assert 'class="warned"' not in client.get("/settings").text
