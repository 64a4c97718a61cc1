"""On which days a digest is due: the last working day of each week, and daily at the very end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from engine.calendar import WorkCalendar
from engine.model import Plan

DAY, WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True, slots=True)
class WeekSlot:
    """One digest of a plan: its name, unique in the plan, and its day.

    ``week`` is the ISO week as ``2024-W12``; for the daily digests at the end of gap-fill the day itself.
    """

    week: str
    on: date


def slot_of(cal: WorkCalendar, day: date) -> WeekSlot | None:
    """The digest slot of the ISO week that contains ``day``; ``None`` for a week without a working day."""
    monday = day - timedelta(days=day.weekday())
    on = cal.last_working_day(monday, monday + 6 * DAY)
    return None if on is None else WeekSlot(_week_name(day), on)


def latest_slot(cal: WorkCalendar, on: date, passed_today: bool) -> WeekSlot:
    """The latest weekly slot that has come; today's only if its hour has passed."""
    while True:
        slot = slot_of(cal, on)
        if slot is not None and (slot.on < on or (slot.on == on and passed_today)):
            return slot
        # Only the slot of the first week looked at can still lie ahead.
        on, passed_today = on - timedelta(days=on.weekday() + 1), True


def digest_on(plan: Plan, cal: WorkCalendar, day: date) -> WeekSlot | None:
    """The digest that is due on ``day``: the week's, or a daily one in the last days of gap-fill."""
    if not plan.starts_on <= day <= plan.ends_on:
        return None
    slot = slot_of(cal, day)
    if slot is not None and slot.on == day:
        return slot
    return WeekSlot(day.isoformat(), day) if _is_daily(plan, cal, day) else None


def digest_days(plan: Plan, cal: WorkCalendar, first: date, last: date) -> tuple[WeekSlot, ...]:
    """Every digest of the plan from ``first`` to ``last``, both included."""
    first, last = max(first, plan.starts_on), min(last, plan.ends_on)
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return tuple(slot for day in days if (slot := digest_on(plan, cal, day)) is not None)


def latest_digest(plan: Plan, cal: WorkCalendar, on: date, passed_today: bool) -> WeekSlot | None:
    """The latest digest of the plan that has come; today's only if its hour has passed."""
    day = min(on if passed_today else on - DAY, plan.ends_on)
    while day >= plan.starts_on:
        slot = digest_on(plan, cal, day)
        if slot is not None:
            return slot
        day -= DAY
    return None


def skipped_weeks(plan: Plan, cal: WorkCalendar, first: date, last: date) -> tuple[str, ...]:
    """The whole weeks of the plan within the span that have no working day, and so no digest."""
    mondays = _mondays(max(first, plan.starts_on), min(last, plan.ends_on))
    return tuple(_week_name(monday) for monday in mondays if slot_of(cal, monday) is None)


def _is_daily(plan: Plan, cal: WorkCalendar, day: date) -> bool:
    phase = plan.phase("gap_fill")
    if phase is None or not phase.starts_on <= day <= phase.ends_on or not cal.is_working_day(day):
        return False
    return cal.working_days_between(day, phase.ends_on) < plan.policy.gap_daily_last


def _mondays(first: date, last: date) -> Iterator[date]:
    monday = first + timedelta(days=-first.weekday() % 7)
    while monday + 6 * DAY <= last:
        yield monday
        monday += WEEK


def _week_name(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year:04d}-W{week:02d}"
