"""A copy of the whole database in memory, for rehearsals that must not write."""

from __future__ import annotations

from sqlalchemy import insert, select
from sqlmodel import SQLModel

from db.session import Database


def copy_to_memory(source: Database) -> Database:
    """A database of its own with the same rows; the source is only read."""
    target = Database("sqlite://")
    target.create_unversioned()
    with source.read() as reading, target.write() as writing:
        for table in SQLModel.metadata.sorted_tables:
            rows = [dict(row) for row in reading.execute(select(table)).mappings()]
            if rows:
                writing.connection().execute(insert(table), rows)
    return target
