"""预警: which sub-tasks will miss their deadline at their present pace, as the last digest told everybody."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

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
    stored = runs.last_bulletin_row(session, plan_id)
    if stored is None:
        return None
    late = _LATE.get(stored.sha256)
    if late is None:
        late = _late(runs.part_of_bulletin(session, stored.id, "lines") or ())
        _remember(stored.sha256, late)
    open_ids = _still_open(session, [line.subtask_id for line in late])
    ahead = [line for line in late if line.subtask_id in open_ids and line.deadline >= stored.on]
    return EarlyWarnings(stored.on, tuple(sorted(ahead, key=_soonest_deadline)))


_LATE: OrderedDict[str, tuple[TaskLine, ...]] = (
    OrderedDict()
)  # of the last few digests: a frozen one never changes
MOST = 16


def _late(lines: Iterable[dict[str, Any]]) -> tuple[TaskLine, ...]:
    return tuple(from_plain(TaskLine, line) for line in lines if (line.get("forecast") or {}).get("late"))


def _remember(sha256: str, late: tuple[TaskLine, ...]) -> None:
    """Reading thousands of lines takes longer than anything else on a page, and comes out the same each time."""
    if sha256:  # bulletins of the first version have none
        _LATE[sha256] = late
    while len(_LATE) > MOST:
        _LATE.popitem(last=False)


def _still_open(session: Session, ids: Sequence[int]) -> set[int]:
    task = tables.SubTask
    query = select(col(task.id)).where(col(task.id).in_(ids), col(task.light).not_in(OVER))
    return set(session.execute(query).scalars())


def _soonest_deadline(line: TaskLine) -> tuple[date, int]:
    return line.deadline, line.subtask_id
