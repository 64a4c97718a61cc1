"""What the service does on each turn of its timetable, with what came of it in the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from threading import Event, Lock

import structlog

from db import runs
from db.session import Database
from duban.heartbeat import TAKEN, Heartbeat
from engine.errors import DubanError
from engine.scheduler import Action
from engine.timetable import COLLECT, DELIVER, LOOK_ROUND, PING, PREPARE, RECEIPTS, Duty
from notifications.mailbox import Mailbox
from workflows.collect_receipts import collect_receipts
from workflows.collect_replies import collect_replies
from workflows.compose import compose
from workflows.deliver import deliver
from workflows.evaluate import evaluate
from workflows.health import NOTED_EVERY, TURN
from workflows.health import PING as HEARTBEAT_MARK
from workflows.look_round import look_round
from workflows.office import Office
from workflows.send_digest import send_digest
from workflows.status import LAST_SWEEP
from workflows.supervise import supervise
from workflows.sweep import sweep

DUTY_FAILED = "DUTY_FAILED"
HEARTBEAT = timedelta(minutes=1)
FRESH = timedelta(minutes=10)

log = structlog.get_logger()


class Stopped(Exception):  # noqa: N818 - it is no error
    """The service is being stopped: a turn ends between two sends or two batches."""


class Duties:
    """The actions of the timetable on one database; ``stopping`` ends the turns under way.

    ``office`` is asked once in each turn: a channel that was set up meanwhile is there without a restart.
    """

    def __init__(
        self,
        database: Database,
        office: Callable[[], Office],
        clock: Callable[[], datetime],
        mailbox: Mailbox | None = None,
        heartbeat: Heartbeat | None = None,
    ) -> None:
        self.stopping = Event()
        self._channels = Lock()  # a channel is used by one thread at a time
        self._database, self._office, self._clock, self._mailbox = database, office, clock, mailbox
        self._ping = heartbeat
        self._prepared_at: datetime | None = None
        self._marked_at: datetime | None = None
        self._settled: set[str] = set()
        self._well: dict[str, datetime] = {}  # when each duty last ended well
        self._noted: dict[str, datetime] = {}

    def actions(self) -> Mapping[str, Action]:
        """The action of each duty by name."""
        return {
            PREPARE.name: lambda: self._turn(PREPARE, self.prepare),
            DELIVER.name: lambda: self._turn(DELIVER, self.deliver),
            COLLECT.name: lambda: self._turn(COLLECT, self.collect),
            RECEIPTS.name: lambda: self._turn(RECEIPTS, self.receipts),
            LOOK_ROUND.name: lambda: self._turn(LOOK_ROUND, self.look_round),
            PING.name: lambda: self._turn(PING, self.ping),
        }

    def prepare(self) -> None:
        """What is due is judged, composed and frozen, in the order in which these feed each other."""
        now = self._clock()
        try:
            swept = sweep(self._database, now, progress=lambda _: self._go_on())
            self._heartbeat(now)
            supervised = supervise(self._database, now)
            office = self._office()
            composed = compose(self._database, office, now)
            digested = send_digest(self._database, office, now)
            evaluated = evaluate(self._database, office, now)
        finally:
            self._prepared_at = self._clock()
        for step, summary in (
            ("sweep", swept),
            ("supervise", supervised),
            ("compose", composed),
            ("digest", digested),
            ("evaluation", evaluated),
        ):
            _tell(step, {name: value for name, value in asdict(summary).items() if value})

    def deliver(self) -> None:
        """What waits has been attempted once.

        After a start or a long sleep it waits for the first sweep: what is outdated by then is merged
        or withdrawn before it could leave.
        """
        now = self._clock()
        if self._prepared_at is None or abs(now - self._prepared_at) > FRESH:
            return
        with self._channels:
            office = self._office()
            summary = deliver(self._database, office, now, clock=self._clock, pause=self._between_sends)
        _tell("deliver", {**summary.verdicts, **({"held": summary.held} if summary.held else {})})

    def collect(self) -> None:
        """Answers in the mailbox are stored and confirmed; without a mailbox there is nothing to do."""
        if self._mailbox is not None:
            summary = collect_replies(self._database, self._office(), self._mailbox, self._clock())
            _tell("collect", summary.outcomes)

    def receipts(self) -> None:
        """What vendors know by now of accepted messages is on record, and what follows from it has happened."""
        summary = collect_receipts(
            self._database, self._office(), self._clock(), channels=self._channels, pause=self._go_on
        )
        _tell("receipts", summary.answers)

    def look_round(self) -> None:
        """Coordinators know of what only they can settle."""
        _tell("look_round", {"open": number} if (number := look_round(self._database, self._clock())) else {})

    def ping(self) -> None:
        """A watcher elsewhere knows that sweeps succeed; while they do not, it hears nothing and gives the alarm."""
        now, swept = self._clock(), self._well.get(PREPARE.name)
        if self._ping is None or swept is None or abs(now - swept) > FRESH:
            return
        outcome = self._ping.beat()
        if outcome != TAKEN:
            log.warning("heartbeat failed", code=outcome)
        with self._database.write() as session:
            runs.mark(session, HEARTBEAT_MARK, outcome, now)

    def failed(self, duty: Duty, error: Exception) -> None:
        """The failure is in the log and, if the database can still be written, before the coordinators."""
        log.error(
            "duty failed", duty=duty.name, code=getattr(error, "code", type(error).__name__), exc_info=error
        )
        why = (
            error.message if isinstance(error, DubanError) else f"内部错误 {type(error).__name__}，详见日志。"
        )
        self._settled.discard(duty.name)
        with suppress(DubanError), self._database.write() as session:
            sentence = f"服务的例行工作 {duty.name} 出错，稍后自动重试：{why}"
            inputs = {"duty": duty.name, "why": why, "error": getattr(error, "code", "")}
            runs.open_finding(session, DUTY_FAILED, duty.name, sentence, self._clock(), inputs=inputs)

    def _turn(self, duty: Duty, action: Callable[[], None]) -> None:
        if self.stopping.is_set():
            return
        with suppress(Stopped):
            action()
            self._succeeded(duty)

    def _succeeded(self, duty: Duty) -> None:
        now = self._clock()
        self._well[duty.name] = now
        self._note(duty, now)
        if duty.name not in self._settled:
            with self._database.write() as session:
                runs.close_finding(session, DUTY_FAILED, duty.name, now)
            self._settled.add(duty.name)

    def _note(self, duty: Duty, now: datetime) -> None:
        """The page knows when the duty last ended well, to within a few minutes."""
        noted = self._noted.get(duty.name)
        if noted is None or not timedelta() <= now - noted < NOTED_EVERY:
            with self._database.write() as session:
                runs.mark(session, TURN + duty.name, "ok", now)
            self._noted[duty.name] = now

    def _heartbeat(self, now: datetime) -> None:
        if self._marked_at is None or not timedelta() <= now - self._marked_at < HEARTBEAT:
            with self._database.write() as session:
                runs.mark(session, LAST_SWEEP, now.isoformat(timespec="seconds"), now)
            self._marked_at = now

    def _between_sends(self, step: str) -> None:
        if step == "claim":
            self._go_on()

    def _go_on(self) -> None:
        if self.stopping.is_set():
            raise Stopped


def _tell(step: str, counts: Mapping[str, int]) -> None:
    """Every step logs its counts; one that found nothing to do stays quiet."""
    if counts:
        log.info(step, **counts)
