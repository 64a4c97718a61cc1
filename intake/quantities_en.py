"""Quantities out of English wording: 250 new homes, at least 95%, reduce by 10%, £1.2m, two new parks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from intake import words
from intake.draft import IndicatorDraft, QuantityDraft
from intake.english import in_english

_EN = words.english_numbers
_CURRENCY = "|".join(re.escape(one) for one in sorted(_EN.CURRENCIES, key=len, reverse=True))
_SCALE = "|".join(sorted(_EN.SCALES, key=len, reverse=True))
_FIGURE = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_QUANTITY = re.compile(
    rf"(?<![\w.,:/'’+-])(?P<currency>{_CURRENCY})?\s?(?:(?P<lower>{_FIGURE})\s?[-–]\s?(?={_CURRENCY}|\d))?"
    rf"(?:{_CURRENCY})?(?P<number>{_FIGURE}|(?:{'|'.join(_EN.NUMBER_WORDS)})(?=\s))(?!\.?\d)"
    rf"(?:\s?(?P<scale>{_SCALE})\b)?(?P<plus>\+)?(?:\s?(?P<percent>%|per\s?cent\b|percentage points\b))?",
    re.I,
)
_BEFORE = {word: sign for sign, before, _ in _EN.COMPARATORS for word in before}
_AFTER = {word: sign for sign, _, after in _EN.COMPARATORS for word in after}
_SIGNED = {"≥": ">=", ">=": ">=", "≤": "<=", "<=": "<=", ">": ">", "<": "<"}
_COMPARATOR = re.compile(
    rf"(?:\b(?P<word>{'|'.join(re.escape(one) for one in sorted(_BEFORE, key=len, reverse=True))})|(?P<sign>{'|'.join(_SIGNED)}))\s*(?:an?\s+)?(?:additional\s+|further\s+|extra\s+)?$",
    re.I,
)
_TAIL = re.compile(rf"\s*(?P<word>{'|'.join(_AFTER)})\b", re.I)
_TOKEN = re.compile(r"[A-Za-z0-9²³&'’/-]+|[^\sA-Za-z0-9]")
_LONGEST_NAME = 7  # words of what is counted


@dataclass(frozen=True, slots=True)
class Figure:
    """One quantity with its span; ``unit`` is the noun that it counts, ``%`` or the currency."""

    quantity: Decimal
    unit: str
    subject: str
    comparator: str
    start: int
    end: int
    growth: bool = False


def read_english_indicators(text: str) -> list[IndicatorDraft]:
    """The promises in the wording of a task, in order. Years, names (Phase 2, A406), spans of time and ages are none."""
    return [
        IndicatorDraft(
            subject=one.subject,
            quantity=one.quantity,
            unit=one.unit,
            comparator=one.comparator,
            kind=_kind(text, one),
            quote=text[one.start : one.end].strip(),
        )
        for one in figures_in(text)
    ]


def read_english_quantities(text: str) -> list[QuantityDraft]:
    """The figures of a milestone or of a report, in order."""
    return [
        QuantityDraft(one.subject, one.quantity, one.unit, text[one.start : one.end].strip())
        for one in figures_in(text)
    ]


def indicators_of_measures(texts: list[str]) -> list[IndicatorDraft]:
    """A target without a noun beside the measure that it is of: Number of homes improved, 250."""
    bare = [text for text in texts if re.fullmatch(_FIGURE, text)]
    named = [text for text in texts if in_english(text)]
    if len(bare) != 1 or len(named) != 1:
        return []
    share = re.search(r"%|\bper\s?cent|\bpercentage|\bproportion|\bshare", named[0], re.I)
    measured = re.sub(r"^(?:the\s+)?(?:total\s+)?(?:number|no\.?)\s+of\s+", "", named[0], flags=re.I)
    unit = "%" if share else _noun(measured)[0]
    if not unit:
        return []
    quantity = Decimal(bare[0].replace(",", ""))
    return [IndicatorDraft(named[0], quantity, unit, kind="rate" if share else "delivery", quote=bare[0])]


def figures_in(text: str) -> list[Figure]:
    """All quantities of a text; of from 40 to 60 only what is to be reached."""
    found = [figure for match in _QUANTITY.finditer(text) if (figure := _figure(text, match))]
    return [
        one
        for index, one in enumerate(found)
        if not _left_behind(text, one) and not (index and _concerned(text, one))
    ]


def _figure(text: str, match: re.Match[str]) -> Figure | None:
    number = match.group("number").lower()
    written = number in _EN.NUMBER_WORDS
    start = match.start("number") if not match.group("currency") else match.start("currency")
    start = match.start("lower") if match.group("lower") and not match.group("currency") else start
    if _is_name(text, match, start, written):
        return None
    unit, subject, end = _counted(text, match)
    if not unit or (written and not _acts_on(text, start)):
        return None
    value = (
        Decimal(_EN.NUMBER_WORDS[number])
        if written
        else Decimal((match.group("lower") or number).replace(",", ""))
    )
    value *= _EN.SCALES[match.group("scale").lower()] if match.group("scale") else 1
    comparator, begin = _comparator(text, start, end, match)
    return Figure(
        value.normalize() if value % 1 else value.quantize(Decimal(1)), unit, subject, comparator, begin, end
    )


def _is_name(text: str, match: re.Match[str], start: int, written: bool) -> bool:
    """A year, an ordinal, the number of a section, a road, a date, or the first half of 24/7 and 5-year."""
    before = re.search(r"([A-Za-z-]+)\.?\s*$", text[:start])
    after = text[match.end() :]
    if re.match(r"[/:’'_]\w|-[A-Za-z]|[A-Za-z]|\s?[-–]\s?\d", after) and not match.group("percent"):
        return True
    if match.group("percent") or match.group("currency"):
        return False
    if before and before.group(1).lower() in _EN.NAMES_BEFORE and not written:
        return before.group(1).lower() not in ("from", "target", "plan")
    bare = match.group("number")
    following = re.match(r"\s*([A-Za-z'’-]+)", after)
    if following and following.group(1).lower() in _EN.TIME:
        return True
    year = re.fullmatch(r"(?:19|20)\d\d", bare) is not None and not match.group("scale")
    return year and not (_noun(after)[0] and not _dated(text, start))


def _dated(text: str, start: int) -> bool:
    """In 2030, the 2021 census, 2025 targets: a year; 2000 trees is a number of trees."""
    before = re.search(r"([A-Za-z]+)\s*$", text[:start])
    word = before.group(1).lower() if before else ""
    return (
        word in _EN.YEAR_BEFORE
        or word in ("the", "our", "zero", "this")
        or word[:3] in "jan feb mar apr may jun jul aug sep oct nov dec".split()
        or not _acts_on(text, start)
    )


def _acts_on(text: str, start: int) -> bool:
    """The clause before a figure has an act, or nothing, or a comparator stands before the figure."""
    clause = re.split(r"[.;:\n]|\bby\b(?!\s*$)", text[:start])[-1]
    if not clause.strip() or _COMPARATOR.search(text[:start]):
        return True
    return any(_stem(word) in _EN.ACTS for word in re.findall(r"[a-z-]+", clause.lower()))


def _stem(word: str) -> str:
    """opened, opening and opens are open; closed is close."""
    for ending in ("ing", "ed", "es", "s", "d"):
        stem = word.removesuffix(ending)
        if stem != word and (stem in _EN.ACTS or f"{stem}e" in _EN.ACTS):
            return stem if stem in _EN.ACTS else f"{stem}e"
    return word


def _counted(text: str, match: re.Match[str]) -> tuple[str, str, int]:
    """The unit, what is counted, and where its name ends; empty where the number counts nothing."""
    if match.group("percent"):
        unit = "百分点" if "point" in match.group("percent") else "%"
        return unit, _share_of(text, match), match.end("percent")
    if match.group("currency"):
        return (
            match.group("currency"),
            "",
            match.end("scale") if match.group("scale") else match.end("number"),
        )
    tail = _TAIL.match(text[match.end() :])
    begin = match.end() + (tail.end() if tail else 0)
    each = re.match(r"\s*(per [a-z]+)", text[begin:])
    if each:
        return each.group(1), "", begin + each.end()
    unit, subject, length = _noun(text[begin:])
    return unit, subject, begin + length


def _share_of(text: str, match: re.Match[str]) -> str:
    """95% of homes is about homes."""
    after = re.match(r"\s+(?:of|in)\s+(.*)", text[match.end() :], re.S)
    return _noun(after.group(1))[1] if after else ""


def _noun(text: str) -> tuple[str, str, int]:
    """The last plural (or measure) of the words that follow a number, those words, and how far they reach."""
    names: list[re.Match[str]] = []
    for token in _TOKEN.finditer(text[:160]):
        word = token.group().lower()
        if not re.match(r"[a-z&²³]", word) or (word in _EN.STOPS and names) or len(names) >= _LONGEST_NAME:
            break
        if word in _EN.STOPS and word not in ("per",):
            break
        names.append(token)
    counted = [index for index, token in enumerate(names) if _is_plural(token.group())]
    if not counted:
        return "", "", 0
    last = counted[-1]
    subject = text[names[0].start() : names[last].end()]
    return names[last].group(), subject.strip(), names[last].end()


def _is_plural(word: str) -> bool:
    lower = word.lower()
    if lower in _EN.MEASURES:
        return True
    return (
        len(lower) > 3
        and lower.endswith("s")
        and not lower.endswith(("ss", "us", "is", "ous"))
        and lower not in _EN.NOT_COUNTED
        and lower not in _EN.TIME
    )


def _comparator(text: str, start: int, end: int, match: re.Match[str]) -> tuple[str, int]:
    """How the figure binds, and where the words that say so begin."""
    before = _COMPARATOR.search(text[:start])
    if before:
        said = before.group("word")
        return (_BEFORE[said.lower()] if said else _SIGNED[before.group("sign")]), before.start()
    for place in (match.end(), end):
        after = _TAIL.match(text[place:])
        if after:
            return _AFTER[after.group("word").lower()], start
    return (">=" if match.group("plus") or match.group("lower") else "="), start


def _left_behind(text: str, figure: Figure) -> bool:
    """Increase from 40% to 60%, up from 12 homes: where it stands so far."""
    return (
        re.search(
            r"\b(?:from|baseline:?|baseline of|currently|compared (?:to|with))\s*$",
            text[: figure.start],
            re.I,
        )
        is not None
    )


def _concerned(text: str, figure: Figure) -> bool:
    """200 trees across 5 wards: where the things are, after how many they are."""
    return (
        re.search(r"\b(?:across|covering|in|at|over|affecting)\s*$", text[: figure.start], re.I) is not None
    )


def _kind(text: str, figure: Figure) -> str:
    clause = re.split(r"[.;\n]", text[: figure.start])[-1].lower()
    if figure.comparator in ("<=", "<"):
        return "upper_bound"
    if figure.unit not in ("%", "百分点"):
        return "delivery"
    after = text[figure.end : figure.end + 20].lower()
    if any(word in clause + after for word in _EN.COVERAGE):
        return "coverage"
    grows = any(word in clause for word in _EN.GROWTH) or any(f" {word}" in after for word in _EN.GROWTH)
    return "growth" if grows and re.search(r"\bto\s*$", clause) is None else "rate"
