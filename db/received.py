"""What units handed in and what shares they hold, as the rules read it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, Select, bindparam, select
from sqlmodel import Session, col

from db import tables
from engine.model import Report
from engine.rollup import Entry

NOBODY = 0  # a share without a unit adds to nothing
Quotas = dict[int, dict[int, Decimal]]


def received_of(session: Session, ids: Sequence[int], share_of: int | None = None) -> dict[int, list[Entry]]:
    """By sub-task the reports that were not returned, in order of receipt, each with the unit whose share it is.

    With ``share_of`` only what that unit said of its own share.
    """
    reports, told = _REPORTS, _REPORT_FIGURES
    if share_of is not None:
        own = (col(_report.role) == "share", col(_report.unit_id) == share_of)
        reports, told = reports.where(*own), told.where(*own)
    rows = session.execute(reports, {"ids": ids}).all()
    figures = figures_of(session, told, ids) if rows else {}
    grouped: dict[int, list[Entry]] = defaultdict(list)
    for subtask, key, period, as_of, received_at, state, status, zone, role, unit in rows:
        received_on = received_at.astimezone(ZoneInfo(zone)).date()
        report = Report(key, period, as_of, received_on, state == "accepted", status, figures.get(key, {}))
        grouped[subtask].append((unit or NOBODY if role == "share" else None, report))
    return grouped


def quotas_of(session: Session, ids: Sequence[int], share_of: int | None = None) -> dict[int, Quotas]:
    """By sub-task and unit the quotas by indicator, of that unit only where one is named.

    One look at an empty table where no plan shares anything out.
    """
    grouped: dict[int, Quotas] = defaultdict(lambda: defaultdict(dict))
    if session.execute(_ANY_QUOTA).first() is None:
        return grouped
    held = _QUOTAS if share_of is None else _QUOTAS.where(col(_quota.unit_id) == share_of)
    for subtask, unit, indicator, quantity in session.execute(held, {"ids": ids}):
        grouped[subtask][unit][indicator] = quantity
    return grouped


def figures_of(
    session: Session, query: Select[int, int, Decimal], ids: Sequence[int]
) -> dict[int, dict[int, Decimal]]:
    """By owner and indicator the quantities that the query finds."""
    grouped: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for owner, indicator, quantity in session.execute(query, {"ids": ids}):
        grouped[owner][indicator] = quantity
    return grouped


# Statements are built once: building them took as long as running them.
_task, _report, _quota = tables.SubTask, tables.ProgressReport, tables.Quota
_ids: BindParameter[Any] = bindparam("ids", expanding=True)
_REPORTS = (
    select(
        col(_report.subtask_id),
        col(_report.id),
        col(_report.period),
        col(_report.as_of),
        col(_report.received_at),
        col(_report.state),
        col(_report.status),
        col(tables.Plan.time_zone),
        col(_report.role),
        col(_report.unit_id),
    )
    .join(_task, col(_task.id) == col(_report.subtask_id))
    .join(tables.Plan, col(tables.Plan.id) == col(_task.plan_id))
    .where(col(_report.subtask_id).in_(_ids), col(_report.state) != "returned")
    .order_by(col(_report.received_at), col(_report.id))
)
_REPORT_FIGURES = (
    select(
        col(tables.ReportQuantity.report_id),
        col(tables.ReportQuantity.indicator_id),
        col(tables.ReportQuantity.quantity),
    )
    .join(_report, col(_report.id) == col(tables.ReportQuantity.report_id))
    .where(col(_report.subtask_id).in_(_ids))
)
_ANY_QUOTA = select(col(_quota.id)).limit(1)
_QUOTAS = (
    select(
        col(tables.Indicator.subtask_id), col(_quota.unit_id), col(_quota.indicator_id), col(_quota.quantity)
    )
    .join(tables.Indicator, col(tables.Indicator.id) == col(_quota.indicator_id))
    .where(col(tables.Indicator.subtask_id).in_(_ids))
    .order_by(col(_quota.unit_id), col(_quota.indicator_id))
)
