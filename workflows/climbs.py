"""升级: a climb is on record from its first day to its end, with the standing on which each rung was reached."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col

from db import tables
from db.session import insert_new
from engine.model import Climb, Decision, Plan, Standing, State, SubTask

E = tables.Escalation


def store_climbs(
    session: Session,
    plan: Plan,
    subtasks: Mapping[int, SubTask],
    decisions: Mapping[int, Decision],
    on: date,
) -> None:
    """What ran and runs no longer has its end, with the reason; what runs is there with the level it reached.

    A climb that begins anew with the same cause and day is the same one, open again. Levels never fall.
    """
    begun: dict[int, Decision] = {}
    for key, decision in decisions.items():
        known, climb = subtasks[key].climb, decision.climb
        if known is not None and not _is_same(known, climb):
            _end(session, key, known, ending_of_climb(plan, subtasks[key], decision, on), on)
        if climb is not None and not _is_same(climb, known):
            begun[key] = decision
        elif climb is not None and known is not None and climb.level > known.level:
            _raise(session, key, climb, decision.standing)
    _begin(session, plan, begun)


def ending_of_climb(plan: Plan, subtask: SubTask, decision: Decision, on: date) -> str:
    """Why a climb is over: plan_ended, suspended, terminated, completed, switched_off, reset or recovered."""
    climb = subtask.climb
    if decision.standing.completed:
        return "completed"
    if decision.standing.reasons and decision.standing.reasons[0].code in (State.SUSPENDED, State.TERMINATED):
        return decision.standing.reasons[0].code
    if on > plan.ends_on:
        return "plan_ended"
    if not plan.policy.escalate:
        return "switched_off"
    acted = any(climb is not None and climb.started_on < day <= on for day in subtask.actions)
    return "reset" if acted else "recovered"


def snapshot_of(standing: Standing, level: int) -> dict[str, Any]:
    """The standing as plain values."""
    return {
        "level": level,
        "on": standing.on.isoformat(),
        "light": standing.light.value,
        "behind": standing.behind,
        "percent": None if standing.percent is None else str(standing.percent),
        "expected_percent": None if standing.expected_percent is None else str(standing.expected_percent),
        "late_period": standing.late_period,
        "reasons": [[one.code, [list(pair) for pair in one.inputs]] for one in standing.reasons],
    }


def _is_same(one: Climb, other: Climb | None) -> bool:
    return other is not None and (one.cause, one.started_on) == (other.cause, other.started_on)


def _begin(session: Session, plan: Plan, decisions: Mapping[int, Decision]) -> None:
    climbs = {key: one.climb for key, one in decisions.items() if one.climb is not None}
    rows = [
        {
            "plan_id": plan.id,
            "subtask_id": key,
            "cause": climb.cause,
            "started_on": climb.started_on,
            "rungs": list(climb.rungs),
            "level": climb.level,
            "snapshot": snapshot_of(decisions[key].standing, climb.level) if climb.level else {},
            "ended_on": None,
            "ended_reason": "",
        }
        for key, climb in climbs.items()
    ]
    if insert_new(session.connection(), E.__table__, rows) == len(rows):  # type: ignore[attr-defined]
        return
    for key, climb in climbs.items():
        session.execute(update(E).where(*_which(key, climb)).values(ended_on=None, ended_reason=""))
        _raise(session, key, climb, decisions[key].standing)


def _raise(session: Session, subtask_id: int, climb: Climb, standing: Standing) -> None:
    higher = update(E).where(*_which(subtask_id, climb), col(E.level) < climb.level)
    session.execute(higher.values(level=climb.level, snapshot=snapshot_of(standing, climb.level)))


def _end(session: Session, subtask_id: int, climb: Climb, reason: str, on: date) -> None:
    running = update(E).where(*_which(subtask_id, climb), col(E.ended_on).is_(None))
    session.execute(running.values(ended_on=on, ended_reason=reason))


def _which(subtask_id: int, climb: Climb) -> tuple[Any, ...]:
    return (
        col(E.subtask_id) == subtask_id,
        col(E.cause) == climb.cause,
        col(E.started_on) == climb.started_on,
    )
