"""What was made of something frozen is made once, and the oldest goes first."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from web.remembered import Remembered


@pytest.mark.parametrize(
    ("asked", "made"),
    [
        ("aa", "a"),
        ("ab", "ab"),
        ("abab", "ab"),
        ("abcb", "abc"),  # two are kept
        ("abca", "abca"),
        ("abaca", "abc"),  # what was asked for again counts as new
    ],
)
def test_the_last_ones_are_kept(asked: str, made: str) -> None:
    kept: Remembered[str] = Remembered(2)
    log: list[str] = []

    def made_of(sign: str) -> Callable[[], str]:
        def make() -> str:
            log.append(sign)
            return sign.upper()

        return make

    assert [kept.get(sign, made_of(sign)) for sign in asked] == list(asked.upper())
    assert "".join(log) == made


def test_what_cannot_be_made_is_not_kept() -> None:
    kept: Remembered[int] = Remembered(2)
    with pytest.raises(ZeroDivisionError):
        kept.get("a", lambda: 1 // 0)
    assert kept.get("a", lambda: 1) == 1
