"""Who gets the weekly digest, and what each reader sees of the others."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlmodel import Session, select

from db import runs, tables
from db.session import Database
from db.units import stored_id
from tests.channels import RememberingChannel
from tests.notifications.contents import visible
from tests.workflows.office_2024 import Built, Task, at, build, mail_office
from tests.workflows.test_main_flow import EMAILS, messages, turn
from tests.workflows.test_promises_sending import findings
from workflows.office import Office
from workflows.send_digest import send_digest

FRIDAY = "2024-03-29T15:00"
QUIET = {"acknowledge": False, "escalate": False}


@pytest.fixture
def office() -> Office:
    return mail_office(RememberingChannel())


def a_unit(session: Session, name: str, kind: str = "street") -> int:
    found = session.exec(select(tables.Unit).where(tables.Unit.name == name)).first()
    if found is None:
        found = tables.Unit(name=name, kind=kind)
        session.add(found)
        session.flush()
    return stored_id(found.id)


def a_post(session: Session, unit: str, kind: str, email: str | None) -> int:
    post = tables.Post(unit_id=a_unit(session, unit), kind=kind)
    session.add(post)
    session.flush()
    if email:
        session.add(tables.Contact(post_id=stored_id(post.id), email=email))
    return stored_id(post.id)


def executes(database: Database, built: Built, no: str, unit: str, quota: str | None) -> None:
    """The unit executes the sub-task, with a quota of its indicator if one is given."""
    with database.write() as session:
        key, unit_id = built.subtasks[no], a_unit(session, unit)
        session.add(tables.Assignment(subtask_id=key, unit_id=unit_id, role="executing"))
        indicator = session.exec(select(tables.Indicator).where(tables.Indicator.subtask_id == key)).one()
        if quota:
            share = tables.Quota(
                indicator_id=stored_id(indicator.id), unit_id=unit_id, quantity=Decimal(quota)
            )
            session.add(share)


def has_done(
    database: Database, built: Built, no: str, unit: str, quantity: str, role: str = "share"
) -> None:
    """The unit has reported March: its own share, or as ``lead`` for the whole."""
    with database.write() as session:
        key, unit_id = built.subtasks[no], a_unit(session, unit)
        indicator = session.exec(select(tables.Indicator).where(tables.Indicator.subtask_id == key)).one()
        row = tables.ProgressReport(
            subtask_id=key,
            unit_id=unit_id,
            period="2024-03",
            as_of=date(2024, 3, 28),
            received_at=at("2024-03-28T10:00"),
            role=role,
        )
        session.add(row)
        session.flush()
        session.add(
            tables.ReportQuantity(
                report_id=stored_id(row.id), indicator_id=stored_id(indicator.id), quantity=Decimal(quantity)
            )
        )


def publish(database: Database, office: Office, moment: str = FRIDAY) -> dict[str, tables.Message]:
    """The digests of that week by recipient."""
    turn(database, office, "2024-03-01T07:00")
    send_digest(database, office, at(moment))
    return {one.recipient: one for one in messages(database) if one.kind == "digest"}


def test_a_street_sees_its_own_quota_and_the_table_but_no_other_units_figures(
    database: Database, office: Office
) -> None:
    built = build(database, Task("1"), emails=EMAILS, policy=QUIET)
    with database.write() as session:
        a_post(session, "东街街道", "liaison", "east@example.org")
        a_post(session, "西街街道", "liaison", "west@example.org")
    executes(database, built, "1", "东街街道", "37")
    executes(database, built, "1", "西街街道", "63")
    has_done(database, built, "1", "东街街道", "8")
    has_done(database, built, "1", "西街街道", "51")
    digests = publish(database, office)
    east, west = digests["东街街道 联络员"], digests["西街街道 联络员"]
    assert "8 / 37台" in east.text
    assert "51 / 63台" in west.text
    for others in ("63台", "51", "59 / 100"):  # 59 is the lead unit's figure; the table says 59 %
        assert others not in east.text
        assert others not in visible(east.html)
    assert "牵头：区民政局" in east.text
    assert "1 区民政局" in east.text, "the table of all"
    assert east.subject == "【周报】东街街道：1项分解任务（第13周）"


def test_the_table_is_the_same_for_everybody(database: Database, office: Office) -> None:
    built = build(database, Task("1"), Task("2", lead="区教育局"), emails=EMAILS, policy=QUIET)
    with database.write() as session:
        a_post(session, "东街街道", "liaison", "east@example.org")
        a_post(session, "区教育局", "leader", "leader@example.org")
    executes(database, built, "1", "东街街道", "37")
    digests = publish(database, office)
    assert set(digests) == {
        "区民政局 联络员",
        "区教育局 联络员",
        "东街街道 联络员",
        "区教育局 分管领导",
        "督查室 督查员",
    }
    tables_ = {
        one.text.split("====")[-1].replace("（本单位）", "").split("----")[0] for one in digests.values()
    }
    assert len(tables_) == 1


@pytest.mark.parametrize(
    ("policy", "recipients"),
    [
        ({}, {"区民政局 联络员", "东街街道 联络员", "区民政局 分管领导"}),
        ({"digest_executing": False}, {"区民政局 联络员", "区民政局 分管领导"}),
        ({"digest_leaders": False}, {"区民政局 联络员", "东街街道 联络员"}),
    ],
)
def test_policy_says_who_reads_beside_lead_units(
    database: Database, office: Office, policy: dict[str, bool], recipients: set[str]
) -> None:
    built = build(database, Task("1"), emails=EMAILS, policy={**QUIET, **policy})
    with database.write() as session:
        a_post(session, "东街街道", "liaison", "east@example.org")
        a_post(session, "区民政局", "leader", "leader@example.org")
    executes(database, built, "1", "东街街道", None)
    assert set(publish(database, office)) - {"督查室 督查员"} == recipients


def test_one_leader_of_two_units_gets_one_digest_of_both_with_what_has_escalated(
    database: Database, office: Office
) -> None:
    built = build(
        database,
        Task("1", deadline=date(2024, 3, 8)),
        Task("2", lead="区教育局", deadline=date(2024, 3, 8)),
        Task("3", lead="区教育局"),
        Task("4", lead="区体育局", deadline=date(2024, 3, 8)),
        emails=EMAILS,
        policy=QUIET,
    )
    turn(database, office, "2024-03-01T07:00")  # before the climb is planted: a sweep would end it
    with database.write() as session:
        a_post(session, "区民政局", "leader", "Leader@example.org")
        a_post(session, "区教育局", "leader", "leader@example.org")
        session.add(
            tables.Escalation(
                plan_id=built.plan_id,
                subtask_id=built.subtasks["2"],
                cause="red",
                started_on=date(2024, 3, 11),
                rungs=[5, 10, 15],
                level=2,
            )
        )
    has_done(database, built, "3", "区教育局", "20", role="lead")
    digests = publish(database, office, "2024-04-07T15:00")
    leaders = [one for name, one in digests.items() if "分管领导" in name]
    (only,) = leaders
    escalated, others = only.text.split("已升级、请过问的任务（1项）")[1].split("其他红灯、黄灯任务")
    assert "任务2" in escalated
    assert "已升级到分管领导" in escalated
    assert "任务1" in others
    assert "任务3" not in only.text, "green: not for leaders"
    assert "任务4" not in only.text, "somebody else's unit"
    assert "区民政局、区教育局" in only.subject
    assert "接下来的日子" not in only.text, "one page"


def test_a_unit_that_nobody_can_reach_is_shown_not_passed_over(database: Database, office: Office) -> None:
    built = build(database, Task("1"), emails=EMAILS, policy=QUIET)
    executes(database, built, "1", "无人街道", "5")
    publish(database, office)
    with database.read() as session:
        (missing,) = [row for row in runs.open_findings(session) if row.code == "NO_CONTACT"]
    assert "无人街道" in missing.message


def test_coordinators_are_told_what_waits_for_them(database: Database, office: Office) -> None:
    built = build(
        database,
        Task("1"),
        Task("2", lead="区教育局"),
        emails=EMAILS,
        policy={"acknowledge": True, "escalate": False},
    )
    has_done(database, built, "1", "区民政局", "3")
    with database.write() as session:
        session.add(
            tables.ChangeRequest(
                plan_id=built.plan_id,
                subtask_id=built.subtasks["1"],
                kind="extension",
                effective_on=date(2024, 3, 20),
                reason="雨季",
                requested_at=at("2024-03-20T09:00"),
                requested_by="区民政局",
            )
        )
    digests = publish(database, office)
    told = digests["督查室 督查员"].text
    assert "1份填报待审核" in told
    assert "1件变更申请待决定" in told
    assert "2项任务尚未签收" in told
    assert "督办单" not in told
    assert "办理记录链尾" not in told, "nothing was decided yet"
    assert "待审核" not in digests["区民政局 联络员"].text


def test_a_collective_name_or_a_level_is_nobody_to_write_to(database: Database, office: Office) -> None:
    built = build(database, Task("1"), emails=EMAILS, policy=QUIET)
    with database.write() as session:
        a_unit(session, "各街镇", "collective")
        a_unit(session, "区本级", "level")
    executes(database, built, "1", "各街镇", None)
    executes(database, built, "1", "区本级", "5")
    assert set(publish(database, office)) == {"区民政局 联络员", "督查室 督查员"}
    assert [code for code, _ in findings(database)] == []
