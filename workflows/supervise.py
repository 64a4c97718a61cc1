"""督办: what reached the last rung gets its case, what was not answered its second notice, what ended is closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from db import cases, plans, runs, tables
from db.calendar import load_calendar
from db.cards import load_cards
from db.session import Database
from db.units import stored_id
from engine.calendar import WorkCalendar
from engine.cases import FIRST, can_be_supervised, second_notice_on
from engine.errors import DubanError
from engine.model import Plan, State
from workflows.handle_case import BY_END, CLOSED_WITH_IT, close_in, notice_again
from workflows.open_case import Wanted, open_in

TO_OPEN = "CASE_TO_OPEN"
BY_LADDER = "policy:auto_open_case"
BY_DELAY = "policy:second_notice_after"
ENDED = {State.TERMINATED.value: "子任务已终止，督办单随之办结。"}


@dataclass(frozen=True, slots=True)
class SuperviseSummary:
    """How many cases were opened, noticed a second time, and closed with their sub-task."""

    opened: int = 0
    noticed: int = 0
    closed: int = 0


def supervise(database: Database, now: datetime) -> SuperviseSummary:
    """No escalation at its last rung is without case or finding, no missed reply without its notice.

    Doing it again adds nothing, however long nobody did it.
    """
    with database.read() as session:
        followed = {plan.id: plan for plan in plans.load_plans(session)}
        calendar = load_calendar(session)
        ended = [stored_id(case.id) for case in cases.left_behind(session)]
        climbs = _climbs_without_case(session, followed, calendar)
        late = _to_notice(session, followed, calendar, now)
        asked = {row.subject for row in runs.open_findings(session, TO_OPEN)}
    closed = sum(_close(database, key, now) for key in ended)
    opened = [_open(database, climb, followed[climb.plan_id], now) for climb in climbs]
    _settle(database, asked - {_subject(climb.subtask_id) for climb in climbs}, now)
    noticed = sum(_notice(database, key, now) for key in late)
    return SuperviseSummary(sum(opened), noticed, closed)


def _climbs_without_case(
    session: Session, followed: Mapping[int, Plan], calendar: WorkCalendar
) -> list[tables.Escalation]:
    """Escalations at the last rung for which no case stood since they got there; the oldest of a sub-task."""
    found: dict[int, tables.Escalation] = {}
    for climb in cases.climbs_at_the_top(session, list(followed)):
        top = calendar.offset(climb.started_on, climb.rungs[cases.LAST_RUNG - 1])
        zone = plans.zone_of(followed[climb.plan_id])
        known = cases.of_subtask(session, climb.subtask_id)
        if not any(one.closed_at and one.closed_at.astimezone(zone).date() >= top for one in known):
            found.setdefault(climb.subtask_id, climb)
    return list(found.values())


def _to_notice(
    session: Session, followed: Mapping[int, Plan], calendar: WorkCalendar, now: datetime
) -> list[int]:
    latest = max((_today(plan, now) for plan in followed.values()), default=date.min)
    found = cases.unanswered(session, list(followed), latest)
    return [stored_id(one.id) for one in found if _is_late(one, followed[one.plan_id], calendar, now)]


def _is_late(case: tables.SupervisionCase, plan: Plan, calendar: WorkCalendar, now: datetime) -> bool:
    on = _today(plan, now)
    return second_notice_on(plan, calendar, case.reply_due_on) <= on <= plan.ends_on


def _today(plan: Plan, now: datetime) -> date:
    return now.astimezone(plans.zone_of(plan)).date()


def _open(database: Database, climb: tables.Escalation, plan: Plan, now: datetime) -> bool:
    """Whether the ladder opened the case; if not, a coordinator is asked to, or somebody else just did."""
    if not plan.policy.auto_open_case:
        _ask(database, climb, "请核实后开具督办单", now)
        return False
    try:
        with database.write() as session:
            if not _still_climbs(session, climb):
                return False
            open_in(session, climb.subtask_id, now, BY_LADDER, Wanted(escalation_id=climb.id))
    except DubanError as error:
        if error.code != "CASE_STANDS":
            _ask(database, climb, error.message, now, error.code)
        return False
    with database.write() as session:
        runs.close_finding(session, TO_OPEN, _subject(climb.subtask_id), now)
    return True


def _still_climbs(session: Session, climb: tables.Escalation) -> bool:
    """Whether the escalation runs on; from now to the end of the transaction nobody can end it."""
    task = session.get_one(tables.SubTask, climb.subtask_id)
    session.refresh(task, with_for_update={"key_share": True})
    return session.get_one(tables.Escalation, stored_id(climb.id)).ended_on is None


def _ask(database: Database, climb: tables.Escalation, why: str, now: datetime, error: str = "") -> None:
    with database.write() as session:
        card = load_cards(session, [climb.subtask_id])[climb.subtask_id]
        sentence = (
            f"{card.no} {card.title} 自{climb.started_on}起一直没有好转，已到开具督办单的一级：{why}"
            f"（duban case open {card.no}）。"
        )
        inputs = {
            "case": "refused" if error else "asked",
            "no": card.no,
            "title": card.title,
            "since": climb.started_on.isoformat(),
            "why": why,
            "error": error,
        }
        runs.open_finding(session, TO_OPEN, _subject(climb.subtask_id), sentence, now, climb.plan_id, inputs)


def _settle(database: Database, subjects: Iterable[str], now: datetime) -> None:
    """Findings whose escalation has ended or got its case are closed."""
    for subject in sorted(subjects):
        with database.write() as session:
            runs.close_finding(session, TO_OPEN, subject, now)


def _notice(database: Database, case_id: int, now: datetime) -> bool:
    """Whether this call gave the second notice: judged again under the lock."""
    with database.write() as session:
        case = cases.take(session, session.get_one(tables.SupervisionCase, case_id))
        plan = plans.load_plan(session, case.plan_id)
        task = session.get_one(tables.SubTask, case.subtask_id)
        if case.state != "open" or case.notices != FIRST or not can_be_supervised(State(task.state)):
            return False
        if not _is_late(case, plan, load_calendar(session), now):
            return False
        notice_again(session, case, now, BY_DELAY)
        return True


def _close(database: Database, case_id: int, now: datetime) -> bool:
    with database.write() as session:
        case = cases.take(session, session.get_one(tables.SupervisionCase, case_id))
        task = session.get_one(tables.SubTask, case.subtask_id)
        if case.state == "closed" or task.state not in cases.ENDED:
            return False
        close_in(session, case, ENDED.get(task.state, CLOSED_WITH_IT), now, BY_END)
        return True


def _subject(subtask_id: int) -> str:
    return f"subtask:{subtask_id}"
