"""The year's score of each lead unit: the mean of its months, and what it completed in time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from engine.completion import Timing
from engine.policy import Policy
from engine.scoring_model import UnitScore, YearScore

ZERO, HUNDRED, TENTH = Decimal(0), Decimal(100), Decimal("0.1")
IN_TIME = (Timing.EARLY, Timing.ON_TIME, Timing.EXTENDED)
COMPLETION_VALUES = dict.fromkeys(IN_TIME, HUNDRED) | {Timing.LATE: Decimal(50), Timing.OPEN: ZERO}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one sub-task of a unit ended; those suspended or terminated have none."""

    timing: Timing
    over_fulfilled: bool = False


def year_weights(policy: Policy) -> tuple[tuple[str, int], ...]:
    """The weights of the two parts."""
    return ("months", policy.score_year_months), ("completion", policy.score_year_completion)


def score_year(
    months: Mapping[str, Sequence[UnitScore]], outcomes: Mapping[str, Sequence[Outcome]], policy: Policy
) -> tuple[YearScore, ...]:
    """All units by rank, from the months' evaluations by period and how the units' sub-tasks ended."""
    units = dict.fromkeys((*outcomes, *(row.unit for rows in months.values() for row in rows)))
    rows = [_row(unit, months, outcomes.get(unit, ()), policy) for unit in units]
    scored = sorted((row for row in rows if row.score is not None), key=_merit)
    merits = [row.score for row in scored]
    ranked = [replace(row, rank=merits.index(row.score) + 1) for row in scored]
    return (*ranked, *sorted((row for row in rows if row.score is None), key=lambda row: row.unit))


def _merit(row: YearScore) -> tuple[Decimal, str]:
    return -(row.score or ZERO), row.unit


def _row(
    unit: str, months: Mapping[str, Sequence[UnitScore]], outcomes: Sequence[Outcome], policy: Policy
) -> YearScore:
    scores = tuple(
        (period, row.score)
        for period in sorted(months)
        for row in months[period]
        if row.unit == unit and row.score is not None
    )
    counts = Counter(one.timing for one in outcomes)
    values = [COMPLETION_VALUES[one.timing] for one in outcomes]
    mean = _mean([score for _, score in scores])
    completion = _mean(values)
    return YearScore(
        unit=unit,
        score=_weighted((mean, policy.score_year_months), (completion, policy.score_year_completion)),
        rank=None,
        mean=mean,
        completion=completion,
        months=scores,
        early=counts[Timing.EARLY],
        on_time=counts[Timing.ON_TIME],
        extended=counts[Timing.EXTENDED],
        late=counts[Timing.LATE],
        open=counts[Timing.OPEN],
        over=sum(one.over_fulfilled for one in outcomes),
    )


def _weighted(*parts: tuple[Decimal | None, int]) -> Decimal | None:
    """The mean by weight of the parts that there are."""
    judged = [(value, weight) for value, weight in parts if value is not None and weight]
    if not judged:
        return None
    total = sum((value * weight for value, weight in judged), ZERO)
    return _tenths(total / sum(weight for _, weight in judged))


def _mean(values: Sequence[Decimal]) -> Decimal | None:
    return _tenths(sum(values, ZERO) / len(values)) if values else None


def _tenths(value: Decimal) -> Decimal:
    return value.quantize(TENTH, ROUND_HALF_UP)
