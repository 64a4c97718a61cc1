"""Numbered paragraphs: how numbers are written, how levels open, what interrupts a text."""

from __future__ import annotations

import pytest

from intake.outline import Node, number_of, ordinal_of, read_outline, sentences
from intake.text import read_text


def outline(text: str) -> list[Node]:
    return read_outline(read_text(text.encode(), "plan.txt"))


def shape(node: Node) -> dict[str, object]:
    return {child.no: shape(child) for child in node.children}


@pytest.mark.parametrize(
    ("text", "style", "number", "rest"),
    [
        ("一、稳增长", "chinese", "一", "稳增长"),
        ("十二、稳增长", "chinese", "十二", "稳增长"),
        ("（一）稳增长", "bracketed", "一", "稳增长"),
        ("(三)稳增长", "bracketed", "三", "稳增长"),
        ("1.新建公园", "arabic", "1", "新建公园"),
        ("１２、新建公园", "arabic", "12", "新建公园"),
        ("3．新建公园", "arabic", "3", "新建公园"),
        ("（2）新建公园", "enclosed", "2", "新建公园"),
        ("2）新建公园", "enclosed", "2", "新建公园"),
        ("①新建公园", "circled", "①", "新建公园"),
        ("第三条 新建公园", "article", "三", "新建公园"),
        ("1.2 新建公园", "dotted", "1.2", "新建公园"),
        ("- 新建公园", "dash", "1", "新建公园"),
    ],
)
def test_a_number_is_told_with_its_style(text: str, style: str, number: str, rest: str) -> None:
    root = outline(text)[0]
    assert [(one.style, one.no, one.text) for one in root.children] == [(style, number, rest)]


@pytest.mark.parametrize(
    "text", ["2024年新建公园", "3.5万人参加", "10月底前完成", "一是新建公园", "新建公园3个", "（含绿道）新建"]
)
def test_what_only_looks_like_a_number_is_none(text: str) -> None:
    assert number_of(text) is None


@pytest.mark.parametrize(
    ("number", "value"), [("3", 3), ("三", 3), ("十二", 12), ("③", 3), ("2.4", 4), ("甲", None)]
)
def test_a_number_counts(number: str, value: int | None) -> None:
    assert ordinal_of(number) == value


def test_levels_come_from_the_order_in_which_styles_open() -> None:
    root = outline("一、甲\n（一）乙\n1.丙\n2.丁\n（二）戊\n1.己\n二、庚")[0]
    assert shape(root) == {"一": {"一": {"1": {}, "2": {}}, "二": {"1": {}}}, "二": {}}


def test_a_page_that_begins_in_the_middle_keeps_its_sections_above_its_items() -> None:
    root = outline("20.甲。\n21.乙。\n五、丙\n22.丁。")[0]
    assert shape(root) == {"20": {}, "21": {}, "五": {"22": {}}}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1.新建学校3所\n2新建公园4个\n3.开通公交5条", ["1", "2", "3"]),  # a number without its mark
        ("1.新建学校3所\n4新建公园", ["1"]),  # not the one to be expected
        ("1.新建学校3所\n2个公园", ["1"]),  # a quantity
        ("今年要办的是：1.建校。2.修路。3.造林。", ["1", "2", "3"]),  # run together
        ("今年要办的是：1.建校。2.修路。", []),  # two are no list
    ],
)
def test_numbers_without_a_mark_or_a_line_of_their_own(text: str, numbers: list[str]) -> None:
    assert [child.no for part in outline(text) for child in part.children] == numbers


def test_arrows_are_marks_and_a_number_alone_takes_the_next_line_as_its_heading() -> None:
    root = outline(
        "2024年民生实事\n01\n安居实事\n▶改造小区2个。\n▶加装电梯5部。\n02\n项目名称：助餐\n新建食堂1个。"
    )[0]
    assert [(one.text, [child.text for child in one.children]) for one in root.children] == [
        ("安居实事", ["改造小区2个。", "加装电梯5部。"]),
        ("", []),
    ]


@pytest.mark.parametrize(
    ("lead", "numbers"),
    [
        ("今年的3件实事是：", ["1", "2", "3"]),
        ("这三件实事是：", ["1", "2", "3"]),
        ("今年的三项民生工程如下：", ["1", "2", "3"]),
        ("今年的9件实事是：", []),  # not so many paragraphs
        ("今年的实事是：", []),  # nothing says how many
    ],
)
def test_paragraphs_without_numbers_are_a_list_where_their_number_is_announced(
    lead: str, numbers: list[str]
) -> None:
    part = outline(f"{lead}\n城北小学扩建。\n滨河步道提升。\n农贸市场改造。\n特此公告。")[-1]
    assert [child.no for child in part.children] == numbers


def test_a_form_below_the_document_is_a_part_of_its_own() -> None:
    parts = outline("1.新建公园。\n2.修路。\n联系我们\n1.错误类型\n2.网址")
    assert [[child.text for child in part.children] for part in parts] == [
        ["新建公园。", "修路。"],
        ["错误类型", "网址"],
    ]


def test_numbers_that_go_on_behind_a_page_header_stay_in_their_list() -> None:
    parts = outline("1.新建公园。\n打印本页\n2.修路。")
    assert [[child.no for child in part.children] for part in parts] == [["1", "2"]]


def test_an_annex_and_a_title_begin_a_part() -> None:
    parts = outline("一、提高认识。\n附件\n2024年重点任务清单\n1.修路。")
    assert [(part.text, [child.text for child in part.children]) for part in parts] == [
        ("", ["提高认识。"]),
        ("2024年重点任务清单", ["修路。"]),
    ]


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("1.配送戏曲、\n电影。", ["配送戏曲、电影。"]),  # the line ends open
        ("1.配送戏曲。\n电影另行安排。", ["配送戏曲。"]),
        ("1.配送戏曲，\n2.放映电影。", ["配送戏曲，", "放映电影。"]),
    ],
)
def test_a_line_that_ends_open_goes_on_in_the_next(text: str, joined: list[str]) -> None:
    assert [child.text for child in outline(text)[0].children] == joined


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("甲。乙。", ["甲。", "乙。"]),
        ("办“甲。乙”节。", ["办“甲。乙”节。"]),
        ("甲（乙。丙）丁。", ["甲（乙。丙）丁。"]),
        ("甲", ["甲"]),
        ("", []),
    ],
)
def test_sentences_are_cut_outside_quotation_marks_and_brackets(text: str, cut: list[str]) -> None:
    assert sentences(text) == cut
