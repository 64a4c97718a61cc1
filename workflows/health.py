"""运行情况: whether the service is up to its work, and what became of everything that was owed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from threading import Lock
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlmodel import Session, col

from db import hold, runs, tables
from db.calendar import load_calendar
from db.session import Database
from engine.errors import DubanError
from engine.timetable import Duty
from workflows.status import last_sweep

SILENT_AFTER = timedelta(minutes=30)
READ_EVERY = timedelta(seconds=10)
NOTED_EVERY = timedelta(minutes=5)  # how exactly it is kept when a duty had its turn
TURN = "duty:"  # marks of the timetable: when each duty last had a turn that ended well
PING = "heartbeat"  # mark of the ping outward: ``ok`` or why not
REMINDERS = "reminder"
MOST_OVERDUE = 100
M, R = tables.Message, tables.Reminder
ENDS = {
    "pending": "waiting",
    "composed": "waiting",
    "waiting": "waiting",
    "sending": "waiting",
    "withdrawn": "withdrawn",
    "superseded": "withdrawn",
    "accepted": "accepted",
    "given_up": "given_up",
    "held": "held",
}


class Pulse:
    """Since when the service is silent, for every page: the database is asked every ten seconds at most.

    A service that has just started has as long for its first sweep as one that runs.
    """

    def __init__(self, database: Database, started: datetime) -> None:
        self._database, self._started = database, started
        self._turn = Lock()
        self._read_at: datetime | None = None
        self._swept: datetime | None = None

    def silent_since(self, now: datetime) -> datetime | None:
        """When it last swept (or started), if that is more than half an hour ago."""
        with self._turn:
            if self._read_at is None or not timedelta() <= now - self._read_at < READ_EVERY:
                with self._database.read() as session:
                    self._swept = last_sweep(session)
                self._read_at = now
            latest = max(self._swept or self._started, self._started)
        return latest if now - latest > SILENT_AFTER else None


def unready(database: Database, now: datetime, pulse: Pulse | None) -> list[str]:
    """What keeps the service from its work, as code words: ``database``, ``schema``, ``sweep``; nothing if all is well."""
    try:
        present, newest = database.revision()
        if present != newest:
            return ["schema"]
        return ["sweep"] if pulse and pulse.silent_since(now) else []
    except DubanError:
        return ["database"]


@dataclass(frozen=True, slots=True)
class Turn:
    """A duty of the timetable: its last good turn, when the next one is due, and what is wrong."""

    name: str
    every: int
    last: datetime | None
    next: datetime | None
    trouble: str = ""


def turns_of(session: Session, duties: Iterable[Duty]) -> list[Turn]:
    """Every duty as the database knows it."""
    marks = {row.name: row.at for row in session.execute(select(tables.Mark)).scalars()}
    ill = {one.subject: one.message for one in runs.open_findings(session, "DUTY_FAILED")}
    return [_turn(duty, marks.get(TURN + duty.name), ill.get(duty.name, "")) for duty in duties]


def _turn(duty: Duty, last: datetime | None, trouble: str) -> Turn:
    is_noted = duty.every >= NOTED_EVERY.total_seconds()  # what turns more often is not noted each time
    following = last + timedelta(seconds=duty.every) if last and is_noted else None
    return Turn(duty.name, duty.every, last, following, trouble)


@dataclass(slots=True)
class DayLine:
    """What one day owed of one kind and how it ended; ``reasons`` of what was taken back or given up."""

    on: date
    kind: str
    owed: int = 0
    ends: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    next_at: datetime | None = None


def day_lines(session: Session, since: date, until: date) -> list[DayLine]:
    """Every day and kind with something owed, the newest first: reminders by their nominal day, messages by slot."""
    lines: dict[tuple[date, str], DayLine] = {}
    for on, kind, state, reason, number, at in (
        *_reminders(session, since, until),
        *_messages(session, since, until),
    ):
        line = lines.setdefault((on, kind), DayLine(on, kind))
        end = ENDS.get(state, "waiting")
        line.owed += number
        line.ends[end] = line.ends.get(end, 0) + number
        if reason and end in ("withdrawn", "given_up"):
            line.reasons[reason] = line.reasons.get(reason, 0) + number
        if at and end == "waiting":
            line.next_at = min(line.next_at or at, at)
    return sorted(lines.values(), key=lambda line: (-line.on.toordinal(), line.kind))


def _reminders(
    session: Session, since: date, until: date
) -> Sequence[tuple[date, str, str, str, int, datetime | None]]:
    query = (
        select(col(R.nominal_on), col(R.state), col(R.ended_reason), func.count())
        .where(col(R.nominal_on) >= since, col(R.nominal_on) <= until)
        .group_by(col(R.nominal_on), col(R.state), col(R.ended_reason))
    )
    return [(row[0], REMINDERS, row[1], row[2], row[3], None) for row in session.execute(query)]


def _messages(
    session: Session, since: date, until: date
) -> Sequence[tuple[date, str, str, str, int, datetime | None]]:
    """Of the other kinds, and of a reminder's messages only when the next of them leaves."""
    following = func.min(col(M.next_attempt_at))
    query = (
        select(col(M.slot_on), col(M.kind), col(M.state), col(M.ended_reason), func.count(), following)
        .where(col(M.slot_on) >= since, col(M.slot_on) <= until, col(M.kind) != REMINDERS)
        .group_by(col(M.slot_on), col(M.kind), col(M.state), col(M.ended_reason))
    )
    return [tuple(row) for row in session.execute(query)]


@dataclass(frozen=True, slots=True)
class Overdue:
    """Something owed more than a working day ago that has no end: neither left nor withdrawn nor given up."""

    what: str  # reminder, message
    since: date
    to: str
    subject: str
    subtask_id: int | None = None
    message_id: int | None = None


def overdue(session: Session, now: datetime, zone: ZoneInfo, most: int = MOST_OVERDUE) -> list[Overdue]:
    """What should have ended by now; while sending is held after a restore nothing is expected to."""
    if hold.held(session):
        return []
    today = now.astimezone(zone).date()
    limit = load_calendar(session).offset(today, -1)
    post, unit, task = tables.Post, tables.Unit, tables.SubTask
    owed = (
        select(col(R.nominal_on), col(unit.name), col(task.title), col(task.id))
        .join(task, col(task.id) == col(R.subtask_id))
        .join(post, col(post.id) == col(R.post_id))
        .join(unit, col(unit.id) == col(post.unit_id))
        .where(col(R.state) == "pending", col(R.nominal_on) < limit)
        .order_by(col(R.nominal_on), col(R.id))
        .limit(most)
    )
    found = [Overdue("reminder", row[0], row[1], row[2], subtask_id=row[3]) for row in session.execute(owed)]
    begins = datetime.combine(limit, datetime.min.time(), zone)
    stuck = (
        select(col(M.next_attempt_at), col(M.recipient), col(M.subject), col(M.id))
        .where(col(M.state).in_(("waiting", "sending")), col(M.next_attempt_at) < begins)
        .order_by(col(M.next_attempt_at))
        .limit(most)
    )
    found += [
        Overdue("message", row[0].astimezone(zone).date(), row[1], row[2], message_id=row[3])
        for row in session.execute(stuck)
    ]
    return found


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of /metrics, by their labels."""

    subtasks: Mapping[tuple[str, ...], int]  # plan, light
    messages: Mapping[tuple[str, ...], int]  # state, channel
    reminders: Mapping[str, int]  # state
    deliveries: Mapping[str, int]  # verdict
    findings: Mapping[str, int]  # code
    oldest_waiting: datetime | None
    swept: datetime | None
    pinged: datetime | None
    refused_sign_ins: int
    overdue: int


def figures_of(session: Session, now: datetime, zone: ZoneInfo) -> Figures:
    """All of them, in a fixed number of queries."""
    task, finding, delivery = tables.SubTask, tables.Finding, tables.Delivery
    open_ones = col(finding.closed_at).is_(None)
    waiting = select(func.min(col(M.created_at))).where(col(M.state).in_(("waiting", "sending")))
    ping = session.get(tables.Mark, PING)
    return Figures(
        subtasks=_pairs(session, col(task.plan_id), col(task.light)),
        messages=_pairs(session, col(M.state), col(M.channel)),
        reminders=_counts(session, col(R.state)),
        deliveries=_counts(session, col(delivery.verdict)),
        findings=_counts(session, col(finding.code), open_ones),
        oldest_waiting=session.execute(waiting).scalar(),
        swept=last_sweep(session),
        pinged=ping.at if ping and ping.value == "ok" else None,
        refused_sign_ins=session.execute(select(func.count()).select_from(tables.SignInFailure)).scalar()
        or 0,
        overdue=len(overdue(session, now, zone, most=10_000)),
    )


def _pairs(session: Session, first: object, second: object) -> dict[tuple[str, ...], int]:
    query = select(first, second, func.count()).group_by(first, second)  # type: ignore[call-overload]
    return {(str(row[0]), str(row[1])): row[2] for row in session.execute(query)}


def _counts(session: Session, column: object, *conditions: object) -> dict[str, int]:
    query = select(column, func.count()).where(*conditions).group_by(column)  # type: ignore[call-overload]
    return {str(row[0] or "none"): row[1] for row in session.execute(query)}
