"""The tables, one class each: what was decided and what happened; the words stand in docs/glossary.md."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Column, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from db.types import ExactDecimal, UtcDateTime

OPEN: Any = dict.fromkeys(("sqlite_where", "postgresql_where"), text("closed_at IS NULL"))


def _json(**options: Any) -> Any:
    return Field(sa_column=Column(JSON, nullable=False), **options)


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


class ImportBatch(SQLModel, table=True):
    """One accepted import: which file, what it made or changed, and whether it was undone."""

    __tablename__ = "import_batches"
    id: int | None = Field(default=None, primary_key=True)
    file_name: str
    sha256: str
    stored_at: datetime = Field(sa_type=UtcDateTime)
    state: str = "stored"  # stored undone
    undone_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    findings: list[Any] = _json(default_factory=list)
    changes: list[Any] = _json(default_factory=list)


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
    policy: dict[str, Any] = _json(default_factory=dict)
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
    leaders: list[str] = _json(default_factory=list)
    lead_units: list[str] = _json(default_factory=list)
    cooperating_units: list[str] = _json(default_factory=list)
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
    responsible: list[str] = _json(default_factory=list)
    level: list[str] = _json(default_factory=list)
    place: str = ""
    next_check_on: date | None = Field(default=None, index=True)
    checked_on: date | None = None
    light: str = "grey"
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
    level: list[str] = _json(default_factory=list)
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


class ProgressReport(SQLModel, table=True):
    """What a unit says for a period. Append-only: a correction is a new row; ``state`` follows reviews."""

    __tablename__ = "progress_reports"
    __table_args__ = (Index("ix_reports_subtask", "subtask_id", "received_at"),)
    id: int | None = Field(default=None, primary_key=True)
    subtask_id: int = Field(foreign_key="subtasks.id")
    unit_id: int | None = Field(default=None, foreign_key="units.id")
    batch_id: int | None = Field(default=None, foreign_key="import_batches.id")
    period: str
    as_of: date
    received_at: datetime = Field(sa_type=UtcDateTime)
    state: str = "submitted"  # submitted accepted returned
    status: str = "unknown"
    text: str = Field(default="", sa_type=Text)
    source: str = "command"  # command import


class ReportQuantity(SQLModel, table=True):
    """The cumulative figure of an indicator in a report."""

    __tablename__ = "report_quantities"
    report_id: int = Field(foreign_key="progress_reports.id", primary_key=True)
    indicator_id: int = Field(foreign_key="indicators.id", primary_key=True)
    quantity: Decimal = Field(sa_type=ExactDecimal)


class Event(SQLModel, table=True):
    """A decision of people that somebody must answer for: who, when, what, why. Append-only."""

    __tablename__ = "events"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime)
    who: str
    what: str
    plan_id: int | None = Field(default=None, foreign_key="plans.id", index=True)
    subtask_id: int | None = Field(default=None, foreign_key="subtasks.id", index=True)
    reason: str = ""
    details: dict[str, Any] = _json(default_factory=dict)


class Message(SQLModel, table=True):
    """Rendered text for one recipient on one channel, frozen when composed; the inbox shows these rows.

    ``epoch`` grows with every claim, so that a worker that lost its lease cannot write a verdict."""

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_queue", "state", "next_attempt_at"),
        Index("ix_messages_recipient", "post_id", "kind", "slot_on"),
    )
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    kind: str  # reminder digest
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
    items: list[Any] = _json(default_factory=list)
    rfc_message_id: str = Field(unique=True)
    thread_id: str = ""
    state: str = "waiting"  # waiting sending accepted superseded withdrawn given_up
    next_attempt_at: datetime = Field(sa_type=UtcDateTime)
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    epoch: int = 0
    attempts: int = 0
    failures: int = Field(default=0, sa_column_kwargs={"server_default": "0"})  # its own
    created_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_reason: str = ""


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
    reason: list[Any] = _json(default_factory=list)
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


class Bulletin(SQLModel, table=True):
    """The frozen picture that every digest of a plan and period shows."""

    __tablename__ = "bulletins"
    __table_args__ = (UniqueConstraint("plan_id", "kind", "period"),)
    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plans.id")
    kind: str  # weekly daily
    period: str
    on: date
    content: dict[str, Any] = _json(default_factory=dict)
    created_at: datetime = Field(sa_type=UtcDateTime)


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
    """Something a coordinator must see until it is settled; open while ``closed_at`` is null."""

    __tablename__ = "findings"
    __table_args__ = (Index("uq_findings_open", "code", "subject", unique=True, **OPEN),)
    id: int | None = Field(default=None, primary_key=True)
    code: str
    subject: str
    message: str = Field(sa_type=Text)
    plan_id: int | None = Field(default=None, foreign_key="plans.id")
    opened_at: datetime = Field(sa_type=UtcDateTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CalendarYear(SQLModel, table=True):
    """A year file entered by the operator: days off and make-up days as ISO dates."""

    __tablename__ = "calendar_years"
    year: int = Field(primary_key=True)
    days_off: list[str] = _json(default_factory=list)
    makeup_days: list[str] = _json(default_factory=list)
    entered_at: datetime = Field(sa_type=UtcDateTime)


class Mark(SQLModel, table=True):
    """A small fact about the installation itself: rules version, last sweep, the demo's date."""

    __tablename__ = "marks"
    name: str = Field(primary_key=True)
    value: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=UtcDateTime)
