"""子任务: what the desk does from its page, what a refusal keeps, and what a unit may not see."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlmodel import col, select

from db import tables
from db.session import Database
from engine.roles import Role
from tests.web.running import pages
from tests.web.test_pages import text_of
from tests.workflows.office_2024 import INBOX, Built, Task, at, build
from workflows.remind_now import remind_now
from workflows.report_progress import Filing, report_progress

TUESDAY = at("2024-04-02T10:00")
MAILS = {"区民政局": "mz@example.org", "区教育局": "jy@example.org", "甲街道": "jia@example.org"}


@pytest.fixture
def built(sqlite_database: Database) -> Built:
    built = build(
        sqlite_database,
        Task("1.1", quotas={"甲街道": "40", "乙街道": "60"}),
        Task("1.2", lead="区教育局"),
        emails=MAILS,
    )
    report_progress(sqlite_database, Filing("1.1", "2024-03", ["7台"], "总体说明"), TUESDAY, "test")
    for unit, figure in (("甲街道", "3台"), ("乙街道", "4台")):
        filing = Filing("1.1", "2024-03", [figure], f"{unit}的说明", unit=unit, role="share")
        report_progress(sqlite_database, filing, TUESDAY, "test")
    return built


@pytest.fixture
def client(sqlite_database: Database, built: Built, tmp_path: Path) -> Iterator[httpx.Client]:
    with pages(sqlite_database, TUESDAY, role=Role.COORDINATOR, files=tmp_path / "files") as found:
        yield found


def _post(
    client: httpx.Client, path: str, data: dict[str, str] | None = None, **more: object
) -> httpx.Response:
    origin = {"origin": str(client.base_url).rstrip("/")}
    return client.post(path, data=data or {}, headers=origin, **more)  # type: ignore[arg-type]


def _state(database: Database, key: int) -> str:
    with database.read() as session:
        return session.get_one(tables.SubTask, key).state


def _unit(database: Database, built: Built, name: str) -> int:
    with database.read() as session:
        return session.get_one(tables.Post, built.posts[name]).unit_id


def test_remind_now_sends_once_and_says_so(
    client: httpx.Client, sqlite_database: Database, built: Built
) -> None:
    path = f"/subtasks/{built.subtasks['1.1']}"
    before = client.get(path).text
    assert "马上提醒 区民政局 的联络员" in before
    assert "消息随即发出" in before
    first = _post(client, f"{path}/remind", {"reason": "请抓紧"})
    assert (first.status_code, first.headers["location"]) == (303, f"{path}?told=subtask.reminded&n=1")
    shown = client.get(first.headers["location"]).text
    assert "已催办。" in shown
    assert "今天已催办（" in shown
    assert "请抓紧" in shown  # in the record
    assert "told=subtask.reminded_before" in _post(client, f"{path}/remind").headers["location"]
    with sqlite_database.read() as session:
        sent = list(session.exec(select(tables.Message).where(col(tables.Message.kind) == "prompt")))
    assert len(sent) == 1
    assert client.get(f"/messages/{sent[0].id}").status_code == 200
    assert "催办" in client.get("/messages?kind=prompt").text


def test_in_quiet_hours_it_says_when_it_will_leave(sqlite_database: Database, built: Built) -> None:
    with pages(sqlite_database, at("2024-04-02T18:00"), role=Role.COORDINATOR) as client:
        words = text_of(client.get(f"/subtasks/{built.subtasks['1.1']}").text)
    assert "消息将在 4月3日 08:30 发出" in words


@pytest.mark.parametrize(("state", "offered"), [("issued", True), ("suspended", False), ("accepted", False)])
def test_what_makes_no_sense_is_not_offered_and_is_refused_with_a_sentence(
    client: httpx.Client, sqlite_database: Database, built: Built, state: str, offered: bool
) -> None:
    key = built.subtasks["1.2"]
    with sqlite_database.write() as session:
        session.get_one(tables.SubTask, key).state = state
    assert (f'action="/subtasks/{key}/remind"' in client.get(f"/subtasks/{key}").text) is offered
    answer = _post(client, f"/subtasks/{key}/remind")
    assert answer.status_code == (303 if offered else 422)
    assert ("不用催办" in answer.text) is not offered


def test_a_sub_task_goes_from_acceptance_to_the_archive(
    client: httpx.Client, sqlite_database: Database, built: Built, tmp_path: Path
) -> None:
    key = built.subtasks["1.2"]
    path = f"/subtasks/{key}"
    evidence = {"evidence": ("验收单.pdf", b"%PDF-1.7", "application/pdf")}
    assert _post(client, f"{path}/accept", {"reason": "已核实"}, files=evidence).status_code == 303
    assert _state(sqlite_database, key) == "accepted"
    with sqlite_database.read() as session:
        kept = session.exec(select(tables.Attachment)).one()
    assert (kept.owner, kept.owner_id, kept.file_name) == ("subtask", key, "验收单.pdf")
    assert "效果评估" in client.get(path).text
    assert _post(client, f"{path}/close", {"reason": "办结"}).status_code == 303
    refused = _post(client, f"{path}/archive")
    assert refused.status_code == 422
    assert "还不能归档" in refused.text
    for kind in ("evaluation", "archive"):
        assert _post(client, f"{path}/follow-up", {"kind": kind, "note": "良好"}).status_code == 303
    packed = _post(client, f"{path}/archive")
    assert packed.headers["content-type"] == "application/zip"
    assert "index.html" in " ".join(zipfile.ZipFile(io.BytesIO(packed.content)).namelist())
    assert _state(sqlite_database, key) == "archived"
    words = text_of(client.get(path).text)
    assert "归档" in words.split("办理记录")[-1]


@pytest.mark.parametrize("deed", ["accept", "close"])
def test_what_was_typed_is_kept_when_it_is_refused_and_nothing_is_stored(
    client: httpx.Client, sqlite_database: Database, built: Built, deed: str
) -> None:
    key = built.subtasks["1.2"]
    if deed == "accept":
        _post(client, f"/subtasks/{key}/accept", {"reason": "一"})
    before = _state(sqlite_database, key)
    answer = _post(client, f"/subtasks/{key}/{deed}", {"reason": "写了很久的<理由>"})
    assert answer.status_code == 422
    assert 'class="problem"' in answer.text
    assert "--reason" not in answer.text
    assert "duban " not in text_of(answer.text)
    assert _state(sqlite_database, key) == before
    if deed == "close":
        return  # the form is not offered in this state; the sentence says why
    assert answer.text.count("<理由>") == 0


def test_an_acceptance_without_a_reason_keeps_the_form_open(
    client: httpx.Client, sqlite_database: Database, built: Built
) -> None:
    key = built.subtasks["1.2"]
    answer = _post(client, f"/subtasks/{key}/accept", {"reason": "  "})
    assert answer.status_code == 422
    assert "请写明理由" in answer.text
    assert re.search(r'<details class="confirm" open><summary>验收', answer.text)
    assert _state(sqlite_database, key) == "issued"


def test_the_papers_can_be_had_as_a_draft_in_any_state(client: httpx.Client, built: Built) -> None:
    answer = client.get(f"/subtasks/{built.subtasks['1.1']}/package")
    assert zipfile.ZipFile(io.BytesIO(answer.content)).testzip() is None
    assert client.get("/subtasks/999/package").status_code == 404


def test_the_months_say_what_was_due_and_what_came(client: httpx.Client, built: Built) -> None:
    html = client.get(f"/subtasks/{built.subtasks['1.1']}").text
    months = html.split('class="months"')[1].split("</table>")[0]
    rows = [text_of(row).split() for row in re.findall(r"<tr>.*?</tr>", months, re.S)]
    columns = list(zip(*rows, strict=True))
    assert columns[0] == ("填报期", "月底应达", "已报")
    # from 28 February to 30 November 276 days: by 31 March 32 of them, 11.59 of 100 in whole 台
    assert columns[2] == ("3月", "11台", "7台")
    assert columns[-1] == ("11月", "100台", "—")


def test_a_leader_looks_and_does_nothing(sqlite_database: Database, built: Built) -> None:
    path = f"/subtasks/{built.subtasks['1.1']}"
    with pages(sqlite_database, TUESDAY, role=Role.LEADER) as client:
        html = client.get(path).text
        assert "<form" not in html.split("<main")[1]
        assert _post(client, f"{path}/remind").status_code == 403
        assert client.get(f"{path}/package").status_code == 403


def test_a_street_sees_its_share_alone(sqlite_database: Database, built: Built) -> None:
    unit_id = _unit(sqlite_database, built, "甲街道")
    with sqlite_database.write() as session:
        session.add(tables.Assignment(subtask_id=built.subtasks["1.1"], unit_id=unit_id, role="executing"))
    remind_now(sqlite_database, INBOX, "1.1", TUESDAY, "督查室")
    with pages(sqlite_database, TUESDAY, role=Role.UNIT, unit_id=unit_id) as client:
        words = text_of(client.get(f"/subtasks/{built.subtasks['1.1']}").text)
        assert "甲街道的说明" in words
        assert "3台" in words
        for hidden in ("乙街道的说明", "总体说明", "4台", "7台", "60", "100", "办理记录", "【"):
            assert hidden not in words, hidden
        for whole in ("滞后", "正常", "数据截至", "已达到"):  # how the whole stands is not the street's
            assert whole not in words, whole
        assert client.get(f"/subtasks/{built.subtasks['1.2']}").status_code == 403


def test_a_lead_unit_sees_the_whole_of_its_own_and_its_own_messages(
    sqlite_database: Database, built: Built
) -> None:
    unit_id = _unit(sqlite_database, built, "区民政局")
    with pages(sqlite_database, TUESDAY, role=Role.UNIT, unit_id=unit_id) as client:
        html = client.get(f"/subtasks/{built.subtasks['1.1']}").text
        assert "总体说明" in html
        assert "/messages/" not in html
        assert "<form" not in html.split("<main")[1]
        assert _post(client, f"/subtasks/{built.subtasks['1.1']}/remind").status_code == 403


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.LEADER])
def test_the_page_is_there_in_english(sqlite_database: Database, built: Built, role: Role) -> None:
    with pages(sqlite_database, TUESDAY, role=role) as client:
        html = client.get(f"/subtasks/{built.subtasks['1.1']}?lang=en").text
    assert "Monthly targets and progress" in html
    assert ("Remind now" in html) is (role is Role.COORDINATOR)
