"""Runs a timetable in this process: APScheduler as an in-memory tick, and nothing more.

Every duty has its own thread and never overlaps itself; turns that were missed are one turn. No job is
stored: what is due is in the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from engine.timetable import Duty

Action = Callable[[], object]
Failed = Callable[[Duty, Exception], None]


class Clockwork:
    """The duties in motion between ``start`` and ``stop``; a duty that raises is told of and runs again."""

    def __init__(self, duties: Iterable[Duty], actions: Mapping[str, Action], failed: Failed) -> None:
        self._duties = tuple(duties)
        self._actions = {duty.name: actions[duty.name] for duty in self._duties}
        self._failed = failed
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(max(1, len(self._duties)))},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def start(self, now: datetime) -> None:
        """Every duty has its first turn at once, the next ones by its interval."""
        for duty in self._duties:
            self._scheduler.add_job(
                self._turn, IntervalTrigger(seconds=duty.every, timezone=UTC), [duty], next_run_time=now
            )
        self._scheduler.start()

    def stop(self) -> None:
        """No turn begins any more, and those under way have ended."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def _turn(self, duty: Duty) -> None:
        try:
            self._actions[duty.name]()
        except Exception as error:
            self._failed(duty, error)
