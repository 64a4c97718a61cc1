"""How far reported figures are along what the plan asks for, worked out day by day from the words of the rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from engine.model import Indicator, Report
from tests.oracle_days import DAY, days, is_working

if TYPE_CHECKING:
    from tests.oracle_rules import Case

DIVISIBLE = {"平方米", "公里", "千米", "米", "亩", "公顷", "吨", "元", "万元", "亿元", "美元", "%", "‰"}
ACCUMULATING = {"delivery", "coverage"}


def latest_figure(reports: Sequence[Report], indicator_id: int) -> tuple[Fraction, date] | None:
    """The value and its day, from the last report of the latest period that names the indicator."""
    best: Report | None = None
    for report in reports:
        if indicator_id in report.quantities and (best is None or report.period >= best.period):
            best = report
    return (Fraction(best.quantities[indicator_id]), best.as_of) if best else None


def behind(case: Case, reports: Sequence[Report]) -> int:
    """Working days of the worst indicator."""
    worst = 0
    for indicator in case.subtask.indicators:
        figure = latest_figure(reports, indicator.id)
        is_limit = indicator.comparator in ("<=", "<")
        if figure is None or indicator.kind not in ACCUMULATING or is_limit:
            continue
        worst = max(worst, _behind(case, indicator, *figure))
    return worst


def _worked(case: Case, after: date, until: date) -> int:
    """Working days without those of suspensions."""
    return sum(is_working(day) and not case.is_away(day) for day in days(after + DAY, until))


def _behind(case: Case, indicator: Indicator, value: Fraction, as_of: date) -> int:
    if is_met(case, indicator, value, as_of):
        return 0
    if indicator.unit in DIVISIBLE:
        asked = [day for day in days(case.start, as_of) if expected(case, indicator, day) <= value]
        return _worked(case, max(asked, default=case.start), as_of)
    following = min(Fraction(value // 1 + 1), Fraction(indicator.quantity))
    for day in days(case.start, as_of):
        if expected(case, indicator, day) >= following:
            return _worked(case, day, as_of)
    return 0


def _points(case: Case, indicator: Indicator) -> list[tuple[date, Fraction]]:
    points = [(case.start, Fraction(0))]
    for milestone in sorted(case.subtask.milestones, key=lambda one: one.due_on):
        if indicator.id in milestone.quantities:
            highest = max(points[-1][1], Fraction(milestone.quantities[indicator.id]))
            points.append((milestone.due_on, highest))
    points.append((case.deadline, max(points[-1][1], Fraction(indicator.quantity))))
    return points


def expected(case: Case, indicator: Indicator, day: date) -> Fraction:
    """What the plan asks for by the evening of that day: linear between the points, squared if late."""
    points = _points(case, indicator)
    if day <= points[0][0]:
        return Fraction(0)
    for (first, low), (last, high) in pairwise(points):
        if first <= day < last:
            share = Fraction((day - first).days, (last - first).days)
            if case.policy.curve == "late" and len(points) == 2:
                share *= share
            return low + (high - low) * share
    return points[-1][1]


def is_met(case: Case, indicator: Indicator, value: Fraction, as_of: date) -> bool:
    quantity = Fraction(indicator.quantity)
    if indicator.comparator in ("<=", "<") or indicator.kind == "upper_bound":
        is_below = value < quantity if indicator.comparator == "<" else value <= quantity
        return as_of >= case.deadline and is_below
    return value > quantity if indicator.comparator == ">" else value >= quantity


def is_completed(case: Case, reports: Sequence[Report]) -> bool:
    if not reports:
        return False
    if not case.subtask.indicators:
        last = max(enumerate(reports), key=lambda pair: (pair[1].period, pair[0]))[1]
        return last.status in ("done", "over_fulfilled")
    figures = [(one, latest_figure(reports, one.id)) for one in case.subtask.indicators]
    return all(figure is not None and is_met(case, one, *figure) for one, figure in figures)
