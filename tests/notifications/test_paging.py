"""Pages within a byte limit: nothing lost, nothing cut that may not be cut."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notifications.paging import again_mark, paged, part_mark, utf8_size

LINK = re.compile(r"\[[^\]]*\]\([^)]*\)|<@[^>]*>")


def numbered(part: int, parts: int) -> str:
    return f"题{part_mark(part, parts, 'zh-CN')}\n"


@pytest.mark.parametrize(
    ("limit", "pages"),
    [
        (17, ("你好\n再见\nok",)),
        (16, ("你好\n再见\nok",)),
        (15, ("你好\n再见", "ok")),
        (13, ("你好\n再见", "ok")),
        (12, ("你好", "再见\nok")),
        (6, ("你好", "再见", "ok")),
        (5, ("你", "好", "再", "见", "ok")),
    ],
)
def test_a_page_is_filled_to_the_last_byte_and_not_beyond(limit: int, pages: tuple[str, ...]) -> None:
    assert paged(["你好", "再见", "ok"], limit) == pages


def test_one_page_bears_no_mark_and_several_say_which_they_are() -> None:
    assert paged(["a" * 20], 24, top=numbered) == ("题\n" + "a" * 20,)
    assert paged(["a" * 10, "b" * 10], 24, top=numbered) == (
        "题（1/2）\n" + "a" * 10,
        "题（2/2）\n" + "b" * 10,
    )


def test_the_mark_of_a_tenth_page_has_room() -> None:
    pages = paged(["abcdefgh"] * 10, 23, top=numbered)
    assert len(pages) == 10
    assert pages[8:] == ("题（9/10）\nabcdefgh", "题（10/10）\nabcdefgh")
    assert utf8_size(pages[9]) == 23


def test_nothing_to_say_is_one_page_of_the_top() -> None:
    assert paged([], 100, top=numbered) == ("题\n",)


def test_a_link_goes_to_the_next_page_whole() -> None:
    assert paged(["很长的一句话[看](u)完"], 16, atoms=LINK) == ("很长的一句", "话[看](u)完")


def test_an_atom_larger_than_a_page_is_refused() -> None:
    with pytest.raises(ValueError, match="atom"):
        paged(["[very long](https://example.org/)"], 12, atoms=LINK)


@pytest.mark.parametrize("whole", ["e\u0301", "👩\u200d👩\u200d👧", "👍\U0001f3fd", "🇨🇳", "⚠\ufe0f"])
def test_what_people_see_as_one_character_stays_one(whole: str) -> None:
    pages = paged([whole * 20], utf8_size(whole) * 2 + 1)
    assert pages == (whole * 2,) * 10


def test_a_gap_before_a_heading_does_not_open_a_page() -> None:
    assert paged(["aaaa", "\n\nbbbb"], 8) == ("aaaa", "bbbb")
    assert paged(["aaaa", "\nbbbb"], 10) == ("aaaa\n\nbbbb",)


def test_a_block_that_a_page_can_hold_is_not_begun_on_the_page_before() -> None:
    assert paged(["aaaa", "bb\ncc"], 8) == ("aaaa", "bb\ncc")


def test_bytes_may_be_counted_as_json_writes_them() -> None:
    def as_json(text: str) -> int:
        return len(json.dumps(text, ensure_ascii=False).encode()) - 2

    pages = paged(['""""', '""""'], 9, size=as_json)
    assert pages == ('""""', '""""')


atoms = st.sampled_from(["[链接](https://example.org/r/1)", "<@zhang.san>"])
pieces = st.lists(
    st.one_of(atoms, st.text(st.characters(exclude_characters="[]<>()\n"), max_size=60)), max_size=8
)


@given(st.lists(pieces.map("".join), max_size=12), st.integers(90, 400))
@example(["a\n" * 200], 90)
def test_whatever_the_text_no_page_is_too_large_and_nothing_is_lost_or_cut(
    blocks: list[str], limit: int
) -> None:
    pages = paged(blocks, limit, top=numbered, atoms=LINK)
    assert all(len(page.encode("utf-8", "replace")) <= limit for page in pages)
    bodies = [page.split("\n", 1)[1] for page in pages]
    assert "".join(bodies).replace("\n", "") == "".join(blocks).replace("\n", "")
    assert [len(LINK.findall(one)) for one in ["".join(bodies)]] == [
        sum(len(LINK.findall(one)) for one in bodies)
    ]
    assert [page.split("\n", 1)[0] for page in pages] == [
        numbered(part, len(pages)).rstrip("\n") for part in range(1, len(pages) + 1)
    ]


@pytest.mark.parametrize(
    ("locale", "mark"), [("zh-CN", "（补发）"), ("en", "(sent again)"), ("en-GB", "(sent again)")]
)
def test_a_repeat_says_that_it_is_one(locale: str, mark: str) -> None:
    assert again_mark(locale) == mark
