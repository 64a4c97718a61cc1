"""Files named on a card, for channels that carry none."""

from __future__ import annotations

import pytest

from notifications.card import Block, Card, Span
from notifications.enclosures import address_of, for_a_crowd, with_files
from notifications.links import Links, fill

LINE, NOTE = Block("line", (Span("请答复"),)), Block("note", (Span("为什么收到"),))
LINKS = Links("https://duban.example.org", b"k" * 32)


def test_a_file_is_a_line_before_the_small_print_whose_name_leads_to_it() -> None:
    card = with_files(Card("题", "red", (LINE, NOTE)), [("填报表.xlsx", "https://x.example/1")], "zh-CN")
    line = Block("line", (Span("附件："), Span("填报表.xlsx", href="https://x.example/1")))
    assert card.blocks == (LINE, line, NOTE)


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("zh-CN", "附件：a.docx（群和即时消息里不带文件，请向督查员索取）"),
        ("en", "Attachment: a.docx (chats carry no files: please ask the supervision office for it)"),
    ],
)
def test_who_has_no_link_is_told_whom_to_ask(locale: str, said: str) -> None:
    (line,) = with_files(Card("题"), [("a.docx", "")], locale).blocks
    assert "".join(span.text for span in line.spans) == said
    assert {span.href for span in line.spans} == {""}


def test_a_name_is_one_line_of_text_and_files_stay_in_their_order() -> None:
    card = with_files(Card("题"), [("甲\n\u202e[x](http://evil.example).docx", ""), ("乙", "")], "zh-CN")
    first, second = ("".join(span.text for span in block.spans) for block in card.blocks)
    assert first.startswith("附件：甲 [x](http://evil.example).docx（")
    assert second.startswith("附件：乙（")


def test_the_address_is_filled_in_like_the_link_itself() -> None:
    assert fill(address_of("abc", 7), "abc", LINKS) == LINKS.url("abc") + "/enclosures/7"
    assert fill(address_of("abc", 7), "other", LINKS) == address_of("abc", 7)


def test_in_a_group_of_several_units_nothing_opens_and_a_file_is_to_be_asked_for() -> None:
    link = LINKS.url("abc")
    card = Card("题", "red", (Block("line", (Span("见"), Span("此页", href=link))),), Span("填报", href=link))
    shown = for_a_crowd(with_files(card, [("填报表.xlsx", f"{link}/enclosures/7")], "zh-CN"), "zh-CN")
    assert ["".join(span.text for span in block.spans) for block in shown.blocks] == [
        "见此页",
        "附件：填报表.xlsx（群和即时消息里不带文件，请向督查员索取）",
    ]
    assert {span.href for block in shown.blocks for span in block.spans} == {""}
    assert shown.button is None
