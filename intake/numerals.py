"""Running numbers and Chinese numerals: 3, 三, （三）, 3.1, 两百."""

from __future__ import annotations

import re
from decimal import Decimal

SCALES = {  # what is written between a number and its unit of measure
    "": 1,
    "十": 10,
    "百": 100,
    "千": 1000,
    "万": 10_000,
    "百万": 1_000_000,
    "千万": 10_000_000,
    "亿": 10**8,
    "万亿": 10**12,
}
_MOST_DIGITS = 12  # with the largest scales still within the precision of decimals
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_POWERS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10_000, "亿": 100_000_000}
_CIRCLED = {chr(ord("①") + i): i + 1 for i in range(20)}
_ARABIC = re.compile(r"^(?:第)?[（(]?\s*(\d{1,3}(?:[.．-]\d{1,3}){0,2})\s*[)）]?\s*[.．、:：]?\s*(?:项|件)?$")
_CHINESE = re.compile(r"^(?:第)?[（(]?\s*([一二三四五六七八九十百]{1,5})\s*[)）]?\s*[、.．]?\s*(?:项|件)?$")
_LEADING = re.compile(
    r"^\s*(?:(?P<arabic>\d{1,3}(?:\.\d{1,2})*)\s*[.．、](?!\d)"
    r"|(?P<dotted>\d{1,2})\.(?=\d)"
    r"|[（(](?P<bracket>\d{1,3}|[一二三四五六七八九十]{1,3})[)）]"
    r"|(?P<chinese>[一二三四五六七八九十]{1,3})、)"
)


def chinese_value(text: str) -> int | None:
    """The value of a Chinese numeral (``两百`` is 200), ``None`` if the text is not one."""
    total = section = 0
    digit: int | None = None
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in _POWERS:
            section += (1 if digit is None else digit) * _POWERS[char]
            digit = None
        elif char in _MYRIADS:
            total = (total + section + (digit or 0)) * _MYRIADS[char]
            section, digit = 0, None
        else:
            return None
    return total + section + (digit or 0) if text else None


def running_number(text: str) -> str | None:
    """The running number that is all of a cell, as issued but bare (``（一）`` gives ``一``); else ``None``."""
    bare = text.strip()
    if bare in _CIRCLED:
        return str(_CIRCLED[bare])
    arabic = _ARABIC.match(bare)
    if arabic:
        return _plain(arabic.group(1))
    chinese = _CHINESE.match(bare)
    return chinese.group(1) if chinese else None


def _plain(number: str) -> str:
    """``1.0`` of a spreadsheet is 1; ``01`` is 1; ``1.10`` stays."""
    parts = re.split(r"[.．-]", number)
    if len(parts) == 2 and parts[1] == "0":
        parts = parts[:1]
    return ".".join(str(int(part)) for part in parts)


def ordinal(number: str) -> int | None:
    """What a running number counts: 3 for ``3``, ``三`` and ``3.1``; ``None`` for none."""
    head = number.split(".")[0]
    return int(head) if head.isdigit() else chinese_value(head)


def leading_number(text: str) -> tuple[str, int] | None:
    """The number that opens a text (``3.完成…``) and where the text after it begins."""
    match = _LEADING.match(text)
    if match is None:
        return None
    number = next(group for group in match.groups() if group)
    return number, match.end()


def is_amount(number: str) -> bool:
    """True unless a number has more digits than any amount of things: bank accounts, serial numbers, damage."""
    return sum(char.isdigit() for char in number) <= _MOST_DIGITS


def decimal_of(text: str) -> Decimal:
    """The value of Arabic digits with thousands separators, or of a Chinese numeral."""
    bare = text.replace(",", "").replace("，", "")
    if bare[:1].isdigit():
        return Decimal(bare)
    value = chinese_value(bare)
    return Decimal(0 if value is None else value)
