"""投递凭证: every attempt of a period with what the far end said, then and later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, func, select
from sqlmodel import Session, col

from db import receipts, tables
from engine.errors import DubanError
from notifications.deliveries_paper import Attempt, Receipted, deliveries_paper
from notifications.paper_xlsx import paper_xlsx

MOST_ROWS = 1_000_000  # a sheet holds 1,048,576


def attempts_of(session: Session, first: date, last: date, zone: ZoneInfo) -> list[Attempt]:
    """Every attempt that began on these days, both included, in the order in which they began.

    Raises DubanError BAD_SPAN for days in the wrong order, TOO_MANY_DELIVERIES for more than a sheet holds.
    """
    if last < first:
        raise DubanError("BAD_SPAN", f"最后一天 {last} 早于第一天 {first}：请核对 --from 和 --to。")
    begin = datetime.combine(first, time(), zone)
    end = datetime.combine(last + timedelta(days=1), time(), zone)
    started = col(tables.Delivery.started_at)
    within = (started >= begin, started < end)
    count = session.execute(select(func.count()).select_from(tables.Delivery).where(*within)).scalar_one()
    if count > MOST_ROWS:
        raise DubanError("TOO_MANY_DELIVERIES", f"这些天有 {count} 次投递，一张表放不下：请分几段导出。")
    rows = session.execute(_ATTEMPTS.where(*within)).all()
    ids = sorted({row[0] for row in rows})
    told = receipts.of_messages(session, ids)
    split = _split(session, ids)
    return [_attempt(row, row[0] in split, told.get(row[0], [])) for row in rows]


def export_deliveries(session: Session, first: date, last: date, zone: ZoneInfo, locale: str) -> bytes:
    """The attempts of these days as a workbook, the same bytes while nothing new is known of them.

    Raises DubanError like :func:`attempts_of`.
    """
    found = attempts_of(session, first, last, zone)
    return paper_xlsx(deliveries_paper(found, first, last, zone, locale))


def _split(session: Session, ids: list[int]) -> set[int]:
    """The messages that left in parts."""
    table, found = tables.Delivery, set()
    for start in range(0, len(ids), 500):
        chunk = ids[start : start + 500]
        query = select(col(table.message_id)).where(col(table.message_id).in_(chunk), col(table.part) > 1)
        found |= set(session.execute(query.distinct()).scalars())
    return found


def _attempt(row: Row[Any], is_split: bool, told: Sequence[tables.Receipt]) -> Attempt:
    """The row as a value; receipts speak of what was accepted, not of attempts that failed."""
    values: tuple[Any, ...] = tuple(row)
    key, subject, recipient, unit, channel, address, slot_at = values[:7]
    attempt, started_at, finished_at, verdict, detail, is_weak, part, bundle = values[7:]
    said = (Receipted(one.person, one.answer, one.reason, one.at) for one in told)
    return Attempt(
        message_id=key,
        subject=subject,
        recipient=recipient,
        unit=unit,
        channel=channel,
        address=address,
        slot_at=slot_at,
        attempt=attempt,
        started_at=started_at,
        finished_at=finished_at,
        verdict=verdict or "",
        detail=detail,
        is_weak=is_weak,
        part=part,
        is_split=is_split,
        bundle=bundle,
        receipts=tuple(said) if verdict == "accepted" else (),
    )


_ATTEMPTS = (
    select(
        col(tables.Message.id),
        col(tables.Message.subject),
        col(tables.Message.recipient),
        col(tables.Unit.name),
        col(tables.Message.channel),
        col(tables.Message.address),
        col(tables.Message.slot_at),
        col(tables.Delivery.attempt),
        col(tables.Delivery.started_at),
        col(tables.Delivery.finished_at),
        col(tables.Delivery.verdict),
        col(tables.Delivery.detail),
        col(tables.Delivery.is_weak),
        col(tables.Delivery.part),
        col(tables.Delivery.bundle),
    )
    .select_from(tables.Delivery)
    .join(tables.Message, col(tables.Message.id) == col(tables.Delivery.message_id))
    .join(tables.Post, col(tables.Post.id) == col(tables.Message.post_id))
    .join(tables.Unit, col(tables.Unit.id) == col(tables.Post.unit_id))
    .order_by(col(tables.Delivery.started_at), col(tables.Delivery.id))
)
