"""Whether a document speaks of a plan that is already here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from db import tables
from intake.matching import bare

FEWEST = 2  # one task may bear the same title by chance


@dataclass(frozen=True, slots=True)
class SimilarPlan:
    """A stored plan that has ``common`` of a document's ``total`` tasks."""

    plan_id: int
    title: str
    common: int
    total: int


def similar_plan(session: Session, year: int, titles: Sequence[str]) -> SimilarPlan | None:
    """The plan of that year that has at least half of the titles (bare, see ``matching``), if there is one."""
    plan, subtask = tables.Plan, tables.SubTask
    query = (
        select(col(plan.id), col(plan.title), col(subtask.title))
        .join(subtask, col(subtask.plan_id) == col(plan.id))
        .where(col(plan.year) == year)
        .order_by(col(plan.id))
    )
    known: dict[tuple[int, str], set[str]] = {}
    for plan_id, plan_title, title in session.execute(query):
        known.setdefault((plan_id, plan_title), set()).add(bare(title))
    found = [
        SimilarPlan(plan_id, plan_title, sum(title in own for title in titles), len(titles))
        for (plan_id, plan_title), own in known.items()
    ]
    best = max(found, key=lambda one: one.common, default=None)
    return best if best and best.common >= FEWEST and best.common * 2 >= best.total else None
