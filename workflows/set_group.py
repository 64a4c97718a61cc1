"""集合单位: whom a collective unit (各街镇) stands for, as the coordinator keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlmodel import Session, col

from db import runs, tables
from db.session import Database
from db.turns import Matter, take_turn
from db.units import Made, UnitBook, ensure_units, load_book
from engine.errors import DubanError
from intake.units import is_collective
from workflows.store_draft import unit_kind


@dataclass(frozen=True, slots=True)
class GroupSet:
    """The collective unit with its members before and now; ``waiting`` counts sub-tasks that still name others."""

    name: str
    before: tuple[str, ...]
    members: tuple[str, ...]
    waiting: int


def set_group(
    database: Database,
    name: str,
    members: Sequence[str],
    now: datetime,
    who: str,
    *,
    new: bool = False,
    seen: Sequence[str] | None = None,
) -> GroupSet:
    """The collective unit stands for these and no others; what is stored of plans stays until it is revised.

    Raises DubanError NO_SUCH_UNIT for a member that is not known, unless ``new``; BAD_GROUP for a unit that
    would be its own member, or that is bound to tasks itself and is no collective unit; REVISION_CONFLICT where
    its members are no longer those that were ``seen``.
    """
    with database.write() as session:
        take_turn(session, Matter.UNIT, "")  # any name may be near any other
        book, made = load_book(session), Made()
        ids = [_member(session, book, one, made, new) for one in members]
        group = ensure_units(session, book, {name: "collective"}, made)[name]
        before = tuple(book.names[one] for one in book.members.get(group, ()))
        _check(session, book, group, ids)
        if seen is not None and set(seen) != set(before):
            shown = "、".join(before) or "没有成员"
            raise DubanError(
                "REVISION_CONFLICT", f"“{name}”的成员刚被别人改过，现在是：{shown}。请对照后再保存。"
            )
        table = tables.UnitMember
        session.execute(delete(table).where(col(table.collective_id) == group))
        session.add_all(table(collective_id=group, member_id=one) for one in dict.fromkeys(ids))
        session.get_one(tables.Unit, group).kind = "collective"
        session.flush()
        now_named = tuple(book.names[one] for one in dict.fromkeys(ids))
        details = {"unit": group, "before": list(before), "members": list(now_named)}
        runs.record(session, "set_group", who, now, details=details)
        return GroupSet(book.names[group], before, now_named, _bound(session, group))


def _member(session: Session, book: UnitBook, name: str, made: Made, new: bool) -> int:
    unit_id = book.find(name)
    if unit_id is not None:
        return unit_id
    if not new:
        near = "、".join(one for one in book.similar(name) if not is_collective(one))
        hint = f"是否指 {near}？" if near else ""
        raise DubanError("NO_SUCH_UNIT", f"没有单位“{name}”：{hint}确是新单位请加 --new。")
    return ensure_units(session, book, {name: unit_kind(name)}, made)[name]


def _check(session: Session, book: UnitBook, group: int, ids: Sequence[int]) -> None:
    name = book.names[group]
    if group in ids or any(group in _within(book, one) for one in ids):
        raise DubanError("BAD_GROUP", f"“{name}”不能是自己的成员：请写明具体单位。")
    if book.kinds.get(group) != "collective" and _bound(session, group):
        raise DubanError("BAD_GROUP", f"“{name}”自己承担着任务，不是统称：请换一个统称，如 各街镇。")


def _within(book: UnitBook, unit_id: int) -> set[int]:
    """All groups and units below."""
    found: set[int] = set()
    waiting = list(book.members.get(unit_id, ()))
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += book.members.get(one, ())
    return found


def _bound(session: Session, group: int) -> int:
    """How many sub-tasks are bound to the unit or came to their units by it."""
    table = tables.Assignment
    query = select(col(table.subtask_id)).where(
        (col(table.unit_id) == group) | (col(table.group_id) == group)
    )
    return len(set(session.execute(query).scalars()))
