"""A rehearsal: the same workflows on a copy in memory, through virtual days; nothing is written or sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session, col

from db import hold, outbox, plans, tables
from db.calendar import load_calendar
from db.copy import copy_to_memory
from db.session import Database
from engine import slots
from engine.errors import DubanError
from workflows.accept_subtask import accept_subtask
from workflows.compose import compose
from workflows.cycle import run_cycle
from workflows.evaluate import evaluate
from workflows.office import Office
from workflows.replay import Replay
from workflows.report_progress import Filing, report_progress
from workflows.rewind import rewind
from workflows.send_digest import send_digest
from workflows.supervise import supervise
from workflows.sweep import sweep

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that people do on a virtual day: hand in a report, accept a sub-task, or what they did before."""

    at: datetime
    filing: Filing | None = None
    accept: str | None = None
    replay: Replay | None = None


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

    Starts from what is stored before ``start``; what people did later (reports, reviews, sign-offs, changes,
    cases, acceptances) is replayed at its own time, beside ``happenings``. ``change`` edits the copy first: what if.
    """
    copy = copy_to_memory(database)
    try:
        begin = datetime.combine(start, time(), zone)
        with copy.write() as session:
            hold.let_go(session, begin)
            replayed = [Happening(one.at, replay=one) for one in rewind(session, begin)]
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
        elif event.replay:
            event.replay.again(database, moment)
    if happening:
        turn(database, office, moment)


def _turn(database: Database, office: Office, moment: datetime) -> None:
    """A turn of the main flow in which every message arrives: nothing can happen between its steps."""
    sweep(database, moment)
    supervise(database, moment)
    compose(database, office, moment)
    send_digest(database, office, moment)
    evaluate(database, office, moment)
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
