"""``make bench``: idle sweep, sweep rate, memory, import, digest and delivery, beside the naive peer in the same run."""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from benchmarks import deliveries, digests, imports, offices, pages, peers
from db import plans
from db.session import Database
from workflows.sweep import BATCH, SweepSummary, sweep, sweep_batch

IDLE_SIZES = (1_000, 100_000, 1_000_000)
BUSY = 20_000
BUSY_DAY = datetime(2024, 3, 26, 1, tzinfo=UTC)  # three working days before reports fall due: every task owes
LATER = datetime(2024, 12, 2, 1, tzinfo=UTC)  # when the sub-tasks of the idle databases fall due
PEER = 1_000
ROWS = 10_000  # of a workbook
READERS = 1_000  # of a digest, each with 20 sub-tasks
MESSAGES = 200
PAGES = 3_000  # sub-tasks of the plan that pages show
REPEATS = 200
MISSED = 1  # the exit status where a page takes longer than it may


def main() -> int:
    """Prints a table, or one JSON object with ``--json``; sizes can be lowered for a quick look."""
    arguments = _arguments()
    if arguments.part:
        figures = PARTS[arguments.part](arguments.size, Path(arguments.folder))
        print(json.dumps(figures))
        return _status([figures])
    results = _run_all(arguments.largest)
    if arguments.json:
        print(json.dumps(results))
    else:
        _show(results)
    return _status(results.values())


def _status(results: Iterable[Mapping[str, float]]) -> int:
    """1 where a page misses its target: a figure of this run, which no test asks for."""
    return MISSED if any(figures.get("above_target") for figures in results) else 0


def _run_all(largest: int) -> dict[str, dict[str, float]]:
    """Each part in a process of its own, so that memory is its own."""
    results: dict[str, dict[str, float]] = {}
    plan = [("idle", size) for size in IDLE_SIZES if size <= largest]
    plan += [
        ("memory", plan[-1][1]),
        ("busy", min(BUSY, largest)),
        ("stored jobs", PEER),
        ("object loop", PEER),
        ("import", min(ROWS, largest)),
        ("digest", min(READERS, largest)),
        ("mail", min(MESSAGES, largest)),
        ("webhook", min(MESSAGES, largest)),
        ("pages", min(PAGES, largest)),
    ]
    with tempfile.TemporaryDirectory() as folder:
        for number, (part, size) in enumerate(plan, 1):
            _progress(f"{number}/{len(plan)} {part} {size:,}")
            command = [
                sys.executable,
                "-m",
                "benchmarks",
                "--part",
                part,
                "--size",
                str(size),
                "--folder",
                folder,
            ]
            answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
            if answer.returncode not in (0, MISSED) or not answer.stdout:
                answer.check_returncode()
            results[f"{part} {size:,}"] = json.loads(answer.stdout)
    _progress("")
    return results


def _idle(size: int, folder: Path) -> dict[str, float]:
    """Median and 95th percentile of a sweep that finds nothing due."""
    database = offices.build(folder / f"idle-{size}.sqlite3", size, offices.NEVER_SOON)
    times = sorted(_timed(lambda: sweep(database, BUSY_DAY)) for _ in range(REPEATS))
    return {"median_ms": statistics.median(times) * 1000, "p95_ms": times[int(REPEATS * 0.95)] * 1000}


def _held(size: int, folder: Path) -> dict[str, float]:
    """This process's memory after idle sweeps and one full batch over the largest database."""
    database = Database(f"sqlite:///{folder / f'idle-{size}.sqlite3'}")
    for _ in range(REPEATS):
        sweep(database, BUSY_DAY)
    with database.write() as session:
        step = sweep_batch(session, plans.load_plan(session, 1), LATER, BATCH)
    return {"memory_mb": _memory(), "judged": step.checked}


def _busy(size: int, folder: Path) -> dict[str, float]:
    """Sub-tasks a second with the full rules and everything due, each owing a reminder."""
    database = offices.build(folder / "busy.sqlite3", size, offices.DUE)
    summary = SweepSummary()

    def run() -> None:
        nonlocal summary
        summary = sweep(database, BUSY_DAY)

    seconds = _timed(run)
    return {"per_second": size / seconds, "reminders": summary.owed, "memory_mb": _memory()}


def _stored_jobs(size: int, folder: Path) -> dict[str, float]:
    database = _small(folder / "stored.sqlite3", size)
    rate = peers.stored_jobs(folder / "stored.sqlite3", database, size, BUSY_DAY.date())
    return {"per_second": rate, "memory_mb": _memory()}


def _object_loop(size: int, folder: Path) -> dict[str, float]:
    database = _small(folder / "objects.sqlite3", size)
    return {"per_second": peers.object_loop(database, size, BUSY_DAY.date()), "memory_mb": _memory()}


PARTS: dict[str, Callable[[int, Path], dict[str, float]]] = {
    "idle": _idle,
    "memory": _held,
    "busy": _busy,
    "stored jobs": _stored_jobs,
    "object loop": _object_loop,
    "import": imports.imported,
    "digest": digests.digested,
    "mail": deliveries.mailed,
    "webhook": deliveries.posted,
    "pages": pages.answered,
}


def _small(path: Path, size: int) -> Database:
    return offices.build(path, size, offices.DUE)


def _timed(work: Callable[[], object]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started


def _memory() -> float:
    """The most memory this process ever held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _show(results: dict[str, dict[str, float]]) -> None:
    for name, figures in results.items():
        print(f"{name:24}", "  ".join(f"{key} {value:,.2f}" for key, value in figures.items()))
    rates = {name.rsplit(" ", 1)[0]: figures.get("per_second", 0.0) for name, figures in results.items()}
    for peer in ("stored jobs", "object loop"):
        print(f"sweep against {peer:12} {rates['busy'] / rates[peer]:,.1f} ×")


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.add_argument("--largest", type=int, default=IDLE_SIZES[-1], help="largest number of sub-tasks")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    parser.add_argument("--size", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--folder", default=".", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
