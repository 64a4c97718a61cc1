"""Progress reports: append-only rows with their figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select, update
from sqlmodel import Session, col

from db import tables


def add_report(session: Session, report: tables.ProgressReport, figures: Mapping[int, Decimal]) -> int:
    """Stores the report with its cumulative figures by indicator id; returns its id."""
    session.add(report)
    session.flush()
    assert report.id is not None
    for indicator_id, quantity in figures.items():
        session.add(tables.ReportQuantity(report_id=report.id, indicator_id=indicator_id, quantity=quantity))
    session.flush()
    return report.id


def accept_reports(session: Session, subtask_id: int) -> None:
    """Every report of the sub-task that waits for review counts as accepted."""
    table = tables.ProgressReport
    waiting = update(table).where(col(table.subtask_id) == subtask_id, col(table.state) == "submitted")
    session.execute(waiting.values(state="accepted"))


def reports_after(
    session: Session, moment: datetime
) -> list[tuple[tables.ProgressReport, dict[int, Decimal]]]:
    """Reports received after the moment, in order of receipt, with their figures."""
    table, figure = tables.ProgressReport, tables.ReportQuantity
    query = (
        select(table).where(col(table.received_at) > moment).order_by(col(table.received_at), col(table.id))
    )
    found = []
    for row in session.execute(query).scalars():
        figures = select(col(figure.indicator_id), col(figure.quantity)).where(
            col(figure.report_id) == row.id
        )
        found.append((row, {line[0]: line[1] for line in session.execute(figures)}))
    return found


def reported_figures(session: Session, ids: Sequence[int]) -> dict[int, dict[int, Decimal]]:
    """The figures of these reports by indicator id; a report without any has none."""
    figure = tables.ReportQuantity
    query = select(col(figure.report_id), col(figure.indicator_id), col(figure.quantity))
    found: dict[int, dict[int, Decimal]] = {key: {} for key in ids}
    for key, indicator, quantity in session.execute(query.where(col(figure.report_id).in_(ids))):
        found[key][indicator] = quantity
    return found
