"""Each rule's obligations on a day, as ladders of steps with their days."""

from __future__ import annotations

from collections.abc import Iterator

from engine.asking import monthly_ladders
from engine.facts import Facts
from engine.loop import follow_up_ladders, loop_ladders
from engine.model import Audience, Climb, Milestone, Phase, Reason, Rule, Standing
from engine.standing import figures, is_overdue, judged_on, milestone_reason
from engine.steps import Ladder, before, every, is_of_interest, whole


def ladders_of(facts: Facts, standing: Standing, climb: Climb | None) -> Iterator[Ladder]:
    """Every obligation that is open on the day, or that ran out since the last check; silenced ones too."""
    if facts.finished:
        yield from follow_up_ladders(facts)
        return
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
    yield from monthly_ladders(facts)
    yield from loop_ladders(facts, standing, climb)


def _acceptance(facts: Facts, standing: Standing) -> Iterator[Ladder]:
    if facts.policy.auto_accept:
        return
    since = standing.completed_on or facts.start
    steps = every(facts, since, facts.policy.acceptance_first, facts.policy.acceptance_every)
    yield Ladder(
        Rule.ACCEPTANCE, whole(facts), str(since), steps, facts.plan_end,
        lambda: Reason("acceptance", (("completed_on", str(since)), *figures(standing.indicators))),
        Audience.COORDINATORS,
    )  # fmt: skip


def _overdue(facts: Facts, standing: Standing) -> Iterator[Ladder]:
    deadline, policy = facts.deadline, facts.policy
    if is_overdue(facts, deadline):
        steps = every(facts, judged_on(facts, deadline), policy.overdue_first, policy.overdue_every)
        yield Ladder(
            Rule.OVERDUE, whole(facts), str(deadline), steps, facts.plan_end,
            lambda: _found(standing, "overdue"),
        )  # fmt: skip


def _gap_fill(facts: Facts, standing: Standing) -> Iterator[Ladder]:
    phase = facts.gap
    if phase is None or facts.on < phase.starts_on or facts.deadline > facts.execute_end:
        return
    until = min(phase.ends_on, facts.plan_end)
    if not is_of_interest(facts, until):
        return
    days = ((step, facts.cal.offset(facts.execute_end, step)) for step in _gap_steps(facts, phase))
    steps = tuple((step, day) for step, day in days if day >= facts.floor)
    inputs = (("deadline", str(facts.deadline)), ("ends_on", str(phase.ends_on)))
    yield Ladder(
        Rule.GAP_FILL, whole(facts), str(phase.starts_on), steps, until,
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
        steps = every(facts, since, facts.policy.lagging_first, facts.policy.lagging_every)
        yield Ladder(
            Rule.LAGGING, whole(facts), str(since), steps, facts.plan_end,
            lambda: _found(standing, "lagging"),
        )  # fmt: skip


def _deadline_due(facts: Facts, standing: Standing) -> Iterator[Ladder]:
    deadline = facts.deadline
    if is_of_interest(facts, deadline):
        steps = before(facts, deadline, facts.policy.deadline_offsets)
        yield Ladder(
            Rule.DEADLINE_DUE, whole(facts), str(deadline), steps, deadline,
            lambda: Reason("deadline_due", (("deadline", str(deadline)), *figures(standing.indicators))),
        )  # fmt: skip


def _milestone(facts: Facts, milestone: Milestone) -> Iterator[Ladder]:
    obligation, due_on, policy = f"milestone:{milestone.id}", milestone.due_on, facts.policy
    if is_of_interest(facts, due_on):
        steps = before(facts, due_on, policy.milestone_offsets)
        yield Ladder(
            Rule.MILESTONE_DUE, obligation, str(due_on), steps, due_on,
            lambda: milestone_reason("milestone_due", facts, milestone),
        )  # fmt: skip
    if is_overdue(facts, due_on):
        steps = every(facts, judged_on(facts, due_on), policy.overdue_first, policy.overdue_every)
        yield Ladder(
            Rule.MILESTONE_OVERDUE, obligation, str(due_on), steps, facts.plan_end,
            lambda: milestone_reason("milestone_overdue", facts, milestone),
        )  # fmt: skip


def _found(standing: Standing, code: str) -> Reason:
    return next(reason for reason in standing.reasons if reason.code == code)
