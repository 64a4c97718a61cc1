"""Changes of what was promised: when a sub-task may be extended, adjusted, suspended, resumed or ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from engine.errors import DubanError
from engine.facts import COMPLETE_STATES
from engine.model import FINISHED_STATES, OPEN_STATES, Milestone, Plan, State, SubTask
from engine.quantities import is_kept

MOST_YEARS = 10  # after the plan
RUNNING = OPEN_STATES | {State.COMPLETION_CLAIMED}


class ChangeKind(StrEnum):
    """What is asked for."""

    EXTENSION = "extension"
    ADJUSTMENT = "adjustment"
    SUSPENSION = "suspension"
    RESUMPTION = "resumption"
    TERMINATION = "termination"


@dataclass(frozen=True, slots=True)
class Change:
    """A change as proposed: ``effective_on`` is the first day on which it holds.

    ``deadline`` is the new one of an extension, or of a resumption that needs one; ``quantities`` are the
    new targets of an adjustment by indicator id.
    """

    kind: ChangeKind
    effective_on: date
    deadline: date | None = None
    quantities: Mapping[int, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Past:
    """What earlier changes left: the day on which the sub-task last stopped, and when it last moved again."""

    suspended_on: date | None = None
    resumed_on: date | None = None


def due_on(plan: Plan, subtask: SubTask) -> date:
    """The deadline that holds for the sub-task: its own, else the end of ``execute``."""
    return subtask.deadline or plan.execute_ends_on


def is_inside(day: date, first: date, end: date) -> bool:
    """Whether the day lies in a suspension that began on ``first`` and was over on ``end``."""
    return first <= day < end


def check_change(plan: Plan, subtask: SubTask, change: Change, past: Past) -> None:
    """Nothing, if the change makes sense for the sub-task as it stands; else DubanError BAD_CHANGE says why not."""
    if subtask.state in FINISHED_STATES or subtask.state is State.TERMINATED:
        raise _bad(f"子任务 {subtask.no} 已经{_WORDS[subtask.state]}，不能再变更")
    if subtask.state is State.DRAFT and change.kind is not ChangeKind.TERMINATION:
        raise _bad(f"子任务 {subtask.no} 还没有下达（没有牵头单位），请先用导入补上牵头单位")
    if not plan.starts_on <= change.effective_on <= plan.ends_on:
        raise _bad(
            f"生效日期 {change.effective_on} 不在计划期内：应在 {plan.starts_on} 到 {plan.ends_on} 之间"
        )
    match change.kind:
        case ChangeKind.EXTENSION:
            _extension(plan, subtask, change)
        case ChangeKind.ADJUSTMENT:
            _adjustment(subtask, change)
        case ChangeKind.SUSPENSION:
            _suspension(subtask, change, past)
        case ChangeKind.RESUMPTION:
            _resumption(plan, subtask, change, past)
        case ChangeKind.TERMINATION:
            _termination(change, past)


def inside(milestones: Iterable[Milestone], first: date, end: date) -> tuple[Milestone, ...]:
    """Those milestones whose day lies in the suspension."""
    return tuple(one for one in milestones if is_inside(one.due_on, first, end))


def _extension(plan: Plan, subtask: SubTask, change: Change) -> None:
    _running(subtask, "暂停期间不能延期：请在恢复时一并提出新的完成时限")
    if change.deadline is None:
        raise _bad("延期要写新的完成时限，例如 2024-12-20")
    now = due_on(plan, subtask)
    if change.deadline <= now:
        raise _bad(f"新的完成时限 {change.deadline} 不晚于现在的 {now}：延期应写更晚的日期")
    _near(plan, change.deadline)


def _near(plan: Plan, deadline: date) -> None:
    last = plan.ends_on.year + MOST_YEARS
    if deadline.year > last:
        raise _bad(f"新的完成时限 {deadline} 太远：最晚可以写到 {last} 年，请核对年份")


def _adjustment(subtask: SubTask, change: Change) -> None:
    if not change.quantities:
        raise _bad("调整目标要写新的数量，例如 80台，或 指标=80台")
    for one in subtask.indicators:
        wanted = change.quantities.get(one.id)
        if wanted is not None and not is_kept(wanted):
            raise _bad(f"“{one.subject}”的新目标太大、太细或不是数：请核对")
        if wanted is not None and wanted < 0:
            raise _bad(f"“{one.subject}”的新目标是负数")
    known = {one.id: one.quantity for one in subtask.indicators}
    if not set(change.quantities) <= set(known):
        raise _bad("要调整的指标已经不在这个子任务里：请重新查看后再提出")
    if all(known[key] == quantity for key, quantity in change.quantities.items()):
        raise _bad("新的目标和现在的一样，没有要调整的")


def _suspension(subtask: SubTask, change: Change, past: Past) -> None:
    _running(subtask, f"子任务 {subtask.no} 已经暂停")
    if past.resumed_on is not None and change.effective_on < past.resumed_on:
        raise _bad(f"生效日期 {change.effective_on} 早于上一次恢复的 {past.resumed_on}")


def _resumption(plan: Plan, subtask: SubTask, change: Change, past: Past) -> None:
    if subtask.state is not State.SUSPENDED:
        raise _bad(f"子任务 {subtask.no} 没有暂停，不需要恢复")
    first, end, now = past.suspended_on, change.effective_on, due_on(plan, subtask)
    if first is not None and end < first:
        raise _bad(f"恢复的生效日期 {end} 早于暂停的 {first}")
    if change.deadline is None:
        if first is not None and is_inside(now, first, end):
            raise _bad(f"原来的完成时限 {now} 落在暂停期间：恢复要写新的完成时限")
        return
    if change.deadline < end:
        raise _bad(f"新的完成时限 {change.deadline} 早于恢复的生效日期 {end}")
    if change.deadline <= now:
        raise _bad(f"新的完成时限 {change.deadline} 不晚于现在的 {now}：不改就不用写")
    _near(plan, change.deadline)


def _termination(change: Change, past: Past) -> None:
    if past.suspended_on is not None and change.effective_on < past.suspended_on:
        raise _bad(f"终止的生效日期 {change.effective_on} 早于暂停的 {past.suspended_on}")


def _running(subtask: SubTask, otherwise: str) -> None:
    if subtask.state not in RUNNING:
        raise _bad(otherwise)


def _bad(why: str) -> DubanError:
    return DubanError("BAD_CHANGE", f"{why}。")


_WORDS = {
    State.ACCEPTED: "验收",
    State.CLOSED: "销号",
    State.ARCHIVED: "归档",
    State.TERMINATED: "终止",
}


def state_after(change: ChangeKind, present: State, before_suspension: State | None) -> State:
    """The state that an approved change leaves; a claim of completion is to be shown anew by the reports."""
    if change is ChangeKind.SUSPENSION:
        return State.SUSPENDED
    if change is ChangeKind.TERMINATION:
        return State.TERMINATED
    if change is ChangeKind.RESUMPTION:
        present = before_suspension or State.ISSUED
    return State.IN_PROGRESS if present in COMPLETE_STATES else present
