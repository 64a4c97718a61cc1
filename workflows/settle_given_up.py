"""办结未送达: a coordinator says how what could not be delivered was dealt with: by telephone, in person, not needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from db import given_up, runs, tables
from db.session import Database
from engine.errors import DubanError

LONGEST = 500  # characters of a reason


@dataclass(frozen=True, slots=True)
class Settled:
    """Which messages are settled now; ``left`` are those that a colleague settled or that are on their way again."""

    settled: tuple[int, ...]
    left: tuple[int, ...]


def settle_given_up(database: Database, ids: Sequence[int], now: datetime, who: str, reason: str) -> Settled:
    """These messages count as dealt with, on record with who, when and how; findings about them are closed.

    Each is settled once, whoever else tries. Raises DubanError: NO_REASON, REASON_TOO_LONG.
    """
    words = checked(reason)
    if not words:
        raise DubanError("NO_REASON", "没有办结：请写明是怎样告知对方的，例如“已电话告知”。")
    with database.write() as session:
        settled = given_up.settle(session, sorted(set(ids)), now, who, words)
        posts = select(col(tables.Message.post_id)).where(col(tables.Message.id).in_(settled)).distinct()
        for post_id in sorted(session.execute(posts).scalars()):
            given_up.close_finding(session, post_id, now)
        if settled:
            runs.record(session, "settle_message", who, now, reason=words, details={"messages": settled})
    return Settled(tuple(settled), tuple(sorted(set(ids) - set(settled))))


def checked(reason: str) -> str:
    """The reason without stray blanks. Raises DubanError REASON_TOO_LONG."""
    words = reason.strip()
    if len(words) > LONGEST:
        raise DubanError("REASON_TOO_LONG", f"理由太长：请写在 {LONGEST} 字以内。")
    return words
