"""A rehearsal: the same workflows on a copy in memory, through virtual days; nothing is written or sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, or_, select, update
from sqlmodel import Session, col

from db import outbox, plans, tables
from db.calendar import load_calendar
from db.copy import copy_to_memory
from db.reports import reports_after
from db.session import Database
from engine import slots
from engine.errors import DubanError
from engine.model import FINISHED_STATES, State
from workflows.accept_subtask import accept_subtask
from workflows.compose import compose
from workflows.cycle import run_cycle
from workflows.office import Office
from workflows.report_progress import Filing, report_progress
from workflows.send_digest import send_digest
from workflows.supervise import supervise
from workflows.sweep import BY_POLICY, sweep

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that people do on a virtual day: hand in a report, or accept a sub-task."""

    at: datetime
    filing: Filing | None = None
    accept: str | None = None


def rehearse(
    database: Database,
    office: Office,
    start: date,
    end: date,
    *,
    zone: ZoneInfo,
    happenings: Sequence[Happening] = (),
    change: Callable[[Session], None] | None = None,
    progress: Callable[[date], None] | None = None,
) -> list[Line]:
    """The messages of those days, one line each in the order of sending, as the service would send them.

    Starts from what is stored before ``start``; reports and acceptances stored later are replayed at
    their own time, beside ``happenings``. ``change`` edits the copy first: what if.
    """
    copy = copy_to_memory(database)
    try:
        begin = datetime.combine(start, time(), zone)
        with copy.write() as session:
            replayed = _rewind(session, begin)
            if change:
                change(session)
        events = sorted([*happenings, *replayed], key=lambda happening: happening.at)
        quiet = office.without_network()
        for moment in moments(copy, start, end, zone, events):
            if progress and moment.astimezone(zone).time() == time():
                progress(moment.astimezone(zone).date())
            live(copy, quiet, moment, events, turn=_turn)
        with copy.read() as session:
            return _lines(session, begin, zone)
    finally:
        copy.close()


def read_happenings(path: Path, zone: ZoneInfo) -> list[Happening]:
    """The reports file: JSON lines or a JSON list of objects.

    ``{"at": "2024-03-29T16:00", "subtask": "1.1", "period": "2024-03", "set": ["26台"], "text": "",
    "status": "in_progress"}``, or ``{"at": …, "accept": "1.1"}``. Raises DubanError REPORTS_FILE.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        entries = json.loads(text) if text.lstrip().startswith("[") else _json_lines(text)
        return sorted((_happening(entry, zone) for entry in entries), key=lambda happening: happening.at)
    except OSError:
        raise DubanError("REPORTS_FILE", f"读不到填报文件 {path}：请检查路径。") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DubanError(
            "REPORTS_FILE",
            f"填报文件 {path} 的内容不合格式（{error}）：每行一个 JSON 对象，见 duban simulate --help。",
        ) from None


def _json_lines(text: str) -> list[Any]:
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def _happening(entry: Any, zone: ZoneInfo) -> Happening:
    written = str(entry["at"])
    at = datetime.fromisoformat(written if len(written) > 10 else f"{written}T12:00")
    at = at if at.tzinfo else at.replace(tzinfo=zone)
    if "accept" in entry:
        return Happening(at, accept=str(entry["accept"]))
    figures = entry.get("set", [])
    filing = Filing(
        subtask=str(entry["subtask"]),
        period=str(entry.get("period") or f"{at:%Y-%m}"),
        figures=[figures] if isinstance(figures, str) else list(figures),
        text=entry.get("text", ""),
        status=entry.get("status", "in_progress"),
        plan=str(entry["plan"]) if "plan" in entry else None,
    )
    return Happening(at, filing=filing)


def _rewind(session: Session, begin: datetime) -> list[Happening]:
    """The copy is as it stood at ``begin``; what people did later is returned, to be replayed."""
    replayed = _later_reports(session, begin) + _later_acceptances(session, begin)
    _forget_messages(session, begin)
    _forget_reminders(session, begin)
    plan, subtask = tables.Plan, tables.SubTask
    session.execute(update(plan).where(col(plan.followed_from) >= begin).values(followed_from=None))
    working = (State.IN_PROGRESS, State.COMPLETION_CLAIMED)
    session.execute(update(subtask).where(col(subtask.state).in_(working)).values(state=State.ISSUED.value))
    watched = col(subtask.state).notin_((*FINISHED_STATES, State.TERMINATED))
    known = update(subtask).where(watched)
    session.execute(known.values(next_check_on=begin.date()))
    session.execute(known.where(col(subtask.checked_on) >= begin.date()).values(checked_on=None))
    return replayed


def _later_reports(session: Session, begin: datetime) -> list[Happening]:
    happenings = []
    for report, figures in reports_after(session, begin):
        filing = Filing(
            subtask=f"#{report.subtask_id}",
            period=report.period,
            quantities=figures,
            unit_id=report.unit_id,
            role=report.role,
            text=report.text,
            status=report.status,
            accepted=report.state == "accepted",
        )
        if report.state != "returned":
            happenings.append(Happening(report.received_at, filing=filing))
        session.execute(
            delete(tables.ReportQuantity).where(col(tables.ReportQuantity.report_id) == report.id)
        )
        session.delete(report)
    session.flush()
    return happenings


def _later_acceptances(session: Session, begin: datetime) -> list[Happening]:
    event = tables.Event
    query = select(event).where(
        col(event.what) == "accept", col(event.at) >= begin, col(event.who) != BY_POLICY
    )
    happenings = []
    for row in session.execute(query).scalars():
        session.get_one(tables.SubTask, row.subtask_id).state = State.ISSUED.value
        happenings.append(Happening(row.at, accept=f"#{row.subtask_id}"))
    session.flush()
    return happenings


def _forget_messages(session: Session, begin: datetime) -> None:
    message, reminder, delivery = tables.Message, tables.Reminder, tables.Delivery
    later = select(col(message.id)).where(col(message.slot_at) >= begin)
    session.execute(
        update(reminder)
        .where(col(reminder.message_id).in_(later))
        .values(state="pending", message_id=None, number=None, ended_at=None, ended_reason="")
    )
    session.execute(delete(delivery).where(col(delivery.message_id).in_(later)))
    session.execute(delete(tables.MessageFile).where(col(tables.MessageFile.message_id).in_(later)))
    session.execute(delete(message).where(col(message.slot_at) >= begin))
    session.execute(delete(tables.Bulletin).where(col(tables.Bulletin.on) >= begin.date()))
    session.execute(delete(tables.Run).where(col(tables.Run.at) >= begin))


def _forget_reminders(session: Session, begin: datetime) -> None:
    reminder = tables.Reminder
    later = or_(col(reminder.created_at) >= begin, col(reminder.nominal_on) >= begin.date())
    session.execute(delete(reminder).where(later))
    session.execute(
        update(reminder)
        .where(col(reminder.ended_at) >= begin, col(reminder.state).notin_(("accepted", "given_up")))
        .values(state="pending", message_id=None, number=None, ended_at=None, ended_reason="")
    )


def moments(
    database: Database, start: date, end: date, zone: ZoneInfo, events: Sequence[Happening]
) -> Iterator[datetime]:
    """Midnight, the hours by which every slot has come, and the happenings of each day, in order.

    Nothing can leave on a day off, so midnight is enough there.
    """
    with database.read() as session:
        known = {(plan.policy, plans.zone_of(plan)) for plan in plans.load_plans(session)}
        calendar = load_calendar(session)
    day = start
    while day <= end:
        fixed = [datetime.combine(day, time(), zone)]
        if calendar.is_working_day(day):
            fixed += [slot for policy, own in known for slot in slots.latest_slots(policy, day, own)]
        happened = [event.at for event in events if event.at.astimezone(zone).date() == day]
        yield from sorted({*fixed, *happened})
        day += timedelta(days=1)


def live(
    database: Database,
    office: Office,
    moment: datetime,
    events: Sequence[Happening],
    who: str = "simulate",
    turn: Callable[[Database, Office, datetime], object] = run_cycle,
) -> None:
    """What the service does at that moment, what people do, and what the service then does."""
    turn(database, office, moment)
    happening = [event for event in events if event.at == moment]
    for event in happening:
        if event.filing:
            report_progress(database, event.filing, moment, who)
        elif event.accept:
            accept_subtask(database, event.accept, moment, who, reason=who)
    if happening:
        turn(database, office, moment)


def _turn(database: Database, office: Office, moment: datetime) -> None:
    """A turn of the main flow in which every message arrives: nothing can happen between its steps."""
    sweep(database, moment)
    supervise(database, moment)
    compose(database, office, moment)
    send_digest(database, office, moment)
    with database.write() as session:
        outbox.accept_waiting(session, moment)


def _lines(session: Session, begin: datetime, zone: ZoneInfo) -> list[Line]:
    message = tables.Message
    query = (
        select(message)
        .where(col(message.slot_at) >= begin, col(message.state) == "accepted")
        .order_by(col(message.slot_at), col(message.recipient), col(message.id))
    )
    return [line_of(row, zone, _is_held(session, row)) for row in session.execute(query).scalars()]


def _is_held(session: Session, row: tables.Message) -> bool:
    """Whether it would wait for a coordinator's approval: in a rehearsal nobody decides."""
    post = session.get_one(tables.Post, row.post_id)
    if row.kind == "reminder" or row.period is None or post.kind == "coordinator":
        return False
    table = tables.Bulletin
    own = col(table.plan_id) == row.plan_id, col(table.kind) == row.kind, col(table.period) == row.period
    query = select(col(table.id)).where(*own, col(table.state) != "published")
    return session.execute(query).first() is not None


def line_of(message: tables.Message, zone: ZoneInfo, held: bool = False) -> Line:
    """A message as ``simulate`` prints it; ``held`` is told only of one that waits for approval."""
    local = message.slot_at.astimezone(zone)
    return {
        "date": local.date().isoformat(),
        "time": f"{local:%H:%M}",
        "recipient": message.recipient,
        "address": message.address or None,
        "channel": message.channel,
        "kind": message.kind,
        "subject": message.subject,
        "items": message.items,
        **({"held": True} if held else {}),
    }
