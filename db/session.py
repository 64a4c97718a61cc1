"""One database through one URL; one writer at a time on SQLite, within and between processes."""

from __future__ import annotations

import fcntl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import StaticPool
from sqlmodel import Session, SQLModel

from engine.errors import DubanError

LOCK_SECONDS = 30.0
MIGRATIONS = Path(__file__).parent / "migrations"


class Database:
    """The only way to the tables: ``read()`` for a consistent look, ``write()`` for one transaction.

    On SQLite writers queue behind a process-wide lock and a lock file beside the database, so that a
    command and the service never meet in ``BEGIN IMMEDIATE``; readers never wait (WAL).
    """

    def __init__(self, url: str) -> None:
        self.url = _with_driver(url)
        self._lock = threading.RLock()
        try:
            self.engine = _engine(self.url)
        except (SQLAlchemyError, ImportError, ValueError) as error:
            raise DubanError(
                "DATABASE_URL", f"数据库地址无法识别：请检查配置项 database_url（{type(error).__name__}）"
            ) from error
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        name = self.engine.url.database
        self.path = Path(name) if self.is_sqlite and name and name != ":memory:" else None

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session on one consistent picture; nothing it changes is kept."""
        with self.engine.connect() as connection, Session(connection) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session whose work is stored whole at the end, or not at all when an error leaves the block."""
        with self._lock, self._file_lock("write", LOCK_SECONDS), self.engine.connect() as connection:
            connection = connection.execution_options(duban_write=True)
            with connection.begin(), Session(connection, expire_on_commit=False) as session:
                yield session
                session.flush()

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Held by the one service of a SQLite file; a second is refused with SERVICE_RUNNING."""
        try:
            with self._file_lock("serve", 0.0):
                yield
        except _Busy as error:
            raise DubanError(
                "SERVICE_RUNNING", f"已有一个服务在使用数据库 {self.path}：请先停止它。"
            ) from error

    @contextmanager
    def _file_lock(self, purpose: str, seconds: float) -> Iterator[None]:
        if self.path is None:
            yield
            return
        with self.path.with_name(f"{self.path.name}.{purpose}.lock").open("a") as file:
            _acquire(file, purpose, seconds)
            try:
                yield
            finally:
                fcntl.flock(file, fcntl.LOCK_UN)

    def migrate(self) -> None:
        """The schema is at the newest revision afterwards."""
        if self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._lock, self._file_lock("write", LOCK_SECONDS), self.engine.connect() as connection:
            config = migration_config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()

    def revision(self) -> tuple[str | None, str | None]:
        """The schema's present revision and the newest one this program knows."""
        with self.engine.connect() as connection:
            present = MigrationContext.configure(connection).get_current_revision()
        return present, ScriptDirectory.from_config(migration_config()).get_current_head()

    def create_unversioned(self) -> None:
        """All tables exist, without migrations: for copies that live in memory."""
        SQLModel.metadata.create_all(self.engine)

    def close(self) -> None:
        """No connection stays open."""
        self.engine.dispose()


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Rows whose unique key is new are stored, the others are left alone; returns how many were new."""
    if not rows:
        return 0
    insert = insert_sqlite if connection.dialect.name == "sqlite" else insert_postgresql
    return connection.execute(insert(table).on_conflict_do_nothing(), list(rows)).rowcount


def migration_config() -> Config:
    """Alembic's configuration; it needs no file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


class _Busy(DubanError):
    """The lock is held by another process."""


def _acquire(file: IO[str], purpose: str, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        if time.monotonic() >= deadline:
            raise _Busy("DATABASE_BUSY", "数据库正被另一个进程写入，等待超时：请稍后再试。", retry=True)
        time.sleep(0.005)


def _with_driver(url: str) -> str:
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    in_memory = url in ("sqlite://", "sqlite:///:memory:")
    options: dict[str, Any] = {"poolclass": StaticPool} if in_memory else {}
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": LOCK_SECONDS}, **options)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    wants_to_write = connection.get_execution_options().get("duban_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if wants_to_write else "BEGIN")
