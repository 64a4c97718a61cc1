"""Files in chats: a card names the files of its message, and says where they can be fetched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from notifications.card import Block, Card, Span
from notifications.links import placeholder
from notifications.words import clean, say

FOLDER = "enclosures"


def address_of(nonce: str, file_id: int) -> str:
    """Where the file of the link's message can be fetched, once the link is filled in."""
    return f"{placeholder(nonce)}/{FOLDER}/{file_id}"


def with_files(card: Card, files: Sequence[tuple[str, str]], locale: str) -> Card:
    """The card with a line for each file (name, address), before its small print.

    Without an address the line says whom to ask: only who reports by a link can fetch files.
    """
    lines = tuple(Block("line", _line(name, address, locale)) for name, address in files)
    small = len(card.blocks)
    while small and card.blocks[small - 1].role == "note":
        small -= 1
    return replace(card, blocks=(*card.blocks[:small], *lines, *card.blocks[small:]))


def for_a_crowd(card: Card, locale: str) -> Card:
    """The same words for a group that several units share: nothing in it opens, and who wants a file asks."""
    blocks = tuple(
        replace(block, spans=_line(block.spans[1].text, "", locale)) if _leads_to_file(block) else block
        for block in card.blocks
    )
    return replace(card, blocks=blocks).without_links()


def _leads_to_file(block: Block) -> bool:
    return len(block.spans) == 2 and f"/{FOLDER}/" in block.spans[1].href


def _line(name: str, address: str, locale: str) -> tuple[Span, ...]:
    shown = clean(name) if address else say(locale, "file.elsewhere", name=clean(name))
    return (Span(say(locale, "file.label")), Span(shown, href=address))
