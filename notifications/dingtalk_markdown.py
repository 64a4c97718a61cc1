"""DingTalk's markdown: what people typed stays text in it, only our own links and mentions mean something."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import quote

from notifications.card import Block, Span
from notifications.words import clean

# Whether the vendor honours a backslash is written nowhere, and an escape that is not honoured leaves a link
# open to whoever names a task. So what could mean something is shown in full width, which reads the same.
_WIDE = str.maketrans("[]<>*#@`_~|\\&!", "［］＜＞＊＃＠｀＿～｜＼＆！")
_ADDRESS = re.compile(r"(?i)//+|^/|/$|(?<=mailto):|(?<=www)\.")
_UNLINKED = str.maketrans("/:.", "／：．")
_STARTS = re.compile(r"^(?:[-+](?=[\s-]|$)|\d{1,9}[.)](?=\s|$))")
_STARTING = str.maketrans("-+.)", "－＋．）")
_SAFE_IN_LINK = ":/?#&=%+,;@$-._~"
_PREFIXES = {"heading": "#### ", "line": "", "item": "- ", "note": "> "}
LINK_LENGTH = 500  # characters of an address that the vendor opens
_RUN = 60  # characters of one link's words or of one strong run: neither is cut, so neither may be long

ATOMS = re.compile(r"\[[^\]\n]*\]\([^)\n]*\)|\*\*[^*\n]+\*\*|@[A-Za-z0-9_.@$+-]+")


@lru_cache(maxsize=4096)  # a page that fills up is made anew with each card that joins it
def markup(block: Block) -> str:
    """The block as a paragraph on one line; empty if there is nothing to read in it."""
    text = "".join(piece for span in block.spans for piece in _pieces(span)).strip()
    return _PREFIXES.get(block.role, "") + _no_start(text) if text else ""


def plain(text: str) -> str:
    """Data as text that means nothing to the vendor: no markup, no mention, no address that becomes a link."""
    shown = clean(text).translate(_WIDE)
    return _ADDRESS.sub(lambda found: found[0].translate(_UNLINKED), shown)


def link_of(href: str) -> str:
    """The address as it stands in a link; empty if it is none that may be opened."""
    address = quote(href.encode("utf-8", "replace"), safe=_SAFE_IN_LINK)
    is_web = address.lower().startswith(("https://", "http://"))
    return address if is_web and len(address) <= LINK_LENGTH else ""


def json_size(text: str) -> int:
    """Bytes of the text within JSON, where it has no control character but line breaks."""
    return len(text.encode("utf-8", "replace")) + text.count('"') + text.count("\\") + text.count("\n")


def _pieces(span: Span) -> Iterator[str]:
    """The run of text with its markup; spaces at its ends stand outside of it.

    A long link becomes several links to the same place, a long strong run several strong ones.
    """
    core = clean(span.text)
    if not core:
        yield " " if span.text else ""
        return
    yield " " if span.text[0].isspace() else ""
    href = link_of(span.href) if span.href else ""
    if href or span.strong:
        for start in range(0, len(core), _RUN):
            words = core[start : start + _RUN]
            yield f"[{plain(words)}]({href})" if href else _strong(words)
    else:
        yield plain(core)
    yield " " if span.text[-1].isspace() else ""


def _strong(words: str) -> str:
    """Strong words; marks with a space inside of them would be shown as asterisks."""
    before = " " if words[0] == " " else ""
    return f"{before}**{plain(words)}**{' ' if words[-1] == ' ' else ''}"


def _no_start(text: str) -> str:
    """The text, its beginning no bullet, number or rule."""
    return _STARTS.sub(lambda found: found[0].translate(_STARTING), text)
