"""The mailbox of answers, against a real server."""

from __future__ import annotations

import pytest

from engine.errors import DubanError
from notifications.mailbox import Mailbox, MailboxSettings
from notifications.smtp import Security
from tests.mailbox_server import PASSWORD, MailboxServer

# 回复 and 箱 in modified UTF-7, the quotation marks escaped
EXPECTED_FOLDER = r'"&Vt5ZDQ- \"&e7E-\""'


def mailbox_of(server: MailboxServer, security: Security = Security.NONE) -> Mailbox:
    return Mailbox(
        MailboxSettings(server.host, server.port, security, "duban", PASSWORD, '回复 "箱"', timeout=5.0)
    )


def test_unread_mails_are_read_and_stay_unread_until_they_are_marked() -> None:
    with MailboxServer() as server:
        server.put(b"Subject: one\r\n\r\nfirst")
        server.put(b"Subject: two\r\n\r\nsecond")
        with mailbox_of(server).opened() as box:
            assert [box.read(uid).split()[-1] for uid in box.unread()] == [b"first", b"second"]
            assert not any(mail.seen for mail in server.mails)
            box.mark_read("1")
        with mailbox_of(server).opened() as box:
            assert box.unread() == ["2"]
        assert server.folder == EXPECTED_FOLDER


@pytest.mark.parametrize("command", ["LOGIN", "SELECT", "SEARCH"])
@pytest.mark.parametrize("how", ["refuse", "cut"])
def test_a_refusal_is_one_sentence_without_secrets(command: str, how: str) -> None:
    with MailboxServer() as server:
        server.refuse = {command} if how == "refuse" else set()
        server.cut = command if how == "cut" else ""
        with pytest.raises(DubanError) as refusal, mailbox_of(server).opened() as box:
            box.unread()
        assert (refusal.value.code, refusal.value.retry) == ("MAILBOX_FAILED", True)
        assert PASSWORD not in refusal.value.message


def test_a_server_that_is_not_there_and_one_without_encryption_are_told() -> None:
    with MailboxServer() as server:
        port = server.port
        with pytest.raises(DubanError), mailbox_of(server, Security.STARTTLS).opened():
            pass
    gone = Mailbox(MailboxSettings("127.0.0.1", port, Security.NONE, timeout=2.0))
    with pytest.raises(DubanError) as refusal, gone.opened():
        pass
    assert refusal.value.code == "MAILBOX_FAILED"
