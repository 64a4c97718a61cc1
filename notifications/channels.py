"""Which channels there are."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from notifications.channel import Channel
from notifications.email import EmailChannel
from notifications.inbox import InboxChannel
from notifications.smtp import EmailSettings


def build(email: EmailSettings | None = None) -> Mapping[str, Channel]:
    """The channels by name: always the inbox, and e-mail where it is configured. Nothing is contacted."""
    channels: list[Channel] = [InboxChannel()]
    if email:
        channels.append(EmailChannel(email))
    return MappingProxyType({channel.name: channel for channel in channels})
