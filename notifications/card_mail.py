"""A card as a mail: the office's own templates say one thing on every channel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from notifications.card import Block, Card, Span
from notifications.message import Rendered
from notifications.note_values import View
from notifications.templating import mail_html, mail_text
from notifications.words import say

Part = tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class CardMail:
    """A card in the layout of mails: who it is for and why stay where readers know them.

    A part is a heading, a paragraph, or an item with what follows it. The button stands on the first screen,
    after the ``opening``: what comes before the first heading or item.
    """

    locale: str
    colon: str
    subject: str
    tone: str
    to: str
    dated: str
    headline: str
    opening: tuple[Part, ...]
    parts: tuple[Part, ...]
    button: Span | None
    plain_link: str
    footer: tuple[str, ...]


def mail_of_card(card: Card, view: View) -> Rendered:
    """The card as subject, text and HTML; a mail says in its head and foot what it says of every such view."""
    parts = tuple(_parts(card))
    opening = tuple(takewhile(lambda part: part[0].role in ("line", "note"), parts))
    mail = CardMail(
        locale=view.locale,
        colon=say(view.locale, "colon"),
        subject=card.title,
        tone=card.tone,
        to=view.to,
        dated=view.dated,
        headline=card.title,
        opening=opening,
        parts=parts[len(opening) :],
        button=card.button,
        plain_link=say(view.locale, "plain_link"),
        footer=view.footer,
    )
    return Rendered(card.title, mail_text("card.txt.j2", mail), mail_html("card.html.j2", mail), card)


def _parts(card: Card) -> Iterator[Part]:
    part: list[Block] = []
    for block in card.blocks:
        continues = part and part[0].role == "item" and block.role in ("line", "note")
        if part and not continues:
            yield tuple(part)
            part = []
        part.append(block)
    if part:
        yield tuple(part)
