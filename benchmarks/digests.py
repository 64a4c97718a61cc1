"""The weekly digest of a large office: every unit leads twenty sub-tasks and gets a message of its own."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, process_time

from sqlmodel import func, select

from benchmarks import offices
from db import tables
from workflows.office import Office
from workflows.send_digest import send_digest

EACH = 20
FRIDAY = datetime(2024, 3, 29, 8, tzinfo=UTC)  # 16:00 there, an hour after the digest's


def digested(units: int, folder: Path) -> dict[str, float]:
    """Seconds, by the clock and of this process's own work, to freeze the picture and to compose everybody's message."""
    path = folder / "digest.sqlite3"
    with closing(offices.build(path, units * EACH, offices.DUE, units=units)) as database:
        began, worked = perf_counter(), process_time()
        summary = send_digest(database, Office(), FRIDAY)
        seconds, cpu = perf_counter() - began, process_time() - worked
        with database.read() as session:
            stored = session.exec(select(func.count()).select_from(tables.Message)).one()
    if stored != summary.composed or stored < units:
        raise RuntimeError(f"{stored} messages for {units} units")
    return {"seconds": seconds, "cpu_seconds": cpu, "messages": stored, "subtasks": units * EACH}
