"""收官: a plan is closed with its final table; whatever is given up then is named with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import or_, select, update
from sqlmodel import Session, col

from db import bulletins, outbox, plans, reminders, runs, tables
from db.references import find_plan
from db.session import Database
from db.units import stored_id
from engine.digest import WeekSlot, to_json
from engine.errors import DubanError
from engine.model import FINISHED_STATES, State
from workflows.decide_bulletin import HELD, subject_of
from workflows.edition import load_edition
from workflows.handle_case import close_in
from workflows.owe_follow_ups import KINDS

KIND = "final"
CLOSED = "plan_closed"  # the reason with which reminders and messages of a closed plan end
ENDED = frozenset({*FINISHED_STATES, State.SUSPENDED, State.TERMINATED})
SHOWN = 8


@dataclass(frozen=True, slots=True)
class ClosedPlan:
    """What was closed: the frozen bulletin, and what was given up in words."""

    title: str
    bulletin: int
    given_up: tuple[str, ...]


def close_plan(
    database: Database, reference: str | None, now: datetime, who: str, *, reason: str = ""
) -> ClosedPlan:
    """The plan is closed, its final table frozen; what was still to be said of it has ended with that reason.

    Without a reason nothing may be open: no sub-task that runs, nothing owed after acceptance. With one it is named
    as given up in the final table and on record. Raises DubanError: PLAN_CLOSED, PLAN_NOT_DONE, those of the reference.
    """
    with database.write() as session:
        row = find_plan(session, reference)
        key = stored_id(row.id)
        plans.lock_plan(session, key)
        session.refresh(row)
        given_up = _checked(session, row, reason.strip())
        on = now.astimezone(plans.zone_of(plans.load_plan(session, key))).date()
        _close_cases(session, key, now, who)
        bulletin = _freeze(session, row, given_up, reason.strip(), on, now)
        row.state = "closed"
        session.add(row)
        _end_what_waits(session, key, on, now)
        details = {"given_up": given_up, "bulletin": stored_id(bulletin.id), "sha256": bulletin.sha256}
        runs.record(
            session,
            "close_plan",
            who,
            now,
            plan_id=key,
            reason=reason.strip(),
            details=details,
            rows=[bulletin],
        )
        return ClosedPlan(row.title, stored_id(bulletin.id), tuple(given_up))


def _checked(session: Session, row: tables.Plan, reason: str) -> list[str]:
    """What is given up by closing now, with the reason."""
    if row.state == "closed":
        raise DubanError("PLAN_CLOSED", f"计划“{row.title}”已经关闭。")
    left = [*_running(session, stored_id(row.id)), *_owed_still(session, stored_id(row.id))]
    if left and not reason:
        named = "；".join(left[:SHOWN]) + (f"；等 {len(left)} 项" if len(left) > SHOWN else "")
        raise DubanError(
            "PLAN_NOT_DONE", f"计划还没有办完：{named}。请先办结；确需关闭请用 --reason 写明理由。"
        )
    return left


def _running(session: Session, plan_id: int) -> list[str]:
    task = tables.SubTask
    query = select(col(task.no), col(task.title)).where(
        col(task.plan_id) == plan_id, col(task.state).not_in([state.value for state in ENDED])
    )
    return [f"{no} {title}（未验收）" for no, title in session.execute(query.order_by(col(task.position)))]


def _owed_still(session: Session, plan_id: int) -> list[str]:
    task, follow = tables.SubTask, tables.FollowUp
    query = (
        select(col(task.no), col(task.title), col(follow.kind))
        .join(task, col(task.id) == col(follow.subtask_id))
        .where(col(follow.plan_id) == plan_id, col(follow.done_at).is_(None))
        .order_by(col(task.position), col(follow.due_on))
    )
    return [f"{no} {title}（{KINDS[kind]}未办）" for no, title, kind in session.execute(query)]


def _close_cases(session: Session, plan_id: int, now: datetime, who: str) -> None:
    case = tables.SupervisionCase
    query = select(case).where(col(case.plan_id) == plan_id, col(case.state) != "closed")
    for row in session.execute(query.order_by(col(case.id))).scalars().all():
        close_in(session, row, "计划关闭，督办单随之办结。", now, who)


def _freeze(
    session: Session, row: tables.Plan, given_up: Sequence[str], reason: str, on: date, now: datetime
) -> tables.Bulletin:
    """The coordinators' picture of the day, with what is given up and why."""
    plan = plans.load_plan(session, stored_id(row.id))
    office = load_edition(session, plan, WeekSlot(KIND, on)).office
    told = tuple(f"未完成而关闭：{one}；理由：{reason}" for one in given_up)
    content = to_json(replace(office, findings=told))
    return runs.freeze(session, plan.id, KIND, str(plan.year), on, content, now)


def _end_what_waits(session: Session, plan_id: int, on: date, now: datetime) -> None:
    """Nothing more is said of the plan: reminders, messages, bulletins that were held, climbs, next checks."""
    for message in _unsent(session, plan_id):
        _withdraw(session, stored_id(message), now)
    own = tables.Reminder
    pending = select(col(own.id)).where(col(own.plan_id) == plan_id, col(own.state) == "pending")
    reminders.end(session, list(session.execute(pending).scalars()), "withdrawn", CLOSED, now)
    for row in bulletins.listed(session, plan_id, limit=10_000):
        if row.state == "held":
            row.state, row.decided_at = "withdrawn", now
            session.add(row)
        runs.close_finding(session, HELD, subject_of(row), now)
    climb, task = tables.Escalation, tables.SubTask
    running = update(climb).where(col(climb.plan_id) == plan_id, col(climb.ended_on).is_(None))
    session.execute(running.values(ended_on=on, ended_reason=CLOSED))
    session.execute(update(task).where(col(task.plan_id) == plan_id).values(next_check_on=None))


def _unsent(session: Session, plan_id: int) -> list[int]:
    """Held or waiting messages of the plan, or that carry a reminder of it."""
    message, reminder = tables.Message, tables.Reminder
    carrying = select(col(reminder.message_id)).where(
        col(reminder.plan_id) == plan_id, col(reminder.message_id).is_not(None)
    )
    query = select(col(message.id)).where(
        col(message.state).in_(outbox.UNSENT),
        or_(col(message.plan_id) == plan_id, col(message.id).in_(carrying)),
    )
    return list(session.execute(query.order_by(col(message.id))).scalars())


def _withdraw(session: Session, message_id: int, now: datetime) -> None:
    """The message does not leave; what it carried for other plans waits again for a slot."""
    carried = reminders.of_message(session, message_id)
    if outbox.end(session, message_id, "withdrawn", CLOSED, now):
        reminders.release(session, [stored_id(one.id) for one in carried])
