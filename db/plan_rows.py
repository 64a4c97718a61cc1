"""All rows of one plan, as they stand: for export, revision and the record of what a revision replaced."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import select
from sqlmodel import Session, SQLModel, col

from db import tables
from db.units import stored_id

Row = TypeVar("Row", bound=SQLModel)


@dataclass(slots=True)
class PlanRows:
    """The rows in the document's order; those of a sub-task by its id, figures by milestone or report id."""

    plan: tables.Plan
    phases: list[tables.Phase]
    projects: list[tables.Project]
    subtasks: dict[int, list[tables.SubTask]]  # by project id
    indicators: dict[int, list[tables.Indicator]]
    quotas: dict[int, list[tables.Quota]]  # by indicator id
    milestones: dict[int, list[tables.Milestone]]
    figures: dict[int, dict[int, Decimal]]  # by milestone id: indicator id → quantity
    assignments: dict[int, list[tables.Assignment]]
    reports: dict[int, list[tables.ProgressReport]]
    reported: dict[int, dict[int, Decimal]]  # by report id: indicator id → quantity
    units: dict[int, str] = field(default_factory=dict)  # names by id


def load_rows(session: Session, plan_id: int) -> PlanRows:
    """The rows of the plan in a fixed number of queries. Returned reports and units' shares are left out."""
    subtask, indicator, milestone = tables.SubTask, tables.Indicator, tables.Milestone
    report, project = tables.ProgressReport, tables.Project
    own = select(col(subtask.id)).where(col(subtask.plan_id) == plan_id)
    promised = select(col(indicator.id)).where(col(indicator.subtask_id).in_(own))
    set_ = select(col(milestone.id)).where(col(milestone.subtask_id).in_(own))
    told = select(col(report.id)).where(col(report.subtask_id).in_(own))
    work, quota, phase = tables.Assignment, tables.Quota, tables.Phase
    units = session.execute(select(col(tables.Unit.id), col(tables.Unit.name)))
    return PlanRows(
        plan=session.get_one(tables.Plan, plan_id),
        phases=_all(
            session, select(phase).where(col(phase.plan_id) == plan_id).order_by(col(phase.starts_on))
        ),
        projects=_all(
            session, select(project).where(col(project.plan_id) == plan_id).order_by(col(project.position))
        ),
        subtasks=_grouped(
            _all(
                session,
                select(subtask).where(col(subtask.plan_id) == plan_id).order_by(col(subtask.position)),
            ),
            "project_id",
        ),
        indicators=_owned(session, indicator, own, indicator.position),
        quotas=_grouped(
            _all(session, select(quota).where(col(quota.indicator_id).in_(promised)).order_by(col(quota.id))),
            "indicator_id",
        ),
        milestones=_owned(session, milestone, own, milestone.due_on),
        figures=_figures(session, tables.MilestoneQuantity, "milestone_id", set_),
        assignments=_owned(session, work, own, work.position),
        reports=_owned(
            session,
            report,
            own,
            report.received_at,
            col(report.state) != "returned",
            col(report.role) == "lead",
        ),
        reported=_figures(session, tables.ReportQuantity, "report_id", told),
        units={row[0]: row[1] for row in units},
    )


def _owned(
    session: Session, table: type[Row], own: Any, order: Any, *conditions: Any
) -> dict[int, list[Row]]:
    owner: Any = table
    query = select(table).where(owner.subtask_id.in_(own), *conditions).order_by(order, owner.id)
    return _grouped(_all(session, query), "subtask_id")


def _all(session: Session, query: Any) -> list[Any]:
    return list(session.execute(query).scalars())


def _grouped(rows: Sequence[Row], column: str) -> dict[int, list[Row]]:
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[stored_id(getattr(row, column))].append(row)
    return grouped


def _figures(session: Session, table: Any, column: str, owners: Any) -> dict[int, dict[int, Decimal]]:
    grouped: dict[int, dict[int, Decimal]] = defaultdict(dict)
    owner = getattr(table, column)
    query = select(owner, table.indicator_id, table.quantity).where(owner.in_(owners))
    for key, indicator, quantity in session.execute(query):
        grouped[key][indicator] = quantity
    return grouped
