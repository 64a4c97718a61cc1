"""Word documents (.docx): paragraphs and tables in the order of the body."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

import docx
import docx.document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from lxml import etree

from engine.errors import IntakeError
from intake.document_json import Reading
from intake.docx_numbering import Numbering, read_numbering
from intake.limits import Limits
from intake.sheet_scan import letters_of
from intake.table import Cell, Document, Paragraph, Place, Table

_P, _TBL, _TR, _TC = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc")
# What a revision took out, what is drawn twice for old readers, and text that is not shown as text.
_SKIPPED = frozenset(map(qn, ("w:del", "w:moveFrom", "w:pPr", "w:rPr", "w:instrText"))) | {
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
}
_TEXT = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_T = qn("w:t")
_BOX = qn("w:txbxContent")
_LISTS = (RELATIONSHIP_TYPE.NUMBERING, RELATIONSHIP_TYPE.STYLES)


@dataclass(slots=True)
class _Run:
    """One document being read; ``blocks`` counts paragraphs and tables of the body from 1."""

    name: str
    limits: Limits
    cells_left: int
    numbering: Numbering
    blocks: int = 0
    tables: int = 0


def read_docx(data: bytes, name: str, limits: Limits) -> Reading:
    """Return the paragraphs and tables of the body; a spanned column is filled with empty cells.

    Paragraphs are placed by their running number, cells as ``表1!C4``. Text that a revision deleted is left
    out, text that it inserted is kept. Raises ``IntakeError`` ``SHEET_TOO_LARGE`` with table and row.
    """
    document = docx.Document(io.BytesIO(data))
    run = _Run(name, limits, limits.max_cells, _numbering_of(document))
    return Reading(Document(name, tuple(_read_blocks(run, document.element.body))))


def _numbering_of(document: docx.document.Document) -> Numbering:
    parts = {
        relation.reltype: relation for relation in document.part.rels.values() if not relation.is_external
    }
    roots = (getattr(parts[kind].target_part, "element", None) if kind in parts else None for kind in _LISTS)
    return read_numbering(*roots)


def _read_blocks(run: _Run, body: etree._Element) -> Iterator[Paragraph | Table]:
    for element in _blocks(body):
        run.blocks += 1
        if element.tag == _TBL:
            run.tables += 1
            yield _read_table(run, element)
        elif text := _numbered(run, element).strip():
            yield Paragraph(text, Place(line=run.blocks))


def _numbered(run: _Run, paragraph: etree._Element) -> str:
    # The label first: a paragraph without text of its own is counted too.
    return run.numbering.label(paragraph) + text_of(paragraph)


def _blocks(parent: etree._Element) -> Iterator[etree._Element]:
    """Yield the paragraphs and tables under ``parent``, also those wrapped in content controls or revisions.

    What stands in a text box follows the paragraph that the box hangs on.
    """
    stack = list(reversed(parent))
    while stack:
        element = stack.pop()
        if element.tag in (_P, _TBL):
            yield element
        if element.tag == _P:
            stack.extend(reversed(list(_nearest(element, _BOX))))
        elif element.tag == _TBL:
            continue
        elif element.tag not in _SKIPPED:
            stack.extend(reversed(element))


def _read_table(run: _Run, table: etree._Element) -> Table:
    name = f"表{run.tables}"
    rows = [_read_row(run, row, name, number) for number, row in enumerate(_rows(table), 1)]
    return Table(tuple(rows), name)


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    return (row for row in _nearest(table, _TR) if row.find(f"{qn('w:trPr')}/{qn('w:del')}") is None)


def _read_row(run: _Run, row: etree._Element, table: str, number: int) -> tuple[Cell, ...]:
    if number > run.limits.max_rows:
        raise _too_large(run, table, number)
    cells: list[Cell] = []
    _pad(run, cells, _number(row, "w:trPr", "w:gridBefore", 0), table, number)
    for cell in _nearest(row, _TC):
        merged = _continues_a_merge(cell)
        cells.append(
            Cell("" if merged else _text_of_cell(run, cell), _place(table, number, len(cells)), merged)
        )
        _pad(run, cells, _number(cell, "w:tcPr", "w:gridSpan", 1) - 1, table, number)
    run.cells_left -= len(cells)
    if len(cells) > run.limits.max_columns or run.cells_left < 0:
        raise _too_large(run, table, number)
    return tuple(cells)


def _pad(run: _Run, cells: list[Cell], count: int, table: str, number: int) -> None:
    if len(cells) + count > run.limits.max_columns:
        raise _too_large(run, table, number)
    for _ in range(count):
        cells.append(Cell("", _place(table, number, len(cells))))


def _place(table: str, row: int, column: int) -> Place:
    return Place(sheet=table, cell=f"{letters_of(column + 1)}{row}")


def _nearest(parent: etree._Element, tag: str) -> Iterator[etree._Element]:
    """Yield the elements of ``tag`` under ``parent``, not those of tables nested in it."""
    stack = list(reversed(parent))
    while stack:
        element = stack.pop()
        if element.tag == tag:
            yield element
        elif element.tag not in _SKIPPED and element.tag not in (_TBL, _TC, _P):
            stack.extend(reversed(element))


def _continues_a_merge(cell: etree._Element) -> bool:
    merge = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
    return merge is not None and merge.get(qn("w:val"), "continue") != "restart"


def _number(element: etree._Element, properties: str, tag: str, default: int) -> int:
    found = element.find(f"{qn(properties)}/{qn(tag)}")
    value = found.get(qn("w:val"), "") if found is not None else ""
    return int(value) if value.isdecimal() else default


def _text_of_cell(run: _Run, cell: etree._Element) -> str:
    return "\n".join(_numbered(run, paragraph) for paragraph in cell.iter(_P)).strip()


def text_of(paragraph: etree._Element) -> str:
    """Return the visible text of a ``w:p``, with line breaks and tabs."""
    parts: list[str] = []
    stack = list(reversed(paragraph))
    while stack:
        element = stack.pop()
        if element.tag == _T:
            parts.append(element.text or "")
        elif element.tag in _TEXT:
            parts.append(_TEXT[element.tag])
        elif element.tag not in _SKIPPED and element.tag != _P:
            stack.extend(reversed(element))
    return "".join(parts)


def _too_large(run: _Run, table: str, row: int) -> IntakeError:
    limits = run.limits
    return IntakeError(
        "SHEET_TOO_LARGE",
        f"“{run.name}”：第 {table[1:]} 个表格的第 {row} 行超过上限 {limits.max_rows} 行、{limits.max_columns} 列、"
        f"共 {limits.max_cells} 个单元格。请检查这一行的合并单元格，删除多余的行列，另存后再导入。",
    )
