"""单位一览: every unit with its posts, who holds them, how they are reached, and what is wrong with that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from db import tables
from db.units import unit_lines
from db.ways import HeldPost, held_posts, robots_by_unit
from workflows.office import Office, Recipient, reached, why_unreachable

MARKS = ("unreachable", "disputed", "failed", "vacant")


@dataclass(frozen=True, slots=True)
class ShownPost:
    """A post: ``recipient`` is whom a message would reach now. ``why`` says why nobody: ``disputed``, ``failed``
    or ``nobody``. ``last_at`` is when something arrived there last."""

    held: HeldPost
    recipient: Recipient | None
    why: str
    last_at: datetime | None

    @property
    def is_disputed(self) -> bool:
        """Whether somebody said that this is the wrong person."""
        return any(one.disputed_at for one in self.held.holders)

    @property
    def failed(self) -> int:
        """How many ways refused for good."""
        return sum(way.failed_at is not None for one in self.held.holders for way in one.ways)


@dataclass(frozen=True, slots=True)
class ShownUnit:
    """A unit as lists show it; ``marks`` are the worst first."""

    id: int
    name: str
    kind: str
    aliases: tuple[str, ...]
    members: tuple[str, ...]
    robots: tuple[str, ...]
    posts: tuple[ShownPost, ...]

    @property
    def marks(self) -> tuple[str, ...]:
        """What a coordinator should look at."""
        found = {
            "unreachable": any(one.recipient is None for one in self.posts),
            "disputed": any(one.is_disputed for one in self.posts),
            "failed": any(one.failed for one in self.posts),
            "vacant": any(not one.held.holders for one in self.posts),
        }
        return tuple(name for name in MARKS if found[name])

    @property
    def last_at(self) -> datetime | None:
        """When something arrived there last."""
        return max((one.last_at for one in self.posts if one.last_at), default=None)

    def says(self, text: str) -> bool:
        """Whether its names or its people's contain the text."""
        wanted = text.casefold()
        people = (holder for post in self.posts for holder in post.held.holders)
        said = [self.name, *self.aliases]
        said += [
            part for one in people for part in (one.title, one.email, *(way.address for way in one.ways))
        ]
        return any(wanted in one.casefold() for one in said)


def show_units(session: Session, office: Office, unit_id: int | None = None) -> list[ShownUnit]:
    """All units or that one, in the order in which they came; in a fixed number of queries."""
    robots, arrived = robots_by_unit(session), _arrived(session)
    posts: dict[int, list[ShownPost]] = {}
    for held in held_posts(session, unit_id):
        posts.setdefault(held.unit_id, []).append(_post(office, held, robots, arrived))
    return [
        ShownUnit(
            line.id,
            line.name,
            line.kind,
            line.aliases,
            line.members,
            tuple(robots.get(line.id, ())),
            tuple(sorted(posts.get(line.id, ()), key=lambda one: ORDER.index(one.held.kind))),
        )
        for line in unit_lines(session)
        if line.kind != "level" and unit_id in (None, line.id)
    ]


ORDER = ("coordinator", "liaison", "head", "leader")


def _post(
    office: Office, held: HeldPost, robots: Mapping[int, list[str]], arrived: Mapping[int, datetime]
) -> ShownPost:
    found = reached(office, held, lambda unit: robots.get(unit, []))
    return ShownPost(held, found, "" if found else why_unreachable(held), arrived.get(held.post_id))


def _arrived(session: Session) -> dict[int, datetime]:
    """By post when a message was accepted last."""
    message = tables.Message
    query = (
        select(col(message.post_id), func.max(col(message.ended_at)))
        .where(col(message.state) == "accepted")
        .group_by(col(message.post_id))
    )
    return {post_id: at for post_id, at in session.execute(query) if at is not None}


def past_holders(session: Session, unit_id: int) -> list[tuple[str, tables.Contact]]:
    """Who held posts of the unit before, with the kind of post, the latest first."""
    contact, post = tables.Contact, tables.Post
    query = (
        select(col(post.kind), contact)
        .join(post, col(post.id) == col(contact.post_id))
        .where(col(post.unit_id) == unit_id, col(contact.ended_at).is_not(None))
        .order_by(col(contact.ended_at).desc(), col(contact.id).desc())
    )
    return [(kind, row) for kind, row in session.execute(query)]
