"""Papers as files: the same bytes each time, text that stays text, lights that say what they mean."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace

import docx
import openpyxl
import pytest

from engine.digest_model import DigestContent
from notifications.bulletin_paper import bulletin_paper
from notifications.paper import Cell, Grid, Paper
from notifications.paper_docx import paper_docx
from notifications.paper_html import paper_html
from notifications.paper_xlsx import paper_xlsx
from tests.notifications.contents import page_of, visible
from tests.notifications.test_digest import LINES, digest

HOSTILE = ('=HYPERLINK("http://x.example.com")', "+1+1", "-2+3", "@SUM(A1)", "=cmd|' /C calc'!A0")
WRITERS = (paper_xlsx, paper_docx, paper_html)


def a_paper(*texts: str) -> Paper:
    rows = tuple((Cell(str(n)), Cell(text)) for n, text in enumerate(texts, 1))
    return Paper(
        "标题", "截至今天", (Grid("表", "一、表", ("序号", "内容"), rows, (4, 20), "cl"),), ("说明",)
    )


def content() -> DigestContent:
    return replace(digest("").content, lines=LINES, gap_list=LINES[1:2], chain="1-12 abcdef")


def cells(data: bytes) -> list[list[object]]:
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_looks_like_a_formula_is_text(text: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(paper_xlsx(a_paper(text))))
    cell = book.worksheets[0].cell(5, 2)
    assert (cell.value, cell.data_type) == (text, "s")
    assert cell.quotePrefix
    packed = zipfile.ZipFile(io.BytesIO(paper_xlsx(a_paper(text))))
    assert not any(b"<f>" in packed.read(name) for name in packed.namelist())


@pytest.mark.parametrize(
    ("text", "value"), [("0", 0), ("26", 26), ("026", "026"), ("2.50", "2.50"), ("2023-03", "2023-03")]
)
def test_only_whole_numbers_are_numbers(text: str, value: object) -> None:
    assert cells(paper_xlsx(a_paper(text)))[1][1] == value


@pytest.mark.parametrize("write", WRITERS)
def test_markup_and_control_characters_do_no_harm(write: Callable[[Paper], bytes]) -> None:
    data = write(a_paper("<script>alert(1)</script>\x00\x0b&amp;"))
    if write is paper_html:
        assert b"<script" not in data
        assert "<script>alert(1)</script>" in visible(data.decode())
    else:
        packed = zipfile.ZipFile(io.BytesIO(data))
        assert not any(b"<script" in packed.read(name) for name in packed.namelist())


@pytest.mark.parametrize("write", WRITERS)
def test_the_same_paper_is_the_same_bytes(write: Callable[[Paper], bytes]) -> None:
    paper = bulletin_paper(content(), "zh-CN")
    assert write(paper) == write(bulletin_paper(content(), "zh-CN"))
    assert write(paper) != write(replace(paper, subtitle="别的"))


@pytest.mark.parametrize("write", [paper_xlsx, paper_docx])
def test_an_office_file_carries_no_clock(write: Callable[[Paper], bytes]) -> None:
    packed = zipfile.ZipFile(io.BytesIO(write(a_paper("一"))))
    assert {info.date_time for info in packed.infolist()} == {(2000, 1, 1, 0, 0, 0)}
    stamps = re.findall(rb"\d{4}-\d\d-\d\dT[\d:]+Z", packed.read("docProps/core.xml"))
    assert set(stamps) == {b"2000-01-01T00:00:00Z"}


def test_a_bulletin_shows_ranks_changes_and_lights_as_symbol_and_word() -> None:
    paper = bulletin_paper(content(), "zh-CN")
    assert paper.title == "2024年民生实事第42周晾晒通报"
    standing, watched, gap = paper.grids
    assert standing.heads == ("名次", "升降", "单位", "■ 红", "▲ 黄", "● 绿", "✓ 完成", "完成率")
    assert [[one.text for one in row] for row in standing.rows][:2] == [
        ["1", "↑2", "区教育局", "0", "1", "5", "3", "78.5%"],
        ["2", "↓1", "区民政局", "2", "2", "1", "1", "78.5%"],
    ]
    assert [row[3].text for row in watched.rows] == ["■ 严重滞后", "■ 逾期", "▲ 滞后", "▲ 迟报", "● 正常"]
    assert (watched.heading, gap.heading) == (
        "二、红灯、黄灯和待验收的任务（5项）",
        "三、查漏补缺清单（1项）",
    )
    assert "1-12 abcdef" in paper.notes[0]


def test_a_bulletin_without_trouble_has_the_table_alone() -> None:
    paper = bulletin_paper(replace(content(), lines=LINES[5:6], gap_list=()), "zh-CN")
    assert [grid.name for grid in paper.grids] == ["排名"]


def test_a_bulletin_speaks_english_too() -> None:
    paper = bulletin_paper(content(), "en")
    assert paper.title == "2024年民生实事: standing of week 42"
    assert not re.search("[一-鿿]", "".join(grid.heading + "".join(grid.heads) for grid in paper.grids))


def test_a_document_repeats_its_heads_and_breaks_no_row() -> None:
    document = docx.Document(io.BytesIO(paper_docx(a_paper("一", "二"))))
    (table,) = document.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["序号", "内容"],
        ["1", "一"],
        ["2", "二"],
    ]
    assert "w:tblHeader" in table.rows[0]._tr.xml
    assert all("w:cantSplit" in row._tr.xml for row in table.rows[1:])


def test_a_page_is_whole_by_itself() -> None:
    html = paper_html(a_paper("一")).decode()
    page = page_of(html)
    assert not page.xpath("//script | //link | //img | //@src | //@href | //@onclick")
    assert "url(" not in html
    assert "@import" not in html
    assert page.get("lang") == "zh-CN"
