"""A claim: one message, or several that leave in one send, leased to this worker and paid from the budget."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from db import budgets, outbox, plans, tables
from db.outbox import Due
from db.units import stored_id
from engine.budgets import free_at, room
from engine.policy import Policy
from notifications.channel import Budget, Channel, Envelope
from workflows.bundle import bundle
from workflows.envelope import bundle_key, envelope_of
from workflows.recheck import ready
from workflows.turn import Turn


@dataclass(frozen=True, slots=True)
class Member:
    """A message of a claim; ``epoch`` proves that this worker may write its verdict."""

    message_id: int
    epoch: int
    failures: int


@dataclass(frozen=True, slots=True)
class Claim:
    """What one send is made of; ``spent`` are its entries in the budgets, ``began`` its first moment."""

    members: tuple[Member, ...]
    channel: str
    envelope: Envelope
    policy: Policy
    spent: tuple[int, ...]
    began: datetime

    @property
    def has_more(self) -> bool:
        """Whether another part has to follow once this one was taken."""
        return self.envelope.part < self.envelope.parts


def claim(session: Session, turn: Turn, due: Due) -> Claim | None:
    """The claim, or ``None`` when the message may not leave now; an outdated one is composed anew.

    Locks the channel's budget first, then posts and messages, so that workers never wait in a circle.
    """
    channel = turn.office.channels.get(due.channel)
    if channel and channel.traits.budgets:
        budgets.lock(session, due.channel)
    lead = ready(session, turn, due.message_id, channel)
    if lead is None:
        return None
    if lead.channel != due.channel:
        turn.moved.append(Due(due.message_id, lead.channel, lead.address))
        return None
    if channel is None:
        turn.absent.append(due.message_id)
        return None
    members = bundle(session, turn, channel, lead, lambda: _room(session, turn, channel, lead))
    if not members:
        return None
    envelope = envelope_of(session, turn.office, channel, members)
    left = envelope.parts - envelope.part + 1
    spent = _spend(session, turn, channel, lead, left)
    return None if spent is None else _leased(session, turn, members, envelope, spent)


def _room(session: Session, turn: Turn, channel: Channel, lead: tables.Message) -> int:
    """How many sends the tightest budget has left."""
    at = turn.clock()
    return min(
        room(budgets.spends(session, name, one.seconds, at), one.count, one.seconds, at)
        for name, one in budgets_of(channel, lead.address)
    )


def _spend(
    session: Session, turn: Turn, channel: Channel, lead: tables.Message, need: int
) -> tuple[int, ...] | None:
    """One send out of each budget; ``None`` where one has no room for all ``need`` parts that are left."""
    at, named = turn.clock(), list(budgets_of(channel, lead.address))
    for name, one in named:
        found = budgets.spends(session, name, one.seconds, at)
        if free_at(found, one.count, one.seconds, at, need) > at:
            turn.full.add((channel.name, lead.address if one.per_address else ""))
            return None
    lease = timedelta(seconds=plans.load_plan(session, lead.plan_id).policy.lease_seconds)
    return tuple(budgets.reserve(session, name, at, at + lease) for name, _ in named)


def budgets_of(channel: Channel, address: str) -> Iterator[tuple[str, Budget]]:
    """The budgets that a send to that address is taken out of, with the names they are stored under."""
    for one in channel.traits.budgets:
        whose = f"{channel.name}|{address}" if one.per_address else channel.name
        yield f"{whose}|{one.seconds}", one


def _leased(
    session: Session,
    turn: Turn,
    members: Sequence[tables.Message],
    envelope: Envelope,
    spent: tuple[int, ...] = (),
) -> Claim:
    """Lease and attempt of every member are on record before anything is sent."""
    at, policy = turn.clock(), plans.load_plan(session, members[0].plan_id).policy
    together = bundle_key(members)
    for message in members:
        outbox.claim(session, message, at, timedelta(seconds=policy.lease_seconds), together, envelope.part)
    session.flush()
    return Claim(
        members=tuple(Member(stored_id(one.id), one.epoch, one.failures) for one in members),
        channel=members[0].channel,
        envelope=envelope,
        policy=policy,
        spent=spent,
        began=at,
    )
