"""The button of what is sent again works, and sending again takes nobody's working button away."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from sqlmodel import col, select

from db import tables
from db.session import Database
from notifications.card import Card
from notifications.channel import Envelope, Verdict
from notifications.links import token_hash
from notifications.message import Rendered
from tests.channels import RememberingChannel
from tests.workflows.office_2024 import LINKS, Built, Task, at, build, mail_office
from tests.workflows.test_main_flow import messages, turn
from workflows.decide_bulletin import approve
from workflows.deliver import deliver
from workflows.links import LinkRefused, open_link, revoke_links
from workflows.office import Office, recipient_of
from workflows.outgoing import Outgoing, put_out
from workflows.resend import How, offer_of, resend
from workflows.send_digest import send_digest

UNIT, MAIL, WHO = "区民政局", "mz@example.org", "甲岗"
MORNING, FRIDAY, MONDAY = "2024-03-26T09:30", at("2024-03-29T15:30"), "2024-04-01T09:30"
NOON, LATER = at("2024-04-01T12:00"), at("2024-04-01T12:05")
REFUSED = Verdict.permanent("收件人不存在", code="recipient_refused")
LOST = Verdict.transient("没有等到回执", ambiguous=True)
BUSY = Verdict.transient("收件人的邮箱暂时不可用")


@pytest.fixture
def office(channel: RememberingChannel) -> Office:
    return replace(mail_office(channel), links=LINKS)


@pytest.fixture
def built(database: Database) -> Built:
    policy = {"max_attempts": 2}
    return build(database, Task("1"), emails={UNIT: MAIL}, coordinator=None, policy=policy)


def links(database: Database) -> list[tuple[int | None, str]]:
    with database.read() as session:
        rows = session.exec(select(tables.ReportLink).order_by(col(tables.ReportLink.id)))
        return [(one.message_id, one.ended_reason) for one in rows]


def opens(database: Database, envelope: Envelope, now: datetime) -> bool:
    """Whether the link in the mail opens the unit's form."""
    token = envelope.text.partition(LINKS.url("")[: -len(LINKS.token(""))])[2].split()[0]
    assert token
    assert token in envelope.html
    with database.read() as session:
        try:
            return open_link(session, token, now).unit == UNIT
        except LinkRefused:
            return False


def given_up(database: Database) -> tables.Message:
    (found,) = (one for one in messages(database) if one.state == "given_up")
    return found


def digest_given_up(
    database: Database, office: Office, channel: RememberingChannel, first: Verdict = REFUSED
) -> tables.Message:
    """The week's digest was given up; the reminders that came after it have arrived."""
    turn(database, office, MORNING)
    channel.answers = [first, REFUSED]
    send_digest(database, office, FRIDAY)
    deliver(database, office, FRIDAY)
    deliver(database, office, at("2024-03-29T16:30"))
    channel.answers, channel.sent = [], []
    turn(database, office, MONDAY)
    turn(database, office, "2024-04-01T10:30")
    assert [one.kind for one in messages(database) if one.state == "given_up"] == ["digest"]
    assert len(channel.sent) == 1
    return given_up(database)


def confirm(database: Database, office: Office, to: tables.Message, now: datetime) -> int:
    """A message without a link reaches the same person."""
    said = Rendered("回执", "已记录", "<body>已记录</body>", Card("回执"))
    what = Outgoing("confirmation:1", "confirmation", to.plan_id, to.slot_on, now)
    with database.write() as session:
        recipient = recipient_of(session, office, to.post_id)
        assert recipient is not None
        key = put_out(session, office, recipient, said, what, now)
    deliver(database, office, now)
    return key


def test_a_copy_of_what_has_no_link_leaves_the_open_link_open(
    database: Database, office: Office, channel: RememberingChannel, built: Built
) -> None:
    turn(database, office, MORNING)
    (reminder,) = messages(database)
    confirmed = confirm(database, office, reminder, at("2024-03-26T10:00"))
    resend(database, office, confirmed, at("2024-03-26T12:00"), WHO, "单位说没收到")
    deliver(database, office, at("2024-03-26T12:05"))
    assert [one.subject for one in channel.sent][1:] == ["回执", "【补发】回执"]
    assert links(database) == [(reminder.id, "")]
    assert opens(database, channel.sent[0], at("2024-03-26T12:05"))


def test_what_was_given_up_leaves_with_a_button_that_works_under_the_same_message_id(
    database: Database, office: Office, channel: RememberingChannel, built: Built
) -> None:
    digest = digest_given_up(database, office, channel)
    assert (digest.id, "superseded") in links(database)
    resend(database, office, digest.id or 0, NOON, WHO)
    deliver(database, office, LATER)
    assert channel.sent[-1].message_id == digest.rfc_message_id
    assert opens(database, channel.sent[-1], LATER)
    after = next(one for one in messages(database) if one.id == digest.id)
    assert after.state == "accepted"
    assert token_in_card(database, after)


def token_in_card(database: Database, message: tables.Message) -> bool:
    """Whether the button of the card is the newest link of the message."""
    with database.read() as session:
        newest = session.exec(select(tables.ReportLink).order_by(col(tables.ReportLink.id).desc())).first()
        assert newest is not None
        assert newest.token_hash == token_hash(LINKS.token(newest.nonce))
        return newest.message_id == message.id and newest.nonce in str(message.card)


def test_a_reminder_whose_link_was_revoked_meanwhile_leaves_with_a_button_that_works(
    database: Database, office: Office, channel: RememberingChannel, built: Built
) -> None:
    channel.answers = [REFUSED]
    turn(database, office, MORNING)
    reminder, now = given_up(database), at("2024-03-26T12:00")
    assert revoke_links(database, [], UNIT, now, WHO) == 1
    resend(database, office, reminder.id or 0, now, WHO)
    deliver(database, office, now)
    assert channel.sent[-1].message_id == reminder.rfc_message_id
    assert links(database) == [(reminder.id, "revoked"), (reminder.id, "")]
    assert opens(database, channel.sent[-1], now)


def test_what_was_held_while_something_later_arrived_leaves_with_a_button_that_works(
    database: Database, office: Office, channel: RememberingChannel, built: Built
) -> None:
    turn(database, office, MORNING)
    with database.write() as session:
        session.get_one(tables.Plan, built.plan_id).policy = {"digest_hold": True}
    send_digest(database, office, FRIDAY)
    turn(database, office, MONDAY)
    approve(database, 1, NOON, WHO)
    deliver(database, office, LATER)
    digest = next(one for one in messages(database) if one.kind == "digest")
    assert channel.sent[-1].message_id == digest.rfc_message_id
    assert opens(database, channel.sent[-1], LATER)


def test_an_open_link_stays_the_messages_own(
    database: Database, office: Office, channel: RememberingChannel, built: Built
) -> None:
    channel.answers = [REFUSED]
    turn(database, office, MORNING)
    reminder = given_up(database)
    resend(database, office, reminder.id or 0, at("2024-03-26T12:00"), WHO)
    deliver(database, office, at("2024-03-26T12:05"))
    assert links(database) == [(reminder.id, "")]
    assert messages(database)[0].text == reminder.text


@pytest.mark.parametrize(("first", "how"), [(BUSY, "retry"), (LOST, "copy")])
def test_what_may_have_arrived_with_a_button_that_is_dead_now_is_sent_as_a_copy(
    database: Database,
    office: Office,
    channel: RememberingChannel,
    built: Built,
    first: Verdict,
    how: How,
) -> None:
    digest = digest_given_up(database, office, channel, first)
    with database.read() as session:
        assert offer_of(session, office, digest, NOON).how == how
    resend(database, office, digest.id or 0, NOON, WHO, "当时不知道是否送达")
    deliver(database, office, LATER)
    assert (channel.sent[-1].message_id == digest.rfc_message_id) == (how == "retry")
    assert channel.sent[-1].subject.startswith("【补发】") == (how == "copy")
    assert opens(database, channel.sent[-1], LATER)
    after = next(one for one in messages(database) if one.id == digest.id)
    assert (after.state, after.text == digest.text) == (
        ("accepted", False) if how == "retry" else ("given_up", True)
    )
