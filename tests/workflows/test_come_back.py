"""A mail that was accepted and came back: by the next way or given up and shown, and only if it is believable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from db import tables
from db.session import Database
from notifications.mailbox import Mailbox, MailboxSettings
from notifications.message import message_id, salt_of
from notifications.smtp import Security
from tests.channels import RememberingChannel
from tests.mailbox_server import MailboxServer
from tests.notifications.bounces import coremail_like, exchange, forwarded, postfix, qq_like
from tests.workflows.office_2024 import Built, Task, at, build
from tests.workflows.routes import (
    RememberingApp,
    RememberingRobot,
    give_robot,
    give_ways,
    office_with,
    open_now,
)
from tests.workflows.test_main_flow import MORNING, endings, messages, turn
from workflows.collect_replies import collect_replies
from workflows.deliver import deliver
from workflows.office import Office, recipient_of
from workflows.resend import resend
from workflows.send_digest import send_digest

UNIT, MAIL = "区民政局", "mz@example.org"
NOON = at("2024-03-26T12:00")
LATER = "2024-03-26T13:00"


@pytest.fixture
def mail() -> RememberingChannel:
    return RememberingChannel()


@pytest.fixture
def app() -> RememberingApp:
    return RememberingApp("企业微信")


@pytest.fixture
def office(mail: RememberingChannel, app: RememberingApp) -> Office:
    return office_with(mail, app, RememberingRobot("民政局群"))


@pytest.fixture
def built(database: Database, office: Office) -> Built:
    """A unit has been reminded by mail."""
    built = build(database, Task("1"), emails={UNIT: MAIL}, coordinator=None)
    turn(database, office, MORNING)
    return built


def collect(database: Database, office: Office, *mails: bytes, now: datetime = NOON) -> dict[str, int]:
    with MailboxServer() as server:
        for raw in mails:
            server.put(raw)
        settings = MailboxSettings(server.host, server.port, Security.NONE, "duban", "secret", timeout=30.0)
        return collect_replies(database, office, Mailbox(settings), now).outcomes


def original(database: Database) -> str:
    return messages(database)[0].rfc_message_id


def receipts(database: Database) -> list[tuple[str, str, str]]:
    with database.read() as session:
        return [(row.person, row.answer, row.reason) for row in session.exec(select(tables.Receipt))]


@pytest.mark.parametrize("shape", [postfix, exchange, qq_like, coremail_like])
def test_what_came_back_goes_by_the_next_way(
    database: Database, office: Office, app: RememberingApp, built: Built, shape: Callable[[str], bytes]
) -> None:
    give_ways(database, built.posts[UNIT], ("email", MAIL), ("企业微信", "zhangsan"))
    assert collect(database, office, shape(original(database))) == {"bounced": 1}
    assert [(person, answer) for person, answer, _ in receipts(database)] == [(MAIL, "refused")]
    assert endings(database) == {("report_due", "pending", "")}
    assert [code for code, _ in open_now(database)] == ["CHANNEL_FALLBACK"]
    turn(database, office, LATER)
    assert [(one.state, one.ended_reason, one.channel) for one in messages(database)] == [
        ("superseded", "other_channel", "email"),
        ("accepted", "", "企业微信"),
    ]
    assert len({one.key for one in messages(database)}) == 2
    assert endings(database) == {("report_due", "accepted", "")}
    assert [one.to_address for one in app.sent] == ["zhangsan"]


def test_without_another_way_it_is_given_up_and_shown(
    database: Database, office: Office, built: Built
) -> None:
    assert collect(database, office, postfix(original(database))) == {"bounced": 1}
    assert [(one.state, one.ended_reason) for one in messages(database)] == [("given_up", "bounced")]
    assert endings(database) == {("report_due", "given_up", "bounced")}
    assert open_now(database) == [("MESSAGE_GIVEN_UP", f"post:{built.posts[UNIT]}")]
    (told,) = receipts(database)
    assert told[2].startswith("5.1.1 550 5.1.1")
    assert "canary" not in told[2]


def test_the_group_is_the_last_way(database: Database, office: Office, built: Built) -> None:
    give_robot(database, UNIT, "民政局群")
    assert collect(database, office, postfix(original(database))) == {"bounced": 1}
    turn(database, office, LATER)
    assert [one.channel for one in messages(database) if one.state == "accepted"] == ["民政局群"]


def test_the_same_report_twice_and_a_second_one_of_the_same_mail_add_nothing(
    database: Database, office: Office, built: Built
) -> None:
    first = postfix(original(database))
    second = first.replace(b"<20240326020001.9E2A@mx.example.org>", b"<another@mx.example.org>")
    assert collect(database, office, first, first, second) == {"bounced": 1, "known": 1, "ignored": 1}
    assert len(receipts(database)) == 1
    assert len(open_now(database)) == 1


def test_sent_again_it_comes_back_again_and_is_shown_again(
    database: Database, office: Office, built: Built
) -> None:
    first = postfix(original(database))
    second = first.replace(b"<20240326020001.9E2A@mx.example.org>", b"<another@mx.example.org>")
    assert collect(database, office, first) == {"bounced": 1}
    resend(database, office, 1, NOON, "甲岗")
    deliver(database, office, NOON + timedelta(minutes=1))
    assert (messages(database)[0].state, open_now(database)) == ("accepted", [])
    assert collect(database, office, second, now=NOON + timedelta(hours=1)) == {"bounced": 1}
    assert [(one.state, one.ended_reason) for one in messages(database)] == [("given_up", "bounced")]
    assert endings(database) == {("report_due", "given_up", "bounced")}
    assert open_now(database) == [("MESSAGE_GIVEN_UP", f"post:{built.posts[UNIT]}")]
    assert [(person, answer) for person, answer, _ in receipts(database)] == [(MAIL, "refused")] * 2


@pytest.mark.parametrize(
    ("changes", "days"),
    [
        ({"to": "other@example.org"}, 0),  # forged, or of somebody else
        ({"to": f"{MAIL}.example.com"}, 0),
        ({"original": "<nobody@example.org>"}, 0),
        ({"action": "delayed", "status": "4.4.1"}, 0),
        ({"action": "relayed", "status": "2.0.0"}, 0),
        ({}, 16),  # no server tries for so long
        ({}, -1),  # before it left
    ],
)
def test_a_report_that_cannot_be_believed_changes_nothing(
    database: Database, office: Office, built: Built, changes: dict[str, str], days: int
) -> None:
    give_ways(database, built.posts[UNIT], ("email", MAIL), ("企业微信", "zhangsan"))
    raw = postfix(**{"original": original(database), **changes})
    assert collect(database, office, raw, now=NOON + timedelta(days=days)) == {"ignored": 1}
    assert receipts(database) == []
    assert endings(database) == {("report_due", "accepted", "")}
    assert open_now(database) == []


@pytest.mark.parametrize(("case", "believed"), [("MZ@EXAMPLE.ORG", 1), ("m@example.org", 0)])
def test_addresses_are_compared_as_mail_servers_do(
    database: Database, office: Office, built: Built, case: str, believed: int
) -> None:
    outcome = collect(database, office, postfix(original(database), to=case))
    assert outcome == ({"bounced": 1} if believed else {"ignored": 1})


@pytest.mark.parametrize(("salt", "is_believed"), [(b"", True), (salt_of(b"k" * 32), False)])
def test_who_only_knows_how_keys_are_made_forges_no_report_of_a_salted_office(
    database: Database, office: Office, salt: bytes, is_believed: bool
) -> None:
    salted = replace(office, salt=salt)
    built = build(database, Task("1"), emails={UNIT: MAIL}, coordinator=None)
    turn(database, salted, MORNING)
    guessed = message_id(f"reminder:{built.posts[UNIT]}:email:2024-03-26", office.domain)
    assert collect(database, salted, postfix(guessed)) == {"bounced" if is_believed else "ignored": 1}
    assert {state for _, state, _ in endings(database)} == {"given_up" if is_believed else "accepted"}
    if not is_believed:
        real = postfix(original(database)).replace(b"9E2A@mx", b"9E2B@mx")
        assert collect(database, salted, real) == {"bounced": 1}


def test_mails_that_left_before_there_was_a_salt_still_come_back(
    database: Database, office: Office, built: Built
) -> None:
    salted = replace(office, salt=salt_of(b"k" * 32))
    assert collect(database, salted, postfix(original(database))) == {"bounced": 1}


@pytest.mark.parametrize(
    ("noted", "outcome"),
    [
        ("mx.example.org; spf=pass smtp.mailfrom=example.org; dmarc=pass", "bounced"),
        ("mx.example.org; spf=none; dkim=none", "bounced"),
        ("mx.example.org; spf=fail; dkim=pass", "bounced"),
        ("mx.example.org; spf=fail; dkim=none", "refused"),
        ("mx.example.org; spf=pass; dkim=pass; dmarc=fail", "refused"),
    ],
)
def test_a_report_whose_sender_the_mail_server_found_forged_is_shown_and_changes_nothing(
    database: Database, office: Office, built: Built, noted: str, outcome: str
) -> None:
    raw = f"Authentication-Results: {noted}\r\n".encode() + postfix(original(database))
    assert collect(database, office, raw) == {outcome: 1}
    shown = "MESSAGE_GIVEN_UP" if outcome == "bounced" else "UNKNOWN_REPLY"
    assert [code for code, _ in open_now(database)] == [shown]
    assert len(receipts(database)) == (outcome == "bounced")


def test_a_report_that_somebody_forwards_is_no_report(
    database: Database, office: Office, built: Built
) -> None:
    assert collect(database, office, forwarded(original(database))) == {"refused": 1}
    assert endings(database) == {("report_due", "accepted", "")}


def test_a_message_that_did_not_go_by_mail_cannot_come_back(
    database: Database, office: Office, built: Built
) -> None:
    with database.write() as session:
        session.get_one(tables.Message, 1).channel = "企业微信"
    assert collect(database, office, postfix(original(database))) == {"ignored": 1}


@pytest.mark.parametrize(("is_newest", "state"), [(True, "accepted"), (False, "superseded")])
def test_a_digest_goes_by_the_next_way_as_it_was_frozen_unless_a_newer_one_has_come(
    database: Database, office: Office, app: RememberingApp, built: Built, is_newest: bool, state: str
) -> None:
    send_digest(database, office, at("2024-03-29T15:00"))
    deliver(database, office, at("2024-03-29T15:20"))
    digest = next(one for one in messages(database) if one.kind == "digest")
    if not is_newest:
        send_digest(database, office, at("2024-04-07T15:00"))
        deliver(database, office, at("2024-04-07T15:20"))
    give_ways(database, built.posts[UNIT], ("email", MAIL), ("企业微信", "zhangsan"))
    moment = at("2024-04-08T10:00")
    assert collect(database, office, postfix(digest.rfc_message_id), now=moment) == {"bounced": 1}
    deliver(database, office, moment)
    same = next(one for one in messages(database) if one.id == digest.id)
    assert (same.state, same.channel) == (state, "企业微信" if is_newest else "email")
    assert len(app.sent) == is_newest


def test_each_copy_that_comes_back_goes_by_the_next_way_whatever_was_copied_after_it(
    database: Database, office: Office, app: RememberingApp, built: Built
) -> None:
    turn(database, office, "2024-03-29T09:30")
    first, second = (one.id or 0 for one in messages(database))
    copies = []
    for number, minute in ((first, 0), (second, 10)):
        moment = at("2024-03-29T12:00") + timedelta(minutes=minute)
        copies.append(resend(database, office, number, moment, "甲岗", "单位说没收到").message_id)
        deliver(database, office, moment)
    give_ways(database, built.posts[UNIT], ("email", MAIL), ("企业微信", "zhangsan"))
    moment = at("2024-03-29T12:20")
    sent = next(one.rfc_message_id for one in messages(database) if one.id == copies[0])
    assert collect(database, office, postfix(sent), now=moment) == {"bounced": 1}
    deliver(database, office, moment)
    found = {one.id: (one.state, one.channel) for one in messages(database)}
    assert [found[one] for one in copies] == [("accepted", "企业微信"), ("accepted", "email")]
    assert [one.to_address for one in app.sent] == ["zhangsan"]


def test_who_came_after_gets_what_came_back_from_the_predecessor(
    database: Database, office: Office, mail: RememberingChannel, built: Built
) -> None:
    with database.write() as session:
        leaving = session.exec(select(tables.Contact)).one()
        leaving.ended_at = NOON
        session.add(leaving)
        session.add(tables.Contact(post_id=built.posts[UNIT], email="next@example.org"))
    assert collect(database, office, postfix(original(database))) == {"bounced": 1}
    assert open_now(database) == []
    turn(database, office, LATER)
    assert mail.sent[-1].to_address == "next@example.org"
    with database.read() as session:
        found = recipient_of(session, office, built.posts[UNIT])
    assert found is not None
