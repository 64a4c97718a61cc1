"""What changed between two drafts of one plan, in words that a coordinator can check: old → new."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from intake import workbook_layout as layout
from intake.draft import IndicatorDraft, MilestoneDraft, PlanDraft, ProgressDraft, ProjectDraft, SubTaskDraft
from intake.number_text import plain


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: where in the plan, and both readings; ``None`` is what is not there.

    ``stable_id`` names the nearest stored part that it concerns, or is empty for a new one.
    """

    path: str
    old: str | None
    new: str | None
    stable_id: str = ""


_Part = TypeVar("_Part", bound=Any)
_Fields = Mapping[str, str]
_TITLE = {"no": "序号", "title": "名称"}
_UNITS = {"lead_units": "牵头单位", "cooperating_units": "配合单位", "leaders": "分管领导"}
_PROJECT: _Fields = {**_TITLE, **_UNITS}
_SUBTASK: _Fields = {
    **_TITLE,
    **_UNITS,
    "executing_units": "责任单位",
    "responsible": "责任人",
    "level": "级别",
    "starts_on": "开始日期",
}
_INDICATOR: _Fields = {
    "subject": "指标名称",
    "comparator": "比较",
    "quantity": "数量",
    "unit": "计量单位",
    "kind": "类型",
    "level": "指标级别",
    "quote": "原文",
}
_MILESTONE: _Fields = {"period": "月份", "due_on": "截止日期", "text": "节点目标", "quantities": "累计目标量"}
_PROGRESS: _Fields = {"period": "月份", "status": "状态", "text": "进展情况", "quantities": "完成量"}
_WORDS: Mapping[str, Mapping[str, str]] = {
    "comparator": layout.COMPARATORS,
    "kind": {**layout.KINDS, **layout.DOCUMENT_KINDS},
    "status": layout.STATUSES,
}


def diff(old: PlanDraft, new: PlanDraft) -> list[Change]:
    """Return every difference that matters to the plan, in the order of the new draft.

    Parts are paired by stable id, or without one by number and name; the order of parts, places, findings
    and revisions are no differences. The same draft gives no changes.
    """
    before, moves = _moved(old, new)
    return [
        *_fields("计划", old.document, new.document, layout.PLAN_LABELS),
        *_phases(old, new),
        *moves,
        *_parts("", before, new.projects, _project_name, _project_changes),
    ]


def _moved(old: PlanDraft, new: PlanDraft) -> tuple[list[ProjectDraft], list[Change]]:
    """The old projects with each sub-task where the new draft has it, and the moves as changes."""
    homes = {one.stable_id: project for project in new.projects for one in project.subtasks if one.stable_id}
    kept = {project.stable_id: project for project in old.projects if project.stable_id}
    added: dict[str, list[SubTaskDraft]] = {}
    moves: list[Change] = []
    left: list[ProjectDraft] = []
    for project in old.projects:
        staying = []
        for one in project.subtasks:
            home = homes.get(one.stable_id, project)
            if home.stable_id == project.stable_id or home.stable_id not in kept:
                staying.append(one)
                continue
            added.setdefault(home.stable_id, []).append(one)
            path = _join(_project_name(kept[home.stable_id]), _project_name(one))
            names = (_project_name(project), _project_name(kept[home.stable_id]))
            moves.append(Change(_join(path, "所属项目"), *names, one.stable_id))
        left.append(replace(project, subtasks=staying))
    return [replace(one, subtasks=[*one.subtasks, *added.get(one.stable_id, [])]) for one in left], moves


def _phases(old: PlanDraft, new: PlanDraft) -> Iterator[Change]:
    before = {phase.name: phase.ends_on for phase in old.phases}
    after = {phase.name: phase.ends_on for phase in new.phases}
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            label = layout.PHASES.get(name, layout.OTHER_PHASE + name)
            yield Change(
                f"计划 / {label}", _text(before.get(name)), _text(after.get(name)), new.document.stable_id
            )


def _parts(
    path: str,
    old: Sequence[_Part],
    new: Sequence[_Part],
    name_of: Callable[[_Part], str],
    changes_of: Callable[[str, _Part, _Part], Iterator[Change]],
) -> Iterator[Change]:
    pairs, gone = _pairs(old, new, name_of)
    for before, after in pairs:
        own_path = _join(path, name_of(before if before is not None else after))
        if before is None:
            yield Change(own_path, None, _summary(after))
        else:
            yield from changes_of(own_path, before, after)
    for before in gone:
        yield Change(_join(path, name_of(before)), _summary(before), None, getattr(before, "stable_id", ""))


def _pairs(
    old: Sequence[_Part], new: Sequence[_Part], name_of: Callable[[_Part], str]
) -> tuple[list[tuple[_Part | None, _Part]], list[_Part]]:
    """Return each new part with the old one that it continues, and the old ones that nothing continues."""
    by_id = {part.stable_id: part for part in old if getattr(part, "stable_id", "")}
    named: dict[str, list[_Part]] = {}
    for part in old:
        named.setdefault(name_of(part), []).append(part)
    taken: set[int] = set()

    def partner(part: _Part) -> _Part | None:
        stable_id = getattr(part, "stable_id", "")
        found = by_id.get(stable_id) if stable_id else None
        candidates = (
            [found] if found is not None else [] if stable_id and by_id else named.get(name_of(part), [])
        )
        match = next((candidate for candidate in candidates if id(candidate) not in taken), None)
        if match is not None:
            taken.add(id(match))
        return match

    # Those with an id choose first, so that a new row of the same name takes nobody's place.
    order = sorted(range(len(new)), key=lambda i: not getattr(new[i], "stable_id", ""))
    partners = {i: partner(new[i]) for i in order}
    return [(partners[i], part) for i, part in enumerate(new)], [
        part for part in old if id(part) not in taken
    ]


def _project_changes(path: str, old: ProjectDraft, new: ProjectDraft) -> Iterator[Change]:
    yield from _fields(path, old, new, _PROJECT)
    yield from _parts(path, old.subtasks, new.subtasks, _project_name, _subtask_changes)


def _subtask_changes(path: str, old: SubTaskDraft, new: SubTaskDraft) -> Iterator[Change]:
    yield from _fields(path, old, new, _SUBTASK)
    for group in dict.fromkeys((*old.members, *new.members)):
        before, after = _text(old.members.get(group)), _text(new.members.get(group))
        if before != after:
            yield Change(_join(path, f"{group}的成员"), before, after, new.stable_id)
    deadline = {"text": "完成时限（原文）", "date": "完成日期"}
    for change in _fields(path, old.deadline, new.deadline, deadline):
        yield Change(change.path, change.old, change.new, new.stable_id)
    yield from _parts(path, old.indicators, new.indicators, _indicator_name, _indicator_changes)
    yield from _parts(path, old.milestones, new.milestones, _period_name("节点"), _milestone_changes)
    yield from _parts(path, old.progress, new.progress, _period_name("进展"), _progress_changes)


def _indicator_changes(path: str, old: IndicatorDraft, new: IndicatorDraft) -> Iterator[Change]:
    yield from _fields(path, old, new, _INDICATOR)
    for unit in dict.fromkeys((*old.quotas, *new.quotas)):
        before, after = old.quotas.get(unit), new.quotas.get(unit)
        if before != after:
            yield Change(_join(path, f"分解量 {unit}"), _text(before), _text(after), new.stable_id)


def _milestone_changes(path: str, old: MilestoneDraft, new: MilestoneDraft) -> Iterator[Change]:
    return _fields(path, old, new, _MILESTONE)


def _progress_changes(path: str, old: ProgressDraft, new: ProgressDraft) -> Iterator[Change]:
    return _fields(path, old, new, _PROGRESS)


def _fields(path: str, old: Any, new: Any, labels: _Fields) -> Iterator[Change]:
    for key, label in labels.items():
        before, after = getattr(old, key), getattr(new, key)
        if before != after:
            texts = (_text(before, _WORDS.get(key, {})), _text(after, _WORDS.get(key, {})))
            yield Change(_join(path, label), *texts, getattr(new, "stable_id", ""))


def _text(value: Any, words: Mapping[str, str] | None = None) -> str | None:
    if value is None or value == "" or value == [] or value == ():
        return None
    if isinstance(value, list | tuple):
        return "、".join(_item(item) for item in value)
    if isinstance(value, str):
        return (words or {}).get(value, value)
    return _item(value)


def _item(item: Any) -> str:
    if hasattr(item, "quantity"):
        return f"{item.subject} {plain(item.quantity)}{item.unit}".strip()
    return plain(item) if hasattr(item, "as_tuple") else str(item)


def _summary(part: Any) -> str:
    if isinstance(part, IndicatorDraft):
        return f"{layout.COMPARATORS.get(part.comparator, part.comparator)} {plain(part.quantity)}{part.unit}"
    if isinstance(part, MilestoneDraft | ProgressDraft):
        return "；".join(text for text in (part.text, _text(part.quantities)) if text) or "（空）"
    return str(part.title)


def _project_name(part: ProjectDraft | SubTaskDraft) -> str:
    return f"{part.no} {part.title}".strip()


def _indicator_name(indicator: IndicatorDraft) -> str:
    return f"指标 {indicator.subject or indicator.unit}".strip()


def _period_name(kind: str) -> Callable[[Any], str]:
    return lambda part: f"{kind} {part.period or getattr(part, 'due_on', '') or ''}".strip()


def _join(path: str, name: str) -> str:
    return f"{path} / {name}" if path else name
