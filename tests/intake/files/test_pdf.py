"""PDF files as paragraphs and tables, in the order of the pages."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from engine.errors import IntakeError
from intake.limits import LIMITS, Limits
from intake.radicals import without_radicals
from intake.reading import parse
from intake.table import Paragraph, Table
from tests.intake.files.pages import Paper

HEADINGS = ["序号", "工作任务", "牵头单位"]
WIDTHS = [40, 120, 70]


def shown(data: bytes) -> list[str | list[list[str]]]:
    """Paragraphs as text, tables as rows of texts; a merged cell is ``^``."""
    return [
        part.text
        if isinstance(part, Paragraph)
        else [["^" if c.merged else c.text for c in row] for row in part.rows]
        for part in parse(data, "计划.pdf").document.parts
    ]


def refusal(data: bytes, limits: Limits = LIMITS) -> IntakeError:
    with pytest.raises(IntakeError) as caught:
        parse(data, "计划.pdf", limits)
    assert "“计划.pdf”" in caught.value.message
    return caught.value


def test_text_and_tables_stand_in_the_order_of_the_page() -> None:
    paper = Paper()
    paper.text(200, 50, "2024年任务表")
    paper.table(100, [HEADINGS, ["1", "甲", "乙局"]], WIDTHS)
    paper.text(50, 200, "备注一")
    paper.table(250, [["2", "丙"], ["3", "丁"]], [40, 90])
    paper.text(50, 330, "特此通知。")
    assert shown(paper.data()) == [
        "2024年任务表",
        [HEADINGS, ["1", "甲", "乙局"]],
        "备注一",
        [["2", "丙"], ["3", "丁"]],
        "特此通知。",
    ]


def test_merged_cells_and_places_are_told() -> None:
    paper = Paper()
    paper.table(100, [HEADINGS, ["1", "甲", "乙局"], [None, "丙", "丁局"]], WIDTHS)
    paper.next_page()
    paper.text(50, 50, "附注")
    paper.table(100, [["2", "丙"], ["3", "丁"]], [40, 90])
    table, _, other = parse(paper.data(), "计划.pdf").document.parts
    assert isinstance(table, Table)
    assert isinstance(other, Table)
    assert [[c.merged for c in row] for row in table.rows] == [[False] * 3, [False] * 3, [True, False, False]]
    assert str(table.rows[2][1].where) == "第1页!B3"
    assert str(other.rows[0][0].where) == "第2页!A1"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("甲乙丙丁戊己庚辛壬癸\n子丑", "甲乙丙丁戊己庚辛壬癸子丑"),  # no room for an eleventh in 120 points
        ("甲乙丙丁\n子丑", "甲乙丙丁\n子丑"),
        ("甲乙丙丁戊己庚辛壬局\n子丑寅局", "甲乙丙丁戊己庚辛壬局\n子丑寅局"),
        ("新建⼯程3个", "新建工程3个"),
        ("张  治", "张 治"),
    ],
)
def test_a_wrapped_line_of_a_cell_goes_on_and_a_short_one_ends(cell: str, text: str) -> None:
    paper = Paper()
    paper.table(100, [HEADINGS, ["1", cell, "乙局"]], WIDTHS)
    assert shown(paper.data()) == [[HEADINGS, ["1", text, "乙局"]]]


def test_wrapped_lines_are_one_paragraph() -> None:
    paper = Paper()
    paper.text(70, 100, "各镇：现将任务分解印发给你们，")
    paper.text(50, 115, "请认真执行，按月报送进展情况。甲")
    paper.text(50, 130, "乙丙。")
    paper.text(70, 145, "特此通知。")
    assert shown(paper.data()) == [
        "各镇：现将任务分解印发给你们，请认真执行，按月报送进展情况。甲乙丙。",
        "特此通知。",
    ]


def two_pages(second: list[list[str]], between: str = "") -> bytes:
    paper = Paper()
    paper.text(200, 30, "青禾县文件")
    paper.table(100, [HEADINGS, ["1", "甲", "乙局"]], WIDTHS)
    paper.text(280, 800, "- 1 -")
    paper.next_page()
    paper.text(200, 30, "青禾县文件")
    if between:
        paper.text(50, 60, between)
    paper.table(100, second, WIDTHS)
    paper.text(280, 800, "- 2 -")
    return paper.data()


def test_a_table_goes_on_over_the_page_without_what_stands_on_every_page() -> None:
    rows = [["", "丙", "丁局"], ["2", "戊", "己局"]]
    assert shown(two_pages(rows)) == ["青禾县文件", [HEADINGS, ["1", "甲", "乙局"], *rows]]


def test_a_table_below_a_text_is_another() -> None:
    rows = [HEADINGS, ["2", "戊", "己局"]]
    table = [HEADINGS, ["1", "甲", "乙局"]]
    assert shown(two_pages(rows, "附件2")) == ["青禾县文件", table, "附件2", rows]


def test_what_stands_beside_the_lines_of_a_table_is_lost_and_said() -> None:
    paper = Paper()
    paper.table(100, [HEADINGS, ["1", "甲", "乙局"]], WIDTHS)
    paper.text(400, 135, "年底前")
    (table,) = parse(paper.data(), "计划.pdf").document.parts
    assert isinstance(table, Table)
    assert [(cell.text, str(cell.where)) for cell in table.lost] == [("年底前", "第1页")]


def test_a_scan_is_refused_with_what_to_do() -> None:
    paper = Paper()
    paper.picture()
    error = refusal(paper.data())
    assert error.code == "PDF_WITHOUT_TEXT"
    assert "扫描件" in error.message


def test_a_scanned_page_among_others_is_found() -> None:
    paper = Paper()
    paper.text(50, 50, "甲")
    paper.next_page()
    paper.picture()
    reading = parse(paper.data(), "计划.pdf")
    assert [(found.code, "第 2 页" in found.message) for found in reading.findings] == [
        ("PAGE_WITHOUT_TEXT", True)
    ]


@pytest.mark.parametrize(("pages", "code"), [(3, None), (4, "TOO_MANY_PAGES")])
def test_a_file_is_held_to_its_pages(pages: int, code: str | None) -> None:
    paper = Paper()
    for number in range(pages):
        if number:
            paper.next_page()
        paper.text(50, 50, f"第{number}页内容")
    limits = replace(LIMITS, max_pages=3)
    if code is None:
        assert len(parse(paper.data(), "计划.pdf", limits).document.parts) == 3
        return
    assert refusal(paper.data(), limits).code == code


@pytest.mark.parametrize(("cells", "code"), [(6, None), (5, "SHEET_TOO_LARGE")])
def test_a_table_is_held_to_its_cells(cells: int, code: str | None) -> None:
    paper = Paper()
    paper.table(100, [HEADINGS, ["1", "甲", "乙局"]], WIDTHS)
    limits = replace(LIMITS, max_cells=cells)
    if code is None:
        assert len(parse(paper.data(), "计划.pdf", limits).document.parts) == 1
        return
    assert refusal(paper.data(), limits).code == code


def locked(password: str) -> bytes:
    paper = Paper(password)
    paper.canvas.setFont("Helvetica", 10)
    paper.text(50, 50, "Task 1")
    return paper.data()


def test_a_password_to_open_is_refused_and_one_to_print_is_not() -> None:
    assert refusal(locked("secret")).code == "ENCRYPTED_FILE"
    assert shown(locked("")) == ["Task 1"]


@pytest.mark.parametrize("data", [b"%PDF-1.7 ...", b"%PDF-1.7\n" + bytes(3000)])
def test_a_damaged_file_is_refused(data: bytes) -> None:
    assert refusal(data).code in {"DAMAGED_FILE", "PDF_WITHOUT_TEXT"}


def test_without_the_extra_the_sentence_says_how_to_install_it() -> None:
    code = (
        "import sys; sys.modules['pdfplumber'] = None\n"
        "from engine.errors import IntakeError\n"
        "from intake.reading import parse\n"
        "try:\n    parse(b'%PDF-1.7', '计划.pdf')\n"
        "except IntakeError as error:\n    print(error.code, 'duban[pdf]' in error.message)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["PDF_NOT_INSTALLED", "True"]


@pytest.mark.parametrize(
    ("issued", "folded"),
    [
        ("⼀⼆⼯⾏", "一二工行"),
        ("⻓⻔⻚", "长门页"),
        ("ﬁle", "file"),
        ("１２％（）", "１２％（）"),
        ("㎡", "㎡"),
    ],
)
def test_radicals_are_characters_and_full_width_forms_stay(issued: str, folded: str) -> None:
    assert without_radicals(issued) == folded
