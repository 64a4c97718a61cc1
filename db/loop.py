"""What the rules know of a sub-task beside its plan and reports: signing, reviews, changes, cases, escalation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from db import tables
from engine import model

DAY = timedelta(days=1)
Rows = Iterable[Sequence[Any]]


@dataclass(slots=True)
class Loop:
    """The values by sub-task id; what is not there is nothing."""

    suspensions: dict[int, tuple[model.Span, ...]] = field(default_factory=dict)
    decided: dict[int, list[date]] = field(default_factory=dict)  # changes approved, cases answered
    accepted: dict[int, date] = field(default_factory=dict)  # by report id
    unsigned: dict[int, tuple[int, ...]] = field(default_factory=dict)
    returned: dict[int, tuple[model.Returned, ...]] = field(default_factory=dict)
    cases: dict[int, tuple[model.OpenCase, ...]] = field(default_factory=dict)
    follow_ups: dict[int, tuple[model.OpenFollowUp, ...]] = field(default_factory=dict)
    climbs: dict[int, model.Climb] = field(default_factory=dict)
    unread: dict[int, tuple[model.Unread, ...]] = field(default_factory=dict)

    def values_of(self, key: int, reports: Iterable[model.Report]) -> dict[str, Any]:
        """One sub-task's, as fields of :class:`engine.model.SubTask`; ``reports`` are those that rules judge."""
        accepted = {self.accepted[one.id] for one in reports if one.accepted and one.id in self.accepted}
        return {
            "suspensions": self.suspensions.get(key, ()),
            "actions": tuple(sorted({*accepted, *self.decided.get(key, ())})),
            "unsigned": self.unsigned.get(key, ()),
            "returned": self.returned.get(key, ()),
            "cases": self.cases.get(key, ()),
            "follow_ups": self.follow_ups.get(key, ()),
            "climb": self.climbs.get(key),
            "unread": self.unread.get(key, ()),
        }


def load_loop(session: Session, ids: Sequence[int]) -> Loop:
    """All of it for these sub-tasks, in nine queries."""
    asked = {"ids": ids}
    changes = session.execute(_CHANGES, asked).all()
    return Loop(
        suspensions=_suspensions(changes),
        decided=_decided(changes, session.execute(_ANSWERS, asked)),
        accepted={
            key: _day(reviewed_at or received_at, zone)
            for key, received_at, reviewed_at, zone in session.execute(_ACCEPTED, asked)
        },
        unsigned=_grouped(session.execute(_UNSIGNED, asked)),
        returned=_returned(session.execute(_RETURNED, asked)),
        cases=_cases(session.execute(_CASES, asked)),
        follow_ups=_grouped(
            (key, model.OpenFollowUp(kind, due_on))
            for key, kind, due_on in session.execute(_FOLLOW_UPS, asked)
        ),
        climbs={
            key: model.Climb(cause, started_on, tuple(rungs), level)
            for key, cause, started_on, rungs, level in session.execute(_CLIMBS, asked)
        },
        unread=_grouped((row[0], model.Unread(*row[1:])) for row in session.execute(_UNREAD, asked)),
    )


def load_suspensions(session: Session, ids: Sequence[int]) -> dict[int, tuple[model.Span, ...]]:
    """By sub-task the times for which it was suspended, in order."""
    return _suspensions(session.execute(_CHANGES, {"ids": ids}))


def _suspensions(changes: Rows) -> dict[int, tuple[model.Span, ...]]:
    """Each suspension with the last day before the resumption that followed it."""
    grouped: dict[int, list[model.Span]] = defaultdict(list)
    for subtask, kind, effective_on, *_ in changes:
        spans = grouped[subtask]
        rests = bool(spans) and spans[-1].last is None
        if kind == "suspension" and not rests:
            spans.append(model.Span(effective_on))
        elif kind == "resumption" and rests:
            spans[-1] = model.Span(spans[-1].first, effective_on - DAY)
    return {key: tuple(spans) for key, spans in grouped.items() if spans}


def _decided(changes: Rows, answers: Rows) -> dict[int, list[date]]:
    grouped: dict[int, list[date]] = defaultdict(list)
    for subtask, _, _, decided_at, zone in changes:
        if decided_at is not None:
            grouped[subtask].append(_day(decided_at, zone))
    for subtask, replied_on in answers:
        grouped[subtask].append(replied_on)
    return grouped


def _returned(rows: Rows) -> dict[int, tuple[model.Returned, ...]]:
    """The last return of each report."""
    found: dict[int, dict[int, model.Returned]] = defaultdict(dict)
    for subtask, key, period, role, unit_id, at, reason, zone in rows:
        unit = unit_id if role == "share" else None
        found[subtask][key] = model.Returned(key, period, _day(at, zone), reason, unit)
    return {subtask: tuple(reports.values()) for subtask, reports in found.items()}


def _cases(rows: Rows) -> dict[int, tuple[model.OpenCase, ...]]:
    return _grouped(
        (row[0], model.OpenCase(row[1], row[2], row[3], row[4], row[5], row[6], f"{row[7]}{row[8]}号"))
        for row in rows
    )


def _grouped(pairs: Iterable[Any]) -> dict[int, tuple[Any, ...]]:
    grouped: dict[int, list[Any]] = defaultdict(list)
    for key, value in pairs:
        grouped[key].append(value)
    return {key: tuple(values) for key, values in grouped.items()}


def _day(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


# Statements are built once, as in db/plans.py.
_task, _plan, _report, _review = tables.SubTask, tables.Plan, tables.ProgressReport, tables.ReportReview
_change, _case, _work, _sign = (
    tables.ChangeRequest,
    tables.SupervisionCase,
    tables.Assignment,
    tables.Acknowledgement,
)
_follow, _climb, _newer = tables.FollowUp, tables.Escalation, aliased(tables.ProgressReport)
_ids: BindParameter[Any] = bindparam("ids", expanding=True)
_CHANGES = (
    select(
        col(_change.subtask_id),
        col(_change.kind),
        col(_change.effective_on),
        col(_change.decided_at),
        col(_plan.time_zone),
    )
    .join(_plan, col(_plan.id) == col(_change.plan_id))
    .where(col(_change.subtask_id).in_(_ids), col(_change.state) == "approved")
    .order_by(col(_change.effective_on), col(_change.id))
)
_ANSWERS = select(col(_case.subtask_id), col(_case.replied_on)).where(
    col(_case.subtask_id).in_(_ids), col(_case.replied_on).is_not(None)
)
_ACCEPTED = (
    select(col(_report.id), col(_report.received_at), func.max(col(_review.at)), col(_plan.time_zone))
    .join(_task, col(_task.id) == col(_report.subtask_id))
    .join(_plan, col(_plan.id) == col(_task.plan_id))
    .outerjoin(_review, (col(_review.report_id) == col(_report.id)) & (col(_review.decision) == "accepted"))
    .where(col(_report.subtask_id).in_(_ids), col(_report.state) == "accepted")
    .group_by(col(_report.id), col(_report.received_at), col(_plan.time_zone))
)
_UNSIGNED = (
    select(col(_work.subtask_id), col(_work.unit_id))
    .join(_task, col(_task.id) == col(_work.subtask_id))
    .outerjoin(
        _sign,
        (col(_sign.subtask_id) == col(_work.subtask_id)) & (col(_sign.unit_id) == col(_work.unit_id)),
    )
    .where(col(_work.subtask_id).in_(_ids), col(_work.role).in_(("lead", "co_lead")))
    .where(col(_task.state) == "issued", col(_sign.id).is_(None))
    .order_by(col(_work.subtask_id), col(_work.role).desc(), col(_work.position))
)
_RETURNED = (
    select(
        col(_report.subtask_id),
        col(_report.id),
        col(_report.period),
        col(_report.role),
        col(_report.unit_id),
        col(_review.at),
        col(_review.reason),
        col(_plan.time_zone),
    )
    .join(_task, col(_task.id) == col(_report.subtask_id))
    .join(_plan, col(_plan.id) == col(_task.plan_id))
    .join(_review, (col(_review.report_id) == col(_report.id)) & (col(_review.decision) == "returned"))
    .where(
        col(_report.subtask_id).in_(_ids),
        col(_report.state) == "returned",
        ~exists().where(
            col(_newer.subtask_id) == col(_report.subtask_id),
            col(_newer.role) == col(_report.role),
            or_(col(_report.role) == "lead", col(_newer.unit_id) == col(_report.unit_id)),
            col(_newer.period) >= col(_report.period),
            col(_newer.id) > col(_report.id),
        ),
    )
    .order_by(col(_report.subtask_id), col(_report.id), col(_review.id))
)
_CASES = (
    select(
        col(_case.subtask_id),
        col(_case.id),
        col(_case.unit_id),
        col(_case.opened_on),
        col(_case.reply_due_on),
        col(_case.notices),
        col(_case.noticed_on),
        col(_case.series),
        col(_case.serial),
    )
    .where(col(_case.subtask_id).in_(_ids), col(_case.state) == "open")
    .order_by(col(_case.id))
)
_FOLLOW_UPS = (
    select(col(_follow.subtask_id), col(_follow.kind), col(_follow.due_on))
    .where(col(_follow.subtask_id).in_(_ids), col(_follow.done_at).is_(None))
    .order_by(col(_follow.due_on), col(_follow.id))
)
_reminder, _message, _post = tables.Reminder, tables.Message, tables.Post
_receipt, _read, _any = tables.Receipt, aliased(tables.Receipt), aliased(tables.Receipt)
_UNREAD = (
    select(
        col(_reminder.subtask_id),
        col(_message.id),
        col(_post.unit_id),
        col(_post.kind),
        col(_message.ended_at),
    )
    .distinct()
    .select_from(_receipt)
    .join(_message, col(_message.id) == col(_receipt.message_id))
    .join(_reminder, col(_reminder.message_id) == col(_message.id))
    .join(_post, col(_post.id) == col(_message.post_id))
    .where(col(_reminder.subtask_id).in_(_ids), col(_receipt.answer) == "unread")
    .where(col(_message.state) == "accepted", col(_reminder.state) == "accepted")
    .where(col(_receipt.attempt) == col(_message.attempts))  # what was said before it was sent again is over
    .where(
        ~exists().where(
            col(_read.message_id) == col(_receipt.message_id),
            col(_read.attempt) == col(_receipt.attempt),
            col(_read.answer) == "read",
        )
    )
    .where(exists().where(col(_any.answer) == "unread"))  # asked once: most offices have no receipts at all
    .order_by(col(_message.id))
)
_CLIMBS = select(
    col(_climb.subtask_id), col(_climb.cause), col(_climb.started_on), col(_climb.rungs), col(_climb.level)
).where(col(_climb.subtask_id).in_(_ids), col(_climb.ended_on).is_(None))
