"""Compares a database that was killed over and over with one that never was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from sqlalchemy import select, text
from sqlmodel import col

from db import tables
from db.session import Database
from tests.servers import ReceivedMail

ENDS = ("accepted", "withdrawn", "superseded", "given_up")


class Findings(Protocol):
    """Where the findings go."""

    copies: int
    violations: list[str]


def compare(tried: Database, calm: Database, mails: Sequence[ReceivedMail], findings: Findings) -> None:
    """Every broken promise is a sentence in ``findings.violations``; second copies are counted."""
    findings.violations += [
        *_integrity(tried),
        *_difference("reminder", _reminders(tried), _reminders(calm)),
        *_difference("message", _messages(tried), _messages(calm)),
        *_difference("ledger entry", _runs(tried), _runs(calm)),
        *_ends(tried),
        *_mails(tried, mails, findings),
    ]


def _integrity(database: Database) -> Iterator[str]:
    with database.engine.connect() as connection:
        for check, sound in (("integrity_check", [("ok",)]), ("foreign_key_check", [])):
            found = [tuple(row) for row in connection.execute(text(f"PRAGMA {check}"))]
            if found != sound:
                yield f"{check}: {found[:3]}"


def _difference(what: str, tried: Counter[Any], calm: Counter[Any]) -> Iterator[str]:
    yield from (f"lost {what}: {one}" for one in (calm - tried))
    yield from (f"unexpected {what}: {one}" for one in (tried - calm))


def _reminders(database: Database) -> Counter[Any]:
    """Keys with how they ended and with which number."""
    return Counter(
        (row.obligation, row.rule, row.anchor, row.step, row.post_id, row.state, row.number, row.ended_reason)
        for row in _all(database, tables.Reminder)
    )


def _messages(database: Database) -> Counter[Any]:
    """Messages that arrived, by what their recipient sees."""
    return Counter(
        (row.kind, row.recipient, row.slot_on, row.subject, row.text)
        for row in _all(database, tables.Message)
        if row.state == "accepted"
    )


def _runs(database: Database) -> Counter[Any]:
    return Counter((row.workflow, row.period, row.state) for row in _all(database, tables.Run))


def _ends(database: Database) -> Iterator[str]:
    for row in _all(database, tables.Reminder):
        if row.state not in ENDS or row.ended_at is None:
            yield f"reminder {row.id} is left {row.state}"
    for row in _all(database, tables.Message):
        if row.state not in ENDS:
            yield f"message {row.id} is left {row.state}"


def _mails(database: Database, mails: Sequence[ReceivedMail], findings: Findings) -> Iterator[str]:
    """Each accepted message is one mail; a copy only for an attempt of which nobody knows the end."""
    bodies: dict[str, list[bytes]] = {}
    for mail in mails:
        bodies.setdefault(str(mail.message["Message-ID"]), []).append(mail.raw)
    unknown = Counter(row.message_id for row in _all(database, tables.Delivery) if row.verdict == "unknown")
    for message in _all(database, tables.Message):
        copies = bodies.pop(message.rfc_message_id, [])
        if message.state == "accepted" and not copies:
            yield f"message {message.id} is accepted but never arrived"
        if message.state != "accepted" and copies:
            yield f"message {message.id} arrived but is {message.state}"
        if len(copies) > 1 + unknown[message.id]:
            yield f"message {message.id} came {len(copies)} times after {unknown[message.id]} cut attempts"
        if len(set(copies)) > 1:
            yield f"message {message.id} came with different bodies"
        findings.copies += max(0, len(copies) - 1)
    yield from (f"mail without a message: {key}" for key in bodies)


def _all(database: Database, table: type[Any]) -> list[Any]:
    with database.read() as session:
        return list(session.execute(select(table).order_by(col(table.id))).scalars())
