"""Progress reports: append-only rows with their figures, and what was decided about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from db import tables
from db.plans import CHUNK
from db.tables import ProgressReport as R


def add_report(session: Session, report: tables.ProgressReport, figures: Mapping[int, Decimal]) -> int:
    """Stores the report with its cumulative figures by indicator id; returns its id."""
    session.add(report)
    session.flush()
    assert report.id is not None
    for indicator_id, quantity in figures.items():
        session.add(tables.ReportQuantity(report_id=report.id, indicator_id=indicator_id, quantity=quantity))
    session.flush()
    return report.id


def replaced() -> ColumnElement[bool]:
    """The condition that a report has a newer one of the same unit and period that was not sent back."""
    newer: Any = aliased(R)
    same_unit = func.coalesce(newer.unit_id, 0) == func.coalesce(R.unit_id, 0)
    same = (newer.subtask_id == R.subtask_id, newer.period == R.period, newer.role == R.role, same_unit)
    return exists().where(*same, newer.id > R.id, newer.state != "returned")


def waiting_for_review(session: Session, subtask_ids: Any) -> list[R]:
    """The reports of these sub-tasks (ids, or a query for them) that nobody has judged yet, the longest waiting first.

    One that a newer report of the same unit and period has replaced waits for nobody.
    """
    query = select(R).where(*_unjudged(subtask_ids)).order_by(col(R.received_at), col(R.id))
    return list(session.execute(query).scalars())


def waits_for_review(session: Session, subtask_ids: Any) -> list[tuple[int, str, datetime]]:
    """(sub-task, period, since) of what :func:`waiting_for_review` finds, for lists of thousands."""
    query = select(col(R.subtask_id), col(R.period), col(R.received_at)).where(*_unjudged(subtask_ids))
    return [tuple(row) for row in session.execute(query.order_by(col(R.received_at), col(R.id)))]


def count_for_review(session: Session, subtask_ids: Any) -> tuple[int, datetime | None]:
    """How many :func:`waits_for_review` finds, and since when the first of them has waited."""
    query = select(func.count(), func.min(col(R.received_at))).where(*_unjudged(subtask_ids))
    count, since = session.execute(query).one()
    return count, since


def _unjudged(subtask_ids: Any) -> tuple[ColumnElement[bool], ...]:
    return col(R.subtask_id).in_(subtask_ids), col(R.state) == "submitted", ~replaced()


def is_replaced(session: Session, report_id: int) -> bool:
    """Whether a newer report of the same unit and period stands in its place."""
    query = select(col(R.id)).where(col(R.id) == report_id, replaced())
    return session.execute(query).first() is not None


def decide_report(
    session: Session, report_id: int, decision: str, who: str, now: datetime, reason: str = ""
) -> tables.ReportReview:
    """The report is ``accepted`` or ``returned``; returns the row that says by whom and why."""
    session.execute(update(R).where(col(R.id) == report_id).values(state=decision))
    review = tables.ReportReview(report_id=report_id, at=now, who=who, decision=decision, reason=reason)
    session.add(review)
    session.flush()
    return review


def last_review(session: Session, report_id: int) -> tables.ReportReview | None:
    """The decision that counts, if there is one."""
    review = tables.ReportReview
    query = select(review).where(col(review.report_id) == report_id).order_by(col(review.id).desc())
    return session.execute(query.limit(1)).scalars().first()


def why_returned(session: Session, report_ids: Sequence[int]) -> dict[int, str]:
    """For each report that was sent back the reason of its last decision."""
    review = tables.ReportReview
    found: dict[int, str] = {}
    for start in range(0, len(report_ids), CHUNK):
        query = select(col(review.report_id), col(review.reason)).order_by(col(review.id))
        asked = query.where(col(review.report_id).in_(report_ids[start : start + CHUNK]))
        found.update((row[0], row[1]) for row in session.execute(asked))
    return found


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
    """The cumulative figures of these reports by indicator id; a report without any has none."""
    figure = tables.ReportQuantity
    query = select(col(figure.report_id), col(figure.indicator_id), col(figure.quantity))
    found: dict[int, dict[int, Decimal]] = {key: {} for key in ids}
    for start in range(0, len(ids), CHUNK):
        asked = query.where(col(figure.report_id).in_(ids[start : start + CHUNK]))
        for key, indicator, quantity in session.execute(asked):
            found[key][indicator] = quantity
    return found


def last_reports(
    session: Session, subtask_ids: Sequence[int], role: str, unit_id: int | None
) -> dict[int, R]:
    """By sub-task the report that came in last in that role, sent back or not; of that unit if one is named."""
    found: dict[int, R] = {}
    for start in range(0, len(subtask_ids), CHUNK):
        last = _last(subtask_ids[start : start + CHUNK], role, unit_id)
        found |= {row.subtask_id: row for row in session.execute(select(R).where(last)).scalars()}
    return found


def reported_for(
    session: Session, subtask_ids: Sequence[int], role: str, unit_id: int | None, period: str
) -> set[int]:
    """The sub-tasks of which :func:`last_reports` finds one for that period that was not sent back."""
    found: set[int] = set()
    for start in range(0, len(subtask_ids), CHUNK):
        last = _last(subtask_ids[start : start + CHUNK], role, unit_id)
        standing = (col(R.period) == period, col(R.state) != "returned")
        found |= set(session.execute(select(col(R.subtask_id)).where(last, *standing)).scalars())
    return found


def _last(subtask_ids: Sequence[int], role: str, unit_id: int | None) -> ColumnElement[bool]:
    """The condition that a report is the last one of its sub-task in that role."""
    own = col(R.subtask_id).in_(subtask_ids)
    last = select(func.max(col(R.id))).where(own, col(R.role) == role).group_by(col(R.subtask_id))
    return col(R.id).in_(last if unit_id is None else last.where(col(R.unit_id) == unit_id))


def last_report(session: Session, subtask_id: int, role: str, unit_id: int | None = None) -> R | None:
    """What :func:`last_reports` finds of one sub-task."""
    return last_reports(session, [subtask_id], role, unit_id).get(subtask_id)
