"""Many mutants in worker processes, watched from outside: a worker that hangs, swells or dies is seen and replaced."""

from __future__ import annotations

import logging
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.fuzz.mutants import mutant
from tests.fuzz.originals import Original, originals
from tests.fuzz.trial import Outcome, Trial, WholeWay, trial

MEMORY = 512  # MiB by which a worker grows
SECONDS = 10.0  # for one mutant
EVERY = 50  # mutant of which one goes the whole way into a database
HANG, SWOLLEN, DIED = "hang", "over memory", "died"
_FORK = multiprocessing.get_context("fork")
Make = Callable[[int], Original]


@dataclass(slots=True)
class Worker:
    """A process that tries one mutant after another, and what its parent knows of it."""

    process: BaseProcess
    pipe: Connection
    number: int = -1  # the mutant under way; -1 before the first
    since: float = 0.0


@dataclass(slots=True)
class Campaign:
    """Outcomes of the mutants from ``first`` on, ``jobs`` at a time."""

    first: int
    count: int
    jobs: int = 2
    memory: int = MEMORY
    seconds: float = SECONDS
    peak: int = 0  # MiB, of the largest worker
    slowest: tuple[float, int] = (0.0, -1)  # seconds, and the mutant
    _next: int = field(default=0)

    def run(self, make: Make | None = None, judge: Trial = trial) -> Iterator[Outcome]:
        """Yield one outcome for each mutant, as they come; afterwards ``peak`` and ``slowest`` are known."""
        self._next = self.first
        make = make or _maker()
        workers = [self._started(make, judge) for _ in range(min(self.jobs, self.count))]
        done = 0
        try:
            while done < self.count:
                for worker in list(workers):
                    outcome = self._heard(worker)
                    if outcome is None:
                        continue
                    done += 1
                    yield outcome
                    if outcome.verdict in (HANG, SWOLLEN, DIED):
                        _end(worker)
                        workers.remove(worker)
                        workers.append(self._started(make, judge))
                    else:
                        self._order(worker)
                wait([worker.pipe for worker in workers], timeout=0.5)
        finally:
            for worker in workers:
                _end(worker)

    def _started(self, make: Make, judge: Trial) -> Worker:
        near, far = _FORK.Pipe()
        process = _FORK.Process(target=_work, args=(far, make, judge), daemon=True)
        process.start()
        far.close()
        worker = Worker(process, near)
        self._order(worker)
        return worker

    def _order(self, worker: Worker) -> None:
        if self._next < self.first + self.count:
            worker.number, worker.since = self._next, time.monotonic()
            self._next += 1
            worker.pipe.send(worker.number)
        else:
            worker.number = -1

    def _heard(self, worker: Worker) -> Outcome | None:
        """The outcome of the mutant under way, ``None`` while it is."""
        if worker.number < 0:
            return None
        taken = time.monotonic() - worker.since
        try:
            if worker.pipe.poll():
                outcome, peak = worker.pipe.recv()
                self.peak = max(self.peak, peak)
                self.slowest = max(self.slowest, (taken, worker.number))
                return outcome if peak <= self.memory else Outcome(worker.number, "", SWOLLEN, f"{peak} MiB")
        except (EOFError, OSError):
            return Outcome(worker.number, "", DIED, f"exit code {worker.process.exitcode}")
        return Outcome(worker.number, "", HANG, f"over {self.seconds:g} s") if taken > self.seconds else None


def _maker() -> Make:
    known = originals()
    return lambda number: mutant(number, known)


def _work(pipe: Connection, make: Make, judge: Trial) -> None:
    logging.disable(logging.CRITICAL)  # what parsers say of broken files
    born = _used()  # of the process that it was forked from, however large that had grown
    with tempfile.TemporaryDirectory(prefix="duban-fuzz-") as folder:
        whole = WholeWay(Path(folder)) if judge is trial else judge
        while True:
            try:
                number = pipe.recv()
            except EOFError:
                return
            outcome = (whole if number % EVERY == 0 else judge)(number, make(number))
            pipe.send((outcome, _used() - born))


def _used() -> int:
    """The most memory that this process ever held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _end(worker: Worker) -> None:
    worker.process.kill()
    worker.process.join()
    worker.pipe.close()
