"""A kind of channel that any test can set up; what it makes remembers what it was told."""

from __future__ import annotations

from datetime import UTC, datetime

from engine.errors import DubanError
from notifications.channel import Traits
from notifications.kinds import ChannelConfig, ChannelKind, Network, Setting
from notifications.vault import Vault
from tests.channels import RememberingChannel
from workflows.channel_factory import ChannelFactory

KEY = bytes(range(32))
NETWORK = Network(clock=lambda: datetime(2024, 3, 1, 1, tzinfo=UTC))


class ToldChannel(RememberingChannel):
    """A group's robot that knows its set-up."""

    traits = Traits(needs_address=False, repeats_safely=True)

    def __init__(self, config: ChannelConfig) -> None:
        super().__init__()
        self.name = config.name
        self.config = config


def build(config: ChannelConfig, _network: Network) -> ToldChannel:
    """Refuses one region, as kinds refuse values that cannot be meant."""
    if config.value("region") == "nowhere":
        raise DubanError("CHANNEL_SETTING", "region 不对：请写 north 或 south。")
    return ToldChannel(config)


KIND = ChannelKind(
    "test-robot",
    "测试机器人",
    (
        Setting("region", "区域", example="north"),
        Setting("keyword", "关键词", is_required=False),
        Setting("token", "令牌", secret=True),
        Setting("sign", "加签密钥", is_required=False, secret=True),
    ),
    build,
)


def factory(key: bytes = KEY, *kinds: ChannelKind) -> ChannelFactory:
    """Makes channels of that kind (or of those) with that key."""
    return ChannelFactory({one.name: one for one in kinds or (KIND,)}, NETWORK, lambda: Vault(key))
