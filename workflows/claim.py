"""A claim: one message, or several that leave in one send, leased to this worker and paid from the budget."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from db import budgets, outbox, plans, tables
from db.outbox import Due
from db.units import stored_id, units_on_channel
from engine.budgets import free_at, room
from engine.policy import Policy
from notifications.card import Card
from notifications.channel import Budget, Channel, ChatChannel, Envelope, File
from notifications.enclosures import for_a_crowd
from notifications.words import say
from workflows.links import filled, filled_card
from workflows.office import Office
from workflows.recheck import hold_until, is_as_it_should_be, may_leave

ONE = timedelta(minutes=1)
SPREAD = 50  # seconds over which messages leave after a minute that the vendor wants quiet


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


@dataclass(slots=True)
class Turn:
    """One run of deliver: what it works with, and what it has learnt on its way.

    ``ill`` channels rest; ``full`` are destinations without budget for now; ``moved`` messages go another
    way than they were found on and are tried there; ``held`` waited for the window.
    """

    office: Office
    now: datetime
    clock: Callable[[], datetime]
    ill: set[str] = field(default_factory=set)
    full: set[tuple[str, str]] = field(default_factory=set)
    waiting: dict[str, dict[int, None]] = field(default_factory=dict)  # by channel: due and not yet tried
    moved: list[Due] = field(default_factory=list)
    held: int = 0

    def expect(self, found: Sequence[Due]) -> None:
        """These are due in this turn."""
        for due in found:
            self.waiting.setdefault(due.channel, {})[due.message_id] = None

    def tried(self, channel: str, message_ids: Sequence[int]) -> None:
        """These have had their turn."""
        for key in message_ids:
            self.waiting.get(channel, {}).pop(key, None)

    def has_been_tried(self, due: Due) -> bool:
        """Whether it has had its turn, by itself or with others."""
        return due.message_id not in self.waiting.get(due.channel, {})

    def is_stopped(self, due: Due) -> bool:
        """Whether nothing can leave that way now."""
        return due.channel in self.ill or not {(due.channel, ""), (due.channel, due.address)}.isdisjoint(
            self.full
        )


def claim(session: Session, turn: Turn, due: Due) -> Claim | None:
    """The claim, or ``None`` when the message may not leave now; an outdated one is composed anew.

    Locks the channel's budget first, then posts and messages, so that workers never wait in a circle.
    """
    channel = turn.office.channels.get(due.channel)
    if channel and channel.traits.budgets:
        budgets.lock(session, due.channel)
    lead = _ready(session, turn, due.message_id, channel)
    if lead is None:
        return None
    if lead.channel != due.channel:
        turn.moved.append(Due(due.message_id, lead.channel, lead.address))
        return None
    if channel is None:
        return _leased(session, turn, [lead], _plain(session, turn, lead))
    members = _bundle(session, turn, channel, lead)
    envelope = _envelope(session, turn, channel, members)
    left = envelope.parts - envelope.part + 1
    spent = _spend(session, turn, channel, lead, left)
    return None if spent is None else _leased(session, turn, members, envelope, spent)


def _ready(session: Session, turn: Turn, message_id: int, channel: Channel | None) -> tables.Message | None:
    """The message, locked, if it should and may leave now as it stands."""
    message = outbox.take(session, message_id)
    if message is None or not outbox.is_due(message, turn.now) or message.channel in turn.ill:
        return None
    if not may_leave(session, message, turn.now):
        turn.held += 1
        return None
    if channel and turn.clock().minute in channel.traits.quiet_minutes:
        _wait_out(session, message, turn.clock())
        return None
    return message if is_as_it_should_be(session, turn.office, message, turn.now) else None


def _wait_out(session: Session, message: tables.Message, now: datetime) -> None:
    """It leaves in the next minute, not all at once."""
    if message.state == "waiting":
        number = int.from_bytes(hashlib.sha256(message.key.encode()).digest()[:4], "big")
        hold_until(
            session, message, now.replace(second=0, microsecond=0) + ONE + timedelta(seconds=number % SPREAD)
        )


# --- several messages in one send


def _bundle(session: Session, turn: Turn, channel: Channel, lead: tables.Message) -> list[tables.Message]:
    """The messages of one send: those that left together before, or as many as the budget makes necessary."""
    if lead.bundle:
        return list(_left_together(session, turn, lead))
    if not (isinstance(channel, ChatChannel) and channel.traits.merges) or lead.failures or lead.parts_done:
        return [lead]
    if outbox.may_have_arrived(session, stored_id(lead.id)):
        return [lead]
    others = [key for key in turn.waiting.get(lead.channel, ()) if key != lead.id]
    if len(others) < _room(session, turn, channel, lead):
        return [lead]
    return _fitting(session, turn, channel, lead, others)


def _left_together(session: Session, turn: Turn, lead: tables.Message) -> Iterator[tables.Message]:
    """What the lead left with, in the same order: nobody knows whether it arrived, so it is repeated unchanged."""
    for key in outbox.of_bundle(session, lead.bundle):
        message = lead if key == lead.id else outbox.take(session, key)
        if message is not None:
            is_as_it_should_be(session, turn.office, message, turn.now)  # closes the attempt that was lost
            yield message


def _fitting(
    session: Session, turn: Turn, channel: ChatChannel, lead: tables.Message, others: Sequence[int]
) -> list[tables.Message]:
    """The lead and those after it that fit on one page with it."""
    members, cards = [lead], [_card(session, turn, channel, lead)]
    for key in others:
        message = _joining(session, turn, key, channel)
        if message is None:
            continue
        card = _card(session, turn, channel, message)
        if len(channel.pages([*cards, card], _mentions(channel, [*members, message]))) > 1:
            break
        members, cards = [*members, message], [*cards, card]
    return members


def _joining(session: Session, turn: Turn, message_id: int, channel: Channel) -> tables.Message | None:
    message = _ready(session, turn, message_id, channel)
    if message is None or message.channel != channel.name or message.bundle or message.parts_done:
        return None
    arrived = outbox.may_have_arrived(session, message_id)
    return None if message.failures or arrived or message.state != "waiting" else message


# --- the budget


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


# --- what is sent


def _envelope(session: Session, turn: Turn, channel: Channel, members: Sequence[tables.Message]) -> Envelope:
    lead = members[0]
    plain = _plain(session, turn, lead)
    if not isinstance(channel, ChatChannel):
        return plain
    mentions = _mentions(channel, members)
    pages = channel.pages([_card(session, turn, channel, one) for one in members], mentions)
    again = any(outbox.may_have_arrived(session, stored_id(one.id)) for one in members)
    several = len(members) > 1
    return replace(
        plain,
        key=lead.bundle or _bundle_key(members),
        subject=say(lead.locale, "bundle.subject", n=len(members)) if several else lead.subject,
        page=pages[lead.parts_done],
        part=lead.parts_done + 1,
        parts=len(pages),
        mentions=mentions,
        again=again,
    )


def _bundle_key(members: Sequence[tables.Message]) -> str:
    """A single message goes under its own key; several under one that names them all."""
    if len(members) == 1:
        return members[0].key
    named = " ".join(f"{one.key}:{one.attempts}" for one in members)
    return f"bundle:{hashlib.sha256(named.encode()).hexdigest()[:32]}"


def _mentions(channel: Channel, members: Sequence[tables.Message]) -> tuple[str, ...]:
    """Whom a group's robot calls; an own address needs no call."""
    if channel.traits.needs_address:
        return ()
    return tuple(dict.fromkeys(one.address for one in members if one.address))


def _card(session: Session, turn: Turn, channel: Channel, message: tables.Message) -> Card:
    """The card with its link in it, unless others than its unit would read it: a link speaks for one unit."""
    card = filled_card(session, turn.office.links, message)
    is_shared = not channel.traits.needs_address and (
        message.contact_id is None or units_on_channel(session, channel.name) > 1
    )
    return for_a_crowd(card, message.locale) if is_shared else card


def _plain(session: Session, turn: Turn, message: tables.Message) -> Envelope:
    """The message as it is frozen, with its link filled in."""
    office, (text, html) = turn.office, filled(session, turn.office.links, message)
    files = outbox.files_of(session, stored_id(message.id))
    return Envelope(
        key=message.key,
        message_id=message.rfc_message_id,
        channel=message.channel,
        to_address=message.address,
        to_name=message.recipient,
        from_address=office.from_address,
        from_name=office.from_name,
        subject=message.subject,
        text=text,
        html=html,
        dated=message.created_at,
        reply_to=office.coordinator.address or None,
        reply_to_name=office.coordinator.post,
        references=message.thread_id or None,
        locale=message.locale,
        files=tuple(File(one.name, one.media_type, one.content) for one in files),
    )


def _leased(
    session: Session,
    turn: Turn,
    members: Sequence[tables.Message],
    envelope: Envelope,
    spent: tuple[int, ...] = (),
) -> Claim:
    """Lease and attempt of every member are on record before anything is sent."""
    at, policy = turn.clock(), plans.load_plan(session, members[0].plan_id).policy
    bundle = envelope.key if len(members) > 1 else ""
    for message in members:
        outbox.claim(session, message, at, timedelta(seconds=policy.lease_seconds), bundle, envelope.part)
    session.flush()
    return Claim(
        members=tuple(Member(stored_id(one.id), one.epoch, one.failures) for one in members),
        channel=members[0].channel,
        envelope=envelope,
        policy=policy,
        spent=spent,
        began=at,
    )
