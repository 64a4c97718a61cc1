"""English deadline wording to dates: 31 March 2025, 31/03/2025, Mar-25, Q3 2024/25, end of 2025, by summer 2025.

Days stand before months unless that is impossible; a date that could be read either way gives both readings. A
financial year begins with the month ``fiscal`` (4 is April) where the text speaks of one (2024/25); whether that
was needed is said by ``assumed``, because offices differ. A wording without a year is read in the plan's year.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from engine.deadlines import Wording, month_end

_MONTHS = {
    name: number
    for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)
}
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_YEAR = r"(?<![\d/.])(?P<year>20\d{2})(?![\d/]|[-–]\d)"
_SHORT = r"['’]?(?P<short>\d{2})(?![\d/])"
_FISCAL = r"(?:fy\s*)?(?P<fiscal>20\d{2})\s*[/–-]\s*(?:20)?\d{2}(?![\d/-])"
_PART = r"(?:(?P<part>(?:the\s+)?(?:end|early|mid|late|start|beginning)(?:[\s-]+of)?)[\s-]+)?"
_SEASONS = {"spring": 5, "summer": 8, "autumn": 11, "fall": 11, "winter": 2}
_OTHER_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": -12}  # a season's beginning

# The first wording that fits a place wins.
_WORDINGS: tuple[tuple[str, str], ...] = (
    ("iso", r"(?P<year>20\d{2})-(?P<number>1[0-2]|0[1-9])-(?P<day>3[01]|[12]\d|0[1-9])(?!\d)"),
    (
        "slashes",
        r"(?<![\d/.])(?P<first>[0-3]?\d)(?P<mark>[/.])(?P<second>[0-3]?\d)(?P=mark)(?P<year>20\d{2}|\d{2})(?![\d/])",
    ),
    ("day", rf"(?<!\d){_DAY}[\s-]*(?:of\s+)?{_MONTH}[\s,-]*(?:{_YEAR}|{_SHORT})?"),
    ("day", rf"\b{_MONTH}\s+{_DAY}(?!\d)(?:,?\s+{_YEAR})?"),
    (
        "quarter",
        rf"\b(?:q|quarter\s*|qtr\s*)(?P<quarter>[1-4])\b(?:[\s,-]*(?:of\s+)?(?:(?:fy\s*)?{_FISCAL}|{_YEAR}|fy\s*{_SHORT}))?",
    ),
    ("half", rf"\b(?:h|half\s*)(?P<half>[12])\b[\s,-]*(?:{_FISCAL}|{_YEAR})"),
    ("month", rf"\b{_PART}{_MONTH}[\s,-]*(?:{_YEAR}|{_SHORT})"),
    (
        "season",
        r"\b(?:early\s+|late\s+|mid-?\s*)?(?P<season>spring|summer|autumn|fall|winter)\s+(?P<year>20\d{2})(?:[/–-]\d{2})?",
    ),
    ("fiscal", rf"\b(?:financial year\s+)?{_FISCAL}"),
    ("fiscal", r"\bfy\s*(?:20)?(?P<ending>\d{2})\b"),
    ("year", rf"\b(?:(?P<part>(?:the\s+)?(?:end|mid|late|early)(?:[\s-]+of)?)[\s-]+)?{_YEAR}"),
    ("year", r"\b(?P<part>end)(?:\s+of)?(?:\s+the|\s+this)?\s+(?:calendar\s+)?year\b|\byear[\s-]end\b"),
    ("month", rf"\b{_PART}{_MONTH}(?!\w)"),
)
_LEAD_IN = re.compile(
    r"\b(?P<word>by|before|until|till|no later than|not later than|due|deadline:?|prior to|for|completed? in)\s+(?:the\s+)?$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class EnglishWording(Wording):
    """A deadline, and whether a financial year was assumed to begin with the month that was given."""

    assumed: bool = False


def read_english_deadlines(
    text: str, year: int | None, *, bare: bool = False, fiscal: int = 4, by_fiscal_year: bool = False
) -> tuple[EnglishWording, ...]:
    """All deadlines in ``text``, in order. In a running text only after by, before, until, due …

    ``bare`` is for the cell of a deadline column; ``by_fiscal_year`` says that quarters and months without a year
    belong to the financial year that begins in ``year``.
    """
    found: list[tuple[int, EnglishWording]] = []
    taken = [False] * len(text)
    for rule, pattern in _WORDINGS:
        for match in re.finditer(pattern, text, re.I):
            lead = _LEAD_IN.search(text[: match.start()])
            if any(taken[match.start() : match.end()]) or not (bare or lead or match.groupdict().get("part")):
                continue
            before = lead is not None and lead["word"].lower() in ("before", "prior to")
            wording = _wording(rule, match, _Reading(year, fiscal, by_fiscal_year, before))
            if wording:
                taken[match.start() : match.end()] = [True] * (match.end() - match.start())
                found.append((match.start(), wording))
    return tuple(wording for _, wording in sorted(found, key=lambda one: one[0]))


@dataclass(frozen=True, slots=True)
class _Reading:
    year: int | None
    fiscal: int
    by_fiscal_year: bool
    before: bool


def _wording(rule: str, match: re.Match[str], reading: _Reading) -> EnglishWording | None:
    groups = {name: value for name, value in match.groupdict().items() if value}
    try:
        days, assumed = _RULES[rule](groups, reading)
    except ValueError:
        return None  # 31 June, or no year to read it in
    if reading.before and rule not in ("iso", "slashes", "day"):
        days = (days[0].replace(day=1) - timedelta(days=1), days[0])
    days = tuple(dict.fromkeys(days))
    return EnglishWording(match.group().strip(" ,-"), days[0], days[1:], assumed=assumed)


_Days = tuple[tuple[date, ...], bool]


def _year_of(groups: dict[str, str], reading: _Reading, month: int) -> int:
    """The year that a wording names, else the plan's; of a financial year the one that the month lies in."""
    if "year" in groups:
        year = int(groups["year"])
        return year if year > 99 else 2000 + year
    if "short" in groups:
        return 2000 + int(groups["short"])
    if reading.year is None:
        raise ValueError
    return reading.year + 1 if reading.by_fiscal_year and month < reading.fiscal else reading.year


def _iso(groups: dict[str, str], _reading: _Reading) -> _Days:
    return (date(int(groups["year"]), int(groups["number"]), int(groups["day"])),), False


def _slashes(groups: dict[str, str], reading: _Reading) -> _Days:
    """Day before month; the other way round where only that is a date, and as another reading where both are."""
    year, first, second = _year_of(groups, reading, 1), int(groups["first"]), int(groups["second"])
    days = [_day_or_none(year, second, first), _day_or_none(year, first, second)]
    readings = tuple(day for day in days if day)
    if not readings:
        raise ValueError
    return readings, False


def _day_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _day(groups: dict[str, str], reading: _Reading) -> _Days:
    month = _MONTHS[groups["month"][:3].lower()]
    return (date(_year_of(groups, reading, month), month, int(groups["day"])),), False


def _month(groups: dict[str, str], reading: _Reading) -> _Days:
    month = _MONTHS[groups["month"][:3].lower()]
    end = month_end(_year_of(groups, reading, month), month)
    part = groups.get("part", "").lower()
    if "mid" in part:
        return (end.replace(day=15),), False
    return ((end.replace(day=10), end) if re.search("early|start|beginning", part) else (end,)), False


def _quarter(groups: dict[str, str], reading: _Reading) -> _Days:
    """Of a financial year where one is named or the plan is of one; else of the calendar year."""
    quarter = int(groups["quarter"])
    if "fiscal" in groups:
        return (fiscal_end(int(groups["fiscal"]), 3 * quarter, reading.fiscal),), True
    if "short" in groups:
        return (fiscal_end(1999 + int(groups["short"]), 3 * quarter, reading.fiscal),), True
    if "year" not in groups and reading.by_fiscal_year and reading.year is not None:
        return (fiscal_end(reading.year, 3 * quarter, reading.fiscal),), True
    return (month_end(_year_of(groups, reading, 12), 3 * quarter),), False


def _half(groups: dict[str, str], reading: _Reading) -> _Days:
    months = 6 * int(groups["half"])
    if "fiscal" in groups:
        return (fiscal_end(int(groups["fiscal"]), months, reading.fiscal),), True
    return (month_end(int(groups["year"]), months),), False


def _season(groups: dict[str, str], _reading: _Reading) -> _Days:
    """The end of the season, or its beginning: no office says which it means."""
    season, year = groups["season"].lower(), int(groups["year"])
    last, first = _SEASONS[season], _OTHER_SEASONS[season]
    end = month_end(year + 1 if season == "winter" else year, last)
    return (end, month_end(year, abs(first))), False


def _fiscal_year(groups: dict[str, str], reading: _Reading) -> _Days:
    start = int(groups["fiscal"]) if "fiscal" in groups else 1999 + int(groups["ending"])
    return (fiscal_end(start, 12, reading.fiscal),), True


def _whole_year(groups: dict[str, str], reading: _Reading) -> _Days:
    part = groups.get("part", "").lower()
    if "year" not in groups and reading.by_fiscal_year and reading.year is not None:
        return (fiscal_end(reading.year, 12, reading.fiscal),), True
    year = _year_of(groups, reading, 12)
    if "mid" in part:
        return (date(year, 6, 30),), False
    return ((date(year, 3, 31), date(year, 12, 31)) if "early" in part else (date(year, 12, 31),)), False


def fiscal_end(year: int, months: int, fiscal: int) -> date:
    """The last day of the first ``months`` months of the financial year that begins in ``year``."""
    last = fiscal - 2 + months
    return month_end(year + last // 12, last % 12 + 1)


_RULES = {
    "iso": _iso,
    "slashes": _slashes,
    "day": _day,
    "month": _month,
    "quarter": _quarter,
    "half": _half,
    "season": _season,
    "fiscal": _fiscal_year,
    "year": _whole_year,
}
