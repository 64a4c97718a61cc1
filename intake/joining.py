"""A responsibility list and a quota table of the same projects become one reading."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from intake.draft import Finding, ProjectDraft
from intake.figures import same_figures
from intake.numerals import ordinal
from intake.quantities import read_indicators

_SAME = 0.5  # share of common text from which two wordings with the same figures are one promise
_ALIKE = 0.8  # the same without figures
_SUPPLIED = ("lead_units", "responsible", "leaders", "deadline", "level")


def belong_together(fine: list[ProjectDraft], coarse: list[ProjectDraft]) -> bool:
    """True when most projects of one table stand in the other under the same number with a like promise."""
    pairs = [(one, other) for one in fine if (other := _counterpart(one, coarse))]
    matching = [one for one, other in pairs if any(_has_clause(other, sub.title) for sub in one.subtasks)]
    return len(fine) > 0 and 2 * len(matching) > len(fine)


def supply(fine: list[ProjectDraft], coarse: list[ProjectDraft]) -> list[Finding]:
    """Give the quota table's projects the title, leaders and units of the list; name clauses it has beyond it."""
    findings: list[Finding] = []
    for project in fine:
        listed = _counterpart(project, coarse)
        if listed is None:
            continue
        row = listed.subtasks[0] if listed.subtasks else None
        project.title = listed.title
        project.leaders = [name for sub in listed.subtasks for name in sub.leaders] or project.leaders
        project.lead_units = list(dict.fromkeys(name for sub in listed.subtasks for name in sub.lead_units))
        project.cooperating_units = list(
            dict.fromkeys(n for sub in listed.subtasks for n in sub.cooperating_units)
        )
        _pair_leaders(project)
        if row is not None:
            _inherit(project, listed)
        _name_sources(project, listed)
        findings += _beyond(project, listed)
    return findings


def said_again(told: list[ProjectDraft], known: list[ProjectDraft]) -> list[ProjectDraft]:
    """Those of ``told`` that ``known`` holds already; all of them where most are held."""
    clauses = [sub.title for project in known for sub in project.subtasks] + [one.title for one in known]
    again = [
        project
        for project in told
        if any(_same_promise(sub.title, clause) for sub in project.subtasks for clause in clauses)
    ]
    return told if 2 * len(again) > len(told) else again


def _counterpart(project: ProjectDraft, others: list[ProjectDraft]) -> ProjectDraft | None:
    number = ordinal(project.no)
    return next((other for other in others if number is not None and ordinal(other.no) == number), None)


def _inherit(project: ProjectDraft, listed: ProjectDraft) -> None:
    """What the quota table does not say about a sub-task is said by the list for its project."""
    for subtask in project.subtasks:
        if not subtask.lead_units and len(project.lead_units) == 1:
            subtask.lead_units = list(project.lead_units)
        if not subtask.responsible and len(listed.subtasks) == 1 and len(project.lead_units) == 1:
            subtask.responsible = list(listed.subtasks[0].responsible)
        if subtask.deadline.text is None and len(listed.subtasks) == 1:
            subtask.deadline = listed.subtasks[0].deadline
        if not subtask.level and len(listed.subtasks) == 1:
            subtask.level = list(listed.subtasks[0].level)


def _name_sources(project: ProjectDraft, listed: ProjectDraft) -> None:
    """What a sub-task has from the list was read where the list says it."""
    for subtask in project.subtasks:
        own = {source.field for source in subtask.sources}
        subtask.sources += [
            source
            for row in listed.subtasks
            for source in row.sources
            if source.field not in own and source.field in _SUPPLIED and getattr(subtask, source.field)
        ]


def _pair_leaders(project: ProjectDraft) -> None:
    """Leaders stand in the order of the lead units; a single leader is in charge of all."""
    if len(project.leaders) == len(project.lead_units):
        charge = dict(zip(project.lead_units, project.leaders, strict=True))
    elif len(project.leaders) == 1:
        charge = dict.fromkeys(project.lead_units, project.leaders[0])
    else:
        return
    for subtask in project.subtasks:
        subtask.leaders = list(dict.fromkeys(charge[unit] for unit in subtask.lead_units if unit in charge))


def _beyond(project: ProjectDraft, listed: ProjectDraft) -> list[Finding]:
    findings: list[Finding] = []
    for row in listed.subtasks:
        for clause in _list_clauses(row.title):
            if not any(_same_promise(clause, subtask.title) for subtask in project.subtasks):
                message = "责任清单中的这项任务在分解表里没有对应的行，未单独立为子任务。请核对是否需要补充。"
                findings.append(Finding("warning", "CLAUSE_NOT_IN_TABLE", row.where, clause, message))
    return findings


def _has_clause(listed: ProjectDraft, title: str) -> bool:
    clauses = [clause for row in listed.subtasks for clause in _list_clauses(row.title)]
    return any(_same_promise(clause, title) for clause in clauses)


def _list_clauses(text: str) -> list[str]:
    return [clause.strip() for clause in re.split(r"[；;。\n]", text) if clause.strip()]


def _same_promise(clause: str, title: str) -> bool:
    """The same figures and half the words, or nearly the same words: 创建3个省级社区, 创建省级社区3个."""
    likeness = _likeness(clause, title)
    if likeness >= _ALIKE and not (read_indicators(clause) or read_indicators(title)):
        return True
    figures, others = read_indicators(clause), read_indicators(title)
    shared = [one for one in figures if any(same_figures(one, other) for other in others)]
    return bool(shared) and likeness >= _SAME


def _likeness(one: str, other: str) -> float:
    first, second = _bare(one), _bare(other)
    common = sum(min(first.count(char), second.count(char)) for char in set(first))
    together = 2 * common / max(1, len(first) + len(second))
    return max(together, SequenceMatcher(None, first, second).ratio())


def _bare(text: str) -> str:
    return re.sub(r"\W|\d", "", text)
