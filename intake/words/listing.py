"""How a table of words is written: the words of a line with blanks between them."""

from __future__ import annotations


def listed(text: str) -> tuple[str, ...]:
    """The words between the blanks of a text."""
    return tuple(text.split())
