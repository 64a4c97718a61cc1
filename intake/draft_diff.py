"""What changed between two drafts of one plan, in words that a coordinator can check: old → new."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from intake import workbook_layout as layout
from intake.draft import IndicatorDraft, MilestoneDraft, PlanDraft, ProgressDraft, ProjectDraft, SubTaskDraft
from intake.number_text import plain
from intake.words.differences import CHINESE


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
_Fields = Mapping[str, str]  # key of the word, by the name of the field


def _keys(prefix: str, *names: str) -> _Fields:
    return {name: f"{prefix}{name}" for name in names}


_PROJECT = _keys("", "no", "title", "lead_units", "cooperating_units", "leaders")
_SUBTASK = {**_PROJECT, **_keys("", "executing_units", "responsible", "level", "starts_on")}
_DEADLINE = _keys("deadline.", "text", "date")
_INDICATOR = _keys("indicator.", "subject", "comparator", "quantity", "unit", "kind", "level", "quote")
_MILESTONE = _keys("milestone.", "period", "due_on", "text", "quantities")
_PROGRESS = _keys("progress.", "period", "status", "text", "quantities")
_CODED = ("comparator", "kind", "status")  # fields whose values are codes


@dataclass(frozen=True, slots=True)
class _At:
    """A part of the plan, and the words in which differences are told."""

    words: Mapping[str, str]
    path: str = ""

    def part(self, name: str) -> _At:
        return _At(self.words, f"{self.path} / {name}" if self.path else name)

    def change(self, old: str | None, new: str | None, stable_id: str) -> Change:
        return Change(self.path, old, new, stable_id)


def diff(old: PlanDraft, new: PlanDraft, words: Mapping[str, str] = CHINESE) -> list[Change]:
    """Return every difference that matters to the plan, in the order of the new draft, told in those words.

    Parts are paired by stable id, or without one by number and name; the order of parts, places, findings
    and revisions are no differences. The same draft gives no changes.
    """
    top = _At(words)
    before, moves = _moved(top, old, new)
    return [
        *_fields(top.part(words["plan"]), old.document, new.document, _keys("plan.", *layout.PLAN_LABELS)),
        *_phases(top.part(words["plan"]), old, new),
        *moves,
        *_parts(top, before, new.projects, _project_name, _project_changes),
    ]


def _moved(top: _At, old: PlanDraft, new: PlanDraft) -> tuple[list[ProjectDraft], list[Change]]:
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
            names = (_project_name(project), _project_name(kept[home.stable_id]))
            at = top.part(names[1]).part(_project_name(one)).part(top.words["home"])
            moves.append(at.change(*names, one.stable_id))
        left.append(replace(project, subtasks=staying))
    return [replace(one, subtasks=[*one.subtasks, *added.get(one.stable_id, [])]) for one in left], moves


def _phases(plan: _At, old: PlanDraft, new: PlanDraft) -> Iterator[Change]:
    before = {phase.name: phase.ends_on for phase in old.phases}
    after = {phase.name: phase.ends_on for phase in new.phases}
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            at = plan.part(plan.words.get(f"phase.{name}", plan.words["phase"] + name))
            ends = _text(before.get(name), at.words), _text(after.get(name), at.words)
            yield at.change(*ends, new.document.stable_id)


def _parts(
    at: _At,
    old: Sequence[_Part],
    new: Sequence[_Part],
    name_of: Callable[[_Part], str],
    changes_of: Callable[[_At, _Part, _Part], Iterator[Change]],
) -> Iterator[Change]:
    pairs, gone = _pairs(old, new, name_of)
    for before, after in pairs:
        own = at.part(name_of(before if before is not None else after))
        if before is None:
            yield own.change(None, _summary(after, at.words), "")
        else:
            yield from changes_of(own, before, after)
    for before in gone:
        stable_id = getattr(before, "stable_id", "")
        yield at.part(name_of(before)).change(_summary(before, at.words), None, stable_id)


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


def _project_changes(at: _At, old: ProjectDraft, new: ProjectDraft) -> Iterator[Change]:
    yield from _fields(at, old, new, _PROJECT)
    yield from _parts(at, old.subtasks, new.subtasks, _project_name, _subtask_changes)


def _subtask_changes(at: _At, old: SubTaskDraft, new: SubTaskDraft) -> Iterator[Change]:
    words = at.words
    yield from _fields(at, old, new, _SUBTASK)
    for group in dict.fromkeys((*old.members, *new.members)):
        before, after = _text(old.members.get(group), words), _text(new.members.get(group), words)
        if before != after:
            yield at.part(words["members"].format(group=group)).change(before, after, new.stable_id)
    for change in _fields(at, old.deadline, new.deadline, _DEADLINE):
        yield Change(change.path, change.old, change.new, new.stable_id)
    names = {kind: _named(words[kind]) for kind in ("indicator", "milestone", "progress")}
    yield from _parts(at, old.indicators, new.indicators, names["indicator"], _indicator_changes)
    yield from _parts(at, old.milestones, new.milestones, names["milestone"], _milestone_changes)
    yield from _parts(at, old.progress, new.progress, names["progress"], _progress_changes)


def _indicator_changes(at: _At, old: IndicatorDraft, new: IndicatorDraft) -> Iterator[Change]:
    yield from _fields(at, old, new, _INDICATOR)
    for unit in dict.fromkeys((*old.quotas, *new.quotas)):
        before, after = old.quotas.get(unit), new.quotas.get(unit)
        if before != after:
            figures = _text(before, at.words), _text(after, at.words)
            yield at.part(f"{at.words['quota']} {unit}").change(*figures, new.stable_id)


def _milestone_changes(at: _At, old: MilestoneDraft, new: MilestoneDraft) -> Iterator[Change]:
    return _fields(at, old, new, _MILESTONE)


def _progress_changes(at: _At, old: ProgressDraft, new: ProgressDraft) -> Iterator[Change]:
    return _fields(at, old, new, _PROGRESS)


def _fields(at: _At, old: Any, new: Any, fields: _Fields) -> Iterator[Change]:
    for name, key in fields.items():
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            code = name if name in _CODED else ""
            texts = _text(before, at.words, code), _text(after, at.words, code)
            yield at.part(at.words[key]).change(*texts, getattr(new, "stable_id", ""))


def _text(value: Any, words: Mapping[str, str], code: str = "") -> str | None:
    if value is None or value == "" or value == [] or value == ():
        return None
    if isinstance(value, list | tuple):
        return words["list"].join(_item(item) for item in value)
    if isinstance(value, str):
        return words.get(f"{code}.{value}", value) if code else value
    return _item(value)


def _item(item: Any) -> str:
    if hasattr(item, "quantity"):
        return f"{item.subject} {_figure(item)}".strip()
    return plain(item) if hasattr(item, "as_tuple") else str(item)


def _figure(item: Any) -> str:
    """With its unit, after a space where that is a word in letters."""
    space = " " if item.unit[:1].isascii() and item.unit[:1].isalpha() else ""
    return f"{plain(item.quantity)}{space}{item.unit}"


def _summary(part: Any, words: Mapping[str, str]) -> str:
    if isinstance(part, IndicatorDraft):
        return f"{words.get(f'comparator.{part.comparator}', part.comparator)} {_figure(part)}"
    if isinstance(part, MilestoneDraft | ProgressDraft):
        told = (part.text, _text(part.quantities, words))
        return words["and"].join(text for text in told if text) or words["empty"]
    return str(part.title)


def _project_name(part: ProjectDraft | SubTaskDraft) -> str:
    return f"{part.no} {part.title}".strip()


def _named(kind: str) -> Callable[[Any], str]:
    """How an indicator, a milestone or a report is called, after the word for what it is."""

    def name(part: Any) -> str:
        if isinstance(part, IndicatorDraft):
            return f"{kind} {part.subject or part.unit}".strip()
        return f"{kind} {part.period or getattr(part, 'due_on', '') or ''}".strip()

    return name
