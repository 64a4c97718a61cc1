"""Parts of a draft become rows, layer by layer, within the caller's transaction."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from db import tables
from db.bulk import add_rows, insert_rows
from db.plans import LEADING
from db.units import Made, UnitBook, ensure_posts, ensure_units, stored_id
from engine.model import State
from intake.draft import (
    IndicatorDraft,
    MilestoneDraft,
    ProgressDraft,
    ProjectDraft,
    SubTaskDraft,
)
from intake.units import is_collective
from workflows.match_figures import match_figures

_PERIOD = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
# How the names of the units end that are no departments.
_ENDINGS = (
    ("level", ("本级", "区级", "市级", "县级")),
    ("street", ("街道", "街道办", "街道办事处", "镇", "乡", "镇人民政府", "乡人民政府", "社区", "村")),
    ("enterprise", ("公司", "集团", "厂", "银行")),
)

Pairs = Sequence[tuple[int, SubTaskDraft]]


@dataclass(slots=True)
class Storing:
    """What every layer needs: the plan, the known units, the moment, and what was made on the way."""

    session: Session
    plan: tables.Plan
    book: UnitBook
    now: datetime
    batch_id: int
    received_on: date | None = None  # the day on which imported progress was published
    made: Made = field(default_factory=Made)

    @property
    def plan_id(self) -> int:
        """The plan's key."""
        return stored_id(self.plan.id)

    @property
    def next_check_on(self) -> date:
        """A day that no sweep comes before, so that the first one sees what is new."""
        return min(self.plan.issued_on or date(self.plan.year, 1, 1), self.now.astimezone(UTC).date())


def add_projects(storing: Storing, projects: Sequence[tuple[int, ProjectDraft]]) -> list[int]:
    """The projects (position, draft) are stored without their sub-tasks; returns their ids in that order."""
    rows = [
        {
            "plan_id": storing.plan_id,
            "position": position,
            "no": project.no,
            "title": project.title,
            "leaders": project.leaders,
            "lead_units": project.lead_units,
            "cooperating_units": project.cooperating_units,
        }
        for position, project in projects
    ]
    return insert_rows(storing.session, tables.Project, rows)


def add_subtasks(storing: Storing, subtasks: Sequence[tuple[int, int, SubTaskDraft]]) -> list[int]:
    """The sub-tasks (project id, position, draft) are stored with all that belongs to them; returns their ids."""
    rows = [_subtask_row(storing, *subtask) for subtask in subtasks]
    ids = insert_rows(storing.session, tables.SubTask, rows)
    pairs = [(key, subtask) for key, (_, _, subtask) in zip(ids, subtasks, strict=True)]
    units = ensure_units(storing.session, storing.book, unit_kinds(one for _, one in pairs), storing.made)
    indicators = add_indicators(storing, pairs, units)
    add_milestones(storing, [(key, indicators[key], one.milestones) for key, one in pairs], pairs)
    add_assignments(storing, pairs, units)
    add_reports(storing, pairs, indicators)
    return ids


def add_indicators(storing: Storing, pairs: Pairs, units: dict[str, int]) -> dict[int, list[int]]:
    """Indicators and quotas are stored; returns indicator ids by sub-task id, in the draft's order."""
    owned = [
        (key, position, indicator)
        for key, subtask in pairs
        for position, indicator in enumerate(subtask.indicators)
    ]
    rows = [_indicator_row(*one) for one in owned]
    ids: dict[int, list[int]] = {key: [] for key, _ in pairs}
    stored = insert_rows(storing.session, tables.Indicator, rows)
    quotas: list[dict[str, Any]] = []
    for indicator_id, (key, _, indicator) in zip(stored, owned, strict=True):
        ids[key].append(indicator_id)
        quotas += quota_rows(indicator_id, indicator, units)
    insert_rows(storing.session, tables.Quota, quotas)
    return ids


def add_milestones(
    storing: Storing, owned: Sequence[tuple[int, list[int], list[MilestoneDraft]]], pairs: Pairs
) -> list[int]:
    """Milestones (sub-task id, its indicator ids, drafts) with a date are stored with their figures; returns ids."""
    drafts = dict(pairs)
    listed = [
        (key, ids, milestone, due_on)
        for key, ids, milestones in owned
        for milestone in milestones
        if (due_on := due_date(milestone)) is not None
    ]
    rows = [
        {"subtask_id": key, "due_on": due_on, "period": milestone.period or None, "text": milestone.text}
        for key, _, milestone, due_on in listed
    ]
    stored = insert_rows(storing.session, tables.Milestone, rows)
    figures = [
        {
            "milestone_id": milestone_id,
            "indicator_id": ids[indicator],
            "quantity": milestone.quantities[figure].quantity,
        }
        for milestone_id, (key, ids, milestone, _) in zip(stored, listed, strict=True)
        for figure, indicator in match_figures(milestone.quantities, drafts[key].indicators).items()
    ]
    add_rows(storing.session, tables.MilestoneQuantity, figures)
    return stored


def add_assignments(storing: Storing, pairs: Pairs, units: dict[str, int]) -> None:
    """Every unit is bound by its role; lead units have a liaison post."""
    bound = [
        {"subtask_id": key, "position": position, **asdict(one)}
        for key, subtask in pairs
        for position, one in enumerate(bindings(subtask, units, storing.book))
    ]
    insert_rows(storing.session, tables.Assignment, bound)
    leads = [one["unit_id"] for one in bound if one["role"] in LEADING]
    ensure_posts(storing.session, leads, "liaison", storing.made)


def add_reports(storing: Storing, pairs: Pairs, indicators: dict[int, list[int]]) -> list[int]:
    """What the document says was done is kept as accepted reports of its periods; returns their ids."""
    listed = [
        (key, subtask, progress)
        for key, subtask in pairs
        for progress in subtask.progress
        if period_end(progress.period) is not None
    ]
    rows = [_report_row(storing, key, progress) for key, _, progress in listed]
    stored = insert_rows(storing.session, tables.ProgressReport, rows)
    figures = [
        {
            "report_id": report_id,
            "indicator_id": indicators[key][indicator],
            "quantity": progress.quantities[figure].quantity,
        }
        for report_id, (key, subtask, progress) in zip(stored, listed, strict=True)
        for figure, indicator in match_figures(progress.quantities, subtask.indicators).items()
    ]
    add_rows(storing.session, tables.ReportQuantity, figures)
    return stored


def quota_rows(indicator_id: int, indicator: IndicatorDraft, units: dict[str, int]) -> list[dict[str, Any]]:
    """One row for each unit; two names of one unit are its two shares, added."""
    shares: dict[int, Decimal] = {}
    for name, quantity in indicator.quotas.items():
        shares[units[name]] = shares.get(units[name], Decimal(0)) + quantity
    return [
        {"indicator_id": indicator_id, "unit_id": unit_id, "quantity": quantity}
        for unit_id, quantity in shares.items()
    ]


@dataclass(frozen=True, slots=True)
class Binding:
    """A unit bound by a role; ``group_id`` is the collective unit that it is a member of."""

    role: str
    unit_id: int
    group_id: int | None = None


def bindings(subtask: SubTaskDraft, units: Mapping[str, int], book: UnitBook) -> list[Binding]:
    """Each pair of role and unit once: the first lead is ``lead``; who holds a quota is executing.

    A collective unit that leads or executes stands for its members: they lead together, none before the
    others. One without members, or whose members are all named themselves, stays as it is.
    """
    holders = [name for indicator in subtask.indicators for name in indicator.quotas]
    leading = _expanded([units[name] for name in subtask.lead_units], book)
    named = [
        *(("co_lead" if place or one[1] is not None else "lead", *one) for place, one in enumerate(leading)),
        *(("cooperating", units[name], None) for name in subtask.cooperating_units),
        *(
            ("executing", *one)
            for one in _expanded([units[name] for name in (*subtask.executing_units, *holders)], book)
        ),
    ]
    bound = {(role, unit_id): group for role, unit_id, group in reversed(named)}
    return [
        Binding(role, unit_id, bound[role, unit_id])
        for role, unit_id in dict.fromkeys(one[:2] for one in named)
    ]


def _expanded(unit_ids: Sequence[int], book: UnitBook) -> list[tuple[int, int | None]]:
    """Each unit once with the group by which it came; who is named itself did not come by a group."""
    named = set(unit_ids)
    found: dict[int, int | None] = {}
    for unit_id in unit_ids:
        members = [one for one in book.members_of(unit_id) if one not in named]
        for one in members or [unit_id]:
            found.setdefault(one, unit_id if members else None)
    return list(found.items())


def present_members(subtask: SubTaskDraft, book: UnitBook) -> dict[str, list[str]]:
    """The names of the members that each collective unit of the sub-task now brings in."""
    units = {name: book.find(name) or 0 for name in unit_kinds([subtask])}  # 0: not known yet, hence no group
    found: dict[str, dict[str, None]] = {}
    for one in bindings(subtask, units, book):
        if one.group_id is not None:
            found.setdefault(book.names[one.group_id], {})[book.names[one.unit_id]] = None
    return {group: list(names) for group, names in found.items()}


def unit_kinds(subtasks: Iterable[SubTaskDraft]) -> dict[str, str]:
    """The kind of each unit that the sub-tasks name, in order of appearance."""
    kinds: dict[str, str] = {}
    for subtask in subtasks:
        for name in (*subtask.lead_units, *subtask.cooperating_units, *subtask.executing_units):
            kinds.setdefault(name, unit_kind(name))
        for indicator in subtask.indicators:
            for name in indicator.quotas:
                kinds.setdefault(name, unit_kind(name, holds_quota=True))
    return kinds


@lru_cache(maxsize=4096)
def unit_kind(name: str, holds_quota: bool = False) -> str:
    """collective, level, street, enterprise or department; a bare name that heads a quota column is a street."""
    if is_collective(name):
        return "collective"
    found = next((kind for kind, endings in _ENDINGS if name.endswith(endings)), None)
    return found or (
        "street" if holds_quota and len(name) <= 4 and name[-1] not in "局委办会" else "department"
    )


def due_date(milestone: MilestoneDraft) -> date | None:
    """The milestone's day: its date, else the last day of its month; ``None`` where neither can be told."""
    return milestone.due_on or period_end(milestone.period)


def period_end(period: str) -> date | None:
    """The last day of ``YYYY-MM``; ``None`` for a period of another kind."""
    match = _PERIOD.fullmatch(period)
    if match is None:
        return None
    year, month = int(match[1]), int(match[2])
    return date(year, month, calendar.monthrange(year, month)[1])


def _subtask_row(storing: Storing, project_id: int, position: int, subtask: SubTaskDraft) -> dict[str, Any]:
    return {
        "plan_id": storing.plan_id,
        "project_id": project_id,
        "position": position,
        "no": subtask.no,
        "title": subtask.title,
        "state": (State.ISSUED if subtask.lead_units else State.DRAFT).value,
        "starts_on": subtask.starts_on,
        "deadline": subtask.deadline.date,
        "deadline_text": subtask.deadline.text,
        "responsible": subtask.responsible,
        "level": subtask.level,
        "place": str(subtask.where),
        "next_check_on": storing.next_check_on,
    }


def _indicator_row(subtask_id: int, position: int, indicator: IndicatorDraft) -> dict[str, Any]:
    return {
        "subtask_id": subtask_id,
        "position": position,
        "subject": indicator.subject,
        "quantity": indicator.quantity,
        "unit": indicator.unit,
        "comparator": indicator.comparator,
        "kind": indicator.kind,
        "quote": indicator.quote,
        "level": list(indicator.level),
    }


def _report_row(storing: Storing, subtask_id: int, progress: ProgressDraft) -> dict[str, Any]:
    zone = ZoneInfo(storing.plan.time_zone)
    day = storing.received_on
    received_at = datetime.combine(day, time(12), zone) if day else storing.now
    end = period_end(progress.period)
    assert end is not None  # the caller left out what has no month
    return {
        "subtask_id": subtask_id,
        "batch_id": storing.batch_id,
        "period": progress.period,
        "as_of": min(end, received_at.astimezone(zone).date()),
        "received_at": received_at,
        "state": "accepted",
        "status": progress.status,
        "text": progress.text,
        "source": "import",
    }
