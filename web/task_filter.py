"""Which sub-tasks a visitor of the overview wants to see: read from the address, and found in the document's order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlmodel import Session, col

from db import plans, tables
from engine.model import Light
from web.typed import whole

LONGEST = 80  # of what is searched for


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of a light, of a lead unit, under a leader in charge, of a project, with these words; a page of them."""

    light: str = ""
    unit: int | None = None
    leader: str = ""
    project: int | None = None
    words: str = ""
    page: int = 1

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is left out."""
        return bool(self.light or self.unit or self.leader or self.project or self.words)

    def in_address(self, **other: object) -> dict[str, object]:
        """The same as parameters of a link, without the page; ``other`` takes the place of what it names."""
        own = {"light": self.light, "unit": self.unit, "leader": self.leader, "project": self.project}
        return {**own, "q": self.words, **other}


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """A project of the plan: its words, who is in charge of it, and its sub-tasks counted by light."""

    id: int
    no: str
    title: str
    leaders: tuple[str, ...]
    lights: Mapping[str, int]

    @property
    def total(self) -> int:
        """All its sub-tasks."""
        return sum(self.lights.values())


def wanted_of(query: Mapping[str, str]) -> Wanted:
    """What the address asks for; what it says of which nothing can be made is left out."""
    light = query.get("light", "")
    return Wanted(
        light=light if light in set(Light) else "",
        unit=whole(query.get("unit", "")),
        leader=query.get("leader", "")[:LONGEST],
        project=whole(query.get("project", "")),
        words=query.get("q", "").strip()[:LONGEST],
        page=max(1, whole(query.get("page", "")) or 1),
    )


def find_ids(session: Session, plan_id: int, wanted: Wanted, projects: Sequence[ProjectLine]) -> list[int]:
    """All that are wanted, whatever the page, in the document's order."""
    task, project = tables.SubTask, tables.Project
    query = (
        select(col(task.id))
        .join(project, col(project.id) == col(task.project_id))
        .where(col(task.plan_id) == plan_id)
        .order_by(col(project.position), col(task.position), col(task.id))
    )
    if wanted.light:
        query = query.where(col(task.light) == wanted.light)
    if wanted.unit is not None:
        query = query.where(col(task.id).in_(_led_by(wanted.unit)))
    if wanted.project is not None:
        query = query.where(col(task.project_id) == wanted.project)
    if wanted.leader:
        under = [one.id for one in projects if wanted.leader in one.leaders]
        query = query.where(col(task.project_id).in_(under))
    if wanted.words:
        query = query.where(_says(wanted.words))
    return list(session.execute(query).scalars())


def _led_by(unit_id: int) -> Select[Any]:
    work = tables.Assignment
    return select(col(work.subtask_id)).where(col(work.unit_id) == unit_id, col(work.role).in_(plans.LEADING))


def _says(words: str) -> ColumnElement[bool]:
    """Number, title, project or a unit with a part in it contain the words."""
    task, project, work, unit = tables.SubTask, tables.Project, tables.Assignment, tables.Unit
    named = (
        select(col(work.subtask_id))
        .join(unit, col(unit.id) == col(work.unit_id))
        .where(col(unit.name).contains(words, autoescape=True))
    )
    return or_(
        col(task.no).contains(words, autoescape=True),
        col(task.title).contains(words, autoescape=True),
        col(project.title).contains(words, autoescape=True),
        col(task.id).in_(named),
    )
