"""An office whose contacts are each reached another way, every vendor on the loopback address with the story's clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sized
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Self

from sqlmodel import Session, col, select

from db import tables
from db.session import Database
from db.units import stored_id
from notifications.channel import Channel
from notifications.dingtalk_robot import DingTalkRobot
from notifications.dingtalk_work import DingTalkWork
from notifications.inbox import InboxChannel
from notifications.kinds import ChannelConfig, Network
from tests.channels import RememberingChannel
from tests.channels_contract.fake import Answer, Clock, FakeVendor, Play
from tests.channels_contract.registry import harnesses
from tests.vendors.dingtalk import DingTalkServer
from tests.workflows.office_2024 import LINKS, mail_office
from workflows.office import Office

BAD_DAYS: tuple[Play | Answer, ...] = (
    Answer(b"", 500),
    Answer(b"", 503, {"Retry-After": "30"}),
    Play(how="cut", takes=True),
    Answer(b"", 429, {"Retry-After": "45"}),
)


@dataclass(frozen=True)
class Line:
    """One way out: what reaches somebody there, and what the vendor took."""

    channel: Channel
    address: str
    taken: Sized
    fake: FakeVendor | None = None


@dataclass
class Vendors:
    """Every vendor that has a fake; ``with`` it they answer."""

    clock: Clock = field(default_factory=Clock)
    lines: dict[str, Line] = field(default_factory=dict)
    _running: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        for kind in harnesses():
            harness = kind()
            harness.clock, harness.fake.clock = self.clock, self.clock
            self._running.enter_context(harness)
            address = harness.envelope().to_address
            self._add(harness.channel(), address, harness.fake.received, harness.fake)
        self._add_dingtalk(self._running.enter_context(DingTalkServer(self.clock)))
        self._add(RememberingChannel(), "", [])
        self._add(InboxChannel(), "", [])
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
        return set(self.lines) - {"email", "inbox"}

    def told(self, now: datetime) -> datetime:
        """The vendors look at the same clock as the service."""
        self.clock.now = now.astimezone(UTC)
        return now

    def have_bad_days(self, number: int) -> None:
        """Each vendor fails the next message in one way or another."""
        for place, line in enumerate(self.lines.values()):
            if line.fake:
                line.fake.script = [BAD_DAYS[(number + place) % len(BAD_DAYS)]]

    def _add(self, channel: Channel, address: str, kept: Sized, fake: FakeVendor | None = None) -> None:
        """Of two variants of a kind that bear the same name the first one counts."""
        self.lines.setdefault(channel.name, Line(channel, address, kept, fake))

    def _add_dingtalk(self, server: DingTalkServer) -> None:
        network = Network(clock=self.clock, hosts=("127.0.0.1",))
        robot = ChannelConfig(
            "钉钉群",
            {"base_url": server.base_url},
            {"access_token": server.robot.token, "secret": server.robot.secret},
        )
        work = ChannelConfig(
            "钉钉",
            {"base_url": server.base_url, "app_key": server.work.key, "agent_id": str(server.work.agent)},
            {"app_secret": server.work.secret},
        )
        self._add(DingTalkRobot(robot, network), "", server.robot.posts)
        self._add(DingTalkWork(work, network), "liaison01", server.work.tasks)


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


def _contacts(session: Session) -> Iterator[tables.Contact]:
    yield from session.exec(select(tables.Contact).order_by(col(tables.Contact.id)))
