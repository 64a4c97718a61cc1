"""One digest of a plan: what is loaded once, and each reader's version of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlmodel import Session

from db import audit, plans, runs
from db.calendar import load_calendar
from db.cards import Card, load_cards
from db.executing import Executing, load_executing
from db.units import Made, ensure_posts, leader_posts, posts_of_kind
from db.waiting import levels_of, open_cases, waiting_of
from engine.calendar import WorkCalendar
from engine.digest import (
    DigestContent,
    NextDate,
    ShareLine,
    TaskLine,
    Waiting,
    WeekSlot,
    build_digest,
    from_json,
    narrowed,
    next_dates,
    task_line,
)
from engine.digest_shares import share_line
from engine.model import Plan, Standing, SubTask
from engine.standing import judge

AHEAD = timedelta(days=14)  # how far a digest looks


@dataclass(frozen=True, slots=True)
class Reader:
    """A post that gets a digest: a unit's, or a leader's with the units in charge; with neither a coordinator's."""

    post_id: int
    unit: str = ""
    in_charge_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edition:
    """What everybody's version is made from: the coordinators', by unit what is its own, and who reads."""

    plan: Plan
    slot: WeekSlot
    office: DigestContent
    waiting: Waiting
    lines: Mapping[str, Sequence[TaskLine]]
    shares: Mapping[str, Sequence[ShareLine]]
    previous: Mapping[int, TaskLine]
    dates: Mapping[int, Sequence[NextDate]]
    readers: tuple[Reader, ...] = field(default=())

    def content(self, reader: Reader, findings: Sequence[str] = ()) -> DigestContent:
        """The reader's version; ``findings`` go into the coordinators' alone."""
        if not (reader.unit or reader.in_charge_of):
            return replace(self.office, findings=tuple(findings), waiting=self.waiting)
        units = reader.in_charge_of or (reader.unit,)
        own = list({line.subtask_id: line for unit in units for line in self.lines.get(unit, ())}.values())
        shares = () if reader.in_charge_of else self.shares.get(reader.unit, ())
        keys = dict.fromkeys([line.subtask_id for line in own] + [line.subtask_id for line in shares])
        return narrowed(
            self.office,
            own,
            [self.previous[key] for key in keys if key in self.previous],
            [one for key in keys for one in self.dates.get(key, ())],
            unit=reader.unit,
            shares=shares,
            in_charge_of=reader.in_charge_of,
        )


def load_edition(session: Session, plan: Plan, slot: WeekSlot) -> Edition:
    """The edition of that day, in a fixed number of queries for each 500 sub-tasks."""
    tasks = _load(session, plan, slot)
    lines = tasks.lines(session)
    stored = runs.last_bulletin(session, plan.id)
    previous = from_json(stored.content) if stored else None
    until = slot.on + AHEAD
    dates = {
        key: next_dates(plan, one, tasks.calendar, slot.on, until) for key, one in tasks.subtasks.items()
    }
    every = [one for key in dates for one in dates[key]]
    executing = load_executing(session, list(tasks.subtasks)) if plan.policy.digest_executing else Executing()
    shares = tasks.shares(executing)
    return Edition(
        plan=plan,
        slot=slot,
        office=build_digest(plan, slot, lines, previous, None, every, chain=_chain(session)),
        waiting=waiting_of(session, plan.id, asks_to_sign=plan.policy.acknowledge),
        lines=_by_unit(lines),
        shares=shares,
        previous={} if previous is None else {line.subtask_id: line for line in previous.lines},
        dates=dates,
        readers=_readers(
            session, plan, tasks.lead_units(), {k: n for k, n in executing.names.items() if n in shares}
        ),
    )


def _chain(session: Session) -> str:
    """The end of the sealed record, so that many inboxes witness it; empty while nothing was decided."""
    end = audit.head(session)
    return end.shown if end.sequence else ""


@dataclass(frozen=True, slots=True)
class _Tasks:
    """The sub-tasks of a plan on a day, in the document's order."""

    plan: Plan
    calendar: WorkCalendar
    subtasks: Mapping[int, SubTask]
    standings: Mapping[int, Standing]
    cards: Mapping[int, Card]

    def lines(self, session: Session) -> list[TaskLine]:
        levels, cases = levels_of(session, self.plan.id), open_cases(session, self.plan.id)
        return [
            task_line(
                self.plan,
                subtask,
                self.standings[key],
                self.calendar,
                self.cards[key].project_title,
                self.cards[key].leads,
                level=levels.get(key, 0),
                cases=cases.get(key, ()),
            )
            for key, subtask in self.subtasks.items()
        ]

    def lead_units(self) -> dict[int, str]:
        return {
            key: name
            for card in self.cards.values()
            for key, name in zip(card.lead_ids, card.leads, strict=True)
        }

    def shares(self, executing: Executing) -> dict[str, list[ShareLine]]:
        """By unit what it executes, in the plan's order; not what it leads itself and holds no quota of."""
        grouped: dict[str, list[ShareLine]] = {}
        for key, subtask in self.subtasks.items():
            for unit_id, quotas in executing.of(key):
                name, leads = executing.names[unit_id], self.cards[key].leads
                if name in leads and not quotas:
                    continue
                line = share_line(
                    self.plan, subtask, self.standings[key], self.calendar, (unit_id, name), leads, quotas
                )
                if line is not None:
                    grouped.setdefault(name, []).append(line)
        return grouped


def _load(session: Session, plan: Plan, slot: WeekSlot) -> _Tasks:
    calendar, ids = load_calendar(session), plans.subtask_ids(session, plan.id)
    found = plans.load_subtasks(session, ids)
    subtasks = {key: found[key] for key in ids}
    standings = {key: judge(plan, subtask, calendar, slot.on) for key, subtask in subtasks.items()}
    return _Tasks(plan, calendar, subtasks, standings, load_cards(session, ids))


def _by_unit(lines: Sequence[TaskLine]) -> dict[str, list[TaskLine]]:
    grouped: dict[str, list[TaskLine]] = defaultdict(list)
    for line in lines:
        for unit in dict.fromkeys(line.units):
            grouped[unit].append(line)
    return grouped


def _readers(
    session: Session, plan: Plan, leading: Mapping[int, str], executing: Mapping[int, str]
) -> tuple[Reader, ...]:
    """Lead units and executing units by their liaison, then leaders in charge; each post once.

    A unit without a liaison's post has one now: whom nobody can reach is shown to the coordinators.
    """
    names = {**executing, **leading}
    posts = ensure_posts(session, names, "liaison", Made())
    readers = sorted((Reader(posts[key], name) for key, name in names.items()), key=lambda one: one.post_id)
    return (*readers, *(_leaders(session, leading) if plan.policy.digest_leaders else ()))


def _leaders(session: Session, units: Mapping[int, str]) -> list[Reader]:
    """The leaders' posts of the lead units that there are; posts whose holders share an address are one reader."""
    same = leader_posts(session)
    charges: dict[int, list[str]] = {}
    for unit_id, post_id in sorted(posts_of_kind(session, units, "leader").items()):
        charges.setdefault(same.get(post_id, post_id), []).append(units[unit_id])
    return [Reader(post_id, in_charge_of=tuple(names)) for post_id, names in sorted(charges.items())]
