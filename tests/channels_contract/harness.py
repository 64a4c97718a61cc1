"""What a channel brings along to be tested like every other: itself, its fake vendor, and the vendor's refusals."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, Self

from notifications.channel import Channel, ChatChannel, Envelope, VerdictKind
from notifications.kinds import Network
from tests.channels_contract.fake import Answer, Clock, FakeVendor, Play, Request
from tests.notifications.envelopes import ENVELOPE

PATIENT = (10.0, 20.0)  # seconds for one answer and for a whole call
IMPATIENT = {"hang": (1.0, 20.0), "drip": (10.0, 1.5)}  # by what a vendor does that never ends by itself


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that the far end may do, and the verdict code that it must have."""

    name: str
    answer: Any
    code: str
    group: str = "vendor"

    def __str__(self) -> str:
        return self.name


class Fake(Protocol):
    """A far end with memory: what came, what it took, how often it was connected to, and what it does next."""

    script: list[Any]
    received: list[Any]

    @property
    def requests(self) -> list[Any]: ...
    @property
    def connections(self) -> int: ...
    @property
    def host(self) -> str: ...
    def is_send(self, request: Any) -> bool: ...
    def __enter__(self) -> Any: ...
    def __exit__(self, *_: object) -> None: ...


class Harness(ABC):
    """One channel against its fake; ``with harness:`` the fake runs.

    A vendor's module in tests/vendors names its harnesses in ``HARNESSES``. Every secret of the set-up
    is a canary, at least 12 characters long, and listed in ``secrets``. ``refusals`` has every code that
    CHANNELS.md lists for the vendor. ``body_decides``: of a 2xx the body says whether it was taken.
    ``is_chat``: the channel makes pages of cards; ``mentionable``: ids of people that it can call.
    ``keeps_connection``: a batch shares one. ``is_http``: what holds for every channel over HTTP holds for it. ``stumbles``: what may happen to one
    message without harm to the next of the batch. ``meanings``: of verdict codes that only this channel has.
    """

    name: str
    secrets: tuple[str, ...] = ()
    refusals: tuple[Case, ...] = ()
    body_decides = True
    is_chat = True
    is_http = True
    keeps_connection = True
    when_nobody_listens = "unreachable"
    mentionable: tuple[str, ...] = ()
    stumbles: tuple[Any, ...] = (Play(how="cut"), Answer(b"", 500), Answer(b"{"), Play(how="hang"))
    meanings: Mapping[str, tuple[VerdictKind, bool, bool]] = {}
    fake: Any

    def __init__(self) -> None:
        self.clock = Clock()
        self.fake = self.make_fake()
        self.patience = PATIENT
        self.hosts: tuple[str, ...] = (self.fake.host,)

    @abstractmethod
    def make_fake(self) -> Fake:
        """The fake, with ``self.clock``."""

    @abstractmethod
    def channel(self) -> Channel:
        """The channel, set up for the fake (``self.fake.url``) with :meth:`network`."""

    @abstractmethod
    def envelope(self, **changes: Any) -> Envelope:
        """One that the fake takes, with what a test changes: :func:`envelope` of this module helps."""

    def network(self) -> Network:
        """Only the fake may be reached, with as much patience as what it is going to do deserves."""
        read, total = self.patience
        return Network(clock=self.clock, hosts=self.hosts, connect=10.0, read=read, total=total)

    def will(self, answer: Any) -> None:
        """The far end does this with the next message; channels made afterwards wait for it as long as makes sense."""
        self.fake.script.append(answer)
        if isinstance(answer, Play):
            self.patience = IMPATIENT.get(answer.how, PATIENT)

    def stable(self, request: Any) -> Any:
        """What of a request must be the same whenever the envelope is: all but time and signature."""
        query = {name: value for name, value in request.query.items() if name not in ("timestamp", "sign")}
        body = request.json() if request.body else None
        if isinstance(body, dict):
            body = {name: value for name, value in body.items() if name not in ("timestamp", "sign")}
        return request.method, request.path, query, body, sorted(request.headers)

    def links(self, page: str) -> Sequence[str]:
        """Where the page's links lead, by an own reading of the vendor's markup (chat channels only)."""
        raise NotImplementedError

    def mentions(self, page: str) -> Sequence[str]:
        """Whom the page calls, everybody included, by an own reading of the vendor's markup (chat channels only)."""
        raise NotImplementedError

    def plain(self, pages: Sequence[str]) -> str:
        """What people read on all pages together, without markup and escapes (chat channels only)."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        self.fake.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.fake.__exit__()


def envelope(channel: Channel, **changes: Any) -> Envelope:
    """A good envelope for the channel; a chat channel gets the first of its own pages of :func:`card`."""
    from tests.channels_contract.cards import CARD

    if isinstance(channel, ChatChannel) and "page" not in changes:
        pages = channel.pages([CARD], changes.get("mentions", ()))
        changes = {"page": pages[0], "parts": len(pages), **changes}
    return replace(ENVELOPE, channel=channel.name, **changes)


__all__ = ["Answer", "Case", "Clock", "Fake", "FakeVendor", "Harness", "Play", "Request", "envelope"]
