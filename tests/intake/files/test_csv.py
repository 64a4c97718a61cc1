"""Comma- and tab-separated files."""

from __future__ import annotations

import pytest

from intake.reading import parse
from intake.table import Paragraph, Place, Table


def read(data: bytes, name: str = "计划.csv") -> Table:
    (table,) = parse(data, name).document.parts
    assert isinstance(table, Table)
    return table


def texts(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in table.rows]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|", "，"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_delimiter_and_encoding_are_found_out(delimiter: str, encoding: str, end: str) -> None:
    rows = [["序号", "项目名称", "牵头单位"], ["1", "新建充电桩", "区住建局"]]
    data = end.join(delimiter.join(row) for row in rows).encode(encoding)
    assert texts(read(data)) == rows


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('甲,"乙,丙"\n丁,戊\n', [["甲", "乙,丙"], ["丁", "戊"]]),
        ('甲,"乙\n丙"\n', [["甲", "乙\n丙"]]),
        ('甲,"说""好"""\n', [["甲", '说"好"']]),
        ("甲,乙、丙；丁\n戊,己\n", [["甲", "乙、丙；丁"], ["戊", "己"]]),
        ("甲\n乙\n", [["甲"], ["乙"]]),
    ],
)
def test_quotes_and_separators_inside_cells_are_kept(text: str, rows: list[list[str]]) -> None:
    assert texts(read(text.encode())) == rows


def test_a_cell_knows_its_line_and_its_column() -> None:
    table = read('甲,"乙\n丙"\n丁,戊\n'.encode())
    assert table.rows[1][1].where == Place(line=3, cell="B2")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_plain_text_is_read_in_the_same_encodings(encoding: str) -> None:
    (part,) = parse("一、总体要求".encode(encoding), "计划.txt").document.parts
    assert isinstance(part, Paragraph)
    assert part.text == "一、总体要求"
