"""The group of a unit hears what its liaison is reminded of; what is owed rests on the personal message."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlmodel import select

from db import outbox, tables
from db.session import Database
from notifications.card import Card
from notifications.channel import Verdict
from tests.channels import RememberingChannel
from tests.workflows.office_2024 import LINKS, Built, Task, at, build
from tests.workflows.routes import (
    RememberingApp,
    RememberingRobot,
    give_robot,
    give_ways,
    office_with,
    open_now,
)
from tests.workflows.test_main_flow import MORNING, endings, messages, turn
from workflows.compose import compose
from workflows.deliver import deliver
from workflows.group_copy import is_still_true
from workflows.office import Office
from workflows.report_progress import Filing, report_progress
from workflows.send_digest import send_digest
from workflows.sweep import sweep

UNIT, MAIL, GROUP = "区民政局", "mz@example.org", "民政局群"
GONE = Verdict.permanent("没有这个人", code="recipient_refused")
BUSY = Verdict.transient("暂时不可用")
DOWN = Verdict.transient("连接不上", channel_fault=True)


@pytest.fixture
def mail() -> RememberingChannel:
    return RememberingChannel()


@pytest.fixture
def robot() -> RememberingRobot:
    return RememberingRobot(GROUP)


@pytest.fixture
def office(mail: RememberingChannel, robot: RememberingRobot) -> Office:
    return replace(office_with(mail, robot, RememberingApp("企业微信")), links=LINKS)


@pytest.fixture
def built(database: Database) -> Built:
    built = build(
        database, Task("1"), Task("2", lead="区教育局"), emails={UNIT: MAIL, "区教育局": "jy@example.org"}
    )
    give_robot(database, UNIT, GROUP)
    return built


def of_kind(database: Database, kind: str) -> list[tables.Message]:
    return [one for one in messages(database) if one.kind == kind]


def states(database: Database) -> list[tuple[str, str, str]]:
    return [(one.kind, one.state, one.ended_reason) for one in messages(database) if UNIT in one.recipient]


def test_the_group_gets_a_copy_without_a_link_beside_the_personal_message(
    database: Database, office: Office, mail: RememberingChannel, robot: RememberingRobot, built: Built
) -> None:
    turn(database, office, MORNING)
    (copy,) = of_kind(database, "group")
    original = messages(database)[0]
    assert (copy.channel, copy.address, copy.contact_id) == (GROUP, "", None)
    assert copy.subject == original.subject
    assert "duban-link:" in original.text
    assert "duban-link:" not in copy.text + copy.html + str(copy.card)
    assert "/r/" in mail.sent[0].text
    (sent,) = robot.sent
    assert "/r/" not in sent.page + sent.text + sent.html
    assert copy.card is not None
    assert Card.from_json(copy.card).button is None
    assert copy.rfc_message_id != original.rfc_message_id


@pytest.mark.parametrize(("named", "called"), [((GROUP, "zhangsan"), ("zhangsan",)), ((GROUP, ""), ())])
def test_the_liaison_is_called_by_the_id_on_that_channel(
    database: Database,
    office: Office,
    robot: RememberingRobot,
    built: Built,
    named: tuple[str, str],
    called: tuple[str, ...],
) -> None:
    give_ways(database, built.posts[UNIT], ("email", MAIL), named)
    turn(database, office, MORNING)
    assert [one.mentions for one in robot.sent] == [called]


def test_whoever_is_reached_in_the_group_gets_no_copy_there(
    database: Database, office: Office, robot: RememberingRobot, built: Built
) -> None:
    give_ways(database, built.posts[UNIT], (GROUP, "zhangsan"))
    turn(database, office, MORNING)
    assert of_kind(database, "group") == []
    assert len(robot.sent) == 1


def test_only_liaisons_of_units_with_a_robot_that_is_set_up_have_copies(
    database: Database, office: Office, robot: RememberingRobot, built: Built
) -> None:
    give_robot(database, "督查室", GROUP)  # coordinators' business is nobody else's
    give_robot(database, "区教育局", "没有配置的群")
    turn(database, office, MORNING)
    assert [one.recipient for one in of_kind(database, "group")] == [f"{UNIT} 联络员"]


def test_what_is_owed_rests_on_the_personal_message(
    database: Database, office: Office, mail: RememberingChannel, robot: RememberingRobot, built: Built
) -> None:
    robot.answers = [GONE]
    turn(database, office, MORNING)
    assert states(database) == [("reminder", "accepted", ""), ("group", "given_up", "recipient_refused")]
    assert endings(database) == {("report_due", "accepted", "")}
    assert open_now(database) == [("MESSAGE_GIVEN_UP", f"post:{built.posts[UNIT]}")]


def test_a_copy_that_arrived_is_no_arrival_at_the_post(
    database: Database, office: Office, mail: RememberingChannel, robot: RememberingRobot, built: Built
) -> None:
    mail.answers = [BUSY] * 2
    turn(database, office, MORNING)
    assert len(robot.sent) == 1
    for post in (UNIT, "区教育局"):
        with database.read() as session:
            assert outbox.last_arrival(session, built.posts[post]) is None


def test_who_is_refused_personally_is_told_in_the_group_and_the_copy_has_nothing_left_to_say(
    database: Database, office: Office, mail: RememberingChannel, robot: RememberingRobot, built: Built
) -> None:
    mail.answers = [GONE]
    turn(database, office, MORNING)
    turn(database, office, "2024-03-26T09:31")
    assert states(database) == [
        ("reminder", "superseded", "other_channel"),
        ("group", "withdrawn", "original_superseded"),
        ("reminder", "accepted", ""),
    ]
    (sent,) = robot.sent
    assert "/r/" not in sent.page + sent.text
    assert endings(database) == {("report_due", "accepted", "")}


def test_a_copy_is_withdrawn_with_the_message_that_was_superseded(
    database: Database, office: Office, robot: RememberingRobot, built: Built
) -> None:
    sweep(database, at(MORNING))
    compose(database, office, at(MORNING))
    give_ways(database, built.posts[UNIT], ("企业微信", "zhangsan"))
    deliver(database, office, at(MORNING))
    deliver(database, office, at("2024-03-26T09:31"))
    assert states(database) == [
        ("reminder", "superseded", "recipient_changed"),
        ("group", "withdrawn", "original_superseded"),
        ("reminder", "accepted", ""),
        ("group", "accepted", ""),
    ]
    assert len(robot.sent) == 1


def refused_after_the_copy_left(
    database: Database, office: Office, built: Built, personal: RememberingApp
) -> None:
    """The personal way is slow at first, so that the copy leaves before the refusal."""
    give_ways(database, built.posts[UNIT], ("企业微信", "zhangsan"), ("email", MAIL))
    personal.answers = [BUSY, GONE]
    for minute in range(30, 40):
        turn(database, office, f"2024-03-26T09:{minute}")


@pytest.mark.parametrize(
    "answer", [Verdict.accepted(), Verdict.transient("没有回音", code="answer_lost", ambiguous=True)]
)
def test_the_group_hears_once_what_went_another_way_after_the_copy_had_left(
    database: Database,
    mail: RememberingChannel,
    robot: RememberingRobot,
    built: Built,
    answer: Verdict,
) -> None:
    app = RememberingApp("企业微信")
    robot.answers = [answer]
    refused_after_the_copy_left(database, office_with(mail, robot, app), built, app)
    assert [one.to_address for one in mail.sent] == ["jy@example.org", MAIL]
    assert ("group", "withdrawn", "said_before") in states(database)
    assert len({one.key for one in robot.attempted}) == 1, "what may have arrived is repeated as it is"
    assert len(robot.sent) == 1


def test_the_group_hears_what_is_new_in_the_message_that_went_another_way(
    database: Database, mail: RememberingChannel, robot: RememberingRobot, built: Built
) -> None:
    app = RememberingApp("企业微信")
    office = office_with(mail, robot, app)
    give_ways(database, built.posts[UNIT], ("企业微信", "zhangsan"), ("email", MAIL))
    app.answers = [BUSY, GONE]
    turn(database, office, MORNING)
    with database.write() as session:
        told = session.exec(select(tables.Message).where(tables.Message.kind == "group")).one()
        told.items = [{**told.items[0], "rule": "another"}]
        session.add(told)
    for minute in range(31, 40):
        turn(database, office, f"2024-03-26T09:{minute}")
    assert [state for kind, state, _ in states(database) if kind == "group"] == ["accepted", "accepted"]


def test_a_copy_waits_while_one_that_says_the_same_is_on_its_way(
    database: Database, office: Office, robot: RememberingRobot, built: Built
) -> None:
    turn(database, office, MORNING)
    (told,) = of_kind(database, "group")
    with database.write() as session:
        outbox.finish(session, told.id or 0, state="sending")
        twin = {
            **told.model_dump(exclude={"id"}),
            "key": f"{told.key}#2",
            "rfc_message_id": "<2@example.org>",
        }
        copy = tables.Message(**{**twin, "state": "waiting", "attempts": 0})
        outbox.add(session, copy)
        assert not is_still_true(session, office, copy, at(MORNING))
        assert copy.state == "waiting"
        outbox.finish(session, told.id or 0, state="accepted")
        assert not is_still_true(session, office, copy, at(MORNING))
        session.refresh(copy)
        assert (copy.state, copy.ended_reason) == ("withdrawn", "said_before")


def test_a_copy_that_waited_is_not_said_once_the_unit_has_reported(
    database: Database, office: Office, robot: RememberingRobot, built: Built
) -> None:
    robot.answers = [DOWN]
    turn(database, office, MORNING)
    report_progress(database, Filing("1", "2024-03", ["11台"]), at("2024-03-26T09:40"), "test")
    deliver(database, office, at("2024-03-26T10:30"))
    assert states(database) == [("reminder", "accepted", ""), ("group", "withdrawn", "settled")]
    assert robot.sent == []


def test_a_robot_that_the_unit_has_no_longer_says_nothing(
    database: Database, office: Office, robot: RememberingRobot, built: Built
) -> None:
    sweep(database, at(MORNING))
    compose(database, office, at(MORNING))
    with database.write() as session:
        session.delete(session.exec(select(tables.UnitRobot)).one())
    deliver(database, office, at(MORNING))
    assert states(database) == [("reminder", "accepted", ""), ("group", "withdrawn", "robot_removed")]


def test_a_group_that_was_out_of_order_for_days_hears_the_newest_alone(
    database: Database, office: Office, robot: RememberingRobot, built: Built
) -> None:
    robot.answers = [DOWN] * 2
    turn(database, office, MORNING)
    turn(database, office, "2024-03-29T09:30")
    turn(database, office, "2024-03-29T10:30")
    assert [state for kind, state, _ in states(database) if kind == "group"] == ["superseded", "accepted"]
    assert len(robot.sent) == 1


@pytest.mark.parametrize(("wanted", "hold", "copies"), [(True, False, 1), (False, False, 0), (True, True, 0)])
def test_a_digest_goes_to_the_group_where_the_policy_says_so_and_not_before_it_is_approved(
    database: Database, office: Office, robot: RememberingRobot, wanted: bool, hold: bool, copies: int
) -> None:
    build(database, Task("1"), emails={UNIT: MAIL}, policy={"group_digest": wanted, "digest_hold": hold})
    give_robot(database, UNIT, GROUP)
    sweep(database, at("2024-03-29T15:00"))
    send_digest(database, office, at("2024-03-29T15:00"))
    deliver(database, office, at("2024-03-29T15:20"))
    assert len(robot.sent) == copies
    assert len(of_kind(database, "group")) == wanted
    assert all("duban-link:" not in one.text + str(one.card) for one in of_kind(database, "group"))


def test_a_rehearsal_and_a_second_turn_add_no_copies(
    database: Database, office: Office, robot: RememberingRobot, built: Built
) -> None:
    for _ in range(2):
        turn(database, office, MORNING)
    assert len(of_kind(database, "group")) == len(robot.sent) == 1
