"""Headings of a table in one storey or two: which columns begin on a row, and how many rows that takes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from intake.guessing import could_be_headings
from intake.headers import Column, bare, column, is_group, is_header, month_of
from intake.quotas import is_quota
from intake.table import Cell


def headings(rows: Sequence[Sequence[Cell]], position: int) -> tuple[list[Column], int]:
    """The columns that begin on a row and the number of rows they take; ``([], 0)`` where no headings stand."""
    upper = [cell.text for cell in rows[position]]
    lower = [cell.text for cell in rows[position + 1]] if position + 1 < len(rows) else []
    if _is_second_storey(upper, lower):
        joined = _joined(upper, lower)
        if is_header([text for text, _ in joined]) or is_header(upper):
            return [_column(text, grouped) for text, grouped in joined], 2
    below = rows[position + 1 : position + 4]
    if is_header(upper) or could_be_headings(upper, below):
        return [_column(text, False) for text in upper], 1
    return [], 0


def _is_second_storey(upper: list[str], lower: list[str]) -> bool:
    """The row below continues the headings: nothing under the number and the task, names or headings elsewhere."""
    filled = [text for text in lower if text.strip()]
    if not filled or any(len(bare(text)) > 12 or is_quota(text) for text in filled):
        return False
    known = [column(text) for text in upper]
    under = [
        lower[i]
        for i, one in enumerate(known)
        if one and one.role in ("no", "task", "project") and i < len(lower)
    ]
    if not under or any(text.strip() for text in under):
        return False
    grouped = any(is_group(text) or month_of(text) for text in upper if text.strip())
    return grouped or all(column(text) for text in filled)


def _joined(upper: list[str], lower: list[str]) -> list[tuple[str, bool]]:
    """Each column's heading and whether it stands under a group; a group reaches to the next upper heading."""
    joined: list[tuple[str, bool]] = []
    above = ""
    for position in range(max(len(upper), len(lower))):
        own = upper[position] if position < len(upper) else ""
        below = lower[position] if position < len(lower) else ""
        above = own if own.strip() else above
        if below.strip():
            month = month_of(above) is not None and not is_group(above)
            joined.append((above + below if month else below, is_group(above)))
        else:
            joined.append((own, False))
    return joined


def _column(text: str, grouped: bool) -> Column:
    known = column(text)
    if grouped and (known is None or known.role != "total"):
        return Column("quota", bare(text))
    return known or Column("unknown", re.sub(r"\s", "", text))
