"""A number or date of a spreadsheet as the text that a reader of the sheet sees."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

# Built-in formats of Chinese Excel and WPS, which the file names by number only (ECMA-376 part 1, 18.8.30).
CHINESE_DATE_FORMATS: dict[int, str] = {
    **dict.fromkeys((27, 36, 50, 52, 57), 'yyyy"年"m"月"'),
    **dict.fromkeys((28, 29, 51, 53, 54, 58), 'm"月"d"日"'),
    30: "m-d-yy",
    31: 'yyyy"年"m"月"d"日"',
    **dict.fromkeys((32, 33), 'h"时"mm"分"'),
    **dict.fromkeys((34, 35, 55, 56), '上午/下午h"时"mm"分"'),
}

_ASIDE = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
_LITERAL = r'(?:"[^"]*"|\\.|_.|[一-鿿])*'
_WITH_LITERALS = re.compile(rf"({_LITERAL})[#0?,.]+({_LITERAL})")
_DIGITS = 15  # what a spreadsheet keeps of a number


def number_text(value: int | float, number_format: str) -> str:
    """Return the number in plain decimals: 12 → ``12``, 0.35 in ``0%`` → ``35%``, 5 in ``0"所"`` → ``5所``.

    Digits that the format hides are kept: 0.355 in ``0%`` is ``35.5%``.
    """
    section = number_format.split(";")[0]
    if "%" in _ASIDE.sub("", section):
        return plain(_decimal(value) * 100) + "%"
    before, after = _literals(section)
    return before + plain(_decimal(value)) + after


def date_text(value: datetime | date | time | timedelta, number_format: str) -> str:
    """Return the date as ISO text, as exact as its format shows it: a day, a month, or a minute."""
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, time):
        return value.isoformat("minutes")
    day = value.date() if isinstance(value, datetime) else value
    if isinstance(value, datetime) and value.time() != time(0):
        return value.isoformat(" ", "minutes")
    letters = _ASIDE.sub("", number_format.split(";")[0]).lower()
    return day.isoformat() if "d" in letters or "y" not in letters else f"{day:%Y-%m}"


def plain(value: Decimal) -> str:
    """Return a decimal without exponent and without needless zeros: 1E+3 → ``1000``, 2.50 → ``2.5``."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _decimal(value: int | float) -> Decimal:
    return Decimal(value) if isinstance(value, int) else Decimal(f"{value:.{_DIGITS}g}")


def _literals(section: str) -> tuple[str, str]:
    match = _WITH_LITERALS.fullmatch(section)
    return (_unquoted(match[1]), _unquoted(match[2])) if match else ("", "")


def _unquoted(literal: str) -> str:
    return re.sub(r'_.|"|\\', "", literal).strip()
