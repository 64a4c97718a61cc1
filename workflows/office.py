"""What workflows need besides the database: the ways out and whom a reply reaches."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlmodel import Session

from db import ways
from db.ways import HeldPost, Holder, Way
from notifications.channel import Channel
from notifications.inbox import InboxChannel
from notifications.links import Links
from notifications.message import Person
from notifications.note_worker import NoteWorker
from notifications.own_templates import OwnTemplates

BY_MAIL = ("email", "inbox")  # channels whose address is the contact's mail address


@dataclass(frozen=True)
class Office:
    """The sender's side of every message.

    ``default_channel`` is ``inbox`` until the operator configures e-mail; the inbox needs no contact.
    ``domain`` names the installation in Message-IDs and never changes once messages were sent; with ``salt``
    nobody outside can guess them.
    """

    channels: Mapping[str, Channel] = field(default_factory=lambda: {"inbox": InboxChannel()})
    default_channel: str = "inbox"
    from_address: str = "duban@localhost"
    from_name: str = "督办"
    domain: str = "duban.localhost"
    salt: bytes = field(default=b"", repr=False)
    coordinator: Person = field(default_factory=lambda: Person("督查室"))
    notice_form: Path | None = None  # the office's own form of the notice of a case, if the file is there
    links: Links | None = None  # none while nobody could open them
    own_templates: OwnTemplates | None = None  # in place of those stored, to look at others
    note_worker: NoteWorker = field(
        default_factory=NoteWorker
    )  # starts when a template of the office's needs it

    def without_network(self) -> Office:
        """The same office for a rehearsal: addressed alike, but everything ends in the inbox."""
        silent = {
            name: InboxChannel(needs_address=one.traits.needs_address) for name, one in self.channels.items()
        }
        return replace(self, channels=silent, links=None)


@dataclass(frozen=True, slots=True)
class Recipient:
    """A post with its present holder, the channel that reaches them and their address there.

    ``is_group``: nobody at the post can be reached, and the unit's group is told in their place.
    """

    post_id: int
    unit: str
    post: str
    channel: str
    address: str
    contact_id: int | None
    title: str
    locale: str
    is_group: bool = False

    @property
    def shown(self) -> str:
        """Unit and post, as lists show the recipient."""
        return f"{self.unit} {self.post}"


POST_NAMES = {"liaison": "联络员", "head": "负责人", "leader": "分管领导", "coordinator": "督查员"}
POST_NAMES_EN = {
    "liaison": "liaison",
    "head": "head",
    "leader": "leader in charge",
    "coordinator": "coordinator",
}


def recipient_of(session: Session, office: Office, post_id: int) -> Recipient | None:
    """Who gets what is owed to the post, or ``None`` when nobody there can be reached.

    The newest holder who has a way that works, by the first such way of theirs; nobody who is said to be the
    wrong person. If no holder has one: for a unit's liaison the unit's group robot.
    """
    return reached(office, ways.held_post(session, post_id), lambda unit: ways.robots_of(session, unit))


def reached(office: Office, post: HeldPost, robots: Callable[[int], Sequence[str]]) -> Recipient | None:
    """As :func:`recipient_of`, of a post that was loaded; ``robots`` are the group robots of a unit."""
    for holder in post.holders:
        way = None if holder.disputed_at else way_of(office, holder)
        if way:
            return _recipient(post, holder, way)
    robot = _robot(office, post, robots)
    if robot:
        locale = post.holders[0].locale if post.holders else "zh-CN"
        return replace(_recipient(post, None, robot), locale=locale, is_group=True)
    if not post.holders and not needs_address(office, office.default_channel):
        return _recipient(post, None, Way(office.default_channel))
    return None


def way_of(office: Office, holder: Holder) -> Way | None:
    """The first way in the holder's order that is set up, was not refused for good and has the address it
    needs; without an order of their own the default channel with their mail address."""
    if not holder.ways:
        default = Way(office.default_channel, holder.email if office.default_channel in BY_MAIL else "")
        return default if default.address or not needs_address(office, default.channel) else None
    for way in holder.ways:
        address = way.address or (holder.email if way.channel in BY_MAIL else "")
        if is_open(office, way) and (address or not needs_address(office, way.channel)):
            return replace(way, address=address)
    return None


def robot_of(session: Session, office: Office, post: HeldPost) -> Way | None:
    """The group robot of a liaison's unit, and whom of the post it calls by name."""
    return _robot(office, post, lambda unit: ways.robots_of(session, unit))


def _robot(office: Office, post: HeldPost, robots: Callable[[int], Sequence[str]]) -> Way | None:
    named = robots(post.unit_id) if post.kind == "liaison" else ()
    channel = next((one for one in named if one in office.channels), None)
    return Way(channel, ways.address_on(post.holders, channel)) if channel else None


def why_unreachable(post: HeldPost) -> str:
    """Why nobody there is written to: ``disputed`` (said to be the wrong person), ``failed`` (refused on every
    channel) or ``nobody``."""
    if post.holders and all(holder.disputed_at for holder in post.holders):
        return "disputed"
    tried = [way for holder in post.holders for way in holder.ways]
    return "failed" if tried and all(way.failed_at for way in tried) else "nobody"


def is_open(office: Office, way: Way) -> bool:
    """Whether the channel is set up and has not refused this contact for good."""
    return way.channel in office.channels and way.failed_at is None


def needs_address(office: Office, channel: str) -> bool:
    """Whether the channel reaches a person by an address of their own; mail does even in a rehearsal."""
    return channel == "email" or (
        channel in office.channels and office.channels[channel].traits.needs_address
    )


def _recipient(post: HeldPost, holder: Holder | None, way: Way) -> Recipient:
    locale = holder.locale if holder else "zh-CN"
    name = (POST_NAMES_EN if locale == "en" else POST_NAMES).get(post.kind, post.kind)
    return Recipient(
        post_id=post.post_id,
        unit=post.unit,
        post=name,
        channel=way.channel,
        address=way.address,
        contact_id=holder.contact_id if holder else None,
        title=holder.title if holder and holder.title != name else "",  # said once is enough
        locale=locale,
    )
