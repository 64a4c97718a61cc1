"""Pages for DingTalk: within the bytes, nothing lost, and exactly our own links and calls whatever people typed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from notifications.card import Block, Card, Span
from notifications.dingtalk_markdown import json_size, link_of, markup, plain
from notifications.dingtalk_pages import Page
from notifications.dingtalk_robot import BODY_LIMIT, DingTalkRobot
from notifications.dingtalk_robot import _body as robot_body
from notifications.dingtalk_robot import _bytes as robot_bytes
from notifications.dingtalk_work import DingTalkWork
from notifications.kinds import ChannelConfig, Network
from tests.vendors.dingtalk import links_in, mentions_in

OURS = "https://duban.example.com/r/abc_DEF-123"
NETWORK = Network(clock=lambda: datetime(2024, 10, 14, 1, 3, tzinfo=UTC))
ROBOT = DingTalkRobot(ChannelConfig("群", secrets={"access_token": "canary-token"}), NETWORK)
KEYWORDED = DingTalkRobot(
    ChannelConfig("群", {"keywords": "督办，提醒"}, {"access_token": "canary-token"}), NETWORK
)
WORK = DingTalkWork(
    ChannelConfig("钉钉", {"app_key": "k", "agent_id": "1"}, {"app_secret": "canary-secret"}), NETWORK
)
TYPED = st.text(max_size=300) | st.sampled_from(
    [
        "[点我](https://evil.example.com)",
        "![图](http://evil.example.com/x.png)",
        "@all @manager1 @13800000000",
        "<a href='http://evil.example.com'>x</a>",
        "www.evil.example.com mailto:x@evil.example.com",
        "看!",
        "**粗** `码` ~~删~~ | 表 | \\[x\\](http://evil.example.com)",
        "- 项\n1. 项\n# 题\n---",
        "https://" + "很长" * 500,
    ]
)


def card(title: str, *lines: str, button: Span | None = None, href: str = "") -> Card:
    spans = tuple(Block("line", (Span(line, href=href),)) for line in lines)
    return Card(title, "red", spans, button)


def texts(channel: DingTalkRobot | DingTalkWork, cards: Sequence[Card], *mentions: str) -> list[Page]:
    return [Page.from_json(page) for page in channel.pages(cards, mentions)]


@given(TYPED, TYPED, TYPED)
@example("!", "http:/", "/evil.example.com")
@example("//", "x", "//")
def test_whatever_people_type_the_only_link_and_call_are_ours(title: str, one: str, other: str) -> None:
    spans = (Span(one), Span("查看", href=OURS), Span(other, strong=True), Span(one))
    mixed = Card(title, "", (Block("item", spans), Block("line", (Span(other), Span(one)))), None)
    page = texts(ROBOT, [mixed], "manager4220")[0]
    assert links_in(page.text) == [OURS]
    assert mentions_in(page.text) == ["manager4220"]
    assert links_in(page.title) == mentions_in(page.title) == []


@given(st.lists(st.tuples(TYPED, st.lists(TYPED, max_size=6)), min_size=1, max_size=8), st.booleans())
@settings(max_examples=60)
def test_every_page_is_within_the_bytes_even_marked_as_repeated(
    typed: list[tuple[str, list[str]]], linked: bool
) -> None:
    cards = [card(title, *lines, href=OURS if linked else "") for title, lines in typed]
    for page in texts(KEYWORDED, cards, "manager4220", "13800000000"):
        assert "督办" in page.text or "提醒" in page.text
        assert len(robot_bytes(robot_body(page.marked_again("zh-CN")))) <= BODY_LIMIT
    for page in texts(WORK, cards):
        assert WORK._measure(page) <= 2048


@given(st.lists(st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1), min_size=1))
@settings(max_examples=60)
def test_no_word_is_lost_between_pages(words: list[str]) -> None:
    pages = texts(WORK, [card("题", *(word * 40 for word in words))])
    shown = "".join(part for page in pages for part in page.text.split("\n\n")[1:])
    assert shown.replace("\n", "") == "".join(plain(word * 40) for word in words)


@given(st.lists(TYPED))
def test_bytes_are_counted_as_json_has_them(typed: list[str]) -> None:
    text = '\n"'.join(plain(one) for one in typed)
    assert json_size(text) == len(json.dumps(text, ensure_ascii=False).encode()) - 2


def test_the_same_cards_give_the_same_pages() -> None:
    cards = [card("一" * 30, "二" * 3000), card("三", "四")]
    assert ROBOT.pages(cards, ("a",)) == ROBOT.pages(cards, ("a",))


@pytest.mark.parametrize(("length", "count"), [(1, 1), (6590, 1), (6630, 2)])
def test_a_page_is_filled_nearly_to_its_last_byte(length: int, count: int) -> None:
    pages = texts(ROBOT, [card("题", "字" * length)])
    assert len(pages) == count
    marks = ["（1/2）" in page.title or "（2/2）" in page.title for page in pages]
    assert marks == [count > 1] * count


def test_people_are_called_once_on_the_first_page_and_by_what_they_are_known() -> None:
    pages = texts(ROBOT, [card("题", "字" * 9000)], "manager4220", "13800000000", "+86-13900000000", "张 三@")
    assert pages[0].text.split("\n\n")[1] == "@manager4220 @13800000000 @+86-13900000000"
    assert pages[0].users == ["manager4220"]
    assert pages[0].mobiles == ["13800000000", "+86-13900000000"]
    assert pages[1].at == ()


def test_several_cards_share_a_page_and_keep_their_titles() -> None:
    page = texts(ROBOT, [card("【红】甲局：1项逾期", "甲"), card("【黄】乙局：1项滞后", "乙")])[0]
    assert page.text.split("\n\n") == [
        "### 【红】甲局：1项逾期 等2条",
        "#### 【红】甲局：1项逾期",
        "甲",
        "#### 【黄】乙局：1项滞后",
        "乙",
    ]


def test_a_card_with_nothing_to_open_but_its_button_becomes_a_card_with_that_button() -> None:
    page = texts(ROBOT, [card("题", "一", button=Span("打开填报", href=OURS))])[0]
    assert page.button == ("打开填报", OURS)
    assert page.text == "### 题\n\n一"


@pytest.mark.parametrize(
    ("href", "mentions", "cards"), [(OURS, (), 1), ("", ("manager4220",), 1), ("", (), 2)]
)
def test_with_another_link_or_a_call_or_another_card_the_button_is_a_link(
    href: str, mentions: tuple[str, ...], cards: int
) -> None:
    one = card("题", "一", button=Span("打开填报", href=OURS + "?b"), href=href)
    page = texts(ROBOT, [one] * cards, *mentions)[0]
    assert page.button is None
    assert page.text.endswith(f"[打开填报]({OURS}?b)")


@pytest.mark.parametrize(
    ("title", "line", "heading"),
    [
        ("题", "一", "【督办】题"),
        ("督办通报", "一", "督办通报"),
        ("题", "请看提醒", "题"),
    ],
)
def test_the_first_keyword_joins_the_heading_only_where_none_is_in_the_text(
    title: str, line: str, heading: str
) -> None:
    page = texts(KEYWORDED, [card(title, line)])[0]
    assert page.title == heading
    assert page.text == f"### {heading}\n\n{line}"


@pytest.mark.parametrize(
    ("block", "text"),
    [
        (Block("line", (Span("- 不是列表"),)), "－ 不是列表"),
        (Block("line", (Span("1. 不是编号"),)), "1． 不是编号"),
        (Block("line", (Span("--- 不是横线"),)), "－-- 不是横线"),
        (Block("line", (Span("12.5亿元"),)), "12.5亿元"),
        (Block("line", (Span("-5%"),)), "-5%"),
        (Block("item", (Span("目标 "), Span("26台", strong=True))), "- 目标 **26台**"),
        (Block("note", (Span("a_b*c"),)), "> a＿b＊c"),
        (Block("heading", (Span("题#"),)), "#### 题＃"),
        (Block("line", (Span(" \n"),)), ""),
        (Block("line", (Span("看", href="javascript:alert(1)"),)), "看"),
        (
            Block("line", (Span("看", href="https://a.example.com/(x)"),)),
            "[看](https://a.example.com/%28x%29)",
        ),
    ],
)
def test_blocks_as_markdown(block: Block, text: str) -> None:
    assert markup(block) == text


@pytest.mark.parametrize(("length", "is_link"), [(500, True), (501, False)])
def test_an_address_longer_than_the_vendor_opens_stays_words(length: int, is_link: bool) -> None:
    address = "https://a.example.com/".ljust(length, "x")
    assert bool(link_of(address)) == is_link


def test_a_repeat_says_so_in_title_and_heading() -> None:
    page = Page("题", "### 题\n\n一").marked_again("zh-CN")
    assert (page.title, page.text) == ("（补发）题", "### （补发）题\n\n一")


@pytest.mark.parametrize("stored", ["", "x", "{}", "[]", '{"title":"a","text":"b","at":[],"button":[1]}'])
def test_what_is_no_page_is_told(stored: str) -> None:
    with pytest.raises(ValueError):
        Page.from_json(stored)


def test_a_page_comes_back_from_its_json() -> None:
    page = Page("题", "文", ("a",), ("看", OURS))
    assert Page.from_json(page.to_json()) == page
    assert "\\u" not in page.to_json()
    assert json.loads(page.to_json())["at"] == ["a"]
