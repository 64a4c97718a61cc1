"""Cells of running text with labels (牵头单位：…；完成时限：…): each label a column of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from intake.fitting import UNIT_ROLES
from intake.headers import Column, column
from intake.table import Cell

_LABEL = re.compile(r"(?:^|(?<=[；;。，,、\s【]))\s*([\u4e00-\u9fff]{2,10})\s*[:：】]\s*")
_SPOKEN = UNIT_ROLES | {"deadline", "progress", "problem", "person", "leader", "milestone", "goal", "task"}
_LEAST_LABELS = 2


def spread(columns: list[Column], rows: list[list[Cell]]) -> None:
    """Replace a column whose cells hold labelled text by the columns that the labels name, in place."""
    for index in reversed(range(len(columns))):
        if columns[index].role in UNIT_ROLES | {"no"}:
            continue
        told = [_told(row[index]) for row in rows]
        filled = [row[index] for row in rows if row[index].text.strip()]
        if not filled or 2 * sum(len(one) > _LEAST_LABELS for one in told) <= len(filled):
            continue
        named = {known.role: known for one in told for known, _ in one if known}
        columns[index : index + 1] = [columns[index], *named.values()]
        for row, one in zip(rows, told, strict=True):
            row[index : index + 1] = _cells(one, row[index], list(named))


def _told(cell: Cell) -> list[tuple[Column | None, str]]:
    """The text before the first label and the text behind each label."""
    found = [
        (match, known)
        for match in _LABEL.finditer(cell.text)
        if (known := column(match.group(1))) and known.role in _SPOKEN
    ]
    ends = [*(match.start() for match, _ in found[1:]), len(cell.text)][: len(found)]
    before = cell.text[: found[0][0].start()] if found else cell.text
    return [
        (None, before.strip()),
        *(
            (known, cell.text[match.end() : end].strip(" \n；;，,【"))
            for (match, known), end in zip(found, ends, strict=True)
        ),
    ]


def _cells(told: Sequence[tuple[Column | None, str]], cell: Cell, roles: Sequence[str]) -> list[Cell]:
    texts = {role: "\n".join(text for known, text in told if known and known.role == role) for role in roles}
    return [Cell(told[0][1], cell.where), *(Cell(text, cell.where) for text in texts.values())]
