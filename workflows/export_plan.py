"""导出: a stored plan becomes a draft again, each part with its stable id and revision."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from sqlmodel import Session

from db import tables
from db.plan_rows import PlanRows, load_rows
from db.plans import LEADING
from db.session import Database
from db.units import stored_id
from intake.draft import (
    DeadlineDraft,
    DocumentFacts,
    IndicatorDraft,
    MilestoneDraft,
    PhaseDraft,
    PlanDraft,
    ProgressDraft,
    ProjectDraft,
    QuantityDraft,
    SubTaskDraft,
)
from workflows.store_draft import period_end

# Stable ids: a letter that tells the kind, then the row's key.
PLAN, PROJECT, SUBTASK, INDICATOR, MILESTONE = "P", "J", "S", "I", "M"


def export(database: Database, plan_id: int) -> PlanDraft:
    """The plan as it stands; importing what is written from it changes nothing."""
    with database.read() as session:
        return export_rows(session, plan_id)


def export_rows(session: Session, plan_id: int) -> PlanDraft:
    """The same within a session."""
    rows = load_rows(session, plan_id)
    plan = rows.plan
    facts = DocumentFacts(
        title=plan.title,
        number=plan.number,
        issuer=plan.issuer,
        issued_on=plan.issued_on,
        year=plan.year,
        kind=plan.kind,
        stable_id=f"{PLAN}{plan.id}",
        revision=plan.revision,
    )
    phases = [PhaseDraft(phase.name, phase.ends_on) for phase in rows.phases]
    return PlanDraft(facts, phases, [_project(rows, project) for project in rows.projects])


def _project(rows: PlanRows, project: tables.Project) -> ProjectDraft:
    return ProjectDraft(
        no=project.no,
        title=project.title,
        leaders=list(project.leaders),
        lead_units=list(project.lead_units),
        cooperating_units=list(project.cooperating_units),
        subtasks=[_subtask(rows, subtask) for subtask in rows.subtasks.get(stored_id(project.id), [])],
        stable_id=f"{PROJECT}{project.id}",
        revision=project.revision,
    )


def _subtask(rows: PlanRows, subtask: tables.SubTask) -> SubTaskDraft:
    key = stored_id(subtask.id)
    indicators = rows.indicators.get(key, [])
    holders = {quota.unit_id for one in indicators for quota in rows.quotas.get(stored_id(one.id), [])}
    bound = rows.assignments.get(key, [])
    return SubTaskDraft(
        no=subtask.no,
        title=subtask.title,
        lead_units=_named(rows, [one for one in bound if one.role in LEADING]),
        cooperating_units=_named(rows, [one for one in bound if one.role == "cooperating"]),
        # Who holds a quota is executing without being named.
        executing_units=_named(
            rows, [one for one in bound if one.role == "executing" and one.unit_id not in holders]
        ),
        members=_members(rows, bound),
        responsible=list(subtask.responsible),
        level=list(subtask.level),
        deadline=DeadlineDraft(subtask.deadline_text, subtask.deadline),
        starts_on=subtask.starts_on,
        indicators=[_indicator(rows, one) for one in indicators],
        milestones=[_milestone(rows, one, indicators) for one in rows.milestones.get(key, [])],
        progress=_progress(rows, key, indicators),
        stable_id=f"{SUBTASK}{subtask.id}",
        revision=subtask.revision,
    )


def _named(rows: PlanRows, bound: list[tables.Assignment]) -> list[str]:
    """The units as the document names them: a group stands for its members."""
    return list(dict.fromkeys(rows.units[one.group_id or one.unit_id] for one in bound))


def _members(rows: PlanRows, bound: list[tables.Assignment]) -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = {}
    for one in bound:
        if one.group_id is not None:
            found.setdefault(rows.units[one.group_id], {})[rows.units[one.unit_id]] = None
    return {group: list(names) for group, names in found.items()}


def _indicator(rows: PlanRows, indicator: tables.Indicator) -> IndicatorDraft:
    quotas = rows.quotas.get(stored_id(indicator.id), [])
    return IndicatorDraft(
        subject=indicator.subject,
        quantity=indicator.quantity,
        unit=indicator.unit,
        comparator=indicator.comparator,
        kind=indicator.kind,
        quote=indicator.quote,
        level=tuple(indicator.level),
        quotas={rows.units[quota.unit_id]: quota.quantity for quota in quotas},
        stable_id=f"{INDICATOR}{indicator.id}",
        revision=indicator.revision,
    )


def _milestone(
    rows: PlanRows, milestone: tables.Milestone, indicators: list[tables.Indicator]
) -> MilestoneDraft:
    period = milestone.period or ""
    by_month = period_end(period) == milestone.due_on
    return MilestoneDraft(
        period=period,
        text=milestone.text,
        quantities=_quantities(indicators, rows.figures.get(stored_id(milestone.id), {})),
        due_on=None if by_month else milestone.due_on,
        stable_id=f"{MILESTONE}{milestone.id}",
        revision=milestone.revision,
    )


def _progress(rows: PlanRows, subtask_id: int, indicators: list[tables.Indicator]) -> list[ProgressDraft]:
    """The last word on each period."""
    latest = {report.period: report for report in rows.reports.get(subtask_id, [])}
    return [
        ProgressDraft(
            period=period,
            text=report.text,
            status=report.status,
            quantities=_quantities(indicators, rows.reported.get(stored_id(report.id), {})),
        )
        for period, report in sorted(latest.items())
    ]


def _quantities(indicators: list[tables.Indicator], figures: Mapping[int, Decimal]) -> list[QuantityDraft]:
    return [
        QuantityDraft(one.subject, figures[stored_id(one.id)], one.unit)
        for one in indicators
        if one.id in figures
    ]
