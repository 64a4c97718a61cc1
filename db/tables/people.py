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
