"""What a unit's own page shows: the sub-tasks it leads, its shares of others, its cases and messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlmodel import Session, col

from db import links, outbox, plans, tables
from db.calendar import load_calendar
from db.cards import Card, load_cards
from engine.model import Indicator, SubTask
from engine.periods import due_day
from web.tasks import Task, load_tasks
from web.view import View
from workflows.links import period_of_unit

LISTED = 10


@dataclass(frozen=True, slots=True)
class ShareLine:
    """The unit's part of a sub-task that others lead: each quota with what it reported of it, and until when."""

    card: Card
    figures: tuple[tuple[Indicator, Decimal, Decimal | None], ...]
    due_on: date
    period: str


@dataclass(frozen=True, slots=True)
class OwnWork:
    """``left`` of ``asked`` are still to be reported for ``period``, by ``due_on``."""

    led: tuple[Task, ...]
    shares: tuple[ShareLine, ...]
    period: str
    due_on: date
    asked: int
    left: int


def own_work(session: Session, unit_id: int, view: View) -> OwnWork:
    """The unit's open sub-tasks, in the order of their plans."""
    owners = links.led_by(session, unit_id)
    shared = [key for key in links.shared_by(session, unit_id) if key not in owners]
    period = period_of_unit(session, unit_id, view.today)
    led = _led(session, owners, view)
    shares = _shares(session, unit_id, shared)
    silent = len(links.silent_since(session, list(owners), period))
    asked_shares = [one for one in shares if one.figures]
    late = sum(one.period < period for one in asked_shares)
    asked = len(led) + len(asked_shares)
    return OwnWork(
        tuple(led), tuple(shares), period, due_day(period, load_calendar(session)), asked, silent + late
    )


def own_messages(session: Session, unit_id: int) -> list[tables.Message]:
    """The newest messages to the unit's posts that left or are about to."""
    message, post = tables.Message, tables.Post
    query = (
        select(message)
        .join(post, col(post.id) == col(message.post_id))
        .where(col(post.unit_id) == unit_id, col(message.state).in_(outbox.LIVE))
        .where(col(message.kind) != "group", col(post.kind) == "liaison")
        .order_by(col(message.slot_at).desc(), col(message.id).desc())
        .limit(LISTED)
    )
    return list(session.execute(query).scalars())


def _led(session: Session, owners: dict[int, int], view: View) -> list[Task]:
    found: list[Task] = []
    for plan_id in dict.fromkeys(owners.values()):
        ids = [key for key, owner in owners.items() if owner == plan_id]
        found += load_tasks(session, plans.load_plan(session, plan_id), ids, view.today)
    return found


def _shares(session: Session, unit_id: int, ids: Sequence[int]) -> list[ShareLine]:
    subtasks, cards = plans.load_subtasks(session, ids), load_cards(session, ids)
    followed = {key: plans.load_plan(session, key) for key in {cards[one].plan_id for one in ids}}
    return [
        ShareLine(
            cards[key],
            _figures(subtasks[key], unit_id),
            subtasks[key].deadline or followed[cards[key].plan_id].execute_ends_on,
            _last_period(subtasks[key], unit_id),
        )
        for key in ids
    ]


def _figures(subtask: SubTask, unit_id: int) -> tuple[tuple[Indicator, Decimal, Decimal | None], ...]:
    share = next((one for one in subtask.shares if one.unit_id == unit_id), None)
    if share is None:
        return ()
    known: dict[int, Decimal] = {}
    for report in share.reports:
        known |= report.quantities
    return tuple(
        (one, share.quotas[one.id], known.get(one.id)) for one in subtask.indicators if one.id in share.quotas
    )


def _last_period(subtask: SubTask, unit_id: int) -> str:
    share = next((one for one in subtask.shares if one.unit_id == unit_id), None)
    return max((report.period for report in share.reports), default="") if share else ""
