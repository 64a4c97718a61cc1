"""Which messages leave in one send: those that left together before, or as many as a short budget asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from sqlmodel import Session

from db import outbox, tables
from db.units import stored_id
from notifications.channel import Channel, ChatChannel
from workflows.envelope import pages_of
from workflows.recheck import is_as_it_should_be, ready
from workflows.turn import Turn

STEP = 8  # so many more are taken up before it is looked whether they fit


def bundle(
    session: Session, turn: Turn, channel: Channel, lead: tables.Message, room: Callable[[], int]
) -> list[tables.Message]:
    """The messages of the send, in the order of their ids; empty while one of them is in other hands."""
    if lead.bundle:
        return _left_together(session, turn, lead)
    may_merge = turn.merges and channel.traits.merges and _is_fresh(session, lead)
    if not (may_merge and isinstance(channel, ChatChannel)):
        return [lead]
    others = [key for key in _bound_for(turn, channel, lead) if key != lead.id]
    if len(others) < room():
        return [lead]
    return _fitting(session, turn, channel, lead, others)


def _left_together(session: Session, turn: Turn, lead: tables.Message) -> list[tables.Message]:
    """What the lead left with: nobody knows whether it arrived, so it is repeated unchanged and as a whole."""
    members = []
    for key in outbox.of_bundle(session, lead.bundle):
        message = lead if key == lead.id else outbox.take(session, key, wait=False)
        if message is None:
            return []
        is_as_it_should_be(session, turn.office, message, turn.now)  # closes the attempt that was lost
        members.append(message)
    return members


def _bound_for(turn: Turn, channel: Channel, lead: tables.Message) -> list[int]:
    """What is due for the same destination: a group, or one person."""
    found = turn.waiting.get(lead.channel, {})
    return [key for key, to in found.items() if not channel.traits.needs_address or to == lead.address]


def _fitting(
    session: Session, turn: Turn, channel: ChatChannel, lead: tables.Message, others: Sequence[int]
) -> list[tables.Message]:
    """The lead and those after it that fit on one page with it."""
    members, joining = [lead], _joining(session, turn, channel, lead, others)
    while more := [one for _, one in zip(range(STEP), joining, strict=False)]:
        while more and len(pages_of(session, turn.office, channel, _ordered([*members, *more]))) > 1:
            more = more[: len(more) // 2]
            joining = iter(())
        members += more
    return _ordered(members)


def _joining(
    session: Session, turn: Turn, channel: Channel, lead: tables.Message, others: Sequence[int]
) -> Iterator[tables.Message]:
    """Those of the others that may leave now and were never tried. Nobody waits for a post that another worker
    holds: two workers that bundle for two robots would wait for each other."""
    for key in others:
        message = ready(session, turn, key, channel, wait=False)
        if message and (message.channel, message.state) == (lead.channel, "waiting"):
            is_for_lead = not channel.traits.needs_address or message.address == lead.address
            if is_for_lead and _is_fresh(session, message):
                yield message


def _is_fresh(session: Session, message: tables.Message) -> bool:
    """Whether it was never sent with others, in part, or in vain."""
    tried = message.bundle or message.parts_done or message.failures
    return not (tried or outbox.may_have_arrived(session, stored_id(message.id)))


def _ordered(members: Sequence[tables.Message]) -> list[tables.Message]:
    return sorted(members, key=lambda one: stored_id(one.id))
