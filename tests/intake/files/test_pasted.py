"""What people paste: cells of a spreadsheet, rows of a Word table, a piece of a page."""

from __future__ import annotations

import pytest

from intake.reading import parse
from intake.table import Paragraph, Table

HEADINGS = "序号\t项目名称\t工作任务\t牵头单位\n"


def rows(text: str) -> list[list[str]]:
    (table,) = parse((HEADINGS + text).encode(), "粘贴的文字").document.parts
    assert isinstance(table, Table)
    assert table.lost == ()
    return [[cell.text for cell in row] for row in table.rows[1:]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1\t便民\t新建站点18个\t县政数局\n", [["1", "便民", "新建站点18个", "县政数局"]]),
        (
            '1\t便民\t"新建站点18个\n改造3个"\t"县政数局\n县民政局"\n2\t养老\t改造220户\t县民政局\n',
            [
                ["1", "便民", "新建站点18个\n改造3个", "县政数局\n县民政局"],
                ["2", "养老", "改造220户", "县民政局"],
            ],
        ),
        (
            '1\t便民\t"新建站点18个\n\n改造3个"\t县政数局\n',
            [["1", "便民", "新建站点18个\n\n改造3个", "县政数局"]],
        ),
        (
            '1\t便民\t"建设""驿站""3个\n改造2个"\t县政数局\n',
            [["1", "便民", '建设"驿站"3个\n改造2个', "县政数局"]],
        ),
        (
            '1\t"便民\n服务"\t新建站点18个\t县政数局\n',
            [["1", "便民\n服务", "新建站点18个", "县政数局"]],
        ),
        ('1\t便民\t"驿站"3个\t县政数局\n', [["1", "便民", '"驿站"3个', "县政数局"]]),
        (
            '1\t便民\t"驿站3个\t县政数局\n2\t养老\t改造220户\t县民政局\n',  # a slip: nothing closes it
            [["1", "便民", '"驿站3个', "县政数局"], ["2", "养老", "改造220户", "县民政局"]],
        ),
    ],
)
def test_cells_of_a_spreadsheet_keep_their_lines(text: str, expected: list[list[str]]) -> None:
    assert rows(text) == expected
    assert rows(text.replace("\n", "\r\n")) == expected


def test_quotation_marks_in_running_text_join_nothing() -> None:
    text = '"十四五"规划：\n"一老一小"工作\n按期推进"\n'
    parts = parse(text.encode(), "粘贴的文字").document.parts
    assert [part.text for part in parts if isinstance(part, Paragraph)] == text.split("\n")[:-1]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_a_piece_of_a_page_is_read_as_a_page(encoding: str) -> None:
    piece = "<meta charset=utf-8><table><tr><td>序号<td>工作任务<tr><td>1<td>甲</table>"
    (table,) = parse(piece.encode(encoding), "粘贴的文字").document.parts
    assert isinstance(table, Table)
    assert [[cell.text for cell in row] for row in table.rows] == [["序号", "工作任务"], ["1", "甲"]]
