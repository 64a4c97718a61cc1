"""The characters of a page as lines, and lines as the paragraphs that they were before they were wrapped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from intake import words
from intake.radicals import without_radicals

_SPACE = 0.3  # of the size of the characters: a gap as wide between two of them is a blank
_SPACE_WIDE = 0.9  # the same beside a Chinese character, which programs space out to fill a line
_PADDING = 12.0  # points that programs leave free on both sides of a cell together
_ENDS_SENTENCE = "。；;：:！!？?"
_FIRST_WIDE = "\u2e80"


@dataclass(frozen=True, slots=True)
class Line:
    """One line as printed: its text, where it stands on the page, and the size of its characters."""

    text: str
    left: float
    right: float
    top: float
    size: float


def lines_of(characters: Iterable[Mapping[str, Any]]) -> list[Line]:
    """Return the lines of a page or a cell from above to below, each read from left to right."""
    groups: list[list[Mapping[str, Any]]] = []
    bottom = middle = float("-inf")
    for character in sorted(characters, key=lambda one: (one["top"] + one["bottom"], one["x0"])):
        at = (character["top"] + character["bottom"]) / 2
        if at > bottom or at - middle > character["size"] / 2:
            groups.append([])
            middle, bottom = at, character["bottom"]
        groups[-1].append(character)
    return [line for group in groups if (line := _line(sorted(group, key=lambda one: one["x0"]))).text]


def _line(characters: Sequence[Mapping[str, Any]]) -> Line:
    text, before = "", None
    for character in characters:
        if before is not None and _is_gap(before, character):
            text += " "
        text += character["text"]
        before = character
    text = without_radicals(" ".join(text.split()))
    filled = [one for one in characters if one["text"].strip()] or characters
    return Line(
        text,
        min(one["x0"] for one in filled),
        max(one["x1"] for one in filled),
        min(one["top"] for one in filled),
        max(one["size"] for one in filled),
    )


def _is_gap(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    wide = max(before["text"], after["text"]) >= _FIRST_WIDE
    limit: float = (_SPACE_WIDE if wide else _SPACE) * after["size"]
    return bool(after["x0"] - before["x1"] > limit)


def text_of_cell(lines: Sequence[Line], width: float) -> str:
    """Return the text of a cell: a line that had no room for another character goes on in the next one.

    Where such a line ends as a unit's name does, the break is kept: units are often written one a line.
    """
    text = ""
    for before, line in zip((None, *lines), lines, strict=False):
        if before is not None:
            text += _between(before, line, before.right - before.left + before.size + _PADDING > width)
        text += line.text
    return text


def _between(before: Line, line: Line, full: bool) -> str:
    if not full or before.text.endswith(words.units.UNIT_ENDINGS):
        return "\n"
    return _seam(before.text, line.text)


def _seam(before: str, after: str) -> str:
    return "" if before[-1:] >= _FIRST_WIDE or after[:1] >= _FIRST_WIDE else " "


def paragraphs(lines: Sequence[Line], left: float, right: float) -> Iterator[str]:
    """Yield the paragraphs of running text that is set between ``left`` and ``right``.

    A line that reaches the right edge goes on in the next one, unless that one is indented or ends apart.
    """
    text, before = "", None
    for line in lines:
        if before is not None and _goes_on(before, line, left, right):
            text += _seam(text, line.text) + line.text
        else:
            if text:
                yield text
            text = line.text
        before = line
    if text:
        yield text


def _goes_on(before: Line, line: Line, left: float, right: float) -> bool:
    return (
        before.right + 1.5 * before.size > right
        and line.left < left + line.size
        and abs(before.size - line.size) < 1
        and not (before.text[-1:] in _ENDS_SENTENCE and before.right + before.size < right)
    )
