"""The schema is what the migrations make of it, on both databases, and a change of it keeps the rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Boolean, Date, DateTime, Integer, LargeBinary, MetaData, Table, inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import SQLModel

import db.tables
from db.session import Database, migration_config
from engine.errors import DubanError
from tests.db.test_types import MOMENTS

FIRST = "0001"


def _tables(database: Database) -> set[str]:
    return set(inspect(database.engine).get_table_names()) - {"alembic_version"}


def _move(database: Database, run: Callable[..., None], revision: str) -> None:
    with database.engine.connect() as connection:
        config = migration_config()
        config.attributes["connection"] = connection
        run(config, revision)
        connection.commit()


def _sample(column: Any, number: int) -> object:
    """A value for a column as the database knows it; references point at row 1."""
    kinds: list[tuple[type, object]] = [
        (Boolean, True),
        (Integer, number),
        (DateTime, MOMENTS[0]),
        (Date, MOMENTS[0].date()),
        (JSON, ["值"]),
        (LargeBinary, b"1"),
    ]
    return next((value for kind, value in kinds if isinstance(column.type, kind)), f"{column.name} 1")


def _fill(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """A row in every table that there is now, and all rows afterwards."""
    known = MetaData()
    known.reflect(database.engine)
    with database.write() as session:
        for table in known.sorted_tables:
            if table.name != "alembic_version":
                row = {column.name: _sample(column, 1) for column in table.columns}
                session.execute(table.insert().values(row))
    return {
        table.name: _rows(database, table) for table in known.sorted_tables if table.name in _tables(database)
    }


def _rows(database: Database, table: Table) -> list[tuple[object, ...]]:
    with database.read() as session:
        return [tuple(row) for row in session.execute(table.select())]


def test_the_migrations_make_exactly_the_tables_of_the_code(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "render_as_batch": True}
        )
        assert compare_metadata(context, SQLModel.metadata) == []


def test_every_class_of_the_tables_has_its_table(database: Database) -> None:
    classes = {
        thing.__tablename__
        for thing in vars(db.tables).values()
        if isinstance(thing, type) and issubclass(thing, SQLModel) and thing is not SQLModel
    }
    assert _tables(database) == classes


def test_there_is_one_line_of_revisions_and_it_begins_with_the_first() -> None:
    scripts = ScriptDirectory.from_config(migration_config())
    assert len(scripts.get_heads()) == 1
    assert scripts.get_base() == FIRST


def test_an_empty_database_becomes_the_newest(empty_database: Database) -> None:
    assert empty_database.revision()[0] is None
    empty_database.migrate()
    present, newest = empty_database.revision()
    assert present == newest
    assert newest is not None


def test_migrating_twice_changes_nothing(database: Database) -> None:
    before = _fill(database)
    database.migrate()
    known = MetaData()
    known.reflect(database.engine)
    assert {name: _rows(database, known.tables[name]) for name in before} == before


def test_rows_of_the_first_revision_survive_all_later_ones(empty_database: Database) -> None:
    _move(empty_database, command.upgrade, FIRST)
    before = _fill(empty_database)
    empty_database.migrate()
    assert before
    known = MetaData()
    known.reflect(empty_database.engine)
    after = {name: len(_rows(empty_database, known.tables[name])) for name in before}
    assert after == {**dict.fromkeys(before, 1), "marks": 2}  # beside its own: the head of the sealed record


@pytest.mark.parametrize("is_shown", [True, False])
def test_at_the_upgrade_what_was_given_up_before_an_arrival_or_is_not_shown_is_settled(
    empty_database: Database, is_shown: bool
) -> None:
    _move(empty_database, command.upgrade, "0007")
    _fill(empty_database)
    known = MetaData()
    known.reflect(empty_database.engine)
    messages, findings = known.tables["messages"], known.tables["findings"]
    ended = [
        ("given_up", "reminder"),
        ("accepted", "reminder"),
        ("given_up", "digest"),
        ("accepted", "group"),
    ]
    with empty_database.write() as session:
        shown = {
            "code": "MESSAGE_GIVEN_UP",
            "subject": "post:1",
            "closed_at": None if is_shown else MOMENTS[0],
        }
        session.execute(findings.update().values(shown))
        for number, (state, kind) in enumerate(ended, 2):
            row = {column.name: _sample(column, 1) for column in messages.columns}
            own = {"id": number, "key": f"key {number}", "rfc_message_id": f"<{number}>"}
            at = {"state": state, "kind": kind, "ended_at": MOMENTS[0] + timedelta(days=number)}
            session.execute(messages.insert().values({**row, **own, **at}))
    empty_database.migrate()
    with empty_database.read() as session:
        rows = session.execute(
            text("SELECT id FROM messages WHERE settled_reason = 'arrived_since' ORDER BY id")
        )
        assert [row[0] for row in rows] == ([2] if is_shown else [2, 4])


def test_answers_of_vendors_belong_to_the_last_attempt_and_the_way_down_keeps_the_first(
    empty_database: Database,
) -> None:
    _move(empty_database, command.upgrade, "0012")
    _fill(empty_database)
    with empty_database.write() as session:
        session.execute(text("UPDATE messages SET attempts = 3"))
    empty_database.migrate()
    with empty_database.write() as session:
        assert session.execute(text("SELECT attempt FROM receipts")).scalars().all() == [3]
        again = "INSERT INTO receipts (id, message_id, person, answer, reason, at, attempt) "
        same = "SELECT 2, message_id, person, answer, reason, at, 4 FROM receipts"
        session.execute(text(again + same))
    _move(empty_database, command.downgrade, "0012")
    with empty_database.read() as session:
        assert session.execute(text("SELECT id FROM receipts")).scalars().all() == [1]


def test_the_way_down_and_up_again_ends_where_it_began(database: Database) -> None:
    before = _tables(database)
    _move(database, command.downgrade, "base")
    assert _tables(database) == set()
    database.migrate()
    assert _tables(database) == before


def test_references_are_still_enforced_after_migrating(empty_database: Database) -> None:
    empty_database.migrate()
    with empty_database.engine.connect() as connection:
        if empty_database.is_sqlite:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"), empty_database.write() as session:
        session.execute(text("INSERT INTO unit_members VALUES (404, 405)"))


def test_a_database_of_a_newer_program_is_refused_untouched(database: Database) -> None:
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'future'"))
    with pytest.raises(DubanError) as refused:
        database.migrate()
    assert refused.value.code == "DATABASE_NEWER"
    assert database.revision()[0] == "future"


def test_a_step_that_fails_leaves_the_schema_as_it_was(empty_database: Database) -> None:
    with empty_database.write() as session:  # the last table of the first revision is already there
        session.execute(text("CREATE TABLE report_quantities (mine INTEGER)"))
    with pytest.raises(DBAPIError, match="report_quantities"):
        empty_database.migrate()
    assert _tables(empty_database) == {"report_quantities"}
    assert empty_database.revision()[0] is None
