"""Who is waited for about each sub-task, as the last check found it: written with the light, read for lists."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date

from sqlalchemy import select
from sqlmodel import Session, col

from db import tables
from engine.waits import Owing, Wait


def written(owing: Iterable[Owing]) -> str:
    """As a sub-task keeps it; nothing where nobody is waited for."""
    rows = [[one.what.value, one.since.isoformat(), one.unit_id, one.detail] for one in owing]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")) if rows else ""


def owed(session: Session, plan_id: int) -> Iterator[tuple[int, list[Owing]]]:
    """Sub-tasks of a plan about which somebody is waited for, in the document's order."""
    task = tables.SubTask
    query = (
        select(col(task.id), col(task.owed))
        .where(col(task.plan_id) == plan_id, col(task.owed) != "")
        .order_by(col(task.position))
    )
    found = session.execute(query).all()
    rows = json.loads(
        "[" + ",".join(text for _, text in found) + "]"
    )  # one text is read faster than thousands
    for (key, _), owing in zip(found, rows, strict=True):
        yield key, [Owing(Wait(what), date.fromisoformat(since), *rest) for what, since, *rest in owing]
