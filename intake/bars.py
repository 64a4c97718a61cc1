"""Tables between bars: Markdown, drawn boxes, bars at line ends only, and one cell a line closed by a bar."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence

from intake import words
from intake.furniture import is_furniture
from intake.guessing import begins_headings
from intake.headers import bare, column, is_header
from intake.numerals import running_number
from intake.opened_rows import barred, opens_rows, rows_opened_by_bars
from intake.periodic import rows_of_equal_count
from intake.reflow import Line
from intake.starting import starts
from intake.table import Cell, Place, Table

_RULE = re.compile(r"[\s|+:=\-─━═┄┈┌┐└┘├┤┬┴┼┏┓┗┛┣┫┳┻╋╔╗╚╝╠╣╦╩╬]{3,}")
_LABEL = re.compile(r"[\u4e00-\u9fff]{2,6}\s*[:：]")
_LEAST_RULES = 4  # a box has one above and below, one under the headings, and one between rows
_LONGEST_HEADING = 12
_MOST_LINES = 6  # lines that a cell may take before its bar comes


def bars_at(lines: Sequence[Line], index: int) -> tuple[Table | None, int]:
    """The table between bars that begins on a line and the first line after it; ``(None, index + 1)`` where none does."""
    text = barred(lines[index].text)
    if opens_rows(lines, index):
        return rows_opened_by_bars(lines, index)
    if _begins_rows(text, lines[index + 1 : index + 2]):
        return _rows_between_bars(lines, index)
    if text.count("|") <= 1 and column(text.strip("| ")) and _one_bar_a_line(lines[index : index + 8]):
        return _cells_closed_by_bars(lines, index)
    return None, index + 1


def _is_rule(text: str) -> bool:
    return _RULE.fullmatch(text) is not None and re.search(r"[^\s|:]{2}", text) is not None


def _begins_rows(text: str, following: Sequence[Line]) -> bool:
    if _is_rule(text):
        return bool(following) and barred(following[0].text).count("|") >= 2
    texts = _split(text)
    if text.startswith("|") and text.count("|") >= 3:
        return any(texts)  # bars alone close a row of which only one cell is left
    return text.count("|") >= 2 and (is_header(texts) or begins_headings(texts))


def _split(text: str) -> list[str]:
    """The cells of a line; a bar before the first and one behind the last belong to the frame."""
    return [
        cell.strip().replace("<br>", "\n") for cell in text.removeprefix("|").removesuffix("|").split("|")
    ]


# --- A row a line ------------------------------------------------------------------------------------------------


def _rows_between_bars(lines: Sequence[Line], index: int) -> tuple[Table, int]:
    groups: list[list[list[Cell]]] = [[]]  # rows between two rules
    rules, end, blank = 0, index, False
    for position in range(index, len(lines)):
        text = barred(lines[position].text)
        if not text:
            blank = True
        elif _is_rule(text):
            rules += 1
            groups.append([])
            end = position + 1
        elif "|" in text and not _is_page(text):
            place = Place(line=lines[position].number)
            groups[-1].append([Cell(cell, place) for cell in _split(text)])
            end, blank = position + 1, False
        elif blank or not _goes_on(groups, text):
            break
        else:
            end = position + 1
    return Table(tuple(tuple(row) for row in _joined(groups, rules))), end


def _is_page(text: str) -> bool:
    """索引号: | … | 成文日期: | … |: the page around the document, not a row."""
    first = _split(text)[0]
    return is_furniture(first) or _LABEL.fullmatch(first) is not None


def _goes_on(groups: list[list[list[Cell]]], text: str) -> bool:
    """A line without bars continues the last cell of a row that is shorter than the headings."""
    rows = [row for group in groups for row in group]
    if len(rows) < 2 or len(rows[-1]) >= len(rows[0]) or is_furniture(text):
        return False
    last = rows[-1][-1]
    groups[-1][-1][-1] = Cell(f"{last.text}\n{text}".strip(), last.where)
    return True


def _joined(groups: list[list[list[Cell]]], rules: int) -> Iterable[list[Cell]]:
    """Where rules stand between the rows, all lines between two of them are one row."""
    for group in groups:
        if rules < _LEAST_RULES or len(group) < 2:
            yield from group
            continue
        width = max(len(row) for row in group)
        columns = [[row[index] for row in group if index < len(row)] for index in range(width)]
        yield [Cell("\n".join(cell.text for cell in cells if cell.text), cells[0].where) for cells in columns]


# --- A cell a line -------------------------------------------------------------------------------------------------


def _one_bar_a_line(lines: Sequence[Line]) -> bool:
    """A bar closes each of the first cells, at the end of its line or on the next one."""
    bars = [count for line in lines if (count := barred(line.text).count("|"))]
    return len(bars) >= 3 and set(bars[:3]) == {1}


def _cells_closed_by_bars(lines: Sequence[Line], index: int) -> tuple[Table, int]:
    """The rows of a stream of cells: headings, then a row around each running number."""
    end = _end_of_stream(lines, index)
    cells = list(_stream(lines[index:end]))
    if not any(running_number(cell.text) for cell in cells) and (rows := rows_of_equal_count(cells)):
        return Table(tuple(map(tuple, rows))), end
    size = sum(1 for _ in itertools.takewhile(lambda cell: column(cell.text) or _is_short(cell.text), cells))
    first = next((place for place, cell in enumerate(cells) if running_number(cell.text)), None)
    if first is None or first < size:
        return Table((), lost=tuple(cell for cell in cells if cell.text)), end
    headings, front = cells[:size], first - size  # cells of a row before its number: a category
    known = [one.role if (one := column(cell.text)) else "" for cell in headings]
    if "no" not in known:
        headings = [*headings[:front], Cell("序号", cells[first].where), *headings[front:]]
    elif known.index("no") != front:
        return Table((), lost=tuple(cell for cell in cells if cell.text)), end
    rows, lost = _numbered_rows(cells[size:], len(headings), front)
    return Table((tuple(headings), *map(tuple, rows)), lost=tuple(cell for cell in lost if cell.text)), end


def _is_short(text: str) -> bool:
    return bool(text) and len(bare(text)) <= _LONGEST_HEADING and running_number(text) is None


def _numbered_rows(body: list[Cell], width: int, front: int) -> tuple[list[list[Cell]], list[Cell]]:
    """Rows from number to number; what stands before a number (its category) ends the stretch before it."""
    rows: list[list[Cell]] = []
    lost: list[Cell] = []
    begins = [place + front for place in starts(body[front:], width, True)]
    before = body[:front]
    for first, after in itertools.pairwise([*begins, len(body)]):
        own, rest = body[first:after], []
        if front:
            own, rest = own[: width - front], own[width - front :]
        before = [Cell("", body[first].where)] * (front - len(before)) + before
        told = _rows_of([*before, *own], width)
        rows += told
        lost += [] if told else own
        before = rest if len(rest) <= front else []
        lost += rest if len(rest) > front else []
    return rows, lost


def _rows_of(cells: list[Cell], width: int) -> list[list[Cell]]:
    """One row, or several under one number where the cells divide into such; none for what cannot be told."""
    while len(cells) > width and not cells[-1].text:
        cells = cells[:-1]
    if len(cells) <= width:
        return [cells + [Cell("", cells[0].where)] * (width - len(cells))]
    if len(cells) % width:
        return []
    return [cells[place : place + width] for place in range(0, len(cells), width)]


def _end_of_stream(lines: Sequence[Line], index: int) -> int:
    end = index
    for position in range(index, len(lines)):
        text = barred(lines[position].text)
        if "|" in text:
            if _is_page(text) and text.count("|") > 1:
                break
            end = position + 1
        elif position - end >= _MOST_LINES or text.startswith(words.pages.FURNITURE_BEGINNINGS):
            break
    return end


def _stream(lines: Sequence[Line]) -> Iterable[Cell]:
    parts: list[str] = []
    begun = lines[0].number
    first = True
    for line in lines:
        for number, piece in enumerate(barred(line.text).split("|")):
            if number:
                text = "\n".join(part for part in parts if part)
                if text or not first:
                    yield Cell(text, Place(line=begun))
                parts, begun, first = [], line.number, False
            if not any(parts):
                begun = line.number
            parts.append(piece.strip())
    if any(parts):
        yield Cell("\n".join(part for part in parts if part), Place(line=begun))
