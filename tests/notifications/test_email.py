"""Mail that arrives through real SMTP servers on the loopback address."""

from __future__ import annotations

from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest

from notifications.channel import VerdictKind
from notifications.channels import build
from notifications.email import EmailChannel, EmailSettings
from notifications.inbox import InboxChannel
from tests.notifications.envelopes import ENVELOPE, envelope
from tests.notifications.mail import (
    always,
    channel_to,
    once,
    raw_server,
    settings,
)
from tests.servers import CUT, MailServer

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
