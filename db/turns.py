"""Turns of transactions that decide about something for which no row stands yet."""

from __future__ import annotations

import zlib
from enum import IntEnum

from sqlalchemy import text
from sqlmodel import Session


class Matter(IntEnum):
    """What turns are taken about; the numbers keep equal names of different matters apart."""

    BUDGET = 1
    DOCUMENT = 2
    UNIT = 3
    USER = 4
    ACCOUNT = 5
    TOKEN = 6
    YEAR = 7


def take_turn(session: Session, matter: Matter, name: str) -> None:
    """Whoever wants a turn about the same waits until this transaction has ended."""
    if session.get_bind().dialect.name == "postgresql":  # on SQLite writers take turns anyway
        number = zlib.crc32(name.encode()) - 2**31
        lock = text("SELECT pg_advisory_xact_lock(:matter, :number)")
        session.execute(lock, {"matter": matter.value, "number": number})
