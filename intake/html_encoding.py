"""In which characters a page is written: its own bytes first, then what it declares."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from engine.errors import IntakeError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([a-z0-9_.:-]+)""", re.IGNORECASE)
_HEAD = 4096  # bytes in which a page declares its characters; browsers look at 1024
# What pages declare → what browsers read it as: a superset that holds the characters really used.
_SUPERSETS = {
    **dict.fromkeys(("gb2312", "gb_2312-80", "gb_2312", "gbk", "x-gbk", "cp936", "hz-gb-2312"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs", "big5hkscs", "x-x-big5", "cn-big5", "cp950"), "big5hkscs"),
    **dict.fromkeys(("iso-8859-1", "latin1", "us-ascii", "ascii"), "cp1252"),
}
_ONE_IN = 1000  # a page with more broken characters than one in so many is read in the wrong encoding
_BROKEN = "\ufffd"
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\u200b\ufeff]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page as text, without control characters; ``broken`` characters of it could not be told."""

    text: str
    broken: int = 0


def decode_page(data: bytes, name: str, declared: str = "") -> Decoded:
    """Return the text of a page; ``declared`` is the encoding named outside it, if any.

    A byte order mark decides; then UTF-8 where all of it is UTF-8, whatever an old heading says; then what
    is declared; then GB18030. Raises ``IntakeError`` ``NOT_TEXT`` where nothing fits.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _clean(data.decode(encoding, "replace"), name)
    wanted = _known(declared) or _declaration(data)
    for encoding in ("utf-8", wanted, "gb18030"):
        if encoding and (text := _strictly(data, encoding)) is not None:
            return _clean(text, name)
    return _clean(data.decode(wanted or "gb18030", "replace"), name)


def _declaration(data: bytes) -> str:
    found = _DECLARED.search(data, 0, _HEAD)
    return _known(found[1].decode("ascii")) if found else ""


def _known(label: str) -> str:
    """The Python codec for a label; empty for one that is unknown or no encoding of text."""
    wanted = _SUPERSETS.get(label.strip().lower(), label.strip().lower())
    try:
        b"a".decode(wanted)
    except (LookupError, ValueError):
        return ""
    return wanted


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeError, ValueError):
        return None


def _clean(text: str, name: str) -> Decoded:
    broken = text.count(_BROKEN)
    if broken * _ONE_IN > len(text):
        raise IntakeError(
            "NOT_TEXT",
            f"“{name}”：网页的文字编码无法辨认。请用浏览器打开，全选复制到 Word 或 Excel，另存为 .docx 或 .xlsx 再导入。",
        )
    return Decoded(_CONTROLS.sub("", text), broken)
