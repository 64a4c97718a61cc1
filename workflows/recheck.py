"""Once more before it leaves: whether a message is due, may leave now, and still says what is so."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlmodel import Session

from db import outbox, plans, reminders, tables
from db.calendar import load_calendar
from db.units import stored_id
from engine import slots
from notifications.channel import Channel
from workflows import group_copy, remind_now
from workflows.compose import cannot_reach, compose_for, slot_ahead
from workflows.grounds import judge_grounds, keep_standing
from workflows.links import has_dead_link, renew_link
from workflows.office import Office, recipient_of
from workflows.turn import Turn

ONE_MINUTE = timedelta(minutes=1)
SPREAD = 50  # seconds over which messages leave after a minute that the vendor wants quiet


def ready(
    session: Session, turn: Turn, message_id: int, channel: Channel | None, *, wait: bool = True
) -> tables.Message | None:
    """The message, locked, if it should and may leave now as it stands; its button works.

    Without ``wait`` also ``None`` where another worker holds its post.
    """
    message = outbox.take(session, message_id, wait=wait)
    if message is None or not outbox.is_due(message, turn.now) or message.channel in turn.ill:
        return None
    if not may_leave(session, message, turn.now):
        turn.held += 1
        return None
    if channel and turn.clock().minute in channel.traits.quiet_minutes:
        _wait_out(session, message, turn.clock())
        return None
    if not is_as_it_should_be(session, turn.office, message, turn.now):
        return None
    if has_dead_link(session, message, turn.now) and not has_begun(session, message):
        renew_link(session, turn.office, message, turn.now)  # something later has arrived while it waited
    return message


def has_begun(session: Session, message: tables.Message) -> bool:
    """Whether something of the message may have arrived already: then it is repeated unchanged, or not at all."""
    return message.parts_done > 0 or outbox.may_have_arrived(session, stored_id(message.id))


def _wait_out(session: Session, message: tables.Message, now: datetime) -> None:
    """It leaves in the next minute, not all at once."""
    if message.state == "waiting":
        number = int.from_bytes(hashlib.sha256(message.key.encode()).digest()[:4], "big")
        begins = now.replace(second=0, microsecond=0) + ONE_MINUTE
        hold_until(session, message, begins + timedelta(seconds=number % SPREAD))


def may_leave(session: Session, message: tables.Message, now: datetime) -> bool:
    """Whether the windows of all its plans are open; outside them the message waits for the opening."""
    calendar = load_calendar(session)
    keys = {message.plan_id, *reminders.plans_of_message(session, stored_id(message.id))}
    openings = [
        slots.next_opening(plan.policy, calendar, now, plans.zone_of(plan))
        for plan in (plans.load_plan(session, key) for key in keys)
    ]
    if max(openings) <= now:
        return True
    if message.state == "waiting":
        hold_until(session, message, max(openings))
    return False


def hold_until(session: Session, message: tables.Message, moment: datetime) -> None:
    """It waits for that moment."""
    message.next_attempt_at = moment
    session.add(message)


def is_as_it_should_be(session: Session, office: Office, message: tables.Message, now: datetime) -> bool:
    """Whether it may leave as it stands; if not, what has to come in its place is composed or waits.

    A message of which something may have arrived already is repeated unchanged, whatever has happened since.
    """
    if message.state == "sending":
        _close_lost_attempt(session, message, now)
        return True
    if has_begun(session, message):
        return True
    if message.kind == group_copy.KIND:
        return group_copy.is_still_true(session, office, message, now)
    if message.kind == remind_now.KIND and not remind_now.is_still_owed(session, message, now):
        return False
    if message.kind != "reminder":
        return _find_reader(session, office, message, now)
    if _joins_newer(session, office, message, now):
        return False
    if _still_right(session, office, message, now):
        return True
    compose_for(session, office, message.post_id, now)
    return False


def _close_lost_attempt(session: Session, message: tables.Message, now: datetime) -> None:
    """The worker before us left no verdict: nobody knows whether the far end has it."""
    attempt = outbox.open_attempt(session, stored_id(message.id))
    if attempt:
        attempt.verdict, attempt.finished_at = "unknown", now
        attempt.detail = "租约到期而没有回执，按原样重发"
        session.add(attempt)


def _find_reader(session: Session, office: Office, message: tables.Message, now: datetime) -> bool:
    """Whether somebody holds the digest's post; a successor gets what was frozen for the post."""
    recipient = recipient_of(session, office, message.post_id)
    if recipient is None:
        outbox.end(session, stored_id(message.id), "withdrawn", "no_contact", now)
        cannot_reach(session, message.post_id, now)
        return False
    message.address, message.channel = recipient.address, recipient.channel
    message.contact_id = recipient.contact_id
    session.add(message)
    return True


def _joins_newer(session: Session, office: Office, message: tables.Message, now: datetime) -> bool:
    """Whether a message left over from an earlier day leaves together with what has become due since."""
    zone = plans.zone_of(plans.load_plan(session, message.plan_id))
    if message.slot_on >= now.astimezone(zone).date():
        return False
    if compose_for(session, office, message.post_id, now) == "composed":
        return True
    slot = slot_ahead(session, message.post_id, now)
    if slot:
        hold_until(session, message, slot)
    return slot is not None


def _still_right(session: Session, office: Office, message: tables.Message, now: datetime) -> bool:
    """Whether grounds and recipient still hold; if not, the message is superseded and its rest released."""
    key = stored_id(message.id)
    recipient = recipient_of(session, office, message.post_id)
    moved = recipient is None or (recipient.channel, recipient.address) != (message.channel, message.address)
    grounds = judge_grounds(session, reminders.of_message(session, key), now)
    standing = [ground for ground in grounds if ground.ending is None]
    if not moved and len(standing) == len(message.items):
        return True
    reminders.release(session, [ground.key for ground in grounds])
    kept = keep_standing(session, grounds, now)
    reason = "recipient_changed" if moved else "content_changed"
    outbox.end(session, key, "superseded" if kept else "withdrawn", reason, now)
    return False
