"""群里提醒: beside what its liaison gets personally, a unit's group is told the same, without a link to act by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from db import outbox, reminders, tables, ways
from db.units import stored_id
from notifications.message import Rendered
from workflows.grounds import judge_grounds
from workflows.office import Office, Recipient
from workflows.outgoing import Outgoing, put_out

KIND = "group"


def copy_to_group(
    session: Session,
    office: Office,
    recipient: Recipient,
    message_id: int,
    what: Outgoing,
    rendered: Callable[[], Rendered],
    now: datetime,
) -> int:
    """How many group robots of the unit were given a copy of that message to its liaison.

    A copy carries no reminder: what is owed rests on the personal message, and a copy that is refused is a
    finding only. Where the personal message is composed anew for another channel, the group hears what it
    carries once: a copy that says nothing but what the group was told that day does not leave. It calls the liaison by the id on that channel, if one is known. ``rendered`` is the message
    without a link: several units may share a robot, and whoever has a link speaks for its unit. What an older
    copy has not said yet it never will.
    """
    post = session.get_one(tables.Post, recipient.post_id)
    named = ways.robots_of(session, post.unit_id) if post.kind == "liaison" else []
    robots = [one for one in named if one in office.channels and one != recipient.channel]
    if not robots:
        return 0
    holders = ways.held_post(session, recipient.post_id).holders
    _supersede_older(session, recipient.post_id, what, now)
    said = rendered()
    said = replace(said, card=said.card.without_links())
    for robot in robots:
        key = f"{KIND}:{message_id}:{robot}"
        group = replace(
            recipient,
            channel=robot,
            address=ways.address_on(holders, robot),
            contact_id=None,
            is_group=True,
        )
        copied = replace(what, key=key, kind=KIND, state="waiting", thread=f"{KIND}:{what.thread}")
        put_out(session, office, group, said, copied, now)
    return len(robots)


def is_still_true(session: Session, office: Office, copy: tables.Message, now: datetime) -> bool:
    """Whether a copy may leave as it stands; if it says what is so no longer, it is withdrawn with the reason.

    It waits as long as its message is held, and while a copy that says the same is on its way.
    """
    original = session.get(tables.Message, int(copy.key.split(":")[1]))
    assert original is not None, "messages are never deleted while copies of them wait"
    told = outbox.told_in_group(session, copy)
    if original.state == "held" or told == "sending":
        return False
    reason = "said_before" if told else _ending(session, office, copy, original, now)
    if reason:
        outbox.end(session, stored_id(copy.id), "withdrawn", reason, now)
    return not reason


def _ending(
    session: Session, office: Office, copy: tables.Message, original: tables.Message, now: datetime
) -> str:
    """Why the copy has nothing to say; empty while it has."""
    if original.state in ("superseded", "withdrawn"):
        return f"original_{original.state}"
    unit_id = session.get_one(tables.Post, copy.post_id).unit_id
    if copy.channel not in ways.robots_of(session, unit_id) or copy.channel not in office.channels:
        return "robot_removed"
    carried = reminders.of_message(session, stored_id(original.id))
    grounds = judge_grounds(session, carried, now)
    return "settled" if carried and all(ground.ending for ground in grounds) else ""


def _supersede_older(session: Session, post_id: int, what: Outgoing, now: datetime) -> None:
    """Of a series the group hears the newest alone, however long its robot was out of order."""
    for key in outbox.unsent_before(session, post_id, KIND, what.slot_at):
        older = session.get_one(tables.Message, key)
        series = (older.period is None, older.period and older.plan_id)
        if series == (what.period is None, what.period and what.plan_id):
            outbox.end(session, key, "superseded", "replaced_by_newer_copy", now)
