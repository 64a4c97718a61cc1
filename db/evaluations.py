"""Evaluations: what a month's scores need beside the sub-tasks, and those that were frozen."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import defer
from sqlmodel import Session, col

from db import tables
from engine.errors import DubanError
from engine.scoring_model import CaseFact

KINDS = ("evaluation", "year")
B, C, R = tables.Bulletin, tables.SupervisionCase, tables.ChangeRequest


def listed(session: Session, plan_id: int | None = None, limit: int = 200) -> list[tables.Bulletin]:
    """The evaluations of months and years, the newest first, of one plan or of all."""
    query = select(B).where(col(B.kind).in_(KINDS)).order_by(col(B.on).desc(), col(B.id).desc()).limit(limit)
    query = query if plan_id is None else query.where(col(B.plan_id) == plan_id)
    return list(session.execute(query).scalars())


def periods(session: Session, plan_id: int) -> list[tables.Bulletin]:
    """The evaluations of a plan, the newest first; what they hold is loaded only where it is asked for."""
    light = defer(B.content)  # type: ignore[arg-type]
    query = select(B).where(col(B.plan_id) == plan_id, col(B.kind).in_(KINDS)).options(light)
    return list(session.execute(query.order_by(col(B.on).desc(), col(B.id).desc())).scalars())


def find(session: Session, number: int) -> tables.Bulletin:
    """The evaluation of that id. Raises DubanError NO_SUCH_EVALUATION."""
    row = session.get(B, number)
    if row is None or row.kind not in KINDS:
        raise DubanError("NO_SUCH_EVALUATION", f"没有编号为 {number} 的评估：编号见 duban evaluation list。")
    return row


def cases_between(
    session: Session, plan_id: int, first: date, last: date, zone: ZoneInfo
) -> dict[int, list[CaseFact]]:
    """By unit the supervision cases of the plan that were open on some day of the span."""
    begin = datetime.combine(first, time(), zone)
    query = (
        select(C)
        .where(col(C.plan_id) == plan_id, col(C.opened_on) <= last)
        .where(or_(col(C.closed_at).is_(None), col(C.closed_at) >= begin))
        .order_by(col(C.id))
    )
    grouped: dict[int, list[CaseFact]] = defaultdict(list)
    for row in session.execute(query).scalars():
        fact = CaseFact(row.subtask_id, f"{row.series}{row.serial}号", row.colour)
        grouped[row.unit_id].append(fact)
    return grouped


def frozen(session: Session, plan_id: int, kind: str = "evaluation") -> list[tables.Bulletin]:
    """The evaluations of that kind of a plan that nobody took back, the oldest first."""
    query = select(B).where(col(B.plan_id) == plan_id, col(B.kind) == kind, col(B.state) != "withdrawn")
    return list(session.execute(query.order_by(col(B.on), col(B.id))).scalars())
