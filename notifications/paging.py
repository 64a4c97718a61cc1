"""Rendered blocks on as few pages as a byte limit allows; every chat channel with a limit splits with this.

A page never ends within a character, nor within an atom: a link, a mention, a coloured run, whatever the
caller's pattern finds. Nothing is lost and nothing is added but what :func:`paged` is told to put on top.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence

from notifications.words import known_locale

Size = Callable[[str], int]
Top = Callable[[int, int], str]

_AGAIN = {"zh-CN": "（补发）", "en": "(sent again)"}
_PART = {"zh-CN": "（{part}/{parts}）", "en": " ({part}/{parts})"}
_JOINER = "\u200d"
_NEVER = re.compile(r"(?!)")


def utf8_size(text: str) -> int:
    """How many bytes the text takes in UTF-8, a lone surrogate as many as it would."""
    return len(text.encode(errors="surrogatepass"))


def part_mark(part: int, parts: int, locale: str) -> str:
    """（1/2）; nothing where there is one page only."""
    return _PART[known_locale(locale)].format(part=part, parts=parts) if parts > 1 else ""


def again_mark(locale: str) -> str:
    """What a repeat says of itself: （补发）."""
    return _AGAIN[known_locale(locale)]


def paged(
    blocks: Sequence[str],
    limit: int,
    *,
    join: str = "\n",
    top: Top | None = None,
    atoms: re.Pattern[str] = _NEVER,
    size: Size = utf8_size,
) -> tuple[str, ...]:
    """The blocks in order on pages of at most ``limit`` by ``size``; no blocks make one page of the top alone.

    ``top(part, parts)`` begins each page, its mark included; it may only grow with the number of digits.
    Pages end between blocks where they can; a block larger than a page is cut between its lines, a line
    larger than a page between its characters, never within a match of ``atoms``. Line breaks at the
    beginning of a block (a gap before a heading) do not open a page. ``size`` must add up:
    ``size(a + b) == size(a) + size(b)``, as bytes do.

    Raises ``ValueError`` if an atom or the top alone is larger than a page: bound them before.
    """
    top = top or _nothing
    for most in (1, 9, 99, 999, 9999):
        room = limit - max(size(top(1, most)), size(top(most, most)))
        pages = _Pages(room, join, atoms, size).of(blocks)
        if len(pages) <= most:
            return tuple(top(part, len(pages)) + page for part, page in enumerate(pages, 1))
    raise ValueError("more pages than anybody reads")


def _nothing(_part: int, _parts: int) -> str:
    return ""


class _Pages:
    """Pages that are being filled."""

    def __init__(self, room: int, join: str, atoms: re.Pattern[str], size: Size) -> None:
        self._room = room
        self._join = join
        self._atoms = atoms
        self._size = size

    def of(self, blocks: Sequence[str]) -> list[str]:
        pages: list[str] = []
        for block in blocks:
            for piece in self._pieces(block):
                joined = self._join + piece
                if pages and self._size(pages[-1]) + self._size(joined) <= self._room:
                    pages[-1] += joined
                else:
                    pages.append(piece.lstrip("\n"))
        return pages or [""]

    def _pieces(self, block: str) -> Iterator[str]:
        """The block itself where a page can hold it, else its parts, each as large as a page can hold."""
        if self._fits(block):
            yield block
            return
        held = ""
        for line in block.lstrip("\n").split("\n"):
            longer = f"{held}\n{line}" if held else line
            if self._fits(longer):
                held = longer
                continue
            if held:
                yield held
            *full, held = self._cut(line)
            yield from full
        if held:
            yield held

    def _cut(self, line: str) -> list[str]:
        """The line in parts that a page can hold; one that fits stays whole."""
        if self._fits(line):
            return [line]
        parts = [""]
        filled = 0
        for unit in _units(line, self._atoms):
            width = self._size(unit)
            if width > self._room:
                raise ValueError("an atom larger than a page")
            if filled + width > self._room:
                parts.append("")
                filled = 0
            parts[-1] += unit
            filled += width
        return parts

    def _fits(self, text: str) -> bool:
        return self._size(text) <= self._room


def _units(line: str, atoms: re.Pattern[str]) -> Iterator[str]:
    """What may not be cut, in order: atoms, and characters with what belongs to them."""
    at = 0
    for match in atoms.finditer(line):
        yield from _characters(line[at : match.start()])
        yield match.group()
        at = match.end()
    yield from _characters(line[at:])


def _characters(text: str, most: int = 16) -> Iterator[str]:
    """Characters as people see them: marks, joined emoji and flags stay together, up to ``most`` code points."""
    held = ""
    for character in text:
        if held and len(held) < most and _belongs(held, character):
            held += character
            continue
        if held:
            yield held
        held = character
    if held:
        yield held


def _belongs(held: str, character: str) -> bool:
    """Whether the code point is part of the character before it."""
    if character == _JOINER or held.endswith(_JOINER) or unicodedata.category(character).startswith("M"):
        return True
    if "\U0001f3fb" <= character <= "\U0001f3ff":  # colours of skin
        return True
    return len(held) == 1 and _is_half_a_flag(held) and _is_half_a_flag(character)


def _is_half_a_flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"
