"""The language of notes: what is markup, what is data, and that the two never mix."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.card import Block, Card, Span
from notifications.note import Layout, NoteError, card_of_note
from notifications.note_sandbox import note_environment
from notifications.words import clean

LAYOUT = Layout("题目", "red", "duban-link:7")


def card_of(source: str, **values: object) -> Card:
    return card_of_note(note_environment().from_string(source).render(values), LAYOUT)


def line(*spans: Span, role: str = "line") -> Block:
    return Block(role, spans)


@pytest.mark.parametrize(
    ("source", "blocks"),
    [
        ("甲\n\n乙", (line(Span("甲")), line(Span("乙")))),
        ("# 甲", (line(Span("甲"), role="heading"),)),
        ("### 甲", (line(Span("甲"), role="heading"),)),
        ("#甲", (line(Span("#甲")),)),
        ("- 甲", (line(Span("甲"), role="item"),)),
        ("-3度", (line(Span("-3度")),)),
        ("> 甲", (line(Span("甲"), role="note"),)),
        (">", ()),
        ("- ", ()),
        ("甲 **乙** 丙", (line(Span("甲 "), Span("乙", strong=True), Span(" 丙")),)),
        ("**甲**", (line(Span("甲", strong=True)),)),
        ("**甲", (line(Span("**甲")),)),
        ("**甲**乙**丙", (line(Span("甲", strong=True), Span("乙**丙")),)),
        ("****", ()),
        ("- **  甲 ** ", (line(Span("甲", strong=True), role="item"),)),
        (
            "看[须知](https://www.example.com/a)。",
            (line(Span("看"), Span("须知", href="https://www.example.com/a"), Span("。")),),
        ),
        (
            "**[须知](http://www.example.com)**",
            (line(Span("须知", strong=True, href="http://www.example.com")),),
        ),
        ("[须知](", (line(Span("[须知](")),)),
        ("[甲] (乙)", (line(Span("[甲] (乙)")),)),
        ("subject: 新题\n甲", (line(Span("甲")),)),
    ],
)
def test_lines_become_blocks(source: str, blocks: tuple[Block, ...]) -> None:
    card = card_of(source)
    assert card.blocks == blocks
    assert card.button is None
    assert card.tone == "red"


@pytest.mark.parametrize(
    ("source", "title"),
    [
        ("subject: 新题", "新题"),
        ("\n\nSubject：**新** 题 ", "新 题"),
        ("主题：新题", "新题"),
        ("subject:", "题目"),
        ("甲\nsubject: 新题", "题目"),
        ("{{ 'subject: 新题' }}", "题目"),
    ],
)
def test_the_first_line_may_be_the_subject(source: str, title: str) -> None:
    assert card_of(source).title == title


def test_the_first_button_is_the_cards_and_another_is_a_link() -> None:
    card = card_of("[[打开]]({{ link }})\n[[也可]](https://www.example.com)", link="duban-link:7")
    assert card.button == Span("打开", href="duban-link:7")
    assert card.blocks == (line(Span("也可", href="https://www.example.com")),)


@pytest.mark.parametrize("link", ["", None])
def test_without_a_link_there_is_no_button_and_a_label_is_plain(link: str | None) -> None:
    card = card_of("[[打开]]({{ link }})\n见[这里]({{ link }})", link=link)
    assert card.button is None
    assert card.blocks == (line(Span("见"), Span("这里")),)


@pytest.mark.parametrize(
    "source",
    [
        "[甲]({{ typed }})",
        "[[甲]]({{ typed }})",
        "[甲](https://www.example.com/{{ typed }})",
        "[甲]({{ link }}{{ typed }})",
        "[甲](javascript:alert)",
        "[甲](duban-link:7)",
        "[甲]()",
    ],
)
def test_an_address_is_written_in_the_note_or_is_the_readers_own_link(source: str) -> None:
    with pytest.raises(NoteError, match="BAD_ADDRESS"):
        card_of(source, typed="https://evil.example.org", link="duban-link:7")


@pytest.mark.parametrize("value", [["甲"], {"甲": 1}, True, 1.5, b"x"])
def test_only_text_and_whole_numbers_can_be_put_in(value: object) -> None:
    with pytest.raises(NoteError, match="VALUE_NOT_TEXT"):
        card_of("{{ value }}", value=value)


MARKUP = st.sampled_from(
    [
        "**",
        "[x](https://evil.example.org)",
        "[[x]](https://evil.example.org)",
        "\n# ",
        "- ",
        "> ",
        "subject: x",
        "\x02",
        "\x03",
        "{{ 7 * 7 }}",
        "{% raw %}",
        "]](",
        "\u2028- ",
        "\x85# ",
        "\r\n",
        "](",
        "**[",
        "@all",
        "<at>",
    ]
)
anything = st.lists(st.one_of(st.text(max_size=12), MARKUP), max_size=6).map("".join)
FORM = """\
subject: 【{{ a }}】
# 头 {{ b }}
- **{{ c }}** 与 {{ d }}，[看 {{ e }}](https://www.example.com/1)。{{ a }}
{{ f }}
> {{ b }}{{ c }}
[[开 {{ d }}]]({{ link }})
"""


@settings(deadline=None)
@given(values=st.fixed_dictionaries(dict.fromkeys("abcdef", anything)))
def test_nothing_that_people_type_is_markup(values: Mapping[str, str]) -> None:
    card = card_of(FORM, link="duban-link:7", **values)
    a, b, c, d, e, f = (clean(values[name]) for name in "abcdef")
    assert card.title == clean(f"【{a}】")
    assert card.button == Span(f"开 {d}", href="duban-link:7")
    heading, listed, *rest = card.blocks
    assert (heading.role, text_of(heading)) == ("heading", f"头 {b}".rstrip())
    assert (listed.role, text_of(listed)) == ("item", f"{c} 与 {d}，看 {e}。{a}".strip())
    assert [span.text for span in listed.spans if span.strong] == [c] * bool(c)
    assert [(span.text, span.href) for span in listed.spans if span.href] == [
        (f"看 {e}", "https://www.example.com/1")
    ]
    assert [(one.role, text_of(one)) for one in rest] == [
        (role, text) for role, text in (("line", f), ("note", b + c)) if text
    ]
    assert not any(span.href or span.strong for one in (heading, *rest) for span in one.spans)


def text_of(block: Block) -> str:
    return "".join(span.text for span in block.spans)
