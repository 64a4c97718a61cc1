"""再次发送: what was given up is tried again, what had arrived is sent once more as a copy that says so.

What "again" means depends on where the message stands:

- given up: the same message waits again, under the same Message-ID, with the attempts it has had; what it
  reminds of is owed again. It leaves by the rules of every message: within the window, once more compared with
  what is so now (what is settled is withdrawn, what has changed or goes to somebody else is composed anew),
  with another link where its own has ended.
- accepted, or given up while nobody knows whether it has arrived and its link has ended: a second message,
  numbered among the copies of the first, with a key and a Message-ID of its own, marked 补发 in its subject and
  at its top, for whoever holds the post now. Its button, if there is one, opens a link of its own.
- held, waiting, being sent, superseded, withdrawn: refused, for another message takes its place, or will leave.

Nothing leaves twice by two clicks or two people: who asks says how often it was tried or copied before, the
post's lock lets one decide after the other, and the copy's key is unique.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select
from sqlmodel import Session, col

from db import given_up, hold, outbox, plans, reminders, runs, tables
from db.calendar import load_calendar
from db.session import Database
from db.units import stored_id
from engine import slots
from engine.errors import DubanError
from workflows import group_copy, recheck
from workflows.compose import compose_for
from workflows.copies import KIND, put_copy
from workflows.links import has_dead_link
from workflows.office import Office, Recipient, recipient_of
from workflows.settle_given_up import checked

M = tables.Message
How = Literal["retry", "copy"]
Outcome = Literal["again", "copy", "anew", "outdated"]
WHY_NOT = {
    "held": "还没有批准，批准通报后自然会发出",
    "waiting": "还在等待发出，到时会自动发送，不用重发",
    "sending": "正在发送，请等结果",
    "superseded": "已由别的消息替代，请看替代它的那一封",
    "withdrawn": "已撤回，当时已经不用再说",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """What sending again would do now, and to whom; ``seen`` is how often it was tried, or copied, before."""

    how: How
    recipient: str
    channel: str
    address: str
    leaves_at: datetime
    seen: int


@dataclass(frozen=True, slots=True)
class Resent:
    """What became of it: ``message_id`` is the message that is on its way now.

    ``again``: the same one waits; ``copy``: a second one does; ``anew``: what it said is composed anew;
    ``outdated``: nothing of it was still to be said, it was withdrawn.
    """

    outcome: Outcome
    message_id: int
    recipient: str


def offer_of(session: Session, office: Office, message: tables.Message, now: datetime) -> Offer:
    """What a coordinator is shown before the message is sent again. Nothing is changed.

    Raises DubanError: SENDING_HELD, RESEND_REFUSED, NO_CONTACT.
    """
    _refuse(session, message)
    how: How = "retry" if message.state == "given_up" and not _is_spent(session, message, now) else "copy"
    to = _reader(session, office, message)
    channel, address = (to.channel, to.address) if to else (message.channel, message.address)
    seen = message.attempts if how == "retry" else copies_of(session, _original_id(message))
    return Offer(how, message.recipient, channel, address, _leaves_at(session, message, now), seen)


def resend(
    database: Database,
    office: Office,
    message_id: int,
    now: datetime,
    who: str,
    reason: str = "",
    seen: int | None = None,
) -> Resent:
    """The message is on its way again, on record with who and why; see the top of this file for what that means.

    ``seen`` is what the offer said. Raises DubanError as :func:`offer_of`, RESEND_DONE where a colleague was
    faster, NO_REASON for a copy without one, REASON_TOO_LONG, NO_SUCH_MESSAGE.
    """
    words = checked(reason)
    with database.write() as session:
        message = _taken(session, message_id)
        offer = offer_of(session, office, message, now)
        if seen is not None and seen != offer.seen:
            raise DubanError("RESEND_DONE", "这封消息刚刚已经再次发送：没有重复发出，请看它现在的状态。")
        if offer.how == "copy" and not words:
            raise DubanError("NO_REASON", "没有补发：对方可能已经收到过一次，请写明为什么再发一次。")
        send = _retry if offer.how == "retry" else _copy
        resent = send(session, office, message, now)
        details = {"message": message_id, "outcome": resent.outcome, "sent": resent.message_id}
        runs.record(session, "resend", who, now, plan_id=message.plan_id, reason=words, details=details)
    return resent


def copies_of(session: Session, message_id: int) -> int:
    """How many copies of that message there are."""
    query = select(func.count()).select_from(M).where(col(M.key).startswith(f"{KIND}:{message_id}:"))
    return int(session.execute(query).scalar_one())


def _taken(session: Session, message_id: int) -> tables.Message:
    """The message, its post and itself locked."""
    message = outbox.take(session, message_id)
    if message is None:
        raise DubanError("NO_SUCH_MESSAGE", "没有这封消息，或者它正在办理中：请稍后再看。")
    return message


def _refuse(session: Session, message: tables.Message) -> None:
    """Raises DubanError where it may not be sent again."""
    if hold.held(session):
        raise DubanError(
            "SENDING_HELD", "恢复备份后发送还暂停着，现在什么都不能发：请先决定到期的消息怎么办。"
        )
    why = WHY_NOT.get(message.state, "")
    if message.state == "accepted" and message.kind == group_copy.KIND:
        why = "是群里的抄送，请补发给联系人的那一封"
    if message.state == "given_up" and not outbox.is_newest(session, message):
        why = "之后已有更新的一期，请重发更新的那一封"
    if why:
        raise DubanError("RESEND_REFUSED", f"这封消息{why}。")


def _reader(session: Session, office: Office, message: tables.Message) -> Recipient | None:
    """Who gets it now; ``None`` for a copy to a group, which is bound to its robot. Raises DubanError NO_CONTACT."""
    if message.kind == group_copy.KIND:
        return None
    found = recipient_of(session, office, message.post_id)
    if found is None:
        raise DubanError("NO_CONTACT", f"{message.recipient}现在没有可用的联系方式：请先登记或核对联系人。")
    return found


def _is_spent(session: Session, message: tables.Message, now: datetime) -> bool:
    """Whether it could only be repeated unchanged, with a button that opens nothing any more."""
    return has_dead_link(session, message, now) and recheck.has_begun(session, message)


def _leaves_at(session: Session, message: tables.Message, now: datetime) -> datetime:
    plan = plans.load_plan(session, message.plan_id)
    return slots.next_opening(plan.policy, load_calendar(session), now, plans.zone_of(plan))


def _original_id(message: tables.Message) -> int:
    """The message itself, or the one that it is a copy of."""
    return int(message.key.split(":")[1]) if message.kind == KIND else stored_id(message.id)


def _retry(session: Session, office: Office, message: tables.Message, now: datetime) -> Resent:
    key, to = stored_id(message.id), _reader(session, office, message)
    reminders.take_giving_up_back(session, key)
    afresh = {"state": "waiting", "next_attempt_at": now, "ended_at": None, "ended_reason": "", "bundle": ""}
    unsettled = {"settled_at": None, "settled_by": "", "settled_reason": ""}
    outbox.finish(session, key, **afresh, **unsettled, failures=0, lease_until=None)
    given_up.close_finding(session, message.post_id, now)
    session.refresh(message)
    if to and (to.channel, to.address) != (message.channel, message.address):
        return _to_another(session, office, message, to, now)
    if recheck.is_as_it_should_be(session, office, message, now):
        recheck.may_leave(session, message, now)
    return _became(session, message)


def _to_another(
    session: Session, office: Office, message: tables.Message, to: Recipient, now: datetime
) -> Resent:
    """The address that refused is not the one that is written to: nothing can have arrived there."""
    key = stored_id(message.id)
    if message.kind == "reminder":
        reminders.release(session, [stored_id(row.id) for row in reminders.of_message(session, key)])
        ended = {"state": "superseded", "ended_at": now, "ended_reason": "recipient_changed"}
        outbox.finish(session, key, **ended)
        compose_for(session, office, message.post_id, now)
    else:
        way = {"channel": to.channel, "address": to.address, "contact_id": to.contact_id}
        outbox.finish(session, key, **way, parts_done=0)
        session.refresh(message)
        recheck.may_leave(session, message, now)
    return _became(session, message)


def _became(session: Session, message: tables.Message) -> Resent:
    session.flush()
    session.refresh(message)
    outcome: Outcome = "again"
    if message.state != "waiting":
        outcome = "anew" if message.state == "superseded" else "outdated"
    return Resent(outcome, stored_id(message.id), message.recipient)


def _copy(session: Session, office: Office, message: tables.Message, now: datetime) -> Resent:
    original = session.get_one(tables.Message, _original_id(message))
    to = _reader(session, office, original)
    assert to is not None, "copies to groups are refused"
    number = copies_of(session, stored_id(original.id)) + 1
    copied = put_copy(session, office, original, to, number, _leaves_at(session, original, now), now)
    return Resent("copy", copied, to.shown)
