"""The copy of a rehearsal is taken back to its first moment; what people did later is returned, to be replayed.

What is edited by hand (milestones, policy, documents, contacts) holds from the beginning, as it stands now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import delete, or_, select, update
from sqlmodel import Session, col

from db import plans, tables
from db.calendar import load_calendar
from db.cases import entries_of
from db.reports import reports_after
from db.units import stored_id
from engine.changes import ChangeKind
from engine.model import FINISHED_STATES, State
from workflows.replay import (
    BY_ITSELF,
    Replay,
    acceptance_again,
    approval_again,
    case_again,
    follow_up_again,
    report_again,
    review_again,
    signature_again,
)

Undo = Callable[[Session, datetime], list[Replay]]


def rewind(session: Session, begin: datetime) -> list[Replay]:
    """The copy is as it stood at ``begin``; what people did from then on, in the order in which it is replayed.

    Nothing is changed about a sub-task that nobody has touched since, but that it will be checked on the
    first day.
    """
    touched = _touched(session, begin)
    undoing: tuple[Undo, ...] = (_reports, _reviews, _signatures, _cases, _changes, _acceptances, _follow_ups)
    replayed = [deed for undo in undoing for deed in undo(session, begin)]
    _restore_states(session, touched, begin)
    _lower_climbs(session, begin)
    _forget_messages(session, begin)
    _forget_reminders(session, begin)
    plan = tables.Plan
    session.execute(update(plan).where(col(plan.followed_from) >= begin).values(followed_from=None))
    _check_all(session, begin.date())
    session.flush()
    session.expire_all()
    return replayed


def _touched(session: Session, begin: datetime) -> set[int]:
    """The sub-tasks about which something is on record since."""
    event = tables.Event
    query = select(col(event.subtask_id)).where(col(event.at) >= begin, col(event.subtask_id).is_not(None))
    return {key for key in session.execute(query.distinct()).scalars() if key is not None}


def _reports(session: Session, begin: datetime) -> list[Replay]:
    """Later reports are gone with their reviews; each is replayed, and after it what was decided about it."""
    found: list[Replay] = []
    review, figure = tables.ReportReview, tables.ReportQuantity
    for report, figures in reports_after(session, begin):
        key = stored_id(report.id)
        query = select(review).where(col(review.report_id) == key).order_by(col(review.id))
        reviews = list(session.execute(query).scalars())
        found.append(report_again(report, figures, report.state == "accepted" and not reviews))
        found += [review_again(report, one) for one in reviews if not one.who.startswith(BY_ITSELF)]
        for row in reviews:
            session.delete(row)
        session.execute(delete(figure).where(col(figure.report_id) == key))
        session.flush()
        session.delete(report)
    session.flush()
    return found


def _reviews(session: Session, begin: datetime) -> list[Replay]:
    """Later decisions about earlier reports are taken back."""
    found: list[Replay] = []
    review = tables.ReportReview
    later = select(review).where(col(review.at) >= begin).order_by(col(review.at), col(review.id))
    for row in session.execute(later).scalars().all():
        report = session.get_one(tables.ProgressReport, row.report_id)
        if not row.who.startswith(BY_ITSELF):
            found.append(review_again(report, row))
        before = select(col(review.decision)).where(
            col(review.report_id) == row.report_id, col(review.at) < begin
        )
        decided = session.execute(before.order_by(col(review.id).desc())).scalars().first()
        report.state = decided or "submitted"
        session.add(report)
        session.delete(row)
    session.flush()
    return found


def _signatures(session: Session, begin: datetime) -> list[Replay]:
    table = tables.Acknowledgement
    later = list(session.execute(select(table).where(col(table.at) >= begin)).scalars())
    signed = sorted({(row.at, row.unit_id, row.who) for row in later})
    for row in later:
        session.delete(row)
    session.flush()
    return [signature_again(unit_id, at, who) for at, unit_id, who in signed]


def _cases(session: Session, begin: datetime) -> list[Replay]:
    """Cases opened later are gone; earlier ones stand as their earlier entries say."""
    found: list[Replay] = []
    case, entry = tables.SupervisionCase, tables.CaseEntry
    concerned = select(col(entry.case_id)).where(col(entry.at) >= begin).distinct()
    rows = list(session.execute(select(case).where(col(case.id).in_(concerned))).scalars())
    steps = entries_of(session, [stored_id(row.id) for row in rows])
    for row in rows:
        own = steps[stored_id(row.id)]
        again = [case_again(row, one) for one in own if one.at >= begin]
        found += [one for one in again if one is not None]
        _take_back_case(session, row, [one for one in own if one.at < begin])
        for one in own:
            if one.at >= begin:
                session.delete(one)
    session.flush()
    session.execute(delete(case).where(col(case.opened_at) >= begin))
    return sorted(found, key=lambda one: one.at)


def _take_back_case(session: Session, row: tables.SupervisionCase, kept: list[tables.CaseEntry]) -> None:
    zone = plans.zone_of(plans.load_plan(session, row.plan_id))

    def days(*kinds: str) -> list[date]:
        return [one.at.astimezone(zone).date() for one in kept if one.kind in kinds]

    notices = days("opened", "second_notice")
    row.notices, row.noticed_on = max(1, len(notices)), max(notices, default=row.opened_on)
    row.replied_on = max(days("reply"), default=None)
    row.state = "replied" if kept and kept[-1].kind == "reply" else "open"
    row.closed_at, row.closed_by, row.closed_reason = None, "", ""
    session.add(row)


def _changes(session: Session, begin: datetime) -> list[Replay]:
    """Later approvals are taken back, the latest first; the requests wait again from the beginning."""
    table = tables.ChangeRequest
    later = select(table).where(col(table.state) == "approved", col(table.decided_at) >= begin)
    rows = session.execute(later.order_by(col(table.decided_at).desc(), col(table.id).desc())).scalars().all()
    found = [approval_again(row, row.decided_at) for row in rows if row.decided_at]
    for row in rows:
        task = session.get_one(tables.SubTask, row.subtask_id)
        own = row.previous["deadline"]
        task.deadline, task.revision = date.fromisoformat(own) if own else None, row.previous["revision"]
        task.state = row.previous["state"]
        for key, quantity in row.previous.get("quantities", {}).items():
            session.get_one(tables.Indicator, int(key)).quantity = Decimal(quantity)
        row.state, row.decided_at, row.decided_by, row.decision_reason = "requested", None, "", ""
        session.add_all([row, task])
    session.flush()
    return found[::-1]


def _acceptances(session: Session, begin: datetime) -> list[Replay]:
    event = tables.Event
    query = select(event).where(col(event.what) == "accept", col(event.at) >= begin)
    rows = session.execute(query.order_by(col(event.at), col(event.id))).scalars()
    return [
        acceptance_again(row.subtask_id, row.at, row.who, row.reason)
        for row in rows
        if row.subtask_id and not row.who.startswith(BY_ITSELF)
    ]


def _follow_ups(session: Session, begin: datetime) -> list[Replay]:
    """What came from a later acceptance is gone and comes again with it; what was done later is replayed."""
    table = tables.FollowUp
    done = session.execute(select(table).where(col(table.done_at) >= begin)).scalars().all()
    found = [follow_up_again(row, row.done_at) for row in done if row.done_at]
    for row in done:
        row.done_at, row.done_by, row.note = None, "", ""
        session.add(row)
    session.flush()
    session.execute(delete(table).where(col(table.created_at) >= begin))
    return found


def _restore_states(session: Session, touched: Iterable[int], begin: datetime) -> None:
    """Each sub-task touched since has the state that earlier decisions gave it; completion is claimed anew."""
    table = tables.SubTask
    for key in sorted(touched):
        row = session.get(table, key)
        if row is not None and row.state not in (State.DRAFT, State.TERMINATED):
            row.state = _state_at(session, row, begin).value
            session.add(row)
    session.flush()
    claimed = update(table).where(col(table.state) == State.COMPLETION_CLAIMED.value)
    session.execute(claimed.values(state=State.IN_PROGRESS.value))


def _state_at(session: Session, row: tables.SubTask, begin: datetime) -> State:
    event, change = tables.Event, tables.ChangeRequest
    accepted = select(col(event.id)).where(
        col(event.subtask_id) == row.id, col(event.what) == "accept", col(event.at) < begin
    )
    if session.execute(accepted).first():
        return State(row.state) if State(row.state) in FINISHED_STATES else State.ACCEPTED
    turns = select(col(change.kind)).where(
        col(change.subtask_id) == row.id,
        col(change.state) == "approved",
        col(change.kind).in_(_STATES),
    )
    turn = session.execute(turns.order_by(col(change.decided_at).desc(), col(change.id).desc())).scalars()
    last = _STATES.get(turn.first() or "")
    return last or _working_state(session, row, begin)


_STATES = {
    ChangeKind.SUSPENSION.value: State.SUSPENDED,
    ChangeKind.TERMINATION.value: State.TERMINATED,
    ChangeKind.RESUMPTION.value: None,
}


def _working_state(session: Session, row: tables.SubTask, begin: datetime) -> State:
    """Reported by a lead unit: in progress; signed for by all of them: acknowledged; else issued."""
    report, work, sign = tables.ProgressReport, tables.Assignment, tables.Acknowledgement
    told = select(col(report.id)).where(
        col(report.subtask_id) == row.id,
        col(report.role) == "lead",
        col(report.batch_id).is_(None),
        col(report.received_at) < begin,
    )
    if session.execute(told).first():
        return State.IN_PROGRESS
    leads = select(col(work.unit_id)).where(col(work.subtask_id) == row.id, col(work.role).in_(plans.LEADING))
    signed = select(col(sign.unit_id)).where(col(sign.subtask_id) == row.id)
    units, hands = (set(session.execute(query).scalars()) for query in (leads, signed))
    return State.ACKNOWLEDGED if units and units <= hands else State.ISSUED


def _lower_climbs(session: Session, begin: datetime) -> None:
    """Climbs that began later are gone; earlier ones run on, at the rung that they had reached."""
    climb, case = tables.Escalation, tables.SupervisionCase
    calendar, on = load_calendar(session), begin.date()
    later = select(col(climb.id)).where(col(climb.started_on) >= on)
    session.execute(update(case).where(col(case.escalation_id).in_(later)).values(escalation_id=None))
    session.execute(delete(climb).where(col(climb.started_on) >= on))
    running = select(climb).where(or_(col(climb.ended_on).is_(None), col(climb.ended_on) >= on))
    for row in session.execute(running).scalars():
        row.ended_on, row.ended_reason = None, ""
        row.level = sum(calendar.offset(row.started_on, rung) < on for rung in row.rungs)
        session.add(row)
    session.flush()


def _forget_messages(session: Session, begin: datetime) -> None:
    message, reminder, delivery = tables.Message, tables.Reminder, tables.Delivery
    link, file = tables.ReportLink, tables.MessageFile
    made_later = or_(col(message.slot_at) >= begin, col(message.created_at) >= begin)
    later = select(col(message.id)).where(made_later)
    session.execute(
        update(reminder)
        .where(col(reminder.message_id).in_(later))
        .values(state="pending", message_id=None, number=None, ended_at=None, ended_reason="")
    )
    session.execute(update(link).where(col(link.message_id).in_(later)).values(message_id=None))
    session.execute(delete(delivery).where(col(delivery.message_id).in_(later)))
    receipt = tables.Receipt
    session.execute(delete(receipt).where(or_(col(receipt.message_id).in_(later), col(receipt.at) >= begin)))
    session.execute(delete(file).where(col(file.message_id).in_(later)))
    session.execute(delete(message).where(made_later))
    bulletin = tables.Bulletin  # one that was made late bears an earlier day, but its run is forgotten, too
    frozen_later = or_(col(bulletin.on) >= begin.date(), col(bulletin.created_at) >= begin)
    session.execute(delete(bulletin).where(frozen_later))
    session.execute(delete(tables.Run).where(col(tables.Run.at) >= begin))


def _forget_reminders(session: Session, begin: datetime) -> None:
    reminder = tables.Reminder
    later = or_(col(reminder.created_at) >= begin, col(reminder.nominal_on) >= begin.date())
    session.execute(delete(reminder).where(later))
    session.execute(
        update(reminder)
        .where(col(reminder.ended_at) >= begin, col(reminder.state).notin_(("accepted", "given_up")))
        .values(state="pending", message_id=None, number=None, ended_at=None, ended_reason="")
    )


def _check_all(session: Session, on: date) -> None:
    subtask = tables.SubTask
    known = update(subtask).where(col(subtask.state).notin_((*FINISHED_STATES, State.TERMINATED)))
    session.execute(known.values(next_check_on=on))
    session.execute(known.where(col(subtask.checked_on) >= on).values(checked_on=None))
