"""A rendered message into the outbox: addressed, keyed and dated in one place for every kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from db import outbox, tables
from notifications.message import Rendered, message_id, thread_id
from workflows.office import Office, Recipient
from workflows.own_templates import show_fault


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What a message is beside its recipient and its text.

    ``thread`` names its series, from which the thread's id derives; a message that answers in another's
    thread gives that one's id as ``thread_id``.
    """

    key: str
    kind: str
    plan_id: int
    slot_on: date
    slot_at: datetime
    thread: str = ""
    thread_id: str = ""
    period: str | None = None
    state: str = "waiting"
    items: Sequence[dict[str, Any]] = ()


def put_out(
    session: Session, office: Office, recipient: Recipient, rendered: Rendered, what: Outgoing, now: datetime
) -> int:
    """The message is frozen in the outbox and leaves from its slot on; returns its id.

    A template of the office's that could not be used for it is a finding.
    """
    if rendered.fault:
        show_fault(session, rendered.fault, now)
    return outbox.add(
        session,
        tables.Message(
            key=what.key,
            kind=what.kind,
            state=what.state,
            plan_id=what.plan_id,
            period=what.period,
            post_id=recipient.post_id,
            contact_id=recipient.contact_id,
            channel=recipient.channel,
            address=recipient.address,
            recipient=recipient.shown,
            locale=recipient.locale,
            slot_on=what.slot_on,
            slot_at=what.slot_at,
            subject=rendered.subject,
            text=rendered.text,
            card=rendered.card.to_json(),
            html=rendered.html,
            items=list(what.items),
            rfc_message_id=message_id(what.key, office.domain, office.salt),
            thread_id=what.thread_id or thread_id(what.thread, office.domain),
            next_attempt_at=what.slot_at,
            created_at=now,
        ),
    )
