"""Lasting trouble climbs: who hears of it and when, and what is on record of it."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select as choose
from sqlmodel import col, select

from db import runs, tables
from db.session import Database
from tests.channels import RememberingChannel
from tests.workflows.office_2024 import INBOX, Task, at, build, mail_office
from workflows.compose import compose
from workflows.report_progress import Filing, report_progress
from workflows.review_report import accept_reports
from workflows.sweep import sweep

ON = {"escalate": True}
# March's report fell due on Friday 29 March. Working days after it: 1 2 3 7 8 April: silent from the 8th.
# After the 8th: 9 10 11 12 15 (head), 16 17 18 19 22 (leader), 23 24 25 26 28 (case).
SILENT_SINCE = date(2024, 4, 8)
RUNGS = {
    date(2024, 4, 15): "区民政局 head",
    date(2024, 4, 22): "区民政局 leader",
    date(2024, 4, 28): "督查室 coordinator",
}


def escalated(database: Database) -> dict[date, str]:
    with database.read() as session:
        query = (
            choose(col(tables.Reminder.nominal_on), col(tables.Unit.name), col(tables.Post.kind))
            .join(tables.Post, col(tables.Post.id) == col(tables.Reminder.post_id))
            .join(tables.Unit, col(tables.Unit.id) == col(tables.Post.unit_id))
            .where(col(tables.Reminder.rule) == "escalated", col(tables.Reminder.ended_reason) != "missed")
        )
        return {day: f"{unit} {kind}" for day, unit, kind in session.execute(query)}


def climbs(database: Database) -> list[tables.Escalation]:
    with database.read() as session:
        return list(session.exec(select(tables.Escalation).order_by(col(tables.Escalation.id))))


def daily(database: Database, first: str, last: str) -> None:
    now, end = at(f"{first}T09:20"), at(f"{last}T09:20")
    while now <= end:
        sweep(database, now)
        compose(database, INBOX, now)
        now += timedelta(days=1)


def told(database: Database, on: date) -> dict[str, str]:
    with database.read() as session:
        query = select(tables.Message).where(tables.Message.slot_on == on)
        return {one.recipient: one.text for one in session.exec(query)}


def test_silence_climbs_from_head_to_leader_to_coordinators(database: Database) -> None:
    build(database, Task("1.1"), policy=ON)
    daily(database, "2024-03-01", "2024-04-30")
    assert escalated(database) == RUNGS
    (climb,) = climbs(database)
    assert (climb.cause, climb.started_on, climb.rungs) == ("silent", SILENT_SINCE, [5, 10, 15])
    assert (climb.level, climb.ended_on, climb.snapshot["on"]) == (3, None, "2024-04-28")
    head = told(database, date(2024, 4, 15))["区民政局 负责人"]
    assert "没有报送3月进展" in head
    assert "到4月22日仍无进展的，报分管领导" in head
    leader = told(database, date(2024, 4, 22))
    assert "自4月8日起" in leader["区民政局 分管领导"]
    assert "/r/" not in leader["区民政局 分管领导"]


def test_a_report_ends_the_silence_and_what_was_not_said_yet(database: Database) -> None:
    build(database, Task("1.1"), policy=ON)
    daily(database, "2024-03-01", "2024-04-16")
    report_progress(database, Filing("1.1", "2024-03", ["10台"]), at("2024-04-16T10:00"), "test")
    (climb,) = climbs(database)
    assert (climb.level, climb.ended_on, climb.ended_reason) == (1, date(2024, 4, 16), "recovered")


def test_after_an_outage_only_the_latest_rung_speaks(database: Database) -> None:
    build(database, Task("1.1"), policy=ON)
    daily(database, "2024-03-01", "2024-04-09")
    daily(database, "2024-04-24", "2024-04-24")
    assert escalated(database) == {date(2024, 4, 22): "区民政局 leader"}
    (climb,) = climbs(database)
    assert (climb.started_on, climb.level) == (SILENT_SINCE, 2)


def test_the_ladder_is_frozen_when_the_climb_begins(database: Database) -> None:
    built = build(database, Task("1.1"), policy=ON)
    daily(database, "2024-03-01", "2024-04-09")
    with database.write() as session:
        session.get_one(tables.Plan, built.plan_id).policy = {"acknowledge": False, "escalate_head_after": 1}
    daily(database, "2024-04-10", "2024-04-15")
    assert escalated(database) == {date(2024, 4, 15): "区民政局 head"}


def test_an_accepted_report_resets_the_clock_of_what_stays_red(database: Database) -> None:
    # The milestone of 20 March is judged by the report of its month.
    build(database, Task("1.1", milestones={date(2024, 3, 20): "40"}), policy=ON)
    daily(database, "2024-03-01", "2024-03-28")
    report = report_progress(database, Filing("1.1", "2024-03", ["1台"]), at("2024-03-28T16:00"), "test")
    daily(database, "2024-03-29", "2024-04-01")
    (climb,) = climbs(database)
    assert (climb.cause, climb.started_on) == ("red", date(2024, 3, 28))
    accept_reports(database, [report.report_id], at("2024-04-02T10:00"), "督查室")
    first, second = climbs(database)
    assert (first.ended_reason, first.ended_on) == ("reset", date(2024, 4, 2))
    assert (second.cause, second.started_on, second.level) == ("red", date(2024, 4, 2), 0)


def test_nothing_climbs_from_before_the_plan_was_followed(database: Database) -> None:
    build(database, Task("1.1"), policy=ON)
    sweep(database, at("2024-06-12T09:20"))
    (climb,) = climbs(database)
    assert (climb.started_on, climb.level) == (date(2024, 6, 12), 0)
    assert escalated(database) == {}


def test_a_leader_of_several_units_hears_once(database: Database) -> None:
    build(database, Task("1.1"), Task("1.2", lead="区教育局"), policy=ON)
    with database.write() as session:
        units = {one.name: one.id for one in session.exec(select(tables.Unit))}
        for name in ("区民政局", "区教育局"):
            post = tables.Post(unit_id=units[name] or 0, kind="leader")
            session.add(post)
            session.flush()
            session.add(tables.Contact(post_id=post.id or 0, email="Leader@example.org"))
    daily(database, "2024-03-01", "2024-04-22")
    assert {name for name in told(database, date(2024, 4, 22)) if "分管领导" in name} == {"区民政局 分管领导"}


def test_lead_units_are_asked_to_sign_until_they_have(database: Database) -> None:
    build(database, Task("1.1", co_lead="区教育局"), policy={"acknowledge": True})
    daily(database, "2024-03-01", "2024-03-08")
    with database.read() as session:
        query = select(tables.Reminder).where(tables.Reminder.rule == "acknowledge")
        steps = sorted((row.nominal_on.day, row.post_id) for row in session.exec(query))
    posts = sorted({post for _, post in steps})
    assert steps == [(day, post) for day in (4, 7) for post in posts], "1 and 4 working days after 1 March"
    assert len(posts) == 2


def test_a_post_that_nobody_holds_is_shown(database: Database) -> None:
    build(database, Task("1.1"), emails={"区民政局": "unit@example.org"}, policy=ON)
    office = mail_office(RememberingChannel())
    sweep(database, at("2024-03-01T09:00"))
    for day in range(8, 17):
        now = at(f"2024-04-{day:02}T09:20")
        sweep(database, now)
        compose(database, office, now)
    with database.read() as session:
        (finding,) = runs.open_findings(session, "NO_CONTACT")
    assert "负责人" in finding.message
