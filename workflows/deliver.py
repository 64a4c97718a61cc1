"""投递: claim what may leave, send it, write the verdict; one attempt each, within the channels' budgets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from db import hold, outbox
from db.faults import SENTENCES
from db.outbox import Due
from db.session import Database
from engine.errors import DubanError
from notifications.channel import Channel, Verdict
from workflows.claim import Claim, claim
from workflows.conclude import LASTING, conclude, set_aside
from workflows.leave_channel import leave_absent, leave_channel
from workflows.office import Office
from workflows.turn import Turn

BATCH = 50


@dataclass(slots=True)
class DeliverSummary:
    """What a run of deliver did, counted by verdict; ``held`` waited for the window."""

    verdicts: dict[str, int] = field(default_factory=dict)
    held: int = 0

    def count(self, verdict: str) -> None:
        """One more of that verdict."""
        self.verdicts[verdict] = self.verdicts.get(verdict, 0) + 1


def deliver(
    database: Database,
    office: Office,
    now: datetime,
    *,
    clock: Callable[[], datetime] | None = None,
    pause: Callable[[str], None] = lambda _: None,
) -> DeliverSummary:
    """Everything due has been attempted once; what was refused waits with a date or is given up.

    What is due is decided for ``now``. ``clock`` tells the moment of each single send, by which attempts are
    dated and budgets are kept; without it they all happen at ``now``. ``pause`` is told the step about to
    begin (claim, send, verdict, done); tests cut the process there.
    """
    summary = DeliverSummary()
    with database.read() as session:
        turn = Turn(office, now, clock or (lambda: now), ill=outbox.paused(session, now))
        found = outbox.due(session, now, limit=100_000)
        if hold.held(session):
            return DeliverSummary(held=len(found))
    turn.expect(found)
    for start in range(0, len(found), BATCH):
        _deliver_batch(database, turn, found[start : start + BATCH], summary, pause)
    while turn.moved:
        moved, turn.moved = turn.moved, []
        turn.expect(moved)
        _deliver_batch(database, turn, moved, summary, pause)
    summary.held = turn.held
    return summary


def _deliver_batch(
    database: Database,
    turn: Turn,
    found: list[Due],
    summary: DeliverSummary,
    pause: Callable[[str], None],
) -> None:
    opened: dict[str, Channel] = {}
    try:
        for due in found:
            if turn.has_been_tried(due):
                continue  # it left together with another
            while _attempt(database, turn, due, opened, summary, pause):
                continue  # the next part of the same message
            turn.tried(due.channel, [due.message_id])
    finally:
        for channel in opened.values():
            channel.close()


def _attempt(
    database: Database,
    turn: Turn,
    due: Due,
    opened: dict[str, Channel],
    summary: DeliverSummary,
    pause: Callable[[str], None],
) -> bool:
    """Whether one part was taken and another has to follow."""
    if turn.is_stopped(due):
        return False
    pause("claim")
    claimed = _claimed(database, turn, due)
    while turn.absent:
        leave_absent(database, turn.office, turn.absent.pop(), turn.now)
    if claimed is None:
        return False
    turn.tried(claimed.channel, [one.message_id for one in claimed.members])
    pause("send")
    verdict = _send(turn.office, claimed, opened)
    pause("verdict")
    conclude(database, turn.office, claimed, verdict, turn.clock())
    pause("done")
    summary.count(verdict.kind.value)
    if verdict.channel_fault:
        turn.ill.add(claimed.channel)
        if verdict.kind in LASTING:
            leave_channel(database, turn.office, claimed.channel, verdict, turn.clock())
    return verdict.is_accepted and claimed.has_more


def _claimed(database: Database, turn: Turn, due: Due) -> Claim | None:
    """The claim; a message that cannot even be looked at is set aside and shown, and stops no other."""
    try:
        with database.write() as session:
            return claim(session, turn, due)
    except Exception as error:
        if isinstance(error, DubanError) and error.code in SENTENCES:
            raise  # the database's fault, not the message's
        if turn.merges:
            turn.merges = False  # another that was to join may be the one
            return _claimed(database, turn, due)
        with database.write() as session:
            set_aside(session, due.message_id, error, turn.clock())
        return None


def _send(office: Office, claimed: Claim, opened: dict[str, Channel]) -> Verdict:
    channel = office.channels[claimed.channel]
    if claimed.channel not in opened:
        channel.open()
        opened[claimed.channel] = channel
    return channel.send(claimed.envelope)
