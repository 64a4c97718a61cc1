"""The milestones of one sub-task as rows that people type: day, words, figures, weight; stores nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from engine.model import Plan, SubTask
from workflows.milestone_changes import Wanted
from workflows.milestone_grid import LONGEST, Entries, read_figure

MOST_WEIGHT = 100


@dataclass(frozen=True, slots=True)
class Row:
    """One milestone as typed; ``was`` is its day now, ``figures`` by indicator, ``gone`` if it is to be removed."""

    was: str = ""
    day: str = ""
    text: str = ""
    weight: str = "1"
    figures: Mapping[int, str] = field(default_factory=dict)
    gone: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for: a new row that nobody has filled in."""
        return not self.was and not self.day and not self.text.strip() and not any(self.figures.values())


def rows_of(entries: Entries) -> list[Row]:
    """The milestones as rows to edit."""
    return [
        Row(
            one.was_on.isoformat() if one.was_on else "",
            one.due_on.isoformat(),
            one.text,
            f"{one.weight or Decimal(1):f}",
            {key: f"{value.normalize():f}" for key, value in one.figures.items()},
        )
        for one in entries
    ]


def read_rows(plan: Plan, subtask: SubTask, rows: Sequence[Row]) -> tuple[Entries, dict[int, str]]:
    """The milestones that the rows make, and why rows were refused, by position.

    ``day`` cannot be read, ``outside`` the plan, ``same_day`` as another, ``goal`` is missing, ``number``,
    ``weight``, ``long``.
    """
    entries: dict[int, Wanted] = {}
    refused: dict[int, str] = {}
    standing = {one.due_on.isoformat() for one in subtask.milestones}
    for number, row in enumerate(rows):
        if row.gone or row.is_empty:
            continue
        try:
            entries[number] = _read(plan, subtask, row, standing)
        except ValueError as error:
            refused[number] = str(error)
    times = Counter(one.due_on for one in entries.values())
    refused |= {number: "same_day" for number, one in entries.items() if times[one.due_on] > 1}
    return tuple(sorted(entries.values(), key=lambda one: one.due_on)), refused


def _read(plan: Plan, subtask: SubTask, row: Row, standing: set[str]) -> Wanted:
    """Raises ``ValueError`` with the reason."""
    try:
        day = date.fromisoformat(row.day.strip())
    except ValueError:
        raise ValueError("day") from None
    if not plan.starts_on <= day <= plan.ends_on:
        raise ValueError("outside")
    if len(row.text) > LONGEST:
        raise ValueError("long")
    figures = _figures(subtask, row)
    if not row.text.strip() and not figures:
        raise ValueError("goal")
    was = date.fromisoformat(row.was) if row.was in standing else None
    return Wanted(day, None, row.text.strip(), figures, was, _weight(row.weight))


def _figures(subtask: SubTask, row: Row) -> dict[int, Decimal]:
    found = {}
    for one in subtask.indicators:
        try:
            value = read_figure(row.figures.get(one.id, ""), one.unit)
        except ValueError:
            raise ValueError("number") from None
        if value is not None:
            found[one.id] = value
    return found


def _weight(text: str) -> Decimal:
    try:
        value = read_figure(text, "")
    except ValueError:
        raise ValueError("weight") from None
    if value is None:
        return Decimal(1)
    if not 0 < value <= MOST_WEIGHT:
        raise ValueError("weight")
    return value
