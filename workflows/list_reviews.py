"""待审核: each report that waits for a coordinator, its figures beside the plan's and the last ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlmodel import Session, col

from db import plans, tables
from db.calendar import load_calendar
from db.cards import Card, load_cards
from db.reports import reported_figures
from db.units import stored_id
from engine.calendar import WorkCalendar
from engine.model import Plan, Reason, Report, SubTask
from engine.periods import period_target
from workflows.review_doubts import Beside, review_doubts
from workflows.review_report import find_waiting


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One indicator: what is reported, what the plan asks for by the period's end, in all, and what was known before."""

    subject: str
    unit: str
    value: Decimal
    expected: Decimal | None
    target: Decimal
    last: Decimal | None
    indicator_id: int = 0


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A report that waits; ``waited`` counts working days since it came in, ``doubts`` say why to look twice."""

    report_id: int
    subtask_id: int
    no: str
    title: str
    plan: str
    unit: str
    period: str
    role: str
    received_on: date
    waited: int
    status: str
    text: str
    difficulties: str
    needs_coordination: bool
    figures: tuple[FigureLine, ...]
    who: str = ""
    doubts: tuple[Reason, ...] = ()


def review_lines(
    session: Session, now: datetime, plan: str | None = None, unit: str | None = None
) -> list[ReviewLine]:
    """The reports that wait for review, the longest waiting first; a fixed number of queries."""
    return lines_of(session, find_waiting(session, plan, unit), now)


def lines_of(session: Session, reports: Sequence[tables.ProgressReport], now: datetime) -> list[ReviewLine]:
    """These reports in the order given; a fixed number of queries."""
    ids = sorted({report.subtask_id for report in reports})
    subtasks, cards = plans.load_subtasks(session, ids), load_cards(session, ids)
    figures = reported_figures(session, [stored_id(report.id) for report in reports])
    units, calendar = _unit_names(session, reports), load_calendar(session)
    return [
        _line(
            session,
            report,
            subtasks[report.subtask_id],
            cards[report.subtask_id],
            figures.get(stored_id(report.id), {}),
            units,
            calendar,
            now,
        )
        for report in reports
    ]


def _line(
    session: Session,
    report: tables.ProgressReport,
    subtask: SubTask,
    card: Card,
    figures: Mapping[int, Decimal],
    units: Mapping[int, str],
    calendar: WorkCalendar,
    now: datetime,
) -> ReviewLine:
    plan = plans.load_plan(session, card.plan_id)
    zone = plans.zone_of(plan)
    received_on = report.received_at.astimezone(zone).date()
    lead = card.leads[0] if card.leads else ""
    beside = _beside(plan, subtask, calendar, report)
    return ReviewLine(
        report_id=stored_id(report.id),
        subtask_id=subtask.id,
        no=subtask.no,
        title=subtask.title,
        plan=card.plan_title,
        unit=units.get(report.unit_id or 0, lead),
        period=report.period,
        role=report.role,
        received_on=received_on,
        waited=calendar.working_days_between(received_on, now.astimezone(zone).date()),
        status=report.status,
        text=report.text,
        difficulties=report.difficulties,
        needs_coordination=report.needs_coordination,
        figures=_figures(subtask, figures, beside),
        who=report.who,
        doubts=review_doubts(subtask, report, figures, beside),
    )


def _beside(plan: Plan, subtask: SubTask, calendar: WorkCalendar, report: tables.ProgressReport) -> Beside:
    """A share stands beside its own quota and what its unit said before; nothing is asked of it by a day."""
    targets: Mapping[int, Decimal] = {one.id: one.quantity for one in subtask.indicators}
    asked: Mapping[int, Decimal] = {}
    earlier = subtask.reports
    if report.role == "share":
        share = next((one for one in subtask.shares if one.unit_id == report.unit_id), None)
        targets, earlier = (share.quotas, share.reports) if share else (targets, ())
    else:
        asked = period_target(plan, subtask, calendar, report.period)
    return Beside(targets, asked, _known_before(earlier, stored_id(report.id)))


def _figures(subtask: SubTask, figures: Mapping[int, Decimal], beside: Beside) -> tuple[FigureLine, ...]:
    return tuple(
        FigureLine(
            one.subject,
            one.unit,
            figures[one.id],
            beside.asked.get(one.id),
            beside.targets.get(one.id, one.quantity),
            beside.before.get(one.id),
            one.id,
        )
        for one in subtask.indicators
        if one.id in figures
    )


def _known_before(reports: Sequence[Report], report_id: int) -> dict[int, Decimal]:
    """The figures of the reports that came in before that one."""
    known: dict[int, Decimal] = {}
    for report in reports:
        if report.id >= report_id:
            break
        known.update(report.quantities)
    return known


def _unit_names(session: Session, reports: Sequence[tables.ProgressReport]) -> dict[int, str]:
    unit = tables.Unit
    ids = {report.unit_id for report in reports if report.unit_id}
    query = select(col(unit.id), col(unit.name)).where(col(unit.id).in_(ids))
    return {row[0]: row[1] for row in session.execute(query)}
