"""Which part of an edited draft is which stored part: by hidden number, else by number and name."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from sqlmodel import Session

from db.references import find_plan
from db.units import UnitBook, stored_id
from engine.errors import DubanError
from intake.draft import MilestoneDraft, PlanDraft, SubTaskDraft
from intake.draft_diff import Change, diff

CONFLICT = "REVISION_CONFLICT"
MOST_SHOWN = 5
ALIKE = 0.5  # share of common text from which titles under one number are one task


@dataclass(frozen=True, slots=True)
class Paired:
    """Both drafts of a plan; every part of ``new`` that continues one of ``old`` bears its stable id.

    ``partial``: the document has no hidden numbers, so it adds progress and milestones and removes
    nothing; ``unpaired`` names its tasks that no stored one corresponds to.
    """

    plan_id: int
    old: PlanDraft
    new: PlanDraft
    partial: bool = False
    unpaired: tuple[str, ...] = ()

    def against(self, old: PlanDraft) -> Paired:
        """The pairing with what is stored. Raises DubanError NOTHING_MATCHES or REVISION_CONFLICT."""
        if self.partial:
            return _merged(self, old)
        _refuse_unknown(old, self.new)
        _adopt(old, self.new)
        conflicts = _conflicts(old, self.new)
        if conflicts:
            raise _conflict(conflicts)
        return Paired(self.plan_id, old, self.new)


def pair(
    session: Session, draft: PlanDraft, reference: str | None, book: UnitBook, joined: Mapping[str, str]
) -> Paired:
    """The plan that the draft belongs to, and the draft with units under the names that are stored.

    Raises DubanError NO_SUCH_PLAN, AMBIGUOUS_PLAN, or PLAN_MISMATCH when the workbook is another plan's.
    """
    own = draft.document.stable_id
    plan = find_plan(session, reference if reference is not None else f"#{own[1:]}")
    plan_id = stored_id(plan.id)
    if own and own != f"P{plan_id}":
        raise DubanError(
            "PLAN_MISMATCH",
            f"这个工作簿是从计划 {own[1:]} 导出的，不能用来修订计划 {plan_id}：请核对文件或去掉 --into。",
        )
    new = copy.deepcopy(draft)
    for subtask in _subtasks(new):
        _rename(subtask, book, joined)
    return Paired(plan_id, PlanDraft(), new, partial=not own)


def _rename(subtask: SubTaskDraft, book: UnitBook, joined: Mapping[str, str]) -> None:
    def known(name: str) -> str:
        unit_id = book.find(joined.get(name, name))
        return book.names[unit_id] if unit_id is not None else joined.get(name, name)

    subtask.leaders = []  # kept with the project
    subtask.lead_units = list(dict.fromkeys(map(known, subtask.lead_units)))
    subtask.cooperating_units = list(dict.fromkeys(map(known, subtask.cooperating_units)))
    for indicator in subtask.indicators:
        indicator.quotas = {known(name): share for name, share in indicator.quotas.items()}
    holders = {name for indicator in subtask.indicators for name in indicator.quotas}
    executing = dict.fromkeys(map(known, subtask.executing_units))
    subtask.executing_units = [name for name in executing if name not in holders]


def _merged(paired: Paired, old: PlanDraft) -> Paired:
    """The stored plan with the milestones and the progress that the document adds for its months."""
    new = copy.deepcopy(old)
    stored = list(_subtasks(new))
    unpaired, matched = [], 0
    for told in _subtasks(paired.new):
        subtask = next((one for one in stored if _same_task(one, told)), None)
        if subtask is None:
            unpaired.append(f"{told.no} {told.title}")
            continue
        matched += 1
        _add_milestones(subtask, told)
        periods = {one.period for one in told.progress}
        subtask.progress = [one for one in subtask.progress if one.period not in periods] + told.progress
        subtask.progress.sort(key=lambda one: one.period)
    if not matched:
        raise DubanError(
            "NOTHING_MATCHES",
            "文件里没有一个任务和这个计划对得上（按序号和名称）：请核对文件，或去掉 --into 另建计划。",
        )
    return Paired(paired.plan_id, old, new, True, tuple(unpaired))


def _add_milestones(subtask: SubTaskDraft, told: SubTaskDraft) -> None:
    for milestone in told.milestones:
        known = next((one for one in subtask.milestones if _when(one) == _when(milestone)), None)
        if known is None:
            subtask.milestones.append(milestone)
        else:
            known.text, known.quantities = milestone.text, milestone.quantities


def _same_task(one: SubTaskDraft, other: SubTaskDraft) -> bool:
    if one.title == other.title:
        return True
    return one.no == other.no and SequenceMatcher(None, one.title, other.title).ratio() >= ALIKE


def _refuse_unknown(old: PlanDraft, new: PlanDraft) -> None:
    """A row that was removed since the export cannot be changed any more."""
    known = {part.stable_id for part, _ in _parts(old)}
    gone = [part for part, _ in _parts(new) if part.stable_id and part.stable_id not in known]
    if gone:
        shown = "、".join(_name(part) for part in gone[:MOST_SHOWN])
        raise DubanError(
            CONFLICT, f"这些行在导出之后已从计划里删除：{shown}。没有保存任何内容，请重新导出后再改。"
        )


def _adopt(old: PlanDraft, new: PlanDraft) -> None:
    """Rows without a number, or with one copied from another row, continue the stored part of their name."""
    _adopt_parts(old.projects, new.projects, _titled)
    _adopt_parts(list(_subtasks(old)), list(_subtasks(new)), _titled)
    tasks = {subtask.stable_id: subtask for subtask in _subtasks(old)}
    for subtask in _subtasks(new):
        stored = tasks.get(subtask.stable_id)
        _adopt_parts(
            stored.indicators if stored else [], subtask.indicators, lambda one: (one.subject, one.unit)
        )
        _adopt_parts(stored.milestones if stored else [], subtask.milestones, _when)


def _adopt_parts(old: Sequence[Any], new: Sequence[Any], name_of: Callable[[Any], Any]) -> None:
    by_id = {part.stable_id: part for part in old}
    taken: set[str] = set()
    for part in new:
        if part.stable_id not in by_id or part.stable_id in taken:
            part.stable_id, part.revision = "", 0
        taken.add(part.stable_id)
    for part in new:
        if part.stable_id:
            continue
        match = next(
            (one for one in old if one.stable_id not in taken and name_of(one) == name_of(part)), None
        )
        if match is not None:
            part.stable_id, part.revision = match.stable_id, match.revision
            taken.add(match.stable_id)


def _conflicts(old: PlanDraft, new: PlanDraft) -> list[Change]:
    """Differences in parts that were changed after the export: the sheet does not know the present value."""
    present = {part.stable_id: (part.revision, parent) for part, parent in _parts(old)}
    known = {part.stable_id: part.revision for part, _ in _parts(new) if part.stable_id}
    stale = {key for key, revision in known.items() if present[key][0] != revision}
    return [
        change
        for change in diff(old, new)
        if change.stable_id in stale
        or (change.stable_id and change.stable_id not in known and present[change.stable_id][1] in stale)
    ]


def _conflict(conflicts: Sequence[Change]) -> DubanError:
    shown = "；".join(
        f"{one.path}：表里是“{one.new or '无'}”，现在是“{one.old or '无'}”" for one in conflicts[:MOST_SHOWN]
    )
    more = f"；等 {len(conflicts)} 处" if len(conflicts) > MOST_SHOWN else ""
    return DubanError(
        CONFLICT, f"导出之后计划又有改动，没有保存任何内容：{shown}{more}。请重新导出，在新表上修改。"
    )


def _parts(draft: PlanDraft) -> Iterator[tuple[Any, str]]:
    """Every part with the stable id of the part that it belongs to."""
    yield draft.document, ""
    for project in draft.projects:
        yield project, draft.document.stable_id
        for subtask in project.subtasks:
            yield subtask, project.stable_id
            for part in (*subtask.indicators, *subtask.milestones):
                yield part, subtask.stable_id


def _subtasks(draft: PlanDraft) -> Iterator[SubTaskDraft]:
    for project in draft.projects:
        yield from project.subtasks


def _titled(part: Any) -> tuple[str, str]:
    return part.no, part.title


def _when(milestone: MilestoneDraft) -> tuple[str, Any]:
    return milestone.period, milestone.due_on


def _name(part: Any) -> str:
    return str(getattr(part, "title", "") or getattr(part, "subject", "") or getattr(part, "text", ""))
