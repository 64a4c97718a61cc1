"""What vendors say of a message that was sent again: it is asked about again, and old answers are no new ones."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from db import receipts, tables
from db.session import Database
from tests.channels import RememberingChannel
from tests.workflows.office_2024 import Task, at, build, mail_office
from tests.workflows.test_main_flow import EMAILS, turn

SENT, AGAIN = at("2024-03-26T09:30"), at("2024-03-26T11:00")
HOUR = timedelta(hours=1)


def accept(database: Database, ticket: str, now: datetime) -> None:
    """One more attempt at message 1 is accepted by the vendor."""
    with database.write() as session:
        message = session.get_one(tables.Message, 1)
        message.attempts += 1
        message.ended_at = now
        row = tables.Delivery(
            message_id=1, attempt=message.attempts, epoch=message.attempts, started_at=now, ticket=ticket
        )
        row.verdict, row.finished_at = "accepted", now
        session.add(row)


def asked(database: Database) -> list[tuple[str, ...]]:
    with database.read() as session:
        return [one.tickets for one in receipts.to_ask(session, 1, ("email",), SENT)]


def add(database: Database, answer: str, now: datetime) -> int:
    with database.write() as session:
        return receipts.add(session, 1, [("liaison01", answer, "")], now)


@pytest.fixture
def sent(database: Database) -> Database:
    """A message left in two parts."""
    build(database, Task("1"), emails=EMAILS, coordinator=None)
    turn(database, mail_office(RememberingChannel()), "2024-03-26T09:30")
    accept(database, "part 1", SENT)
    accept(database, "part 2", SENT)
    return database


@pytest.mark.parametrize("answer", ["refused", "read"])
def test_it_is_asked_about_again_by_its_new_tickets_until_somebody_answers(
    sent: Database, answer: str
) -> None:
    assert asked(sent) == [("part 1", "part 2")]
    assert [add(sent, "refused", SENT + HOUR), add(sent, "refused", SENT + HOUR)] == [1, 0]
    assert asked(sent) == []
    accept(sent, "again", AGAIN)
    assert asked(sent) == [("again",)]
    assert [add(sent, answer, AGAIN + HOUR), add(sent, answer, AGAIN + HOUR)] == [1, 0]
    assert asked(sent) == []
    with sent.read() as session:
        told = [(row.answer, row.attempt) for row in receipts.of_messages(session, [1])[1]]
    assert told == [("refused", 3), (answer, 4)]
