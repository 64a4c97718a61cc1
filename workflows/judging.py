"""Sub-tasks judged one by one, so that a row that cannot be judged stops nobody else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col

from db import plans, reminders, runs, tables
from engine.errors import DubanError
from engine.model import Decision, SubTask

UNJUDGED = "SUBTASK_UNJUDGED"
NONSENSE = (ArithmeticError, ValueError, LookupError, TypeError, AttributeError, DubanError)


@dataclass(frozen=True, slots=True)
class Judged:
    """The sub-tasks with their decisions, and the ids of those that could not be judged, with the fault."""

    subtasks: Mapping[int, SubTask]
    decisions: Mapping[int, Decision]
    faults: Mapping[int, str]


def judge_all(session: Session, ids: Sequence[int], judge: Callable[[SubTask], Decision]) -> Judged:
    """Every sub-task is loaded and judged; one that makes no sense is set apart, the rest go on."""
    faults: dict[int, str] = {}
    subtasks, decisions = _loaded(session, ids, faults), {}
    for key, subtask in subtasks.items():
        try:
            decisions[key] = judge(subtask)
        except NONSENSE as error:
            faults[key] = type(error).__name__
    return Judged({key: subtasks[key] for key in decisions}, decisions, faults)


def set_aside(session: Session, plan_id: int, judged: Judged, on: date, now: datetime) -> None:
    """Who could not be judged is shown, says nothing and is tried again tomorrow; who could again is settled."""
    for finding in runs.open_findings(session, UNJUDGED):
        if int(finding.subject.removeprefix("subtask:")) in judged.decisions:
            runs.close_finding(session, UNJUDGED, finding.subject, now)
    if not judged.faults:
        return
    keys, task = sorted(judged.faults), tables.SubTask
    for key in keys:
        message = f"子任务 #{key} 的数据无法研判（{judged.faults[key]}），已跳过，不影响其他任务：请核对它的日期、指标和节点后重新保存。"
        inputs = {"fault": judged.faults[key]}
        runs.open_finding(session, UNJUDGED, f"subtask:{key}", message, now, plan_id, inputs)
    pending = reminders.pending_of_subtasks(session, keys, on)
    reminders.end(session, [row[0] for row in pending], "withdrawn", "unjudged", now)
    tomorrow = update(task).where(col(task.id).in_(keys)).values(next_check_on=on + timedelta(days=1))
    session.execute(tomorrow)


def _loaded(session: Session, ids: Sequence[int], faults: dict[int, str]) -> dict[int, SubTask]:
    """All at once, or one by one where that fails."""
    try:
        return plans.load_subtasks(session, ids)
    except NONSENSE:
        found: dict[int, SubTask] = {}
        for key in ids:
            try:
                found |= plans.load_subtasks(session, [key])
            except NONSENSE as error:
                faults[key] = type(error).__name__
        return found
