"""Cards as people would get them, and any that could be made of what people type."""

from __future__ import annotations

import unicodedata

from hypothesis import strategies as st

from notifications.card import Block, Card, Span

LINK = "https://duban.example.com/r/0a1b2c3d4e5f60718293a4b5c6d7e8f9"
CARD = Card(
    "【红】区民政局：2项逾期（第42周）",
    "red",
    (
        Block("heading", (Span("2项逾期", strong=True),)),
        Block("item", (Span("1.1 "), Span("新建养老服务站", href=f"{LINK}/1"), Span("应于10月12日前完成"))),
        Block("note", (Span("为什么收到：区民政局是牵头单位。"),)),
    ),
    Span("打开填报页", href=LINK),
)

# What would be markup, a mention or a link somewhere, and what ends an escape too early.
SNIPPETS = (
    *("[点这里](https://evil.example.com)", "](https://evil.example.com)", "![](x)", "[", "]", "(", ")"),
    *("<@userid>", "<@all>", "@all", "@所有人", "@13800000000", '<at user_id="all">所有人</at>'),
    *("<at id=all></at>", "<a href='https://evil.example.com'>", "</font>", '<font color="red">'),
    *("# 标题", "\n> 引用", "**粗**", "__", "~~", "`代码`", "```", "|", "\\", "\\[", "&lt;", "&#64;", "&"),
    *("{{ key }}", "{% raw %}", "${key}", "\u202e", "\u200b", "\u2028", "\r\n", "\t", "\0", "\ufeff"),
    *(
        "👨‍👩‍👧‍👦",
        "🇨🇳",
        "é",
        "e\u0301",
        "𠮷",
        "ﷺ",
        "１",
        "［",
        "＜",
        "（1/2）",
        "（补发）",
        "'",
        '"',
        "0",
        " ",
    ),
)
texts = st.lists(st.one_of(st.sampled_from(SNIPPETS), st.text(max_size=30)), max_size=6).map("".join)
long_texts = st.tuples(texts, st.integers(1, 120)).map(lambda drawn: drawn[0] * drawn[1])
hrefs = st.integers(1, 5).map(lambda number: f"{LINK}/{number}?a=1&b=%E4%B8%80#x")
spans = st.builds(Span, st.one_of(texts, long_texts), st.booleans(), st.one_of(st.just(""), hrefs))
blocks = st.builds(
    Block,
    st.sampled_from(("heading", "line", "item", "note")),
    st.lists(spans, min_size=1, max_size=3).map(tuple),
)
cards = st.builds(
    Card,
    texts.filter(lambda text: bool(shown(text))),
    st.sampled_from(("", "red", "yellow", "blue")),
    st.lists(blocks, max_size=6).map(tuple),
    st.one_of(st.none(), st.builds(Span, st.just("打开填报页"), st.just(False), hrefs)),
)


def shown(text: str) -> str:
    """What of a text can be seen, the same for a sign and its full-width twin."""
    same = "".join(unicodedata.normalize("NFKC", one) for one in text)
    return "".join(one for one in same if unicodedata.category(one)[0] not in "CZ")


def has_in_order(whole: str, wanted: str) -> bool:
    """Whether every character of ``wanted`` comes in ``whole``, in that order."""
    left = iter(whole)
    return all(one in left for one in wanted)


def links_of(card: Card, *, clickable: bool = True) -> set[str]:
    """Where the card's own links lead; ``clickable``: as far as there is a word to click on."""
    spans = [span for block in card.blocks for span in block.spans]
    linked = [span for span in spans if span.href and (shown(span.text) or not clickable)]
    return {span.href for span in [*linked, *([card.button] if card.button else [])] if span.href}


def words_of(card: Card) -> str:
    """Title and paragraphs, in order."""
    return shown(card.title) + "".join(shown(span.text) for block in card.blocks for span in block.spans)
