"""Who is waited for about one sub-task on a day, and since when: what units owe, and what is to be accepted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from engine.calendar import WorkCalendar
from engine.facts import Facts
from engine.model import Plan, Standing, State, SubTask
from engine.months import month_due, month_named, period_name
from engine.rollup import has_reported
from engine.standing import standing_of
from engine.waits import Owing, Wait


def owing(plan: Plan, subtask: SubTask, cal: WorkCalendar, on: date) -> tuple[Owing, ...]:
    """What the sub-task's own facts show to be waited for; reviews, changes and bulletins are found elsewhere."""
    facts = Facts.of(plan, subtask, cal, on)
    return owing_of(facts, standing_of(facts))


def owing_of(facts: Facts, standing: Standing) -> tuple[Owing, ...]:
    """Like :func:`owing`, of facts that are judged already."""
    subtask, cal, on = facts.subtask, facts.cal, facts.on
    found = [*_returned(subtask), *_reports(subtask, standing, cal), *_shares(facts), *_cases(subtask)]
    if facts.resting:
        found = []
    found += [
        Owing(Wait.FOLLOW_UP, one.due_on, detail=one.kind) for one in subtask.follow_ups if one.due_on < on
    ]
    if subtask.state is State.COMPLETION_CLAIMED and not facts.policy.auto_accept:
        found.append(Owing(Wait.ACCEPTANCE, standing.completed_on or on))
    return tuple(found)


def _returned(subtask: SubTask) -> Iterator[Owing]:
    for one in subtask.returned:
        yield Owing(Wait.RETURNED, one.returned_on, one.unit_id, one.period)


def _reports(subtask: SubTask, standing: Standing, cal: WorkCalendar) -> Iterator[Owing]:
    """The late month; one that was sent back is asked for as such."""
    period = standing.late_period
    asked_again = {one.period for one in subtask.returned if one.unit_id is None}
    if period is not None and period not in asked_again:
        yield Owing(Wait.REPORT, month_due(month_named(period), cal), detail=period)


def _shares(facts: Facts) -> Iterator[Owing]:
    """Units that hold a quota and have not told their share of the latest month that fell due."""
    month = min(facts.fallen_month, facts.last_month)
    if not facts.policy.ask_shares or facts.completed or not facts.is_owed(month):
        return
    period = period_name(month)
    asked_again = {(one.period, one.unit_id) for one in facts.subtask.returned}
    for share in facts.subtask.shares:
        if (period, share.unit_id) not in asked_again and not has_reported(
            facts.subtask.indicators, share, period
        ):
            yield Owing(Wait.SHARE, month_due(month, facts.cal), share.unit_id, period)


def _cases(subtask: SubTask) -> Iterator[Owing]:
    for case in subtask.cases:
        yield Owing(Wait.CASE_REPLY, case.opened_on, case.unit_id, case.number)
