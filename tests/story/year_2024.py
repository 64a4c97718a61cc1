"""The year of the matrix plan: imported from its document, with contacts, and what its units do."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select, update
from sqlmodel import Session, col

from db import plans, tables
from db.session import Database
from db.units import stored_id
from engine.model import Plan, SubTask
from tests.oracle_days import days, is_working, last_of_month, report_day
from tests.oracle_progress import expected
from tests.oracle_rules import Case
from tests.story import hand_2024 as hand
from tests.story.deeds import Deed, moment
from tests.story.matrix_2024 import document
from tests.workflows.office_2024 import LOOP_OFF, at
from workflows.import_plan import prepare, store

FIRST, LAST = date(2024, 3, 1), date(2024, 12, 31)
ON_PLAN = ("二.2", "十.2")  # the only tasks of their units


NOT_YET = {
    "evaluation_due_after": 400,
    "archive_due_after": 400,
}  # what follows acceptance: after the last day


@dataclass(frozen=True)
class Year:
    """The stored plan and everything that people will do, in order."""

    plan_id: int
    deeds: list[Deed]
    addresses: dict[str, str]


def open_year(database: Database, folder: Path) -> Year:
    """The plan is stored from its document; every lead unit and the coordinators can be reached."""
    path = folder / "分解任务.txt"
    path.write_text(document(), encoding="utf-8")
    plan_id = store(database, prepare(database, path), at("2024-02-28T17:00"), "test").plan_id
    with database.write() as session:
        session.get_one(tables.Plan, plan_id).policy = LOOP_OFF | NOT_YET
        addresses = _add_contacts(session)
        _set_dates(session)
    with database.read() as session:
        plan = plans.load_plan(session, plan_id)
        subtasks = plans.load_subtasks(session, plans.subtask_ids(session, plan_id))
    deeds = [deed for one in subtasks.values() for deed in _deeds(plan, one)]
    return Year(plan_id, sorted(deeds, key=lambda deed: deed.at), addresses)


def _add_contacts(session: Session) -> dict[str, str]:
    addresses: dict[str, str] = {}
    query = select(tables.Post, tables.Unit).join(
        tables.Unit, col(tables.Unit.id) == col(tables.Post.unit_id)
    )
    for number, (post, unit) in enumerate(session.execute(query.order_by(col(tables.Post.id))).all()):
        addresses[unit.name] = f"unit{number}@example.org"
        session.add(tables.Contact(post_id=post.id, title=post.kind, email=addresses[unit.name]))
    return addresses


def _set_dates(session: Session) -> None:
    """The milestones and the deadline that the hand table relies on, as a coordinator sets them."""
    task = tables.SubTask
    schools = update(task).where(col(task.no) == "七.1").values(deadline=hand.SCHOOLS_DEADLINE)
    session.execute(schools)
    homes = session.execute(select(col(task.id)).where(col(task.no) == "八.1")).scalar_one()
    indicator = session.execute(
        select(col(tables.Indicator.id)).where(col(tables.Indicator.subtask_id) == homes)
    ).scalar_one()
    for due_on, quantity in hand.HOMES_MILESTONES.items():
        row = tables.Milestone(subtask_id=homes, due_on=due_on)
        session.add(row)
        session.flush()
        session.add(
            tables.MilestoneQuantity(
                milestone_id=stored_id(row.id), indicator_id=indicator, quantity=Decimal(quantity)
            )
        )


def _deeds(plan: Plan, subtask: SubTask) -> list[Deed]:
    if subtask.no in hand.DOINGS:
        return [_by_hand(subtask, doing) for doing in hand.DOINGS[subtask.no]]
    if subtask.no in ON_PLAN:
        return as_planned(plan, subtask)
    return at_random(plan, subtask, random.Random(subtask.no))


def _by_hand(subtask: SubTask, doing: hand.Doing) -> Deed:
    day, clock, figure, period = doing
    month, day_of_month = map(int, day.split("."))
    when = moment(date(2024, month, day_of_month), clock)
    if figure == hand.ACCEPT:
        return Deed(when, subtask.id)
    return Deed(when, subtask.id, period, ((subtask.indicators[0].id, Decimal(figure)),))


def as_planned(plan: Plan, subtask: SubTask) -> list[Deed]:
    """At 16:00 of each due day exactly the whole number that the plan asks for at the month's end."""
    case, deeds = Case(plan, subtask), []
    for period in case.owed_periods:
        year, month = map(int, period.split("-"))
        end = last_of_month(year, month)
        figures = tuple((one.id, Decimal(int(expected(case, one, end)))) for one in subtask.indicators)
        deeds.append(Deed(moment(report_day(period), "16:00"), subtask.id, period, figures))
        if all(figure >= one.quantity for one, (_, figure) in zip(subtask.indicators, figures, strict=True)):
            break
    return deeds


def at_random(plan: Plan, subtask: SubTask, dice: random.Random) -> list[Deed]:
    """A unit with habits of its own: early or late, below or above plan, silent at times, correcting itself."""
    case, deeds = Case(plan, subtask), []
    pace, silence = dice.choice((0.5, 0.8, 0.95, 1.0, 1.1, 1.4)), dice.choice((0.0, 0.1, 0.3))
    known = {one.id: Decimal(0) for one in subtask.indicators}
    for period in case.owed_periods:
        if dice.random() < silence:
            continue
        due = report_day(period)
        day = dice.choice(list(days(due.replace(day=20), min(last_day(due), plan.ends_on))))
        for one in subtask.indicators:
            share = expected(case, one, day) * round(pace * dice.uniform(0.8, 1.2) * 100) / 100
            known[one.id] = max(known[one.id], Decimal(int(share)))
        deeds.append(Deed(moment(day, clock(dice)), subtask.id, period, tuple(known.items())))
        if dice.random() < 0.2:
            known = {key: value * 9 // 10 for key, value in known.items()}
            deeds.append(Deed(moment(day, "17:30"), subtask.id, period, tuple(known.items())))
    return [deed for deed in deeds if is_working(deed.at.date()) or dice.random() < 0.5]


def last_day(due: date) -> date:
    """Reports come up to a week and a half after their day."""
    return date.fromordinal(due.toordinal() + 10)


def clock(dice: random.Random) -> str:
    """Some time of the day that keeps clear of the minutes in which slots fall."""
    return dice.choice(("07:30", "08:50", "10:20", "14:00", "17:00", "19:40"))
