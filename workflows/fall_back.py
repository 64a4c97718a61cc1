"""换渠道: a way that refused for good is left for the contact's next one, and coordinators are shown it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from db import runs, tables, ways
from db.units import stored_id
from workflows.office import POST_NAMES, Office, recipient_of, robot_of

FALLBACK = "CHANNEL_FALLBACK"
NOT_SET_UP = "CHANNEL_NOT_SET_UP"


def mark_failed(
    session: Session, office: Office, contact_id: int | None, channel: str, code: str, now: datetime
) -> bool:
    """Whether another way to the post is left, now that this one has refused the contact for good.

    The way is marked and passed over until somebody has looked at it; coordinators are shown which one is taken
    instead. A contact of whom only the mail address is known gets a way of their own for it, so that the
    failure has a place; where nothing else is left there, nothing is marked and later messages try again.
    """
    contact = session.get(tables.Contact, contact_id) if contact_id is not None else None
    if contact is None:
        return False  # a group's robot, or an inbox that nobody holds: nothing stands behind it
    if contact.ended_at is not None:
        return recipient_of(session, office, contact.post_id) is not None  # whoever came after is reached
    post = ways.held_post(session, contact.post_id)
    holder = next((one for one in post.holders if one.contact_id == contact_id), None)
    if holder and not holder.ways and len(post.holders) == 1 and robot_of(session, office, post) is None:
        return False
    _mark(session, contact, channel, code, now)
    following = recipient_of(session, office, contact.post_id)
    if following is None:
        return False
    whose = f"{post.unit}的{POST_NAMES.get(post.kind, post.kind)}"
    sentence = (
        f"{whose}的渠道“{shown_channel(channel)}”拒收，已改走“{shown_channel(following.channel)}”："
        "请核对地址后用 duban contacts retry 重试，或导入新的联系方式。"
    )
    runs.open_finding(session, FALLBACK, _subject(stored_id(contact.id), channel), sentence, now)
    return True


def forget_failures(session: Session, channel: str, now: datetime) -> int:
    """How many contacts are tried on that channel again, now that it is set up anew."""
    table = tables.ContactChannel
    failed = select(table).where(col(table.channel) == channel, col(table.failed_at).is_not(None))
    return _forgotten(session, list(session.exec(failed)), now)


def retry_contacts(session: Session, unit_id: int, now: datetime) -> int:
    """How many ways to people of that unit are tried again."""
    way, contact, post = tables.ContactChannel, tables.Contact, tables.Post
    failed = (
        select(way)
        .join(contact, col(contact.id) == col(way.contact_id))
        .join(post, col(post.id) == col(contact.post_id))
        .where(col(post.unit_id) == unit_id, col(way.failed_at).is_not(None))
    )
    return _forgotten(session, list(session.exec(failed)), now)


def close_fallback(session: Session, contact_id: int, channel: str, now: datetime) -> None:
    """The finding about that way is settled, if there was one."""
    runs.close_finding(session, FALLBACK, _subject(contact_id, channel), now)


def shown_channel(name: str) -> str:
    """The channel as people call it."""
    return {"email": "邮箱", "inbox": "收件箱"}.get(name, name)


@dataclass(frozen=True, slots=True)
class Skipped:
    """Channels that contacts name and nobody set up, and those of which coordinators were told before."""

    missing: frozenset[str]
    told: frozenset[str]

    @property
    def changed(self) -> bool:
        """Whether there is something new to tell or to settle."""
        return self.missing != self.told


def skipped_channels(session: Session, office: Office) -> Skipped:
    """Which channels are passed over because they are not set up."""
    told = frozenset(row.subject.removeprefix("channel:") for row in runs.open_findings(session, NOT_SET_UP))
    return Skipped(frozenset(ways.named_channels(session) - office.channels.keys()), told)


def show_skipped(session: Session, skipped: Skipped, now: datetime) -> None:
    """Coordinators see the channels that are passed over, and no others."""
    for name in sorted(skipped.missing - skipped.told):
        sentence = f"联系人里写的渠道“{shown_channel(name)}”还没有配置，暂时跳过：请用 duban channels add 添加，或改用别的渠道。"
        runs.open_finding(session, NOT_SET_UP, f"channel:{name}", sentence, now)
    for name in sorted(skipped.told - skipped.missing):
        runs.close_finding(session, NOT_SET_UP, f"channel:{name}", now)


def _mark(session: Session, contact: tables.Contact, channel: str, code: str, now: datetime) -> None:
    """The contact's ways on that channel are marked; a way that was not written down yet is now."""
    table, contact_id = tables.ContactChannel, stored_id(contact.id)
    rows = session.exec(select(table).where(col(table.contact_id) == contact_id)).all()
    if not rows:
        rows = [table(contact_id=contact_id, rank=1, channel=channel, address=contact.email or "")]
    for row in rows:
        if row.channel == channel and row.failed_at is None:
            row.failed_at, row.failed_code = now, code
            session.add(row)
    session.flush()


def _forgotten(session: Session, rows: list[tables.ContactChannel], now: datetime) -> int:
    for row in rows:
        close_fallback(session, row.contact_id, row.channel, now)
        row.failed_at, row.failed_code = None, ""
        session.add(row)
    session.flush()
    return len(rows)


def _subject(contact_id: int, channel: str) -> str:
    return f"contact:{contact_id}:{channel}"
