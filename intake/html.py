"""Web pages and what office programs save as such: paragraphs and tables in the order of the page."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lxml import etree
from lxml.etree import _Element

from engine.errors import IntakeError
from intake.document_json import Reading
from intake.draft import Finding
from intake.headers import is_header
from intake.html_encoding import decode_page
from intake.html_grid import Row, TooWideError, cells_of, row_elements, rows_of
from intake.html_text import Break, lines_of, pieces_of
from intake.limits import Limits
from intake.sheet_scan import letters_of
from intake.table import Cell, Document, Paragraph, Place, Table

_CELL_TAG = re.compile(r"<t[dh]\b", re.IGNORECASE)
_HEADING_ROWS = 3  # among so many rows the headings stand, below a title
_ROW_OF_TEXT = 10  # a single row with a cell of more lines than this holds the page, not a row of tasks


@dataclass(slots=True)
class _Run:
    """One page being read; ``blocks`` counts its paragraphs and tables from 1."""

    name: str
    limits: Limits
    cells_left: int
    parts: list[Paragraph | Table] = field(default_factory=list)
    blocks: int = 0
    tables: int = 0


def read_html(data: bytes, name: str, limits: Limits, declared: str = "") -> Reading:
    """Return the visible paragraphs and tables of a page; tables that only lay out the page are dissolved.

    Each line of running text is a paragraph, placed by its running number; cells are placed as ``表1!C4``.
    A cell below the first row of a span is ``merged``, one beside its first cell is empty. ``declared`` is an
    encoding named outside the page. Raises ``IntakeError`` ``NOT_TEXT``, ``PAGE_TOO_DEEP``, ``FRAMES_ONLY``,
    ``SHEET_TOO_LARGE``.
    """
    page = decode_page(data, name, declared)
    _check_cells(page.text, name, limits)
    root = _parsed(page.text, name)
    run = _Run(name, limits, limits.max_cells)
    if root is not None:
        _read_flow(run, root)
        _check_frames(run, root)
    return Reading(Document(name, tuple(run.parts)), _findings(name, page.broken))


def _check_cells(text: str, name: str, limits: Limits) -> None:
    """Counting the tags is quick; building a tree of them takes most of the time that a reading has."""
    if sum(1 for _ in itertools.islice(_CELL_TAG.finditer(text), limits.max_cells + 1)) > limits.max_cells:
        raise IntakeError(
            "SHEET_TOO_LARGE",
            f"“{name}”：网页里的单元格超过上限 {limits.max_cells} 个。请只复制任务表，另存后再导入。",
        )


def _parsed(text: str, name: str) -> _Element | None:
    """The root of the page; ``None`` for a page without any element."""
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:  # nothing but blanks
        root = None
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise IntakeError(
            "PAGE_TOO_DEEP",
            f"“{name}”：网页的元素层层嵌套或单段文字超过上限，可能是恶意文件。请用浏览器打开，把任务表复制到 Excel 或 Word，另存后再导入。",
        )
    return root


def _check_frames(run: _Run, root: _Element) -> None:
    if not run.parts and next(root.iter("frameset", "iframe"), None) is not None:
        raise IntakeError(
            "FRAMES_ONLY",
            f"“{run.name}”：这个网页只是框架，内容在另外的文件里（通常在同名的“.files”文件夹）。请用 Excel 或浏览器打开，另存为 .xlsx，或导入该文件夹里的网页。",
        )


def _findings(name: str, broken: int) -> tuple[Finding, ...]:
    if not broken:
        return ()
    text = f"网页里有 {broken} 个字无法辨认，显示为“\ufffd”。请对照原网页核对。"
    return (Finding("warning", "UNREADABLE_CHARACTERS", Place(), name, text),)


# --- running text and tables in their order -------------------------------------------------------------------


def _read_flow(run: _Run, element: _Element) -> None:
    text: list[str | Break] = []
    for piece in pieces_of(element):
        if isinstance(piece, _Element):
            _add_paragraphs(run, text)
            text = []
            _read_table(run, piece)
        else:
            text.append(piece)
    _add_paragraphs(run, text)


def _add_paragraphs(run: _Run, pieces: Iterable[str | Break]) -> None:
    for line in lines_of(pieces):
        run.blocks += 1
        run.parts.append(Paragraph(line, Place(line=run.blocks)))


def _read_table(run: _Run, table: _Element) -> None:
    for caption in table.iterchildren("caption"):
        _read_flow(run, caption)
    if _lays_out_the_page(table):
        for row in row_elements(table):
            for cell in cells_of(row):
                _read_flow(run, cell)
        return
    run.blocks += 1
    run.tables += 1
    name = f"表{run.tables}"
    run.parts.append(Table(tuple(_rows(run, table, name)), name))


def _rows(run: _Run, table: _Element, name: str) -> Iterator[tuple[Cell, ...]]:
    rows, width = _laid_out(run, table)
    run.cells_left -= len(rows) * width
    for number, row in enumerate(rows, 1):
        yield tuple(_cell(row, column, name, number) for column in range(width))


def _laid_out(run: _Run, table: _Element) -> tuple[list[Row], int]:
    """The rows and how many columns they have: as many as have a cell that begins there."""
    limits, rows, width = run.limits, list[Row](), 0
    try:
        for row in rows_of(table, limits.max_columns):
            rows.append(row)
            width = max(width, max(row.cells, default=-1) + 1)
            if len(rows) > limits.max_rows or len(rows) * width > run.cells_left:
                raise TooWideError(len(rows))
    except TooWideError as beyond:
        raise _too_large(run, beyond.row) from None
    return rows, width


def _cell(row: Row, column: int, table: str, number: int) -> Cell:
    where = Place(sheet=table, cell=f"{letters_of(column + 1)}{number}")
    element = row.cells.get(column)
    if element is None:
        return Cell("", where, column in row.covered)
    return Cell(text_of(element), where)


def text_of(cell: _Element) -> str:
    """Return the visible text of a cell, a line for each paragraph or line break; of a table within, its rows."""
    return "\n".join(lines_of(_flat(cell)))


def _flat(element: _Element) -> Iterator[str | Break]:
    for piece in pieces_of(element):
        if not isinstance(piece, _Element):
            yield piece
            continue
        for row in row_elements(piece):
            yield Break()
            for cell in cells_of(row):
                yield from (" ", *(" " if isinstance(part, Break) else part for part in _flat(cell)))
        yield Break()


def _too_large(run: _Run, row: int) -> IntakeError:
    limits = run.limits
    return IntakeError(
        "SHEET_TOO_LARGE",
        f"“{run.name}”：第 {run.tables} 个表格的第 {row} 行超过上限 {limits.max_rows} 行、{limits.max_columns} 列、"
        f"共 {limits.max_cells} 个单元格。请检查这一行的合并单元格，删除多余的行列，或只复制任务表另存后再导入。",
    )


# --- tables that only lay out the page --------------------------------------------------------------------------


def _lays_out_the_page(table: _Element) -> bool:
    """A table for looks: it has no headings of tasks, and holds a table of data, or one column, or the text."""
    rows = [list(cells_of(row)) for row in row_elements(table)]
    if any(_has_headings(row) for row in rows[:_HEADING_ROWS]):
        return False
    if any(_is_grid(inner) for inner in table.iterdescendants("table")):
        return True
    if max(map(len, rows), default=0) < 2:
        return True
    return len(rows) == 1 and any(len(text_of(cell).split("\n")) > _ROW_OF_TEXT for cell in rows[0])


def _has_headings(row: list[_Element]) -> bool:
    return is_header([text_of(cell) for cell in row if next(cell.iterdescendants("table"), None) is None])


def _is_grid(table: _Element) -> bool:
    rows = [sum(1 for _ in cells_of(row)) for row in row_elements(table)]
    return len(rows) > 1 and max(rows) > 1
