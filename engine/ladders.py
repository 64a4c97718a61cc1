"""Each rule's obligations on a day, as ladders of steps with their days."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import NamedTuple

from engine.facts import Facts
from engine.model import Audience, Milestone, Owed, Phase, Reason, Rule, Standing
from engine.months import month_due, period_name
from engine.standing import figures, is_overdue, judged_on, milestone_reason

Steps = tuple[tuple[int, date], ...]


class Ladder(NamedTuple):
    """One obligation under one rule: its steps with their days, in order, and the last day it is open.

    Steps later than the next one may be left out. The reason is worked out only for steps that are owed.
    """

    rule: Rule
    obligation: str
    anchor: str
    steps: Steps
    until: date
    reason: Callable[[], Reason]
    audience: Audience = Audience.LEADS
    units: tuple[int, ...] = ()

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
        return Owed(
            self.obligation, self.rule, self.anchor, step, day, self.reason(), self.audience, self.units
        )


def ladders_of(facts: Facts, standing: Standing) -> Iterator[Ladder]:
    """Every obligation that is open on the day, or that ran out since the last check; silenced ones too."""
    if facts.resting:
        return
    if facts.completed:
        yield from _acceptance(facts, standing)
        return
    yield from _overdue(facts, standing)
    yield from _gap_fill(facts, standing)
    yield from _lagging(facts, standing)
    yield from _deadline_due(facts, standing)
    for milestone in facts.unmet:
        yield from _milestone(facts, milestone)
    yield from _report_due(facts)
    yield from _report_late(facts)


def _acceptance(facts: Facts, standing: Standing) -> Iterator[Ladder]:
    if facts.policy.auto_accept:
        return
    since = standing.completed_on or facts.start
    steps = _every(facts, since, facts.policy.acceptance_first, facts.policy.acceptance_every)
    yield Ladder(
        Rule.ACCEPTANCE, _whole(facts), str(since), steps, facts.plan_end,
        lambda: Reason("acceptance", (("completed_on", str(since)), *figures(standing.indicators))),
        Audience.COORDINATORS,
    )  # fmt: skip


def _overdue(facts: Facts, standing: Standing) -> Iterator[Ladder]:
    deadline, policy = facts.deadline, facts.policy
    if is_overdue(facts, deadline):
        steps = _every(facts, judged_on(facts, deadline), policy.overdue_first, policy.overdue_every)
        yield Ladder(
            Rule.OVERDUE, _whole(facts), str(deadline), steps, facts.plan_end,
            lambda: _found(standing, "overdue"),
        )  # fmt: skip


def _gap_fill(facts: Facts, standing: Standing) -> Iterator[Ladder]:
    phase = facts.gap
    if phase is None or facts.on < phase.starts_on or facts.deadline > facts.execute_end:
        return
    until = min(phase.ends_on, facts.plan_end)
    if not _is_of_interest(facts, until):
        return
    days = ((step, facts.cal.offset(facts.execute_end, step)) for step in _gap_steps(facts, phase))
    steps = tuple((step, day) for step, day in days if day >= facts.floor)
    inputs = (("deadline", str(facts.deadline)), ("ends_on", str(phase.ends_on)))
    yield Ladder(
        Rule.GAP_FILL, _whole(facts), str(phase.starts_on), steps, until,
        lambda: Reason("gap_fill", (*inputs, *figures(standing.indicators))),
    )  # fmt: skip


def _gap_steps(facts: Facts, phase: Phase) -> Iterator[int]:
    """Working days after the end of ``execute``: every few, and each of the phase's last."""
    policy = facts.policy
    total = facts.cal.working_days_between(facts.execute_end, phase.ends_on)
    for step in range(1, total + 1):
        regular = step >= policy.gap_first and (step - policy.gap_first) % policy.gap_every == 0
        if regular or step > total - policy.gap_daily_last:
            yield step


def _lagging(facts: Facts, standing: Standing) -> Iterator[Ladder]:
    since = standing.lagging_since
    if since is not None:
        steps = _every(facts, since, facts.policy.lagging_first, facts.policy.lagging_every)
        yield Ladder(
            Rule.LAGGING, _whole(facts), str(since), steps, facts.plan_end,
            lambda: _found(standing, "lagging"),
        )  # fmt: skip


def _deadline_due(facts: Facts, standing: Standing) -> Iterator[Ladder]:
    deadline = facts.deadline
    if _is_of_interest(facts, deadline):
        steps = _before(facts, deadline, facts.policy.deadline_offsets)
        yield Ladder(
            Rule.DEADLINE_DUE, _whole(facts), str(deadline), steps, deadline,
            lambda: Reason("deadline_due", (("deadline", str(deadline)), *figures(standing.indicators))),
        )  # fmt: skip


def _milestone(facts: Facts, milestone: Milestone) -> Iterator[Ladder]:
    obligation, due_on, policy = f"milestone:{milestone.id}", milestone.due_on, facts.policy
    if _is_of_interest(facts, due_on):
        steps = _before(facts, due_on, policy.milestone_offsets)
        yield Ladder(
            Rule.MILESTONE_DUE, obligation, str(due_on), steps, due_on,
            lambda: milestone_reason("milestone_due", facts, milestone),
        )  # fmt: skip
    if is_overdue(facts, due_on):
        steps = _every(facts, judged_on(facts, due_on), policy.overdue_first, policy.overdue_every)
        yield Ladder(
            Rule.MILESTONE_OVERDUE, obligation, str(due_on), steps, facts.plan_end,
            lambda: milestone_reason("milestone_overdue", facts, milestone),
        )  # fmt: skip


def _report_due(facts: Facts) -> Iterator[Ladder]:
    """The month that falls due next, and those that fell due since the last check."""
    newest = facts.next_month
    for month in _unreported(facts, facts.last_month if newest is None else newest):
        due = month_due(month, facts.cal)
        if not _is_of_interest(facts, due):
            return
        yield _report(facts, Rule.REPORT_DUE, month, _before(facts, due, facts.policy.report_offsets), due)


def _report_late(facts: Facts) -> Iterator[Ladder]:
    """The late month, and those whose lateness passed to the next one since the last check."""
    policy = facts.policy
    for month in () if facts.late_month is None else _unreported(facts, facts.late_month):
        until = min(month_due(month + 1, facts.cal), facts.plan_end)
        if not _is_of_interest(facts, until):
            return
        due = month_due(month, facts.cal)
        steps = _every(facts, due, policy.report_late_first, policy.report_late_every)
        yield _report(facts, Rule.REPORT_LATE, month, steps, until)


def _unreported(facts: Facts, newest: int) -> Iterator[int]:
    """The owed months without a report of theirs or of a later one, newest first."""
    latest = facts.latest
    for month in range(newest, facts.first_month - 1, -1):
        if latest is not None and latest.period >= period_name(month):
            return
        yield month


def _report(facts: Facts, rule: Rule, month: int, steps: Steps, until: date) -> Ladder:
    period = period_name(month)
    return Ladder(
        rule, f"report:{facts.subtask.id}:{period}", period, steps, until,
        lambda: Reason.of(rule.value, period=period, due_on=month_due(month, facts.cal)),
    )  # fmt: skip


def _before(facts: Facts, day: date, offsets: Iterable[int]) -> Steps:
    """The steps at fixed offsets from a day; only the first one while it has not come."""
    steps: list[tuple[int, date]] = []
    for step in sorted(offsets):
        nominal = facts.cal.offset(day, step)
        if nominal >= facts.floor:
            steps.append((step, nominal))
            if nominal > facts.on:
                break
    return tuple(steps)


def _every(facts: Facts, base: date, first: int, every: int) -> Steps:
    """The steps of a sequence without end, from the one that was current at the last check to the next one.

    Steps count working days after ``base``.
    """
    passed = facts.cal.working_days_between(base, facts.on)
    latest = first + every * max(-1, (passed - first) // every)
    since = min(facts.subtask.checked_on or facts.on, facts.on)
    steps: list[tuple[int, date]] = []
    for step in range(latest + every, first - 1, -every):
        steps.append((step, facts.cal.offset(base, step)))
        if steps[-1][1] <= since:
            break
    return tuple((step, day) for step, day in reversed(steps) if day >= facts.floor)


def _is_of_interest(facts: Facts, until: date) -> bool:
    """Whether what ends on ``until`` is still open, or ended since the last check."""
    checked_on = facts.subtask.checked_on
    return facts.on <= until or (checked_on is not None and checked_on < until)


def _whole(facts: Facts) -> str:
    return f"subtask:{facts.subtask.id}"


def _found(standing: Standing, code: str) -> Reason:
    return next(reason for reason in standing.reasons if reason.code == code)
