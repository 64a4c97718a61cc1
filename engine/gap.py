"""The gap list 查漏补缺: what was due by the end of ``execute`` and is not accepted, worst first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from engine.calendar import WorkCalendar
from engine.facts import accumulates
from engine.model import FINISHED_STATES, Light, Plan, Standing, State, SubTask

AT_REST = frozenset({State.DRAFT, State.SUSPENDED, State.TERMINATED})
WORST_FIRST = (Light.RED, Light.YELLOW, Light.GREEN, Light.GREY, Light.DONE)


@dataclass(frozen=True, slots=True)
class Missing:
    """What one indicator lacks: ``quantity`` where it accumulates, ``None`` where only the target can be told."""

    subject: str
    quantity: Decimal | None
    target: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class GapLine:
    """One sub-task of the list. ``measured`` says whether it promises any quantity; ``days_left`` counts working
    days after today up to the end of gap-fill, ``None`` where the plan has no such phase."""

    subtask_id: int
    no: str
    title: str
    deadline: date
    light: Light
    behind: int
    measured: bool
    missing: tuple[Missing, ...]
    days_left: int | None


def is_on_gap_list(plan: Plan, subtask: SubTask) -> bool:
    """Whether it was due by the end of ``execute`` and is neither accepted nor at rest."""
    if subtask.state in FINISHED_STATES or subtask.state in AT_REST:
        return False
    return (subtask.deadline or plan.execute_ends_on) <= plan.execute_ends_on


def gap_line(plan: Plan, subtask: SubTask, standing: Standing, cal: WorkCalendar) -> GapLine:
    """The sub-task's line on the standing's day."""
    return GapLine(
        subtask_id=subtask.id,
        no=subtask.no,
        title=subtask.title,
        deadline=subtask.deadline or plan.execute_ends_on,
        light=standing.light,
        behind=standing.behind,
        measured=bool(standing.indicators),
        missing=missing_of(standing),
        days_left=days_left(plan, standing.on, cal),
    )


def missing_of(standing: Standing) -> tuple[Missing, ...]:
    """What each unmet indicator lacks of its target."""
    return tuple(
        Missing(
            one.indicator.subject,
            one.indicator.quantity - (one.actual or Decimal(0)) if accumulates(one.indicator) else None,
            one.indicator.quantity,
            one.indicator.unit,
        )
        for one in standing.indicators
        if not one.met
    )


def days_left(plan: Plan, on: date, cal: WorkCalendar) -> int | None:
    """Working days after ``on`` up to the end of gap-fill, never below 0."""
    phase = plan.phase("gap_fill")
    if phase is None:
        return None
    return cal.working_days_between(on, phase.ends_on) if on < phase.ends_on else 0


def worst_first(lines: Iterable[GapLine]) -> list[GapLine]:
    """Red before yellow before green, further behind first, then the earlier deadline."""
    return sorted(lines, key=lambda one: (WORST_FIRST.index(one.light), -one.behind, one.deadline))
