"""The automatic numbers of Word paragraphs (一、 1. （1）), which are shown but stored nowhere as text.

A 序号 column is often numbered so; without this its cells would be empty. ECMA-376 part 1, 17.9.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from docx.oxml.ns import qn
from lxml import etree

_LEVELS = 9
_DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: where it starts, how a number is written, and the text around it (``%1、``)."""

    start: int = 1
    form: str = "decimal"
    text: str = ""


@dataclass(slots=True)
class Numbering:
    """The lists of one document and how far each has been counted; call ``label`` in reading order."""

    levels: Mapping[str, Mapping[int, Level]] = field(default_factory=dict)  # by w:numId
    abstract: Mapping[str, str] = field(default_factory=dict)  # w:numId → the definition it counts with
    styles: Mapping[str, tuple[str, int]] = field(default_factory=dict)  # style → (w:numId, level)
    counts: dict[str, list[int]] = field(default_factory=dict)

    def label(self, paragraph: etree._Element) -> str:
        """Return the number that is shown before the paragraph, and count on; empty where there is none."""
        number, depth = self._list_of(paragraph)
        level = self.levels.get(number, {}).get(depth)
        if level is None or level.form in ("bullet", "none"):
            return ""
        counts = self._count(number, depth)
        text = level.text
        for index in range(_LEVELS):
            shown = self.levels[number].get(index, Level())
            text = text.replace(f"%{index + 1}", written(counts[index] or shown.start, shown.form))
        return text

    def _list_of(self, paragraph: etree._Element) -> tuple[str, int]:
        properties = paragraph.find(qn("w:pPr"))
        if properties is None:
            return "", 0
        style = properties.find(qn("w:pStyle"))
        number, depth = self.styles.get(_value(style), ("", 0))
        own = properties.find(qn("w:numPr"))
        if own is not None:
            number = _value(own.find(qn("w:numId"))) or number
            depth = _int(_value(own.find(qn("w:ilvl"))), depth)
        return number, depth

    def _count(self, number: str, depth: int) -> list[int]:
        counts = self.counts.setdefault(self.abstract.get(number, number), [0] * _LEVELS)
        level = self.levels[number][depth]
        counts[depth] = counts[depth] + 1 if counts[depth] else level.start
        counts[depth + 1 :] = [0] * (_LEVELS - depth - 1)
        return counts


def read_numbering(numbering: etree._Element | None, styles: etree._Element | None) -> Numbering:
    """Return the lists that the numbering part and the styles part of a document define."""
    if numbering is None:
        return Numbering()
    definitions = {
        _attribute(definition, "w:abstractNumId"): _levels(definition)
        for definition in numbering.iter(qn("w:abstractNum"))
    }
    levels: dict[str, Mapping[int, Level]] = {}
    abstract: dict[str, str] = {}
    for number in numbering.iter(qn("w:num")):
        key, definition = _attribute(number, "w:numId"), _value(number.find(qn("w:abstractNumId")))
        starts = _overridden_starts(number)
        own = definitions.get(definition, {})
        levels[key] = {
            i: Level(starts.get(i, level.start), level.form, level.text) for i, level in own.items()
        }
        abstract[key] = f"own {key}" if starts else definition
    return Numbering(levels, abstract, _numbered_styles(styles))


def _levels(definition: etree._Element) -> dict[int, Level]:
    found: dict[int, Level] = {}
    for level in definition.iter(qn("w:lvl")):
        depth = _int(_attribute(level, "w:ilvl"), _LEVELS)
        if depth < _LEVELS:
            found[depth] = Level(
                _int(_value(level.find(qn("w:start"))), 1),
                _value(level.find(qn("w:numFmt"))) or "decimal",
                _value(level.find(qn("w:lvlText"))),
            )
    return found


def _overridden_starts(number: etree._Element) -> dict[int, int]:
    starts: dict[int, int] = {}
    for override in number.iter(qn("w:lvlOverride")):
        start = override.find(qn("w:startOverride"))
        if start is not None:
            starts[_int(_attribute(override, "w:ilvl"), 0)] = _int(_value(start), 1)
    return starts


def _numbered_styles(styles: etree._Element | None) -> dict[str, tuple[str, int]]:
    found: dict[str, tuple[str, int]] = {}
    for style in styles.iter(qn("w:style")) if styles is not None else ():
        own = style.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        if own is not None:
            depth = _int(_value(own.find(qn("w:ilvl"))), 0)
            found[_attribute(style, "w:styleId")] = (_value(own.find(qn("w:numId"))), depth)
    return found


def written(number: int, form: str) -> str:
    """Return a number in a form of Word: ``decimal`` 12, ``chineseCounting`` 十二, ``lowerLetter`` l …"""
    writer = _WRITERS.get(form)
    return writer(number) if writer is not None and 0 < number < 10_000 else str(number)


def _chinese(number: int) -> str:
    text = ""
    for power, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, power)
        if digit:
            text += _DIGITS[digit] + name
        elif text and number and not text.endswith("零"):
            text += "零"
    return text.removeprefix("一") if text.startswith("一十") else text


def _letters(number: int) -> str:
    # After z comes aa, then bb: one letter repeated.
    return chr(97 + (number - 1) % 26) * ((number - 1) // 26 + 1)


def _roman(number: int) -> str:
    text = ""
    for value, letters in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        "m cm d cd c xc l xl x ix v iv i".split(),
        strict=True,
    ):
        count, number = divmod(number, value)
        text += letters * count
    return text


_WRITERS: Mapping[str, Callable[[int], str]] = {
    **dict.fromkeys(
        ("chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCountingThousand"),
        _chinese,
    ),
    "decimalZero": lambda number: f"{number:02d}",
    "decimalEnclosedCircle": lambda number: chr(0x245F + number) if number <= 20 else str(number),
    "decimalEnclosedCircleChinese": lambda number: chr(0x245F + number) if number <= 20 else str(number),
    "lowerLetter": _letters,
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
}


def _value(element: etree._Element | None) -> str:
    return "" if element is None else _attribute(element, "w:val")


def _attribute(element: etree._Element, name: str) -> str:
    return str(element.get(qn(name), ""))


def _int(text: str, default: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 8 else default
