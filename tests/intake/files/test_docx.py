"""Word documents: what is read, in which order, and how merged cells lie."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pytest

from engine.errors import IntakeError
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
