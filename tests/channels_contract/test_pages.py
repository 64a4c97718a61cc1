"""Whatever people type, a page has exactly our own links and mentions, and loses nothing."""

from __future__ import annotations

import unicodedata
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifications.card import Block, Card, Span
from notifications.channel import ChatChannel
from tests.channels_contract.cards import CARD, cards, has_in_order, links_of, shown, words_of
from tests.channels_contract.harness import Harness
from tests.channels_contract.registry import harnesses

CHATS = [kind for kind in harnesses() if kind.is_chat]
each = pytest.mark.parametrize("kind", CHATS, ids=lambda kind: kind.__name__)
some = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
drawn = st.lists(cards, min_size=1, max_size=3)
LONG = Card("长", "", tuple(Block("line", (Span(f"第{number}项：" + "督办" * 40),)) for number in range(600)))


@cache
def idle(kind: type[Harness]) -> Harness:
    """A harness whose fake nobody calls: making pages contacts nobody."""
    return kind()


def pages_of(harness: Harness, wanted: list[Card], mentions: tuple[str, ...] = ()) -> tuple[str, ...]:
    channel = harness.channel()
    assert isinstance(channel, ChatChannel)
    return channel.pages(wanted, mentions)


@each
@some
@given(drawn)
def test_the_links_are_our_own_and_no_others(kind: type[Harness], wanted: list[Card]) -> None:
    harness = idle(kind)
    found = {link for page in pages_of(harness, wanted) for link in harness.links(page)}
    assert found <= {link for card in wanted for link in links_of(card, clickable=False)}
    assert found >= {link for card in wanted for link in links_of(card)}


@each
@some
@given(drawn)
def test_nobody_is_called_but_those_asked_for(kind: type[Harness], wanted: list[Card]) -> None:
    harness = idle(kind)
    assert [one for page in pages_of(harness, wanted) for one in harness.mentions(page)] == []
    asked = kind.mentionable
    called = {one for page in pages_of(harness, wanted, asked) for one in harness.mentions(page)}
    assert called == set(asked)


@each
@some
@given(drawn)
def test_nothing_is_lost_and_the_same_cards_give_the_same_pages(
    kind: type[Harness], wanted: list[Card]
) -> None:
    harness = idle(kind)
    pages = pages_of(harness, wanted)
    assert pages == pages_of(harness, wanted)
    assert has_in_order(shown(harness.plain(pages)), "".join(words_of(card) for card in wanted))
    assert "".join(pages).encode().decode() == "".join(pages)


@each
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawn)
def test_every_page_is_taken_by_the_vendor_with_room_for_the_mark_of_a_repeat(
    kind: type[Harness], wanted: list[Card]
) -> None:
    with kind() as harness, harness.channel() as channel:
        pages = pages_of(harness, wanted)
        for part, page in enumerate(pages, 1):
            harness.clock.advance(86_400)
            sent = harness.envelope(page=page, part=part, parts=len(pages), again=True)
            verdict = channel.send(sent)
            assert verdict.is_accepted, (verdict, page)


@each
def test_of_several_pages_each_says_which_it_is(kind: type[Harness]) -> None:
    pages = pages_of(idle(kind), [CARD, LONG])
    assert len(pages) > 1
    for part, page in enumerate(pages, 1):
        assert f"{part}/{len(pages)}" in unicodedata.normalize("NFKC", page)


@each
def test_cards_share_a_page_where_they_fit(kind: type[Harness]) -> None:
    assert len(pages_of(idle(kind), [CARD, CARD])) == 1
