"""审核 and 需协调事项 on a real server: what stands beside what, who decides, what a colleague has decided meanwhile."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import httpx
import openpyxl
import pytest
from sqlmodel import col, select

from db import tables
from db.session import Database
from engine.roles import Role
from tests.web.running import pages
from tests.workflows.office_2024 import LINKED, LINKS, Task, at, build
from web.words import LOCALES
from workflows.links import new_link
from workflows.report_by_link import report_by_link
from workflows.report_progress import Filing, report_progress
from workflows.review_report import accept_reports, return_report, take_back_acceptance

NOW = at("2024-04-03T15:00")
FILED = at("2024-03-29T10:00")
PDF = b"%PDF-1.7 proof"


@dataclass
class Desk:
    """Three reports: 1 is plain, 2 falls short of what its text says, 3 asks for coordination."""

    database: Database
    client: httpx.Client

    def get(self, path: str) -> str:
        answer = self.client.get(path)
        assert answer.status_code == 200
        return answer.text

    def post(self, path: str, **fields: str) -> httpx.Response:
        return self.client.post(path, data=fields, headers={"Origin": str(self.client.base_url).rstrip("/")})

    def states(self) -> list[str]:
        with self.database.read() as session:
            query = select(tables.ProgressReport).order_by(col(tables.ProgressReport.id))
            return [row.state for row in session.exec(query)]

    def reviews(self) -> list[tuple[int, str, str, str]]:
        with self.database.read() as session:
            rows = session.exec(select(tables.ReportReview).order_by(col(tables.ReportReview.id)))
            return [(row.report_id, row.decision, row.who, row.reason) for row in rows]


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Iterator[Desk]:
    build(database, Task("1.1"), Task("1.2"), Task("2.1", lead="区教育局"))
    report_progress(database, Filing("1.1", "2024-03", ["11台"], "已安装 <b>11台</b>"), FILED, "甲")
    report_progress(database, Filing("1.2", "2024-03", ["11台"], "累计完成12台"), FILED, "甲")
    address, _ = new_link(database, LINKED, "区教育局", None, at("2024-03-20T12:00"), "test")
    asks = Filing("2.1", "", ["4台"], "已安装4台", difficulties="用地没有批复 <i>", needs_coordination=True)
    token = address.rsplit("/", 1)[1]
    report_by_link(database, token, asks, [("照片.pdf", PDF)], tmp_path / "files", FILED)
    with pages(database, NOW, role=Role.COORDINATOR, links=LINKS, files=tmp_path / "files") as client:
        yield Desk(database, client)


def rows_of(page: str) -> dict[int, str]:
    """The table's rows by report."""
    found = re.findall(r'<tr id="r(\d+)".*?</tr>', page, re.S)
    parts = re.findall(r'<tr id="r\d+".*?</tr>', page, re.S)
    return {int(key): part for key, part in zip(found, parts, strict=True)}


def test_what_is_reported_stands_beside_the_plan_and_what_needs_eyes_comes_first(desk: Desk) -> None:
    page = desk.get("/reviews")
    rows = rows_of(page)
    assert list(rows) == [2, 3, 1]
    for value in (
        "11台",
        "/ 100台",
        "应达 11台，已达到",
        "第一次填报",
        "区民政局",
        "已安装 &lt;b&gt;11台&lt;/b&gt;",
    ):
        assert value in rows[1]
    assert "说明里写 12台，数值只填了 11台" in rows[2]
    assert "比应达 11台 少 7台" in rows[3]
    assert "用地没有批复 &lt;i&gt;" in rows[3]
    assert "2 份要看一看" in page
    assert [" checked" in rows[key] for key in (1, 2, 3)] == [True, False, False]


def test_files_of_a_report_are_handed_out_and_of_nothing_else(desk: Desk) -> None:
    (path,) = re.findall(r'href="(/reviews/3/files/\d+)"', desk.get("/reviews"))
    answer = desk.client.get(path)
    assert answer.content == PDF
    assert "attachment" in answer.headers["content-disposition"]
    assert desk.client.get(path.replace("/3/", "/1/")).status_code == 404


def test_those_that_are_ticked_are_accepted_in_the_name_of_whoever_is_signed_in(desk: Desk) -> None:
    answer = desk.post("/reviews/accept?period=2024-03", r1="1", r3="1", who="somebody else")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/reviews?told=accepted&n=2&period=2024-03&undo=1%2C3"
    assert "已采纳 2 份填报" in desk.get(answer.headers["location"])
    assert desk.reviews() == [(1, "accepted", "coordinator", ""), (3, "accepted", "coordinator", "")]
    assert list(rows_of(desk.get("/reviews"))) == [2]


def test_what_was_accepted_by_mistake_is_taken_back_from_the_same_page(desk: Desk) -> None:
    location = desk.post("/reviews/accept", r1="1", r3="1").headers["location"]
    offer = desk.get(location).split('action="/reviews/take-back"')[1].split("</form>")[0]
    fields = dict(re.findall(r'name="(r\d+)" value="(1)"', offer))
    assert fields == {"r1": "1", "r3": "1"}
    answer = desk.post("/reviews/take-back", **fields)
    page = desk.get(answer.headers["location"])
    assert "2 份填报重新等待审核" in page
    assert list(rows_of(page)) == [2, 3, 1]
    assert "take-back" not in page
    again = desk.post("/reviews/take-back", **fields)
    assert again.status_code == 409
    assert "已由 coordinator 于 2024-" in again.text
    assert len(desk.reviews()) == 4


def test_what_was_accepted_beside_a_refusal_is_taken_back_there_too(desk: Desk) -> None:
    accept_reports(desk.database, [1], NOW, "乙岗")
    page = desk.post("/reviews/accept", r1="1", r2="1", r3="1").text
    offer = page.split('action="/reviews/take-back"')[1].split("</form>")[0]
    fields = dict(re.findall(r'name="(r\d+)" value="(1)"', offer))
    assert fields == {"r2": "1", "r3": "1"}  # what a colleague accepted is not offered
    take_back_acceptance(desk.database, [3], NOW, "乙岗")
    partly = desk.post("/reviews/take-back", **fields)
    assert partly.status_code == 409
    assert "已撤销采纳，1 份填报重新等待审核" in partly.text
    assert "已由 乙岗 于 2024-" in partly.text
    assert 'action="/reviews/take-back' not in partly.text
    assert desk.states() == ["accepted", "submitted", "submitted"]


def test_where_nothing_was_accepted_nothing_is_offered_to_be_taken_back(desk: Desk) -> None:
    accept_reports(desk.database, [1], NOW, "乙岗")
    page = desk.post("/reviews/accept", r1="1").text
    assert "没有改动" in page
    assert "已采纳 0 份" not in page
    assert 'action="/reviews/take-back' not in page


def test_the_button_of_one_row_accepts_that_one_only(desk: Desk) -> None:
    assert desk.post("/reviews/accept", only="2", r1="1").status_code == 303
    assert desk.states() == ["submitted", "accepted", "submitted"]


@pytest.mark.parametrize("fields", [{}, {"r": "1"}, {"rx": "1"}, {"only": "x"}])
def test_nothing_chosen_is_said_and_nothing_happens(desk: Desk, fields: dict[str, str]) -> None:
    answer = desk.post("/reviews/accept", **fields)
    assert answer.status_code == 422
    assert "没有选中任何填报" in answer.text
    assert desk.reviews() == []


def test_what_a_colleague_decided_meanwhile_is_told_and_not_done_twice(desk: Desk) -> None:
    accept_reports(desk.database, [1], NOW, "乙岗")
    answer = desk.post("/reviews/accept", r1="1", r2="1")
    assert answer.status_code == 409
    assert "填报 1（2024-03）已由 乙岗 于 2024-04-03 采纳：没有改动" in answer.text
    assert "已采纳 1 份填报" in answer.text
    assert desk.reviews() == [(1, "accepted", "乙岗", ""), (2, "accepted", "coordinator", "")]


def test_a_report_goes_back_with_its_reason(desk: Desk) -> None:
    answer = desk.post("/reviews/2/return", reason="数值与说明不一致")
    assert answer.headers["location"] == "/reviews?told=returned&n=1"
    assert desk.reviews() == [(2, "returned", "coordinator", "数值与说明不一致")]
    assert desk.states() == ["submitted", "returned", "submitted"]


@pytest.mark.parametrize(("number", "status"), [(2, 422), (99, 422)])
def test_without_a_reason_nothing_goes_back(desk: Desk, number: int, status: int) -> None:
    answer = desk.post(f"/reviews/{number}/return", reason=" ")
    assert answer.status_code == status
    assert "必须写明理由" in answer.text
    assert desk.reviews() == []


def test_a_return_that_comes_too_late_keeps_what_was_typed_by_those_that_still_wait(desk: Desk) -> None:
    return_report(desk.database, 2, NOW, "乙岗", "缺照片")
    answer = desk.post("/reviews/2/return", reason="另一个理由")
    assert answer.status_code == 409
    assert "已由 乙岗 于 2024-04-03 退回，理由：缺照片" in answer.text
    assert desk.reviews() == [(2, "returned", "乙岗", "缺照片")]
    assert desk.post("/reviews/99/return", reason="x").status_code == 409


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", [2, 3, 1]),
        ("doubts=1", [2, 3]),
        ("unit=1", [2, 1]),
        ("unit=2", [3]),
        ("period=2024-03", [2, 3, 1]),
        ("period=2024-02", []),
        ("project=1", [2, 3, 1]),
        ("project=7", []),
        ("unit=x&page=zz&project=%00", [2, 3, 1]),
    ],
)
def test_filters_stand_in_the_address(desk: Desk, query: str, shown: list[int]) -> None:
    page = desk.get(f"/reviews?{query}")
    assert list(rows_of(page)) == shown
    if not shown:
        assert "没有符合条件的填报" in page


def test_the_table_leaves_as_a_workbook(desk: Desk) -> None:
    answer = desk.client.get("/reviews/export?unit=2")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    rows = [tuple(row) for row in sheet.iter_rows(values_only=True)]
    assert rows[0][:5] == ("计划", "序号", "子任务", "单位", "填报期")
    assert [row[1] for row in rows[1:]] == ["2.1"]
    assert rows[1][7:10] == (4, 11, 100)


def test_an_empty_desk_says_what_comes_next(desk: Desk) -> None:
    accept_reports(desk.database, [1, 2, 3], NOW, "乙岗")
    assert "没有待审核的填报" in desk.get("/reviews")


def test_leaders_look_and_decide_nothing(desk: Desk) -> None:
    with pages(desk.database, NOW, role=Role.LEADER) as client:
        page = client.get("/reviews").text
        assert "已安装4台" in page
        assert '<form id="accept"' not in page
        assert "退回单位" not in page
        assert "<textarea" not in client.get("/reviews/coordination").text


def test_a_matter_is_settled_once_with_its_answer(desk: Desk) -> None:
    page = desk.get("/reviews/coordination")
    assert "区教育局请求协调 2.1 任务2.1：用地没有批复 &lt;i&gt;" in page
    (path,) = re.findall(r'action="(/reviews/coordination/\d+)"', page)
    silent = desk.post(path, answer=" ")
    assert (silent.status_code, "必须写明结果" in silent.text) == (422, True)
    answer = desk.post(path, answer="住建局周五前批复")
    assert answer.headers["location"] == "/reviews/coordination?told=settled&n=1"
    assert "没有待协调的事项" in desk.get("/reviews/coordination")
    late = desk.post(path, answer="另一个结果")
    assert (late.status_code, "另一个结果" in late.text) == (409, True)
    with desk.database.read() as session:
        rows = session.exec(select(tables.Event).where(tables.Event.what == "coordination_settled")).all()
        assert [(row.who, row.reason) for row in rows] == [("coordinator", "住建局周五前批复")]


@pytest.mark.parametrize("path", ["/reviews", "/reviews/coordination"])
def test_the_pages_are_complete_in_english(desk: Desk, path: str) -> None:
    page = desk.get(f"{path}?lang=en")
    assert 'lang="en"' in page
    assert any(LOCALES["en"][key] in unescape(page) for key in ("reviews.accept_chosen", "coordination.lead"))
