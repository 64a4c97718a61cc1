"""The cells of the contacts workbook that say by which channels somebody is reached, in order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from intake.workbook_cells import is_none_mark

_SEPARATORS = re.compile(r"[\n、；;，,]")
_COLON = re.compile(r"[:：]")
# The channels that are always there, as people call them; the mail address stands in its own column.
BUILT_IN = {
    "邮箱": "email",
    "邮件": "email",
    "电子邮箱": "email",
    "电子邮件": "email",
    "email": "email",
    "e-mail": "email",
    "收件箱": "inbox",
    "inbox": "inbox",
}
WORDS = {"email": "邮箱", "inbox": "收件箱"}


@dataclass(frozen=True, slots=True)
class WayRow:
    """A channel by its name, and the address there: a user id; of a group robot, whom it calls."""

    channel: str
    address: str = ""


def read_ways(text: str) -> tuple[WayRow, ...]:
    """The channels of a cell such as ``企业微信:zhangsan、邮箱`` in order; ``/`` and ``--`` mean none.

    Raises ValueError with a sentence for a coordinator.
    """
    ways: list[WayRow] = []
    for part in (one.strip() for one in _SEPARATORS.split(text)):
        if is_none_mark(part):
            continue
        way = _way(part)
        if way.channel in (one.channel for one in ways):
            raise ValueError(f"渠道“{way.channel}”写了两次。请每个渠道只写一次。")
        ways.append(way)
    return tuple(ways)


def join_ways(ways: Sequence[WayRow]) -> str:
    """The cell that reads as these channels."""
    return "、".join(":".join(filter(None, (channel_word(one.channel), one.address))) for one in ways)


def channel_word(channel: str) -> str:
    """The channel as people call it."""
    return WORDS.get(channel, channel)


def _way(part: str) -> WayRow:
    name, *rest = (piece.strip() for piece in _COLON.split(part, maxsplit=1))
    address = rest[0] if rest else ""
    channel = BUILT_IN.get(name.casefold(), name)
    if not channel or (rest and not address):
        raise ValueError(f"看不懂“{part}”。请写成 渠道名:账号，或只写渠道名。")
    if channel in WORDS and address:
        raise ValueError(f"“{name}”后面不用写地址。邮箱地址请写在“电子邮箱”列。")
    return WayRow(channel, address)
