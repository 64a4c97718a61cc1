"""What becomes of a mail that a server refuses, and of the secrets it was tried with."""

from __future__ import annotations

import pytest

from notifications.channel import VerdictKind
from notifications.email import EmailChannel
from tests.notifications.envelopes import ENVELOPE, envelope
from tests.notifications.mail import (
    channel_to,
    once,
    raw_server,
    settings,
)
from tests.servers import MailServer

# Refusals


@pytest.mark.parametrize(
    ("stage", "answer", "kind", "code", "is_channels"),
    [
        ("MAIL", "451 4.3.0 try later", VerdictKind.TRANSIENT, "busy", True),
        ("MAIL", "550 5.1.0 sender rejected", VerdictKind.TRANSIENT, "sender_refused", True),
        ("MAIL", "530 5.7.0 authentication required", VerdictKind.TRANSIENT, "login_refused", True),
        ("MAIL", "552 5.3.4 message too big", VerdictKind.PERMANENT, "message_too_big", False),
        ("RCPT", "450 4.2.0 mailbox busy", VerdictKind.TRANSIENT, "recipient_busy", False),
        ("RCPT", "452 4.2.2 mailbox full", VerdictKind.TRANSIENT, "recipient_busy", False),
        ("RCPT", "550 5.1.1 user unknown", VerdictKind.PERMANENT, "recipient_refused", False),
        ("RCPT", "552 5.2.2 mailbox full", VerdictKind.PERMANENT, "recipient_refused", False),
        (
            "RCPT",
            "550 User unknown in relay recipient table",
            VerdictKind.PERMANENT,
            "recipient_refused",
            False,
        ),
        ("RCPT", "550 5.1.1 user unknown in relay table", VerdictKind.PERMANENT, "recipient_refused", False),
        ("RCPT", "554 5.7.1 Relay access denied", VerdictKind.TRANSIENT, "policy_refused", True),
        ("RCPT", "550 5.1.8 Sender address rejected", VerdictKind.TRANSIENT, "sender_refused", True),
        ("RCPT", "421 4.3.2 closing down", VerdictKind.TRANSIENT, "busy", True),
        ("RCPT", "450 too many messages, slow down", VerdictKind.RATE_LIMITED, "rate_limited", True),
        ("RCPT", "550 Connection frequency limited", VerdictKind.RATE_LIMITED, "rate_limited", True),
        ("MESSAGE", "451 4.3.0 local error", VerdictKind.TRANSIENT, "message_busy", False),
        ("MESSAGE", "554 5.6.0 content rejected", VerdictKind.PERMANENT, "message_refused", False),
        ("MESSAGE", "550 5.7.1 failed SPF and DKIM", VerdictKind.TRANSIENT, "policy_refused", True),
        ("MESSAGE", "552 5.3.4 too big", VerdictKind.PERMANENT, "message_too_big", False),
    ],
)
def test_each_refusal_gets_its_verdict_and_the_next_message_goes_through(
    stage: str, answer: str, kind: VerdictKind, code: str, is_channels: bool
) -> None:
    with MailServer(once(stage, answer)) as server, channel_to(server) as channel:
        verdict = channel.send(ENVELOPE)
        following = channel.send(envelope(key="next"))
    assert (verdict.kind, verdict.code, verdict.channel_fault) == (kind, code, is_channels)
    assert verdict.answer == answer
    assert verdict.reason
    assert not verdict.ambiguous
    assert following.is_accepted
    assert [mail.message["Message-ID"] for mail in server.messages] == [envelope(key="next").message_id]


def test_one_refused_recipient_does_not_cost_the_connection() -> None:
    refusal = {"a@example.com": "550 5.1.1 user unknown"}
    with (
        MailServer(lambda at, about: refusal.get(about) if at == "RCPT" else None) as server,
        channel_to(server) as channel,
    ):
        kinds = [
            channel.send(envelope(key=to, to_address=to)).kind for to in ("a@example.com", "b@example.com")
        ]
    assert kinds == [VerdictKind.PERMANENT, VerdictKind.ACCEPTED]
    assert server.connections == 1


@pytest.mark.parametrize("greeting", [b"554 5.7.1 go away\r\n", b"421 4.3.2 too busy\r\n", b"hello\r\n"])
def test_a_refusal_at_the_greeting_is_the_channels(greeting: bytes) -> None:
    with raw_server(greeting) as port:
        verdict = EmailChannel(settings(port)).send(ENVELOPE)
    assert (verdict.kind, verdict.code) == (VerdictKind.TRANSIENT, "greeting_refused")
    assert verdict.channel_fault


# Logging in


def test_the_right_password_opens_the_door() -> None:
    with MailServer(login=("duban", "secret-canary")) as server:
        verdict = channel_to(server, username="duban", password="secret-canary").send(ENVELOPE)
    assert verdict.is_accepted


def test_a_wrong_password_gives_no_message_up_and_is_tried_once_a_batch() -> None:
    with (
        MailServer(login=("duban", "right")) as server,
        channel_to(server, username="duban", password="wrong-canary") as channel,
    ):
        verdicts = [channel.send(envelope(key=key)) for key in ("1", "2", "3")]
        server.login = ("duban", "wrong-canary")
        channel.open()
        assert channel.send(ENVELOPE).is_accepted
    assert [verdict.code for verdict in verdicts] == ["login_refused"] * 3
    assert all(verdict.kind is VerdictKind.TRANSIENT and verdict.channel_fault for verdict in verdicts)
    assert server.connections == 2


def test_a_server_without_login_is_the_channels_fault() -> None:
    with raw_server(b"220 hi\r\n", b"250 hi\r\n") as port:
        verdict = EmailChannel(settings(port, username="duban", password="x")).send(ENVELOPE)
    assert (verdict.code, verdict.channel_fault) == ("no_login", True)


def test_no_secret_reaches_a_verdict() -> None:
    echo = b"535 5.7.8 user duban-canary password p4ss-canary AGR1YmFuLWNhbmFyeQBwNHNzLWNhbmFyeQ== no\r\n"
    with raw_server(b"220 hi\r\n", b"250-hi\r\n250 AUTH PLAIN\r\n", echo) as port:
        channel = EmailChannel(settings(port, username="duban-canary", password="p4ss-canary"))
        verdict = channel.send(ENVELOPE)
    assert verdict.code == "login_refused"
    assert "canary" not in str(verdict)
    assert "AGR1" not in str(verdict)
    assert "canary" not in repr(channel.settings)


def test_no_address_reaches_a_verdict() -> None:
    answer = (
        "550 5.1.1 <liaison@civil.example.com> at 192.0.2.7 or 2001:db8::1 see https://example.org/x unknown"
    )
    with MailServer(once("RCPT", answer)) as server:
        verdict = channel_to(server).send(ENVELOPE)
    assert verdict.answer == "550 5.1.1 <address> at <ip> or <ip> see <url> unknown"


def test_a_long_answer_is_cut_and_put_on_one_line() -> None:
    with raw_server(b"554-" + b"x" * 400 + b"\r\n554 \x00end\r\n") as port:
        verdict = EmailChannel(settings(port)).send(ENVELOPE)
    assert len(verdict.answer) <= 250
    assert verdict.answer.isprintable()
