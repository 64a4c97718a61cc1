"""Kills the service again and again, lets it finish, and looks for anything lost, doubled or left lying."""

from __future__ import annotations

import os
import random
import select
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from db.session import Database
from tests import databases
from tests.channels import RememberingChannel
from tests.chaos.marks import DUTIES, Marks
from tests.chaos.office import FIRST, LAST, open_office
from tests.chaos.verdict import compare
from tests.oracle_days import days, is_working
from tests.servers import MailServer
from tests.story.deeds import Deed, moment, try_to
from tests.workflows.office_2024 import mail_office
from workflows.cycle import run_cycle

MORNING, AFTERNOON, EVENING = "09:20", "15:20", "16:40"
LEASE = timedelta(minutes=6)  # longer than a lease, so that the next turn may take over
MOST_KILLS_AT_A_TIME = 6
Report = Callable[[str], None]


@dataclass
class Outcome:
    """What a campaign did and what it found."""

    seed: int
    hits: Counter[str] = field(default_factory=Counter)  # kills by the duty they fell into
    in_flight: int = 0  # kills while a mail was under way
    turns: int = 0
    days: int = 0
    mails: int = 0
    copies: int = 0  # mails that came a second time
    violations: list[str] = field(default_factory=list)

    @property
    def kills(self) -> int:
        return sum(self.hits[duty] for duty in DUTIES[1:])


def campaign(folder: Path, template: Path, kills: int, seed: int, report: Report = lambda _: None) -> Outcome:
    """At least so many kills inside a duty, unless the year ends first; everything found is in ``violations``."""
    dice, outcome = random.Random(seed), Outcome(seed)
    databases.sqlite_copy(template, folder).close()
    database = Database(f"sqlite:///{folder / 'duban.sqlite3'}")
    deeds = open_office(database, seed)
    database.close()
    calm = folder / "calm.sqlite3"
    shutil.copyfile(folder / "duban.sqlite3", calm)
    with MailServer() as server, Worker(folder / "duban.sqlite3", server) as worker:
        last = _suffer(worker, database, deeds, kills, dice, outcome, report)
        outcome.mails = len(server.messages)
        undisturbed = Database(f"sqlite:///{calm}")
        _live_calmly(undisturbed, deeds, last)
        compare(database, undisturbed, server.messages, outcome)
        undisturbed.close()
    database.close()
    return outcome


class Worker:
    """The warm process whose forks are killed."""

    def __init__(self, path: Path, server: MailServer) -> None:
        page = path.with_suffix(".marks")
        self.marks = Marks(page, create=True)
        command = [
            sys.executable,
            "-m",
            "tests.chaos.worker",
            str(path),
            str(page),
            server.host,
            str(server.port),
        ]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._buffer = b""
        self._line()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def finish(self, now: datetime) -> None:
        """A whole turn that nobody disturbs."""
        self._start(now)
        self._line()

    def kill_after(self, now: datetime, seconds: float) -> bool:
        """Whether the turn was still running when it was killed."""
        pid = self._start(now)
        if self._is_done(seconds):
            self._line()
            return False
        return self._kill(pid)

    def kill_at(self, now: datetime, duty: str, step: int) -> bool:
        """Whether the turn came to that step of the duty, and was killed before it."""
        self.marks.set_trap(duty, step)
        pid = self._start(now)
        while not self.marks.is_caught:
            if self._is_done(0.0005):
                self._line()
                return False
        self.marks.set_trap("idle", 0)
        return self._kill(pid)

    def _start(self, now: datetime) -> int:
        self.marks.begin("idle")
        assert self._process.stdin
        self._process.stdin.write(f"{now.isoformat()}\n".encode())
        self._process.stdin.flush()
        return int(self._line())

    def _kill(self, pid: int) -> bool:
        os.kill(pid, signal.SIGKILL)
        self._line()
        return self.marks.duty != "idle"

    def _is_done(self, seconds: float) -> bool:
        assert self._process.stdout
        return b"\n" in self._buffer or bool(select.select([self._process.stdout], [], [], seconds)[0])

    def _line(self) -> str:
        assert self._process.stdout
        while b"\n" not in self._buffer:
            chunk = os.read(self._process.stdout.fileno(), 4096)
            if not chunk:
                raise RuntimeError("the worker itself has died")
            self._buffer += chunk
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line.decode()


def _suffer(
    worker: Worker,
    database: Database,
    deeds: dict[date, list[Deed]],
    kills: int,
    dice: random.Random,
    outcome: Outcome,
    report: Report,
) -> date:
    """Day after day is disturbed until there were enough kills; returns the last day lived through."""
    for day in days(FIRST, LAST):
        for deed in deeds.get(day, ()):
            try_to(database, deed)
        before = outcome.kills
        if is_working(day):
            for clock in (MORNING, AFTERNOON):
                _disturb(worker, moment(day, clock), dice, outcome)
        worker.finish(moment(day, EVENING))
        if outcome.kills > before:
            worker.finish(moment(day, EVENING) + LEASE)  # a message found changed is composed anew, then sent
        outcome.days += 1
        report(f"{day} {outcome.kills}/{kills}")
        if outcome.kills >= kills:
            break
    return day


def _disturb(worker: Worker, now: datetime, dice: random.Random, outcome: Outcome) -> None:
    """One turn is begun, killed and begun again, a lease later each time, until one gets through."""
    for _ in range(MOST_KILLS_AT_A_TIME):
        outcome.turns += 1
        if dice.random() < 0.3:
            was_killed = worker.kill_after(now, dice.uniform(0.0, 0.4))
        else:
            duty = dice.choice(_busy_duties(now))
            was_killed = worker.kill_at(now, duty, _step(dice, worker.marks.widest(duty)))
        if not was_killed:
            return
        outcome.hits[worker.marks.duty] += 1
        outcome.in_flight += worker.marks.in_flight
        now += LEASE


def _step(dice: random.Random, widest: int) -> int:
    """Any step of the widest turn so far, the early ones more often: most turns are shorter."""
    return int(max(3, widest) ** dice.random())


def _busy_duties(now: datetime) -> tuple[str, ...]:
    return ("digest", "deliver", "digest") if now.hour >= 15 else ("sweep", "compose", "deliver")


def _live_calmly(database: Database, deeds: dict[date, list[Deed]], last: date) -> None:
    """The same days without any disturbance, on a copy."""
    office = mail_office(RememberingChannel())
    for day in days(FIRST, last):
        for deed in deeds.get(day, ()):
            try_to(database, deed)
        for now in _calm_moments(day):
            run_cycle(database, office, now)


def _calm_moments(day: date) -> Iterator[datetime]:
    if is_working(day):
        yield moment(day, MORNING)
        yield moment(day, AFTERNOON)
    yield moment(day, EVENING)
