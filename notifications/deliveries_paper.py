"""The evidence of deliveries as a paper: one row for each attempt, in the order in which they began."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from notifications.paper import Cell, Grid, Paper
from notifications.retold import retold
from notifications.words import clean, known_locale, say

HEADS = (
    *("message", "subject", "recipient", "unit", "channel", "address", "slot", "attempt"),
    *("started", "finished", "verdict", "detail", "part", "receipts"),
)
WIDTHS = (3, 12, 6, 5, 5, 8, 5, 3, 5, 5, 6, 14, 5, 10)  # together what A4 across can show legibly
SIDES = "cllllllcllllll"
TONES = {
    "accepted": "green",
    "permanent": "red",
    "partial": "red",
    "unknown": "yellow",
    "transient": "yellow",
    "rate_limited": "yellow",
}


@dataclass(frozen=True, slots=True)
class Receipted:
    """What the vendor said later of one person."""

    person: str
    answer: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt at a message; ``verdict`` is empty while it is under way or was cut off."""

    message_id: int
    subject: str
    recipient: str
    unit: str
    channel: str
    address: str
    slot_at: datetime
    attempt: int
    started_at: datetime
    finished_at: datetime | None
    verdict: str
    detail: str
    is_weak: bool = False
    part: int = 1
    is_split: bool = False
    bundle: str = ""
    receipts: tuple[Receipted, ...] = ()


def deliveries_paper(
    attempts: Sequence[Attempt], first: date, last: date, zone: ZoneInfo, locale: str
) -> Paper:
    """The paper of a period; it depends on the rows alone, so that it is the same whenever it is asked for."""
    locale = known_locale(locale)
    messages = len({one.message_id for one in attempts})
    grid = Grid(
        name=say(locale, "deliveries.sheet"),
        heading=say(locale, "deliveries.heading"),
        heads=tuple(say(locale, f"deliveries.head.{name}") for name in HEADS),
        rows=tuple(_row(one, zone, locale) for one in attempts),
        widths=WIDTHS,
        sides=SIDES,
    )
    span = say(locale, "deliveries.span", first=first, last=last, n=len(attempts), messages=messages)
    return Paper(
        title=say(locale, "deliveries.title"),
        subtitle=span,
        grids=(grid,),
        notes=(say(locale, "deliveries.note"),),
        is_wide=True,
        locale=locale,
    )


def _row(one: Attempt, zone: ZoneInfo, locale: str) -> tuple[Cell, ...]:
    return (
        Cell(str(one.message_id)),
        Cell(clean(one.subject)),
        Cell(clean(one.recipient)),
        Cell(clean(one.unit)),
        Cell(clean(one.channel)),
        Cell(clean(one.address)),
        Cell(_moment(one.slot_at, zone, "minutes")),
        Cell(str(one.attempt)),
        Cell(_moment(one.started_at, zone, "seconds")),
        Cell(_moment(one.finished_at, zone, "seconds")),
        Cell(verdict_word(one, locale), TONES.get(one.verdict, "")),
        Cell(clean(retold(one.detail, locale))),
        Cell(_part(one, locale)),
        Cell("\n".join(_receipt(receipt, zone, locale) for receipt in one.receipts)),
    )


def verdict_word(one: Attempt, locale: str) -> str:
    """How the attempt ended; a weak verdict says so."""
    word = say(locale, f"deliveries.verdict.{one.verdict or 'open'}")
    return say(locale, "deliveries.weak", verdict=word) if one.is_weak else word


def _part(one: Attempt, locale: str) -> str:
    part = [say(locale, "deliveries.part", part=one.part)] if one.is_split else []
    return "\n".join([*part, *([say(locale, "deliveries.bundle")] if one.bundle else [])])


def _receipt(one: Receipted, zone: ZoneInfo, locale: str) -> str:
    answer = say(locale, f"deliveries.answer.{one.answer}")
    moment = _moment(one.at, zone, "minutes")
    told = say(locale, "deliveries.receipt", person=clean(one.person), answer=answer, at=moment)
    return f"{told} {clean(retold(one.reason, locale))}".strip()


def _moment(at: datetime | None, zone: ZoneInfo, precision: str) -> str:
    return at.astimezone(zone).replace(tzinfo=None).isoformat(" ", precision) if at else ""
