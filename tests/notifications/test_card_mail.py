"""A card in the layout of mails: the same words, nothing typed as markup, small and readable."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from notifications.card import Block, Card, Span
from notifications.card_mail import mail_of_card
from notifications.note import Layout, as_data, card_of_note
from notifications.views import reminder_view
from notifications.words import clean
from tests.notifications.contents import content, item, page_of, size, visible
from tests.notifications.test_note import anything

LINK = "duban-link:7"
VIEW = reminder_view(content(item(), link=LINK), "题目", "zh-CN")
NOTE = """\
第一句 **要紧**
# 标题
- **甲** 一
说明，见[须知](https://www.example.com/help)
> 小字
"""


def card(*blocks: Block) -> Card:
    return Card("题目", "red", blocks, Span("打开", href=LINK))


def test_the_mail_has_the_cards_words_in_their_order_and_the_button_on_the_first_screen() -> None:
    rendered = mail_of_card(
        card_of_note(NOTE + "[[打开]](https://www.example.com)", Layout("题目", "red")), VIEW
    )
    shown = visible(rendered.html)
    said = [
        "区民政局 联络员",
        "题目",
        "第一句 要紧",
        "打开",
        "标题",
        "甲 一",
        "说明，见 须知",
        "小字",
        "为什么发给您",
    ]
    places = [shown.index(words) for words in said]
    assert places == sorted(places)
    assert rendered.subject == "题目"
    assert rendered.text.splitlines()[:2] == [
        "区民政局 联络员",
        "2024年10月14日（周一） · 第42周 · 2024年民生实事",
    ]
    assert "说明，见须知 <https://www.example.com/help>" in rendered.text
    assert "打开：https://www.example.com\n\n==== 标题 ====\n\n- 甲 一\n" in rendered.text
    page = page_of(rendered.html)
    assert [link.get("href") for link in page.findall(".//a")] == [
        "https://www.example.com",
        "https://www.example.com/help",
    ]
    heading = page.find(".//h2")
    assert heading is not None
    assert "font-size" in (heading.get("style") or "")


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(typed=anything)
def test_whatever_people_typed_is_text_in_the_mail(typed: str) -> None:
    note = f"{as_data(typed)}\n# {as_data(typed)}\n- **{as_data(typed)}**\n> {as_data(typed)}"
    rendered = mail_of_card(card_of_note(note, Layout("题目", "red", LINK)), VIEW)
    page = page_of(rendered.html)
    assert not page.findall(".//a")
    assert not page.findall(".//script")
    assert visible(rendered.html).count(clean(typed)) >= 4
    assert rendered.text.count(clean(typed)) >= 4


def test_a_long_card_stays_below_what_mail_readers_cut() -> None:
    blocks = [
        block
        for number in range(60)
        for block in (
            Block("item", (Span(f"{number} 完成老年人视力筛查2万人次", strong=True), Span(" · 逾期"))),
            Block("line", (Span("应于10月31日（周四）前完成，尚未完成；落后序时进度18个工作日。"),)),
            Block("note", (Span("目标 10处 | 按计划应达 8处 | 已报 7处 | 期限 10月31日"),)),
        )
    ]
    assert size(mail_of_card(card(*blocks), VIEW)) < 100_000
