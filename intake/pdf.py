"""PDF files with text: ruled tables and running text in the order of the pages. Needs the extra ``duban[pdf]``."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.errors import IntakeError
from intake.document_json import Reading
from intake.draft import Finding
from intake.limits import Limits, damaged, encrypted
from intake.pdf_lines import Line, lines_of, paragraphs
from intake.pdf_table import Box, Ruled, grid_of, read_ruled
from intake.table import Document, Paragraph, Place, Table

if TYPE_CHECKING:
    from pdfplumber.page import Page

_PAGE_NUMBER = re.compile(
    r"[-—–－·\s]*\d{1,3}[-—–－·\s]*|第\s*\d{1,3}\s*页(?:[\s,，/]*共\s*\d{1,3}\s*页)?|\d{1,3}\s*/\s*\d{1,3}"
)
_UNNAMED = "(cid:"  # how the library writes a character of which the file tells the shape alone
_TO_OTHERS = "请向发文单位索取 .docx 或 .xlsx，或识别成文字并核对后存为 .txt 再导入"


@dataclass(slots=True)
class _Run:
    """One file being read; ``last`` is the table with which the pages so far end."""

    name: str
    limits: Limits
    cells_left: int
    parts: list[Paragraph | Table] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    margins: set[str] = field(default_factory=set)
    paragraphs: int = 0
    last: Ruled | None = None


def read_pdf(data: bytes, name: str, limits: Limits) -> Reading:
    """Return the ruled tables and the paragraphs of a file; a table that goes on over pages is one.

    Cells are placed as ``第2页!C4``, paragraphs by their running number. Page numbers and lines that stand on
    every page are left out. Raises ``IntakeError`` ``PDF_NOT_INSTALLED``, ``PDF_WITHOUT_TEXT``,
    ``TOO_MANY_PAGES``, ``ENCRYPTED_FILE``, ``DAMAGED_FILE``, ``SHEET_TOO_LARGE``.
    """
    run = _Run(name, limits, limits.max_cells)
    try:
        empty = [page.page_number for page in _pages(data, name, limits) if not _read_page(run, page)]
    except IntakeError:
        raise
    except Exception as error:
        raise _refusal(error, name) from error
    if not run.parts:
        raise _without_text(name, "里没有文字，是扫描件或图片")
    if empty:
        pages = "、".join(map(str, empty))
        text = f"第 {pages} 页没有文字（扫描件或图片），没有读取。请对照原文补上。"
        run.findings.append(Finding("warning", "PAGE_WITHOUT_TEXT", Place(), name, text))
    return Reading(Document(name, tuple(run.parts)), tuple(run.findings))


def _pages(data: bytes, name: str, limits: Limits) -> Iterator[Page]:
    """Yield page by page, each forgotten before the next."""
    try:
        import pdfplumber
        from pdfminer.pdfpage import PDFPage
    except ImportError as error:
        raise IntakeError(
            "PDF_NOT_INSTALLED",
            f"“{name}”：读取 PDF 需要另外安装组件。请管理员运行 pip install 'duban[pdf]'，或另存为 .docx、.xlsx 再导入。",
        ) from error
    with pdfplumber.open(io.BytesIO(data)) as file:
        for number, _ in enumerate(PDFPage.create_pages(file.doc), 1):
            if number > limits.max_pages:
                raise _too_many_pages(name, limits)
        for page in file.pages:
            yield page
            page.close()


def _refusal(error: Exception, name: str) -> Exception:
    """What an exception of the library means, which wraps whatever its parsers stumble over."""
    inner = [one for one in (error, error.__context__, *error.args) if isinstance(one, Exception)]
    if any(isinstance(one, MemoryError) for one in inner):
        return MemoryError()
    if any("Password" in type(one).__name__ for one in inner):
        return encrypted(name)
    return damaged(name)


def _read_page(run: _Run, page: Page) -> bool:
    """Add what a page holds; False where it has no text."""
    characters: list[dict[str, Any]] = [
        one for one in page.chars if one["text"].strip() or one["text"] == " "
    ]
    if not any(one["text"].strip() for one in characters):
        return not page.images
    if sum(one["text"].startswith(_UNNAMED) for one in characters) * 10 > len(characters):
        raise _without_text(run.name, f"第 {page.page_number} 页的文字没有编码，只有字形")
    tables = _tables(run, page, characters)
    free = [one for one in characters if not any(_beside(one, table.box) for table in tables)]
    _add_in_order(run, tables, _without_margins(run, lines_of(free)))
    return True


def _tables(run: _Run, page: Page, characters: Sequence[dict[str, Any]]) -> list[Ruled]:
    found = [table for table in page.find_tables() if len(table.cells) > 1]
    tables = []
    for number, table in enumerate(sorted(found, key=lambda one: (one.bbox[1], one.bbox[0])), 1):
        columns, rows = grid_of(table.cells)
        run.cells_left -= len(columns) * len(rows)
        if len(columns) > run.limits.max_columns or run.cells_left < 0:
            raise _too_large(run, page.page_number)
        if len(columns) < 2:
            continue
        others = [other.bbox for other in found if other is not table]
        beside = [
            one for one in characters if _beside(one, table.bbox) and not any(_within(one, o) for o in others)
        ]
        name = f"第{page.page_number}页" + (f"表{number}" if number > 1 else "")
        tables.append(read_ruled(table.cells, table.bbox, beside, name))
    return tables


def _beside(character: dict[str, Any], box: Box) -> bool:
    """Whether a character stands at the height of a table, in it or outside its lines."""
    return bool(box[1] <= (character["top"] + character["bottom"]) / 2 < box[3])


def _within(character: dict[str, Any], box: Box) -> bool:
    return _beside(character, box) and bool(box[0] <= (character["x0"] + character["x1"]) / 2 < box[2])


def _without_margins(run: _Run, lines: list[Line]) -> list[Line]:
    """Without page numbers, and without the first or last line of a page if an earlier page had the same."""
    lines = [line for line in lines if not _PAGE_NUMBER.fullmatch(line.text)]
    ends = {0, len(lines) - 1}
    kept = [line for at, line in enumerate(lines) if at not in ends or line.text not in run.margins]
    run.margins.update(lines[at].text for at in ends if lines)
    return kept


def _add_in_order(run: _Run, tables: Sequence[Ruled], lines: Sequence[Line]) -> None:
    left = min((line.left for line in lines), default=0.0)
    right = max((line.right for line in lines), default=0.0)
    above = float("-inf")
    for table in tables:
        between = [line for line in lines if above <= line.top < table.box[1]]
        _add_paragraphs(run, between, left, right)
        _add_table(run, table)
        above = table.box[1]
    _add_paragraphs(run, [line for line in lines if line.top >= above], left, right)


def _add_paragraphs(run: _Run, lines: Sequence[Line], left: float, right: float) -> None:
    for text in paragraphs(lines, left, right):
        run.paragraphs += 1
        run.parts.append(Paragraph(text, Place(line=run.paragraphs)))
        run.last = None


def _add_table(run: _Run, table: Ruled) -> None:
    before = run.parts[-1] if run.parts else None
    if run.last is not None and isinstance(before, Table) and table.continues(run.last):
        run.parts[-1] = Table(before.rows + table.rows, before.name, before.lost + table.lost)
    else:
        run.parts.append(Table(table.rows, table.rows[0][0].where.sheet or "", table.lost))
    run.last = table


def _without_text(name: str, why: str) -> IntakeError:
    return IntakeError("PDF_WITHOUT_TEXT", f"“{name}”{why}，无法读取。{_TO_OTHERS}。")


def _too_many_pages(name: str, limits: Limits) -> IntakeError:
    return IntakeError(
        "TOO_MANY_PAGES",
        f"“{name}”：超过上限 {limits.max_pages} 页。请只保留有任务表的页，另存后再导入。",
    )


def _too_large(run: _Run, page: int) -> IntakeError:
    limits = run.limits
    return IntakeError(
        "SHEET_TOO_LARGE",
        f"“{run.name}”：第 {page} 页的表格超过上限 {limits.max_columns} 列、全部共 {limits.max_cells} 个单元格。"
        "请只保留有任务表的页，另存后再导入。",
    )
