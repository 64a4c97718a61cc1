"""Supervision cases: numbered without gaps or doubles, found by number, with what happened to each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, exists, func, select
from sqlmodel import Session, col

from db import tables
from db.session import insert_new
from engine.errors import DubanError
from engine.model import FINISHED_STATES, State

C = tables.SupervisionCase
E = tables.CaseEntry
SERIES = "督办〔{year}〕"
LAST_RUNG = 3
SHOWN = 6  # numbers that an error names
ENDED = tuple(state.value for state in (*FINISHED_STATES, State.TERMINATED))
_QUIET = (*ENDED, State.DRAFT.value, State.SUSPENDED.value)
_NUMBER = re.compile(r"(?:督办)?\s*[〔\[【(（]?\s*(?:(\d{4})\s*[〕\]】)）年-]\s*)?第?\s*(\d{1,6})\s*号?")


def number_of(case: tables.SupervisionCase) -> str:
    """The number as people write it: 督办〔2024〕3号."""
    return f"{case.series}{case.serial}号"


def add(session: Session, case: tables.SupervisionCase, year: int) -> tables.SupervisionCase:
    """The case is stored under the next number of that year's series.

    The unique key decides: who meets a number that is being taken waits for it and takes the next one,
    or the same if the other gave up, so that no number is missing or given twice.
    """
    series = SERIES.format(year=year)
    values = case.model_dump(exclude={"id", "series", "serial"})
    while True:
        last = session.execute(select(func.max(col(C.serial))).where(col(C.series) == series)).scalar()
        key = {"series": series, "serial": (last or 0) + 1}
        if insert_new(session.connection(), C.__table__, [values | key]):  # type: ignore[attr-defined]
            query = select(C).where(col(C.series) == series, col(C.serial) == key["serial"])
            found: tables.SupervisionCase = session.execute(query).scalar_one()
            return found


def tell(session: Session, case_id: int, kind: str, who: str, now: datetime, text: str = "") -> int:
    """What happened is on record: opened, second_notice, reply, reply_returned, closed, withdrawn; its id."""
    entry = E(case_id=case_id, kind=kind, who=who, at=now, text=text)
    session.add(entry)
    session.flush()
    assert entry.id is not None
    return entry.id


def entries(session: Session, case_id: int) -> list[tables.CaseEntry]:
    """Everything that happened to the case, in order."""
    return list(session.execute(select(E).where(col(E.case_id) == case_id).order_by(col(E.id))).scalars())


def entries_of(session: Session, case_ids: Sequence[int]) -> dict[int, list[tables.CaseEntry]]:
    """By case everything that happened to it, in order."""
    grouped: dict[int, list[tables.CaseEntry]] = {key: [] for key in case_ids}
    query = select(E).where(col(E.case_id).in_(case_ids)).order_by(col(E.id))
    for entry in session.execute(query).scalars():
        grouped[entry.case_id].append(entry)
    return grouped


def missed_on(entries: Sequence[tables.CaseEntry]) -> date | None:
    """The day of the reply for which the second notice was given, if there was one."""
    noticed = [entry.text for entry in entries if entry.kind == "second_notice"]
    return date.fromisoformat(noticed[-1]) if noticed else None


def standing_case(session: Session, subtask_id: int) -> tables.SupervisionCase | None:
    """The case of the sub-task that is not closed."""
    query = select(C).where(col(C.subtask_id) == subtask_id, col(C.state) != "closed")
    return session.execute(query.order_by(col(C.id))).scalars().first()


def of_subtask(session: Session, subtask_id: int) -> list[tables.SupervisionCase]:
    """All cases of the sub-task, the newest first."""
    query = select(C).where(col(C.subtask_id) == subtask_id).order_by(col(C.id).desc())
    return list(session.execute(query).scalars())


def listed(
    session: Session, *, plan_id: int | None = None, unit_id: int | None = None, state: str | None = None
) -> list[tables.SupervisionCase]:
    """The cases, the newest first; ``state`` open, replied, closed, or standing for all but closed."""
    query = select(C)
    if plan_id is not None:
        query = query.where(col(C.plan_id) == plan_id)
    if unit_id is not None:
        query = query.where(col(C.unit_id) == unit_id)
    if state == "standing":
        query = query.where(col(C.state) != "closed")
    elif state is not None:
        query = query.where(col(C.state) == state)
    return list(session.execute(query.order_by(col(C.opened_at).desc(), col(C.id).desc())).scalars())


def find(session: Session, text: str) -> tables.SupervisionCase:
    """The case of that number (督办〔2024〕3号, 2024-3, 3) or id (#12).

    Raises DubanError NO_SUCH_CASE or AMBIGUOUS_CASE.
    """
    wanted = text.strip()
    known = listed(session)
    if re.fullmatch(r"#\d{1,18}", wanted):
        found = [case for case in known if case.id == int(wanted[1:])]
    else:
        match = _NUMBER.fullmatch(wanted)
        found = [case for case in known if match and _is_meant(case, match[1], int(match[2]))]
    if len(found) == 1:
        return found[0]
    shown = "、".join(number_of(case) for case in (found or known)[:SHOWN])
    if found:
        raise DubanError("AMBIGUOUS_CASE", f"有 {len(found)} 个督办单的号数是“{wanted}”，请写全：{shown}。")
    known_ones = f"现有 {shown}" if known else "还没有开具过督办单，可用 duban case open 开具"
    raise DubanError("NO_SUCH_CASE", f"没有督办单“{wanted}”：{known_ones}。")


def _is_meant(case: tables.SupervisionCase, year: str | None, serial: int) -> bool:
    return case.serial == serial and (year is None or case.series == SERIES.format(year=year))


def take(session: Session, case: tables.SupervisionCase) -> tables.SupervisionCase:
    """The case as it stands now, its sub-task and itself locked in this order."""
    task = tables.SubTask
    query = select(col(task.id)).where(col(task.id) == case.subtask_id)
    session.execute(query.with_for_update(key_share=True))
    session.refresh(case, with_for_update={"key_share": True})
    return case


def climbs_at_the_top(session: Session, plan_ids: Sequence[int]) -> list[tables.Escalation]:
    """Escalations that run at their last rung and whose sub-task neither rests nor has a standing case."""
    climb, task = tables.Escalation, tables.SubTask
    standing = exists().where(col(C.subtask_id) == col(climb.subtask_id), col(C.state) != "closed")
    query = (
        select(climb)
        .join(task, col(task.id) == col(climb.subtask_id))
        .where(
            col(climb.plan_id).in_(plan_ids),
            col(climb.level) >= LAST_RUNG,
            col(climb.ended_on).is_(None),
            col(task.state).notin_(_QUIET),
            ~standing,
        )
    )
    return list(session.execute(query.order_by(col(climb.id))).scalars())


def unanswered(session: Session, plan_ids: Sequence[int], before: date) -> list[tables.SupervisionCase]:
    """Open cases with one notice whose reply was due before that day, of sub-tasks that do not rest."""
    task = tables.SubTask
    query = (
        select(C)
        .join(task, col(task.id) == col(C.subtask_id))
        .where(
            col(C.plan_id).in_(plan_ids),
            col(C.state) == "open",
            col(C.notices) == 1,
            col(C.reply_due_on) < before,
            col(task.state).notin_(_QUIET),
        )
    )
    return list(session.execute(query.order_by(col(C.id))).scalars())


def left_behind(session: Session) -> list[tables.SupervisionCase]:
    """Cases that still stand although their sub-task is finished or terminated."""
    task = tables.SubTask
    joined = and_(col(task.id) == col(C.subtask_id), col(task.state).in_(ENDED))
    query = select(C).join(task, joined).where(col(C.state) != "closed").order_by(col(C.id))
    return list(session.execute(query).scalars())


def unit_names(session: Session, cases: Sequence[tables.SupervisionCase]) -> dict[int, str]:
    """The names of the units that the cases are addressed to."""
    unit = tables.Unit
    ids = {case.unit_id for case in cases}
    rows: Any = session.execute(select(col(unit.id), col(unit.name)).where(col(unit.id).in_(ids)))
    return {row[0]: row[1] for row in rows}
