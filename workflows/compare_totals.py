"""合计核对: where the lead unit's figure and the sum of the units' shares cannot both be true, coordinators see it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from db import plans, runs, tables
from engine.model import SubTask
from engine.rollup import Comparison, compare, tally

TOTALS_DIFFER = "TOTALS_DIFFER"


def compare_totals(session: Session, subtask_id: int, now: datetime) -> None:
    """The finding says how lead unit and units differ now; it is settled once they agree.

    Called in the transaction that stores, accepts or returns a report. A sum that is not complete and not
    too large says nothing: a finding that is open stays open.
    """
    if not _has_shares(session, subtask_id):
        return
    subtask = plans.load_subtasks(session, [subtask_id])[subtask_id]
    compared = compare(subtask)
    subject = f"subtask:{subtask_id}"
    differing = [one for one in compared if one.differs]
    if differing:
        message = _sentence(session, subtask, differing)
        if message not in _open_messages(session, subject):
            runs.close_finding(session, TOTALS_DIFFER, subject, now)
            inputs = _inputs(session, subtask, differing)
            plan_id = _plan_id(session, subtask_id)
            runs.open_finding(session, TOTALS_DIFFER, subject, message, now, plan_id, inputs)
    elif all(one.agrees for one in compared):
        runs.close_finding(session, TOTALS_DIFFER, subject, now)


def _has_shares(session: Session, subtask_id: int) -> bool:
    report = tables.ProgressReport
    query = select(col(report.id)).where(col(report.subtask_id) == subtask_id, col(report.role) == "share")
    return session.execute(query.limit(1)).first() is not None


def _open_messages(session: Session, subject: str) -> list[str]:
    found = runs.open_findings(session, TOTALS_DIFFER)
    return [finding.message for finding in found if finding.subject == subject]


def _plan_id(session: Session, subtask_id: int) -> int:
    return session.get_one(tables.SubTask, subtask_id).plan_id


def _sentence(session: Session, subtask: SubTask, differing: Sequence[Comparison]) -> str:
    names = _names(session, [share.unit_id for share in subtask.shares])
    parts = "；".join(_part(subtask, one, names) for one in differing)
    return f"子任务 {subtask.no} {subtask.title}：{parts}。请与牵头单位和各单位核对，由填错的一方更正。"


def _part(subtask: SubTask, one: Comparison, names: dict[int, str]) -> str:
    unit, period = one.indicator.unit, one.tally.period
    counted = len(one.tally.reported)
    whole = counted + len(one.tally.missing)
    who = "各单位" if one.tally.complete else f"{whole}个单位中已报的{counted}个（未报的按上次填报计）"
    subject = f"“{one.indicator.subject}”" if one.indicator.subject else ""
    own = "、".join(f"{name}{figure}{unit}" for name, figure in _own(subtask, one, names))
    return (
        f"{period} {subject}牵头单位填报 {one.lead.normalize():f}{unit}，"
        f"{who}合计 {one.shared.normalize():f}{unit}（{own}）"
    )


def _own(subtask: SubTask, one: Comparison, names: dict[int, str]) -> list[tuple[str, str]]:
    """What each unit has reported, by its name."""
    return [
        (names[share.unit_id], f"{figure.normalize():f}")
        for share in subtask.shares
        if (figure := tally(subtask.indicators, (share,), one.tally.period).quantities.get(one.indicator.id))
        is not None
    ]


def _inputs(session: Session, subtask: SubTask, differing: Sequence[Comparison]) -> dict[str, Any]:
    """What the sentence is made of."""
    names = _names(session, [share.unit_id for share in subtask.shares])
    parts = [
        {
            "period": one.tally.period,
            "subject": one.indicator.subject,
            "unit": one.indicator.unit,
            "lead": f"{one.lead:f}",
            "shared": f"{one.shared:f}",
            "counted": len(one.tally.reported),
            "whole": len(one.tally.reported) + len(one.tally.missing),
            "own": _own(subtask, one, names),
        }
        for one in differing
    ]
    return {"no": subtask.no, "title": subtask.title, "parts": parts}


def _names(session: Session, ids: Sequence[int]) -> dict[int, str]:
    unit = tables.Unit
    query = select(col(unit.id), col(unit.name)).where(col(unit.id).in_(ids))
    return {row[0]: row[1] for row in session.execute(query)}
