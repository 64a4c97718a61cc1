"""渠道停用: what waits for a channel that is out of order for good, or is gone, leaves by other ways."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session

from db import given_up, outbox, plans, reminders, tables
from db.session import Database
from db.units import stored_id
from notifications.channel import Verdict
from workflows import group_copy
from workflows.conclude import take_other_way
from workflows.office import Office, recipient_of

BATCH = 50
ABSENT_RESTS = timedelta(hours=1)  # until it is looked again whether the channel is set up


def leave_channel(database: Database, office: Office, channel: str, verdict: Verdict, now: datetime) -> int:
    """How many messages that waited for the channel go another way now; the others wait for it as before.

    Each post is locked before its messages and in the order of ids, as everybody does: no worker waits in a
    circle.
    """
    with database.read() as session:
        waiting = outbox.untouched_on(session, channel)
    moved = 0
    for start in range(0, len(waiting), BATCH):
        with database.write() as session:
            for key in waiting[start : start + BATCH]:
                message = _taken(session, key, channel)
                if message is not None:
                    moved += take_other_way(session, office, message, verdict, now)
    return moved


def leave_absent(database: Database, office: Office, message_id: int, now: datetime) -> None:
    """The message was to be repeated on a channel that is not set up any more: nothing is attempted there.

    It goes by the contact's next way; without one it waits, while a finding shows what is missing, and is given
    up after the policy's days, counted anew where somebody has sent it again.
    """
    with database.write() as session:
        message = outbox.take(session, message_id)
        if message and outbox.is_due(message, now) and message.channel not in office.channels:
            _leave_absent(session, office, message, now)


def _leave_absent(session: Session, office: Office, message: tables.Message, now: datetime) -> None:
    key, policy = stored_id(message.id), plans.load_plan(session, message.plan_id).policy
    recipient = recipient_of(session, office, message.post_id)
    if message.kind == group_copy.KIND:
        _end(session, message, "withdrawn", "robot_removed", now)
    elif recipient is not None and message.kind == "reminder":
        reminders.release(session, [stored_id(row.id) for row in reminders.of_message(session, key)])
        _end(session, message, "superseded", "other_channel", now)
    elif recipient is not None:
        way = {"channel": recipient.channel, "address": recipient.address, "contact_id": recipient.contact_id}
        afresh = {"state": "waiting", "next_attempt_at": now, "lease_until": None}
        outbox.finish(session, key, **way, **afresh, parts_done=0, bundle="", failures=0)
    elif now - outbox.tried_since(session, message) > timedelta(days=policy.give_up_days):
        sentence = f"发给{message.recipient}的消息未能送达：渠道“{message.channel}”没有配置，也没有别的渠道。"
        inputs = {"case": "no_channel", "recipient": message.recipient, "channel": message.channel}
        given_up.give_up(session, message, "channel_missing", sentence, inputs, now)
    else:
        values = {"state": "waiting", "next_attempt_at": now + ABSENT_RESTS, "lease_until": None}
        outbox.finish(session, key, **values)


def _taken(session: Session, key: int, channel: str) -> tables.Message | None:
    """The message, locked, if it still waits there and can have reached nobody."""
    message = outbox.take(session, key)
    if message is None or (message.state, message.channel, message.parts_done) != ("waiting", channel, 0):
        return None
    return None if outbox.may_have_arrived(session, key) else message


def _end(session: Session, message: tables.Message, state: str, reason: str, now: datetime) -> None:
    key = stored_id(message.id)
    outbox.finish(session, key, state=state, ended_at=now, ended_reason=reason, lease_until=None)
    reminders.settle(session, key, state, reason, now)
