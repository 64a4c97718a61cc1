"""One database through one URL; one writer at a time on SQLite, within and between processes."""

from __future__ import annotations

import fcntl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, Table, create_engine, event, text
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import StaticPool
from sqlmodel import Session, SQLModel

from db.audit import seal
from db.faults import explained, fault, system_fault
from engine.errors import DubanError

LOCK_SECONDS = 30.0
MIGRATION_LOCK = 0x64756261  # "duba", the advisory lock of those who migrate
MIGRATIONS = Path(__file__).parent / "migrations"


class Database:
    """The only way to the tables: ``read()`` for a consistent look, ``write()`` for one transaction.

    Writers of one process take turns. On SQLite they also queue behind a lock file beside the database,
    so that a command and the service never meet in ``BEGIN IMMEDIATE``; readers never wait (WAL). Who
    waits longer than ``lock_seconds`` gets DATABASE_BUSY; other faults are told in ``db.faults``.
    """

    def __init__(self, url: str, lock_seconds: float = LOCK_SECONDS) -> None:
        self.url = _with_driver(url)
        self.lock_seconds = lock_seconds
        self._lock = threading.Lock()
        self._writer: int | None = None
        try:
            self.engine = _engine(self.url, lock_seconds)
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
        with explained(), self.engine.connect() as connection:
            if not self.is_sqlite:  # a SQLite transaction is a snapshot by itself
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            transaction = connection.begin()
            try:
                with Session(connection) as session:
                    yield session
            finally:
                transaction.rollback()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session whose work is stored whole at the end, or not at all when an error leaves the block."""
        with explained(), self._turn(), self.engine.connect() as connection:
            connection = connection.execution_options(duban_write=True)
            with connection.begin(), Session(connection, expire_on_commit=False) as session:
                yield session
                session.flush()
                seal(session)

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Held by the one service of a SQLite file; a second is refused with SERVICE_RUNNING."""
        with self._file_lock("serve", 0.0) as held:
            if not held:
                raise DubanError("SERVICE_RUNNING", f"已有一个服务在使用数据库 {self.path}：请先停止它。")
            yield

    def migrate(self) -> None:
        """The schema is at the newest revision afterwards, or as it was if a step failed."""
        with explained(), self._turn(), self.engine.connect() as connection:
            connection = connection.execution_options(duban_write=True)
            with _rebuilding_tables(connection):
                _upgrade(connection)
                connection.commit()

    def rebuild(
        self, revision: str, fill: Callable[[Connection], None], finish: Callable[[Connection], None]
    ) -> None:
        """That revision's tables, what ``fill`` put in, the newest schema, what ``finish`` added: all or nothing.

        SQLite does not check references meanwhile: that is the caller's to do.
        """
        with explained(), self._turn(), self.engine.connect() as connection:
            connection = connection.execution_options(duban_write=True)
            with _rebuilding_tables(connection):
                _upgrade(connection, revision)
                fill(connection)
                _upgrade(connection)
                finish(connection)
                connection.commit()

    def revision(self) -> tuple[str | None, str | None]:
        """The schema's present revision and the newest one this program knows."""
        with explained(), self.engine.connect() as connection:
            present = MigrationContext.configure(connection).get_current_revision()
        return present, ScriptDirectory.from_config(migration_config()).get_current_head()

    def create_unversioned(self) -> None:
        """All tables exist, without migrations: for copies that live in memory."""
        SQLModel.metadata.create_all(self.engine)

    def close(self) -> None:
        """No connection stays open."""
        self.engine.dispose()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if self._writer == threading.get_ident():
            raise RuntimeError("write() within write(): hand the session on instead")
        if not self._lock.acquire(timeout=self.lock_seconds):
            raise fault("DATABASE_BUSY")
        self._writer = threading.get_ident()
        try:
            with self._file_lock("write", self.lock_seconds) as held:
                if not held:
                    raise fault("DATABASE_BUSY")
                yield
        finally:
            self._writer = None
            self._lock.release()

    @contextmanager
    def _file_lock(self, purpose: str, seconds: float) -> Iterator[bool]:
        if self.path is None:
            yield True
            return
        with _lock_file(self.path, purpose) as file:
            held = _acquire(file, seconds)
            try:
                yield held
            finally:
                if held:
                    fcntl.flock(file, fcntl.LOCK_UN)


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Rows whose unique key is new are stored, the others are left alone; returns how many were new."""
    return _execute(connection, _insert(connection, table).on_conflict_do_nothing(), rows)


def insert_or_update(
    connection: Connection,
    table: Table,
    key: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    where: Callable[[Any], Any],
) -> int:
    """Like ``insert_new``, but a stored row takes the new values where it may; returns how many are new or changed.

    ``where`` makes the condition from the columns of the new row. All rows have the same columns.
    """
    if not rows:
        return 0
    statement = _insert(connection, table)
    values = {name: statement.excluded[name] for name in rows[0] if name not in key}
    updating = statement.on_conflict_do_update(
        index_elements=key, set_=values, where=where(statement.excluded)
    )
    return _execute(connection, updating, rows)


def _insert(connection: Connection, table: Table) -> Any:
    return (insert_sqlite if connection.dialect.name == "sqlite" else insert_postgresql)(table)


def _execute(connection: Connection, statement: Any, rows: Sequence[Mapping[str, Any]]) -> int:
    if not rows:
        return 0
    return connection.execute(statement.execution_options(preserve_rowcount=True), list(rows)).rowcount


def migration_config() -> Config:
    """Alembic's configuration; it needs no file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _upgrade(connection: Connection, revision: str = "head") -> None:
    config = migration_config()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, revision)
    except CommandError as error:
        raise DubanError(
            "DATABASE_NEWER", "数据库由另一个（更新的）版本的 duban 建立：请升级程序后再用。"
        ) from error


@contextmanager
def _rebuilding_tables(connection: Connection) -> Iterator[None]:
    """Batch mode drops and rebuilds tables: SQLite must not check references meanwhile, but at the end.

    On PostgreSQL nodes that start at once take turns.
    """
    if connection.dialect.name != "sqlite":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        yield
        return
    _pragma(connection, "foreign_keys=OFF")  # takes effect only outside a transaction
    connection.begin()  # else Alembic commits after each step
    try:
        yield
    finally:
        connection.rollback()
        _pragma(connection, "foreign_keys=ON")


def _pragma(connection: Connection, setting: str) -> None:
    driver: Any = connection.connection.driver_connection
    driver.execute(f"PRAGMA {setting}")


def _lock_file(path: Path, purpose: str) -> IO[str]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.with_name(f"{path.name}.{purpose}.lock").open("a")
    except OSError as error:
        raise system_fault(error) from error


def _acquire(file: IO[str], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.005)


def _with_driver(url: str) -> str:
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _engine(url: str, lock_seconds: float) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, hide_parameters=True, pool_pre_ping=True)
    in_memory = url in ("sqlite://", "sqlite:///:memory:")
    options: dict[str, Any] = {"poolclass": StaticPool} if in_memory else {}
    engine = create_engine(
        url,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "timeout": lock_seconds},
        **options,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    wants_to_write = connection.get_execution_options().get("duban_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if wants_to_write else "BEGIN")
