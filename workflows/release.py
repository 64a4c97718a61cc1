"""解除停发: after a restore a coordinator says what becomes of what fell due since: let it go, or end it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Literal

from sqlalchemy import select
from sqlmodel import Session, col

from db import hold, outbox, plans, reminders, runs, tables
from db.session import Database
from db.units import stored_id
from engine.errors import DubanError
from engine.model import Plan
from workflows.office import Office
from workflows.restore import RESTORED
from workflows.send_digest import send_digest
from workflows.sweep import sweep

Decision = Literal["send", "supersede"]
M, R = tables.Message, tables.Reminder


@dataclass(frozen=True, slots=True)
class Due:
    """What would leave: a message, or reminders that wait to become one (``number`` of them).

    ``key`` names it: ``m`` and the message's id, or ``p`` and that of the post to which the reminders are owed;
    ``reminders`` are their ids.
    """

    recipient: str
    kind: str
    subject: str
    since: str
    number: int = 1
    in_flight: bool = False
    key: str = ""
    reminders: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Released:
    """What was decided about how many messages and reminders."""

    decision: Decision
    messages: int
    reminders: int


def due_since(database: Database, office: Office, now: datetime) -> list[Due]:
    """What fell due since the backup and has not been decided about, as of now: the rules are asked first.

    Raises DubanError NOT_HELD.
    """
    _ask_the_rules(database, office, now)
    with database.read() as session:
        return listed(session, now)


def listed(session: Session, now: datetime) -> list[Due]:
    """What is written down as due and not decided about; nothing is changed. Raises DubanError NOT_HELD."""
    _hold(session)
    return [*_messages(session), *_reminders(session, now)]


def mark_of(due: Sequence[Due]) -> str:
    """The same for the same messages and reminders: what somebody who decides has seen."""
    return sha256(" ".join(f"{one.key}:{one.reminders}" for one in due).encode()).hexdigest()[:16]


def end_chosen(database: Database, keys: Sequence[str], now: datetime, who: str, *, seen: str) -> Released:
    """What these keys name is ended on record and never leaves; sending stays held, the rest undecided.

    ``seen`` is the mark of the list that they were chosen from: a key of a post names other reminders later.
    Raises DubanError NOT_HELD, RELEASE_CHANGED where the list is another one.
    """
    chosen = frozenset(keys)
    with database.write() as session:
        held = _hold(session)
        _check_seen(session, seen, now)
        messages = [row for row in _waiting_messages(session) if f"m{row.id}" in chosen]
        pending = [row for row in _pending_reminders(session, now) if f"p{row.post_id}" in chosen]
        if messages or pending:
            _supersede(session, messages, pending, now)
            _record(session, held, "supersede_chosen", len(messages), len(pending), None, now, who)
    return Released("supersede", len(messages), len(pending))


def release(
    database: Database,
    office: Office,
    decision: Decision,
    now: datetime,
    who: str,
    *,
    until: datetime | None = None,
    seen: str | None = None,
) -> Released:
    """Messages leave again. What was due is let go, merged for each recipient, or ended on record.

    ``supersede`` ends what was due up to ``until`` (the moment to which the lost service ran; else now) and
    lets go what came later. ``seen`` is the mark of the list that was decided about.
    Raises DubanError NOT_HELD, RELEASE_CHANGED where the list is another one.
    """
    _ask_the_rules(database, office, now)
    with database.write() as session:
        held = _hold(session)
        if seen is not None:
            _check_seen(session, seen, now)
        messages, pending = _waiting_messages(session, until), _pending_reminders(session, now, until)
        if decision == "supersede":
            _supersede(session, messages, pending, now)
        _record(session, held, decision, len(messages), len(pending), until, now, who)
        hold.let_go(session, now)
    return Released(decision, len(messages), len(pending))


def _record(
    session: Session,
    held: hold.Hold,
    decision: str,
    messages: int,
    pending: int,
    until: datetime | None,
    now: datetime,
    who: str,
) -> None:
    details = {
        "decision": decision,
        "messages": messages,
        "reminders": pending,
        "until": until.isoformat() if until else "",
        "held_since": held.since.isoformat(),
        "backup_of": held.backup_of.isoformat(),
    }
    runs.record(
        session, "release" if decision in ("send", "supersede") else "release_part", who, now, details=details
    )


def _ask_the_rules(database: Database, office: Office, now: datetime) -> None:
    """What fell due while nobody looked is written down, so that the decision is about all of it."""
    with database.read() as session:
        _hold(session)
    sweep(database, now)
    send_digest(database, office, now)


def _hold(session: Session) -> hold.Hold:
    found = hold.held(session)
    if found is None:
        raise DubanError("NOT_HELD", "发送没有暂停：只有从备份恢复之后才需要 duban release。")
    return found


def _check_seen(session: Session, seen: str, now: datetime) -> None:
    """Raises DubanError RELEASE_CHANGED where the list is not the one with that mark."""
    if seen != mark_of(listed(session, now)):
        raise DubanError("RELEASE_CHANGED", "到期的消息刚有变化，还没有恢复发送：请再看一遍，再决定。")


def _waiting_messages(session: Session, until: datetime | None = None) -> list[tables.Message]:
    """What waits to be sent, and what was being sent when the backup was made."""
    query = select(M).where(col(M.state).in_(("waiting", "sending"))).order_by(col(M.slot_at), col(M.id))
    rows = session.execute(query).scalars()
    return [row for row in rows if until is None or row.slot_at <= until]


def _pending_reminders(
    session: Session, now: datetime, until: datetime | None = None
) -> list[tables.Reminder]:
    """Reminders whose day (with ``until`` whose hour) has come and that no message carries yet."""
    followed = {plan.id: plan for plan in plans.load_plans(session)}
    query = select(R).where(col(R.state) == "pending").order_by(col(R.post_id), col(R.nominal_on), col(R.id))
    rows = [row for row in session.execute(query).scalars() if row.plan_id in followed]
    return [row for row in rows if _has_come(row, followed[row.plan_id], now, until)]


def _has_come(row: tables.Reminder, plan: Plan, now: datetime, until: datetime | None) -> bool:
    zone = plans.zone_of(plan)
    if until is None:
        return row.nominal_on <= now.astimezone(zone).date()
    return datetime.combine(row.nominal_on, plan.policy.remind_at, zone) <= until


def _messages(session: Session) -> list[Due]:
    unknown = outbox.unanswered(session)
    return [
        Due(
            recipient=row.recipient,
            kind=row.kind,
            subject=row.subject,
            since=row.slot_on.isoformat(),
            in_flight=row.state == "sending" or stored_id(row.id) in unknown,
            key=f"m{row.id}",
        )
        for row in _waiting_messages(session)
    ]


def _reminders(session: Session, now: datetime) -> list[Due]:
    posts = _post_names(session)
    found: dict[int, Due] = {}
    for row in _pending_reminders(session, now):
        known = found.get(row.post_id)
        if known is None:
            name, since = posts[row.post_id], row.nominal_on.isoformat()
            known = Due(name, "reminder", "", since, number=0, key=f"p{row.post_id}")
        carried = (*known.reminders, stored_id(row.id))
        found[row.post_id] = replace(known, number=len(carried), reminders=carried)
    return list(found.values())


def _post_names(session: Session) -> dict[int, str]:
    post, unit = tables.Post, tables.Unit
    query = select(col(post.id), col(unit.name)).join(unit, col(unit.id) == col(post.unit_id))
    return {row[0]: row[1] for row in session.execute(query)}


def _supersede(
    session: Session, messages: Sequence[tables.Message], pending: Sequence[tables.Reminder], now: datetime
) -> None:
    """They end as superseded by the restore; attempts that were in flight end as unknown."""
    for row in messages:
        key = stored_id(row.id)
        attempt = outbox.open_attempt(session, key)
        if attempt:
            attempt.verdict, attempt.finished_at = "unknown", now
            attempt.detail = "备份时正在发送，恢复后由督查科室作废"
            session.add(attempt)
        ended = {"ended_at": now, "ended_reason": RESTORED, "lease_until": None}
        outbox.finish(session, key, state="superseded", **ended)
        reminders.settle(session, key, "superseded", RESTORED, now)
    reminders.end(session, [stored_id(row.id) for row in pending], "superseded", RESTORED, now)
