"""Ladders of the loop after the reminder: signing, reports sent back, escalation, cases, what follows acceptance."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from engine.escalation import rung_days, told
from engine.facts import Facts
from engine.model import Audience, Climb, OpenCase, OpenFollowUp, Reason, Returned, Rule, Standing, State
from engine.steps import Ladder, before, every, is_of_interest, whole
from engine.unread import unread_ladders

FOREVER = date.max
RUNGS = {1: Audience.HEADS, 2: Audience.LEADERS, 3: Audience.COORDINATORS}
FOLLOW_UP_LATE_FIRST = 1


def loop_ladders(facts: Facts, standing: Standing, climb: Climb | None) -> Iterator[Ladder]:
    """What is owed beside progress while the sub-task runs."""
    yield from _acknowledge(facts)
    for report in facts.subtask.returned:
        if report.returned_on <= facts.on:
            yield _returned(facts, report)
    if climb is not None:
        yield _escalated(facts, standing, climb)
    for case in facts.subtask.cases:
        if case.opened_on <= facts.on:
            yield from _case(facts, case)
    yield from unread_ladders(facts)


def follow_up_ladders(facts: Facts) -> Iterator[Ladder]:
    """What remains after acceptance; the end of the plan does not end it."""
    for one in facts.subtask.follow_ups:
        yield _follow_up(facts, one)


def _acknowledge(facts: Facts) -> Iterator[Ladder]:
    """To the lead units that have not signed, from the day on which the plan is followed."""
    plan, policy, unsigned = facts.plan, facts.policy, facts.subtask.unsigned
    if not (policy.acknowledge and unsigned and facts.subtask.state is State.ISSUED):
        return
    base = max(plan.followed_on or plan.starts_on, plan.starts_on)
    steps = every(facts, base, policy.acknowledge_first, policy.acknowledge_every, floor=base)
    yield Ladder(
        Rule.ACKNOWLEDGE, whole(facts), str(base), steps, facts.plan_end,
        lambda: Reason.of("acknowledge", since=base), Audience.UNITS, unsigned,
    )  # fmt: skip


def _returned(facts: Facts, report: Returned) -> Ladder:
    """The report is asked for again until a newer one is there."""
    is_share, subtask, policy = report.unit_id is not None, facts.subtask.id, facts.policy
    about = f"share:{subtask}:{report.unit_id}" if is_share else f"report:{subtask}"
    steps = every(facts, report.returned_on, policy.returned_first, policy.returned_every)
    reason = Reason.of("returned", period=report.period, returned_on=report.returned_on, text=report.reason)
    return Ladder(
        Rule.RETURNED, f"{about}:{report.period}", str(report.report_id), steps, facts.plan_end,
        lambda: reason, Audience.UNITS if is_share else Audience.LEADS,
        () if report.unit_id is None else (report.unit_id,),
    )  # fmt: skip


def _escalated(facts: Facts, standing: Standing, climb: Climb) -> Ladder:
    """Rung by rung to the head, the leader in charge and the coordinators."""
    days = rung_days(climb, facts.cal)
    steps = tuple((step, day) for step, day in enumerate(days, 1) if day >= facts.floor)

    def reason() -> Reason:
        worked = facts.cal.working_days_between(climb.started_on, facts.on)
        following = next((day for day in days if day > facts.on), "")
        trouble = told(facts, standing, climb)
        head = Reason.of(
            "escalated", cause=climb.cause, since=climb.started_on, days=worked, next_on=following,
            level=climb.level, trouble=trouble.code,
        )  # fmt: skip
        return Reason(head.code, (*head.inputs, *trouble.inputs))

    return Ladder(
        Rule.ESCALATED, whole(facts), str(climb.started_on), steps, facts.plan_end,
        reason, by_step=RUNGS,
    )  # fmt: skip


def _case(facts: Facts, case: OpenCase) -> Iterator[Ladder]:
    """Its notices, what falls due before the reply, and what is late; to the unit's liaison and head."""
    policy, due, obligation = facts.policy, case.reply_due_on, f"case:{case.id}"
    audience, units = Audience.UNITS_AND_HEADS, (case.unit_id,)

    def reason(rule: Rule) -> Reason:
        return Reason.of(
            rule.value, number=case.number, notices=case.notices, reply_due_on=due, opened_on=case.opened_on
        )

    notices = ((1, case.opened_on), (case.notices, case.noticed_on))[: min(case.notices, 2)]
    yield Ladder(
        Rule.CASE_NOTICE, obligation, str(case.id), notices, facts.plan_end,
        lambda: reason(Rule.CASE_NOTICE), audience, units,
    )  # fmt: skip
    if is_of_interest(facts, due):
        yield Ladder(
            Rule.CASE_DUE, obligation, str(due), before(facts, due, policy.case_offsets), due,
            lambda: reason(Rule.CASE_DUE), audience, units,
        )  # fmt: skip
    if facts.on > due:
        yield Ladder(
            Rule.CASE_LATE, obligation, str(due),
            every(facts, due, policy.case_late_first, policy.case_late_every), facts.plan_end,
            lambda: reason(Rule.CASE_LATE), audience, units,
        )  # fmt: skip


def _follow_up(facts: Facts, one: OpenFollowUp) -> Ladder:
    """Before the day, then again and again after it until it is done."""
    policy, due = facts.policy, one.due_on
    steps = (
        *before(facts, due, policy.follow_up_offsets),
        *every(facts, due, FOLLOW_UP_LATE_FIRST, policy.follow_up_late_every),
    )
    reason = Reason.of("follow_up", kind=one.kind, due_on=due)
    return Ladder(
        Rule.FOLLOW_UP, f"follow_up:{facts.subtask.id}:{one.kind}", str(due), steps, FOREVER, lambda: reason
    )
