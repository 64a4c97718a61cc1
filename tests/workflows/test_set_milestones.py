from __future__ import annotations

from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import col, select

from db import plans, tables
from db.session import Database
from db.units import stored_id
from engine.errors import DubanError
from tests.workflows.drafts import NOW, row_counts, stored
from workflows.milestone_changes import MilestoneChange
from workflows.office import Office
from workflows.set_milestones import (
    changed_messages,
    milestone_lines,
    plan_change,
    rehearsed_messages,
    set_milestones,
)

ZONE = ZoneInfo("Asia/Shanghai")


def planned(database: Database, *texts: str, subtask: str = "1.1") -> MilestoneChange:
    with database.read() as session:
        return plan_change(session, subtask, texts)


def goals(database: Database, subtask: str = "1.1") -> list[tuple[date, str, list[Decimal]]]:
    with database.read() as session:
        row = session.exec(select(tables.SubTask).where(col(tables.SubTask.no) == subtask)).one()
        loaded = plans.load_subtasks(session, [stored_id(row.id)])[stored_id(row.id)]
    return [
        (one.due_on, one.text, [one.quantities[key] for key in sorted(one.quantities)])
        for one in loaded.milestones
    ]


@pytest.mark.parametrize(
    ("text", "due_on", "words", "figures"),
    [
        ("2024-08=新建站点=7个", date(2024, 8, 31), "", [Decimal(7)]),
        ("2024-08-15=主体封顶", date(2024, 8, 15), "主体封顶", []),
        ('2024-08-15="主体封顶"', date(2024, 8, 15), "主体封顶", []),
        ("2024-08=新建站点=7个，改造站点=2个", date(2024, 8, 31), "", [Decimal(7), Decimal(2)]),
        ("2024-08=通电，新建站点=7个", date(2024, 8, 31), "通电", [Decimal(7)]),
        ("2024-8=新建站点 = 7 个", date(2024, 8, 31), "", [Decimal(7)]),
    ],
)
def test_a_milestone_is_read_in_words_and_figures(
    database: Database, text: str, due_on: date, words: str, figures: list[Decimal]
) -> None:
    stored(database)
    set_milestones(database, planned(database, text), NOW, "tester")
    assert (due_on, words, figures) in goals(database)
    assert len(goals(database)) == 3


def test_a_milestone_of_the_same_day_is_replaced(database: Database) -> None:
    stored(database)
    change = planned(database, "2024-06=新建站点=6个")
    assert change.lines == ("2024-06-30：过半，新建站点 5个 → 新建站点 6个",)
    set_milestones(database, change, NOW, "tester")
    assert goals(database) == [(date(2024, 4, 15), "开工", []), (date(2024, 6, 30), "", [Decimal(6)])]


def test_a_milestone_without_a_goal_is_removed(database: Database) -> None:
    stored(database)
    change = planned(database, "2024-04-15=")
    assert change.lines == ("2024-04-15：开工 → （删去）",)
    set_milestones(database, change, NOW, "tester")
    assert [due_on for due_on, _, _ in goals(database)] == [date(2024, 6, 30)]


def test_what_stands_already_is_no_change(database: Database) -> None:
    stored(database)
    assert planned(database, "2024-04-15=开工", "2024-09=").wanted == ()


def test_the_sub_task_is_looked_at_again_and_the_change_is_on_record(database: Database) -> None:
    stored(database)
    set_milestones(database, planned(database, "2024-08-15=通电"), NOW, "tester")
    with database.read() as session:
        row = session.exec(select(tables.SubTask).where(col(tables.SubTask.no) == "1.1")).one()
        assert (row.next_check_on, row.revision) == (date(2024, 3, 1), 2)
        event = session.exec(select(tables.Event).where(col(tables.Event.what) == "set_milestones")).one()
        assert (event.subtask_id, event.details) == (row.id, {"lines": ["2024-08-15：（无） → 通电"]})


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("2024-08=新建站点=4个", "低于前一个节点"),
        ("2024-08=新建站点=11个", "超过总量"),
        ("2024-11=新建站点=10个", "晚于完成时限"),
        ("2024-08=新建站点=5个", None),
        ("2024-10=新建站点=10个", None),
    ],
)
def test_a_doubtful_goal_is_pointed_out(database: Database, text: str, warning: str | None) -> None:
    stored(database)
    warnings = planned(database, text).warnings
    assert [warning in one for one in warnings if warning] == ([True] if warning else [])
    assert bool(warnings) == (warning is not None)


@pytest.mark.parametrize(
    "text",
    [
        "2024-06",
        "六月=5个",
        "2024-13=通电",
        "2024-02-30=通电",
        "2023-06=通电",
        "2025-01=通电",
        "2024-08=7个",
        "2024-08=新建站点=7个，新建站点=8个",
        "2024-08=新建站点=-7个",
    ],
)
def test_a_milestone_that_cannot_be_told_is_refused(database: Database, text: str) -> None:
    stored(database)
    with pytest.raises(DubanError) as refused:
        planned(database, text)
    assert refused.value.code == "BAD_MILESTONE"


def test_two_goals_of_one_day_are_refused(database: Database) -> None:
    stored(database)
    with pytest.raises(DubanError) as refused:
        planned(database, "2024-08-31=通电", "2024-08=验收")
    assert refused.value.code == "BAD_MILESTONE"


def test_a_change_planned_on_what_has_changed_since_is_refused(database: Database) -> None:
    stored(database)
    late = planned(database, "2024-08-15=通电")
    set_milestones(database, planned(database, "2024-09-15=验收"), NOW, "tester")
    before = row_counts(database)
    with pytest.raises(DubanError) as refused:
        set_milestones(database, late, NOW, "tester")
    assert refused.value.code == "REVISION_CONFLICT"
    assert row_counts(database) == before


def test_a_new_milestone_brings_its_notices_and_nothing_is_stored_by_looking(database: Database) -> None:
    stored(database)
    before = row_counts(database)
    change = planned(database, "2024-11-22=培训教材定稿", subtask="1.2")
    gone, come = rehearsed_messages(database, Office(), change, NOW.replace(month=10, day=28), ZONE)
    assert row_counts(database) == before
    # Friday 22 November: ten, five and one working days before it, and the day itself.
    due = [line["date"] for line in come if any(item["rule"] == "milestone_due" for item in line["items"])]
    assert due == ["2024-11-08", "2024-11-15", "2024-11-21", "2024-11-22"]
    assert [line for line in gone if any(item["rule"] == "milestone_due" for item in line["items"])] == []


def line(date: str, *items: str, recipient: str = "交通局 联络员") -> dict[str, object]:
    return {
        "date": date,
        "time": "09:00",
        "recipient": recipient,
        "channel": "inbox",
        "kind": "reminder",
        "items": [{"rule": item} for item in items],
    }


@pytest.mark.parametrize(
    ("before", "after", "gone", "come"),
    [
        ([line("2024-04-01", "a")], [line("2024-04-01", "a")], [], []),
        ([line("2024-04-01", "a")], [], [line("2024-04-01", "a")], []),
        ([line("2024-04-01", "a")], [line("2024-04-01", "a", "b")], [], [line("2024-04-01", "b")]),
        (
            [line("2024-04-01", "a")],
            [line("2024-04-02", "a")],
            [line("2024-04-01", "a")],
            [line("2024-04-02", "a")],
        ),
        ([line("2024-04-01")], [], [line("2024-04-01")], []),
    ],
)
def test_messages_are_compared_by_recipient_day_and_items(
    before: list[dict[str, object]],
    after: list[dict[str, object]],
    gone: list[dict[str, object]],
    come: list[dict[str, object]],
) -> None:
    assert changed_messages(before, after) == (gone, come)


@pytest.mark.parametrize(("reference", "rows"), [("1.1", 2), ("1.2", 0), (None, 2), ("示例计划", 2)])
def test_milestones_are_listed_by_sub_task_or_plan(
    database: Database, reference: str | None, rows: int
) -> None:
    stored(database)
    with database.read() as session:
        assert len(milestone_lines(session, reference, None)) == rows
