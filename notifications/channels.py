"""Which channels there are."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from notifications import (
    apprise,
    dingtalk_robot,
    dingtalk_work,
    feishu_app,
    feishu_robot,
    gateway,
    webhook,
    wecom_app,
    wecom_robot,
)
from notifications.channel import Channel
from notifications.email import EmailChannel
from notifications.inbox import InboxChannel
from notifications.kinds import ChannelKind
from notifications.smtp import EmailSettings

_KINDS: tuple[ChannelKind, ...] = (
    *wecom_robot.KINDS,
    *wecom_app.KINDS,
    *dingtalk_robot.KINDS,
    *dingtalk_work.KINDS,
    *feishu_robot.KINDS,
    *feishu_app.KINDS,
    *webhook.KINDS,
    *gateway.KINDS,
    *apprise.KINDS,
)  # those of each vendor's module, in the order in which lists show them
KINDS: Mapping[str, ChannelKind] = MappingProxyType({kind.name: kind for kind in _KINDS})


def build(email: EmailSettings | None = None) -> Mapping[str, Channel]:
    """The channels by name: always the inbox, and e-mail where it is configured. Nothing is contacted."""
    channels: list[Channel] = [InboxChannel()]
    if email:
        channels.append(EmailChannel(email))
    return MappingProxyType({channel.name: channel for channel in channels})
