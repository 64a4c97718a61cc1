"""节点设置: what the grid shows, what its forms change, and that nothing is stored before it was looked at."""

from __future__ import annotations

import html
import io
import re
from datetime import date
from decimal import Decimal

import httpx
import openpyxl
import pytest
from sqlmodel import col, select

from db import plans, tables
from db.session import Database
from engine.roles import Role
from tests.web.running import pages
from tests.workflows.office_2024 import Built, Task, at, build
from workflows.set_milestones import plan_change, set_milestones

NOW = at("2024-04-02T18:00")
TASKS = (
    Task("1.1", milestones={date(2024, 6, 30): "40", date(2024, 9, 30): "80"}),
    Task("1.2", lead="区教育局", milestones={date(2024, 5, 15): "开工"}),
    Task("1.3", None),
)
JUNE, JULY = 2024 * 12 + 5, 2024 * 12 + 6


def fields(page: str) -> dict[str, str]:
    """The form of the grid as a browser without scripts would hand it in."""
    form = page[page.index('id="grid-form"') :]
    found = {}
    for tag in re.findall(r"<input([^>]*)>", form):
        name = re.search(r'name="([^"]*)"', tag)
        value = re.search(r' value="([^"]*)"', tag)
        if name and ("checkbox" not in tag or "checked" in tag):
            found[name[1]] = html.unescape(value[1]) if value else ""
    return found


def cell(built: Built, no: str, month: int, indicator: int | None = None) -> str:
    return f"c-{built.subtasks[no]}-{built.subtasks[no] if indicator is None else indicator}-{month}"


def goals(database: Database, built: Built, no: str) -> list[tuple[str, str, list[Decimal]]]:
    with database.read() as session:
        loaded = plans.load_subtasks(session, [built.subtasks[no]])[built.subtasks[no]]
    return [(f"{one.due_on:%m-%d}", one.text, list(one.quantities.values())) for one in loaded.milestones]


def send(
    client: httpx.Client, data: dict[str, str], path: str = "/milestones", **more: str
) -> httpx.Response:
    origin = {"Origin": str(client.base_url).rstrip("/")}
    return client.post(path, data=data | more, headers=origin)


def test_the_grid_shows_figures_words_and_days_of_their_own(sqlite_database: Database) -> None:
    built = build(sqlite_database, *TASKS)
    with pages(sqlite_database, NOW, role=Role.COORDINATOR) as client:
        page = client.get("/milestones").text
        shown = fields(page)
        assert shown[cell(built, "1.1", JUNE)] == "40"
        assert shown[cell(built, "1.2", JUNE - 1, 0)] == "开工"
        assert 'aria-label="1.1 设备 6月"' in page
        assert "15 日" in page
        english = client.get("/milestones?lang=en").text
        assert "Who is reminded" not in english
        assert "Fill down" in english


@pytest.mark.parametrize(
    ("query", "numbers"),
    [("", ["1.1", "1.2", "1.3"]), ("?subtask=2", ["1.2"]), ("?unit=2", ["1.2"]), ("?project=99", [])],
)
def test_filters_live_in_the_address(sqlite_database: Database, query: str, numbers: list[str]) -> None:
    build(sqlite_database, *TASKS)
    with pages(sqlite_database, NOW, role=Role.COORDINATOR) as client:
        page = client.get(f"/milestones{query}").text
        assert re.findall(r">(\d\.\d) 任务", page) == numbers
        assert ("没有符合条件的子任务" in page) == (not numbers)


def test_nothing_is_stored_before_its_effects_were_seen(sqlite_database: Database) -> None:
    built = build(sqlite_database, *TASKS)
    with pages(sqlite_database, NOW, role=Role.COORDINATOR) as client:
        typed = fields(client.get("/milestones").text) | {cell(built, "1.1", JULY): "55"}
        asked = send(client, typed, do="save")
        assert asked.status_code == 200
        assert "看过影响之后又有改动" in asked.text
        assert "2024-07-31：（无） → 设备 55台" in asked.text
        assert "区民政局 联络员" in asked.text
        assert len(goals(sqlite_database, built, "1.1")) == 2
        saved = send(client, fields(asked.text), do="save")
        assert saved.status_code == 303
        assert "已保存 1 个节点" in client.get(saved.headers["location"]).text
    assert ("07-31", "", [Decimal(55)]) in goals(sqlite_database, built, "1.1")
    with sqlite_database.read() as session:
        event = session.exec(select(tables.Event).where(col(tables.Event.what) == "set_milestones")).one()
        assert (event.who, event.subtask_id) == ("coordinator", built.subtasks["1.1"])


def test_a_refused_cell_is_shown_with_its_reason_and_everything_typed_is_kept(
    sqlite_database: Database,
) -> None:
    built = build(sqlite_database, *TASKS)
    with pages(sqlite_database, NOW, role=Role.COORDINATOR) as client:
        bad = {cell(built, "1.1", JULY): "很多", cell(built, "1.2", JULY): "30"}
        refused = send(client, fields(client.get("/milestones").text) | bad, do="preview")
        assert refused.status_code == 422
        assert "应是数字" in refused.text
        shown = fields(refused.text)
        assert (shown[cell(built, "1.1", JULY)], shown[cell(built, "1.2", JULY)]) == ("很多", "30")
        again = send(client, shown, do="save")
        assert again.status_code == 422
    assert goals(sqlite_database, built, "1.2") == [("05-15", "开工", [])]


def test_what_somebody_else_changed_meanwhile_is_shown_beside_it_and_the_rest_is_kept(
    sqlite_database: Database,
) -> None:
    built = build(sqlite_database, *TASKS)
    with pages(sqlite_database, NOW, role=Role.COORDINATOR) as client:
        typed = fields(client.get("/milestones").text)
        typed |= {cell(built, "1.1", JUNE): "45", cell(built, "1.2", JULY): "30"}
        with sqlite_database.read() as session:
            theirs = plan_change(session, "1.1", ["2024-06=42台", "2024-08=60台"])
        set_milestones(sqlite_database, theirs, NOW, "other")
        seen = send(client, typed, do="preview")
        assert seen.status_code == 409
        assert "设备 42台 → 设备 45台" in seen.text
        assert "刚被别人改过" in seen.text
        assert goals(sqlite_database, built, "1.2") == [("05-15", "开工", [])]
        assert send(client, fields(seen.text), do="save").status_code == 303
    assert goals(sqlite_database, built, "1.1") == [
        ("06-30", "", [Decimal(45)]),
        ("08-31", "", [Decimal(60)]),  # theirs stays
        ("09-30", "", [Decimal(80)]),
    ]


def test_marked_sub_tasks_move_together_once_they_are_saved(sqlite_database: Database) -> None:
    built = build(sqlite_database, *TASKS)
    with pages(sqlite_database, NOW, role=Role.COORDINATOR) as client:
        marked = {f"row-{built.subtasks[no]}": "on" for no in ("1.1", "1.2")}
        typed = fields(client.get("/milestones").text) | marked
        asked = send(client, typed, do="shift", by="1", by_unit="months")
        assert "2024-06-30 → 2024-07-31：设备 40台" in asked.text
        assert goals(sqlite_database, built, "1.2") == [("05-15", "开工", [])]
        assert send(client, fields(asked.text), do="save").status_code == 303
    assert [day for day, _, _ in goals(sqlite_database, built, "1.1")] == ["07-31", "10-31"]
    assert goals(sqlite_database, built, "1.2") == [("06-15", "开工", [])]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"do": "shift", "by": "1", "by_unit": "months"}, "请先在表格左侧勾选子任务"),
        ({"do": "shift", "by": "x", "by_unit": "months", "row-1": "on"}, "请填顺延的天数或月数"),
        ({"do": "shift", "by": "9", "by_unit": "months", "row-1": "on"}, "顺延后超出计划期"),
        ({"do": "fill", "kind": "x", "row-1": "on"}, "请先选择工作类型"),
        ({"do": "table", "table": ""}, "没有读到数据"),
        ({"do": "table", "table": "9.9\t没有\t设备\t\t1"}, "有 1 行对不上"),
    ],
)
def test_an_action_that_cannot_be_done_says_what_to_do(
    sqlite_database: Database, data: dict[str, str], words: str
) -> None:
    build(sqlite_database, *TASKS)
    with pages(sqlite_database, NOW, role=Role.COORDINATOR) as client:
        page = send(client, fields(client.get("/milestones").text), **data)
        assert words in page.text
        assert "将修改" not in page.text


def test_a_template_only_proposes(sqlite_database: Database) -> None:
    built = build(sqlite_database, *TASKS)
    with pages(sqlite_database, NOW, role=Role.COORDINATOR) as client:
        marked = {f"row-{built.subtasks['1.3']}": "on"}
        page = send(client, fields(client.get("/milestones").text) | marked, do="fill", kind="construction")
        assert "主体完工" in page.text
        assert "竣工验收" in page.text
    assert goals(sqlite_database, built, "1.3") == []


def test_the_exported_workbook_can_be_pasted_back(sqlite_database: Database) -> None:
    built = build(sqlite_database, *TASKS)
    with pages(sqlite_database, NOW, role=Role.COORDINATOR) as client:
        raw = client.get("/milestones/workbook").content
        rows = [list(row) for row in openpyxl.load_workbook(io.BytesIO(raw)).active.values]  # type: ignore[union-attr]
        assert rows[0][:4] == ["序号", "子任务", "指标", "总量"]
        rows[1][rows[0].index("2024-07")] = 50
        table = "\n".join("\t".join("" if one is None else str(one) for one in row) for row in rows)
        page = send(client, fields(client.get("/milestones").text), do="table", table=table)
        assert page.status_code == 200
        assert "2024-07-31：（无） → 设备 50台" in page.text
        assert "将修改 1 个子任务的 1 个节点" in page.text
    assert len(goals(sqlite_database, built, "1.1")) == 2


@pytest.mark.parametrize(
    "pending", ["x", "[]", '{"1":1}', '{"1":[["2024-13-01",null,"",{},null,null]]}', '{"99":[]}']
)
def test_changes_that_somebody_made_unreadable_are_none(sqlite_database: Database, pending: str) -> None:
    build(sqlite_database, *TASKS)
    with pages(sqlite_database, NOW, role=Role.COORDINATOR) as client:
        typed = fields(client.get("/milestones").text) | {"pending": pending}
        page = send(client, typed, do="preview")
        assert page.status_code == 200
        assert "将修改" not in page.text


def test_without_a_plan_the_page_says_so(sqlite_database: Database) -> None:
    with pages(sqlite_database, NOW, role=Role.COORDINATOR) as client:
        assert client.get("/milestones").status_code == 200
        assert client.get("/milestones/workbook").status_code == 200


def one_form(page: str) -> dict[str, str]:
    """The form of a single sub-task."""
    return fields(page.replace('action="/milestones/', 'id="grid-form" action="/milestones/', 1))


def test_a_milestone_moves_and_gets_words_and_weight_of_its_own(sqlite_database: Database) -> None:
    built = build(sqlite_database, *TASKS)
    with pages(sqlite_database, NOW, role=Role.COORDINATOR) as client:
        path = f"/milestones/{built.subtasks['1.1']}"
        typed = one_form(client.get(path).text)
        typed |= {"day-0": "2024-07-10", "text-0": "过半", "weight-0": "2", "gone-1": "on"}
        typed |= {"day-2": "2024-10-31", "text-2": "验收"}
        asked = send(client, typed, path, do="preview")
        assert "2024-06-30 → 2024-07-10：设备 40台（权重 1） → 过半，设备 40台（权重 2）" in asked.text
        assert "2024-09-30：设备 80台 → （删去）" in asked.text
        saved = send(client, one_form(asked.text) | {"gone-1": "on"}, path, do="save")
        assert "已保存 3 个节点" in client.get(saved.headers["location"]).text
    assert goals(sqlite_database, built, "1.1") == [
        ("07-10", "过半", [Decimal(40)]),
        ("10-31", "验收", []),
    ]
    with sqlite_database.read() as session:
        row = session.exec(select(tables.Milestone).where(col(tables.Milestone.text) == "过半")).one()
        assert (row.id, row.weight) == (1, Decimal(2))


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"day-0": "7月"}, "请填日期"),
        ({"day-0": "2024-02-27"}, "不在计划期内"),
        ({"day-0": "2025-01-01"}, "不在计划期内"),
        ({"day-0": "2024-09-30"}, "与另一个节点同一天"),
        ({"text-2": "验收"}, "请填日期"),
        ({"day-2": "2024-10-31"}, "请写要求或累计数"),
        ({"figure-0-1": "x"}, "应是数字"),
        ({"weight-0": "0"}, "权重应大于 0"),
        ({"weight-0": "100.1"}, "权重应大于 0"),
        ({"text-0": "字" * 301}, "最多 300 字"),
    ],
)
def test_a_refused_row_says_why_and_stores_nothing(
    sqlite_database: Database, typed: dict[str, str], why: str
) -> None:
    built = build(sqlite_database, *TASKS)
    with pages(sqlite_database, NOW, role=Role.COORDINATOR) as client:
        page = send(client, one_form(client.get("/milestones/1").text) | typed, "/milestones/1", do="save")
        assert page.status_code == 422
        assert why in page.text
        assert one_form(page.text).items() >= typed.items()
    assert [day for day, _, _ in goals(sqlite_database, built, "1.1")] == ["06-30", "09-30"]


@pytest.mark.parametrize(
    "typed", [{"day-0": "2024-02-28"}, {"day-1": "2024-12-31"}, {"weight-0": "100"}, {"text-0": "字" * 300}]
)
def test_a_row_at_the_edge_is_taken(sqlite_database: Database, typed: dict[str, str]) -> None:
    build(sqlite_database, *TASKS)
    with pages(sqlite_database, NOW, role=Role.COORDINATOR) as client:
        page = send(client, one_form(client.get("/milestones/1").text) | typed, "/milestones/1", do="preview")
        assert page.status_code == 200
        assert "将修改" in page.text


def test_one_sub_task_changed_meanwhile_is_a_conflict(sqlite_database: Database) -> None:
    build(sqlite_database, *TASKS)
    with pages(sqlite_database, NOW, role=Role.COORDINATOR) as client:
        typed = one_form(client.get("/milestones/1").text) | {"figure-0-1": "45"}
        with sqlite_database.read() as session:
            theirs = plan_change(session, "1.1", ["2024-06=42台"])
        set_milestones(sqlite_database, theirs, NOW, "other")
        seen = send(client, typed, "/milestones/1", do="preview")
        assert seen.status_code == 409
        assert "设备 42台 → 设备 45台" in seen.text
        assert client.get("/milestones/77").status_code == 404
