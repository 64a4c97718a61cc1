"""Headings: which column is what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from intake import words
from intake.english import heading_role, is_latin, plain_heading, quarter_in
from intake.numerals import chinese_value, running_number
from intake.quantity_scan import measure_of, narrow

_PERIOD = re.compile(
    r"(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])\s*月"
    r"|(?P<quarter>[一二三四1-4])\s*季度|(?P<half>上半年|下半年)"
)
_KNOWN = re.compile("|".join(re.escape(word) for _, kind in words.headings.HEADINGS for word in kind))
_ROLES = tuple(
    (role, re.compile("|".join(map(re.escape, keywords)))) for role, keywords in words.headings.HEADINGS
)
_IN_BRACKETS = re.compile(r"[（(]\s*(?:单位[:：])?\s*([^（()）]{1,6})\s*[)）]")
_NOT_BARE = re.compile(r"\s|[（(][^（()）]*[)）]|[*＊:：]")
_BLANK = re.compile(r"\s")
_LABELLED = re.compile(r"[:：]\s*\S")
_FROM_BRACKET = re.compile(r"[（(].*", re.S)
_SENTENCE = re.compile(r"[。；;，,]")
_QUOTA_MEASURE = re.compile(r"[（(](?:个|处|家|户|台|所|人|名|座|场|张|条|套)[)）]$")
_AIMS = words.headings.AIMS
_LONGEST = 16  # characters of a heading; what is longer is a task


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its role (``quota`` when it belongs to a unit), its heading, and the month it speaks of."""

    role: str
    heading: str
    month: int | None = None
    measure: str | None = None  # 数量（个） counts in 个
    quarterly: bool = False  # the month ends a quarter, which moves with a financial year


def measure_in(text: str) -> str | None:
    """The measure that a heading or a task gives in brackets, with its scale: 任务数（万人） gives 万人."""
    return next((part for part in _IN_BRACKETS.findall(text) if measure_of(part)), None)


@lru_cache(maxsize=4096)
def bare(text: str) -> str:
    """A heading without spaces, line breaks and what stands in brackets."""
    return _NOT_BARE.sub("", narrow(text))


@lru_cache(maxsize=4096)
def column(text: str) -> Column | None:
    """The column that a heading announces, ``None`` for words that no table knows."""
    if is_latin(text):
        return _english_column(text)
    heading = bare(text)
    if not heading or len(heading) > _LONGEST:
        return None
    if _LABELLED.search(_FROM_BRACKET.sub("", text)) or heading.startswith(("附件", "附表")):
        return None  # 牵头单位：区民政局 names a unit, 附件1 任务清单 a table; they head no column
    if running_number(heading) or _SENTENCE.search(heading):
        return None
    if is_group(heading) or "本级" in heading:
        return None  # the columns of a matrix are units, whatever word follows
    if heading in words.headings.EXACT_HEADINGS:
        return Column(words.headings.EXACT_HEADINGS[heading], heading, None, measure_in(text))
    if (
        quota_name(heading).startswith("全")
        and words.headings.EXACT_HEADINGS.get(quota_name(heading)) == "total"
    ):
        return Column("total", heading, None, measure_in(text))  # 全县任务数
    month = month_of(heading)
    if month:
        return _period_column(heading, month)
    if not _KNOWN.search(heading):
        return None
    for role, keywords in _ROLES:
        if keywords.search(heading):
            if role in ("responsible", "lead") and first_leads(text):
                return Column("ranked", heading)
            if role in ("task", "project") and measure_in(text) and heading.endswith(_AIMS):
                return Column("quantity", heading, None, measure_in(text))  # 任务目标（个） holds figures
            stated = month_of(text) if role == "progress" else None  # 进展情况（截至3月底）
            return Column(role, heading, stated, measure_in(text))
    return None


def _english_column(text: str) -> Column | None:
    heading, role, quarter = plain_heading(text), heading_role(text), quarter_in(text)
    if quarter and len(heading) <= _LONGEST:
        reports = role in ("progress", "status")
        return Column("progress" if reports else "milestone", heading, 3 * quarter, quarterly=True)
    return Column(role, heading) if role else None


def first_leads(text: str) -> bool:
    """True for words that say so: 责任单位（列第一位的为牵头单位）."""
    bracket = re.search(r"责任(?:单位|部门)[^。；;]*", text)
    return bool(bracket) and "牵头" in text and any(word in text for word in words.units.FIRST_LEADS)


def month_of(text: str) -> int | None:
    """The month by whose end a period is over: 3月, 一季度 (3), 上半年 (6), 1-9月 (9)."""
    found = list(_PERIOD.finditer(_BLANK.sub("", narrow(text))))
    if not found:
        return None
    last = found[-1]
    if last.group("month"):
        return _value(last.group("month"))
    if last.group("quarter"):
        return 3 * (_value(last.group("quarter")) or 0) or None
    return 6 if last.group("half") == "上半年" else 12


def _value(text: str) -> int | None:
    return int(text) if text.isdigit() else chinese_value(text)


def _period_column(heading: str, month: int) -> Column | None:
    if any(word in heading for word in words.headings.PERIOD_GOALS):
        return Column("milestone", heading, month)
    if any(word in heading for word in words.headings.PERIOD_RESULTS):
        return Column("progress", heading, month)
    return Column("milestone", heading, month) if is_period(heading) else None


def is_period(text: str) -> bool:
    """True for a heading that names months and nothing else: 第二季度, 1-9月."""
    heading = bare(text)
    rest = re.sub(r"[-—–~～至到第份底末]|\d", "", _PERIOD.sub("", heading))
    return not rest and month_of(heading) is not None


def is_header(texts: Sequence[str]) -> bool:
    """True for a row of headings: most cells are known, and one of them names what is to be done."""
    filled = [text for text in texts if text.strip()]
    if filled and running_number(filled[0]):
        return False
    columns = [known for text in filled if (known := column(text))]
    roles = {known.role for known in columns}
    if not roles & {"task", "project", "goal"} or len(roles) < 2:
        return False
    if any(word in bare(text) for text in filled for word in words.headings.MARKING):
        return False
    if all(map(is_latin, filled)) and roles & {"lead", "officer", "deadline", "status"}:
        return 2 * len(columns) >= len(filled)  # English headings are worded more freely
    return len(columns) >= 3 or len(columns) == len(filled)


def is_group(text: str) -> bool:
    """True for a heading over the columns of a matrix: 各街道任务, 各镇（街道）."""
    heading = _BLANK.sub("", text)
    return heading.startswith("各") or (
        "分解" in heading and bool(re.search("街道|街镇|乡镇|县|区域|单位", heading))
    )


def quota_name(heading: str) -> str:
    """The unit that a quota column belongs to: 区本级任务 is 区本级."""
    name = _QUOTA_MEASURE.sub("", _BLANK.sub("", heading))
    for tail in words.headings.QUOTA_TAILS:
        if name.endswith(tail) and len(name) > len(tail) + 1:
            return name[: -len(tail)]
    return name
