"""Years of the Republic (民國113年, 113年度, 113.12.31) as years of the common era: 113 is 2024."""

from __future__ import annotations

import re

from intake import words

FIRST_YEAR = 1911  # the year before year 1
_AS_YEAR = "|".join(words.traditional.AFTER_YEAR)
_AS_SPAN = "|".join(words.traditional.AFTER_SPAN)
_N = r"(?<![\d.第])(?P<year>9\d|1[0-4]\d)"  # 2001 to 2060; older years are history
_MONTH, _DAY = r"(?:1[0-2]|0?[1-9])", r"(?:3[01]|[12]\d|0?[1-9])"
_NAMED = re.compile(r"民[国國]\s*(?P<year>1[0-4]\d)(?=\s*年)")
# Written so, a number can only be a year.
_CERTAIN = re.compile(
    rf"{_N}(?=\s*年\s*(?:{_AS_YEAR}|{_MONTH}\s*月)|(?P<mark>[./-]){_MONTH}(?P=mark){_DAY}(?!\d)|\s*[-~～至]\s*1[0-4]\d\s*年)"
)
# Written so, it is a year only beside such years: 114年完成, 114.06 alone between blanks.
_LIKELY = re.compile(rf"{_N}(?=\s*年(?!\s*(?:{_AS_SPAN}))|[./](?:0[1-9]|1[0-2])(?![\d./])(?=[\s|]|$))")
_NEAR = 8  # so many years apart, numbers may speak of one programme


def years_in(text: str, *, taiwan: bool) -> list[tuple[int, int, str]]:
    """The spans of ``text`` that hold a year of the Republic, each with its year of the common era.

    Where nothing else speaks of Taiwan (``taiwan`` false), only years that are named so (民国113年) are read.
    """
    found = {match.start(): match for match in _NAMED.finditer(text)}
    if taiwan:
        certain = {match.start("year"): match for match in _CERTAIN.finditer(text)}
        years = [int(match.group("year")) for match in (*found.values(), *certain.values())]
        likely = [match for match in _LIKELY.finditer(text) if _near(int(match.group("year")), years)]
        found = {match.start("year"): match for match in likely} | certain | found
    spans = sorted(
        (match.start(), match.end(), str(int(match["year"]) + FIRST_YEAR)) for match in found.values()
    )
    return _apart(spans)


def _near(year: int, years: list[int]) -> bool:
    return any(abs(year - one) <= _NEAR for one in years)


def _apart(spans: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """民國113年度 is found as a named year and as a certain one: the longer span stays."""
    kept: list[tuple[int, int, str]] = []
    for span in spans:
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept
