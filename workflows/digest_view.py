"""From the digest's content to what its message shows."""

from __future__ import annotations

from collections.abc import Sequence

from engine.digest import Change, DigestContent, TaskLine, UnitRow
from engine.digest import NextDate as DueDate
from engine.model import Light
from notifications.message import (
    DigestChange,
    DigestLine,
    DigestView,
    FindingLine,
    NextDate,
    StandingRow,
)
from workflows.office import Office, Recipient

WATCHED = (Light.RED, Light.YELLOW)


def digest_view(
    office: Office, recipient: Recipient, content: DigestContent, findings: Sequence[FindingLine] = ()
) -> DigestView:
    """What a recipient reads: a unit its own lines, a coordinator those of all units that need attention."""
    is_unit = bool(content.unit)
    lines = [line for line in content.lines if is_unit or line.light in WATCHED or line.awaiting_acceptance]
    return DigestView(
        unit=recipient.unit,
        post=recipient.post,
        plan_title=content.plan_title,
        on=content.slot.on,
        week=content.slot.on.isocalendar().week,
        coordinator=office.coordinator,
        lines=tuple(_line(line, with_lead=not is_unit) for line in lines),
        changes=tuple(_change(change) for change in content.changes.moved),
        standing=tuple(_row(row) for row in content.table),
        gap_list=tuple(_line(line, with_lead=True) for line in content.gap_list),
        next_dates=tuple(_date(one) for one in content.next_dates),
        has_previous=not content.is_first,
        contact=recipient.title,
        findings=tuple(findings),
    )


def _line(line: TaskLine, *, with_lead: bool) -> DigestLine:
    return DigestLine(
        no=line.no,
        title=line.title,
        light=line.light,
        reason=line.reason,
        target=line.target,
        expected=line.expected,
        actual=line.actual,
        unit=line.unit,
        behind=line.behind,
        due_on=line.deadline,
        lead="、".join(line.units) if with_lead else "",
        unreviewed=line.unreviewed,
        estimated=line.estimated,
    )


def _change(change: Change) -> DigestChange:
    return DigestChange(
        no=change.no,
        title=change.title,
        before=change.before,
        after=change.after,
        reason=change.reason,
        actual_before=change.actual_before,
        actual=change.actual,
        unit=change.unit,
    )


def _row(row: UnitRow) -> StandingRow:
    return StandingRow(
        unit=row.unit,
        rank=row.rank,
        moved=row.rank_change,
        red=row.red,
        yellow=row.yellow,
        green=row.green,
        done=row.done,
        grey=row.grey,
    )


def _date(one: DueDate) -> NextDate:
    return NextDate(
        on=one.on,
        rule=one.rule,
        no=one.no,
        title=one.title,
        what=one.what,
        period=one.period,
        estimated=one.estimated,
    )
