"""A ladder: one obligation under one rule, as steps with their days."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import NamedTuple

from engine.facts import Facts
from engine.model import Audience, Owed, Reason, Rule

Steps = tuple[tuple[int, date], ...]
NO_STEPS: Mapping[int, Audience] = {}


class Ladder(NamedTuple):
    """One obligation under one rule: its steps with their days, in order, and the last day it is open.

    Steps later than the next one may be left out. The reason is worked out only for steps that are owed.
    ``by_step`` names the audience of steps that speak to somebody else.
    """

    rule: Rule
    obligation: str
    anchor: str
    steps: Steps
    until: date
    reason: Callable[[], Reason]
    audience: Audience = Audience.LEADS
    units: tuple[int, ...] = ()
    by_step: Mapping[int, Audience] = NO_STEPS

    def has_begun(self, on: date) -> bool:
        """Whether a step has come and the obligation is still open."""
        return bool(self.steps) and self.steps[0][1] <= on <= self.until

    def current(self, on: date) -> Owed | None:
        """The latest step that has come, while the obligation is open."""
        if not self.has_begun(on):
            return None
        return next(self._owed(step, day) for step, day in reversed(self.steps) if day <= on)

    def has_missed(self, checked_on: date, on: date) -> bool:
        """Whether a step came and went since the last check, so that it is not the current one."""
        gone = sum(checked_on < day <= min(on, self.until) for _, day in self.steps)
        return gone > (on <= self.until)

    def next_on(self, on: date) -> date | None:
        """The day of the next step, while the obligation is open."""
        return next((day for _, day in self.steps if on < day <= self.until), None)

    def _owed(self, step: int, day: date) -> Owed:
        audience = self.by_step.get(step, self.audience)
        return Owed(self.obligation, self.rule, self.anchor, step, day, self.reason(), audience, self.units)


def before(facts: Facts, day: date, offsets: Iterable[int]) -> Steps:
    """The steps at fixed offsets from a day; only the first one while it has not come."""
    steps: list[tuple[int, date]] = []
    for step in sorted(offsets):
        nominal = facts.cal.offset(day, step)
        if nominal >= facts.floor:
            steps.append((step, nominal))
            if nominal > facts.on:
                break
    return tuple(steps)


def every(facts: Facts, base: date, first: int, every: int, floor: date | None = None) -> Steps:
    """The steps of a sequence without end, from the one that was current at the last check to the next one.

    Steps count working days after ``base``; those before ``floor``, else the facts' own, are dropped.
    """
    passed = facts.cal.working_days_between(base, facts.on)
    latest = first + every * max(-1, (passed - first) // every)
    since = min(facts.subtask.checked_on or facts.on, facts.on)
    steps: list[tuple[int, date]] = []
    for step in range(latest + every, first - 1, -every):
        steps.append((step, facts.cal.offset(base, step)))
        if steps[-1][1] <= since:
            break
    floor = facts.floor if floor is None else floor
    return tuple((step, day) for step, day in reversed(steps) if day >= floor)


def is_of_interest(facts: Facts, until: date) -> bool:
    """Whether what ends on ``until`` is still open, or ended since the last check."""
    checked_on = facts.subtask.checked_on
    return facts.on <= until or (checked_on is not None and checked_on < until)


def whole(facts: Facts) -> str:
    """The obligation of the sub-task as such."""
    return f"subtask:{facts.subtask.id}"
