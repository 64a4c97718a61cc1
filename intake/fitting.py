"""How well a text fits a column: what a cell without a place may be."""

from __future__ import annotations

import re

from intake import words
from intake.numerals import running_number
from intake.quotas import is_quota
from intake.units import is_none, looks_like_persons, looks_like_units

UNIT_ROLES = frozenset({"lead", "cooperating", "executing", "responsible"})
PERSON_ROLES = frozenset({"person", "leader", "contact"})
MISFIT = -4


def fit(text: str, role: str) -> int:
    """How well a text fits a column: 3 it is of that kind, 1 it may be, ``MISFIT`` it is not."""
    if role == "no":
        return 3 if running_number(text) else MISFIT
    if role in UNIT_ROLES:
        return 3 if looks_like_units(text) else 2 if is_none(text) else MISFIT
    if role in PERSON_ROLES:
        return 3 if looks_like_persons(text) else 2 if is_none(text) else MISFIT
    if role in ("quota", "quantity", "total"):
        return 3 if is_quota(text) else MISFIT
    if role == "deadline":
        return (
            3
            if re.search(r"[年月日底季]|\d{4}", text) and len(text) <= 24
            else 2
            if is_none(text)
            else MISFIT
        )
    if role == "level":
        return 3 if any(level in text for level in words.LEVELS) else MISFIT
    named = looks_like_units(text) and text.startswith(words.UNIT_BEGINNINGS) and len(text) <= 14
    return -2 if named or running_number(text) else 1
