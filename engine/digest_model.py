"""The values that a digest is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from engine.digest_days import WeekSlot
from engine.forecast import Forecast
from engine.model import Light, Reason, Rule

LEADER = 2  # the rung of the ladder on which the leader in charge is told


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One sub-task on the day of a digest.

    ``units`` are its lead units, the first one foremost. Figures are of the indicator that is furthest
    behind, cumulative and in ``unit``; ``None`` where nothing is measured or was reported.
    ``reported_on`` is the day of its latest report, ``late_period`` the month whose report is missing.
    ``forecast`` says when it will be complete; late, it is an early warning whatever the light.
    ``level`` counts the rungs of the ladder that its trouble has reached; ``cases`` are the numbers of open
    supervision cases.
    """

    subtask_id: int
    no: str
    project: str
    title: str
    units: tuple[str, ...]
    light: Light
    deadline: date
    reason: Reason | None = None
    behind: int = 0
    percent: Decimal | None = None
    expected_percent: Decimal | None = None
    actual: Decimal | None = None
    expected: Decimal | None = None
    target: Decimal | None = None
    unit: str = ""
    as_of: date | None = None
    reported_on: date | None = None
    late_period: str | None = None
    unreviewed: bool = False
    awaiting_acceptance: bool = False
    in_gap: bool = False
    estimated: bool = False
    forecast: Forecast | None = None
    level: int = 0
    cases: tuple[str, ...] = ()

    @property
    def will_be_late(self) -> bool:
        """Whether the forecast is an early warning: late, or never."""
        return self.forecast is not None and self.forecast.late

    @property
    def has_escalated(self) -> bool:
        """Whether the leader in charge has been told of it, or a supervision case is open."""
        return self.level >= LEADER or bool(self.cases)


@dataclass(frozen=True, slots=True)
class ShareFigure:
    """A unit's quota of one indicator and what it has reported of it; ``None`` where it has not."""

    subject: str
    quota: Decimal
    actual: Decimal | None
    unit: str


@dataclass(frozen=True, slots=True)
class ShareLine:
    """What one unit executes of a sub-task: its own figures only, none where it holds no quota.

    ``holder`` is the unit, ``leads`` are those that lead; ``light`` is done or grey, else ``None``: shares
    have no light of their own while they run.
    """

    holder: str
    subtask_id: int
    no: str
    title: str
    leads: tuple[str, ...]
    deadline: date
    figures: tuple[ShareFigure, ...] = ()
    light: Light | None = None
    reason: Reason | None = None
    as_of: date | None = None
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much of a plan waits for the coordinators: reports to review, changes to decide, units that have not
    signed for a sub-task, supervision cases that are open."""

    reports: int = 0
    changes: int = 0
    unsigned: int = 0
    cases: int = 0


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One lead unit in the table that everybody sees.

    ``rank`` is ``None`` for a unit without anything to rank; ``rank_change`` counts places gained
    (positive) or lost, ``None`` without a comparison. ``on_plan`` is the share of its running and done
    sub-tasks that are green or done, ``average`` their completion, each capped at 100; both in percent.
    ``lights`` are those of its sub-tasks, in the plan's order.
    """

    unit: str
    rank: int | None
    rank_change: int | None
    done: int
    green: int
    yellow: int
    red: int
    grey: int
    on_plan: Decimal | None
    average: Decimal | None
    lights: tuple[Light, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one sub-task since the last digest; ``before`` is ``None`` where it is new."""

    subtask_id: int
    no: str
    title: str
    before: Light | None
    after: Light
    reason: Reason | None = None
    actual_before: Decimal | None = None
    actual: Decimal | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed since the last digest, by ids of sub-tasks; ``moved`` says it line by line.

    ``reported`` handed in a report since then; ``still_silent`` owe one that is late.
    """

    newly_red: tuple[int, ...] = ()
    newly_yellow: tuple[int, ...] = ()
    back_to_green: tuple[int, ...] = ()
    newly_done: tuple[int, ...] = ()
    reported: tuple[int, ...] = ()
    still_silent: tuple[int, ...] = ()
    moved: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class NextDate:
    """Something that falls due soon: a report, a milestone or a deadline, by its rule."""

    on: date
    rule: Rule
    subtask_id: int
    no: str
    title: str
    what: str = ""
    period: str = ""
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class DigestContent:
    """One digest for one reader.

    ``audience`` is ``unit`` (leads or executes), ``leader`` (in charge of ``units``) or ``office``: the
    coordinators, whose ``unit`` is empty and whose lines are all. ``table`` and ``gap_list`` are the same
    for everybody; ``changes`` concern the lines only. ``is_first``: there was no digest before to compare
    with. ``chain`` is the end of the sealed record when this was frozen.
    """

    plan_title: str
    slot: WeekSlot
    phase: str
    unit: str
    lines: tuple[TaskLine, ...]
    table: tuple[UnitRow, ...]
    changes: Changes
    gap_list: tuple[TaskLine, ...] = ()
    next_dates: tuple[NextDate, ...] = ()
    findings: tuple[str, ...] = ()
    is_first: bool = False
    audience: str = ""
    units: tuple[str, ...] = ()
    shares: tuple[ShareLine, ...] = ()
    waiting: Waiting | None = None
    chain: str = ""

    @property
    def reader(self) -> str:
        """The audience, also of contents that were frozen before it was told."""
        return self.audience or ("unit" if self.unit else "office")

    @property
    def own_units(self) -> tuple[str, ...]:
        """The units whose rows are the reader's own."""
        return self.units or ((self.unit,) if self.unit else ())
