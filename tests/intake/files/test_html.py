"""Pages as paragraphs and tables: what a reader of the page sees, in its order."""

from __future__ import annotations

import email.mime.multipart
import email.mime.text

import pytest

from engine.errors import IntakeError
from intake.document_json import Reading
from intake.html import read_html
from intake.limits import LIMITS
from intake.reading import parse
from intake.table import Paragraph, Table

HEADINGS = "<tr><th>序号</th><th>工作任务</th><th>牵头单位</th></tr>"


def read(page: str) -> Reading:
    return read_html(page.encode(), "计划.html", LIMITS)


def shown(page: str) -> list[str | list[list[str]]]:
    """Paragraphs as text, tables as rows of texts; a merged cell is ``^``."""
    return [
        part.text
        if isinstance(part, Paragraph)
        else [["^" if c.merged else c.text for c in row] for row in part.rows]
        for part in read(page).document.parts
    ]


def rows(body: str) -> list[list[str]]:
    """The rows below the headings of the one table of a page."""
    (table,) = shown(f"<table>{HEADINGS}{body}</table>")
    assert isinstance(table, list)
    return table[1:]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<tr><td>1<td>甲<td>乙局", [["1", "甲", "乙局"]]),
        (
            "<tr><td rowspan=2>1<td>甲<td>乙局<tr><td>丙<td>丁局",
            [["1", "甲", "乙局"], ["^", "丙", "丁局"]],
        ),
        ("<tr><td colspan=2>甲<td>乙局", [["甲", "", "乙局"]]),
        ("<tr><td colspan=200>一、民生", [["一、民生", "", ""]]),
        (
            "<tr><td rowspan=2 colspan=2>甲<td>乙局<tr><td>丙局",
            [["甲", "", "乙局"], ["^", "^", "丙局"]],
        ),
        ("<tr><td>1<td rowspan=9>甲<td>乙局", [["1", "甲", "乙局"]]),
        (
            "<tr><td>1<td rowspan=0>甲<td>乙局<tr><td>2<td>丙局",
            [["1", "甲", "乙局"], ["2", "^", "丙局"]],
        ),
        ("<tr><td rowspan=x colspan=0>1<td>甲<td>乙局", [["1", "甲", "乙局"]]),
        ("<tr><td colspan='2 '>甲<td>乙局", [["甲", "", "乙局"]]),
        ("<tr><td>1<td>甲", [["1", "甲", ""]]),
        (
            "<tbody><tr><td>1<td rowspan=5>甲<td>乙局</tbody><tbody><tr><td>2<td>丙<td>丁局</tbody>",
            [["1", "甲", "乙局"], ["2", "丙", "丁局"]],
        ),
        ("<tr style='display: none'><td>藏<tr><td>1<td>甲<td>乙局", [["1", "甲", "乙局"]]),
        ("<tr><td>1<td hidden>藏<td>甲<td>乙局", [["1", "甲", "乙局"]]),
    ],
)
def test_spans_are_laid_out_as_a_browser_does(body: str, expected: list[list[str]]) -> None:
    assert rows(body) == expected


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("甲<br>乙", "甲\n乙"),
        ("<p>甲</p><p>乙</p>", "甲\n乙"),
        ("<div>甲<div>乙</div></div>丙", "甲\n乙\n丙"),
        ("<p>&nbsp;</p><p>甲</p>", "甲"),
        ("甲&nbsp;&nbsp;乙", "甲 乙"),
        ("&#30002;&amp;&lt;乙&gt;", "甲&<乙>"),
        ("社会\r\n   保障局", "社会保障局"),
        ("PM2.5\n  smog", "PM2.5 smog"),
        ("张 治", "张 治"),
        ("<b>甲</b><font>乙</font><o:p></o:p>", "甲乙"),
        ("甲<!-- 批注 -->乙", "甲乙"),
        ("甲<script>x</script><span style='display:none'>藏</span>乙", "甲乙"),
        ("甲<span style='mso-hide:all'>藏</span>", "甲"),
        ("甲<table><tr><td>一<td>二<tr><td>三<td>四</table>乙", "甲\n一 二\n三 四\n乙"),
        ("<ol><li>甲<li>乙</ol>", "1. 甲\n2. 乙"),
        ("<ol start=3 type=a><li>甲</ol>", "c. 甲"),
        ("<ol><li>1、甲</ol>", "1、甲"),
        ("<ul><li>甲</ul>", "甲"),
        ("甲&unknown;", "甲&unknown;"),
        ("甲\0\x07乙", "甲乙"),
    ],
)
def test_a_cell_reads_as_it_looks(cell: str, text: str) -> None:
    assert rows(f"<tr><td>1<td>{cell}</td><td>乙局") == [["1", text, "乙局"]]


def test_running_text_keeps_its_order_and_loses_the_site() -> None:
    page = f"""<html><head><title>题</title><style>p {{}}</style></head><body>
      <nav>首页</nav><script>var a = '<p>x</p>';</script>
      <h1>关于印发<br>任务表的通知</h1><p>各镇：</p>
      <table>{HEADINGS}<tr><td>1<td>甲<td>乙局</table>
      <p hidden>藏</p><p>特此通知。<pre>一行
二行</pre><footer>版权</footer></body></html>"""
    assert shown(page) == [
        "关于印发",
        "任务表的通知",
        "各镇：",
        [["序号", "工作任务", "牵头单位"], ["1", "甲", "乙局"]],
        "特此通知。",
        "一行",
        "二行",
    ]


def test_tables_that_lay_out_the_page_are_dissolved() -> None:
    inner = f"<table><caption>附表</caption>{HEADINGS}<tr><td>1<td>甲<td>乙局</table>"
    page = f"<table><tr><td>栏目<td><table><tr><td>标题</table>{inner}</table>"
    table = [["序号", "工作任务", "牵头单位"], ["1", "甲", "乙局"]]
    assert shown(page) == ["栏目", "标题", "附表", table]


def test_a_table_of_tasks_stays_one_though_a_cell_holds_a_table() -> None:
    cell = "<table><tr><td>甲镇<td>1个<tr><td>乙镇<td>2个</table>"
    assert rows(f"<tr><td>1<td>建站{cell}<td>乙局") == [["1", "建站\n甲镇 1个\n乙镇 2个", "乙局"]]


def test_the_last_page_of_a_table_may_be_one_row() -> None:
    assert shown("<table><tr><td>9<td>甲<td>乙局</table>") == [[["9", "甲", "乙局"]]]


def test_a_single_row_that_holds_the_text_is_no_table() -> None:
    text = "".join(f"<p>第{n}段" for n in range(11))
    assert shown(f"<table><tr><td>栏<td>{text}</table>")[:2] == ["栏", "第0段"]


def test_every_part_has_its_place() -> None:
    reading = read(f"<p>甲</p><table>{HEADINGS}<tr><td>1<td>甲<td>乙局</table><p>丙")
    first, table, last = reading.document.parts
    assert (str(first.where), str(last.where)) == ("line 1", "line 3")  # type: ignore[union-attr]
    assert isinstance(table, Table)
    assert str(table.rows[1][2].where) == "表1!C2"


@pytest.mark.parametrize(
    ("label", "encoding"),
    [
        ("gb2312", "gb18030"),
        ("GBK", "gb18030"),
        ("utf-8", "utf-8"),
        ("gb2312", "utf-8"),  # saved anew by a program that left the heading alone
        ("big5", "big5hkscs"),
        ("nonsense", "gb18030"),
        ("base64", "gb18030"),  # a codec, but not of text
        ("utf-8", "utf-16"),
        ("gb2312", "utf-8-sig"),
    ],
)
def test_a_page_is_read_in_its_encoding(label: str, encoding: str) -> None:
    text = "區民政局" if label == "big5" else "区民政局 朱镕基 ￥"
    page = f'<html><meta http-equiv="Content-Type" content="text/html; charset={label}"><p>{text}</p>'
    (part,) = parse(page.encode(encoding), "计划.html").document.parts
    assert isinstance(part, Paragraph)
    assert part.text == text


def test_single_broken_characters_are_found_and_the_rest_is_read() -> None:
    data = b"<meta charset=gb2312><p>" + ("甲乙丙丁" * 500).encode("gb18030") + b"\xff"
    reading = parse(data, "计划.html")
    assert len(reading.document.parts) == 1
    assert [found.code for found in reading.findings] == ["UNREADABLE_CHARACTERS"]


def test_a_page_in_no_encoding_is_refused() -> None:
    with pytest.raises(IntakeError, match="文字编码") as caught:
        parse(b"<html><p>\xff\xff\xfe\x80" * 20, "计划.html")
    assert caught.value.code == "NOT_TEXT"


PAGE = f"<html><body><table>{HEADINGS}<tr><td>1<td>甲<td>乙局</table></body></html>"


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("计划.html", PAGE),
        ("计划.htm", f"\r\n{PAGE}"),
        ("计划.xls", PAGE),
        ("计划.doc", f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>{PAGE}'),
        ("计划.txt", f"<!-- 存档 --><!DOCTYPE html>{PAGE}"),
        ("计划.xlsx", PAGE),
        ("计划.xls", f"<table>{HEADINGS}<tr><td>1<td>甲<td>乙局</table>"),
    ],
)
def test_a_page_is_known_by_its_content(name: str, page: str) -> None:
    reading = parse(page.encode(), name)
    (table,) = reading.document.parts
    assert isinstance(table, Table)
    assert len(table.rows) == 2
    wrong = [found.code for found in reading.findings]
    assert wrong == (["WRONG_SUFFIX"] if name.endswith((".txt", ".xlsx")) else [])


def archived(*pages: str) -> bytes:
    message = email.mime.multipart.MIMEMultipart("related")
    for page in pages:
        message.attach(email.mime.text.MIMEText(page, "html", "gb18030"))
    return message.as_bytes()


@pytest.mark.parametrize("name", ["计划.mht", "计划.doc", "计划.xls"])
def test_pages_in_one_file_are_read_one_after_the_other(name: str) -> None:
    data = archived("<html><frameset><frame src=a></frameset></html>", PAGE, "<p>附注</p>")
    table, note = parse(data, name).document.parts
    assert isinstance(table, Table)
    assert isinstance(note, Paragraph)


def test_a_frame_without_its_pages_is_refused_with_what_to_do() -> None:
    with pytest.raises(IntakeError, match=r"\.files") as caught:
        parse(b"<html><frameset><frame src=a></frameset></html>", "计划.htm")
    assert caught.value.code == "FRAMES_ONLY"


def test_an_empty_page_holds_nothing() -> None:
    assert parse(b" ", "计划.html").document.parts == ()
