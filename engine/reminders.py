"""Which reminders are owed on a day, which rule silences which, and when to look again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from engine.calendar import WorkCalendar
from engine.facts import Facts
from engine.model import Decision, Milestone, Owed, Phase, Plan, Reason, Rule, Standing, State, SubTask
from engine.periods import first_month, late_month, month_due, month_of, next_month, period_name
from engine.standing import (
    figures,
    first_due,
    is_overdue,
    judged_on,
    milestone_reason,
    standing_of,
    unmet_milestones,
)

DAY = timedelta(days=1)
Steps = tuple[tuple[int, date], ...]
Muted = tuple[str, Rule, Rule]


def decide(plan: Plan, subtask: SubTask, cal: WorkCalendar, on: date) -> Decision:
    """What one check concludes: the standing, the reminders alive and missed, and the next check.

    Deciding again on any day before ``next_check_on`` would find nothing new; a change of the facts
    asks for a check of its own.
    """
    facts = Facts.of(plan, subtask, cal, on)
    standing = standing_of(facts)
    if facts.finished or on > facts.plan_end:
        return Decision(standing, (), (), (), None)
    unmet = unmet_milestones(facts)
    ladders = list(_ladders(facts, standing, unmet))
    heard, muted = _inhibit(facts, ladders)
    return Decision(
        standing=standing,
        current=tuple(owed for ladder in heard if (owed := ladder.current(on)) is not None),
        missed=tuple(owed for ladder in heard for owed in ladder.missed(subtask.checked_on, on)),
        muted=muted,
        next_check_on=_next_check_on(facts, standing, unmet, heard),
    )


@dataclass(frozen=True, slots=True)
class Ladder:
    """One obligation under one rule: its steps with their days, in order, and the last day it is open."""

    obligation: str
    rule: Rule
    anchor: str
    reason: Reason
    steps: Steps
    until: date

    def current(self, on: date) -> Owed | None:
        """The latest step that has come, while the obligation is open."""
        if on > self.until:
            return None
        return next((self._owed(step, day) for step, day in reversed(self.steps) if day <= on), None)

    def missed(self, checked_on: date | None, on: date) -> Iterator[Owed]:
        """The steps that came and went since the last check, without the current one."""
        if checked_on is None:
            return
        last = self.current(on)
        for step, day in self.steps:
            if checked_on < day <= min(on, self.until) and (last is None or step != last.step):
                yield self._owed(step, day)

    def next_on(self, on: date) -> date | None:
        """The day of the next step, while the obligation is open."""
        return next((day for _, day in self.steps if on < day <= self.until), None)

    def _owed(self, step: int, day: date) -> Owed:
        return Owed(self.obligation, self.rule, self.anchor, step, day, self.reason)


def _ladders(facts: Facts, standing: Standing, unmet: tuple[Milestone, ...]) -> Iterator[Ladder]:
    """Every obligation that is open today, or that ran out since the last check."""
    if facts.resting:
        return
    if standing.completed:
        yield from _acceptance(facts, standing)
        return
    yield from _overdue(facts, standing)
    yield from _gap_fill(facts, standing)
    yield from _lagging(facts, standing)
    yield from _deadline_due(facts, standing)
    for milestone in unmet:
        yield from _milestone(facts, milestone)
    yield from _report_due(facts)
    yield from _report_late(facts)


def _acceptance(facts: Facts, standing: Standing) -> Iterator[Ladder]:
    if facts.policy.auto_accept:
        return
    since = standing.completed_on or facts.start
    steps = _every(facts, since, 0, facts.policy.acceptance_every)
    reason = Reason("acceptance", (("completed_on", str(since)), *figures(standing.indicators)))
    yield Ladder(_subtask(facts), Rule.ACCEPTANCE, str(since), reason, steps, facts.plan_end)


def _overdue(facts: Facts, standing: Standing) -> Iterator[Ladder]:
    deadline = facts.deadline
    if not is_overdue(facts, deadline):
        return
    steps = _every(facts, judged_on(facts, deadline), facts.policy.overdue_first, facts.policy.overdue_every)
    yield Ladder(
        _subtask(facts), Rule.OVERDUE, str(deadline), _found(standing, "overdue"), steps, facts.plan_end
    )


def _gap_fill(facts: Facts, standing: Standing) -> Iterator[Ladder]:
    phase = facts.plan.phase("gap_fill")
    if phase is None or facts.on < phase.starts_on or facts.deadline > facts.execute_end:
        return
    until = min(phase.ends_on, facts.plan_end)
    if not _is_of_interest(facts, until):
        return
    days = ((step, facts.cal.offset(facts.execute_end, step)) for step in _gap_steps(facts, phase))
    steps = tuple((step, day) for step, day in days if day >= max(phase.starts_on, _floor(facts)))
    inputs = (("deadline", str(facts.deadline)), ("ends_on", str(phase.ends_on)))
    reason = Reason("gap_fill", (*inputs, *figures(standing.indicators)))
    yield Ladder(_subtask(facts), Rule.GAP_FILL, str(phase.starts_on), reason, steps, until)


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
        steps = _every(facts, since, 0, facts.policy.lagging_every)
        reason = _found(standing, "lagging")
        yield Ladder(_subtask(facts), Rule.LAGGING, str(since), reason, steps, facts.plan_end)


def _deadline_due(facts: Facts, standing: Standing) -> Iterator[Ladder]:
    deadline = facts.deadline
    if _is_of_interest(facts, deadline):
        steps = _before(facts, deadline, facts.policy.deadline_offsets)
        reason = Reason("deadline_due", (("deadline", str(deadline)), *figures(standing.indicators)))
        yield Ladder(_subtask(facts), Rule.DEADLINE_DUE, str(deadline), reason, steps, deadline)


def _milestone(facts: Facts, milestone: Milestone) -> Iterator[Ladder]:
    obligation, due_on = f"milestone:{milestone.id}", milestone.due_on
    if _is_of_interest(facts, due_on):
        steps = _before(facts, due_on, facts.policy.milestone_offsets)
        reason = milestone_reason("milestone_due", facts, milestone)
        yield Ladder(obligation, Rule.MILESTONE_DUE, str(due_on), reason, steps, due_on)
    if is_overdue(facts, due_on):
        policy = facts.policy
        steps = _every(facts, judged_on(facts, due_on), policy.overdue_first, policy.overdue_every)
        reason = milestone_reason("milestone_overdue", facts, milestone)
        yield Ladder(obligation, Rule.MILESTONE_OVERDUE, str(due_on), reason, steps, facts.plan_end)


def _report_due(facts: Facts) -> Iterator[Ladder]:
    """The month that falls due next, and those that fell due since the last check."""
    last = month_of(facts.plan_end)
    for month in _unreported(facts, next_month(facts) or last):
        due = month_due(month, facts.cal)
        if not _is_of_interest(facts, due):
            return
        steps = _before(facts, due, facts.policy.report_offsets)
        yield _report(facts, Rule.REPORT_DUE, month, steps, due)


def _report_late(facts: Facts) -> Iterator[Ladder]:
    """The late month, and those whose lateness passed to the next one since the last check."""
    late = late_month(facts)
    for month in _unreported(facts, late) if late is not None else ():
        until = min(month_due(month + 1, facts.cal), facts.plan_end)
        if not _is_of_interest(facts, until):
            return
        due = month_due(month, facts.cal)
        steps = _every(facts, due, facts.policy.report_late_first, facts.policy.report_late_every)
        yield _report(facts, Rule.REPORT_LATE, month, steps, until)


def _unreported(facts: Facts, newest: int) -> Iterator[int]:
    """The owed months without a report of theirs or of a later one, newest first."""
    latest = facts.latest
    for month in range(newest, first_month(facts) - 1, -1):
        if latest is not None and latest.period >= period_name(month):
            return
        yield month


def _report(facts: Facts, rule: Rule, month: int, steps: Steps, until: date) -> Ladder:
    period = period_name(month)
    reason = Reason.of(rule.value, period=period, due_on=month_due(month, facts.cal))
    return Ladder(f"report:{facts.subtask.id}:{period}", rule, period, reason, steps, until)


def _before(facts: Facts, day: date, offsets: Iterable[int]) -> Steps:
    """The steps at fixed offsets from a day."""
    floor = _floor(facts)
    days = ((step, facts.cal.offset(day, step)) for step in sorted(offsets))
    return tuple((step, on) for step, on in days if on >= floor)


def _every(facts: Facts, base: date, first: int, every: int) -> Steps:
    """The steps of a sequence without end, from the one that was current at the last check to the next one.

    Steps count working days after ``base``; step 0 is ``base`` itself, worked or not.
    """
    passed = facts.cal.working_days_between(base, facts.on)
    latest = first + every * max(-1, (passed - first) // every)
    since = min(facts.subtask.checked_on or facts.on, facts.on)
    steps: list[tuple[int, date]] = []
    for step in range(latest + every, first - 1, -every):
        steps.append((step, facts.cal.offset(base, step) if step else base))
        if steps[-1][1] <= since:
            break
    floor = _floor(facts)
    return tuple((step, day) for step, day in reversed(steps) if day >= floor)


def _floor(facts: Facts) -> date:
    """The first day that a step may fall on."""
    return max(facts.start, facts.plan.starts_on)


def _is_of_interest(facts: Facts, until: date) -> bool:
    """Whether what ended on ``until`` is still open, or ended since the last check."""
    checked_on = facts.subtask.checked_on
    return facts.on <= until or (checked_on is not None and checked_on < until)


def _subtask(facts: Facts) -> str:
    return f"subtask:{facts.subtask.id}"


def _found(standing: Standing, code: str) -> Reason:
    return next(reason for reason in standing.reasons if reason.code == code)


SILENCES = {
    Rule.OVERDUE: frozenset({Rule.LAGGING, Rule.DEADLINE_DUE, Rule.MILESTONE_DUE, Rule.MILESTONE_OVERDUE}),
    Rule.GAP_FILL: frozenset({Rule.LAGGING, Rule.MILESTONE_DUE, Rule.MILESTONE_OVERDUE}),
    Rule.MILESTONE_OVERDUE: frozenset({Rule.LAGGING}),
}


def _inhibit(facts: Facts, ladders: list[Ladder]) -> tuple[list[Ladder], tuple[Muted, ...]]:
    """The ladders that may be heard, and for each silenced one that would be owed the rule that silences it."""
    on = facts.on
    loud = {ladder.rule for ladder in ladders if on <= ladder.until and ladder.rule in SILENCES}
    lost = _lost_to_the_other(facts, loud)
    counting_down = any(one.rule is Rule.DEADLINE_DUE and one.current(on) is not None for one in ladders)
    heard: list[Ladder] = []
    muted: list[Muted] = []
    for ladder in ladders:
        by = _silencer(facts, ladder, loud, lost, counting_down) if on <= ladder.until else None
        if by is None:
            heard.append(ladder)
        elif ladder.current(on) is not None:
            muted.append((ladder.obligation, ladder.rule, by))
    return heard, tuple(muted)


def _lost_to_the_other(facts: Facts, loud: set[Rule]) -> Rule | None:
    """Of overdue and gap-fill the one that gives way: overdue where the deadline is the end of ``execute``."""
    if not {Rule.OVERDUE, Rule.GAP_FILL} <= loud:
        return None
    return Rule.OVERDUE if facts.deadline == facts.execute_end else Rule.GAP_FILL


def _silencer(
    facts: Facts, ladder: Ladder, loud: set[Rule], lost: Rule | None, counting_down: bool
) -> Rule | None:
    if ladder.rule is lost:
        return Rule.GAP_FILL if lost is Rule.OVERDUE else Rule.OVERDUE
    for rule, silenced in SILENCES.items():
        if rule in loud and rule is not lost and ladder.rule in silenced:
            return rule
    same_day = ladder.rule is Rule.MILESTONE_DUE and ladder.anchor == str(facts.deadline)
    return Rule.DEADLINE_DUE if same_day and counting_down else None


def _next_check_on(
    facts: Facts, standing: Standing, unmet: tuple[Milestone, ...], heard: list[Ladder]
) -> date | None:
    """The first later day on which anything may change, at most the policy's wait from today."""
    if facts.subtask.state is State.TERMINATED:
        return None
    days = [facts.on + timedelta(days=facts.policy.max_wait_days), facts.plan_end + DAY]
    days += [day for ladder in heard if (day := ladder.next_on(facts.on)) is not None]
    days += [report.received_on for report in facts.subtask.reports[len(facts.reports) :]]
    if not standing.completed and not facts.resting:
        days += _turns(facts, unmet)
    return min(day for day in days if day > facts.on)


def _turns(facts: Facts, unmet: tuple[Milestone, ...]) -> Iterator[date]:
    """Days on which a light or an inhibition turns by itself."""
    yield facts.start
    yield first_due(facts)
    month = next_month(facts)
    if month is not None:
        yield month_due(month, facts.cal) + DAY
    for due_on in (facts.deadline, *(milestone.due_on for milestone in unmet)):
        yield due_on + DAY
        if due_on < facts.on:
            yield judged_on(facts, due_on)
    phase = facts.plan.phase("gap_fill")
    if phase is not None:
        yield phase.starts_on
        yield phase.ends_on + DAY
