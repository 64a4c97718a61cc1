"""Who executes what others lead: executing assignments and holders of quotas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import BindParameter, bindparam, select
from sqlmodel import Session, col

from db import tables
from db.plans import CHUNK

COLLECTIVE = ("collective", "level")  # names that stand for others, not for somebody


@dataclass(slots=True)
class Executing:
    """Names by unit id; by sub-task id its units, each with its quotas by indicator id or none."""

    names: dict[int, str] = field(default_factory=dict)
    quotas: dict[int, dict[int, dict[int, Decimal]]] = field(default_factory=dict)

    def add(self, unit_id: int, name: str, subtask_id: int) -> dict[int, Decimal]:
        """The unit executes the sub-task; returns its quotas, to be filled."""
        self.names[unit_id] = name
        return self.quotas.setdefault(subtask_id, {}).setdefault(unit_id, {})

    def of(self, subtask_id: int) -> list[tuple[int, dict[int, Decimal]]]:
        """The units that execute the sub-task, by id, with their quotas."""
        return sorted(self.quotas.get(subtask_id, {}).items())


def load_executing(session: Session, ids: Sequence[int]) -> Executing:
    """The units that execute these sub-tasks or hold a quota of them, in two queries for each 500."""
    found = Executing()
    for start in range(0, len(ids), CHUNK):
        asked = {"ids": ids[start : start + CHUNK]}
        for unit_id, name, subtask_id in session.execute(_ASSIGNED, asked):
            found.add(unit_id, name, subtask_id)
        for unit_id, name, subtask_id, indicator_id, quantity in session.execute(_QUOTAS, asked):
            found.add(unit_id, name, subtask_id)[indicator_id] = quantity
    return found


_ids: BindParameter[Any] = bindparam("ids", expanding=True)
_unit, _work, _quota, _indicator = tables.Unit, tables.Assignment, tables.Quota, tables.Indicator
_ASSIGNED = (
    select(col(_unit.id), col(_unit.name), col(_work.subtask_id))
    .join(_unit, col(_unit.id) == col(_work.unit_id))
    .where(col(_work.subtask_id).in_(_ids), col(_work.role) == "executing")
    .where(col(_unit.kind).notin_(COLLECTIVE))
    .order_by(col(_work.subtask_id), col(_unit.id))
)
_QUOTAS = (
    select(
        col(_unit.id),
        col(_unit.name),
        col(_indicator.subtask_id),
        col(_quota.indicator_id),
        col(_quota.quantity),
    )
    .join(_unit, col(_unit.id) == col(_quota.unit_id))
    .join(_indicator, col(_indicator.id) == col(_quota.indicator_id))
    .where(col(_indicator.subtask_id).in_(_ids), col(_unit.kind).notin_(COLLECTIVE))
    .order_by(col(_indicator.subtask_id), col(_unit.id), col(_indicator.position))
)
