"""Tables of what was decided about a sub-task: changes, escalations, cases, follow-ups."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from db.types import UtcDateTime, json_field


class ChangeRequest(SQLModel, table=True):
    """Somebody asks for another deadline, target or state of a sub-task; decided once.

    ``proposed`` and ``previous`` hold what is to be and what was, as plain values by name."""

    __tablename__ = "change_requests"
    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plans.id", index=True)
    subtask_id: int = Field(foreign_key="subtasks.id", index=True)
    kind: str  # extension adjustment suspension resumption termination
    state: str = "requested"  # requested approved refused withdrawn
    effective_on: date  # the first day on which the change holds
    proposed: dict[str, Any] = json_field(default_factory=dict)
    previous: dict[str, Any] = json_field(default_factory=dict)
    reason: str = Field(sa_type=Text)
    document: str = ""  # number or title of the paper that it rests on
    requested_at: datetime = Field(sa_type=UtcDateTime)
    requested_by: str
    unit_id: int | None = Field(default=None, foreign_key="units.id")
    link_id: int | None = Field(default=None, foreign_key="report_links.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: str = ""  # the approver
    decision_reason: str = Field(default="", sa_type=Text)


class Escalation(SQLModel, table=True):
    """One climb of the ladder: what it hangs on and the rungs as they were when it began."""

    __tablename__ = "escalations"
    __table_args__ = (UniqueConstraint("subtask_id", "cause", "started_on"),)
    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plans.id", index=True)
    subtask_id: int = Field(foreign_key="subtasks.id")
    cause: str  # red silent
    started_on: date
    rungs: list[int] = json_field(default_factory=list)  # working days to head, leader, case
    level: int = 0  # rungs reached: 0 none, 1 head, 2 leader, 3 case
    snapshot: dict[str, Any] = json_field(default_factory=dict)  # the standing when the level was reached
    ended_on: date | None = None
    ended_reason: str = ""


class SupervisionCase(SQLModel, table=True):
    """督办单: a formal demand with a number and a day by which it is to be answered."""

    __tablename__ = "supervision_cases"
    __table_args__ = (UniqueConstraint("series", "serial"),)
    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plans.id", index=True)
    subtask_id: int = Field(foreign_key="subtasks.id", index=True)
    unit_id: int = Field(foreign_key="units.id", index=True)
    escalation_id: int | None = Field(default=None, foreign_key="escalations.id")
    series: str  # 督办〔2024〕
    serial: int
    colour: str  # blue yellow red
    demand: str = Field(sa_type=Text)
    cause: dict[str, Any] = json_field(default_factory=dict)  # the standing on which it was opened
    state: str = "open"  # open replied closed
    opened_on: date
    opened_at: datetime = Field(sa_type=UtcDateTime)
    opened_by: str
    reply_due_on: date
    notices: int = 1
    noticed_on: date  # the day of the latest notice
    replied_on: date | None = None  # the day of the latest reply
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    closed_by: str = ""
    closed_reason: str = ""
    revision: int = 1


class CaseEntry(SQLModel, table=True):
    """What happened to a case: opened, second_notice, reply, reply_returned, closed. Append-only."""

    __tablename__ = "case_entries"
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="supervision_cases.id", index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    who: str
    kind: str
    text: str = Field(default="", sa_type=Text)


class FollowUp(SQLModel, table=True):
    """What remains after acceptance: the evaluation of the result, the archive registration."""

    __tablename__ = "follow_ups"
    __table_args__ = (UniqueConstraint("subtask_id", "kind"),)
    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plans.id", index=True)
    subtask_id: int = Field(foreign_key="subtasks.id")
    kind: str  # evaluation archive
    due_on: date
    created_at: datetime = Field(sa_type=UtcDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    done_by: str = ""
    note: str = Field(default="", sa_type=Text)
