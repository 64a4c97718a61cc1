"""A copy of the whole database in memory, for rehearsals that must not write."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Select, Table, case, null, select, type_coerce
from sqlalchemy import insert as into
from sqlmodel import SQLModel, col

from db import tables
from db.session import Database

BATCH = 500  # rows on their way
M, F = tables.Message, tables.MessageFile
_TO_COME = ("held", "waiting", "sending")
BULK: dict[str, dict[str, Any]] = {
    "messages": {"text": "", "html": "", "card": null()},
    "message_files": {"content": b""},
}


def copy_to_memory(source: Database) -> Database:
    """A database of its own with the same rows; the source is only read.

    What an ended message said is left out, and its files are empty: most of a database, and nothing reads it there.
    """
    target = Database("sqlite://")
    target.create_unversioned()
    with source.read() as reading, target.write() as writing:
        for table in SQLModel.metadata.sorted_tables:
            found = reading.execute(_rows_of(table).execution_options(yield_per=BATCH)).mappings()
            for some in found.partitions():
                writing.connection().execute(into(table), [dict(row) for row in some])
    return target


def _rows_of(table: Table) -> Select[Any]:
    bulk = BULK.get(table.name, {})
    query = select(*(_without(one, bulk[one.name]) if one.name in bulk else one for one in table.columns))
    return query.join(M, col(M.id) == col(F.message_id)) if table.name == "message_files" else query


def _without(column: Column[Any], nothing: Any) -> Any:
    """The column of what is still to be sent; of all else ``nothing``."""
    kept = case((col(M.state).in_(_TO_COME), column), else_=nothing)
    return type_coerce(kept, column.type).label(column.name)
