"""暂缓、批准、撤回: a coordinator decides about a bulletin that is held, or about one unit's message of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from db import bulletins, plans, runs, tables
from db.calendar import load_calendar
from db.session import Database
from db.units import load_book, stored_id
from engine import slots
from engine.errors import DubanError

HELD = "DIGEST_HELD"
KINDS = {"digest": "周报", "evaluation": "评估通报", "year": "年度考评通报", "final": "收官通报"}


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of how many messages; ``leaves_at`` is when they leave at the earliest."""

    bulletin: tables.Bulletin
    messages: int
    leaves_at: datetime | None = None


def approve(database: Database, number: int, now: datetime, who: str, *, unit: str | None = None) -> Decided:
    """The held messages wait to be sent within quiet hours; those held apart only when their unit is named.

    Raises DubanError NO_SUCH_BULLETIN, BULLETIN_DECIDED, NO_SUCH_UNIT or NOTHING_HELD.
    """
    with database.write() as session:
        row = bulletins.find(session, number, lock=True)
        unit_id = _unit_id(session, unit)
        at = _opening(session, row, now)
        if unit is None:
            _decide(row, "published", now, who)
        elif row.state == "held":
            raise DubanError(
                "BULLETIN_HELD", f"通报 {number} 整期还没有批准：请先批准整期，再批准单独暂缓的单位。"
            )
        freed = bulletins.let_go(session, row, at, unit_id)
        _refuse_nothing(freed, unit)
        _note(session, row, "bulletin_approve", now, who, unit, freed)
        return Decided(row, freed, at)


def withdraw(
    database: Database, number: int, now: datetime, who: str, reason: str, *, unit: str | None = None
) -> Decided:
    """The held messages are never sent; the reason is on record.

    Raises DubanError as :func:`approve`, and NO_REASON.
    """
    if not reason.strip():
        raise DubanError("NO_REASON", "撤回通报要记录原因：请写明为什么撤回（命令里用 --reason）。")
    with database.write() as session:
        row = bulletins.find(session, number, lock=True)
        unit_id = _unit_id(session, unit)
        if unit is None:
            _decide(row, "withdrawn", now, who)
        ended = bulletins.end_held(session, row, "withdrawn", "bulletin_withdrawn", now, unit_id)
        _refuse_nothing(ended, unit)
        _note(session, row, "bulletin_withdraw", now, who, unit, ended, reason)
        return Decided(row, ended)


def hold(
    database: Database, number: int, now: datetime, who: str, reason: str = "", *, unit: str | None = None
) -> Decided:
    """What has not left waits for a decision; a unit's message also beyond the approval of the rest.

    Raises DubanError NO_SUCH_BULLETIN, NO_SUCH_UNIT, BULLETIN_DECIDED or NOTHING_HELD.
    """
    with database.write() as session:
        row = bulletins.find(session, number, lock=True)
        unit_id = _unit_id(session, unit)
        if row.state not in ("held", "published"):
            raise _decided(row)
        kept = bulletins.hold(session, row, unit_id)
        if not kept:
            raise DubanError("NOTHING_HELD", f"通报 {number} 没有还未发出的消息，无法暂缓。")
        if unit is None:
            row.state = "held"
            session.add(row)
        _note(session, row, "bulletin_hold", now, who, unit, kept, reason)
        return Decided(row, kept)


def supersede_older(session: Session, newer: tables.Bulletin, now: datetime) -> None:
    """What is still held of earlier periods is replaced by the newer bulletin, on record."""
    for row in bulletins.with_held_messages(session, newer.plan_id, newer.kind, newer.period):
        bulletins.end_held(session, row, "superseded", "replaced_by_newer_digest", now)
        if row.state == "held":
            row.state, row.decided_at = "superseded", now
            session.add(row)
        runs.close_finding(session, HELD, subject_of(row), now)


def show_held(session: Session, row: tables.Bulletin, now: datetime) -> None:
    """Coordinators are shown that messages of the bulletin wait for them, as long as some do."""
    runs.close_finding(session, HELD, subject_of(row), now)
    number = bulletins.held_messages(session, row)
    if number:
        title = session.get_one(tables.Plan, row.plan_id).title
        sentence = (
            f"{title}{row.period}{KINDS[row.kind]}有 {number} 封消息待批准，没有发出：请用 duban bulletin show {row.id} "
            f"查看，用 duban bulletin approve {row.id} 批准，或用 withdraw 撤回。"
        )
        inputs = {"plan": title, "period": row.period, "kind": row.kind, "n": number}
        runs.open_finding(session, HELD, subject_of(row), sentence, now, row.plan_id, inputs)


def subject_of(row: tables.Bulletin) -> str:
    """The bulletin as findings name it."""
    return f"bulletin:{row.id}"


def _decide(row: tables.Bulletin, state: str, now: datetime, who: str) -> None:
    if row.state != "held":
        raise _decided(row)
    row.state, row.decided_at, row.decided_by = state, now, who


def _decided(row: tables.Bulletin) -> DubanError:
    words = {"published": "已经发布", "withdrawn": "已经撤回", "superseded": "已被后一期替代"}
    return DubanError(
        "BULLETIN_DECIDED", f"通报 {row.id} {words[row.state]}，不能再改：请刷新后查看现在的状态。"
    )


def _refuse_nothing(number: int, unit: str | None) -> None:
    if not number and unit is not None:
        raise DubanError("NOTHING_HELD", f"这期通报没有发给“{unit}”而待批准的消息。")


def _unit_id(session: Session, unit: str | None) -> int | None:
    """The id of the unit of that name or alias; ``None`` for none."""
    if unit is None:
        return None
    found = load_book(session).find(unit)
    if found is None:
        raise DubanError("NO_SUCH_UNIT", f"没有单位“{unit}”：名称见 duban units list。")
    return found


def _opening(session: Session, row: tables.Bulletin, now: datetime) -> datetime:
    plan = plans.load_plan(session, row.plan_id)
    return slots.next_opening(plan.policy, load_calendar(session), now, plans.zone_of(plan))


def _note(
    session: Session,
    row: tables.Bulletin,
    what: str,
    now: datetime,
    who: str,
    unit: str | None,
    number: int,
    reason: str = "",
) -> None:
    details = {"bulletin": stored_id(row.id), "kind": row.kind, "period": row.period, "messages": number}
    details |= {"sha256": row.sha256} | ({"unit": unit} if unit else {})
    session.add(row)
    runs.record(session, what, who, now, plan_id=row.plan_id, reason=reason, details=details)
    session.flush()
    show_held(session, row, now)
