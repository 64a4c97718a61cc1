"""Set-ups become channels; one that cannot is out of order, and no other with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlmodel import Session

from db import channels, tables
from engine.errors import DubanError
from notifications.channel import Channel
from notifications.kinds import ChannelConfig, ChannelKind, Network
from notifications.out_of_order import OutOfOrder
from notifications.vault import Vault


@dataclass(frozen=True)
class ChannelFactory:
    """What it takes to make channels: the kinds by name, what they may reach, and the key of their secrets.

    ``vault`` is asked only where there are secrets, so that an office without them needs no key file.
    """

    kinds: Mapping[str, ChannelKind]
    network: Network
    vault: Callable[[], Vault]

    def kind(self, name: str) -> ChannelKind:
        """The kind of that name. Raises DubanError NO_SUCH_CHANNEL_KIND."""
        found = self.kinds.get(name)
        if found is None:
            known = "、".join(f"{kind.name}（{kind.label}）" for kind in self.kinds.values())
            raise DubanError("NO_SUCH_CHANNEL_KIND", f"没有渠道类型“{name}”：可选 {known}。")
        return found

    def secrets(self, setup: tables.ChannelSetup) -> dict[str, str]:
        """The set-up's secrets, for building alone. Raises DubanError SECRETS_LOCKED or KEY_FILE."""
        return self.vault().unlock(setup.secret) if setup.secret else {}

    def build(self, setup: tables.ChannelSetup) -> Channel:
        """The channel; nothing is contacted. Raises DubanError where the set-up does not do."""
        config = ChannelConfig(setup.name, setup.settings, self.secrets(setup))
        return self.kind(setup.kind).build(config, self.network)


def channels_of(session: Session, factory: ChannelFactory) -> dict[str, Channel]:
    """Every active set-up as a channel by name; one that cannot be made answers why instead of sending."""
    found: dict[str, Channel] = {}
    for setup in channels.setups(session, active_only=True):
        try:
            found[setup.name] = factory.build(setup)
        except DubanError as error:
            found[setup.name] = OutOfOrder(setup.name, error.code.lower(), error.message)
    return found
