"""Cards as bodies that WeCom takes: a template card where everything fits into one, else pages of markdown.

A body is the JSON of a message without key, token and recipient. A robot that is to call somebody by mobile
number sends ``text``, the only type in which it can.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from json import dumps, loads
from typing import Any

from notifications import wecom_markup as markup
from notifications.card import Block, Card, Span
from notifications.paging import Top, again_mark, paged, part_mark, utf8_size

TEXT_BYTES = 2048
ROBOT_MARKDOWN_BYTES = 4096
APP_MARKDOWN_BYTES = 2048

# What a text_notice shows without cutting it; characters, by the vendor's table of its fields.
CARD_TITLE = 26
CARD_DESCRIPTION = 30  # with the mark of a repeat
CARD_TEXT = 112
CARD_LINES = 5
CARD_BUTTON = 13

_PAUSES = "：，；。、 "
_TITLE_BYTES = 240  # of a title that stands on every page; a longer one is cut there and follows whole
_RED = "warning"
_GREY = "comment"

Body = dict[str, Any]


def robot_pages(cards: Sequence[Card], mentions: Sequence[str], locale: str) -> tuple[str, ...]:
    """Bodies for a group: mentions at the beginning of the first, each person once."""
    called = markup.user_ids(mentions)
    mobiles = tuple(one for one in called if markup.is_mobile(one))
    if mobiles:
        members = [one for one in called if one not in mobiles]
        return _text_pages(cards, members, mobiles, locale)
    first = " ".join(f"<@{one}>" for one in called)
    return _markdown_pages(cards, first, ROBOT_MARKDOWN_BYTES, locale)


def app_pages(cards: Sequence[Card], locale: str) -> tuple[str, ...]:
    """Bodies for one person."""
    return _markdown_pages(cards, "", APP_MARKDOWN_BYTES, locale)


def size_of(body: Mapping[str, Any]) -> int:
    """How many bytes the content of a text or markdown has; a card has none that the vendor counts."""
    content = body.get(str(body.get("msgtype")), {}).get("content", "")
    return utf8_size(content)


def body_of(page: str, again: str = "") -> Body | None:
    """The body that the page holds, with the mark of a repeat, for which there is room; ``None`` if it is no
    page of ours, as after a change of the channel's kind."""
    try:
        body: Body = loads(page)
        kind: str = body["msgtype"]
        inner = body[kind]
        if kind == "template_card":
            title = inner["main_title"]
            marked = {"main_title": title | {"desc": again + title.get("desc", "")}}
        else:
            marked = {"content": f"{again}\n{inner['content']}"}
    except (ValueError, KeyError, TypeError):
        return None
    return body | {kind: inner | marked} if again else body


def template_card(card: Card, locale: str) -> Body | None:
    """The card as a ``text_notice``; ``None`` if it has no button or would be cut anywhere.

    A short title, a few lines, one address: the whole card opens it, and so does the button.
    """
    button = card.button or Span("")
    title, label = _in_two(markup.plain(card.title).strip(), locale), markup.plain(button.text).strip()
    lines = [markup.plain("".join(span.text for span in block.spans)).strip() for block in card.blocks]
    text = "\n".join(line for line in lines if line)
    href = markup.address(button.href)
    others = {span.href for block in card.blocks for span in block.spans} - {"", button.href}
    fits = len(text) <= CARD_TEXT and len(lines) <= CARD_LINES and len(label) <= CARD_BUTTON
    if not (fits and title and label and href) or others:
        return None
    notice: Body = {"card_type": "text_notice", "main_title": title}
    if text:
        notice["sub_title_text"] = text
    notice["jump_list"] = [{"type": 1, "url": href, "title": label}]
    notice["card_action"] = {"type": 1, "url": href}
    return {"msgtype": "template_card", "template_card": notice}


def _in_two(title: str, locale: str) -> dict[str, str]:
    """The title, and what does not fit into it below, parted after a sign of punctuation; empty if it is too
    long for both."""
    if len(title) <= CARD_TITLE:
        return {"title": title} if title else {}
    at = max(title.rfind(sign, 0, CARD_TITLE) for sign in _PAUSES) + 1
    rest = title[at:].lstrip()
    most = CARD_DESCRIPTION - len(again_mark(locale))
    return {"title": title[:at], "desc": rest} if at > 0 and len(rest) <= most else {}


def _markdown_pages(cards: Sequence[Card], first: str, limit: int, locale: str) -> tuple[str, ...]:
    if len(cards) == 1 and not first and (body := template_card(cards[0], locale)):
        return (_json(body),)
    blocks = [first] if first else []
    if len(cards) == 1:
        blocks += _overlong(cards[0]) + _blocks(cards[0])
    else:
        blocks += [_as_one(card) for card in cards]
    contents = _paged(blocks, _heading(cards, locale), markup.ATOMS, limit, locale)
    return tuple(_json({"msgtype": "markdown", "markdown": {"content": content}}) for content in contents)


def _text_pages(
    cards: Sequence[Card], members: Sequence[str], mobiles: Sequence[str], locale: str
) -> tuple[str, ...]:
    blocks = []
    for card in cards:
        blocks += ["\n" + markup.plain(card.title), *(markup.text(block.spans) for block in card.blocks)]
        blocks += [markup.text([card.button])] if card.button else []

    def top(part: int, parts: int) -> str:
        return f"{part_mark(part, parts, locale).strip()}\n".lstrip("\n")

    contents = _paged(
        [block for block in blocks if block.strip()], top, markup.TEXT_ATOMS, TEXT_BYTES, locale
    )
    bodies: list[Body] = [{"content": content} for content in contents]
    if members:
        bodies[0]["mentioned_list"] = list(members)
    bodies[0]["mentioned_mobile_list"] = list(mobiles)
    return tuple(_json({"msgtype": "text", "text": body}) for body in bodies)


def _paged(
    blocks: Sequence[str], top: Top, atoms: re.Pattern[str], limit: int, locale: str
) -> tuple[str, ...]:
    """Contents within the limit even where the mark of a repeat comes before them."""
    room = limit - utf8_size(f"{again_mark(locale)}\n")
    return tuple(page.rstrip("\n") for page in paged(blocks, room, top=top, atoms=atoms))


def _heading(cards: Sequence[Card], locale: str) -> Top:
    """The title of the only card on each of its pages; above several cards only which page it is."""
    title = _title(cards[0]) if len(cards) == 1 else ""

    def top(part: int, parts: int) -> str:
        return f"{title}{part_mark(part, parts, locale)}".strip() + "\n" if title or parts > 1 else ""

    return top


def _title(card: Card) -> str:
    shown = _cut(markup.escaped(card.title).strip())
    if not shown:
        return ""
    return f'### <font color="{_RED}">{shown}</font>' if card.tone == "red" else f"### {shown}"


def _cut(title: str) -> str:
    if utf8_size(title) <= _TITLE_BYTES:
        return title
    return title.encode()[: _TITLE_BYTES - 3].decode(errors="ignore") + "…"


def _overlong(card: Card) -> list[str]:
    """The whole title, where the heading shows only its beginning."""
    shown = markup.escaped(card.title).strip()
    return [shown] if _cut(shown) != shown else []


def _as_one(card: Card) -> str:
    """One card among several: it stays together where a page can hold it."""
    return "\n".join([f"\n{_title(card)}", *_overlong(card), *_blocks(card)])


def _blocks(card: Card) -> list[str]:
    """The card's body. What belongs to an item is quoted with it and stays with it, as a heading does with
    what follows; a gap parts whatever has several lines, and small print from the rest."""
    blocks: list[str] = []
    heading, before = "", ""
    for group in _groups(card.blocks):
        role = group[0].role
        lines = [line for line in map(_line, group) if line]
        text = "\n".join(f"> {line}" for line in lines) if role == "item" else "\n".join(lines)
        if not text:
            continue
        if role == "heading":
            heading += f"\n{text}\n"
            continue
        kind = "items" if role == "item" and len(lines) > 1 else role
        gap = "\n" if not heading and before and (kind != before or kind == "items") else ""
        blocks.append(heading + gap + text)
        heading, before = "", kind
    if heading:
        blocks.append(heading.rstrip("\n"))
    if card.button and (link := markup.markdown([card.button])):
        blocks.append(f"\n{link}")
    return blocks


def _groups(blocks: Sequence[Block]) -> list[list[Block]]:
    """Each item with the lines and the small print that follow it, anything else by itself.

    At the end of a card all small print but the first is about the whole card.
    """
    groups: list[list[Block]] = []
    for block in blocks:
        if block.role in ("line", "note") and groups and groups[-1][0].role == "item":
            groups[-1].append(block)
        else:
            groups.append([block])
    last = groups[-1] if groups else []
    notes = [at for at, block in enumerate(last) if block.role == "note"]
    if len(notes) > 1 and last[0].role == "item":
        groups[-1:] = [last[: notes[0] + 1], *([block] for block in last[notes[0] + 1 :])]
    return groups


def _line(block: Block) -> str:
    if block.role == "heading":
        return markup.markdown(replace(span, strong=True) for span in block.spans)
    return markup.markdown(block.spans, _GREY if block.role == "note" else "")


def _json(body: Body) -> str:
    return dumps(body, ensure_ascii=False, separators=(",", ":"))
