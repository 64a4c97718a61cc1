"""A stored plan and a later document without hidden numbers become the plan as it should be, value in, value out."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise

from engine.errors import DubanError
from intake.draft import (
    Finding,
    IndicatorDraft,
    MilestoneDraft,
    PlanDraft,
    ProjectDraft,
    QuantityDraft,
    SubTaskDraft,
)
from intake.matching import bare
from intake.number_text import plain
from intake.table import Place
from workflows.check_draft import unbound
from workflows.match_figures import match_figures
from workflows.pair_tasks import UNSURE_MATCH, TaskPairs, pair_tasks, shown_name, subtasks_of
from workflows.store_draft import due_date, period_end

NOT_IN_DOCUMENT = "NOT_IN_DOCUMENT"
WITHDRAW, DELETE = "终止", "删去"
# Findings of the document by itself that the plan settles or that are told anew with what it has.
SETTLED = frozenset(
    "NO_LEAD_UNIT NO_YEAR MILESTONE_WITHOUT_DATE PROGRESS_WITHOUT_MONTH FIGURE_UNMATCHED".split()
)
ANSWERABLE = (UNSURE_MATCH, NOT_IN_DOCUMENT)
MOST_SHOWN = 5
ADDING_UP = ("delivery", "coverage")
Answers = Sequence[tuple[str, str]]


@dataclass(slots=True)
class Merged:
    """The plan as the document wants it; ``withdrawn`` are the ids of sub-tasks to be terminated."""

    plan: PlanDraft
    findings: list[Finding] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)


def merge(
    old: PlanDraft, told: PlanDraft, answers: Answers = (), closed: frozenset[str] = frozenset()
) -> Merged:
    """A progress table adds reports and milestones; any other document also changes what it tells otherwise.

    Nothing is removed unless an answer says so: what the document no longer names is a finding. Raises
    DubanError NOTHING_MATCHES, and BAD_CHOICE for an answer that fits nothing.
    """
    pairs = pair_tasks(old, told, [value for code, value in answers if code == UNSURE_MATCH], closed)
    if not pairs.continued:
        raise _nothing_matches(pairs.findings)
    amends = told.document.kind != "progress"
    merging = _Merging(old, told, pairs, [value for code, value in answers if code == NOT_IN_DOCUMENT])
    merged = merging.amended() if amends else merging.reported()
    merging.refuse_unused_answers()
    merged.findings = [*pairs.findings, *merged.findings]
    return merged


@dataclass(slots=True)
class _Merging:
    old: PlanDraft
    told: PlanDraft
    pairs: TaskPairs
    answers: list[str]
    findings: list[Finding] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def reported(self) -> Merged:
        """The old plan with the progress and the milestones that the table adds for its months."""
        plan = copy.deepcopy(self.old)
        copies = {one.stable_id: one for one in subtasks_of(plan)}
        for n, o in self.pairs.continued.items():
            self._add_months(copies[self.pairs.stored[o].stable_id], self.pairs.told[n])
        for n in self.pairs.added:
            message = f"计划里没有“{shown_name(self.pairs.told[n])}”：进展表不增加任务，没有导入。"
            self._note("NOT_IN_PLAN", self.pairs.told[n], message)
        return Merged(plan, self.findings)

    def amended(self) -> Merged:
        """The old plan in the order of the new document, with what it changes and adds."""
        plan = copy.deepcopy(self.old)
        plan.phases = copy.deepcopy(self.told.phases) or plan.phases
        owners = _continued_projects(self.old, self.told, self.pairs)
        plan.projects = [
            found for one in self.told.projects if (found := self._project(one, owners)) is not None
        ]
        withdrawn = self._keep_the_rest(plan)
        return Merged(plan, self.findings, withdrawn)

    def refuse_unused_answers(self) -> None:
        """Raises BAD_CHOICE for an answer that no finding has asked for."""
        unused = [answer for answer in self.answers if answer not in self.used]
        if unused:
            raise no_such_choice(NOT_IN_DOCUMENT, unused[0])

    def _project(self, told: ProjectDraft, owners: Mapping[int, ProjectDraft]) -> ProjectDraft | None:
        places = {id(one): place for place, one in enumerate(self.pairs.told)}
        subtasks = [
            found for one in told.subtasks if (found := self._subtask(one, places[id(one)])) is not None
        ]
        owner = owners.get(id(told))
        if owner is None:
            fresh = copy.copy(told)
            fresh.subtasks = subtasks
            return fresh if subtasks else None
        project = copy.copy(owner)
        project.subtasks = subtasks
        # Of a project whose tasks are all unsure nothing is taken.
        for name in ("no", "title", "leaders", "lead_units", "cooperating_units") if subtasks else ():
            if value := getattr(told, name):
                setattr(project, name, list(value) if isinstance(value, list) else value)
        return project

    def _subtask(self, told: SubTaskDraft, place: int) -> SubTaskDraft | None:
        """The stored one as it is now told, a new one, or nothing where that is not certain."""
        if place in self.pairs.added:
            self._note_if_unled(told)
            return copy.deepcopy(told)
        if place not in self.pairs.continued:
            return None
        subtask = copy.deepcopy(self.pairs.stored[self.pairs.continued[place]])
        name = self.pairs.stored_names[self.pairs.continued[place]]
        for field_name in (
            "no",
            "title",
            "lead_units",
            "executing_units",
            "responsible",
            "level",
            "starts_on",
        ):
            if value := getattr(told, field_name):
                setattr(subtask, field_name, copy.copy(value))
        if told.cooperating_units or any(one.cooperating_units for one in self.pairs.told):
            subtask.cooperating_units = list(told.cooperating_units)
        if told.deadline.text or told.deadline.date:
            subtask.deadline = copy.copy(told.deadline)
        self._indicators(subtask, told, name)
        self._add_months(subtask, told)
        return subtask

    def _note_if_unled(self, told: SubTaskDraft) -> None:
        self.findings += unbound(told)
        if not told.lead_units:
            message = f"新任务“{shown_name(told)}”没有牵头单位：作为草稿入库，补上牵头单位之前不催办。"
            self.findings.append(Finding("warning", "NO_LEAD_UNIT", told.where, told.title, message))

    def _indicators(self, subtask: SubTaskDraft, told: SubTaskDraft, name: str) -> None:
        figures = [QuantityDraft(one.subject, one.quantity, one.unit, one.quote) for one in told.indicators]
        continued = match_figures(figures, subtask.indicators)
        kept = subtask.indicators.copy()
        for place, indicator in enumerate(told.indicators):
            if place in continued:
                self._indicator(kept[continued[place]], indicator, told)
            else:
                subtask.indicators.append(copy.deepcopy(indicator))
        for place, gone in enumerate(kept):
            if place not in continued.values() and self._is_deleted(subtask, gone, name, told):
                subtask.indicators.remove(gone)

    def _indicator(self, stored: IndicatorDraft, told: IndicatorDraft, subtask: SubTaskDraft) -> None:
        total, quantity = sum(stored.quotas.values(), Decimal(0)), stored.quantity
        for name in ("quantity", "comparator", "kind", "quote", "level"):
            setattr(stored, name, getattr(told, name))
        stored.unit, stored.subject = told.unit or stored.unit, stored.subject or told.subject
        if told.quotas:
            stored.quotas = dict(told.quotas)
        elif stored.quotas and total == quantity != stored.quantity:
            message = (
                f"“{stored.subject}”改为 {plain(stored.quantity)}{stored.unit}，原来的分解量合计 {plain(total)}"
                f"{stored.unit} 没有跟着改：请补报分解量。"
            )
            self.findings.append(Finding("warning", "SUM_MISMATCH", told.where, told.quote, message))

    def _is_deleted(self, subtask: SubTaskDraft, gone: IndicatorDraft, name: str, told: SubTaskDraft) -> bool:
        wording = f"{plain(gone.quantity)}{gone.unit}"
        answer = f"{name}/{gone.subject or wording}={DELETE}"
        if answer in self.answers:
            self.used.add(answer)
            return True
        message = (
            f"新文件里“{shown_name(subtask)}”没有指标“{gone.subject} {wording}”：仍保留；确已取消请选择删去。"
        )
        self.findings.append(Finding("warning", NOT_IN_DOCUMENT, told.where, told.title, message, (answer,)))
        return False

    def _keep_the_rest(self, plan: PlanDraft) -> list[str]:
        """What the document does not name stays in its project; returns the ids of what an answer withdraws."""
        placed = {one.stable_id for one in subtasks_of(plan)}
        homes = {one.stable_id: one for one in plan.projects if one.stable_id}
        names = {one.stable_id: place for place, one in enumerate(self.pairs.stored)}
        withdrawn = []
        for project in self.old.projects:
            rest = [one for one in project.subtasks if one.stable_id not in placed]
            if project.stable_id in homes:
                homes[project.stable_id].subtasks += copy.deepcopy(rest)
            elif rest or not project.subtasks:
                plan.projects.append(copy.copy(project))
                plan.projects[-1].subtasks = copy.deepcopy(rest)
            gone = [one for one in rest if names.get(one.stable_id, -1) not in self.pairs.doubtful | {-1}]
            withdrawn += [one.stable_id for one in gone if self._is_withdrawn(one, names[one.stable_id])]
        return withdrawn

    def _is_withdrawn(self, gone: SubTaskDraft, place: int) -> bool:
        answer = f"{self.pairs.stored_names[place]}={WITHDRAW}"
        if answer in self.answers:
            self.used.add(answer)
            return True
        message = f"新文件里没有“{shown_name(gone)}”：仍保留，照常催办；确已取消请选择{WITHDRAW}。"
        self.findings.append(Finding("warning", NOT_IN_DOCUMENT, Place(), gone.title, message, (answer,)))
        return False

    def _add_months(self, subtask: SubTaskDraft, told: SubTaskDraft) -> None:
        """The months that the document tells, with its figures under the names of the indicators they count for."""
        self.findings += unbound(replace(told, indicators=subtask.indicators))
        for milestone in told.milestones:
            if due_date(milestone) is None:
                continue
            figures = _bound(milestone.quantities, subtask.indicators)
            known = next((one for one in subtask.milestones if when(one) == when(milestone)), None)
            if known is None:
                subtask.milestones.append(replace(milestone, quantities=figures))
            else:
                known.text, known.quantities = milestone.text, figures
        dated = [one for one in told.progress if period_end(one.period) is not None]
        periods = {one.period for one in dated}
        reports = [one for one in subtask.progress if one.period not in periods]
        reports += [replace(one, quantities=_bound(one.quantities, subtask.indicators)) for one in dated]
        subtask.progress = sorted(reports, key=lambda one: one.period)
        self._check_falls(subtask, periods)

    def _check_falls(self, subtask: SubTaskDraft, periods: set[str]) -> None:
        """What adds up over the year cannot become less from one month to the next."""
        for place, indicator in enumerate(subtask.indicators):
            if indicator.kind not in ADDING_UP:
                continue
            known = [
                (report, report.quantities[figure].quantity)
                for report in subtask.progress
                for figure, i in match_figures(report.quantities, subtask.indicators).items()
                if i == place
            ]
            for (before, less), (after, more) in pairwise(known):
                if more < less and {before.period, after.period} & periods:
                    message = (
                        f"“{shown_name(subtask)}”的“{indicator.subject}”在 {before.period} 是 {plain(less)}"
                        f"{indicator.unit}，在 {after.period} 却是 {plain(more)}{indicator.unit}，累计数变少了：请核对。"
                    )
                    told = after if after.period in periods else before
                    self.findings.append(Finding("warning", "FIGURE_FALLS", told.where, told.text, message))

    def _note(self, code: str, subtask: SubTaskDraft, message: str) -> None:
        self.findings.append(Finding("note", code, subtask.where, subtask.title, message))


def _continued_projects(old: PlanDraft, told: PlanDraft, pairs: TaskPairs) -> dict[int, ProjectDraft]:
    """The old project that each told one continues: of the same title, else the one most of its tasks come from."""
    home = {id(one): o for o, project in enumerate(old.projects) for one in project.subtasks}
    places = {id(one): place for place, one in enumerate(pairs.told)}
    titled = {bare(project.title): o for o, project in enumerate(old.projects)}
    votes: Counter[tuple[int, int]] = Counter()
    for t, project in enumerate(told.projects):
        for one in project.subtasks:
            stored = pairs.continued.get(places[id(one)])
            if stored is not None:
                votes[t, home[id(pairs.stored[stored])]] += 1
        if (o := titled.get(bare(project.title))) is not None:
            votes[t, o] += len(pairs.told)
    found: dict[int, ProjectDraft] = {}
    taken: set[int] = set()
    for (t, o), _ in sorted(votes.items(), key=lambda vote: (-vote[1], vote[0])):
        if id(told.projects[t]) not in found and o not in taken:
            found[id(told.projects[t])] = old.projects[o]
            taken.add(o)
    return found


def _bound(figures: Sequence[QuantityDraft], indicators: Sequence[IndicatorDraft]) -> list[QuantityDraft]:
    """The figures as they are stored: each under its indicator, in the indicators' order."""
    taken = {place: figures[figure] for figure, place in match_figures(figures, indicators).items()}
    return [
        QuantityDraft(one.subject, taken[place].quantity, one.unit)
        for place, one in enumerate(indicators)
        if place in taken
    ]


def _nothing_matches(unsure: Sequence[Finding]) -> DubanError:
    choices = [f"--choose {one.code}={one.alternatives[0]}" for one in unsure[:MOST_SHOWN]]
    hint = f"；若确是这个计划，请指明一个：{'，'.join(choices)}" if choices else ""
    return DubanError(
        "NOTHING_MATCHES",
        f"文件里没有一个任务和这个计划确定对得上（按名称和指标）：请核对文件，或去掉 --into 另建计划{hint}。",
    )


def no_such_choice(code: str, value: str) -> DubanError:
    """The refusal of an answer that nothing has asked for."""
    return DubanError("BAD_CHOICE", f"没有“{code}={value}”这个选择：请照提示里给出的写法。")


def when(milestone: MilestoneDraft) -> tuple[str, object]:
    """What tells milestones of one sub-task apart."""
    return milestone.period, milestone.due_on
