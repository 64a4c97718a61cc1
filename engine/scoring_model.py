"""The values that an evaluation is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

PARTS = ("progress", "reports", "milestones", "cases")


@dataclass(frozen=True, slots=True)
class Item:
    """What one sub-task brings into a month's score of its lead units.

    ``reached`` is what was reached of what was asked by the month's end, in percent and not cut, ``None``
    where nothing was asked yet; ``percent`` the share of the whole promise, over 100 when over-fulfilled.
    ``report`` is ``in_time``, ``late`` or ``missing``, empty where none was owed. ``due`` and ``met`` count
    milestones and deadlines. ``out`` says why it is not scored: ``suspended``, ``terminated``, ``draft``,
    ``not_started``.
    """

    subtask_id: int
    no: str
    title: str
    reached: Decimal | None = None
    percent: Decimal | None = None
    actual: Decimal | None = None
    asked: Decimal | None = None
    unit: str = ""
    report: str = ""
    due: int = 0
    met: int = 0
    out: str = ""


@dataclass(frozen=True, slots=True)
class CaseFact:
    """A supervision case that was open in the month, with its number and colour."""

    subtask_id: int
    number: str
    colour: str


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a score, each out of 100: its value and how many things it was judged by.

    ``value`` is ``None`` where there was nothing to judge; then ``weight`` has gone to the other parts, so
    that the weights of a unit add up to 100.
    """

    name: str
    value: Decimal | None
    weight: Decimal
    judged: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What took points from a unit: of which part, of which sub-task or case, and how many."""

    part: str
    no: str
    title: str
    points: Decimal
    detail: str = ""  # of reports: late or missing; of cases: the number
    actual: Decimal | None = None
    asked: Decimal | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class UnitScore:
    """A unit's month: ``rank`` and ``score`` are ``None`` where nothing could be judged."""

    unit: str
    score: Decimal | None
    rank: int | None
    rank_change: int | None
    parts: tuple[Part, ...]
    costs: tuple[Cost, ...]
    items: tuple[Item, ...]
    cases: tuple[CaseFact, ...] = ()


@dataclass(frozen=True, slots=True)
class EvaluationContent:
    """A month's evaluation, the same for all readers. ``weights`` are those of the policy, by part."""

    plan_title: str
    period: str
    on: date
    weights: tuple[tuple[str, int], ...]
    rows: tuple[UnitScore, ...]
    is_first: bool = True


@dataclass(frozen=True, slots=True)
class YearScore:
    """A unit's year. ``months`` are the scores of the months in which it had one; ``mean`` their mean.

    ``completion`` is the mean of its sub-tasks, in time 100, late 50, not at all 0; the counts tell apart what
    it does not.
    """

    unit: str
    score: Decimal | None
    rank: int | None
    mean: Decimal | None
    completion: Decimal | None
    months: tuple[tuple[str, Decimal], ...]
    early: int = 0
    on_time: int = 0
    extended: int = 0
    late: int = 0
    open: int = 0
    over: int = 0  # over-fulfilled, whichever of the above


@dataclass(frozen=True, slots=True)
class YearContent:
    """The evaluation of the whole year. ``weights``: months, completion."""

    plan_title: str
    period: str
    on: date
    weights: tuple[tuple[str, int], ...]
    rows: tuple[YearScore, ...]
