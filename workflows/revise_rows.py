"""The walk through a stored plan and its edited draft: rows become what the draft says, and are remembered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from db import imports, plans, tables
from db.journal import Journal
from db.plan_rows import PlanRows
from db.plans import LEADING
from db.units import ensure_posts, ensure_units, stored_id
from engine.errors import DubanError
from engine.model import State
from intake.draft import IndicatorDraft, MilestoneDraft, PlanDraft, ProjectDraft, SubTaskDraft
from workflows.import_plan import phase_rows
from workflows.match_figures import match_figures
from workflows.store_draft import (
    Binding,
    Storing,
    add_indicators,
    add_milestones,
    add_projects,
    add_reports,
    add_subtasks,
    bindings,
    due_date,
    quota_rows,
    unit_kinds,
)

REFUSED = "REVISION_REFUSED"


@dataclass(slots=True)
class Revising:
    """The walk through both drafts, part by part, by stable id."""

    storing: Storing
    rows: PlanRows
    journal: Journal
    touched: set[int] = field(default_factory=set)  # sub-tasks that the rules must look at again
    whole_plan: bool = False

    @property
    def session(self) -> Session:
        """The transaction's session."""
        return self.storing.session

    def apply(self, old: PlanDraft, new: PlanDraft) -> None:
        """The rows are as the new draft says."""
        self._plan(old, new)
        project_ids = self._projects(new.projects)
        kept = {subtask.stable_id for project in new.projects for subtask in project.subtasks}
        self._remove_subtasks([row for row in self._all_subtasks() if f"S{row.id}" not in kept])
        position = 0
        for key, project in zip(project_ids, new.projects, strict=True):
            for subtask in project.subtasks:
                self._subtask(key, position, subtask)
                position += 1
        gone = [
            row for row in self.rows.projects if f"J{row.id}" not in {one.stable_id for one in new.projects}
        ]
        self.journal.remove(gone)
        if gone or any(not project.stable_id for project in new.projects):
            self._touch(self.rows.plan)

    def terminate(self, stable_ids: Sequence[str]) -> None:
        """These sub-tasks are terminated; what they promised and reported stays on record."""
        for row in self._all_subtasks():
            if f"S{row.id}" in stable_ids and self.journal.change(row, state=State.TERMINATED.value):
                self.touched.add(stored_id(row.id))

    def check_again(self, now: datetime) -> None:
        """The next sweep looks at what changed."""
        plan = plans.load_plan(self.session, self.storing.plan_id)
        today = now.astimezone(plans.zone_of(plan)).date()
        if self.whole_plan:
            plans.check_plan_again(self.session, plan.id, today)
        plans.check_again(self.session, sorted(self.touched), today)

    def _plan(self, old: PlanDraft, new: PlanDraft) -> None:
        facts = new.document
        values = {
            "title": facts.title or old.document.title,
            "number": facts.number,
            "issuer": facts.issuer,
            "issued_on": facts.issued_on,
            "year": facts.year or old.document.year,
            "kind": facts.kind,
        }
        self.whole_plan = self.journal.change(self.rows.plan, **values)
        if self.whole_plan or old.phases != new.phases:
            fresh = phase_rows(self.rows.plan, new.phases)
            self.journal.replace(tables.Phase, "plan_id", self.storing.plan_id, fresh)
            self._touch(self.rows.plan)
            self.whole_plan = True

    def _projects(self, projects: Sequence[ProjectDraft]) -> list[int]:
        """Their ids in the draft's order."""
        rows = {f"J{row.id}": row for row in self.rows.projects}
        ids = []
        for position, project in enumerate(projects):
            row = rows.get(project.stable_id)
            if row is None:
                (key,) = add_projects(self.storing, [(position, project)])
                self.journal.remember_new("projects", [key])
            else:
                key = stored_id(row.id)
                self.journal.place(row, position)
                self.journal.change(
                    row,
                    no=project.no,
                    title=project.title,
                    leaders=project.leaders,
                    lead_units=project.lead_units,
                    cooperating_units=project.cooperating_units,
                )
            ids.append(key)
        return ids

    def _subtask(self, project_id: int, position: int, subtask: SubTaskDraft) -> None:
        row = self.session.get(tables.SubTask, int(subtask.stable_id[1:])) if subtask.stable_id else None
        if row is None:
            (key,) = add_subtasks(self.storing, [(project_id, position, subtask)])
            self.journal.remember_new("subtasks", [key])
            self._touch(self.session.get_one(tables.Project, project_id))
            return
        key = stored_id(row.id)
        self.journal.place(row, position)
        changed = self.journal.change(
            row,
            project_id=project_id,
            no=subtask.no,
            title=subtask.title,
            state=_state(row.state, subtask),
            starts_on=subtask.starts_on,
            deadline=subtask.deadline.date,
            deadline_text=subtask.deadline.text,
            responsible=subtask.responsible,
            level=subtask.level,
        )
        units = ensure_units(self.session, self.storing.book, unit_kinds([subtask]), self.storing.made)
        bound = self._assignments(row, subtask, units)
        indicators, promised = self._indicators(row, subtask, units)
        planned = self._milestones(row, subtask, indicators)
        reported = self._progress(key, subtask, indicators)
        if changed or bound or promised or planned or reported:
            self.touched.add(key)

    def _assignments(self, row: tables.SubTask, subtask: SubTaskDraft, units: dict[str, int]) -> bool:
        key = stored_id(row.id)
        wanted = bindings(subtask, units, self.storing.book)
        known = self.rows.assignments.get(key, [])
        if wanted == [Binding(one.role, one.unit_id, one.group_id) for one in known]:
            return False
        fresh = [
            tables.Assignment(subtask_id=key, position=position, **asdict(one))
            for position, one in enumerate(wanted)
        ]
        self.journal.replace(tables.Assignment, "subtask_id", key, fresh)
        leads = [one.unit_id for one in wanted if one.role in LEADING]
        ensure_posts(self.session, leads, "liaison", self.storing.made)
        self._touch(row)
        return True

    def _indicators(
        self, row: tables.SubTask, subtask: SubTaskDraft, units: dict[str, int]
    ) -> tuple[list[int], bool]:
        """The ids in the draft's order, and whether anything differs."""
        stored = {f"I{one.id}": one for one in self.rows.indicators.get(stored_id(row.id), [])}
        gone = [
            one for key, one in stored.items() if key not in {one.stable_id for one in subtask.indicators}
        ]
        self._remove_indicators(gone)
        changed, ids, added = bool(gone), [], False
        for position, indicator in enumerate(subtask.indicators):
            known = stored.get(indicator.stable_id)
            if known is None:
                ids.append(self._add_indicator(stored_id(row.id), position, indicator, units))
                added = True
                continue
            ids.append(stored_id(known.id))
            self.journal.place(known, position)
            changed |= self._change_indicator(known, indicator, units)
        if gone or added:
            self._touch(row)
        return ids, changed or added

    def _add_indicator(
        self, subtask_id: int, position: int, indicator: IndicatorDraft, units: dict[str, int]
    ) -> int:
        holder = SubTaskDraft("", "", indicators=[indicator])
        (key,) = add_indicators(self.storing, [(subtask_id, holder)], units)[subtask_id]
        self.session.get_one(tables.Indicator, key).position = position
        self.journal.remember_new("indicators", [key])
        return key

    def _change_indicator(
        self, row: tables.Indicator, indicator: IndicatorDraft, units: dict[str, int]
    ) -> bool:
        key = stored_id(row.id)
        changed = self.journal.change(
            row,
            subject=indicator.subject,
            quantity=indicator.quantity,
            unit=indicator.unit,
            comparator=indicator.comparator,
            kind=indicator.kind,
            quote=indicator.quote,
            level=list(indicator.level),
        )
        shares = {one.unit_id: one.quantity for one in self.rows.quotas.get(key, [])}
        fresh = [tables.Quota(**one) for one in quota_rows(key, indicator, units)]
        if shares == {one.unit_id: one.quantity for one in fresh}:
            return changed
        self.journal.replace(tables.Quota, "indicator_id", key, fresh)
        self._touch(row)
        return True

    def _milestones(self, row: tables.SubTask, subtask: SubTaskDraft, indicators: list[int]) -> bool:
        key = stored_id(row.id)
        stored = {f"M{one.id}": one for one in self.rows.milestones.get(key, [])}
        kept = {one.stable_id for one in subtask.milestones}
        gone = [one for stable_id, one in stored.items() if stable_id not in kept]
        self._remove_milestones(gone)
        added = [one for one in subtask.milestones if one.stable_id not in stored]
        ids = add_milestones(self.storing, [(key, indicators, added)], [(key, subtask)])
        self.journal.remember_new("milestones", ids)
        changed = bool(gone or added)
        for milestone in subtask.milestones:
            known = stored.get(milestone.stable_id)
            if known is not None:
                changed |= self._change_milestone(known, milestone, subtask, indicators)
        if changed:
            self._touch(row)  # who sets milestones goes by the sub-task's revision
        return changed

    def _change_milestone(
        self, row: tables.Milestone, milestone: MilestoneDraft, subtask: SubTaskDraft, indicators: list[int]
    ) -> bool:
        key = stored_id(row.id)
        changed = self.journal.change(
            row,
            due_on=due_date(milestone) or row.due_on,
            period=milestone.period or None,
            text=milestone.text,
        )
        matched = match_figures(milestone.quantities, subtask.indicators)
        figures = {indicators[one]: milestone.quantities[figure].quantity for figure, one in matched.items()}
        if figures == self.rows.figures.get(key, {}):
            return changed
        figure = tables.MilestoneQuantity
        fresh = [figure(milestone_id=key, indicator_id=one, quantity=value) for one, value in figures.items()]
        self.journal.replace(figure, "milestone_id", key, fresh)
        self._touch(row)
        return True

    def _progress(self, key: int, subtask: SubTaskDraft, indicators: list[int]) -> bool:
        """What is new about a period is a report of its own; what was said before stays on record."""
        latest = {report.period: report for report in self.rows.reports.get(key, [])}
        fresh = []
        for progress in subtask.progress:
            known = latest.get(progress.period)
            matched = match_figures(progress.quantities, subtask.indicators)
            figures = {indicators[one]: progress.quantities[at].quantity for at, one in matched.items()}
            said = (
                (known.status, known.text, self.rows.reported.get(stored_id(known.id), {})) if known else None
            )
            if said != (progress.status, progress.text, figures):
                fresh.append(progress)
        holder = SubTaskDraft(subtask.no, subtask.title, indicators=subtask.indicators, progress=fresh)
        ids = add_reports(self.storing, [(key, holder)], {key: indicators})
        self._put_last(ids, latest)
        self.journal.remember_new("progress_reports", ids)
        return bool(ids)

    def _put_last(self, ids: Sequence[int], latest: Mapping[str, tables.ProgressReport]) -> None:
        """A correction counts although its document bears an earlier date than what it corrects."""
        for key in ids:
            row = self.session.get_one(tables.ProgressReport, key)
            if row.period in latest and row.received_at < latest[row.period].received_at:
                row.received_at = latest[row.period].received_at
                self.session.add(row)
        self.session.flush()

    def _remove_subtasks(self, rows: Sequence[tables.SubTask]) -> None:
        for row in rows:
            key = stored_id(row.id)
            self._require_no_history(row)
            self._remove_milestones(self.rows.milestones.get(key, []))
            self._remove_indicators(self.rows.indicators.get(key, []))
            self.journal.remove(self.rows.assignments.get(key, []))
            imports.remove_rows(self.session, tables.Reminder, col(tables.Reminder.subtask_id) == key)
            self._touch(self.session.get_one(tables.Project, row.project_id))
            self.journal.remove([row])

    def _remove_indicators(self, rows: Sequence[tables.Indicator]) -> None:
        figure, told = tables.MilestoneQuantity, tables.ReportQuantity
        for row in rows:
            key = stored_id(row.id)
            if self.session.execute(select(told).where(col(told.indicator_id) == key)).first():
                raise DubanError(
                    REFUSED, f"指标“{row.subject}”已有填报的数字，不能删除：请改它的数量，或保留这一行。"
                )
            self.journal.remove(self.rows.quotas.get(key, []))
            planned = self.session.execute(select(figure).where(col(figure.indicator_id) == key))
            self.journal.remove(planned.scalars().all())
            self.journal.remove([row])

    def _remove_milestones(self, rows: Sequence[tables.Milestone]) -> None:
        figure = tables.MilestoneQuantity
        for row in rows:
            planned = self.session.execute(select(figure).where(col(figure.milestone_id) == row.id))
            self.journal.remove(planned.scalars().all())
            self.journal.remove([row])

    def _require_no_history(self, row: tables.SubTask) -> None:
        report, reminder, event = tables.ProgressReport, tables.Reminder, tables.Event
        for query in (
            select(col(report.id)).where(col(report.subtask_id) == row.id),
            select(col(event.id)).where(col(event.subtask_id) == row.id),
            select(col(reminder.id)).where(
                col(reminder.subtask_id) == row.id, col(reminder.message_id).is_not(None)
            ),
        ):
            if self.session.execute(query).first():
                raise DubanError(
                    REFUSED,
                    f"子任务“{row.no} {row.title}”已有填报、提醒或决定，不能从表里删除：请保留这一行。",
                )

    def _all_subtasks(self) -> list[tables.SubTask]:
        return [row for rows in self.rows.subtasks.values() for row in rows]

    def _touch(self, row: Any) -> None:
        row.revision += 1
        self.session.add(row)
        self.session.flush()


def _state(state: str, subtask: SubTaskDraft) -> str:
    """A draft that has a lead is issued; an issued sub-task that lost its lead is a draft again."""
    if state == State.DRAFT and subtask.lead_units:
        return State.ISSUED.value
    return State.DRAFT.value if state == State.ISSUED and not subtask.lead_units else state
