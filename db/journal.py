"""What a change of stored rows replaced, row by row, so that it can be taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, Table, insert
from sqlmodel import Session, SQLModel

from db import tables
from db.types import ExactDecimal, UtcDateTime
from db.units import stored_id

Entry = dict[str, Any]
MODELS: dict[str, Any] = {
    str(model.__tablename__): model
    for model in (
        tables.Plan,
        tables.Phase,
        tables.Project,
        tables.SubTask,
        tables.Indicator,
        tables.Quota,
        tables.Milestone,
        tables.MilestoneQuantity,
        tables.Assignment,
        tables.ProgressReport,
        tables.ReportQuantity,
    )
}


class Journal:
    """Changes rows and remembers how they were; ``entries`` is plain JSON, oldest first."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.entries: list[Entry] = []

    def change(self, row: Any, **values: Any) -> bool:
        """Whether anything is different now; a row with a revision then has the next one."""
        old = {name: getattr(row, name) for name in values}
        if old == values:
            return False
        for name, value in values.items():
            setattr(row, name, value)
        bump(row)
        self.session.add(row)
        self.session.flush()
        self.entries.append(
            {
                "op": "change",
                "table": row.__tablename__,
                "id": row.id,
                "old": {name: _plain(value) for name, value in old.items()},
                "new": {name: _plain(value) for name, value in values.items()},
            }
        )
        return True

    def added(self, row: Any) -> int:
        """The row is stored and remembered as new; returns its id."""
        self.session.add(row)
        self.session.flush()
        self.remember_new(row.__tablename__, [stored_id(row.id)])
        return stored_id(row.id)

    def remember_new(self, table: str, ids: Sequence[int]) -> None:
        """Rows that others stored are remembered as new."""
        self.entries += [{"op": "add", "table": table, "id": key} for key in ids]

    def remove(self, rows: Sequence[Any]) -> None:
        """The rows are gone, and remembered whole."""
        for row in rows:
            values = {
                column.name: _plain(getattr(row, column.name)) for column in _table(row.__tablename__).columns
            }
            self.entries.append({"op": "remove", "table": row.__tablename__, "row": values})
            self.session.delete(row)
        self.session.flush()


def bump(row: Any) -> None:
    """The row has the next revision, if it keeps one."""
    if hasattr(row, "revision"):
        row.revision += 1


def changed_since(session: Session, entries: Sequence[Entry]) -> list[Entry]:
    """The entries whose row no longer holds what the change left: somebody has changed it since."""
    left: dict[tuple[str, int, str], Any] = {}
    for entry in entries:
        if entry["op"] == "change":
            left |= {(entry["table"], entry["id"], name): value for name, value in entry["new"].items()}
    return [entry for entry in entries if entry["op"] == "change" and not _stands(session, entry, left)]


def _stands(session: Session, entry: Entry, left: Mapping[tuple[str, int, str], Any]) -> bool:
    row = session.get(MODELS[entry["table"]], entry["id"])
    return row is not None and all(
        _plain(getattr(row, name)) == left[(entry["table"], entry["id"], name)] for name in entry["new"]
    )


def put_back(session: Session, entry: Entry) -> None:
    """A changed row has its old values and the next revision; a removed row is there again."""
    table = _table(entry["table"])
    if entry["op"] == "remove":
        session.flush()
        session.connection().execute(insert(table), [_values(table, entry["row"])])
        return
    row = session.get(MODELS[entry["table"]], entry["id"])
    for name, value in _values(table, entry["old"]).items():
        setattr(row, name, value)
    bump(row)
    session.add(row)
    session.flush()


def _table(name: str) -> Table:
    return SQLModel.metadata.tables[name]


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _values(table: Table, plain: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(table.columns[name].type, value) for name, value in plain.items()}


def _value(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    return Decimal(value) if isinstance(kind, ExactDecimal) else value
