"""Blocks as the elements of a Feishu card: what people typed is text in them, whatever it contains.

Lines without links or emphasis are ``plain_text``, which knows no markup. The others are ``lark_md``, in which
every ASCII sign of typed text is written as ``&#N;`` (the vendor's way of escaping; measured in bytes it is dear,
so plain lines stay plain). Source: 飞书开放平台, 卡片组件 › 富文本 (Markdown), 特殊字符.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from notifications.card import Block, Card, Span
from notifications.paging import Size, paged
from notifications.words import clean, cut

Element = dict[str, Any]

TEXT_MOST = 1_500  # bytes of plain text in one element: small enough to fill pages well
MARKUP_MOST = 4_000  # bytes of an element with markup, which must hold the largest link
EMPHASIS_MOST = 200  # characters; whole paragraphs are not emphasis
LINK_TEXT_MOST = 100  # characters
BUTTON_MOST = 100  # characters, by the vendor
URL_MOST = 1_000
MENTIONS_IN_ONE = 20

_SIGNS = re.compile(r"[!-/:-@\[-`{-~]")
_ATOMS = re.compile(r"\*\*[^*]*\*\*|\[[^\]]*\]\([^)]*\)|<at id=[^>]*></at>|&#\d+;")
_PERSON = re.compile(r"[A-Za-z0-9_-]{1,64}")
_BULLET = "• "


def elements_of(card: Card, size: Size) -> Iterator[Element]:
    """The card's blocks in order and its button, none of them large."""
    lines: list[str] = []
    for block in card.blocks:
        if block.role in ("line", "item") and not any(_has_markup(span) for span in block.spans):
            lines.append(_plain(block))
            continue
        yield from texts(lines, size)
        lines = []
        yield from _note(block, size) if block.role == "note" else _marked(block, size)
    yield from texts(lines, size)
    if card.button and (url := address(card.button.href)):
        yield _button(card.button.text, url)


def title_of(card: Card) -> Element:
    """The card's title within a page that another card began."""
    return _div("lark_md", _strong(escaped(cut(clean(card.title), EMPHASIS_MOST))))


def texts(lines: Sequence[str], size: Size) -> Iterator[Element]:
    """The lines as plain text, in as few elements as hold them."""
    said = [line for line in lines if line]
    for text in paged(said, TEXT_MOST, size=size) if said else ():
        yield _div("plain_text", text)


def rule() -> Element:
    """A line between two cards."""
    return {"tag": "hr"}


def small_print(text: str) -> Element:
    """A note in grey."""
    return {"tag": "note", "elements": [{"tag": "plain_text", "content": text}]}


def calls(people: Sequence[str]) -> Iterator[Element]:
    """Mentions of these people, each once; what is no id of a person (``all`` is none) calls nobody."""
    known = [one for one in dict.fromkeys(people) if _PERSON.fullmatch(one) and one.lower() != "all"]
    for start in range(0, len(known), MENTIONS_IN_ONE):
        some = known[start : start + MENTIONS_IN_ONE]
        yield _div("lark_md", " ".join(f"<at id={one}></at>" for one in some))


def plain_text_of(element: Element) -> str:
    """What of the element is plain text."""
    parts = [element.get("text", {}), *element.get("elements", ())]
    return "\n".join(part["content"] for part in parts if part.get("tag") == "plain_text")


def tags_in(element: Element) -> int:
    """How many components the vendor counts in the element, itself included."""
    inner = [element.get("text"), *element.get("elements", ()), *element.get("actions", ())]
    return 1 + sum(tags_in(one) for one in inner if one)


def escaped(text: str) -> str:
    """The text in ``lark_md``, where no sign of it means anything."""
    return _SIGNS.sub(lambda sign: f"&#{ord(sign[0])};", text)


def address(href: str) -> str:
    """The address as it stands in a link, or nothing where it is none that a browser could open."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.netloc or any(sign.isspace() for sign in href):
        return ""
    quoted = quote(href, safe=":/?#@!$&+,;=%~-._[]", errors="replace")
    return quoted if len(quoted) <= URL_MOST else ""


def _has_markup(span: Span) -> bool:
    return span.strong or bool(address(span.href))


def _plain(block: Block) -> str:
    text = clean("".join(span.text for span in block.spans))
    return _BULLET + text if block.role == "item" else text


def _marked(block: Block, size: Size) -> Iterator[Element]:
    if block.role == "heading":
        text = _plain(block)
        if len(text) > EMPHASIS_MOST and not any(address(span.href) for span in block.spans):
            yield from texts([text], size)
            return
        block = Block("heading", tuple(Span(span.text, True, span.href) for span in block.spans))
    markup = _markup(block.spans)
    if block.role == "item":
        markup = _BULLET + markup
    for text in paged([markup], MARKUP_MOST, atoms=_ATOMS, size=size) if markup else ():
        yield _div("lark_md", text)


def _note(block: Block, size: Size) -> Iterator[Element]:
    if any(address(span.href) for span in block.spans):
        for text in paged([_markup(block.spans)], MARKUP_MOST, atoms=_ATOMS, size=size):
            yield {"tag": "note", "elements": [{"tag": "lark_md", "content": text}]}
        return
    text = _plain(block)
    for part in paged([text], TEXT_MOST, size=size) if text else ():
        yield small_print(part)


def _markup(spans: Sequence[Span]) -> str:
    """The spans one after the other; bold ones stand apart, because ``****`` ends and begins nothing, and
    signs beside a letter may not be read as signs."""
    parts: list[tuple[bool, str]] = []
    for span in spans:
        text, url = _within_line(span.text), address(span.href)
        if url and _can_be_seen(text):
            parts += _link(text.strip(), url, strong=span.strong)
        elif span.strong and text.strip() and len(text) <= EMPHASIS_MOST:
            parts.append((True, escaped(text.strip())))
        elif text:
            parts.append((False, escaped(text)))
    return _joined(parts)


def _joined(parts: Sequence[tuple[bool, str]]) -> str:
    line = ""
    for strong, markup in parts:
        apart = line.endswith("**") or (strong and line and not line.endswith(" "))
        line += (" " if apart and not markup.startswith(" ") else "") + (
            _strong(markup) if strong else markup
        )
    return line.strip()


def _within_line(text: str) -> str:
    """The text as ``clean`` leaves it, but with blanks at its ends: a span is a part of a line."""
    return clean(f"|{text}|")[1:-1]


def _can_be_seen(text: str) -> bool:
    """Whether there is something to click on."""
    return any(unicodedata.category(sign)[0] not in "CZ" for sign in text)


def _link(text: str, url: str, *, strong: bool) -> list[tuple[bool, str]]:
    """The link; a text that is too long for one stands before it."""
    link = (strong, f"[{escaped(cut(text, LINK_TEXT_MOST))}]({url})")
    return [link] if len(text) <= LINK_TEXT_MOST else [(False, escaped(text) + " "), link]


def _strong(markup: str) -> str:
    return f"**{markup}**"


def _div(tag: str, content: str) -> Element:
    return {"tag": "div", "text": {"tag": tag, "content": content}}


def _button(text: str, url: str) -> Element:
    shown = {"tag": "plain_text", "content": cut(clean(text) or url, BUTTON_MOST)}
    return {"tag": "action", "actions": [{"tag": "button", "text": shown, "url": url, "type": "primary"}]}
