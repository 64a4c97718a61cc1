"""What people typed, as WeCom shows it: every character to be seen, and none of them doing anything.

WeCom's markdown knows headings, bold, links, inline code, quotes, three font colours and ``<@userid>``, and
documents no escape; a backslash is shown. So characters that begin markup are replaced by their full-width
twins, which look alike and mean nothing: ``* _ ` # > < [ ] \\``. Round brackets stay: without square ones
they make no link. ``@`` stays within a mail address only, ``!`` is replaced where a link of ours follows, ``&``
where it would be read as an HTML entity. An address that people typed is shown and cannot be opened: ``://``
and ``www.`` get a full-width colon and dot, because clients make links of them without being asked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import groupby
from urllib.parse import quote

from notifications.card import Span
from notifications.words import clean

# Our own markup, exactly: what people typed holds none of these characters any more.
ATOMS = re.compile(
    r"\[[^\[\]\n]*\]\([^()\n]*\)|<@[^<>\n]*>|<font color=\"[a-z]+\">[^<>\n]*</font>|\*\*[^*\n]*\*\*"
)
TEXT_ATOMS = re.compile(r"https?://\S+|<@[^<>\n]*>")
LARGEST_ATOM = 600  # bytes; longer text goes without emphasis, so that a page can always be cut somewhere
LONGEST_ADDRESS = 1024

_USER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_PLAIN_TWINS = str.maketrans("<>", "＜＞")
_MARKDOWN_TWINS = str.maketrans("<>*_`#[]\\", "＜＞＊＿｀＃［］＼")
_AT = re.compile(r"(?<![A-Za-z0-9._%+-])@|@(?!(?!all)[A-Za-z0-9-]+\.[A-Za-z])", re.IGNORECASE)
_ENTITY = re.compile(r"&(?=#?[A-Za-z0-9]+;)")
_WORLD_WIDE = re.compile(r"(www)\.", re.IGNORECASE)
_SAFE_IN_ADDRESS = "/:?#&=%~+,;@$-._"


def user_ids(mentions: Iterable[str]) -> tuple[str, ...]:
    """Those that name one member of WeCom, each once: never everybody, and nothing that is no id."""
    found = (mention.strip() for mention in mentions)
    return tuple(dict.fromkeys(one for one in found if _USER_ID.fullmatch(one) and one.lower() != "all"))


def is_mobile(mention: str) -> bool:
    """Whether it is a mobile number, by which only a robot's ``text`` can call somebody."""
    return _MOBILE.fullmatch(mention) is not None


def plain(text: str) -> str:
    """Typed text for a field without markdown: on one line, no link and no mention in it."""
    return _without_addresses(_on_one_line(text).translate(_PLAIN_TWINS))


def escaped(text: str) -> str:
    """Typed text for markdown: on one line, shown as it is."""
    return _without_addresses(_ENTITY.sub("＆", _on_one_line(text).translate(_MARKDOWN_TWINS)))


def _on_one_line(text: str) -> str:
    """Without control characters and line breaks; a space at either end stays one."""
    shown = clean(text)
    if not shown:
        return " " if text else ""
    before = " " if text[0].isspace() else ""
    after = " " if text[-1].isspace() else ""
    return f"{before}{shown}{after}"


def _without_addresses(text: str) -> str:
    text = _AT.sub("＠", text.replace("://", "：//"))
    return _WORLD_WIDE.sub("\\1．", text)


def address(href: str) -> str:
    """The address with everything encoded that could end it early; empty unless http(s) and of sane length."""
    href = clean(href)
    if not re.match(r"https?://[^/\s]", href, re.IGNORECASE):
        return ""
    encoded = quote(href, safe=_SAFE_IN_ADDRESS)
    return encoded if len(encoded) <= LONGEST_ADDRESS else ""


def markdown(spans: Iterable[Span], colour: str = "") -> str:
    """The spans as one line of WeCom's markdown; ``colour`` for what is neither strong nor a link."""
    line = "".join(_marked(span, colour) for span in _joined(spans)).strip()
    return line.replace("![", "！[")


def text(spans: Iterable[Span]) -> str:
    """The spans as one line without markup: a link is its words and its address."""
    parts = []
    for span in _joined(spans):
        shown = plain(span.text)
        href = address(span.href) if _is_visible(shown) else ""
        parts.append(f"{shown} {href} " if href else shown)
    return "".join(parts).strip()


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Neighbours of one kind as one span, so that no markup can hide between two of them."""
    return [
        Span("".join(span.text for span in alike), strong, href)
        for (strong, href), alike in groupby(spans, key=lambda span: (span.strong, span.href))
    ]


def _marked(span: Span, colour: str) -> str:
    shown = escaped(span.text)
    core = shown.strip()
    before, after = shown[: len(shown) - len(shown.lstrip())], shown[len(shown.rstrip()) :]
    if (href := address(span.href)) and _is_visible(core):
        return f"{before}{_linked(core, href)}{after}"
    if not core or len(core.encode()) > LARGEST_ATOM:
        return shown
    if span.strong:
        return f"{before}**{core}**{after}"
    return f'{before}<font color="{colour}">{core}</font>{after}' if colour else shown


def _is_visible(text: str) -> bool:
    """Whether there is anything to click on: more than spaces and characters of no width."""
    return any(unicodedata.category(character)[0] not in "CZ" for character in text)


def _linked(label: str, href: str) -> str:
    """The link; of a long label only the end is one, so that the rest may be cut."""
    most = LARGEST_ATOM // 4
    return f"{label[:-most]}[{label[-most:]}]({href})"
