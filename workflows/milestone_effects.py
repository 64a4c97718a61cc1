"""What a change of milestones brings before it is stored: who is reminded when, and which lights change today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlmodel import Session, col

from db import plans, tables
from db.calendar import load_calendar
from engine.ahead import reminders_ahead
from engine.calendar import WorkCalendar
from engine.model import Audience, Light, Owed, Plan, SubTask
from engine.standing import judge
from workflows.address import KINDS
from workflows.milestone_changes import MilestoneChange, applied
from workflows.office import POST_NAMES, POST_NAMES_EN

MOST = 40  # sub-tasks whose reminders are worked out; a look ahead to the year's end takes its time


@dataclass(frozen=True, slots=True)
class Reminded:
    """One reminder to somebody on a day, if nothing is reported meanwhile."""

    on: date
    to: str
    rule: str
    subtask_id: int


@dataclass(frozen=True, slots=True)
class Effects:
    """What goes and what comes, by day and recipient; lights that change today; how many were left out."""

    gone: tuple[Reminded, ...]
    come: tuple[Reminded, ...]
    lights: Mapping[int, tuple[Light, Light]]
    left_out: int


@dataclass(frozen=True, slots=True)
class _Names:
    """What units and posts are called."""

    units: Mapping[int, str]
    posts: Mapping[str, str]


def effects_of(
    session: Session, plan: Plan, changes: Sequence[MilestoneChange], on: date, locale: str = "zh-CN"
) -> Effects:
    """The effects of all the changes together, from the day ``on`` to the plan's end; nothing is stored.

    Posts are named in that language.
    """
    ids = [one.subtask_id for one in changes]
    subtasks, leads = plans.load_subtasks(session, ids), plans.lead_units(session, ids)
    calendar = load_calendar(session)
    names = _Names(_unit_names(session), POST_NAMES_EN if locale == "en" else POST_NAMES)
    before: Counter[Reminded] = Counter()
    after: Counter[Reminded] = Counter()
    lights = {}
    for number, change in enumerate(changes):
        old = subtasks[change.subtask_id]
        new = replace(old, milestones=applied(old.milestones, change.wanted))
        was, becomes = judge(plan, old, calendar, on).light, judge(plan, new, calendar, on).light
        if was is not becomes:
            lights[old.id] = was, becomes
        if number < MOST:
            before.update(_reminded(plan, old, calendar, on, leads.get(old.id, ()), names))
            after.update(_reminded(plan, new, calendar, on, leads.get(old.id, ()), names))
    left_out = max(0, len(changes) - MOST)
    return Effects(_sorted(before - after), _sorted(after - before), lights, left_out)


def _reminded(
    plan: Plan, subtask: SubTask, cal: WorkCalendar, on: date, leads: Sequence[int], names: _Names
) -> Iterable[Reminded]:
    for owed in reminders_ahead(plan, subtask, cal, on, plan.ends_on):
        for to in _recipients(owed, leads, names):
            yield Reminded(owed.nominal_on, to, owed.rule.value, subtask.id)


def _recipients(owed: Owed, leads: Sequence[int], names: _Names) -> list[str]:
    if owed.audience is Audience.COORDINATORS:
        return [names.posts["coordinator"]]
    units = owed.units or leads
    return [f"{names.units[unit]} {names.posts[kind]}" for unit in units for kind in KINDS[owed.audience]]


def _unit_names(session: Session) -> dict[int, str]:
    unit = tables.Unit
    return {key: name for key, name in session.execute(select(col(unit.id), col(unit.name))) if key}


def _sorted(found: Counter[Reminded]) -> tuple[Reminded, ...]:
    return tuple(sorted(found.elements(), key=lambda one: (one.on, one.to, one.subtask_id, one.rule)))
