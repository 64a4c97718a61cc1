"""Deadline wording to dates: 12月底前, 第三季度, 上半年, 年内, 5月底前动工; and the phases of a plan.

A wording without a year is read in the year of the plan. ``11月前`` alone means before November; beside a month
of gap-filling right after it (11月前全面完成、12月查漏补缺) it means to the end of November, because November would
otherwise belong to no phase. Both readings are given, the one taken first.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

_CHINESE = {
    "一": 1,
    "二": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
    "十一": 11,
    "十二": 12,
}
_MONTH = r"(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])\s*月"
_YEAR = r"(?:(?P<year>20\d{2}|(?<!\d)[23]\d)\s*年\s*|(?P<next>明年|次年|翌年)\s*)?"
_BEFORE = r"(?:之前|以前|前)"
# Words that begin a work, in contrast to finishing it.
_BEGINNING = ("开工", "动工", "启动", "进场", "开建")
# Words of the span in which gaps are filled after the main work.
_GAP_WORDS = "查漏补缺|查缺补漏|补缺补漏|完善提升|巩固提升|整改提升|总结提升|扫尾|收尾|回头看"
_DONE_WORDS = "全面完成|全部完成|基本完成|全面完工|全部完工|全面建成|全部建成|完成"

# Each wording of a running text, with the rule that makes a date of it; the first that fits a place wins.
_WORDINGS: tuple[tuple[str, str], ...] = (
    ("span", _YEAR + r"(?P<first>1[0-2]|0?[1-9])\s*月?\s*(?:[-—–~～至到])\s*" + _MONTH + r"(?:份|底|末)?"),
    (
        "iso",
        r"(?P<year>20\d{2})\s*[-/.年]\s*(?P<month>1[0-2]|0?[1-9])\s*[-/.月]\s*(?P<day>3[01]|[12]\d|0?[1-9])(?!\d)\s*日?(?:之?前)?",
    ),
    ("day", _YEAR + _MONTH + r"\s*(?P<day>3[01]|[12]\d|0?[1-9])\s*[日号]" + _BEFORE + "?"),
    ("end", _YEAR + _MONTH + r"(?:份)?(?:底|末)" + _BEFORE + "?"),
    ("tenth", _YEAR + _MONTH + r"(?P<tenth>初|上旬|中旬|下旬)" + _BEFORE + "?"),
    ("before", _YEAR + _MONTH + r"份?" + _BEFORE),
    ("quarter", _YEAR + r"第?\s*(?P<quarter>[一二三四1-4])\s*季度(?:末|底|内)?" + _BEFORE + "?"),
    ("quarter", _YEAR + r"[Qq](?P<quarter>[1-4])(?!\d)"),
    (
        "holiday",
        _YEAR + r"[“\"]?(?P<holiday>五一|六一|七一|国庆)[”\"]?(?:劳动节|国际劳动节|儿童节|节)?" + _BEFORE,
    ),
    ("half", _YEAR + r"(?P<half>上半年|下半年|年中)(?:末|底)?" + _BEFORE + "?"),
    (
        "year",
        r"(?:(?P<year>20\d{2}|(?<!\d)[23]\d(?=年))\s*|(?P<next>明|次|翌)|今|本|当)?年(?:底|末|内)"
        + _BEFORE
        + "?",
    ),
)
# What means a date only where nothing but a deadline can stand (the column 完成时限).
_BARE: tuple[tuple[str, str], ...] = (
    ("end", r"(?P<year>20\d{2})\s*[-/.年]\s*(?P<month>1[0-2]|0?[1-9])\s*月?(?:份)?(?!\d)"),
    ("end", _YEAR + _MONTH + "(?:份)?"),
    ("year", r"(?P<year>20\d{2})\s*年?度?(?:全年)?$|(?P<next>明|次)年$|全年"),
)
_PATTERNS = tuple((rule, re.compile(pattern)) for rule, pattern in _WORDINGS)
_BARE_PATTERNS = _PATTERNS + tuple((rule, re.compile(pattern)) for rule, pattern in _BARE)
_ANY_DATE = re.compile(r"[月年季半庆]|[五六七]一|[Qq][1-4]|20\d{2}")  # one of these is in every wording
_TENTHS = {"初": 10, "上旬": 10, "中旬": 20}
# Holidays on a day of the year: before one of them is to the end of the month before it. Those of the moon have none.
_HOLIDAYS = {"五一": 4, "六一": 5, "七一": 6, "国庆": 9}
_HALVES = {"上半年": 6, "年中": 6, "下半年": 12}


@dataclass(frozen=True, slots=True)
class Wording:
    """One deadline: the words, the day read, other possible readings, and whether it is when work begins."""

    text: str
    on: date
    others: tuple[date, ...] = ()
    begins: bool = False
    starts_on: date | None = None
    exact: bool = False  # whether the words name the day


@dataclass(frozen=True, slots=True)
class Phases:
    """The spans of a plan: the main work ends on ``execute``, gap-filling (if any) on ``gap_fill``."""

    quote: str
    execute: date
    gap_fill: date | None = None
    others: tuple[date, ...] = ()


def read_deadlines(text: str, year: int | None, bare: bool = False) -> tuple[Wording, ...]:
    """All deadlines in ``text``, in order; wordings without a year are left out when ``year`` is ``None``.

    ``bare`` is for the cell of a deadline column, in which 6月 or 2024.6 alone is a date as well.
    """
    if not _ANY_DATE.search(text):
        return ()
    found: list[tuple[int, Wording]] = []
    taken = [False] * len(text)
    for rule, pattern in _BARE_PATTERNS if bare else _PATTERNS:
        for match in pattern.finditer(text):
            if any(taken[match.start() : match.end()]) or _inside_number(text, match.start()):
                continue
            wording = _wording(rule, match, year)
            if wording:
                taken[match.start() : match.end()] = [True] * (match.end() - match.start())
                found.append((match.start(), wording))
    return tuple(wording for _, wording in sorted(found, key=lambda one: one[0]))


def read_deadline(text: str, year: int | None, bare: bool = False) -> Wording | None:
    """The deadline that counts: the last one in the text; what stands before it are steps on the way."""
    found = read_deadlines(text, year, bare)
    return found[-1] if found else None


def read_phases(text: str, year: int | None) -> Phases | None:
    """The phases that a letter names: by when all is done, and the month of filling gaps after it."""
    if year is None:
        return None
    with_gap = re.search(
        rf"{_MONTH}(?P<edge>份?[底末])?(?P<before>{_BEFORE})?[^，,。；;、”]{{0,8}}(?:{_DONE_WORDS})[^，,。；;、”]{{0,6}}"
        rf"[、，,；;和]\s*(?P<gap>1[0-2]|[1-9])\s*月[^，,。；;”]{{0,12}}(?:{_GAP_WORDS})",
        text,
    )
    if with_gap:
        return _phases_with_gap(with_gap, year)
    alone = re.search(rf"{_MONTH}份?[底末]{_BEFORE}?(?:{_DONE_WORDS.removesuffix('|完成')})", text)
    if alone and re.search("各项|项目|任务|实事", text):
        return Phases(alone.group(), month_end(year, _number(alone.group("month"))))
    return None


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, monthrange(year, month)[1])


def start_of(own: date | None, issued_on: date | None, year: int) -> date:
    """When a sub-task starts: its own wording, else the plan's issue date, else 1 January."""
    return own or issued_on or date(year, 1, 1)


def deadline_of(own: date | None, execute_ends_on: date | None, year: int) -> date:
    """When a sub-task is due: its own wording, else the end of the execute phase, else 31 December."""
    return own or execute_ends_on or date(year, 12, 31)


def _phases_with_gap(match: re.Match[str], year: int) -> Phases:
    done, gap = _number(match.group("month")), int(match.group("gap"))
    through, before = month_end(year, done), date(year, done, 1) - timedelta(days=1)
    ends = month_end(year, gap)
    if match.group("edge") or not match.group("before"):
        return Phases(match.group(), through, ends)
    taken, other = (through, before) if gap == done + 1 else (before, through)
    return Phases(match.group(), taken, ends, (other,))


def _inside_number(text: str, start: int) -> bool:
    return start > 0 and text[start - 1].isdigit() and text[start].isdigit()


def _wording(rule: str, match: re.Match[str], year: int | None) -> Wording | None:
    groups = match.groupdict()
    base = int(groups["year"] or "0") % 100 + 2000 if groups.get("year") else year
    if base is None:
        return None
    base += 1 if groups.get("next") else 0
    begins = match.string[match.end() :].lstrip()[:6].startswith(_BEGINNING)
    if rule == "before":
        through = month_end(base, _number(groups["month"]))
        before = through.replace(day=1) - timedelta(days=1)
        return Wording(match.group(), before, (through,), begins)
    starts = date(base, int(groups["first"]), 1) if rule == "span" else None
    on = _date(rule, groups, base)
    return Wording(match.group(), on, (), begins, starts, rule in ("iso", "day")) if on else None


def _date(rule: str, groups: dict[str, str | None], year: int) -> date | None:
    if rule == "year":
        return date(year, 12, 31)
    if rule == "half":
        return month_end(year, _HALVES[groups["half"] or ""])
    if rule == "holiday":
        return month_end(year, _HOLIDAYS[groups["holiday"] or ""])
    if rule == "quarter":
        return month_end(year, 3 * _number(groups["quarter"] or ""))
    month = _number(groups["month"] or "")
    last = month_end(year, month)
    if rule in ("iso", "day"):
        day = int(groups["day"] or "0")
        return date(year, month, day) if day <= last.day else None
    if rule == "tenth":
        return last.replace(day=_TENTHS.get(groups["tenth"] or "", last.day))
    return last


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _CHINESE[text]
