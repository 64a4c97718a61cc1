"""Which part of an edited draft is which stored part: by hidden number, else by number and name."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session

from db.references import find_plan
from db.units import UnitBook, stored_id
from engine.errors import DubanError
from intake.draft import Finding, PlanDraft, SubTaskDraft
from intake.draft_diff import Change, diff
from workflows.merge_drafts import Answers, merge, no_such_choice, when
from workflows.pair_tasks import subtasks_of

CONFLICT = "REVISION_CONFLICT"
MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Paired:
    """Both drafts of a plan; every part of ``new`` that continues one of ``old`` bears its stable id.

    ``partial``: the document has no hidden numbers, so its tasks are found by what they say and nothing is
    removed; ``findings`` tell what is unsure, ``withdrawn`` are the ids of sub-tasks that are terminated.
    """

    plan_id: int
    old: PlanDraft
    new: PlanDraft
    partial: bool = False
    findings: tuple[Finding, ...] = ()
    withdrawn: tuple[str, ...] = ()

    def against(self, old: PlanDraft, answers: Answers, closed: frozenset[str]) -> Paired:
        """The pairing with what is stored. Raises DubanError NOTHING_MATCHES, BAD_CHOICE, REVISION_CONFLICT."""
        if self.partial:
            merged = merge(old, self.new, answers, closed)
            return replace(
                self,
                old=old,
                new=merged.plan,
                findings=tuple(merged.findings),
                withdrawn=tuple(merged.withdrawn),
            )
        if answers:
            raise no_such_choice(*answers[0])
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
    for subtask in subtasks_of(new):
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
    _adopt_parts(subtasks_of(old), subtasks_of(new), _titled)
    tasks = {subtask.stable_id: subtask for subtask in subtasks_of(old)}
    for subtask in subtasks_of(new):
        stored = tasks.get(subtask.stable_id)
        _adopt_parts(
            stored.indicators if stored else [], subtask.indicators, lambda one: (one.subject, one.unit)
        )
        _adopt_parts(stored.milestones if stored else [], subtask.milestones, when)


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


def _titled(part: Any) -> tuple[str, str]:
    return part.no, part.title


def _name(part: Any) -> str:
    return str(getattr(part, "title", "") or getattr(part, "subject", "") or getattr(part, "text", ""))
