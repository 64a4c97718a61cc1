"""Change requests by link: asked for with a file, shown, taken back; strangers and other units get nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import col, select

from db import tables
from db.session import Database
from tests.notifications.contents import visible
from tests.web.running import pages
from tests.workflows.office_2024 import LINKED, LINKS, Built, Task, at, build
from workflows.change_request import Asked, refuse_change, request_change
from workflows.links import new_link, revoke_links

NOW = at("2024-03-28T18:00")
PDF = b"%PDF-1.4\n%\xe2\xe3"


@dataclass
class Unit:
    """A unit's phone: its link, and the client that opens it."""

    database: Database
    built: Built
    client: httpx.Client
    token: str
    files: Path

    @property
    def path(self) -> str:
        return f"/r/{self.token}/changes"

    def ask(self, no: str = "1.1", files: Any = None, query: str = "", **fields: str) -> httpx.Response:
        """The form sent as a browser would send it: an extension unless told otherwise."""
        typed = {
            "task": str(self.built.subtasks[no]),
            "kind": "extension",
            "deadline": "2024-12-20",
            "reason": "供货推迟",
            "document": "示民函〔2024〕8号",
            "figures": "",
            "effective": "",
        } | fields
        sent = files or {"files": ("", b"")}
        headers = {"origin": str(self.client.base_url).rstrip("/")}
        return self.client.post(
            self.path + query, data=typed, files=sent, headers=headers, follow_redirects=True
        )

    def post(self, path: str) -> httpx.Response:
        headers = {"origin": str(self.client.base_url).rstrip("/")}
        return self.client.post(path, headers=headers, follow_redirects=True)

    def requests(self) -> list[tables.ChangeRequest]:
        with self.database.read() as session:
            return list(session.exec(select(tables.ChangeRequest).order_by(col(tables.ChangeRequest.id))))


@pytest.fixture
def unit(sqlite_database: Database, tmp_path: Path) -> Iterator[Unit]:
    """区民政局 leads 1.1 and 1.2, 区教育局 leads 2.1."""
    tasks = (Task("1.1"), Task("1.2", "40", "个"), Task("2.1", lead="区教育局"))
    built = build(sqlite_database, *tasks, emails={"区民政局": "a@example.org"})
    address, _ = new_link(sqlite_database, LINKED, "区民政局", None, NOW, "test")
    files = tmp_path / "files"
    with pages(sqlite_database, NOW, links=LINKS, files=files) as client:
        token = address.removeprefix(f"{LINKS.base_url}/r/")
        yield Unit(sqlite_database, built, client, token, files)


def test_a_unit_asks_for_an_extension_with_its_paper(unit: Unit) -> None:
    page = unit.ask(files={"files": ("函.pdf", PDF, "application/pdf")})
    assert page.status_code == 200
    assert "申请已提交" in page.text
    assert "2024-11-30 → 2024-12-20" in page.text
    assert "函.pdf" in page.text
    (row,) = unit.requests()
    assert (row.kind, row.state, row.reason, row.document) == (
        "extension",
        "requested",
        "供货推迟",
        "示民函〔2024〕8号",
    )
    assert row.requested_by.startswith("区民政局（填报链接")
    assert row.link_id is not None
    with unit.database.read() as session:
        (file,) = session.exec(select(tables.Attachment)).all()
    assert (file.owner, file.owner_id, (unit.files / file.stored_name).read_bytes()) == (
        "change",
        row.id,
        PDF,
    )


def test_targets_are_adjusted_line_by_line(unit: Unit) -> None:
    assert unit.ask(kind="adjustment", figures="80台\n").status_code == 200
    (row,) = unit.requests()
    assert list(row.proposed["quantities"].values()) == ["80"]
    assert "deadline" not in row.proposed  # the day that was typed belongs to another kind


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"task": ""}, "请选择任务"),
        ({"kind": ""}, "请选择申请什么"),
        ({"reason": " "}, "请写明理由"),
        ({"document": ""}, "请写明依据"),
        ({"deadline": "年底"}, "看不懂这个日期"),
        ({"deadline": ""}, "延期要写新的完成时限"),
        ({"deadline": "2024-11-30"}, "不晚于现在的"),
        ({"kind": "termination"}, "请从列表里选择"),
        ({"kind": "adjustment", "figures": "很多"}, "看不懂数值"),
        ({"kind": "resumption", "deadline": ""}, "没有暂停"),
    ],
)
def test_what_does_not_fit_comes_back_with_all_that_was_typed(
    unit: Unit, fields: dict[str, str], words: str
) -> None:
    page = unit.ask(**fields)
    assert page.status_code == 422
    assert words in page.text
    assert fields.get("document", "示民函〔2024〕8号") in page.text
    assert fields.get("reason", "供货推迟") in page.text
    assert unit.requests() == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"task": "", "kind": "", "reason": " ", "document": ""}, "Name the paper it rests on"),
        ({"deadline": "soon"}, "That is no date"),
        ({"kind": "termination"}, "That unit does not work on the sub-task"),
    ],
)
def test_an_english_form_is_refused_in_english(unit: Unit, fields: dict[str, str], words: str) -> None:
    page = unit.ask(query="?lang=en", **fields)
    assert page.status_code == 422
    assert words in page.text
    assert "请" not in visible(page.text)


def test_a_file_that_is_none_stores_nothing(unit: Unit) -> None:
    page = unit.ask(files={"files": ("函.exe", b"MZ\x90\x00\x03", "application/pdf")})
    assert page.status_code == 422
    assert "不是可以接收的文件" in page.text
    assert unit.requests() == []
    assert not unit.files.exists() or list(unit.files.iterdir()) == []


def test_of_another_units_task_nothing_can_be_asked(unit: Unit) -> None:
    page = unit.ask("2.1")
    assert page.status_code == 422
    assert "任务2.1" not in page.text
    assert unit.requests() == []


def test_a_unit_takes_back_its_own_request_and_no_other(unit: Unit) -> None:
    wish = Asked("2.1", "extension", "别的理由", "别的函", deadline=date(2024, 12, 20))
    other = request_change(unit.database, wish, NOW, "区教育局").id
    unit.ask()
    own = unit.requests()[-1].id
    assert "别的理由" not in unit.client.get(unit.path).text
    assert unit.post(f"{unit.path}/{other}/withdraw").status_code == 422
    assert "申请已撤回" in unit.post(f"{unit.path}/{own}/withdraw").text
    assert [row.state for row in unit.requests()] == ["requested", "withdrawn"]


def test_the_page_tells_what_was_decided_and_why(unit: Unit) -> None:
    unit.ask()
    refuse_change(unit.database, unit.requests()[0].id or 0, NOW, "区政府办", "工期足够")
    page = unit.client.get(unit.path).text
    assert [word for word in ("未批准", "区政府办", "工期足够") if word not in page] == []
    english = unit.client.get(f"{unit.path}?lang=en").text
    assert "refused" in english


def test_the_first_page_leads_there(unit: Unit) -> None:
    unit.ask()
    page = unit.client.get(f"/r/{unit.token}").text
    assert f"/r/{unit.token}/changes" in page
    assert "1 份待批准" in page


def test_looking_changes_nothing_and_a_revoked_link_opens_nothing(unit: Unit) -> None:
    for _ in range(20):
        assert unit.client.get(unit.path).status_code == 200
        assert unit.client.head(unit.path).status_code == 200
    assert unit.requests() == []
    revoke_links(unit.database, [], "区民政局", NOW, "test")
    assert unit.ask().status_code == 410
    assert unit.client.get("/r/" + "A" * 43 + "/changes").status_code == 404
    assert unit.requests() == []
