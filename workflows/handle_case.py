"""督办单办理: a unit answers, a coordinator sends the answer back or closes the case; each is on record."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from db import cases, plans, runs, tables
from db.calendar import load_calendar
from db.session import Database
from db.units import stored_id
from engine.cases import reply_due_on
from engine.errors import DubanError
from workflows.open_case import check_due, checked_text
from workflows.sweep import judge_and_store

BY_END = "system"
CLOSED_WITH_IT = "子任务已验收，督办单随之办结。"


def reply_case(
    database: Database, reference: str, text: str, now: datetime, who: str
) -> tables.SupervisionCase:
    """The reply is on record and the case waits for a coordinator's judgement.

    Raises DubanError: CASE_CLOSED, CASE_TEXT, and those of the reference. Nothing is stored then.
    """
    with database.write() as session:
        case = cases.find(session, reference)
        reply_in(session, case, text, now, who)
        return case


def reply_in(
    session: Session, case: tables.SupervisionCase, text: str, now: datetime, who: str, **details: Any
) -> int:
    """Like :func:`reply_case`, within the caller's transaction; returns the id of the entry.

    The first reply since the case was opened or sent back is a real action of that day; what comes
    after it, before it is judged, is kept as an addition.
    """
    said = checked_text(text, "回复")
    cases.take(session, case)
    _check_standing(case)
    if case.state == "open":
        case.state, case.replied_on = "replied", _today(session, case, now)
    return _store(session, case, "reply", who, now, said, details)


def return_reply(
    database: Database,
    reference: str,
    reason: str,
    now: datetime,
    who: str,
    *,
    due_on: date | None = None,
    seen: int | None = None,
) -> tables.SupervisionCase:
    """The case waits for another reply, by ``due_on`` or within the usual days from now.

    ``seen`` is the revision that its writer looked at; ``None`` asks for no such check.
    Raises DubanError: CASE_CLOSED, CASE_CHANGED, NOT_REPLIED, CASE_DUE, CASE_TEXT, and those of the reference.
    """
    said = checked_text(reason, "退回的理由")
    with database.write() as session:
        case = cases.take(session, cases.find(session, reference))
        _check_standing(case)
        _check_seen(case, seen)
        if case.state != "replied":
            raise DubanError("NOT_REPLIED", f"督办单 {cases.number_of(case)} 还没有回复，不能退回。")
        case.state, case.reply_due_on = "open", _next_due(session, case, now, due_on)
        due = case.reply_due_on.isoformat()
        _store(session, case, "reply_returned", who, now, said, {"reply_due_on": due})
        return case


def close_case(
    database: Database,
    reference: str,
    reason: str,
    now: datetime,
    who: str,
    *,
    withdrawn: bool = False,
    seen: int | None = None,
) -> tables.SupervisionCase:
    """The case is closed for that reason; ``withdrawn`` where it should not have been opened.

    ``seen`` is the revision that its writer looked at; ``None`` asks for no such check.
    Raises DubanError: CASE_CLOSED, CASE_CHANGED, CASE_TEXT, and those of the reference.
    """
    with database.write() as session:
        case = cases.take(session, cases.find(session, reference))
        _check_standing(case)
        _check_seen(case, seen)
        close_in(session, case, reason, now, who, withdrawn=withdrawn)
        return case


def close_in(
    session: Session,
    case: tables.SupervisionCase,
    reason: str,
    now: datetime,
    who: str,
    *,
    withdrawn: bool = False,
) -> None:
    """Like :func:`close_case`, within the caller's transaction."""
    said = checked_text(reason, "办结的理由")
    cases.take(session, case)
    _check_standing(case)
    case.state, case.closed_at, case.closed_by, case.closed_reason = "closed", now, who, said
    _store(session, case, "withdrawn" if withdrawn else "closed", who, now, said, {})


def close_case_of(session: Session, subtask_id: int, reason: str, now: datetime, who: str) -> None:
    """No case of the sub-task stands any more: it was accepted or terminated."""
    case = cases.standing_case(session, subtask_id)
    if case:
        close_in(session, case, reason, now, who)


def _check_standing(case: tables.SupervisionCase) -> None:
    if case.state == "closed":
        raise DubanError(
            "CASE_CLOSED", f"督办单 {cases.number_of(case)} 已经办结：如需再次督办，请开具新的督办单。"
        )


def _check_seen(case: tables.SupervisionCase, seen: int | None) -> None:
    """Nobody judges a reply that they have not seen."""
    if seen is not None and seen != case.revision:
        raise DubanError(
            "CASE_CHANGED", f"督办单 {cases.number_of(case)} 在您查看之后有了新的办理：请看过再办。"
        )


def _today(session: Session, case: tables.SupervisionCase, now: datetime) -> date:
    return now.astimezone(plans.zone_of(plans.load_plan(session, case.plan_id))).date()


def _next_due(session: Session, case: tables.SupervisionCase, now: datetime, chosen: date | None) -> date:
    plan, on = plans.load_plan(session, case.plan_id), _today(session, case, now)
    if chosen is not None:
        check_due(chosen, on)
    return chosen or reply_due_on(plan, load_calendar(session), on)


EVENTS = {
    "reply": "case_reply",
    "reply_returned": "case_return",
    "second_notice": "case_second_notice",
    "closed": "case_close",
    "withdrawn": "case_withdraw",
}


def _store(
    session: Session,
    case: tables.SupervisionCase,
    kind: str,
    who: str,
    now: datetime,
    text: str,
    details: dict[str, Any],
) -> int:
    """The change, what happened, the event, and what follows for the sub-task, in one transaction."""
    case.revision += 1
    session.add(case)
    entry = cases.tell(session, stored_id(case.id), kind, who, now, text)
    runs.record(
        session,
        EVENTS[kind],
        who,
        now,
        plan_id=case.plan_id,
        subtask_id=case.subtask_id,
        reason=text if kind in ("closed", "withdrawn", "reply_returned") else "",
        details={"case": cases.number_of(case), "entry": entry, **details},
    )
    session.flush()
    judge_and_store(session, plans.load_plan(session, case.plan_id), [case.subtask_id], now)
    return entry


def notice_again(session: Session, case: tables.SupervisionCase, now: datetime, who: str) -> None:
    """The case was noticed a second time today, for the day that was missed; the caller holds its lock."""
    case.notices, case.noticed_on = case.notices + 1, _today(session, case, now)
    missed = case.reply_due_on.isoformat()
    _store(session, case, "second_notice", who, now, missed, {"missed": missed})
