"""Whether a reminder may still be said: its rule is asked again on the facts of the moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from db import plans, reminders, tables
from db.calendar import load_calendar
from engine.model import FINISHED_STATES, Decision, Plan, Rule, State, SubTask
from engine.reminders import decide
from workflows.address import Directory

Ending = tuple[str, str]
ASKS_LEADS = frozenset(
    {
        Rule.MILESTONE_DUE, Rule.DEADLINE_DUE, Rule.REPORT_DUE, Rule.REPORT_LATE, Rule.LAGGING,
        Rule.MILESTONE_OVERDUE, Rule.OVERDUE, Rule.GAP_FILL,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ground:
    """A reminder with the judgement on which it rests; ``ending`` is set when it rests on nothing any more."""

    row: tables.Reminder
    plan: Plan
    subtask: SubTask
    decision: Decision
    ending: Ending | None

    @property
    def key(self) -> int:
        """The reminder's id."""
        assert self.row.id is not None
        return self.row.id


def judge_grounds(session: Session, rows: Sequence[tables.Reminder], now: datetime) -> list[Ground]:
    """Each reminder with its ground as of now; nothing is stored."""
    calendar = load_calendar(session)
    ids = sorted({row.subtask_id for row in rows})
    subtasks = plans.load_subtasks(session, ids)
    followed = {key: plans.load_plan(session, key) for key in {row.plan_id for row in rows}}
    owners = {row.subtask_id: followed[row.plan_id] for row in rows}
    decisions = {
        key: decide(plan, subtasks[key], calendar, now.astimezone(plans.zone_of(plan)).date())
        for key, plan in owners.items()
    }
    directory = Directory.of(session, decisions)
    return [
        Ground(
            row,
            followed[row.plan_id],
            subtasks[row.subtask_id],
            decisions[row.subtask_id],
            _ending(row, subtasks[row.subtask_id], decisions[row.subtask_id], directory),
        )
        for row in rows
    ]


def keep_standing(session: Session, grounds: Sequence[Ground], now: datetime) -> list[Ground]:
    """The grounds that still stand; the pending reminders of the others have ended with the reason."""
    for ground in grounds:
        if ground.ending:
            reminders.end(session, [ground.key], *ground.ending, now)
    return [ground for ground in grounds if ground.ending is None]


def ending_of(
    decision: Decision, subtask: SubTask, key: reminders.Key, post_id: int, directory: Directory
) -> Ending | None:
    """(state, reason) with which a reminder ends that is no longer current; ``None`` while it is."""
    current = {reminders.key_of(owed): owed for owed in decision.current}
    if key in current:
        is_asked = post_id in directory.posts_of(subtask.id, current[key])
        return None if is_asked else ("withdrawn", "not_responsible")
    obligation, rule, anchor, _step = key
    if rule in ASKS_LEADS and post_id not in directory.leads.get(subtask.id, ()):
        return "withdrawn", "not_responsible"
    if any(other[:3] == (obligation, rule, anchor) for other in current):
        return "superseded", "newer_step"
    for muted_obligation, muted_rule, by in decision.muted:
        if (muted_obligation, muted_rule.value) == (obligation, rule):
            return "withdrawn", f"muted_by_{by.value}"
    return "withdrawn", _withdrawal(decision, subtask, key)


def _withdrawal(decision: Decision, subtask: SubTask, key: reminders.Key) -> str:
    if subtask.state in (State.SUSPENDED, State.TERMINATED, State.DRAFT):
        return subtask.state.value
    obligation, rule, anchor, _step = key
    if rule == Rule.FOLLOW_UP:
        known = {f"follow_up:{subtask.id}:{one.kind}" for one in subtask.follow_ups}
        return "date_moved" if obligation in known else "done"
    if decision.standing.completed:
        return "accepted" if subtask.state in FINISHED_STATES else "completed"
    if decision.next_check_on is None:
        return "plan_ended"
    on = decision.standing.on.isoformat()
    match rule:
        case Rule.ACKNOWLEDGE:
            return "acknowledged"
        case Rule.RETURNED:
            return "reported"
        case Rule.SHARE_DUE | Rule.SHARE_LATE:
            return _share_ending(subtask, obligation, anchor)
        case Rule.ESCALATED:
            return "recovered" if decision.climb is None else "reset"
        case Rule.UNREAD:
            return _unread_ending(subtask, anchor)
        case Rule.CASE_NOTICE | Rule.CASE_DUE | Rule.CASE_LATE:
            return _case_ending(subtask, obligation, anchor, on)
        case Rule.REPORT_DUE | Rule.REPORT_LATE:
            if any(report.period >= anchor for report in subtask.reports):
                return "reported"
            is_past = on[:7] > anchor or decision.standing.late_period == anchor
            return "date_passed" if is_past else "no_longer_due"
        case Rule.LAGGING:
            return "caught_up"
        case Rule.MILESTONE_DUE | Rule.MILESTONE_OVERDUE:
            dates = {f"milestone:{one.id}": one.due_on.isoformat() for one in subtask.milestones}
            if dates.get(obligation) != anchor:
                return "date_moved"
            return "date_passed" if rule == Rule.MILESTONE_DUE and anchor < on else "reached"
        case Rule.DEADLINE_DUE | Rule.OVERDUE:
            return "date_passed" if rule == Rule.DEADLINE_DUE and anchor < on else "date_moved"
        case _:
            return "no_longer_due"


def _share_ending(subtask: SubTask, obligation: str, period: str) -> str:
    unit = int(obligation.split(":")[2])
    reports = (report for share in subtask.shares if share.unit_id == unit for report in share.reports)
    return "reported" if any(report.period >= period for report in reports) else "date_passed"


def _unread_ending(subtask: SubTask, anchor: str) -> str:
    is_unread = any(f"message:{one.message_id}" == anchor for one in subtask.unread)
    return "reported" if is_unread else "read"


def _case_ending(subtask: SubTask, obligation: str, anchor: str, on: str) -> str:
    case = next((one for one in subtask.cases if f"case:{one.id}" == obligation), None)
    if case is None:
        return "answered"
    return "date_passed" if case.reply_due_on.isoformat() == anchor < on else "date_moved"


def _ending(
    row: tables.Reminder, subtask: SubTask, decision: Decision, directory: Directory
) -> Ending | None:
    if row.nominal_on > decision.standing.on:
        return None  # the clock was set back: its day is still to come
    key = (row.obligation, row.rule, row.anchor, row.step)
    return ending_of(decision, subtask, key, row.post_id, directory)
