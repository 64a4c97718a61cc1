"""The demo: the real workflows on a virtual date, in a file of its own, with the inbox as the only channel.

It reads no settings, so that no mail server can be configured for it, and the page says on every screen
that it is a demo.
"""

from __future__ import annotations

import os
import sys
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from socket import socket
from zoneinfo import ZoneInfo

import structlog
from sqlmodel import col, select

from db import plans, runs, tables
from db.calendar import load_calendar
from db.session import Database
from duban import logs
from duban.demo_units import happenings_of
from duban.keys import files_path, key_path, read_key
from duban.printing import clear_progress, show_progress
from duban.serving import address_of, listening, stoppable
from engine.errors import DubanError
from engine.months import month_end, month_of
from notifications.links import Links
from web.app import Site, create_app
from workflows.acknowledge import acknowledge
from workflows.import_contacts import import_contacts
from workflows.import_plan import prepare, store
from workflows.office import Office
from workflows.simulate import Happening, live, moments
from workflows.status import LAST_SWEEP

FILE = Path("var/demo.sqlite3")
EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
START = date(2024, 3, 1)
ZONE = ZoneInfo("Asia/Shanghai")
EVENING = time(18, 30)
DATE_MARK = "demo_date"
WHO = "demo"
PORT = 8310
PATIENCE = 1.5  # seconds that a visitor waits for a page before it shows how far the days have come

log = structlog.get_logger()


def run(*, fresh: bool, port: int | None, browser: bool, file: Path = FILE) -> None:
    """Shows the demo until a signal ends it; goes on where it was unless ``fresh``.

    Raises DubanError SERVICE_RUNNING, EXAMPLES_MISSING, ADDRESS_TAKEN.
    """
    logs.configure("console")
    with closing(Database(f"sqlite:///{file}")) as database, database.serving():
        if fresh:
            _remove(file)
        database.migrate()
        with _a_page(port) as page:
            links = Links(address_of(page).rstrip("/"), read_key(key_path("", database.url)))
            office = Office(links=links)
            demo = VirtualDays(database, office)
            show_progress("正在准备演示：导入一份真实的年度计划…")
            demo.begin()
            clear_progress()
            site = Site(
                database,
                demo.now,
                demo=demo,
                links=links,
                files=files_path("", database.url),
                office=lambda: office,
            )
            _show(demo, site, page, browser)


def _show(demo: VirtualDays, site: Site, page: socket, browser: bool) -> None:
    """The demo is on the page until a signal ends it."""
    address = address_of(page)
    with stoppable(create_app(site)) as server:
        print(f"演示已就绪，请用浏览器打开：{address}（按 Ctrl+C 停止）", flush=True)
        if browser and _has_desktop():
            webbrowser.open(address)
        server.run(sockets=[page])
    demo.stop()


class VirtualDays:
    """The virtual date and its movement: each day is lived through as the service would live it."""

    def __init__(self, database: Database, office: Office | None = None) -> None:
        self._database = database
        self._office = office or Office()
        self._today = START
        self._target: date | None = None
        self._failed = False
        self._mover = threading.Thread()
        self._press = threading.Lock()
        self._stopping = threading.Event()

    def begin(self, examples: Path = EXAMPLES) -> None:
        """The demo stands where it was left, or at the evening of its first day."""
        with self._database.read() as session:
            reached = runs.marked(session, DATE_MARK)
        if reached:
            self._today = date.fromisoformat(reached)
            return
        _load(self._database, examples)
        self._live(START)
        _sign(self._database, self.now())

    def today(self) -> date:
        """The date that has been lived through."""
        return self._today

    def now(self) -> datetime:
        """The evening of that date."""
        return datetime.combine(self._today, EVENING, ZONE)

    def target(self) -> date | None:
        """The date being moved to."""
        return self._target

    def is_over(self) -> bool:
        """Whether the plan has been lived through to its end."""
        return self._today >= self._last_day()

    def has_failed(self) -> bool:
        """Whether a day could not be lived through; the next press tries it again."""
        return self._failed

    def move(self, step: str) -> None:
        """The days up to the step's end begin to pass; a second press while they pass changes nothing."""
        with self._press:
            if self._target is None and not self.is_over():
                self._failed = False
                self._target = min(_end_of(step, self._today), self._last_day())
                self._mover = threading.Thread(target=self._pass_days, name="demo")
                self._mover.start()
        self._mover.join(PATIENCE)

    def wait(self) -> None:
        """The movement under way has ended."""
        if self._mover.is_alive():
            self._mover.join()

    def stop(self) -> None:
        """The day under way has ended, and no other begins."""
        self._stopping.set()
        self.wait()

    def _pass_days(self) -> None:
        try:
            while self._target and self._today < self._target and not self._stopping.is_set():
                self._live(self._today + timedelta(days=1))
        except Exception as error:
            self._failed = True
            log.error("the demo's day failed", day=str(self._today), exc_info=error)
        finally:
            self._target = None

    def _live(self, day: date) -> None:
        happenings = self._happenings(day)
        for moment in moments(self._database, day, day, ZONE, happenings):
            live(self._database, self._office, moment, happenings, WHO)
        evening = datetime.combine(day, EVENING, ZONE)
        with self._database.write() as session:
            runs.mark(session, DATE_MARK, day.isoformat(), evening)
            runs.mark(session, LAST_SWEEP, evening.isoformat(), evening)
        self._today = day

    def _happenings(self, day: date) -> list[Happening]:
        with self._database.read() as session:
            calendar = load_calendar(session)
            found: list[Happening] = []
            for plan in plans.load_plans(session):
                ids = plans.subtask_ids(session, plan.id)
                subtasks = plans.load_subtasks(session, ids)
                found += happenings_of(plan, [subtasks[key] for key in ids], calendar, day, ZONE)
        return sorted(found, key=lambda happening: happening.at)

    def _last_day(self) -> date:
        with self._database.read() as session:
            return max((plan.ends_on for plan in plans.load_plans(session)), default=START)


def _load(database: Database, examples: Path) -> None:
    """The example plan and its contacts are imported, as a coordinator would import them."""
    morning = datetime.combine(START, time(8), ZONE)
    plan, contacts = examples / "matrix-plan-2024.xlsx", examples / "contacts.xlsx"
    if not (plan.exists() and contacts.exists()):
        raise DubanError(
            "EXAMPLES_MISSING", f"找不到演示用的文件 {plan}：请在督办的源码目录中运行 make run。"
        )
    with database.read() as session:
        is_loaded = bool(plans.load_plans(session))
    if not is_loaded:
        store(database, prepare(database, plan), morning, WHO)
    import_contacts(database, contacts, morning, WHO)


def _sign(database: Database, evening: datetime) -> None:
    """Every lead unit has signed for what was issued to it, on the evening of that day."""
    with database.read() as session:
        work = tables.Assignment
        leading = select(col(work.unit_id)).where(col(work.role).in_(plans.LEADING)).distinct()
        units = sorted(session.exec(leading))
    for unit_id in units:
        acknowledge(database, unit_id, evening, WHO)


def _end_of(step: str, today: date) -> date:
    """Where a step leads: the next day, a week on, or the end of the month (of the next one on its last day)."""
    if step == "day":
        return today + timedelta(days=1)
    if step == "week":
        return today + timedelta(days=7)
    end = month_end(month_of(today))
    return end if end > today else month_end(month_of(today) + 1)


@contextmanager
def _a_page(port: int | None) -> Iterator[socket]:
    """The usual port if it is free and none was asked for, else any."""
    try:
        with listening("127.0.0.1", PORT if port is None else port) as page:
            yield page
    except DubanError as error:
        if port is not None or error.code != "ADDRESS_TAKEN":
            raise
        with listening("127.0.0.1", 0) as page:
            yield page


def _remove(file: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        file.with_name(file.name + ending).unlink(missing_ok=True)


def _has_desktop() -> bool:
    """Whether a browser could open in front of the one who asked."""
    if not sys.stdout.isatty():
        return False
    return sys.platform in ("darwin", "win32") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
