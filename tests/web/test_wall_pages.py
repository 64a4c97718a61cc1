"""挂图作战 on a real server: what it says, its filters, its full screen, who may see it; what changes is seen at once."""

from __future__ import annotations

import io
from datetime import date

import pytest
from openpyxl import load_workbook

from db.references import find_unit
from db.session import Database
from db.units import stored_id
from engine.roles import Role
from tests.web.running import pages
from tests.web.test_pages import row_of, text_of
from tests.workflows.office_2024 import Built, Task, at, build
from workflows.report_progress import Filing, report_progress

NOW = at("2024-05-10T10:00")
STREETS = {"甲街道": "60", "乙街道": "40"}
MILESTONES = {date(2024, 3, 31): "20", date(2024, 4, 30): "50"}


def office(database: Database) -> Built:
    """Two sub-tasks that ask for 20 by March and 50 by April; the first has reported 20, 40 and the second nothing."""
    built = build(
        database,
        Task("1.1", milestones=MILESTONES, quotas=STREETS),
        Task("1.2", lead="区教育局", milestones=MILESTONES),
    )
    for period, figure, when in (
        ("2024-03", "20台", "2024-03-29T10:00"),
        ("2024-04", "40台", "2024-04-28T10:00"),
    ):
        report_progress(database, Filing("1.1", period, (figure,)), at(when), "区民政局")
    share = Filing("1.1", "2024-04", ("60台",), unit="甲街道", role="share")
    report_progress(database, share, at("2024-04-28T11:00"), "甲街道")
    return built


def unit_named(database: Database, name: str) -> int:
    """The id of the unit of that name."""
    with database.read() as session:
        return stored_id(find_unit(session, name).id)


def test_without_a_plan_the_page_says_what_comes_first(sqlite_database: Database) -> None:
    with pages(sqlite_database, NOW, role=Role.LEADER) as client:
        assert client.get("/wall").status_code == 200


def test_the_wall_shows_each_month_with_its_light(database: Database) -> None:
    office(database)
    with pages(database, NOW, role=Role.LEADER) as client:
        html = client.get("/wall").text
    words = text_of(html)
    row = row_of(html, "一 项目")
    # February: issued on the 28th, nothing asked. March: (20 + 0) / 2. April: (40 + 0) / 2, asked 50. May as April.
    assert "10%" in row
    assert row.count("20%") == 2
    assert "100%" in row  # what the plan asks by November
    assert "共 2 项子任务" in words
    assert "计划" in words
    assert "来源" in words


def test_units_are_shown_with_their_shares(database: Database) -> None:
    office(database)
    with pages(database, NOW, role=Role.LEADER) as client:
        row = row_of(client.get("/wall").text, "1.1 任务1.1")
    assert "60/60" in row
    assert "未报" in row
    assert "/40" in row


def test_a_project_opens_into_its_sub_tasks(database: Database) -> None:
    built = office(database)
    with pages(database, NOW, role=Role.LEADER) as client:
        html = client.get("/wall?project=一").text
    assert f'href="/subtasks/{built.subtasks["1.2"]}"' in html
    assert "40%" in row_of(html, "1.1 任务1.1")


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 2),
        ("light=green", 0),
        ("light=nonsense", 2),
        ("unit=99", 0),
        ("unit=x", 2),
        ("project=一", 2),
        ("project=九", 0),
        ("leader=无此人", 0),
        ("plan=x&page=9&sheet=7", 2),
    ],
)
def test_filters_are_in_the_address(sqlite_database: Database, query: str, number: int) -> None:
    office(sqlite_database)
    with pages(sqlite_database, NOW, role=Role.LEADER) as client:
        answer = client.get(f"/wall?{query}")
    assert answer.status_code == 200
    assert f"共 {number} 项子任务" in text_of(answer.text)
    assert ("没有符合条件的任务" in answer.text) is (number == 0)


def test_what_is_reported_is_on_the_wall_at_once(database: Database) -> None:
    office(database)
    with pages(database, NOW, role=Role.LEADER) as client:
        assert "33%" not in row_of(client.get("/wall?project=一").text, "1.2 任务1.2")
        report_progress(database, Filing("1.2", "2024-05", ("33台",)), at("2024-05-09T09:00"), "区教育局")
        assert "33%" in row_of(client.get("/wall?project=一").text, "1.2 任务1.2")


def test_the_full_screen_has_no_menu_and_asks_again_by_itself(sqlite_database: Database) -> None:
    office(sqlite_database)
    with pages(sqlite_database, NOW, role=Role.LEADER) as client:
        html = client.get("/wall?full=1&light=yellow").text
    assert "<nav" not in html
    assert 'hx-trigger="every 60s"' in html
    assert 'hx-get="/wall?full=1&amp;plan=1&amp;light=yellow"' in html
    assert "更新于 10:00" in html


def test_it_can_be_read_in_english(sqlite_database: Database) -> None:
    office(sqlite_database)
    with pages(sqlite_database, NOW, role=Role.LEADER) as client:
        for query in ("", "&full=1", "&project=一", "&light=green"):
            answer = client.get(f"/wall?lang=en{query}")
            assert answer.status_code == 200
        words = text_of(client.get("/wall?lang=en").text)
    assert "Projects × months" in words
    assert "Source:" in words


def test_units_do_not_see_the_wall(sqlite_database: Database) -> None:
    office(sqlite_database)
    with pages(
        sqlite_database, NOW, role=Role.UNIT, unit_id=unit_named(sqlite_database, "区民政局")
    ) as client:
        assert client.get("/wall").status_code == 403


def test_tables_can_be_kept_as_workbooks(sqlite_database: Database) -> None:
    office(sqlite_database)
    with pages(sqlite_database, NOW, role=Role.LEADER) as client:
        months = load_workbook(io.BytesIO(client.get("/wall/months?project=一").content)).active
        shares = load_workbook(io.BytesIO(client.get("/wall/shares").content)).active
    assert months is not None
    assert shares is not None
    rows = [[cell.value for cell in row] for row in months.iter_rows()]
    assert rows[0][:4] == ["编号", "名称", "牵头单位", "目前"]
    assert rows[1][:4] == ["1.1", "任务1.1", "区民政局", "逾期"]  # the milestone of April asks for 50
    assert rows[1][6] == 40  # April
    assert [[cell.value for cell in row] for row in shares.iter_rows()][1:] == [
        ["1.1", "任务1.1", "甲街道", 60, 60, "台", "完成"],
        ["1.1", "任务1.1", "乙街道", None, 40, "台", "未报"],
    ]
