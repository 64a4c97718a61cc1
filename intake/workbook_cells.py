"""Single cells of the import workbook: what a value is written as, and what a person's text is read as.

Every writer here has its reader: reading what was written gives the same value.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from intake.number_text import plain
from intake.numerals import SCALES

MAX_TEXT = 32_767  # characters that a spreadsheet keeps of one cell
_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SEPARATORS = re.compile("[、；;，,]")
_NONE_MARKS = frozenset(("", "/", "／", "-", "--", "—", "——", "无"))
_QUANTITY = re.compile(
    r"([+-]?\d+(?:,\d{3})*(?:\.\d+)?(?:E[+-]?\d{1,3})?)([万亿]?)(.*)", re.DOTALL | re.IGNORECASE
)
_DATE = re.compile(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})日?(?:[ T]00:00(?::00)?)?")
_MONTH = re.compile(r"(?:(\d{4})(?:年|[-/.]))?(\d{1,2})(?:月|月份)?(?:[-/.]0?1)?")
_EXACT_DIGITS = 15
_POSITION_MARK = "~"


def clean(text: str) -> str:
    """Return the text without what no spreadsheet can hold: control characters, and what is over its length."""
    return _NOT_XML.sub("", text.replace("\r\n", "\n"))[:MAX_TEXT]


def join_list(items: Sequence[str]) -> str:
    """Return names as ``甲、乙``; one a line where a name itself holds a separator."""
    if any(_SEPARATORS.search(item) or item in _NONE_MARKS for item in items):
        return "".join(f"{item}\n" for item in items)
    return "、".join(items)


def split_list(text: str) -> list[str]:
    """Return the names in a cell, separated by line breaks or by 、；，; ``/`` and ``--`` mean none."""
    if "\n" in text:
        return [line.strip() for line in text.split("\n") if line.strip()]
    return [part.strip() for part in _SEPARATORS.split(text) if part.strip() not in _NONE_MARKS]


def is_none_mark(text: str) -> bool:
    """Return whether the text is blank or a sign for none, such as ``--``."""
    return text in _NONE_MARKS


def quantity_cell(value: Decimal) -> int | float | str:
    """Return a number that a spreadsheet keeps exactly, or else the digits as text."""
    if value == value.to_integral_value() and abs(value) < 10**_EXACT_DIGITS:
        return int(value)
    kept = f"{float(value):.{_EXACT_DIGITS}g}"
    return float(kept) if Decimal(kept) == value and "e" not in kept else plain(value)


def read_quantity(text: str, unit: str) -> tuple[Decimal, str]:
    """Return the quantity in base units and its unit: ``1.6万`` → 16000; ``35%`` → 35 and ``%``.

    What follows the number must be the ``unit``, or stands for it where that is blank.
    Raises ``ValueError`` for anything else.
    """
    number = unicodedata.normalize("NFKC", text).replace(" ", "")
    match = _QUANTITY.fullmatch(number)
    if match is None or len(number) > 100:
        raise ValueError(text)
    written = match[3]
    if written and unit and written not in (unit, unicodedata.normalize("NFKC", unit).replace(" ", "")):
        raise ValueError(text)
    try:
        value = Decimal(match[1].replace(",", "")) * SCALES[match[2]]
    except InvalidOperation as error:
        raise ValueError(text) from error
    return value, unit or written


def read_date(text: str) -> date:
    """Return the day in ``2024-11-30``, ``2024/11/30``, ``2024年11月30日``; raises ``ValueError`` otherwise."""
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return date(int(match[1]), int(match[2]), int(match[3]))


def read_period(text: str, year: int | None) -> str:
    """Return ``2024-03`` for ``2024年3月``, ``2024/3``, a first of the month, or ``3月`` of ``year``.

    Anything else is returned as it stands: it may be a period of another kind.
    """
    match = _MONTH.fullmatch(text)
    if match is None or not 1 <= int(match[2]) <= 12 or text.isdecimal():
        return text
    if match[1] is None and (year is None or "月" not in text):
        return text
    return f"{match[1] or year}-{int(match[2]):02d}"


def key_cell(stable_id: str, revision: int, position: str) -> str:
    """Return what the hidden column holds: ``id@revision``, or for a new part its position, ``~1.2``."""
    return f"{stable_id}@{revision}" if stable_id else f"{_POSITION_MARK}{position}"


def read_key(text: str) -> tuple[str, int]:
    """Return (stable id, revision) of a hidden cell; empty and 0 for a part that was never stored."""
    if not text or text.startswith(_POSITION_MARK):
        return "", 0
    stable_id, _, revision = text.rpartition("@")
    if stable_id and revision.isdecimal():
        return stable_id, int(revision)
    return text, 0
