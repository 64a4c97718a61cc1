"""One contract for the door to the tables, on SQLite and on PostgreSQL."""

from __future__ import annotations

import multiprocessing
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from db.session import Database, insert_new
from db.tables import Mark, Unit, UnitAlias
from engine.errors import DubanError

NOON = datetime(2024, 3, 1, 4, tzinfo=UTC)
ROUNDS = 25
PROCESSES = multiprocessing.get_context("spawn")


def units(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Unit)) or 0


def test_a_write_is_stored_whole(database: Database) -> None:
    with database.write() as session:
        session.add(Unit(name="区教育局"))
        session.add(Unit(name="区民政局"))
    assert units(database) == 2


def _add_one_and_fail(database: Database) -> None:
    with database.write() as session:
        session.add(Unit(name="区教育局"))
        session.flush()
        raise RuntimeError("half way")


def test_an_error_leaves_nothing_of_a_write(database: Database) -> None:
    with pytest.raises(RuntimeError, match="half way"):
        _add_one_and_fail(database)
    assert units(database) == 0


def _add_the_same_twice(database: Database) -> None:
    with database.write() as session:
        session.add(Unit(name="区教育局"))
        session.flush()
        session.add(Unit(name="区教育局"))


def test_an_error_at_the_last_row_leaves_nothing_of_the_first(database: Database) -> None:
    with pytest.raises(IntegrityError):
        _add_the_same_twice(database)
    assert units(database) == 0


def test_rows_can_be_read_after_the_write_that_made_them(database: Database) -> None:
    with database.write() as session:
        unit = Unit(name="区教育局")
        session.add(unit)
    assert unit.id is not None
    assert unit.name == "区教育局"


@pytest.mark.parametrize("commit", [False, True])
def test_what_a_read_changes_is_not_kept(database: Database, commit: bool) -> None:
    with database.read() as session:
        session.add(Unit(name="区教育局"))
        session.flush()
        if commit:
            session.commit()
    assert units(database) == 0


def test_a_read_keeps_its_picture_while_others_write(database: Database) -> None:
    with database.write() as session:
        session.add(Mark(name="seen", value="before", at=NOON))
    with database.read() as reader:
        first = reader.scalars(select(col(Mark.value))).all()
        with database.write() as session:
            session.add(Mark(name="late", value="after", at=NOON))
        second = reader.scalars(select(col(Mark.value))).all()
    assert (first, second) == (["before"], ["before"])


def test_a_reader_does_not_wait_for_a_writer(database: Database) -> None:
    with database.write() as session:
        session.add(Unit(name="区教育局"))
        session.flush()
        assert units(database) == 0
    assert units(database) == 1


def test_a_write_within_a_write_is_refused_at_once(database: Database) -> None:
    with database.write(), pytest.raises(RuntimeError, match="within"), database.write():
        pass
    with database.write() as session:
        session.add(Unit(name="区教育局"))
    assert units(database) == 1


def _add_marks(session: Session, *names: str) -> int:
    rows = [{"name": name, "value": "", "at": NOON} for name in names]
    return insert_new(session.connection(), Mark.__table__, rows)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("before", "added", "new"),
    [
        ((), (), 0),
        ((), ("a",), 1),
        (("a",), ("a",), 0),
        (("a",), ("a", "b"), 1),
        (("a", "b"), ("c", "d", "e"), 3),
        ((), ("a", "a"), 1),
    ],
)
def test_insert_new_counts_only_what_was_not_there(
    database: Database, before: tuple[str, ...], added: tuple[str, ...], new: int
) -> None:
    with database.write() as session:
        _add_marks(session, *before)
    with database.write() as session:
        assert _add_marks(session, *added) == new
    with database.read() as session:
        kept = session.scalars(select(col(Mark.name))).all()
    assert sorted(kept) == sorted({*before, *added})


def test_insert_new_leaves_the_row_that_was_there(database: Database) -> None:
    with database.write() as session:
        session.add(Mark(name="a", value="first", at=NOON))
    with database.write() as session:
        _add_marks(session, "a")
    with database.read() as session:
        assert session.scalars(select(col(Mark.value))).all() == ["first"]


def test_insert_new_takes_thousands_of_rows_at_once(database: Database) -> None:
    names = [f"mark {number}" for number in range(3_000)]
    with database.write() as session:
        assert _add_marks(session, *names) == 3_000
        assert _add_marks(session, *names, "one more") == 1


def test_insert_new_still_refuses_a_row_that_breaks_a_reference(database: Database) -> None:
    orphan = {"unit_id": 404, "name": "教育局"}
    with pytest.raises(IntegrityError), database.write() as session:
        insert_new(session.connection(), UnitAlias.__table__, [orphan])  # type: ignore[attr-defined]


def _count_up(database: Database, rounds: int) -> None:
    for _ in range(rounds):
        with database.write() as session:
            mark = session.get_one(Mark, "counter", with_for_update=not database.is_sqlite)
            mark.value = str(int(mark.value) + 1)
            session.add(mark)


def _count_up_elsewhere(url: str, rounds: int, ready: Any) -> None:
    database = Database(url)
    ready.wait()
    _count_up(database, rounds)
    database.close()


def _start_counter(database: Database) -> None:
    with database.write() as session:
        session.add(Mark(name="counter", value="0", at=NOON))


def _counted(database: Database) -> int:
    with database.read() as session:
        return int(session.get_one(Mark, "counter").value)


def _together(count: int, work: Callable[[], None]) -> None:
    barrier = Barrier(count)

    def start() -> None:
        barrier.wait()
        work()

    with ThreadPoolExecutor(count) as pool:
        running: list[Future[None]] = [pool.submit(start) for _ in range(count)]
    for done in running:
        done.result()


def test_threads_that_write_at_once_lose_nothing(database: Database) -> None:
    _start_counter(database)
    _together(4, lambda: _count_up(database, ROUNDS))
    assert _counted(database) == 4 * ROUNDS


def test_processes_that_write_at_once_lose_nothing(database: Database) -> None:
    _start_counter(database)
    ready = PROCESSES.Barrier(2)
    url = database.engine.url.render_as_string(hide_password=False)
    workers = [PROCESSES.Process(target=_count_up_elsewhere, args=(url, ROUNDS, ready)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert _counted(database) == 2 * ROUNDS


def test_one_of_two_that_claim_at_once_gets_the_row(database: Database) -> None:
    won: list[int] = []

    def claim() -> None:
        with database.write() as session:
            won.append(_add_marks(session, "the only one"))

    _together(4, claim)
    assert sorted(won) == [0, 0, 0, 1]


def _hold(url: str, purpose: str, held: Any, done: Any) -> None:
    database = Database(url)
    with database.write() if purpose == "write" else database.serving():
        held.set()
        done.wait(60)
    database.close()


class Holder:
    """Another process that holds the write lock or the service's place until told to let go."""

    def __init__(self, url: str, purpose: str) -> None:
        self._done = PROCESSES.Event()
        held = PROCESSES.Event()
        self._process = PROCESSES.Process(target=_hold, args=(url, purpose, held, self._done))
        self._process.start()
        assert held.wait(60)

    def __enter__(self) -> Holder:
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._process.join(60)

    def kill(self) -> None:
        """The process is gone without a word, as in a power cut."""
        self._process.kill()
        self._process.join(60)


def _impatient(database: Database) -> Database:
    return Database(database.url, lock_seconds=0.05)


def _write_nothing(database: Database) -> None:
    with database.write():
        pass


def _refusal(work: Callable[[], None]) -> DubanError:
    with pytest.raises(DubanError) as refused:
        work()
    return refused.value


def test_a_lock_held_by_another_process_is_told_as_busy(sqlite_database: Database) -> None:
    impatient = _impatient(sqlite_database)
    with Holder(sqlite_database.url, "write"):
        refusals = [_refusal(lambda: _write_nothing(impatient)), _refusal(impatient.migrate)]
    impatient.close()
    assert [(error.code, error.retry) for error in refusals] == [("DATABASE_BUSY", True)] * 2


def test_a_lock_held_by_another_thread_is_told_as_busy(sqlite_database: Database) -> None:
    database = _impatient(sqlite_database)

    with database.write(), ThreadPoolExecutor(1) as pool:
        refused = pool.submit(_write_nothing, database).exception()
    database.close()
    assert isinstance(refused, DubanError)
    assert refused.code == "DATABASE_BUSY"


def test_a_writer_that_bypasses_the_lock_file_is_told_as_busy(sqlite_database: Database) -> None:
    stranger = sqlite3.connect(sqlite_database.path or "", isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    impatient = _impatient(sqlite_database)
    refused = _refusal(lambda: _write_nothing(impatient))
    stranger.close()
    impatient.close()
    assert refused.code == "DATABASE_BUSY"


def _serve_nothing(database: Database) -> None:
    with database.serving():
        pass


def test_a_second_service_on_the_same_file_is_refused_but_a_command_may_write(
    sqlite_database: Database,
) -> None:
    with Holder(sqlite_database.url, "serve"):
        refused = _refusal(lambda: _serve_nothing(sqlite_database))
        with sqlite_database.write() as session:
            session.add(Unit(name="区教育局"))
    assert refused.code == "SERVICE_RUNNING"
    assert "停止" in refused.message
    assert units(sqlite_database) == 1


def test_a_second_service_within_the_process_is_refused(sqlite_database: Database) -> None:
    with sqlite_database.serving():
        refused = _refusal(lambda: _serve_nothing(sqlite_database))
    assert refused.code == "SERVICE_RUNNING"


@pytest.mark.parametrize("purpose", ["write", "serve"])
def test_a_killed_process_leaves_no_lock_behind(sqlite_database: Database, purpose: str) -> None:
    Holder(sqlite_database.url, purpose).kill()
    with sqlite_database.serving(), sqlite_database.write() as session:
        session.add(Unit(name="区教育局"))
    assert units(sqlite_database) == 1


def test_several_services_may_share_one_postgresql(postgres_database: Database) -> None:
    second = Database(postgres_database.url)
    with postgres_database.serving(), second.serving():
        assert units(second) == 0
    second.close()


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://db.example.org/duban", "oracle+none://x"])
def test_an_address_of_no_database_is_refused(url: str) -> None:
    with pytest.raises(DubanError) as refused:
        Database(url)
    assert refused.value.code == "DATABASE_URL"


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgres://db.example.org/duban", "postgresql+psycopg://db.example.org/duban"),
        ("postgresql://db.example.org/duban", "postgresql+psycopg://db.example.org/duban"),
        ("postgresql+psycopg://db.example.org/duban", "postgresql+psycopg://db.example.org/duban"),
        ("sqlite://", "sqlite://"),
    ],
)
def test_the_driver_is_chosen_for_the_reader(given: str, used: str) -> None:
    assert Database(given).url == used


def test_sqlite_keeps_what_it_has_confirmed_through_a_power_cut(sqlite_database: Database) -> None:
    with sqlite_database.read() as session:
        assert _pragma(session.connection(), "journal_mode") == "wal"
        assert _pragma(session.connection(), "synchronous") == 2  # FULL
        assert _pragma(session.connection(), "foreign_keys") == 1


def _pragma(connection: Connection, name: str) -> object:
    return connection.execute(text(f"PRAGMA {name}")).scalar()


def test_a_copy_in_memory_has_all_tables(tmp_path: Path) -> None:
    database = Database("sqlite://")
    database.create_unversioned()
    with database.write() as session:
        session.add(Unit(name="区教育局"))
    with database.read() as session:
        assert session.scalars(select(col(Unit.name))).all() == ["区教育局"]
    assert not list(tmp_path.iterdir())
