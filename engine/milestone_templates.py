"""节点模板: milestones as a kind of work usually goes, from its span and what is promised; a proposal only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

from engine.calendar import WorkCalendar
from engine.measures import is_divisible
from engine.months import month_end, month_of

ONE = Decimal(1)
WHOLE_FROM = 100  # a divisible promise this large is proposed in wholes


class Kind(StrEnum):
    """What sort of work it is: 工程建设, 采购, 培训活动, 服务."""

    CONSTRUCTION = "construction"
    PROCUREMENT = "procurement"
    TRAINING = "training"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Promised:
    """What is to be reached by the deadline, by the id of its indicator."""

    indicator_id: int
    quantity: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """One milestone of a proposal: words, cumulative quantities by indicator, or both."""

    due_on: date
    text: str = ""
    weight: Decimal = ONE
    quantities: Mapping[int, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage that is reached when that share of the time has passed."""

    words: str
    at: Fraction
    weight: int = 1


def late_s(passed: Fraction) -> Fraction:
    """Construction: slow at first, most of it in the second half, slower again before the end."""
    return passed**3 * (4 - 3 * passed)


def after_contract(passed: Fraction) -> Fraction:
    """Procurement: nothing before the contract, then evenly."""
    return max(Fraction(0), 2 * passed - 1)


def even(passed: Fraction) -> Fraction:
    """Training: the same every month."""
    return passed


def ramp(passed: Fraction) -> Fraction:
    """Service: a quarter of the time to get going, then the same every month."""
    if passed < Fraction(1, 4):
        return Fraction(16, 7) * passed**2
    return Fraction(1, 7) + Fraction(8, 7) * (passed - Fraction(1, 4))


COURSES: Mapping[Kind, Callable[[Fraction], Fraction]] = MappingProxyType(
    {
        Kind.CONSTRUCTION: late_s,
        Kind.PROCUREMENT: after_contract,
        Kind.TRAINING: even,
        Kind.SERVICE: ramp,
    }
)
STAGES: Mapping[Kind, tuple[Stage, ...]] = MappingProxyType(
    {
        Kind.CONSTRUCTION: (
            Stage("开工", Fraction(1, 10)),
            Stage("主体完工", Fraction(7, 10), 3),
            Stage("竣工验收", Fraction(1), 2),
        ),
        Kind.PROCUREMENT: (
            Stage("立项", Fraction(1, 10)),
            Stage("招标", Fraction(7, 20)),
            Stage("签约", Fraction(1, 2), 2),
            Stage("供货", Fraction(17, 20), 2),
            Stage("验收", Fraction(1), 2),
        ),
        Kind.TRAINING: (
            Stage("制定方案", Fraction(3, 20)),
            Stage("开课", Fraction(1, 4)),
            Stage("全部完成", Fraction(1), 2),
        ),
        Kind.SERVICE: (
            Stage("启动服务", Fraction(3, 20)),
            Stage("全面开展", Fraction(2, 5), 2),
            Stage("完成全年服务", Fraction(1), 2),
        ),
    }
)
STAGED = frozenset({Kind.CONSTRUCTION, Kind.PROCUREMENT})  # these have stages beside their figures


def propose(
    kind: Kind, start: date, deadline: date, promised: tuple[Promised, ...], cal: WorkCalendar
) -> tuple[Proposed, ...]:
    """The milestones by day, one a day at most, all from ``start`` to ``deadline``.

    Figures stand at month ends and never fall; on the deadline they are what is promised. Stages stand on
    working days; without figures every kind has stages. A span without days has its deadline only.
    """
    start = min(start, deadline)
    found: dict[date, Proposed] = {}
    if kind in STAGED or not promised:
        for stage in STAGES[kind]:
            _add_stage(found, stage, _stage_day(stage, start, deadline, cal))
    for day in _month_ends(start, deadline) if promised else ():
        quantities = {
            one.indicator_id: value
            for one in promised
            if (value := _quantity(kind, one, start, deadline, day)) > 0
        }
        if quantities:
            standing = found.get(day, Proposed(day))
            found[day] = replace(standing, quantities=quantities)
    return tuple(found[day] for day in sorted(found))


def _add_stage(found: dict[date, Proposed], stage: Stage, day: date) -> None:
    """Stages that fall on one day are one milestone."""
    standing = found.get(day)
    if standing is None:
        found[day] = Proposed(day, stage.words, Decimal(stage.weight))
    else:
        words = f"{standing.text}、{stage.words}"
        found[day] = replace(standing, text=words, weight=max(standing.weight, Decimal(stage.weight)))


def _stage_day(stage: Stage, start: date, deadline: date, cal: WorkCalendar) -> date:
    """The last working day by then; where the span has none so early, the deadline."""
    if stage.at == 1:
        return deadline
    day = start + timedelta(days=int((deadline - start).days * stage.at))
    return cal.last_working_day(start, day) or deadline


def _month_ends(start: date, deadline: date) -> list[date]:
    """The ends of the months before the deadline, and the deadline."""
    ends = [month_end(month) for month in range(month_of(start), month_of(deadline))]
    return [*ends, deadline]


def _quantity(kind: Kind, promised: Promised, start: date, deadline: date, day: date) -> Decimal:
    if day == deadline:
        return promised.quantity
    share = COURSES[kind](Fraction((day - start).days, (deadline - start).days))
    value = promised.quantity * share.numerator / share.denominator
    return min(promised.quantity, value.quantize(_step(promised), ROUND_FLOOR))


def _step(promised: Promised) -> Decimal:
    """How finely it is proposed: wholes for what is counted or large, else one decimal more than promised."""
    if not is_divisible(promised.unit) or promised.quantity >= WHOLE_FROM:
        return ONE
    exponent = promised.quantity.as_tuple().exponent
    return ONE.scaleb(min(-1, exponent - 1 if isinstance(exponent, int) and exponent < 0 else -1))
