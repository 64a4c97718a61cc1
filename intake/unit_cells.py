"""Cells that name units together with persons or telephones: each apart."""

from __future__ import annotations

import re

from intake import words
from intake.units import looks_like_persons, looks_like_units, split_persons

_PHONE = re.compile(
    r"(?:联系)?(?:电话|手机)?\s*[:：]?\s*[（(]?(?<!\d)(?:0\d{2,3}\s*[-—–－]\s*\d{7,8}|1\d{10}|\d{4}-\d{7}|[2-9]\d{6,7})(?!\d)[)）]?"
)
_BRACKET = re.compile(r"(?P<before>[^（()）、，,；;\n]+)[（(](?P<inside>[^（()）]+)[)）]")
_POST = re.compile(rf"(?:{'|'.join(sorted(words.units.POSTS, key=len, reverse=True))})$")
_LEAST_UNIT = 3  # characters of a unit that a name follows without a blank


def named_persons(text: str) -> bool:
    """True for names that begin with a surname, or end with 某."""
    return looks_like_persons(text) and all(
        name.startswith(words.units.SURNAMES) or name.endswith("某") for name in split_persons(text)
    )


def parted(text: str) -> tuple[str, str]:
    """The units of a cell and the persons beside them: 区教育局 甲某; 甲某（区教育局局长）; 县交通局：0000-6000001.

    A cell without persons and telephones comes back as it is.
    """
    persons: list[str] = []

    def bracket(match: re.Match[str]) -> str:
        before, inside = match.group("before").strip(), match.group("inside").strip()
        if looks_like_units(before) and named_persons(inside):
            persons.append(inside)
            return before
        post = _POST.search(inside)
        if named_persons(before) and post and looks_like_units(inside[: post.start()]):
            persons.append(before)
            return inside[: post.start()]
        return match.group()

    units = _BRACKET.sub(bracket, _PHONE.sub("", text))
    kept = [_without_person(piece, persons) for piece in re.split(r"([、，,；;\n])", units)]
    return "".join(kept).strip(), "、".join(persons)


def _without_person(piece: str, persons: list[str]) -> str:
    """区教育局 甲某, 区教育局甲某: the words behind a unit that are names."""
    words_of = piece.split()
    if len(words_of) >= 2 and looks_like_units(words_of[0]) and named_persons(" ".join(words_of[1:])):
        persons.append(" ".join(words_of[1:]))
        return words_of[0]
    if len(words_of) != 1 or looks_like_units(piece):
        return piece
    for length in (3, 2):  # characters of a name
        unit, name = piece[:-length], piece[-length:]
        if len(unit) >= _LEAST_UNIT and looks_like_units(unit) and named_persons(name):
            persons.append(name)
            return unit
    return piece
