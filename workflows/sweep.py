"""巡检: every sub-task whose day has come is judged, and what is owed is written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, or_, update
from sqlmodel import Session, col

from db import owings, plans, reminders, runs, tables
from db.calendar import load_calendar
from db.session import Database
from engine.model import FINISHED_STATES, OPEN_STATES, Decision, Plan, State, SubTask
from engine.reminders import decide
from workflows.address import Directory
from workflows.climbs import store_climbs
from workflows.grounds import Ending, ending_of
from workflows.judging import judge_all, set_aside
from workflows.owe_follow_ups import owe_follow_ups
from workflows.put_right import put_right

BATCH = 500
BY_POLICY = "policy:auto_accept"


@dataclass(frozen=True, slots=True)
class SweepSummary:
    """How many sub-tasks were judged and how many reminders are new."""

    checked: int = 0
    owed: int = 0

    def __add__(self, other: SweepSummary) -> SweepSummary:
        return SweepSummary(self.checked + other.checked, self.owed + other.owed)


def sweep(
    database: Database,
    now: datetime,
    *,
    batch: int = BATCH,
    progress: Callable[[SweepSummary], None] | None = None,
) -> SweepSummary:
    """Every sub-task due by the plan's today has been judged; doing it again adds nothing."""
    put_right(database, now)
    with database.read() as session:
        followed = plans.load_plans(session)
        due = [plan for plan in followed if plans.has_due(session, plan.id, _today(plan, now))]
    total = SweepSummary()
    for plan in due:
        while True:
            with database.write() as session:
                step = sweep_batch(session, plan, now, batch)
            total += step
            if progress:
                progress(total)
            if step.checked < batch:
                break
    return total


def sweep_batch(session: Session, plan: Plan, now: datetime, batch: int) -> SweepSummary:
    """One batch of due sub-tasks, claimed, judged and stored in the caller's transaction.

    The plan is read again once they are claimed: its rules may have changed since the batch before.
    """
    ids = plans.claim_due(session, plan.id, _today(plan, now), batch)
    if not ids:
        return SweepSummary()
    _follow(session, plan, now)
    return judge_and_store(session, plans.load_plan(session, plan.id), ids, now)


def judge_and_store(session: Session, plan: Plan, ids: Sequence[int], now: datetime) -> SweepSummary:
    """These sub-tasks are judged as of now; reminders, lights and next checks are stored.

    What the policy accepts by itself is judged once more, for what follows acceptance.
    """
    on = _today(plan, now)
    calendar = load_calendar(session)
    judged = judge_all(session, ids, lambda subtask: decide(plan, subtask, calendar, on))
    subtasks, decisions = judged.subtasks, judged.decisions
    set_aside(session, plan.id, judged, on, now)
    directory = Directory.of(session, decisions, ensure=True)
    _end_outdated(session, subtasks, decisions, directory, on, now)
    rows = [row for key, decision in decisions.items() for row in _rows(decision, plan, key, directory, now)]
    owed = reminders.add(session, rows)
    store_climbs(session, plan, subtasks, decisions, on)
    accepted = _store_checks(session, plan, subtasks, decisions, on, now)
    if accepted:
        owe_follow_ups(session, plan, accepted, on, now)
        owed += judge_and_store(session, plan, accepted, now).owed
    return SweepSummary(len(ids), owed)


def _today(plan: Plan, now: datetime) -> date:
    return now.astimezone(plans.zone_of(plan)).date()


def _follow(session: Session, plan: Plan, now: datetime) -> None:
    since = col(tables.Plan.followed_from)
    first = update(tables.Plan).where(col(tables.Plan.id) == plan.id, or_(since.is_(None), since > now))
    session.execute(first.values(followed_from=now))


def _rows(
    decision: Decision,
    plan: Plan,
    subtask_id: int,
    directory: Directory,
    now: datetime,
) -> list[dict[str, Any]]:
    rows = []
    for superseded, group in ((False, decision.current), (True, decision.missed)):
        for owed in group:
            posts = directory.posts_of(subtask_id, owed)
            rows += [reminders.row_of(owed, post, plan.id, subtask_id, now, superseded) for post in posts]
    return rows


def _end_outdated(
    session: Session,
    subtasks: Mapping[int, SubTask],
    decisions: Mapping[int, Decision],
    directory: Directory,
    on: date,
    now: datetime,
) -> None:
    """What is pending but no longer current ends, with the reason that the judgement gives."""
    endings: dict[Ending, list[int]] = {}
    for key, post_id, owner, *parts in reminders.pending_of_subtasks(session, list(subtasks), on):
        ending = ending_of(decisions[owner], subtasks[owner], tuple(parts), post_id, directory)
        if ending:
            endings.setdefault(ending, []).append(key)
    for (state, reason), keys in endings.items():
        reminders.end(session, keys, state, reason, now)


def _store_checks(
    session: Session,
    plan: Plan,
    subtasks: Mapping[int, SubTask],
    decisions: Mapping[int, Decision],
    on: date,
    now: datetime,
) -> list[int]:
    """Returns the sub-tasks that the policy has accepted now."""
    rows, accepted = [], []
    for key, decision in decisions.items():
        state = _next_state(plan, subtasks[key], decision)
        if state is State.ACCEPTED and subtasks[key].state is not State.ACCEPTED:
            runs.record(session, "accept", BY_POLICY, now, plan_id=plan.id, subtask_id=key)
            accepted.append(key)
        rows.append(
            {
                "key": key,
                "state": state.value,
                "light": decision.standing.light.value,
                "owed": owings.written(decision.owing),
                "checked_on": on,
                "next_check_on": _next_check_on(state, subtasks[key], decision),
            }
        )
    table = tables.SubTask.__table__  # type: ignore[attr-defined]
    if rows:  # none where every sub-task of the batch was set aside
        session.connection().execute(update(table).where(table.c.id == bindparam("key")), rows)
    return accepted


def _next_check_on(state: State, subtask: SubTask, decision: Decision) -> date | None:
    """Finished sub-tasks are looked at again only for what follows acceptance."""
    if state in FINISHED_STATES and not subtask.follow_ups:
        return None
    return decision.next_check_on


def _next_state(plan: Plan, subtask: SubTask, decision: Decision) -> State:
    if subtask.state not in (*OPEN_STATES, State.COMPLETION_CLAIMED) or not decision.standing.completed:
        return subtask.state
    return State.ACCEPTED if plan.policy.auto_accept else State.COMPLETION_CLAIMED
