"""Tables of what was issued: plans, tasks, promises, who answers for them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from db.types import NO_TEXT, ExactDecimal, UtcDateTime, json_field


class ImportBatch(SQLModel, table=True):
    """One accepted import: which file, what it made or changed, and whether it was undone."""

    __tablename__ = "import_batches"
    id: int | None = Field(default=None, primary_key=True)
    file_name: str
    sha256: str
    stored_at: datetime = Field(sa_type=UtcDateTime)
    state: str = "stored"  # stored undone
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    findings: list[Any] = json_field(default_factory=list)
    changes: list[Any] = json_field(default_factory=list)


class Plan(SQLModel, table=True):
    """A year's programme of one jurisdiction. ``policy`` holds only what differs from the defaults."""

    __tablename__ = "plans"
    id: int | None = Field(default=None, primary_key=True)
    batch_id: int | None = Field(default=None, foreign_key="import_batches.id", index=True)
    title: str
    number: str | None = None
    issuer: str | None = None
    issued_on: date | None = None
    year: int
    kind: str = "decomposition"
    time_zone: str = "Asia/Shanghai"
    policy: dict[str, Any] = json_field(default_factory=dict)
    state: str = "active"  # active closed
    followed_from: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revision: int = 1


class Phase(SQLModel, table=True):
    """A dated span of a plan, both ends included."""

    __tablename__ = "phases"
    __table_args__ = (UniqueConstraint("plan_id", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plans.id")
    name: str
    starts_on: date
    ends_on: date


class Project(SQLModel, table=True):
    """A numbered line of the plan."""

    __tablename__ = "projects"
    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plans.id", index=True)
    position: int
    no: str
    title: str
    leaders: list[str] = json_field(default_factory=list)
    lead_units: list[str] = json_field(default_factory=list)
    cooperating_units: list[str] = json_field(default_factory=list)
    revision: int = 1


class SubTask(SQLModel, table=True):
    """The unit of follow-up. ``next_check_on`` is when the rules want to see it again, null when never."""

    __tablename__ = "subtasks"
    __table_args__ = (Index("ix_subtasks_plan_next_check", "plan_id", "next_check_on"),)
    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plans.id")
    project_id: int = Field(foreign_key="projects.id", index=True)
    position: int
    no: str
    title: str
    state: str = "issued"
    starts_on: date | None = None
    deadline: date | None = None
    deadline_text: str | None = None
    responsible: list[str] = json_field(default_factory=list)
    level: list[str] = json_field(default_factory=list)
    place: str = ""
    next_check_on: date | None = Field(default=None, index=True)
    checked_on: date | None = None
    light: str = "grey"
    # Who is waited for, as the last check found it (db.owings).
    owed: str = Field(default="", sa_type=Text, sa_column_kwargs=NO_TEXT)
    revision: int = 1


class Indicator(SQLModel, table=True):
    """What a sub-task promises, in base units."""

    __tablename__ = "indicators"
    id: int | None = Field(default=None, primary_key=True)
    subtask_id: int = Field(foreign_key="subtasks.id", index=True)
    position: int
    subject: str = ""
    quantity: Decimal = Field(sa_type=ExactDecimal)
    unit: str = ""
    comparator: str = "="
    kind: str = "delivery"
    quote: str = ""
    level: list[str] = json_field(default_factory=list)
    revision: int = 1


class Quota(SQLModel, table=True):
    """A unit's share of an indicator."""

    __tablename__ = "quotas"
    __table_args__ = (UniqueConstraint("indicator_id", "unit_id"),)
    id: int | None = Field(default=None, primary_key=True)
    indicator_id: int = Field(foreign_key="indicators.id")
    unit_id: int = Field(foreign_key="units.id", index=True)
    quantity: Decimal = Field(sa_type=ExactDecimal)


class Milestone(SQLModel, table=True):
    """What must be reached by a day; ``period`` (YYYY-MM) where the document named a month."""

    __tablename__ = "milestones"
    id: int | None = Field(default=None, primary_key=True)
    subtask_id: int = Field(foreign_key="subtasks.id", index=True)
    due_on: date
    period: str | None = None
    text: str = Field(default="", sa_type=Text)
    weight: Decimal = Field(default=Decimal(1), sa_type=ExactDecimal)
    revision: int = 1


class MilestoneQuantity(SQLModel, table=True):
    """The cumulative figure of an indicator that a milestone asks for."""

    __tablename__ = "milestone_quantities"
    milestone_id: int = Field(foreign_key="milestones.id", primary_key=True)
    indicator_id: int = Field(foreign_key="indicators.id", primary_key=True)
    quantity: Decimal = Field(sa_type=ExactDecimal)


class Assignment(SQLModel, table=True):
    """Unit × role (lead, co_lead, cooperating, executing); ``group_id`` is the collective unit by which it came."""

    __tablename__ = "assignments"
    __table_args__ = (UniqueConstraint("subtask_id", "unit_id", "role"),)
    id: int | None = Field(default=None, primary_key=True)
    subtask_id: int = Field(foreign_key="subtasks.id")
    unit_id: int = Field(foreign_key="units.id", index=True)
    role: str
    position: int = 0
    group_id: int | None = Field(default=None, foreign_key="units.id")
