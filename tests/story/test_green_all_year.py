"""A unit that reports exactly the planned whole number at every month's end stays green all year."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from db import plans, tables
from db.session import Database
from tests.oracle_days import days
from tests.story.deeds import Deed, do, moment
from tests.story.matrix_2024 import ROWS
from tests.story.year_2024 import as_planned, open_year
from tests.workflows.office_2024 import LOOP_OFF, at
from workflows.import_plan import prepare, store
from workflows.sweep import sweep

EXAMPLE = Path(__file__).parents[2] / "examples" / "matrix-plan-2024.xlsx"
COMING_UP = {"report_due", "milestone_due", "deadline_due", "acceptance"}


def from_document(database: Database, folder: Path) -> int:
    """With a milestone path and a deadline of its own among the tasks."""
    return open_year(database, folder).plan_id


def from_example(database: Database, folder: Path) -> int:
    plan_id = store(database, prepare(database, EXAMPLE), at("2024-02-28T17:00"), "test").plan_id
    with database.write() as session:
        session.get_one(tables.Plan, plan_id).policy = LOOP_OFF
    return plan_id


@pytest.mark.parametrize("opened", [from_document, from_example])
def test_every_indicator_of_the_matrix_plan_stays_green_when_reported_as_planned(
    sqlite_database: Database, tmp_path: Path, opened: Callable[[Database, Path], int]
) -> None:
    deeds = _all_as_planned(sqlite_database, opened(sqlite_database, tmp_path))
    seen: set[tuple[str, str]] = set()
    for day in days(date(2024, 3, 1), date(2024, 12, 31)):
        sweep(sqlite_database, moment(day, "00:05"))
        for deed in deeds.get(day, ()):
            do(sqlite_database, deed)
        seen |= _lights(sqlite_database)
    assert seen == {(row.no, light) for row in ROWS for light in ("green", "done")}
    assert _lights(sqlite_database) == {(row.no, "done") for row in ROWS}
    with sqlite_database.read() as session:
        rules = set(session.execute(select(col(tables.Reminder.rule)).distinct()).scalars())
    assert rules <= COMING_UP


def test_the_example_holds_the_figures_of_the_matrix_plan(sqlite_database: Database, tmp_path: Path) -> None:
    plan_id = from_example(sqlite_database, tmp_path)
    with sqlite_database.read() as session:
        found = plans.load_subtasks(session, plans.subtask_ids(session, plan_id)).values()
    figures = {one.no: [(int(each.quantity), each.unit) for each in one.indicators] for one in found}
    assert {no: [n for n, _ in each] for no, each in figures.items()} == {
        row.no: [n for n, _ in row.figures] for row in ROWS
    }


def _all_as_planned(database: Database, plan_id: int) -> dict[date, list[Deed]]:
    with database.read() as session:
        plan = plans.load_plan(session, plan_id)
        subtasks = plans.load_subtasks(session, plans.subtask_ids(session, plan_id))
    assert sum(len(one.indicators) for one in subtasks.values()) == 23
    by_day: dict[date, list[Deed]] = {}
    for subtask in subtasks.values():
        for deed in as_planned(plan, subtask):
            by_day.setdefault(deed.at.date(), []).append(deed)
    return by_day


def _lights(database: Database) -> set[tuple[str, str]]:
    with database.read() as session:
        return {(no, light) for no, light in session.execute(select(tables.SubTask.no, tables.SubTask.light))}  # type: ignore[call-overload]
