"""Traditional characters read as simplified ones, and every text of the draft given back as it was issued."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache

from intake import words
from intake.minguo import years_in
from intake.table import Place

_LEAST = 4  # different traditional characters; fewer are names or slips in a simplified text
_SHARE = 10  # one traditional character among so many simplified ones, at least
_NAMED_YEAR = re.compile(r"民[国國]\s*1[0-4]\d\s*年")
_QUARTER = re.compile(r"第\s*[一二三四1-4]\s*季(?!度)")
# Readings that a conversion has put behind characters: 內(nèi)容.
_READING = re.compile(
    r"(?<=[\u3400-\u9fff])\((?=[a-zü]*[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ])[a-züāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]{1,7}\)"
)
# 3 200名 as Hong Kong writes it, with the measure; at the beginning of a line the first figure may be a running number.
_THOUSANDS = re.compile(r"(?<=[^\s\d.,])[ \u00a0]?[1-9]\d{0,2}(?:[ \u00a0]\d{3})+(?=[\u3400-\u9fff])")
_SEASON = "度"  # 第3季 is 第3季度


@lru_cache(maxsize=1)
def _simplified() -> dict[int, str]:
    """Each traditional character's simplified one. Character by character, so that lengths stay as they are."""
    from opencc import OpenCC  # only where traditional characters are met

    characters = [chr(code) for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))]
    folded = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {
        ord(one): other
        for one, other in zip(characters, folded, strict=True)
        if one != other and len(other) == 1
    }


def is_traditional(text: str) -> bool:
    """True for a text written in traditional characters, also where a part of it is in simplified ones."""
    if words.traditional.TELLING.isdisjoint(text):
        return False
    table = _simplified()
    shapes = set(table.values())
    found = [char for char in text if ord(char) in table]
    return len(set(found)) >= _LEAST and len(found) * _SHARE >= sum(char in shapes for char in text)


class Script:
    """A document's text as it is read (simplified, years of the common era) beside the text as issued.

    ``None`` from ``of`` means that the document needs none of it.
    """

    def __init__(self, pieces: Iterable[tuple[Place, str]], traditional: bool) -> None:
        """Read the pieces of a document in their order."""
        self._pieces: list[tuple[Place, str]] = []
        self._starts: dict[Place, int] = {}
        self._issued: list[str] = []
        bare: list[str] = []
        self._folded: list[str] = []
        pieces = list(pieces)
        whole = "\n".join(text for _, text in pieces)
        atoms = _atoms(whole, traditional)
        for (place, _), line in zip(pieces, _lines(atoms, [text for _, text in pieces]), strict=True):
            self._starts.setdefault(place, len(bare))
            self._folded.append("".join(read for read, _ in line))
            for read, issued in line:
                if not read.isspace():
                    bare.append(read)
                    self._issued.append(issued)
        self._bare = "".join(bare)

    @classmethod
    def of(cls, pieces: Iterable[tuple[Place, str]]) -> Script | None:
        """The script of a document's pieces; ``None`` for one in simplified characters and usual years."""
        pieces = list(pieces)
        whole = "\n".join(text for _, text in pieces)
        traditional = is_traditional(whole)
        return cls(pieces, traditional) if traditional or _NAMED_YEAR.search(whole) else None

    def folded(self) -> list[str]:
        """The pieces as they are to be read, in their order."""
        return self._folded

    def restored(self, text: str, where: Place | None = None) -> str:
        """``text`` as issued. It is looked up in the document, first from ``where`` on, in the longest parts found."""
        wanted = [char for char in text if not char.isspace()]
        issued: list[str] = []
        begin = self._starts.get(where, 0) if where else 0
        while len(issued) < len(wanted):
            rest = "".join(wanted[len(issued) :])
            at, size = self._longest(rest, begin)
            issued += self._issued[at : at + size] if size else [rest[0]]
        following = iter(issued)
        return "".join(char if char.isspace() else next(following) for char in text)

    def knows(self, text: str) -> bool:
        """True when the document says exactly this."""
        return "".join(text.split()) in self._bare

    def _longest(self, text: str, begin: int) -> tuple[int, int]:
        """Where the longest beginning of ``text`` stands that the document has, and its length."""

        def find(size: int) -> int:
            at = self._bare.find(text[:size], begin)
            return at if at >= 0 else self._bare.find(text[:size])

        at = find(len(text))
        if at >= 0:
            return at, len(text)
        size = bisect_right(range(1, len(text)), False, key=lambda one: find(one) < 0)
        return (find(size), size) if size else (0, 0)


def _atoms(text: str, traditional: bool) -> list[tuple[str, str]]:
    """Each character as read beside what was issued for it."""
    issued = list(text)
    read = text.translate(_simplified()) if traditional else text
    for old, new in words.traditional.SAME_WORDS.items() if traditional else ():
        read = read.replace(old, new)
    changes = years_in(read, taiwan=traditional)
    if traditional:
        changes += [(match.end(), match.end(), _SEASON) for match in _QUARTER.finditer(read)]
        changes += [(match.start(), match.end(), "") for match in _READING.finditer(read)]
        changes += _blanks_in_thousands(read)
    atoms: list[tuple[str, str]] = []
    position = 0
    for start, end, new in sorted(changes):
        atoms += zip(read[position:start], issued[position:start], strict=True)
        if not new:  # belongs to the character before it
            read_last, issued_last = atoms[-1]
            atoms[-1] = (read_last, issued_last + "".join(issued[start:end]))
        atoms += zip(new, (["".join(issued[start:end])] + [""] * (len(new) - 1))[: len(new)], strict=True)
        position = end
    return [*atoms, *zip(read[position:], issued[position:], strict=True)]


def _blanks_in_thousands(text: str) -> list[tuple[int, int, str]]:
    return [
        (match.start() + blank.start(), match.start() + blank.end(), "")
        for match in _THOUSANDS.finditer(text)
        for blank in re.finditer(r"(?<=\d)[ \u00a0](?=\d)", match.group())
    ]


def _lines(atoms: list[tuple[str, str]], texts: list[str]) -> Iterable[list[tuple[str, str]]]:
    """The atoms of each piece again; between two pieces stands a line break that is no part of them."""
    position = 0
    for text in texts:
        left = len(text)
        line: list[tuple[str, str]] = []
        while left > 0 or (position < len(atoms) and atoms[position][1] == ""):
            line.append(atoms[position])
            left -= len(atoms[position][1])
            position += 1
        yield line
        position += 1
