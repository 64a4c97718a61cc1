"""What a verdict leads to: arrived, next part, another way, a later attempt, or given up and shown."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session

from db import budgets, given_up, links, outbox, reminders, runs, tables
from db.session import Database
from db.units import stored_id
from db.ways import Way
from engine.errors import DubanError
from notifications.channel import Verdict, VerdictKind
from workflows.claim import Claim, Member
from workflows.fall_back import mark_failed
from workflows.office import Office, recipient_of

CHANNEL_ILL = "CHANNEL_ILL"
UNSENDABLE = "MESSAGE_UNSENDABLE"
ASIDE = timedelta(hours=1)
CHANNEL_RESTS = (60, 60, 300, 900)  # seconds; a server that is back is found within a quarter of an hour
LASTING = (VerdictKind.PERMANENT, VerdictKind.PARTIAL)


def conclude(database: Database, office: Office, claim: Claim, verdict: Verdict, now: datetime) -> None:
    """The verdict is on record for every message of the send, and each is where it leads.

    One that another worker has taken over meanwhile stays as that worker has it.
    """
    word = "unknown" if verdict.ambiguous else verdict.kind.value
    detail = " ".join(part for part in (verdict.reason, verdict.answer) if part)
    with database.write() as session:
        budgets.finish(session, claim.spent, now)
        ours = [
            member
            for member in claim.members
            if outbox.write_verdict(
                session, member.message_id, member.epoch, word, detail, now, verdict.ticket, verdict.weak
            )
        ]
        again = _rest(session, claim, verdict, now) if verdict.channel_fault and ours else now
        if verdict.is_accepted and ours:
            runs.close_finding(session, CHANNEL_ILL, claim.channel, now)
            outbox.resume(session, claim.channel, claim.began)
        for member in ours:
            runs.close_finding(session, UNSENDABLE, f"message:{member.message_id}", now)
            _settle(session, office, claim, member, verdict, again, now)


def set_aside(session: Session, message_id: int, error: Exception, now: datetime) -> None:
    """The message waits for an hour and a coordinator is shown that it could not be prepared for sending."""
    message = session.get_one(tables.Message, message_id)
    why = error.message if isinstance(error, DubanError) else f"内部错误 {type(error).__name__}"
    sentence = f"发给{message.recipient}的消息暂时无法发送（{why}），一小时后再试：请查看 duban message {message_id}。"
    error_code = error.code if isinstance(error, DubanError) else ""
    inputs = {"recipient": message.recipient, "why": why, "error": error_code}
    runs.open_finding(session, UNSENDABLE, f"message:{message_id}", sentence, now, message.plan_id, inputs)
    lease = None if message.lease_until is None else now + ASIDE
    outbox.finish(session, message_id, next_attempt_at=now + ASIDE, lease_until=lease)


def _rest(session: Session, claim: Claim, verdict: Verdict, now: datetime) -> datetime:
    """The whole channel rests, so that a server that asks for a pause gets one; returns until when."""
    inputs = {"channel": claim.channel, "why": verdict.reason}
    runs.open_finding(session, CHANNEL_ILL, claim.channel, verdict.reason, now, inputs=inputs)
    return outbox.pause(session, claim.channel, CHANNEL_RESTS, _asked(verdict, now), now)


def _settle(
    session: Session,
    office: Office,
    claim: Claim,
    member: Member,
    verdict: Verdict,
    again: datetime,
    now: datetime,
) -> None:
    if verdict.is_accepted and claim.has_more:
        outbox.finish(session, member.message_id, state="waiting", parts_done=claim.envelope.part)
    elif verdict.is_accepted:
        outbox.finish(session, member.message_id, state="accepted", ended_at=now, ended_reason="")
        reminders.settle(session, member.message_id, "accepted", "", now)
        links.supersede_older(session, member.message_id, now)
    elif verdict.kind in LASTING and len(claim.members) > 1 and not verdict.channel_fault:
        _try_alone(session, member, now)  # one of them was refused, nobody knows which
    elif verdict.channel_fault:
        _wait_for_channel(session, office, claim, member, verdict, again, now)
    elif verdict.kind in LASTING:
        _go_another_way(session, office, member, verdict, now)
    else:
        _wait(session, office, claim, member, verdict, now)


def _try_alone(session: Session, member: Member, now: datetime) -> None:
    failures = member.failures + 1
    outbox.finish(
        session, member.message_id, state="waiting", failures=failures, bundle="", next_attempt_at=now
    )


def _wait_for_channel(
    session: Session,
    office: Office,
    claim: Claim,
    member: Member,
    verdict: Verdict,
    again: datetime,
    now: datetime,
) -> None:
    """Nobody's message is given up for the channel's fault, until it has been tried longer than the policy waits.

    Where the fault lasts until somebody mends the set-up, who can be reached otherwise is.
    """
    message = session.get_one(tables.Message, member.message_id)
    if now - outbox.tried_since(session, message) > timedelta(days=claim.policy.give_up_days):
        _go_another_way(session, office, member, verdict, now)
    elif not (verdict.kind in LASTING and take_other_way(session, office, message, verdict, now)):
        _release(session, member, again)


def _go_another_way(
    session: Session, office: Office, member: Member, verdict: Verdict, now: datetime
) -> None:
    """By the contact's next channel if there is one; else the message is given up and a coordinator is shown why."""
    message = session.get_one(tables.Message, member.message_id)
    if take_other_way(session, office, message, verdict, now):
        return
    sentence = f"发给{message.recipient}的消息未能送达：{verdict.reason}"
    inputs = {"case": "refused", "recipient": message.recipient, "why": verdict.reason}
    given_up.give_up(session, message, verdict.code, sentence, inputs, now)


def take_other_way(
    session: Session, office: Office, message: tables.Message, verdict: Verdict, now: datetime
) -> bool:
    """Whether the contact can be reached by another channel, and what was to be said is on its way there.

    Reminders are owed again and compose puts them into a message of that channel; anything else goes there
    as it is frozen.
    """
    key = stored_id(message.id)
    refused = Way(message.channel, message.address)
    if not mark_failed(session, office, message.contact_id, refused, verdict.code, now):
        return False
    if message.kind == "reminder":
        carried = reminders.of_message(session, key)
        reminders.release(session, [stored_id(row.id) for row in carried])
        outbox.finish(session, key, state="superseded", ended_at=now, ended_reason="other_channel")
        return True
    recipient = recipient_of(session, office, message.post_id)
    assert recipient is not None, "another way was found"
    afresh = {"state": "waiting", "next_attempt_at": now, "parts_done": 0, "bundle": "", "failures": 0}
    outbox.finish(session, key, channel=recipient.channel, address=recipient.address, **afresh)
    return True


def _release(session: Session, member: Member, again: datetime) -> None:
    """It waits for that moment, by itself unless some of it may have arrived with others."""
    values = {"state": "waiting", "next_attempt_at": again}
    message = session.get_one(tables.Message, member.message_id)
    if not (message.parts_done or outbox.may_have_arrived(session, member.message_id)):
        values["bundle"] = ""
    outbox.finish(session, member.message_id, **values)


def _wait(
    session: Session, office: Office, claim: Claim, member: Member, verdict: Verdict, now: datetime
) -> None:
    """The message waits with a date; only its own failures count towards giving up."""
    failures, steps = member.failures + 1, claim.policy.retry_seconds
    outbox.finish(session, member.message_id, failures=failures)
    if failures >= claim.policy.max_attempts:
        _go_another_way(session, office, member, verdict, now)
        return
    pause = timedelta(seconds=steps[min(failures, len(steps)) - 1])
    _release(session, member, max(_asked(verdict, now), now + pause))


def _asked(verdict: Verdict, now: datetime) -> datetime:
    """When the far end wants to hear of it again, if it said so."""
    return max(now + timedelta(seconds=verdict.retry_after or 0), verdict.until or now)
