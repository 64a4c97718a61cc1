"""Names of units and persons out of cells: where one ends and the next begins."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from intake import words
from intake.english import in_english, spaced
from intake.units_en import (
    looks_like_english_persons,
    looks_like_english_units,
    split_english_persons,
    split_english_roles,
    split_english_units,
)

_OPEN, _CLOSE = "（(【[", "）)】]"
_CONJUNCTION = re.compile(r"(?<=\S)(?:以及|及|和|与)(?=\S)")
_LABEL = re.compile(rf"({'|'.join(words.units.LEAD_LABELS + words.units.COOPERATING_LABELS)})\s*[:：]\s*")
_POSTS = "|".join(sorted(words.units.POSTS, key=len, reverse=True))
_BRACKETED_POST = re.compile(rf"[（(][^（()）]*(?:{_POSTS})[)）]$")
_POST_AND_NAME = re.compile(
    r"\S*(?:[市县区州旗镇乡局]长|秘书长|主任|书记)(?!助理|委员|医师)([\u4e00-\u9fff]{2,3})"
)
_BLANK = re.compile(r"\s")
_BLANKS = re.compile(r"[\s\u00a0\u3000\u200b\ufeff]+")
_BLANK_OF_TYPESETTING = re.compile(r"(?<![A-Za-z0-9]) (?=[^ ])|(?<=[^ ]) (?![A-Za-z0-9])")
_BLANK_AT_DIGITS = re.compile(
    r"(?<=[\u3000-\u9fff\uff00-\uffef]) (?=[A-Za-z0-9])|(?<=[A-Za-z0-9]) (?=[\u3000-\u9fff\uff00-\uffef])"
)
_LEADS_MARK = re.compile(r"[（(]\s*(?:牵头|主责|主办)(?:单位|部门)?\s*[)）]|牵头$")
_HELPS_MARK = re.compile(r"[（(]\s*(?:配合|协办|协助)(?:单位|部门)?\s*[)）]|(?:配合|协助|协办)$")


@lru_cache(maxsize=8192)  # units, marks and dates stand in row after row
def tidy(text: str) -> str:
    """The text without the spaces and line breaks that typesetting put beside Chinese characters and digits."""
    if in_english(text):
        return spaced(text)
    text = _BLANKS.sub(" ", text).strip()
    return _BLANK_OF_TYPESETTING.sub("", _BLANK_AT_DIGITS.sub("", text)) if " " in text else text


def is_none(text: str) -> bool:
    """True for an empty cell and for the marks that say there is nothing (``/``, ``--``, 无)."""
    bare = _BLANK.sub("", text)
    return not bare or bare in words.units.NONE_UNITS or bare.lower() in words.english.NOTHING


def split_units(text: str) -> list[str]:
    """The names in a cell, in order, each once. A bracket belongs to the name before it: 区科技局（区科协）."""
    return list(_names_in(text))


@lru_cache(maxsize=8192)
def _names_in(text: str) -> tuple[str, ...]:
    if is_none(text):
        return ()
    if in_english(text):
        return tuple(split_english_units(text))
    return tuple(_without_stub(_unique(_bare_name(name) for name in _pieces(text) if not is_none(name))))


def _without_stub(names: list[str]) -> list[str]:
    """A level alone behind whole names (区教育局、区) is what a cut page has left of a name; 各县、市、区 is none."""
    whole, last = names[:-1], names[-1:]
    stub = bool(last) and last[0] in words.units.LEVEL_SIGNS
    return whole if stub and all(len(name) > 1 and not is_collective(name) for name in whole) else names


def _bare_name(name: str) -> str:
    """A list may end with 等: 区民政局等 is 区民政局."""
    tidied = tidy(name)
    return tidied[:-1] if tidied.endswith("等") and _complete(tidied[:-1]) else tidied


def split_roles(text: str) -> tuple[list[str], list[str], list[str]]:
    """Names under a lead label or mark, under a cooperating one, and under none.

    ``牵头单位：甲局；配合单位：乙局`` gives (甲局, 乙局, -); ``甲局（牵头）、乙局`` gives (甲局, -, 乙局).
    """
    if in_english(text):
        return split_english_roles(text)
    lead: list[str] = []
    helping: list[str] = []
    plain: list[str] = []
    target = plain
    for part in _LABEL.split(text):
        if part in words.units.LEAD_LABELS:
            target = lead
        elif part in words.units.COOPERATING_LABELS:
            target = helping
        else:
            _sort(split_units(part), target, lead, helping)
    return _unique(lead), _unique(helping), _unique(plain)


def _sort(names: list[str], target: list[str], lead: list[str], helping: list[str]) -> None:
    for name in names:
        if _LEADS_MARK.search(name):
            lead.append(_LEADS_MARK.sub("", name))
        elif _HELPS_MARK.search(name):
            helping.append(_HELPS_MARK.sub("", name))
        else:
            target.append(name)


def split_persons(text: str) -> list[str]:
    """The names of persons in a cell, in order: padding inside a name goes (``张 治``), lists stay lists."""
    if in_english(text):
        return split_english_persons(text)
    names: list[str] = []
    for piece in re.split(r"[、，,；;/\n]", text):
        names += _persons_of_line(piece)
    return _unique(_without_posts(_joined_singles(names)))


def is_collective(name: str) -> bool:
    """True for a name that stands for several units: 各街镇, 相关街道, 企业."""
    bare = re.sub(r"[（(].*?[)）]", "", name)
    return (
        bare.startswith(words.units.COLLECTIVE_BEGINNINGS)
        or bare.lower().startswith(words.english.COLLECTIVE_BEGINNINGS)
        or bare in words.units.COLLECTIVE_NAMES
        or any(part in bare for part in words.units.COLLECTIVE_PARTS)
    )


def looks_like_units(text: str) -> bool:
    """True when every name in the cell ends as units do or is collective."""
    if in_english(text):
        return looks_like_english_units(text)
    names = split_units(_LABEL.sub("、", text))
    return bool(names) and all(_unit_like(_HELPS_MARK.sub("", _LEADS_MARK.sub("", name))) for name in names)


def looks_like_persons(text: str) -> bool:
    """True when the cell holds nothing but names of two to four characters that are no units."""
    if in_english(text):
        return looks_like_english_persons(text)
    names = split_persons(text)
    return bool(names) and all(
        re.fullmatch(r"[\u4e00-\u9fff·]{2,4}", name) and not _complete(name) for name in names
    )


def _unit_like(name: str) -> bool:
    """A name without figures: 新建幼儿园7所 ends like a unit but counts something."""
    return len(name) <= 30 and not re.search(r"\d", name) and (is_collective(name) or _complete(name))


def _complete(name: str) -> bool:
    """True when the name ends as units do, a bracket at its end left aside."""
    bare = re.sub(r"[（(][^（()）]*[)）]$", "", name)
    return (
        len(bare) >= 2
        and bare.endswith(words.units.UNIT_ENDINGS)
        and not bare.endswith(words.units.UNFINISHED_ENDINGS)
    )


def _begins(name: str) -> bool:
    return name.startswith(words.units.UNIT_BEGINNINGS)


def _pieces(text: str) -> Iterable[str]:
    """Names between separators outside brackets; spaces, line breaks, conjunctions judged by their neighbours."""
    for piece in _outside_brackets(text):
        for name in _spaced(re.findall(r"(\s*)(\S+)", piece)):
            yield from _conjoined(name)


def _outside_brackets(text: str) -> list[str]:
    """Cut at separators outside brackets; a line break alone is left to the neighbours to judge."""
    pieces, depth, start = [], 0, 0
    for index, char in enumerate(text):
        if char in _OPEN:
            depth += 1
        elif char in _CLOSE:
            depth = max(0, depth - 1)
        elif not depth and char in "、，,；;/。｜|":
            pieces.append(text[start:index])
            start = index + 1
    return [*pieces, text[start:]]


def _spaced(fragments: list[tuple[str, str]]) -> list[str]:
    """Join what a space or a line break tore apart; keep apart what are names of their own."""
    names: list[str] = []
    for gap, fragment in fragments:
        if names and not _starts_new(names[-1], fragment, "\n" in gap):
            names[-1] += fragment
        else:
            names.append(fragment)
    return names


def _starts_new(before: str, fragment: str, new_line: bool) -> bool:
    """A fragment is a name of its own after a complete name; after a space it may be a part of that unit."""
    if before.count("（") + before.count("(") > before.count("）") + before.count(")"):
        return False  # the bracket is still open
    if fragment[:1] in "（()）" or not (_complete(before) or is_collective(before)):
        return False
    if fragment[:1] in "及和与" or _begins(fragment):
        return True
    part = fragment.endswith(words.units.UNIT_PARTS) and len(fragment) <= 5 and not new_line
    return _complete(fragment) and len(fragment) >= 3 and not part


def _conjoined(name: str) -> list[str]:
    """Cut at 及, 和, 与 where both sides are units; 人力资源和社会保障局 stays whole."""
    name = _without_conjunction(name)
    for match in _CONJUNCTION.finditer(name):
        left, right = name[: match.start()], name[match.end() :]
        balanced = left.count("（") + left.count("(") == left.count("）") + left.count(")")
        if balanced and _unit_like(left) and _unit_like(right) and (_begins(right) or is_collective(right)):
            return [left, *_conjoined(right)]
    return [name]


def _without_conjunction(name: str) -> str:
    """和各镇 is 各镇; 和平社区 keeps its 和."""
    match = re.match(r"以及|及|和|与", name)
    rest = name[match.end() :] if match else ""
    return rest if _begins(rest) or is_collective(rest) else name


def _persons_of_line(line: str) -> list[str]:
    return [fragment for fragment in re.split(r"[\s\u3000\u00a0]+", line.strip()) if not is_none(fragment)]


def _without_posts(names: list[str]) -> list[str]:
    """The persons alone where the cell names persons and their posts: 副区长 甲某, 甲某（局长）, 副区长甲某.

    A cell that names posts only keeps them: the post stands for the person.
    """
    bare = [_BRACKETED_POST.sub("", name) for name in names]
    persons = [match.group(1) if (match := _POST_AND_NAME.fullmatch(name)) else name for name in bare]
    return [name for name in persons if not name.endswith(words.units.POSTS)] or persons


def _joined_singles(fragments: list[str]) -> list[str]:
    """``张`` + ``治`` is one name; a lone character after a compound surname belongs to it as well."""
    names: list[str] = []
    pending = ""
    for fragment in fragments:
        single = len(fragment) == 1
        if pending:
            names.append(pending + fragment)
            pending = ""
        elif single and names and names[-1] in words.units.COMPOUND_SURNAMES:
            names[-1] += fragment
        elif single:
            pending = fragment
        else:
            names.append(fragment)
    return [*names, pending] if pending else names


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(name for name in names if name))
