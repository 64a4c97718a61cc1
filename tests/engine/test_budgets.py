"""How much of a channel's budget is left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.budgets import Spend, free_at, room

NOON = datetime(2024, 3, 26, 12, 0, tzinfo=UTC)


def second(number: float) -> datetime:
    return NOON + timedelta(seconds=number)


def spend(began: float, ended: float) -> Spend:
    return Spend(second(began), second(ended))


@pytest.mark.parametrize(
    ("spends", "now", "left", "free"),
    [
        ([], 0, 2, 0),
        ([spend(0, 1)], 10, 1, 10),
        ([spend(0, 1), spend(2, 3)], 10, 0, 61),
        ([spend(0, 1), spend(2, 3)], 60.9, 0, 61),
        ([spend(0, 1), spend(2, 3)], 61, 1, 61),
        ([spend(0, 30), spend(2, 3)], 62, 0, 63),  # a slow call may have been counted at its end
        ([spend(0, 300), spend(2, 300)], 100, 0, 360),  # workers that never came back
        ([spend(0, 1), spend(1, 2), spend(2, 3)], 10, 0, 62),  # more than there should be
    ],
)
def test_two_in_a_minute(spends: list[Spend], now: float, left: int, free: float) -> None:
    assert room(spends, 2, 60, second(now)) == left
    assert free_at(spends, 2, 60, second(now)) == second(free)


@pytest.mark.parametrize(("need", "free"), [(1, 10), (2, 61), (3, 63), (9, 63)])
def test_several_parts_wait_until_all_of_them_may_leave(need: int, free: float) -> None:
    assert free_at([spend(0, 1), spend(2, 3)], 3, 60, second(10), need) == second(free)


@given(
    st.lists(st.floats(0, 600), max_size=80),
    st.integers(1, 20),
    st.integers(1, 60),
)
def test_who_waits_for_room_never_has_more_in_any_window(
    wishes: list[float], count: int, seconds: int
) -> None:
    """Each wish is granted at the first moment that the budget allows; arrivals lie anywhere within a call."""
    spends: list[Spend] = []
    arrivals: list[datetime] = []
    now = NOON
    for place, wish in enumerate(sorted(wishes)):
        now = max(now, second(wish))
        now = free_at(spends, count, seconds, now)
        assert room(spends, count, seconds, now) > 0
        took = timedelta(seconds=(place % 5))
        spends.append(Spend(now, now + took))
        arrivals.append(now + (took if place % 2 else timedelta()))
    span = timedelta(seconds=seconds)
    for first in arrivals:
        assert sum(first <= one < first + span for one in arrivals) <= count
