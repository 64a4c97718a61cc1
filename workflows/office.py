"""What workflows need besides the database: the ways out and whom a reply reaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import and_, bindparam, select
from sqlmodel import Session, col

from db import tables
from notifications.channel import Channel
from notifications.inbox import InboxChannel
from notifications.links import Links
from notifications.message import Person


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
    notice_form: Path | None = None  # the office's own form of the notice of a case, if the file is there
    links: Links | None = None  # none while nobody could open them

    def without_network(self) -> Office:
        """The same office for a rehearsal: addressed alike, but everything ends in the inbox."""
        return replace(self, channels=dict.fromkeys(self.channels, InboxChannel()), links=None)


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
    unit, kind, contact_id, title, email, locale = session.execute(_HOLDER, {"post": post_id}).one()
    if office.default_channel == "email" and not email:
        return None
    return Recipient(
        post_id=post_id,
        unit=unit,
        post=POST_NAMES.get(kind, kind),
        channel=office.default_channel,
        address=email or "",
        contact_id=contact_id,
        title="" if title in (None, POST_NAMES.get(kind)) else title,  # said once is enough
        locale=locale or "zh-CN",
    )


_HOLDER = (
    select(
        col(tables.Unit.name),
        col(tables.Post.kind),
        col(tables.Contact.id),
        col(tables.Contact.title),
        col(tables.Contact.email),
        col(tables.Contact.locale),
    )
    .select_from(tables.Post)
    .join(tables.Unit, col(tables.Unit.id) == col(tables.Post.unit_id))
    .outerjoin(
        tables.Contact,
        and_(col(tables.Contact.post_id) == col(tables.Post.id), col(tables.Contact.ended_at).is_(None)),
    )
    .where(col(tables.Post.id) == bindparam("post"))
    .order_by(col(tables.Contact.id).desc())
    .limit(1)
)
