"""People with channels for workflow tests, and chat channels with memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import col, select

from db import runs, tables
from db.session import Database
from db.units import stored_id
from notifications.card import Card
from notifications.channel import Channel, Traits
from tests.channels import RememberingChannel
from tests.workflows.office_2024 import mail_office
from workflows.office import Office

Named = tuple[str, str]  # channel and address there


class RememberingRobot(RememberingChannel):
    """A group robot: a page is the cards' own words, and an address is only whom it calls."""

    traits = Traits(needs_address=False)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def pages(self, cards: Sequence[Card], mentions: Sequence[str] = ()) -> tuple[str, ...]:
        """One page for all."""
        return (repr((cards, mentions)),)


class RememberingApp(RememberingRobot):
    """A chat application: it reaches a person by an id."""

    traits = Traits(needs_address=True)


def office_with(mail: RememberingChannel, *others: Channel) -> Office:
    """An office with these channels beside mail, which stays the default."""
    office = mail_office(mail)
    return replace(office, channels={**office.channels, **{one.name: one for one in others}})


def give_ways(database: Database, post_id: int, *ways: Named) -> int:
    """Whoever came last to the post is reached by these channels, in this order; returns the contact's id."""
    with database.write() as session:
        table = tables.Contact
        contact = session.exec(
            select(table).where(col(table.post_id) == post_id).order_by(col(table.id).desc())
        ).first()
        assert contact is not None
        contact_id = stored_id(contact.id)
        for rank, (channel, address) in enumerate(ways, 1):
            row = tables.ContactChannel(contact_id=contact_id, rank=rank, channel=channel, address=address)
            session.add(row)
    return contact_id


def give_robot(database: Database, unit: str, *channels: str) -> None:
    """The unit has these group robots."""
    with database.write() as session:
        row = session.exec(select(tables.Unit).where(col(tables.Unit.name) == unit)).one()
        session.add_all(tables.UnitRobot(unit_id=stored_id(row.id), channel=one) for one in channels)


def dispute(database: Database, contact_id: int, now: datetime) -> None:
    """Somebody said that this contact is the wrong person."""
    with database.write() as session:
        session.get_one(tables.Contact, contact_id).disputed_at = now


def open_now(database: Database) -> list[Named]:
    """Code and subject of what coordinators are shown now."""
    with database.read() as session:
        return [(row.code, row.subject) for row in runs.open_findings(session)]
