"""Answers from a real mailbox become submitted reports, once, and are confirmed."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlmodel import col, select

from db import runs, tables
from db.session import Database
from notifications.mailbox import Mailbox, MailboxSettings
from notifications.smtp import Security
from tests.channels import RememberingChannel
from tests.mailbox_server import MailboxServer
from tests.workflows.office_2024 import Built, Task, at, build, mail_office
from workflows.collect_replies import collect_replies, see_to
from workflows.compose import compose
from workflows.deliver import deliver
from workflows.office import Office
from workflows.sweep import sweep

EMAILS = {"区民政局": "mz@example.org", "区教育局": "jy@example.org"}
MORNING = at("2024-03-26T09:30")  # three working days before the March report falls due
NOON = at("2024-03-26T12:00")


@pytest.fixture
def office() -> Office:
    return mail_office(RememberingChannel())


@pytest.fixture
def built(database: Database, office: Office) -> Built:
    """Two tasks of one unit and one of another; everybody has been reminded of the March report."""
    built = build(database, Task("1"), Task("2", unit="户"), Task("3", lead="区教育局"), emails=EMAILS)
    turn(database, office)
    return built


def turn(database: Database, office: Office) -> None:
    sweep(database, MORNING)
    compose(database, office, MORNING)
    deliver(database, office, MORNING)


def reminder_to(database: Database, recipient: str) -> tables.Message:
    with database.read() as session:
        table = tables.Message
        return session.exec(select(table).where(col(table.address) == recipient)).one()


def answer(
    message: tables.Message,
    text: str,
    sender: str = "mz@example.org",
    number: int = 1,
    more: dict[str, str] | None = None,
) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = sender, f"Re: {message.subject}"
    mail["Message-ID"], mail["In-Reply-To"] = f"<answer-{number}@example.org>", message.rfc_message_id
    for name, value in (more or {}).items():
        mail[name] = value
    mail.set_content(text)
    return mail.as_bytes()


def collect(database: Database, office: Office, server: MailboxServer) -> dict[str, int]:
    mailbox = Mailbox(
        MailboxSettings(server.host, server.port, Security.NONE, "duban", "secret", timeout=30.0)
    )
    return collect_replies(database, office, mailbox, NOON).outcomes


def reports(database: Database) -> list[tuple[int, str, str, str]]:
    with database.read() as session:
        rows = session.exec(select(tables.ProgressReport).order_by(col(tables.ProgressReport.id)))
        return [(row.subtask_id, row.period, row.state, row.source) for row in rows]


def confirmations(database: Database) -> list[tables.Message]:
    with database.read() as session:
        table = tables.Message
        return list(session.exec(select(table).where(col(table.kind) == "confirmation")))


def open_codes(database: Database) -> list[str]:
    with database.read() as session:
        return [one.code for one in runs.open_findings(session)]


def test_a_figure_in_an_answer_is_stored_as_submitted_and_confirmed(
    database: Database, office: Office, built: Built
) -> None:
    message = reminder_to(database, "mz@example.org")
    with MailboxServer() as server:
        server.put(answer(message, "1 完成26台\n2 完成3户\n\n> 请填报 99台"))
        assert collect(database, office, server) == {"stored": 1}
        assert server.mails[0].seen
    ids = built.subtasks
    assert reports(database) == [
        (ids["1"], "2024-03", "submitted", "mail"),
        (ids["2"], "2024-03", "submitted", "mail"),
    ]
    with database.read() as session:
        figures = session.exec(select(col(tables.ReportQuantity.quantity))).all()
        waiting = session.exec(select(tables.Reminder).where(col(tables.Reminder.state) == "pending")).all()
        (unit_id,) = session.exec(select(col(tables.ProgressReport.unit_id)).distinct()).all()
    assert sorted(figures) == [3, 26]
    assert not waiting
    assert unit_id is not None
    (confirmation,) = confirmations(database)
    assert (confirmation.address, confirmation.state) == ("mz@example.org", "waiting")
    assert "26台" in confirmation.text
    assert "99" not in confirmation.text


def test_the_same_answer_twice_is_taken_once(database: Database, office: Office, built: Built) -> None:
    raw = answer(reminder_to(database, "mz@example.org"), "1 完成26台")
    with MailboxServer() as server:
        server.put(raw)
        server.put(raw)
        assert collect(database, office, server) == {"stored": 1, "known": 1}
        server.mails[0].seen = False  # as when the service died before it could mark it
        assert collect(database, office, server) == {"known": 1}
    assert len(reports(database)) == 1
    assert len(confirmations(database)) == 1


def test_what_was_not_understood_is_asked_about_and_the_rest_is_stored(
    database: Database, office: Office, built: Built
) -> None:
    with MailboxServer() as server:
        server.put(answer(reminder_to(database, "mz@example.org"), "1 完成26台\n2 正在推进"))
        assert collect(database, office, server) == {"stored": 1}
    assert [row[0] for row in reports(database)] == [built.subtasks["1"]]
    (confirmation,) = confirmations(database)
    assert confirmation.subject.startswith("请核对")
    assert "2 完成26台" in confirmation.text  # how to write it


def test_a_figure_that_falls_is_stored_and_asked_about(
    database: Database, office: Office, built: Built
) -> None:
    message = reminder_to(database, "mz@example.org")
    with MailboxServer() as server:
        server.put(answer(message, "1 完成26台"))
        server.put(answer(message, "1 完成20台", number=2))
        assert collect(database, office, server) == {"stored": 2}
    assert len(reports(database)) == 2
    assert "低于上次" in confirmations(database)[1].text


@pytest.mark.parametrize(
    ("sender", "text", "more", "outcome", "finding"),
    [
        ("jy@example.org", "1 完成26台", {}, "refused", True),  # another unit's address
        ("stranger@example.net", "1 完成26台", {}, "refused", True),
        ("MZ@example.org", "1 完成26台", {}, "stored", False),
        ("mz@example.org", "收到，谢谢", {}, "ignored", False),
        ("mz@example.org", "我不在办公室 1 完成26台", {"Auto-Submitted": "auto-replied"}, "ignored", False),
    ],
)
def test_only_a_persons_answer_from_the_registered_address_counts(
    database: Database,
    office: Office,
    built: Built,
    sender: str,
    text: str,
    more: dict[str, str],
    outcome: str,
    finding: bool,
) -> None:
    with MailboxServer() as server:
        server.put(answer(reminder_to(database, "mz@example.org"), text, sender, more=more))
        assert collect(database, office, server) == {outcome: 1}
    assert bool(reports(database)) is (outcome == "stored")
    assert bool(confirmations(database)) is (outcome == "stored")
    assert ("UNKNOWN_REPLY" in open_codes(database)) is finding


def test_another_units_task_cannot_be_named(database: Database, office: Office, built: Built) -> None:
    with MailboxServer() as server:
        server.put(answer(reminder_to(database, "mz@example.org"), "3 完成26台"))
        collect(database, office, server)
    assert reports(database) == []
    assert confirmations(database)[0].subject.startswith("没有记录")


def test_a_mail_that_answers_nothing_of_ours_waits_for_a_coordinator(
    database: Database, office: Office, built: Built
) -> None:
    with MailboxServer() as server:
        server.put(b"From: mz@example.org\r\nSubject: hello\r\n\r\n1")
        assert collect(database, office, server) == {"refused": 1}
    assert open_codes(database) == ["UNKNOWN_REPLY"]
    see_to(database, 1, NOON + timedelta(hours=1), "督查室")
    assert open_codes(database) == []


def test_a_confirmation_leaves_through_the_same_outbox(
    database: Database, office: Office, built: Built
) -> None:
    with MailboxServer() as server:
        server.put(answer(reminder_to(database, "mz@example.org"), "1 完成26台"))
        collect(database, office, server)
    deliver(database, office, NOON)
    assert [one.state for one in confirmations(database)] == ["accepted"]
