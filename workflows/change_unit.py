"""修改单位: a new unit, names taken away, what kind of unit it is, which group robots get a copy of its reminders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from db import runs, tables
from db.session import Database
from db.turns import Matter, take_turn
from db.units import Made, UnitBook, add_alias, ensure_units, load_book
from db.ways import robots_of
from engine.errors import DubanError
from engine.unit_names import normal
from workflows.contact_ways import store_robots
from workflows.office import BY_MAIL, Office, needs_address

KINDS = ("department", "street", "enterprise")


@dataclass(frozen=True, slots=True)
class NewUnit:
    """What is told of a unit that no document has named yet; ``groups`` are the collective units it belongs to."""

    name: str
    kind: str = "department"
    aliases: tuple[str, ...] = ()
    groups: tuple[int, ...] = ()


class NearNamesError(DubanError):
    """A name that may mean a unit that is there already; ``near`` are those, the likeliest first."""

    def __init__(self, name: str, near: dict[int, str]) -> None:
        shown = "、".join(near.values())
        super().__init__(
            "NAME_NEAR",
            f"“{name}”和已有的 {shown} 相近：是同一个单位，就到那里加一个别名；确是另一个单位，请勾选后再保存。",
        )
        self.near = near


def add_unit(database: Database, new: NewUnit, now: datetime, who: str, *, is_sure: bool = False) -> int:
    """The unit is there, under its names, in its groups; returns its id.

    Raises DubanError NO_NAME, UNIT_KIND, NAME_TAKEN, NO_SUCH_UNIT for a group that is none, and NearNamesError
    where a unit of a similar name is known, unless somebody ``is_sure``.
    """
    names = [one.strip() for one in (new.name, *new.aliases) if one.strip()]
    if not new.name.strip():
        raise DubanError("NO_NAME", "还没有写名称：请写上单位的全称。")
    if new.kind not in (*KINDS, "collective"):
        raise DubanError("UNIT_KIND", "单位类别只能是部门、街镇、企业或统称：请改选。")
    with database.write() as session:
        take_turn(session, Matter.UNIT, "")  # any name may be near any other
        book = load_book(session)
        _check_names(book, names, is_sure)
        if any(book.kinds.get(one) != "collective" for one in new.groups):
            raise DubanError("NO_SUCH_UNIT", "没有这个统称：请从列表里重选。")
        unit_id = ensure_units(session, book, {names[0]: new.kind}, Made())[names[0]]
        for alias in names[1:]:
            add_alias(session, book, unit_id, alias, Made())
        session.add_all(
            tables.UnitMember(collective_id=one, member_id=unit_id) for one in dict.fromkeys(new.groups)
        )
        details = {"unit": names[0], "kind": new.kind, "aliases": names[1:]}
        details["groups"] = [book.names[one] for one in dict.fromkeys(new.groups)]
        runs.record(session, "add_unit", who, now, details=details)
        return unit_id


def remove_alias(database: Database, unit_id: int, alias: str, now: datetime, who: str) -> bool:
    """Whether the alias meant the unit and means nothing any more; documents that use it ask again.

    Raises DubanError NO_SUCH_UNIT, and ALIAS_IN_USE while a plan that is followed up calls the unit so.
    """
    with database.write() as session:
        unit, table = session.get(tables.Unit, unit_id), tables.UnitAlias
        if unit is None:
            raise DubanError("NO_SUCH_UNIT", "没有这个单位：请刷新页面再试。")
        query = select(table).where(col(table.unit_id) == unit_id, col(table.name) == alias)
        row = session.execute(query).scalars().first()
        if row is None:
            return False
        if plan := _called_so_by(session, alias):
            raise DubanError(
                "ALIAS_IN_USE",
                f"计划“{plan}”里还这样写这个单位：去掉“{alias}”，再导入修订就认不出它。请保留这个别名。",
            )
        session.delete(row)
        runs.record(session, "remove_alias", who, now, details={"unit": unit.name, "alias": alias})
        return True


def _check_names(book: UnitBook, names: Sequence[str], is_sure: bool) -> None:
    for name in names:
        owner = book.find(name)
        if owner is not None:
            raise DubanError("NAME_TAKEN", f"“{name}”已经是“{book.names[owner]}”的名称或别名：请换一个写法。")
    near = {book.ids[normal(one)]: one for name in names for one in book.similar(name)}
    if near and not is_sure:
        raise NearNamesError(names[0], near)


def _called_so_by(session: Session, alias: str) -> str | None:
    """The title of a plan that is followed up and writes the unit so, if there is one."""
    project, plan = tables.Project, tables.Plan
    query = (
        select(col(plan.title), col(project.lead_units), col(project.cooperating_units))
        .join(plan, col(plan.id) == col(project.plan_id))
        .where(col(plan.state) == "active")
    )
    wanted = normal(alias)
    for title, leads, cooperating in session.execute(query):
        if any(normal(one) == wanted for one in (*leads, *cooperating)):
            return str(title)
    return None


def set_kind(database: Database, unit_id: int, kind: str, seen: str, now: datetime, who: str) -> bool:
    """Whether the unit is of another kind now.

    Raises DubanError NO_SUCH_UNIT, UNIT_KIND for a kind that is not to be chosen or a collective unit,
    REVISION_CONFLICT where it is no longer of the kind that was ``seen``.
    """
    with database.write() as session:
        unit = session.get(tables.Unit, unit_id)
        if unit is None:
            raise DubanError("NO_SUCH_UNIT", "没有这个单位：请刷新页面再试。")
        if kind not in KINDS or unit.kind not in KINDS:
            raise DubanError("UNIT_KIND", "单位类别只能是部门、街镇或企业；统称由它的成员决定：请改选。")
        if unit.kind != seen:
            raise DubanError("REVISION_CONFLICT", "单位类别刚被别人改过：请查看现在的类别再改。")
        if unit.kind == kind:
            return False
        details = {"unit": unit.name, "before": unit.kind, "kind": kind}
        unit.kind = kind
        session.add(unit)
        runs.record(session, "set_unit_kind", who, now, details=details)
        return True


def set_robots(
    database: Database,
    office: Office,
    unit_id: int,
    robots: Sequence[str],
    seen: Sequence[str],
    now: datetime,
    who: str,
) -> bool:
    """Whether the unit has other group robots now.

    Raises DubanError NO_SUCH_UNIT, UNKNOWN_CHANNEL for one that is not set up or reaches single people,
    REVISION_CONFLICT where they are no longer those that were ``seen``.
    """
    robots = list(dict.fromkeys(one for one in robots if one))
    for one in robots:
        if one not in robots_to_choose(office):
            raise DubanError("UNKNOWN_CHANNEL", f"“{one}”不是已经配置的群机器人：请先配置，或改选别的。")
    with database.write() as session:
        unit = session.get(tables.Unit, unit_id)
        if unit is None:
            raise DubanError("NO_SUCH_UNIT", "没有这个单位：请刷新页面再试。")
        before = robots_of(session, unit_id)
        if set(before) != set(seen):
            raise DubanError("REVISION_CONFLICT", "群机器人刚被别人改过：请查看现在的设置再改。")
        if set(before) == set(robots):
            return False
        store_robots(session, unit_id, robots)
        details = {"unit": unit.name, "before": before, "robots": robots}
        runs.record(session, "set_robots", who, now, details=details)
        return True


def robots_to_choose(office: Office) -> list[str]:
    """The channels that speak to a group."""
    return [name for name in office.channels if name not in BY_MAIL and not needs_address(office, name)]
