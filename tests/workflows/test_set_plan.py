"""计划信息: what moves by other particulars is told before, and then happens, on record."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlmodel import select

from db import plans, tables
from db.session import Database
from engine.errors import DubanError
from engine.model import Light
from tests.workflows.drafts import row_counts
from tests.workflows.office_2024 import Built, Task, at, build
from workflows.set_plan import (
    Particulars,
    is_year_fixed,
    particulars_of,
    preview_plan,
    set_plan,
)

NOW = at("2024-06-14T10:00")
TODAY = date(2024, 6, 14)


def office(database: Database) -> Built:
    """One sub-task without dates and with a milestone in October, one with its own deadline, one accepted."""
    return build(
        database,
        Task("1.1", milestones={date(2024, 10, 20): "50"}),
        Task("1.2", deadline=date(2024, 12, 15)),
        Task("1.3", state="accepted"),
    )


def now_of(database: Database) -> Particulars:
    with database.read() as session:
        return particulars_of(session, session.get_one(tables.Plan, 1))


def checks(database: Database) -> dict[str, date | None]:
    with database.read() as session:
        return {row.no: row.next_check_on for row in session.exec(select(tables.SubTask))}


def test_the_particulars_are_what_the_plan_says_of_itself(database: Database) -> None:
    office(database)
    assert now_of(database) == Particulars(
        "年度任务", "", "", date(2024, 2, 28), 2024, date(2024, 11, 30), date(2024, 12, 31)
    )


def test_a_new_end_of_execute_moves_deadlines_that_come_from_the_plan_and_no_others(
    database: Database,
) -> None:
    built = office(database)
    wanted = replace(now_of(database), execute_until=date(2024, 9, 30))
    with database.read() as session:
        told = preview_plan(session, str(built.plan_id), wanted, NOW)
    effects = told.effects
    assert told.changed == (("execute_until", "2024-11-30", "2024-09-30"),)
    assert [one.no for one in effects.due] == ["1.1"]
    assert effects.due_days == (date(2024, 11, 30), date(2024, 9, 30))
    assert (effects.own, [one.no for one in effects.stranded], effects.begun) == (1, ["1.1"], ())
    assert (effects.beyond, dict(effects.lights)) == ((), {})
    assert set_plan(database, str(built.plan_id), wanted, NOW, "tester") == told
    with database.read() as session:
        plan = plans.load_plan(session, built.plan_id)
        assert plan.execute_ends_on == date(2024, 9, 30)
        assert [(one.name, one.starts_on, one.ends_on) for one in plan.phases] == [
            ("execute", date(2024, 2, 28), date(2024, 9, 30)),
            ("gap_fill", date(2024, 10, 1), date(2024, 12, 31)),
        ]
    assert checks(database) == {"1.1": TODAY, "1.2": TODAY, "1.3": date(2024, 1, 1)}


def test_a_day_that_has_passed_turns_lights_and_it_is_told_before(database: Database) -> None:
    built = office(database)
    wanted = replace(now_of(database), execute_until=date(2024, 4, 30))
    with database.read() as session:
        lights = preview_plan(session, str(built.plan_id), wanted, NOW).effects.lights
    assert lights == {(Light.YELLOW, Light.RED): 1}


def test_a_later_issue_date_moves_the_start_of_sub_tasks_without_their_own(database: Database) -> None:
    built = office(database)
    wanted = replace(now_of(database), issued_on=date(2024, 3, 15))
    change = set_plan(database, str(built.plan_id), wanted, NOW, "tester")
    assert [one.no for one in change.effects.begun] == ["1.1", "1.2"]
    assert change.effects.begun_days == (date(2024, 2, 28), date(2024, 3, 15))
    assert change.effects.due == ()
    with database.read() as session:
        plan = plans.load_plan(session, built.plan_id)
        assert (plan.starts_on, plan.phases[0].starts_on) == (date(2024, 3, 15), date(2024, 3, 15))


def test_what_is_due_after_the_plan_s_last_day_is_named(database: Database) -> None:
    built = office(database)
    wanted = replace(now_of(database), gap_fill_until=None)
    with database.read() as session:
        told = preview_plan(session, str(built.plan_id), wanted, NOW)
    assert [one.no for one in told.effects.beyond] == ["1.2"]
    assert told.effects.due_days is None


def test_a_new_title_is_on_record_and_moves_nothing(database: Database) -> None:
    built = office(database)
    wanted = replace(now_of(database), title="2024年民生实事", number="示政办〔2024〕1号")
    change = set_plan(database, str(built.plan_id), wanted, NOW, "tester", revision=1)
    assert not change.moves
    assert checks(database)["1.1"] == date(2024, 1, 1)
    with database.read() as session:
        row = session.get_one(tables.Plan, built.plan_id)
        assert (row.title, row.number, row.issuer, row.revision) == (
            "2024年民生实事",
            "示政办〔2024〕1号",
            None,
            2,
        )
        event = session.exec(select(tables.Event)).one()
        assert (event.what, event.who, event.plan_id) == ("set_plan", "tester", built.plan_id)
        assert event.details == {
            "title": ["年度任务", "2024年民生实事"],
            "number": ["", "示政办〔2024〕1号"],
        }


def test_what_is_so_already_changes_nothing(database: Database) -> None:
    office(database)
    before = row_counts(database)
    assert set_plan(database, None, now_of(database), NOW, "tester").changed == ()
    assert row_counts(database) == before


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"title": " "}, "PLAN_TITLE"),
        ({"execute_until": date(2024, 2, 27)}, "PLAN_DATES"),
        ({"execute_until": date(2024, 2, 28)}, None),
        ({"execute_until": date(2024, 12, 31)}, "PLAN_DATES"),  # the day on which gap-fill ends
        ({"execute_until": date(2024, 12, 30)}, None),
        ({"execute_until": None}, "PLAN_DATES"),  # gap-fill without execute
        ({"execute_until": None, "gap_fill_until": None}, None),
        ({"gap_fill_until": date(2025, 12, 31)}, None),
        ({"gap_fill_until": date(2026, 1, 1)}, "PLAN_DATES"),
        ({"issued_on": date(2022, 12, 31)}, "PLAN_DATES"),
        ({"issued_on": date(2023, 1, 1)}, None),
        ({"issued_on": None}, None),
        ({"year": 2025}, "PLAN_YEAR_FIXED"),
    ],
)
def test_days_that_contradict_each_other_are_refused(
    database: Database, other: dict[str, Any], code: str | None
) -> None:
    office(database)
    wanted = replace(now_of(database), **other)
    if code is None:
        assert set_plan(database, None, wanted, NOW, "tester").changed
        return
    before = row_counts(database)
    with pytest.raises(DubanError) as refused:
        set_plan(database, None, wanted, NOW, "tester")
    assert refused.value.code == code
    assert row_counts(database) == before


def test_the_year_of_a_plan_that_nothing_hangs_on_can_be_put_right(database: Database) -> None:
    built = build(database, Task("1.1"))
    with database.read() as session:
        assert not is_year_fixed(session, built.plan_id)
    wanted = replace(
        now_of(database),
        year=2025,
        issued_on=date(2025, 2, 1),
        execute_until=date(2025, 11, 30),
        gap_fill_until=date(2025, 12, 31),
    )
    set_plan(database, None, wanted, NOW, "tester")
    assert now_of(database) == wanted


def test_who_has_seen_an_older_revision_or_a_closed_plan_changes_nothing(database: Database) -> None:
    office(database)
    wanted = replace(now_of(database), title="新名")
    with pytest.raises(DubanError) as refused:
        set_plan(database, None, wanted, NOW, "tester", revision=9)
    assert refused.value.code == "REVISION_CONFLICT"
    with database.write() as session:
        session.get_one(tables.Plan, 1).state = "closed"
    with pytest.raises(DubanError) as closed:
        set_plan(database, None, wanted, NOW, "tester")
    assert closed.value.code == "PLAN_CLOSED"


@pytest.mark.parametrize(("other", "begins"), [({"title": "新名称"}, date(2024, 2, 28)),
                                               ({"execute_until": date(2024, 10, 31)}, date(2024, 2, 28))])  # fmt: skip
def test_phases_beside_the_two_that_are_edited_stay(
    database: Database, other: dict[str, Any], begins: date
) -> None:
    office(database)
    with database.write() as session:
        session.add(tables.Phase(plan_id=1, name="prepare", starts_on=begins, ends_on=date(2024, 3, 31)))
    set_plan(database, "1", replace(now_of(database), **other), NOW, "甲岗")
    with database.read() as session:
        phases = {one.name: (one.starts_on, one.ends_on) for one in session.exec(select(tables.Phase))}
    assert set(phases) == {"prepare", "execute", "gap_fill"}
    assert phases["prepare"] == (begins, date(2024, 3, 31))
    assert phases["execute"][1] == other.get("execute_until", date(2024, 11, 30))
