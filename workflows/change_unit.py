"""修改单位: what kind of unit it is, and which group robots get a copy of what it is reminded of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from db import runs, tables
from db.session import Database
from db.ways import robots_of
from engine.errors import DubanError
from workflows.contact_ways import store_robots
from workflows.office import BY_MAIL, Office, needs_address

KINDS = ("department", "street", "enterprise")


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
