"""Tables of what is owed, what was written, what came of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, LargeBinary, Text, UniqueConstraint, false
from sqlmodel import Field, SQLModel

from db.types import NO_TEXT, UtcDateTime, json_field


class Message(SQLModel, table=True):
    """Rendered text for one recipient on one channel, frozen when composed; the inbox shows these rows.

    ``epoch`` grows with every claim, so that a worker that lost its lease cannot write a verdict.
    ``card`` is what chat channels render; of several pages ``parts_done`` have arrived, and ``edition``
    counts how often other pages (``pages_sha256``) had to begin anew. Messages with the same ``bundle``
    left in one send, over the budget of their channel. ``settled_…``: somebody has dealt with what was given up;
    by nobody where a later message arrived."""

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_queue", "state", "next_attempt_at"),
        Index("ix_messages_recipient", "post_id", "kind", "slot_on"),
        Index("ix_messages_day", "plan_id", "slot_on", "state"),
        Index("ix_messages_arrived", "state", "post_id", "ended_at"),
        Index("ix_messages_time", "slot_at", "id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    kind: str  # reminder digest evaluation year confirmation prompt group copy
    plan_id: int = Field(foreign_key="plans.id")
    period: str | None = None
    post_id: int = Field(foreign_key="posts.id")
    contact_id: int | None = Field(default=None, foreign_key="contacts.id")
    channel: str
    address: str = ""
    recipient: str
    locale: str = "zh-CN"
    slot_on: date
    slot_at: datetime = Field(sa_type=UtcDateTime)
    subject: str
    text: str = Field(sa_type=Text)
    html: str = Field(default="", sa_type=Text)
    items: list[Any] = json_field(default_factory=list)
    card: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    rfc_message_id: str = Field(unique=True)
    thread_id: str = ""
    state: str = "waiting"  # held waiting sending accepted superseded withdrawn given_up
    next_attempt_at: datetime = Field(sa_type=UtcDateTime)
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    epoch: int = 0
    attempts: int = 0
    failures: int = Field(default=0, sa_column_kwargs={"server_default": "0"})  # its own
    parts_done: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    pages_sha256: str = Field(default="", sa_column_kwargs=NO_TEXT)
    edition: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    bundle: str = Field(default="", sa_column_kwargs=NO_TEXT)
    created_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_reason: str = ""
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    settled_by: str = Field(default="", sa_column_kwargs=NO_TEXT)
    settled_reason: str = Field(default="", sa_column_kwargs=NO_TEXT)


class Reminder(SQLModel, table=True):
    """One thing owed to one post under one rule at one step.

    ``state``: pending, composed (bound to a message), accepted, withdrawn, superseded, given_up.
    """

    __tablename__ = "reminders"
    __table_args__ = (
        UniqueConstraint("obligation", "rule", "anchor", "step", "post_id", name="uq_reminders_key"),
        Index("ix_reminders_post_state", "state", "post_id"),
        Index("ix_reminders_subtask_state", "subtask_id", "state"),
    )
    id: int | None = Field(default=None, primary_key=True)
    obligation: str
    rule: str
    anchor: str
    step: int
    post_id: int = Field(foreign_key="posts.id")
    plan_id: int = Field(foreign_key="plans.id", index=True)
    subtask_id: int = Field(foreign_key="subtasks.id")
    nominal_on: date
    reason: list[Any] = json_field(default_factory=list)
    state: str = "pending"
    number: int | None = None
    message_id: int | None = Field(default=None, foreign_key="messages.id", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_reason: str = ""


class Delivery(SQLModel, table=True):
    """One attempt at a message and its verdict; no verdict yet means in flight or cut off. Append-only."""

    __tablename__ = "deliveries"
    __table_args__ = (UniqueConstraint("message_id", "attempt"),)
    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="messages.id")
    attempt: int
    epoch: int
    started_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    verdict: str | None = None  # accepted transient rate_limited permanent partial unknown
    detail: str = Field(default="", sa_type=Text)
    bundle: str = Field(default="", sa_column_kwargs=NO_TEXT)
    part: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    ticket: str = Field(default="", sa_column_kwargs=NO_TEXT)
    is_weak: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class Receipt(SQLModel, table=True):
    """What the vendor said later of an accepted message: one row a person and answer. Append-only.

    ``attempt`` is the message's last one at that time: a message that was sent again is answered anew."""

    __tablename__ = "receipts"
    __table_args__ = (UniqueConstraint("message_id", "person", "answer", "attempt"),)
    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="messages.id", index=True)
    person: str
    answer: str  # accepted unread read refused
    reason: str = Field(default="", sa_type=Text)
    at: datetime = Field(sa_type=UtcDateTime)
    attempt: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


class Spending(SQLModel, table=True):
    """One send taken out of a channel's budget: it counts from ``reserved_at`` until the budget's span after
    ``finished_at``, or, if its worker never came back, after ``expires_at``."""

    __tablename__ = "spendings"
    __table_args__ = (Index("ix_spendings_budget", "budget", "reserved_at"),)
    id: int | None = Field(default=None, primary_key=True)
    budget: str  # the channel, or channel and address where the vendor counts by person
    reserved_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class MessageFile(SQLModel, table=True):
    """A file that goes with a message, frozen with it."""

    __tablename__ = "message_files"
    id: int | None = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="messages.id", index=True)
    name: str
    media_type: str
    sha256: str
    content: bytes = Field(sa_type=LargeBinary)
