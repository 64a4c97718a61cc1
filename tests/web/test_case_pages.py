"""The pages of supervision cases on a real server: what a unit sees by its link, answers, and never sees."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import docx
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
from workflows.handle_case import close_case
from workflows.links import new_link
from workflows.open_case import Wanted, open_case

NOW = at("2024-04-10T15:00")  # the reply was due on 9 April
OUTSIDE = {"Host": "duban.example.org", "Origin": "http://duban.example.org"}
TYPED = "已加派人手；\n<b>五月底</b>前完成 =1+1"


@dataclass
class Desk:
    """Two cases, the first of the holder's unit, and the ways in."""

    database: Database
    client: httpx.Client
    token: str
    folder: Path

    @property
    def own(self) -> str:
        return f"/r/{self.token}/cases/1"

    def get(self, path: str) -> httpx.Response:
        return self.client.get(path, headers=OUTSIDE)

    def post(self, path: str, **fields: str) -> httpx.Response:
        return self.client.post(path, data=fields, headers=OUTSIDE)

    def entries(self) -> list[tables.CaseEntry]:
        with self.database.read() as session:
            return list(session.exec(select(tables.CaseEntry).order_by(col(tables.CaseEntry.id))))


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Iterator[Desk]:
    quiet = {"acknowledge": False, "escalate": False}
    build(database, Task("1.1", "200", lead="区住建局"), Task("1.2", lead="区教育局"), policy=quiet)
    open_case(database, "1.1", at("2024-04-01T10:00"), "督查室")
    open_case(database, "1.2", at("2024-04-01T10:00"), "督查室", wanted=Wanted("red", "请速办 <i>&"))
    address, _ = new_link(database, LINKED, "区住建局", None, at("2024-04-01T12:00"), "test")
    with pages(database, NOW, links=LINKS, files=tmp_path / "files") as client:
        yield Desk(database, client, address.rsplit("/", 1)[1], tmp_path / "files")


def test_the_unit_finds_its_case_behind_its_link_and_no_other(desk: Desk) -> None:
    index = desk.get(f"/r/{desk.token}").text
    assert f'href="{desk.own}"' in index
    assert "督办〔2024〕1号 任务1.1" in index
    assert "督办〔2024〕2号" not in index
    page = desk.get(desk.own).text
    for value in (
        "督查室督办通知单",
        "督办〔2024〕1号",
        "黄色督办",
        "关于“任务1.1”的督办通知",
        "应于2024年11月30日前完成设备200台",
        "2024年3月进展应于2024年3月29日前报送，至今未报",
        "2024年4月9日",
        "逾期未回复",
        "待回复",
    ):
        assert value in page


@pytest.mark.parametrize("number", [2, 3, 0, -1])
def test_the_case_of_another_unit_is_refused_like_one_that_is_not_there(desk: Desk, number: int) -> None:
    path = f"/r/{desk.token}/cases/{number}"
    answers = [desk.get(path), desk.get(path + "/notice"), desk.post(path, text="替别人回复")]
    assert [one.status_code for one in answers] == [403, 403, 403]
    assert all("任务1.2" not in one.text for one in answers)
    assert len(desk.entries()) == 2


def test_a_reply_is_stored_as_typed_and_shown_as_text(desk: Desk) -> None:
    answer = desk.post(desk.own, text=TYPED.replace("\n", "\r\n"))
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{desk.own}?answered=1"
    page = desk.get(answer.headers["location"]).text
    assert "回复已送达督查室" in page
    assert "&lt;b&gt;五月底&lt;/b&gt;前完成 =1+1" in page
    assert "已回复，待审核" in page
    reply = desk.entries()[-1]
    assert (reply.kind, reply.text) == ("reply", TYPED)
    assert reply.who.startswith("区住建局（填报链接")
    desk.post(desk.own, text="补充：已完成")
    assert [entry.kind for entry in desk.entries()] == ["opened", "opened", "reply", "reply"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "不能为空"),
        (" \r\n ", "不能为空"),
        ("字" * 5001, "超过 5000 个字"),
        ("字" * 233_017, "内容没有完整送达"),
    ],
)
def test_a_reply_that_cannot_be_stored_comes_back_with_a_sentence(
    desk: Desk, text: str, sentence: str
) -> None:
    answer = desk.post(desk.own, text=text)
    assert answer.status_code == 422
    assert sentence in answer.text
    if len(text) == 5001:
        assert text in answer.text
    assert len(desk.entries()) == 2


def test_a_form_of_fifty_megabytes_is_refused_before_it_is_read(desk: Desk) -> None:
    answer = desk.client.post(desk.own, content=b"text=" + b"a" * 50_000_000, headers=OUTSIDE)
    assert answer.status_code == 422
    assert len(desk.entries()) == 2


PDF = b"%PDF-1.7 \x00\xff"


def files_of(desk: Desk) -> list[tables.Attachment]:
    with desk.database.read() as session:
        return list(session.exec(select(tables.Attachment)))


def test_files_come_with_a_reply_and_are_handed_out_to_unit_and_desk(desk: Desk) -> None:
    sent = {"files": ("整改照片 <1>.pdf", PDF, "text/html")}
    answer = desk.client.post(desk.own, data={"text": "见附件"}, files=sent, headers=OUTSIDE)
    assert answer.status_code == 303
    (row,) = files_of(desk)
    assert (row.owner, row.owner_id, row.file_name) == ("case", 1, "整改照片 1.pdf")
    for path in (f"{desk.own}/files/{row.id}", f"/cases/1/files/{row.id}"):
        got = desk.client.get(path)
        assert got.content == PDF
        assert got.headers["content-type"] == "application/pdf"
        assert path in desk.client.get(path.rpartition("/files/")[0]).text
    assert desk.client.get(f"/cases/2/files/{row.id}").status_code == 404
    assert desk.get(f"{desk.own}/files/{(row.id or 0) + 1}").status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.exe", b"MZ\x90\x00", "不是可以接收的文件"),
        ("a.html", b"<script>alert(1)</script>", "不是可以接收的文件"),
        ("a.pdf", b"%PDF-" + b"0" * (10 * 1024 * 1024), "超过 10 MB"),
    ],
)
def test_a_file_that_cannot_be_taken_keeps_what_was_typed_and_stores_nothing(
    desk: Desk, name: str, content: bytes, sentence: str
) -> None:
    sent = {"files": (name, content, "application/pdf")}
    answer = desk.client.post(desk.own, data={"text": "写了很久的回复"}, files=sent, headers=OUTSIDE)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "写了很久的回复" in answer.text
    assert len(desk.entries()) == 2
    assert files_of(desk) == list(desk.folder.glob("*")) == []


def test_a_closed_case_takes_no_reply_and_keeps_what_was_typed(desk: Desk) -> None:
    close_case(desk.database, "1", "整改到位", NOW, "督查室")
    assert "<textarea" not in desk.get(desk.own).text
    answer = desk.post(desk.own, text="晚到的回复")
    assert answer.status_code == 422
    assert "已经办结" in answer.text
    assert "晚到的回复" in answer.text
    assert [entry.kind for entry in desk.entries()] == ["opened", "opened", "closed"]


def test_fetching_the_page_changes_nothing(desk: Desk) -> None:
    for _ in range(25):
        for method in ("GET", "HEAD"):
            for path in (desk.own, desk.own + "/notice", f"{desk.own}?answered=1"):
                assert desk.client.request(method, path, headers=OUTSIDE).status_code == 200
    assert len(desk.entries()) == 2


def test_a_reply_from_somebody_else_s_page_is_refused(desk: Desk) -> None:
    headers = {**OUTSIDE, "Origin": "http://evil.example.com"}
    assert desk.client.post(desk.own, data={"text": "x"}, headers=headers).status_code == 403
    assert len(desk.entries()) == 2


def test_the_notice_is_downloaded_as_a_paper(desk: Desk) -> None:
    for path in (desk.own + "/notice", "/cases/1/notice"):
        answer = desk.client.get(path)
        assert "attachment" in answer.headers["content-disposition"]
        paper = docx.Document(io.BytesIO(answer.content))
        assert paper.paragraphs[1].text == "督办〔2024〕1号\t黄色督办"


def test_the_desk_sees_all_cases_and_each_with_its_history(desk: Desk) -> None:
    listed = desk.client.get("/cases").text
    assert re.findall(r"督办〔2024〕\d号", listed) == ["督办〔2024〕2号", "督办〔2024〕1号"]
    assert "没有这样的督办单" in desk.client.get("/cases?state=closed").text
    page = desk.client.get("/cases/2").text
    assert "请速办 &lt;i&gt;&amp;" in page
    assert "开具督办单" in page
    assert desk.client.get("/cases/3").status_code == 404
    assert 'href="/cases/2"' in desk.client.get("/subtasks/2").text


def test_every_word_of_the_pages_has_its_english_twin(desk: Desk) -> None:
    assert {key for key in LOCALES["zh-CN"] if key.startswith("case")} == {
        key for key in LOCALES["en"] if key.startswith("case")
    }
    for path in ("/cases?lang=en", "/cases/1?lang=en", f"{desk.own}?lang=en", f"/r/{desk.token}?lang=en"):
        assert desk.client.get(path).status_code == 200
    assert "Send the reply" in desk.get(f"{desk.own}?lang=en").text


def deed(desk: Desk, path: str, **fields: str) -> httpx.Response:
    origin = {"Origin": str(desk.client.base_url).rstrip("/")}
    return desk.client.post(path, data=fields, headers=origin)


def test_a_case_is_opened_in_the_name_of_whoever_is_signed_in(desk: Desk) -> None:
    close_case(desk.database, "1", "整改到位", NOW, "督查室")
    sent = {"colour": "red", "demand": "请于期限前 <b>说明", "unit": "区住建局", "due": "2024-04-19"}
    answer = deed(desk, "/cases/new?subtask=1", **sent, who="x")
    assert answer.headers["location"] == "/cases/3?told=case_opened&n=1"
    page = desk.client.get("/cases/3").text
    for value in ("■", "红色督办", "请于期限前 &lt;b&gt;说明", "还剩 7 个工作日"):
        assert value in page
    with desk.database.read() as session:
        row = session.get_one(tables.SupervisionCase, 3)
        assert (row.opened_by, row.colour, str(row.reply_due_on)) == ("admin", "red", "2024-04-19")


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"due": "2024-04-09"}, 422, "早于今天"),
        ({"due": "九日"}, 422, "看不懂日期"),
        ({"unit": "区教育局"}, 422, "不是子任务"),
        ({"colour": "green"}, 422, "没有颜色"),
        ({"demand": "字" * 5001}, 422, "超过 5000"),
    ],
)
def test_a_case_that_cannot_be_opened_keeps_what_was_typed(
    desk: Desk, fields: dict[str, str], status: int, sentence: str
) -> None:
    close_case(desk.database, "1", "整改到位", NOW, "督查室")
    answer = deed(desk, "/cases/new?subtask=1", **{"demand": "请速办", "colour": "yellow"} | fields)
    assert answer.status_code == status
    assert sentence in answer.text
    assert fields.get("demand", "请速办") in answer.text
    assert desk.client.get("/cases/3").status_code == 404


def test_a_second_case_of_a_task_is_refused_and_the_standing_one_named(desk: Desk) -> None:
    assert 'href="/cases/1"' in desk.client.get("/cases/new?subtask=1").text
    answer = deed(desk, "/cases/new?subtask=1", colour="red")
    assert (answer.status_code, "督办〔2024〕1号" in answer.text) == (409, True)
    assert desk.client.get("/cases/new?subtask=99").status_code == 404
    assert desk.client.get("/cases/new?task=1.2").headers["location"] == "/cases/new?subtask=2"


def revision(desk: Desk) -> str:
    with desk.database.read() as session:
        return str(session.get_one(tables.SupervisionCase, 1).revision)


def test_a_reply_is_registered_sent_back_with_a_new_day_and_closed(desk: Desk) -> None:
    assert "■ 已逾期 1 个工作日" in desk.client.get("/cases/1").text
    assert deed(desk, "/cases/1/reply", text="来电：五月底完成").status_code == 303
    assert "确认退回" in desk.client.get("/cases/1").text
    sent = {"reason": "请写明责任人", "due": "2024-04-15", "seen": revision(desk)}
    assert deed(desk, "/cases/1/return", **sent).status_code == 303
    assert deed(desk, "/cases/1/reply", text="责任人：科长").status_code == 303
    answer = deed(desk, "/cases/1/close", reason="整改到位", seen=revision(desk))
    assert answer.headers["location"] == "/cases/1?told=case_closed&n=1"
    told = [(one.kind, one.who, one.text) for one in desk.entries() if one.case_id == 1][1:]
    assert told == [
        ("reply", "admin", "来电：五月底完成"),
        ("reply_returned", "admin", "请写明责任人"),
        ("reply", "admin", "责任人：科长"),
        ("closed", "admin", "整改到位"),
    ]


@pytest.mark.parametrize(
    ("path", "fields", "status", "sentence"),
    [
        ("reply", {"text": " "}, 422, "不能为空"),
        ("close", {"reason": " ", "seen": "1"}, 422, "不能为空"),
        ("return", {"reason": "缺", "seen": "1"}, 409, "还没有回复"),
        ("return", {"reason": "缺", "due": "x", "seen": "1"}, 422, "看不懂日期"),
        ("close", {"reason": "我的理由"}, 409, "有了新的办理"),
        ("close", {"reason": "我的理由", "seen": "0"}, 409, "有了新的办理"),
    ],
)
def test_a_deed_that_cannot_be_done_changes_nothing(
    desk: Desk, path: str, fields: dict[str, str], status: int, sentence: str
) -> None:
    assert revision(desk) == "1"
    answer = deed(desk, f"/cases/1/{path}", **fields)
    assert answer.status_code == status
    assert sentence in answer.text
    assert fields.get("reason", "") in answer.text
    assert len(desk.entries()) == 2


def test_nobody_closes_over_a_reply_that_came_meanwhile(desk: Desk) -> None:
    seen = revision(desk)
    desk.post(desk.own, text="已经完成")
    answer = deed(desk, "/cases/1/close", reason="逾期不报", seen=seen)
    assert answer.status_code == 409
    assert "已经完成" in answer.text
    assert "逾期不报" in answer.text
    assert [one.kind for one in desk.entries() if one.case_id == 1] == ["opened", "reply"]


def test_a_mistake_is_withdrawn(desk: Desk) -> None:
    deed(desk, "/cases/1/close", reason="开错单位", withdrawn="1", seen=revision(desk))
    assert desk.entries()[-1].kind == "withdrawn"
    assert "已撤回" in desk.client.get("/cases/1").text


@pytest.mark.parametrize("deed_of", ["reply", "return", "close"])
def test_what_is_not_there_cannot_be_done(desk: Desk, deed_of: str) -> None:
    assert deed(desk, f"/cases/99/{deed_of}", text="x", reason="x", seen="1").status_code == 404


def test_the_list_leaves_as_a_workbook(desk: Desk) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(desk.client.get("/cases/export").content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert [row[0] for row in rows] == ["督办单号", "督办〔2024〕2号", "督办〔2024〕1号"]


def test_a_signed_in_unit_sees_and_answers_its_own_case_and_no_other(desk: Desk) -> None:
    with desk.database.read() as session:
        unit_id = session.get_one(tables.SupervisionCase, 1).unit_id
    with pages(desk.database, NOW, role=Role.UNIT, unit_id=unit_id, files=desk.folder) as client:
        own = Desk(desk.database, client, "", desk.folder)
        listed = client.get("/cases").text
        assert re.findall(r"督办〔2024〕\d号", listed) == ["督办〔2024〕1号"]
        assert "任务1.2" not in str(client.get("/cases/export").content)
        page = client.get("/cases/1").text
        assert "提交回复" in page
        assert "确认办结" not in page
        for path in ("/cases/2", "/cases/2/notice", "/cases/2/files/1", "/cases/99"):
            assert client.get(path).status_code == 404
        assert deed(own, "/cases/2/reply", text="替别人回复").status_code == 404
        assert deed(own, "/cases/1/reply", text="已安排").status_code == 303
        for path in ("/cases/1/close", "/cases/1/return", "/cases/new?subtask=1"):
            assert deed(own, path, reason="x", seen="2").status_code == 403
    assert [(one.kind, one.text) for one in desk.entries()][2:] == [("reply", "已安排")]
