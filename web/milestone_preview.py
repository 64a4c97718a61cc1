"""What is shown of changed milestones before they are saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlmodel import Session

from db.cards import Card
from web.milestone_sheet import Sheet
from web.reasons import rule_word
from web.view import Chip, View
from workflows.milestone_changes import MilestoneChange, lines_of, warnings_of
from workflows.milestone_effects import Effects, Reminded, effects_of

MOST_DAYS = 60


@dataclass(frozen=True, slots=True)
class Changed:
    """A sub-task's lines; ``conflict`` where somebody else has changed it meanwhile."""

    card: Card
    lines: tuple[str, ...]
    warnings: tuple[str, ...]
    conflict: bool
    lights: tuple[Chip, Chip] | None


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody would hear on a day, or no longer hear, about which sub-tasks."""

    comes: bool
    to: str
    what: str
    tasks: str


@dataclass(frozen=True, slots=True)
class Preview:
    """The panel: sub-tasks, days with their reminders, and the totals."""

    changed: tuple[Changed, ...]
    days: tuple[tuple[date, tuple[Said, ...]], ...]
    milestones: int
    gone: int
    come: int
    left_out: int
    more_days: int


def preview_of(
    session: Session, sheet: Sheet, changes: Sequence[MilestoneChange], conflicts: frozenset[int], view: View
) -> Preview:
    """The effects of the changes, in words."""
    effects = effects_of(session, sheet.plan, changes, view.today, view.locale)
    days = _days(effects, sheet, view)
    return Preview(
        changed=tuple(_changed(one, sheet, conflicts, effects, view) for one in changes),
        days=tuple(days[:MOST_DAYS]),
        milestones=sum(len(one.wanted) for one in changes),
        gone=len(effects.gone),
        come=len(effects.come),
        left_out=effects.left_out,
        more_days=max(0, len(days) - MOST_DAYS),
    )


def _changed(
    change: MilestoneChange, sheet: Sheet, conflicts: frozenset[int], effects: Effects, view: View
) -> Changed:
    lights = effects.lights.get(change.subtask_id)
    chips = (view.chip(lights[0]), view.chip(lights[1])) if lights else None
    is_conflict = change.subtask_id in conflicts
    subtask = sheet.subtasks[change.subtask_id]
    lines = lines_of(change.wanted, subtask, view.locale)
    doubts = warnings_of(change.wanted, subtask, sheet.plan, view.locale)
    return Changed(sheet.cards[change.subtask_id], lines, doubts, is_conflict, chips)


def _days(effects: Effects, sheet: Sheet, view: View) -> list[tuple[date, tuple[Said, ...]]]:
    marked = [(one, False) for one in effects.gone] + [(one, True) for one in effects.come]
    marked.sort(key=lambda pair: (pair[0].on, pair[0].to, pair[1], pair[0].rule))
    return [
        (day, tuple(_said(list(same), sheet, view) for _, same in groupby(found, key=_line)))
        for day, found in groupby(marked, key=lambda pair: pair[0].on)
    ]


def _line(pair: tuple[Reminded, bool]) -> tuple[str, bool, str]:
    return pair[0].to, pair[1], pair[0].rule


def _said(same: Sequence[tuple[Reminded, bool]], sheet: Sheet, view: View) -> Said:
    first, comes = same[0]
    titles = [sheet.cards[one.subtask_id].title for one, _ in same]
    shown = view.t("list").join(dict.fromkeys(titles[:4]))
    tasks = view.t("grid.and_more", tasks=shown, n=len(titles)) if len(titles) > 4 else shown
    return Said(comes, first.to, rule_word(first.rule, view.locale), tasks)
