"""What the desk can do about a sub-task now, each with what the form has to say beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from db import plans, tables
from db.calendar import load_calendar
from engine import slots
from engine.model import FINISHED_STATES, Plan, Standing, State
from web.view import View
from workflows.remind_now import OPEN, prompts_of

LINKS = (  # what has a page of its own, in the order in which it is offered
    ("change", "/changes/new"),
    ("case", "/cases/new"),
    ("milestones", "/milestones"),
)


@dataclass(frozen=True, slots=True)
class Acts:
    """``leaves_at`` is when a prompt would leave; ``prompted`` is today's, if there is one."""

    can_remind: bool
    leaves_at: datetime
    is_at_once: bool
    prompted: tables.Message | None
    can_accept: bool
    needs_reason: bool
    can_close: bool
    can_archive: bool
    follow_ups: tuple[tables.FollowUp, ...]
    links: tuple[tuple[str, str], ...]


def acts_of(
    session: Session, plan: Plan, row: tables.SubTask, standing: Standing, view: View, now: datetime
) -> Acts:
    """What makes sense in the sub-task's state, for this person."""
    assert row.id is not None
    state, zone = State(row.state), plans.zone_of(plan)
    leaves_at = slots.next_opening(plan.policy, load_calendar(session), now, zone)
    today = [one for one in prompts_of(session, row.id) if one.slot_on == view.today]
    ended = state in FINISHED_STATES or state is State.TERMINATED
    follow = tables.FollowUp
    owed = select(follow).where(col(follow.subtask_id) == row.id).order_by(col(follow.due_on))
    return Acts(
        can_remind=state in OPEN and not standing.completed,
        leaves_at=leaves_at,
        is_at_once=leaves_at == now,
        prompted=today[0] if today else None,
        can_accept=not ended and state is not State.DRAFT,
        needs_reason=state is not State.COMPLETION_CLAIMED,
        can_close=state is State.ACCEPTED,
        can_archive=state is State.CLOSED,
        follow_ups=tuple(session.execute(owed).scalars()),
        links=tuple(
            (key, path)
            for key, path in LINKS
            if view.opens(path) and (not ended or key == "change") and state is not State.DRAFT
        ),
    )
