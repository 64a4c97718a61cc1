"""回看: what stood at the end of each month and stands now, of every sub-task of a plan, kept until it changes.

A plan of 3,000 sub-tasks takes seconds to judge for twelve months and a moment to show: what has been judged
is remembered, and only sub-tasks of which something was written since are judged again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from threading import Lock

from sqlmodel import Session

from db import history, plans
from db.calendar import load_calendar
from db.cards import Card, load_cards
from db.history import Frame, Written
from engine.history import MonthStanding, month_standings, months_of, over, standing_on
from engine.model import Plan
from engine.months import month_of


@dataclass(frozen=True, slots=True)
class Line:
    """A sub-task with its words and a standing for each of the plan's months."""

    card: Card
    standings: tuple[MonthStanding, ...]
    now: MonthStanding  # on the day shown, also where that day is past the plan's last month


@dataclass(frozen=True, slots=True)
class Picture:
    """A plan on a day: its months, and its sub-tasks in the document's order."""

    plan: Plan
    on: date
    months: tuple[int, ...]
    lines: Mapping[int, Line]

    @property
    def present(self) -> int:
        """Which of the months is the present one; the last one when the plan is over."""
        return min(max(month_of(self.on) - self.months[0], 0), len(self.months) - 1)


@dataclass(frozen=True, slots=True)
class _Kept:
    picture: Picture
    frame: Frame
    written: Written


class Pictures:
    """The pictures of this process, one a plan."""

    def __init__(self) -> None:
        self._kept: dict[int, _Kept] = {}
        self._lock = Lock()

    def of(self, session: Session, plan: Plan, on: date) -> Picture:
        """The plan as it stands on that day, by everything that the session sees."""
        now, frame = history.written(session), history.frame_of(session, plan)
        with self._lock:
            kept = self._kept.get(plan.id)
            if kept and kept.picture.on == on and (kept.written, kept.frame) == (now, frame):
                return kept.picture
            old = kept if kept and kept.frame == frame and kept.picture.on <= on else None
            picture = _picture(session, plan, on, old, now)
            self._kept[plan.id] = _Kept(picture, frame, now)
            return picture


def _picture(session: Session, plan: Plan, on: date, old: _Kept | None, now: Written) -> Picture:
    ids = plans.subtask_ids(session, plan.id)
    touched = history.touched_since(session, old.written, now) if old else None
    if old is None or touched is None:
        return Picture(plan, on, months_of(plan), _judged(session, plan, ids, on, {}))
    known = {key: line for key, line in old.picture.lines.items() if key not in touched}
    if old.picture.on == on:
        fresh = _judged(session, plan, [key for key in ids if key not in known], on, {})
    else:
        past = over(plan, old.picture.on)
        fresh = _judged(session, plan, ids, on, {key: line.standings[:past] for key, line in known.items()})
    return Picture(plan, on, months_of(plan), {key: fresh.get(key) or known[key] for key in ids})


def _judged(
    session: Session, plan: Plan, ids: Sequence[int], on: date, past: Mapping[int, Sequence[MonthStanding]]
) -> dict[int, Line]:
    calendar, months = load_calendar(session), months_of(plan)
    lines: dict[int, Line] = {}
    for start in range(0, len(ids), plans.CHUNK):
        chunk = ids[start : start + plans.CHUNK]
        subtasks, cards = plans.load_subtasks(session, chunk), load_cards(session, chunk)
        settled = history.settled_days(session, chunk, plans.zone_of(plan))
        for key in chunk:
            standings = month_standings(
                plan, subtasks[key], calendar, on, settled.get(key), past.get(key, ())
            )
            place = month_of(on) - months[0]
            is_present = 0 <= place < len(months)
            now = standings[place] if is_present else standing_on(plan, subtasks[key], calendar, on)
            lines[key] = Line(cards[key], standings, now)
    return lines
