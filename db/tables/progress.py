"""Tables of what units say and how it is received: reports, reviews, links, sign-offs, files."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Index, Text, UniqueConstraint, false
from sqlmodel import Field, SQLModel

from db.types import MAYBE_JSON, NO_TEXT, ExactDecimal, UtcDateTime


class ProgressReport(SQLModel, table=True):
    """What a unit says for a period. Append-only: a correction is a new row; ``state`` follows reviews.

    ``role``: ``lead`` speaks for the whole sub-task, ``share`` for the unit's own quota only."""

    __tablename__ = "progress_reports"
    __table_args__ = (
        Index("ix_reports_subtask", "subtask_id", "received_at"),
        Index("ix_reports_period", "subtask_id", "period", "state"),
        Index("ix_reports_state", "state", "subtask_id"),
        Index("ix_reports_time", "received_at"),
    )
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
    source: str = "command"  # command import link workbook mail
    role: str = Field(default="lead", sa_column_kwargs={"server_default": "lead"})  # lead share
    who: str = Field(default="", sa_column_kwargs=NO_TEXT)
    difficulties: str = Field(default="", sa_type=Text, sa_column_kwargs=NO_TEXT)
    needs_coordination: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    forecast_on: date | None = None  # when the unit itself expects to be done
    link_id: int | None = Field(default=None, foreign_key="report_links.id")


class ReportQuantity(SQLModel, table=True):
    """The cumulative figure of an indicator in a report."""

    __tablename__ = "report_quantities"
    report_id: int = Field(foreign_key="progress_reports.id", primary_key=True)
    indicator_id: int = Field(foreign_key="indicators.id", primary_key=True)
    quantity: Decimal = Field(sa_type=ExactDecimal)


class ReportReview(SQLModel, table=True):
    """What a coordinator, or the policy, decided about a report. Append-only; the last one counts."""

    __tablename__ = "report_reviews"
    id: int | None = Field(default=None, primary_key=True)
    report_id: int = Field(foreign_key="progress_reports.id", index=True)
    at: datetime = Field(sa_type=UtcDateTime)
    who: str
    decision: str  # accepted returned; submitted where an acceptance was taken back
    reason: str = Field(default="", sa_type=Text)


class ReportLink(SQLModel, table=True):
    """A way in for one post's unit and one period; the token itself is stored nowhere.

    Who holds the key file can derive it from ``nonce``; ``token_hash`` finds the row of a token."""

    __tablename__ = "report_links"
    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True)
    nonce: str = Field(unique=True)
    post_id: int = Field(foreign_key="posts.id", index=True)
    unit_id: int = Field(foreign_key="units.id")
    period: str
    message_id: int | None = Field(default=None, foreign_key="messages.id", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_reason: str = ""  # superseded revoked restored


class Acknowledgement(SQLModel, table=True):
    """签收: a unit has taken note of a sub-task that it leads. Append-only."""

    __tablename__ = "acknowledgements"
    __table_args__ = (UniqueConstraint("subtask_id", "unit_id"),)
    id: int | None = Field(default=None, primary_key=True)
    subtask_id: int = Field(foreign_key="subtasks.id")
    unit_id: int = Field(foreign_key="units.id")
    at: datetime = Field(sa_type=UtcDateTime)
    who: str
    link_id: int | None = Field(default=None, foreign_key="report_links.id")


class Attachment(SQLModel, table=True):
    """A file that somebody handed in; it lies in the files folder under its generated ``stored_name``.

    ``owner``: report, change, case, subtask (evidence of acceptance). Append-only."""

    __tablename__ = "attachments"
    __table_args__ = (Index("ix_attachments_owner", "owner", "owner_id"),)
    id: int | None = Field(default=None, primary_key=True)
    owner: str
    owner_id: int
    file_name: str
    stored_name: str = Field(unique=True)
    media_type: str
    size: int
    sha256: str
    at: datetime = Field(sa_type=UtcDateTime)
    who: str


class IncomingMail(SQLModel, table=True):
    """A reply that the mailbox held, by its own Message-ID, and what became of it: each is read once."""

    __tablename__ = "incoming_mails"
    id: int | None = Field(default=None, primary_key=True)
    rfc_message_id: str = Field(unique=True)
    received_at: datetime = Field(sa_type=UtcDateTime)
    sender: str
    subject: str
    post_id: int | None = Field(default=None, foreign_key="posts.id")
    state: str  # stored refused ignored
    detail: str = Field(default="", sa_type=Text)
    inputs: dict[str, Any] | None = Field(default=None, sa_type=MAYBE_JSON)  # what the detail is made of
