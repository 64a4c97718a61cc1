"""The form behind a link, filled in by a real client: what is stored, what is asked, what is refused and kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from html import unescape
from pathlib import Path

import pytest
from sqlmodel import select

from db import tables
from db.session import Database
from db.units import stored_id
from tests.web.phone import NOW, PDF, Unit, everything, hidden, opened
from tests.workflows.office_2024 import LINKED, at
from workflows.links import new_link, revoke_links
from workflows.report_progress import Filing, report_progress
from workflows.review_report import return_report


@pytest.fixture
def unit(sqlite_database: Database, tmp_path: Path) -> Iterator[Unit]:
    """区民政局 leads 1.1 and 1.2; 2.1 is another unit's; the first reports are being asked for."""
    with opened(sqlite_database, tmp_path) as found:
        yield found


def test_a_unit_reports_on_its_phone_and_is_reminded_no_more(database: Database, tmp_path: Path) -> None:
    with opened(database, tmp_path) as unit:
        form = unit.client.get(unit.path()).text
        assert "任务1.1" in form
        assert 'inputmode="decimal"' in form
        # 100 from 28 February to 30 November, 276 days; on 31 March 32 of them: 11.59, of whole pieces 11
        assert re.search(r"本期目标 <b>11台</b>", form)
        answer = unit.send(value="１.２万台", text="已开工", sure="")
        assert "超过目标" in unescape(answer.text)
        answer = unit.send(
            value="9台", text="已开工\r\n两处", difficulties="缺人", coordination="1", forecast="2024-10-31"
        )
        assert answer.status_code == 303
        page = unit.client.get(answer.headers["location"]).text
        assert "已提交" in page
        assert "下一项（还有 1 项）" in page
        (row,) = unit.reports()
        assert (row.text, row.difficulties, row.needs_coordination) == ("已开工\n两处", "缺人", True)
        assert (row.source, row.role, row.period) == ("link", "lead", "2024-03")
        assert row.who.startswith("区民政局")
        assert unit.figures() == [Decimal(9)]
        with database.read() as session:
            left = session.exec(select(tables.Reminder).where(tables.Reminder.state == "pending")).all()
            assert unit.built.subtasks["1.1"] not in {one.subtask_id for one in left}
            assert unit.built.subtasks["1.2"] in {one.subtask_id for one in left}


def test_a_correction_is_a_new_row_and_the_page_shows_what_was_said(unit: Unit) -> None:
    unit.send(value="9")
    page = unit.client.get(unit.path()).text
    assert "本期已填报" in page
    assert f'name="{unit.number}" inputmode="decimal" autocomplete="off" maxlength="40" value="9"' in page
    assert unit.send(value="10").status_code == 303
    assert unit.figures() == [Decimal(9), Decimal(10)]


def test_a_street_reports_its_own_quota_and_nothing_else(sqlite_database: Database, tmp_path: Path) -> None:
    with opened(sqlite_database, tmp_path, "甲街道") as street:
        index = street.client.get(f"/r/{street.token}").text
        assert "本单位分解量 12台" in index
        assert "任务1.2" not in index
        assert street.send(kind="shares", value="3").status_code == 303
        (row,) = street.reports()
        assert row.role == "share"
        assert street.client.get(street.path()).status_code == 403


def test_a_street_that_copies_a_milestone_is_asked_too(sqlite_database: Database, tmp_path: Path) -> None:
    with opened(sqlite_database, tmp_path, "甲街道") as street:
        with sqlite_database.write() as session:
            key = street.built.subtasks["1.1"]
            session.add(tables.Milestone(subtask_id=key, due_on=date(2024, 6, 28), text="完成全部点位选址"))
        asked = street.send(kind="shares", value="3", text="完成全部点位选址")
        assert asked.status_code == 422
        assert "与任务内容相同" in unescape(asked.text)
        assert street.send(kind="shares", value="3", text="完成八处点位选址").status_code == 303


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"value": "-1"}, "不能小于零"),
        ({"value": "九台"}, "请只填数字"),
        ({"value": "9个"}, "请只填数字"),
        ({"value": "1,2"}, "看不懂数值"),
        ({"value": "9" * 40}, "太大或太长"),
        ({"value": "9", "forecast": "十月底"}, "看不懂这个日期"),
        ({"value": "9", "status": "finished"}, "没有这种状态"),
        ({"difficulties": " "}, "还没有填写内容"),
        ({"text": "长" * 4001}, "超过了 4000 字"),
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_typed_is_lost(
    unit: Unit, fields: dict[str, str], sentence: str
) -> None:
    fields = {"difficulties": "用地<未>批"} | fields
    answer = unit.send(**fields)
    page = unescape(answer.text)
    assert answer.status_code == 422
    assert sentence in page
    assert all(typed in page for name, typed in fields.items() if name != "status")
    assert unit.reports() == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"value": "8"}, "低于上次填报的 9台"),
        ({"value": "301"}, "超过目标 100台 的三倍"),
        ({"value": "9", "text": "任务1.1。"}, "与任务内容相同"),
        ({"value": "9", "text": "设备 100台"}, "与任务内容相同"),
    ],
)
def test_what_is_odd_is_asked_about_once_and_stored_when_it_is_meant(
    unit: Unit, fields: dict[str, str], sentence: str
) -> None:
    report_progress(unit.database, Filing("1.1", "2024-03", ["9台"]), at("2024-03-27T10:00"), "test")
    asked = unit.send(**fields)
    assert asked.status_code == 422
    assert sentence in unescape(asked.text)
    assert "仍要提交" in asked.text
    assert len(unit.reports()) == 1
    assert unit.send(**fields, sure=hidden(asked.text, "sure")).status_code == 303
    assert len(unit.reports()) == 2


def test_an_english_reader_is_told_in_english(unit: Unit) -> None:
    answer = unit.post(unit.path() + "?lang=en", {"seen": "0", unit.number: "-1", "text": "begun"})
    assert answer.status_code == 422
    assert "Not submitted yet" in answer.text
    assert "This is no figure" in answer.text
    assert "begun" in answer.text


def test_another_figure_than_the_one_asked_about_is_asked_about_again(unit: Unit) -> None:
    asked = unit.send(value="301")
    assert unit.send(value="3010", sure=hidden(asked.text, "sure")).status_code == 422
    assert unit.reports() == []


def test_two_people_at_once_see_both_and_nothing_is_lost(unit: Unit) -> None:
    before = {"seen": hidden(unit.client.get(unit.path()).text, "seen"), unit.number: "10"}
    assert unit.send(value="9", text="甲写的").status_code == 303
    answer = unit.post(unit.path(), before | {"text": "乙写的"})
    page = unescape(answer.text)
    assert answer.status_code == 409
    assert "甲写的" in page
    assert "乙写的" in page
    assert len(unit.reports()) == 1
    again = {"seen": hidden(answer.text, "seen"), unit.number: "10", "text": "乙写的"}
    assert unit.post(unit.path(), again).status_code == 303
    assert unit.figures() == [Decimal(9), Decimal(10)]


def test_the_link_decides_unit_and_period_whatever_is_sent(unit: Unit) -> None:
    sent = unit.send(value="9", period="2024-01", unit_id="2", link_id="99", role="share")
    assert sent.status_code == 303
    (row,) = unit.reports()
    assert (row.period, row.role, row.unit_id, row.link_id) == ("2024-03", "lead", 1, 1)


@pytest.mark.parametrize("no", ["2.1", None])
def test_another_units_task_is_refused_to_look_at_and_to_report(unit: Unit, no: str | None) -> None:
    path = unit.path(no) if no else f"/r/{unit.token}/tasks/9999"
    assert unit.client.get(path).status_code == 403
    assert "区教育局" not in unit.client.get(path).text
    assert unit.post(path, {unit.number: "9"}).status_code == 403
    assert unit.reports() == []


def test_a_period_that_the_task_does_not_owe_is_refused(unit: Unit) -> None:
    address, _ = new_link(unit.database, LINKED, "区民政局", "2025-03", NOW, "test")
    path = f"/r/{address.rsplit('/', 1)[1]}/tasks/{unit.built.subtasks['1.1']}"
    assert unit.client.get(path).status_code == 403
    assert unit.post(path, {unit.number: "9"}).status_code == 403
    ahead, _ = new_link(unit.database, LINKED, "区民政局", "2024-04", NOW, "test")
    path = f"/r/{ahead.rsplit('/', 1)[1]}/tasks/{unit.built.subtasks['1.1']}"
    answer = unit.post(path, {unit.number: "9", "status": "in_progress"})
    assert answer.status_code == 422
    assert "还没有开始" in answer.text
    assert unit.reports() == []


def test_a_link_that_ended_while_the_form_was_open_stores_nothing(unit: Unit) -> None:
    typed = {"seen": "0", unit.number: "9"}
    revoke_links(unit.database, [], "区民政局", NOW, "test")
    answer = unit.post(unit.path(), typed)
    assert answer.status_code == 410
    assert "已停用" in answer.text
    assert unit.reports() == []


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example.com"])
def test_another_site_cannot_report(unit: Unit, origin: str | None) -> None:
    headers = {"Origin": origin} if origin else {}
    for path in (unit.path(), f"/r/{unit.token}/sign"):
        assert unit.client.post(path, data={unit.number: "9"}, headers=headers).status_code == 403
    assert unit.reports() == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\nx'),
        ("multipart/form-data; boundary=b", b"nonsense"),
        ("multipart/form-data", b"--b--"),
        ("text/plain", b"x"),
    ],
)
def test_a_form_that_broke_off_stores_nothing(unit: Unit, kind: str, body: bytes) -> None:
    headers = {"Origin": str(unit.client.base_url).rstrip("/"), "Content-Type": kind}
    answer = unit.client.post(unit.path(), content=body, headers=headers)
    assert answer.status_code == 422
    assert "没有完整送达" in answer.text
    assert unit.reports() == []


def test_a_returned_report_says_why_and_is_asked_again(unit: Unit) -> None:
    unit.send(value="9", text="已开工")
    (row,) = unit.reports()
    return_report(unit.database, stored_id(row.id), NOW, "督查室", "请写明地点")
    page = unit.client.get(unit.path()).text
    assert "请写明地点" in page
    assert "已开工" in page
    assert "已退回" in unit.client.get(f"/r/{unit.token}").text
    assert unit.send(value="9", text="在甲路开工").status_code == 303
    assert "已退回" not in unit.client.get(f"/r/{unit.token}").text


def test_a_unit_signs_for_its_tasks_with_one_button(unit: Unit) -> None:
    assert "签收 2 项任务" in unit.client.get(f"/r/{unit.token}").text
    headers = {"Origin": str(unit.client.base_url).rstrip("/")}
    answer = unit.client.post(f"/r/{unit.token}/sign", headers=headers)
    assert answer.status_code == 303
    page = unit.client.get(answer.headers["location"]).text
    assert "已签收 2 项任务" in page
    assert "待签收" not in page
    with unit.database.read() as session:
        signed = session.exec(select(tables.Acknowledgement)).all()
    assert {row.link_id for row in signed} == {1}


def test_a_thousand_looks_change_nothing(unit: Unit) -> None:
    unit.send(value="9", files=[("files", ("a.pdf", PDF, "x/y"))])
    paths = [f"/r/{unit.token}", unit.path(), unit.path("1.2"), f"/r/{unit.token}/files/1"]
    before = everything(unit.database)
    looked = 0
    while looked < 1000:
        for path in paths:
            method = "HEAD" if looked % 2 and "/files/" not in path else "GET"
            assert unit.client.request(method, path).status_code == 200
            looked += 1
    assert everything(unit.database) == before


def test_a_token_is_in_no_row_and_no_log(unit: Unit, capfd: pytest.CaptureFixture[str]) -> None:
    unit.send(value="9", text="已开工")
    unit.send(value="-1")
    unit.client.get(f"/r/{unit.token}/nothing")
    rows = repr(everything(unit.database))
    printed = "".join(capfd.readouterr())
    assert unit.token not in rows
    assert unit.token not in printed
