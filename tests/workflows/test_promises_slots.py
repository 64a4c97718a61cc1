"""When things leave and what is owed: several plans, odd policies, clocks that jump, endings with their reasons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from db import tables
from db.session import Database
from db.units import stored_id
from engine import slots
from engine.policy import Policy
from notifications.channel import Verdict
from tests.channels import RememberingChannel
from tests.workflows.office_2024 import ZONE, Task, at, build, mail_office
from tests.workflows.test_main_flow import EMAILS, endings, messages, reminders, turn
from tests.workflows.test_promises_sending import DOWN
from workflows.cycle import run_cycle
from workflows.deliver import deliver
from workflows.office import Office
from workflows.report_progress import Filing, report_progress
from workflows.send_digest import send_digest
from workflows.simulate import rehearse
from workflows.sweep import SweepSummary, sweep

MORNING = "2024-03-26T09:30"  # three working days before the March report falls due


def second_plan(database: Database, policy: dict[str, Any], zone: str = "Asia/Shanghai") -> int:
    """Another plan of the year with one sub-task led by the same unit; its id."""
    with database.write() as session:
        first = session.execute(select(tables.Plan)).scalars().first()
        assert first is not None
        plan = tables.Plan(
            title="另一计划", year=2024, issued_on=first.issued_on, policy=policy, time_zone=zone
        )
        session.add(plan)
        session.flush()
        plan_id = stored_id(plan.id)
        project = tables.Project(plan_id=plan_id, position=1, no="一", title="项目")
        session.add(project)
        session.flush()
        task = tables.SubTask(
            plan_id=plan_id,
            project_id=stored_id(project.id),
            position=1,
            no="9",
            title="任务9",
            next_check_on=date(2024, 1, 1),
        )
        session.add(task)
        session.flush()
        lead = session.execute(select(tables.Assignment)).scalars().first()
        assert lead is not None
        session.add(tables.Assignment(subtask_id=stored_id(task.id), unit_id=lead.unit_id, role="lead"))
        return plan_id


def said(database: Database) -> list[list[str]]:
    return [sorted(item["subtask"] for item in one.items) for one in messages(database)]


def test_plans_with_the_same_hours_share_one_message(database: Database, office: Office) -> None:
    build(database, Task("1"), emails=EMAILS)
    second_plan(database, {})
    turn(database, office, MORNING)
    assert said(database) == [["1", "9"]]


def test_plans_with_other_hours_have_messages_of_their_own(database: Database, office: Office) -> None:
    build(database, Task("1"), emails=EMAILS)
    second_plan(database, {"remind_at": "14:00"})
    for clock in ("09:30", "13:59", "14:10", "14:11"):
        turn(database, office, f"2024-03-26T{clock}")
    assert said(database) == [["1"], ["9"]]
    assert [one.slot_at.astimezone(ZONE).hour for one in messages(database)] == [9, 14]


def test_after_an_outage_plans_with_other_hours_share_one_message(database: Database, office: Office) -> None:
    build(database, Task("1"), emails=EMAILS)
    second_plan(database, {"remind_at": "14:00"})
    turn(database, office, "2024-03-26T14:30")
    turn(database, office, "2024-03-26T14:31")
    assert said(database) == [["1", "9"]]


def test_nothing_of_a_plan_leaves_outside_its_own_window(
    database: Database, office: Office, channel: RememberingChannel
) -> None:
    """The first plan allows all day, the second only the late morning; what waits for both leaves then."""
    build(database, Task("1"), emails=EMAILS)
    second_plan(database, {"window_opens": "09:00", "window_closes": "11:00"})
    channel.answers = [DOWN]
    turn(database, office, "2024-03-26T10:59")
    deliver(database, office, at("2024-03-26T11:30"))
    assert len(channel.attempted) == 1
    deliver(database, office, at("2024-03-27T09:00"))
    assert len(channel.sent) == 1


def test_a_plan_keeps_the_days_and_hours_of_its_own_zone(database: Database, office: Office) -> None:
    """09:00 in Urumqi's time of UTC+6 is 11:00 in Shanghai."""
    build(database, Task("1"), emails=EMAILS)
    second_plan(database, {"jitter_minutes": 0}, "Asia/Urumqi")
    for clock in ("09:30", "10:59", "11:00"):
        turn(database, office, f"2024-03-26T{clock}")
    assert said(database) == [["1"], ["9"]]


@pytest.mark.parametrize(
    ("policy", "earliest", "latest"),
    [
        ({}, "09:00", "09:09"),
        ({"remind_at": "17:55", "jitter_minutes": 30}, "17:45", "17:45"),
        ({"remind_at": "20:00"}, "17:45", "17:45"),
        ({"remind_at": "07:00"}, "08:30", "08:30"),
        ({"window_opens": "09:00", "window_closes": "09:05"}, "09:00", "09:00"),
    ],
)
def test_a_slot_always_lies_within_the_window(policy: dict[str, Any], earliest: str, latest: str) -> None:
    rules = Policy.of(policy)
    for post in range(50):
        slot = slots.reminder_slot(rules, f"post:{post}", date(2024, 3, 26), ZONE)
        assert time.fromisoformat(earliest) <= slot.time() <= time.fromisoformat(latest)


@pytest.mark.parametrize("policy", [{"remind_at": "17:55", "jitter_minutes": 60}, {"remind_at": "20:00"}])
def test_reminders_leave_even_if_their_hour_is_outside_the_window(
    database: Database, office: Office, channel: RememberingChannel, policy: dict[str, Any]
) -> None:
    build(database, Task("1"), emails=EMAILS, policy=policy)
    turn(database, office, "2024-03-26T17:50")
    assert len(channel.sent) == 1


@pytest.mark.parametrize(
    ("day", "utc_hour"),
    [(date(2024, 3, 8), 14), (date(2024, 3, 11), 13), (date(2024, 11, 1), 13), (date(2024, 11, 4), 14)],
)
def test_a_slot_keeps_its_hour_on_the_wall_when_clocks_change(day: date, utc_hour: int) -> None:
    zone, rules = ZoneInfo("America/New_York"), Policy(jitter_minutes=0)
    slot = slots.reminder_slot(rules, "post:1", day, zone)
    assert slot.astimezone(ZoneInfo("UTC")).hour == utc_hour


def test_rules_that_change_during_a_sweep_hold_for_the_rest_of_it_and_for_what_they_concern(
    database: Database, office: Office
) -> None:
    built = build(database, *(Task(str(number)) for number in range(1, 5)), emails=EMAILS)

    def change(_: SweepSummary) -> None:
        with database.write() as session:
            plan = update(tables.Plan).where(col(tables.Plan.id) == built.plan_id)
            session.execute(plan.values(policy={"report_offsets": [-4]}))

    sweep(database, at(MORNING), batch=2, progress=change)
    assert sorted((row.subtask_id, row.step) for row in reminders(database)) == [
        (built.subtasks["1"], -3),
        (built.subtasks["2"], -3),
        (built.subtasks["3"], -4),
        (built.subtasks["4"], -4),
    ]


@pytest.mark.parametrize("ahead", [timedelta(days=1), timedelta(days=40), timedelta(days=4000)])
def test_a_clock_that_ran_ahead_and_was_put_right_costs_nothing_that_was_still_to_come(
    database: Database, office: Office, ahead: timedelta
) -> None:
    build(database, Task("1"), emails=EMAILS)
    turn(database, office, "2024-03-25T09:30")
    sweep(database, at("2024-03-25T10:00") + ahead)
    for day in ("03-26", "03-27", "03-28", "03-29", "04-01", "04-02", "04-03"):
        turn(database, office, f"2024-{day}T09:30")
    assert [(row["rule"], row["nominal_on"]) for one in messages(database) for row in one.items] == [
        ("report_due", "2024-03-26"),
        ("report_due", "2024-03-29"),
        ("report_late", "2024-04-01"),
        ("report_late", "2024-04-03"),
    ]


def test_digests_recorded_by_a_clock_that_ran_ahead_are_made_when_their_week_comes(
    database: Database, office: Office
) -> None:
    build(database, Task("1"), emails=EMAILS, coordinator=None)
    sweep(database, at("2024-03-25T09:30"))
    run_cycle(database, office, at("2024-05-10T15:20"))
    run_cycle(database, office, at("2024-03-26T15:20"))
    run_cycle(database, office, at("2024-03-29T15:20"))
    assert ("2024-W13", "done") in _ledger(database)


def test_a_clock_put_back_for_a_moment_withdraws_nothing_that_is_still_to_come(
    database: Database, office: Office, channel: RememberingChannel
) -> None:
    build(database, Task("1"), Task("2"), emails=EMAILS)
    sweep(database, at("2024-03-26T00:10"))
    report_progress(database, Filing("1", "2024-03", text="推进中"), at("2024-03-25T23:00"), "test")
    report_progress(database, Filing("2", "2024-02", text="推进中"), at("2024-03-25T23:00"), "test")
    turn(database, office, MORNING)
    assert said(database) == [["2"]]


def test_a_reminder_withdrawn_unsaid_is_owed_again_when_its_ground_is_back(
    database: Database, office: Office
) -> None:
    """A slip of the pen, 60 for 6, quiets the milestone of 10 April until it is corrected."""
    build(database, Task("1", milestones={date(2024, 4, 10): "40"}), emails=EMAILS)
    sweep(database, at("2024-03-26T00:10"))
    for clock, figure in (("08:00", "60台"), ("08:30", "6台")):
        report_progress(database, Filing("1", "2024-03", [figure]), at(f"2024-03-26T{clock}"), "test")
    turn(database, office, MORNING)
    (message,) = messages(database)
    assert [item["rule"] for item in message.items] == ["milestone_due"]


def test_what_was_said_once_is_not_said_again_when_its_ground_is_back(
    database: Database, office: Office
) -> None:
    build(database, Task("1", milestones={date(2024, 4, 10): "40"}), emails=EMAILS)
    turn(database, office, MORNING)
    for clock, figure in (("10:00", "60台"), ("10:30", "6台")):
        report_progress(database, Filing("1", "2024-03", [figure]), at(f"2024-03-26T{clock}"), "test")
    turn(database, office, "2024-03-27T09:30")
    assert len(messages(database)) == 1


def test_a_rehearsal_is_not_held_up_by_a_channel_that_rests(
    database: Database, office: Office, channel: RememberingChannel
) -> None:
    build(database, Task("1"), emails=EMAILS)
    channel.answers = [Verdict.rate_limited("发得太快", until=at("2024-12-31T09:00"))]
    turn(database, office, MORNING)
    lines = rehearse(database, office, date(2024, 3, 27), date(2024, 3, 29), zone=ZONE)
    assert [line["kind"] for line in lines] == ["reminder", "digest", "digest"]


def test_a_week_without_a_working_day_is_skipped_on_record(database: Database, office: Office) -> None:
    """An operator's year file may close a whole week, as for a flood."""
    build(database, Task("1"), emails=EMAILS)
    closed = [date(2024, 4, 8) + timedelta(days=n) for n in range(7)]
    with database.write() as session:
        session.add(
            tables.CalendarYear(
                year=2024, days_off=[str(day) for day in closed], makeup_days=[], entered_at=at(MORNING)
            )
        )
    for moment in ("2024-03-25T09:30", "2024-04-03T15:20", "2024-04-19T15:20"):
        sweep(database, at(moment))
        send_digest(database, office, at(moment))
    assert ("2024-W15", "skipped") in _ledger(database)
    assert ("2024-W16", "done") in _ledger(database)


def _ledger(database: Database) -> list[tuple[str, str]]:
    with database.read() as session:
        query = select(col(tables.Run.period), col(tables.Run.state)).order_by(col(tables.Run.period))
        return [(row[0], row[1]) for row in session.execute(query)]


def _report(database: Database) -> None:
    report_progress(database, Filing("1", "2024-03", ["60台"]), at("2024-03-26T09:31"), "test")


def _complete(database: Database) -> None:
    report_progress(database, Filing("1", "2024-03", ["100台"]), at("2024-03-26T09:31"), "test")


def _suspend(database: Database) -> None:
    _change(database, tables.SubTask, state="suspended")


def _end_plan(database: Database) -> None:
    _change(database, tables.Phase, ends_on=date(2024, 3, 25))


def _move_milestone(database: Database) -> None:
    _change(database, tables.Milestone, due_on=date(2024, 6, 28))


def _change(database: Database, table: type[Any], **values: object) -> None:
    with database.write() as session:
        session.execute(update(table).values(**values))


@pytest.mark.parametrize(
    ("happens", "reasons"),
    [
        (_report, {"report_due": "reported", "milestone_due": "reached"}),
        (_complete, {"report_due": "completed", "milestone_due": "completed"}),
        (_suspend, {"report_due": "suspended", "milestone_due": "suspended"}),
        (_end_plan, {"report_due": "plan_ended", "milestone_due": "plan_ended"}),
        (_move_milestone, {"milestone_due": "date_moved"}),
    ],
)
def test_what_ends_before_it_leaves_says_why(
    database: Database, office: Office, happens: Callable[[Database], None], reasons: dict[str, str]
) -> None:
    """The milestone of 10 April is ten working days ahead on 26 March (清明: 4 to 6 April off, 7 April worked)."""
    build(database, Task("1", milestones={date(2024, 4, 10): "40"}), emails=EMAILS)
    sweep(database, at(MORNING))
    assert {row.rule for row in reminders(database)} == {"report_due", "milestone_due"}
    run_cycle(database, mail_office(RememberingChannel(DOWN)), at(MORNING))
    happens(database)
    deliver(database, office, at("2024-03-26T09:40"))
    ended = {rule: why for rule, state, why in endings(database) if state == "withdrawn"}
    assert ended == reasons
