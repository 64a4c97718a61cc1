"""Every page of a large plan, as the server of the service answers it to somebody who is signed in."""

from __future__ import annotations

import http.client
import re
import statistics
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from time import perf_counter, sleep

import uvicorn
from sqlalchemy import insert, update
from sqlmodel import Session, col

from benchmarks import offices
from db import tables
from db.session import Database
from duban.serving import address_of, listening
from engine.roles import Role
from notifications.links import Links, token_hash
from web.access import MATRIX, Access
from web.app import Site, create_app
from workflows.compose import compose
from workflows.deliver import deliver
from workflows.office import Office
from workflows.send_digest import send_digest
from workflows.sweep import sweep

EACH = 10  # sub-tasks of a project
STREETS = 18
MORNING = datetime(2024, 3, 26, 2, tzinfo=UTC)  # 10:00 there
EVENING = datetime(2024, 3, 29, 9, tzinfo=UTC)  # 17:00 there, after the week's digest
TOKEN = "benchmark"
TIMES = 5
LOOKS = (Access.READ, Access.DESK, Access.ADMIN, Access.SIGNED_IN)
MADE_ELSEWHERE = re.compile(r"/(mine|sign-in|set-up|static|public)|\.ics|/notice|/file|/inbox")


def answered(subtasks: int, folder: Path) -> dict[str, float]:
    """Milliseconds of each page (the median of several), and of the slowest one."""
    with closing(_plan(folder / "pages.sqlite3", subtasks)) as database:
        office = Office(links=Links("http://127.0.0.1", b"k" * 32))
        for moment in (MORNING, EVENING):
            sweep(database, moment)
            compose(database, office, moment)
            deliver(database, office, moment)
        send_digest(database, office, EVENING)
        with database.write() as session:
            _sign_in(session)
        with _served(Site(database, lambda: EVENING, links=office.links, files=folder)) as port:
            figures = {path: _median(port, path) for path in _paths()}
    found = {path: milliseconds for path, milliseconds in figures.items() if milliseconds is not None}
    return {**found, "slowest_ms": max(found.values())}


def _paths() -> list[str]:
    """Every page that people look at, with the number 1 in the place of a number."""
    lines = [line for line, access in MATRIX.items() if line.startswith("GET ") and access in LOOKS]
    paths = [line.removeprefix("GET ") for line in lines if not MADE_ELSEWHERE.search(line)]
    return sorted({re.sub(r"\{\w+\}", "1", path) for path in paths})


def _median(port: int, path: str) -> float | None:
    """How long the answer takes once everything is warm; nothing for what is no page."""
    if not _is_page(port, path):
        return None
    times = []
    for _ in range(TIMES):
        began = perf_counter()
        _is_page(port, path)
        times.append(perf_counter() - began)
    return statistics.median(times) * 1000


def _is_page(port: int, path: str) -> bool:
    """Whether what was answered is a page, read to its end."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers={"Cookie": f"duban={TOKEN}"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status == 200 and answer.getheader("Content-Disposition") is None


@contextmanager
def _served(site: Site) -> Iterator[int]:
    config = uvicorn.Config(create_app(site), log_config=None, access_log=False, lifespan="off")
    with listening("127.0.0.1", 0) as page:
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [page]}, daemon=True)
        thread.start()
        while not server.started:
            sleep(0.01)
        yield int(address_of(page).rstrip("/").rsplit(":", 1)[1])
        server.should_exit = True
        thread.join()


def _plan(path: Path, subtasks: int) -> Database:
    """The plan of the other benchmarks in projects of ten, a third of it shared out to streets and reported."""
    database = offices.build(path, subtasks, offices.DUE)
    with database.write() as session:
        _add_projects(session, subtasks)
        _add_quotas(session, range(1, subtasks + 1, 3))
        _add_reports(session, range(1, subtasks + 1, 3))
    return database


def _add_projects(session: Session, subtasks: int) -> None:
    count = -(-subtasks // EACH)
    rows = [
        {
            "id": 1 + key,
            "plan_id": 1,
            "position": 1 + key,
            "no": str(key),
            "title": f"项目{key}",
            "revision": 1,
            "leaders": [],
            "lead_units": [],
            "cooperating_units": [],
        }
        for key in range(1, count + 1)
    ]
    session.connection().execute(insert(tables.Project), rows)
    task = tables.SubTask
    for key in range(1, count + 1):
        mine = col(task.id).between((key - 1) * EACH + 1, key * EACH)
        session.execute(update(task).where(mine).values(project_id=1 + key))


def _add_quotas(session: Session, keys: range) -> None:
    session.connection().execute(
        insert(tables.Quota),
        [
            {"indicator_id": key, "unit_id": unit, "quantity": Decimal(10)}
            for key in keys
            for unit in range(1, STREETS + 1)
        ],
    )


def _add_reports(session: Session, keys: range) -> None:
    received = MORNING - timedelta(days=20)
    reports = [
        {"id": key, "subtask_id": key, "period": "2024-02", "received_at": received, "as_of": date(2024, 2, 29),
         "state": "submitted", "status": "in_progress", "text": "按计划推进", "role": "lead", "unit_id": 1 + key % offices.UNITS,
         "source": "link", "who": "联络员"}
        for key in keys
    ]  # fmt: skip
    session.connection().execute(insert(tables.ProgressReport), reports)
    figures = [{"report_id": key, "indicator_id": key, "quantity": Decimal(8)} for key in keys]
    session.connection().execute(insert(tables.ReportQuantity), figures)


def _sign_in(session: Session) -> None:
    user = tables.User(name="benchmark", role=Role.ADMIN.value, created_at=EVENING, changed_at=EVENING)
    session.add(user)
    session.flush()
    assert user.id is not None
    session.add(
        tables.SignIn(
            user_id=user.id,
            token_hash=token_hash(TOKEN),
            began_at=EVENING,
            seen_at=EVENING,
            expires_at=EVENING + timedelta(days=1),
        )
    )
