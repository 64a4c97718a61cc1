"""The days of a unit's calendar: deadlines, milestones, days on which reports and answers are due."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import Session, col

from db import cases, links, plans, tables
from db.calendar import load_calendar
from db.cards import Card, load_cards
from engine.model import Milestone, Plan, SubTask
from engine.periods import due_day, owed_periods
from notifications.words import quantity, say

BACK = timedelta(days=183)
MOVES = ("revise", "set_milestones", "change_approved", "import", "undo_import")  # what may move a day
NEVER = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Day:
    """One all-day entry: ``uid`` names it for good, ``sequence`` grows with each change of it."""

    uid: str
    on: date
    title: str
    about: str
    changed_at: datetime
    sequence: int


@dataclass(frozen=True, slots=True)
class _Work:
    """The unit's open sub-tasks with their words, plans, revisions, and when somebody last moved a day."""

    locale: str
    subtasks: Mapping[int, SubTask]
    cards: Mapping[int, Card]
    plans: Mapping[int, Plan]
    revisions: Mapping[int, int]
    milestone_revisions: Mapping[int, int]
    moved: Mapping[int, datetime]
    led: frozenset[int]

    def about(self, key: int) -> str:
        """Where the sub-task stands in its plan."""
        card = self.cards[key]
        return f"{card.project_no} {card.project_title}\n{card.plan_title}"

    def plan_of(self, key: int) -> Plan:
        """The plan of the sub-task."""
        return self.plans[self.cards[key].plan_id]


def days_of(session: Session, unit_id: int, locale: str, now: datetime) -> list[Day]:
    """From six months ago on, by date; a fixed number of queries."""
    work = _work(session, unit_id, locale)
    found = [*_deadlines(work), *_milestones(work), *_reports(session, work, unit_id)]
    found += _cases(session, unit_id, locale)
    first = (now - BACK).date()
    return sorted((day for day in found if day.on >= first), key=lambda day: (day.on, day.uid))


def _work(session: Session, unit_id: int, locale: str) -> _Work:
    owners = links.tasks_of(session, unit_id)
    ids = list(owners)
    task, milestone = tables.SubTask, tables.Milestone
    revisions = select(col(task.id), col(task.revision)).where(col(task.id).in_(ids))
    of_milestones = select(col(milestone.id), col(milestone.revision)).where(
        col(milestone.subtask_id).in_(ids)
    )
    return _Work(
        locale=locale,
        subtasks=plans.load_subtasks(session, ids),
        cards=load_cards(session, ids),
        plans={key: plans.load_plan(session, key) for key in set(owners.values())},
        revisions={row[0]: row[1] for row in session.execute(revisions)},
        milestone_revisions={row[0]: row[1] for row in session.execute(of_milestones)},
        moved=_moved(session, owners),
        led=frozenset(links.led_by(session, unit_id)),
    )


def _moved(session: Session, owners: Mapping[int, int]) -> dict[int, datetime]:
    """When each sub-task's days were last decided upon: since the plan is followed, if nothing was since."""
    event, plan = tables.Event, tables.Plan
    began = select(col(plan.id), col(plan.followed_from)).where(col(plan.id).in_(set(owners.values())))
    by_plan = {key: at or NEVER for key, at in session.execute(began)}
    moved = {key: by_plan[owner] for key, owner in owners.items()}
    last = (
        select(col(event.subtask_id), func.max(col(event.at)))
        .where(col(event.subtask_id).in_(list(owners)), col(event.what).in_(MOVES))
        .group_by(col(event.subtask_id))
    )
    moved |= {row[0]: row[1] for row in session.execute(last)}
    return moved


def _deadlines(work: _Work) -> Iterator[Day]:
    for key, subtask in work.subtasks.items():
        on = subtask.deadline or work.plan_of(key).execute_ends_on
        card = work.cards[key]
        title = say(work.locale, "feed.deadline", no=card.no, title=card.title)
        yield Day(f"deadline-{key}", on, title, work.about(key), work.moved[key], work.revisions[key] - 1)


def _milestones(work: _Work) -> Iterator[Day]:
    for key, subtask in work.subtasks.items():
        for one in subtask.milestones:
            sequence = work.milestone_revisions.get(one.id, 1) - 1
            title = _milestone_title(work, work.cards[key], subtask, one)
            yield Day(f"milestone-{one.id}", one.due_on, title, work.about(key), work.moved[key], sequence)


def _milestone_title(work: _Work, card: Card, subtask: SubTask, one: Milestone) -> str:
    """With what is to be reached; figures of the whole are for units that lead it."""
    units = {indicator.id: indicator.unit for indicator in subtask.indicators}
    figures = [quantity(value, units.get(key, "")) for key, value in one.quantities.items()]
    said = [one.text] if one.text else []
    what = "、".join(said + (figures if subtask.id in work.led else []))
    key = "feed.milestone" if what else "feed.milestone.plain"
    return say(work.locale, key, no=card.no, title=card.title, what=what)


def _reports(session: Session, work: _Work, unit_id: int) -> Iterator[Day]:
    """One day for each month, with the number of sub-tasks whose report falls due."""
    calendar = load_calendar(session)
    owed: dict[str, list[int]] = {}
    for key, subtask in work.subtasks.items():
        plan = work.plan_of(key)
        if key in work.led or plan.policy.ask_shares:
            for period in owed_periods(plan, subtask, calendar):
                owed.setdefault(period, []).append(key)
    for period, keys in owed.items():
        title = say(work.locale, "feed.report", month=int(period[5:]), count=len(keys))
        changed = max(work.moved[key] for key in keys)
        sequence = sum(work.revisions[key] - 1 for key in keys)
        about = _names(work, keys)
        yield Day(f"report-{unit_id}-{period}", due_day(period, calendar), title, about, changed, sequence)


def _names(work: _Work, keys: Sequence[int]) -> str:
    return "\n".join(f"{work.cards[key].no} {work.cards[key].title}" for key in keys)


def _cases(session: Session, unit_id: int, locale: str) -> list[Day]:
    """Cases that wait for the unit's answer."""
    found = cases.listed(session, unit_id=unit_id, state="open")
    cards = load_cards(session, sorted({case.subtask_id for case in found}))
    return [
        Day(
            f"case-{case.id}",
            case.reply_due_on,
            say(locale, "feed.case", number=cases.number_of(case)),
            f"{cards[case.subtask_id].no} {cards[case.subtask_id].title}\n{case.demand}",
            case.opened_at,
            case.revision - 1,
        )
        for case in found
    ]
