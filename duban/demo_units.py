"""What the units of the demo do: reports on plan, above, below, late and not at all, the same each time.

Streets that hold a quota say how much of the lead unit's figure is theirs, half an hour after it; of what is
finished they speak first, and where their shares are the whole promise, the sum stands for the lead unit's report.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from engine.calendar import WorkCalendar
from engine.curve import ZERO
from engine.model import Indicator, Plan, Share, State, SubTask
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
AFTER = timedelta(minutes=30)  # between the lead unit and the units that hold a quota
PACES = (5, 4, 6, 3, 7)  # how fast the units are beside one another, in turn


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
        yield from _said(subtask, filing, datetime.combine(on, habit.at, zone))


def _said(subtask: SubTask, filing: Filing, at: datetime) -> Iterator[Happening]:
    """The lead unit's report and those of the units that hold a quota, in an order that keeps both open."""
    parts = _shares_of(subtask, filing)
    if filing.status != "done":
        yield Happening(at, filing=filing)
        yield from (Happening(at + AFTER, filing=part) for part in parts)
        return
    yield from (Happening(at, filing=part) for part in parts)
    if not _is_shared_out(subtask):
        yield Happening(at + AFTER, filing=filing)


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


def _shares_of(subtask: SubTask, filing: Filing) -> list[Filing]:
    """What each unit with a quota reports of those figures; whoever has reached its quota says nothing more."""
    found: dict[int, dict[int, Decimal]] = {}
    for indicator in subtask.indicators:
        total = (filing.quantities or {}).get(indicator.id)
        for unit_id, figure in _divided(subtask.shares, indicator, total).items() if total else ():
            found.setdefault(unit_id, {})[indicator.id] = figure
    return [
        Filing(
            filing.subtask,
            filing.period,
            status=filing.status,
            quantities=figures,
            unit_id=unit_id,
            role="share",
            accepted=True,
        )
        for unit_id, figures in found.items()
    ]


def _divided(shares: Sequence[Share], indicator: Indicator, total: Decimal) -> dict[int, Decimal]:
    """The total cut into whole parts, none above its quota nor below what was said before."""
    room, known = {}, ZERO
    for share in shares:
        if indicator.id in share.quotas:
            before = _known(share, indicator.id)
            room[share.unit_id], known = (before, share.quotas[indicator.id] - before), known + before
    parts = spread_over(total - known, {unit: left for unit, (_, left) in room.items() if left > 0})
    return {unit: room[unit][0] + part for unit, part in parts.items()}


def spread_over(amount: Decimal, room: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """The amount over the units by room and pace, in wholes; what the division leaves goes where most room is left."""
    weights = {unit: left * PACES[place % len(PACES)] for place, (unit, left) in enumerate(room.items())}
    whole = sum(weights.values(), ZERO)
    parts = {unit: min(left, max(ZERO, amount) * weights[unit] / whole // 1) for unit, left in room.items()}
    rest = min(amount, sum(room.values(), ZERO)) - sum(parts.values(), ZERO)
    while rest > 0:
        unit = max(room, key=lambda one: room[one] - parts[one])
        more = min(rest, max(Decimal(1), (room[unit] - parts[unit]) // 2))
        parts[unit], rest = parts[unit] + more, rest - more
    return parts


def _known(share: Share, indicator_id: int) -> Decimal:
    """The unit's latest figure of the indicator."""
    figures = [one.quantities[indicator_id] for one in share.reports if indicator_id in one.quantities]
    return figures[-1] if figures else ZERO


def _is_shared_out(subtask: SubTask) -> bool:
    """Whether the quotas of every indicator add up to what is promised: then their sum speaks for the whole."""
    promised = {one.id: one.quantity for one in subtask.indicators}
    shared = {key: sum((one.quotas.get(key, ZERO) for one in subtask.shares), ZERO) for key in promised}
    return bool(promised) and shared == promised
