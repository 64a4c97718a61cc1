"""The rows of a stream of cells below known columns: from number to number, or complete rows that all fit."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from intake.aligning import Seen, aligned
from intake.fitting import MISFIT, UNIT_ROLES, fit
from intake.furniture import is_furniture
from intake.headers import Column
from intake.numerals import leading_number, ordinal, running_number
from intake.quantity_scan import measure_of
from intake.quotas import is_quota
from intake.starting import starts
from intake.sums import placed_by_sums, totals_in
from intake.table import Cell
from intake.units import looks_like_units

_DAY = re.compile(r"\s*\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日\s*")
_WORDED = ("task", "project", "goal")
_LONGEST_SECTION = 24  # characters of a heading between rows


@dataclass(frozen=True, slots=True)
class Told:
    """Rows told, and cells that no row could be told for."""

    rows: list[list[Cell]]
    lost: list[Cell]


def rows_below(cells: list[Cell], columns: list[Column]) -> tuple[Told, Cell | None]:
    """The rows told, the cells lost, and the first cell after the table."""
    cells = _without_sections(cells)
    begins = starts(cells, len(columns), columns[0].role == "no")
    numbered = columns[0].role in ("task", "project") or any(one.role == "no" for one in columns)
    if not numbered or (len(begins) < 2 and columns[0].role != "no"):
        return _rows_by_count(cells, columns)
    if _interleaved(cells, columns):
        return Told([], cells), None
    if not begins:
        return Told([], cells[: len(columns)]), cells[0] if cells else None
    segments, rest = _segments(cells, begins, columns)
    return _told_all(segments, columns), rest


def _interleaved(cells: list[Cell], columns: list[Column]) -> bool:
    """1, 2, 3 one below the other: the columns were read one after the other, and no row can be told."""
    if any(one.role in ("quota", "quantity", "total") for one in columns):
        return False
    values = [ordinal(number) if (number := running_number(cell.text)) else None for cell in cells]
    follows = [
        one is not None and other == one + 1 and third == one + 2
        for one, other, third in zip(values, values[1:], values[2:], strict=False)
    ]
    return any(follows)


def _segments(
    cells: list[Cell], begins: list[int], columns: list[Column]
) -> tuple[list[list[Cell]], Cell | None]:
    """The cells from number to number, without what stands between the rows, and the first cell after the table."""
    segments: list[list[Cell]] = []
    rest: Cell | None = None
    for begin, end in itertools.pairwise([*begins, len(cells)]):
        last = end == len(cells)
        segment, rest = _inside(cells[begin:end], last)
        segment = segment if last else _without_section(segment)
        widest = max(map(len, segments), default=0)
        if last and widest <= len(columns) and _ends_here(segment, columns):
            rest = segment[len(columns)]
            segment = segment[: len(columns)]
        segments.append(segment)
    return segments, rest


def _told_all(segments: list[list[Cell]], columns: list[Column]) -> Told:
    """The rows of all numbers; what complete rows say about units helps to tell the others."""
    seen = Seen()
    by_sums = placed_by_sums(segments, columns, totals_in(segments, columns))
    for segment in segments:
        if len(segment) == len(columns) and _score(segment, columns) >= 0:
            seen.learn(segment, columns)
    readings = [
        Told([by_sums[index][0]], by_sums[index][1]) if index in by_sums else _told(segment, columns, seen)
        for index, segment in enumerate(segments)
    ]
    return Told(
        [row for one in readings for row in one.rows], [cell for one in readings for cell in one.lost]
    )


def _ends_here(segment: list[Cell], columns: list[Column]) -> bool:
    """The last row is complete and what follows holds no units: it stands below the table, not in it."""
    row, below = segment[: len(columns)], segment[len(columns) :]
    rows_below = len(below) >= len(columns) - 1 and any(looks_like_units(cell.text) for cell in below)
    whole = all(fit(cell.text, one.role) > MISFIT for cell, one in zip(row, columns, strict=False))
    return bool(below) and whole and not rows_below


def _inside(cells: list[Cell], last: bool) -> tuple[list[Cell], Cell | None]:
    """The cells of a segment without page furniture; the last segment ends at the first piece of it."""
    for index, cell in enumerate(cells):
        if index and last and is_furniture(cell.text):
            return cells[:index], cell
    return [cell for cell in cells if not is_furniture(cell.text)], None


def _without_sections(cells: list[Cell]) -> list[Cell]:
    """The cells without headings that stand alone between rows of Arabic numbers: 二、社会保障, also several in a row."""
    if not any((running_number(cell.text) or "x")[0].isdigit() for cell in cells):
        return cells
    kept: list[Cell] = []
    before_row = False  # what follows begins a row, so that a heading may stand here
    for cell in reversed(cells):
        number = leading_number(cell.text)
        section = number is not None and not number[0].isdigit() and len(cell.text) <= _LONGEST_SECTION
        if section and before_row:
            continue
        before_row = (running_number(cell.text) or "x")[0].isdigit()
        kept.append(cell)
    return kept[::-1]


def _without_section(segment: list[Cell]) -> list[Cell]:
    """A row of Arabic number without the section that is announced below it: 二、社会保障类."""
    number = leading_number(segment[-1].text)
    announced = number is not None and not number[0].isdigit() and len(segment[-1].text) <= _LONGEST_SECTION
    arabic = (running_number(segment[0].text) or "x")[0].isdigit()
    return segment[:-1] if announced and arabic and len(segment) > 2 else segment


def _rows_by_count(cells: list[Cell], columns: list[Column]) -> tuple[Told, Cell | None]:
    """Without running numbers only complete rows that all fit are believed."""
    end = next((index for index in range(len(cells)) if _ends_table(cells, index, columns)), len(cells))
    rest = cells[end] if end < len(cells) else None
    rows = [list(chunk) for chunk in chunks(cells[:end], len(columns))]
    whole = bool(rows) and len(rows[-1]) == len(columns)
    roles = {one.role for one in columns}
    if whole and UNIT_ROLES & roles and all(_score(row, columns) > 0 for row in rows):
        return Told(rows, []), rest
    if whole and "quantity" in roles and all(_fits_closely(row, columns) for row in rows):
        return Told(rows, []), rest
    return Told([], cells[:end]), rest


def _ends_table(cells: Sequence[Cell], index: int, columns: Sequence[Column]) -> bool:
    """Page furniture; or, where a row would begin, who signs with the day below: 区民政局, 2024年3月1日."""
    if is_furniture(cells[index].text):
        return True
    begins = index % len(columns) == 0 and columns[0].role not in UNIT_ROLES and index + 1 < len(cells)
    return begins and looks_like_units(cells[index].text) and bool(_DAY.fullmatch(cells[index + 1].text))


def _fits_closely(row: Sequence[Cell], columns: Sequence[Column]) -> bool:
    """Every cell is what its column holds, and none of the wordings is a bare figure: no row is shifted."""
    return all(
        fit(cell.text, one.role) > (0 if one.role in _WORDED else MISFIT)
        and not (one.role in _WORDED and is_quota(cell.text))
        for cell, one in zip(row, columns, strict=True)
    )


def _told(segment: list[Cell], columns: list[Column], seen: Seen) -> Told:
    """The rows of one running number: a complete row, several under a merged title, or a short or long row."""
    width = len(columns)
    if len(segment) == width and _score(segment, columns) >= 0:
        return Told([segment], [])
    for cells in (segment, _mended(segment)):
        merged = _under_merged(cells, columns)
        if merged:
            return Told(merged, [])
    placed = aligned(segment, columns, seen)
    return Told(placed[0], placed[1]) if placed else Told([], segment)


def _mended(segment: list[Cell]) -> list[Cell]:
    """Cells of a matrix that a line break has cut joined again: 286|户, and 4805|400人 where others have measures."""
    mended: list[Cell] = []
    for cell in segment:
        bare_figure = bool(mended) and re.fullmatch(r"\d[\d,.]*", mended[-1].text) is not None
        if bare_figure and len(mended) > 1 and (measure_of(cell.text) or re.fullmatch(r"\d.*\D", cell.text)):
            mended[-1] = Cell(f"{mended[-1].text}\n{cell.text}", mended[-1].where)
        else:
            mended.append(cell)
    return mended


def _under_merged(segment: list[Cell], columns: list[Column]) -> list[list[Cell]]:
    """Rows after the first that lack the cells merged downwards (number, title): exactly one way must fit."""
    width = len(columns)
    readings: list[list[list[Cell]]] = []
    for merged in range(1, _task_index(columns) + 1):
        rest = len(segment) - width
        if rest < 0 or rest % (width - merged):
            continue
        below = [list(chunk) for chunk in chunks(segment[width:], width - merged)]
        if _fits(segment[:width], columns) and all(_fits(chunk, columns[merged:]) for chunk in below):
            padded = [[Cell("", chunk[0].where, merged=True)] * merged + chunk for chunk in below]
            readings.append([segment[:width], *padded])
    return readings[0] if len(readings) == 1 else []


def _task_index(columns: list[Column]) -> int:
    roles = [one.role for one in columns]
    return roles.index("task") if "task" in roles else 1 if len(roles) > 1 else 0


def _fits(cells: Sequence[Cell], columns: Sequence[Column]) -> bool:
    return all(fit(cell.text, one.role) > MISFIT for cell, one in zip(cells, columns, strict=True)) and any(
        one.role in UNIT_ROLES | {"quota"} for one in columns
    )


def _score(cells: Sequence[Cell], columns: Sequence[Column]) -> int:
    return sum(fit(cell.text, one.role) for cell, one in zip(cells, columns, strict=False))


def chunks(cells: Sequence[Cell], size: int) -> Iterable[Sequence[Cell]]:
    """The cells in pieces of one size; the last may be shorter."""
    return (cells[index : index + size] for index in range(0, len(cells), size))
