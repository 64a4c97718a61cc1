"""Which task of a later document continues which stored one, as far as it is certain or has been answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.errors import DubanError
from intake.draft import Finding, PlanDraft, ProjectDraft, SubTaskDraft
from intake.matching import Match, Task, match

UNSURE_MATCH = "UNSURE_MATCH"
NEW_TASK = "新增"
WHY = {
    "title": "名称相近",
    "indicator": "指标相同",
    "lead": "牵头单位相同",
    "project": "项目相同",
    "no": "序号相同",
}


@dataclass(slots=True)
class TaskPairs:
    """``continued`` leads from positions of told tasks to stored ones; ``doubtful`` stored ones may be meant.

    ``added`` are the positions of told tasks that no stored one corresponds to.
    """

    stored: list[SubTaskDraft]
    told: list[SubTaskDraft]
    stored_names: list[str]
    told_names: list[str]
    continued: dict[int, int] = field(default_factory=dict)
    added: list[int] = field(default_factory=list)
    doubtful: set[int] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)


def pair_tasks(old: PlanDraft, told: PlanDraft, answers: Sequence[str], closed: frozenset[str]) -> TaskPairs:
    """The pairs; what is unsure is paired with nothing and becomes a finding with its alternatives.

    ``answers`` are what a coordinator has chosen (``2.3=1.1``, ``2.3=新增``), by number or title;
    ``closed`` are the ids of stored tasks that no document continues any more. Raises BAD_CHOICE.
    """
    stored = [one for one in subtasks_of(old) if one.stable_id not in closed]
    fresh = subtasks_of(told)
    pairs = TaskPairs(stored, fresh, task_names(stored), task_names(fresh))
    answered = [_answer(pairs, answer) for answer in answers]
    _take_answers(pairs, answered)
    free_old = [o for o in range(len(stored)) if o not in pairs.continued.values()]
    free_new = [n for n in range(len(fresh)) if n not in dict(answered)]
    old_tasks, new_tasks = _tasks(old), _tasks(told)
    for one in match(
        [old_tasks[id(stored[o])] for o in free_old], [new_tasks[id(fresh[n])] for n in free_new]
    ):
        _sort_in(pairs, one, free_old, free_new)
    return pairs


def subtasks_of(draft: PlanDraft) -> list[SubTaskDraft]:
    """All sub-tasks in the document's order."""
    return [subtask for project in draft.projects for subtask in project.subtasks]


def task_names(subtasks: Sequence[SubTaskDraft]) -> list[str]:
    """What a person writes to mean each: its number, else its title, else both or its place in the list."""
    numbers, titles = Counter(one.no for one in subtasks), Counter(one.title for one in subtasks)
    both = Counter((one.no, one.title) for one in subtasks)

    def name(place: int, one: SubTaskDraft) -> str:
        if one.no and numbers[one.no] == 1:
            return one.no
        if one.title and titles[one.title] == 1:
            return one.title
        return f"{one.no} {one.title}" if both[one.no, one.title] == 1 else f"第{place}项"

    return [name(place, one) for place, one in enumerate(subtasks, 1)]


def _tasks(draft: PlanDraft) -> dict[int, Task]:
    return {id(one): _task(project, one) for project in draft.projects for one in project.subtasks}


def _task(project: ProjectDraft, one: SubTaskDraft) -> Task:
    return Task(
        title=one.title,
        project=project.title,
        leads=tuple(sorted(one.lead_units or project.lead_units)),
        promises=tuple((i.subject, i.unit, i.quantity) for i in one.indicators),
        also=project.title if len(project.subtasks) == 1 and project.title != one.title else "",
        no=one.no,
    )


def _answer(pairs: TaskPairs, answer: str) -> tuple[int, int | None]:
    """Positions of the told task and of the stored one, ``None`` for a new task."""
    new, _, old = answer.rpartition("=")
    told, stored = (
        _position(pairs.told_names, pairs.told, new),
        _position(pairs.stored_names, pairs.stored, old),
    )
    if told is None or (stored is None and old != NEW_TASK):
        wrong = f"文件里没有任务“{new}”" if told is None else f"计划里没有任务“{old}”"
        raise DubanError(
            "BAD_CHOICE",
            f"{wrong}：请写 --choose {UNSURE_MATCH}=新文件的序号=计划的序号，新任务写 {NEW_TASK}。",
        )
    return told, stored


def _position(names: Sequence[str], subtasks: Sequence[SubTaskDraft], text: str) -> int | None:
    if text in names:
        return names.index(text)
    titled = [place for place, one in enumerate(subtasks) if one.title == text]
    return titled[0] if len(titled) == 1 else None


def _take_answers(pairs: TaskPairs, answered: Sequence[tuple[int, int | None]]) -> None:
    for told, stored in answered:
        if stored is None:
            pairs.added.append(told)
        elif told in pairs.continued or stored in pairs.continued.values():
            name = pairs.stored_names[stored]
            raise DubanError("BAD_CHOICE", f"“{name}”被选了两次：计划的一个任务只能接新文件的一个任务。")
        else:
            pairs.continued[told] = stored


def _sort_in(pairs: TaskPairs, one: Match, free_old: Sequence[int], free_new: Sequence[int]) -> None:
    if one.new is None:
        return
    told = free_new[one.new]
    if one.old is None:
        pairs.added.append(told)
    elif one.verdict == "certain":
        pairs.continued[told] = free_old[one.old]
    else:
        meant = [free_old[place] for place in (one.old, *one.others)]
        pairs.doubtful.update(meant)
        pairs.findings.append(_unsure(pairs, told, meant, one.why))


def _unsure(pairs: TaskPairs, told: int, meant: Sequence[int], why: Sequence[str]) -> Finding:
    subtask, name = pairs.told[told], pairs.told_names[told]
    shown = " 或 ".join(shown_name(pairs.stored[place]) for place in meant)
    reason = "，".join(WHY[one] for one in why)
    message = (
        f"“{shown_name(subtask)}”可能是计划里的 {shown}{f'（{reason}）' if reason else ''}，不能确定，"
        f"没有导入：请指明是哪一个，都不是就选 {NEW_TASK}。"
    )
    alternatives = (*(f"{name}={pairs.stored_names[place]}" for place in meant), f"{name}={NEW_TASK}")
    return Finding("warning", UNSURE_MATCH, subtask.where, subtask.title, message, alternatives)


def shown_name(part: ProjectDraft | SubTaskDraft) -> str:
    """Number and title."""
    return f"{part.no} {part.title}".strip()
