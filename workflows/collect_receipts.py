"""回执: vendors are asked what became of accepted messages, and what did not arrive after all goes another way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from db import plans, receipts, reminders, runs, tables
from db.receipts import Asked
from db.session import Database
from engine.unread import is_to_be_asked
from notifications.channel import Answer, Receipt, Receipting
from workflows.come_back import Trouble, came_back, owe_again
from workflows.office import Office

REFUSED_CODE = "recipient_refused"
NOT_DELIVERED = "not_delivered"
RECEIPT_REFUSED = "RECEIPT_REFUSED"
LAST = "receipts:"  # mark of a channel: its round, as _Round stores it
SILENCES = 3  # after so many calls without an answer the channel is left until the next turn
DAY = timedelta(days=1)
_WORST = (Answer.REFUSED, Answer.UNREAD, Answer.READ, Answer.ACCEPTED)  # of several parts of a message


@dataclass(slots=True)
class ReceiptSummary:
    """What a turn found, counted by answer that was new; ``silent`` are calls without an answer."""

    answers: dict[str, int] = field(default_factory=dict)

    def count(self, word: str) -> None:
        """One more of that."""
        self.answers[word] = self.answers.get(word, 0) + 1


def collect_receipts(
    database: Database,
    office: Office,
    now: datetime,
    *,
    channels: AbstractContextManager[object] | None = None,
    pause: Callable[[], None] = lambda: None,
) -> ReceiptSummary:
    """Everybody whose turn has come has been asked about, and each new answer is on record.

    ``channels`` is held while a channel is used, so that deliveries can go on in between; ``pause`` is
    called before each message and may end the turn.
    """
    summary = ReceiptSummary()
    for name, channel in office.channels.items():
        if channel.traits.has_receipts and isinstance(channel, Receipting):
            _collect(database, office, name, channel, now, summary, channels or nullcontext(), pause)
    return summary


def _collect(
    database: Database,
    office: Office,
    name: str,
    channel: Receipting,
    now: datetime,
    summary: ReceiptSummary,
    channels: AbstractContextManager[object],
    pause: Callable[[], None],
) -> None:
    """One turn of the channel's round. Whoever was asked is not asked again in this round, whatever came of it:
    messages of which nobody can say anything never keep the others from being asked about."""
    with database.read() as session:
        begun = _round(session, name, now)
        wanted = _wanted(session, name, begun)
    silences, reached = 0, begun.after
    try:
        for one in wanted:
            if silences == SILENCES:
                break
            pause()
            reached = one.message_id
            with channels:
                answers = _answers(channel, one.tickets)
            silences = silences + 1 if answers is None else 0
            if answers is None:
                summary.count("silent")
                continue
            with database.write() as session:
                _store(session, office, one, answers, now, summary)
    finally:
        is_over = not wanted or reached == wanted[-1].message_id
        if reached:
            begun = begun.finished() if is_over else replace(begun, after=reached)
            with database.write() as session:
                runs.mark(session, LAST + name, begun.stored(), now)


@dataclass(frozen=True, slots=True)
class _Round:
    """A round asks about the messages for which a moment of asking came after ``since`` and up to ``until``;
    those with ids up to ``after`` have had their turn."""

    since: datetime
    until: datetime
    after: int = 0

    def finished(self) -> _Round:
        """The next round begins where this one ends."""
        return _Round(self.until, self.until)

    def stored(self) -> str:
        """As the mark keeps it; only a round that is under way has more than its beginning."""
        begun = self.since.isoformat()
        return f"{begun} {self.until.isoformat()} {self.after}" if self.after else begun


def _round(session: Session, channel: str, now: datetime) -> _Round:
    """The channel's round that is under way, or a new one up to now; a mark of a clock that was ahead is none."""
    words = (runs.marked(session, LAST + channel) or "").split()
    moments = [datetime.fromisoformat(word) for word in words[:2]]
    if not moments or max(moments) > now + DAY:
        return _Round(datetime.min.replace(tzinfo=UTC), now)
    return _Round(moments[0], moments[1], int(words[2])) if len(words) == 3 else _Round(moments[0], now)


def _wanted(session: Session, channel: str, begun: _Round) -> list[Asked]:
    """The messages about which the channel is still to be asked in this round, in the order of their ids."""
    found = []
    for plan in plans.load_plans(session):
        since = begun.until - timedelta(days=plan.policy.receipt_days)
        found += [
            one
            for one in receipts.to_ask(session, plan.id, (channel,), since)
            if one.message_id > begun.after
            and is_to_be_asked(plan.policy, one.accepted_at, begun.since, begun.until, plans.zone_of(plan))
        ]
    return sorted(found, key=lambda one: one.message_id)


def _answers(channel: Receipting, tickets: Sequence[str]) -> tuple[Receipt, ...] | None:
    """What is known of all parts of a message, by person the worst; ``None`` where the far end is silent."""
    found: dict[str, Receipt] = {}
    for ticket in dict.fromkeys(tickets):
        said = channel.receipts(ticket)
        if said is None:
            return None
        for one in said:
            known = found.get(one.person)
            if known is None or _WORST.index(one.answer) < _WORST.index(known.answer):
                found[one.person] = one
    return tuple(found.values())


def _store(
    session: Session,
    office: Office,
    one: Asked,
    answers: Iterable[Receipt],
    now: datetime,
    summary: ReceiptSummary,
) -> None:
    """What is new is on record; a message that reached nobody goes another way."""
    by_answer: Mapping[Answer, list[Receipt]] = {word: [] for word in Answer}
    for receipt in answers:
        told = [(receipt.person, receipt.answer.value, receipt.reason)]
        if receipts.add(session, one.message_id, told, now):
            summary.count(receipt.answer.value)
            by_answer[receipt.answer].append(receipt)
    if not any(by_answer.values()):
        return
    message = session.get_one(tables.Message, one.message_id, with_for_update=True)
    refused = by_answer[Answer.REFUSED]
    if refused and message.state == "accepted":
        if all(receipt.answer is Answer.REFUSED for receipt in answers):
            _not_arrived(session, office, message, refused, now)
        else:
            where, found = f"post:{message.post_id}", _trouble(message, refused)
            plan_id = message.plan_id
            runs.open_finding(session, RECEIPT_REFUSED, where, found.sentence, now, plan_id, found.inputs)
    _judge_again(session, one.message_id, now)


def _not_arrived(
    session: Session, office: Office, message: tables.Message, refused: Sequence[Receipt], now: datetime
) -> None:
    """A message that the vendor kept back or lost is owed again once; twice running it goes another way or is shown."""
    is_persons = any(one.of_person for one in refused)
    code = REFUSED_CODE if is_persons else NOT_DELIVERED
    if is_persons or not owe_again(session, message, code, now):
        came_back(session, office, message, code, code, _trouble(message, refused), now)


def _trouble(message: tables.Message, refused: Sequence[Receipt]) -> Trouble:
    who = message.recipient if len(refused) == 1 else f"{message.recipient}等{len(refused)}人"
    todo = "请核对联系人的账号" if any(one.of_person for one in refused) else "请查看对方平台的发送限制"
    inputs = {
        "case": "recipient" if any(one.of_person for one in refused) else "channel",
        "recipient": message.recipient,
        "n": len(refused),
        "why": refused[0].reason,
    }
    return Trouble(f"发给{who}的消息对方没有送到：{refused[0].reason}。{todo}。", inputs)


def _judge_again(session: Session, message_id: int, now: datetime) -> None:
    """The sub-tasks of which the message speaks are judged anew: who has read it is a fact of theirs."""
    by_plan: dict[int, set[int]] = {}
    for row in reminders.of_message(session, message_id):
        by_plan.setdefault(row.plan_id, set()).add(row.subtask_id)
    for plan_id, ids in by_plan.items():
        zone = plans.zone_of(plans.load_plan(session, plan_id))
        plans.check_again(session, sorted(ids), now.astimezone(zone).date())
