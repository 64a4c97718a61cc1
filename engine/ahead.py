"""Which reminders the coming days will bring, if nothing is reported or decided meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from engine.calendar import WorkCalendar
from engine.model import Owed, Plan, SubTask
from engine.reminders import decide


def reminders_ahead(
    plan: Plan, subtask: SubTask, cal: WorkCalendar, on: date, until: date
) -> tuple[Owed, ...]:
    """What falls due after ``on`` and by ``until``, in order of its day, each step once."""
    found: dict[tuple[str, str, str, int], Owed] = {}
    asked = replace(subtask, checked_on=None)
    day: date | None = on
    while day is not None and day <= until:
        decision = decide(plan, asked, cal, day)
        for owed in decision.current:
            if on < owed.nominal_on:
                found.setdefault((owed.obligation, owed.rule.value, owed.anchor, owed.step), owed)
        day = decision.next_check_on
    return tuple(sorted(found.values(), key=lambda owed: owed.nominal_on))
