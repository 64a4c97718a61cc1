"""What becomes of a sub-task's milestones: wanted days and goals, what that changes, and the rows of it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlmodel import Session, col, select

from db import tables
from db.imports import remove_milestones
from db.units import stored_id
from engine.model import Indicator, Milestone, Plan, SubTask
from notifications.words import DEFAULT_LOCALE, quantity, say


@dataclass(frozen=True, slots=True)
class Wanted:
    """One milestone as told: by its day; without words and figures it is to be removed.

    ``was_on`` is the day from which it moves, if it does; ``weight`` stays as it is where none is told.
    """

    due_on: date
    period: str | None
    text: str
    figures: Mapping[int, Decimal]
    was_on: date | None = None
    weight: Decimal | None = None

    @property
    def removes(self) -> bool:
        """Whether the milestone of that day goes."""
        return not self.text and not self.figures

    @property
    def from_day(self) -> date:
        """The day on which the milestone stands that this one takes the place of."""
        return self.was_on or self.due_on


@dataclass(frozen=True, slots=True)
class MilestoneChange:
    """A sub-task's milestones that change, worded (old → new), and what looks doubtful about them.

    ``revision`` is the sub-task's when it was looked at: storing is refused if it has moved on.
    """

    plan_id: int
    subtask_id: int
    revision: int
    wanted: tuple[Wanted, ...]
    lines: tuple[str, ...]
    warnings: tuple[str, ...]


def change_to(subtask: SubTask, plan: Plan, revision: int, wanted: Sequence[Wanted]) -> MilestoneChange:
    """What the wanted milestones change of those that stand; nothing is stored."""
    standing = {one.due_on: one for one in subtask.milestones}
    changing = tuple(one for one in wanted if _differs(one, standing.get(one.from_day)))
    return MilestoneChange(
        plan_id=plan.id,
        subtask_id=subtask.id,
        revision=revision,
        wanted=changing,
        lines=lines_of(changing, subtask),
        warnings=warnings_of(wanted, subtask, plan),
    )


def lines_of(wanted: Sequence[Wanted], subtask: SubTask, locale: str = DEFAULT_LOCALE) -> tuple[str, ...]:
    """What each wanted milestone changes, old → new, in that language."""
    standing = {one.due_on: one for one in subtask.milestones}
    return tuple(_line(one, standing.get(one.from_day), subtask, locale) for one in wanted)


def warnings_of(
    wanted: Sequence[Wanted], subtask: SubTask, plan: Plan, locale: str = DEFAULT_LOCALE
) -> tuple[str, ...]:
    """What is stored as told and should be looked at once more, in that language."""
    deadline = subtask.deadline or plan.execute_ends_on
    gone = {day for one in wanted for day in (one.from_day, one.due_on)}
    kept = [(one.due_on, dict(one.quantities)) for one in subtask.milestones if one.due_on not in gone]
    curve = sorted([*kept, *((one.due_on, dict(one.figures)) for one in wanted)], key=lambda point: point[0])
    warnings: list[str] = []
    for one in subtask.indicators:
        values = [(due_on, figures[one.id]) for due_on, figures in curve if one.id in figures]
        warnings += _about(one, values, locale)
    late = [one.due_on for one in wanted if one.due_on > deadline]
    warnings += [say(locale, "milestone.doubt.late", day=day, deadline=deadline) for day in late]
    return tuple(warnings)


def applied(standing: Sequence[Milestone], wanted: Sequence[Wanted]) -> tuple[Milestone, ...]:
    """The milestones as they would stand after the change, by day; new ones have ids below zero."""
    kept = {one.due_on: one for one in standing}
    moved = {one.from_day: kept.pop(one.from_day, None) for one in wanted}
    for number, one in enumerate(wanted, 1):
        if one.removes:
            continue
        old = moved[one.from_day] or Milestone(-number, one.due_on)
        kept[one.due_on] = replace(
            old,
            due_on=one.due_on,
            text=one.text,
            quantities=dict(one.figures),
            weight=old.weight if one.weight is None else one.weight,
        )
    return tuple(sorted(kept.values(), key=lambda one: one.due_on))


def shown(text: str, figures: Mapping[int, Decimal], subtask: SubTask, locale: str = DEFAULT_LOCALE) -> str:
    """A milestone's goal in words: ``主体封顶，设备 50台``."""
    parts = [
        f"{one.subject} {quantity(figures[one.id], one.unit)}".strip()
        for one in subtask.indicators
        if one.id in figures
    ]
    told = [*([text] if text else []), *parts]
    return say(locale, "milestone.parts").join(told) or say(locale, "milestone.empty")


def store_wanted(session: Session, subtask_id: int, wanted: Sequence[Wanted]) -> None:
    """The rows are as wanted; all leave their old days before any takes its new one."""
    table = tables.Milestone
    rows = session.exec(
        select(table).where(col(table.subtask_id) == subtask_id).order_by(col(table.id))
    ).all()
    taken = {day for one in wanted for day in (one.from_day, one.due_on)}
    by_day: dict[date, list[tables.Milestone]] = {}
    for row in rows:
        if row.due_on in taken:
            by_day.setdefault(row.due_on, []).append(row)
    kept = {one.from_day for one in wanted if not one.removes}
    gone = [row for day, standing in by_day.items() for row in standing[1 if day in kept else 0 :]]
    remove_milestones(session, [stored_id(row.id) for row in gone])
    for one in wanted:
        if not one.removes:
            _store(session, subtask_id, one, next(iter(by_day.get(one.from_day, [])), None))


def _store(session: Session, subtask_id: int, wanted: Wanted, standing: tables.Milestone | None) -> None:
    row = standing or tables.Milestone(subtask_id=subtask_id, due_on=wanted.due_on, revision=0)
    row.due_on, row.period = wanted.due_on, wanted.period
    row.text, row.revision = wanted.text, row.revision + 1
    if wanted.weight is not None:
        row.weight = wanted.weight
    session.add(row)
    session.flush()
    figure = tables.MilestoneQuantity
    for old in session.exec(select(figure).where(col(figure.milestone_id) == row.id)).all():
        session.delete(old)
    session.flush()
    session.add_all(
        figure(milestone_id=stored_id(row.id), indicator_id=key, quantity=quantity)
        for key, quantity in wanted.figures.items()
    )
    session.flush()


def _differs(wanted: Wanted, standing: Milestone | None) -> bool:
    if standing is None:
        return not wanted.removes
    return (
        wanted.due_on != standing.due_on
        or wanted.text != standing.text
        or dict(wanted.figures) != dict(standing.quantities)
        or wanted.weight not in (None, standing.weight)
    )


def _line(wanted: Wanted, standing: Milestone | None, subtask: SubTask, locale: str) -> str:
    old, new = say(locale, "milestone.none"), say(locale, "milestone.removed")
    if standing:
        old = shown(standing.text, standing.quantities, subtask, locale)
    if not wanted.removes:
        new = shown(wanted.text, wanted.figures, subtask, locale)
    if standing and wanted.weight not in (None, standing.weight) and not wanted.removes:
        old = say(locale, "milestone.weighed", what=old, weight=f"{standing.weight:f}")
        new = say(locale, "milestone.weighed", what=new, weight=f"{wanted.weight:f}")
    if standing is None or wanted.due_on == standing.due_on:
        return say(locale, "milestone.line", day=wanted.due_on, what=f"{old} → {new}")
    what = new if old == new else f"{old} → {new}"
    return say(locale, "milestone.moved", old=standing.due_on, new=wanted.due_on, what=what)


def _about(one: Indicator, values: Sequence[tuple[date, Decimal]], locale: str) -> Iterator[str]:
    """What is odd about an indicator's milestones, day by day."""
    for (_, low), (due_on, high) in itertools.pairwise(values):
        if high < low:
            figures = {"figure": quantity(high, one.unit), "before": quantity(low, "")}
            yield say(locale, "milestone.doubt.falls", day=due_on, subject=one.subject, **figures)
    if any(value > one.quantity for _, value in values):
        most = quantity(one.quantity, one.unit)
        yield say(locale, "milestone.doubt.beyond", subject=one.subject, quantity=most)
