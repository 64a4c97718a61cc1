"""Bulletins as they were frozen, and the pages for the public."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import httpx
import pytest

from db.session import Database
from notifications.paper_html import paper_html
from tests.notifications.contents import visible
from tests.notifications.test_papers import a_paper
from tests.web.running import pages
from tests.workflows.office_2024 import INBOX, Task, at, build
from tests.workflows.test_main_flow import turn
from workflows.send_digest import send_digest

NOW = at("2024-03-29T18:00")


@pytest.fixture
def client(sqlite_database: Database) -> Iterator[httpx.Client]:
    """A week's digest waits for approval."""
    build(
        sqlite_database,
        Task("1", deadline=date(2024, 3, 8)),
        Task("2", lead="区教育局"),
        policy={"digest_hold": True},
    )
    turn(sqlite_database, INBOX, "2024-03-01T07:00")
    send_digest(sqlite_database, INBOX, at("2024-03-29T15:00"))
    with pages(sqlite_database, NOW) as found:
        yield found


def test_the_list_tells_what_waits(client: httpx.Client) -> None:
    said = visible(client.get("/bulletins").text)
    assert "2024-W13" in said
    assert "待批准" in said
    assert "待批准 2、待发 1" in said


def test_a_bulletin_is_shown_as_it_was_frozen(client: httpx.Client) -> None:
    page = client.get("/bulletins/1").text
    said = visible(page)
    assert "年度任务第13周晾晒通报 待批准" in said
    assert "一、各单位排名（2个单位）" in said
    assert "duban bulletin approve 1" in said


@pytest.mark.parametrize("path", ["/bulletins", "/bulletins/1"])
def test_both_pages_speak_english(client: httpx.Client, path: str) -> None:
    assert "waits for approval" in visible(client.get(f"{path}?lang=en").text)


@pytest.mark.parametrize(("path", "status"), [("/bulletins/9", 404), ("/bulletins/x", 404)])
def test_what_is_not_there_is_not_found(client: httpx.Client, path: str, status: int) -> None:
    assert client.get(path).status_code == status


def test_without_a_bulletin_the_list_says_when_there_will_be_one(sqlite_database: Database) -> None:
    with pages(sqlite_database, NOW) as found:
        assert "还没有通报" in visible(found.get("/bulletins").text)


def test_public_pages_are_open_only_where_the_operator_named_a_folder(
    sqlite_database: Database, tmp_path: Path
) -> None:
    (tmp_path / "1-2023-03.html").write_bytes(paper_html(a_paper("完成")))
    with pages(sqlite_database, NOW) as closed:
        assert closed.get("/public/1-2023-03.html").status_code == 404
    with pages(sqlite_database, NOW, public=tmp_path) as found:
        answer = found.get("/public/1-2023-03.html")
        assert (answer.status_code, answer.content) == (200, paper_html(a_paper("完成")))
        assert "style-src 'self' 'unsafe-inline'" in answer.headers["content-security-policy"]
        assert "script" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "name", ["secret.txt", "..%2Fsecret.html", "%2e%2e/secret.html", "link.html", ".html", "a%00.html", ""]
)
def test_nothing_but_pages_of_that_folder_is_open(
    sqlite_database: Database, tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "public"
    folder.mkdir()
    for path in (tmp_path / "secret.html", folder / "secret.txt"):
        path.write_text("secret")
    (folder / "link.html").symlink_to(tmp_path / "secret.html")
    with pages(sqlite_database, NOW, public=folder) as found:
        assert found.get(f"/public/{name}").status_code == 404
