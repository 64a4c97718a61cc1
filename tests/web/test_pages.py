"""What the pages show, asked from a real server; the figures are worked out by hand beside the test."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from sqlalchemy import event
from sqlmodel import select

from db import runs, tables
from db.session import Database
from db.units import stored_id
from tests.databases import sqlite_copy
from tests.web.demo_double import StandingStill
from tests.web.running import pages
from tests.workflows.office_2024 import INBOX, Built, Task, at, build
from web.words import LOCALES
from workflows.compose import compose
from workflows.deliver import deliver
from workflows.report_progress import Filing, report_progress
from workflows.sweep import sweep

TASKS = (
    Task("1.1", "200", "台", lead="区住建局"),
    Task(
        "1.2",
        "100",
        "场",
        lead="区民政局",
        milestones={date(2024, 5, 6): "30", date(2024, 9, 30): "培训班开班"},
    ),
    Task("1.3", None, lead="区民政局"),
    Task("2.1", "40", "个", lead="区教育局", co_lead="区民政局"),
    Task("2.2", "9", "个", lead="区教育局", state="suspended"),
)
EVENING = at("2024-04-01T18:00")


def lived(database: Database) -> Built:
    """Five sub-tasks; 1.1 reported on plan, 1.2 far behind, the others not at all; the first of April has passed."""
    built = build(database, *TASKS, emails={"区民政局": "a@example.org"})
    report_progress(database, Filing("1.1", "2024-03", ["23台"]), at("2024-03-28T10:00"), "test")
    report_progress(database, Filing("1.2", "2024-03", ["1场"], "人员不足"), at("2024-03-29T10:00"), "test")
    for day in ("2024-03-29", "2024-04-01"):
        for time in ("00:00", "09:15"):
            moment = at(f"{day}T{time}")
            sweep(database, moment)
            compose(database, INBOX, moment)
            deliver(database, INBOX, moment)
    return built


@pytest.fixture
def built(sqlite_database: Database) -> Built:
    """What was built in the database of the test."""
    return lived(sqlite_database)


@pytest.fixture
def client(sqlite_database: Database, built: Built) -> Iterator[httpx.Client]:
    """The pages on the evening of the first of April."""
    with pages(sqlite_database, EVENING) as found:
        yield found


def test_every_page_works_on_both_databases(database: Database) -> None:
    built = lived(database)
    with pages(database, EVENING) as client:
        assert "● 正常" in row_of(client.get("/").text, "任务1.1")
        assert "人员不足" in client.get(f"/subtasks/{built.subtasks['1.2']}").text
        number = re.findall(r'href="/messages/(\d+)"', client.get("/messages").text)[0]
        assert "已送入站内收件箱" in client.get(f"/messages/{number}").text
        assert client.get("/?light=yellow&unit=1&page=2").status_code == 200
        assert client.get("/messages?unit=1&kind=digest").status_code == 200


def text_of(html: str) -> str:
    """The words of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.replace("<wbr>", "")))


def row_of(html: str, title: str) -> str:
    """The words of the table row that begins with that title."""
    return next(text_of(row) for row in re.findall(r"<tr.*?</tr>", html, re.S) if title in row)


def test_the_overview_shows_every_sub_task_with_light_figures_and_reason(client: httpx.Client) -> None:
    html = client.get("/").text
    on_plan = row_of(html, "任务1.1")
    assert "● 正常" in on_plan
    assert "23 / 200台" in on_plan
    assert "区住建局" in on_plan
    behind = row_of(html, "任务1.2")
    # 30 by 6 May, 68 days after 28 February: the 2nd is asked for on the 5th day, 4 March; of the working
    # days after it up to 29 March there are 19, which is more than 5 and not more than 20.
    assert "▲ 滞后" in behind
    assert "1 / 100场" in behind
    assert "19个工作日" in behind
    assert "5月6日 节点" in behind
    assert "▲ 迟报" in row_of(html, "任务1.3")
    assert "未报 / 40个" in row_of(html, "任务2.1")
    assert "‖ 暂停" in row_of(html, "任务2.2")


def test_the_overview_counts_lights_and_units(client: httpx.Client) -> None:
    html = client.get("/").text
    tiles = dict(re.findall(r'<li class="(\w+)"><a[^>]*><b><span[^>]*>.</span> (\d+)</b>', html))
    assert tiles == {"red": "0", "yellow": "3", "green": "1", "done": "0", "grey": "1"}
    # 区民政局 leads 1.2, 1.3 and, with 区教育局, 2.1
    assert row_of(html, "区民政局</a>").split() == ["区民政局", "—", "3", "—", "—", "—", "3", "—"]
    assert row_of(html, "区教育局</a>").split() == ["区教育局", "—", "1", "—", "—", "1", "2", "—"]


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("light=green", ["任务1.1"], ["任务1.2", "任务2.2"]),
        ("light=grey", ["任务2.2"], ["任务1.1"]),
        ("light=red", ["没有符合条件的子任务"], ["任务1.1"]),
        ("light=purple", ["任务1.1", "任务2.2"], []),
        ("page=99", ["任务1.1"], []),
    ],
)
def test_the_overview_can_be_narrowed(
    client: httpx.Client, query: str, shown: list[str], hidden: list[str]
) -> None:
    html = client.get(f"/?{query}").text
    listed = html[html.index('id="tasks"') :]
    assert all(title in listed for title in shown)
    assert not any(title in listed for title in hidden)


def test_a_unit_is_shown_alone(client: httpx.Client, sqlite_database: Database, built: Built) -> None:
    with sqlite_database.read() as session:
        unit_id = session.get_one(tables.Post, built.posts["区住建局"]).unit_id
    html = client.get(f"/?unit={unit_id}").text
    assert "任务1.1" in html
    assert "任务1.2" not in html


def test_what_the_day_brought_and_what_is_due_is_listed(
    client: httpx.Client, sqlite_database: Database
) -> None:
    html = client.get("/").text
    assert "发出 2 封消息" in html  # 区民政局 and 区教育局; 区住建局 is on plan
    with pages(sqlite_database, at("2024-04-30T18:00")) as later:
        assert "5月6日 节点" in later.get("/").text
    with pages(sqlite_database, at("2024-03-28T18:00")) as earlier:
        assert "收到 1 份填报" in earlier.get("/").text


def test_findings_are_shown_until_they_are_settled(client: httpx.Client, sqlite_database: Database) -> None:
    said = "区民政局没有可用的联系方式，待发提醒无法送出"
    assert said not in client.get("/").text
    with sqlite_database.write() as session:
        message = f"{said}：请用 duban contacts import 登记该单位的邮箱。"
        runs.open_finding(session, "NO_CONTACT", "post:1", message, EVENING)
    html = client.get("/").text
    assert f"{said}。" in html
    assert "duban contacts" not in html  # the page has its own way
    assert "A unit has no usable contact" in client.get("/?lang=en").text
    with sqlite_database.write() as session:
        runs.close_finding(session, "NO_CONTACT", "post:1", EVENING)
    assert said not in client.get("/").text


def test_the_page_of_a_sub_task_tells_everything_about_it(client: httpx.Client, built: Built) -> None:
    html = client.get(f"/subtasks/{built.subtasks['1.2']}").text
    words = text_of(html)
    assert "落后序时进度19个工作日" in words
    assert "人员不足" in words  # the report's text
    assert "培训班开班" in words  # the milestone
    assert "未到期" in words
    assert "<polyline" in html
    assert "5月6日" in words
    assert 'href="/messages/' in html  # its messages


def test_quotas_that_do_not_add_up_are_said_to(
    client: httpx.Client, sqlite_database: Database, built: Built
) -> None:
    with sqlite_database.write() as session:
        indicator = session.exec(
            select(tables.Indicator).where(tables.Indicator.subtask_id == built.subtasks["1.1"])
        ).one()
        for name, share in (("甲街道", 120), ("乙街道", 79)):
            unit = tables.Unit(name=name, kind="street")
            session.add(unit)
            session.flush()
            keys = {"indicator_id": stored_id(indicator.id), "unit_id": stored_id(unit.id)}
            session.add(tables.Quota(quantity=Decimal(share), **keys))
    words = text_of(client.get(f"/subtasks/{built.subtasks['1.1']}").text)
    assert "甲街道" in words
    assert "合计 199，与目标 200台 不符" in words


def test_the_inbox_lists_messages_and_shows_each_with_its_reasons(client: httpx.Client) -> None:
    html = client.get("/messages").text
    number = re.findall(r'href="/messages/(\d+)"', html)[0]
    answer = client.get(f"/messages/{number}")
    assert 'sandbox=""' in answer.text
    assert "srcdoc=" in answer.text
    assert "style-src 'self' 'unsafe-inline'" in answer.headers["content-security-policy"]
    assert "script" not in answer.headers["content-security-policy"]
    assert "已送入站内收件箱" in answer.text
    assert "迟报" in text_of(answer.text)


def test_the_inbox_is_narrowed_by_unit_and_kind(
    client: httpx.Client, sqlite_database: Database, built: Built
) -> None:
    with sqlite_database.read() as session:
        unit_id = session.get_one(tables.Post, built.posts["区教育局"]).unit_id
    listed = client.get(f"/messages?unit={unit_id}&kind=reminder").text
    recipients = set(re.findall(r'<span class="who">([^<]+)</span>', listed))
    assert recipients == {"区教育局 联络员"}
    assert "没有符合条件的消息" in client.get("/messages?kind=digest").text
    assert client.get("/messages?unit=&kind=").status_code == 200


@pytest.mark.parametrize(
    "path", ["/nothing", "/subtasks/999", "/subtasks/x", "/messages/999", "/messages/x", "/?plan=x"]
)
def test_what_is_not_there_is_said_politely(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "没有这个页面" in answer.text


@pytest.mark.parametrize("path", ["/", "/messages", "/subtasks/1", "/messages/1", "/nothing"])
def test_every_page_is_there_in_english_and_keeps_the_language(client: httpx.Client, path: str) -> None:
    html = client.get(f"{path}?lang=en").text
    assert '<html lang="en">' in html
    assert all(
        "lang=en" in link for link in re.findall(r'href="(/(?:inbox|subtasks)[^"]*)"', html.split("<main")[1])
    )


def test_data_are_shown_as_text_never_as_markup(sqlite_database: Database) -> None:
    build(sqlite_database, Task("1.1", lead="<script>alert(1)</script>"))
    with pages(sqlite_database, EVENING) as client:
        html = client.get("/").text
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_without_a_plan_the_page_says_how_to_begin(database: Database) -> None:
    with pages(database, EVENING) as client:
        first = client.get("/").text
        assert "三步开始督办" in first
        assert "duban " not in text_of(first)
        assert "还没有消息" in client.get("/messages").text


@pytest.mark.parametrize("path", ["/", "/messages", "/subtasks/1"])
def test_a_page_needs_as_many_queries_for_many_sub_tasks_as_for_few(
    path: str, sqlite_template: Path, tmp_path: Path
) -> None:
    asked = []
    for number in (5, 90):
        (tmp_path / str(number)).mkdir()
        database = sqlite_copy(sqlite_template, tmp_path / str(number))
        build(database, *(Task(f"{one}") for one in range(number)))
        counted: list[str] = []
        event.listen(database.engine, "before_cursor_execute", lambda *args, to=counted: to.append(args[2]))
        with pages(database, EVENING) as client:
            assert client.get(path).status_code == 200
        asked.append(len(counted))
        database.close()
    assert asked[0] == asked[1]


def test_a_demo_says_so_on_every_page_and_returns_to_where_one_was(sqlite_database: Database) -> None:
    build(sqlite_database, *TASKS)
    demo = StandingStill()
    with pages(sqlite_database, EVENING, demo=demo) as client:
        origin = str(client.base_url).rstrip("/")
        for path in ("/", "/messages", "/subtasks/1", "/nothing"):
            assert "虚拟日期" in client.get(path).text
        here = {"Origin": origin, "Referer": f"{origin}/messages?kind=digest"}
        assert client.post("/demo/week", headers=here).headers["location"] == "/messages?kind=digest"
        elsewhere = {"Origin": origin, "Referer": "http://evil.example.com//evil.example.com/"}
        assert client.post("/demo/month", headers=elsewhere).headers["location"] == "/"
        double = {"Origin": origin, "Referer": f"{origin}//evil.example.com/"}
        assert client.post("/demo/day", headers=double).headers["location"] == "/evil.example.com/"
    assert demo.pressed == ["week", "month", "day"]


def test_both_languages_say_the_same_things() -> None:
    chinese, english = LOCALES["zh-CN"], LOCALES["en"]
    assert set(chinese) == set(english)
    for key, words in chinese.items():
        assert set(re.findall(r"{\w+}", words)) == set(re.findall(r"{\w+}", english[key])), key
