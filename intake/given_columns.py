"""What a person says that the columns of a table are, where its headings say it to nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from intake.headers import Column, bare, measure_in, month_of, quota_name
from intake.table import Cell

# What a column can be said to be, as coordinators think of a table; ``other`` is not imported.
ROLES = (
    "no",
    "project",
    "task",
    "lead",
    "responsible",
    "cooperating",
    "executing",
    "person",
    "leader",
    "start",
    "deadline",
    "level",
    "quantity",
    "measure",
    "quota",
    "milestone",
    "progress",
    "status",
    "other",
)


@dataclass(frozen=True, slots=True)
class GivenColumns:
    """A role (one of ``ROLES``) for each column, below so many rows of headings; columns beyond are ``other``."""

    roles: tuple[str, ...]
    headings: int = 0

    def columns(self, rows: Sequence[Sequence[Cell]]) -> list[Column]:
        """The columns of those rows: units and months are taken from their headings."""
        width = max((len(row) for row in rows), default=0)
        above = rows[: self.headings]
        return [self._column(index, _words(above, index)) for index in range(width)]

    def _column(self, index: int, words: Sequence[str]) -> Column:
        role = self.roles[index] if index < len(self.roles) else "other"
        last = words[-1] if words else ""
        heading = quota_name(last) if role == "quota" else bare(last)
        month = next((found for text in reversed(words) if (found := month_of(text))), None)
        measure = next((told for text in reversed(words) if (told := measure_in(text))), None)
        if role == "quota" and not heading:
            role = "other"  # a share of nobody
        return Column(role, heading, month if role in ("milestone", "progress") else None, measure)


Given = Mapping[int, GivenColumns]  # by the number of the table in the document


def _words(rows: Sequence[Sequence[Cell]], index: int) -> list[str]:
    return [row[index].text for row in rows if index < len(row) and row[index].text.strip()]
