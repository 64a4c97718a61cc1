"""Cards on Feishu's interactive pages: bytes and components within the vendor's limits."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from notifications.card import Card
from notifications.feishu_markup import (
    Element,
    calls,
    elements_of,
    plain_text_of,
    rule,
    small_print,
    tags_in,
    texts,
    title_of,
)
from notifications.paging import Size, again_mark, part_mark, utf8_size
from notifications.words import clean, cut

TITLE_MOST = 120  # characters in the header; a longer title stands in full below it
TAGS_MOST = 150  # of 200 that the vendor allows on a card
TEMPLATES = {"red": "red", "yellow": "yellow", "blue": "blue"}
WORST_FIRST = ("red", "yellow", "blue")


@dataclass(frozen=True, slots=True)
class Form:
    """What a page must keep to: ``limit`` by ``size`` is what its request leaves for it. ``keywords``: one of
    them must be on each page, because the robot takes nothing without."""

    limit: int
    size: Size = utf8_size
    keywords: tuple[str, ...] = ()
    locale: str = "zh-CN"


@dataclass(frozen=True, slots=True)
class _Piece:
    """An element of the ``number``-th card; ``opening`` goes before it on a page that another card began."""

    number: int
    element: Element
    opening: tuple[Element, ...] = ()


@dataclass(slots=True)
class _Page:
    """A page that is being filled, and what is left of it."""

    room: int
    elements: list[Element] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    tags: int = 0

    def takes(self, elements: Sequence[Element], size: Size) -> bool:
        """Whether the elements are on it now; the first ones always are."""
        cost, tags = sum(_cost(one, size) for one in elements), sum(tags_in(one) for one in elements)
        if self.elements and (cost > self.room or self.tags + tags > TAGS_MOST):
            return False
        self.room -= cost
        self.tags += tags
        self.elements += elements
        return True


def compact(value: object) -> str:
    """The JSON of the value in as few bytes as can be, Chinese as it is."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def nested_size(text: str) -> int:
    """How many bytes the text takes within a JSON string, without its quotes."""
    return len(compact(text).encode()) - 2


def feishu_pages(cards: Sequence[Card], mentions: Sequence[str], form: Form) -> tuple[str, ...]:
    """The cards, at least one, as the JSON of interactive cards within the form; mentions on the first only."""
    filled = _filled(cards, mentions, form)
    return tuple(
        compact(_whole(cards, page, form, part_mark(part, len(filled), form.locale)))
        for part, page in enumerate(filled, 1)
    )


def load(page: str) -> dict[str, Any] | None:
    """The card of a page that :func:`feishu_pages` made; ``None`` for anything else."""
    try:
        card = json.loads(page)
        title = card["header"]["title"]["content"]
    except (ValueError, LookupError, TypeError):
        return None
    return card if isinstance(card, dict) and isinstance(title, str) else None


def repeated(card: Mapping[str, Any], locale: str) -> dict[str, Any]:
    """The card, its header saying that it may have arrived before; pages leave room for that."""
    header = card["header"]
    title = {**header["title"], "content": header["title"]["content"] + again_mark(locale)}
    return {**card, "header": {**header, "title": title}}


def _filled(cards: Sequence[Card], mentions: Sequence[str], form: Form) -> list[_Page]:
    pages: list[_Page] = []
    for piece in _pieces(cards, mentions, form.size):
        if pages:
            begins = piece.number not in pages[-1].numbers
            before = piece.opening if begins else ()
            if pages[-1].takes([*before, piece.element], form.size):
                pages[-1].numbers.append(piece.number)
                continue
        frame = _framed(cards[piece.number], [], part_mark(9999, 9999, form.locale))
        room = form.limit - form.size(compact(frame)) - form.size(again_mark(form.locale)) - _reserve(form)
        pages.append(_Page(room, numbers=[piece.number]))
        pages[-1].takes([piece.element], form.size)
    return pages


def _pieces(cards: Sequence[Card], mentions: Sequence[str], size: Size) -> Iterator[_Piece]:
    for element in calls(mentions):
        yield _Piece(0, element)
    for number, card in enumerate(cards):
        opening = (rule(), title_of(card))
        for place, element in enumerate(_body(card, size)):
            yield _Piece(number, element, opening if place == 0 else ())


def _body(card: Card, size: Size) -> list[Element]:
    """What stands below the header: also a title that is too long for it, and never nothing."""
    title, body = clean(card.title), list(elements_of(card, size))
    return body if body and len(title) <= TITLE_MOST else [*texts([title or "…"], size), *body]


def _whole(cards: Sequence[Card], page: _Page, form: Form, mark: str) -> dict[str, Any]:
    shown = _framed(cards[page.numbers[0]], page.elements, mark)
    tones = {cards[number].tone for number in page.numbers}
    shown["header"]["template"] = _template(next((tone for tone in WORST_FIRST if tone in tones), ""))
    said = "\n".join([shown["header"]["title"]["content"], *map(plain_text_of, page.elements)])
    if form.keywords and not any(word in said for word in form.keywords):
        shown["elements"] = [*page.elements, small_print(form.keywords[0])]
    return shown


def _framed(card: Card, elements: Sequence[Element], mark: str) -> dict[str, Any]:
    title = {"tag": "plain_text", "content": cut(clean(card.title), TITLE_MOST) + mark}
    return {
        "config": {"wide_screen_mode": True},
        "header": {"template": _template(WORST_FIRST[1]), "title": title},
        "elements": list(elements),
    }


def _template(tone: str) -> str:
    return TEMPLATES.get(tone, "grey")


def _reserve(form: Form) -> int:
    return _cost(small_print(form.keywords[0]), form.size) if form.keywords else 0


def _cost(element: Element, size: Size) -> int:
    return size(compact(element)) + 1  # and its comma
