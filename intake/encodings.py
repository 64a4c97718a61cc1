"""In which encoding a plain text is written: UTF-8, GB18030, or Big5 where its bytes say so."""

from __future__ import annotations

import re

from engine.errors import IntakeError
from intake import words

_OLD = ("gb18030", "big5hkscs", "cp950")  # the last two differ in a few signs
_LEAST_SHARE = (
    0.3  # of the characters are frequent ones in any text read in its own encoding; else hardly one in ten
)
_CLEARLY = 2  # times as many as in the other reading
_LEAST = 5  # frequent characters; a few names alone tell nothing


def decode(data: bytes, name: str) -> str:
    """The text with plain line ends; ``IntakeError`` ``NOT_TEXT`` when no encoding fits.

    Big5 is read only where it gives far more frequent characters than GB18030 does.
    """
    text = _read(data, "utf-8-sig")
    if text is None:
        text = _old(data)
    if text is None or "\x00" in text:
        raise IntakeError(
            "NOT_TEXT",
            f"“{name}”不是文本文件（既不是 UTF-8，也不是 GB18030 或 Big5）。请另存为 .txt、.docx 或 .xlsx 后重试。",
        )
    text = re.sub("\r\n?|[\x0b\x0c\x85\u2028\u2029]", "\n", text)
    return re.sub("[\x01-\x08\x0e-\x1f\u200b\ufeff]", "", text)


def _old(data: bytes) -> str | None:
    mainland, *others = (_read(data, encoding) for encoding in _OLD)
    island = max((text for text in others if text is not None), key=_share, default=None)
    if island is None or _count(island) < _LEAST or _share(island) < _LEAST_SHARE:
        return mainland
    return island if mainland is None or _share(island) >= _CLEARLY * _share(mainland) else mainland


def _read(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _count(text: str) -> int:
    return sum(char in words.encodings.FREQUENT for char in text)


def _share(text: str) -> float:
    """The share of frequent characters among all that are not ASCII, punctuation included."""
    return _count(text) / max(1, sum(ord(char) > 127 for char in text))
