"""消息日历: what was sent, what would be, and what other rules would change; nothing is stored by looking."""

from __future__ import annotations

import io
import re

import httpx
import openpyxl
import pytest

from db import tables
from db.session import Database
from engine.roles import Role
from tests.web.running import pages
from tests.workflows.drafts import row_counts
from tests.workflows.office_2024 import INBOX, Task, at, build
from workflows.cycle import run_cycle
from workflows.set_milestones import plan_change, set_milestones

NOW = at("2024-03-29T18:00")  # the last working day of March: reports are due
WAITING = ("正在推算", "Being worked out")
MOST_LOOKS = 300  # each waits a second at most


def looked_at(client: httpx.Client, path: str) -> httpx.Response:
    """The page once what it shows has been worked out; the page itself waits for that."""
    for _ in range(MOST_LOOKS):
        page = client.get(path)
        if not any(words in page.text for words in WAITING):
            return page
    raise AssertionError(page.text)


def send(client: httpx.Client, path: str, data: dict[str, str] | None = None) -> httpx.Response:
    return client.post(path, data=data, headers={"Origin": str(client.base_url).rstrip("/")})


def lived(database: Database) -> None:
    """An office of two units that has said on 29 March what was to be said that morning."""
    build(database, Task("1.1"), Task("1.2", lead="区教育局"))
    for moment in ("2024-03-29T00:00", "2024-03-29T12:00"):
        run_cycle(database, INBOX, at(moment))


def test_past_days_show_what_was_sent_and_coming_days_what_would_be(sqlite_database: Database) -> None:
    lived(sqlite_database)
    with pages(sqlite_database, NOW, role=Role.LEADER) as client:
        before = row_counts(sqlite_database)
        march = looked_at(client, "/calendar?day=2024-03-29").text
        assert "区民政局 联络员" in march
        assert "已发" in march
        assert "/messages/1" in march
        april = looked_at(client, "/calendar?month=2024-04&day=2024-04-26").text  # 28 April is worked
        assert "预计" in april
        assert "待报（任务1.1）" in april
        assert "/calendar/compare" not in april  # leaders change nothing
        assert row_counts(sqlite_database) == before


def test_a_month_that_is_over_needs_no_rehearsal(sqlite_database: Database) -> None:
    lived(sqlite_database)
    with pages(sqlite_database, NOW, role=Role.COORDINATOR) as client:
        assert "没有要推算的消息" in client.get("/calendar?month=2024-02").text
        assert "没有要推算的消息" in client.get("/calendar?month=2025-01").text
        assert "没有要推算的消息" not in client.get("/calendar?month=nonsense").text


def test_recipient_and_kind_filter_the_list_and_its_workbook(sqlite_database: Database) -> None:
    lived(sqlite_database)
    with pages(sqlite_database, NOW, role=Role.COORDINATOR) as client:
        path = "/calendar?month=2024-04&show=list"
        everything = looked_at(client, path).text
        assert "区教育局 联络员" in re.findall(r"<td>([^<]*)</td>", everything)
        own = looked_at(client, f"{path}&to=区民政局 联络员&kind=reminder").text
        assert "区教育局 联络员" not in re.findall(r"<td>([^<]*)</td>", own)
        raw = client.get("/calendar/workbook?month=2024-04&to=区民政局 联络员&kind=reminder").content
        rows = list(openpyxl.load_workbook(io.BytesIO(raw)).active.values)  # type: ignore[union-attr]
        assert rows[0][:3] == ("日期", "时间", "收件人")
        assert {(row[2], row[3]) for row in rows[1:]} == {("区民政局 联络员", "提醒")}
        assert len(rows) > 1


def test_what_has_changed_since_is_said_and_worked_out_again_on_request(sqlite_database: Database) -> None:
    lived(sqlite_database)
    with pages(sqlite_database, NOW, role=Role.COORDINATOR) as client:
        assert "之后数据有变动" not in looked_at(client, "/calendar?month=2024-04").text
        with sqlite_database.read() as session:
            change = plan_change(session, "1.1", ["2024-04-19=开工"])
        set_milestones(sqlite_database, change, NOW, "tester")
        stale = looked_at(client, "/calendar?month=2024-04&show=list").text
        assert "之后数据有变动" in stale
        assert "节点将到期" not in stale
        again = send(client, "/calendar/again?month=2024-04")
        assert again.headers["location"] == "/calendar?month=2024-04"
        fresh = looked_at(client, "/calendar?month=2024-04&show=list").text
        assert "节点将到期（任务1.1）" in fresh


def test_other_rules_show_what_comes_and_goes_and_nothing_is_stored(sqlite_database: Database) -> None:
    lived(sqlite_database)
    with pages(sqlite_database, NOW, role=Role.COORDINATOR) as client:
        assert 'name="report_offsets"' in client.get("/calendar/compare").text
        wished = {"report_offsets": "-5,0", "lagging_every": "5", "until": "2024-04"}
        asked = send(client, "/calendar/compare", wished)
        assert asked.status_code == 303
        assert "lagging_every" not in asked.headers["location"]  # as it is already
        page = looked_at(client, asked.headers["location"]).text
        assert re.search(r"多发 [1-9]\d* 条，少发 [1-9]\d* 条", page)
        assert "2024-04-24 09:0" in page  # five working days before the 30th; 28 April is worked
        assert "现在是 -3,0" in page
        assert "/settings/policy?plan=1" in page
        raw = client.get(asked.headers["location"].replace("compare?", "compare/workbook?")).content
        rows = list(openpyxl.load_workbook(io.BytesIO(raw)).active.values)  # type: ignore[union-attr]
        assert {row[0] for row in rows[1:]} == {"新增提醒", "取消提醒"}
    with sqlite_database.read() as session:
        assert "report_offsets" not in session.get_one(tables.Plan, 1).policy


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"report_offsets": "x"}, "report_offsets"),
        ({"lagging_every": "0"}, "lagging_every"),
        ({"remind_at": "25:00"}, "remind_at"),
    ],
)
def test_a_number_that_cannot_be_is_shown_again_with_the_reason(
    sqlite_database: Database, typed: dict[str, str], sentence: str
) -> None:
    lived(sqlite_database)
    with pages(sqlite_database, NOW, role=Role.COORDINATOR) as client:
        page = send(client, "/calendar/compare", typed)
        assert page.status_code == 422
        assert sentence in page.text
        assert f'value="{next(iter(typed.values()))}"' in page.text


def test_the_same_rules_change_nothing(sqlite_database: Database) -> None:
    lived(sqlite_database)
    with pages(sqlite_database, NOW, role=Role.COORDINATOR) as client:
        asked = send(client, "/calendar/compare", {"lagging_every": "5", "until": "2024-04"})
        assert "和现在的规则一样" in client.get(asked.headers["location"]).text
        assert client.get("/calendar/compare?change=nonsense").status_code == 422


def test_the_pages_are_in_english_too_and_without_a_plan_they_say_so(sqlite_database: Database) -> None:
    with pages(sqlite_database, NOW, role=Role.COORDINATOR) as client:
        for path in ("/calendar", "/calendar/compare", "/calendar/workbook"):
            assert client.get(path).status_code == 200
        lived(sqlite_database)
        assert "Message calendar" in looked_at(client, "/calendar?lang=en").text
        assert "Compare until" in client.get("/calendar/compare?lang=en").text
