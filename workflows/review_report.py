"""审核: a coordinator accepts a report, takes that back, or sends it back with a reason; where it stands is judged at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import Session, col

from db import plans, runs, tables
from db.references import find_plan, find_unit
from db.reports import decide_report, is_replaced, last_review, waiting_for_review
from db.session import Database
from db.units import stored_id
from engine.errors import DubanError
from engine.model import Plan, State
from workflows.compare_totals import compare_totals
from workflows.sweep import judge_and_store

BY_POLICY = "policy:auto_review"
ACCEPTED, RETURNED, SUBMITTED = "accepted", "returned", "submitted"
WORDS = {ACCEPTED: "采纳", RETURNED: "退回", SUBMITTED: "撤销采纳"}
EVENTS = {ACCEPTED: "accept_report", RETURNED: "return_report", SUBMITTED: "take_back_review"}


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A report with the decision about it, and the light of its sub-task afterwards."""

    report_id: int
    subtask_id: int
    no: str
    title: str
    period: str
    decision: str
    light: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was decided so, and for each report of which it could not be a sentence that says why."""

    decided: tuple[Reviewed, ...]
    refused: tuple[DubanError, ...] = ()


def accept_reports(database: Database, ids: Iterable[int], now: datetime, who: str) -> Outcome:
    """These reports count as reviewed, on record; one that cannot be accepted does not stop the others.

    Refusals: NO_SUCH_REPORT, REVIEW_DECIDED, REPORT_REPLACED.
    """
    return _decide_each(database, ids, ACCEPTED, now, who)


def take_back_acceptance(database: Database, ids: Iterable[int], now: datetime, who: str) -> Outcome:
    """These reports wait for review again, on record beside their acceptance, which counts as no action any more.

    Refusals: NO_SUCH_REPORT, REVIEW_DECIDED (it is not accepted), REPORT_REPLACED, ALREADY_ACCEPTED where the
    sub-task itself has been accepted.
    """
    return _decide_each(database, ids, SUBMITTED, now, who)


def accept_waiting(
    database: Database, now: datetime, who: str, *, plan: str | None = None, unit: str | None = None
) -> Outcome:
    """Every report that waits for review is accepted: of all active plans, or of one plan, or of one unit's tasks."""
    with database.write() as session:
        ids = [stored_id(report.id) for report in find_waiting(session, plan, unit)]
        _locked(session, ids)
        kept = waiting_for_review(session, _subtasks_of(session, ids))
        waiting = [report for report in kept if report.id in ids]
        return Outcome(_store(session, waiting, ACCEPTED, now, who))


def return_report(database: Database, report_id: int, now: datetime, who: str, reason: str) -> Reviewed:
    """The report counts no longer, its sub-task is judged without it and its unit is asked again.

    What the policy alone accepted may still be sent back. Raises DubanError: NO_REASON, NO_SUCH_REPORT,
    REVIEW_DECIDED, REPORT_REPLACED, ALREADY_ACCEPTED where the sub-task itself has been accepted.
    """
    if not reason.strip():
        raise DubanError("NO_REASON", "退回填报必须写明理由：请告诉单位要改什么。")
    with database.write() as session:
        _locked(session, [report_id])
        report = _reviewable(session, report_id, RETURNED)
        _catch_up(session, report, now)
        (reviewed,) = _store(session, [report], RETURNED, now, who, reason.strip())
        return reviewed


def _catch_up(session: Session, report: tables.ProgressReport, now: datetime) -> None:
    """The days until now are judged with the report that stood on them."""
    plan_id = session.get_one(tables.SubTask, report.subtask_id).plan_id
    judge_and_store(session, plans.load_plan(session, plan_id), [report.subtask_id], now)
    session.expire_all()


def accept_by_policy(session: Session, plan: Plan, report_id: int, now: datetime) -> None:
    """With ``auto_review`` a report counts as accepted when it comes in, on record as the policy's decision.

    Called before its sub-task is judged, in the transaction that stores the report.
    """
    if plan.policy.auto_review:
        _decide(session, session.get_one(tables.ProgressReport, report_id), ACCEPTED, now, BY_POLICY, "")


def accept_all_of(session: Session, subtask_id: int, now: datetime, who: str) -> None:
    """What waits for review of the sub-task is accepted with it, each report on record."""
    for report in waiting_for_review(session, [subtask_id]):
        _decide(session, report, ACCEPTED, now, who, "")


def find_waiting(session: Session, plan: str | None, unit: str | None) -> list[tables.ProgressReport]:
    """The reports that wait for review, the longest waiting first; of active plans unless one is named."""
    task, work = tables.SubTask, tables.Assignment
    wanted = select(col(task.id))
    if plan is not None:
        wanted = wanted.where(col(task.plan_id) == find_plan(session, plan).id)
    else:
        active = select(col(tables.Plan.id)).where(col(tables.Plan.state) == "active")
        wanted = wanted.where(col(task.plan_id).in_(active))
    if unit is None:
        return waiting_for_review(session, wanted)
    unit_id = stored_id(find_unit(session, unit).id)
    led = select(col(work.subtask_id)).where(col(work.unit_id) == unit_id, col(work.role).in_(plans.LEADING))
    leads = set(session.execute(led).scalars())
    return [
        report
        for report in waiting_for_review(session, wanted)
        if (report.unit_id == unit_id if report.unit_id else report.subtask_id in leads)
    ]


def _decide_each(database: Database, ids: Iterable[int], decision: str, now: datetime, who: str) -> Outcome:
    """One report of which it cannot be decided does not stop the others."""
    with database.write() as session:
        reports, refused = [], []
        for key in _locked(session, ids):
            try:
                reports.append(_reviewable(session, key, decision))
            except DubanError as error:
                refused.append(error)
        return Outcome(_store(session, reports, decision, now, who), tuple(refused))


def _locked(session: Session, ids: Iterable[int]) -> list[int]:
    """The same ids in order; nobody else reviews or reports for their sub-tasks until this transaction ends."""
    keys = sorted(set(ids))
    task = tables.SubTask
    own = select(col(task.id)).where(col(task.id).in_(_subtasks_of(session, keys))).order_by(col(task.id))
    session.execute(own.with_for_update(key_share=True))
    session.expire_all()
    return keys


def _subtasks_of(session: Session, ids: Sequence[int]) -> list[int]:
    report = tables.ProgressReport
    query = select(col(report.subtask_id)).where(col(report.id).in_(ids)).distinct()
    return sorted(session.execute(query).scalars())


def _reviewable(session: Session, report_id: int, decision: str) -> tables.ProgressReport:
    """The report, if that can be decided of it now; else an error that says who decided what."""
    report = session.get(tables.ProgressReport, report_id)
    if report is None:
        raise DubanError("NO_SUCH_REPORT", f"没有编号为 {report_id} 的填报：请从待审核的填报中选择。")
    decided = last_review(session, report_id)
    if not _is_open_to(decision, report, decided):
        raise DubanError("REVIEW_DECIDED", _told(session, report, decided))
    if is_replaced(session, report_id):
        raise DubanError(
            "REPORT_REPLACED",
            f"填报 {report_id}（{report.period}）已由同一单位更新的填报代替：请审核最新的一份。",
        )
    task = session.get_one(tables.SubTask, report.subtask_id)
    if decision != ACCEPTED and State(task.state) in FINAL:
        word = WORDS[decision]
        raise DubanError("ALREADY_ACCEPTED", f"子任务 {task.no} 已经验收或终止，它的填报不能再{word}。")
    return report


def _is_open_to(decision: str, report: tables.ProgressReport, decided: tables.ReportReview | None) -> bool:
    """Whether that can still be decided: of what waits, of what the policy alone accepted; back, of what is accepted."""
    if decision == SUBMITTED:
        return report.state == ACCEPTED and decided is not None
    by_policy = report.state == ACCEPTED and decided is not None and decided.who == BY_POLICY
    return report.state == SUBMITTED or (by_policy and decision == RETURNED)


FINAL = (State.ACCEPTED, State.CLOSED, State.ARCHIVED, State.TERMINATED)


def _told(session: Session, report: tables.ProgressReport, decided: tables.ReportReview | None) -> str:
    if decided is None and report.state == SUBMITTED:
        return f"填报 {report.id}（{report.period}）还没有审核：不必撤销。"
    if decided is None:  # a report that came in with the plan
        return f"填报 {report.id}（{report.period}）已经{WORDS[report.state]}：不必再审核。"
    on = _day(session, report.subtask_id, decided.at)
    why = f"，理由：{decided.reason}" if decided.reason else ""
    return f"填报 {report.id}（{report.period}）已由 {decided.who} 于 {on} {WORDS[decided.decision]}{why}：没有改动。"


def _day(session: Session, subtask_id: int, moment: datetime) -> date:
    plan = plans.load_plan(session, session.get_one(tables.SubTask, subtask_id).plan_id)
    return moment.astimezone(plans.zone_of(plan)).date()


def _store(
    session: Session,
    reports: Sequence[tables.ProgressReport],
    decision: str,
    now: datetime,
    who: str,
    reason: str = "",
) -> tuple[Reviewed, ...]:
    """The decisions are stored and their sub-tasks judged, plan by plan."""
    touched: dict[int, set[int]] = {}
    for report in reports:
        _decide(session, report, decision, now, who, reason)
        task = session.get_one(tables.SubTask, report.subtask_id)
        if decision == RETURNED and task.state == State.COMPLETION_CLAIMED:
            task.state = State.IN_PROGRESS.value  # claimed anew if what is left still shows it
            session.add(task)
        touched.setdefault(task.plan_id, set()).add(stored_id(task.id))
    session.flush()
    for plan_id, ids in sorted(touched.items()):
        judge_and_store(session, plans.load_plan(session, plan_id), sorted(ids), now)
        for key in sorted(ids):
            compare_totals(session, key, now)
    session.expire_all()
    return tuple(_reviewed(session, report, decision) for report in reports)


def _decide(
    session: Session, report: tables.ProgressReport, decision: str, now: datetime, who: str, reason: str
) -> None:
    key = stored_id(report.id)
    review = decide_report(session, key, decision, who, now, reason)
    runs.record(
        session,
        EVENTS[decision],
        who,
        now,
        plan_id=session.get_one(tables.SubTask, report.subtask_id).plan_id,
        subtask_id=report.subtask_id,
        reason=reason,
        details={"report": key, "period": report.period},
        rows=(review,),
    )


def _reviewed(session: Session, report: tables.ProgressReport, decision: str) -> Reviewed:
    task = session.get_one(tables.SubTask, report.subtask_id)
    return Reviewed(
        stored_id(report.id), stored_id(task.id), task.no, task.title, report.period, decision, task.light
    )
