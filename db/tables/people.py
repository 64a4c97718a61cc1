"""Tables of units, posts and who holds them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from db.types import UtcDateTime


class Unit(SQLModel, table=True):
    """A department, street, enterprise; a collective unit (各街道) expands to members."""

    __tablename__ = "units"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    kind: str = "department"  # department street enterprise collective level


class UnitAlias(SQLModel, table=True):
    """Another name of a unit; a name is an alias of one unit only."""

    __tablename__ = "unit_aliases"
    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="units.id", index=True)
    name: str = Field(unique=True)


class UnitMember(SQLModel, table=True):
    """A unit that belongs to a collective unit."""

    __tablename__ = "unit_members"
    collective_id: int = Field(foreign_key="units.id", primary_key=True)
    member_id: int = Field(foreign_key="units.id", primary_key=True)


class Post(SQLModel, table=True):
    """A duty within a unit that somebody holds; responsibility belongs to it, not to the person."""

    __tablename__ = "posts"
    __table_args__ = (UniqueConstraint("unit_id", "kind"),)
    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="units.id")
    kind: str  # liaison head leader coordinator


class Contact(SQLModel, table=True):
    """Who holds a post from a day on, and how to reach them; ended contacts stay for the record."""

    __tablename__ = "contacts"
    id: int | None = Field(default=None, primary_key=True)
    post_id: int = Field(foreign_key="posts.id", index=True)
    title: str = ""
    email: str | None = None
    locale: str = "zh-CN"
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    disputed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # said: wrong person


class ContactChannel(SQLModel, table=True):
    """A way to reach a contact, in the order of ``rank``; after a lasting refusal the next one is taken
    until a coordinator has looked at it."""

    __tablename__ = "contact_channels"
    __table_args__ = (UniqueConstraint("contact_id", "rank"),)
    id: int | None = Field(default=None, primary_key=True)
    contact_id: int = Field(foreign_key="contacts.id", index=True)
    rank: int
    channel: str  # the name of a channel
    address: str = ""  # the person there: a mail address, a user id; of a robot, whom it mentions
    failed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    failed_code: str = ""


class UnitRobot(SQLModel, table=True):
    """A group robot that gets a copy of what a unit's liaison is reminded of."""

    __tablename__ = "unit_robots"
    __table_args__ = (UniqueConstraint("unit_id", "channel"),)
    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="units.id")
    channel: str
