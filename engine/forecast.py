"""When a sub-task will be complete if it goes on at its present pace, and why we think so.

The pace is the median of the slopes between all pairs of the last six months' figures (Theil–Sen): a single
odd report among five or more that go straight moves neither pace nor date, whichever it is, while a mean or a
least-squares line would follow it. The date is where the median line with that slope reaches the target. Days of
suspension do not count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations

from engine.facts import Facts, accumulates, is_met
from engine.model import Indicator, Reason

RECENT = 6  # months that make the present pace
FAR = 5 * 366  # a date further away than this many days is no date
MONTH = Decimal(1461) / 48  # days, on the average of four years
Point = tuple[
    int, int
]  # day, without those of suspension, and cumulative quantity in units of the last decimal
Slope = tuple[int, int]  # so much in so many days


@dataclass(frozen=True, slots=True)
class Forecast:
    """When the sub-task will be complete at the present pace.

    ``on`` is ``None`` when the pace leads nowhere or is not known; ``late``: later than the deadline, or
    never, which is an early warning whatever the light. ``reason`` names the indicator that decides, with
    the points used, the pace a month and what remains: ``forecast``, ``forecast_never`` or
    ``forecast_unknown``.
    """

    on: date | None
    late: bool
    reason: Reason
    indicator_id: int


def forecast_of(facts: Facts) -> Forecast | None:
    """The forecast of the worst indicator; ``None`` for what is done, at rest or promises nothing that accumulates.

    Never comes before late, late before what is not known, and that before what comes in time.
    """
    if facts.resting or facts.finished or facts.completed:
        return None
    found = [one for indicator in facts.subtask.indicators if (one := forecast_indicator(facts, indicator))]
    return max(found, key=_badness, default=None)


def forecast_indicator(facts: Facts, indicator: Indicator) -> Forecast | None:
    """The forecast of one indicator; ``None`` if it is met or does not accumulate."""
    known = facts.ledger.known.get(indicator.id)
    if not accumulates(indicator) or is_met(indicator, known, facts.cal, facts.deadline):
        return None
    places = _places(facts, indicator)
    points = _points(facts, indicator, places)
    if len(points) < 2 or known is None:
        reason = Reason.of("forecast_unknown", subject=indicator.subject, points=len(points))
        return Forecast(None, False, reason, indicator.id)
    slope = _slope(points)
    day = _reached(points, slope, int(indicator.quantity.scaleb(places)), _rested(facts, facts.on), facts.on)
    inputs = {
        "subject": indicator.subject,
        "points": len(points),
        "since": _since(facts, indicator),
        "as_of": known.as_of,
        "pace": _monthly(slope, places),
        "remaining": indicator.quantity - known.quantity,
        "unit": indicator.unit,
        "deadline": facts.deadline,
    }
    if day is None:
        return Forecast(None, True, Reason.of("forecast_never", **inputs), indicator.id)
    return Forecast(day, day > facts.deadline, Reason.of("forecast", on=day, **inputs), indicator.id)


def _places(facts: Facts, indicator: Indicator) -> int:
    """So many decimals that every figure is a whole number of the last one: then all that follows is exact."""
    figures = [one.quantities[indicator.id] for one in facts.reports if indicator.id in one.quantities]
    return max(_decimals(figure) for figure in (indicator.quantity, *figures))


def _decimals(figure: Decimal) -> int:
    exponent = figure.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _points(facts: Facts, indicator: Indicator, places: int) -> list[Point]:
    """The last figure of each of the latest months, by the day that it stands for; of one day the last word."""
    said = {
        report.period: (
            report.as_of.toordinal() - _rested(facts, report.as_of),
            int(report.quantities[indicator.id].scaleb(places)),
        )
        for report in facts.reports
        if indicator.id in report.quantities
    }
    recent = [said[period] for period in sorted(said)[-RECENT:]]
    return sorted(dict(recent).items())


def _since(facts: Facts, indicator: Indicator) -> date:
    """The first of the days that the points stand for."""
    said = {one.period: one.as_of for one in facts.reports if indicator.id in one.quantities}
    return min(said[period] for period in sorted(said)[-RECENT:])


def _rested(facts: Facts, day: date) -> int:
    """How many days until then, that day included, the sub-task was suspended."""
    spans = [(one.first, min(one.last or day, day)) for one in facts.subtask.suspensions]
    return sum(max(0, (last - first).days + 1) for first, last in spans)


def _slope(points: Sequence[Point]) -> Slope:
    """The median of the slopes between all pairs; of an even number the mean of the middle two."""
    slopes = [(right[1] - left[1], right[0] - left[0]) for left, right in combinations(points, 2)]
    slopes.sort(key=lambda slope: slope[0] / slope[1])
    low, high = slopes[(len(slopes) - 1) // 2], slopes[len(slopes) // 2]
    return low[0] * high[1] + high[0] * low[1], 2 * low[1] * high[1]


def _reached(points: Sequence[Point], slope: Slope, target: int, rested: int, on: date) -> date | None:
    """The first day on which the median line has reached the target, not before ``on``; ``None`` if never."""
    rise, days = slope
    if rise <= 0:
        return None
    # Twice the line's height above day 0, in the slope's denominator: a median of two is not halved.
    levels = sorted(quantity * days - rise * day for day, quantity in points)
    level = levels[(len(levels) - 1) // 2] + levels[len(levels) // 2]
    day = rested - ((level - 2 * target * days) // (2 * rise))
    if day - on.toordinal() > FAR:
        return None
    return max(on, date.fromordinal(max(day, 1)))


def _monthly(slope: Slope, places: int) -> Decimal:
    """A month's worth: whole from ten on, else to one decimal."""
    exact = (Decimal(slope[0]) * MONTH / slope[1]).scaleb(-places)
    return exact.quantize(Decimal(1) if abs(exact) >= 10 else Decimal("0.1"), ROUND_HALF_UP)


def _badness(one: Forecast) -> tuple[int, date]:
    if one.on is None:
        return (3 if one.late else 1), date.max
    return (2 if one.late else 0), one.on
