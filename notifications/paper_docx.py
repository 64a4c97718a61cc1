"""A paper as a document: title, tables whose head rows repeat, numbered pages."""

from __future__ import annotations

import io
import re
from functools import partial
from typing import Any

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Emu, Pt, RGBColor
from docx.text.paragraph import Paragraph

from notifications.paper import Grid, Paper
from notifications.paper_xlsx import FILLS, INKS
from notifications.timeless import FIXED, timeless
from notifications.words import say

TITLE_FONT, HEAD_FONT, BODY_FONT = "方正小标宋简体", "黑体", "仿宋"
SIDES = {"l": WD_ALIGN_PARAGRAPH.LEFT, "c": WD_ALIGN_PARAGRAPH.CENTER, "r": WD_ALIGN_PARAGRAPH.RIGHT}
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


def paper_docx(paper: Paper) -> bytes:
    """The file; the same paper gives the same bytes, whenever it is written."""
    document = docx.Document()
    _set_up(document, paper)
    say_ = partial(_paragraph, document)
    say_(paper.title, TITLE_FONT, 18, WD_ALIGN_PARAGRAPH.CENTER)
    say_(paper.subtitle, BODY_FONT, 12, WD_ALIGN_PARAGRAPH.CENTER)
    for grid in paper.grids:
        say_(grid.heading, HEAD_FONT, 14, WD_ALIGN_PARAGRAPH.LEFT, keep=True)
        _table(document, grid)
        if grid.note:
            say_(grid.note, BODY_FONT, 10, WD_ALIGN_PARAGRAPH.LEFT)
    for note in paper.notes:
        say_(note, BODY_FONT, 10, WD_ALIGN_PARAGRAPH.LEFT)
    raw = io.BytesIO()
    document.save(raw)
    return timeless(raw.getvalue())


def _set_up(document: Document, paper: Paper) -> None:
    """Paper size, margins, properties without a clock, and the number at the foot of each page."""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    if paper.is_wide:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Cm(29.7), Cm(21.0)
    section.left_margin = section.right_margin = Cm(2.0)
    section.top_margin, section.bottom_margin = Cm(2.2), Cm(2.0)
    about = document.core_properties
    about.title, about.author, about.comments = paper.title[:255], "duban", ""
    about.created = about.modified = FIXED.replace(tzinfo=None)
    about.last_modified_by, about.revision = "duban", 1
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(foot, say(paper.locale, "paper.page.before"), BODY_FONT, 10)
    _page_number(foot)
    _run(foot, say(paper.locale, "paper.page.after"), BODY_FONT, 10)


def _paragraph(
    document: Document, text: str, font: str, size: float, side: WD_ALIGN_PARAGRAPH, *, keep: bool = False
) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = side
    form = paragraph.paragraph_format
    form.space_before, form.space_after, form.keep_with_next = Pt(6), Pt(4), keep
    _run(paragraph, text, font, size)


def _run(
    paragraph: Paragraph, text: str, font: str, size: float, *, bold: bool = False, ink: str = ""
) -> None:
    run = paragraph.add_run(_UNPRINTABLE.sub("", text))
    run.font.name, run.font.size, run.font.bold = font, Pt(size), bold
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    if ink:
        run.font.color.rgb = RGBColor.from_string(ink)


def _table(document: Document, grid: Grid) -> None:
    section = document.sections[0]
    assert section.page_width is not None
    assert section.left_margin is not None
    room = section.page_width - 2 * section.left_margin
    table = document.add_table(rows=0, cols=len(grid.heads), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    widths = [Emu(room * width // sum(grid.widths)) for width in grid.widths]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    head = table.add_row()
    for cell, text, width in zip(head.cells, grid.heads, widths, strict=True):
        _fill(cell, text, "c", width, fill="DCE6F1", font=HEAD_FONT)
    _mark(head._tr, "w:tblHeader")
    for cells in grid.rows:
        row = table.add_row()
        _mark(row._tr, "w:cantSplit")
        for cell, one, side, width in zip(row.cells, cells, grid.sides, widths, strict=True):
            _fill(cell, one.text, side, width, fill=FILLS.get(one.tone, ""), ink=INKS.get(one.tone, ""))


def _fill(
    cell: Any, text: str, side: str, width: Emu, *, fill: str = "", ink: str = "", font: str = BODY_FONT
) -> None:
    cell.width = width
    paragraph = cell.paragraphs[0]
    paragraph.alignment = SIDES[side]
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
    _run(paragraph, text, font, 10.5, bold=bool(ink), ink=ink)
    if fill:
        shade = OxmlElement("w:shd")
        for name, value in (("val", "clear"), ("color", "auto"), ("fill", fill)):
            shade.set(qn(f"w:{name}"), value)
        cell._tc.get_or_add_tcPr().append(shade)


def _mark(row: Any, name: str) -> None:
    """A row's property: its head repeats on every page, or it is not broken between two."""
    row.get_or_add_trPr().append(OxmlElement(name))


def _page_number(paragraph: Paragraph) -> None:
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = paragraph.add_run()
        if kind:
            char = OxmlElement("w:fldChar")
            char.set(qn("w:fldCharType"), kind)
        else:
            char = OxmlElement("w:instrText")
            char.text = text
        run._element.append(char)
