"""A draft as the JSON object of the command's contract: quantities as decimal strings, dates as ISO dates."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from intake.draft import (
    Finding,
    IndicatorDraft,
    MilestoneDraft,
    PlanDraft,
    ProgressDraft,
    ProjectDraft,
    QuantityDraft,
    SubTaskDraft,
)


def to_json(draft: PlanDraft, stored: bool) -> dict[str, Any]:
    """The object that ``duban import --json`` prints; ``stored`` says whether the plan was kept."""
    facts = draft.document
    return {
        "document": {
            "title": facts.title,
            "number": facts.number,
            "issuer": facts.issuer,
            "issued_on": facts.issued_on.isoformat() if facts.issued_on else None,
            "year": facts.year,
            "kind": facts.kind,
        },
        "phases": [{"name": one.name, "ends_on": one.ends_on.isoformat()} for one in draft.phases],
        "projects": [_project(one) for one in draft.projects],
        "findings": [finding_to_json(one) for one in draft.findings],
        "stored": stored,
        "counts": counts(draft),
    }


def counts(draft: PlanDraft) -> dict[str, int]:
    """How many of each the draft holds; lead units are counted once each, quotas by cell."""
    subtasks = [subtask for project in draft.projects for subtask in project.subtasks]
    indicators = [indicator for subtask in subtasks for indicator in subtask.indicators]
    return {
        "projects": len(draft.projects),
        "subtasks": len(subtasks),
        "indicators": len(indicators),
        "lead_units": len({name for subtask in subtasks for name in subtask.lead_units}),
        "quotas": sum(
            len({unit for one in subtask.indicators for unit in one.quotas}) for subtask in subtasks
        ),
    }


def finding_to_json(finding: Finding) -> dict[str, Any]:
    """A finding with its place as one short text (``line 12``, ``任务表!C4``)."""
    return {
        "severity": finding.severity,
        "code": finding.code,
        "where": str(finding.where),
        "quote": finding.quote,
        "message": finding.message,
        "alternatives": list(finding.alternatives),
    }


def decimal_text(number: Decimal) -> str:
    """A decimal without exponent and trailing zeros: 16000, 5.5."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _project(project: ProjectDraft) -> dict[str, Any]:
    return {
        "no": project.no,
        "title": project.title,
        "leaders": project.leaders,
        "lead_units": project.lead_units,
        "cooperating_units": project.cooperating_units,
        "subtasks": [_subtask(one) for one in project.subtasks],
    }


def _subtask(subtask: SubTaskDraft) -> dict[str, Any]:
    due = subtask.deadline.date
    return {
        "no": subtask.no,
        "title": subtask.title,
        "lead_units": subtask.lead_units,
        "cooperating_units": subtask.cooperating_units,
        "executing_units": subtask.executing_units,
        "responsible": subtask.responsible,
        "level": subtask.level,
        "deadline": {"text": subtask.deadline.text, "date": due.isoformat() if due else None},
        "indicators": [_indicator(one) for one in subtask.indicators],
        "milestones": [_milestone(one) for one in subtask.milestones],
        "progress": [_progress(one) for one in subtask.progress],
    }


def _indicator(indicator: IndicatorDraft) -> dict[str, Any]:
    return {
        "subject": indicator.subject,
        "quantity": decimal_text(indicator.quantity),
        "unit": indicator.unit,
        "comparator": indicator.comparator,
        "kind": indicator.kind,
        "quote": indicator.quote,
        "level": list(indicator.level),
        "quotas": {unit: decimal_text(number) for unit, number in indicator.quotas.items()},
    }


def _milestone(milestone: MilestoneDraft) -> dict[str, Any]:
    return {
        "period": milestone.period,
        "text": milestone.text,
        "quantities": [_quantity(one) for one in milestone.quantities],
    }


def _progress(progress: ProgressDraft) -> dict[str, Any]:
    return {
        "period": progress.period,
        "text": progress.text,
        "status": progress.status,
        "quantities": [_quantity(one) for one in progress.quantities],
    }


def _quantity(figure: QuantityDraft) -> dict[str, Any]:
    return {"subject": figure.subject, "quantity": decimal_text(figure.quantity), "unit": figure.unit}
