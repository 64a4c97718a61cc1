"""Which reminders are owed on a day, which rule silences which, and when to look again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from engine.calendar import WorkCalendar
from engine.escalation import climb_of, turning_days
from engine.facts import Facts
from engine.ladders import ladders_of
from engine.model import Decision, Owed, Plan, Rule, State, SubTask
from engine.months import month_due
from engine.owing import owing_of
from engine.standing import judged_on, standing_of
from engine.steps import Ladder

DAY = timedelta(days=1)
RULES_VERSION = "3"  # raised with every change of what the rules decide: all open sub-tasks are judged anew
Muted = tuple[str, Rule, Rule]
Key = tuple[str, Rule, str, int]

# Who silences whom, loudest first.
SILENCES = {
    Rule.OVERDUE: frozenset({Rule.LAGGING, Rule.DEADLINE_DUE, Rule.MILESTONE_DUE, Rule.MILESTONE_OVERDUE}),
    Rule.GAP_FILL: frozenset({Rule.LAGGING, Rule.MILESTONE_DUE, Rule.MILESTONE_OVERDUE}),
    Rule.MILESTONE_OVERDUE: frozenset({Rule.LAGGING}),
}

# What a report that was sent back silences about its own month.
MONTHLY = frozenset({Rule.REPORT_DUE, Rule.REPORT_LATE, Rule.SHARE_DUE, Rule.SHARE_LATE})


def decide(plan: Plan, subtask: SubTask, cal: WorkCalendar, on: date) -> Decision:
    """What one check concludes: the standing, the reminders alive and missed, and the next check.

    Deciding again on any day before ``next_check_on`` would find nothing new; a change of the facts
    asks for a check of its own.
    """
    facts = Facts.of(plan, subtask, cal, on)
    standing = standing_of(facts)
    if on > facts.plan_end if not facts.finished else not subtask.follow_ups:
        return Decision(standing, (), (), (), None, owing=owing_of(facts, standing))
    climb = climb_of(facts, standing)
    heard, muted = _inhibit(facts, list(ladders_of(facts, standing, climb)))
    current = tuple(owed for ladder in heard if (owed := ladder.current(on)) is not None)
    return Decision(
        standing=standing,
        current=current,
        missed=_missed(facts, heard, current),
        muted=muted,
        next_check_on=_next_check_on(facts, heard),
        climb=climb,
        owing=owing_of(facts, standing),
    )


def _inhibit(facts: Facts, ladders: list[Ladder]) -> tuple[list[Ladder], tuple[Muted, ...]]:
    """The ladders that may be heard, and for each silenced one that would be owed the rule that silences it.

    What ran out before today is heard: its last steps are still to be recorded.
    """
    on = facts.on
    loud = _loud(ladders, on)
    again = {one.obligation for one in ladders if one.rule is Rule.RETURNED and on <= one.until}
    counting_down = any(one.rule is Rule.DEADLINE_DUE and one.has_begun(on) for one in ladders)
    heard: list[Ladder] = []
    muted: list[Muted] = []
    for ladder in ladders:
        by = _silencer(facts, ladder, loud, counting_down) if on <= ladder.until else None
        if ladder.rule in MONTHLY and ladder.obligation in again and on <= ladder.until:
            by = Rule.RETURNED
        if by is None:
            heard.append(ladder)
        elif ladder.has_begun(on):
            muted.append((ladder.obligation, ladder.rule, by))
    return heard, tuple(muted)


def _loud(ladders: list[Ladder], on: date) -> list[Rule]:
    """The open rules that silence others, loudest first."""
    opened = {ladder.rule for ladder in ladders if on <= ladder.until}
    return [rule for rule in SILENCES if rule in opened]


def _silencer(facts: Facts, ladder: Ladder, loud: list[Rule], counting_down: bool) -> Rule | None:
    rule = ladder.rule
    if Rule.OVERDUE in loud and Rule.GAP_FILL in loud:
        # Gap-fill takes the place of overdue where the deadline is the end of ``execute``, else gives way.
        stays = Rule.GAP_FILL if facts.deadline == facts.execute_end else Rule.OVERDUE
        if rule in (Rule.OVERDUE, Rule.GAP_FILL):
            return None if rule is stays else stays
        loud = [stays]
    for louder in loud:
        if rule in SILENCES[louder]:
            return louder
    same_day = rule is Rule.MILESTONE_DUE and ladder.until == facts.deadline
    return Rule.DEADLINE_DUE if same_day and counting_down else None


def _missed(facts: Facts, heard: list[Ladder], current: tuple[Owed, ...]) -> tuple[Owed, ...]:
    """What the checks that did not take place since the last one would have found, if any step went by.

    Those checks are made up for one by one, each with the reports of its day, so that an interrupted
    run leaves the same record as one without interruption.
    """
    checked_on, on = facts.subtask.checked_on, facts.on
    if checked_on is None or not any(ladder.has_missed(checked_on, on) for ladder in heard):
        return ()
    subtask = replace(facts.subtask, checked_on=None)
    decision = decide(facts.plan, subtask, facts.cal, checked_on)
    known = {_key(owed) for owed in (*decision.current, *current)}
    found: dict[Key, Owed] = {}
    while decision.next_check_on is not None and decision.next_check_on < on:
        decision = decide(facts.plan, subtask, facts.cal, decision.next_check_on)
        found |= {_key(owed): owed for owed in decision.current}
    return tuple(owed for key, owed in found.items() if key not in known)


def _key(owed: Owed) -> Key:
    return owed.obligation, owed.rule, owed.anchor, owed.step


def _next_check_on(facts: Facts, heard: list[Ladder]) -> date | None:
    """The first later day on which anything may change, at most the policy's wait from today."""
    if facts.subtask.state is State.TERMINATED:
        return None
    days = [facts.on + timedelta(days=facts.policy.max_wait_days), facts.plan_end + DAY, facts.floor]
    days += [day for ladder in heard if (day := ladder.next_on(facts.on)) is not None]
    days += [report.received_on for report in facts.subtask.reports[len(facts.reports) :]]
    days += [report.returned_on for report in facts.subtask.returned]
    for span in facts.subtask.suspensions:
        days += [span.first] if span.last is None else [span.first, span.last + DAY]
    for case in facts.subtask.cases:
        days += [case.opened_on, case.noticed_on, case.reply_due_on + DAY]
    if not facts.completed and not facts.resting:
        days += _turns(facts)
    return min(day for day in days if day > facts.on)


def _turns(facts: Facts) -> Iterator[date]:
    """Days on which a light or an inhibition turns by itself."""
    yield from (facts.start, facts.first_due)
    if facts.next_month is not None:
        yield month_due(facts.next_month, facts.cal) + DAY
    for due_on in (facts.deadline, *(milestone.due_on for milestone in facts.unmet)):
        yield due_on + DAY if due_on >= facts.on else judged_on(facts, due_on)
    if facts.gap is not None:
        yield from (facts.gap.starts_on, facts.gap.ends_on + DAY)
    yield from turning_days(facts)
