"""What a unit's own page shows: the sub-tasks it leads, its shares of others, its cases and messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlmodel import Session, col

from db import links, outbox, plans, tables
from db.calendar import load_calendar
from db.cards import Card, load_cards
from engine.model import Indicator, Share, SubTask
from engine.periods import due_day
from web.paging import Paged, paged
from web.tasks import Task, load_tasks
from web.view import View
from workflows.links import period_of_unit

LISTED = 10  # messages
PAGE = 100  # sub-tasks


@dataclass(frozen=True, slots=True)
class ShareLine:
    """The unit's part of a sub-task that others lead: each quota with what it reported of it, and until when."""

    card: Card
    figures: tuple[tuple[Indicator, Decimal, Decimal | None], ...]
    due_on: date
    period: str


@dataclass(frozen=True, slots=True)
class OwnWork:
    """A page of it, what it leads first; ``left`` of ``asked`` are still to be reported for ``period``, by ``due_on``."""

    led: tuple[Task, ...]
    shares: tuple[ShareLine, ...]
    paged: Paged[int]
    number_led: int
    period: str
    due_on: date
    asked: int
    left: int


def own_work(session: Session, unit_id: int, view: View, page: int = 1, size: int = PAGE) -> OwnWork:
    """The unit's open sub-tasks, in the order of their plans."""
    owners = links.led_by(session, unit_id)
    shared = [key for key in links.shared_by(session, unit_id) if key not in owners]
    parts = plans.load_shares(session, unit_id, shared)
    period = period_of_unit(session, unit_id, view.today)
    silent = len(links.silent_since(session, list(owners), period))
    asked_shares = [one for one in parts.values() if _figures(one)]
    late = sum(_last_period(one) < period for one in asked_shares)
    shown = paged([*owners, *shared], size, page)
    return OwnWork(
        led=tuple(_led(session, {key: owners[key] for key in shown.rows if key in owners}, view)),
        shares=tuple(_shares(session, {key: parts[key] for key in shown.rows if key in parts})),
        paged=shown,
        number_led=len(owners),
        period=period,
        due_on=due_day(period, load_calendar(session)),
        asked=len(owners) + len(asked_shares),
        left=silent + late,
    )


@dataclass(frozen=True, slots=True)
class OwnMessage:
    """One line of the list: when it leaves or left, what it is about, and how it stands."""

    slot_at: datetime
    subject: str
    state: str


def own_messages(session: Session, unit_id: int) -> list[OwnMessage]:
    """The newest messages to the unit's posts that left or are about to."""
    message, post = tables.Message, tables.Post
    query = (
        select(col(message.slot_at), col(message.subject), col(message.state))
        .join(post, col(post.id) == col(message.post_id))
        .where(col(post.unit_id) == unit_id, col(message.state).in_(outbox.LIVE))
        .where(col(message.kind) != "group", col(post.kind) == "liaison")
        .order_by(col(message.slot_at).desc(), col(message.id).desc())
        .limit(LISTED)
    )
    return [OwnMessage(*row) for row in session.execute(query)]


def _led(session: Session, owners: dict[int, int], view: View) -> list[Task]:
    found: list[Task] = []
    for plan_id in dict.fromkeys(owners.values()):
        ids = [key for key, owner in owners.items() if owner == plan_id]
        found += load_tasks(session, plans.load_plan(session, plan_id), ids, view.today)
    return found


def _shares(session: Session, parts: Mapping[int, SubTask]) -> list[ShareLine]:
    cards = load_cards(session, list(parts))
    return [
        ShareLine(
            cards[key],
            _figures(part),
            part.deadline or plans.load_plan(session, cards[key].plan_id).execute_ends_on,
            _last_period(part),
        )
        for key, part in parts.items()
    ]


def _figures(part: SubTask) -> tuple[tuple[Indicator, Decimal, Decimal | None], ...]:
    share = _own(part)
    known: dict[int, Decimal] = {}
    for report in share.reports if share else ():
        known |= report.quantities
    return tuple(
        (one, share.quotas[one.id], known.get(one.id))
        for one in part.indicators
        if share and one.id in share.quotas
    )


def _last_period(part: SubTask) -> str:
    share = _own(part)
    return max((report.period for report in share.reports), default="") if share else ""


def _own(part: SubTask) -> Share | None:
    return part.shares[0] if part.shares else None
