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
    Receipt,
    Reminder,
    Spending,
)
from db.tables.people import (
    Contact,
    ContactChannel,
    Post,
    Unit,
    UnitAlias,
    UnitMember,
    UnitRobot,
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
from db.tables.settings import (
    ChannelSetup,
    TemplateVersion,
)

__all__ = [
    "Acknowledgement",
    "Assignment",
    "Attachment",
    "Bulletin",
    "CalendarYear",
    "CaseEntry",
    "ChangeRequest",
    "ChannelSetup",
    "Contact",
    "ContactChannel",
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
    "Receipt",
    "Reminder",
    "ReportLink",
    "ReportQuantity",
    "ReportReview",
    "Run",
    "Spending",
    "SubTask",
    "SupervisionCase",
    "TemplateVersion",
    "Unit",
    "UnitAlias",
    "UnitMember",
    "UnitRobot",
]
