"""再次发送 and 办结未送达, over a real mail server: tried again, copied, settled; never twice, always on record."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

import pytest
from sqlmodel import col, select

from db import hold, tables
from db.given_up import count_unsettled
from db.session import Database
from engine.errors import DubanError
from tests.notifications.mail import channel_to
from tests.servers import MailServer
from tests.workflows.office_2024 import LINKS, Built, Task, at, build, mail_office
from tests.workflows.routes import open_now
from tests.workflows.test_main_flow import endings, messages, turn
from tests.workflows.test_promises_sending import appoint
from workflows.deliver import deliver
from workflows.office import Office
from workflows.report_progress import Filing, report_progress
from workflows.resend import Offer, Resent, offer_of, resend
from workflows.send_digest import send_digest
from workflows.settle_given_up import settle_given_up

UNIT, MAIL = "区民政局", "mz@example.org"
MORNING, NOON, LATER = "2024-03-26T09:30", at("2024-03-26T12:00"), at("2024-03-26T12:05")
WHO = "甲岗"


def refuse(stage: str, _: str) -> str | None:
    return "550 5.1.1 no such user" if stage == "RCPT" else None


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer(refuse) as server:
        yield server


@pytest.fixture
def office(server: MailServer) -> Office:
    return replace(mail_office(channel_to(server)), links=LINKS)


@pytest.fixture
def built(database: Database, office: Office) -> Built:
    """A unit's reminder was refused and given up; from now on the server takes everything."""
    built = build(database, Task("1"), emails={UNIT: MAIL}, coordinator=None)
    turn(database, office, MORNING)
    assert [(one.state, one.attempts) for one in messages(database)] == [("given_up", 1)]
    return built


def offer(database: Database, office: Office, now: datetime, number: int = 0) -> Offer:
    with database.read() as session:
        message = session.get_one(tables.Message, messages(database)[number].id)
        return offer_of(session, office, message, now)


def again(
    database: Database,
    office: Office,
    now: datetime = NOON,
    number: int = 0,
    reason: str = "",
    seen: int | None = None,
) -> Resent:
    found = messages(database)[number].id
    assert found is not None
    return resend(database, office, found, now, WHO, reason, seen)


def arrive(database: Database, office: Office, server: MailServer) -> None:
    """What was given up is sent again, to a server that takes everything."""
    server.script = None
    again(database, office)
    deliver(database, office, LATER)


def refusal(call: object) -> str:
    with pytest.raises(DubanError) as refused:
        call()  # type: ignore[operator]
    return refused.value.code


def states(database: Database) -> list[tuple[str, str, str]]:
    return [(one.kind, one.state, one.ended_reason) for one in messages(database)]


def recorded(database: Database, what: str) -> list[tuple[str, str]]:
    with database.read() as session:
        events = session.exec(select(tables.Event).where(col(tables.Event.what) == what))
        return [(one.who, one.reason) for one in events]


def test_what_was_given_up_is_tried_again_under_the_same_message_id(
    database: Database, office: Office, server: MailServer, built: Built
) -> None:
    before = messages(database)[0]
    assert endings(database) == {("report_due", "given_up", before.ended_reason)}
    assert (offer(database, office, NOON).how, offer(database, office, NOON).seen) == ("retry", 1)
    server.script = None
    assert again(database, office, seen=1).outcome == "again"
    assert endings(database) == {("report_due", "composed", "")}
    assert open_now(database) == []
    deliver(database, office, LATER)
    (after,) = messages(database)
    assert (after.state, after.attempts, after.rfc_message_id) == ("accepted", 2, before.rfc_message_id)
    assert [mail.message["Message-ID"] for mail in server.messages] == [before.rfc_message_id]
    assert endings(database) == {("report_due", "accepted", "")}
    assert recorded(database, "resend") == [(WHO, "")]


def test_refused_once_more_it_is_given_up_and_shown_once_more(
    database: Database, office: Office, built: Built
) -> None:
    again(database, office)
    deliver(database, office, LATER)
    assert [(one.state, one.attempts) for one in messages(database)] == [("given_up", 2)]
    assert open_now(database) == [("MESSAGE_GIVEN_UP", f"post:{built.posts[UNIT]}")]


def test_two_clicks_send_it_once(
    database: Database, office: Office, server: MailServer, built: Built
) -> None:
    server.script = None
    again(database, office, seen=1)
    assert refusal(lambda: again(database, office, seen=1)) == "RESEND_REFUSED"
    deliver(database, office, LATER)
    assert refusal(lambda: again(database, office, reason="再发", seen=1)) == "RESEND_DONE"
    assert len(server.messages) == 1


def test_two_people_at_once_make_one_copy(
    database: Database, office: Office, server: MailServer, built: Built
) -> None:
    arrive(database, office, server)

    def press(_: int) -> str:
        try:
            return again(database, office, LATER, reason="单位说没收到", seen=0).outcome
        except DubanError as error:
            return error.code

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(press, range(4)))
    assert outcomes == ["RESEND_DONE"] * 3 + ["copy"]
    deliver(database, office, LATER)
    assert len(server.messages) == 2


def test_a_copy_says_that_it_is_one_and_opens_a_link_of_its_own(
    database: Database, office: Office, server: MailServer, built: Built
) -> None:
    arrive(database, office, server)
    first = messages(database)[0]
    assert refusal(lambda: again(database, office, LATER)) == "NO_REASON"
    copied = again(database, office, LATER, reason="单位说没收到", seen=0)
    assert (copied.outcome, copied.recipient) == ("copy", "区民政局 联络员")
    deliver(database, office, LATER)
    copy = messages(database)[1]
    assert (copy.id, copy.kind, copy.key, copy.state) == (
        copied.message_id,
        "copy",
        f"copy:{first.id}:1",
        "accepted",
    )
    assert copy.rfc_message_id != first.rfc_message_id
    sent, again_sent = (mail.message for mail in server.messages)
    assert again_sent["Subject"] == f"【补发】{sent['Subject']}"
    text = again_sent.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    html = again_sent.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert text.startswith("补发：这封消息已于3月26日")
    assert "补发：这封消息已于" in html
    assert "duban-link:" not in text + html
    assert "about:blank" not in text + html
    with database.read() as session:
        links = session.exec(select(tables.ReportLink).order_by(col(tables.ReportLink.id))).all()
    assert [(one.message_id, one.ended_reason) for one in links] == [(first.id, "superseded"), (copy.id, "")]
    assert LINKS.url(links[1].nonce) in text
    assert endings(database) == {("report_due", "accepted", "")}
    assert again(database, office, LATER, number=1, reason="再要一份", seen=1).outcome == "copy"
    assert messages(database)[2].key == f"copy:{first.id}:2"


def test_what_has_been_reported_meanwhile_is_not_sent_again(
    database: Database, office: Office, server: MailServer, built: Built
) -> None:
    report_progress(database, Filing("1", "2024-03", ["11台"]), NOON, WHO)
    server.script = None
    assert again(database, office).outcome == "outdated"
    deliver(database, office, LATER)
    assert server.messages == []
    assert [state for _, state, _ in states(database)] == ["withdrawn"]


def test_a_corrected_address_gets_it_composed_anew(
    database: Database, office: Office, server: MailServer, built: Built
) -> None:
    appoint(database, built.posts[UNIT], "new@example.org")
    server.script = None
    assert offer(database, office, NOON).address == "new@example.org"
    assert again(database, office).outcome == "anew"
    turn(database, office, "2024-03-26T12:05")
    assert [mail.recipients for mail in server.messages] == [("new@example.org",)]
    assert [state for _, state, _ in states(database)] == ["superseded", "accepted"]


def test_a_digest_goes_to_the_new_address_as_it_was_frozen(
    database: Database, office: Office, server: MailServer, built: Built
) -> None:
    arrive(database, office, server)
    server.script = refuse
    send_digest(database, office, at("2024-03-29T15:00"))
    deliver(database, office, at("2024-03-29T15:30"))
    number = next(n for n, one in enumerate(messages(database)) if one.kind == "digest")
    assert messages(database)[number].state == "given_up"
    appoint(database, built.posts[UNIT], "new@example.org")
    server.script, server.messages = None, []
    assert again(database, office, at("2024-03-29T16:00"), number).outcome == "again"
    deliver(database, office, at("2024-03-29T16:01"))
    assert [mail.recipients for mail in server.messages] == [("new@example.org",)]
    assert server.messages[0].message["Message-ID"] == messages(database)[number].rfc_message_id


@pytest.mark.parametrize(
    ("moment", "leaves"),
    [("2024-03-26T17:59", "2024-03-26T17:59"), ("2024-03-26T18:00", "2024-03-27T08:00")],
)
def test_it_leaves_within_the_window(
    database: Database, office: Office, server: MailServer, built: Built, moment: str, leaves: str
) -> None:
    assert f"{offer(database, office, at(moment)).leaves_at:%Y-%m-%dT%H}" == leaves[:13]
    again(database, office, at(moment))
    assert f"{messages(database)[0].next_attempt_at.astimezone(NOON.tzinfo):%Y-%m-%dT%H}" == leaves[:13]


def test_nothing_is_sent_again_while_sending_is_held_or_nobody_is_there(
    database: Database, office: Office, built: Built
) -> None:
    with database.write() as session:
        hold.hold(session, NOON, NOON)
    assert refusal(lambda: again(database, office)) == "SENDING_HELD"
    with database.write() as session:
        hold.let_go(session, NOON)
    appoint(database, built.posts[UNIT], None)
    assert refusal(lambda: again(database, office)) == "NO_CONTACT"
    assert [state for _, state, _ in states(database)] == ["given_up"]
    assert recorded(database, "resend") == []


@pytest.mark.parametrize("state", ["held", "waiting", "sending", "superseded", "withdrawn"])
def test_what_has_not_left_or_was_replaced_is_not_sent_again(
    database: Database, office: Office, built: Built, state: str
) -> None:
    with database.write() as session:
        session.get_one(tables.Message, messages(database)[0].id).state = state
    assert refusal(lambda: again(database, office)) == "RESEND_REFUSED"


def test_of_two_digests_that_were_given_up_the_newer_is_sent_again(
    database: Database, office: Office, built: Built
) -> None:
    for week in ("2024-03-29", "2024-04-07"):
        send_digest(database, office, at(f"{week}T15:00"))
        deliver(database, office, at(f"{week}T15:30"))
    older, newer = (n for n, one in enumerate(messages(database)) if one.kind == "digest")
    assert {messages(database)[n].state for n in (older, newer)} == {"given_up"}
    now = at("2024-04-07T16:00")
    assert refusal(lambda: again(database, office, now, older)) == "RESEND_REFUSED"
    assert again(database, office, now, newer).outcome == "again"


def test_what_was_given_up_is_settled_once_on_record(
    database: Database, office: Office, built: Built
) -> None:
    ids = [one.id or 0 for one in messages(database)]
    with database.read() as session:
        assert count_unsettled(session) == 1
    assert refusal(lambda: settle_given_up(database, ids, NOON, WHO, "  ")) == "NO_REASON"
    assert refusal(lambda: settle_given_up(database, ids, NOON, WHO, "已" * 501)) == "REASON_TOO_LONG"
    done = settle_given_up(database, [*ids, 999], NOON, WHO, " 已电话告知 ")
    assert (done.settled, done.left) == (tuple(ids), (999,))
    assert settle_given_up(database, ids, LATER, "乙岗", "已当面告知").settled == ()
    message = messages(database)[0]
    assert (message.settled_at, message.settled_by, message.settled_reason) == (NOON, WHO, "已电话告知")
    assert (message.state, open_now(database)) == ("given_up", [])
    assert recorded(database, "settle_message") == [(WHO, "已电话告知")]
    with database.read() as session:
        assert count_unsettled(session) == 0


@pytest.mark.parametrize(
    ("reason", "code"), [("已", ""), ("已" * 500, ""), ("已" * 501, "REASON_TOO_LONG"), ("", "NO_REASON")]
)
def test_a_settlement_says_how_in_at_most_500_signs(
    database: Database, office: Office, built: Built, reason: str, code: str
) -> None:
    ids = [one.id or 0 for one in messages(database)]
    if code:
        assert refusal(lambda: settle_given_up(database, ids, NOON, WHO, reason)) == code
    else:
        settle_given_up(database, ids, NOON, WHO, reason)
    assert recorded(database, "settle_message") == ([] if code else [(WHO, reason)])
    assert (messages(database)[0].settled_at is None) is bool(code)


def test_a_post_is_shown_until_its_last_message_is_settled(
    database: Database, office: Office, server: MailServer, built: Built
) -> None:
    send_digest(database, office, at("2024-03-29T15:00"))
    deliver(database, office, at("2024-03-29T15:30"))
    first, second = (one.id or 0 for one in messages(database) if one.state == "given_up")
    settle_given_up(database, [first], NOON, WHO, "已电话告知")
    assert ("MESSAGE_GIVEN_UP", f"post:{built.posts[UNIT]}") in open_now(database)
    settle_given_up(database, [second], NOON, WHO, "已电话告知")
    assert open_now(database) == [("NO_CONTACT", f"post:{built.posts['督查室']}")]


def test_what_was_given_up_after_the_last_arrival_stays_unsettled_and_shown(
    database: Database, office: Office, server: MailServer, built: Built
) -> None:
    server.script = None
    turn(database, office, "2024-03-29T09:30")
    server.script = refuse
    for day in ("2024-04-01", "2024-04-03"):
        turn(database, office, f"{day}T09:30")
    send_digest(database, office, at("2024-04-03T15:00"))
    told = [one for one in messages(database) if one.kind == "reminder"]
    assert [(one.state, one.settled_reason) for one in told] == [
        ("given_up", "arrived_since"),
        ("accepted", ""),
        ("given_up", ""),
        ("given_up", ""),
    ]
    assert ("MESSAGE_GIVEN_UP", f"post:{built.posts[UNIT]}") in open_now(database)


def test_sent_again_it_is_settled_no_more(database: Database, office: Office, built: Built) -> None:
    settle_given_up(database, [messages(database)[0].id or 0], NOON, WHO, "已电话告知")
    again(database, office)
    deliver(database, office, LATER)
    message = messages(database)[0]
    assert (message.state, message.settled_at, message.settled_by) == ("given_up", None, "")


def test_what_arrives_later_settles_it_as_soon_as_coordinators_were_told(
    database: Database, office: Office, server: MailServer, built: Built
) -> None:
    server.script = None
    send_digest(database, office, at("2024-03-29T15:00"))
    deliver(database, office, at("2024-03-29T15:30"))
    send_digest(database, office, at("2024-04-07T15:00"))
    message = messages(database)[0]
    assert (message.state, message.settled_by, message.settled_reason) == ("given_up", "", "arrived_since")
