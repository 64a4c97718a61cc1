"""The judge of the campaign sees what it is there to see: each broken promise, planted by hand."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from db.session import Database
from notifications.email import EmailChannel, EmailSettings, Security
from tests import databases
from tests.chaos.campaign import Outcome
from tests.chaos.office import open_office
from tests.chaos.verdict import compare
from tests.servers import MailServer, ReceivedMail
from tests.workflows.office_2024 import at, mail_office
from workflows.cycle import run_cycle

Pair = tuple[Database, Database, list[ReceivedMail]]


@pytest.fixture
def pair(sqlite_template: Path, tmp_path: Path) -> Iterator[Pair]:
    """A morning of mails, and a copy of the database."""
    first = databases.sqlite_copy(sqlite_template, tmp_path)
    open_office(first, 1)
    with MailServer() as server:
        office = mail_office(EmailChannel(EmailSettings(server.host, server.port, Security.NONE)))
        run_cycle(first, office, at("2024-03-26T09:20"))
        mails = list(server.messages)
    first.close()
    shutil.copyfile(tmp_path / "duban.sqlite3", tmp_path / "copy.sqlite3")
    second = Database(f"sqlite:///{tmp_path / 'copy.sqlite3'}")
    yield first, second, mails
    first.close()
    second.close()


def judged(pair: Pair) -> list[str]:
    outcome = Outcome(1)
    compare(*pair, outcome)
    return outcome.violations


def test_an_undisturbed_morning_breaks_no_promise(pair: Pair) -> None:
    assert len(pair[2]) > 5
    assert judged(pair) == []


@pytest.mark.parametrize(
    ("tampering", "complaint"),
    [
        ("DELETE FROM reminders WHERE id = 1", "lost reminder"),
        ("UPDATE reminders SET number = 2 WHERE id = 1", "unexpected reminder"),
        ("UPDATE reminders SET state = 'pending', ended_at = NULL WHERE id = 1", "is left pending"),
        ("UPDATE messages SET state = 'sending' WHERE id = 1", "is left sending"),
        ("UPDATE messages SET state = 'withdrawn' WHERE id = 1", "arrived but is withdrawn"),
        ("UPDATE messages SET text = 'x' WHERE id = 1", "lost message"),
        ("UPDATE messages SET rfc_message_id = 'x' WHERE id = 1", "accepted but never arrived"),
        ("PRAGMA foreign_keys = OFF; DELETE FROM messages WHERE id = 1", "foreign_key_check"),
    ],
)
def test_a_promise_broken_in_the_database_is_seen(pair: Pair, tampering: str, complaint: str) -> None:
    pair[0].close()
    with pair[0].engine.connect() as connection:
        connection.connection.driver_connection.executescript(tampering)  # type: ignore[union-attr]
    assert any(complaint in sentence for sentence in judged(pair))


def test_a_second_copy_without_a_cut_attempt_is_seen(pair: Pair) -> None:
    first, second, mails = pair
    assert any("came 2 times" in one for one in judged((first, second, [*mails, mails[0]])))


def test_a_copy_with_another_body_is_seen(pair: Pair) -> None:
    first, second, mails = pair
    other = replace(mails[0], raw=mails[0].raw + b"x")
    assert any("different bodies" in one for one in judged((first, second, [*mails, other])))


def test_a_mail_of_nobody_is_seen(pair: Pair) -> None:
    first, second, mails = pair
    stray = replace(mails[0], message=_renamed(mails[0]))
    assert any("without a message" in one for one in judged((first, second, [*mails, stray])))


def _renamed(mail: ReceivedMail) -> EmailMessage:
    message = deepcopy(mail.message)
    message.replace_header("Message-ID", "<stray@example.org>")
    return message
