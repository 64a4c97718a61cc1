"""Mail through real SMTP servers on the loopback address."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.header import decode_header, make_header
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from notifications.channels import build
from notifications.email import EmailChannel, EmailSettings, Security
from notifications.inbox import InboxChannel
from notifications.message import VerdictKind
from tests.notifications.envelopes import ENVELOPE, envelope
from tests.servers import CUT, TAKE_AND_CUT, MailServer

CERTIFICATE = Path(__file__).with_name("localhost.pem")


def settings(port: int, **changes: Any) -> EmailSettings:
    options: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": port,
        "security": Security.NONE,
        "helo_name": "duban.example.com",
    }
    return EmailSettings(**(options | changes))


def channel_to(server: MailServer, **changes: Any) -> EmailChannel:
    return EmailChannel(settings(server.port, **changes))


def once(stage: str, answer: str) -> Callable[[str, str], str | None]:
    """A script that gives that answer the first time the stage is reached."""
    left = [answer]
    return lambda at, _: left.pop() if at == stage and left else None


def always(stage: str, answer: str) -> Callable[[str, str], str | None]:
    return lambda at, _: answer if at == stage else None


def server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


@contextmanager
def raw_server(*says: bytes, hangs_up: bool = True) -> Iterator[int]:
    """A server that says its lines, the first at once and each other after a line it hears; the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        release = threading.Event()

        def talk() -> None:
            connection, _ = listener.accept()
            with connection, connection.makefile("rb") as heard:
                for number, words in enumerate(says):
                    if number:
                        heard.readline()
                    connection.sendall(words)
                if not hangs_up:
                    release.wait()

        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        release.set()
        thread.join()


# What arrives


def test_a_mail_arrives_with_its_headers_and_both_parts() -> None:
    with MailServer() as server:
        verdict = channel_to(server).send(ENVELOPE)
    assert verdict.kind is VerdictKind.ACCEPTED
    assert verdict.answer == "250 2.0.0 taken"
    (mail,) = server.messages
    assert (mail.sender, mail.recipients) == ("duban@office.example.com", ("liaison@civil.example.com",))
    message = mail.message
    assert message["Subject"] == ENVELOPE.subject
    assert [(one.display_name, one.addr_spec) for one in message["To"].addresses] == [
        ("区民政局 联络员", "liaison@civil.example.com")
    ]
    assert message["From"].addresses[0].addr_spec == "duban@office.example.com"
    assert message["Reply-To"].addresses[0].addr_spec == "supervision@office.example.com"
    assert message["Message-ID"] == ENVELOPE.message_id
    assert message["References"] == message["In-Reply-To"] == "<thread.1@duban.example.com>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == ENVELOPE.dated
    assert message.get_content_type() == "multipart/alternative"
    assert body(message, "plain") == ENVELOPE.text
    assert body(message, "html").strip() == ENVELOPE.html


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert isinstance(part, EmailMessage)
    return str(part.get_content()).replace("\r\n", "\n")


def test_a_repeat_is_the_same_to_the_byte() -> None:
    with MailServer() as server:
        channel_to(server).send(ENVELOPE)
        channel_to(server).send(ENVELOPE)
    first, second = server.messages
    assert first.raw == second.raw


def test_a_mail_without_html_has_one_plain_part() -> None:
    with MailServer() as server:
        channel_to(server).send(envelope(html=""))
    assert server.messages[0].message.get_content_type() == "text/plain"


def test_a_name_full_of_addresses_reaches_one_person() -> None:
    name = '甲, <other@example.org>; "乙" (丙) other@example.org'
    with MailServer() as server:
        assert channel_to(server).send(envelope(to_name=name)).is_accepted
    (mail,) = server.messages
    assert mail.recipients == ("liaison@civil.example.com",)
    assert [one.addr_spec for one in mail.message["To"].addresses] == ["liaison@civil.example.com"]


def test_a_long_chinese_name_survives_folding() -> None:
    name = "区民政局养老服务和儿童福利科一老一小示范型融合服务点项目专班联络员" * 2
    with MailServer() as server:
        channel_to(server).send(envelope(to_name=name))
    raw = server.messages[0].raw.split(b"\r\n\r\n")[0]
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78
    unfolded = raw.replace(b"\r\n ", b" ").decode().split("To: ", 1)[1].split("\r\n")[0]
    assert str(make_header(decode_header(unfolded.rpartition(" <")[0]))) == name


def test_a_chinese_domain_is_written_as_dns_knows_it() -> None:
    with MailServer() as server:
        assert channel_to(server).send(envelope(to_address="liaison@例子.example")).is_accepted
    assert server.messages[0].recipients == ("liaison@xn--fsqu00a.example",)


def test_a_chinese_mailbox_needs_a_server_that_can() -> None:
    with MailServer() as server:
        assert channel_to(server).send(envelope(to_address="民政@example.com")).is_accepted
    assert server.messages[0].recipients == ("民政@example.com",)
    with MailServer(utf8=False) as server:
        verdict = channel_to(server).send(envelope(to_address="民政@example.com"))
    assert (verdict.kind, verdict.code) == (VerdictKind.PERMANENT, "no_smtputf8")
    assert server.messages == []


# What never leaves


@pytest.mark.parametrize(
    ("changes", "code", "kind"),
    [
        ({"subject": "一\r\nBcc: x@example.org"}, "unsafe_header", VerdictKind.PERMANENT),
        ({"subject": "一\u2028二"}, "unsafe_header", VerdictKind.PERMANENT),
        ({"to_name": "一\nBcc: x@example.org"}, "unsafe_header", VerdictKind.PERMANENT),
        ({"to_address": "a@example.com\r\nRCPT TO:<x@example.org>"}, "bad_address", VerdictKind.PERMANENT),
        ({"references": "<1@example.com>\nBcc: x@example.org"}, "unsafe_header", VerdictKind.PERMANENT),
        ({"to_address": ""}, "bad_address", VerdictKind.PERMANENT),
        ({"to_address": "nobody"}, "bad_address", VerdictKind.PERMANENT),
        ({"to_address": "a@example.com, b@example.com"}, "bad_address", VerdictKind.PERMANENT),
        ({"to_address": "a@example.com>"}, "bad_address", VerdictKind.PERMANENT),
        ({"to_address": "a..b@example.com"}, "bad_address", VerdictKind.PERMANENT),
        ({"to_address": "a@example..com"}, "bad_address", VerdictKind.PERMANENT),
        ({"from_address": "督办"}, "bad_sender", VerdictKind.TRANSIENT),
        ({"reply_to": "督查室@example.com"}, "bad_sender", VerdictKind.TRANSIENT),
    ],
)
def test_what_cannot_be_a_header_is_refused_before_the_server_hears_of_it(
    changes: dict[str, str], code: str, kind: VerdictKind
) -> None:
    with MailServer() as server:
        verdict = channel_to(server).send(envelope(**changes))
    assert (verdict.code, verdict.kind) == (code, kind)
    assert server.connections == 0


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


# Batches


def test_a_batch_shares_one_connection_and_single_mails_do_not() -> None:
    with MailServer() as server:
        channel = channel_to(server)
        with channel:
            for key in "abc":
                assert channel.send(envelope(key=key)).is_accepted
        assert server.connections == 1
        channel.send(envelope(key="d"))
        channel.send(envelope(key="e"))
        assert server.connections == 3


def test_a_batch_goes_on_after_the_server_dropped_the_connection() -> None:
    with MailServer() as server, channel_to(server) as channel:
        assert channel.send(envelope(key="a")).is_accepted
        server.drop_connections()
        assert channel.send(envelope(key="b")).is_accepted
    assert server.connections == 2
    assert len(server.messages) == 2


def test_a_batch_goes_on_after_an_idle_server_said_goodbye() -> None:
    with MailServer() as server, channel_to(server) as channel:
        assert channel.send(envelope(key="a")).is_accepted
        server.script = once("MAIL", "421 4.4.2 idle for too long")
        assert channel.send(envelope(key="b")).is_accepted
    assert server.connections == 2


def test_an_unreachable_server_is_asked_once_a_batch() -> None:
    with MailServer(always("EHLO", CUT)) as server, channel_to(server) as channel:
        codes = [channel.send(envelope(key=key)).code for key in "abc"]
    assert codes == ["disconnected"] * 3
    assert server.connections == 1


# Checking without sending


def test_a_check_logs_in_and_sends_nothing() -> None:
    with MailServer(login=("duban", "right")) as server:
        good = channel_to(server, username="duban", password="right").check()
        bad = channel_to(server, username="duban", password="wrong").check()
    assert good.is_accepted
    assert bad.code == "login_refused"
    assert (server.messages, server.connections) == ([], 2)


def test_a_check_of_a_silent_port_says_what_is_wrong() -> None:
    with raw_server(hangs_up=False) as port:
        assert EmailChannel(settings(port, read_timeout=0.05)).check().code == "timeout"


# The set of channels


def test_the_inbox_is_always_there_and_takes_everything() -> None:
    channels = build()
    assert list(channels) == ["inbox"]
    with channels["inbox"] as inbox:
        assert inbox.send(ENVELOPE).is_accepted
    assert isinstance(inbox, InboxChannel)


def test_email_is_there_when_it_is_configured() -> None:
    assert list(build(EmailSettings(host="mail.example.com"))) == ["inbox", "email"]
