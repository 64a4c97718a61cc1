"""How well an English text fits a column; which texts can only begin or end a row."""

from __future__ import annotations

import re

from engine.deadlines_en import read_english_deadlines
from intake.english import reference, spaced, status_of
from intake.fitting import PERSON_ROLES, UNIT_ROLES
from intake.headers import Column
from intake.units_en import is_english_none, is_person, looks_like_english_units, split_english_units

MISFIT = -9.0
LONG_ROLES = frozenset({"task", "project", "goal", "progress", "problem", "milestone", "section"})
_NAMED = UNIT_ROLES | PERSON_ROLES | {"officer"}
_SMALL = frozenset({"of", "and", "the", "for", "to", "in", "on", "with", "&", "-", "–", "/"})
_LONGEST_NAME = 70
_LONGEST_DATE = 40
_LONGEST_LIGHT = 30
_LONGEST_OTHER = 60
_ANY_YEAR = 2000  # whether a wording is a date does not depend on the year


def worth(text: str, under: Column) -> float:
    """3 it is of the column's kind, 1 it may be, less than 0 hardly, ``MISFIT`` it is not."""
    if under.role == "no":
        return 3 if reference(text) else MISFIT
    if is_dated(under):
        return 3 if dated(text) else 0.5 if len(text) <= _LONGEST_DATE else MISFIT
    if under.role == "status":
        return (3 if status_of(text) else 0) if len(text) <= _LONGEST_LIGHT else MISFIT
    if under.role in _NAMED:
        return 3 if names(text) else 0.75 if is_english_none(text) or capitals(text) else MISFIT
    if under.role in LONG_ROLES:
        return 0 if dated(text) or reference(text) else 1
    return 1 if len(text) <= _LONGEST_OTHER else -1


def opens(text: str, under: Column) -> bool:
    """True for a text that no other column than this first one has: a reference, a date alone."""
    if under.role == "no":
        return reference(text) is not None
    return is_dated(under) and dated(text)


def closes(text: str, under: Column) -> bool:
    """True for a text that fits this last column and hardly another: a unit, a post, a person, a light."""
    if under.role in _NAMED:
        return names(text)
    return under.role == "status" and len(text) <= _LONGEST_LIGHT and status_of(text) is not None


def is_dated(under: Column) -> bool:
    """True for a column of dates, also of those that are no deadlines."""
    return under.role in ("deadline", "start") or (under.role == "other" and "date" in under.heading.split())


def dated(text: str) -> bool:
    """True for a text that says nothing but a date."""
    if len(text) > _LONGEST_DATE:
        return False
    told = read_english_deadlines(spaced(text), _ANY_YEAR, bare=True)
    rest = len(spaced(text)) - sum(len(one.text) for one in told)
    return bool(told) and rest <= max(6, len(text) // 3)


def names(text: str) -> bool:
    """True for names of units, posts and persons: each has a word that only such names have, or is a person's."""
    if len(text) > 2 * _LONGEST_NAME or not capitals(text):
        return False
    found = split_english_units(text)
    return bool(found) and all(is_person(one) or looks_like_english_units(one) for one in found)


def capitals(text: str) -> bool:
    """True for words that each begin with a capital, but for small ones between them; sentences do not."""
    found = re.findall(r"[^\s/,;]+", spaced(text))
    return (
        0 < len(found) <= 16
        and len(text) <= 2 * _LONGEST_NAME
        and not re.search(r"\d|[.!?](?:\s|$)", text)
        and all(one[:1].isupper() or one.lower() in _SMALL or one[:1] in "(&–-" for one in found)
        and found[0][:1].isupper()
    )
