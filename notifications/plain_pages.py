"""Cards as plain text for far ends without a markup that could be relied upon."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from notifications.card import Block, Card
from notifications.paging import paged, part_mark

Harmless = Callable[[str], str]
_ADDRESS = re.compile(r"https?://\S+")
_SIGNS = str.maketrans("[]()<>*#_`@~|", "［］（）＜＞＊＃＿｀＠～｜")


def plain_pages(
    cards: Sequence[Card], limit: int, locale: str, *, harmless: Harmless, size: Callable[[str], int]
) -> tuple[str, ...]:
    """Lines of text of at most ``limit`` by ``size``; a link's address stands behind its words and is never cut.

    Whatever people typed goes through ``harmless`` first.
    """

    def top(part: int, parts: int) -> str:
        return f"{part_mark(part, parts, locale).strip()}\n" if parts > 1 else ""

    lines = [line for card in cards for line in _lines(card, harmless)]
    return paged(lines, limit, top=top, atoms=_ADDRESS, size=size)


def without_addresses(text: str) -> str:
    """The text, in which no program finds an address to make a link of."""
    return text.replace("://", "：//")


def without_markup(text: str) -> str:
    """The text, in which no program finds an address, a mention or a markup: such signs as their full-width twins."""
    return without_addresses(text).translate(_SIGNS)


def _lines(card: Card, harmless: Harmless) -> list[str]:
    lines = [harmless(card.title), *(_line(block, harmless) for block in card.blocks)]
    if card.button:
        lines.append(f"{harmless(card.button.text)} {card.button.href}".rstrip())
    return lines


def _line(block: Block, harmless: Harmless) -> str:
    begin = "• " if block.role == "item" else ""
    shown = (f"{harmless(one.text)} {one.href} " if one.href else harmless(one.text) for one in block.spans)
    return begin + "".join(shown).rstrip(" ")
