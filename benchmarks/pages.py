"""Every page of a large plan, as the server of the service answers it to somebody who is signed in."""

from __future__ import annotations

import http.client
import re
import statistics
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time, sleep
from typing import Any
from urllib.parse import quote

import uvicorn
from sqlalchemy import event, func, select
from sqlmodel import Session, col

from benchmarks.lived import DESK, EVENING, LINKS, OFFICE, UNIT, lived
from db import tables
from db.session import Database
from duban.serving import address_of, keep_loaded, listening
from web import rehearsals, worked_out
from web.access import MATRIX
from web.app import Site, create_app
from workflows.calendar_feed import feed_address

TARGET_MS = 150
WORTH_TELLING = 1000  # sub-tasks; smaller plans say nothing of speed
TIMES = 5
CHUNK = 1 << 20  # bytes of an answer in memory
BESIDE = (rehearsals.WORKER, worked_out.WORKER)
NO_PAGE = re.compile(
    r"/static|/public|/set-up|/sign-in|/inbox|/files?/|enclosures|/feeds|/settings/channel(s|-kinds)/"
)  # or nothing there
MORE = (
    "/?light=red", "/?page=9", "/?q=任务12", "/subtasks/13", "/messages?page=9", "/bulletins/next?post=20",
    "/changes/1?preview=1", "/evaluations/preview?year=1", "/reviews?page=2", "/milestones?page=2", "/units/20",
    "/wall?unit=3", "/settings/audit?page=9",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """A page: the median of several answers, in milliseconds and queries; what is no page counts for itself."""

    path: str
    cpu: float
    wall: float
    queries: int
    size: int
    is_page: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """How many bytes came back, and whether they are a page."""

    size: int
    is_page: bool


@dataclass(frozen=True, slots=True)
class Look:
    """What one answer took, in milliseconds and queries."""

    cpu: float
    wall: float
    queries: int


def answered(subtasks: int, folder: Path, times: int = TIMES) -> dict[str, float]:
    """CPU milliseconds of each page, how many miss the target, and what no page answers."""
    found, missing = measure(subtasks, folder, times=times)
    slow = [one.path for one in found if one.is_page and one.cpu > TARGET_MS]
    if sys.stderr.isatty() or subtasks >= WORTH_TELLING:
        print(f"{table(found)}\nabove {TARGET_MS} ms: {', '.join(slow) or 'none'}", file=sys.stderr)
        print(f"answered with an error: {', '.join(missing) or 'none'}", file=sys.stderr)
    figures = {one.path: round(one.cpu, 1) for one in found if one.is_page}
    return {**figures, "slowest_ms": max(figures.values()), "above_target": len(slow), "errors": len(missing)}


def measure(subtasks: int, folder: Path, only: str = "", times: int = TIMES) -> tuple[list[Asked], list[str]]:
    """Every page and download, and the paths that answered with an error.

    Pages are asked in rounds, each once in every round: how fast a machine is changes from minute to minute.
    """
    with closing(lived(folder, subtasks)) as database, _counted(database) as queries:
        site = Site(database, lambda: EVENING, links=LINKS, files=folder, office=lambda: OFFICE)
        with database.read() as session:
            paths = [one for one in _paths(session) if re.search(only, one)]
        with _served(site) as port:
            asked = {path: _answer(port, _told(path)) for path in paths}
            _settle()
            warm = {path: answer for path, answer in asked.items() if answer is not None}
            looks: dict[str, list[Look]] = {path: [] for path in warm}
            for number in range(times):
                for path, answer in warm.items():
                    if number == 0 or answer.is_page:  # a file may take seconds
                        looks[path].append(_look(port, _told(path), queries))
    found = [_asked(path, answer, looks[path]) for path, answer in warm.items()]
    return sorted(found, key=lambda one: -one.cpu), [path for path in paths if path not in warm]


def table(found: list[Asked]) -> str:
    """The pages as lines of a table, the slowest first."""
    lines = ["| page | CPU ms | wall ms | queries | kB |", "| --- | ---: | ---: | ---: | ---: |"]
    lines += [
        f"| `{one.path}`{'' if one.is_page else ' (file)'} | {one.cpu:.0f} | {one.wall:.0f} | {one.queries} | "
        f"{one.size // 1024} |"
        for one in found
    ]
    return "\n".join(lines)


def _paths(session: Session) -> list[str]:
    """Every page, with numbers of rows that the office has in the place of its parameters."""
    month = select(func.min(col(tables.Bulletin.id))).where(col(tables.Bulletin.kind) == "evaluation")
    evaluation = session.execute(month).scalar_one()
    numbers = {"/evaluations/": evaluation, "/api/v1/evaluations/": evaluation, "/imports/contacts/": 2}
    nonce = select(col(tables.ReportLink.nonce)).order_by(col(tables.ReportLink.id).desc()).limit(1)
    token = LINKS.token(session.execute(nonce).scalar_one())
    feed = (feed_address(session, LINKS, 1) or "").removeprefix(LINKS.base_url)

    def filled(path: str) -> str:
        number = next((n for begin, n in numbers.items() if path.startswith(begin)), 1)
        names = {"number": number, "token": token, "kind": "digest", "locale": "zh-CN"}
        return re.sub(r"\{(\w+)\}", lambda name: str(names[name[1]]), path)

    paths = [line.removeprefix("GET ") for line in MATRIX if line.startswith("GET ")]
    return [*(filled(path) for path in paths if not NO_PAGE.search(path)), feed, *MORE]


def _told(path: str) -> str:
    """The path, named on a terminal while it is asked."""
    if sys.stderr.isatty():
        print(f"\r{path[:78]:78}", end="", file=sys.stderr, flush=True)
    return path


def _look(port: int, path: str, queries: list[str]) -> Look:
    """What one answer takes; what is worked out beside it is not counted."""
    queries.clear()
    began, used = perf_counter(), process_time()
    _answer(port, path)
    look = Look((process_time() - used) * 1000, (perf_counter() - began) * 1000, len(queries))
    _settle()
    return look


def _asked(path: str, warm: Answer, looks: list[Look]) -> Asked:
    cpu = statistics.median(one.cpu for one in looks)
    wall = statistics.median(one.wall for one in looks)
    return Asked(path, cpu, wall, looks[-1].queries, warm.size, warm.is_page)


def _answer(port: int, path: str) -> Answer | None:
    """What comes back; nothing for an error."""
    token = UNIT if path.startswith("/mine") else DESK
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("GET", quote(path, safe="/?=&"), headers={"Cookie": f"duban={token}"})
    answer = connection.getresponse()
    size = sum(map(len, iter(lambda: answer.read(CHUNK), b"")))
    connection.close()
    if answer.status >= 300:
        return None
    kind = answer.getheader("Content-Type") or ""
    is_file = answer.getheader("Content-Disposition") is not None
    return Answer(size, not is_file and kind.startswith(("text/html", "application/json")))


def _settle() -> None:
    """What is worked out beside the pages has ended."""
    while workers := [one for one in threading.enumerate() if one.name in BESIDE]:
        workers[0].join()


@contextmanager
def _counted(database: Database) -> Iterator[list[str]]:
    """The statements that the database is asked."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield asked


@contextmanager
def _served(site: Site) -> Iterator[int]:
    app = create_app(site)
    keep_loaded()
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")
    with listening("127.0.0.1", 0) as page:
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [page]}, daemon=True)
        thread.start()
        while not server.started:
            sleep(0.01)
        yield int(address_of(page).rstrip("/").rsplit(":", 1)[1])
        server.should_exit = True
        thread.join()
