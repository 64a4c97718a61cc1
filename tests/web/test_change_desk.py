"""变更 at the desk: asked for on behalf of a unit, looked at before it is decided, decided once."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import httpx
import openpyxl
import pytest
from sqlmodel import col, select

from db import tables
from db.session import Database
from engine.roles import Role
from tests.web.running import pages
from tests.workflows.office_2024 import Built, Task, at, build
from workflows.change_request import Asked, refuse_change, request_change
from workflows.sweep import sweep

NOW = at("2024-04-02T10:00")
ASKED = {"kind": "extension", "deadline": "2024-12-20", "reason": "供货<推迟>", "document": "示函〔2024〕8号"}


@dataclass
class Desk:
    """One sub-task of 100 台, and whoever is signed in."""

    database: Database
    client: httpx.Client
    built: Built
    folder: Path

    @property
    def new(self) -> str:
        return f"/changes/new?subtask={self.built.subtasks['1']}"

    def post(self, path: str, **fields: str) -> httpx.Response:
        return self.send(path, fields, None)

    def send(
        self, path: str, fields: dict[str, str], files: dict[str, tuple[str, bytes]] | None
    ) -> httpx.Response:
        origin = {"Origin": str(self.client.base_url).rstrip("/")}
        return self.client.post(path, data=fields, files=files, headers=origin)

    def requests(self) -> list[tables.ChangeRequest]:
        with self.database.read() as session:
            return list(session.exec(select(tables.ChangeRequest).order_by(col(tables.ChangeRequest.id))))

    def deadline(self) -> date | None:
        with self.database.read() as session:
            return session.exec(select(tables.SubTask)).one().deadline


@pytest.fixture
def desk(sqlite_database: Database, tmp_path: Path) -> Iterator[Desk]:
    built = build(sqlite_database, Task("1"))
    sweep(sqlite_database, NOW)
    with pages(sqlite_database, NOW, role=Role.COORDINATOR, files=tmp_path / "files") as client:
        yield Desk(sqlite_database, client, built, tmp_path / "files")


def test_a_sub_task_is_named_by_its_number(desk: Desk) -> None:
    assert "哪个子任务" in desk.client.get("/changes/new").text
    assert desk.client.get("/changes/new?task=1").headers["location"] == desk.new
    unknown = desk.client.get("/changes/new?task=9.9")
    assert (unknown.status_code, 'value="9.9"' in unknown.text) == (422, True)
    assert desk.client.get("/changes/new?subtask=99").status_code == 404


def test_a_preview_tells_what_follows_and_stores_nothing(desk: Desk) -> None:
    answer = desk.post(desk.new, **ASKED, do="preview")
    assert answer.status_code == 200
    for value in (
        "如果现在批准",
        "完成时限：2024-11-30 → 2024-12-20",
        "灯变为",
        "供货&lt;推迟&gt;",
        'value="2024-12-20"',
    ):
        assert value in answer.text
    assert desk.requests() == []
    assert desk.deadline() is None


def test_a_request_is_stored_with_its_paper_in_the_name_of_the_unit(desk: Desk) -> None:
    answer = desk.send(
        desk.new, ASKED | {"unit": "1", "who": "x", "do": "ask"}, {"files": ("函.pdf", b"%PDF-1.7")}
    )
    assert answer.headers["location"] == "/changes/1?told=change_asked&n=1"
    (row,) = desk.requests()
    assert (row.kind, row.state, row.requested_by, row.unit_id) == (
        "extension",
        "requested",
        "coordinator",
        1,
    )
    page = desk.client.get("/changes/1").text
    assert "供货&lt;推迟&gt;" in page
    assert desk.client.get("/changes/1/files/1").content == b"%PDF-1.7"
    assert desk.client.get("/changes/1/files/2").status_code == 404
    assert "任务1" in desk.client.get("/changes").text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"deadline": ""}, "延期要写新的完成时限"),
        ({"deadline": "2024-13-01"}, "看不懂日期"),
        ({"deadline": "2024-10-01"}, "不晚于现在的"),
        ({"kind": "adjustment", "i1": "八十"}, "看不懂“八十”"),
        ({"kind": "adjustment", "i1": "NaN"}, "看不懂“NaN”"),
        ({"kind": "adjustment", "i1": "100"}, "和现在的一样"),
        ({"kind": "resumption"}, "没有暂停"),
        ({"kind": "nonsense"}, "没有变更种类"),
        ({"reason": " "}, "必须写明理由"),
        ({"document": ""}, "文号或文件名称"),
    ],
)
def test_what_does_not_fit_is_said_and_what_was_typed_stays(
    desk: Desk, fields: dict[str, str], sentence: str
) -> None:
    answer = desk.post(desk.new, **ASKED | {"effective": "2024-04-02"} | fields, do="ask")
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="2024-04-02"' in answer.text
    assert desk.requests() == []


def test_an_adjustment_names_the_new_target(desk: Desk) -> None:
    sent = ASKED | {"kind": "adjustment", "i1": "1,080"}
    assert desk.post(desk.new, **sent, do="ask").status_code == 303
    assert desk.requests()[0].proposed == {"quantities": {"1": "1080"}}


def test_an_approval_is_in_the_name_of_whoever_is_signed_in(desk: Desk) -> None:
    desk.post(desk.new, **ASKED, do="ask")
    assert "今后四周的提醒" in desk.client.get("/changes/1?preview=1").text
    answer = desk.post("/changes/1/approve", reason="同意", approver="somebody else")
    assert answer.headers["location"].startswith("/changes/1?told=change_approved&n=")
    (row,) = desk.requests()
    assert (row.state, row.decided_by, row.decision_reason) == ("approved", "coordinator", "同意")
    assert desk.deadline() == date(2024, 12, 20)
    page = desk.client.get(answer.headers["location"]).text
    assert "已批准" in page
    assert "确认批准" not in page


def test_a_refusal_needs_its_reason(desk: Desk) -> None:
    desk.post(desk.new, **ASKED, do="ask")
    silent = desk.post("/changes/1/refuse", reason=" ")
    assert (silent.status_code, "必须写明理由" in silent.text) == (422, True)
    assert desk.post("/changes/1/refuse", reason="理由不足").status_code == 303
    assert [(one.state, one.decision_reason) for one in desk.requests()] == [("refused", "理由不足")]
    assert desk.deadline() is None


@pytest.mark.parametrize("what", ["approve", "refuse", "withdraw"])
def test_what_a_colleague_decided_meanwhile_is_told_and_stays(desk: Desk, what: str) -> None:
    desk.post(desk.new, **ASKED, do="ask")
    refuse_change(desk.database, 1, NOW, "乙岗", "理由不足")
    answer = desk.post(f"/changes/1/{what}", reason="我的意见")
    assert answer.status_code == 409
    assert "已由 乙岗 于 2024-04-02" in answer.text
    assert desk.requests()[0].decided_by == "乙岗"


def test_a_request_is_taken_back(desk: Desk) -> None:
    desk.post(desk.new, **ASKED, do="ask")
    assert desk.post("/changes/1/withdraw").headers["location"].startswith("/changes/1?told=change_withdrawn")
    assert desk.requests()[0].state == "withdrawn"


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ("", ["暂停"]),
        ("requested", ["暂停"]),
        ("refused", ["延期"]),
        ("approved", []),
        ("all", ["延期", "暂停"]),
    ],
)
def test_the_list_is_filtered_by_state(desk: Desk, state: str, shown: list[str]) -> None:
    desk.post(desk.new, **ASKED, do="ask")
    refuse_change(desk.database, 1, NOW, "乙岗", "理由不足")
    request_change(desk.database, Asked("1", "suspension", "上级要求", "示函〔2024〕9号"), NOW, "区民政局")
    page = desk.client.get(f"/changes?state={state}" if state else "/changes").text
    assert [word for word in ("延期", "暂停") if f"<td>{word}</td>" in page] == shown
    if not shown:
        assert "没有这样的变更" in page


def test_the_list_leaves_as_a_workbook(desk: Desk) -> None:
    desk.post(desk.new, **ASKED, do="ask")
    sheet = openpyxl.load_workbook(io.BytesIO(desk.client.get("/changes/export").content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert (rows[0][:3], rows[1][:3]) == (("编号", "状态", "种类"), (1, "待批准", "延期"))


def test_leaders_look_and_decide_nothing(desk: Desk) -> None:
    desk.post(desk.new, **ASKED, do="ask")
    with pages(desk.database, NOW, role=Role.LEADER) as client:
        assert "提出变更" not in client.get("/changes").text
        page = client.get("/changes/1?preview=1").text
    assert "如果现在批准" in page
    assert "确认批准" not in page


@pytest.mark.parametrize(
    "path", ["/changes", "/changes/1?preview=1", "/changes/new", "/changes/new?subtask=1"]
)
def test_the_pages_speak_english(desk: Desk, path: str) -> None:
    desk.post(desk.new, **ASKED, do="ask")
    page = desk.client.get(f"{path}{'&' if '?' in path else '?'}lang=en").text
    assert 'lang="en"' in page
    assert "Changes" in page


def test_a_request_that_is_not_there_is_not_found(desk: Desk) -> None:
    assert desk.client.get("/changes/7").status_code == 404
    assert desk.post("/changes/7/approve").status_code == 404
