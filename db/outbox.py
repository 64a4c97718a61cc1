"""Messages and their attempts: frozen text, claimed by lease, ended by a verdict."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, exists, func, or_, select, update
from sqlmodel import Session, col

from db import runs, tables
from db.units import lock_post

M = tables.Message
D = tables.Delivery
F = tables.MessageFile
FILES_LIMIT = 10 * 1024 * 1024  # bytes of all files of a message together
LIVE = ("waiting", "sending", "accepted", "given_up")
SERIES = ("digest", "evaluation", "year")  # of which the newest alone is worth another attempt
UNSENT = ("held", "waiting")  # has not left; may be replaced or taken back
APART = "held_apart"  # why a message stays held when its bulletin is approved
PAUSE = "pause:"  # marks of channels that rest: consecutive faults, and until when
AHEAD = timedelta(
    days=1
)  # no lease is that long; what was marked later than this was by a clock that was ahead
FAR_AHEAD = timedelta(days=40)  # nothing waits that long: no pause, and no holiday
_UNKNOWN = exists().where(col(D.message_id) == col(M.id), col(D.verdict) == "unknown").correlate(M)


def add(session: Session, message: tables.Message) -> int:
    """Stores the message; returns its id."""
    session.add(message)
    session.flush()
    assert message.id is not None
    return message.id


def attach(
    session: Session, message_id: int, name: str, media_type: str, content: bytes
) -> tables.MessageFile | None:
    """The file as it goes with the message from now on; ``None`` where all would be more than 10 MB."""
    query = select(func.coalesce(func.sum(func.length(col(F.content))), 0))
    taken = session.execute(query.where(col(F.message_id) == message_id)).scalar_one()
    if int(taken) + len(content) > FILES_LIMIT:
        return None
    digest = hashlib.sha256(content).hexdigest()
    file = F(message_id=message_id, name=name, media_type=media_type, sha256=digest, content=content)
    session.add(file)
    session.flush()
    return file


def files_of(session: Session, message_id: int) -> list[tables.MessageFile]:
    """The files that go with the message, in the order in which they were attached."""
    query = select(F).where(col(F.message_id) == message_id).order_by(col(F.id))
    return list(session.execute(query).scalars())


def names_of_files(session: Session, message_id: int) -> list[tuple[int, str, int]]:
    """Id, name and bytes of each file of the message, without reading the files."""
    query = select(col(F.id), col(F.name), func.length(col(F.content)))
    rows = session.execute(query.where(col(F.message_id) == message_id).order_by(col(F.id)))
    return [(row[0], row[1], row[2]) for row in rows]


def slots_of_day(
    session: Session, post_id: int, kind: str, channel: str, day: date
) -> tuple[datetime | None, int]:
    """That recipient's day on that channel: its latest slot with a message that stands, and all messages ever."""
    query = select(col(M.state), col(M.slot_at)).where(
        col(M.post_id) == post_id, col(M.kind) == kind, col(M.channel) == channel, col(M.slot_on) == day
    )
    found = session.execute(query).all()
    return max((slot_at for state, slot_at in found if state in LIVE), default=None), len(found)


def unsent_before(
    session: Session, post_id: int, kind: str, slot_at: datetime, plan_id: int | None = None
) -> list[int]:
    """Ids of messages of earlier slots to that post that wait or are held, and can have reached nobody."""
    conditions = [col(M.post_id) == post_id, col(M.kind) == kind, col(M.slot_at) < slot_at]
    if plan_id is not None:
        conditions.append(col(M.plan_id) == plan_id)
    conditions += [col(M.state).in_(UNSENT), col(M.parts_done) == 0, ~_UNKNOWN]
    query = select(col(M.id)).where(*conditions).order_by(col(M.id))
    return list(session.execute(query).scalars())


def untouched_on(session: Session, channel: str) -> list[int]:
    """Ids of a contact's messages that wait for the channel and can have reached nobody, post by post."""
    waits = col(M.channel) == channel, col(M.state) == "waiting", col(M.contact_id).is_not(None)
    query = select(col(M.id)).where(*waits, col(M.parts_done) == 0, ~_UNKNOWN)
    return list(session.execute(query.order_by(col(M.post_id), col(M.id))).scalars())


def end(session: Session, message_id: int, state: str, reason: str, now: datetime) -> bool:
    """Whether the message was still waiting or held and has now ended."""
    statement = update(M).where(col(M.id) == message_id, col(M.state).in_(UNSENT))
    ended = statement.values(state=state, ended_reason=reason, ended_at=now)
    return int(session.connection().execute(ended).rowcount) == 1


@dataclass(frozen=True, slots=True)
class Due:
    """A message to attempt and the way it goes."""

    message_id: int
    channel: str
    address: str


def due(session: Session, now: datetime, limit: int) -> list[Due]:
    """Messages to attempt: waiting and due, or left by a worker whose lease ran out.

    A date that a clock set back since has left in the far future counts as come.
    """
    waits, leased = col(M.next_attempt_at), col(M.lease_until)
    query = (
        select(col(M.id), col(M.channel), col(M.address))
        .where(
            or_(
                and_(col(M.state) == "waiting", or_(waits <= now, waits > now + FAR_AHEAD)),
                and_(col(M.state) == "sending", or_(leased <= now, leased > now + AHEAD)),
            )
        )
        .order_by(col(M.next_attempt_at), col(M.id))
        .limit(limit)
    )
    return [Due(*row) for row in session.execute(query)]


def is_due(message: tables.Message, now: datetime) -> bool:
    """Whether it waits and its time has come, or a worker has lost it; the same rule as for :func:`due`."""
    if message.state == "waiting":
        return not now < message.next_attempt_at <= now + FAR_AHEAD
    lease = message.lease_until
    return message.state == "sending" and lease is not None and not now < lease <= now + AHEAD


def take(session: Session, message_id: int, *, wait: bool = True) -> tables.Message | None:
    """The message, its post and itself locked in this order; ``None`` if it is gone or in other hands.

    With ``wait`` it waits for who holds the post; without, that counts as in other hands, too.
    """
    post_id = session.execute(select(col(M.post_id)).where(col(M.id) == message_id)).scalar()
    if post_id is None:
        return None
    if not lock_post(session, post_id, wait=wait):
        return None
    query = select(M).where(col(M.id) == message_id).with_for_update(skip_locked=True, key_share=True)
    return session.execute(query).scalar()


def of_bundle(session: Session, bundle: str) -> list[int]:
    """Ids of the messages that left in one send, in their order."""
    query = select(col(M.id)).where(col(M.bundle) == bundle, col(M.state).in_(("waiting", "sending")))
    return list(session.execute(query.order_by(col(M.id))).scalars())


def claim(
    session: Session,
    message: tables.Message,
    now: datetime,
    lease: timedelta,
    bundle: str = "",
    part: int = 1,
) -> int:
    """Leases the message and writes down the attempt before anything is sent; returns the attempt."""
    message.state = "sending"
    message.lease_until = now + lease
    message.epoch += 1
    message.attempts += 1
    message.bundle = bundle
    session.add(message)
    assert message.id is not None
    session.add(
        D(
            message_id=message.id,
            attempt=message.attempts,
            epoch=message.epoch,
            started_at=now,
            bundle=bundle,
            part=part,
        )
    )
    return message.attempts


def open_attempt(session: Session, message_id: int) -> tables.Delivery | None:
    """The attempt that has no verdict, if there is one."""
    query = select(D).where(col(D.message_id) == message_id, col(D.verdict).is_(None))
    return session.execute(query.order_by(col(D.attempt).desc())).scalars().first()


def may_have_arrived(session: Session, message_id: int) -> bool:
    """Whether nobody knows what became of some attempt; refusals of later ones tell nothing about it."""
    query = select(col(D.id)).where(col(D.message_id) == message_id, col(D.verdict) == "unknown")
    return session.execute(query.limit(1)).first() is not None


def unanswered(session: Session) -> set[int]:
    """Ids of the waiting messages of which nobody knows what became of some attempt."""
    query = select(col(M.id)).where(col(M.state) == "waiting", _UNKNOWN)
    return set(session.execute(query).scalars())


def tried_since(session: Session, message: tables.Message) -> datetime:
    """Since when the message has been tried: its slot, or when somebody last sent it again, as the record says."""
    event = tables.Event
    told = select(col(event.at), col(event.details)).where(
        col(event.what) == "resend", col(event.plan_id) == message.plan_id, col(event.at) > message.slot_at
    )
    again: list[datetime] = [at for at, details in session.execute(told) if details.get("sent") == message.id]
    return max([message.slot_at, *again])


def repeats_another(session: Session, message: tables.Message) -> bool:
    """Whether an earlier message to the post, put in another's place since, may have said some of this already."""
    if message.kind != "reminder":
        return False
    query = select(col(M.items)).where(
        col(M.post_id) == message.post_id,
        col(M.kind) == message.kind,
        col(M.slot_on) >= message.slot_on - FAR_AHEAD,
        col(M.state) == "superseded",
        or_(col(M.parts_done) > 0, _UNKNOWN),
    )
    before = {_said(item) for items in session.execute(query).scalars() for item in items}
    return any(_said(item) in before for item in message.items)


def is_newest(session: Session, message: tables.Message) -> bool:
    """Whether no later message of its series and plan stands for its post; what is of no series always is."""
    if message.kind not in SERIES:
        return True
    query = select(col(M.id)).where(
        col(M.post_id) == message.post_id,
        col(M.kind) == message.kind,
        col(M.plan_id) == message.plan_id,
        col(M.slot_at) > message.slot_at,
        col(M.state).in_(("held", *LIVE)),
    )
    return session.execute(query.limit(1)).first() is None


def before(session: Session, message: tables.Message) -> tables.Message | None:
    """The post's message of that kind and channel that was composed before it."""
    query = select(M).where(
        col(M.post_id) == message.post_id,
        col(M.kind) == message.kind,
        col(M.channel) == message.channel,
        col(M.id) < message.id,
    )
    return session.execute(query.order_by(col(M.id).desc()).limit(1)).scalars().first()


def last_arrival(session: Session, post_id: int) -> datetime | None:
    """When a message to that post was last accepted; a copy to its unit's group is none."""
    query = select(col(M.ended_at)).where(
        col(M.post_id) == post_id, col(M.state) == "accepted", col(M.kind) != "group"
    )
    return session.execute(query.order_by(col(M.ended_at).desc()).limit(1)).scalar()


def told_in_group(session: Session, copy: tables.Message) -> str:
    """How far other copies have come that tell the group that day all that this one does: ``told`` (accepted, or
    it may have arrived in part or as a whole), ``sending``, or empty where something in it is new."""
    query = select(
        col(M.items), col(M.state), or_(col(M.state) == "accepted", col(M.parts_done) > 0, _UNKNOWN)
    )
    same_day = col(M.post_id) == copy.post_id, col(M.kind) == copy.kind, col(M.slot_on) == copy.slot_on
    others = session.execute(
        query.where(*same_day, col(M.channel) == copy.channel, col(M.id) != copy.id)
    ).all()
    told = {_said(item) for items, _, has_arrived in others if has_arrived for item in items}
    left = {_said(item) for item in copy.items} - told
    if not copy.items or not left:
        return "told" if copy.items else ""
    coming = {_said(item) for items, state, _ in others if state == "sending" for item in items}
    return "" if left - coming else "sending"


def _said(item: dict[str, Any]) -> tuple[int, str, str]:
    """What an item of a message is about."""
    return item["subtask_id"], item["rule"], item["nominal_on"]


def attempts_of(session: Session, message_id: int) -> list[tables.Delivery]:
    """Every attempt at the message, in order."""
    query = select(D).where(col(D.message_id) == message_id).order_by(col(D.attempt))
    return list(session.execute(query).scalars())


def write_verdict(
    session: Session,
    message_id: int,
    epoch: int,
    verdict: str,
    detail: str,
    now: datetime,
    ticket: str = "",
    is_weak: bool = False,
) -> bool:
    """Whether the verdict counts: false when another worker has claimed the message since."""
    session.execute(
        update(D)
        .where(col(D.message_id) == message_id, col(D.epoch) == epoch, col(D.verdict).is_(None))
        .values(verdict=verdict, detail=detail, finished_at=now, ticket=ticket, is_weak=is_weak)
    )
    held = update(M).where(col(M.id) == message_id, col(M.epoch) == epoch, col(M.state) == "sending")
    return int(session.connection().execute(held.values(lease_until=None)).rowcount) == 1


def finish(session: Session, message_id: int, **values: Any) -> None:
    """The message has the state that its verdict leads to."""
    session.execute(update(M).where(col(M.id) == message_id).values(**values))


def pause(
    session: Session, channel: str, seconds: Sequence[int], at_least: datetime, now: datetime
) -> datetime:
    """The channel rests, longer each time until something is accepted; returns to when."""
    mark = session.get(tables.Mark, PAUSE + channel)
    faults = int(mark.value.split()[0]) if mark and mark.at <= now + AHEAD else 0
    until = max(at_least, now + timedelta(seconds=seconds[min(faults, len(seconds) - 1)]))
    runs.mark(session, PAUSE + channel, f"{faults + 1} {until.isoformat()}", now)
    return until


def resume(session: Session, channel: str, since: datetime) -> None:
    """The channel worked at that moment; a rest that was asked for after it goes on."""
    mark = tables.Mark
    past = or_(col(mark.at) <= since, col(mark.at) > since + AHEAD)
    session.execute(delete(mark).where(col(mark.name) == PAUSE + channel, past))


def paused(session: Session, now: datetime) -> set[str]:
    """The channels that rest."""
    return {name for name, until in rests(session, now).items() if until > now}


def rests(session: Session, now: datetime) -> dict[str, datetime]:
    """Until when each channel rests that has been told to, over or not; by a clock that was ahead none was."""
    mark = tables.Mark
    query = select(col(mark.name), col(mark.value)).where(
        col(mark.name).startswith(PAUSE), col(mark.at) <= now + AHEAD
    )
    return {
        name.removeprefix(PAUSE): datetime.fromisoformat(value.split()[1])
        for name, value in session.execute(query)
    }


def accept_waiting(session: Session, now: datetime) -> None:
    """Every message that waits or is held has arrived, and so have its reminders: for rehearsals."""
    waiting = select(col(M.id)).where(col(M.state).in_(UNSENT))
    carried = update(tables.Reminder).where(col(tables.Reminder.message_id).in_(waiting))
    session.execute(carried.values(state="accepted", ended_at=now))
    session.execute(update(M).where(col(M.state).in_(UNSENT)).values(state="accepted", ended_at=now))


def counts(session: Session) -> dict[str, int]:
    """Number of messages in each state."""
    query = select(col(M.state), func.count()).group_by(col(M.state))
    return {row[0]: row[1] for row in session.execute(query)}


def recent(session: Session, limit: int, states: Sequence[str] = ()) -> list[tables.Message]:
    """The newest messages first."""
    query = select(M)
    if states:
        query = query.where(col(M.state).in_(states))
    return list(
        session.execute(query.order_by(col(M.slot_at).desc(), col(M.id).desc()).limit(limit)).scalars()
    )
