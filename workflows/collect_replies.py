"""回复邮件: an answer from the mailbox is read, stored as submitted and confirmed, in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlmodel import Session

from db import mail_in, plans, runs, tables
from db.calendar import load_calendar
from db.session import Database
from engine.errors import DubanError
from engine.model import Plan, SubTask
from engine.periods import open_period
from notifications.bounce import read_bounce
from notifications.confirmation import ConfirmationContent, RecordedLine, UnclearLine
from notifications.mailbox import Mailbox
from notifications.render import render_confirmation
from notifications.reply import Reply, read_mail
from notifications.words import clean
from notifications.wrong_person import Claim, claims_wrong_person
from workflows.come_back import identified, take_bounce
from workflows.office import Office, recipient_of
from workflows.outgoing import Outgoing, put_out
from workflows.own_templates import own_templates
from workflows.read_reply import Told, Unclear, read_reply
from workflows.report_progress import Filing, file_report
from workflows.wrong_person import LONGEST, dispute, holder_meant

UNKNOWN_REPLY = "UNKNOWN_REPLY"
BY_MAIL = "邮件回复"


@dataclass(slots=True)
class CollectSummary:
    """How many mails were read, counted by what became of them."""

    outcomes: dict[str, int] = field(default_factory=dict)

    def count(self, outcome: str) -> None:
        """One more that ended so."""
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1


@dataclass(frozen=True, slots=True)
class Case:
    """What an answer can speak of: the post's unit, the tasks asked about and the unit's other tasks."""

    post_id: int
    unit_id: int
    message: tables.Message
    asked: tuple[SubTask, ...]
    others: tuple[SubTask, ...]


@dataclass(frozen=True, slots=True)
class _Fate:
    """What became of a mail: its state, the post that wrote it, why, and what the reason is made of."""

    state: str
    post_id: int | None
    detail: str
    inputs: Mapping[str, object]


def collect_replies(database: Database, office: Office, mailbox: Mailbox, now: datetime) -> CollectSummary:
    """Every unread mail has been taken once and is marked read; a repeat of it adds nothing."""
    summary = CollectSummary()
    with mailbox.opened() as box:
        for uid in box.unread():
            raw = box.read(uid)
            if raw:
                summary.count(_take_mail(database, office, raw, now))
            box.mark_read(uid)
    return summary


def _take_mail(database: Database, office: Office, raw: bytes, now: datetime) -> str:
    reply = _identified(read_mail(raw), raw)
    bounce = None if reply.is_forged else read_bounce(raw)
    if bounce is not None:
        return take_bounce(database, office, identified(bounce, raw), now)
    return take_reply(database, office, reply, now)


def take_reply(database: Database, office: Office, reply: Reply, now: datetime) -> str:
    """``stored``, ``refused``, ``ignored``, or ``known`` when it was taken before.

    What an answer of a unit's own address says is stored as submitted and confirmed to that unit, with what
    was not understood; anybody else's answer, or one to no message of ours, is shown to the coordinators.
    """
    with database.write() as session:
        if not mail_in.claim(session, reply.message_id, reply.sender, reply.subject, now):
            return "known"
        fate = _take(session, office, reply, now)
        mail_in.settle(session, reply.message_id, fate.state, fate.post_id, fate.detail, fate.inputs)
        if fate.state == "refused":
            where = f"mail:{reply.message_id}"
            runs.open_finding(session, UNKNOWN_REPLY, where, fate.detail, now, inputs=fate.inputs)
        return fate.state


def see_to(database: Database, number: int, now: datetime, who: str) -> None:
    """A coordinator has dealt with a mail that was not understood. Raises DubanError UNKNOWN_MAIL."""
    with database.write() as session:
        row = session.get(tables.IncomingMail, number)
        if row is None or row.state != "refused":
            raise DubanError("UNKNOWN_MAIL", f"没有待处理的回复 {number}：编号见 duban replies list。")
        runs.close_finding(session, UNKNOWN_REPLY, f"mail:{row.rfc_message_id}", now)
        row.state = "ignored"
        session.add(row)
        runs.record(session, "see_to_reply", who, now, details={"mail": row.rfc_message_id})


def _identified(reply: Reply, raw: bytes) -> Reply:
    """A mail without Message-ID is known by its content."""
    return (
        reply
        if reply.message_id
        else replace(reply, message_id=f"<{hashlib.sha256(raw).hexdigest()}@content>")
    )


def _take(session: Session, office: Office, reply: Reply, now: datetime) -> _Fate:
    """What becomes of a new mail."""
    named = {"sender": reply.sender, "title": reply.subject}
    if reply.is_forged:
        sentence = (
            f"自称 {reply.sender} 的邮件“{reply.subject}”没有通过邮箱服务器的发件人验证，没有采用，请核实。"
        )
        return _Fate("refused", None, sentence, {"case": "forged", **named})
    if reply.automatic:
        return _Fate("ignored", None, "自动回复", {"case": "automatic"})
    message = mail_in.answered(session, reply.answers)
    if message is None:
        sentence = (
            f"回复邮箱收到 {reply.sender} 的邮件“{reply.subject}”，它不是对督办消息的回复，请人工处理。"
        )
        return _Fate("refused", None, sentence, {"case": "no_answer", **named})
    if not mail_in.is_from(session, message, reply.sender):
        sentence = f"{reply.sender} 回复了发给{message.recipient}的消息，但不是登记的邮箱，没有记录，请核实。"
        told_of = {"case": "stranger", "recipient": message.recipient, **named}
        return _Fate("refused", None, sentence, told_of)
    case = _case(session, message)
    reading = read_reply(reply.text, case.asked, case.others)
    told = [one for one in reading.told if one.quantities]
    claim = claims_wrong_person(reply.text)
    if claim is Claim.PLAIN or (claim is Claim.PERHAPS and not told):
        return _disputed(session, case, reply, told, now)
    if not reading.told and not reading.unclear:
        return _Fate("ignored", case.post_id, "没有填报内容", {"case": "nothing"})
    recorded, refused = _file(session, case, reading.told, now)
    unclear = [*refused, *(_unclear_line(one, case) for one in reading.unclear)]
    _confirm(session, office, case, reply, recorded, unclear, now)
    counts = {"n": len(recorded), "unclear": len(unclear)}
    sentence = f"记录 {len(recorded)} 项，未记录 {len(unclear)} 处"
    return _Fate("stored", case.post_id, sentence, {"case": "recorded", **counts})


def _disputed(session: Session, case: Case, reply: Reply, told: Sequence[Told], now: datetime) -> _Fate:
    """Somebody else holds the post, says who should know; figures that stand beside it are filed all the same.

    Nothing is confirmed: who is the wrong person is not written to.
    """
    recorded, _ = _file(session, case, told, now)
    contact = holder_meant(session, case.post_id, case.message.id, reply.sender)
    if contact is not None:
        words = clean(reply.text)[:LONGEST]
        dispute(session, contact, reply.sender, BY_MAIL, now, words)
    sentence = f"表示发错了人，记录 {len(recorded)} 项"
    return _Fate("stored", case.post_id, sentence, {"case": "disputed", "n": len(recorded)})


def _case(session: Session, message: tables.Message) -> Case:
    unit_id = session.get_one(tables.Post, message.post_id).unit_id
    ids = mail_in.subtasks_of_unit(session, unit_id)
    named = {item["subtask_id"] for item in message.items}
    subtasks = plans.load_subtasks(session, ids)
    asked = tuple(subtasks[key] for key in ids if key in named) or tuple(subtasks[key] for key in ids)
    chosen = {one.id for one in asked}
    others = tuple(subtasks[key] for key in ids if key not in chosen)
    return Case(message.post_id, unit_id, message, asked, others)


def _file(
    session: Session, case: Case, told: Sequence[Told], now: datetime
) -> tuple[list[RecordedLine], list[UnclearLine]]:
    """Each report is filed by itself: one that is refused leaves the others."""
    recorded, refused = [], []
    for one in told:
        subtask = _named(case, one.subtask_id)
        try:
            with session.begin_nested():
                warnings = _file_one(session, case, subtask, one, now)
        except DubanError as error:
            refused.append(
                UnclearLine(one.text, "refused", subtask.no, subtask.title, sentence=error.message)
            )
            continue
        figures = tuple(
            (each.subject, one.quantities[each.id], each.unit)
            for each in subtask.indicators
            if each.id in one.quantities
        )
        recorded.append(RecordedLine(subtask.no, subtask.title, figures, one.text, warnings))
    return recorded, refused


def _file_one(session: Session, case: Case, subtask: SubTask, told: Told, now: datetime) -> tuple[str, ...]:
    plan = _plan_of(session, subtask)
    on = now.astimezone(plans.zone_of(plan)).date()
    period = open_period(plan, subtask, load_calendar(session), on)
    filing = Filing(
        subtask=f"#{subtask.id}",
        period=period or f"{on:%Y-%m}",
        text=told.text,
        status=told.status,
        quantities=dict(told.quantities),
        unit_id=case.unit_id,
        source="mail",
    )
    return file_report(session, filing, now, f"{case.message.recipient}（{BY_MAIL}）").warnings


def _plan_of(session: Session, subtask: SubTask) -> Plan:
    return plans.load_plan(session, session.get_one(tables.SubTask, subtask.id).plan_id)


def _named(case: Case, subtask_id: int) -> SubTask:
    return next(one for one in (*case.asked, *case.others) if one.id == subtask_id)


def _unclear_line(unclear: Unclear, case: Case) -> UnclearLine:
    if unclear.subtask_id is None:
        return UnclearLine(unclear.text, unclear.why)
    subtask = _named(case, unclear.subtask_id)
    first = subtask.indicators[0] if subtask.indicators else None
    example = f"{first.subject}26{first.unit}" if first else ""
    return UnclearLine(unclear.text, unclear.why, subtask.no, subtask.title, example)


def _confirm(
    session: Session,
    office: Office,
    case: Case,
    reply: Reply,
    recorded: Sequence[RecordedLine],
    unclear: Sequence[UnclearLine],
    now: datetime,
) -> None:
    """The answer waits in the outbox; it leaves within the window, to the post's registered address."""
    recipient = recipient_of(session, office, case.post_id)
    if recipient is None:
        return
    plan = plans.load_plan(session, case.message.plan_id)
    on = now.astimezone(plans.zone_of(plan)).date()
    content = ConfirmationContent(recipient.unit, recipient.post, on, recorded, unclear, office.coordinator)
    rendered = render_confirmation(content, recipient.locale, own_templates(session, office))
    key = f"confirmation:{hashlib.sha256(reply.message_id.encode()).hexdigest()[:32]}"
    what = Outgoing(
        key=key,
        kind="confirmation",
        plan_id=case.message.plan_id,
        slot_on=on,
        slot_at=now,
        thread=key,
        thread_id=case.message.thread_id,
    )
    put_out(session, office, recipient, rendered, what, now)
