"""Channels in order from end to end: what one refuses for ever arrives by the next, once, and nothing is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import event
from sqlmodel import select

from db import tables
from db.session import Database
from notifications.card import Card
from notifications.channel import Envelope, Verdict
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
from workflows.fall_back import forget_failures
from workflows.office import Office
from workflows.send_digest import send_digest
from workflows.sweep import sweep

UNIT, MAIL = "区民政局", "mz@example.org"
SOON, NEXT = "2024-03-26T09:35", "2024-03-29T09:30"
GONE = Verdict.permanent("没有这个人", code="recipient_refused")
REVOKED = Verdict.permanent("机器人已被移除", code="revoked", channel_fault=True)
FULL = Verdict.permanent("没有这个邮箱", code="5.1.1")


@pytest.fixture
def mail() -> RememberingChannel:
    return RememberingChannel()


@pytest.fixture
def app() -> RememberingApp:
    return RememberingApp("企业微信")


@pytest.fixture
def office(mail: RememberingChannel, app: RememberingApp) -> Office:
    return replace(office_with(mail, app, RememberingRobot("民政局群")), links=LINKS)


@pytest.fixture
def built(database: Database) -> Built:
    """Two tasks of a unit whose liaison is reached by chat, then by mail."""
    built = build(database, Task("1"), Task("2", unit="户"), emails={UNIT: MAIL}, coordinator=None)
    give_ways(database, built.posts[UNIT], ("企业微信", "zhangsan"), ("email", MAIL))
    return built


@pytest.mark.parametrize("refusal", [GONE, REVOKED])
def test_what_the_first_refuses_for_ever_arrives_by_the_second_once_and_under_a_key_of_its_own(
    database: Database,
    office: Office,
    mail: RememberingChannel,
    app: RememberingApp,
    built: Built,
    refusal: Verdict,
) -> None:
    app.answers = [refusal]
    for moment in (MORNING, SOON, SOON):
        turn(database, office, moment)
    assert [(one.state, one.ended_reason, one.channel) for one in messages(database)] == [
        ("superseded", "other_channel", "企业微信"),
        ("accepted", "", "email"),
    ]
    assert len({one.key for one in messages(database)}) == 2
    assert [one.to_address for one in mail.sent] == [MAIL]
    assert endings(database) == {("report_due", "accepted", "")}
    assert ("CHANNEL_FALLBACK", "contact:1:企业微信") in open_now(database)
    turn(database, office, NEXT)
    assert len(app.attempted) == 1  # it is not knocked at again
    assert len(mail.sent) == 2


@pytest.mark.parametrize("is_lost", [True, False])
def test_what_may_have_arrived_by_the_first_is_marked_as_a_repeat_on_the_second(
    database: Database, mail: RememberingChannel, app: RememberingApp, is_lost: bool
) -> None:
    second = RememberingApp("飞书")
    built = build(database, Task("1"), emails={UNIT: MAIL}, coordinator=None)
    give_ways(database, built.posts[UNIT], ("企业微信", "zhangsan"), ("飞书", "ou_zhang"))
    app.answers = [Verdict.transient("没有回音", code="answer_lost", ambiguous=is_lost), GONE]
    for minute in range(30, 40):
        turn(database, office_with(mail, app, second), f"2024-03-26T09:{minute}")
    turn(database, office_with(mail, app, second), NEXT)
    assert [one.again for one in second.sent] == [is_lost, False], "what falls due later is no repeat"


def test_where_both_refuse_it_is_given_up_and_shown_and_what_falls_due_later_waits(
    database: Database, office: Office, mail: RememberingChannel, app: RememberingApp, built: Built
) -> None:
    app.answers, mail.answers = [GONE], [FULL]
    for moment in (MORNING, SOON):
        turn(database, office, moment)
    assert [(one.state, one.channel) for one in messages(database)] == [
        ("superseded", "企业微信"),
        ("given_up", "email"),
    ]
    assert endings(database) == {("report_due", "given_up", "5.1.1")}
    assert {code for code, _ in open_now(database)} == {"CHANNEL_FALLBACK", "MESSAGE_GIVEN_UP"}
    turn(database, office, NEXT)
    assert {state for _, state, _ in endings(database)} == {"given_up", "pending"}
    assert "NO_CONTACT" in {code for code, _ in open_now(database)}
    with database.write() as session:
        forget_failures(session, "企业微信", at(NEXT))
    turn(database, office, "2024-03-29T09:40")
    assert {state for _, state, _ in endings(database)} == {"given_up", "accepted"}
    assert {code for code, _ in open_now(database)} == {"MESSAGE_GIVEN_UP"}


TOO_BIG = Verdict.permanent("太长", code="message_too_big")


@pytest.mark.parametrize("refusal", [TOO_BIG, Verdict.permanent("拒收", code="message_refused")])
def test_one_refused_message_makes_nobody_unreachable(
    database: Database, office: Office, app: RememberingApp, refusal: Verdict
) -> None:
    built = build(database, Task("1"), emails={UNIT: MAIL}, coordinator=None)
    give_ways(database, built.posts[UNIT], ("企业微信", "zhangsan"))
    app.answers = [refusal]
    for moment in (MORNING, SOON, NEXT):
        turn(database, office, moment)
    assert [(one.state, one.ended_reason) for one in messages(database)] == [
        ("given_up", refusal.code),
        ("accepted", ""),
    ]
    assert [code for code, _ in open_now(database)] == ["MESSAGE_GIVEN_UP"]
    assert len(app.attempted) == 2


def test_a_message_that_every_way_refuses_is_tried_on_each_once_and_the_next_one_leaves(
    database: Database, office: Office, mail: RememberingChannel, app: RememberingApp, built: Built
) -> None:
    app.answers, mail.answers = [TOO_BIG], [TOO_BIG]
    for moment in (MORNING, *[SOON] * 5, NEXT):
        turn(database, office, moment)
    assert [(one.channel, one.state) for one in messages(database)] == [
        ("企业微信", "superseded"),
        ("email", "given_up"),
        ("email", "accepted"),
    ]
    assert (len(app.attempted), len(mail.attempted)) == (1, 2)


def test_a_late_refusal_leaves_the_corrected_account_alone(
    database: Database, office: Office, mail: RememberingChannel, app: RememberingApp, built: Built
) -> None:
    def corrected_meanwhile(envelope: Envelope) -> Verdict:
        with database.write() as session:
            way = session.exec(select(tables.ContactChannel).where(tables.ContactChannel.rank == 1)).one()
            way.address = "zhangsan2"
        return GONE

    app.answers = [corrected_meanwhile]
    for moment in (MORNING, SOON):
        turn(database, office, moment)
    assert [one.to_address for one in app.attempted] == ["zhangsan", "zhangsan2"]
    assert endings(database) == {("report_due", "accepted", "")}
    assert (mail.attempted, open_now(database)) == ([], [])


def test_a_digest_that_the_first_refuses_goes_by_the_second_as_it_was_frozen(
    database: Database, office: Office, mail: RememberingChannel, app: RememberingApp, built: Built
) -> None:
    app.answers = [GONE]
    sweep(database, at("2024-03-29T15:00"))
    send_digest(database, office, at("2024-03-29T15:00"))
    for _ in range(2):
        deliver(database, office, at("2024-03-29T15:20"))
    digests = [one for one in messages(database) if one.kind == "digest"]
    assert [(one.state, one.channel, one.address) for one in digests] == [("accepted", "email", MAIL)]
    assert [one.subject for one in mail.sent] == [digests[0].subject]


def test_a_digest_that_falls_back_on_the_group_of_the_unit_leaves_its_link_behind(
    database: Database, mail: RememberingChannel
) -> None:
    robot = RememberingRobot("民政局群")
    office = replace(office_with(mail, robot), links=LINKS)
    build(database, Task("1"), emails={UNIT: MAIL}, coordinator=None)
    give_robot(database, UNIT, "民政局群")
    mail.answers = [FULL]
    sweep(database, at("2024-03-29T15:00"))
    send_digest(database, office, at("2024-03-29T15:00"))
    for _ in range(2):
        deliver(database, office, at("2024-03-29T15:20"))
    (digest,) = (one for one in messages(database) if one.kind == "digest")
    assert (digest.state, digest.channel) == ("accepted", "民政局群")
    assert "/r/" in mail.attempted[0].text
    assert "/r/" not in robot.sent[0].page


@pytest.mark.parametrize(
    ("locale", "own", "other"), [("zh-CN", "报送", "lease report"), ("en", "lease report", "报送")]
)
def test_a_chat_card_is_in_the_language_of_its_reader(
    database: Database, office: Office, app: RememberingApp, built: Built, locale: str, own: str, other: str
) -> None:
    with database.write() as session:
        contact = session.exec(select(tables.Contact)).one()
        contact.locale = locale
        session.add(contact)
    turn(database, office, MORNING)
    (message,) = messages(database)
    assert message.locale == locale
    assert message.card is not None
    card = Card.from_json(message.card)
    words = " ".join([card.title, *(span.text for block in card.blocks for span in block.spans)])
    assert (own in words, other in words) == (True, False), words
    assert [one.locale for one in app.sent] == [locale]


@pytest.mark.parametrize("has_ways", [False, True])
def test_composing_asks_once_for_each_recipient_with_channels_or_without(
    sqlite_database: Database, has_ways: bool
) -> None:
    units = [f"区第{number}局" for number in range(6)]
    tasks = (Task(f"{number}", lead=name) for number, name in enumerate(units))
    emails = {name: f"u{number}@example.org" for number, name in enumerate(units)}
    built = build(sqlite_database, *tasks, emails=emails, coordinator=None)
    for name in units if has_ways else ():
        give_ways(sqlite_database, built.posts[name], ("企业微信", name), ("email", ""))
    office = office_with(RememberingChannel(), RememberingApp("企业微信"))
    sweep(sqlite_database, at(MORNING))
    asked: list[str] = []
    event.listen(sqlite_database.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    compose(sqlite_database, office, at(MORNING))
    assert len(messages(sqlite_database)) == len(units)
    assert sum("contact_channels" in one for one in asked) == 1 + len(units)
    # the channels in use; of each post whether its unit has a group
    assert sum("unit_robots" in one for one in asked) == 1 + len(units)
