"""投递: claim a message, look once more whether it should leave, write the attempt, send, write the verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session

from db import outbox, plans, reminders, runs, tables
from db.calendar import load_calendar
from db.session import Database
from engine import slots
from engine.model import Plan
from engine.policy import Policy
from notifications.message import Channel, Envelope, Verdict, VerdictKind
from workflows.compose import compose_for
from workflows.grounds import judge_grounds, keep_standing
from workflows.office import Office, recipient_of

BATCH = 50
GIVEN_UP = "MESSAGE_GIVEN_UP"
CHANNEL_ILL = "CHANNEL_ILL"


@dataclass(slots=True)
class DeliverSummary:
    """What a run of deliver did, counted by verdict; ``held`` waited for the window."""

    verdicts: dict[str, int] = field(default_factory=dict)
    held: int = 0

    def count(self, verdict: str) -> None:
        """One more of that verdict."""
        self.verdicts[verdict] = self.verdicts.get(verdict, 0) + 1


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that this worker alone may send until its lease ends; ``epoch`` proves it."""

    message_id: int
    epoch: int
    attempts: int
    channel: str
    envelope: Envelope
    policy: Policy


def deliver(
    database: Database, office: Office, now: datetime, *, pause: Callable[[str], None] = lambda _: None
) -> DeliverSummary:
    """Everything due has been attempted once; what was refused waits with a date or is given up.

    ``pause`` is told the step about to begin (claimed, sent, judged); tests cut the process there.
    """
    summary = DeliverSummary()
    ill: set[str] = set()
    with database.read() as session:
        ids = outbox.due(session, now, limit=100_000)
    for start in range(0, len(ids), BATCH):
        _deliver_batch(database, office, ids[start : start + BATCH], now, summary, ill, pause)
    return summary


def _deliver_batch(
    database: Database,
    office: Office,
    ids: list[int],
    now: datetime,
    summary: DeliverSummary,
    ill: set[str],
    pause: Callable[[str], None],
) -> None:
    opened: dict[str, Channel] = {}
    try:
        for message_id in ids:
            pause("claim")
            claim = _claim(database, office, message_id, now, ill, summary)
            if claim is None:
                continue
            pause("send")
            verdict = _send(office, claim, opened)
            pause("verdict")
            _judge(database, claim, verdict, now)
            pause("done")
            summary.count(verdict.kind.value)
            if verdict.channel_fault:
                ill.add(claim.channel)
    finally:
        for channel in opened.values():
            channel.close()


def _claim(
    database: Database, office: Office, message_id: int, now: datetime, ill: set[str], summary: DeliverSummary
) -> Claim | None:
    """The claim, or ``None`` when the message may not leave now; an outdated one is composed anew."""
    with database.write() as session:
        message = session.get_one(tables.Message, message_id)
        if not _is_due(message, now) or message.channel in ill:
            return None
        plan = plans.load_plan(session, message.plan_id)
        if not _may_leave(session, message, plan, now):
            summary.held += 1
            return None
        if message.state == "sending":
            _close_lost_attempt(session, message, now)
        elif outbox.last_verdict(session, message_id) != "unknown" and not _still_right(
            session, office, message, now
        ):
            compose_for(session, office, message.post_id, now)
            return None
        outbox.claim(session, message, now, timedelta(seconds=plan.policy.lease_seconds))
        session.flush()
        return Claim(
            message_id,
            message.epoch,
            message.attempts,
            message.channel,
            _envelope(office, message),
            plan.policy,
        )


def _is_due(message: tables.Message, now: datetime) -> bool:
    if message.state == "waiting":
        return message.next_attempt_at <= now
    return message.state == "sending" and message.lease_until is not None and message.lease_until <= now


def _may_leave(session: Session, message: tables.Message, plan: Plan, now: datetime) -> bool:
    """Whether the window is open; outside it the message waits for the opening."""
    calendar, zone = load_calendar(session), plans.zone_of(plan)
    if slots.is_open(plan.policy, calendar, now, zone):
        return True
    if message.state == "waiting":
        message.next_attempt_at = slots.next_opening(plan.policy, calendar, now, zone)
        session.add(message)
    return False


def _close_lost_attempt(session: Session, message: tables.Message, now: datetime) -> None:
    """The worker before us left no verdict: nobody knows whether the far end has it."""
    assert message.id is not None
    attempt = outbox.open_attempt(session, message.id)
    if attempt:
        attempt.verdict, attempt.finished_at = "unknown", now
        attempt.detail = "租约到期而没有回执，按原样重发"
        session.add(attempt)


def _still_right(session: Session, office: Office, message: tables.Message, now: datetime) -> bool:
    """Whether grounds and recipient still hold; if not, the message is superseded and its rest released."""
    assert message.id is not None
    recipient = recipient_of(session, office, message.post_id)
    moved = recipient is None or (recipient.channel, recipient.address) != (message.channel, message.address)
    if message.kind != "reminder":
        if moved and recipient:
            message.address, message.channel = recipient.address, recipient.channel
            session.add(message)
        return True
    grounds = judge_grounds(session, reminders.of_message(session, message.id), now)
    changed = [ground for ground in grounds if ground.ending]
    if not moved and not changed:
        return True
    reminders.release(session, [ground.key for ground in grounds])
    kept = keep_standing(session, grounds, now)
    reason = "recipient_changed" if moved else "content_changed"
    outbox.end(session, message.id, "superseded" if kept else "withdrawn", reason, now)
    return False


def _envelope(office: Office, message: tables.Message) -> Envelope:
    return Envelope(
        key=message.key,
        message_id=message.rfc_message_id,
        channel=message.channel,
        to_address=message.address,
        to_name=message.recipient,
        from_address=office.from_address,
        from_name=office.from_name,
        subject=message.subject,
        text=message.text,
        html=message.html,
        dated=message.created_at,
        reply_to=office.coordinator.address or None,
        reply_to_name=office.coordinator.post,
        references=message.thread_id or None,
        locale=message.locale,
    )


def _send(office: Office, claim: Claim, opened: dict[str, Channel]) -> Verdict:
    channel = office.channels.get(claim.channel)
    if channel is None:
        return Verdict.transient(
            f"渠道 {claim.channel} 没有配置：请检查配置后重试。", code="channel_missing", channel_fault=True
        )
    if claim.channel not in opened:
        channel.open()
        opened[claim.channel] = channel
    return channel.send(claim.envelope)


def _judge(database: Database, claim: Claim, verdict: Verdict, now: datetime) -> None:
    """The verdict is on record and the message is where it leads, unless another worker took it over."""
    word = "unknown" if verdict.ambiguous else verdict.kind.value
    detail = " ".join(part for part in (verdict.reason, verdict.answer) if part)
    with database.write() as session:
        if not outbox.write_verdict(session, claim.message_id, claim.epoch, word, detail, now):
            return
        if verdict.is_accepted:
            _end(session, claim, "accepted", "", now)
            runs.close_finding(session, CHANNEL_ILL, claim.channel, now)
        elif verdict.kind in (VerdictKind.PERMANENT, VerdictKind.PARTIAL):
            _give_up(session, claim, verdict, now)
        else:
            _wait(session, claim, verdict, now)


def _end(session: Session, claim: Claim, state: str, reason: str, now: datetime) -> None:
    outbox.finish(session, claim.message_id, state=state, ended_at=now, ended_reason=reason)
    reminders.settle(session, claim.message_id, state, reason, now)


def _give_up(session: Session, claim: Claim, verdict: Verdict, now: datetime) -> None:
    """The message is given up and a coordinator is shown why."""
    _end(session, claim, "given_up", verdict.code, now)
    message = session.get_one(tables.Message, claim.message_id)
    sentence = f"发给{message.recipient}的消息未能送达：{verdict.reason}"
    runs.open_finding(session, GIVEN_UP, f"message:{claim.message_id}", sentence, now, message.plan_id)


def _wait(session: Session, claim: Claim, verdict: Verdict, now: datetime) -> None:
    """The message waits with a date; only a message's own failures count towards giving up."""
    if verdict.channel_fault:
        runs.open_finding(session, CHANNEL_ILL, claim.channel, verdict.reason, now)
    elif claim.attempts >= claim.policy.max_attempts:
        _give_up(session, claim, verdict, now)
        return
    again = now + timedelta(seconds=_delay(claim, verdict))
    outbox.finish(session, claim.message_id, state="waiting", next_attempt_at=verdict.until or again)


def _delay(claim: Claim, verdict: Verdict) -> int:
    steps = claim.policy.retry_seconds
    planned = steps[min(claim.attempts, len(steps)) - 1]
    return max(planned, verdict.retry_after or 0)
