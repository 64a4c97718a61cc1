"""Ladders of what is asked for each month: the lead unit's report, and each unit's own share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from engine.facts import Facts
from engine.model import Audience, Reason, Rule, Share
from engine.months import month_due, period_name
from engine.rollup import has_reported
from engine.steps import Ladder, Steps, before, every, is_of_interest


class Reporter(NamedTuple):
    """Who owes a report each month: under which rules and obligation, and whether a month's is there."""

    due: Rule
    late: Rule
    obligation: str
    has_reported: Callable[[int], bool]
    audience: Audience = Audience.LEADS
    units: tuple[int, ...] = ()


def monthly_ladders(facts: Facts) -> Iterator[Ladder]:
    """The report of the whole, and where the policy asks for shares those of every unit with a quota."""
    for reporter in _reporters(facts):
        yield from _due(facts, reporter)
        yield from _late(facts, reporter)


def _reporters(facts: Facts) -> Iterator[Reporter]:
    yield Reporter(
        Rule.REPORT_DUE, Rule.REPORT_LATE, f"report:{facts.subtask.id}", lambda month: _is_told(facts, month)
    )
    for share in facts.subtask.shares if facts.policy.ask_shares else ():
        yield _sharer(facts, share)


def _sharer(facts: Facts, share: Share) -> Reporter:
    known = tuple(report for report in share.reports if report.received_on <= facts.on)
    own, said = replace(share, reports=known), max((report.period for report in known), default="")

    def is_told(month: int) -> bool:
        period = period_name(month)
        return said >= period or has_reported(facts.subtask.indicators, own, period)

    obligation = f"share:{facts.subtask.id}:{share.unit_id}"
    return Reporter(Rule.SHARE_DUE, Rule.SHARE_LATE, obligation, is_told, Audience.UNITS, (share.unit_id,))


def _is_told(facts: Facts, month: int) -> bool:
    latest = facts.latest
    return latest is not None and latest.period >= period_name(month)


def _due(facts: Facts, reporter: Reporter) -> Iterator[Ladder]:
    """The month that falls due next, and those that fell due since the last check."""
    newest = facts.next_month
    for month in _unreported(facts, reporter, facts.last_month if newest is None else newest):
        due = month_due(month, facts.cal)
        if not is_of_interest(facts, due):
            return
        steps = before(facts, due, facts.policy.report_offsets)
        yield _report(facts, reporter, reporter.due, month, steps, due)


def _late(facts: Facts, reporter: Reporter) -> Iterator[Ladder]:
    """The late month, and those whose lateness passed to the next one since the last check."""
    policy, newest = facts.policy, facts.fallen_owed
    if newest is None or reporter.has_reported(newest):
        return
    for month in _unreported(facts, reporter, newest):
        following = facts.owed_after(month)
        until = facts.plan_end if following is None else min(month_due(following, facts.cal), facts.plan_end)
        if not is_of_interest(facts, until):
            return
        due = month_due(month, facts.cal)
        steps = every(facts, due, policy.report_late_first, policy.report_late_every)
        yield _report(facts, reporter, reporter.late, month, steps, until)


def _unreported(facts: Facts, reporter: Reporter, newest: int) -> Iterator[int]:
    """The owed months without a report of theirs or of a later one, newest first."""
    for month in range(newest, facts.first_month - 1, -1):
        if reporter.has_reported(month):
            return
        if facts.is_owed(month):
            yield month


def _report(facts: Facts, by: Reporter, rule: Rule, month: int, steps: Steps, until: date) -> Ladder:
    period = period_name(month)
    return Ladder(
        rule, f"{by.obligation}:{period}", period, steps, until,
        lambda: Reason.of(rule.value, period=period, due_on=month_due(month, facts.cal)),
        by.audience, by.units,
    )  # fmt: skip
