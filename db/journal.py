"""What a change of stored rows replaced, row by row, so that it can be taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, Table, delete, insert, select
from sqlmodel import Session, SQLModel

from db import tables
from db.types import ExactDecimal, UtcDateTime

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
        self._set(row, old, values)
        bump(row)
        self.session.flush()
        return True

    def place(self, row: Any, position: int) -> None:
        """The row stands there in the document's order; that is no change of its content."""
        if row.position != position:
            self._set(row, {"position": row.position}, {"position": position})
            self.session.flush()

    def replace(self, model: Any, owner: str, owner_id: int, rows: Sequence[Any]) -> None:
        """The rows of that owner are these, in place of those before."""
        old = self._rows(model, owner, owner_id)
        self.session.execute(delete(model).where(getattr(model, owner) == owner_id))
        self.session.add_all(rows)
        self.session.flush()
        new = self._rows(model, owner, owner_id)
        whose = {"op": "replace", "table": model.__tablename__, "owner": owner, "id": owner_id}
        self.entries.append({**whose, "old": old, "new": new})

    def remember_new(self, table: str, ids: Sequence[int]) -> None:
        """Rows that others stored are remembered as new."""
        self.entries += [{"op": "add", "table": table, "id": key} for key in ids]

    def remove(self, rows: Sequence[Any]) -> None:
        """The rows are gone, and remembered whole."""
        for row in rows:
            self.entries.append({"op": "remove", "table": row.__tablename__, "row": _whole(row)})
            self.session.delete(row)
        self.session.flush()

    def _set(self, row: Any, old: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            setattr(row, name, value)
        self.session.add(row)
        self.entries.append(
            {
                "op": "change",
                "table": row.__tablename__,
                "id": row.id,
                "old": {name: _plain(value) for name, value in old.items()},
                "new": {name: _plain(value) for name, value in values.items()},
            }
        )

    def _rows(self, model: Any, owner: str, owner_id: int) -> list[dict[str, Any]]:
        return _owned(self.session, model, owner, owner_id)


def bump(row: Any) -> None:
    """The row has the next revision, if it keeps one."""
    if hasattr(row, "revision"):
        row.revision += 1


def changed_since(session: Session, entries: Sequence[Entry]) -> bool:
    """Whether some row no longer holds what the changes left: somebody has changed it since."""
    left: dict[tuple[str, int], dict[str, Any]] = {}
    sets: dict[tuple[str, int], Entry] = {}
    for entry in entries:
        if entry["op"] == "change":
            left.setdefault((entry["table"], entry["id"]), {}).update(entry["new"])
        elif entry["op"] == "replace":
            sets[entry["table"], entry["id"]] = entry
    return any(not _stands(session, table, key, values) for (table, key), values in left.items()) or any(
        _owned(session, MODELS[entry["table"]], entry["owner"], entry["id"]) != entry["new"]
        for entry in sets.values()
    )


def put_back(session: Session, entry: Entry) -> None:
    """A changed row has its old values and the next revision; a removed or replaced row is there again."""
    table = _table(entry["table"])
    session.flush()
    if entry["op"] == "remove":
        session.connection().execute(insert(table), [_values(table, entry["row"])])
    elif entry["op"] == "replace":
        session.execute(delete(table).where(table.c[entry["owner"]] == entry["id"]))
        if entry["old"]:
            session.connection().execute(insert(table), [_values(table, row) for row in entry["old"]])
    elif entry["op"] == "change":
        row = session.get(MODELS[entry["table"]], entry["id"])
        for name, value in _values(table, entry["old"]).items():
            setattr(row, name, value)
        bump(row)
        session.add(row)
        session.flush()


def _stands(session: Session, table: str, key: int, values: Mapping[str, Any]) -> bool:
    row = session.get(MODELS[table], key)
    return row is not None and all(_plain(getattr(row, name)) == value for name, value in values.items())


def _owned(session: Session, model: Any, owner: str, owner_id: int) -> list[dict[str, Any]]:
    rows = session.execute(select(model).where(getattr(model, owner) == owner_id)).scalars()
    return sorted((_whole(row) for row in rows), key=str)


def _whole(row: Any) -> dict[str, Any]:
    return {column.name: _plain(getattr(row, column.name)) for column in _table(row.__tablename__).columns}


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
