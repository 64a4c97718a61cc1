"""Tables of what happened and what the installation knows of itself."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from db.types import MAYBE_JSON, NO_TEXT, UtcDateTime, json_field

OPEN: Any = dict.fromkeys(("sqlite_where", "postgresql_where"), text("closed_at IS NULL"))


class Event(SQLModel, table=True):
    """A decision of people that somebody must answer for: who, when, what, why. Append-only.

    Sealed at the end of its transaction: ``sequence`` counts within the ``segment`` of the chain, and
    ``hash`` covers the row and ``previous_hash``. A restored backup begins a new segment."""

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("segment", "sequence"),)
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    who: str
    what: str
    plan_id: int | None = Field(default=None, foreign_key="plans.id", index=True)
    subtask_id: int | None = Field(default=None, foreign_key="subtasks.id", index=True)
    reason: str = ""
    details: dict[str, Any] = json_field(default_factory=dict)
    segment: int | None = None
    sequence: int | None = None
    previous_hash: str = Field(default="", sa_column_kwargs=NO_TEXT)
    hash: str = Field(default="", sa_column_kwargs=NO_TEXT)


class Bulletin(SQLModel, table=True):
    """The frozen picture that every message of a plan, kind and period shows.

    While it is ``held`` its messages wait for a coordinator. ``sha256`` is of the content as stored."""

    __tablename__ = "bulletins"
    __table_args__ = (
        UniqueConstraint("plan_id", "kind", "period"),
        # The content lies before the state in a row: without it every look would read megabytes.
        Index("ix_bulletins_state", "plan_id", "state", "kind", "on"),
    )
    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plans.id")
    kind: str  # digest evaluation year final
    period: str
    on: date
    content: dict[str, Any] = json_field(default_factory=dict)
    created_at: datetime = Field(sa_type=UtcDateTime)
    sha256: str = Field(default="", sa_column_kwargs=NO_TEXT)
    state: str = Field(
        default="published", sa_column_kwargs={"server_default": "published"}
    )  # held withdrawn
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: str = Field(default="", sa_column_kwargs=NO_TEXT)


class Run(SQLModel, table=True):
    """The ledger of duties of a whole plan: each (workflow, plan, period) happens once or is superseded."""

    __tablename__ = "runs"
    __table_args__ = (UniqueConstraint("workflow", "plan_id", "period"),)
    id: int | None = Field(default=None, primary_key=True)
    workflow: str
    plan_id: int = Field(foreign_key="plans.id")
    period: str
    state: str  # done superseded skipped
    at: datetime = Field(sa_type=UtcDateTime)
    detail: str = ""


class Finding(SQLModel, table=True):
    """Something a coordinator must see until it is settled; open while ``closed_at`` is null.

    ``message`` is the sentence of the office's language; ``inputs`` are what it is made of, for other languages;
    rows of older versions have none."""

    __tablename__ = "findings"
    __table_args__ = (Index("uq_findings_open", "code", "subject", unique=True, **OPEN),)
    id: int | None = Field(default=None, primary_key=True)
    code: str
    subject: str
    message: str = Field(sa_type=Text)
    inputs: dict[str, Any] | None = Field(default=None, sa_type=MAYBE_JSON)
    plan_id: int | None = Field(default=None, foreign_key="plans.id")
    opened_at: datetime = Field(sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CalendarYear(SQLModel, table=True):
    """A year file entered by the operator: days off and make-up days as ISO dates."""

    __tablename__ = "calendar_years"
    year: int = Field(primary_key=True)
    days_off: list[str] = json_field(default_factory=list)
    makeup_days: list[str] = json_field(default_factory=list)
    entered_at: datetime = Field(sa_type=UtcDateTime)


class Mark(SQLModel, table=True):
    """A small fact about the installation itself: rules version, last sweep, the demo's date."""

    __tablename__ = "marks"
    name: str = Field(primary_key=True)
    value: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=UtcDateTime)


class ImportDraft(SQLModel, table=True):
    """A document that somebody handed in and has not imported yet, with the answers given so far; its content
    is a file of the folder of files. Nothing of it is in the plan before ``batch_id`` is set."""

    __tablename__ = "import_drafts"
    id: int | None = Field(default=None, primary_key=True)
    kind: str  # plan contacts
    file_name: str
    sha256: str
    answers: dict[str, Any] = json_field(default_factory=dict)
    revision: int = 1
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str
    changed_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_reason: str = ""  # imported dropped
    batch_id: int | None = Field(default=None, foreign_key="import_batches.id")
