"""附件: files that go with a message, and the workbook with one that asks for a report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session

from db import links, outbox, tables
from db.units import stored_id
from engine.model import Rule
from notifications.card import Card
from notifications.channel import File
from notifications.enclosures import address_of, with_files
from workflows.grounds import Ground
from workflows.links import period_of_unit
from workflows.unit_workbook import unit_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ASKING = frozenset({Rule.REPORT_DUE, Rule.REPORT_LATE, Rule.RETURNED, Rule.SHARE_DUE, Rule.SHARE_LATE})


def enclose_workbook(session: Session, grounds: Sequence[Ground], message_id: int, on: date) -> None:
    """The message of a unit that is asked for a report carries the workbook to fill in, if a plan's policy says so."""
    asked = [one for one in grounds if one.row.rule in ASKING and one.plan.policy.attach_workbook]
    if not asked:
        return
    message = session.get_one(tables.Message, message_id)
    unit_id = session.get_one(tables.Post, message.post_id).unit_id
    period = period_of_unit(session, unit_id, on)
    content = unit_workbook(session, unit_id, period)
    enclose(session, message_id, File(f"填报表 {period}.xlsx", XLSX, content))


def enclose(session: Session, message_id: int, file: File) -> None:
    """The file goes with the message, which has its link already; in chats, where no file can go, its card
    leads to it. Nothing happens where all files would be more than 10 MB."""
    stored = outbox.attach(session, message_id, file.name, file.media_type, file.content)
    message = session.get_one(tables.Message, message_id)
    if stored is None or message.card is None:
        return
    nonce = links.nonce_of(session, message_id)
    address = address_of(nonce, stored_id(stored.id)) if nonce else ""
    card = with_files(Card.from_json(message.card), [(file.name, address)], message.locale)
    message.card = card.to_json()
    session.add(message)
