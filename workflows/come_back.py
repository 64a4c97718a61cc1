"""退信: what was accepted did not arrive after all, as a delivery report in the mailbox says."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from db import given_up, mail_in, outbox, receipts, reminders, tables
from db.session import Database
from db.units import stored_id
from db.ways import Way
from notifications.bounce import Bounce, Fate
from workflows.fall_back import mark_failed
from workflows.office import Office, recipient_of

BELIEVED = timedelta(days=15)  # servers give up after five days; a report of an older mail is none of ours


@dataclass(frozen=True, slots=True)
class Trouble:
    """What coordinators are shown of a message that did not arrive, and what the sentence is made of."""

    sentence: str
    inputs: Mapping[str, object]


def identified(bounce: Bounce, raw: bytes) -> Bounce:
    """A report without Message-ID is known by its content."""
    if bounce.message_id:
        return bounce
    return replace(bounce, message_id=f"<{hashlib.sha256(raw).hexdigest()}@content>")


def take_bounce(database: Database, office: Office, bounce: Bounce, now: datetime) -> str:
    """``bounced``, ``ignored``, or ``known`` when it was taken before.

    Believed only where it speaks of a mail that was accepted lately, and of the very address it went to.
    Then the refusal is on record, the way is marked, and what the mail carried goes by the next one or is
    given up and shown.
    """
    with database.write() as session:
        if not mail_in.claim(session, bounce.message_id, bounce.sender, bounce.subject, now):
            return "known"
        message = mail_in.answered(session, bounce.originals)
        if message is not None:
            session.refresh(message, with_for_update=True)
        fate = _fate_of(bounce, message, now)
        if message is None or fate is None:
            detail, told = "退信或投递通知，无须处理", {"case": "no_matter"}
            mail_in.settle(session, bounce.message_id, "ignored", None, detail, told)
            return "ignored"
        detail, told = f"退信 {fate.status}", {"case": "bounced", "status": fate.status}
        mail_in.settle(session, bounce.message_id, "stored", message.post_id, detail, told)
        refusal = (message.address, "refused", " ".join(filter(None, (fate.status, fate.words))))
        if not receipts.add(session, stored_id(message.id), [refusal], now):
            return "known"
        sentence = f"发给{message.recipient}的消息被退回（{fate.status}），没有送达：请核对邮箱地址，导入新的联系方式。"
        inputs = {"case": "bounced", "recipient": message.recipient, "status": fate.status}
        came_back(session, office, message, fate.status, "bounced", Trouble(sentence, inputs), now)
        return "bounced"


def came_back(
    session: Session,
    office: Office,
    message: tables.Message,
    code: str,
    why: str,
    trouble: Trouble,
    now: datetime,
) -> bool:
    """Whether what an accepted message carried is on another way; else it is given up for the reason ``why``,
    and the trouble shown.

    ``code`` is held against the way, if another is left or it speaks of the recipient. Reminders are owed
    again; anything else goes the other way as it is frozen, of digests and the like the newest alone.
    """
    key = stored_id(message.id)
    carried = [stored_id(row.id) for row in reminders.of_message(session, key)]
    reminders.take_arrival_back(session, key)
    refused = Way(message.channel, message.address)
    if not mark_failed(session, office, message.contact_id, refused, code, now):
        given_up.give_up(session, message, why, trouble.sentence, trouble.inputs, now)
        return False
    if message.kind == "reminder" or not outbox.is_newest(session, message):
        reminders.release(session, carried)
        outbox.finish(session, key, state="superseded", ended_at=now, ended_reason="other_channel")
        return True
    recipient = recipient_of(session, office, message.post_id)
    assert recipient is not None, "another way was found"
    afresh = {"state": "waiting", "next_attempt_at": now, "ended_at": None, "ended_reason": ""}
    way = {"channel": recipient.channel, "address": recipient.address, "contact_id": recipient.contact_id}
    outbox.finish(session, key, **afresh, **way, parts_done=0, bundle="", failures=0)
    return True


def owe_again(session: Session, message: tables.Message, why: str, now: datetime) -> bool:
    """Whether what an accepted message carried is owed again by the same way, because of something that may be over.

    Only reminders are, and not where the post's message before it ended so as well.
    """
    before = outbox.before(session, message)
    is_second = before is not None and (before.state, before.ended_reason) == ("superseded", why)
    if message.kind != "reminder" or is_second:
        return False
    key = stored_id(message.id)
    carried = [stored_id(row.id) for row in reminders.of_message(session, key)]
    reminders.take_arrival_back(session, key)
    reminders.release(session, carried)
    outbox.finish(session, key, state="superseded", ended_at=now, ended_reason=why)
    return True


def _fate_of(bounce: Bounce, message: tables.Message | None, now: datetime) -> Fate | None:
    """What the report says of that message, if it can be believed and says that it is lost."""
    if message is None or message.state != "accepted" or message.channel != "email":
        return None
    if message.ended_at is None or not message.ended_at <= now <= message.ended_at + BELIEVED:
        return None
    own = message.address.casefold()
    return next(
        (one for one in bounce.fates if one.is_lost and own in (each.casefold() for each in one.recipients)),
        None,
    )
