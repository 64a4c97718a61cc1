"""Plan and actual of one indicator as the points of an SVG picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from engine.calendar import WorkCalendar
from engine.curve import Curve
from engine.facts import Facts, accumulates
from engine.forecast import Forecast, forecast_indicator
from engine.model import Indicator, Plan, SubTask
from engine.periods import curve_of

LEFT, RIGHT, TOP, BOTTOM = 64, 690, 24, 216
LINES = 4


@dataclass(frozen=True, slots=True)
class Dot:
    """One reported figure."""

    x: float
    y: float
    on: date
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the grid with its label."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The picture of one indicator; ``expected`` and ``actual`` are the figures of the day shown."""

    indicator: Indicator
    plan: str
    actual: str
    dots: tuple[Dot, ...]
    levels: tuple[Tick, ...]
    months: tuple[tuple[float, int], ...]
    today: float
    expected: Decimal
    reported: Decimal | None
    forecast: Forecast | None
    dashes: str


def charts_of(plan: Plan, subtask: SubTask, calendar: WorkCalendar, on: date) -> list[Chart]:
    """A picture for each indicator that accumulates towards its target."""
    facts = Facts.of(plan, subtask, calendar, on)
    return [_chart(facts, one, curve_of(facts, one)) for one in subtask.indicators if accumulates(one)]


def _forecast(facts: Facts, indicator: Indicator) -> Forecast | None:
    """The indicator's own forecast, unless nobody expects anything more of the sub-task."""
    is_over = facts.resting or facts.finished or facts.completed
    return None if is_over else forecast_indicator(facts, indicator)


def _chart(facts: Facts, indicator: Indicator, curve: Curve) -> Chart:
    reported = [
        (report.as_of, report.quantities[indicator.id])
        for report in facts.reports
        if indicator.id in report.quantities
    ]
    first, last = facts.start, max(facts.deadline, min(facts.on, facts.plan.ends_on))
    top = max([indicator.quantity, curve.points[-1][1], *(quantity for _, quantity in reported)])
    forecast = _forecast(facts, indicator)
    paper = _Paper(first, max(last, first + timedelta(days=1)), top if top > 0 else Decimal(1))
    asked = [(day, curve.expected(day, 4)) for day in _days(first, facts.deadline, curve)]
    return Chart(
        indicator,
        plan=paper.line(asked),
        actual=paper.line([(first, Decimal(0)), *reported]) if reported else "",
        dots=tuple(Dot(paper.x(day), paper.y(quantity), day, quantity) for day, quantity in reported),
        levels=tuple(_levels(paper)),
        months=tuple((paper.x(day), day.month) for day in _month_starts(first, last)),
        today=paper.x(min(max(facts.on, first), last)),
        expected=curve.expected(facts.on),
        reported=reported[-1][1] if reported else None,
        forecast=forecast,
        dashes=paper.onward(reported[-1], (forecast.on, indicator.quantity))
        if forecast and forecast.on and reported
        else "",
    )


@dataclass(frozen=True, slots=True)
class _Paper:
    """From days and quantities to places in the picture."""

    first: date
    last: date
    top: Decimal

    def x(self, day: date) -> float:
        share = (day - self.first).days / (self.last - self.first).days
        return round(LEFT + (RIGHT - LEFT) * min(max(share, 0), 1), 1)

    def y(self, quantity: Decimal) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * float(quantity / self.top), 1)

    def line(self, points: Sequence[tuple[date, Decimal]]) -> str:
        return " ".join(f"{self.x(day)},{self.y(quantity)}" for day, quantity in points)

    def onward(self, start: tuple[date, Decimal], end: tuple[date, Decimal]) -> str:
        """A line from a point to a later one, cut where the paper ends."""
        if end[0] > self.last > start[0]:
            passed = Decimal((self.last - start[0]).days) / (end[0] - start[0]).days
            end = self.last, start[1] + (end[1] - start[1]) * passed
        return self.line([start, end]) if start[0] < end[0] <= self.last else ""


def _levels(paper: _Paper) -> list[Tick]:
    """Lines at round quantities: 1, 2 or 5 times a power of ten apart."""
    step = Decimal(10) ** (paper.top / LINES).adjusted()
    step *= next((factor for factor in (1, 2, 5) if step * factor * (LINES + 1) > paper.top), 10)
    count = int(paper.top // step)
    return [Tick(paper.y(step * n), f"{(step * n).normalize() + 0:,f}") for n in range(count + 1)]


def _days(first: date, last: date, curve: Curve) -> list[date]:
    """The corners of the curve, and each month's first day, so that a bent curve looks bent."""
    corners = {date.fromordinal(ordinal) for ordinal, _ in curve.points}
    return sorted({first, last, *corners, *(_month_starts(first, last) if curve.late else ())})


def _month_starts(first: date, last: date) -> list[date]:
    months = range(first.year * 12 + first.month, last.year * 12 + last.month)
    return [date(month // 12, month % 12 + 1, 1) for month in months]
