"""Lists on a terminal: columns that line up with Chinese text, JSON for programs, progress for the patient."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from unicodedata import east_asian_width


def print_json(value: Any) -> None:
    """One JSON document; moments and dates in ISO form, quantities as text."""
    print(json.dumps(value, ensure_ascii=False, indent=1, default=_plain))


def print_json_line(value: Any) -> None:
    """One JSON document on one line."""
    print(json.dumps(value, ensure_ascii=False, default=_plain))


def print_table(rows: Sequence[Sequence[str]]) -> None:
    """The rows with columns aligned; the last column is not padded."""
    for line in aligned(rows):
        print(line)


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The rows as lines; a Chinese character is two columns wide."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell + " " * (wide - width(cell)) for cell, wide in zip(row, widths, strict=True)]
        yield "  ".join(cells).rstrip()


def width(text: str) -> int:
    """How many columns a terminal takes for the text."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def show_progress(text: str) -> None:
    """On a terminal the text stands in place of what was shown before; a pipe stays quiet."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def pace(what: str) -> Callable[[int, int], None]:
    """Shows how much of a known amount is done, how fast it goes and how long it will take."""
    began = time.monotonic()

    def told(done: int, total: int) -> None:
        rate = done / max(time.monotonic() - began, 0.001)
        left = (total - done) / rate
        show_progress(f"已读取 {done} / {total} {what}，每秒 {rate:.0f} {what}，约剩 {left:.0f} 秒…")

    return told


def clear_progress() -> None:
    """Nothing is left of the progress line."""
    show_progress("")


def _plain(value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(f"cannot be written as JSON: {type(value).__name__}")
