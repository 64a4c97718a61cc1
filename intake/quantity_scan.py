"""Where quantities stand in a text, and where only their look-alikes do."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from intake import words
from intake.numerals import SCALES, chinese_value, decimal_of, is_amount

MEASURES_PATTERN = "|".join(
    re.escape(word) for word in sorted(set(words.measures.MEASURES) - {"%", "‰"}, key=len, reverse=True)
)
_PEOPLE = "|".join(sorted(words.measures.PEOPLE, key=len, reverse=True))
_HOUSEHOLDS = "|".join(words.measures.HOUSEHOLDS)
_NOUNS = "|".join(sorted(words.measures.COUNTED_NOUNS, key=len, reverse=True))
_BEFORE = {word: sign for sign, before, _ in words.numbers.COMPARATORS for word in before}
_AFTER = {word: sign for sign, _, after in words.numbers.COMPARATORS for word in after}
_NO_ABOUT = f"[{''.join(words.numbers.NOT_ABOUT)}](?=约)"
_BEFORE_WORDS = "|".join(sorted(_BEFORE, key=len, reverse=True))
_BEFORE_ENDINGS = tuple(_BEFORE)
_AFTER_WORDS = "|".join(sorted(_AFTER, key=len, reverse=True))

# A number is begun where its digits begin, taken whole and of bounded length: in a line of nothing but digits or
# numerals a search must not try each of them.
_NUMBER = r"\d{1,3}(?:,\d{3})++(?:\.\d++)?|\d++(?:\.\d++)?"
_CHINESE_NUMBER = r"[一二两三四五六七八九]?[十百千](?:[一二三四五六七八九零十百]{0,8})|[一二两三四五六七八九]|(?<![\d一二两三四五六七八九十百千])万"
_SET_PHRASES = re.compile("|".join(words.asides.SET_PHRASES))
_ANY_NUMBER = re.compile(r"[\d一二两三四五六七八九十百千万]")
_QUANTITY = re.compile(
    rf"(?:(?<!\d)(?=\d)|(?!\d))(?P<lower>(?P<least>{_NUMBER})(?P<least_scale>[万亿])?(?:个|名|家|%)?[-－—~～至到]+)?"
    rf"(?P<number>{_NUMBER}|{_CHINESE_NUMBER})\s*(?P<early>[{''.join(words.numbers.MORE)}](?=[万亿]))?"
    rf"(?P<scale>万亿|百万|千万|亿|万|千(?![米瓦克伏])|百|十)?(?P<more>[{''.join(words.numbers.MORE)}])?\s*"
    rf"(?:(?P<percent>%|‰|个百分点|/10万)|(?=(?P<household>{_HOUSEHOLDS}))|(?=(?P<noun>{_NOUNS})(?!标))|(?P<unit>{MEASURES_PATTERN})"
    rf"|(?P<slip>{words.measures.MISSPELT_PERSON_MEASURE})(?={_PEOPLE})|(?=(?P<people>{_PEOPLE})))"
    rf"(?P<alternative>\s*[（(](?:{MEASURES_PATTERN})[)）])?"
    rf"(?P<after>(?:及|或)?(?:{_AFTER_WORDS}))?"
)
_CLAUSE_ENDS = re.compile(r"[，,；;。、]")
_LINE_ENDS = re.compile(r"[，,；;。\n]")
_CLAUSE_LINE_ENDS = re.compile(r"[，,；;。、\n]")
_ENDING = re.compile(r"\s*[、（(]|\s*$")
_LONE_YEAR = re.compile(r"20[1-4]\d")
_RUNNING = re.compile(r"0\d+")
_ORDINAL = re.compile(r"第\s*$")
_NAMED = re.compile(r"[A-Za-z0-9.+][-]?$")
_RANGE = re.compile(r"\d\s*[-－—~～至到]\s*$")
_CLOSES = re.compile(r"\s*(?:$|[，,；;。、])")
_COMPARED = re.compile(rf"(?<!{_NO_ABOUT})(?:{_BEFORE_WORDS})\s*$")
_COORDINATED_CLAUSES = re.compile(r"[，,；;。:：]")
_COORDINATION = re.compile(r"[、和及与]")
_BRACKET = re.compile(r"[（(][^（()）]*[)）]")
_MEASURE_ALONE = re.compile(rf"\s*[（(]?\s*(万|亿|千|百)?\s*({MEASURES_PATTERN}|%|‰)\s*[)）]?\s*")
_WIDE = str.maketrans("０１２３４５６７８９．％，（）：；＋", "0123456789.%,():;+")
_WIDE_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
_IN_WORDS = re.compile(r"(百|千)分之([一二三四五六七八九十百零]+|\d+(?:\.\d+)?)")
# What no amount and no sentence is as long as; every look behind or ahead of a number would go through all of it.
_ENDLESS = re.compile(r"[\d.,]{40,}|[零一二两三四五六七八九十百千万]{40,}|[^。；;\n]{2000,}")
SENTENCE = 2000  # characters that a sentence has at most
_NEAR = 200  # characters before and behind a number in which the words stand that change it
# A name in quotation marks; a passage of several clauses is none.
_QUOTED = re.compile(r"“[^”,;。]*”|‘[^’,;。]*’|《[^》]*》|「[^」]*」|\"[^\"]*\"")


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


def narrow(text: str) -> str:
    """The text with wide digits narrow; as long as before."""
    return text.translate(_WIDE_DIGITS)


def clean_text(text: str) -> str:
    """Same length as ``text``: wide digits narrow, names in quotation marks, spaces in numbers, endless runs hidden."""
    clean = _ENDLESS.sub(lambda match: "□" * len(match.group()), text.translate(_WIDE))
    clean = _IN_WORDS.sub(_in_digits, clean)
    clean = _SET_PHRASES.sub("□□□□", clean)
    clean = _QUOTED.sub(lambda match: "“" + "□" * (len(match.group()) - 2) + "”", clean)
    return clean.replace("*", " ").replace("\u00a0", " ").replace("\u3000", " ")


def _in_digits(match: re.Match[str]) -> str:
    """百分之九十 in digits, with blanks in front so that the text stays as long."""
    share = f"{decimal_of(match.group(2)):f}{'%' if match.group(1) == '百' else '‰'}"
    return share.rjust(len(match.group()))


def scan(clean: str) -> list[Found]:
    """All quantities of a text that ``clean_text`` has prepared, in order."""
    if not _ANY_NUMBER.search(clean):
        return []
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
    if unit is None or not is_amount(number) or _refused(clean, match, start):
        return None
    number, start = _after_numbering(clean, number, unit, start, bool(match.group("lower")))
    value = _value(clean, match, number)
    if unit.startswith(("亿", "万")):
        value, unit = value * SCALES[unit[0]], unit[1:]
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


def _value(clean: str, match: re.Match[str], number: str) -> Decimal:
    """The lower end of a range, since that is owed; the upper end of 从3%到5%."""
    scale = SCALES[match.group("scale") or ""]
    if match.group("lower") is None or clean[: match.start()].rstrip().endswith(("从", "由")):
        return decimal_of(number) * scale if number != "万" else Decimal(10_000)
    return decimal_of(match.group("least")) * (
        SCALES[match.group("least_scale") or ""] if match.group("least_scale") else scale
    )


def _unit(clean: str, match: re.Match[str]) -> str | None:
    """The base unit, ``None`` where no quantity stands (3个月, 12345热线)."""
    if match.group("percent"):
        return "百分点" if "点" in match.group("percent") else match.group("percent")
    if match.group("unit"):
        return _measured(clean, match)
    scaled = bool(match.group("scale"))
    if match.group("slip") or match.group("people"):
        plain = match.group("number") not in words.measures.HOTLINES and match.group("number")[0].isdigit()
        return "人" if plain or scaled else None
    if not match.group("number")[0].isdigit():
        return None
    return "户" if match.group("household") else "个"


def _measured(clean: str, match: re.Match[str]) -> str | None:
    unit, rest = match.group("unit"), clean[match.end("unit") :]
    if unit == "个" and rest.startswith(words.measures.TIME_AFTER_GE):
        return None
    if rest.startswith(words.numbers.NAMES_AFTER.get(unit, ("□",))):
        return None
    if not _stands_for_itself(clean, match, unit):
        return None
    base = words.measures.NOUN_MEASURES.get(unit, unit)
    alternative = match.group("alternative")
    return f"{base}({alternative.strip()[1:-1]})" if alternative else base


def _stands_for_itself(clean: str, match: re.Match[str], unit: str) -> bool:
    """False for measures that are part of a name or a span of time here: 80岁以上老人, 15分钟生活圈, 5类人群."""
    clause = _CLAUSE_ENDS.split(clean[max(0, match.start() - _NEAR) : match.start()])[-1]
    if unit.removeprefix("个") in words.numbers.SPANS_OF_TIME:
        bound = match.group("after") or "至" not in clause[-3:]
        if clause.endswith(words.numbers.SHORTENED) and bound:
            return True
        if unit not in words.numbers.COUNTED_ONLY_AFTER:
            return False
    needed = words.numbers.COUNTED_ONLY_AFTER.get(unit)
    many = len(match.group("number")) >= 3 or match.group("scale")
    if needed and not (many and unit == "小时") and not any(word in clause for word in needed):
        return False
    if unit == "路" and words.numbers.NAMES_AFTER["路"][0] in _rest_of_clause(clean, match.end()):
        return False
    return (
        unit not in words.numbers.ENDING_ONLY
        or _ENDING.match(_rest_of_clause(clean, match.end())) is not None
    )


def _rest_of_clause(clean: str, end: int) -> str:
    return _LINE_ENDS.split(clean[end : end + _NEAR], 1)[0]


def _refused(clean: str, match: re.Match[str], start: int) -> bool:
    before = clean[max(0, start - _NEAR) : start]
    number = match.group("number")
    if not number[0].isdigit():
        return _is_set_phrase(clean, before, match)
    if _RUNNING.fullmatch(number) or (before.endswith("前") and match.group("unit") in ("位", "名")):
        return True  # a running number or a rank: 01, 前3位
    if _LONE_YEAR.fullmatch(clean, match.start("number"), match.end("number")) and not match.group("unit"):
        return match.group("percent") is None and match.group("scale") is None  # a year whose 年 is lost
    if _ORDINAL.search(before) or _NAMED.search(before):
        return True  # an ordinal, a road or a version: 第50次, G60, 5G+3
    if _RANGE.search(before) and not match.group("lower"):
        return True
    return match.group("percent") is None and number in words.measures.HOTLINES and not match.group("unit")


def _is_set_phrase(clean: str, before: str, match: re.Match[str]) -> bool:
    """百场 is a quantity; 五个中心, 一网, 十五五, 千人计划 are not; 一所 is one only after a building verb."""
    number, unit = match.group("number"), match.group("unit")
    if number == "万":
        return unit not in words.numbers.MYRIADS_OF or not before.endswith(tuple(words.numbers.VERBS))
    if not unit or before.endswith(words.numbers.NOT_BEFORE_NUMERALS) or chinese_value(number) is None:
        return True
    if clean[match.end() :].startswith(words.numbers.NAME_ENDINGS):
        return True
    built = before.endswith(words.numbers.BUILDING_VERBS)
    if number[0] in "十百千" or len(number) > 1:
        return number == "十" and unit in words.numbers.PROGRAMME_MEASURES and not built
    if unit in words.numbers.CONCRETE_MEASURES and before.endswith(tuple(words.numbers.VERBS)):
        return False
    if unit in (*words.numbers.CONCRETE_MEASURES, *words.numbers.COUNTED_LAST) and _counts_last(
        clean, before, match.end()
    ):
        return False
    return not built or unit in words.numbers.SPOKEN_MEASURES


def _counts_last(clean: str, before: str, end: int) -> bool:
    """新建学校两所: the figure ends a clause that begins with an act and names the thing."""
    clause = _CLAUSE_LINE_ENDS.split(before)[-1]
    act = next((verb for verb in words.numbers.VERBS if clause.startswith(verb)), None)
    return bool(act) and len(clause) >= len(act or "") + 2 and _CLOSES.match(clean, end) is not None


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
    if not clean[:start].rstrip().endswith(_BEFORE_ENDINGS):
        return ""
    match = _COMPARED.search(clean, max(0, start - _NEAR), start)
    return match.group() if match else ""


def _comparator(before: str, match: re.Match[str]) -> str:
    after = (match.group("after") or "").lstrip("及或")
    if before.strip():
        return _BEFORE[before.strip()]
    if after:
        return _AFTER[after]
    return ">=" if match.group("more") or match.group("early") or match.group("lower") else "="


def _in_bracket(clean: str, start: int) -> bool:
    opened, closed = (max(clean.rfind(mark, 0, start) for mark in marks) for marks in ("（(", ")）"))
    return opened > closed


def _each(clean: str, start: int) -> int:
    """How many things ``各`` before the number speaks of: 开工、竣工各100万平方米 is two."""
    before = clean[:start].rstrip()
    if not before.endswith("各"):
        return 1
    return len(coordinated(sentence_before(before, len(before) - 1)))


def sentence_before(text: str, end: int) -> str:
    """What stands before ``end``, as far back as any sentence reaches: never all of a text of thousands."""
    return text[max(0, end - SENTENCE) : end]


def coordinated(text: str) -> list[str]:
    """The things that the last clause lists side by side (开工、竣工 are two); one empty name if it lists none."""
    clause = _COORDINATED_CLAUSES.split(text)[-1]
    parts = [part for part in _COORDINATION.split(clause) if part]
    return parts or [""]


def clauses(text: str) -> list[str]:
    """The text cut at commas, semicolons and full stops outside quotation marks and brackets."""
    hidden = _QUOTED.sub(lambda match: "□" * len(match.group()), text)
    hidden = _BRACKET.sub(lambda match: "□" * len(match.group()), hidden)
    cuts = [match.start() for match in _LINE_ENDS.finditer(hidden)]
    bounds = [-1, *cuts, len(text)]
    pieces = [text[left + 1 : right].strip() for left, right in pairwise(bounds)]
    return [piece for piece in pieces if piece]


def measure_of(text: str) -> str | None:
    """The measure that all of a text names: 个, （座）; ``None`` for other words."""
    measure = scaled_measure(text)
    return measure[1] if measure else None


def scaled_measure(text: str) -> tuple[Decimal, str] | None:
    """The measure that all of a text names and how many of it one is: 万人 is (10000, 人)."""
    match = _MEASURE_ALONE.fullmatch(text)
    if match is None:
        return None
    return Decimal(SCALES[match.group(1) or ""]), words.measures.NOUN_MEASURES.get(
        match.group(2), match.group(2)
    )


def alike(one: str, other: str) -> bool:
    """True when two measures may stand for one another (名 and 人, 个 and 家, 套 and 套(间))."""
    one, other = one.split("(")[0], other.split("(")[0]
    return one == other or any(one in group and other in group for group in words.measures.ALIKE_MEASURES)


def divisible(unit: str) -> bool:
    """True for measures that may have a decimal part: lengths, areas, money, shares."""
    return unit in words.measures.DIVISIBLE
