"""What workflows need besides the database: the ways out and whom a reply reaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sqlmodel import Session, col, select

from db import tables
from notifications.inbox import InboxChannel
from notifications.message import Channel, Person


@dataclass(frozen=True)
class Office:
    """The sender's side of every message.

    ``default_channel`` is ``inbox`` until the operator configures e-mail; the inbox needs no contact.
    ``domain`` names the installation in Message-IDs and never changes once messages were sent.
    """

    channels: Mapping[str, Channel] = field(default_factory=lambda: {"inbox": InboxChannel()})
    default_channel: str = "inbox"
    from_address: str = "duban@localhost"
    from_name: str = "督办"
    domain: str = "duban.localhost"
    coordinator: Person = field(default_factory=lambda: Person("督查室"))

    def without_network(self) -> Office:
        """The same office for a rehearsal: addressed alike, but everything ends in the inbox."""
        return replace(self, channels=dict.fromkeys(self.channels, InboxChannel()))


@dataclass(frozen=True, slots=True)
class Recipient:
    """A post with its present holder and the address that messages go to."""

    post_id: int
    unit: str
    post: str
    channel: str
    address: str
    contact_id: int | None
    title: str
    locale: str

    @property
    def shown(self) -> str:
        """Unit and post, as lists show the recipient."""
        return f"{self.unit} {self.post}"


POST_NAMES = {"liaison": "联络员", "head": "负责人", "leader": "分管领导", "coordinator": "督查员"}


def recipient_of(session: Session, office: Office, post_id: int) -> Recipient | None:
    """Who gets what is owed to the post, or ``None`` when nobody there can be reached."""
    post = session.get_one(tables.Post, post_id)
    unit = session.get_one(tables.Unit, post.unit_id)
    contact = _holder(session, post_id)
    address = (contact.email if contact else None) or ""
    if office.default_channel == "email" and not address:
        return None
    return Recipient(
        post_id=post_id,
        unit=unit.name,
        post=POST_NAMES.get(post.kind, post.kind),
        channel=office.default_channel,
        address=address,
        contact_id=contact.id if contact else None,
        title=contact.title if contact else "",
        locale=contact.locale if contact else "zh-CN",
    )


def _holder(session: Session, post_id: int) -> tables.Contact | None:
    contact = tables.Contact
    query = select(contact).where(col(contact.post_id) == post_id, col(contact.ended_at).is_(None))
    return session.exec(query.order_by(col(contact.id).desc())).first()
