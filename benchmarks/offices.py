"""Plans of any size for the benchmarks, written in bulk."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from sqlalchemy import insert
from sqlmodel import Session

from db import tables
from db.session import Database

CHUNK = 20_000
UNITS = 40
NEVER_SOON = date(2024, 12, 1)
DUE = date(2024, 3, 1)


def build(path: Path, subtasks: int, due_on: date, units: int = UNITS) -> Database:
    """A database with that many sub-tasks of one indicator each, all to be checked on that day."""
    database = Database(f"sqlite:///{path}")
    database.migrate()
    with database.write() as session:
        _add_frame(session, units)
    for first in range(1, subtasks + 1, CHUNK):
        with database.write() as session:
            _add_chunk(session, range(first, min(first + CHUNK, subtasks + 1)), due_on, units)
    return database


def _add_frame(session: Session, units: int) -> None:
    plan = tables.Plan(
        id=1,
        title="年度任务",
        year=2024,
        issued_on=date(2024, 1, 1),
        followed_from=datetime(2024, 3, 25, tzinfo=UTC),
    )
    session.add(plan)
    session.flush()
    session.add(
        tables.Phase(plan_id=1, name="execute", starts_on=date(2024, 1, 1), ends_on=date(2024, 11, 30))
    )
    session.add(tables.Project(id=1, plan_id=1, position=1, no="1", title="项目"))
    for key in range(1, units + 1):
        session.add(tables.Unit(id=key, name=f"单位{key}"))
        session.flush()
        session.add(tables.Post(id=key, unit_id=key, kind="liaison"))


def _add_chunk(session: Session, keys: range, due_on: date, units: int) -> None:
    connection = session.connection()
    connection.execute(
        insert(tables.SubTask),
        [
            {"id": key, "plan_id": 1, "project_id": 1, "position": key, "no": str(key), "title": f"任务{key}",
             "state": "issued", "responsible": [], "level": [], "place": "", "light": "grey", "revision": 1,
             "next_check_on": due_on}
            for key in keys
        ],
    )  # fmt: skip
    connection.execute(
        insert(tables.Indicator),
        [
            {"subtask_id": key, "position": 1, "subject": "", "quantity": Decimal(100 + key % 900), "unit": "台",
             "comparator": "=", "kind": "delivery", "quote": "", "level": [], "revision": 1}
            for key in keys
        ],
    )  # fmt: skip
    connection.execute(
        insert(tables.Assignment),
        [{"subtask_id": key, "unit_id": 1 + key % units, "role": "lead", "position": 0} for key in keys],
    )
