"""Cells without row breaks back into rows: by running number, number of columns and what fits where."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from intake.aligning import Seen, aligned
from intake.english import in_english, is_latin
from intake.fitting import MISFIT, UNIT_ROLES, fit
from intake.furniture import is_furniture
from intake.headers import Column, bare, column, is_header
from intake.heading_cells import MOST_HEADINGS, header_size, headings_of, merged_headings
from intake.numerals import leading_number, ordinal, running_number
from intake.quantity_scan import measure_of
from intake.reflow_en import english_rows
from intake.sums import placed_by_sums, totals_in
from intake.table import Cell, Place, Table
from intake.units import looks_like_units

_FIGURE = re.compile(r"\d[\d,.]*")
_LONGEST_SECTION = 24  # characters of a heading between rows
_LEAST_UNITS = 2  # unknown headings of a matrix


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a text file with its number, counted from 1."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class _Reading:
    rows: list[list[Cell]]
    lost: list[Cell]


def cells_to_rows(rows: list[list[Cell]]) -> tuple[list[tuple[Cell, ...]], list[Cell]]:
    """Rows as cut by blank lines if they are of one width; else rows told by the headings, and the cells lost."""
    width = max((len(row) for row in rows), default=0)
    body = [row for row in rows if not is_header([cell.text for cell in row[:MOST_HEADINGS]])]
    if body and len(body) < len(rows) and all(len(row) == width for row in body):
        return [tuple(row) for row in rows], []
    cells = [cell for row in rows for cell in row]
    size = header_size(cells)
    headings = merged_headings([cell for cell in cells[:size] if cell.text])
    if not is_header([cell.text for cell in headings]):
        return [], cells
    columns = _columns(headings)
    chunks = [list(chunk) for chunk in _chunks(cells[size:], len(headings))]
    if all(_well_formed(chunk, columns) for chunk in chunks):
        return [tuple(headings), *(tuple(chunk) for chunk in chunks)], []
    reading, _ = _rows([cell for cell in cells[size:] if cell.text], columns)
    return [tuple(headings), *(tuple(row) for row in reading.rows)], reading.lost


def _well_formed(row: list[Cell], columns: list[Column]) -> bool:
    """A whole row whose number, units and shares are such or empty."""
    pairs = zip(row, columns, strict=False)
    return len(row) == len(columns) and all(
        not cell.text or fit(cell.text, one.role) > MISFIT for cell, one in pairs
    )


def _columns(headings: list[Cell]) -> list[Column]:
    """The columns; unknown headings are units with quotas where several stand together, else columns of no use."""
    known = [column(cell.text) for cell in headings]
    strange = [cell.text for one, cell in zip(known, headings, strict=True) if one is None]
    role = "quota" if len(strange) >= _LEAST_UNITS and not all(map(in_english, strange)) else "other"
    return [one or Column(role, bare(cell.text)) for one, cell in zip(known, headings, strict=True)]


def one_cell_a_line(lines: list[Line], index: int) -> tuple[Table | None, int]:
    """The table whose headings stand one below the other from ``index`` on, each cell a paragraph or a line.

    Rows that cannot be told are in ``lost``. ``(None, index + 1)`` where no headings stand.
    """
    if (
        len(
            {
                known.role
                for cell in cells_below(lines[index : index + 12], 0)[:4]
                if (known := column(cell.text))
            }
        )
        < 2
    ):
        return None, index + 1
    cells = cells_below(lines[index : index + 4 * MOST_HEADINGS], 0)
    headings, size = headings_of(cells)
    if len(headings) < 3 or not is_header([cell.text for cell in headings]):
        return None, index + 1
    columns = _columns(headings)
    if any(one.role == "no" for one in columns[1:]):
        return None, index + 1  # a title above the headings; they begin with the number
    body = _without_headers(cells_below(lines, index)[size:], [cell.text for cell in cells[:size]])
    reading, rest = _rows(body, columns)
    if not reading.rows and all(map(is_latin, (cell.text for cell in headings))):
        english = english_rows(body, columns)
        reading, rest = _Reading(english.rows, english.lost), english.rest
    end = rest.where.line - 1 if rest is not None and rest.where.line else len(lines)
    end = _index_of(lines, end)
    rows = (tuple(headings), *(tuple(row) for row in reading.rows)) if reading.rows else (tuple(headings),)
    return Table(rows, lost=tuple(reading.lost)), max(end, index + 1)


def _index_of(lines: list[Line], number: int) -> int:
    """The index of the first line after line ``number``."""
    return next((index for index, line in enumerate(lines) if line.number > number), len(lines))


def cells_below(lines: list[Line], index: int) -> list[Cell]:
    """One cell a line; or, where blank lines stand between the first headings, one cell a paragraph."""
    head = [bool(line.text.strip()) for line in lines[index : index + 5]]
    by_paragraph = not all(head[:3])
    cells: list[Cell] = []
    blank = True
    for line in lines[index:]:
        text = line.text.strip()
        if "\t" in text:
            break  # rows with cells side by side: another table
        if text and by_paragraph and not blank and not _alone(text):
            cells[-1] = Cell(f"{cells[-1].text}\n{text}", cells[-1].where)
        elif text:
            cells.append(Cell(text, Place(line=line.number)))
        blank = not text
    return cells


def _alone(text: str) -> bool:
    """A list mark of a page never belongs to the cell above it."""
    return text[:1] in "•·●"


def _without_headers(cells: list[Cell], headings: list[str]) -> list[Cell]:
    """The cells without the headings that each printed page repeats."""
    kept: list[Cell] = []
    position, size = 0, len(headings)
    wanted = [bare(text) for text in headings]
    while position < len(cells):
        if [bare(cell.text) for cell in cells[position : position + size]] == wanted:
            position += size
        else:
            kept.append(cells[position])
            position += 1
    return kept


def _rows(cells: list[Cell], columns: list[Column]) -> tuple[_Reading, Cell | None]:
    """The rows told, the cells lost, and the first cell after the table."""
    cells = _without_sections(cells)
    begins = starts(cells, len(columns), columns[0].role == "no")
    numbered = columns[0].role in ("task", "project") or any(one.role == "no" for one in columns)
    if not numbered or (len(begins) < 2 and columns[0].role != "no"):
        return _rows_by_count(cells, columns)
    if _interleaved(cells, columns):
        return _Reading([], cells), None
    if not begins:
        return _Reading([], cells[: len(columns)]), cells[0] if cells else None
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


def _told_all(segments: list[list[Cell]], columns: list[Column]) -> _Reading:
    """The rows of all numbers; what complete rows say about units helps to tell the others."""
    seen = Seen()
    by_sums = placed_by_sums(segments, columns, totals_in(segments, columns))
    for segment in segments:
        if len(segment) == len(columns) and _score(segment, columns) >= 0:
            seen.learn(segment, columns)
    readings = [
        _Reading([by_sums[index][0]], by_sums[index][1])
        if index in by_sums
        else _told(segment, columns, seen)
        for index, segment in enumerate(segments)
    ]
    return _Reading(
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


def starts(cells: list[Cell], width: int, alone: bool) -> list[int]:
    """Where each numbered row begins: numbers follow one another, best at the distance of a row.

    ``alone`` says that a number is a cell of its own; else it opens the text of the first column.
    """
    places: dict[tuple[bool, int], list[int]] = defaultdict(list)
    below = [*(cell.text for cell in cells[1:]), "0"][: len(cells)]
    keys = [
        None if alone and _FIGURE.fullmatch(after) else _ordinal(cell, alone)
        for cell, after in zip(cells, below, strict=True)
    ]  # a share among shares is no number of a row
    for index, key in enumerate(keys):
        if key is not None:
            places[key].append(index)
    first = next((index for index, key in enumerate(keys) if key is not None), None) if alone else 0
    if first is None or not cells:
        return []
    begins = [first]
    while (following := _next_start(keys[begins[-1]], places, begins[-1], width)) is not None:
        begins.append(following)
    return begins


def _next_start(
    key: tuple[bool, int] | None, places: dict[tuple[bool, int], list[int]], start: int, width: int
) -> int | None:
    """The next number of the same style; one left out, or a new count from 1, only where a row would end."""
    if key is None:
        return None
    arabic, number = key
    following = places.get((arabic, number + 1), [])
    begin = bisect_left(following, start + 2)
    exact = start + max(width, 1)  # a number never begins two rows
    if exact in following[begin:] or begin == len(following):
        at_exact = next(
            (value for (style, value), found in places.items() if style == arabic and exact in found), 0
        )
        return exact if at_exact > number or at_exact == 1 else None
    return following[begin]


def _ordinal(cell: Cell, alone: bool) -> tuple[bool, int] | None:
    """Whether a running number is written in Arabic digits, and what it counts."""
    number = running_number(cell.text) if alone else (leading_number(cell.text) or (None,))[0]
    value = ordinal(number) if number and "." not in number else None
    return (number[:1].isdigit(), value) if number and value is not None else None


def _rows_by_count(cells: list[Cell], columns: list[Column]) -> tuple[_Reading, Cell | None]:
    """Without running numbers only complete rows that all fit are believed."""
    end = next((index for index, cell in enumerate(cells) if is_furniture(cell.text)), len(cells))
    rest = cells[end] if end < len(cells) else None
    rows = [list(chunk) for chunk in _chunks(cells[:end], len(columns))]
    whole = bool(rows) and len(rows[-1]) == len(columns)
    if whole and UNIT_ROLES & {one.role for one in columns} and all(_score(row, columns) > 0 for row in rows):
        return _Reading(rows, []), rest
    return _Reading([], cells[:end]), rest


def _told(segment: list[Cell], columns: list[Column], seen: Seen) -> _Reading:
    """The rows of one running number: a complete row, several under a merged title, or a short or long row."""
    width = len(columns)
    if len(segment) == width and _score(segment, columns) >= 0:
        return _Reading([segment], [])
    for cells in (segment, _mended(segment)):
        merged = _under_merged(cells, columns)
        if merged:
            return _Reading(merged, [])
    placed = aligned(segment, columns, seen)
    return _Reading(placed[0], placed[1]) if placed else _Reading([], segment)


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
        chunks = [list(chunk) for chunk in _chunks(segment[width:], width - merged)]
        if _fits(segment[:width], columns) and all(_fits(chunk, columns[merged:]) for chunk in chunks):
            padded = [[Cell("", chunk[0].where, merged=True)] * merged + chunk for chunk in chunks]
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


def _chunks(cells: Sequence[Cell], size: int) -> Iterable[Sequence[Cell]]:
    return (cells[index : index + size] for index in range(0, len(cells), size))
