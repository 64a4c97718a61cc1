"""换渠道: a way that refused for good is left for the contact's next one, and coordinators are shown it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from db import runs, tables, ways
from db.units import stored_id
from db.ways import Way
from workflows.office import BY_MAIL, POST_NAMES, Office, Recipient, recipient_of, robot_of

FALLBACK = "CHANNEL_FALLBACK"
NOT_SET_UP = "CHANNEL_NOT_SET_UP"
_RECIPIENTS = ("recipient_refused", "bad_address", "no_smtputf8")  # the address itself cannot be written to
_RECIPIENT_STATUS = re.compile(
    r"5\.(?:1\.(?![78]$)\d+|2\.1)$"
)  # RFC 3463: address or mailbox, not the sender's


def mark_failed(
    session: Session, office: Office, contact_id: int | None, refused: Way, code: str, now: datetime
) -> bool:
    """Whether another way to the post is left, now that this one has refused what was sent to the contact.

    Then the way is marked and passed over until somebody has looked at it; coordinators are shown which one is
    taken instead. A contact of whom only the mail address is known gets a way of their own for it, so that the
    failure has a place. Where nothing else is left, only a refusal that speaks of the recipient stays marked: for
    one bad message, or one bad day of the channel, nobody becomes unreachable. An address that was corrected
    meanwhile is not the one that refused.
    """
    contact = session.get(tables.Contact, contact_id) if contact_id is not None else None
    if contact is None:
        return False  # a group's robot, or an inbox that nobody holds: nothing stands behind it
    if contact.ended_at is not None:
        return recipient_of(session, office, contact.post_id) is not None  # whoever came after is reached
    post = ways.held_post(session, contact.post_id)
    if not _is_of(contact, ways.ways_of_contact(session, stored_id(contact.id)), refused):
        return recipient_of(session, office, contact.post_id) is not None
    holder = next((one for one in post.holders if one.contact_id == contact_id), None)
    if holder and not holder.ways and len(post.holders) == 1 and robot_of(session, office, post) is None:
        return False
    with session.begin_nested() as marking:
        _mark(session, contact, refused, code, now)
        following = _following(session, office, contact, code, now)
        if following is None and not speaks_of_recipient(code):
            marking.rollback()
    if following is None:
        return False
    _show(session, contact, post, refused.channel, following.channel, code, now)
    return True


def speaks_of_recipient(code: str) -> bool:
    """Whether a refusal with that code, of a verdict or of a delivery report, is about the person's address and not
    about one message, the sender or the channel."""
    return code in _RECIPIENTS or bool(_RECIPIENT_STATUS.match(code))


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
        runs.open_finding(session, NOT_SET_UP, f"channel:{name}", sentence, now, inputs={"channel": name})
    for name in sorted(skipped.told - skipped.missing):
        runs.close_finding(session, NOT_SET_UP, f"channel:{name}", now)


def _is_of(contact: tables.Contact, rows: Sequence[tables.ContactChannel], way: Way) -> bool:
    """Whether the contact is still to be reached by that way, marked or not."""
    if not rows:
        return way.channel not in BY_MAIL or _same(contact.email or "", way.address)
    return any(_is_way(contact, row, way) for row in rows)


def _is_way(contact: tables.Contact, row: tables.ContactChannel, way: Way) -> bool:
    address = row.address or (contact.email or "" if row.channel in BY_MAIL else "")
    return row.channel == way.channel and _same(address, way.address)


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def _mark(session: Session, contact: tables.Contact, refused: Way, code: str, now: datetime) -> None:
    """The contact's way is marked; one that was not written down yet is now. What speaks of the recipient counts
    more than what was held against the way before."""
    table, contact_id = tables.ContactChannel, stored_id(contact.id)
    rows = ways.ways_of_contact(session, contact_id) or [
        table(contact_id=contact_id, rank=1, channel=refused.channel, address=contact.email or "")
    ]
    for row in rows:
        is_worse = speaks_of_recipient(code) and not speaks_of_recipient(row.failed_code)
        if _is_way(contact, row, refused) and (row.failed_at is None or is_worse):
            row.failed_at, row.failed_code = now, code
            session.add(row)
    session.flush()


def _following(
    session: Session, office: Office, contact: tables.Contact, code: str, now: datetime
) -> Recipient | None:
    """Who is reached instead. After a refusal that speaks of the recipient, before nobody is: by a way of theirs
    that was left for another reason, which may be over."""
    found = recipient_of(session, office, contact.post_id)
    if found is not None or not speaks_of_recipient(code):
        return found
    rows = ways.ways_of_contact(session, stored_id(contact.id))
    worth = [row for row in rows if row.failed_at and not speaks_of_recipient(row.failed_code)]
    return recipient_of(session, office, contact.post_id) if _forgotten(session, worth, now) else None


def _show(
    session: Session,
    contact: tables.Contact,
    post: ways.HeldPost,
    left: str,
    taken: str,
    code: str,
    now: datetime,
) -> None:
    whose = f"{post.unit}的{POST_NAMES.get(post.kind, post.kind)}"
    is_recipient = speaks_of_recipient(code)
    happened = "拒收" if is_recipient else "没有收下消息"
    todo = (
        "核对地址后用 duban contacts retry 重试，或导入新的联系方式"
        if is_recipient
        else "查明原因后用 duban contacts retry 恢复"
    )
    sentence = f"{whose}的渠道“{shown_channel(left)}”{happened}，已改走“{shown_channel(taken)}”：请{todo}。"
    case = "recipient" if is_recipient else "channel"
    inputs = {"case": case, "unit": post.unit, "post": post.kind, "left": left, "taken": taken}
    runs.open_finding(session, FALLBACK, _subject(stored_id(contact.id), left), sentence, now, inputs=inputs)


def _forgotten(session: Session, rows: list[tables.ContactChannel], now: datetime) -> int:
    for row in rows:
        close_fallback(session, row.contact_id, row.channel, now)
        row.failed_at, row.failed_code = None, ""
        session.add(row)
    session.flush()
    return len(rows)


def _subject(contact_id: int, channel: str) -> str:
    return f"contact:{contact_id}:{channel}"
