"""By which channels people are reached: what the contacts workbook says of it, checked and stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from difflib import get_close_matches

from sqlmodel import Session, col, select

from db import runs, tables
from db.units import stored_id
from db.ways import ways_of_contact
from engine.errors import DubanError
from intake.contact_ways import BUILT_IN, WayRow
from intake.contacts import ContactsDraft
from workflows.fall_back import close_fallback
from workflows.office import BY_MAIL

WRONG_PERSON = "WRONG_PERSON"


def check_channels(session: Session, draft: ContactsDraft) -> None:
    """Every channel in the workbook is there. Raises DubanError UNKNOWN_CHANNEL, naming the row."""
    setups = list(session.exec(select(tables.ChannelSetup.name)))
    known = {*setups, *BUILT_IN.values()}
    named = [(unit.where, robot) for unit in draft.units for robot in unit.robots or ()]
    named += [(one.where, way.channel) for one in draft.contacts for way in one.ways or ()]
    for where, channel in named:
        if channel not in known:
            near = "、".join(get_close_matches(channel, setups, n=3, cutoff=0.5))
            hint = f"是否指 {near}？" if near else "请先用 duban channels add 添加，或改正名称。"
            raise DubanError(
                "UNKNOWN_CHANNEL", f"{where}：没有配置过渠道“{channel}”，没有保存任何内容：{hint}"
            )


def store_robots(session: Session, unit_id: int, robots: Sequence[str] | None) -> None:
    """The unit has these group robots; with ``None`` those that it had."""
    if robots is None:
        return
    table = tables.UnitRobot
    present = session.exec(select(table).where(col(table.unit_id) == unit_id)).all()
    for row in present:
        if row.channel not in robots:
            session.delete(row)
    had = {row.channel for row in present}
    session.add_all(table(unit_id=unit_id, channel=one) for one in robots if one not in had)
    session.flush()


def store_ways(
    session: Session, contact: tables.Contact, ways: Sequence[WayRow] | None, now: datetime
) -> None:
    """The contact is reached by these channels in order; with ``None`` by those that there were.

    A way under the same address stays marked where it refused; what is new or gone is settled.
    """
    if ways is None:
        return
    table, contact_id = tables.ContactChannel, stored_id(contact.id)
    present = ways_of_contact(session, contact_id)
    before = {(row.channel, row.address): (row.failed_at, row.failed_code) for row in present}
    for row in present:
        session.delete(row)
    session.flush()
    for rank, way in enumerate(ways, 1):
        address = (contact.email or "") if way.channel in BY_MAIL else way.address
        failed_at, failed_code = before.pop((way.channel, address), (None, ""))
        row = table(contact_id=contact_id, rank=rank, channel=way.channel, address=address)
        row.failed_at, row.failed_code = failed_at, failed_code
        session.add(row)
    for channel, _ in before:
        close_fallback(session, contact_id, channel, now)
    session.flush()


def end_contact(session: Session, contact: tables.Contact, now: datetime) -> None:
    """The contact holds the post no longer; what was found about them is settled."""
    contact.ended_at = now
    session.add(contact)
    for way in ways_of_contact(session, stored_id(contact.id)):
        close_fallback(session, stored_id(contact.id), way.channel, now)
    runs.close_finding(session, WRONG_PERSON, f"contact:{contact.id}", now)
