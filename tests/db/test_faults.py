"""What goes wrong with the database itself is told with a code and a sentence, and stores nothing."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from db.faults import HELPED_BY_TRYING_AGAIN, SENTENCES, explained, system_fault
from db.session import Database
from db.tables import Unit
from engine.errors import DubanError


def _refusal(work: Callable[[], object]) -> DubanError:
    with pytest.raises(DubanError) as refused:
        work()
    return refused.value


def _add_units(database: Database, count: int) -> None:
    with database.write() as session:
        session.add_all(Unit(name=f"单位{number:05}" * 20) for number in range(count))


def test_a_full_disk_stores_nothing_and_asks_for_room(sqlite_database: Database) -> None:
    with sqlite_database.engine.connect() as connection:  # the pool hands the same connection out again
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 2}")
    refused = _refusal(lambda: _add_units(sqlite_database, 2_000))
    assert (refused.code, refused.retry) == ("DISK_FULL", True)
    with sqlite_database.read() as session:
        assert session.execute(text("SELECT count(*) FROM units")).scalar() == 0


def test_a_file_that_is_no_database_is_told_as_damaged(tmp_path: Path) -> None:
    path = tmp_path / "duban.sqlite3"
    path.write_bytes(b"not a database, but long enough to be taken for one " * 100)
    database = Database(f"sqlite:///{path}")
    refused = [_refusal(database.migrate), _refusal(lambda: _look(database)), _refusal(database.revision)]
    assert {error.code for error in refused} == {"DATABASE_DAMAGED"}
    assert path.read_bytes().startswith(b"not a database")


def _look(database: Database) -> None:
    with database.read() as session:
        session.execute(text("SELECT 1 FROM units"))


def test_a_folder_in_place_of_the_database_is_told_as_unreachable(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}")
    assert _refusal(lambda: _look(database)).code == "DATABASE_UNREACHABLE"


def test_a_folder_that_cannot_be_made_is_told_before_anything_is_stored(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    database = Database(f"sqlite:///{tmp_path / 'file' / 'duban.sqlite3'}")
    assert _refusal(database.migrate).code == "DATABASE_UNREACHABLE"


def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new' / 'deep' / 'duban.sqlite3'}")
    database.migrate()
    present, newest = database.revision()
    database.close()
    assert present == newest


def test_a_read_only_database_is_told(sqlite_database: Database) -> None:
    with sqlite_database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only=ON")
    assert _refusal(lambda: _add_units(sqlite_database, 1)).code == "DATABASE_READ_ONLY"


def test_a_read_only_postgresql_is_told(postgres_database: Database) -> None:
    with postgres_database.write() as session:
        name = postgres_database.engine.url.database
        session.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
    postgres_database.close()
    assert _refusal(lambda: _add_units(postgres_database, 1)).code == "DATABASE_READ_ONLY"


@pytest.mark.parametrize("work", ["read", "write", "migrate", "revision"])
def test_a_server_that_does_not_answer_is_told_as_unreachable(work: str) -> None:
    database = Database("postgresql://127.0.0.1:1/duban?connect_timeout=5")
    tasks: dict[str, Callable[[], object]] = {
        "read": lambda: _look(database),
        "write": lambda: _add_units(database, 1),
        "migrate": database.migrate,
        "revision": database.revision,
    }
    refused = _refusal(tasks[work])
    assert (refused.code, refused.retry) == ("DATABASE_UNREACHABLE", True)


def test_a_database_that_the_server_does_not_have_is_told_as_unreachable(postgres_database: Database) -> None:
    url = postgres_database.engine.url.set(database="nowhere").render_as_string(hide_password=False)
    assert _refusal(lambda: _look(Database(url))).code == "DATABASE_UNREACHABLE"


def _break_connection(database: Database, session: Session) -> None:
    """The server ends the session's connection, as a restart of it does."""
    pid = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with Database(database.url).read() as other:
        other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})


def _write_through_a_restart(database: Database) -> None:
    with database.write() as session:
        session.add(Unit(name="区教育局"))
        session.flush()
        _break_connection(database, session)
        session.add(Unit(name="区民政局"))


def test_a_connection_lost_in_a_write_stores_nothing_and_the_next_one_works(
    postgres_database: Database,
) -> None:
    refused = _refusal(lambda: _write_through_a_restart(postgres_database))
    assert (refused.code, refused.retry) == ("DATABASE_UNREACHABLE", True)
    with postgres_database.write() as session:
        assert session.execute(text("SELECT count(*) FROM units")).scalar() == 0


def test_a_mistake_of_ours_is_not_told_as_the_database_being_ill(database: Database) -> None:
    with pytest.raises(DBAPIError, match="no_such_table"), database.read() as session:
        session.execute(text("SELECT 1 FROM no_such_table"))


def test_an_error_of_our_own_passes_unchanged() -> None:
    own = DubanError("PLAN_UNKNOWN", "没有这个计划。")
    with pytest.raises(DubanError) as passed, explained():
        raise own
    assert passed.value is own


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "DISK_FULL"),
        (errno.EACCES, "DATABASE_READ_ONLY"),
        (errno.EROFS, "DATABASE_READ_ONLY"),
        (errno.EIO, "DATABASE_IO"),
        (errno.ENOTDIR, "DATABASE_UNREACHABLE"),
    ],
)
def test_a_refusal_of_the_file_system_is_told(number: int, code: str) -> None:
    assert system_fault(OSError(number, "")).code == code


def test_every_sentence_says_what_to_do() -> None:
    assert all("请" in sentence and sentence.endswith("。") for sentence in SENTENCES.values())
    assert set(SENTENCES) >= HELPED_BY_TRYING_AGAIN
