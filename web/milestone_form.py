"""The form of 节点设置: names of its fields, and the changes that it carries from page to page until they are saved."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from engine.quantities import number_in
from web.multipart import Sent
from web.typed import readable, whole
from workflows.milestone_changes import Wanted
from workflows.milestone_grid import Cell

Changes = dict[int, tuple[Wanted, ...]]  # by sub-task
MOST_SUBTASKS, MOST_EACH = 500, 200
MARK = "row-"


def name_of(subtask_id: int, cell: Cell) -> str:
    """The name of the cell's field."""
    return f"c-{subtask_id}-{cell.key}-{cell.month}"


def typed_of(sent: Sent, subtask_id: int, keys: Iterable[int], months: Sequence[int]) -> dict[Cell, str]:
    """What somebody typed into the sub-task's cells: those that differ from what the page had shown there."""
    found = {}
    for key in keys:
        shown = _list(sent.get(f"was-{subtask_id}-{key}"))
        for number, month in enumerate(months):
            cell = Cell(key, month)
            name = name_of(subtask_id, cell)
            before = shown[number] if number < len(shown) else ""
            if name in sent.fields and sent.get(name) != before:
                found[cell] = sent.get(name)
    return found


def chosen_in(sent: Sent) -> list[int]:
    """The sub-tasks that are marked."""
    numbers = (name.removeprefix(MARK) for name in sent.fields if name.startswith(MARK))
    return [found for number in numbers if (found := whole(number)) is not None]


def revisions_of(sent: Sent) -> dict[int, int]:
    """Which revision of each sub-task the page had shown."""
    found = {}
    for name, value in sent.fields.items():
        key, seen = whole(name.removeprefix("rev-")), whole(value)
        if name.startswith("rev-") and key is not None and seen is not None:
            found[key] = seen
    return found


def packed(changes: Mapping[int, Sequence[Wanted]]) -> str:
    """The changes as the form carries them; the same changes give the same text."""
    rows = {
        str(key): [
            [
                one.due_on.isoformat(),
                one.period,
                one.text,
                {str(number): f"{value:f}" for number, value in sorted(one.figures.items())},
                one.was_on and one.was_on.isoformat(),
                None if one.weight is None else f"{one.weight:f}",
            ]
            for one in wanted
        ]
        for key, wanted in sorted(changes.items())
        if wanted
    }
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def unpacked(text: str) -> Changes:
    """The changes that the form carried; nothing where somebody has made it unreadable."""
    try:
        rows = json.loads(text or "{}")
        if len(rows) > MOST_SUBTASKS or any(len(wanted) > MOST_EACH for wanted in rows.values()):
            return {}
        return {_key(key): tuple(_wanted(*row) for row in wanted) for key, wanted in rows.items()}
    except (ValueError, TypeError, AttributeError, RecursionError):
        return {}


def _wanted(
    day: str, period: str | None, text: str, figures: Mapping[str, str], was: str | None, weight: str | None
) -> Wanted:
    numbers = {_key(key): _figure(value) for key, value in figures.items()}
    heavy = None if weight is None else _figure(weight)
    kept = period if period is None else readable(period)
    return Wanted(
        date.fromisoformat(day),
        kept,
        readable(text),
        numbers,
        date.fromisoformat(was) if was else None,
        heavy,
    )


def _key(text: str) -> int:
    found = whole(text)
    if found is None:
        raise ValueError(text)
    return found


def _figure(text: str) -> Decimal:
    found = number_in(text)
    if found is None or found < 0:
        raise ValueError(text)
    return found


def _list(text: str) -> list[str]:
    try:
        found: Any = json.loads(text or "[]")
    except (ValueError, RecursionError):
        return []
    return [str(one) for one in found] if isinstance(found, list) else []


def shown_list(values: Sequence[str]) -> str:
    """The values of a row as the form remembers them."""
    return json.dumps(list(values), ensure_ascii=False, separators=(",", ":"))


def pasted(
    text: str, keys: Mapping[tuple[str, str], tuple[int, int]], months: Sequence[int], names: Sequence[str]
) -> tuple[dict[int, dict[Cell, str]], list[str]]:
    """The cells of a pasted table by sub-task, and the lines that name no row of the plan.

    Rows are known by number and indicator (``keys``), columns by the months' ``names`` in the head line.
    Without a head line they are as in the exported workbook. Empty cells change nothing.
    """
    lines = [line.split("\t") for line in text.splitlines() if line.strip()]
    if not lines:
        return {}, []
    head = [cell.strip() for cell in lines[0]]
    columns = {month: head.index(name) for month, name in zip(months, names, strict=True) if name in head}
    body = lines[1:] if columns else lines
    columns = columns or {month: number for number, month in enumerate(months, FIRST)}
    found: dict[int, dict[Cell, str]] = {}
    unknown = []
    for line in body:
        cells = [cell.strip() for cell in line]
        known = keys.get((cells[0], cells[2] if len(cells) > 2 else "")) or keys.get((cells[0], "*"))
        if known is None:
            unknown.append(" ".join(cells[:3]))
            continue
        subtask_id, key = known
        values = {
            Cell(key, month): cells[at] for month, at in columns.items() if at < len(cells) and cells[at]
        }
        found.setdefault(subtask_id, {}).update(values)
    return found, unknown


FIRST = 4  # of the exported workbook: number, sub-task, indicator, promise, then the months
