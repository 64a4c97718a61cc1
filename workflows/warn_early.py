"""预警: which sub-tasks will miss their deadline at their present pace, as the last digest told everybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import Session, col

from db import runs, tables
from engine.digest import TaskLine
from engine.model import Light
from engine.plain import from_plain

OVER = (Light.DONE.value, Light.GREY.value)


@dataclass(frozen=True, slots=True)
class EarlyWarnings:
    """The lines whose forecast broke their deadline on the day of the digest and that are still open, by deadline."""

    on: date
    lines: tuple[TaskLine, ...]


def early_warnings(session: Session, plan_id: int) -> EarlyWarnings | None:
    """From the plan's last digest, so that a page costs no judgement of every sub-task; ``None`` before the first.

    A deadline that had passed by then is overdue, which is no warning any more.
    """
    stored = runs.last_bulletin(session, plan_id)
    if stored is None:
        return None
    late = [
        from_plain(TaskLine, line)
        for line in stored.content.get("lines", ())
        if (line.get("forecast") or {}).get("late")
    ]
    open_ids = _still_open(session, [line.subtask_id for line in late])
    ahead = [line for line in late if line.subtask_id in open_ids and line.deadline >= stored.on]
    return EarlyWarnings(stored.on, tuple(sorted(ahead, key=_soonest_deadline)))


def _still_open(session: Session, ids: list[int]) -> set[int]:
    task = tables.SubTask
    query = select(col(task.id)).where(col(task.id).in_(ids), col(task.light).not_in(OVER))
    return set(session.execute(query).scalars())


def _soonest_deadline(line: TaskLine) -> tuple[date, int]:
    return line.deadline, line.subtask_id
