"""Numbers, days and names as people type them and addresses carry them; what cannot be one is nothing, and never a failure."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from fastapi import Query

from engine.calendar import FIRST_YEAR, LAST_YEAR

LONGEST_NUMBER = 9  # digits: no row has a longer number, and every database takes it
LARGEST = 10**LONGEST_NUMBER - 1
# A number in an address: of a larger one there is nothing to show, and the page says that it is not there.
Number = Annotated[int, Query(ge=-LARGEST, le=LARGEST)]
OptionalNumber = Annotated[int | None, Query(ge=-LARGEST, le=LARGEST)]
# Signs that no database, workbook or page keeps, and that nobody types: they come with what is pasted.
_UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_WIDE = str.maketrans("０１２３４５６７８９", "0123456789")


def whole(text: str | None) -> int | None:
    """The number without sign that the text is, its digits wide or not; ``None`` for anything else."""
    plain = (text or "").strip().translate(_WIDE)
    is_number = plain.isascii() and plain.isdigit() and len(plain) <= LONGEST_NUMBER
    return int(plain) if is_number else None


def whole_or(text: str | None, otherwise: int) -> int:
    """The same; ``otherwise`` where the text is none."""
    found = whole(text)
    return otherwise if found is None else found


def day(text: str) -> date | None:
    """The day ``2024-10-31`` (or with strokes), if the text is one and the calendar knows its year."""
    try:
        found = date.fromisoformat(text.strip().translate(_WIDE).replace("/", "-"))
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def month(text: str) -> date | None:
    """The first day of the month ``2024-10``, if the text is one and the calendar knows its year."""
    return day(f"{text.strip()}-01")


def names(text: str) -> list[str]:
    """Names as people list them: a line each, or with commas of any kind between them; each once."""
    for sign in "、，,；;":
        text = text.replace(sign, "\n")
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def readable(text: object) -> str:
    """The text without signs that cannot be kept."""
    return _UNREADABLE.sub("", str(text))


def is_beyond(text: str) -> bool:
    """Whether the text is a number that no row has: too long for one, whatever its sign."""
    return len(text) > LONGEST_NUMBER and text.lstrip("+-").replace("_", "").isdigit()
