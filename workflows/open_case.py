"""开具督办单: a case is opened by hand or by the ladder, numbered, with the standing it rests on frozen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from db import cases, plans, runs, tables
from db.calendar import load_calendar
from db.cards import load_cards
from db.references import find_subtask
from db.session import Database
from db.units import load_book, stored_id
from engine.calendar import WorkCalendar
from engine.case_cause import Cause
from engine.cases import (
    COLOURS,
    FIRST,
    TEXT_LIMIT,
    can_be_supervised,
    colour_of,
    is_near,
    reply_due_on,
)
from engine.errors import DubanError
from engine.model import Plan, State, SubTask
from engine.reminders import decide
from notifications.demand import demand_of
from workflows.sweep import judge_and_store


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a coordinator chooses about a case; what is left out follows from the standing and the policy.

    ``unit`` is one of the lead units, the first without a choice.
    """

    colour: str = ""
    demand: str = ""
    unit: str = ""
    reply_due_on: date | None = None
    escalation_id: int | None = None


def open_case(
    database: Database,
    reference: str,
    now: datetime,
    who: str,
    *,
    plan: str | None = None,
    wanted: Wanted | None = None,
) -> tables.SupervisionCase:
    """The case stands under the next number, on record, and its unit is going to be told.

    Raises DubanError: CASE_STANDS, NOT_SUPERVISABLE, CASE_COLOUR, CASE_UNIT, CASE_TEXT, CASE_DUE, and
    those of the reference to the sub-task. Nothing is stored then.
    """
    with database.write() as session:
        row = find_subtask(session, reference, plan)
        return open_in(session, stored_id(row.id), now, who, wanted or Wanted())


def open_in(
    session: Session, subtask_id: int, now: datetime, who: str, wanted: Wanted
) -> tables.SupervisionCase:
    """Like :func:`open_case`, within the caller's transaction; the sub-task is locked first."""
    row = session.get_one(tables.SubTask, subtask_id)
    session.refresh(row, with_for_update={"key_share": True})
    plan, calendar = plans.load_plan(session, row.plan_id), load_calendar(session)
    subtask = plans.load_subtasks(session, [subtask_id])[subtask_id]
    _check_open(session, subtask)
    case = _case(session, plan, subtask, calendar, now, who, wanted)
    case = cases.add(session, case, case.opened_on.year)
    _record(session, case, now, who)
    judge_and_store(session, plan, [subtask_id], now)
    return case


def _check_open(session: Session, subtask: SubTask) -> None:
    if not can_be_supervised(subtask.state):
        said = {State.SUSPENDED: "已暂停", State.TERMINATED: "已终止", State.DRAFT: "还是草案"}
        raise DubanError(
            "NOT_SUPERVISABLE",
            f"子任务 {subtask.no} {said.get(subtask.state, '已经办结')}，不能开具督办单：请核对序号。",
        )
    standing = cases.standing_case(session, subtask.id)
    if standing:
        raise DubanError(
            "CASE_STANDS",
            f"子任务 {subtask.no} 已有未办结的督办单 {cases.number_of(standing)}：请先办结它，再开具新的。",
        )


def _case(
    session: Session,
    plan: Plan,
    subtask: SubTask,
    calendar: WorkCalendar,
    now: datetime,
    who: str,
    wanted: Wanted,
) -> tables.SupervisionCase:
    on = now.astimezone(plans.zone_of(plan)).date()
    standing = decide(plan, subtask, calendar, on).standing
    cause = Cause.of(plan, subtask, standing)
    due_on = wanted.reply_due_on or reply_due_on(plan, calendar, on)
    check_due(due_on, on)
    is_coming = is_near(plan, subtask, calendar, on) and on <= cause.deadline
    days_left = calendar.working_days_between(on, cause.deadline) if is_coming else None
    return tables.SupervisionCase(
        plan_id=plan.id,
        subtask_id=subtask.id,
        unit_id=_unit(session, subtask, wanted.unit),
        escalation_id=wanted.escalation_id,
        series="",
        serial=0,
        colour=_colour(subtask, wanted, colour_of(plan, subtask, standing, calendar)),
        demand=checked_text(wanted.demand, "督办要求")
        if wanted.demand
        else demand_of(cause, due_on, days_left),
        cause=cause.frozen(),
        opened_on=on,
        opened_at=now,
        opened_by=who,
        reply_due_on=due_on,
        notices=FIRST,
        noticed_on=on,
    )


def _colour(subtask: SubTask, wanted: Wanted, own: str | None) -> str:
    """The chosen one, else the standing's; the ladder always has one, because it was red or silent."""
    chosen = wanted.colour
    if wanted.escalation_id is not None:
        own = own or "yellow"
    if chosen and chosen not in COLOURS:
        raise DubanError("CASE_COLOUR", f"没有颜色“{chosen}”：可选 {'、'.join(COLOURS)}（蓝、黄、红）。")
    if not chosen and own is None:
        raise DubanError(
            "CASE_COLOUR",
            f"子任务 {subtask.no} 进度正常，也不临近期限：确需督办请选择颜色：blue（蓝）、yellow（黄）或 red（红）。",
        )
    return chosen or own or ""


def _unit(session: Session, subtask: SubTask, chosen: str) -> int:
    card = load_cards(session, [subtask.id])[subtask.id]
    if not card.lead_ids:
        raise DubanError("CASE_UNIT", f"子任务 {subtask.no} 没有牵头单位，督办单无处可发：请先补上牵头单位。")
    if not chosen:
        return card.lead_ids[0]
    key = load_book(session).find(chosen)
    if key is None or key not in card.lead_ids:
        raise DubanError(
            "CASE_UNIT", f"“{chosen}”不是子任务 {subtask.no} 的牵头单位：可选 {'、'.join(card.leads)}。"
        )
    return key


def check_due(due_on: date, on: date) -> None:
    """Raises DubanError CASE_DUE for a day that has passed, or that no calendar knows."""
    if due_on < on:
        raise DubanError("CASE_DUE", f"回复期限 {due_on} 早于今天 {on}：请改为今天或以后的日期。")
    if due_on.year > on.year + 1:
        raise DubanError("CASE_DUE", f"回复期限 {due_on} 太远：请改为明年年底以前的日期。")


def checked_text(text: str, what: str) -> str:
    """The text without blanks around it. Raises DubanError CASE_TEXT where it is empty or too long."""
    kept = text.strip()
    if not kept:
        raise DubanError("CASE_TEXT", f"{what}不能为空：请写明内容。")
    if len(kept) > TEXT_LIMIT:
        raise DubanError(
            "CASE_TEXT", f"{what}有 {len(kept)} 个字，超过 {TEXT_LIMIT} 个字：请精简，或改用附件。"
        )
    return kept


def _record(session: Session, case: tables.SupervisionCase, now: datetime, who: str) -> None:
    key = stored_id(case.id)
    cases.tell(session, key, "opened", who, now, case.demand)
    details = {
        "case": cases.number_of(case),
        "colour": case.colour,
        "unit": case.unit_id,
        "reply_due_on": case.reply_due_on.isoformat(),
        "escalation": case.escalation_id,
    }
    runs.record(
        session, "case_open", who, now, plan_id=case.plan_id, subtask_id=case.subtask_id, details=details
    )
