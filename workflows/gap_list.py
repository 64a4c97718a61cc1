"""查漏补缺清单: what was due by the end of implementation and nobody has accepted yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from db import plans
from db.calendar import load_calendar
from db.cards import Card, load_cards
from db.references import find_plan
from db.units import stored_id
from engine.gap import GapLine, gap_line, is_on_gap_list, worst_first
from engine.model import Phase
from engine.standing import judge


@dataclass(frozen=True, slots=True)
class GapList:
    """The list of one plan as of a moment; ``cards`` hold titles and lead units by sub-task."""

    plan: str
    phase: Phase | None
    lines: tuple[GapLine, ...]
    cards: Mapping[int, Card]


def gap_list(session: Session, now: datetime, plan: str | None = None) -> GapList:
    """The list as of ``now``, worst first; nothing is stored. Raises DubanError NO_SUCH_PLAN or AMBIGUOUS_PLAN."""
    followed = plans.load_plan(session, stored_id(find_plan(session, plan).id))
    on, calendar = now.astimezone(plans.zone_of(followed)).date(), load_calendar(session)
    found = plans.load_subtasks(session, plans.subtask_ids(session, followed.id))
    listed = [one for one in found.values() if is_on_gap_list(followed, one)]
    lines = [gap_line(followed, one, judge(followed, one, calendar, on), calendar) for one in listed]
    cards = load_cards(session, [one.id for one in listed])
    return GapList(followed.title, followed.phase("gap_fill"), tuple(worst_first(lines)), cards)
