"""Cards as Feishu shows them: exactly our links and mentions, all that was typed, within bytes and components."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notifications.card import Block, Card, Span
from notifications.feishu_pages import Form, compact, feishu_pages, load, nested_size, repeated
from notifications.paging import Size, utf8_size
from notifications.words import clean
from tests.vendors.feishu_reader import Shown, read_card, read_page

LINK = "https://duban.example.org/r/a_b-c_d"
ROBOT = Form(19_800)
ATTACKS = (
    "[点我](http://evil.example)",
    "<at id=all></at>",
    '<at user_id="all">所有人</at>',
    "<a href='http://evil.example'>x</a>",
    "![图](img_v2_x)",
    "**粗** *斜* ~~删~~ __底__ `码`",
    "http://evil.example/x",
    "# 题\n> 引\n- 列\n1. 序\n---",
    "&#60;at id=all&#62;&lt;/at&gt; &amp;#42;",
    ":OK: [微笑] <font color='red'>红</font> <text_tag color='red'>签</text_tag>",
    '\\[x\\](http://evil.example) "}],"elements":[]',
    "@所有人 @all \u202e\u2066",
    "](http://evil.example)[",
    "**",
)
typed = st.one_of(st.text(max_size=60), st.sampled_from(ATTACKS))
spans = st.builds(
    Span, typed, st.booleans(), st.sampled_from(["", LINK, "about:blank", "javascript:alert(1)"])
)
blocks = st.builds(
    Block, st.sampled_from(["heading", "line", "item", "note"]), st.lists(spans, max_size=4).map(tuple)
)
cards = st.builds(
    Card,
    typed,
    st.sampled_from(["red", "yellow", "blue", ""]),
    st.lists(blocks, max_size=6).map(tuple),
    st.one_of(st.none(), st.builds(Span, typed, st.just(False), st.just(LINK))),
)


def line(*parts: Span, role: str = "line") -> Block:
    return Block(role, parts)


def shown(*given_cards: Card, mentions: tuple[str, ...] = (), form: Form = ROBOT) -> list[Shown]:
    return [read_page(page) for page in feishu_pages(given_cards, mentions, form)]


def bare(text: str) -> str:
    """The text without blanks and without the marks that a layout adds."""
    return re.sub(r"[\s•]+", "", text)


@given(st.lists(cards, min_size=1, max_size=4))
@example([Card(attack, "red", (line(Span(attack), Span("看", href=LINK)),)) for attack in ATTACKS])
@example([Card(a, blocks=(line(Span(a, strong=True), Span(a), role="heading"),)) for a in ATTACKS])
@example([Card("a" * 500, blocks=(line(Span("字" * 300, href=LINK)),), button=Span("按" * 200, href=LINK))])
def test_whatever_is_typed_the_links_and_mentions_are_ours_and_every_word_is_there(
    given_cards: list[Card],
) -> None:
    pages = shown(*given_cards, mentions=("ou_1", "all", "ou_1", "ALL", "x></at>", ""))
    linked = [
        span for card in given_cards for block in card.blocks for span in block.spans if span.href == LINK
    ]
    count = len([span for span in linked if can_be_seen(span.text)])
    expected = [LINK] * (count + len([card for card in given_cards if card.button]))
    assert [url for page in pages for _, url in page.links] == expected
    assert [who for page in pages for who in page.mentions] == ["ou_1"]
    assert [one for page in pages for one in page.odd] == []
    said = bare("".join(part for page in pages for part in [page.title, *page.text]))
    for card in given_cards:
        assert bare(clean(card.title))[:100] in said
        for span in (one for block in card.blocks for one in block.spans):
            assert bare(clean(span.text))[:80] in said


@given(
    st.lists(cards, min_size=1, max_size=8),
    st.integers(6_000, 12_000),
    st.sampled_from([utf8_size, nested_size]),
    st.booleans(),
)
def test_no_page_is_larger_than_its_limit_even_as_a_repeat(
    given_cards: list[Card], limit: int, size: Size, has_keyword: bool
) -> None:
    form = Form(limit, size, ("督办",) if has_keyword else ())
    pages = feishu_pages(given_cards, ("ou_1",), form)
    assert pages == feishu_pages(given_cards, ("ou_1",), form)
    for page in pages:
        assert size(page) <= limit
        assert size(compact(repeated(opened(page), "zh-CN"))) <= limit
        plain = [*read_page(page).text, read_page(page).title]
        assert not has_keyword or any("督办" in one for one in plain)


def can_be_seen(text: str) -> bool:
    return any(unicodedata.category(sign)[0] not in "CZ" for sign in text)


def opened(page: str) -> dict[str, Any]:
    card = load(page)
    assert card
    return card


LONG = Card("年度任务", "red", tuple(line(Span(f"{n}. 任务" + "字" * 90)) for n in range(400)))


def test_a_long_card_fills_pages_that_say_which_they_are() -> None:
    pages = feishu_pages([LONG], (), ROBOT)
    assert [read_page(page).title for page in pages] == [
        f"年度任务（{part}/{len(pages)}）" for part in range(1, len(pages) + 1)
    ]
    lines = "\n".join(text for page in pages for text in read_page(page).text).split("\n")
    assert lines == ["".join(span.text for span in block.spans) for block in LONG.blocks]
    sizes = [utf8_size(page) for page in pages]
    assert max(sizes) <= ROBOT.limit
    assert min(sizes[:-1]) >= ROBOT.limit - 2_000


def test_a_line_longer_than_a_page_is_cut_between_characters_and_nothing_is_lost() -> None:
    text = "👩\u200d👩\u200d👧e\u0301" * 3_000
    pages = shown(Card("题", blocks=(line(Span(text)),)))
    assert len(pages) > 1
    assert "".join(part for page in pages for part in page.text) == text
    assert all(part.startswith(("👩", "e\u0301")) for page in pages for part in page.text)


def test_a_long_marked_line_keeps_its_link_whole() -> None:
    pages = shown(Card("题", blocks=(line(Span("(字)" * 3_000), Span("看", href=LINK)),)))
    assert [link for page in pages for link in page.links] == [("看", LINK)]
    assert [page.odd for page in pages] == [[]] * len(pages)


@pytest.mark.parametrize(
    ("tones", "template"),
    [
        (("red",), "red"),
        (("yellow",), "yellow"),
        (("blue",), "blue"),
        (("",), "grey"),
        (("blue", "yellow"), "yellow"),
        (("", "blue", "red"), "red"),
    ],
)
def test_the_header_has_the_colour_of_the_worst_card_on_the_page(
    tones: tuple[str, ...], template: str
) -> None:
    (page,) = shown(*[Card(f"题{n}", tone, (line(Span("甲")),)) for n, tone in enumerate(tones)])
    assert page.template == template


def test_cards_that_leave_together_each_have_their_title_and_their_button() -> None:
    first = Card("甲", "red", (line(Span("一")),), Span("填报", href=LINK + "1"))
    second = Card("乙", "blue", (line(Span("二")),), Span("填报", href=LINK + "2"))
    (page,) = shown(first, second)
    assert page.title == "甲"
    assert page.bold == ["乙"]
    assert page.text == ["一", "乙", "二"]
    assert page.links == [("填报", LINK + "1"), ("填报", LINK + "2")]


def test_a_title_never_stands_alone_at_the_foot_of_a_page() -> None:
    many = [Card(f"标题{n}", "red", (line(Span("字" * 400)), line(Span("尾")))) for n in range(60)]
    for page in shown(*many):
        assert not page.text[-1].startswith("标题")


def test_many_small_parts_stay_within_the_vendors_count_of_components() -> None:
    busy = tuple(line(Span("甲", strong=n % 2 == 0)) for n in range(600))
    pages = shown(Card("题", blocks=busy))  # the reader refuses more than 200 on a page
    assert len(pages) > 1
    assert sum(len(page.text) for page in pages) == 600


@pytest.mark.parametrize(
    ("block", "text"),
    [
        (line(Span("完成3*4[台]")), "完成3*4[台]"),
        (line(Span("完成3*4[台]"), role="item"), "• 完成3*4[台]"),
        (line(Span("重要："), Span("3*4", strong=True), Span("台")), "重要： 3*4 台"),
        (line(Span("a", strong=True), Span("b", strong=True)), "a b"),
        (line(Span("小节"), role="heading"), "小节"),
        (line(Span("为什么"), role="note"), "为什么"),
        (line(Span("见"), Span("此页", href=LINK), role="note"), "见此页"),
        (line(Span("见此页", href="about:blank")), "见此页"),
    ],
)
def test_a_block_reads_as_it_was_written(block: Block, text: str) -> None:
    (page,) = shown(Card("题", blocks=(block,)))
    assert page.text == [text]


@pytest.mark.parametrize(
    ("href", "opens"),
    [
        ("https://x.example/r/a", "https://x.example/r/a"),
        ("http://10.0.0.8:8080/r/a?b=c#d", "http://10.0.0.8:8080/r/a?b=c#d"),
        ("https://x.example/a)b(c", "https://x.example/a%29b%28c"),
        ("https://x.example/任务'\"<>*", "https://x.example/%E4%BB%BB%E5%8A%A1%27%22%3C%3E%2A"),
        ("https://x.example/a b", None),
        ("about:blank/enclosures/1", None),
        ("duban-link:abc", None),
        ("javascript:alert(1)", None),
        ("https://", None),
        ("http://[", None),
        ("https://x.example/" + "a" * 983, None),
    ],
)
def test_only_addresses_that_a_browser_opens_become_links(href: str, opens: str | None) -> None:
    (page,) = shown(Card("题", blocks=(line(Span("看", href=href)),)))
    assert [url for _, url in page.links] == ([opens] if opens else [])
    assert page.text == ["看"]


@pytest.mark.parametrize(
    ("people", "called"),
    [
        (("ou_1", "u-2"), ["ou_1", "u-2"]),
        (("ou_1",) * 3, ["ou_1"]),
        (("all", "All", "a b", "<at", "王", "x" * 65, "a@example.org"), []),
        (tuple(f"ou_{n}" for n in range(45)), [f"ou_{n}" for n in range(45)]),
    ],
)
def test_people_are_called_once_and_never_everybody(people: tuple[str, ...], called: list[str]) -> None:
    assert shown(Card("题"), mentions=people)[0].mentions == called


def test_only_the_first_of_several_pages_calls_people() -> None:
    first, *others = shown(LONG, mentions=("ou_1",))
    assert first.mentions == ["ou_1"]
    assert {tuple(page.mentions) for page in others} == {()}


@pytest.mark.parametrize(
    ("title", "body", "adds"),
    [("督办提醒", "甲", False), ("提醒", "请督办", False), ("提醒", "甲", True), ("", "", True)],
)
def test_a_missing_keyword_is_put_into_small_print(title: str, body: str, adds: bool) -> None:
    form = Form(19_800, keywords=("督办", "通报"))
    (page,) = shown(Card(title, blocks=(line(Span(body)),)), form=form)
    assert (page.text[-1] == "督办") is adds


def test_a_keyword_within_markup_does_not_count_because_its_signs_are_escaped() -> None:
    form = Form(19_800, keywords=("[督办]",))
    (page,) = shown(Card("题", blocks=(line(Span("[督办]", strong=True)),)), form=form)
    assert page.text == ["[督办]", "[督办]"]


@pytest.mark.parametrize(("locale", "title"), [("zh-CN", "题（补发）"), ("en", "题(sent again)")])
def test_a_repeat_says_so_in_its_header(locale: str, title: str) -> None:
    (page,) = feishu_pages([Card("题")], (), ROBOT)
    assert read_card(repeated(opened(page), locale)).title == title


def test_a_title_too_long_for_a_header_stands_in_full_below_it() -> None:
    (page,) = shown(Card("字" * 121, blocks=(line(Span("甲")),)))
    assert page.title == "字" * 119 + "…"
    assert page.text == ["字" * 121, "甲"]


@pytest.mark.parametrize(
    "page", ["", "[]", "{}", "null", '{"header":{"title":{"content":1}}}', '{"header":[]}']
)
def test_what_is_no_page_is_known_as_none(page: str) -> None:
    assert load(page) is None
