"""删除单位: a unit that was added by mistake is gone; one that anything is attached to stays."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlmodel import col

from db import runs, tables
from db.session import Database
from db.units import attached_to
from engine.errors import DubanError


def remove_unit(database: Database, unit_id: int, now: datetime, who: str) -> str:
    """The unit is gone with the names that are its own, on record; returns how it was called.

    Raises DubanError NO_SUCH_UNIT, and UNIT_IN_USE where anything is attached to it: work, people, messages,
    reports, another name, a group. Nobody can attach anything meanwhile.
    """
    with database.write() as session:
        found = select(tables.Unit).where(col(tables.Unit.id) == unit_id).with_for_update()
        unit: tables.Unit | None = session.execute(found).scalars().first()
        if unit is None:
            raise DubanError("NO_SUCH_UNIT", "没有这个单位：请刷新页面再试。")
        if attached_to(session, unit):
            raise DubanError(
                "UNIT_IN_USE",
                f"“{unit.name}”已有登记以外的内容（任务、联系人、消息、别名等），不能删除："
                "能去掉的请先去掉，有往来记录的请保留。",
            )
        alias, details = tables.UnitAlias, {"unit": unit.name, "kind": unit.kind}
        session.execute(delete(alias).where(col(alias.unit_id) == unit_id))
        session.delete(unit)
        runs.record(session, "remove_unit", who, now, details=details)
        return unit.name
