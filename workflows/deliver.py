"""投递: claim a message, look once more whether it should leave, write the attempt, send, write the verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session

from db import hold, links, outbox, plans, reminders, runs, tables
from db.calendar import load_calendar
from db.session import Database
from db.units import stored_id
from engine import slots
from engine.policy import Policy
from notifications.channel import Channel, Envelope, File, Verdict, VerdictKind
from workflows.compose import cannot_reach, compose_for, slot_ahead
from workflows.grounds import judge_grounds, keep_standing
from workflows.links import filled
from workflows.office import Office, recipient_of

BATCH = 50
GIVEN_UP = "MESSAGE_GIVEN_UP"
CHANNEL_ILL = "CHANNEL_ILL"
CHANNEL_RESTS = (60, 60, 300, 900)  # seconds; a server that is back is found within a quarter of an hour


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
    failures: int
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
    with database.read() as session:
        ill = outbox.paused(session, now)
        ids = outbox.due(session, now, limit=100_000)
        if hold.held(session):
            return DeliverSummary(held=len(ids))
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
        message = outbox.take(session, message_id)
        if message is None or not _is_due(message, now) or message.channel in ill:
            return None
        if not _may_leave(session, message, now):
            summary.held += 1
            return None
        if not _is_as_it_should_be(session, office, message, now):
            return None
        plan = plans.load_plan(session, message.plan_id)
        outbox.claim(session, message, now, timedelta(seconds=plan.policy.lease_seconds))
        session.flush()
        return Claim(
            message_id,
            message.epoch,
            message.failures,
            message.channel,
            _envelope(
                office, message, outbox.files_of(session, message_id), filled(session, office.links, message)
            ),
            plan.policy,
        )


def _is_due(message: tables.Message, now: datetime) -> bool:
    if message.state == "waiting":
        return message.next_attempt_at <= now
    return message.state == "sending" and message.lease_until is not None and message.lease_until <= now


def _may_leave(session: Session, message: tables.Message, now: datetime) -> bool:
    """Whether the windows of all its plans are open; outside them the message waits for the opening."""
    calendar = load_calendar(session)
    keys = {message.plan_id, *reminders.plans_of_message(session, stored_id(message.id))}
    openings = [
        slots.next_opening(plan.policy, calendar, now, plans.zone_of(plan))
        for plan in (plans.load_plan(session, key) for key in keys)
    ]
    if max(openings) <= now:
        return True
    if message.state == "waiting":
        _hold(session, message, max(openings))
    return False


def _hold(session: Session, message: tables.Message, until: datetime) -> None:
    message.next_attempt_at = until
    session.add(message)


def _is_as_it_should_be(session: Session, office: Office, message: tables.Message, now: datetime) -> bool:
    """Whether it may leave as it stands; if not, what has to come in its place is composed or waits.

    A message that may have arrived already is repeated unchanged, whatever has happened since.
    """
    if message.state == "sending":
        _close_lost_attempt(session, message, now)
        return True
    if outbox.may_have_arrived(session, stored_id(message.id)):
        return True
    if message.kind != "reminder":
        return _find_reader(session, office, message, now)
    if _joins_newer(session, office, message, now):
        return False
    if _still_right(session, office, message, now):
        return True
    compose_for(session, office, message.post_id, now)
    return False


def _joins_newer(session: Session, office: Office, message: tables.Message, now: datetime) -> bool:
    """Whether a message left over from an earlier day leaves together with what has become due since."""
    zone = plans.zone_of(plans.load_plan(session, message.plan_id))
    if message.slot_on >= now.astimezone(zone).date():
        return False
    if compose_for(session, office, message.post_id, now) == "composed":
        return True
    slot = slot_ahead(session, message.post_id, now)
    if slot:
        _hold(session, message, slot)
    return slot is not None


def _find_reader(session: Session, office: Office, message: tables.Message, now: datetime) -> bool:
    """Whether somebody holds the digest's post; a successor gets what was frozen for the post."""
    recipient = recipient_of(session, office, message.post_id)
    if recipient is None:
        outbox.end(session, stored_id(message.id), "withdrawn", "no_contact", now)
        cannot_reach(session, message.post_id, now)
        return False
    message.address, message.channel = recipient.address, recipient.channel
    message.contact_id = recipient.contact_id
    session.add(message)
    return True


def _close_lost_attempt(session: Session, message: tables.Message, now: datetime) -> None:
    """The worker before us left no verdict: nobody knows whether the far end has it."""
    attempt = outbox.open_attempt(session, stored_id(message.id))
    if attempt:
        attempt.verdict, attempt.finished_at = "unknown", now
        attempt.detail = "租约到期而没有回执，按原样重发"
        session.add(attempt)


def _still_right(session: Session, office: Office, message: tables.Message, now: datetime) -> bool:
    """Whether grounds and recipient still hold; if not, the message is superseded and its rest released."""
    key = stored_id(message.id)
    recipient = recipient_of(session, office, message.post_id)
    moved = recipient is None or (recipient.channel, recipient.address) != (message.channel, message.address)
    grounds = judge_grounds(session, reminders.of_message(session, key), now)
    standing = [ground for ground in grounds if ground.ending is None]
    if not moved and len(standing) == len(message.items):
        return True
    reminders.release(session, [ground.key for ground in grounds])
    kept = keep_standing(session, grounds, now)
    reason = "recipient_changed" if moved else "content_changed"
    outbox.end(session, key, "superseded" if kept else "withdrawn", reason, now)
    return False


def _envelope(
    office: Office, message: tables.Message, files: list[tables.MessageFile], parts: tuple[str, str]
) -> Envelope:
    text, html = parts
    return Envelope(
        key=message.key,
        message_id=message.rfc_message_id,
        channel=message.channel,
        to_address=message.address,
        to_name=message.recipient,
        from_address=office.from_address,
        from_name=office.from_name,
        subject=message.subject,
        text=text,
        html=html,
        dated=message.created_at,
        reply_to=office.coordinator.address or None,
        reply_to_name=office.coordinator.post,
        references=message.thread_id or None,
        locale=message.locale,
        files=tuple(File(one.name, one.media_type, one.content) for one in files),
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
            links.supersede_older(session, claim.message_id, now)
            runs.close_finding(session, CHANNEL_ILL, claim.channel, now)
            outbox.resume(session, claim.channel)
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
    runs.open_finding(session, GIVEN_UP, f"post:{message.post_id}", sentence, now, message.plan_id)


def _wait(session: Session, claim: Claim, verdict: Verdict, now: datetime) -> None:
    """The message waits with a date; only its own failures count towards giving up.

    For a channel's fault the whole channel rests, so that a server that asks for a pause gets one.
    """
    asked = max(now + timedelta(seconds=verdict.retry_after or 0), verdict.until or now)
    if verdict.channel_fault:
        runs.open_finding(session, CHANNEL_ILL, claim.channel, verdict.reason, now)
        again = outbox.pause(session, claim.channel, CHANNEL_RESTS, asked, now)
        outbox.finish(session, claim.message_id, state="waiting", next_attempt_at=again)
        return
    failures, steps = claim.failures + 1, claim.policy.retry_seconds
    outbox.finish(session, claim.message_id, failures=failures)
    if failures >= claim.policy.max_attempts:
        _give_up(session, claim, verdict, now)
        return
    again = max(asked, now + timedelta(seconds=steps[min(failures, len(steps)) - 1]))
    outbox.finish(session, claim.message_id, state="waiting", next_attempt_at=again)
