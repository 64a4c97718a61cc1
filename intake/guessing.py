"""Columns told by what they hold where headings say nothing known; and whether a table is one of tasks at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from intake import words
from intake.fitting import UNIT_ROLES, begins_task, looks_like_date
from intake.headers import Column, bare, column
from intake.numerals import ordinal, running_number
from intake.quotas import is_quota
from intake.table import Cell
from intake.unit_cells import named_persons
from intake.units import is_none, looks_like_units

_LEAST_ROWS = 3  # numbered rows from which a table without headings is believed
_NEARLY_ALL = 0.8
_LONGEST_HEADING = 10
_LONGEST_OTHER = 16
_LEAST_TASK = 5  # characters that a task has on the average
_FOLLOWED_UP = UNIT_ROLES | {
    "person",
    "leader",
    "deadline",
    "start",
    "progress",
    "status",
    "officer",
    "milestone",
    "quota",
    "quantity",
    "total",
    "goal",
    "problem",
}


_KINDS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("no", lambda text: running_number(text) is not None),
    ("figure", is_quota),
    ("deadline", looks_like_date),
    ("unit", lambda text: looks_like_units(text) and not begins_task(text)),
    ("person", named_persons),
)


def kind_of(texts: Sequence[str]) -> str | None:
    """What nearly all filled cells of a column are: ``no``, ``figure``, ``deadline``, ``unit``, ``person``, ``text``."""
    filled = [text for text in texts if not is_none(text)]
    if len(filled) < 2:
        return None
    for kind, fits in _KINDS:
        if sum(map(fits, filled)) >= _NEARLY_ALL * len(filled):
            return kind
    return "text" if sum(map(len, filled)) >= _LEAST_TASK * len(filled) else None


# --- No headings at all --------------------------------------------------------------------------------------


def columns_of(rows: Sequence[Sequence[Cell]]) -> list[Column] | None:
    """The columns of a table without headings: running numbers, one task, one column of units or of dates.

    ``None`` where anything of this is missing or two columns could be the same.
    """
    width = max((len(row) for row in rows), default=0)
    whole = [row for row in rows if len(row) == width]
    if len(whole) < _LEAST_ROWS or len(whole) < _NEARLY_ALL * len(rows) or not 3 <= width <= 12:
        return None
    kinds = [kind_of([row[index].text for row in whole]) for index in range(width)]
    if kinds[0] != "no" or not _count_on([row[0].text for row in whole]):
        return None
    roles = _roles(kinds, [sum(len(row[index].text) for row in whole) for index in range(width)])
    return [Column(role, "") for role in roles] if roles else None


def _roles(kinds: list[str | None], lengths: list[int]) -> list[str]:
    texts = [index for index, kind in enumerate(kinds) if kind == "text"]
    if not texts or kinds.count("unit") > 1 or not {"unit", "deadline"} & set(kinds):
        return []
    task = max(texts, key=lambda index: lengths[index])
    plain = {"no": "no", "unit": "responsible", "deadline": "deadline", "person": "person"}
    roles = [plain.get(kind or "", "other") for kind in kinds]
    if kinds.count("deadline") > 1 or kinds.count("person") > 1:
        roles = ["other" if role in ("deadline", "person") else role for role in roles]
    roles[task] = "task"
    return roles


def _count_on(numbers: Sequence[str]) -> bool:
    """True where the numbers follow one another, a gap now and then."""
    values = [ordinal(number) for text in numbers if (number := running_number(text))]
    told = [value for value in values if value is not None]
    steps = sum(later - earlier == 1 for earlier, later in pairwise(told))
    return len(told) >= _LEAST_ROWS and steps >= _NEARLY_ALL * (len(told) - 1)


# --- Headings that no table knows ------------------------------------------------------------------------------


def settle_by_content(columns: list[Column], rows: Sequence[Sequence[Cell]]) -> list[int]:
    """Give unknown columns the role that their cells tell, where the table lacks it and only one column could be it.

    Changes ``columns``; returns which of them.
    """
    unknown = [index for index, one in enumerate(columns) if one.role == "unknown"]
    kinds = {index: kind_of([row[index].text for row in rows if index < len(row)]) for index in unknown}
    chosen: list[int] = []
    for kind, role, others in (
        ("unit", "responsible", UNIT_ROLES),
        ("deadline", "deadline", {"deadline"}),
        ("person", "person", {"person", "leader", "contact"}),
        ("text", "task", {"task", "project", "goal", "scale"}),
    ):
        fitting = [index for index in unknown if kinds[index] == kind]
        if len(fitting) == 1 and not others & {one.role for one in columns}:
            columns[fitting[0]] = Column(role, columns[fitting[0]].heading)
            chosen.append(fitting[0])
    return chosen


def could_be_headings(texts: Sequence[str], below: Sequence[Sequence[Cell]]) -> bool:
    """True for a row of short words over numbered rows, of which at least one word is a known heading."""
    filled = [text for text in texts if text.strip()]
    if len(filled) < 3 or is_other_heading(texts) or not all(map(_like_heading, filled)):
        return False
    known = {one.role for text in filled if (one := column(text))}
    numbered = [row for row in below if row and running_number(row[0].text)]
    return bool(known & {"no", "task", "project"}) and len(numbered) >= 2


def _like_heading(text: str) -> bool:
    word = bare(text)
    if column(text):
        return True
    return (
        1 < len(word) <= _LONGEST_HEADING
        and not re.search(r"[\d。；;，,、]", word)
        and running_number(word) is None
        and (word.endswith(("单位", "部门")) or not looks_like_units(word))
    )


# --- Tables of other things ---------------------------------------------------------------------------------------


def is_other_heading(texts: Sequence[str]) -> bool:
    """True for headings of tables that are no tasks: scores, licences, prices, posts to be filled, meetings."""
    filled = [text for text in texts if text.strip()]
    if len(filled) < 2 or any(len(bare(text)) > _LONGEST_OTHER or re.search(r"\d", text) for text in filled):
        return False
    against = sum(any(word in bare(text) for word in words.headings.OTHER_TABLES) for text in filled)
    held = {one.role for text in filled if (one := column(text))}
    if not all(map(_like_heading, filled)):
        return False
    return against >= 2 or (against == 1 and not held & (UNIT_ROLES | {"progress", "milestone"}))


def begins_headings(texts: Sequence[str]) -> bool:
    """True for a row that can only be headings, of whatever table: 序号 and then words without numbers."""
    filled = [text for text in texts if text.strip()]
    first = column(filled[0]) if len(filled) >= 3 else None
    return first is not None and first.role == "no" and all(map(_like_heading, filled[1:]))


def tells_tasks(columns: Sequence[Column]) -> bool:
    """True for columns that say who, by when, how much or how far beside what; or that name no other thing."""
    headings = [one.heading for one in columns]
    if is_other_heading(headings):
        return False
    roles = {one.role for one in columns}
    return bool(roles & _FOLLOWED_UP) or {"task", "project"} <= roles or "other" not in roles
