"""Quantities out of wording: how much of what, with comparator, kind, level and the words it was read from."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from intake import words
from intake.draft import IndicatorDraft, QuantityDraft
from intake.numerals import chinese_value, decimal_of, leading_number

_MEASURES = "|".join(
    re.escape(word) for word in sorted(set(words.MEASURES) - {"%", "‰"}, key=len, reverse=True)
)
_PEOPLE = "|".join(sorted(words.PEOPLE, key=len, reverse=True))
_NOUNS = "|".join(sorted(words.COUNTED_NOUNS, key=len, reverse=True))
_VERBS = "|".join(sorted(words.VERBS, key=len, reverse=True))
_BEFORE = {word: sign for sign, before, _ in words.COMPARATORS for word in before}
_AFTER = {word: sign for sign, _, after in words.COMPARATORS for word in after}
_BEFORE_WORDS = "|".join(sorted(_BEFORE, key=len, reverse=True))
_AFTER_WORDS = "|".join(sorted(_AFTER, key=len, reverse=True))
_LEVELS = "|".join(words.LEVELS)
_SCALES = {
    "": 1,
    "十": 10,
    "百": 100,
    "千": 1000,
    "万": 10_000,
    "百万": 1_000_000,
    "千万": 10_000_000,
    "亿": 10**8,
    "万亿": 10**12,
}

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_CHINESE_NUMBER = r"[一二两三四五六七八九]?[十百千](?:[一二三四五六七八九零十百]*)|[一二两三四五六七八九]"
_QUANTITY = re.compile(
    rf"(?P<lower>(?:{_NUMBER})(?:个|名|家)?[-－—~～至到])?"
    rf"(?P<number>{_NUMBER}|{_CHINESE_NUMBER})\s*(?P<scale>万亿|百万|千万|亿|万|千|百|十)?"
    rf"(?P<more>[{''.join(words.MORE)}])?\s*"
    rf"(?:(?P<percent>%|‰|个百分点)|(?=(?P<noun>{_NOUNS})(?!标))|(?P<unit>{_MEASURES})"
    rf"|(?P<slip>{words.MISSPELT_PERSON_MEASURE})(?={_PEOPLE})|(?=(?P<people>{_PEOPLE})))"
    rf"(?P<alternative>\s*[（(](?:{_MEASURES})[)）])?"
    rf"(?P<after>(?:及|或)?(?:{_AFTER_WORDS}))?"
)
_WIDE = str.maketrans("０１２３４５６７８９．％，（）：；＋", "0123456789.%,():;+")
_QUOTED = re.compile(r"“[^”]*”|‘[^’]*’|《[^》]*》|「[^」]*」|\"[^\"]*\"")
_LEVEL_ONLY = re.compile(rf"[（(]\s*((?:{_LEVELS})(?:\s*[、,，/和]\s*(?:{_LEVELS}))*)\s*[)）]")


@dataclass(frozen=True, slots=True)
class Found:
    """One quantity with its span in the text it was read from (in the text's own characters)."""

    quantity: Decimal
    unit: str
    comparator: str
    quote: str
    start: int
    end: int
    bracket: bool
    each: int = 1
    limit: int = 0  # where the next quantity begins


def read_indicators(text: str) -> list[IndicatorDraft]:
    """The promises in the wording of a task, in order, in base units (1.6万名 is 16000 名).

    Dates, names in quotation marks, ordinals, versions, hotlines and set phrases with small Chinese numerals
    are no promises; a figure in brackets after a headline of the same measure is a part of it.
    """
    clean = _clean(text)
    found = _without_parts(clean, _scan(clean))
    return [_indicator(text, clean, item, subject) for item in found for subject in _subjects(text, item)]


def read_quantities(text: str) -> list[QuantityDraft]:
    """The figures of a month's target or of a report, in order; shares of a target are no figures."""
    clean = _clean(text)
    found = [item for item in _scan(clean) if not _is_share(clean, item)]
    return [
        QuantityDraft(_report_subject(text, item), item.quantity, item.unit, _with_verb(text, clean, item))
        for item in _without_parts(clean, found)
    ]


def _indicator(text: str, clean: str, item: Found, subject: str) -> IndicatorDraft:
    return IndicatorDraft(
        subject=subject,
        quantity=item.quantity,
        unit=item.unit,
        comparator=item.comparator,
        kind=_kind(clean, item),
        quote=_with_verb(text, clean, item),
        level=_level_of(clean, item),
    )


def clauses(text: str) -> list[str]:
    """The text cut at commas, semicolons and full stops outside quotation marks and brackets."""
    hidden = _QUOTED.sub(lambda match: "□" * len(match.group()), text)
    hidden = re.sub(r"[（(][^（()）]*[)）]", lambda match: "□" * len(match.group()), hidden)
    cuts = [match.start() for match in re.finditer(r"[，,；;。\n]", hidden)]
    bounds = [-1, *cuts, len(text)]
    pieces = [text[left + 1 : right].strip() for left, right in pairwise(bounds)]
    return [piece for piece in pieces if piece]


def measure_of(text: str) -> str | None:
    """The measure that all of a text names: 个, （座）; ``None`` for other words."""
    measure = scaled_measure(text)
    return measure[1] if measure else None


def scaled_measure(text: str) -> tuple[Decimal, str] | None:
    """The measure that all of a text names and how many of it one is: 万人 is (10000, 人)."""
    match = re.fullmatch(rf"\s*[（(]?\s*(万|亿|千|百)?\s*({_MEASURES}|%|‰)\s*[)）]?\s*", text)
    if match is None:
        return None
    return Decimal(_SCALES[match.group(1) or ""]), words.NOUN_MEASURES.get(match.group(2), match.group(2))


def levels_in(text: str) -> list[str]:
    """The levels that brackets name, in order: （市级、区级)."""
    found = re.findall(
        _LEVELS,
        " ".join(m.group() for m in re.finditer(rf"[（(][^（()）]*(?:{_LEVELS})[^（()）]*[)）]", text)),
    )
    return list(dict.fromkeys(found)) if _level_brackets(text) else []


def alike(one: str, other: str) -> bool:
    """True when two measures may stand for one another (名 and 人, 个 and 家)."""
    return one == other or any(one in group and other in group for group in words.ALIKE_MEASURES)


def divisible(unit: str) -> bool:
    """True for measures that may have a decimal part: lengths, areas, money, shares."""
    return unit in words.DIVISIBLE


def _level_brackets(text: str) -> bool:
    return bool(_LEVEL_ONLY.search(text) or re.search(rf"[（(](?:{_LEVELS})\s*\d", text))


def _clean(text: str) -> str:
    """Same length as ``text``: wide digits narrow, names in quotation marks and spaces in numbers hidden."""
    clean = text.translate(_WIDE)
    clean = _QUOTED.sub(lambda match: "“" + "□" * (len(match.group()) - 2) + "”", clean)
    return clean.replace("*", " ").replace("\u00a0", " ").replace("\u3000", " ")


def _scan(clean: str) -> list[Found]:
    found: list[Found] = []
    position = 0
    while match := _QUANTITY.search(clean, position):
        item = _found(clean, match)
        position = match.end() if item else match.start("number") + _step(match)
        if item:
            found.append(item)
    ends = [item.start for item in found[1:]] + [len(clean)]
    return [replace(item, limit=end) for item, end in zip(found, ends[: len(found)], strict=True)]


def _step(match: re.Match[str]) -> int:
    """Past the digits that were refused, so that no tail of them is read (2024年 gives no 24)."""
    return max(1, len(match.group("number")))


def _found(clean: str, match: re.Match[str]) -> Found | None:
    number, unit = match.group("number"), _unit(clean, match)
    start = match.start("lower") if match.group("lower") else match.start("number")
    if unit is None or _refused(clean, match, start):
        return None
    number, start = _after_numbering(clean, number, unit, start, bool(match.group("lower")))
    value = decimal_of(match.group("lower").rstrip("-－—~～至到个名家") if match.group("lower") else number)
    value *= _SCALES[match.group("scale") or ""]
    if unit.startswith(("亿", "万")):
        value, unit = value * _SCALES[unit[0]], unit[1:]
    before = _comparator_before(clean, start)
    return Found(
        quantity=value.normalize() if value % 1 else value.quantize(Decimal(1)),
        unit=unit,
        comparator=_comparator(before, match),
        quote=clean[start - len(before) : match.end()],
        start=start - len(before),
        end=match.end(),
        bracket=_in_bracket(clean, start),
        each=_each(clean, start - len(before)),
    )


def _unit(clean: str, match: re.Match[str]) -> str | None:
    """The base unit, ``None`` where no quantity stands (3个月, 12345热线)."""
    if match.group("percent"):
        return "百分点" if "点" in match.group("percent") else match.group("percent")
    if match.group("unit"):
        return _measured(clean, match)
    scaled = bool(match.group("scale"))
    if match.group("slip") or match.group("people"):
        plain = match.group("number") not in words.HOTLINES and match.group("number")[0].isdigit()
        return "人" if plain or scaled else None
    return "个" if match.group("number")[0].isdigit() else None


def _measured(clean: str, match: re.Match[str]) -> str | None:
    unit, rest = match.group("unit"), clean[match.end("unit") :]
    if unit == "个" and rest.startswith(words.TIME_AFTER_GE):
        return None
    if (unit == "期" and rest.startswith(("工程", "项目", "建设"))) or (
        unit == "度" and rest[:1] in ("电", "假")
    ):
        return None  # 2期工程 is a name
    base = words.NOUN_MEASURES.get(unit, unit)
    alternative = match.group("alternative")
    return f"{base}({alternative.strip()[1:-1]})" if alternative else base


def _refused(clean: str, match: re.Match[str], start: int) -> bool:
    before = clean[:start]
    number = match.group("number")
    if not number[0].isdigit():
        return _is_set_phrase(before, number, match)
    if re.search(r"第\s*$", before) or re.search(r"[A-Za-z0-9.+][-]?$", before):
        return True  # an ordinal, a road or a version: 第50次, G60, 5G+3
    if re.search(r"\d\s*[-－—~～至到]\s*$", before) and not match.group("lower"):
        return True
    return match.group("percent") is None and number in words.HOTLINES and not match.group("unit")


def _is_set_phrase(before: str, number: str, match: re.Match[str]) -> bool:
    """百场 is a quantity; 五个中心, 一网, 十五五 are not; 一所 is one only after a building verb."""
    if match.group("percent") or match.group("people") or match.group("noun") or match.group("slip"):
        return True
    if before.endswith(("第", "十", "百", "千", "万", "“", "之", "每", "同", "任", "上", "下", "“□")):
        return True
    if chinese_value(number) is None:
        return True
    if number[0] in "十百千" or len(number) > 1:
        small_ten = number == "十" and match.group("unit") in ("个", "项", "件", "条")
        return small_ten and not before.endswith(words.BUILDING_VERBS)
    return bool(match.group("scale") is None and not before.endswith(words.BUILDING_VERBS)) or (
        match.group("unit") in ("批", "次", "项", "件", "对", "面", "部", "道", "口")
    )


def _after_numbering(clean: str, number: str, unit: str, start: int, ranged: bool) -> tuple[str, int]:
    """``1.3个公园`` at the beginning of a clause is item 1 with 3个, since half a park cannot be."""
    begins = not clean[:start].strip() or clean[:start].rstrip()[-1:] in "。；;\n:"
    if (
        "." in number
        and not ranged
        and begins
        and not divisible(unit)
        and clean[start + len(number)] not in "万亿千百"
    ):
        head = number.index(".") + 1
        return number[head:], start + head
    return number, start


def _comparator_before(clean: str, start: int) -> str:
    match = re.search(rf"(?:{_BEFORE_WORDS})\s*$", clean[:start])
    return match.group() if match else ""


def _comparator(before: str, match: re.Match[str]) -> str:
    after = (match.group("after") or "").lstrip("及或")
    if before.strip():
        return _BEFORE[before.strip()]
    if after:
        return _AFTER[after]
    return ">=" if match.group("more") or match.group("lower") else "="


def _in_bracket(clean: str, start: int) -> bool:
    opened = max(clean.rfind("（", 0, start), clean.rfind("(", 0, start))
    closed = max(clean.rfind("）", 0, start), clean.rfind(")", 0, start))
    return opened > closed


def _each(clean: str, start: int) -> int:
    """How many things ``各`` before the number speaks of: 开工、竣工各100万平方米 is two."""
    before = clean[:start].rstrip()
    if not before.endswith("各"):
        return 1
    return len(_coordinated(before[:-1]))


def _coordinated(text: str) -> list[str]:
    clause = re.split(r"[，,；;。:：]", text)[-1]
    parts = [part for part in re.split(r"[、和及与]", clause) if part]
    return parts or [""]


def _without_parts(clean: str, found: list[Found]) -> list[Found]:
    """Leave out what is a part of a total before it: （其中…3个）, 3个（含1个…）, 20%点位(12个) keeps 12个."""
    kept: list[Found] = []
    for index, item in enumerate(found):
        following = found[index + 1] if index + 1 < len(found) else None
        if not _is_part(clean, item, kept) and not _restated(clean, item, following):
            kept.append(item)
    return kept


def _is_part(clean: str, item: Found, kept: list[Found]) -> bool:
    sentence = max(clean.rfind(mark, 0, item.start) for mark in "。；;\n")
    earlier = [one for one in kept if one.start > sentence and one.unit == item.unit]
    between = clean[earlier[0].end : item.start] if earlier else ""
    if item.bracket and [one for one in earlier if not one.bracket]:
        return True
    return any(re.search(rf"(?:^|[，,（(、;；]){word}", between) for word in words.PART_WORDS)


def _restated(clean: str, item: Found, following: Found | None) -> bool:
    """A share that a figure in brackets restates: 完成20%点位(12个)."""
    if item.unit != "%" or following is None or not following.bracket:
        return False
    return bool(re.fullmatch(r"[^，,。；;]*[（(]\s*", clean[item.end : following.start]))


def _is_share(clean: str, item: Found) -> bool:
    """完成年度目标的34%, 占全年目标32%: a share of the target, not a figure of its own."""
    if item.unit not in ("%", "‰"):
        return False
    clause = re.split(r"[，,；;。]", clean[: item.start])[-1]
    return any(word in clause for word in words.SHARE_WORDS) or "占" in clause


def _level_of(clean: str, item: Found) -> tuple[str, ...]:
    """The level written straight before the number (市级2家) or in the next bracket of levels."""
    before = re.search(rf"({_LEVELS})\s*(?:各)?$", clean[: item.start])
    if before:
        return (before.group(1),)
    after = _LEVEL_ONLY.search(clean, item.end)
    return tuple(re.findall(_LEVELS, after.group(1))) if after else ()


def _kind(clean: str, item: Found) -> str:
    clause = re.split(r"[，,；;。]", clean[: item.start])[-1] + clean[item.start : item.end]
    tail = re.split(r"[，,；;。、]", clean[item.end :])[0]
    if item.comparator in ("<=", "<"):
        return "upper_bound"
    if item.unit in ("%", "‰", "百分点"):
        return _share_kind(clause, tail)
    if "全覆盖" in tail:
        return "coverage"
    reached = re.search(rf"(?:{'|'.join(words.LEVEL_WORDS)})\s*(?:到)?$", clean[: item.start])
    return "level" if reached else "delivery"


def _share_kind(clause: str, tail: str) -> str:
    if any(word in clause + tail for word in words.COVERAGE_WORDS):
        return "coverage"
    return "growth" if any(word in clause for word in words.GROWTH_WORDS) else "rate"


def _subjects(text: str, item: Found) -> list[str]:
    """What is counted; several where 各 shares one number out."""
    if item.each > 1:
        return [_trimmed(part) for part in _coordinated(text[: item.start].rstrip()[:-1])]
    return [_noun_after(text, item) or _staged(text, item)]


def _noun_after(text: str, item: Found) -> str:
    if item.bracket:
        return ""
    rest = re.sub(r"[（(][^（()）]*[)）]?", "", text[item.end : item.limit])
    return _trimmed(re.sub(r"[和及与]$", "", re.split(r"[，,；;。、\n]", rest)[0]))


def _staged(text: str, item: Found) -> str:
    """The noun before the number; a stage of the same thing (新增400台、完工200台) names the thing and the stage."""
    verb = _verb_before(text, item.start)
    noun = _noun_before(text, item)
    if noun not in (verb, ""):
        noun = noun.removesuffix(verb) or noun
    else:
        noun = _thing_before(text, item.start)
    return f"{noun}({verb})" if noun and verb else noun or verb


def _thing_before(text: str, start: int) -> str:
    """What the sentence speaks of before its first figure."""
    sentence = re.split(r"[；;。\n]", text[:start])[-1]
    thing = re.split(r"\d|[，,、]", sentence)[0]
    return _trimmed(re.sub(rf"(?:{_VERBS})$", "", thing.strip()))


def _noun_before(text: str, item: Found) -> str:
    numbering = leading_number(text)
    end = max(text.rfind("（", 0, item.start), text.rfind("(", 0, item.start)) if item.bracket else item.start
    clause = re.split(r"[，,；;。\n]", text[numbering[1] if numbering else 0 : end])[-1]
    pieces = [piece for piece in re.split(r"[、（()）]|\d+[^\d、]{0,2}", clause) if _trimmed(piece)]
    return _trimmed(pieces[-1]) if pieces else ""


def _trimmed(text: str) -> str:
    """The noun without spaces, quotation marks, numbering and the verb in front of it."""
    bare = re.sub(r"[\s“”‘’*]", "", text)
    bare = re.sub(rf"^(?:的|{_VERBS})(?:或(?:{_VERBS}))?(?=.{{2}})", "", bare)
    return re.sub(r"[各为达到]+$", "", bare)


def _report_subject(text: str, item: Found) -> str:
    """For a report the stage says more than the noun before it: 新增41台 is 新增."""
    return _noun_after(text, item) or _verb_before(text, item.start) or _noun_before(text, item)


def _verb_before(clean: str, start: int) -> str:
    match = re.search(rf"(?:{_VERBS})$", clean[:start].rstrip())
    return match.group() if match else ""


def _with_verb(text: str, clean: str, item: Found) -> str:
    """The words as issued: the verb or level straight before, the number, its measure."""
    head = _verb_before(clean, item.start)
    level = re.search(rf"(?:{_LEVELS})$", clean[: item.start])
    head = head or (level.group() if level else "")
    start = clean.rfind(head, 0, item.start) if head else item.start
    return re.sub(r"\s+", "", text[start : item.end].replace("*", ""))
