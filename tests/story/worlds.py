"""Random plans with random units: a world of its own for each seed, the same whenever it is asked for."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from db import plans, tables
from db.session import Database
from db.units import stored_id
from engine.model import Plan, SubTask
from tests.oracle_days import days, offset, report_day
from tests.oracle_progress import expected
from tests.oracle_rules import Case
from tests.story.deeds import DOINGS, Deed, moment
from tests.story.living import lead_units
from tests.story.loop_deeds import loop_deeds

UNITS = ("区民政局", "区教育局", "区住建局")
POLICIES: tuple[dict[str, Any], ...] = (
    {},
    {},
    {"curve": "late"},
    {"yellow_after": 2, "red_after": 8, "lagging_every": 3},
    {"report_offsets": [-5, -1], "report_late_every": 1, "overdue_every": 1},
    {"milestone_offsets": [-3, 0], "deadline_offsets": [-7, -2], "gap_every": 2, "gap_daily_last": 3},
    {"auto_accept": True},
    {"acknowledge": False, "escalate": False},
    {"auto_review": True, "escalate_silent_after": 2, "returned_every": 1},
    {"auto_open_case": False, "acknowledge_first": 2, "acknowledge_every": 5},
    {
        "escalate_head_after": 2,
        "escalate_leader_after": 4,
        "escalate_case_after": 6,
        "case_reply_days": 3,
        "second_notice_after": 2,
    },
    {"lagging_first": 2, "acceptance_first": 3, "first_period_min_days": 1, "max_wait_days": 3},
)
FIGURES = (
    ("台", (3, 16, 200, 3426), ("=", ">=", ">"), "delivery"),
    ("平方米", (1200, 86000), ("=", ">="), "delivery"),
    ("人", (35, 1500), ("=", "~"), "coverage"),
    ("%", (90, 95), (">=",), "rate"),
    ("件", (40,), ("<=",), "upper_bound"),
)


@dataclass(frozen=True)
class World:
    """A stored plan, the span to live through and what people will do in it."""

    plan_id: int
    span: tuple[date, date]
    deeds: list[Deed]
    milestones: dict[int, int]  # sub-task by milestone


def make(database: Database, seed: int, length: int = 100) -> World:
    """The world of that seed is stored."""
    dice = random.Random(seed)
    year = dice.choice((2023, 2024))
    with database.write() as session:
        plan_id = _add_plan(session, dice, year)
        for position in range(1, dice.randint(3, 5)):
            _add_subtask(session, dice, plan_id, year, position)
    with database.read() as session:
        plan = plans.load_plan(session, plan_id)
        subtasks = plans.load_subtasks(session, plans.subtask_ids(session, plan_id))
        units = lead_units(session, list(subtasks))
    first = plan.starts_on + timedelta(
        days=dice.randint(0, 360 - length - plan.starts_on.timetuple().tm_yday)
    )
    span = (first, offset(min(first + timedelta(days=length), date(year, 12, 31)), 0))
    deeds: list[Deed] = []
    for key, one in subtasks.items():
        own = list(_deeds(plan, one, dice, span))
        deeds += [*own, *loop_deeds(plan, one, units[key], own, span, seed)]
    deeds = [deed for deed in deeds if deed.kind in DOINGS]
    milestones = {one.id: key for key, subtask in subtasks.items() for one in subtask.milestones}
    return World(plan_id, span, sorted(deeds, key=lambda deed: deed.at), milestones)


def random_ticks(seed: int) -> Any:
    """Midnight, the slots, and some minutes more that differ from day to day."""

    def ticks(day: date) -> list[time]:
        dice = random.Random(f"{seed}|{day}")
        more = [time(dice.randrange(24), dice.randrange(60), 30) for _ in range(dice.randrange(3))]
        return sorted(
            {time(0, 5), time(9, 10), *(one for one in more if not time(8, 59) < one < time(9, 11))}
        )

    return ticks


def _add_plan(session: Session, dice: random.Random, year: int) -> int:
    issued_on = dice.choice((None, date(year, 2, 9), date(year, 2, 28), date(year, 3, 17)))
    plan = tables.Plan(title="年度任务", year=year, issued_on=issued_on, policy=dice.choice(POLICIES))
    session.add(plan)
    session.flush()
    key, start = stored_id(plan.id), issued_on or date(year, 1, 1)
    end = dice.choice((date(year, 11, 30), date(year, 11, 30), date(year, 10, 31), None))
    if end:
        rows = (("execute", start, end), ("gap_fill", end + timedelta(days=1), date(year, 12, 31)))
        session.add_all(
            tables.Phase(plan_id=key, name=name, starts_on=first, ends_on=last) for name, first, last in rows
        )
    session.add(tables.Project(plan_id=key, position=1, no="一", title="项目"))
    for unit in (*UNITS, "督查室"):
        row = tables.Unit(name=unit)
        session.add(row)
        session.flush()
        kinds = ("coordinator",) if unit == "督查室" else ("liaison", "head", "leader")
        for kind in kinds:
            _add_post(session, stored_id(row.id), kind)
    return key


def _add_post(session: Session, unit_id: int, kind: str) -> None:
    """The first two units have one leader in charge."""
    post = tables.Post(unit_id=unit_id, kind=kind)
    session.add(post)
    session.flush()
    address = "leader@example.org" if kind == "leader" and unit_id < 3 else f"post{post.id}@example.org"
    session.add(tables.Contact(post_id=stored_id(post.id), email=address))


def _add_subtask(session: Session, dice: random.Random, plan_id: int, year: int, position: int) -> None:
    start = dice.choice((None, None, date(year, 4, dice.randint(1, 30))))
    deadline = dice.choice(
        (None, None, date(year, 6, 30), date(year, dice.randint(7, 12), dice.randint(1, 31 - 1)))
    )
    row = tables.SubTask(
        plan_id=plan_id,
        project_id=1,
        position=position,
        no=f"{position}",
        title=f"任务{position}",
        state=dice.choice(("issued", "issued", "issued", "issued", "acknowledged", "suspended")),
        starts_on=start,
        deadline=deadline,
        next_check_on=date(year, 1, 1),
    )
    session.add(row)
    session.flush()
    key = stored_id(row.id)
    indicators = [_add_indicator(session, dice, key, place) for place in range(dice.choice((0, 1, 1, 1, 2)))]
    last = deadline or date(year, 10, 31)
    for share in sorted(dice.sample(range(2, 9), dice.choice((0, 0, 1, 2)))):
        due_on = date(year, 4, 30) + (last - date(year, 4, 30)) * share // 9
        _add_milestone(session, dice, key, indicators, due_on, share)
    for place, unit in enumerate(dice.sample(range(1, len(UNITS) + 1), dice.choice((1, 1, 2)))):
        role = "co_lead" if place else "lead"
        session.add(tables.Assignment(subtask_id=key, unit_id=unit, role=role, position=place))


def _add_indicator(session: Session, dice: random.Random, subtask_id: int, place: int) -> tables.Indicator:
    unit, quantities, comparators, kind = dice.choice(FIGURES[:3] + FIGURES)
    row = tables.Indicator(
        subtask_id=subtask_id,
        position=place,
        subject=f"指标{place}",
        quantity=Decimal(dice.choice(quantities)),
        unit=unit,
        comparator=dice.choice(comparators),
        kind=kind,
    )
    session.add(row)
    session.flush()
    return row


def _add_milestone(
    session: Session,
    dice: random.Random,
    subtask_id: int,
    indicators: list[tables.Indicator],
    due_on: date,
    share: int,
) -> None:
    counted = [one for one in indicators if one.kind in ("delivery", "coverage")]
    row = tables.Milestone(subtask_id=subtask_id, due_on=due_on, text="" if counted else "完成招标")
    session.add(row)
    session.flush()
    for one in counted[: dice.choice((1, 2))]:
        quantity = Decimal(int(one.quantity * share / 9))
        session.add(
            tables.MilestoneQuantity(
                milestone_id=stored_id(row.id), indicator_id=stored_id(one.id), quantity=quantity
            )
        )


def _deeds(plan: Plan, subtask: SubTask, dice: random.Random, span: tuple[date, date]) -> Iterator[Deed]:
    """Reports early and late, below and above plan, corrections; some sub-tasks are accepted in the end."""
    if subtask.state.value == "suspended":
        return
    case, pace = Case(plan, subtask), dice.choice((0.4, 0.8, 1.0, 1.0, 1.3, 2.0))
    known: dict[int, Decimal] = {}
    finished_on = dice.choice((None, None, span[0] + (span[1] - span[0]) * 3 // 4))
    for period in case.owed_periods:
        due = report_day(period)
        for _ in range(dice.choice((0, 1, 1, 1, 2))):
            day = dice.choice(list(days(due.replace(day=15), due + timedelta(days=12))))
            for one in subtask.indicators:
                known[one.id] = _figure(case, one, dice, day, pace, known.get(one.id, Decimal(0)))
            if span[0] <= day <= span[1] and (finished_on is None or day < finished_on):
                status = dice.choice(
                    ("in_progress", "in_progress", "lagging", "done" if not known else "in_progress")
                )
                yield Deed(moment(day, _clock(dice)), subtask.id, period, tuple(known.items()), status)
    if finished_on and dice.random() < 0.7:
        yield Deed(moment(finished_on, "10:40"), subtask.id)


def _figure(
    case: Case, indicator: Any, dice: random.Random, day: date, pace: float, before: Decimal
) -> Decimal:
    if indicator.kind in ("rate", "upper_bound"):
        return Decimal(round(float(indicator.quantity) * dice.uniform(0.7, 1.2)))
    asked = float(expected(case, indicator, day)) * pace * dice.uniform(0.7, 1.3)
    if dice.random() < 0.1:
        return before * 9 // 10  # a correction downwards
    if dice.random() < 0.08:
        return Decimal(indicator.quantity) + 1
    places = 2 if indicator.unit == "平方米" else 0
    return max(before, Decimal(str(round(asked, places) if places else int(asked))))


def _clock(dice: random.Random) -> str:
    """Any time of the day but its first minutes and those in which slots fall."""
    while True:
        when = time(dice.randrange(24), dice.randrange(60), 15)
        if when > time(0, 6) and not time(8, 59) < when < time(9, 11):
            return when.isoformat()
