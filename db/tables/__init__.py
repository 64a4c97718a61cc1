"""The tables, one class each: what was decided and what happened; the words stand in docs/glossary.md."""

from __future__ import annotations

from db.tables.following import (
    CaseEntry,
    ChangeRequest,
    Escalation,
    FollowUp,
    SupervisionCase,
)
from db.tables.ledger import (
    Bulletin,
    CalendarYear,
    Event,
    Finding,
    Mark,
    Run,
)
from db.tables.messages import (
    Delivery,
    Message,
    MessageFile,
    Reminder,
)
from db.tables.people import (
    Contact,
    Post,
    Unit,
    UnitAlias,
    UnitMember,
)
from db.tables.plan import (
    Assignment,
    ImportBatch,
    Indicator,
    Milestone,
    MilestoneQuantity,
    Phase,
    Plan,
    Project,
    Quota,
    SubTask,
)
from db.tables.progress import (
    Acknowledgement,
    Attachment,
    IncomingMail,
    ProgressReport,
    ReportLink,
    ReportQuantity,
    ReportReview,
)

__all__ = [
    "Acknowledgement",
    "Assignment",
    "Attachment",
    "Bulletin",
    "CalendarYear",
    "CaseEntry",
    "ChangeRequest",
    "Contact",
    "Delivery",
    "Escalation",
    "Event",
    "Finding",
    "FollowUp",
    "ImportBatch",
    "IncomingMail",
    "Indicator",
    "Mark",
    "Message",
    "MessageFile",
    "Milestone",
    "MilestoneQuantity",
    "Phase",
    "Plan",
    "Post",
    "ProgressReport",
    "Project",
    "Quota",
    "Reminder",
    "ReportLink",
    "ReportQuantity",
    "ReportReview",
    "Run",
    "SubTask",
    "SupervisionCase",
    "Unit",
    "UnitAlias",
    "UnitMember",
]
