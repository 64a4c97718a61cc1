"""Cards as JSON for programs: every word as data, on pages that a receiver with a limit takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from json import JSONEncoder
from typing import Any

from notifications.card import Block, Card, Span
from notifications.words import cut

LONGEST_TITLE = 60  # characters; a longer title also stands whole as the first block
_ENVELOPE = 64  # bytes of a page beside cards and mentions
_json = JSONEncoder(ensure_ascii=False).encode
Piece = Block | Span  # a paragraph, or the button of its card


@dataclass(slots=True)
class _Page:
    cards: list[Card] = field(default_factory=list)
    size: int = 0


def json_pages(cards: Sequence[Card], mentions: Sequence[str], limit: int) -> tuple[str, ...]:
    """Each page an object of ``part`` (1/2), ``cards`` and ``mentions``, of at most ``limit`` bytes.

    A paragraph larger than a page is cut between characters. Raises ``ValueError`` where the limit is
    too small for a title, a link or the mentions.
    """
    room = limit - _ENVELOPE - _size(list(mentions))
    pages = [_Page()]
    for card in cards:
        _add(pages, _titled(card), room)
    return tuple(
        _json({"part": f"{part}/{len(pages)}", "cards": _plain(page.cards), "mentions": list(mentions)})
        for part, page in enumerate(pages, 1)
    )


def _titled(card: Card) -> Card:
    """The card with a title that fits on each of its pages."""
    if len(card.title) <= LONGEST_TITLE:
        return card
    whole = Block("heading", (Span(card.title),))
    return replace(card, title=cut(card.title, LONGEST_TITLE), blocks=(whole, *card.blocks))


def _add(pages: list[_Page], card: Card, room: int) -> None:
    head = replace(card, blocks=(), button=None)
    first = _size(head.to_json()) + len(", ")
    pieces: list[Piece] = [*card.blocks, *([card.button] if card.button else [])]
    if pages[-1].size + first > room:
        pages.append(_Page())
    _begin(pages[-1], head, first)
    for piece in pieces:
        for part in _fitting(piece, room - first):
            if pages[-1].size + _width(part) > room:
                pages.append(_Page())
                _begin(pages[-1], head, first)
            _put(pages[-1], part)


def _begin(page: _Page, head: Card, size: int) -> None:
    page.cards.append(head)
    page.size += size


def _put(page: _Page, piece: Piece) -> None:
    last = page.cards[-1]
    page.cards[-1] = (
        replace(last, blocks=(*last.blocks, piece))
        if isinstance(piece, Block)
        else replace(last, button=piece)
    )
    page.size += _width(piece)


def _fitting(piece: Piece, room: int) -> Iterator[Piece]:
    """The piece, or the halves of it that fit, in order."""
    if _width(piece) <= room:
        yield piece
        return
    spans = piece.spans if isinstance(piece, Block) else ()
    if len(spans) > 1:
        halves = [spans[: len(spans) // 2], spans[len(spans) // 2 :]]
    elif spans and len(spans[0].text) > 1:
        middle = len(spans[0].text) // 2
        text = spans[0].text
        halves = [(replace(spans[0], text=half),) for half in (text[:middle], text[middle:])]
    else:
        raise ValueError("the limit of a page is too small")
    for half in halves:
        assert isinstance(piece, Block)
        yield from _fitting(replace(piece, spans=half), room)


def _plain(cards: Sequence[Card]) -> list[dict[str, Any]]:
    return [card.to_json() for card in cards]


def _width(piece: Piece) -> int:
    return _size(
        Card("", blocks=(piece,)).to_json()["blocks"] if isinstance(piece, Block) else _spanned(piece)
    )


def _spanned(button: Span) -> dict[str, Any]:
    return {"text": button.text, "strong": button.strong, "href": button.href}


def _size(value: Any) -> int:
    return len(_json(value).encode("utf-8", "replace"))
