"""What the units of the demo do: reports on plan, above, below, late and not at all, the same each time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from engine.calendar import WorkCalendar
from engine.curve import ZERO
from engine.model import Plan, State, SubTask
from engine.periods import due_day, owed_periods, period_end, period_target
from engine.standing import judge
from workflows.report_progress import REPORTABLE, Filing
from workflows.simulate import Happening

FULL = (Decimal(1),)


@dataclass(frozen=True, slots=True)
class Habit:
    """How a unit reports: working days after the due day, the share of the plan it reaches, its words.

    ``shares`` are spread over the periods of the plan; ``None`` is a period without a report. What is
    missing at the end of ``execute`` is made up ``gap_lag`` working days after it.
    """

    lag: int
    at: time
    shares: tuple[Decimal | None, ...]
    text: str
    gap_lag: int = 9


def _shares(*percents: int | None) -> tuple[Decimal | None, ...]:
    return tuple(None if one is None else Decimal(one) / 100 for one in percents)


PROMPT = Habit(0, time(10, 20), FULL, "按计划推进，本月任务已完成。")
STEADY = Habit(-1, time(15, 40), FULL, "各街道同步推进，进度正常。")
AHEAD = Habit(-2, time(11, 5), _shares(118), "提前安排，进度快于计划。")
LATE = Habit(2, time(9, 50), FULL, "统计口径核对用时较长，现补报。")
SLOW = Habit(0, time(16, 10), _shares(60, 55, 60, 70, 75, 80, 90, 95, 100), "前期手续办理较慢，已加派力量。")
FAR = Habit(0, time(14, 30), _shares(30, 25, 30, 35, 40, 55, 70, 80, 90), "选址尚未落实，请协调解决。", 19)
SILENT = Habit(
    0, time(17, 0), _shares(None, None, None, 45, 55, 65, 75, 85, 95), "此前未及时填报，现一并补报。"
)
HABITS = (PROMPT, STEADY, SLOW, AHEAD, PROMPT, LATE, STEADY, SILENT, PROMPT, AHEAD, FAR)

MADE_UP = "查漏补缺阶段已补齐。"
ACCEPTED_AFTER = 2  # working days in which the coordinators of the demo accept
ACCEPTED_AT = time(16, 30)


def happenings_of(
    plan: Plan, subtasks: Sequence[SubTask], calendar: WorkCalendar, on: date, zone: ZoneInfo
) -> list[Happening]:
    """What people do on that day, in the order of the clock."""
    found: list[Happening] = []
    for place, subtask in enumerate(subtasks):
        if subtask.state is State.COMPLETION_CLAIMED:
            found += _acceptance(plan, subtask, calendar, on, zone)
        elif subtask.state in REPORTABLE:
            found += _reports(plan, subtask, calendar, on, zone, HABITS[place % len(HABITS)])
    return sorted(found, key=lambda happening: happening.at)


def _acceptance(
    plan: Plan, subtask: SubTask, calendar: WorkCalendar, on: date, zone: ZoneInfo
) -> Iterator[Happening]:
    since = judge(plan, subtask, calendar, on).completed_on
    if since and calendar.is_working_day(on) and calendar.working_days_between(since, on) >= ACCEPTED_AFTER:
        yield Happening(datetime.combine(on, ACCEPTED_AT, zone), accept=f"#{subtask.id}")


def _reports(
    plan: Plan, subtask: SubTask, calendar: WorkCalendar, on: date, zone: ZoneInfo, habit: Habit
) -> Iterator[Happening]:
    for number, period in enumerate(owed_periods(plan, subtask, calendar)):
        in_gap = period_end(period) > plan.execute_ends_on
        base = plan.execute_ends_on if in_gap else due_day(period, calendar)
        share = Decimal(1) if in_gap else habit.shares[min(number, len(habit.shares) - 1)]
        reported = any(report.period == period for report in subtask.reports)
        if share is None or reported or calendar.offset(base, habit.gap_lag if in_gap else habit.lag) != on:
            continue
        filing = _filing(plan, subtask, calendar, period, share, MADE_UP if in_gap else habit.text)
        yield Happening(datetime.combine(on, habit.at, zone), filing=filing)


def _filing(
    plan: Plan, subtask: SubTask, calendar: WorkCalendar, period: str, share: Decimal, text: str
) -> Filing:
    """Cumulative figures in whole units, never below what was reported before nor above the promise."""
    targets = period_target(plan, subtask, calendar, period)
    known: dict[int, Decimal] = {}
    for report in subtask.reports:
        known.update(report.quantities)
    figures = {
        one.id: max(known.get(one.id, ZERO), min(one.quantity, (targets[one.id] * share) // 1))
        for one in subtask.indicators
        if one.id in targets
    }
    at_end = period_end(period) >= (subtask.deadline or plan.execute_ends_on)
    done = at_end and share >= 1
    figures |= {one.id: one.quantity for one in subtask.indicators if done and one.id not in figures}
    status = "done" if done else "in_progress"
    return Filing(f"#{subtask.id}", period, text=text, status=status, quantities=figures)
