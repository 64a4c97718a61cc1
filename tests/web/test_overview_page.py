"""总览: what is wrong and who must act, the filters in the address, the table as a workbook."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date
from urllib.parse import urlencode

import httpx
import pytest
from openpyxl import load_workbook

from db import tables
from db.session import Database
from engine.roles import Role
from tests.web.running import pages
from tests.web.test_pages import EVENING, lived, text_of
from tests.workflows.office_2024 import Built, Task, at, build
from workflows.report_progress import Filing, report_progress


@pytest.fixture
def built(sqlite_database: Database) -> Built:
    """The five sub-tasks of test_pages; 区民政局's are under 甲副区长."""
    built = lived(sqlite_database)
    with sqlite_database.write() as session:
        second = tables.Project(
            plan_id=built.plan_id, position=2, no="二", title="养老服务", leaders=["甲副区长"]
        )
        session.add(second)
        session.flush()
        for no in ("1.2", "1.3"):
            session.get_one(tables.SubTask, built.subtasks[no]).project_id = second.id or 0
    return built


@pytest.fixture
def client(sqlite_database: Database, built: Built) -> Iterator[httpx.Client]:
    with pages(sqlite_database, EVENING, role=Role.COORDINATOR) as found:
        yield found


def _found(html: str) -> set[str]:
    """The numbers of the tasks in the table."""
    table = html.split('id="found"')[1]
    return set(re.findall(r'href="/subtasks/\d+[^"]*">(\d\.\d) ', table))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, {"1.1", "1.2", "1.3", "2.1", "2.2"}),
        ({"q": "任务1.1"}, {"1.1"}),
        ({"q": "2."}, {"2.1", "2.2"}),
        ({"q": "住建"}, {"1.1"}),
        ({"q": "养老"}, {"1.2", "1.3"}),
        ({"q": "%"}, set()),
        ({"leader": "甲副区长"}, {"1.2", "1.3"}),
        ({"leader": "甲"}, set()),
        ({"project": "2"}, {"1.2", "1.3"}),
        ({"project": "x", "unit": "", "light": ""}, {"1.1", "1.2", "1.3", "2.1", "2.2"}),
        ({"project": "2", "light": "grey"}, set()),
        ({"light": "yellow", "q": "养老"}, {"1.2", "1.3"}),
    ],
)
def test_the_table_shows_what_the_address_asks_for(
    client: httpx.Client, wanted: dict[str, str], found: set[str]
) -> None:
    html = client.get(f"/?{urlencode(wanted)}").text
    assert _found(html) == found
    assert f"符合条件 {len(found)} 项" in html


def test_what_was_asked_for_stays_in_the_form_and_in_the_export(client: httpx.Client) -> None:
    html = client.get("/?q=养老&light=yellow").text
    assert 'name="q" value="养老"' in html
    assert re.search(r'<option value="yellow" selected>', html)
    (export,) = re.findall(r'href="(/tasks\.xlsx[^"]*)"', html)
    sheet = load_workbook(io.BytesIO(client.get(export.replace("&amp;", "&")).content)).worksheets[0]
    assert [row[1].value for row in sheet.iter_rows(min_row=2)] == ["1.2", "1.3"]


def test_the_workbook_has_figures_as_figures(client: httpx.Client) -> None:
    answer = client.get("/tasks.xlsx?q=任务1.2")
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True))
    assert len(rows) == 2
    line = dict(zip(rows[0], rows[1], strict=True))
    assert (line["目标"], line["已报"], line["落后工作日"], line["灯"]) == (100, 1, 19, "滞后")
    assert line["分管领导"] == "甲副区长"
    assert str(line["数据截至"]) == "2024-03-29 00:00:00"


def test_lights_are_counted_by_project(client: httpx.Client) -> None:
    html = client.get("/").text
    lines = html.split('id="lines"')[1].split("</table>")[0]
    rows = [text_of(row).split() for row in re.findall(r"<tr><th scope=\"row\">.*?</tr>", lines, re.S)]
    assert rows == [
        ["一", "项目", "—", "1", "1", "—", "1", "3"],
        ["二", "养老服务", "—", "2", "—", "—", "—", "2"],
    ]


def test_what_waits_for_the_desk_is_one_line_with_its_number(
    client: httpx.Client, sqlite_database: Database
) -> None:
    words = text_of(client.get("/").text)
    # 1.1 came on Thursday 28 March, 1.2 on Friday: one working day to Friday, two to Monday
    assert "2 份填报待审核" in words
    assert "最久已等2个工作日" in words
    assert words.count("份填报待审核") == 2  # once to see, once in the name of its link


def test_who_owes_what_is_said_by_unit(client: httpx.Client) -> None:
    debts = text_of(client.get("/").text.split('id="debts"')[1].split("</section>")[0])
    # the report for March was due on Friday 29th; 1.3 and 2.1 have none
    assert "区民政局 ： 1.3 任务1.3 2024-03 进展填报" in debts.replace("  ", " ")
    assert "区教育局、区民政局 ： 2.1 任务2.1" in debts


def test_the_month_that_is_asked_for_names_who_has_not_reported(
    client: httpx.Client, sqlite_database: Database
) -> None:
    assert "应报 4 项，已报 0 项" in client.get("/").text  # April; 2.2 is suspended
    report_progress(sqlite_database, Filing("1.1", "2024-04", ["30台"]), EVENING, "test")
    debts = text_of(client.get("/").text.split('id="debts"')[1].split("</section>")[0])
    assert "应报 4 项，已报 1 项" in debts
    assert "还没报的 2 个单位" in debts  # 2.1 is first led by 区教育局
    assert "区民政局 2项" in debts
    assert "区住建局" not in debts


def test_a_leader_reads_and_a_unit_does_not(sqlite_database: Database, built: Built) -> None:
    with pages(sqlite_database, EVENING, role=Role.LEADER) as client:
        assert client.get("/").status_code == 200
        assert client.get("/tasks.xlsx").status_code == 200
    with sqlite_database.read() as session:
        unit_id = session.get_one(tables.Post, built.posts["区住建局"]).unit_id
    with pages(sqlite_database, EVENING, role=Role.UNIT, unit_id=unit_id) as client:
        assert client.get("/tasks.xlsx").status_code == 403


def test_a_search_is_text_and_never_markup(client: httpx.Client) -> None:
    html = client.get("/?q=<b>x</b>&leader=<i>").text
    assert "<b>x</b>" not in html
    assert "&lt;b&gt;x" in html


def test_before_the_plan_begins_no_month_is_asked_for(sqlite_database: Database) -> None:
    build(sqlite_database, Task("1"), issued_on=date(2024, 2, 28))
    with pages(sqlite_database, at("2025-02-03T10:00")) as client:
        assert "进展报送" not in client.get("/").text
