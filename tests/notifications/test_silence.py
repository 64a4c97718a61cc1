"""Encryption that is missing or wrong, and servers that do not answer."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest

from notifications.channel import VerdictKind
from notifications.email import EmailChannel, EmailSettings, Security
from tests.notifications.envelopes import ENVELOPE, envelope
from tests.notifications.mail import (
    CERTIFICATE,
    always,
    channel_to,
    once,
    raw_server,
    server_context,
    settings,
)
from tests.servers import CUT, TAKE_AND_CUT, MailServer

# Encryption


def test_mail_goes_out_encrypted_when_the_authority_is_known() -> None:
    with MailServer(tls=server_context()) as server:
        channel = channel_to(server, host="localhost", security=Security.STARTTLS, ca_file=CERTIFICATE)
        assert channel.send(ENVELOPE).is_accepted
    assert len(server.messages) == 1


@pytest.mark.parametrize(
    ("host", "ca_file"),
    [("localhost", None), ("127.0.0.1", CERTIFICATE), ("localhost", Path("missing.pem"))],
)
def test_an_untrusted_certificate_a_wrong_name_or_a_missing_authority_sends_nothing(
    host: str, ca_file: Path | None
) -> None:
    with MailServer(tls=server_context()) as server:
        channel = channel_to(server, host=host, security=Security.STARTTLS, ca_file=ca_file)
        verdict = channel.send(ENVELOPE)
    assert (verdict.kind, verdict.code, verdict.channel_fault) == (VerdictKind.TRANSIENT, "tls_failed", True)
    assert server.messages == []


def test_nothing_is_sent_in_clear_to_a_server_without_starttls() -> None:
    heard: list[tuple[str, str]] = []
    with MailServer(lambda *said: heard.append(said)) as server:
        verdict = channel_to(server, security=Security.STARTTLS).send(ENVELOPE)
    assert (verdict.kind, verdict.code, verdict.channel_fault) == (VerdictKind.TRANSIENT, "no_starttls", True)
    assert [stage for stage, _ in heard] == ["EHLO"]


def test_a_server_that_takes_starttls_back_gets_nothing() -> None:
    with raw_server(b"220 hi\r\n", b"250-hi\r\n250 STARTTLS\r\n", b"454 4.7.0 not now\r\n") as port:
        verdict = EmailChannel(settings(port, security=Security.STARTTLS)).send(ENVELOPE)
    assert (verdict.kind, verdict.code) == (VerdictKind.TRANSIENT, "busy")


def test_tls_from_the_first_byte_fails_clearly_on_a_plain_port() -> None:
    with MailServer() as server:
        verdict = channel_to(server, security=Security.TLS).send(ENVELOPE)
    assert (verdict.kind, verdict.code) == (VerdictKind.TRANSIENT, "tls_failed")


def test_encryption_is_required_unless_the_operator_says_otherwise() -> None:
    assert EmailSettings(host="mail.example.com").security is Security.STARTTLS


# Silence


def test_nobody_listening_is_transient() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    verdict = EmailChannel(settings(port)).send(ENVELOPE)
    assert (verdict.kind, verdict.code, verdict.channel_fault) == (VerdictKind.TRANSIENT, "unreachable", True)


@pytest.mark.parametrize("host", ["mail.invalid", "a..b", "x" * 70 + ".example"])
def test_an_unknown_host_is_transient(host: str) -> None:
    verdict = EmailChannel(settings(25, host=host)).send(ENVELOPE)
    assert (verdict.kind, verdict.code) == (VerdictKind.TRANSIENT, "unknown_host")


def test_a_server_that_never_greets_is_given_up_in_time() -> None:
    with raw_server(hangs_up=False) as port:
        verdict = EmailChannel(settings(port, read_timeout=0.05)).send(ENVELOPE)
    assert (verdict.kind, verdict.code) == (VerdictKind.TRANSIENT, "timeout")


def test_a_server_that_drips_is_given_up_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(0.02)  # the pace of the drops
                while True:
                    try:
                        connection.sendall(b"2")
                        if not connection.recv(1):
                            return
                    except TimeoutError:
                        continue
                    except OSError:
                        return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        port = listener.getsockname()[1]
        verdict = EmailChannel(settings(port, read_timeout=5, total_timeout=0.2)).send(ENVELOPE)
        thread.join()
    assert (verdict.kind, verdict.code) == (VerdictKind.TRANSIENT, "timeout")


@pytest.mark.parametrize("stage", ["EHLO", "MAIL", "RCPT"])
def test_a_cut_before_the_content_is_a_plain_transient(stage: str) -> None:
    with MailServer(always(stage, CUT)) as server:
        verdict = channel_to(server).send(ENVELOPE)
    assert (verdict.kind, verdict.ambiguous) == (VerdictKind.TRANSIENT, False)
    assert server.messages == []


@pytest.mark.parametrize(("answer", "taken"), [(CUT, 0), (TAKE_AND_CUT, 1)])
def test_a_cut_after_the_content_is_ambiguous_and_not_repeated_by_the_channel(
    answer: str, taken: int
) -> None:
    with MailServer(once("MESSAGE", answer)) as server, channel_to(server) as channel:
        channel.send(envelope(key="first"))
        assert len(server.messages) == taken
        server.script = once("MESSAGE", answer)
        verdict = channel.send(ENVELOPE)
    assert (verdict.kind, verdict.code, verdict.ambiguous) == (VerdictKind.TRANSIENT, "answer_lost", True)
    assert not verdict.channel_fault
    assert len(server.messages) == 2 * taken


def test_an_answer_that_is_not_smtp_after_the_content_is_ambiguous() -> None:
    says = (b"220 hi\r\n", b"250 hi\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n", b"what?\r\n")
    with raw_server(*says) as port:
        verdict = EmailChannel(settings(port)).send(ENVELOPE)
    assert (verdict.code, verdict.ambiguous) == ("answer_lost", True)
