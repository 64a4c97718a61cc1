"""Word documents: what is read, in which order, and how merged cells lie."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml

from engine.errors import IntakeError
from intake.docx_numbering import written
from intake.reading import parse, read_document
from intake.table import Paragraph, Place, Table
from tests.intake.files import archives
from tests.intake.files.archives import paragraph, table, word_cell


def read(body: str) -> tuple[Paragraph | Table, ...]:
    return parse(archives.docx(body), "计划.docx").document.parts


def texts(part: Paragraph | Table) -> list[list[str]]:
    assert isinstance(part, Table)
    return [[cell.text for cell in row] for row in part.rows]


def test_paragraphs_and_tables_stand_in_the_order_of_the_body() -> None:
    parts = read(
        paragraph("标题") + paragraph("") + table(word_cell("甲") + word_cell("乙")) + paragraph("附注")
    )
    assert parts[0] == Paragraph("标题", Place(line=1))
    assert texts(parts[1]) == [["甲", "乙"]]
    assert parts[2] == Paragraph("附注", Place(line=4))


def test_cells_are_placed_by_table_column_and_row() -> None:
    parts = read(table(word_cell("甲")) + table(word_cell("乙"), word_cell("丙") + word_cell("丁")))
    assert isinstance(parts[1], Table)
    assert parts[1].name == "表2"
    assert parts[1].rows[1][1].where == Place(sheet="表2", cell="B2")


def test_a_document_of_the_library_is_read_with_its_merges() -> None:
    document = docx.Document()
    document.add_paragraph("标题")
    grid = document.add_table(3, 3)
    for number, cell in enumerate(grid._cells):
        cell.text = str(number)
    grid.cell(0, 0).merge(grid.cell(1, 0)).text = "竖"
    grid.cell(2, 1).merge(grid.cell(2, 2)).text = "横"
    file = io.BytesIO()
    document.save(file)
    _, part = parse(file.getvalue(), "计划.docx").document.parts
    assert texts(part) == [["竖", "1", "2"], ["", "4", "5"], ["6", "横", ""]]
    assert [cell.merged for row in part.rows for cell in row] == [False] * 3 + [True] + [False] * 5  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("value", "merged"), [('w:val="restart"', False), ('w:val="continue"', True), ("", True)]
)
def test_a_vertical_merge_goes_on_unless_it_restarts(value: str, merged: bool) -> None:
    (part,) = read(table(word_cell("甲"), word_cell("乙", f"<w:vMerge {value}/>")))
    assert isinstance(part, Table)
    assert (part.rows[1][0].merged, part.rows[1][0].text) == (merged, "" if merged else "乙")


def test_a_row_that_begins_later_keeps_its_columns() -> None:
    late = f'<w:trPr><w:gridBefore w:val="2"/></w:trPr>{word_cell("丙")}'
    (part,) = read(table(word_cell("甲") * 3, late))
    assert texts(part) == [["甲", "甲", "甲"], ["", "", "丙"]]


@pytest.mark.parametrize(
    ("runs", "text"),
    [
        ("<w:r><w:t>甲</w:t><w:br/><w:t>乙</w:t></w:r>", "甲\n乙"),
        ("<w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t></w:r>", "甲\t乙"),
        ("<w:ins><w:r><w:t>新</w:t></w:r></w:ins><w:r><w:t>增</w:t></w:r>", "新增"),
        ("<w:del><w:r><w:delText>旧</w:delText><w:t>旧</w:t></w:r></w:del><w:r><w:t>新</w:t></w:r>", "新"),
        ("<w:hyperlink><w:r><w:t>链接</w:t></w:r></w:hyperlink>", "链接"),
        ("<w:smartTag><w:r><w:t>2024</w:t></w:r></w:smartTag><w:r><w:t>年</w:t></w:r>", "2024年"),
        ("<w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>页</w:t></w:r>", "页"),
        ("<w:sdt><w:sdtContent><w:r><w:t>控件</w:t></w:r></w:sdtContent></w:sdt>", "控件"),
    ],
)
def test_a_paragraph_reads_as_it_is_shown(runs: str, text: str) -> None:
    (part,) = read(f"<w:p>{runs}</w:p>")
    assert isinstance(part, Paragraph)
    assert part.text == text


def test_what_is_wrapped_in_content_controls_is_read() -> None:
    wrapped = f"<w:sdt><w:sdtContent>{paragraph('甲')}{table(word_cell('乙'))}</w:sdtContent></w:sdt>"
    first, second = read(wrapped)
    assert isinstance(first, Paragraph)
    assert first.text == "甲"
    assert texts(second) == [["乙"]]


def test_a_text_box_is_read_once_behind_its_paragraph() -> None:
    box = f"<w:txbxContent>{paragraph('框内')}{table(word_cell('丙'))}</w:txbxContent>"
    compatible = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    drawn = (
        f'<mc:AlternateContent xmlns:mc="{compatible}"><mc:Choice>{box}</mc:Choice>'
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    )
    first, second, third, last = read(f"<w:p><w:r><w:t>甲</w:t>{drawn}</w:r></w:p>{paragraph('乙')}")
    assert [getattr(part, "text", "") for part in (first, second, last)] == ["甲", "框内", "乙"]
    assert texts(third) == [["丙"]]


def test_several_paragraphs_and_a_table_in_a_cell_become_its_lines() -> None:
    cell = f"<w:tc>{paragraph('甲')}{paragraph('乙')}{table(word_cell('丙') + word_cell('丁'))}{paragraph('')}</w:tc>"
    (part,) = read(table(cell))
    assert texts(part) == [["甲\n乙\n丙\n丁"]]


def nested(depth: int) -> bytes:
    body = paragraph("底")
    for _ in range(depth):
        body = table(f"<w:tc>{body}{paragraph('')}</w:tc>")
    return archives.docx(body)


def test_deeply_nested_tables_are_read(tmp_path: Path) -> None:
    path = tmp_path / "计划.docx"
    path.write_bytes(nested(50))
    (part,) = read_document(path).document.parts
    assert texts(part) == [["底"]]


def test_tables_nested_beyond_reason_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "计划.docx"
    path.write_bytes(nested(5000))
    with pytest.raises(IntakeError) as caught:
        read_document(path)
    assert caught.value.code in ("DAMAGED_FILE", "COMPRESSION_RATIO")


def list_document(levels: str, *paragraphs: str, styles: str = "", overrides: str = "") -> bytes:
    """A document of the library whose list 7 has these levels and whose body has these paragraphs."""
    document = docx.Document()
    word = document.part.element.nsmap["w"]
    numbering = document.part.numbering_part.element
    for child in list(numbering):
        numbering.remove(child)
    source = (
        f'<w:x xmlns:w="{word}"><w:abstractNum w:abstractNumId="3">{levels}</w:abstractNum>'
        '<w:num w:numId="7"><w:abstractNumId w:val="3"/></w:num>'
        f'<w:num w:numId="8"><w:abstractNumId w:val="3"/>{overrides}</w:num></w:x>'
    )
    numbering.extend(list(parse_xml(source)))
    document.styles.element.extend(list(parse_xml(f'<w:x xmlns:w="{word}">{styles}</w:x>')))
    body = document.element.body
    for source in reversed(paragraphs):
        body.insert(0, parse_xml(source.replace(">", f' xmlns:w="{word}">', 1)))
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def numbered(text: str, level: int = 0, number: int = 7) -> str:
    properties = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def level(depth: int, form: str, text: str, start: int = 1) -> str:
    inner = f'<w:start w:val="{start}"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/>'
    return f'<w:lvl w:ilvl="{depth}">{inner}</w:lvl>'


def shown(data: bytes) -> list[str]:
    parts = parse(data, "计划.docx").document.parts
    return [part.text for part in parts if isinstance(part, Paragraph)]


def test_automatic_numbers_are_part_of_the_text() -> None:
    levels = level(0, "chineseCounting", "%1、") + level(1, "decimal", "%2.", start=1)
    paragraphs = [numbered("甲"), numbered("乙", 1), numbered("丙", 1), numbered("丁"), numbered("戊", 1)]
    assert shown(list_document(levels, *paragraphs)) == ["一、甲", "1.乙", "2.丙", "二、丁", "1.戊"]


def test_a_level_may_show_those_above_it() -> None:
    levels = level(0, "decimal", "%1", start=3) + level(1, "decimal", "%1.%2")
    paragraphs = [numbered("甲"), numbered("乙", 1), numbered("丙", 1)]
    assert shown(list_document(levels, *paragraphs)) == ["3甲", "3.1乙", "3.2丙"]


def test_a_list_of_the_same_definition_goes_on_unless_it_starts_anew() -> None:
    levels = level(0, "decimal", "%1.")
    anew = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    paragraphs = [numbered("甲"), numbered("乙"), numbered("丙", number=8)]
    assert shown(list_document(levels, *paragraphs)) == ["1.甲", "2.乙", "3.丙"]
    assert shown(list_document(levels, *paragraphs, overrides=anew)) == ["1.甲", "2.乙", "1.丙"]


def test_a_style_may_number_its_paragraphs() -> None:
    style = '<w:style w:type="paragraph" w:styleId="L"><w:pPr><w:numPr><w:numId w:val="7"/></w:numPr></w:pPr></w:style>'
    styled = '<w:p><w:pPr><w:pStyle w:val="L"/></w:pPr><w:r><w:t>甲</w:t></w:r></w:p>'
    assert shown(list_document(level(0, "decimal", "（%1）"), styled, styled, styles=style)) == [
        "（1）甲",
        "（2）甲",
    ]


def test_bullets_and_unknown_lists_show_nothing() -> None:
    assert shown(list_document(level(0, "bullet", "•"), numbered("甲"), numbered("乙", number=99))) == [
        "甲",
        "乙",
    ]


def test_a_numbered_column_of_a_table_has_its_numbers() -> None:
    cells = [f"<w:tr><w:tc>{numbered('')}</w:tc>{word_cell(text)}</w:tr>" for text in ("甲", "乙")]
    data = list_document(level(0, "decimal", "%1"), f"<w:tbl>{''.join(cells)}</w:tbl>")
    (part,) = parse(data, "计划.docx").document.parts
    assert texts(part) == [["1", "甲"], ["2", "乙"]]


@pytest.mark.parametrize(
    ("number", "form", "text"),
    [
        (10, "chineseCounting", "十"),
        (12, "chineseCounting", "十二"),
        (20, "chineseCountingThousand", "二十"),
        (105, "chineseCounting", "一百零五"),
        (110, "chineseCounting", "一百一十"),
        (1005, "chineseCounting", "一千零五"),
        (3, "decimalZero", "03"),
        (20, "decimalEnclosedCircle", "⑳"),
        (21, "decimalEnclosedCircle", "21"),
        (26, "lowerLetter", "z"),
        (27, "upperLetter", "AA"),
        (9, "lowerRoman", "ix"),
        (1994, "upperRoman", "MCMXCIV"),
        (5, "unheardOf", "5"),
    ],
)
def test_a_number_is_written_in_the_form_of_its_list(number: int, form: str, text: str) -> None:
    assert written(number, form) == text
