"""What people did, as deeds that can be done again in a rehearsal at their own moments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select, update
from sqlmodel import Session, col

from db import cases, plans, tables
from db.session import Database
from db.units import stored_id
from engine.errors import DubanError
from workflows import handle_case, open_case
from workflows.accept_subtask import accept_subtask
from workflows.acknowledge import acknowledge
from workflows.change_request import approve_change
from workflows.report_progress import Filing, report_progress
from workflows.review_report import SUBMITTED, accept_reports, return_report, take_back_acceptance
from workflows.sweep import judge_and_store

BY_ITSELF = "policy:"  # how the service signs what it does without anybody
Deed = Callable[[Database, datetime], object]


@dataclass(frozen=True, slots=True)
class Replay:
    """Something that people did at a moment; what does not fit any more when it is done again is left out."""

    at: datetime
    deed: Deed

    def again(self, database: Database, now: datetime) -> None:
        """Done, or refused as it would be."""
        try:
            self.deed(database, now)
        except DubanError:
            return


def report_again(report: tables.ProgressReport, figures: Mapping[int, Decimal], accepted: bool) -> Replay:
    """The same report of the same unit; ``accepted`` where it came in as such."""
    filing = Filing(
        subtask=f"#{report.subtask_id}",
        period=report.period,
        quantities=dict(figures),
        text=report.text,
        status=report.status,
        accepted=accepted,
        unit_id=report.unit_id,
        role=report.role,
        difficulties=report.difficulties,
        needs_coordination=report.needs_coordination,
        forecast_on=report.forecast_on,
        who=report.who,
        source=report.source,
    )
    return Replay(
        report.received_at, lambda database, now: report_progress(database, filing, now, report.who)
    )


def review_again(report: tables.ProgressReport, review: tables.ReportReview) -> Replay:
    """The same decision about the report that came in at the same moment, whatever its number is then."""
    subtask_id, received_at, who, reason = (
        report.subtask_id,
        report.received_at,
        review.who,
        review.reason,
    )
    returns, decide = review.decision == "returned", accept_reports
    if review.decision == SUBMITTED:
        decide = take_back_acceptance

    def deed(database: Database, now: datetime) -> None:
        table = tables.ProgressReport
        with database.read() as session:
            query = select(col(table.id)).where(
                col(table.subtask_id) == subtask_id, col(table.received_at) == received_at
            )
            keys = list(session.execute(query).scalars())
        for key in keys:
            if returns:
                return_report(database, key, now, who, reason)
            else:
                decide(database, [key], now, who)

    return Replay(review.at, deed)


def signature_again(unit_id: int, at: datetime, who: str) -> Replay:
    """The unit signs again for what it then has not signed."""
    return Replay(at, lambda database, now: acknowledge(database, unit_id, now, who))


def approval_again(request: tables.ChangeRequest, at: datetime) -> Replay:
    """The request is approved again."""
    key, approver, reason = stored_id(request.id), request.decided_by, request.decision_reason
    return Replay(at, lambda database, now: approve_change(database, key, now, approver, reason))


def acceptance_again(subtask_id: int, at: datetime, who: str, reason: str) -> Replay:
    """The sub-task is accepted again, whether or not it is claimed complete then."""
    why = reason or who
    return Replay(at, lambda database, now: accept_subtask(database, f"#{subtask_id}", now, who, reason=why))


def follow_up_again(row: tables.FollowUp, at: datetime) -> Replay:
    """What remained after the acceptance is done again."""
    subtask_id, kind, who, note = row.subtask_id, row.kind, row.done_by, row.note
    table = tables.FollowUp

    def deed(database: Database, now: datetime) -> None:
        with database.write() as session:
            own = update(table).where(col(table.subtask_id) == subtask_id, col(table.kind) == kind)
            session.execute(
                own.where(col(table.done_at).is_(None)).values(done_at=now, done_by=who, note=note)
            )
            plan = plans.load_plan(session, session.get_one(tables.SubTask, subtask_id).plan_id)
            judge_and_store(session, plan, [subtask_id], now)

    return Replay(at, deed)


def case_again(case: tables.SupervisionCase, entry: tables.CaseEntry) -> Replay | None:
    """The same step of whatever case of the sub-task stands then; ``None`` for what the service does by itself."""
    key, who, text = case.subtask_id, entry.who, entry.text
    if entry.kind == "opened" and not who.startswith(BY_ITSELF):
        wanted = open_case.Wanted(colour=case.colour, demand=case.demand)
        return Replay(entry.at, lambda db, now: open_case.open_case(db, f"#{key}", now, who, wanted=wanted))
    steps: Mapping[str, Callable[[Database, str, datetime], object]] = {
        "reply": lambda db, case, now: handle_case.reply_case(db, case, text, now, who),
        "reply_returned": lambda db, case, now: handle_case.return_reply(db, case, text, now, who),
        "closed": lambda db, case, now: handle_case.close_case(db, case, text, now, who),
        "withdrawn": lambda db, case, now: handle_case.close_case(db, case, text, now, who, withdrawn=True),
    }
    step = steps.get(entry.kind)
    if step is None or who.startswith(BY_ITSELF):
        return None

    def deed(database: Database, now: datetime) -> None:
        with database.read() as session:
            number = _standing(session, key)
        if number:
            step(database, number, now)

    return Replay(entry.at, deed)


def _standing(session: Session, subtask_id: int) -> str:
    case = cases.standing_case(session, subtask_id)
    return cases.number_of(case) if case else ""
