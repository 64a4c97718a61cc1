"""How well a text fits a column: what a cell without a place may be."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from engine.deadlines import read_deadlines
from engine.deadlines_en import read_english_deadlines
from intake import words
from intake.english import in_english, reference, status_of
from intake.numerals import running_number
from intake.quotas import is_quota
from intake.unit_cells import parted
from intake.units import is_none, looks_like_persons, looks_like_units, split_persons, split_units
from intake.units_en import could_be_english_units

UNIT_ROLES = frozenset({"lead", "ranked", "cooperating", "executing", "responsible"})
PERSON_ROLES = frozenset({"person", "leader", "contact"})
_LEADING = ("lead", "ranked", "responsible")  # from the one that leads most surely
MISFIT = -4
_FIGURED_DATE = re.compile(r"\d{1,2}[/.]\d{1,2}[/.](?:\d{2}|\d{4})")
_ANY_YEAR = 2000  # whether a wording is a date does not depend on the year


def fit(text: str, role: str) -> int:
    """How well a text fits a column: 3 it is of that kind, 1 it may be, ``MISFIT`` it is not."""
    if role == "no":
        return 3 if running_number(text) or reference(text) else MISFIT
    if in_english(text) and role in (*UNIT_ROLES, "deadline", "officer", "status"):
        return _english_fit(text, role)
    if role in UNIT_ROLES and begins_task(text):
        return MISFIT
    if role in UNIT_ROLES:
        text = parted(text)[0]
        return 3 if looks_like_units(text) else 2 if is_none(text) or _mostly_units(text) else MISFIT
    if role in PERSON_ROLES:
        return 3 if looks_like_persons(text) or _is_post(text) else 2 if is_none(text) else MISFIT
    if role in ("quota", "quantity", "total"):
        return 3 if is_quota(text) else MISFIT
    if role == "deadline":
        return (
            3
            if (re.search(r"[年月日底季]|\d{4}", text) or text.startswith(words.headings.DATELESS))
            and len(text) <= 24
            else 2
            if is_none(text)
            else MISFIT
        )
    if role == "level":
        return 3 if any(level in text for level in words.units.LEVELS) else MISFIT
    named = looks_like_units(text) and text.startswith(words.units.UNIT_BEGINNINGS) and len(text) <= 14
    return (
        -2 if named or running_number(text) or (role in ("task", "project") and looks_like_date(text)) else 1
    )


def leading(roles: Iterable[str]) -> str | None:
    """The role that leads, where all roles are of units and one of them leads; a task nearly always has a lead."""
    found = set(roles)
    return next((one for one in _LEADING if one in found), None) if found <= UNIT_ROLES else None


def begins_task(text: str) -> bool:
    """True for a text that begins with what is to be done: 新建老年大学 ends as units do and is none."""
    return text.strip().startswith(words.headings.TASK_BEGINNINGS)


@lru_cache(maxsize=8192)  # dates stand in row after row
def looks_like_date(text: str) -> bool:
    """True for a cell that says little more than a date: 9月底前, 12月底前完成, 31/03/2026."""
    if _FIGURED_DATE.fullmatch(text.strip()):
        return True
    told = read_deadlines(text, _ANY_YEAR, bare=True)
    rest = len(re.sub(r"\s", "", text)) - sum(len(re.sub(r"\s", "", one.text)) for one in told)
    return bool(told) and rest <= 4


def _english_fit(text: str, role: str) -> int:
    if role == "deadline":
        return 3 if read_english_deadlines(text, 2000, bare=True) else 1 if len(text) <= 24 else MISFIT
    if role == "status":
        return 3 if status_of(text) else MISFIT if len(text) > 40 else 0
    if looks_like_units(text):
        return 3
    # words with capitals may as well be a title
    return 2 if is_none(text) else 1 if could_be_english_units(text) else MISFIT


def _mostly_units(text: str) -> bool:
    """A long list of units of which one bears an unusual name or is cut short."""
    names = split_units(text)
    return len(names) >= 3 and 3 * sum(looks_like_units(name) for name in names) >= 2 * len(names)


def _is_post(text: str) -> bool:
    """分管副市长, 办公室主任: the post stands for the person."""
    return all(len(one) <= 16 and one.endswith(words.units.POSTS) for one in split_persons(text))
