"""How Feishu's clients show a card: text, links, mentions, emphasis; written from the vendor's description alone."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, field
from typing import Any

# In this order: what the vendor lists as markup of lark_md, and bare addresses, which clients open, too.
_MARKUP = re.compile(
    r"""
    <at\s+(?:id|email|user_id)=['"]?(?P<at>[^'">\s]*)['"]?\s*>[^<]*</at>
    | !\[(?P<image>[^\]]*)\]\([^)]*\)
    | \[(?P<text>[^\]]*)\]\((?P<url>[^)]*)\)
    | <a\b[^>]*href=['"]?(?P<href>[^'">]*)['"]?[^>]*>(?P<anchor>.*?)</a>
    | <(?:font|text_tag|link|person|img|number_tag)\b[^>]*>
    | (?P<bare>https?://[^\s<>]+)
    | \*\*(?P<bold>[^*\n]+)\*\*
    | \*(?P<italic>[^*\n]+)\*
    | __(?P<under>[^_\n]+)__
    | ~~(?P<struck>[^~\n]+)~~
    | `(?P<code>[^`\n]+)`
    | :(?P<emoji>[A-Z][A-Za-z_]+):
    | (?m:^)(?P<line>\#{1,6}\s|>\s?|[-+]\s|\d+\.\s|---$)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass
class Shown:
    """What a reader sees of a page."""

    title: str = ""
    template: str = ""
    text: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    mentions: list[str] = field(default_factory=list)
    bold: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)  # markup that duban never writes
    tags: int = 0


def read_card(card: dict[str, Any]) -> Shown:
    """The card as shown; raises where the vendor would refuse it."""
    title = card["header"]["title"]
    assert title["tag"] == "plain_text"
    shown = Shown(title["content"], card["header"]["template"])
    assert card["elements"], "a card without elements"
    for element in card["elements"]:
        _read(element, shown)
    assert shown.tags <= 200, "ErrCode: 11310; element exceeds the limit"
    return shown


def read_page(page: str) -> Shown:
    """The page as shown."""
    return read_card(json.loads(page))


def _read(element: dict[str, Any], shown: Shown) -> None:
    shown.tags += 1
    match element["tag"]:
        case "div":
            _read(element["text"], shown)
        case "note" | "action":
            for inner in element.get("elements") or element["actions"]:
                _read(inner, shown)
        case "button":
            assert len(element["text"]["content"]) <= 100
            assert element["text"]["tag"] == "plain_text"
            shown.links.append((element["text"]["content"], element["url"]))
        case "plain_text":
            shown.text.append(element["content"])
        case "lark_md":
            shown.text.append(_markup(element["content"], shown))
        case "hr":
            pass
        case other:
            raise AssertionError(f"unknown tag {other}")


def _markup(content: str, shown: Shown) -> str:
    """The text as shown; entities are read last, so what they stand for is never markup."""

    def replaced(match: re.Match[str]) -> str:
        kind = match.lastgroup
        if kind == "at":
            shown.mentions.append(match["at"])
            return ""
        if kind == "url":
            shown.links.append((html.unescape(match["text"]), match["url"]))
            return match["text"]
        if kind == "bold":
            inner = _MARKUP.sub(replaced, match["bold"])
            shown.bold.append(html.unescape(inner))
            return inner
        shown.odd.append(match[0])
        return match[0]

    return html.unescape(_MARKUP.sub(replaced, content))
