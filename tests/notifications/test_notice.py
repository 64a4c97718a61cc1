"""The notice 督办通知单 as Word opens it: every value there, typed text as it was typed, forms of one's own kept in bounds."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm

from engine.case_cause import CauseFigure
from engine.errors import DubanError
from notifications.notice import Notice, sample, shipped_form, values_of, write_notice
from notifications.notice_template import build

SECOND = sample()
FIRST = replace(SECOND, second=False, issued_on=date(2024, 4, 1), first_issued_on=None, first_due_on=None)


def opened(content: bytes) -> Any:
    return docx.Document(io.BytesIO(content))


def words(content: bytes) -> str:
    """All text of the paper, cells after paragraphs."""
    paper = opened(content)
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in paper.paragraphs), *cells])


def form(*lines: str) -> bytes:
    """A form of somebody's own with these paragraphs."""
    paper, stream = docx.Document(), io.BytesIO()
    for line in lines:
        paper.add_paragraph(line)
    paper.save(stream)
    return stream.getvalue()


def test_the_shipped_form_is_the_one_that_its_script_makes() -> None:
    assert shipped_form() == build()


def test_a_first_notice_says_everything() -> None:
    said = words(write_notice(FIRST))
    for value in (
        "督查室督办通知单\n",
        "督办〔2024〕3号\t黄色督办",
        "关于“新增200个示范型服务点”的督办通知",
        "区民政局：",
        FIRST.demand,
        "回复期限：2024年4月9日",
        "2024年度民生实事（示政办发〔2024〕1号）",
        "一.1 新增200个示范型服务点",
        "2024年11月30日",
        "自2024年3月29日起落后序时进度，现落后18个工作日。",
        "建成示范点\n200个\n31个\n10个",
        "培训人员\n16,000名\n2,000名\n—",
        "督查室\n2024年4月1日",
        "duty@example.org",
        "回　执",
        "督办单号\n督办〔2024〕3号\n回复单位\n区民政局",
    ):
        assert value in said
    assert "二次" not in said
    assert "{" not in said


def test_a_second_notice_has_its_own_heading_and_says_what_was_missed() -> None:
    said = words(write_notice(SECOND))
    assert "督办通知单（二次催办）" in said
    assert "2024年4月1日发出的督办通知单要求于2024年4月9日前回复，至2024年4月12日仍未收到。" in said
    assert "回复期限：立即（原期限2024年4月9日已过）" in said
    extended = replace(SECOND, reply_due_on=date(2024, 4, 19))
    assert "回复期限：2024年4月19日" in words(write_notice(extended))
    assert SECOND.file_name == "督办通知单（二次催办）（督办〔2024〕3号）.docx"


def test_a_task_of_words_has_no_table_of_figures() -> None:
    paper = opened(write_notice(replace(FIRST, cause=replace(FIRST.cause, figures=(), reasons=()))))
    assert [table.cell(0, 0).text for table in paper.tables] == ["任务来源", "督办单号"]
    assert "进度正常。" in [row.cells[1].text for row in paper.tables[0].rows]


def test_it_is_an_official_paper_on_a4() -> None:
    paper = opened(write_notice(FIRST))
    section = paper.sections[0]
    assert (round(section.page_width / Mm(1)), round(section.page_height / Mm(1))) == (210, 297)
    head = paper.paragraphs[0].runs[0]
    assert str(head.font.color.rgb) == "C8101A"
    fonts = {
        run._r.rPr.rFonts.get(qn("w:eastAsia")) for one in paper.paragraphs for run in one.runs if run.text
    }
    assert fonts == {"宋体", "黑体", "仿宋"}
    with zipfile.ZipFile(io.BytesIO(write_notice(FIRST))) as archive:
        table = archive.read("word/fontTable.xml").decode()
    assert all(other in table for other in ("SimSun", "SimHei", "FangSong"))


def test_the_same_values_give_the_same_bytes() -> None:
    assert write_notice(FIRST) == write_notice(FIRST)
    assert write_notice(FIRST, form("{{ 编号 }}")) == write_notice(FIRST, form("{{ 编号 }}"))
    properties = opened(write_notice(FIRST)).core_properties
    assert (properties.title, properties.author) == ("督办通知单 督办〔2024〕3号", "督查室")
    assert properties.created.date() == properties.modified.date() == date(2024, 4, 1)


HOSTILE = [
    "=1+1",
    "{{ 7*7 }}",
    "{% for x in y %}",
    "{{r 编号 }}",
    "</w:t></w:r><w:r><w:t>",
    "<script>alert(1)</script>",
    "a & b \" ' &lt; &#60;",
    "[链接](http://x.example.com)",
    "{%p if x %}",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_typed_text_is_plain_text(text: str) -> None:
    figure = CauseFigure(text, "个", "=", Decimal(1), Decimal(1), None)
    cause = replace(FIRST.cause, figures=(figure,))
    notice = replace(FIRST, demand=text, title=text, unit=text, plan=text, issuer=text, cause=cause)
    paper = opened(write_notice(notice))
    assert f"关于“{text}”的督办通知" in [one.text for one in paper.paragraphs]
    assert text in [one.text for one in paper.paragraphs]
    assert paper.tables[1].cell(1, 0).text == text


def test_control_characters_are_left_out_and_lines_are_kept() -> None:
    notice = replace(FIRST, demand="一\x00\x0b二\ufffe\ud800\n三\u202e", unit="a\x07\x0cb")
    said = words(write_notice(notice))
    assert "\n一\n二\n三\n" in said
    assert "a b：" in said


# Forms of one's own


def test_a_form_of_one_s_own_is_filled() -> None:
    own = form(
        "{{ 标题 }} {{ 编号 }} {% if 二次 %}再{% else %}首{% endif %}",
        "{%p for 行 in 指标 %}",
        "{{ 行.指标 }}：{{ 行.已报 }}/{{ 行.承诺 }}",
        "{%p endfor %}",
        "{% if 颜色 == '黄色' and not 二次 %}黄{% endif %}",
    )
    assert words(write_notice(FIRST, own)).splitlines() == [
        "督办通知单 督办〔2024〕3号 首",
        "建成示范点：10个/200个",
        "培训人员：—/16,000名",
        "黄",
    ]


def test_a_form_may_use_every_value() -> None:
    names = [name for name in values_of(FIRST) if name != "指标"]
    said = words(write_notice(SECOND, form(*(f"{name}={{{{ {name} }}}}" for name in names))))
    assert [line.partition("=")[0] for line in said.splitlines()] == names


REFUSED: list[tuple[str, str]] = [
    ("{{ 编 号 }}", "花括号"),
    ("{{ 编号 }", "花括号"),
    ("{% if 二次 %}", "花括号"),
    ("{{ 文件 }}", "没有的名称"),
    ("{{ 7 * 7 }}", "不允许"),
    ("{{ 单位 * 999999999 }}", "不允许"),
    ("{{ range(9) }}", "不允许"),
    ("{{ 单位.upper() }}", "不允许"),
    ("{{ 单位|upper }}", "不允许"),
    ("{{ 单位[0] }}", "不允许"),
    ("{{ ''.__class__.__mro__ }}", ""),
    ("{% set x = 单位 %}", "不允许"),
    ("{% include '/etc/passwd' %}", "不允许"),
    ("{% import 'os' as os %}", "不允许"),
    ("{% macro a() %}{% endmacro %}", "不允许"),
    ("{% for 字 in 要求 %}{{ 字 }}{% endfor %}", "不允许"),
    ("{% for a in 指标 %}{% for b in 指标 %}{% endfor %}{% endfor %}", "不允许"),
    ("{% for a in 指标 if a %}{{ loop(a) }}{% endfor %}", "不允许"),
]


@pytest.mark.parametrize(("line", "said"), REFUSED)
def test_a_form_that_asks_for_more_is_refused_with_a_sentence(line: str, said: str) -> None:
    with pytest.raises(DubanError) as refusal:
        write_notice(FIRST, form("公文", line))
    assert refusal.value.code == "NOTICE_TEMPLATE"
    assert said in refusal.value.message


def bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * (21 * 1024 * 1024))
    return stream.getvalue()


def entity() -> bytes:
    """A form whose document names a file of this machine as an entity."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(form("x"))) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/document.xml":
                declared = b'?>\n<!DOCTYPE w [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
                content = content.replace(b"?>", declared, 1).replace(b">x<", b">&f;<")
            new.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    "content",
    [lambda: b"", lambda: b"PK\x03\x04", lambda: b"x" * (2 * 1024 * 1024 + 1), bomb],
    ids=["empty", "broken", "large", "bomb"],
)
def test_what_is_no_form_is_refused(content: Callable[[], bytes]) -> None:
    with pytest.raises(DubanError) as refusal:
        write_notice(FIRST, content())
    assert refusal.value.code == "NOTICE_TEMPLATE"


def test_a_form_reads_no_file_of_this_machine() -> None:
    try:
        said = words(write_notice(FIRST, entity()))
    except DubanError:
        return
    assert "root:" not in said


def test_a_notice_without_second_names_no_earlier_day() -> None:
    values = values_of(FIRST)
    assert (values["首发日期"], values["原回复期限"]) == ("", "")
    assert isinstance(FIRST, Notice)
