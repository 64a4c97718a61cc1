"""The shipped form of the notice 督办通知单: how ``templates/case_notice.docx`` was made, and is made again.

``python -m notifications.notice_template`` writes the file anew. Coordinators edit a copy of it in Word.
"""

from __future__ import annotations

import io
from pathlib import Path

from docx import Document
from docx.document import Document as Docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from notifications.same_bytes import same_bytes

RED = RGBColor(0xC8, 0x10, 0x1A)
# The names of official papers (GB/T 9704), each with what other machines have in its place.
SONG, HEI, FANG = "宋体", "黑体", "仿宋"
OTHERS = {SONG: "SimSun", HEI: "SimHei", FANG: "FangSong"}
BODY, SMALL = Pt(16), Pt(12)
WIDE = Mm(156)


def build() -> bytes:
    """The form as a .docx file; the same bytes each time."""
    docx = Document()
    _page(docx)
    _head(docx)
    _letter(docx)
    _facts(docx)
    _signature(docx)
    _slip(docx)
    stream = io.BytesIO()
    docx.save(stream)
    return same_bytes(stream.getvalue())


def _page(docx: Docx) -> None:
    section = docx.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(30), Mm(25)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    style = docx.styles["Normal"]
    style.font.size = BODY
    _fonts(style.element.get_or_add_rPr(), FANG)
    style.paragraph_format.space_after = Pt(0)
    _other_fonts(docx)
    properties = docx.core_properties
    properties.title, properties.author, properties.comments = "{{ 标题 }} {{ 编号 }}", "{{ 签发单位 }}", ""
    properties.language = "zh-CN"


def _head(docx: Docx) -> None:
    """The red head: issuer, number, colour, and the line below."""
    head = _said(docx, "{{ 签发单位 }}{{ 标题 }}", SONG, Pt(30), bold=True, colour=RED)
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    head.paragraph_format.space_after = Pt(14)
    line = _said(docx, "{{ 编号 }}\t{{ 颜色 }}督办", FANG, BODY)
    line.paragraph_format.tab_stops.add_tab_stop(WIDE, WD_TAB_ALIGNMENT.RIGHT)
    _line_below(line, "C8101A", 18)
    _said(docx, "{%p if 二次 %}", FANG, BODY)
    again = _said(
        docx,
        "二次催办：{{ 首发日期 }}发出的督办通知单要求于{{ 原回复期限 }}前回复，至{{ 签发日期 }}仍未收到。",
        HEI,
        BODY,
        colour=RED,
    )
    again.paragraph_format.space_before = Pt(6)
    _said(docx, "{%p endif %}", FANG, BODY)


def _letter(docx: Docx) -> None:
    title = _said(docx, "关于“{{ 任务 }}”的督办通知", SONG, Pt(20), bold=True)
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.space_before = title.paragraph_format.space_after = Pt(14)
    _said(docx, "{{ 单位 }}：", FANG, BODY)
    text = _said(docx, "{{ 要求 }}", FANG, BODY)
    text.paragraph_format.first_line_indent = Pt(32)
    due = docx.add_paragraph()
    due.paragraph_format.first_line_indent = Pt(32)
    _add(due, "回复期限：", HEI, BODY)
    _add(due, "{{ 回复期限 }}", FANG, BODY)
    due.paragraph_format.space_after = Pt(8)


def _facts(docx: Docx) -> None:
    """The task, and a line for each of its figures."""
    rows = (
        ("任务来源", "{{ 计划 }}{% if 文号 %}（{{ 文号 }}）{% endif %}"),
        ("督办事项", "{{ 序号 }} {{ 任务 }}"),
        ("完成时限", "{{ 完成时限 }}"),
        ("目前进度", "{{ 进度 }}"),
    )
    table = _table(docx, len(rows), (Mm(32), Mm(124)))
    for row, (name, value) in zip(table.rows, rows, strict=True):
        _cell(row.cells[0], name, HEI)
        _cell(row.cells[1], value, FANG)
    docx.add_paragraph().paragraph_format.line_spacing = Pt(6)
    _said(docx, "{%p if 指标 %}", FANG, BODY)
    figures = _table(docx, 4, (Mm(48), Mm(36), Mm(36), Mm(36)))
    for cell, name in zip(figures.rows[0].cells, ("指标", "承诺", "序时应达", "已报"), strict=True):
        _cell(cell, name, HEI)
    _cell(figures.rows[1].cells[0], "{%tr for 行 in 指标 %}", FANG)
    for cell, name in zip(figures.rows[2].cells, ("指标", "承诺", "应达", "已报"), strict=True):
        _cell(cell, "{{ 行." + name + " }}", FANG)
    _cell(figures.rows[3].cells[0], "{%tr endfor %}", FANG)
    _said(docx, "{%p endif %}", FANG, BODY)


def _signature(docx: Docx) -> None:
    for text in ("{{ 签发单位 }}", "{{ 签发日期 }}"):
        line = _said(docx, text, FANG, BODY)
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        line.paragraph_format.right_indent = Mm(14)
    docx.paragraphs[-2].paragraph_format.space_before = Pt(12)
    _said(docx, "联系人：{{ 联系人 }}", FANG, SMALL)


def _slip(docx: Docx) -> None:
    """回执, to be cut off, filled in and sent back."""
    cut = _said(
        docx,
        "- - - - - - - - - - - - - - - - - - -（请沿此线裁下）- - - - - - - - - - - - - - - - - - -",
        SONG,
        Pt(9),
    )
    cut.alignment = WD_ALIGN_PARAGRAPH.CENTER
    cut.paragraph_format.space_before = Pt(10)
    title = _said(docx, "回　执", HEI, Pt(18))
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.keep_with_next = cut.paragraph_format.keep_with_next = True
    rows = (
        ("督办单号", "{{ 编号 }}", "回复单位", "{{ 单位 }}"),
        ("原因", "", "", ""),
        ("整改措施和\n完成时间", "", "", ""),
        ("负责人签字", "", "回复日期", "　　年　　月　　日"),
    )
    table = _table(docx, len(rows), (Mm(32), Mm(46), Mm(32), Mm(46)))
    for row, texts in zip(table.rows, rows, strict=True):
        if not any(texts[1:]):
            row.height = Mm(16)
            row.cells[1].merge(row.cells[3])
        for place, text in enumerate(texts):
            if text:
                _cell(row.cells[place], text, FANG if place % 2 else HEI)
        _keep_whole(row._tr)


def _table(docx: Docx, rows: int, widths: tuple[Mm, ...]) -> Table:
    table: Table = docx.add_table(rows, len(widths))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width
    return table


def _cell(cell: _Cell, text: str, font: str) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    _add(paragraph, text, font, SMALL)


def _said(
    docx: Docx, text: str, font: str, size: Pt, *, bold: bool = False, colour: RGBColor | None = None
) -> Paragraph:
    paragraph = docx.add_paragraph()
    paragraph.paragraph_format.line_spacing = 1.35
    run = _add(paragraph, text, font, size)
    run.bold = bold or None
    if colour is not None:
        run.font.color.rgb = colour
    return paragraph


def _add(paragraph: Paragraph, text: str, font: str, size: Pt) -> Run:
    run = paragraph.add_run(text)
    run.font.size = size
    _fonts(run._r.get_or_add_rPr(), font)
    return run


def _fonts(properties: object, font: str) -> None:
    """Chinese text in that font, Latin text and figures in Times New Roman."""
    fonts = properties.get_or_add_rFonts()  # type: ignore[attr-defined]
    for name in ("w:ascii", "w:hAnsi", "w:cs"):
        fonts.set(qn(name), "Times New Roman")
    fonts.set(qn("w:eastAsia"), font)


def _other_fonts(docx: Docx) -> None:
    """The fonts that a machine may have under another name."""
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for name, other in OTHERS.items()
    )
    table = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:fonts {nsdecls("w")}>{fonts}</w:fonts>'
    )
    part = next(one for one in docx.part.package.iter_parts() if one.partname == "/word/fontTable.xml")
    part._blob = table.encode()


def _line_below(paragraph: Paragraph, colour: str, size: int) -> None:
    borders, line = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", str(size)), ("space", "4"), ("color", colour)):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    paragraph._p.get_or_add_pPr().append(borders)


def _keep_whole(row: object) -> None:
    row.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # type: ignore[attr-defined]


if __name__ == "__main__":
    (Path(__file__).parent / "templates" / "case_notice.docx").write_bytes(build())
