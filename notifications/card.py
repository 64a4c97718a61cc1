"""A message as plain blocks: what every chat channel renders in its own markup, and none adds a word to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

ROLES = ("heading", "line", "item", "note")


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text, exactly as people typed it: no markup in it means anything. ``href`` makes it a link."""

    text: str
    strong: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph. ``role``: ``heading``, ``line``, ``item`` (one of a list) or ``note`` (small print)."""

    role: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """Title, colour (``red``, ``yellow``, ``blue`` or empty), blocks in order, and one button if there is a link.

    A stored card holds placeholders in the place of links; they are filled in when it leaves.
    """

    title: str
    tone: str = ""
    blocks: tuple[Block, ...] = ()
    button: Span | None = None

    def to_json(self) -> dict[str, Any]:
        """The card as stored; written out by hand, for it is asked for many times while pages are made."""
        return {
            "title": self.title,
            "tone": self.tone,
            "blocks": [
                {"role": one.role, "spans": [_stored(span) for span in one.spans]} for one in self.blocks
            ],
            "button": _stored(self.button) if self.button else None,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Card:
        """The card that was stored."""
        button = stored.get("button")
        return cls(
            title=stored["title"],
            tone=stored["tone"],
            blocks=tuple(Block(one["role"], _spans(one["spans"])) for one in stored["blocks"]),
            button=Span(**button) if button else None,
        )

    def without_links(self) -> Card:
        """The same words for readers who may not open anything."""
        plain = tuple(
            replace(block, spans=tuple(replace(span, href="") for span in block.spans))
            for block in self.blocks
        )
        return replace(self, blocks=plain, button=None)


def _stored(span: Span) -> dict[str, Any]:
    return {"text": span.text, "strong": span.strong, "href": span.href}


def _spans(stored: Sequence[Mapping[str, Any]]) -> tuple[Span, ...]:
    return tuple(Span(**one) for one in stored)
