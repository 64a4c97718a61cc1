"""A message as its readers will see it: the mail, the chat card, and the pages that each chat channel makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from notifications.card import Card
from notifications.channel import Channel, ChatChannel
from notifications.paging import utf8_size


@dataclass(frozen=True, slots=True)
class Body:
    """One page as a channel's vendor takes it."""

    text: str
    size: int


@dataclass(frozen=True, slots=True)
class OnChannel:
    """What a chat channel makes of the card."""

    name: str
    bodies: tuple[Body, ...]

    @property
    def size(self) -> int:
        """Bytes of all pages."""
        return sum(one.size for one in self.bodies)


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """Subject, mail and card; ``html`` is empty where there is no designed mail."""

    subject: str
    html: str
    text: str
    card: Card | None
    channels: tuple[OnChannel, ...] = ()


def on_channels(channels: Mapping[str, Channel], card: Card | None, only: str = "") -> tuple[OnChannel, ...]:
    """The pages on each chat channel that is set up, or on the one named ``only``."""
    if card is None:
        return ()
    found = [
        (name, channel.pages([card]))
        for name, channel in channels.items()
        if isinstance(channel, ChatChannel) and only in ("", name)
    ]
    return tuple(
        OnChannel(name, tuple(Body(page, utf8_size(page)) for page in pages)) for name, pages in found
    )
