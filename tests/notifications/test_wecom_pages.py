"""WeCom's pages: within the vendor's bytes, typed text as typed, exactly our own links and mentions."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notifications import wecom_markup
from notifications.card import Block, Card, Span
from notifications.paging import again_mark
from notifications.wecom_pages import (
    APP_MARKDOWN_BYTES,
    CARD_BUTTON,
    CARD_LINES,
    CARD_TEXT,
    CARD_TITLE,
    ROBOT_MARKDOWN_BYTES,
    TEXT_BYTES,
    app_pages,
    body_of,
    robot_pages,
    size_of,
)
from notifications.words import clean
from tests.notifications.cards import HOSTILE, LINK, cards, line, typed
from tests.vendors.wecom_client import Seen, seen

BUTTON = Span("填报进度", href=LINK)


def bodies(pages: Sequence[str]) -> list[dict[str, Any]]:
    return [json.loads(page) for page in pages]


def contents(pages: Sequence[str]) -> list[str]:
    return [body[body["msgtype"]]["content"] for body in bodies(pages)]


def look(text: str) -> str:
    """The text as an eye compares it: full-width twins are their originals, white space is nothing."""
    return "".join(unicodedata.normalize("NFKC", clean(text)).split())


def words_of(card: Card) -> str:
    return "".join("".join(span.text for span in block.spans) for block in card.blocks)


def links_of(card: Card) -> int:
    """Runs of linked spans with something to open; neighbours are one link."""
    count = 0
    for block in card.blocks:
        previous = None
        for span in block.spans:
            kind = (span.strong or block.role == "heading", span.href)
            count += bool(span.href) and kind != previous
            previous = kind
    return count + bool(card.button)


# What people typed does nothing


@pytest.mark.parametrize("text", HOSTILE)
def test_typed_markup_is_shown_and_does_nothing(text: str) -> None:
    shown = seen(wecom_markup.markdown([Span(text)]))
    assert shown == Seen(text=shown.text)
    assert look(shown.text) == look(text)


@given(typed, typed)
@example("http:", "//evil.example")
@example("看!", "这里")
@example("&l", "t;")
@example("<", "@all>")
@example("a@all", "www.evil.example")
def test_two_spans_do_together_only_what_they_do_alone(left: str, right: str) -> None:
    shown = seen(wecom_markup.markdown([Span(left), Span(f"看{right}", href=LINK), Span(left), Span(right)]))
    assert [href for _, href in shown.links] == [LINK]
    assert (shown.mentions, shown.coloured, shown.strong, shown.odd) == ([], [], [], [])


@given(cards, st.booleans())
def test_any_card_has_exactly_its_own_links_and_mentions_and_words(card: Card, calls: bool) -> None:
    pages = robot_pages([card], ["zhang.san"] if calls else [], "zh-CN")
    if json.loads(pages[0])["msgtype"] == "template_card":
        return_card_shows_all_of(json.loads(pages[0])["template_card"], card)
        return
    shown = [seen(content) for content in contents(pages)]
    assert [href for one in shown for _, href in one.links] == [LINK] * links_of(card)
    assert [one.mentions for one in shown] == [["zhang.san"] if calls else []] + [[]] * (len(pages) - 1)
    assert [odd for one in shown for odd in one.odd] == []
    if len(pages) == 1:
        button = card.button.text if card.button else ""
        title = look(card.title)
        overlong = title if len(wecom_markup.escaped(card.title).encode()) > 240 else ""
        assert look(shown[0].text).endswith(overlong + look(words_of(card)) + button)
        assert overlong or look(shown[0].text).startswith(title)


def return_card_shows_all_of(notice: dict[str, Any], card: Card) -> None:
    assert look(notice["main_title"]["title"] + notice["main_title"].get("desc", "")) == look(card.title)
    assert look(notice.get("sub_title_text", "")) == look(words_of(card))
    assert notice["card_action"]["url"] == LINK


@given(typed)
def test_typed_text_in_a_text_message_calls_nobody_and_opens_nothing(text: str) -> None:
    [page] = robot_pages([Card("标题", "", (line(text),))], ["13800000000"], "zh-CN")
    body = json.loads(page)["text"]
    assert "<" not in body["content"]
    assert "://" not in body["content"]
    assert "@all" not in body["content"]
    assert body["mentioned_mobile_list"] == ["13800000000"]
    assert "mentioned_list" not in body


@pytest.mark.parametrize(
    ("href", "address"),
    [
        (LINK, LINK),
        (
            "https://example.org/a b(c)[d]?e=\"<f>\"&g='h'",
            "https://example.org/a%20b%28c%29%5Bd%5D?e=%22%3Cf%3E%22&g=%27h%27",
        ),
        ("https://example.org/进展", "https://example.org/%E8%BF%9B%E5%B1%95"),
        ("https://example.org/%E8%BF%9B", "https://example.org/%E8%BF%9B"),
        ("javascript:alert(1)", ""),
        ("https:///", ""),
        ("", ""),
        ("https://example.org/" + "a" * 1004, "https://example.org/" + "a" * 1004),
        ("https://example.org/" + "a" * 1005, ""),
    ],
)
def test_an_address_cannot_end_before_its_end(href: str, address: str) -> None:
    assert wecom_markup.address(href) == address


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("区民政局(牵头) 2024-10-31 12:00 98.5%", "区民政局(牵头) 2024-10-31 12:00 98.5%"),
        ("supervision@office.example.com", "supervision@office.example.com"),
        ("请找@张三", "请找＠张三"),
        ("AT&T", "AT&T"),
        ("&amp;", "＆amp;"),
        ("https://example.org", "https：//example.org"),
        ("网址www.example.org", "网址www．example.org"),
        ("附件_1*.xlsx", "附件＿1＊.xlsx"),
    ],
)
def test_only_what_would_do_something_is_replaced(text: str, shown: str) -> None:
    assert wecom_markup.escaped(text) == shown


@pytest.mark.parametrize("words", ["", " ", "\u200b"])
def test_a_link_without_words_is_none(words: str) -> None:
    span = Span(words, href=LINK)
    assert "http" not in wecom_markup.markdown([span]) + wecom_markup.text([span])


# Whom to call


@pytest.mark.parametrize(
    ("mentions", "called"),
    [
        (["zhang.san"], ["zhang.san"]),
        (["zhang.san", "li-si", "zhang.san"], ["zhang.san", "li-si"]),
        (["@all"], []),
        (["all", "ALL", " all "], []),
        (["a|b"], []),
        (["张三"], []),
        (["a>b", "<@all>", ""], []),
        (["a" * 64], ["a" * 64]),
        (["a" * 65], []),
    ],
)
def test_only_single_members_are_called_each_once(mentions: list[str], called: list[str]) -> None:
    [content] = contents(robot_pages([Card("标题", "", (line("内容"),))], mentions, "zh-CN"))
    assert seen(content).mentions == called


def test_a_mobile_number_is_called_in_a_text_message_where_alone_it_can_be() -> None:
    card = Card("标题", "red", (line("内容"),), BUTTON)
    [page] = robot_pages([card], ["zhang.san", "13800000000"], "zh-CN")
    assert json.loads(page) == {
        "msgtype": "text",
        "text": {
            "content": f"标题\n内容\n填报进度 {LINK}",
            "mentioned_list": ["zhang.san"],
            "mentioned_mobile_list": ["13800000000"],
        },
    }


# Template card or markdown


def short(title: str = "标题", text: str = "内容", button: Span | None = BUTTON) -> Card:
    return Card(title, "", (line(text),), button)


@pytest.mark.parametrize(
    ("card", "kind"),
    [
        (short(), "template_card"),
        (short(title="题" * CARD_TITLE), "template_card"),
        (short(title="【蓝】区民政局：口袋公园10处，请于10月31日前报送10月进展（第3次）"), "template_card"),
        (short(title="题" * 20 + "，" + "目" * 26), "template_card"),
        (short(title="题" * 20 + "，" + "目" * (26 + 1)), "markdown"),
        (short(title="题" * (CARD_TITLE + 1)), "markdown"),
        (short(text="文" * CARD_TEXT), "template_card"),
        (short(text="文" * (CARD_TEXT + 1)), "markdown"),
        (short(button=Span("按" * CARD_BUTTON, href=LINK)), "template_card"),
        (short(button=Span("按" * (CARD_BUTTON + 1), href=LINK)), "markdown"),
        (short(button=None), "markdown"),
        (short(button=Span("填报", href="javascript:x")), "markdown"),
        (Card("标题", "", tuple(line("内") for _ in range(CARD_LINES)), BUTTON), "template_card"),
        (Card("标题", "", tuple(line("内") for _ in range(CARD_LINES + 1)), BUTTON), "markdown"),
        (Card("标题", "", (line("内容", href=LINK),), BUTTON), "template_card"),
        (Card("标题", "", (line("内容", href="https://example.org/"),), BUTTON), "markdown"),
    ],
)
def test_a_message_that_fits_into_a_template_card_is_one(card: Card, kind: str) -> None:
    for pages in (robot_pages([card], [], "zh-CN"), app_pages([card], "zh-CN")):
        assert [body["msgtype"] for body in bodies(pages)] == [kind]


def test_who_is_to_be_called_and_several_messages_need_markdown() -> None:
    assert bodies(robot_pages([short()], ["zhang.san"], "zh-CN"))[0]["msgtype"] == "markdown"
    assert bodies(robot_pages([short(), short()], [], "zh-CN"))[0]["msgtype"] == "markdown"


def test_a_template_card_opens_the_link_from_anywhere() -> None:
    [body] = bodies(robot_pages([short()], [], "zh-CN"))
    assert body["template_card"] == {
        "card_type": "text_notice",
        "main_title": {"title": "标题"},
        "sub_title_text": "内容",
        "jump_list": [{"type": 1, "url": LINK, "title": "填报进度"}],
        "card_action": {"type": 1, "url": LINK},
    }


# How it is laid out


def test_what_belongs_to_an_item_is_quoted_with_it_and_the_rest_stands_apart() -> None:
    card = Card(
        "【红】区民政局：2项逾期（第42周）",
        "red",
        (
            line("请于10月31日前报送。"),
            line("逾期", "heading"),
            Block("item", (Span("1.1 "), Span("口袋公园", strong=True), Span("，应达10处"))),
            line("尚未完成。"),
            line("目标 10处", "note"),
            line("2024年民生实事", "note"),
            line("1.2 助餐点", "item"),
            line("目标 3处", "note"),
            line("有疑问请告诉督查室。", "note"),
        ),
        BUTTON,
    )
    [content] = contents(robot_pages([card], ["zhang.san"], "zh-CN"))
    assert content == (
        '### <font color="warning">【红】区民政局：2项逾期（第42周）</font>\n'
        "<@zhang.san>\n"
        "请于10月31日前报送。\n"
        "\n**逾期**\n"
        "> 1.1 **口袋公园**，应达10处\n"
        "> 尚未完成。\n"
        '> <font color="comment">目标 10处</font>\n'
        '> <font color="comment">2024年民生实事</font>\n'
        "\n"
        "> 1.2 助餐点\n"
        '> <font color="comment">目标 3处</font>\n'
        '\n<font color="comment">有疑问请告诉督查室。</font>\n'
        f"\n[填报进度]({LINK})"
    )


def test_items_of_one_line_make_a_list() -> None:
    card = Card(
        "题", "", (line("变化", "heading"), line("甲", "item"), line("乙", "item"), line("完", "heading"))
    )
    [content] = contents(robot_pages([card], [], "zh-CN"))
    assert content == "### 题\n**变化**\n> 甲\n> 乙\n\n**完**"


def test_an_item_is_not_torn_where_a_page_can_hold_it() -> None:
    one = (line("甲" * 30, "item"), line("乙" * 30), line("丙" * 30, "note"))
    pages = contents(app_pages([Card("题", "", one * 20)], "zh-CN"))
    assert len(pages) > 1
    assert [page.count("甲" * 30) for page in pages] == [page.count("丙" * 30) for page in pages]


def test_several_messages_stand_below_each_other_with_their_titles() -> None:
    two = [Card(title, "", (line("内容"),), BUTTON) for title in ("甲", "乙")]
    [content] = contents(robot_pages(two, [], "zh-CN"))
    assert content == f"### 甲\n内容\n\n[填报进度]({LINK})\n\n### 乙\n内容\n\n[填报进度]({LINK})"


def test_a_long_message_says_on_each_page_what_it_is_and_which_part() -> None:
    card = Card("标题", "", tuple(line(f"{n} " + "字" * 200, "item") for n in range(12)), BUTTON)
    pages = contents(robot_pages([card], ["zhang.san"], "zh-CN"))
    assert [page.split("\n")[0] for page in pages] == [f"### 标题（{part}/2）" for part in (1, 2)]
    assert [seen(page).mentions for page in pages] == [["zhang.san"], []]
    assert [len(seen(page).links) for page in pages] == [0, 1]


def test_a_title_longer_than_a_heading_follows_whole() -> None:
    title = "题" * 100
    [content] = contents(robot_pages([Card(title)], [], "zh-CN"))
    assert content == f"### {'题' * 79}…\n{title}"


# Bytes


long_cards = st.lists(
    st.builds(
        lambda card, text, times: Card(
            card.title * times, card.tone, (*card.blocks, line(text * 30 * times, "item")), card.button
        ),
        cards,
        typed,
        st.integers(1, 4),
    ),
    min_size=1,
    max_size=4,
)


@given(long_cards, st.sampled_from([[], ["zhang.san"], ["13800000000"], [f"member{n}" for n in range(400)]]))
def test_no_page_is_over_the_limit_even_as_a_repeat_and_no_link_is_cut(
    several: list[Card], mentions: list[str]
) -> None:
    robot, app = robot_pages(several, mentions, "zh-CN"), app_pages(several, "zh-CN")
    for pages, most in ((robot, ROBOT_MARKDOWN_BYTES), (app, APP_MARKDOWN_BYTES)):
        for page in pages:
            body = body_of(page, again_mark("zh-CN"))
            assert body is not None
            assert size_of(body) <= (TEXT_BYTES if body["msgtype"] == "text" else most)
    assert robot_pages(several, mentions, "zh-CN") == robot
    if bodies(app)[0]["msgtype"] == "markdown":
        shown = [seen(content) for content in contents(app)]
        assert [href for one in shown for _, href in one.links] == [LINK] * sum(map(links_of, several))
        assert [odd for one in shown for odd in one.odd] == []


@pytest.mark.parametrize(
    ("pages", "most"),
    [
        (lambda card: robot_pages([card], [], "zh-CN"), ROBOT_MARKDOWN_BYTES),
        (lambda card: app_pages([card], "zh-CN"), APP_MARKDOWN_BYTES),
    ],
)
def test_a_repeat_may_fill_the_last_byte(pages: Any, most: int) -> None:
    room = most - len("（补发）\n### 题\n".encode())
    [full] = pages(Card("题", "", (line("a" * room),)))
    assert size_of(body_of(full, "（补发）") or {}) == most
    assert len(pages(Card("题", "", (line("a" * (room + 1)),)))) == 2


@pytest.mark.parametrize(
    "page", ["", "{}", "[]", "text", '{"msgtype":"markdown","markdown":{"text":"钉钉"}}']
)
def test_what_is_no_page_of_wecom_is_told(page: str) -> None:
    assert body_of(page) is None


@pytest.mark.parametrize(
    ("title", "marked"),
    [
        ("标题", {"title": "标题", "desc": "（补发）"}),
        (
            "题" * 20 + "，" + "目" * 26,
            {"title": "题" * 20 + "，", "desc": "（补发）" + "目" * 26},
        ),
    ],
)
def test_a_repeat_of_a_template_card_says_so_below_its_title(title: str, marked: dict[str, str]) -> None:
    [page] = robot_pages([short(title)], [], "zh-CN")
    body = body_of(page, "（补发）")
    assert body is not None
    assert body["template_card"]["main_title"] == marked
