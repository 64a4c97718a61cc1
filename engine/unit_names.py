"""Names of units: what one name says, and which names may mean one unit. Nothing here joins units: people do."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache
from itertools import combinations

# What stands in brackets is another name of the unit only if it ends like one: 区科技局（区科协）, not 城管局（城区）.
OWN_NAME_ENDINGS = tuple(
    "局 委 办 院 部 会 中心 集团 公司 科协 侨联 妇联 残联 团委 大队 支队 总队 政府 办事处".split()
)
# A name that begins so stands for several units; what is in its brackets narrows it: 各街镇（除东街）.
SEVERAL_BEGINNINGS = tuple("各 相关 有关 其他 其它 所有 全市 全区 全县".split())
# Long and short ways to end one name; the short one stands for both when names are compared.
SAME_ENDINGS = {
    "街道办事处": "街道",
    "街道办": "街道",
    "镇人民政府": "镇",
    "镇政府": "镇",
    "乡人民政府": "乡",
    "乡政府": "乡",
    "人民政府办公室": "政府办",
    "办公室": "办",
    "管理委员会": "管委会",
    "委员会": "委",
}
PLACE_ENDINGS = ("街道", "镇", "乡")  # left out in tables: 东街 for 东街街道
LEVELS = "省市区县州旗"
MOST = 3
LIKENESS = 0.6

_BRACKETED = re.compile(r"([^()]{2,})\(([^()]{2,})\)")
_BETWEEN_NAMES = re.compile(r"[、,;/]")
_PLACE = re.compile(rf"[\u4e00-\u9fff]{{2,3}}[{LEVELS}](?=[\u4e00-\u9fff]{{2}})")


def normal(name: str) -> str:
    """The name as it is compared: full-width brackets, spaces and line breaks make no difference."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", name))


def name_forms(name: str) -> tuple[str, ...]:
    """What one name says: 区科技局（区科协） is also 区科技局 and 区科协, the name before the bracket first."""
    whole = normal(name)
    match = _BRACKETED.fullmatch(whole)
    if match is None or whole.startswith(SEVERAL_BEGINNINGS):
        return (whole,)
    inner = [
        part for part in _BETWEEN_NAMES.split(match[2]) if len(part) > 1 and part.endswith(OWN_NAME_ENDINGS)
    ]
    return (whole, match[1], *inner)


def similar_names(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Of the known names those that may mean the same unit, the likeliest first; at most three.

    Other endings and prefixes (东街镇人民政府, 东街镇), then abbreviations (卫健委), then what is spelt alike.
    """
    own, others = normal(name), {normal(one): one for one in known}
    kin = [(rank, key) for key in others if (rank := _kinship(own, key)) is not None]
    close = get_close_matches(
        own, [key for key in others if not _of_two_levels(own, key)], n=MOST, cutoff=LIKENESS
    )
    ranked = [key for _, key in sorted(kin)] + close
    return tuple(others[key] for key in dict.fromkeys(ranked) if key != own)[:MOST]


def kin_pairs(names: Iterable[str]) -> list[tuple[str, str]]:
    """The pairs that may be one unit, the shorter name first."""
    alike: dict[str, list[str]] = {}
    for name in names:
        alike.setdefault(min(_cores(normal(name)), key=lambda core: (len(core), core))[:1], []).append(name)
    return [
        (min(pair, key=len), max(reversed(pair), key=len))
        for listed in alike.values()
        for pair in combinations(listed, 2)
        if may_be_one(*pair)
    ]


def may_be_one(one: str, other: str) -> bool:
    """Whether one name is the other with another ending or prefix, or its abbreviation."""
    return normal(one) != normal(other) and _kinship(normal(one), normal(other)) is not None


def _kinship(one: str, other: str) -> int | None:
    """0 for the same core, 1 for an abbreviation; two names of different levels are two units."""
    if _of_two_levels(one, other):
        return None
    cores, others = _cores(one), _cores(other)
    if cores & others:
        return 0
    return 1 if any(_shortens(a, b) or _shortens(b, a) for a in cores for b in others) else None


def _of_two_levels(one: str, other: str) -> bool:
    return one[:1] in LEVELS and other[:1] in LEVELS and one[:1] != other[:1]


@lru_cache(maxsize=4096)
def _cores(name: str) -> frozenset[str]:
    """The name with and without what tells its place or level, each with the short ending."""
    starts = {name, _PLACE.sub("", name, count=1)}
    if name[:1] in LEVELS and len(name) > 3:
        starts.add(name[1:])
    short = {_short(start) for start in starts}
    bare = {
        start.removesuffix(ending) for start in short for ending in PLACE_ENDINGS if start.endswith(ending)
    }
    return frozenset(short | {one for one in bare if len(one) > 1})


def _short(name: str) -> str:
    for long, short in SAME_ENDINGS.items():
        if name.endswith(long) and len(name) > len(long):
            return name.removesuffix(long) + short
    return name


def _shortens(short: str, long: str) -> bool:
    """Whether the letters of the short name stand in the long one in order, first and last in place: 人社局."""
    if not 3 <= len(short) < len(long) or short[0] != long[0] or short[-1] != long[-1]:
        return False
    letters = iter(long)
    return all(letter in letters for letter in short)
