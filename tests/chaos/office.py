"""The office that is put through the campaign: twelve units with work to report on nearly every day."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

from db import plans
from db.session import Database
from tests.oracle_days import days, report_day
from tests.oracle_progress import expected
from tests.oracle_rules import Case
from tests.story.deeds import Deed, moment
from tests.workflows.office_2024 import Task, build

UNITS = tuple(f"区{name}局" for name in "民政 教育 住建 卫健 城管 文旅 商务 水务 交通 农业 司法 财政".split())
FIRST, LAST = date(2024, 3, 25), date(2024, 12, 31)


def open_office(database: Database, seed: int) -> dict[date, list[Deed]]:
    """The plan is stored; returns what the units report, by day, always at 08:00."""
    dice = random.Random(seed)
    tasks = [_task(number, dice) for number in range(1, 25)]
    built = build(
        database, *tasks, emails={name: f"u{place}@example.org" for place, name in enumerate(UNITS)}
    )
    with database.read() as session:
        plan = plans.load_plan(session, built.plan_id)
        subtasks = plans.load_subtasks(session, list(built.subtasks.values()))
    deeds: dict[date, list[Deed]] = {}
    for subtask in subtasks.values():
        case, pace = Case(plan, subtask), dice.choice((0.5, 0.8, 1.0, 1.3))
        for period in case.owed_periods:
            due = report_day(period)
            day = dice.choice(list(days(due - timedelta(days=7), min(due + timedelta(days=7), LAST))))
            if dice.random() < 0.6 and day >= FIRST:
                figure = Decimal(int(float(expected(case, subtask.indicators[0], day)) * pace))
                deed = Deed(moment(day, "08:00"), subtask.id, period, ((subtask.indicators[0].id, figure),))
                deeds.setdefault(day, []).append(deed)
    return deeds


def _task(number: int, dice: random.Random) -> Task:
    lead, other = UNITS[number % len(UNITS)], UNITS[(number * 5 + 1) % len(UNITS)]
    deadline = dice.choice((None, date(2024, 6, 30), date(2024, 9, 15)))
    return Task(
        str(number),
        dice.choice(("16", "200", "3426")),
        lead=lead,
        co_lead=other if number % 4 == 0 and other != lead else None,
        deadline=deadline,
        milestones={date(2024, 5, 31): "8"} if number % 3 == 0 else {},
    )
