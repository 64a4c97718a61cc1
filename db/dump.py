"""All rows as lines of JSON that either database takes back: one list a row, the columns in the order named."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from sqlalchemy import (
    Connection,
    Date,
    DateTime,
    LargeBinary,
    MetaData,
    Table,
    delete,
    func,
    insert,
    inspect,
    select,
)
from sqlmodel import Session, SQLModel

import db.tables  # noqa: F401  the tables register themselves
from engine.errors import DubanError

BATCH = 500
VERSIONS = "alembic_version"
OF_THE_INSTALLATION = "marks"  # a service that was started once has left some; they are no data


def tables_in_order() -> list[Table]:
    """Every table, those that others refer to first."""
    return list(SQLModel.metadata.sorted_tables)


def columns(table: Table) -> list[str]:
    """The columns in the order in which lines hold them."""
    return [column.name for column in table.columns]


def lines(session: Session, table: Table) -> Iterator[str]:
    """The rows of the table as this transaction sees them, one line each."""
    query = select(table).order_by(*table.primary_key.columns)
    for row in session.execute(query.execution_options(yield_per=BATCH)):
        yield json.dumps([_plain(value) for value in row], ensure_ascii=False, separators=(",", ":"))


def fill(connection: Connection, table: str, names: Sequence[str], rows: Iterable[str]) -> int:
    """The lines are rows of the table as it is at the schema's present revision; returns how many."""
    known = Table(table, MetaData(), autoload_with=connection)
    count = 0
    waiting = iter(rows)
    while some := list(islice(waiting, BATCH)):
        values = [dict(zip(names, json.loads(line), strict=True)) for line in some]
        for name in names:
            _revive(connection, known, name, values)
        connection.execute(insert(known), values)
        count += len(some)
    _count_on(connection, known)
    return count


def in_order(connection: Connection, names: Iterable[str]) -> list[str]:
    """The names of these tables, those that others refer to first, as the schema is now."""
    known = MetaData()
    known.reflect(connection)
    wanted = set(names)
    return [table.name for table in known.sorted_tables if table.name in wanted]


def is_empty(connection: Connection) -> bool:
    """Whether the database holds nothing that a restore could destroy."""
    names = set(inspect(connection).get_table_names()) - {VERSIONS, OF_THE_INSTALLATION}
    known = MetaData()
    known.reflect(connection, only=sorted(names), resolve_fks=False)
    sizes = (connection.execute(select(func.count()).select_from(table)) for table in known.tables.values())
    return not any(size.scalar() for size in sizes)


def clear_installation(connection: Connection) -> None:
    """The marks of an installation that was never used are gone."""
    if inspect(connection).has_table(OF_THE_INSTALLATION):
        connection.execute(delete(Table(OF_THE_INSTALLATION, MetaData(), autoload_with=connection)))


def check_references(connection: Connection) -> None:
    """Every reference leads somewhere; PostgreSQL has checked while it stored. Raises DubanError BACKUP_DAMAGED."""
    if connection.dialect.name == "sqlite":
        lost = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if lost is not None:
            raise DubanError(
                "BACKUP_DAMAGED", f"备份的内容不完整：表 {lost[0]} 指向不存在的行。请换一份备份。"
            )


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _revive(connection: Connection, table: Table, name: str, rows: Sequence[dict[str, Any]]) -> None:
    """The column's values are as its type wants them."""
    kind = table.columns[name].type
    for row in rows:
        value = row[name]
        if value is None:
            continue
        if isinstance(kind, DateTime):
            moment = datetime.fromisoformat(value)
            row[name] = moment.replace(tzinfo=None) if connection.dialect.name == "sqlite" else moment
        elif isinstance(kind, Date):
            row[name] = date.fromisoformat(value)
        elif isinstance(kind, LargeBinary):
            row[name] = base64.b64decode(value)


def _count_on(connection: Connection, table: Table) -> None:
    """New rows get ids after those that are there; SQLite does so by itself."""
    if connection.dialect.name != "postgresql" or "id" not in table.columns:
        return
    last = connection.execute(select(func.max(table.c.id))).scalar() or 0
    sequence = func.pg_get_serial_sequence(table.name, "id")
    connection.execute(select(func.setval(sequence, last + 1, False)))
