"""Quantities out of wording: how much of what, with comparator, kind, level and the words it was read from."""

from __future__ import annotations

import re

from intake import words
from intake.draft import IndicatorDraft, QuantityDraft
from intake.english import in_english
from intake.numerals import leading_number
from intake.promises import promised, reported
from intake.quantities_en import read_english_indicators, read_english_quantities
from intake.quantity_scan import (
    MEASURES_PATTERN,
    SENTENCE,
    Found,
    clean_text,
    coordinated,
    scan,
    sentence_before,
)

_VERBS = "|".join(sorted(words.numbers.VERBS, key=len, reverse=True))
_EMPTY_VERBS = "|".join(sorted(words.numbers.EMPTY_VERBS, key=len, reverse=True))
_LEVELS = "|".join(words.units.LEVELS)
_VERB_ENDINGS = tuple(words.numbers.VERBS)
_VERB_AT_END = re.compile(rf"(?:{_VERBS})$")
_VERBS_ALONE = re.compile(rf"(?:{_VERBS})+")
_LEVEL = re.compile(_LEVELS)
_LEVEL_AT_END = re.compile(rf"(?:{_LEVELS})$")
_LEVEL_BEFORE = re.compile(rf"({_LEVELS})\s*(?:各)?$")
_LEVELS_IN_BRACKETS = re.compile(rf"[（(][^（()）]*(?:{_LEVELS})[^（()）]*[)）]")
_LEVEL_AND_FIGURE = re.compile(rf"[（(](?:{_LEVELS})\s*\d")
_IS_LEVEL = re.compile(rf"(?:{'|'.join(words.numbers.LEVEL_WORDS)})\s*(?:到)?$")
_CLAUSE_ENDS = re.compile(r"[，,；;。]")
_LINE_ENDS = re.compile(r"[，,；;。\n]")
_TAIL_ENDS = re.compile(r"[，,；;。、]")
_NOUN_ENDS = re.compile(r"[，,；;。、\n]")
_SENTENCE_ENDS = re.compile(r"[；;。\n]")
_THING_ENDS = re.compile(r"\d|[，,、]")
_NEAR = 20  # characters before a figure in which a verb or level stands
_SPACES = re.compile(r"\s+")
_BRACKET = re.compile(r"[（(][^（()）]*[)）]?")
_AND_AT_END = re.compile(r"[和及与]$")
_PIECES = re.compile(rf"[、（()）]|(?<![A-Za-z0-9])\d[\d.]*\s*(?:[万亿]?(?:{MEASURES_PATTERN})|[%‰])")
_RAISED_TO = re.compile(rf"{'|'.join(words.numbers.RAISED)}|[到至为和及与]")
_TRIMMED = tuple(
    re.compile(pattern)
    for pattern in (
        r"[\s“”‘’*①-⑳]|^\s*\d{1,2}[.．、](?!\d)",
        r"^(?:[等为对](?=.{4})|基本|全部|全面)",
        rf"^(?:的|{_EMPTY_VERBS})(?:[或和及与](?:{_VERBS}))?(?!后)(?=.{{2}})",
        r"(?<=.{3})(?:从|由)(?:每[人户月年])*$",
        r"[各为达到]+$",
    )
)
_LEVEL_ONLY = re.compile(rf"[（(]\s*((?:{_LEVELS})(?:\s*[、,，/和]\s*(?:{_LEVELS}))*)\s*[)）]")


def read_indicators(text: str, year: int | None = None) -> list[IndicatorDraft]:
    """The promises in the wording of a task, in order, in base units (1.6万名 is 16000 名).

    Dates, names in quotation marks, ordinals, versions, hotlines and set phrases with small Chinese numerals
    are no promises; nor is what stands beside a promise (``promises``). ``year`` is the plan's.
    """
    if in_english(text):
        return read_english_indicators(text)
    clean = clean_text(text)
    found = promised(clean, scan(clean), year)
    return [_indicator(text, clean, item, subject) for item in found for subject in _subjects(text, item)]


def read_quantities(text: str) -> list[QuantityDraft]:
    """The figures of a month's target or of a report, in order; shares of a target are no figures."""
    if in_english(text):
        return read_english_quantities(text)
    clean = clean_text(text)
    found = [item for item in scan(clean) if not _is_share(clean, item)]
    return [
        QuantityDraft(_report_subject(text, item), item.quantity, item.unit, _with_verb(text, clean, item))
        for item in reported(clean, found)
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


def levels_in(text: str) -> list[str]:
    """The levels that brackets name, in order: （市级、区级)."""
    if not _level_brackets(text):
        return []
    return list(dict.fromkeys(_LEVEL.findall(" ".join(_LEVELS_IN_BRACKETS.findall(text)))))


def _level_brackets(text: str) -> bool:
    return bool(_LEVEL_ONLY.search(text) or _LEVEL_AND_FIGURE.search(text))


def _is_share(clean: str, item: Found) -> bool:
    """完成年度目标的34%, 占全年目标32%: a share of the target, not a figure of its own."""
    if item.unit not in ("%", "‰"):
        return False
    clause = _CLAUSE_ENDS.split(sentence_before(clean, item.start))[-1]
    return any(word in clause for word in words.progress.SHARE_WORDS) or "占" in clause


def _level_of(clean: str, item: Found) -> tuple[str, ...]:
    """The level written straight before the number (市级2家) or in the next bracket of levels."""
    before = _LEVEL_BEFORE.search(sentence_before(clean, item.start))
    if before:
        return (before.group(1),)
    after = _LEVEL_ONLY.search(clean, item.end, item.end + SENTENCE)
    return tuple(_LEVEL.findall(after.group(1))) if after else ()


def _kind(clean: str, item: Found) -> str:
    tail = _TAIL_ENDS.split(clean[item.end :], 1)[0]
    if item.comparator in ("<=", "<"):
        return "upper_bound"
    if item.unit in ("%", "‰", "百分点"):
        return _share_kind(
            _CLAUSE_ENDS.split(sentence_before(clean, item.start))[-1] + clean[item.start : item.end], tail
        )
    if "全覆盖" in tail:
        return "coverage"
    return "level" if _IS_LEVEL.search(sentence_before(clean, item.start)) else "delivery"


def _share_kind(clause: str, tail: str) -> str:
    if any(word in clause + tail for word in words.numbers.COVERAGE_WORDS):
        return "coverage"
    return "growth" if any(word in clause for word in words.numbers.GROWTH_WORDS) else "rate"


def _subjects(text: str, item: Found) -> list[str]:
    """What is counted; several where 各 shares one number out."""
    if item.each > 1:
        return [_trimmed(part) for part in coordinated(text[: item.start].rstrip()[:-1])]
    after = _noun_after(text, item)
    return [_staged(text, item) if not after or after in words.numbers.COVERAGE_WORDS else after]


def _noun_after(text: str, item: Found) -> str:
    if item.bracket:
        return ""
    rest = _BRACKET.sub("", text[item.end : item.limit])
    return _trimmed(_AND_AT_END.sub("", _NOUN_ENDS.split(rest, 1)[0]))


def _staged(text: str, item: Found) -> str:
    """The noun before the number; a stage of the same thing (新增400台、完工200台) names the thing and the stage."""
    verb = _verb_before(text, item.start)
    noun = _noun_before(text, item)
    if verb not in words.numbers.STAGE_VERBS and _VERBS_ALONE.fullmatch(noun or verb):
        thing = _thing_before(text, item.start)
        return f"{thing}({noun or verb})" if thing and not thing.endswith(noun or verb) else noun or verb
    if verb not in words.numbers.STAGE_VERBS:
        return noun or verb
    known = noun not in (verb, "")
    noun = noun.removesuffix(verb) or noun if known else _thing_before(text, item.start)
    return f"{noun}({verb})" if noun and verb else noun or verb


def _thing_before(text: str, start: int) -> str:
    """What the sentence speaks of before its first figure."""
    sentence = _SENTENCE_ENDS.split(sentence_before(text, start))[-1]
    thing = _THING_ENDS.split(sentence, 1)[0]
    return _trimmed(_VERB_AT_END.sub("", thing.strip()))


def _noun_before(text: str, item: Found) -> str:
    numbering = leading_number(text)
    end = max(text.rfind("（", 0, item.start), text.rfind("(", 0, item.start)) if item.bracket else item.start
    clause = _LINE_ENDS.split(text[max(numbering[1] if numbering else 0, end - SENTENCE) : end])[-1]
    for piece in reversed(_PIECES.split(clause)):
        noun = _trimmed(piece)
        if _RAISED_TO.sub("", noun):
            return noun
    return ""


def _trimmed(text: str) -> str:
    """The noun without spaces, quotation marks, numbering and the verb in front of it."""
    for pattern in _TRIMMED:
        if not text:
            break
        text = pattern.sub("", text)
    return text


def _report_subject(text: str, item: Found) -> str:
    """For a report the stage says more than the noun before it: 新增41台 is 新增."""
    return _noun_after(text, item) or _verb_before(text, item.start) or _noun_before(text, item)


def _verb_before(clean: str, start: int) -> str:
    before = sentence_before(clean, start).rstrip()
    match = _VERB_AT_END.search(before[-_NEAR:]) if before.endswith(_VERB_ENDINGS) else None
    return match.group() if match else ""


def _with_verb(text: str, clean: str, item: Found) -> str:
    """The words as issued: the verb or level straight before, the number, its measure."""
    level = _LEVEL_AT_END.search(clean[max(0, item.start - _NEAR) : item.start])
    head = _verb_before(clean, item.start) or (level.group() if level else "")
    start = clean.rfind(head, 0, item.start) if head else item.start
    return _SPACES.sub("", text[start : item.end].replace("*", ""))
