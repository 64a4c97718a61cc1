"""Which column holds the tasks, where its cells say otherwise than its heading."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from intake.headers import Column
from intake.numerals import leading_number
from intake.table import Cell

TASK_ROLES = ("task", "project", "goal", "scale")
_FIGURE = re.compile(r"[\d.,，%％\s]+")
_LEAST = 2  # cells from which they say anything


def without_figures(columns: list[Column], rows: Sequence[Sequence[Cell]]) -> None:
    """Make a task column of bare numbers (项目个数) one of no use, in place: it counts and names nothing."""
    for index, one in enumerate(columns):
        cells = [row[index].text for row in rows if index < len(row) and row[index].text.strip()]
        if one.role in ("task", "project") and len(cells) >= _LEAST and all(map(_FIGURE.fullmatch, cells)):
            columns[index] = replace(one, role="other")


def with_finer_task(columns: list[Column], rows: Sequence[Sequence[Cell]]) -> None:
    """Make the column beside the task the task, in place, where its numbers go on in rows that lack the task's cell.

    工作任务 and 工作要求, the former merged downwards and dropped: what counts on (2. at the beginning of a row) is
    what is to be done, the task before it is the heading over it.
    """
    roles = [one.role for one in columns]
    if roles[:2] != ["task", "scale"]:
        return
    short = [row for row in rows if sum(bool(cell.text.strip()) for cell in row) < len(columns)]
    begun = [row[0].text for row in short if row and _arabic(row[0].text)]
    whole = [row for row in rows if row not in short]
    if (
        begun
        and len(whole) >= _LEAST
        and all(_arabic(row[1].text) and not _arabic(row[0].text) for row in whole)
    ):
        columns[:2] = [replace(columns[0], role="project"), replace(columns[1], role="task")]


def _arabic(text: str) -> bool:
    number = leading_number(text)
    return number is not None and number[0][0].isdigit()
