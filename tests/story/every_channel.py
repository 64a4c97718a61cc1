"""An office whose contacts are each reached another way, every vendor on the loopback address with the story's clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Self

from sqlmodel import Session, col, select

from db import tables
from db.session import Database
from db.units import stored_id
from notifications.channel import Answer, Channel
from notifications.inbox import InboxChannel
from tests.channels_contract import fake
from tests.channels_contract.fake import Clock, Play
from tests.channels_contract.registry import harnesses
from tests.vendors.dingtalk import DingTalkServer
from tests.vendors.feishu import Platform
from tests.workflows.office_2024 import LINKS, mail_office
from workflows.office import Office

BAD_DAYS: tuple[Any, ...] = (
    fake.Answer(b"", 500),
    fake.Answer(b"", 503, {"Retry-After": "30"}),
    Play(how="cut", takes=True),
    fake.Answer(b"", 429, {"Retry-After": "45"}),
)


@dataclass(frozen=True)
class Line:
    """One way out: what reaches somebody there, the far end, and what may go wrong there."""

    channel: Channel
    address: str = ""  # empty: the contact's mail address, or a group
    fake: Any = None
    troubles: tuple[Any, ...] = ()


@dataclass
class Vendors:
    """Every vendor that has a fake; ``with`` it they answer."""

    lines: dict[str, Line] = field(default_factory=dict)
    _clocks: list[Clock] = field(default_factory=list)
    _running: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        for kind in harnesses():
            harness = kind()
            self._clocks.append(harness.clock)
            self._running.enter_context(harness)
            channel, troubles = harness.channel(), BAD_DAYS if harness.is_http else harness.stumbles
            address = "" if channel.name == "email" else harness.envelope().to_address
            self._add(Line(channel, address, harness.fake, troubles))
        self._add(Line(InboxChannel()))
        return self

    def __exit__(self, *error: Any) -> None:
        self._running.close()

    def office(self) -> Office:
        """All of them set up, mail for who names no other."""
        channels = {name: line.channel for name, line in self.lines.items()}
        return replace(mail_office(channels["email"]), channels=channels, links=LINKS)

    @property
    def remote(self) -> set[str]:
        """The channels behind which there is a vendor."""
        return {name for name, line in self.lines.items() if line.fake}

    def told(self, now: datetime) -> datetime:
        """The vendors look at the same clock as the service."""
        for clock in self._clocks:
            clock.now = now.astimezone(UTC)
        return now

    def everybody_reads(self) -> None:
        """Where the far end tells who has read what, all has been read."""
        for line in self.lines.values():
            if isinstance(line.fake, Platform):
                line.fake.read |= {one.message_id for one in line.fake.received}
            if isinstance(line.fake, DingTalkServer):
                for task in line.fake.work.tasks.values():
                    task.read.update(task.people)

    def have_bad_days(self, number: int) -> None:
        """Each vendor fails the next message in one way or another."""
        for place, line in enumerate(self.lines.values()):
            if line.troubles:
                line.fake.script[:] = [line.troubles[(number + place) % len(line.troubles)]]

    def _add(self, line: Line) -> None:
        """Of two variants of a kind that bear the same name the first one counts."""
        kept = self.lines.setdefault(line.channel.name, line)
        assert type(kept.channel) is type(line.channel), (
            f"two kinds of channels are called {line.channel.name}"
        )


def spread(database: Database, vendors: Vendors, first: int) -> set[str]:
    """Each contact is reached by the next of the channels, beginning with the ``first``-th; who holds two posts
    is reached the same way at both. Returns the channels in use."""
    names, used = list(vendors.lines), dict[str, str]()
    with database.write() as session:
        for place, contact in enumerate(_contacts(session)):
            name = used.setdefault(contact.email or "", names[(first + place) % len(names)])
            way = tables.ContactChannel(contact_id=stored_id(contact.id), rank=1, channel=name)
            way.address = vendors.lines[name].address
            session.add(way)
    return set(used.values())


def attempts(database: Database) -> Counter[tuple[str, str]]:
    """How many attempts ended how on each channel, as the service has it on record."""
    message, delivery = tables.Message, tables.Delivery
    query = select(col(message.channel), col(delivery.verdict)).join(
        delivery, col(delivery.message_id) == col(message.id)
    )
    with database.read() as session:
        return Counter((channel, verdict or "") for channel, verdict in session.exec(query))


def readers(database: Database) -> Counter[str]:
    """How many messages have been read by somebody on each channel, as the far end told."""
    message, receipt = tables.Message, tables.Receipt
    query = select(col(message.channel)).join(receipt, col(receipt.message_id) == col(message.id))
    with database.read() as session:
        return Counter(session.exec(query.where(col(receipt.answer) == Answer.READ.value)))


def _contacts(session: Session) -> Iterator[tables.Contact]:
    yield from session.exec(select(tables.Contact).order_by(col(tables.Contact.id)))
