"""What kinds of channels can be set up, and what each must be told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from notifications.channel import Channel


@dataclass(frozen=True, slots=True)
class Network:
    """What outgoing calls may reach. ``hosts`` are the operator's own, beside the vendors': a name, or
    ``name:port``; a private or loopback address is reached only if its host is among them. ``ca_file`` is a
    PEM file of an internal authority. Times in seconds; ``total`` bounds a whole call, however slow.
    ``clock`` tells the present moment, aware: vendors refuse a signature that is not of the present."""

    clock: Callable[[], datetime]
    hosts: tuple[str, ...] = ()
    ca_file: str = ""
    connect: float = 5.0
    read: float = 15.0
    total: float = 30.0


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that a kind of channel must or may be told; ``secret`` ones are encrypted and never shown."""

    name: str
    label: str
    is_required: bool = True
    secret: bool = False
    default: str = ""
    example: str = ""


@dataclass(frozen=True, slots=True)
class ChannelConfig:
    """One channel as set up: plain values and secrets by the names of the settings."""

    name: str
    values: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    locale: str = "zh-CN"

    def value(self, name: str, default: str = "") -> str:
        """The plain value of that name; the default where it is not there or empty."""
        return self.values.get(name) or default

    def listed(self, name: str) -> tuple[str, ...]:
        """The value as a list: people part its entries by commas or 、."""
        parts = self.values.get(name, "").replace("、", ",").replace("，", ",").split(",")
        return tuple(part.strip() for part in parts if part.strip())


@dataclass(frozen=True, slots=True)
class ChannelKind:
    """A kind of channel: ``name`` as commands say it (``dingtalk-robot``), ``label`` as people do (钉钉群机器人).

    ``hosts`` are the vendor's own, which may be reached without being listed by the operator.
    """

    name: str
    label: str
    settings: tuple[Setting, ...]
    build: Callable[[ChannelConfig, Network], Channel]
    hosts: tuple[str, ...] = ()
