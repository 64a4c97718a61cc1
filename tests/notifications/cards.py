"""Cards to render, and what people may have typed into them."""

from __future__ import annotations

from hypothesis import strategies as st

from notifications.card import ROLES, Block, Card, Span

LINK = "https://duban.example.org/r/Zx9_k-2"

HOSTILE = [
    "[点我](https://evil.example/)",
    "![图](https://evil.example/a.png)",
    "[a]: https://evil.example/",
    "<@all>",
    "<@zhang.san>",
    "@all",
    "@所有人",
    "https://evil.example/path?a=1",
    "www.evil.example",
    "<https://evil.example>",
    '<font color="warning">红</font>',
    '</font><a href="https://evil.example">x</a>',
    "# 标题",
    "> 引用",
    "**粗**",
    "*斜*_体_",
    "`代码`",
    "```",
    "\\[a\\](b)",
    "&lt;@all&gt;&#60;",
    "- 条\n# 换行之后\n> 引用",
    "结尾感叹!",
    "附件_1(终稿).xlsx",
    "《方案》[2024]3号",
    "A&B",
    "a@all",
    "http:",
    "//evil.example",
    "\u202e反转\u2066",
    "\ud800",
    "👩\u200d👩\u200d👧",
    "e\u0301",
]

typed = st.one_of(
    st.sampled_from(HOSTILE),
    st.lists(st.sampled_from(HOSTILE), min_size=2, max_size=4).map("".join),
    st.text(max_size=40),
    st.text(st.sampled_from("[]()<>*_`#!@&;:/\\ \n.wal中1"), max_size=30),
)
plain = st.builds(Span, typed, st.booleans())
linked = st.builds(Span, typed.map("看{}".format), st.booleans(), st.just(LINK))
spans = st.one_of(plain, plain, plain, linked)
blocks = st.builds(Block, st.sampled_from(ROLES), st.lists(spans, min_size=1, max_size=4).map(tuple))
cards = st.builds(
    Card,
    typed,
    st.sampled_from(["", "red", "yellow", "blue"]),
    st.lists(blocks, max_size=12).map(tuple),
    st.one_of(st.none(), st.just(Span("填报进度", href=LINK))),
)


def line(text: str, role: str = "line", **changes: object) -> Block:
    return Block(role, (Span(text, **changes),))  # type: ignore[arg-type]
