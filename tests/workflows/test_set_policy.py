from __future__ import annotations

from datetime import date, time

import pytest
from sqlmodel import select

from db import plans, tables
from db.session import Database
from engine.errors import DubanError
from tests.workflows.drafts import NOW, row_counts, stored
from workflows.set_policy import set_policy, settings_of


def test_a_plan_has_its_own_numbers_and_the_rest_by_default(database: Database) -> None:
    plan_id = stored(database).plan_id
    change = set_policy(
        database,
        None,
        ["yellow_after=3", "remind_at=08:50", "report_offsets=-5,-2,0", "auto_accept=是"],
        NOW,
        "t",
    )
    assert change.changed == (
        ("yellow_after", "5", "3"),
        ("report_offsets", "-3,0", "-5,-2,0"),
        ("remind_at", "09:00", "08:50"),
        ("auto_accept", "false", "true"),
    )
    with database.read() as session:
        policy = plans.load_plan(session, plan_id).policy
        row = session.get_one(tables.Plan, plan_id)
        own = [one.name for one in settings_of(session, row) if one.own]
    assert (policy.yellow_after, policy.red_after, policy.remind_at) == (3, 20, time(8, 50))
    assert (policy.report_offsets, policy.auto_accept) == ((-5, -2, 0), True)
    assert own == ["yellow_after", "report_offsets", "remind_at", "auto_accept"]


def test_every_sub_task_is_looked_at_again_and_the_change_is_on_record(database: Database) -> None:
    plan_id = stored(database).plan_id
    set_policy(database, None, ["red_after=10"], NOW, "tester")
    with database.read() as session:
        assert {row.next_check_on for row in session.exec(select(tables.SubTask))} == {date(2024, 3, 1)}
        event = session.exec(select(tables.Event).where(tables.Event.what == "set_policy")).one()
        assert (event.plan_id, event.details) == (plan_id, {"red_after": ["20", "10"]})
        assert session.get_one(tables.Plan, plan_id).revision == 2


def test_a_value_already_in_force_changes_nothing(database: Database) -> None:
    stored(database)
    before = row_counts(database)
    assert set_policy(database, None, ["yellow_after=5"], NOW, "tester").changed == ()
    assert row_counts(database) == before


def test_an_empty_value_is_the_default_again(database: Database) -> None:
    plan_id = stored(database).plan_id
    set_policy(database, None, ["yellow_after=3"], NOW, "tester")
    set_policy(database, None, ["yellow_after="], NOW, "tester")
    with database.read() as session:
        assert session.get_one(tables.Plan, plan_id).policy == {}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("yellow_after=-1", "POLICY_VALUE"),
        ("yellow_after=five", "POLICY_VALUE"),
        ("yellow_after", "POLICY_VALUE"),
        ("yellow_after=21", "POLICY_VALUE"),
        ("lagging_every=0", "POLICY_VALUE"),
        ("report_offsets=1", "POLICY_VALUE"),
        ("window_opens=19:00", "POLICY_VALUE"),
        ("remind_at=25:00", "POLICY_VALUE"),
        ("curve=steep", "POLICY_VALUE"),
        ("follow_up_offsets=-2147483649", "POLICY_VALUE"),
        ("case_offsets=-251", "POLICY_VALUE"),
        ("case_offsets=" + ",".join(["0"] * 31), "POLICY_VALUE"),
        ("retry_seconds=" + "9" * 30, "POLICY_VALUE"),
        ("retry_seconds=604801", "POLICY_VALUE"),
        ("retry_seconds=" + ",".join(["1"] * 31), "POLICY_VALUE"),
        ("remind_at=2147483648", "POLICY_VALUE"),
        ("digest_at=16:00+02:00", "POLICY_VALUE"),
        ("yellow_after=²", "POLICY_VALUE"),
        ("yellow_after=" + "9" * 5000, "POLICY_VALUE"),
        ("colour=blue", "POLICY_UNKNOWN"),
        ("colour=", "POLICY_UNKNOWN"),
    ],
)
def test_a_number_that_would_break_the_rules_is_refused(database: Database, text: str, code: str) -> None:
    stored(database)
    before = row_counts(database)
    with pytest.raises(DubanError) as refused:
        set_policy(database, None, [text], NOW, "tester")
    assert refused.value.code == code
    assert row_counts(database) == before


@pytest.mark.parametrize(
    "text",
    [
        "yellow_after=0",
        "yellow_after=20",
        "lagging_every=1",
        "report_offsets=0",
        "case_offsets=-250",
        "retry_seconds=604800",
    ],
)
def test_the_edge_of_what_is_allowed_is_allowed(database: Database, text: str) -> None:
    stored(database)
    assert len(set_policy(database, None, [text], NOW, "tester").changed) == 1
