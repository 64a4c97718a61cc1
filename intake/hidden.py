"""Hidden rows and columns of a sheet: left out, and what was merged from them on stays."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from intake.sheet_scan import SheetScan
from intake.table import Cell, Table


def hidden_lines(table: Table, scan: SheetScan) -> tuple[set[int], set[int]]:
    """Return the hidden rows and the hidden columns within the table, both counted from 0."""
    rows = {row - 1 for row in scan.hidden_rows if row <= len(table.rows)}
    width = len(table.rows[0]) if table.rows else 0
    columns: set[int] = set()
    for first, last in scan.hidden_columns:
        columns.update(range(first - 1, min(last, width)))
    return rows, columns


def without_hidden(table: Table, scan: SheetScan) -> tuple[Table, int, int]:
    """Return what a reader of the sheet sees, and how many filled rows and filled columns were left out."""
    rows, columns = hidden_lines(table, scan)
    if not rows and not columns:
        return table, 0, 0
    grid = [list(row) for row in table.rows]
    left_out = sum(any(cell.text.strip() for cell in grid[row]) for row in rows)
    shown_rows = [row for row in range(len(grid)) if row not in rows]
    filled = {at for row in shown_rows for at in columns if grid[row][at].text.strip()}
    shown_columns = [at for at in range(len(table.rows[0])) if at not in columns]
    _keep_merged(grid, scan.merges, shown_rows, shown_columns)
    shown = tuple(tuple(grid[row][at] for at in shown_columns) for row in shown_rows)
    return Table(shown if shown_columns else (), table.name), left_out, len(filled)


def _keep_merged(
    grid: list[list[Cell]],
    merges: Sequence[tuple[int, int, int, int]],
    rows: Sequence[int],
    columns: Sequence[int],
) -> None:
    """Give the text of a merge that begins in what is hidden to its first cell that is shown."""
    for top, left, bottom, right in merges:
        row, column = _first_from(rows, top - 1), _first_from(columns, left - 1)
        if row is None or column is None or row >= bottom or column >= right:
            continue
        if (row, column) == (top - 1, left - 1):
            continue
        text = grid[top - 1][left - 1].text
        for at in range(column, min(right, len(grid[row]))):
            grid[row][at] = Cell(text if at == column else "", grid[row][at].where)


def _first_from(shown: Sequence[int], start: int) -> int | None:
    at = bisect_left(shown, start)
    return shown[at] if at < len(shown) else None
