"""附件: what goes with a message that asks for a report, where the plan's policy wants it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session

from db import outbox, tables
from engine.model import Rule
from workflows.grounds import Ground
from workflows.links import period_of_unit
from workflows.unit_workbook import unit_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ASKING = frozenset({Rule.REPORT_DUE, Rule.REPORT_LATE, Rule.RETURNED, Rule.SHARE_DUE, Rule.SHARE_LATE})


def enclose_workbook(session: Session, grounds: Sequence[Ground], message_id: int, on: date) -> None:
    """The message of a unit that is asked for a report carries the workbook to fill in, if a plan's policy says so."""
    asked = [one for one in grounds if one.row.rule in ASKING and one.plan.policy.attach_workbook]
    if not asked:
        return
    message = session.get_one(tables.Message, message_id)
    unit_id = session.get_one(tables.Post, message.post_id).unit_id
    period = period_of_unit(session, unit_id, on)
    content = unit_workbook(session, unit_id, period)
    outbox.attach(session, message_id, f"填报表 {period}.xlsx", XLSX, content)
